//! Archives made for the purpose: whole, nested, cut off, damaged and hostile.

use super::*;
use ::zip::write::SimpleFileOptions;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
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

#[test]
fn plain_and_compressed_objects_are_one_leaf() {
    assert_eq!(lines(b""), ["-="]);
    assert_eq!(lines(b"plain"), ["-=plain"]);
    assert_eq!(lines(&gz(b"text")), ["-=text"]);
    assert_eq!(lines(&gz(b"")), ["-="]);
    assert_eq!(lines(&zst(b"text")), ["-=text"]);
    assert_eq!(lines(&gz(&zst(&gz(&gz(b"text"))))), ["-=text"]);
}

#[test]
fn all_members_and_frames_are_read() {
    assert_eq!(lines(&[gz(b"one,"), gz(b""), gz(b"two")].concat()), ["-=one,two"]);
    assert_eq!(lines(&[gz(b"one"), vec![0; 1000]].concat()), ["-=one"]);
    let skippable = [0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9].to_vec();
    assert_eq!(lines(&[zst(b"one,"), skippable.clone(), zst(b"two")].concat()), ["-=one,two"]);
    assert_eq!(lines(&[skippable, zst(b"two")].concat()), ["-=two"]);
}

#[test]
fn archives_nest_and_compression_adds_no_name() {
    let inner = zip(&[("b.log", b"bee"), ("b.log.gz", &gz(b"bee"))]);
    let outer = gz(&tar(&[("dir/a.log", b"ay"), ("in.zip", &inner), ("c.zst", &zst(b"see"))]));
    let expected = [
        "archive:-",
        "dir/a.log=ay",
        "archive:in.zip",
        "in.zip!b.log=bee",
        "in.zip!b.log.gz=bee",
        "c.zst=see",
    ];
    assert_eq!(lines(&outer), expected);
    let deep = tar(&[("2.tar", &gz(&tar(&[("3.tar", &tar(&[("x", b"x")])), ("y", b"y")])))]);
    let expected =
        ["archive:-", "archive:2.tar", "2.tar!3.tar skipped nested_too_deep", "2.tar!y=y"];
    assert_eq!(lines(&deep), expected);
    let five = (0..5).fold(b"x".to_vec(), |bytes, _| gz(&bytes));
    assert_eq!(kind(&told(&five).1), Some((State::Skipped, ReasonKind::Nested)));
    assert_eq!(lines(&zip(&[])), ["archive:-"]);
}

#[test]
fn members_of_every_kind_are_accounted_for() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut add = |kind, name: &str, link: &str| {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        if link.is_empty() {
            builder.append_data(&mut header, name, std::io::empty()).unwrap();
        } else {
            builder.append_link(&mut header, name, link).unwrap();
        }
    };
    add(::tar::EntryType::Directory, "folder/", "");
    add(::tar::EntryType::Symlink, "link", "/etc/passwd");
    add(::tar::EntryType::Link, "hard", "link");
    add(::tar::EntryType::Fifo, "pipe", "");
    let long = "long/".repeat(60) + "name";
    add(::tar::EntryType::Regular, &long, "");
    add(::tar::EntryType::Regular, "a", "");
    add(::tar::EntryType::Regular, "a", "");
    let archive = builder.into_inner().unwrap();
    let long = format!("{long}=");
    let expected = [
        "archive:-",
        "link skipped symlink",
        "hard skipped symlink",
        "pipe skipped special_file",
        &long,
        "a=",
        "a#2=",
    ];
    assert_eq!(lines(&archive), expected);
}

#[test]
fn pax_names_and_sizes_count() {
    let record = |text: &str| format!("{} {text}\n", text.len() + 4);
    let pax = [record("path=longer"), record("size=000003")].concat();
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_ustar();
    header.set_entry_type(::tar::EntryType::XHeader);
    header.set_size(pax.len() as u64);
    header.set_cksum();
    builder.append(&header, pax.as_bytes()).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_path("short").unwrap();
    header.set_size(0);
    header.set_cksum();
    builder.append(&header, &b"abc"[..]).unwrap();
    assert_eq!(lines(&builder.into_inner().unwrap()), ["archive:-", "longer=abc"]);
}

#[test]
fn zip_entries_that_are_not_read_are_left() {
    // Same length, so that the central directory stays right.
    let mut archive = zip(&[("same1", b"one"), ("same2", b"two")]);
    for at in 0..archive.len() - 5 {
        if &archive[at..at + 5] == b"same2" {
            archive[at + 4] = b'1';
        }
    }
    assert_eq!(lines(&archive), ["archive:-", "same1=one", "same1#2=two"]);
    let mut locked = zip(&[("a", b"one"), ("b", b"two")]);
    let local = locked.windows(4).position(|bytes| bytes == b"PK\x03\x04").unwrap();
    let central = locked.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    locked[local + 6] |= 1;
    locked[central + 8] |= 1;
    assert_eq!(lines(&locked), ["archive:-", "a skipped encrypted", "b=two"]);
    let mut cut = zip(&[("a", b"one")]);
    cut.truncate(40);
    let state = kind(&told(&cut).1).map(|(state, _)| state);
    assert_eq!(state, Some(State::Failed));
}

#[test]
fn what_is_not_unpacked_says_what_to_do() {
    for magic in [&b"BZh91AY&SY\0\0"[..], b"\xfd7zXZ\0", b"Rar!\x1a\x07\0", b"\x1f\x9d\x90ab"] {
        let (lines, outcome) = told(magic);
        assert!(lines.is_empty());
        let (state, reason) = outcome.unwrap();
        assert_eq!((state, reason.kind), (State::Skipped, ReasonKind::Unsupported));
        assert!(reason.detail.contains("unpack it first ("), "{reason}");
    }
}

#[test]
fn cut_anywhere_never_claims_to_be_whole() {
    let text: String = (0..200).map(|n| char::from(b'a' + (n * n % 23) as u8)).collect();
    let archive = tar(&[("a", text.as_bytes()), ("b", b"bee")]);
    let plain = zip(&[("a", text.as_bytes()), ("b", b"bee")]);
    for (whole, start, end) in [
        (gz(text.as_bytes()), 4, 0),
        (zst(text.as_bytes()), 4, 0),
        (gz(&archive), 4, 0),
        // The end mark's second block may be missing.
        (archive, 512, 512),
        (plain, 4, 0),
    ] {
        // Fewer bytes than it takes to recognise a container are a leaf.
        for cut in start..whole.len() - end {
            let (_, outcome) = told_quickly(&whole[..cut]);
            assert!(outcome.is_some(), "cut at {cut} of {}", whole.len());
        }
    }
}

fn told_quickly(bytes: &[u8]) -> (Told, Outcome) {
    let mut told = Told::default();
    let unpacked = run(stream(bytes), &Limits::default(), &mut told);
    assert_eq!(unpacked.sha256, Some(Sha256::digest(bytes).into()));
    (told, unpacked.outcome)
}

#[test]
fn what_is_good_before_a_fault_is_kept() {
    let text: Vec<u8> = (0..60_000_u32).flat_map(|n| (n ^ (n << 7)).to_le_bytes()).collect();
    let mut cut = gz(&text);
    cut.truncate(cut.len() / 2);
    let (kept, outcome) = told_quickly(&cut);
    let (state, reason) = outcome.unwrap();
    assert_eq!((state, reason.kind), (State::Partial, ReasonKind::Truncated));
    assert_eq!(reason.offset, Some(kept.bytes.len() as u64));
    assert!(kept.bytes.len() > 50_000 && text.starts_with(&kept.bytes));
    let (kept, outcome) = told_quickly(&[gz(b"good"), b"garbage".to_vec()].concat());
    assert_eq!(kept.bytes, b"good");
    assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)));
    let mut wrong = gz(b"checked");
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    let (kept, outcome) = told_quickly(&wrong);
    assert_eq!(kept.bytes, b"checked");
    assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)));
}

#[test]
fn limits_stop_bombs_and_the_hash_goes_on() {
    let zeros = vec![0; 64 << 20];
    let ratio = Limits { ratio_after: 1 << 20, ..Limits::default() };
    let size = Limits { member_bytes: 1 << 20, ratio: 5000, ..Limits::default() };
    let total = Limits { total_bytes: 1 << 20, ratio: 5000, ..Limits::default() };
    for bomb in [gz(&zeros), zst(&zeros), zip(&[("a", &zeros)]), gz(&tar(&[("a", &zeros)]))] {
        for (limits, expected) in [(&ratio, "ratio"), (&size, "size"), (&total, "size")] {
            let mut told = Told::default();
            let unpacked = run(file(&bomb), limits, &mut told);
            assert_eq!(unpacked.sha256, Some(Sha256::digest(&bomb).into()));
            let ended = format!(" partial {expected}_limit");
            assert!(told.lines.iter().any(|line| line.ends_with(&ended)), "{:?}", told.lines);
            assert!(told.bytes.len() < 16 << 20);
        }
    }
    let few = Limits { members: 1, ..Limits::default() };
    for archive in [tar(&[("a", b""), ("b", b"")]), zip(&[("a", b""), ("b", b"")])] {
        let outcome = run(file(&archive), &few, &mut Told::default()).outcome;
        assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Members)));
    }
    let small = Limits { buffered_bytes: 10, ..Limits::default() };
    let outcome = run(stream(&zip(&[("a", b"")])), &small, &mut Told::default()).outcome;
    assert_eq!(kind(&outcome), Some((State::Skipped, ReasonKind::Unsupported)));
}

#[test]
fn a_visitor_may_stop_and_skip_and_the_hash_is_of_all_bytes() {
    let bytes = vec![b'x'; 5 << 20];
    for object in [bytes.clone(), gz(&bytes), tar(&[("a", &bytes)]), zip(&[("a", &bytes)])] {
        for (enough, skip) in [(true, false), (false, true)] {
            let mut told = Told { enough, skip, ..Told::default() };
            let unpacked = run(file(&object), &Limits::default(), &mut told);
            assert_eq!(unpacked.sha256, Some(Sha256::digest(&object).into()));
            assert_eq!(unpacked.outcome, None);
        }
    }
}

#[test]
fn cancelling_is_said_and_gives_no_hash() {
    let cancel = Cancel::new();
    cancel.cancel();
    let unpacked = unpack(file(&gz(b"text")), &Limits::default(), &cancel, &mut Told::default());
    assert_eq!(kind(&unpacked.outcome), Some((State::Partial, ReasonKind::Cancelled)));
    assert_eq!(unpacked.sha256, None);
}

/// The bytes of the leaves that are asked for, in the order in which they come.
struct Again<'a>(&'a Leaves<'a>, Vec<(String, Vec<u8>)>);

impl Visit for Again<'_> {
    fn archive(&mut self, _: Option<&str>, _: Access) {}

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        let wanted = match (self.0, member) {
            (Leaves::Outermost, None) => true,
            (Leaves::Members(labels), Some(label)) => labels.contains(label),
            _ => false,
        };
        if !wanted {
            return ControlFlow::Break(());
        }
        self.1.push((member.unwrap_or("-").to_owned(), Vec::new()));
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.1.last_mut().unwrap().1.extend_from_slice(bytes);
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: u64, outcome: Outcome) {
        assert_eq!(outcome, None);
    }

    fn left(&mut self, member: &str, state: State, _: Reason) {
        self.1.push((format!("{member} {state}"), Vec::new()));
    }
}

fn again(bytes: &[u8], leaves: &Leaves<'_>) -> Vec<(String, String)> {
    let mut visit = Again(leaves, Vec::new());
    let limits = Limits::default();
    let outcome = reread(file(bytes), leaves, &limits, &Cancel::new(), &mut visit);
    assert_eq!(outcome, None);
    let text = |(label, bytes)| (label, String::from_utf8(bytes).unwrap());
    visit.1.into_iter().map(text).collect()
}

#[test]
fn leaves_are_read_again_by_their_labels_in_one_pass() {
    let inner = zip(&[("b", b"bee"), ("b.gz", &gz(b"bees")), ("d", b"dee")]);
    let members: [(&str, &[u8]); 4] =
        [("a", b"ay"), ("in", &inner), ("in ", b"not"), ("z", b"zed")];
    for outer in [zip(&members), tar(&members), gz(&tar(&members)), zst(&tar(&members))] {
        let read = |labels: &[&'static str]| {
            again(&outer, &Leaves::Members(labels.iter().copied().collect()))
                .into_iter()
                .map(|(label, text)| format!("{label}={text}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&["a"]), ["a=ay"]);
        assert_eq!(
            read(&["z", "in!d", "in!b.gz", "a"]),
            ["a=ay", "in!b.gz=bees", "in!d=dee", "z=zed"]
        );
        assert!(read(&["in!c", "b", ""]).is_empty());
        assert!(again(&outer, &Leaves::Outermost).is_empty());
    }
    assert_eq!(again(&gz(b"text"), &Leaves::Outermost), [("-".to_owned(), "text".to_owned())]);
}

#[test]
fn reading_again_goes_no_further_than_to_the_last_leaf() {
    // What follows the wanted member is damaged, which nobody meets.
    let mut archive = tar(&[("a", b"ay"), ("b", b"bee")]);
    archive[1024] ^= 1;
    archive[1030] ^= 1;
    let leaves = Leaves::Members(BTreeSet::from(["a"]));
    assert_eq!(again(&archive, &leaves), [("a".to_owned(), "ay".to_owned())]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damage_never_panics(at in 0_usize..2000, value in any::<u8>(), which in 0_usize..4) {
        let members: [(&str, &[u8]); 2] = [("a", b"some text"), ("b", b"other text")];
        let object = [tar(&members), zip(&members), gz(&tar(&members)), zst(b"text")];
        let mut bytes = object[which].clone();
        let at = at % bytes.len();
        bytes[at] = value;
        told(&bytes);
    }
}
