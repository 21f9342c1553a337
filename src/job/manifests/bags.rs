//! Bags among what was listed: whether each has what it says, and nothing else in its payload.

use super::Manifest;
use super::listing::{Listing, Object};
use crate::event::{Cancel, Reason};
use crate::job::hashing::{self, Far, Meter};
use crate::verify::manifest::bagit::{self, DECLARATION, FETCH, INFO, PAYLOAD};
use crate::verify::manifest::{Algorithms, Checked, Form, Found, HEAD, Met, Outcome, Table};
use crate::verify::manifest::{folder_of, unnamed};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

/// Bytes of a bag's own files that are read.
const MOST: usize = 64 << 20;

/// A folder with a declaration.
struct Bag {
    /// The folder, with its `/`.
    folder: String,
    /// Nothing if the declaration is none.
    is_strict: Option<bool>,
    oxum: Option<(u64, u64)>,
    /// Names as they stand in its list of what is to be fetched.
    fetched: HashSet<Vec<u8>>,
    /// Its own files that could not be read.
    unread: Vec<(String, Reason)>,
}

/// Bags by the positions of their declarations.
pub(super) struct Bags(BTreeMap<usize, Bag>);

/// The declaration in the folder of the object.
pub(super) fn bag_of(table: &Table, at: usize) -> Option<usize> {
    table.at(&format!("{}{DECLARATION}", folder_of(table.path(at))))
}

impl Bags {
    pub(super) fn of(
        listing: &Listing,
        table: &Table,
        cancel: &Cancel,
        tell: &mut dyn FnMut(Far),
    ) -> io::Result<Self> {
        let all = 0..listing.objects.len();
        let tasks = all.filter(|at| bag_of(table, *at) == Some(*at)).map(|at| (at, 0)).collect();
        let work = |at: usize, meter: &Meter<'_>| (at, Bag::read(at, listing, table, meter));
        let mut bags = BTreeMap::new();
        hashing::each(tasks, 1, cancel, work, &mut |bag, far| {
            bags.extend(bag);
            tell(far);
        })?;
        Ok(Self(bags))
    }

    /// Whether a file of this name is to be fetched for the bag that the manifest is of.
    pub(super) fn is_fetched(&self, table: &Table, manifest: usize, name: &[u8]) -> bool {
        let bag = bag_of(table, manifest).and_then(|at| self.0.get(&at));
        bag.is_some_and(|bag| bag.fetched.contains(name))
    }

    /// Adds a result for each bag, and to those of its manifests what they do not name.
    pub(super) fn check(
        &self,
        listing: &Listing,
        table: &Table,
        manifests: &[Manifest],
        all: &mut BTreeMap<usize, Checked>,
    ) {
        let mut of_bags: HashMap<usize, Vec<&Manifest>> = HashMap::new();
        for manifest in manifests {
            let is_payload = matches!(manifest.form, Form::Bag { is_payload: true, .. });
            if let Some(bag) = bag_of(table, manifest.at).filter(|_| is_payload) {
                of_bags.entry(bag).or_default().push(manifest);
            }
        }
        for (&at, bag) in &self.0 {
            let mut checked = bag.declared(&listing.objects[at].path, listing, table);
            let mine = of_bags.remove(&at).unwrap_or_default();
            if mine.is_empty() {
                let detail = "the bag has no manifest of its payload";
                checked.add(found(Outcome::Unproven, None, detail));
            }
            // Older bags may spread their payload over several manifests.
            if bag.is_strict == Some(false) {
                let named = mine.iter().flat_map(|one| named(one)).collect();
                add(&mut checked, bag, listing, table, &named);
            } else {
                for one in mine {
                    let Some(checked) = all.get_mut(&one.at) else { continue };
                    add(checked, bag, listing, table, &named(one).collect());
                }
            }
            all.insert(at, checked);
        }
    }
}

impl Bag {
    fn read(at: usize, listing: &Listing, table: &Table, meter: &Meter<'_>) -> Self {
        let folder = folder_of(table.path(at)).to_owned();
        let mut unread = Vec::new();
        let mut read = |name: &str, most: usize| {
            let at = table.at(&format!("{folder}{name}"))?;
            let Object { source, item, left, path } = &listing.objects[at];
            let read = left.clone().map_or_else(|| meter.head(&**source, item, most), Err);
            read.map_err(|reason| unread.push((path.clone(), reason))).ok()
        };
        let is_strict = read(DECLARATION, HEAD).and_then(|head| bagit::is_strict(&head));
        let oxum = read(INFO, MOST).and_then(|info| bagit::oxum(&info));
        let fetched = read(FETCH, MOST).unwrap_or_default();
        let fetched = bagit::fetched(&fetched).map(<[u8]>::to_vec).collect();
        Self { folder, is_strict, oxum, fetched, unread }
    }

    /// What its own files come to.
    fn declared(&self, path: &String, listing: &Listing, table: &Table) -> Checked {
        let mut checked = Checked::new(path, "bag", Algorithms::default());
        for (path, reason) in &self.unread {
            checked.add(found(Outcome::Unread, Some(path), reason.to_string()));
        }
        match self.is_strict {
            Some(_) => checked.matches(),
            None if self.unread.iter().any(|(unread, _)| unread == path) => {}
            None => checked.add(found(Outcome::Unreadable, Some(path), "declares no bag")),
        }
        self.measured(&mut checked, listing, table);
        checked
    }

    /// Whether the payload is as large as the bag says.
    fn measured(&self, checked: &mut Checked, listing: &Listing, table: &Table) {
        let Some((bytes, files)) = self.oxum else { return };
        let (mut there, mut sum, mut is_whole) = (0_u64, 0_u64, true);
        for at in table.below(&format!("{}{PAYLOAD}", self.folder)) {
            let size = listing.objects[at].item.bytes;
            is_whole &= size.is_some();
            there += 1;
            sum = sum.saturating_add(size.unwrap_or(0));
        }
        if !is_whole {
            let detail =
                format!("{INFO} states a size, and not all of the payload can be measured");
            checked.add(found(Outcome::Unproven, None, detail));
        } else if (sum, there) == (bytes, files) {
            checked.matches();
        } else {
            let detail = format!(
                "{INFO} says that the payload has {bytes} bytes in {files} files; there are {sum} \
                 bytes in {there}"
            );
            checked.add(found(Outcome::Differs, None, detail));
        }
    }
}

fn named(manifest: &Manifest) -> impl Iterator<Item = usize> {
    let at = |met: &Met| match met {
        Met::At(at) | Met::ByEnd(at) => Some(*at),
        Met::Several(_) | Met::Within(_) | Met::Nowhere => None,
    };
    manifest.met.iter().filter_map(at)
}

fn add(checked: &mut Checked, bag: &Bag, listing: &Listing, table: &Table, named: &HashSet<usize>) {
    for at in unnamed(table, &bag.folder, &|at| named.contains(&at)) {
        let Object { path, left, .. } = &listing.objects[at];
        checked.add(match left {
            Some(reason) if path.ends_with('/') => {
                let detail = format!("what lies in this folder of the payload: {reason}");
                found(Outcome::Unread, Some(path), detail)
            }
            _ => found(Outcome::Unnamed, Some(path), "is in the payload, and is not named"),
        });
    }
}

fn found(outcome: Outcome, object: Option<&String>, detail: impl Into<String>) -> Found {
    Found { outcome, line: None, name: None, object: object.cloned(), detail: detail.into() }
}
