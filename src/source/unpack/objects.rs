//! Goes down through the layers of an object and tells a visitor what it finds.

use super::budget::Budget;
use super::codecs::{Bunzip2, Unlz4, Unsnappy};
use super::gzip::Gunzip;
use super::lzma::Unlzma;
use super::names::Names;
use super::parquet::{Parquet, Part, Store};
use super::raw::Raw;
use super::sniff::{Codec, Content, HEAD, sniff};
use super::streams::Streams;
use super::tar::{Member, Tar, What};
use super::window::{Pull, Window};
use super::xz::Unxz;
use super::zip::{Zip, Zipped};
use super::zstd::Unzstd;
use super::{Access, Leaves, Outcome, Visit, stopped};
use crate::event::{Reason, ReasonKind, State, Table};
use std::io::{BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;

/// Layers of compression around one object or member.
const LAYERS: u32 = 4;

/// Where an object stands.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    /// Its label; `None` for the outermost object.
    member: Option<&'a str>,
    /// Archives around it.
    archives: u32,
    /// Layers of compression since the last archive.
    layers: u32,
}

impl At<'_> {
    fn is_outermost(self) -> bool {
        self.member.is_none()
    }
}

pub(super) struct Objects<'a> {
    budget: &'a Budget<'a>,
    visit: &'a mut dyn Visit,
    /// The only leaves to read; `None` means all.
    wanted: Option<&'a Leaves<'a>>,
    /// How many of them were met.
    met: usize,
    /// Whether any archive was recognised.
    archives: bool,
}

impl<'a> Objects<'a> {
    pub(super) fn new(budget: &'a Budget<'a>, visit: &'a mut dyn Visit) -> Self {
        Self { budget, visit, wanted: None, met: 0, archives: false }
    }

    pub(super) fn wanting(
        budget: &'a Budget<'a>,
        visit: &'a mut dyn Visit,
        leaves: &'a Leaves<'a>,
    ) -> Self {
        Self { wanted: Some(leaves), ..Self::new(budget, visit) }
    }

    pub(super) fn outermost(&mut self, raw: &mut Raw<'_>) -> Outcome {
        let at = At { member: None, archives: 0, layers: 0 };
        let is_file = raw.file().is_some();
        let mut window = Window::new(raw);
        if self.visit.as_stored(None) {
            return self.leaf(&mut window, at);
        }
        let content = sniff(window.peek_or_rest(HEAD));
        if is_file && content == Content::Zip && self.budget.limits.depth > 0 {
            return match raw.seekable() {
                Ok(Some(file)) => self.zip(BufReader::new(file), at, Access::Seek),
                Ok(None) => None,
                Err(reason) => Some(stopped(reason, 0)),
            };
        }
        if !is_file || content != Content::Parquet {
            return self.object(&mut window, at);
        }
        match raw.file().map(Store::file) {
            Some(Ok(store)) => self.parquet(&store, at),
            Some(Err(reason)) => Some(stopped(reason, 0)),
            None => None,
        }
    }

    /// Whether the object was an archive, as far as was seen.
    pub(super) fn met_archive(&self) -> bool {
        self.archives
    }

    /// Reads one object. The outcome is that of an outermost object, or of a member that the
    /// visitor was not told the end of.
    fn object(&mut self, input: &mut Window<'_>, at: At<'_>) -> Outcome {
        let content = sniff(input.peek_or_rest(HEAD));
        let limits = self.budget.limits;
        match content {
            Content::Leaf => self.leaf(input, at),
            Content::Compressed(_) if at.layers >= LAYERS => {
                Some(too_deep(&format!("compressed more than {LAYERS} times over")))
            }
            Content::Tar | Content::Zip if at.archives >= limits.depth => {
                Some(too_deep(&format!("an archive within {} archives", limits.depth)))
            }
            Content::Compressed(codec) => self.compressed(codec, input, at),
            Content::Tar => self.tar(input, at),
            Content::Zip => match self.held("a zip", input) {
                Ok(bytes) => self.zip(Cursor::new(bytes), at, Access::Front),
                Err(outcome) => Some(outcome),
            },
            Content::Parquet => match self.held("a Parquet file", input) {
                Ok(bytes) => self.parquet(&Store::Held(bytes), at),
                Err(outcome) => Some(outcome),
            },
            Content::Unsupported(name, command) => {
                let detail = format!("{name} is not unpacked here; unpack it first ({command})");
                Some((State::Skipped, Reason::new(ReasonKind::Unsupported, detail)))
            }
        }
    }

    fn compressed(&mut self, codec: Codec, input: &mut Window<'_>, at: At<'_>) -> Outcome {
        let budget = self.budget;
        self.visit.inflating(matches!(codec, Codec::Bzip2 | Codec::Xz | Codec::Lzma));
        match codec {
            Codec::Gzip => self.layer(&mut Gunzip::new(input, budget), at),
            Codec::Zstd => match Unzstd::new(input, budget) {
                Ok(mut layer) => self.layer(&mut layer, at),
                Err(reason) => Some(stopped(reason, 0)),
            },
            Codec::Bzip2 => self.layer(&mut Streams::<Bunzip2<'_, '_>>::new(input, budget), at),
            Codec::Xz => self.layer(&mut Streams::<Unxz<'_, '_>>::new(input, budget), at),
            Codec::Lzma => self.layer(&mut Streams::<Unlzma<'_, '_>>::new(input, budget), at),
            Codec::Snappy => self.layer(&mut Streams::<Unsnappy<'_, '_>>::new(input, budget), at),
            Codec::Lz4 => self.layer(&mut Streams::<Unlz4<'_, '_>>::new(input, budget), at),
        }
    }

    fn layer(&mut self, layer: &mut dyn Pull, at: At<'_>) -> Outcome {
        self.object(&mut Window::new(layer), At { layers: at.layers + 1, ..at })
    }

    fn leaf(&mut self, input: &mut Window<'_>, at: At<'_>) -> Outcome {
        if self.visit.begin(at.member).is_break() {
            return None;
        }
        self.met += 1;
        input.mend();
        let limit = if at.member.is_some() || at.layers > 0 {
            self.budget.limits.member_bytes
        } else {
            u64::MAX
        };
        let mut good = 0;
        let outcome = loop {
            match input.fill_or_rest() {
                Ok(None) => {
                    if self.visit.rest().is_break() {
                        break None;
                    }
                }
                Ok(Some([])) => break None,
                Ok(Some(bytes)) => {
                    let room = usize::try_from(limit - good).unwrap_or(usize::MAX);
                    let count = bytes.len().min(room);
                    let flow = self.visit.data(&bytes[..count]);
                    good += count as u64;
                    if flow.is_break() {
                        break None;
                    }
                    if count < bytes.len() {
                        let detail = format!("longer than {limit} bytes; the rest is not read");
                        let reason = Reason::new(ReasonKind::Size, detail).at(good);
                        break Some((State::Partial, reason));
                    }
                    input.consume(count);
                }
                Err(reason) => {
                    // What was passed on the way lies before its end.
                    let passed = reason.offset.filter(|offset| at.is_outermost() && *offset < good);
                    break Some(stopped(reason.at(passed.unwrap_or(good)), good));
                }
            }
        };
        self.visit.end(good, outcome.clone());
        if at.is_outermost() { outcome } else { None }
    }

    fn tar(&mut self, input: &mut Window<'_>, at: At<'_>) -> Outcome {
        self.archives = true;
        self.visit.archive(at.member, Access::Front);
        let mut tar = Tar::new(input);
        let mut names = Names::new(at.member);
        loop {
            let Member { name, what } = match tar.next() {
                Ok(Some(member)) => member,
                Ok(None) => return None,
                Err(reason) => return Some((State::Partial, reason)),
            };
            if let What::Folder = what {
                continue;
            }
            let label = names.label(&name);
            if let Err(reason) = self.budget.member() {
                return Some((State::Partial, reason));
            }
            if !self.wants(&label) {
                continue;
            }
            match what {
                What::Folder => {}
                What::File => self.member(&mut tar, &label, at),
                What::Left(reason) => self.left(&label, State::Skipped, reason),
            }
            if self.finished() {
                return None;
            }
        }
    }

    /// The whole of what has to be sought in and cannot be.
    fn held(&self, what: &str, input: &mut Window<'_>) -> Result<Vec<u8>, (State, Reason)> {
        let limit = self.budget.limits.buffered_bytes;
        let mut bytes = Vec::new();
        loop {
            match input.fill() {
                Ok([]) => return Ok(bytes),
                Ok(piece) if (bytes.len() + piece.len()) as u64 > limit => {
                    let detail = format!(
                        "{what} of more than {limit} bytes from a pipe or within another \
                         container; unpack the outer container, or save it as a file"
                    );
                    let reason = Reason::new(ReasonKind::Unsupported, detail);
                    return Err((State::Skipped, reason));
                }
                Ok(piece) => {
                    bytes.extend_from_slice(piece);
                    let count = piece.len();
                    input.consume(count);
                }
                Err(reason) => return Err(stopped(reason, 0)),
            }
        }
    }

    fn parquet(&mut self, store: &Store<'_>, at: At<'_>) -> Outcome {
        self.visit.inflating(false);
        match Parquet::new(store, self.budget) {
            Ok(mut table) => {
                self.visit.rows();
                self.rows(&mut table, at)
            }
            Err(reason) => Some((State::Failed, reason)),
        }
    }

    /// Tells the rows of a table.
    fn rows(&mut self, table: &mut Parquet<'_>, at: At<'_>) -> Outcome {
        if self.visit.begin(at.member).is_break() {
            return None;
        }
        self.met += 1;
        let limit = self.budget.limits.member_bytes;
        let mut good = 0;
        let outcome = loop {
            let part = match table.next() {
                Ok(None) => break None,
                Ok(Some(part)) => part,
                Err(reason) => break Some(stopped(reason.at(good), good)),
            };
            let room = limit - good;
            good += part.bytes() as u64;
            let flow = match &part {
                _ if good > limit => {
                    self.first(&part, room);
                    let detail = format!("longer than {limit} bytes; the rest is not read");
                    let reason = Reason::new(ReasonKind::Size, detail).at(limit);
                    good = limit;
                    break Some((State::Partial, reason));
                }
                Part::Rows(columns, lengths) => self.visit.table(&Table::new(columns, lengths)),
                Part::Empty(lines) => self.visit.data(lines),
            };
            if flow.is_break() {
                break None;
            }
        };
        self.visit.end(good, outcome.clone());
        if at.is_outermost() { outcome } else { None }
    }

    /// Tells so many bytes of the lines of some rows, which are more; who has enough gets no more
    /// in any case.
    fn first(&mut self, part: &Part<'_>, mut room: u64) {
        let mut give = |bytes: &[u8]| {
            let count = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            room -= count as u64;
            self.visit.data(&bytes[..count])?;
            if room == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let _ = match part {
            Part::Rows(columns, lengths) => Table::new(columns, lengths).lines(&mut give),
            Part::Empty(lines) => give(lines),
        };
    }

    fn zip(&mut self, reader: impl Read + Seek, at: At<'_>, access: Access) -> Outcome {
        self.archives = true;
        self.visit.archive(at.member, access);
        match Zip::new(reader) {
            Ok(mut zip) => self.entries(&mut zip, at),
            Err(reason) => Some((State::Failed, reason)),
        }
    }

    fn entries(&mut self, zip: &mut Zip<impl Read + Seek>, at: At<'_>) -> Outcome {
        let mut entries = match zip.entries(self.budget) {
            Ok(entries) => entries,
            Err(reason) => return Some((State::Failed, reason)),
        };
        let mut names = Names::new(at.member);
        loop {
            let entry = match entries.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => return None,
                Err(reason) => return Some((State::Partial, reason)),
            };
            if entry.is_dir() {
                continue;
            }
            let label = names.label(entry.name_raw());
            if let Err(reason) = self.budget.member() {
                return Some((State::Partial, reason));
            }
            if !self.wants(&label) {
                continue;
            }
            match entries.open(entry) {
                Zipped::Left(state, reason) => self.left(&label, state, reason),
                Zipped::Data(mut data) => self.member(&mut *data, &label, at),
            }
            if self.finished() {
                return None;
            }
        }
    }

    fn member(&mut self, data: &mut dyn Pull, label: &str, around: At<'_>) {
        let at = At { member: Some(label), archives: around.archives + 1, layers: 0 };
        let mut window = Window::new(data);
        let outcome = if self.visit.as_stored(at.member) {
            self.leaf(&mut window, at)
        } else {
            self.object(&mut window, at)
        };
        if let Some((state, reason)) = outcome {
            self.left(label, state, reason);
        }
    }

    fn left(&mut self, label: &str, state: State, reason: Reason) {
        if let Some(Leaves::Members(labels)) = self.wanted {
            self.met += usize::from(labels.contains(label));
        }
        self.visit.left(label, state, reason);
    }

    /// Whether the member is wanted, or holds one that is.
    fn wants(&self, label: &str) -> bool {
        match self.wanted {
            None => true,
            Some(Leaves::Outermost) => false,
            Some(Leaves::Members(labels)) => {
                let inside = format!("{label}!");
                let first = labels.range(inside.as_str()..).next();
                labels.contains(label) || first.is_some_and(|first| first.starts_with(&inside))
            }
        }
    }

    /// Whether everything that is wanted was met.
    fn finished(&self) -> bool {
        match self.wanted {
            None => false,
            Some(Leaves::Outermost) => self.met > 0,
            Some(Leaves::Members(labels)) => self.met >= labels.len(),
        }
    }
}

fn too_deep(what: &str) -> (State, Reason) {
    let detail = format!("{what}, which is more than is unpacked; unpack it first");
    (State::Skipped, Reason::new(ReasonKind::Nested, detail))
}
