//! How many files may be held open.

use rustix::process::{Resource, getrlimit};

/// More than this are not held open, whatever this process may.
const ENOUGH: u64 = 16 << 10;

/// Each followed file that grew takes two of them, itself and its copy; half are for all else.
const SHARE: u64 = 4;

/// So many followed files may be held open.
pub(super) fn most_open() -> usize {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(ENOUGH);
    if cfg!(test) { 4 } else { (limit.min(ENOUGH) / SHARE) as usize }
}
