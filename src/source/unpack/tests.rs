//! Containers made for the purpose: whole, nested, cut off, damaged and hostile. Here is what
//! makes and reads them.

mod again;
mod archives;
mod damage;
mod layers;
mod limits;

use super::*;
use ::zip::write::SimpleFileOptions;
use flate2::Compression;
use flate2::write::GzEncoder;
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

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.into_inner().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

/// Every compression that is undone.
const PACKERS: [(&str, Pack); 6] =
    [("gzip", gz), ("zstd", zst), ("bzip2", bz2), ("xz", xz), ("snappy", snappy), ("lz4", lz4)];

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

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
