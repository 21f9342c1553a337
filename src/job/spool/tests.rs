use super::*;
use crate::event::{Cancel, Timestamp};
use crate::source::Listed;
use proptest::prelude::*;
use std::io::Write;
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};

fn counter() -> Arc<AtomicU64> {
    Arc::default()
}

fn all(spool: &Spool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    spool.reader().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn slice(spool: &Spool, from: usize, to: usize) -> Vec<u8> {
    let mut pieces = Pieces::new(spool.clone());
    let mut bytes = Vec::new();
    while from + bytes.len() < to {
        let piece = pieces.at((from + bytes.len()) as u64).unwrap();
        assert!(!piece.is_empty(), "ends at {}", from + bytes.len());
        bytes.extend_from_slice(&piece[..piece.len().min(to - from - bytes.len())]);
    }
    bytes
}

/// Text that compresses, with no period that a mistake could hide behind.
fn text(length: usize) -> Vec<u8> {
    let words = (0u64..).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44);
    let mut text: Vec<u8> =
        words.take(length / 4 + 1).flat_map(|n| format!("{n} ").into_bytes()).collect();
    text.truncate(length);
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever pieces it is written in, every range of it is the same, while it is written,
    /// after, and when it is opened again.
    #[test]
    fn every_range_is_what_was_written(
        length in 0usize..3_500_000,
        cuts in proptest::collection::vec(0.0..1.0f64, 0..12),
        ranges in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 1..8),
        safe in any::<bool>(),
    ) {
        let text = text(length);
        let at = |share: f64| (share * length as f64) as usize;
        let mut cuts: Vec<usize> = cuts.into_iter().map(at).chain([0, length]).collect();
        cuts.sort_unstable();
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::create(Some(folder.path()), Of::Stdin, &counter()).unwrap();
        let check = |spool: &Spool, length: usize| {
            prop_assert_eq!(spool.length(), length as u64);
            for &(a, b) in &ranges {
                let (a, b) = (at(a).min(length), at(b).min(length));
                let (a, b) = (a.min(b), a.max(b));
                prop_assert!(slice(spool, a, b) == text[a..b], "{a}..{b}");
            }
            Ok(())
        };
        for pair in cuts.windows(2) {
            spool.add(&text[pair[0]..pair[1]]);
            if safe && let Some(writing) = &mut *spool.writing() {
                writing.hand_on();
            }
        }
        check(&spool, length)?;
        spool.finish(Some([7; 32]));
        check(&spool, length)?;
        let kept = kept(folder.path()).unwrap();
        prop_assert!(kept.whole);
        let again = Spool::open(kept.path, Of::Stdin).unwrap();
        check(&again, length)?;
        prop_assert!(all(&again).unwrap() == text);
    }

    /// A file cut off anywhere gives what stands before, and says that this is not all.
    #[test]
    fn a_cut_off_file_gives_a_prefix_and_says_so(share in 0.0..1.0f64, near in 0u64..3) {
        let text = text(2_500_000);
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::create(Some(folder.path()), Of::Deep, &counter()).unwrap();
        let first = spool.leaf("a.log", 5).unwrap();
        prop_assert_eq!((first.at, first.from), (0, 5));
        spool.add(&text[..2_000_000]);
        prop_assert_eq!(spool.leaf("b.log", 0).unwrap().at, 2_000_000);
        spool.add(&text[2_000_000..]);
        spool.finish(Some([9; 32]));
        let path = folder.path().join(deep_name(&[9; 32]));
        let whole = Spool::of_object(folder.path(), &[9; 32]).unwrap();
        prop_assert_eq!(whole.run("b.log").unwrap().at, 2_000_000);
        prop_assert!(whole.run("c.log").is_none());
        let stored = std::fs::metadata(&path).unwrap().len();
        // Also close to the end.
        let cut = ((share * stored as f64) as u64).max((stored - 1).saturating_sub(near * 50));
        let cut = if near == 0 { (share * stored as f64) as u64 } else { cut };
        File::options().write(true).open(&path).unwrap().set_len(cut).unwrap();
        prop_assert!(Spool::of_object(folder.path(), &[9; 32]).is_none());
        let torn = Spool::open(path, Of::Deep).unwrap();
        prop_assert!(!torn.is_whole());
        let bytes = all(&torn).unwrap();
        prop_assert!(text.starts_with(&bytes));
        // No more is missing than the frame that was cut.
        prop_assert!(bytes.len().is_multiple_of(block::FRAME) || bytes.len() == text.len());
    }
}

#[test]
fn a_damaged_frame_is_not_shown_and_the_others_are() {
    let folder = tempfile::tempdir().unwrap();
    let text = text(3 << 20);
    let spool = Spool::create(Some(folder.path()), Of::Stdin, &counter()).unwrap();
    spool.add(&text);
    spool.finish(Some([1; 32]));
    let path = kept(folder.path()).unwrap().path;
    let stored = std::fs::metadata(&path).unwrap().len();
    let file = File::options().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"damage", stored / 2).unwrap();
    let spool = Spool::open(path, Of::Stdin).unwrap();
    let mut pieces = Pieces::new(spool.clone());
    assert_eq!(pieces.at(10).unwrap()[..20], text[10..30]);
    let error = pieces.at(3 << 19).unwrap_err();
    assert_eq!(error.to_string(), "the copy is damaged");
    assert_eq!(pieces.at(5 << 19).unwrap()[..20], text[5 << 19..][..20]);
    all(&spool).unwrap_err();
}

#[test]
fn what_any_zstd_makes_of_a_copy_is_what_was_copied() {
    let folder = tempfile::tempdir().unwrap();
    let text = text(1_500_000);
    let spool = Spool::create(Some(folder.path()), Of::Deep, &counter()).unwrap();
    spool.leaf("", 0).unwrap();
    spool.add(&text);
    spool.finish(Some([2; 32]));
    let file = File::open(folder.path().join(deep_name(&[2; 32]))).unwrap();
    assert!(zstd::stream::decode_all(file).unwrap() == text);
}

#[test]
fn a_full_disk_ends_the_copy_and_is_told() {
    let full = File::options().read(true).write(true).open("/dev/full").unwrap();
    let spool = Spool::over(full, Of::Deep, None, &counter()).unwrap();
    spool.leaf("a.log", 0).unwrap();
    spool.add(&text(8 << 20));
    spool.finish(None);
    assert!(spool.fault().unwrap().contains("No space left"), "{:?}", spool.fault());
    assert_eq!(spool.length(), 0);
    assert!(all(&spool).unwrap().is_empty());
}

#[test]
fn what_a_slow_stream_gave_is_on_the_disk_after_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::create(Some(folder.path()), Of::Stdin, &counter()).unwrap();
    spool.add(b"one line\n");
    let kept = kept(folder.path()).unwrap();
    assert!(!kept.whole);
    let given_up = SystemTime::now() + Duration::from_secs(20);
    let on_disk = || all(&Spool::open(kept.path.clone(), Of::Stdin).unwrap()).unwrap();
    while on_disk().is_empty() {
        assert!(SystemTime::now() < given_up, "it stays in memory");
        spool.keep_safe();
        std::thread::yield_now();
    }
    assert_eq!(on_disk(), b"one line\n");
}

#[test]
fn the_newest_copy_of_standard_input_is_found_and_whether_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(kept(folder.path()), None);
    let copy = |of, text: &str| {
        let spool = Spool::create(Some(folder.path()), of, &counter()).unwrap();
        let stream = Box::new(io::Cursor::new(text.to_owned()));
        io::copy(&mut spool.tee(stream), &mut io::sink()).unwrap();
        spool
    };
    let found = |text: &str, whole| {
        let kept = kept(folder.path()).unwrap();
        assert_eq!(
            all(&Spool::open(kept.path.clone(), Of::Stdin).unwrap()).unwrap(),
            text.as_bytes()
        );
        assert_eq!(kept.whole, whole);
        kept.path
    };
    let age = |path: &Path| {
        File::options()
            .append(true)
            .open(path)
            .unwrap()
            .set_modified(SystemTime::UNIX_EPOCH)
            .unwrap();
    };
    copy(Of::Pipe, "a named pipe").finish(Some([0; 32]));
    assert_eq!(kept(folder.path()), None);
    copy(Of::Stdin, "first").finish(None);
    age(&found("first", false));
    copy(Of::Stdin, "second").finish(Some([0; 32]));
    age(&found("second", true));
    // As an older version left them.
    for (name, whole) in [("stdin-1.part", false), ("stdin-2.stream", true)] {
        let path = folder.path().join(name);
        File::create(&path).unwrap().write_all(b"raw").unwrap();
        let kept = kept(folder.path()).unwrap();
        assert_eq!((&kept.path, kept.whole), (&path, whole));
        age(&path);
    }
}

#[test]
fn a_copy_of_a_pipe_is_as_old_as_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::create(Some(folder.path()), Of::Stdin, &counter()).unwrap();
    spool.add(b"Mar  4 10:00:00 web1 app: a\n");
    spool.finish(Some([0; 32]));
    let copy = kept(folder.path()).unwrap();
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_625_601);
    File::options().append(true).open(&copy.path).unwrap().set_modified(then).unwrap();
    let mut found = Vec::new();
    copy.source("-").list(&Cancel::new(), &mut |listed| {
        let Listed::Item(item) = listed else { panic!("it is there") };
        found.push(item.modified);
        ControlFlow::Continue(())
    });
    assert_eq!(found, [Timestamp::from_seconds(1_772_625_601)]);
}

#[test]
fn what_a_program_that_is_gone_began_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Spool::create(Some(folder.path()), Of::Deep, &counter()).unwrap();
    // No process has so high a number.
    let gone = folder.path().join(format!("deep-{:x}-5.part.zst", i32::MAX));
    let other = folder.path().join(format!("stdin-{:x}-5.part.zst", i32::MAX));
    File::create(&gone).unwrap();
    File::create(&other).unwrap();
    tidy(folder.path());
    assert!(!gone.exists());
    assert!(other.exists() && ours.path.as_ref().unwrap().exists());
    ours.finish(None);
    assert!(!ours.path.as_ref().unwrap().exists());
}
