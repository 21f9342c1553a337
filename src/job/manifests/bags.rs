//! Bags among what was listed: whether each has what it says, and nothing else in its payload.

use super::Manifest;
use super::listing::{Listing, Object};
use crate::event::Cancel;
use crate::job::hashing::{self, Far, Meter};
use crate::verify::manifest::bagit::{self, DECLARATION, FETCH, INFO, PAYLOAD};
use crate::verify::manifest::{Algorithms, Checked, Form, Found, HEAD, Met, Outcome, Table};
use crate::verify::manifest::{folder_of, unnamed};
use std::collections::{BTreeMap, HashSet};
use std::io;

/// Bytes of a bag's own files that are read.
const MOST: usize = 64 << 20;

/// A folder with a declaration.
struct Bag {
    /// The declaration's position.
    at: usize,
    /// The folder, with its `/`.
    folder: String,
    /// Nothing if the declaration is none.
    is_strict: Option<bool>,
    oxum: Option<(u64, u64)>,
    fetched: HashSet<Vec<u8>>,
}

pub(super) struct Bags {
    bags: Vec<Bag>,
}

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
        let work = |at: usize, meter: &Meter<'_>| {
            let folder = folder_of(table.path(at)).to_owned();
            let read = |name: &str, most: usize| {
                let at = table.at(&format!("{folder}{name}"))?;
                let Object { source, item, left, .. } = &listing.objects[at];
                if left.is_some() { None } else { meter.head(&**source, item, most).ok() }
            };
            let is_strict = read(DECLARATION, HEAD).and_then(|head| bagit::is_strict(&head));
            let oxum = read(INFO, MOST).and_then(|info| bagit::oxum(&info));
            let fetched = read(FETCH, MOST).unwrap_or_default();
            let fetched = bagit::fetched(&fetched).collect();
            Bag { at, folder, is_strict, oxum, fetched }
        };
        let mut bags = Vec::new();
        hashing::each(tasks, 1, cancel, work, &mut |bag, far| {
            bags.extend(bag);
            tell(far);
        })?;
        bags.sort_by_key(|bag: &Bag| bag.at);
        Ok(Self { bags })
    }

    /// Whether a file of this name is to be fetched for the bag that the manifest is of.
    pub(super) fn is_fetched(&self, table: &Table, manifest: usize, name: &[u8]) -> bool {
        let bag = bag_of(table, manifest);
        let bag = self.bags.iter().find(|known| Some(known.at) == bag);
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
        for bag in &self.bags {
            let mut checked = bag.declared(listing, table);
            let is_mine = |one: &&Manifest| {
                let is_payload = matches!(one.form, Form::Bag { is_payload: true, .. });
                is_payload && folder_of(table.path(one.at)) == bag.folder
            };
            let mine: Vec<&Manifest> = manifests.iter().filter(is_mine).collect();
            if mine.is_empty() {
                checked.add(found(
                    Outcome::Unproven,
                    None,
                    "the bag has no manifest of its payload",
                ));
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
            all.insert(bag.at, checked);
        }
    }
}

impl Bag {
    /// What the declaration and the payload's size come to.
    fn declared(&self, listing: &Listing, table: &Table) -> Checked {
        let path = &listing.objects[self.at].path;
        let mut checked = Checked::new(path, "bag", Algorithms::default());
        match self.is_strict {
            Some(_) => checked.matches(),
            None => checked.add(found(Outcome::Unreadable, Some(path), "declares no bag")),
        }
        if let Some((bytes, files)) = self.oxum {
            let payload = format!("{}{PAYLOAD}", self.folder);
            let items = || table.below(&payload).map(|at| &listing.objects[at].item);
            let (there, sum) =
                (items().count() as u64, items().filter_map(|item| item.bytes).sum());
            if (sum, there) == (bytes, files) {
                checked.matches();
            } else {
                let detail = format!(
                    "{INFO} says that the payload has {bytes} bytes in {files} files; there are \
                     {sum} bytes in {there}"
                );
                checked.add(found(Outcome::Differs, None, detail));
            }
        }
        checked
    }
}

fn named(manifest: &Manifest) -> impl Iterator<Item = usize> {
    let at = |met: &Met| match met {
        Met::At(at) | Met::ByEnd(at) => Some(*at),
        Met::Several(_) | Met::Nowhere => None,
    };
    manifest.met.iter().filter_map(at)
}

fn add(checked: &mut Checked, bag: &Bag, listing: &Listing, table: &Table, named: &HashSet<usize>) {
    for at in unnamed(table, &bag.folder, &|at| named.contains(&at)) {
        let path = &listing.objects[at].path;
        checked.add(found(Outcome::Unnamed, Some(path), "is in the payload, and is not named"));
    }
}

fn found(outcome: Outcome, object: Option<&String>, detail: impl Into<String>) -> Found {
    Found { outcome, line: None, name: None, object: object.cloned(), detail: detail.into() }
}
