//! The chart by itself: times become columns and back, and no time is too odd.

use super::{Chart, Scale, State};
use crate::event::Timestamp;
use crate::verify::{
    Cover, Finding, Keys, Kind, Named, Objects, Question, Report, Scope, Severity, Span, judge,
};
use proptest::prelude::*;
use std::sync::Arc;

fn empty() -> Report {
    let (objects, keys) = (Objects::default(), Keys::default());
    judge(&Question { objects: &objects, past: &[], keys: &keys, since: None, until: None })
}

fn scope(from: i64, to: i64) -> Scope {
    Scope {
        trail: Some("main".to_owned()),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        organization: None,
        window: (Timestamp(from), Timestamp(to)),
    }
}

const HOUR: i64 = Timestamp::HOUR;

#[test]
fn the_worst_that_is_known_is_shown() {
    let mut report = empty();
    report.scopes = vec![scope(0, 4 * HOUR)];
    let covers = [Cover::Verified, Cover::Empty, Cover::Hole, Cover::Verified];
    let spans = (0..4).zip(covers).map(|(hour, cover)| {
        let (from, to) = (Timestamp(hour * HOUR), Timestamp((hour + 1) * HOUR));
        Span { scope: 0, from, to, cover, logs: Named::default() }
    });
    report.coverage = spans.collect();
    let key = "AWSLogs/111122223333/CloudTrail/eu-west-1/1970/01/01/\
               111122223333_CloudTrail_eu-west-1_19700101T0330Z_a.json.gz";
    report.findings = vec![Finding {
        kind: Kind::LogUnlisted,
        severity: Severity::Error,
        key: Some(key.into()),
        span: None,
        scope: None,
        detail: "".into(),
    }];
    let chart = Chart::new(Arc::new(report));
    let of = |column| chart.state(0, chart.cell(0, Scale::Hours, column));
    let known = [State::Verified, State::Empty, State::Hole, State::Unlisted].map(Some);
    assert_eq!([of(0), of(1), of(2), of(3)], known);
    assert_eq!((of(-1), of(4)), (None, None));
    assert_eq!(chart.state(0, chart.cell(0, Scale::Days, 0)), Some(State::Unlisted));
    assert_eq!(chart.columns(Scale::Hours), 0..4);
    assert_eq!(chart.columns(Scale::Days), 0..1);
    assert_eq!(chart.rows[0].troubles, [2 * HOUR, 3 * HOUR + 30 * Timestamp::MINUTE]);
    assert_eq!(chart.findings(0, (3 * HOUR, 4 * HOUR), 9), (vec![0], 1));
    assert_eq!(chart.findings(0, (0, HOUR), 9).1, 0);
}

proptest! {
    #[test]
    fn every_time_is_in_the_cell_of_its_column(
        from in any::<i64>(), length in any::<u32>(), at in any::<i64>(),
    ) {
        let mut report = empty();
        report.scopes = vec![scope(from, from.saturating_add(i64::from(length)))];
        let chart = Chart::new(Arc::new(report));
        for scale in Scale::ALL {
            let columns = chart.columns(scale);
            prop_assert!(columns.start < columns.end);
            let (first, last) = chart.cell(0, scale, chart.column(0, scale, at));
            prop_assert!(first <= at && at <= last);
        }
    }
}
