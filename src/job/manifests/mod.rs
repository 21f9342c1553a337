//! Manifests in the evidence: finding them among what the sources list, reading them, and hashing
//! the files that they name.
//!
//! Every file is looked into, for a manifest is known by its first lines and not by its name; but
//! only what a manifest names is read, once for all of its hashes. Nothing is opened that was not
//! listed. What lies in archives is not looked into.

mod bags;
mod listing;

use super::hashing::{self, Far, Meter};
use crate::event::{Cancel, Reason, label};
use crate::source::{Item, Source};
use crate::verify::concerns;
use crate::verify::manifest::{
    Absence, Algorithms, Checked, Entries, File, Form, Found, HEAD, Hashes, Met, Outcome, Reader,
    Running, Table, bagit, judge, recognise, resolve, suspect,
};
use bags::Bags;
use listing::{Listing, Object};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

/// How to read.
pub struct How<'a> {
    /// 0 means as many as there are processors.
    pub threads: usize,
    /// SHA-256 of what was read in this session already: it is not read for that again.
    pub known: &'a (dyn Fn(&Item) -> Option<[u8; 32]> + Sync),
}

/// A manifest that was found, and what it says.
struct Manifest {
    /// Its position in the listing.
    at: usize,
    form: Form,
    entries: Entries,
    /// Where the name of each entry leads.
    met: Vec<Met>,
    /// Why it was not read to its end.
    left: Option<Reason>,
}

/// Checks all manifests that lie in the sources, in the order of their listing. What was not read
/// when `cancel` called it off is unread in the results, and manifests that were not found yet are
/// not among them: who called it off must not say that everything agrees. An error means that no
/// thread could be started.
pub fn check(
    sources: &[Arc<dyn Source>],
    how: &How<'_>,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Far),
) -> io::Result<Vec<Checked>> {
    if !may_hold(sources, how, cancel, tell)? {
        return Ok(Vec::new());
    }
    let listing = Listing::of(sources, cancel, &|_| true);
    let table = Table::new(listing.objects.iter().map(|object| object.path.clone()));
    let forms = forms(&listing, &table, how.threads, cancel, tell)?;
    let manifests = read(&listing, &table, forms, how.threads, cancel, tell)?;
    let bags = Bags::of(&listing, &table, cancel, tell)?;
    let files = hash(&listing, &manifests, how, cancel, tell)?;
    let file = |at: usize| {
        let object = &listing.objects[at];
        let left = object.left.as_ref().map(ToString::to_string);
        let unread = || File { left: left.clone(), ..File::default() };
        (files.get(&at).cloned().unwrap_or_else(unread), object.path.clone())
    };
    let mut all = BTreeMap::new();
    for manifest in &manifests {
        let Manifest { at, form, entries, met, left } = manifest;
        let path = &listing.objects[*at].path;
        let absence = |name: &[u8]| {
            if bags.is_fetched(&table, *at, name) {
                Absence::Fetched
            } else if listing.is_outside(*at, &label(name)) {
                Absence::Outside
            } else {
                Absence::Gone
            }
        };
        let mut checked = judge((*at, path), form, (entries, met), &file, &absence);
        if let Some(reason) = left {
            checked.add(Found {
                outcome: Outcome::Unread,
                line: None,
                name: None,
                object: Some(path.clone()),
                detail: format!("the manifest itself was not read, or not to its end: {reason}"),
            });
        }
        all.insert(*at, checked);
    }
    bags.check(&listing, &table, &manifests, &mut all);
    Ok(all.into_values().collect())
}

/// Whether there is any manifest, or bag. There may be a million logs, and who has nothing else
/// need not keep a list of them.
fn may_hold(
    sources: &[Arc<dyn Source>],
    how: &How<'_>,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Far),
) -> io::Result<bool> {
    let listing = Listing::of(sources, cancel, &|path| !concerns(path));
    let table = Table::new(listing.objects.iter().map(|object| object.path.clone()));
    let is_bag = |object: &Object| object.path.ends_with(bagit::DECLARATION);
    Ok(listing.objects.iter().any(is_bag)
        || !forms(&listing, &table, how.threads, cancel, tell)?.is_empty())
}

/// What is a manifest, by position.
fn forms(
    listing: &Listing,
    table: &Table,
    threads: usize,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Far),
) -> io::Result<BTreeMap<usize, Form>> {
    let (mut forms, mut tasks) = (BTreeMap::new(), Vec::new());
    for (at, object) in listing.objects.iter().enumerate() {
        let is_elsewhere = object.item.locator.is_elsewhere();
        if object.left.is_some() || is_elsewhere {
            // What cannot be read may have been one all the same; and nothing is fetched for that
            // alone, unless its name says it.
            let may_be = || suspect(last(&object.item.key), bags::bag_of(table, at).is_some());
            forms.extend(may_be().map(|form| (at, form)));
        } else if object.item.bytes.is_some_and(|bytes| bytes > 0) && !concerns(&object.path) {
            // There are tens of thousands of log files and digests, and their names say what they
            // are.
            tasks.push((at, 0));
        }
    }
    let work = |at: usize, meter: &Meter<'_>| {
        let Object { source, item, .. } = &listing.objects[at];
        let (name, in_bag) = (last(&item.key), bags::bag_of(table, at).is_some());
        let form = match meter.head(&**source, item, HEAD) {
            Ok(head) => recognise(name, &head, in_bag)?,
            Err(_) => suspect(name, in_bag)?,
        };
        Some((at, form))
    };
    hashing::each(tasks, threads, cancel, work, &mut |found, far| {
        forms.extend(found.flatten());
        tell(far);
    })?;
    Ok(forms)
}

/// The last part of a key; of a folder's, nothing.
fn last(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or_default()
}

/// Reads the manifests and looks their names up.
fn read(
    listing: &Listing,
    table: &Table,
    forms: BTreeMap<usize, Form>,
    threads: usize,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Far),
) -> io::Result<Vec<Manifest>> {
    let size = |at: usize| listing.objects[at].item.bytes.unwrap_or(0);
    let tasks = forms.into_iter().map(|(at, form)| ((at, form), size(at))).collect();
    let work = |(at, form): (usize, Form), meter: &Meter<'_>| {
        let Object { source, item, left, .. } = &listing.objects[at];
        let mut reader = Reader::new(form.clone());
        let mut read = || meter.read(&**source, item, |piece| reader.push(piece)).err();
        let left = left.clone().or_else(&mut read);
        let entries = reader.finish();
        let met = resolve(table, at, &form, &entries);
        Manifest { at, form, entries, met, left }
    };
    let mut manifests = Vec::new();
    hashing::each(tasks, threads, cancel, work, &mut |found, far| {
        manifests.extend(found);
        tell(far);
    })?;
    manifests.sort_by_key(|manifest| manifest.at);
    Ok(manifests)
}

/// Hashes what the manifests name, each file once.
fn hash(
    listing: &Listing,
    manifests: &[Manifest],
    how: &How<'_>,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Far),
) -> io::Result<HashMap<usize, File>> {
    let mut wanted: BTreeMap<usize, Algorithms> = BTreeMap::new();
    for manifest in manifests {
        for (entry, met) in manifest.entries.iter().zip(&manifest.met) {
            if let Met::At(at) | Met::ByEnd(at) = *met
                && at != manifest.at
            {
                let algorithms = wanted.entry(at).or_default();
                *algorithms = algorithms.union(entry.algorithms);
            }
        }
    }
    let (mut files, mut tasks) = (HashMap::new(), Vec::new());
    for (at, algorithms) in wanted {
        let Object { item, left, .. } = &listing.objects[at];
        let known = || (how.known)(item).filter(|_| algorithms.is_sha256());
        if left.is_some() {
            continue;
        }
        if algorithms.is_empty() {
            files.insert(at, File { size: item.bytes, ..File::default() });
        } else if let Some(sha256) = known() {
            let (size, hashes) = (item.bytes, Hashes::sha256(sha256));
            files.insert(at, File { size, hashes, left: None });
        } else {
            let called_off = Some("there was no thread to read it with".to_owned());
            files.insert(at, File { left: called_off, ..File::default() });
            tasks.push(((at, algorithms), item.bytes.unwrap_or(0)));
        }
    }
    let work = |(at, algorithms): (usize, Algorithms), meter: &Meter<'_>| {
        let Object { source, item, .. } = &listing.objects[at];
        let (mut running, mut size) = (Running::new(algorithms), 0);
        let outcome = meter.read(&**source, item, |piece| {
            running.update(piece);
            size += piece.len() as u64;
        });
        let file = match outcome {
            Ok(()) => File { size: Some(size), hashes: running.finish(), left: None },
            Err(reason) => File { left: Some(reason.to_string()), ..File::default() },
        };
        (at, file)
    };
    hashing::each(tasks, how.threads, cancel, work, &mut |found, far| {
        files.extend(found);
        tell(far);
    })?;
    Ok(files)
}

#[cfg(test)]
mod tests;
