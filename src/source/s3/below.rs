//! What lies directly below an address: for who looks for the part of a bucket that is wanted.

use super::walk::Branch;
use super::{Place, S3, pages};
use crate::event::layout::{self, Level, Position};
use crate::event::{Cancel, Reason, ReasonKind, label};
use crate::source::Means;

/// Pages that are asked for: who has to choose among more names is better off with a longer prefix.
const PAGES: usize = 10;

/// Where one can go from an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    /// In the order of their keys.
    pub folders: Vec<Folder>,
    /// Objects that lie here directly.
    pub objects: u64,
    /// There is more than was asked for.
    pub more: bool,
}

/// A common beginning of keys, up to a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// What is behind the address, as a [`label`](crate::event::label) without the slash: in Hive
    /// style the value alone.
    pub name: String,
    /// What names it as a source.
    pub address: String,
    pub level: Level,
}

/// The folders directly below `s3://BUCKET/PREFIX`, and what they stand for in the layout of AWS.
/// Asks the service, and waits for it.
pub fn level(means: &Means, address: &str, cancel: &Cancel) -> Result<Below, Reason> {
    let source = match S3::new(address, means) {
        Some(Ok(source)) => source,
        Some(Err(error)) => return Err(Reason::new(ReasonKind::NotFound, error.to_string())),
        None => return Err(Reason::new(ReasonKind::NotFound, "is no address in S3")),
    };
    let place = &source.place;
    let mut below = Below { folders: Vec::new(), objects: 0, more: false };
    let mut next = Some(Branch::folders(&place.address.prefix));
    for _ in 0..PAGES {
        let Some(branch) = next.take() else { break };
        let page = place.aws.wait(cancel, Box::pin(pages::ask(place, &branch)))?;
        below.objects += page.objects.len() as u64;
        below.folders.extend(page.folders.iter().map(|prefix| folder(place, prefix)));
        next = page.next.map(|token| branch.on(token));
    }
    below.more = next.is_some();
    Ok(below)
}

fn folder(place: &Place, prefix: &str) -> Folder {
    let name = prefix.trim_end_matches('/').rsplit('/').next().unwrap_or(prefix);
    let key = label(prefix.as_bytes());
    Folder {
        name: label(layout::value(name).as_bytes()),
        address: place.address.path(&key),
        level: Position::of(prefix).level().unwrap_or(Level::Folder),
    }
}
