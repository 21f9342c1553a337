//! What is followed in another zone than it was.

use super::*;
use crate::event::Zone;

/// Times that name no zone.
fn bare(range: std::ops::Range<usize>) -> String {
    lines(range).replace("Z\"", "\"")
}

/// The hours of all rows, each once.
fn hours(bench: &Bench) -> Vec<String> {
    let snapshot = bench.store.snapshot();
    let hour = |at| {
        let time = snapshot.segment(at).time(usize::from(at.row)).unwrap();
        time.to_rfc3339()[..13].to_owned()
    };
    let mut hours: Vec<String> =
        Selection::all(&snapshot).window(0, usize::MAX).into_iter().map(hour).collect();
    hours.dedup();
    hours
}

#[test]
fn a_file_that_grows_is_read_anew_in_its_zone_and_goes_on_to_grow_in_it() {
    let bench = Bench::new(&[("a.log", &bare(0..3)), ("b.log", &lines(10..12))]);
    bench.wait_for((0..3).chain(10..12));
    append(&bench.path("a.log"), &bare(3..5));
    bench.wait_for((0..5).chain(10..12));
    bench.settle();
    let [one, two] = ["+01:00", "-02:00"].map(|zone| Zone::parse(zone).unwrap());
    let name = bench.folder.path().to_str().unwrap();
    bench.load.set_zone(name, one);
    bench.settle();
    bench.wait_for((0..5).chain(10..12));
    assert_eq!(hours(&bench), ["2025-12-31T23", "2026-01-01T00"]);
    append(&bench.path("a.log"), &bare(5..7));
    bench.wait_for((0..7).chain(10..12));
    let ledger = bench.store.ledger();
    assert_eq!(ledger.totals().objects, 2, "each of them is there once");
    assert_eq!(bench.object("a.log").state, Some(State::Growing));
    bench.settle();
    bench.load.set_zone(name, two);
    bench.settle();
    append(&bench.path("a.log"), &bare(7..8));
    bench.wait_for((10..12).chain(0..8));
    assert_eq!(hours(&bench), ["2026-01-01T00", "2026-01-01T02"]);
    assert_eq!((bench.object("a.log").zone, bench.object("a.log").zone_assumed), (two, 8));
    assert_eq!(ledger.totals().objects, 2);
}
