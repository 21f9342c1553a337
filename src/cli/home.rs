//! Where the workspaces are.

use super::args::Common;
use super::code;
use super::console::Console;
use super::error::CliError;
use crate::case::{CaseError, Opened, Settings as Remembered, Workspaces};
use crate::event::{Cancel, Timestamp, Window, Zone};
use crate::job::Zones;
use crate::source::aws::Settings;
use crate::source::{Aws, FETCHED, Means, Vault, is_elsewhere};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The folder that the person named, else the one in the user's data folder.
pub(super) fn workspaces(common: &Common) -> Result<Workspaces, CliError> {
    folder(common).map(Workspaces::new).ok_or_else(|| {
        CliError::usage(
            "this account has no home folder to keep workspaces in; set HOME, or name a folder \
             with --workspace-dir",
        )
    })
}

/// How sources that lie elsewhere are come by; what is fetched goes into this folder of a
/// workspace, or into one that is gone at the end.
pub(super) fn means(common: &Common, evidence: Option<PathBuf>) -> Means {
    let (profile, region) = (common.profile.clone(), common.region.clone());
    let aws = Aws::new(Settings { profile, region, endpoint: common.endpoint_url.clone() });
    if let Some(code) = common.mfa_code.clone() {
        aws.give_code(code);
    }
    let vault = evidence.map_or_else(Vault::temporary, Vault::at);
    Means {
        aws,
        vault,
        most: common.fetch_limit.unwrap_or(FETCHED),
        window: Window::default(),
        windows: Arc::default(),
        versions: common.versions,
        requester_pays: common.requester_pays,
    }
}

/// The same for a workspace, which remembers what belongs to its evidence.
pub(super) fn means_of(common: &Common, evidence: PathBuf, settings: &Remembered) -> Means {
    let means = means(common, Some(evidence));
    let (versions, window) = (means.versions || settings.versions, settings.window());
    Means { window, windows: Arc::new(settings.windows()), versions, ..means }
}

/// In which zone times are read that name none: `--zone` holds for all sources, whatever the workspace
/// has kept of single ones.
pub(super) fn zones(common: &Common, settings: &Remembered) -> Result<Zones, CliError> {
    let (text, single) = match (&common.zone, &settings.zone) {
        (Some(zone), _) => (Some(zone), BTreeMap::new()),
        (None, zone) => (zone.as_ref(), settings.zones()),
    };
    let all = text.map_or(Ok(Zone::UTC), |text| Zone::parse(text));
    Ok(Zones::new(all.map_err(|why| CliError::usage(why.to_string()))?, single))
}

/// Whether one of the sources does not lie on this host.
pub(super) fn is_any_elsewhere(sources: &[String]) -> bool {
    sources.iter().any(|source| is_elsewhere(source))
}

/// Says whom AWS takes the person for, if it is about to be asked. What goes wrong is told of the
/// source itself.
pub(super) fn who(is_asked: bool, means: &Means, console: &Console) {
    if !is_asked {
        return;
    }
    if let Some(code) = code::ask(&means.aws, console) {
        means.aws.give_code(code);
    }
    if let Ok(identity) = means.aws.identity(&Cancel::default()) {
        console.tell(&identity.to_string());
    }
}

pub(super) fn folder(common: &Common) -> Option<PathBuf> {
    let named = common.workspace_dir.clone();
    named.or_else(|| {
        let dirs = directories::ProjectDirs::from("", "", "trailcase")?;
        Some(dirs.data_dir().join("workspaces"))
    })
}

/// Makes a workspace of these sources, with what the options say of how they are read.
pub(super) fn made(
    workspaces: &Workspaces,
    common: &Common,
    name: &str,
    sources: Vec<String>,
    window: Window,
) -> Result<Opened, CliError> {
    let (zone, versions) = (common.zone.clone(), common.versions);
    let mut settings = Remembered { zone, versions, ..Remembered::default() };
    settings.set_window(window);
    workspaces.create(name, sources, settings, Timestamp::now()).map_err(unmade)
}

/// A workspace could not be made where workspaces are.
fn unmade(error: CaseError) -> CliError {
    match error {
        CaseError::Io { path, source } => CliError::usage(format!(
            "{}: {source}; no workspace can be made there: name another folder with \
             --workspace-dir",
            path.display()
        )),
        error => error.into(),
    }
}
