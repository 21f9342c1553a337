//! Where the workspaces are.

use super::args::Common;
use super::console::Console;
use super::error::CliError;
use crate::case::{Settings as Remembered, Workspaces};
use crate::event::{Cancel, Window};
use crate::source::aws::Settings;
use crate::source::{Aws, FETCHED, Means, Vault, is_elsewhere};
use std::path::PathBuf;

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
    let vault = evidence.map_or_else(Vault::temporary, Vault::at);
    Means {
        aws,
        vault,
        most: common.fetch_limit.unwrap_or(FETCHED),
        window: Window::default(),
        versions: common.versions,
        requester_pays: common.requester_pays,
    }
}

/// The same for a workspace, which remembers what belongs to its evidence.
pub(super) fn means_of(common: &Common, evidence: PathBuf, settings: &Remembered) -> Means {
    let means = means(common, Some(evidence));
    Means { versions: means.versions || settings.versions, ..means }
}

/// Says whom AWS takes the person for, if one of the sources is there. What goes wrong is told of
/// the source itself.
pub(super) fn who(sources: &[String], means: &Means, console: &Console) {
    if sources.iter().any(|source| is_elsewhere(source))
        && let Ok(identity) = means.aws.identity(&Cancel::default())
    {
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
