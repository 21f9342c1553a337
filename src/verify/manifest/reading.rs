//! Telling manifests from other files, and reading them line by line.

use super::algorithm::Algorithm;
use super::entries::{Entries, Said};
use super::sums::{Line, Style};
use super::{bagit, hashdeep, sums};

/// Bytes of a file by which it is told what it is.
pub const HEAD: usize = 4 << 10;

/// Longest line that can be one: name, hashes and escapes.
const LONGEST_LINE: usize = 32 << 10;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// How a manifest is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A line for each file.
    Sums(Style),
    /// One hash and nothing else, of the file that is called as the manifest without its end.
    Alone {
        of: String,
    },
    Hashdeep,
    /// A manifest of a bag; without an algorithm that is known.
    Bag {
        is_payload: bool,
        algorithm: Option<Algorithm>,
    },
}

impl Form {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sums(_) | Self::Alone { .. } => "sums",
            Self::Hashdeep => "hashdeep",
            Self::Bag { is_payload: true, .. } => "bagit",
            Self::Bag { is_payload: false, .. } => "bagit tags",
        }
    }
}

/// What the file of this name is, by its first [`HEAD`] bytes (all of it, if it has fewer). In a
/// bag's folder names are more than hints.
pub fn recognise(name: &str, head: &[u8], in_bag: bool) -> Option<Form> {
    if let Some((is_payload, algorithm)) = bagit::manifest(name).filter(|_| in_bag) {
        return Some(Form::Bag { is_payload, algorithm });
    }
    let is_whole = head.len() < HEAD;
    let text = head.strip_prefix(MARK).unwrap_or(head);
    if text.starts_with(hashdeep::MAGIC) {
        return Some(Form::Hashdeep);
    }
    let lower = name.to_ascii_lowercase();
    if let Some(of) = alone(name, &lower, text).filter(|_| is_whole) {
        return Some(Form::Alone { of });
    }
    let style = Style {
        is_blake: is_blake(&lower) || remarks(text).any(|remark| is_blake(&remark)),
        is_guess: !names_algorithm(&lower),
        is_zero: memchr::memchr(0, text).is_some(),
    };
    let (good, bad) = count(text, is_whole, style);
    // What has zero bytes in it is seldom text.
    let may_be_bad = is_hint(&lower) && !style.is_zero;
    let is_manifest = good > 0 && (bad == 0 || (may_be_bad && good >= bad));
    is_manifest.then_some(Form::Sums(style))
}

/// How many lines say something of a file, and how many are none.
fn count(text: &[u8], is_whole: bool, style: Style) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut armor = Armor::default();
    let mut count = |_, line: Option<&[u8]>| {
        let Some(line) = line.filter(|line| armor.is_inside(line)) else { return };
        match sums::line(line, style) {
            Line::Nothing => {}
            Line::Said(_) => good += 1,
            Line::Bad(_) => bad += 1,
        }
    };
    let mut lines = Lines::new(if style.is_zero { Ends::Zero } else { Ends::Feed });
    lines.push(text, &mut count);
    // A line that goes on behind the head says nothing yet.
    if is_whole {
        lines.end(&mut count);
    }
    (good, bad)
}

/// Whether a manifest of this name, or with this remark, is one of `b2sum` or `b3sum`.
fn is_blake(lower: &str) -> bool {
    let tools = ["b2sum", "b2sums", "b3sum", "b3sums"];
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    ["blake2", "blake3"].iter().any(|name| lower.contains(name))
        || [".b2", ".b3"].iter().any(|end| lower.ends_with(end))
        || words.any(|word| tools.contains(&word))
}

/// The remarks before the first line, in small letters.
fn remarks(text: &[u8]) -> impl Iterator<Item = String> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let remarks = lines.take_while(|line| line.is_empty() || matches!(line[0], b'#' | b';'));
    remarks.map(|line| String::from_utf8_lossy(line).to_ascii_lowercase())
}

/// Whether a manifest of this name says of which algorithm it is.
fn names_algorithm(lower: &str) -> bool {
    Algorithm::ALL.iter().any(|algorithm| lower.replace('-', "").contains(algorithm.as_str()))
}

/// What a file of this name would be, of which nothing can be read.
pub fn suspect(name: &str, in_bag: bool) -> Option<Form> {
    let hint = || is_hint(&name.to_ascii_lowercase()).then_some(Form::Sums(Style::default()));
    recognise(name, b"", in_bag).or_else(hint)
}

/// Whether manifests are called so.
fn is_hint(lower: &str) -> bool {
    let parts = ["sums", "checksum", "hashes", "manifest"];
    let ends = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end.strip_suffix("sum").unwrap_or(end));
    parts.iter().any(|part| lower.contains(part)) || ends.contains(&end)
}

/// The file that a manifest of one bare hash is of: `a.zip` for `a.zip.sha256`.
fn alone(name: &str, lower: &str, text: &[u8]) -> Option<String> {
    let (algorithm, _) = sums::alone(text)?;
    let (_, end) = lower.rsplit_once('.')?;
    let end_of = end.strip_suffix("sum").unwrap_or(end);
    let of = &name[..name.len() - end.len() - 1];
    (Algorithm::parse(end_of) == Some(algorithm) && !of.is_empty()).then(|| of.to_owned())
}

/// Reads a manifest piece by piece.
pub struct Reader {
    form: Form,
    lines: Lines,
    parser: Parser,
}

struct Parser {
    columns: hashdeep::Columns,
    armor: Armor,
    entries: Entries,
}

impl Reader {
    pub fn new(form: Form) -> Self {
        let parser = Parser {
            columns: hashdeep::Columns::default(),
            armor: Armor::default(),
            entries: Entries::default(),
        };
        let ends = match form {
            Form::Sums(Style { is_zero: true, .. }) => Ends::Zero,
            Form::Bag { .. } => Ends::Any,
            _ => Ends::Feed,
        };
        Self { form, lines: Lines::new(ends), parser }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        let Self { form, lines, parser } = self;
        lines.push(bytes, &mut |number, line| parser.line(form, number, line));
    }

    pub fn finish(mut self) -> Entries {
        let Self { form, lines, parser } = &mut self;
        lines.end(&mut |number, line| parser.line(form, number, line));
        self.parser.entries
    }
}

impl Parser {
    /// A line, or nothing if it is too long for one.
    fn line(&mut self, form: &Form, number: u32, line: Option<&[u8]>) {
        if self.entries.is_full() {
            self.entries.cut.get_or_insert(number);
            return;
        }
        let Some(line) = line else { return self.entries.bad(number, "it is longer than any") };
        let said = match form {
            Form::Sums(style) if self.armor.is_inside(line) => sums::line(line, *style),
            Form::Sums(_) => Line::Nothing,
            Form::Alone { of } => match sums::alone(line) {
                Some(hash) => Line::Said(Said {
                    name: crate::event::unlabel(of).into_owned(),
                    hashes: vec![hash],
                    ..Said::default()
                }),
                None => Line::Nothing,
            },
            Form::Hashdeep => self.columns.line(line),
            Form::Bag { algorithm, .. } => bagit::line(line, *algorithm),
        };
        match said {
            Line::Nothing => {}
            Line::Said(said) => self.entries.add(number, &said),
            Line::Bad(why) => self.entries.bad(number, why),
        }
    }
}

/// What `OpenPGP` puts around a text that is signed in the clear (RFC 9580, 7). The signature is not
/// checked.
#[derive(Debug, Default)]
struct Armor {
    in_head: bool,
    is_over: bool,
}

impl Armor {
    /// Whether the line is of the text itself.
    fn is_inside(&mut self, line: &[u8]) -> bool {
        if line.starts_with(b"-----BEGIN PGP SIGNED MESSAGE-----") {
            self.in_head = true;
            return false;
        }
        if line.starts_with(b"-----BEGIN PGP SIGNATURE-----") {
            self.is_over = true;
        }
        if self.in_head {
            self.in_head = !line.is_empty();
            return false;
        }
        !self.is_over
    }
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// A line feed, with or without a carriage return before it.
    Feed,
    /// A line feed, a carriage return or both (RFC 8493, 2.1.3).
    Any,
    Zero,
}

/// Cuts bytes into lines, of which it holds one at most, and no more of it than a line can have.
#[derive(Debug)]
struct Lines {
    ends: Ends,
    rest: Vec<u8>,
    /// Lines so far.
    number: u32,
    is_begun: bool,
    /// The last line ended in a carriage return, to which a line feed may belong.
    is_halfway: bool,
}

impl Lines {
    fn new(ends: Ends) -> Self {
        Self { ends, rest: Vec::new(), number: 0, is_begun: false, is_halfway: false }
    }

    fn push(&mut self, mut bytes: &[u8], each: &mut dyn FnMut(u32, Option<&[u8]>)) {
        if let (true, Some(byte)) = (self.is_halfway, bytes.first()) {
            self.is_halfway = false;
            bytes = if *byte == b'\n' { &bytes[1..] } else { bytes };
        }
        while let Some(at) = self.find(bytes) {
            self.keep(&bytes[..at]);
            self.tell(each);
            let (end, behind) = (bytes[at], &bytes[at + 1..]);
            bytes = behind;
            if end == b'\r' {
                self.is_halfway = behind.is_empty();
                bytes = behind.strip_prefix(b"\n").unwrap_or(behind);
            }
        }
        self.keep(bytes);
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        match self.ends {
            Ends::Feed => memchr::memchr(b'\n', bytes),
            Ends::Any => memchr::memchr2(b'\n', b'\r', bytes),
            Ends::Zero => memchr::memchr(0, bytes),
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = (LONGEST_LINE + 1).saturating_sub(self.rest.len());
        self.rest.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn tell(&mut self, each: &mut dyn FnMut(u32, Option<&[u8]>)) {
        self.number = self.number.saturating_add(1);
        let line = match self.ends {
            Ends::Feed => self.rest.strip_suffix(b"\r").unwrap_or(&self.rest),
            Ends::Any | Ends::Zero => &self.rest,
        };
        let line = if self.is_begun { line } else { line.strip_prefix(MARK).unwrap_or(line) };
        each(self.number, (line.len() <= LONGEST_LINE).then_some(line));
        self.is_begun = true;
        self.rest.clear();
    }

    /// What follows the last end of a line.
    fn end(&mut self, each: &mut dyn FnMut(u32, Option<&[u8]>)) {
        if !self.rest.is_empty() {
            self.tell(each);
        }
    }
}
