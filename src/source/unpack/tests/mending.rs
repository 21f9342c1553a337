//! Damage in one piece of what is compressed piece by piece.

use super::*;
use proptest::prelude::*;

/// Lines that no piece has in common with another, and that do not compress to nothing.
fn text(piece: u32, lines: u32) -> Vec<u8> {
    let line = |n: u32| format!("{piece} {n} {:x}\n", (n ^ piece << 5).wrapping_mul(2_654_435_761));
    (0..lines).map(line).collect::<String>().into_bytes()
}

/// Whether a text has these lines, one after the other.
fn has(text: &[u8], lines: &[u8]) -> bool {
    memchr::memmem::find(text, lines).is_some()
}

fn count(text: &[u8], line: &[u8]) -> usize {
    memchr::memmem::find_iter(text, line).count()
}

/// What one byte in the middle one of three pieces does to the others.
fn spoil(pack: Pack, lines: u32, at: usize, flip: u8) {
    let texts = [1, 2, 3].map(|piece| text(piece, lines));
    let pieces = [&texts[0], &texts[1], &texts[2]].map(|text| pack(text));
    let mut bytes = pieces.concat();
    let at = pieces[0].len() + at % pieces[1].len();
    bytes[at] ^= flip;
    let (kept, outcome) = told_quickly(&bytes);
    if kept.bytes == texts.concat() {
        // Nobody reads that byte, such as the system that wrote it.
        return;
    }
    let (state, reason) = outcome.unwrap();
    assert_eq!((state, reason.kind), (State::Partial, ReasonKind::Corrupt), "{at}");
    assert!(reason.detail.contains("reading went on"), "{at}: {reason}");
    assert!(kept.bytes.starts_with(&texts[0]) && kept.bytes.ends_with(&texts[2]), "{at}: {reason}");
    let last = &texts[2];
    let before = kept.bytes.len() - last.len();
    assert_eq!(kept.bytes[before - 1], b'\n', "{at}: what comes next begins a line");
    assert!(reason.offset.unwrap() <= before as u64, "{at}");
    for whole in [&texts[0], &texts[2]] {
        for line in whole.split_inclusive(|byte| *byte == b'\n').step_by(100) {
            assert_eq!(count(&kept.bytes, line), 1, "{at}: no line comes twice");
        }
    }
}

/// zstd with a checksum, without which damage may not be noticed.
fn checked_zst(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_damaged_byte_anywhere_in_a_piece_spoils_no_other() {
    for pack in [gz as Pack, dense_gz, checked_zst] {
        let size = pack(&text(2, 12)).len();
        for at in 0..size {
            spoil(pack, 12, at, 0x10);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn nor_in_a_large_one(at in any::<usize>(), flip in 1_u8..=255) {
        spoil(gz, 12_000, at, flip);
        spoil(checked_zst, 12_000, at, flip);
    }
}

#[test]
fn what_was_passed_is_told_with_its_place() {
    let (one, two, three) = (gz(b"one\n"), gz(b"two\n"), gz(b"three\n"));
    let mut wrong = two.clone();
    let sum = wrong.len() - 6;
    wrong[sum] ^= 1;
    let (kept, outcome) = told_quickly(&[&one[..], &wrong, &three].concat());
    assert_eq!(kept.bytes, b"one\ntwo\nthree\n");
    let at = one.len() + two.len();
    let reason = outcome.unwrap().1;
    let detail = format!(
        "the gzip data is damaged: a part before byte {at} is not what was written; reading went on there"
    );
    assert_eq!((reason.detail, reason.offset), (detail, Some(8)));

    let noise = b"noise, and no gzip";
    let (kept, outcome) = told_quickly(&[&one[..], noise, &three].concat());
    assert_eq!(kept.bytes, b"one\nthree\n");
    let (from, to) = (one.len(), one.len() + noise.len());
    let detail = format!(
        "the gzip data is damaged: {} bytes from byte {from} could not be unpacked; reading went on at byte {to}",
        noise.len()
    );
    assert_eq!(outcome.unwrap().1.detail, detail);
    let twice = [&one[..], noise, &three, noise, &one].concat();
    assert!(told_quickly(&twice).1.unwrap().1.detail.ends_with("; and so at one more place"));
}

#[test]
fn a_piece_that_was_cut_off_does_not_take_the_next_with_it() {
    let (two, three) = (text(2, 500), text(3, 500));
    for pack in [gz as Pack, checked_zst] {
        let cut = pack(&two);
        for keep in [cut.len() / 2, cut.len() - 1] {
            let bytes = [&pack(b"one\n")[..], &cut[..keep], &pack(&three)].concat();
            let (kept, outcome) = told_quickly(&bytes);
            assert!(has(&kept.bytes, &three), "{keep}");
            assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)), "{keep}");
        }
    }
}

#[test]
fn archives_are_not_read_on_behind_damage() {
    // A member would go on with other bytes than its own.
    let archive = tar(&[("a", &text(1, 2000)), ("b", b"bee")]);
    let (first, rest) = archive.split_at(20_000);
    let (middle, last) = rest.split_at(1000);
    let mut wrong = gz(middle);
    wrong[100] ^= 0x55;
    let (told, outcome) = told_quickly(&[gz(first), wrong, gz(last)].concat());
    assert!(outcome.is_some() || told.lines.iter().any(|line| line.contains("corrupt")));
    assert!(!told.lines.iter().any(|line| line.starts_with('b')), "{:?}", told.lines);
}

#[test]
fn looking_for_what_is_not_there_takes_no_time() {
    // Headers that promise a member each, and bytes that go on as one for a while.
    let mut header = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    header.extend_from_slice(&gz(&text(1, 40))[10..60]);
    let hostile = [gz(b"one\n"), header.repeat(60_000)].concat();
    let before = std::time::Instant::now();
    let (kept, outcome) = told_quickly(&hostile);
    assert!(kept.bytes.starts_with(b"one\n") && outcome.is_some());
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}
