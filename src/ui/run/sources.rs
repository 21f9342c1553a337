//! Sources that come, go and are read again while somebody looks.

use super::World;
use crate::event::{Cancel, label};
use crate::job::scribe::Order;
use crate::job::session::is_elsewhere;
use crate::ui::message::{Message, Tone};
use crossbeam_channel::Sender;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Reads another source from now on. `name` is as a person typed it.
pub(super) fn add(world: &World, name: &str, told: &Sender<Message>) {
    let source = if is_elsewhere(name) { label(name.as_bytes()) } else { here(&world.from, name) };
    let session = &world.session;
    if session.scribe.desk().sources.contains(&source) {
        let text = format!("{source} is a source of the case already; it can be read again");
        return tell(told, Tone::Info, text);
    }
    match session.add(&source) {
        Ok(()) => {
            session.scribe.order(Order::Source { source: source.clone(), on: true });
            who(world, &[source], told);
        }
        Err(error) => tell(told, Tone::Error, error.to_string()),
    }
}

/// The absolute path of what is meant from this folder.
fn here(from: &Path, name: &str) -> String {
    let path = from.join(name);
    let path = std::path::absolute(&path).unwrap_or(path);
    // Without a slash at the end, so that one folder has one name.
    label(path.components().as_path().as_os_str().as_bytes())
}

/// Says whom AWS takes the person for, if one of these sources is there.
pub(super) fn who(world: &World, sources: &[String], told: &Sender<Message>) {
    if !sources.iter().any(|source| is_elsewhere(source)) {
        return;
    }
    let (aws, told) = (world.session.aws(), told.clone());
    let ask = move || {
        // What goes wrong is told of the source itself.
        if let Ok(identity) = aws.identity(&Cancel::new()) {
            tell(&told, Tone::Info, identity.to_string());
        }
    };
    // Without a thread it is not told; the source says what else goes wrong.
    let _ = std::thread::Builder::new().name("who".to_owned()).spawn(ask);
}

pub(super) fn remove(world: &World, source: String) {
    world.session.remove(&source);
    world.session.scribe.order(Order::Source { source, on: false });
}

pub(super) fn reread(world: &World, source: &str, told: &Sender<Message>) {
    world.session.refresh(source);
    tell(told, Tone::Info, format!("looking for what is new or changed in {source}"));
}

fn tell(told: &Sender<Message>, tone: Tone, text: String) {
    // The loop has the receiver.
    let _ = told.send(Message::Told(tone, text));
}
