//! What archives hold: every kind of member is accounted for.

use super::*;

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
    assert_eq!(lines(&locked), ["archive:-", "a failed encrypted", "b=two"]);
    let whole = zip(&[("a", b"one"), ("b", b"two")]);
    for end in 30..whole.len() {
        let (_, outcome) = told(&whole[..end]);
        let (state, reason) = outcome.unwrap();
        assert_eq!((state, reason.kind), (State::Failed, ReasonKind::Truncated), "{end}: {reason}");
        assert!(reason.detail.contains("zip -FF or 7z x"), "{end}: {reason}");
    }
}

#[test]
fn zip_entries_are_read_however_they_are_packed() {
    use ::zip::{CompressionMethod as Method, write::SimpleFileOptions};
    for method in [Method::Stored, Method::Deflated, Method::Bzip2, Method::Zstd] {
        let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file("a", options).unwrap();
        writer.write_all(b"text").unwrap();
        let archive = writer.finish().unwrap().into_inner();
        assert_eq!(lines(&archive), ["archive:-", "a=text"], "{method}");
    }
    // Text without repetitions is the same in Deflate64, the method 9, as in Deflate; LZMA is 14.
    for (method, expected) in [(9, "a=text"), (14, "a skipped unsupported")] {
        let mut archive = zip(&[("a", b"text")]);
        let central = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        archive[8] = method;
        archive[central + 10] = method;
        assert_eq!(lines(&archive), ["archive:-", expected], "{method}");
    }
}

/// The members that are read, and what is said of the archive.
fn told_of_all(archive: &[u8]) -> (Vec<String>, String) {
    let (lines, outcome) = told(archive);
    let (state, reason) = outcome.unwrap();
    assert_eq!((state, reason.kind), (State::Partial, ReasonKind::Corrupt), "{reason}");
    (lines, reason.detail)
}

/// Changes how many entries the end of the archive counts.
fn counting(mut archive: Vec<u8>, count: u16) -> Vec<u8> {
    let end = archive.len() - 22;
    archive[end + 8..end + 10].copy_from_slice(&count.to_le_bytes());
    archive[end + 10..end + 12].copy_from_slice(&count.to_le_bytes());
    archive
}

#[test]
fn zip_entries_that_are_not_counted_are_told() {
    let archive = zip(&[("a", b"one"), ("b", b"two"), ("c", b"three")]);
    assert_eq!(lines(&counting(archive.clone(), 3)), ["archive:-", "a=one", "b=two", "c=three"]);
    let (members, said) = told_of_all(&counting(archive.clone(), 1));
    assert_eq!(members, ["archive:-", "a=one"]);
    assert!(said.contains("more members than its end counts"), "{said}");
    let (members, said) = told_of_all(&counting(archive, 0));
    assert_eq!(members, ["archive:-"]);
    assert!(said.contains("says that there are none"), "{said}");
    assert_eq!(lines(&zip(&[])), ["archive:-"], "an empty archive hides nothing");
}

#[test]
fn what_lies_before_a_zip_is_told() {
    let first = zip(&[("a", b"one")]);
    let (members, said) = told_of_all(&[&first[..], &zip(&[("b", b"two")])].concat());
    assert_eq!(members, ["archive:-", "b=two"]);
    assert!(said.starts_with(&format!("{} bytes", first.len())), "{said}");
}
