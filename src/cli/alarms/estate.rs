//! What is whose: the file that somebody names, or the workspace's own.

use crate::cli::args::{AlarmsOf, Common};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::detect::Estate;
use crate::job::lists;
use crate::query::Sought;
use crate::ui::settings;
use std::path::{Path, PathBuf};

/// The file in a workspace's folder.
const FILE: &str = "estate.toml";

#[derive(Default)]
pub(super) struct Loaded {
    pub(super) estate: Option<Estate>,
    /// Its files of indicators, by their names.
    pub(super) lists: Vec<(String, Sought)>,
    /// Something of it was left out.
    pub(super) is_partial: bool,
}

/// Reads the file, if there is one, and the lists it names, which lie where it says, seen from its
/// own folder. A file with a mistake is left out and told; one that is not there ends the command.
pub(super) fn load(common: &Common, of: &AlarmsOf, console: &Console) -> Result<Loaded, CliError> {
    let mut loaded = Loaded::default();
    let Some(path) = path(common, of)? else { return Ok(loaded) };
    let label = path.display().to_string();
    let read = settings::read(&path).map_err(|problem| vec![problem]);
    let text = match read {
        Ok(None) if of.estate.is_some() => {
            return Err(CliError::usage(format!("{label}: no such file; check the path")));
        }
        Ok(None) => return Ok(loaded),
        Ok(Some(text)) => Ok(text),
        Err(problems) => Err(problems),
    };
    match text.and_then(|text| Estate::read(&label, &text)) {
        Ok(estate) => {
            let folder = path.parent().unwrap_or(Path::new(""));
            for name in estate.indicators() {
                match lists::sought(folder, name) {
                    Ok(list) => loaded.lists.push((name.clone(), list)),
                    Err(error) => {
                        console.tell(&format!("{label}: {error}"));
                        loaded.is_partial = true;
                    }
                }
            }
            loaded.estate = Some(estate);
        }
        Err(problems) => {
            for problem in problems {
                console.tell(&problem.to_string());
            }
            console.tell(&format!("{label}: left out"));
            loaded.is_partial = true;
        }
    }
    Ok(loaded)
}

fn path(common: &Common, of: &AlarmsOf) -> Result<Option<PathBuf>, CliError> {
    if let Some(path) = &of.estate {
        return Ok(Some(path.clone()));
    }
    let Some(name) = &of.workspace else { return Ok(None) };
    let workspaces = home::workspaces(common)?;
    workspaces.info(name)?;
    Ok(Some(workspaces.evidence(name)?.with_file_name(FILE)))
}
