//! Copies of files that were followed, as far as they hold what no file of the sources holds any
//! more: such a copy is an object beside the files, named as it was shown.

use super::{Of, Spool, WHOLE};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp};
use crate::source::{Elsewhere, Input, Item, Listed, Locator, Source};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// Bytes compared at once.
const PIECE: usize = 64 << 10;

/// Bytes that are compared first, of every file that is long enough.
const HEAD: usize = 4 << 10;

/// The sources, each with what the folder's copies hold of files that were followed in it and
/// that no file of any of them begins with now.
pub fn with_copies(sources: Vec<Arc<dyn Source>>, folder: Option<&Path>) -> Vec<Arc<dyn Source>> {
    let copies = folder.map(copies).unwrap_or_default();
    if copies.is_empty() {
        return sources;
    }
    let (all, copies): (Arc<[_]>, Arc<[_]>) = (sources.into(), copies.into());
    let with = |base: &Arc<dyn Source>| {
        let (base, all, copies) = (Arc::clone(base), Arc::clone(&all), Arc::clone(&copies));
        Arc::new(Followed { base, all, copies, lost: Mutex::default() }) as Arc<dyn Source>
    };
    all.iter().map(with).collect()
}

/// What is to be said of an object that is read from this copy, if it was a file that was followed.
pub(in crate::job) fn remark(copy: &Path) -> Option<Reason> {
    is_grown(copy).then(|| {
        let detail = "was followed; no file begins with this any more, and it is read from the \
                      copy in the workspace";
        Reason::new(ReasonKind::Vanished, detail)
    })
}

fn is_grown(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(Of::Grown.prefix()) && name.ends_with(WHOLE)
}

/// The oldest first.
fn copies(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let grown = files.map(|file| file.path()).filter(|path| is_grown(path));
    let mut copies: Vec<_> = grown.map(|path| (modified(&path), path)).collect();
    copies.sort_unstable();
    copies.into_iter().map(|(_, path)| path).collect()
}

/// Nanoseconds since 1970.
fn modified(path: &Path) -> i64 {
    let modified = std::fs::metadata(path).and_then(|about| about.modified()).ok();
    let since = modified.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

/// A source with what was lost of its files.
struct Followed {
    base: Arc<dyn Source>,
    all: Arc<[Arc<dyn Source>]>,
    copies: Arc<[PathBuf]>,
    /// Found out once: a session does not find what it copies itself.
    lost: Mutex<Option<Vec<Item>>>,
}

/// A copy and what it is a copy of.
struct Copy {
    /// Its place among the copies.
    rank: usize,
    path: PathBuf,
    spool: Spool,
    label: String,
}

impl Followed {
    /// Whether an object of this name was a file of the source.
    fn has(&self, label: &str) -> bool {
        let name = self.base.name();
        let below = label.strip_prefix(name.trim_end_matches('/'));
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#']))
    }

    /// Copies of the source's files, the longest first.
    fn mine(&self) -> Vec<Copy> {
        let copy = |(rank, path): (usize, &PathBuf)| {
            let spool = Spool::open(path.clone(), Of::Grown).ok()?;
            let label = spool.content.label()?.to_owned();
            let mine = self.has(&label) && spool.length() > 0;
            mine.then(|| Copy { rank, path: path.clone(), spool, label })
        };
        let mut mine: Vec<Copy> = self.copies.iter().enumerate().filter_map(copy).collect();
        mine.sort_by_key(|copy| std::cmp::Reverse(copy.spool.length()));
        mine
    }

    fn find(&self, cancel: &Cancel) -> Vec<Item> {
        let mine = self.mine();
        if mine.is_empty() {
            return Vec::new();
        }
        let (mut names, mut files) = (HashSet::new(), Vec::new());
        for source in self.all.iter() {
            source.list(cancel, &mut |listed| {
                names.insert(listed.path().to_owned());
                if let Listed::Item(Item { locator: Locator::File { path, stamp }, .. }) = listed {
                    files.push((path.into_path_buf(), stamp.size));
                }
                ControlFlow::Continue(())
            });
        }
        let mut lost: Vec<Copy> = Vec::new();
        for copy in mine {
            let stands = |before: &Copy| copy.spool.begins(before.spool.reader()).unwrap_or(false);
            if !cancel.is_cancelled() && !copy.is_in(&files) && !lost.iter().any(stands) {
                lost.push(copy);
            }
        }
        lost.sort_by_key(|copy| copy.rank);
        lost.into_iter().map(|copy| self.item(copy, &mut names)).collect()
    }

    fn item(&self, copy: Copy, names: &mut HashSet<String>) -> Item {
        let followed = format!("{} (followed)", copy.label);
        let more = (2..).map(|n| format!("{followed}#{n}"));
        let mut free = [copy.label.clone(), followed.clone()].into_iter().chain(more);
        let path = free.find(|name| names.insert(name.clone())).unwrap_or(followed);
        let file = copy.label.rsplit_once('#');
        let file = file.filter(|(_, n)| n.bytes().all(|b| b.is_ascii_digit()));
        let file = file.map_or(&*copy.label, |(file, _)| file);
        let key = file.strip_prefix(self.base.name()).unwrap_or(file).trim_start_matches('/');
        let own = || file.rsplit('/').next().unwrap_or(file);
        Item {
            path: path.into(),
            key: if key.is_empty() { own() } else { key }.into(),
            bytes: Some(copy.spool.length()),
            modified: Some(Timestamp(modified(&copy.path))),
            locator: Locator::Pipe(copy.path),
        }
    }
}

impl Copy {
    /// Whether one of these files begins with all of it.
    fn is_in(&self, files: &[(PathBuf, u64)]) -> bool {
        let length = self.spool.length();
        let mut head = Vec::new();
        if self.spool.reader().take(HEAD as u64).read_to_end(&mut head).is_err() {
            return false;
        }
        let begins = |path: &PathBuf| -> io::Result<bool> {
            let mut there = Vec::new();
            File::open(path)?.take(head.len() as u64).read_to_end(&mut there)?;
            Ok(there == head && self.spool.begins(File::open(path)?)?)
        };
        let mut long = files.iter().filter(|(_, size)| *size >= length);
        long.any(|(path, _)| begins(path).unwrap_or(false))
    }
}

impl Spool {
    /// Whether these bytes begin with all that was copied.
    pub(in crate::job) fn begins(&self, mut bytes: impl Read) -> io::Result<bool> {
        let mut copy = self.reader();
        let (mut ours, mut theirs) = (vec![0; PIECE], vec![0; PIECE]);
        loop {
            let count = copy.read(&mut ours)?;
            if count == 0 {
                return Ok(true);
            }
            match bytes.read_exact(&mut theirs[..count]) {
                Ok(()) if ours[..count] == theirs[..count] => {}
                Ok(()) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Source for Followed {
    fn name(&self) -> &str {
        self.base.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let mut flow = ControlFlow::Continue(());
        self.base.list(cancel, &mut |listed| {
            flow = emit(listed);
            flow
        });
        if flow.is_break() || cancel.is_cancelled() {
            return;
        }
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lost.take().unwrap_or_else(|| self.find(cancel));
        let _ = found.iter().try_for_each(|item| emit(Listed::Item(item.clone())));
        *lost = (!cancel.is_cancelled()).then_some(found);
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        self.base.open(item, cancel)
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.base.reopen(item)
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        self.base.refresh(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        self.base.elsewhere()
    }
}
