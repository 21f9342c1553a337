//! How many files may be held open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The process may open so many files, if it is allowed that.
const ENOUGH: u64 = 16 << 10;

/// Each followed file that grew takes two of them, itself and its copy; half are for all else.
const SHARE: u64 = 4;

/// So many followed files may be held open. Hosts have a small limit for programs that know of no
/// other, and a large one for those that ask.
pub(super) fn most_open() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(ENOUGH).min(ENOUGH);
    let mut limit = current.unwrap_or(ENOUGH);
    if limit < wanted
        && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok()
    {
        limit = wanted;
    }
    if cfg!(test) { 4 } else { (limit.min(ENOUGH) / SHARE) as usize }
}
