//! What one look at the sources finds, and what is not there any more for certain.

use super::Ground;
use crate::event::{Cancel, State};
use crate::source::{Identity, Input, Item, Listed, Locator, Source, Stamp, is_packed};
use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file as it is listed now.
pub(super) struct Found {
    pub(super) source: Arc<dyn Source>,
    pub(super) item: Item,
    pub(super) path: PathBuf,
    pub(super) stamp: Stamp,
}

/// Where a file is: its path, and the device that its folder is on.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    device: Option<u64>,
}

/// All files of the sources.
pub(super) struct Looked {
    pub(super) found: Vec<Found>,
    /// Names of sources, and keys in them, at and below which something could not be listed.
    failed: Vec<(String, String)>,
}

impl Found {
    fn of(source: &Arc<dyn Source>, item: Item) -> Option<Self> {
        let Locator::File { path, stamp } = &item.locator else { return None };
        let (path, stamp) = (path.to_path_buf(), *stamp);
        Some(Self { source: Arc::clone(source), item, path, stamp })
    }

    /// Whether it begins as what is packed does.
    pub(super) fn is_packed(&self) -> bool {
        match self.source.open(&self.item, &Cancel::new()) {
            Ok(Input::File(file)) => is_packed(&file),
            _ => false,
        }
    }
}

impl Looked {
    pub(super) fn at(ground: &Ground) -> Self {
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for source in ground.sources.load().iter() {
            if let Some(far) = source.elsewhere() {
                found.extend(far.growing().into_iter().filter_map(|item| Found::of(source, item)));
                continue;
            }
            source.list(&ground.cancel, &mut |listed| {
                match listed {
                    Listed::Item(item) => found.extend(Found::of(source, item)),
                    Listed::Left { key, state: State::Failed, .. } => {
                        failed.push((source.name().to_owned(), key));
                    }
                    Listed::Left { .. } => {}
                }
                ControlFlow::Continue(())
            });
        }
        Self { found, failed }
    }

    /// The files by what makes them the same under any name.
    pub(super) fn by_identity(&self) -> HashMap<Identity, Vec<&Found>> {
        let mut files: HashMap<Identity, Vec<&Found>> = HashMap::new();
        for found in &self.found {
            files.entry(found.stamp.identity()).or_default().push(found);
        }
        files
    }

    pub(super) fn paths(&self) -> HashSet<&Path> {
        self.found.iter().map(|found| found.path.as_path()).collect()
    }

    /// Whether what was in this source is certainly not there any more, now that it was not
    /// found. A folder that cannot be read for once, or a file system that is not mounted for a
    /// while, takes nothing away.
    pub(super) fn is_gone(&self, source: &str, item: &Item, file: Identity, at: &Place) -> bool {
        let hides = |(name, key): &(String, String)| name == source && item.key.starts_with(key);
        !self.failed.iter().any(hides) && at.has_lost(file)
    }
}

impl Place {
    pub(super) fn new(path: PathBuf) -> Self {
        let device = folder_device(&path);
        Self { path, device }
    }

    /// Whether the file is not here, though its folder, or what is left above it, is where it was.
    fn has_lost(&self, file: Identity) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(about) => (about.dev(), about.ino()) != file,
            Err(error) => {
                matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
                    && folder_device(&self.path) == self.device
            }
        }
    }
}

/// The device of the nearest folder above a path that is there.
fn folder_device(path: &Path) -> Option<u64> {
    let mut folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    folders.find_map(|folder| std::fs::metadata(folder).ok()).map(|about| about.dev())
}
