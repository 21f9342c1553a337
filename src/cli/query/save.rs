//! The selected rows into a file, in the same forms as `query` prints them.

use super::select::Unread;
use super::view::View;
use super::{csv, jsonl};
use crate::cli::console::Console;
use crate::cli::session::Session;
use crate::event::Window;
use crate::ui::run::Written;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

/// Writes the rows: CSV if the name ends so, else JSON lines. The file must be new, so that
/// nothing is overwritten by mistake. Gives the number of rows.
pub(in crate::cli) fn save(written: &Written, path: &Path) -> Result<u64, String> {
    let mut options = File::options();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => "is there already; choose another name".to_owned(),
        _ => error.to_string(),
    })?;
    let Written { store, evidence, standings, selection } = written;
    let session = Session {
        store: Arc::clone(store),
        evidence: Arc::clone(evidence),
        standings: Arc::clone(standings),
        report: None,
        window: Window::default(),
    };
    let mut console = Console::file(file);
    let mut view = View::new(&session, selection, None);
    let mut unread = Unread::default();
    let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let done = if is_csv {
        csv::print(&mut view, Vec::new(), &mut console, &mut unread)
    } else {
        jsonl::print(&mut view, &[], &mut console, &mut unread)
    };
    done.and_then(|()| console.flush()).map_err(|error| error.to_string())?;
    Ok(selection.len() as u64)
}
