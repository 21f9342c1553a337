//! Logs: what the digests that name them say, and those that no digest names.

use super::content::{Content, Packing};
use super::digest::Listed;
use super::finding::Kind;
use super::objects::{Object, Seen};
use super::sites::Sites;
use crate::event::Standing;
use std::collections::HashMap;

/// The log files of the evidence, to be found by their addresses.
pub(super) struct Logs<'a> {
    objects: &'a [Object],
    sites: &'a Sites<'a>,
    /// Number of the first object of each key.
    first: HashMap<&'a str, u32>,
    /// For each object, the next of the same key.
    next: Vec<Option<u32>>,
}

impl<'a> Logs<'a> {
    pub(super) fn of(objects: &'a [Object], sites: &'a Sites<'a>) -> Self {
        let mut first: HashMap<&str, u32> = HashMap::new();
        let mut next = vec![None; objects.len()];
        for (number, (object, spot)) in objects.iter().zip(&sites.spots).enumerate().rev() {
            if let (Seen::Log { .. }, Some(spot)) = (&object.seen, spot) {
                next[number] = first.insert(&*spot.key, number as u32);
            }
        }
        Self { objects, sites, first, next }
    }

    /// The objects at an address, in as many copies as there are.
    pub(super) fn at(&self, bucket: &str, key: &str) -> impl Iterator<Item = usize> {
        let alone = super::address::file_name(key);
        let flat = self.first.get(alone).filter(|_| alone != key);
        let firsts = self.first.get(key).into_iter().chain(flat);
        let all = firsts.flat_map(|first| {
            std::iter::successors(Some(*first), |number| self.next[*number as usize])
        });
        all.map(|number| number as usize).filter(move |number| {
            let spot = self.sites.spots[*number].as_ref();
            spot.is_some_and(|spot| self.sites.may_be_in(spot, bucket))
        })
    }

    pub(super) fn content(&self, number: usize) -> Option<&'a Content> {
        match &self.objects[number].seen {
            Seen::Log { content, .. } => Some(content),
            _ => None,
        }
    }
}

/// What is wrong with a log, by what a digest says of it.
pub(super) fn fault(listed: &Listed, content: &Content) -> Option<Kind> {
    let same = listed.hash == Some(content.sha256);
    Some(match (content.packing, same) {
        (Packing::Unread, _) => Kind::LogMissing,
        _ if !listed.is_sha256 => Kind::LogAlgorithmUnsupported,
        (Packing::Trailing, _) => Kind::LogTrailingData,
        (Packing::TrailerDamaged | Packing::Broken, true) => Kind::LogGzipDamaged,
        (Packing::Plain, true) => Kind::LogNotGzip,
        (Packing::TrailerDamaged | Packing::Broken | Packing::Plain, false) => Kind::LogFormat,
        (Packing::Gzip, false) => Kind::LogModified,
        (Packing::Gzip, true) => return None,
    })
}

/// The standing of the rows of such a log.
pub(super) fn standing(fault: Option<Kind>) -> Standing {
    match fault {
        None | Some(Kind::LogGzipDamaged | Kind::LogNotGzip) => Standing::Verified,
        Some(Kind::LogUnlisted) => Standing::Unlisted,
        Some(Kind::NoDigests) => Standing::NotCovered,
        Some(Kind::LogAlgorithmUnsupported | Kind::LogUnverifiable | Kind::LogMissing) => {
            Standing::Unverifiable
        }
        Some(_) => Standing::Modified,
    }
}
