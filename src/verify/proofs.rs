//! Which digests are authentic.
//!
//! A digest is, if the signature in its metadata is right; or a signature that a later digest
//! quotes is, since a right signature is proof wherever it was found; or if a digest that is
//! authentic itself names its hash, which needs no key.

use super::address::{self, Address, DigestName, Named};
use super::content::Packing;
use super::digest::{Digest, HASH, SIGNATURE};
use super::keys::{Checked, Keys};
use super::metadata::{self, Metadata};
use super::objects::{Object, Seen};
use super::sites::{Sites, Spot};
use std::collections::HashMap;
use std::sync::Arc;

/// One digest file and what is known of it.
pub(super) struct Entry<'a> {
    /// Number of its object.
    pub(super) object: usize,
    pub(super) name: DigestName<'a>,
    pub(super) spot: &'a Spot<'a>,
    /// What it says, or why it is no digest.
    pub(super) digest: Result<&'a Arc<Digest>, &'a str>,
    pub(super) sha256: [u8; 32],
    /// Bytes follow its gzip data.
    pub(super) trailing: bool,
    /// It says that it lies elsewhere.
    pub(super) moved: bool,
    pub(super) metadata: Option<&'a Metadata>,
    /// What its key says of the signature in its metadata; `None` if there is none to check.
    pub(super) own: Option<Checked>,
    pub(super) proof: Option<Proof>,
}

/// Why a digest is authentic; the numbers are those of the digests that vouch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Metadata,
    Quoted(usize),
    Hash(usize),
}

pub(super) struct Digests<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    by_key: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Digests<'a> {
    pub(super) fn of(objects: &'a [Object], sites: &'a Sites<'a>, keys: &Keys) -> Self {
        let sidecars = Sidecars::of(objects);
        let mut digests = Self { entries: Vec::new(), by_key: HashMap::new() };
        for (number, (object, spot)) in objects.iter().zip(&sites.spots).enumerate() {
            let (Seen::Digest { content, digest }, Some(spot)) = (&object.seen, spot) else {
                continue;
            };
            let Some(Address { named: Named::Digest(name), .. }) = address::read(&object.path)
            else {
                continue;
            };
            if digests.is_copy((object, spot), objects, sites) {
                continue;
            }
            let digest = digest.as_ref().map_err(|why| &**why);
            let moved = digest.is_ok_and(|digest| {
                digest.object != spot.key || !sites.may_be_in(spot, &digest.bucket)
            });
            let bucket = spot.site.and_then(|site| {
                let site = &sites.sites[site];
                site.renamed_from.as_deref().or(site.bucket.as_deref())
            });
            let metadata = sidecars.find(object, spot, bucket.or(digest.ok().map(|d| &*d.bucket)));
            let mut entry = Entry {
                object: number,
                name,
                spot,
                digest,
                sha256: content.sha256,
                trailing: content.packing == Packing::Trailing,
                moved,
                metadata,
                own: None,
                proof: None,
            };
            entry.own = entry.check_own(keys);
            digests.by_key.entry(&spot.key).or_default().push(digests.entries.len());
            digests.entries.push(entry);
        }
        digests.prove(sites, keys);
        digests
    }

    /// Whether the same bytes lie at the same address in another copy. What lies in another bucket
    /// was put there.
    fn is_copy(
        &self,
        (object, spot): (&Object, &Spot<'_>),
        objects: &[Object],
        sites: &Sites<'_>,
    ) -> bool {
        let Seen::Digest { content, .. } = &object.seen else { return false };
        self.at(&spot.key).any(|number| {
            let other = &self.entries[number];
            let same_stored = object.sha256.is_none_or(|_| {
                matches!(&objects[other.object].seen,
                    Seen::Digest { content: theirs, .. } if theirs.packing == content.packing)
            });
            let elsewhere = other.spot.site != spot.site && !sites.are_apart(spot, other.spot);
            other.sha256 == content.sha256 && same_stored && elsewhere
        })
    }

    fn at(&self, key: &str) -> impl Iterator<Item = usize> + '_ {
        self.by_key.get(key).into_iter().flatten().copied()
    }

    /// The digests that lie where this one says that its predecessor does.
    pub(super) fn predecessors(&self, number: usize, sites: &Sites<'_>) -> Vec<usize> {
        let previous = self.entries[number].digest.ok().and_then(|digest| digest.previous.as_ref());
        let Some(previous) = previous else { return Vec::new() };
        self.at(&previous.object)
            .filter(|at| sites.may_be_in(self.entries[*at].spot, &previous.bucket))
            .collect()
    }

    fn prove(&mut self, sites: &Sites<'_>, keys: &Keys) {
        for number in 0..self.entries.len() {
            if self.entries[number].own == Some(Checked::Right) {
                self.entries[number].proof = Some(Proof::Metadata);
            }
        }
        for number in 0..self.entries.len() {
            for at in self.predecessors(number, sites) {
                if self.entries[at].proof.is_none()
                    && self.quoted(number, at, keys) == Some(Checked::Right)
                {
                    self.entries[at].proof = Some(Proof::Quoted(number));
                }
            }
        }
        // What is proven proves others in turn.
        let mut proven: Vec<usize> =
            (0..self.entries.len()).filter(|at| self.entries[*at].proof.is_some()).collect();
        while let Some(number) = proven.pop() {
            for at in self.predecessors(number, sites) {
                let entry = &self.entries[at];
                if entry.proof.is_none() && entry.is_usable() && self.names_hash(number, at) {
                    self.entries[at].proof = Some(Proof::Hash(number));
                    proven.push(at);
                }
            }
        }
    }

    /// What the key of a digest says of the signature that another quotes of it; `None` if there
    /// is none that could be checked.
    pub(super) fn quoted(&self, number: usize, at: usize, keys: &Keys) -> Option<Checked> {
        let signature = self.entries[number].digest.ok()?.previous_signature.as_deref()?;
        let entry = &self.entries[at];
        match &entry.metadata {
            Some(metadata) if metadata.signature.as_deref() == Some(signature) => entry.own,
            _ => entry.check(signature, keys),
        }
    }

    /// Whether the digest says that the other has the hash that it has.
    pub(super) fn names_hash(&self, number: usize, at: usize) -> bool {
        self.hash_link(number, at) == Some(true)
    }

    /// The same; `None` if it names no hash of a kind that is known.
    pub(super) fn hash_link(&self, number: usize, at: usize) -> Option<bool> {
        let previous = self.entries[number].digest.ok()?.previous.as_ref()?;
        if previous.algorithm.as_deref().is_some_and(|algorithm| algorithm != HASH) {
            return None;
        }
        let hash = previous.hash.as_deref()?;
        Some(crate::event::hex::encode(&self.entries[at].sha256).eq_ignore_ascii_case(hash))
    }
}

impl Entry<'_> {
    /// Whether it is a digest that lies where it says.
    pub(super) fn is_usable(&self) -> bool {
        self.digest.is_ok() && !self.moved
    }

    /// Whether its signatures are of a kind that is known.
    pub(super) fn has_known_algorithm(&self) -> bool {
        let stated = self.metadata.and_then(|metadata| metadata.algorithm.as_deref());
        self.digest.is_ok_and(|digest| digest.algorithm == SIGNATURE)
            && stated.is_none_or(|stated| stated == SIGNATURE)
    }

    fn check_own(&self, keys: &Keys) -> Option<Checked> {
        if !self.has_known_algorithm() {
            return None;
        }
        self.check(self.metadata?.signature.as_deref()?, keys)
    }

    fn check(&self, signature: &str, keys: &Keys) -> Option<Checked> {
        let digest = self.digest.ok().filter(|digest| digest.algorithm == SIGNATURE)?;
        if self.moved {
            return None;
        }
        let signed = digest.signed(&self.sha256);
        Some(keys.check(&digest.fingerprint, signed.as_bytes(), signature))
    }
}

/// Metadata by the name of the object that it is of.
struct Sidecars<'a>(HashMap<&'a str, Vec<(&'a str, &'a Metadata)>>);

impl<'a> Sidecars<'a> {
    fn of(objects: &'a [Object]) -> Self {
        let mut by_name: HashMap<&str, Vec<_>> = HashMap::new();
        for object in objects {
            if let Seen::Metadata(metadata) = &object.seen
                && let Some(of) = metadata::object_of(&object.path)
            {
                by_name.entry(address::file_name(of)).or_default().push((of, &**metadata));
            }
        }
        Self(by_name)
    }

    /// The metadata of a digest.
    fn find(&self, object: &Object, spot: &Spot<'_>, bucket: Option<&str>) -> Option<&'a Metadata> {
        let address = format!("{}/{}", bucket.unwrap_or_default(), spot.key);
        let names = [address::file_name(&object.path), address::file_name(&spot.key)];
        let paths = [&*object.path, &*address];
        names.into_iter().find_map(|name| self.nearest(name, &paths))
    }

    /// The one whose path has most in common with one of these.
    fn nearest(&self, name: &str, paths: &[&str]) -> Option<&'a Metadata> {
        let candidates = self.0.get(name)?;
        let common = |of: &str| paths.iter().map(|path| common_end(of, path)).max().unwrap_or(0);
        let best = candidates.iter().map(|(of, _)| common(of)).max()?;
        candidates.iter().find(|(of, _)| common(of) == best).map(|(_, metadata)| *metadata)
    }
}

/// How many parts at the end two paths have in common.
fn common_end(one: &str, other: &str) -> usize {
    let (one, other) = (address::parts(one).rev(), address::parts(other).rev());
    one.zip(other).take_while(|(one, other)| one == other).count()
}
