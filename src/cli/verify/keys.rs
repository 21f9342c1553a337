//! The public keys that were named: files, which are read first, and CloudTrail, which is asked when it
//! is known what for.

use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::{Cancel, counted};
use crate::job::integrity::read_file;
use crate::job::public_keys::{CLOUDTRAIL, Place, fetch};
use crate::source::Aws;
use crate::verify::{Keys, KeysError, Objects, Report, signed};
use std::path::{Path, PathBuf};

/// What to do without keys.
const NO_KEYS: &str = "no public keys were named, so that no signature could be checked; save them \
     with `aws cloudtrail list-public-keys --region REGION --start-time T --end-time T` and name the \
     file with --public-keys, or name cloudtrail:// there, and CloudTrail is asked for them";

/// What was named and is not a file.
pub(super) struct Named {
    regions: Vec<Option<String>>,
    is_any: bool,
}

impl Named {
    /// Reads the files. One that cannot be read is a mistake: whoever names it wants it.
    pub(super) fn read(
        named: &[PathBuf],
        all: &mut Keys,
        console: &Console,
    ) -> Result<Self, CliError> {
        let mut regions = Vec::new();
        for name in named {
            match Place::of(name) {
                Place::File(path) => file(&path, all, console)?,
                Place::CloudTrail(region) => regions.push(region),
            }
        }
        Ok(Self { regions, is_any: !named.is_empty() })
    }

    /// Asks CloudTrail for the keys of these digests, if that was named. What it refuses is told, and
    /// shows in the verdict.
    pub(super) fn fetch(&self, objects: &Objects, aws: &Aws, all: &mut Keys, console: &Console) {
        if self.regions.is_empty() {
            return;
        }
        let (needed, cancel) = (signed(objects), Cancel::default());
        for region in &self.regions {
            for file in fetch(aws, region.as_deref(), &needed, &cancel) {
                match file {
                    Ok(file) => {
                        let keys = counted(file.keys as u64, "public key", "public keys");
                        console.tell(&format!("{}: {keys}", file.name));
                        let left = file.left.iter();
                        left.for_each(|why| console.tell(&format!("{}: {why}", file.name)));
                        // It was read before, so that it can be.
                        let _ = all.read(file.bytes());
                    }
                    Err(error) => console.tell(&format!("--public-keys {error}")),
                }
            }
        }
    }

    /// Says what to do if there are digests and nobody named a key.
    pub(super) fn tell_if_none(&self, keys: &Keys, report: &Report, console: &Console) {
        if !self.is_any && keys.is_empty() && !report.digests.is_empty() {
            console.tell(NO_KEYS);
        }
    }
}

fn file(path: &Path, all: &mut Keys, console: &Console) -> Result<(), CliError> {
    let name = path.display();
    let bytes = read_file(path)
        .map_err(|error| CliError::usage(format!("--public-keys {name}: {error}")))?;
    match all.read(&bytes) {
        Ok(left) => left.iter().for_each(|why| console.tell(&format!("{name}: {why}"))),
        // That is what it prints of a time in which nothing was signed.
        Err(error @ KeysError::Empty) => console.tell(&format!("--public-keys {name}: {error}")),
        Err(error) => {
            return Err(CliError::usage(format!(
                "--public-keys {name}: {error}; save the keys with `aws cloudtrail \
                 list-public-keys`, or name {CLOUDTRAIL}"
            )));
        }
    }
    Ok(())
}
