//! Where reading stops: at limits, because the visitor has enough, or because it is cancelled.

use super::*;

#[test]
fn limits_stop_bombs_and_the_hash_goes_on() {
    let zeros = vec![0; 20 << 20];
    let ratio = Limits { ratio_after: 1 << 20, ..Limits::default() };
    let size = Limits { member_bytes: 1 << 20, ratio: 5000, ..Limits::default() };
    let total = Limits { total_bytes: 1 << 20, ratio: 5000, ..Limits::default() };
    for bomb in [
        dense_gz(&zeros),
        zst(&zeros),
        bz2(&zeros),
        xz(&zeros),
        lz4(&zeros),
        zip(&[("a", &zeros)]),
        dense_gz(&tar(&[("a", &zeros)])),
    ] {
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
    for archive in [
        tar(&[("a", b""), ("b", b"")]),
        zip(&[("a", b""), ("b", b"")]),
        gz(b"a").repeat(2),
        bz2(b"a").repeat(2),
        xz(b"a").repeat(2),
    ] {
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
    for object in
        [bytes.clone(), gz(&bytes), xz(&bytes), tar(&[("a", &bytes)]), zip(&[("a", &bytes)])]
    {
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
    for (_, pack) in PACKERS {
        let packed = file(&pack(b"text"));
        let unpacked = unpack(packed, &Limits::default(), &cancel, &mut Told::default());
        assert_eq!(kind(&unpacked.outcome), Some((State::Partial, ReasonKind::Cancelled)));
        assert_eq!(unpacked.sha256, None);
    }
}
