//! Objects that are cut off, damaged, or of a kind that is not unpacked.

use super::*;
use proptest::prelude::*;

#[test]
fn what_is_not_unpacked_says_what_to_do() {
    for (magic, command) in [
        (&b"7z\xbc\xaf\x27\x1c\0\x04"[..], "(7z x)"),
        (b"Rar!\x1a\x07\0", "(unrar x)"),
        (b"\x1f\x9d\x90ab", "(gzip -dk)"),
        (b"LZIP\x01", "(lzip -dk)"),
    ] {
        let (lines, outcome) = told(magic);
        assert!(lines.is_empty());
        let (state, reason) = outcome.unwrap();
        assert_eq!((state, reason.kind), (State::Skipped, ReasonKind::Unsupported));
        assert!(reason.detail.ends_with(&format!("unpack it first {command}")), "{reason}");
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
        (bz2(text.as_bytes()), 10, 0),
        (xz(text.as_bytes()), 6, 0),
        (lz4(text.as_bytes()), 4, 0),
        (gz(&archive), 4, 0),
        (bz2(&archive), 10, 0),
        (xz(&archive), 6, 0),
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

#[test]
fn what_is_good_before_a_fault_is_kept() {
    let text: Vec<u8> = (0..60_000_u32).flat_map(|n| (n ^ (n << 7)).to_le_bytes()).collect();
    for (name, pack) in PACKERS {
        // Two streams, so that the codecs that give whole blocks have given some.
        let mut cut = [pack(&text), pack(&text)].concat();
        cut.truncate(cut.len() * 3 / 4);
        let (kept, outcome) = told_quickly(&cut);
        let (state, reason) = outcome.unwrap();
        assert_eq!((state, reason.kind), (State::Partial, ReasonKind::Truncated), "{name}");
        assert_eq!(reason.offset, Some(kept.bytes.len() as u64), "{name}");
        assert!(kept.bytes.len() >= text.len(), "{name}");
        assert!([&text[..], &text].concat().starts_with(&kept.bytes), "{name}");
        let (kept, outcome) = told_quickly(&[pack(b"good"), b"garbage".to_vec()].concat());
        assert_eq!(kept.bytes, b"good");
        assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)), "{name}");
    }
    let mut wrong = gz(b"checked");
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    let (kept, outcome) = told_quickly(&wrong);
    assert_eq!(kept.bytes, b"checked");
    assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)));
}

#[test]
fn a_damaged_block_costs_little_of_those_before_it() {
    let text: Vec<u8> = (0..250_000_u32).flat_map(|n| (n ^ (n << 7)).to_le_bytes()).collect();
    for (name, pack) in [("bzip2", bz2 as Pack), ("snappy", snappy)] {
        let mut damaged = pack(&text);
        let at = damaged.len() - 2000;
        damaged[at] ^= 0x55;
        let (kept, outcome) = told_quickly(&damaged);
        assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)), "{name}");
        assert!(kept.bytes.len() > 800_000 && text.starts_with(&kept.bytes), "{name}");
    }
}

#[test]
fn snappy_has_no_end_but_is_never_cut_within_a_chunk_unnoticed() {
    let whole = snappy(&vec![b'x'; 100_000]);
    let (first, rest) = (10 + 4 + whole[11] as usize + 256 * whole[12] as usize, whole.len());
    for cut in 10..rest {
        let (kept, outcome) = told_quickly(&whole[..cut]);
        if cut == 10 || cut == first {
            assert_eq!((outcome, kept.bytes.len()), (None, if cut == 10 { 0 } else { 65_536 }));
        } else {
            let kind = kind(&outcome).unwrap().1;
            assert_eq!(kind, ReasonKind::Truncated, "cut at {cut} of {rest}");
        }
    }
}

#[test]
fn xz_that_asks_for_too_much_is_refused() {
    // `xz --lzma2=dict=192MiB`, `xz --x86`, and `xz --lzma2=dict=128MiB`, each of `text`.
    let large: &[u8] = include_bytes!("../../../../tests/fixtures/containers/dict-192.xz");
    let filtered = include_bytes!("../../../../tests/fixtures/containers/filtered.xz");
    for (refused, why) in [(large, "more than 128 MiB"), (filtered, "a filter")] {
        let (state, reason) = told(refused).1.unwrap();
        assert_eq!((state, reason.kind), (State::Failed, ReasonKind::Unsupported));
        assert!(reason.detail.contains(why), "{reason}");
        assert!(reason.detail.ends_with("unpack it first (xz -dk)"), "{reason}");
    }
    let most = include_bytes!("../../../../tests/fixtures/containers/dict-128.xz");
    assert_eq!(lines(most), ["-=text"]);
}

#[test]
fn what_came_of_a_chunk_is_kept() {
    let text: Vec<u8> = (0..5000_u32).flat_map(|n| (n * n).to_string().into_bytes()).collect();
    let mut packed = xz(&text);
    packed.truncate(packed.len() / 2);
    let (kept, outcome) = told_quickly(&packed);
    assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Truncated)));
    assert!(kept.bytes.len() > text.len() / 4 && text.starts_with(&kept.bytes));
}

#[test]
fn any_damage_to_xz_is_noticed() {
    let text: Vec<u8> = (0..500_u32).flat_map(|n| (n * n).to_le_bytes()).collect();
    let whole = [xz(&text), xz(b"more")].concat();
    for at in 6..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        assert!(told_quickly(&damaged).1.is_some(), "at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damage_never_panics(at in 0_usize..2000, value in any::<u8>(), which in 0_usize..9) {
        let members: [(&str, &[u8]); 2] = [("a", b"some text"), ("b", b"other text")];
        let object = [tar(&members), zip(&members), gz(&tar(&members)), zst(b"text"),
            bz2(b"text"), xz(&tar(&members)), snappy(b"text"), lz4(b"text"),
            lzma(&tar(&members), false)];
        let mut bytes = object[which].clone();
        let at = at % bytes.len();
        bytes[at] = value;
        told(&bytes);
    }
}
