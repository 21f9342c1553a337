//! What a manifest says against what was found.

use super::algorithm::Hashes;
use super::bagit;
use super::checked::{Checked, Found, Outcome};
use super::entries::{Entries, Entry};
use super::reading::Form;
use super::table::{Met, Table, folder_of};
use crate::event::counted;
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

/// Why what a manifest names is not among what was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    Gone,
    /// A bag leaves it to be fetched.
    Fetched,
    /// It lies where nobody was asked to look.
    Outside,
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
/// table, and `absence` knows why what a name stands for is not there.
pub fn judge(
    (manifest, path): (usize, &str),
    form: &Form,
    (entries, met): (&Entries, &[Met]),
    file: &dyn Fn(usize) -> (File, String),
    absence: &dyn Fn(&[u8]) -> Absence,
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
            Met::Nowhere => absent(&entry, absence(entry.name)),
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

fn absent(entry: &Entry<'_>, why: Absence) -> (Outcome, Option<String>, String) {
    let states = entry.hashes().map(|(algorithm, hash)| format!("{algorithm} {}", hex(hash)));
    let states = states.collect::<Vec<_>>().join(", ");
    let (outcome, detail) = match why {
        Absence::Gone => (Outcome::Missing, "it is not there"),
        Absence::Fetched => {
            (Outcome::Missing, "it is not there; fetch.txt says where it is to be fetched")
        }
        Absence::Outside => {
            (Outcome::Unproven, "it lies outside of what was named: name its folder too")
        }
    };
    (outcome, None, format!("{detail} ({states})"))
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
        differing.push(format!("has {}, not {said}", counted(size, "byte", "bytes")));
    }
    for (algorithm, said) in entry.hashes() {
        let Some(hash) = file.hashes.get(algorithm) else { continue };
        compared = true;
        if hash != said {
            let (is, not) = (hex(hash), hex(said));
            differing.push(if entry.is_guess {
                let digits = not.len();
                format!(
                    "{algorithm} is {is}, not {not}; that is read as {algorithm} for its {digits} \
                     digits alone, and may be of another algorithm"
                )
            } else {
                format!("{algorithm} is {is}, not {not}")
            });
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
