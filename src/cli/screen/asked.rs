//! What of AWS is settled before there is a screen.

use crate::cli::args::Common;
use crate::cli::console::Console;
use crate::cli::{code, home};
use crate::job::public_keys::Place;
use std::path::PathBuf;

/// Files of keys, which are read before anything is made, and what CloudTrail is to be asked for.
pub(super) fn named(public_keys: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<String>) {
    let is_file = |name: &PathBuf| matches!(Place::of(name), Place::File(_));
    let (files, asked): (Vec<_>, Vec<_>) = public_keys.into_iter().partition(is_file);
    (files, asked.iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

/// With the code of a device, if AWS will be asked and wants one: once the screen is there, it
/// has no place for it.
pub(super) fn with_code(common: &Common, is_asked: bool) -> Common {
    let aws = home::means(common, None).aws;
    let code = is_asked.then(|| code::ask(&aws, &Console::new(common))).flatten();
    Common { mfa_code: code.or_else(|| common.mfa_code.clone()), ..common.clone() }
}
