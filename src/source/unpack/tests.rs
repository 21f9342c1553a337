//! Containers made for the purpose: whole, nested, cut off, damaged and hostile. Here is what
//! makes and reads them.

mod again;
mod archives;
mod damage;
mod layers;
mod limits;
mod mending;
mod tables;

use super::*;
use crate::source::packed::{bz2, dense_gz, gz, lz4, lzma, snappy, tar, xz, zip, zst};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};

/// What a visitor was told, as text: `archive:a`, `a=bytes`, `a!reason`.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    bytes: Vec<u8>,
    /// Break after the first piece.
    enough: bool,
    skip: bool,
}

impl Visit for Told {
    fn archive(&mut self, member: Option<&str>, _: Access) {
        self.lines.push(format!("archive:{}", member.unwrap_or("-")));
    }

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        self.bytes.clear();
        self.lines.push(member.unwrap_or("-").to_owned());
        if self.skip { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.bytes.extend_from_slice(bytes);
        if self.enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn end(&mut self, inflated: u64, outcome: Outcome) {
        use std::fmt::Write;
        assert_eq!(inflated, self.bytes.len() as u64);
        let line = self.lines.last_mut().unwrap();
        let text = String::from_utf8_lossy(&self.bytes[..self.bytes.len().min(40)]).into_owned();
        write!(line, "={text}").unwrap();
        if let Some((state, reason)) = outcome {
            write!(line, " {state} {}", reason.kind).unwrap();
        }
    }

    fn left(&mut self, member: &str, state: State, reason: Reason) {
        self.lines.push(format!("{member} {state} {}", reason.kind));
    }
}

fn file(bytes: &[u8]) -> Input {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    Input::File(file)
}

fn stream(bytes: &[u8]) -> Input {
    Input::Stream(Box::new(Cursor::new(bytes.to_vec())))
}

fn run(input: Input, limits: &Limits, told: &mut Told) -> Unpacked {
    unpack(input, limits, &Cancel::new(), told)
}

/// Unpacks from a file and from a stream, which must agree, and checks hash and length.
fn told(bytes: &[u8]) -> (Vec<String>, Outcome) {
    let (mut a, mut b) = (Told::default(), Told::default());
    let from_file = run(file(bytes), &Limits::default(), &mut a);
    let from_stream = run(stream(bytes), &Limits::default(), &mut b);
    assert_eq!(from_file, from_stream);
    assert_eq!(a.lines, b.lines);
    assert_eq!(from_file.sha256, Some(Sha256::digest(bytes).into()));
    assert_eq!(from_file.bytes, bytes.len() as u64);
    (a.lines, from_file.outcome)
}

fn kind(outcome: &Outcome) -> Option<(State, ReasonKind)> {
    outcome.as_ref().map(|(state, reason)| (*state, reason.kind))
}

type Pack = fn(&[u8]) -> Vec<u8>;

/// Every compression that is undone.
const PACKERS: [(&str, Pack); 6] =
    [("gzip", gz), ("zstd", zst), ("bzip2", bz2), ("xz", xz), ("snappy", snappy), ("lz4", lz4)];

fn lines(bytes: &[u8]) -> Vec<String> {
    let (lines, outcome) = told(bytes);
    assert_eq!(outcome, None, "{lines:?}");
    lines
}

/// The same, from a stream alone.
fn told_quickly(bytes: &[u8]) -> (Told, Outcome) {
    let mut told = Told::default();
    let unpacked = run(stream(bytes), &Limits::default(), &mut told);
    assert_eq!(unpacked.sha256, Some(Sha256::digest(bytes).into()));
    (told, unpacked.outcome)
}
