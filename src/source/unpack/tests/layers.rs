//! Layers of compression, and archives within them.

use super::*;
use proptest::prelude::*;

#[test]
fn plain_and_compressed_objects_are_one_leaf() {
    assert_eq!(lines(b""), ["-="]);
    assert_eq!(lines(b"plain"), ["-=plain"]);
    for (name, pack) in PACKERS {
        assert_eq!(lines(&pack(b"text")), ["-=text"], "{name}");
        assert_eq!(lines(&gz(&pack(&pack(&gz(b"text"))))), ["-=text"], "{name}");
    }
    // An encoder of snappy that is given nothing writes nothing.
    for (name, pack) in PACKERS.iter().filter(|(name, _)| *name != "snappy") {
        assert_eq!(lines(&pack(b"")), ["-="], "{name}");
    }
}

#[test]
fn all_members_frames_and_streams_are_read() {
    for (name, pack) in PACKERS {
        let whole = [pack(b"one,"), pack(b""), pack(b"two")].concat();
        assert_eq!(lines(&whole), ["-=one,two"], "{name}");
    }
    for pack in [gz, bz2, xz, lz4] {
        assert_eq!(lines(&[pack(b"one"), vec![0; 1000]].concat()), ["-=one"]);
    }
    assert_eq!(lines(&[xz(b"one,"), vec![0; 8], xz(b"two")].concat()), ["-=one,two"]);
    let skippable = [0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9].to_vec();
    assert_eq!(lines(&[zst(b"one,"), skippable.clone(), zst(b"two")].concat()), ["-=one,two"]);
    assert_eq!(lines(&[skippable, zst(b"two")].concat()), ["-=two"]);
}

#[test]
fn lzma_alone_is_recognised_and_read() {
    let text: Vec<u8> = (0..60_000_u32).flat_map(|n| (n ^ (n << 7)).to_le_bytes()).collect();
    for sized in [true, false] {
        assert_eq!(lines(&lzma(b"text", sized)), ["-=text"]);
        assert_eq!(lines(&gz(&tar(&[("a", &lzma(b"text", sized))]))), ["archive:-", "a=text"]);
        let whole = lzma(&text, sized);
        let (read, outcome) = told_quickly(&whole);
        assert_eq!(outcome, None);
        assert!(read.bytes == text);
        for cut in [14, 100, whole.len() / 2, whole.len() - 1] {
            let (kept, outcome) = told_quickly(&whole[..cut]);
            let kind = kind(&outcome).map(|(_, kind)| kind);
            // The last byte of a stream whose size is told may be none that is needed.
            let needless = sized && kept.bytes == text && outcome.is_none();
            assert!(needless || kind == Some(ReasonKind::Truncated), "cut at {cut}: {outcome:?}");
            assert!(text.starts_with(&kept.bytes), "cut at {cut}");
        }
        for follows in [&b"more"[..], &[b'x'; 100]] {
            let (kept, outcome) = told_quickly(&[&whole, follows].concat());
            assert_eq!(kind(&outcome), Some((State::Partial, ReasonKind::Corrupt)), "{outcome:?}");
            assert!(kept.bytes == text, "all before it is read");
        }
    }
    let mut huge = lzma(b"text", false);
    huge[1..5].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    assert_eq!(kind(&told(&huge).1), Some((State::Failed, ReasonKind::Unsupported)));
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
    for (name, pack) in PACKERS {
        let archive = tar(&[("a.log", b"ay"), ("b", &pack(b"bee")), ("c", &pack(&inner))]);
        let expected =
            ["archive:-", "a.log=ay", "b=bee", "archive:c", "c!b.log=bee", "c!b.log.gz=bee"];
        assert_eq!(lines(&pack(&archive)), expected, "{name}");
    }
    let deep = tar(&[("2.tar", &gz(&tar(&[("3.tar", &tar(&[("x", b"x")])), ("y", b"y")])))]);
    let expected =
        ["archive:-", "archive:2.tar", "2.tar!3.tar skipped nested_too_deep", "2.tar!y=y"];
    assert_eq!(lines(&deep), expected);
    let five = (0..5).fold(b"x".to_vec(), |bytes, _| gz(&bytes));
    assert_eq!(kind(&told(&five).1), Some((State::Skipped, ReasonKind::Nested)));
    assert_eq!(lines(&zip(&[])), ["archive:-"]);
}

#[test]
fn what_other_programs_pack_is_read() {
    // `xz --check=sha256`, `xz --check=none --lzma2=dict=4KiB`, `lzma`, and
    // `lz4 -BD -BX --content-size`, each of `text`.
    let packed: [&[u8]; 4] = [
        include_bytes!("../../../../tests/fixtures/containers/sha256.xz"),
        include_bytes!("../../../../tests/fixtures/containers/unchecked.xz"),
        include_bytes!("../../../../tests/fixtures/containers/alone.lzma"),
        include_bytes!("../../../../tests/fixtures/containers/linked.lz4"),
    ];
    for bytes in packed {
        assert_eq!(lines(bytes), ["-=text"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn what_was_packed_comes_out(
        pieces in proptest::collection::vec((any::<u8>(), 0_usize..60_000, 1_u32..300), 0..4),
        which in 0_usize..PACKERS.len(),
    ) {
        let bytes: Vec<u8> = pieces
            .iter()
            .flat_map(|(first, count, step)| {
                (0..*count).map(move |n| first.wrapping_add((n as u32 * step / 97) as u8))
            })
            .collect();
        // What is a container by chance is none of this test's.
        let text = [b"-".to_vec(), bytes].concat();
        let (got, outcome) = told_quickly(&PACKERS[which].1(&text));
        prop_assert_eq!(outcome, None);
        prop_assert!(got.bytes == text);
    }
}
