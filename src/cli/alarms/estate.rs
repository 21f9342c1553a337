//! What is whose: the file that somebody names, or the workspace's own.

use super::rules::Tell;
use crate::cli::args::{AlarmsOf, Common};
use crate::cli::error::CliError;
use crate::cli::home;
use crate::detect::Estate;
use crate::job::lists;
use crate::query::Sought;
use crate::ui::settings;
use std::path::{Path, PathBuf};

/// The file in a workspace's folder.
pub(in crate::cli) const FILE: &str = "estate.toml";

#[derive(Default)]
pub(in crate::cli) struct Loaded {
    pub(in crate::cli) estate: Option<Estate>,
    /// Its files of indicators, by their names.
    pub(in crate::cli) lists: Vec<(String, Sought)>,
    /// Something of it was left out.
    pub(in crate::cli) is_partial: bool,
}

/// Reads the file, if there is one, and the lists it names, which lie where it says, seen from its
/// own folder. A file with a mistake is left out and told; one that is not there ends the command.
pub(super) fn load(common: &Common, of: &AlarmsOf, tell: Tell<'_>) -> Result<Loaded, CliError> {
    match path(common, of)? {
        Some(path) => read(&path, of.estate.is_some(), tell),
        None => Ok(Loaded::default()),
    }
}

/// The same of a file that is known; one that has to be there is a mistake if it is not.
pub(in crate::cli) fn read(
    path: &Path,
    has_to_be: bool,
    tell: Tell<'_>,
) -> Result<Loaded, CliError> {
    let mut loaded = Loaded::default();
    let label = path.display().to_string();
    let read = settings::read(path).map_err(|problem| vec![problem]);
    let text = match read {
        Ok(None) if has_to_be => {
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
                        tell(&format!("{label}: {error}"));
                        loaded.is_partial = true;
                    }
                }
            }
            loaded.estate = Some(estate);
        }
        Err(problems) => {
            for problem in problems {
                tell(&problem.to_string());
            }
            tell(&format!("{label}: left out"));
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
