//! Nobody changes a byte of a journal unnoticed, and nothing is lost by an interrupted write.

use super::*;
use crate::case::{What, sample};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Chain {
    Chain::read(bytes, sample::ID).unwrap()
}

/// A short journal, so that trying every byte stays quick.
fn short() -> Vec<u8> {
    let exhibit = Arc::new(crate::case::Exhibit {
        raw: crate::case::Raw(b"{}".to_vec()),
        summary: String::new(),
        ..sample::exhibit(1)
    });
    sample::journal([
        What::Filter { text: "a \"b\"".to_owned() },
        What::TagAdd { tag: "t".to_owned(), on: vec![exhibit] },
        What::SessionEnd,
    ])
}

/// The line, from 1, that the byte is in.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64 + 1
}

#[test]
fn reads_back_every_kind() {
    let bytes = sample::journal(sample::one_of_each());
    let chain = read(&bytes);
    assert_eq!(chain.findings, []);
    assert_eq!((chain.good, chain.end), (bytes.len() as u64, End::Whole));
    let wrote: Vec<_> = sample::one_of_each()
        .into_iter()
        .enumerate()
        .map(|(number, what)| Arc::new(sample::entry(number as u64 + 1, what)))
        .collect();
    assert_eq!(chain.entries, wrote);
    assert_eq!(chain.next, wrote.len() as u64 + 1);
    assert!(bytes.ends_with(format!("\"hash\":\"{}\"}}\n", chain.head).as_bytes()));
}

/// A note for each hostile text.
fn hostile() -> Vec<What> {
    let text = |raw: &&[u8]| String::from_utf8_lossy(raw).into_owned();
    let note =
        |(nth, text)| What::NoteAdd { note: nth, text, on: sample::on(&[1]), alarms: vec![] };
    (1..).zip(crate::shown::hostile::STRINGS.iter().map(text)).map(note).collect()
}

#[test]
fn a_line_hides_and_reorders_nothing_and_reads_back() {
    let bytes = sample::journal(hostile());
    for line in bytes.split(|byte| *byte == b'\n') {
        assert!(!crate::shown::has_hazard(line), "{}", String::from_utf8_lossy(line));
    }
    let chain = read(&bytes);
    assert_eq!(chain.findings, []);
    let read: Vec<&What> = chain.entries.iter().map(|entry| &entry.what).collect();
    assert_eq!(read, hostile().iter().collect::<Vec<_>>());
}

#[test]
fn a_line_in_which_hostile_text_stands_as_it_is_is_whole_too() {
    let mut prev = genesis(sample::ID);
    let mut bytes = Vec::new();
    for (nth, what) in hostile().into_iter().enumerate() {
        let entry = sample::entry(nth as u64 + 1, what);
        let mut line = serde_json::to_vec(&Written { entry: &entry, prev: &prev }).unwrap();
        line.pop();
        prev = sha256_hex(&line);
        bytes.extend([line, format!(",\"hash\":\"{prev}\"}}\n").into_bytes()].concat());
    }
    assert!(String::from_utf8_lossy(&bytes).contains('\u{202e}'));
    let chain = read(&bytes);
    assert_eq!((&chain.findings[..], &chain.head), (&[][..], &prev));
    let read: Vec<&What> = chain.entries.iter().map(|entry| &entry.what).collect();
    assert_eq!(read, hostile().iter().collect::<Vec<_>>());
}

#[test]
fn a_changed_byte_is_told_with_its_entry() {
    let good = short();
    for at in 0..good.len() {
        for change in [good[at] ^ 0x01, good[at] ^ 0x20, b'\n', b' ', b'"'] {
            if change == good[at] {
                continue;
            }
            let mut bytes = good.clone();
            bytes[at] = change;
            let chain = read(&bytes);
            let first = chain.findings.first().unwrap_or_else(|| panic!("byte {at} to {change}"));
            assert_eq!(first.line, Some(line_of(&good, at)), "byte {at} to {change}: {first}");
            assert!(chain.is_damaged(), "byte {at} to {change}: {first}");
            // Two lines at most are touched by one byte, and the others are still read.
            assert!(!chain.entries.is_empty(), "byte {at} to {change}");
        }
    }
}

#[test]
fn a_cut_journal_loses_only_its_last_partial_line() {
    let good = short();
    for size in 0..good.len() {
        let chain = read(&good[..size]);
        let whole = line_of(&good, size) as usize - 1;
        assert!(!chain.is_damaged(), "cut at {size}");
        match chain.end {
            End::Whole => {
                assert!(size == 0 || good[size - 1] == b'\n', "cut at {size}");
                assert_eq!((chain.entries.len(), chain.findings.len()), (whole, 0));
            }
            End::Unended => {
                assert_eq!(good[size], b'\n', "cut at {size}");
                assert_eq!((chain.entries.len(), chain.findings.len()), (whole + 1, 0));
            }
            End::Torn(bytes) => {
                assert_eq!(chain.entries.len(), whole, "cut at {size}");
                assert_eq!(chain.good + bytes, size as u64);
                assert_eq!(chain.findings.len(), 1);
                assert_eq!(chain.findings[0].kind, FindingKind::Torn);
                assert_eq!(chain.findings[0].seq, Some(whole as u64 + 1));
            }
        }
    }
}

#[test]
fn removed_moved_repeated_and_foreign_lines_are_told() {
    let good = sample::journal(sample::one_of_each());
    let lines: Vec<&[u8]> = good.split_inclusive(|byte| *byte == b'\n').collect();
    let told = |lines: &[&[u8]]| {
        let chain = read(&lines.concat());
        let first = chain.findings.first().unwrap();
        (first.kind, first.line)
    };
    let mut removed = lines.clone();
    removed.remove(4);
    assert_eq!(told(&removed), (FindingKind::Prev, Some(5)));
    assert_eq!(told(&lines[1..]), (FindingKind::Prev, Some(1)));
    let mut moved = lines.clone();
    moved.swap(4, 5);
    assert_eq!(told(&moved), (FindingKind::Prev, Some(5)));
    let mut repeated = lines.clone();
    repeated.insert(4, lines[3]);
    assert_eq!(told(&repeated), (FindingKind::Prev, Some(5)));
    let mut foreign = lines.clone();
    foreign.insert(4, b"\n");
    assert_eq!(told(&foreign), (FindingKind::Unreadable, Some(5)));
    assert_eq!(read(&foreign.concat()).findings.len(), 1, "the lines after it are sound");
    let chain = Chain::read(&good[..], "another workspace").unwrap();
    assert_eq!(chain.findings[0].line, Some(1));
}

#[test]
fn an_entry_hashed_again_after_a_change_is_told_by_the_next() {
    let good = short();
    let mut chain = read(&good);
    let mut first = Entry::clone(&chain.entries.remove(0));
    first.who = "mallory".to_owned();
    let (line, _) = encode(&first, &genesis(sample::ID)).unwrap();
    let rest = &good[good.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
    let chain = read(&[&line, rest].concat());
    assert_eq!(chain.findings.len(), 1);
    assert_eq!((chain.findings[0].kind, chain.findings[0].line), (FindingKind::Prev, Some(2)));
    assert_eq!(chain.entries.len(), 3, "everything that can be read is there");
}

#[test]
fn a_wrong_number_with_a_right_hash_is_told() {
    let entry = sample::entry(5, What::SessionEnd);
    let (line, _) = encode(&entry, &genesis(sample::ID)).unwrap();
    let chain = read(&line);
    assert_eq!(chain.findings[0].kind, FindingKind::Seq);
    assert_eq!(chain.entries.len(), 1);
}

#[test]
fn what_is_no_hash_is_not_taken_for_one() {
    let good = short();
    let end = good.len() - END.len() - 1;
    for hash in ["../".repeat(22)[..DIGITS].to_owned(), "é".repeat(32), "A".repeat(DIGITS)] {
        let mut bytes = good.clone();
        bytes[end - DIGITS..end].copy_from_slice(hash.as_bytes());
        let chain = read(&bytes);
        let [finding] = &chain.findings[..] else { panic!("{:?}", chain.findings) };
        assert_eq!((finding.kind, finding.line), (FindingKind::Unreadable, Some(3)), "{hash}");
        assert_eq!(Some(&chain.head), chain.hashes.last(), "{hash}");
        assert!(crate::case::unhex(&chain.head).is_some(), "{hash}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>, text: String) {
        let mut journal = short();
        journal.extend_from_slice(text.as_bytes());
        journal.extend_from_slice(&bytes);
        let chain = read(&journal);
        prop_assert!(chain.entries.len() >= 2);
        read(&bytes);
    }
}

#[test]
fn a_journal_that_somebody_changed_is_damaged() {
    let bytes = short();
    assert_eq!(damage(&bytes, sample::ID), [""; 0]);
    let other = String::from_utf8(bytes.clone()).unwrap().replacen("tag", "tog", 1);
    assert!(damage(other.as_bytes(), sample::ID)[0].contains("line "));
    assert!(!damage(&bytes, "another").is_empty());
    // What a crash leaves.
    assert_eq!(damage(&bytes[..bytes.len() - 9], sample::ID), [""; 0]);
}
