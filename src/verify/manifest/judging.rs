//! What a manifest says against what was found.

use super::algorithm::Hashes;
use super::bagit;
use super::checked::{Checked, Found, Outcome};
use super::entries::{Entries, Entry};
use super::reading::Form;
use super::table::{Met, Table, folder_of};
use crate::event::label;

/// Folders above a manifest's own in which its names are tried.
const MOST_ABOVE: usize = 8;

/// What is known of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    pub size: Option<u64>,
    pub hashes: Hashes,
    /// Why it was not read, or not to its end.
    pub left: Option<String>,
}

/// Where each name of the manifest at this position leads.
///
/// Names are relative to the manifest's folder. Where none of them is there, the manifest may have
/// been written from a folder above: the nearest in which a name leads to a file.
pub fn resolve(table: &Table, manifest: usize, form: &Form, entries: &Entries) -> Vec<Met> {
    let own = folder_of(table.path(manifest));
    let all = |folder: &str| -> Vec<Met> {
        let one = |entry: Entry<'_>| find(table, folder, form, entry.name);
        entries.iter().map(one).collect()
    };
    let first = all(own);
    let is_there = |met: &Met| matches!(met, Met::At(at) if *at != manifest);
    if matches!(form, Form::Bag { .. } | Form::Alone { .. }) || first.iter().any(is_there) {
        return first;
    }
    let above = std::iter::successors(Some(own), |folder| {
        let folder = folder_of(folder.trim_end_matches('/'));
        (!folder.is_empty() && folder != "/").then_some(folder)
    });
    for folder in above.skip(1).take(MOST_ABOVE) {
        // The first that is there settles it, so that a million lines are not tried eight times.
        let tried = entries.iter().any(|entry| is_there(&find(table, folder, form, entry.name)));
        if tried {
            return all(folder);
        }
    }
    first
}

fn find(table: &Table, folder: &str, form: &Form, name: &[u8]) -> Met {
    if matches!(form, Form::Bag { .. }) {
        let plain = bagit::unescaped(name);
        // Older bags and some tools leave `%` as it is.
        let names = [&*plain, name].map(|name| table.find(folder, &label(name)));
        return if names[0] == Met::Nowhere { names[1] } else { names[0] };
    }
    let met = table.find(folder, &label(name));
    // hashdeep and others run on Windows too.
    if met != Met::Nowhere || !name.contains(&b'\\') {
        return met;
    }
    let is_drive = name.get(1) == Some(&b':');
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    let name: Vec<u8> = name.iter().skip(if is_drive { 2 } else { 0 }).map(slash).collect();
    table.find(folder, &label(&name))
}

/// Compares every line with the file that it names; `files` has those at the positions of the
/// table, and `is_fetched` knows what a bag leaves to be fetched.
pub fn judge(
    (manifest, path): (usize, &str),
    form: &Form,
    (entries, met): (&Entries, &[Met]),
    file: &dyn Fn(usize) -> (File, String),
    is_fetched: &dyn Fn(&[u8]) -> bool,
) -> Checked {
    let mut checked = Checked::new(path, form.as_str(), entries.algorithms());
    let mut bad = entries.bad.iter().peekable();
    let tell = |checked: &mut Checked, line, why: &str| {
        let (outcome, line, detail) = (Outcome::Unreadable, Some(line), why.to_owned());
        checked.add(Found { outcome, line, name: None, object: None, detail });
    };
    for (entry, met) in entries.iter().zip(met) {
        while let Some(bad) = bad.next_if(|bad| bad.line < entry.line) {
            tell(&mut checked, bad.line, bad.why);
        }
        let (outcome, object, detail) = match *met {
            Met::At(at) | Met::ByEnd(at) if at == manifest => {
                let detail = "it is the manifest itself, which cannot hold its own hash";
                (Outcome::Unproven, Some(path.to_owned()), detail.to_owned())
            }
            Met::At(at) => compared(&entry, file(at), ""),
            Met::ByEnd(at) => compared(&entry, file(at), "; found by the end of its name"),
            Met::Several(count) => {
                let detail = format!("{count} files or more may be meant, which end as it does");
                (Outcome::Unproven, None, detail)
            }
            Met::Within(at) => {
                let (file, folder) = file(at);
                let why = file.left.unwrap_or_default();
                (
                    Outcome::Unread,
                    Some(folder),
                    format!("it lies in a folder that is closed: {why}"),
                )
            }
            Met::Nowhere => (Outcome::Missing, None, missing(&entry, is_fetched)),
        };
        if outcome == Outcome::Matches {
            checked.matches();
            continue;
        }
        let (line, name) = (Some(entry.line), Some(label(entry.name)));
        checked.add(Found { outcome, line, name, object, detail });
    }
    for bad in bad {
        tell(&mut checked, bad.line, bad.why);
    }
    checked.count(Outcome::Unreadable, entries.more_bad);
    checked.more += entries.more_bad;
    if let Some(line) = entries.cut {
        tell(&mut checked, line, "this line and all behind it are left, for there are too many");
    }
    checked
}

fn missing(entry: &Entry<'_>, is_fetched: &dyn Fn(&[u8]) -> bool) -> String {
    let states = entry.hashes().map(|(algorithm, hash)| format!("{algorithm} {}", hex(hash)));
    let states = states.collect::<Vec<_>>().join(", ");
    if is_fetched(entry.name) {
        return format!("it is not there; fetch.txt says where it is to be fetched ({states})");
    }
    format!("it is not there ({states})")
}

fn compared(
    entry: &Entry<'_>,
    (file, path): (File, String),
    how: &str,
) -> (Outcome, Option<String>, String) {
    let mut differing = Vec::new();
    let mut compared = false;
    if let (Some(said), Some(size)) = (entry.size, file.size)
        && said != size
    {
        differing.push(format!("has {size} bytes, not {said}"));
    }
    for (algorithm, said) in entry.hashes() {
        let Some(hash) = file.hashes.get(algorithm) else { continue };
        compared = true;
        if hash != said {
            differing.push(format!("{algorithm} is {}, not {}", hex(hash), hex(said)));
        }
    }
    if !differing.is_empty() {
        return (Outcome::Differs, Some(path), format!("{}{how}", differing.join("; ")));
    }
    if let Some(why) = file.left {
        return (Outcome::Unread, Some(path), why);
    }
    if !compared {
        let detail = "its hash is of an algorithm that is not known here".to_owned();
        return (Outcome::Unproven, Some(path), detail);
    }
    (Outcome::Matches, Some(path), String::new())
}

/// The files of a bag's payload that a manifest should name and does not.
pub fn unnamed(table: &Table, bag: &str, is_named: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let payload = format!("{bag}{}", bagit::PAYLOAD);
    table.below(&payload).filter(|at| !is_named(*at)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16));
        }
        text
    })
}
