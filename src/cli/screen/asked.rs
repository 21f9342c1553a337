//! Public keys as they are named on the command line.

use crate::job::public_keys::Place;
use std::path::PathBuf;

/// Files of keys, which are read before anything is made, and what CloudTrail is to be asked for.
pub(super) fn named(public_keys: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<String>) {
    let is_file = |name: &PathBuf| matches!(Place::of(name), Place::File(_));
    let (files, asked): (Vec<_>, Vec<_>) = public_keys.into_iter().partition(is_file);
    (files, asked.iter().map(|name| name.to_string_lossy().into_owned()).collect())
}
