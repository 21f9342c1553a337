//! What other products found, as alarms: GuardDuty, Security Hub, Inspector, Macie and the alarms
//! of CloudWatch, as their own records say it.

use super::sigma::Level;
use crate::store::{Bits, Cell, RowRef, Segment, Selection, Snapshot};
use std::sync::Arc;

/// Formats whose records are findings, and who makes them.
const PRODUCTS: [(&str, &str); 5] = [
    ("guardduty", "Amazon GuardDuty"),
    ("securityhub", "AWS Security Hub"),
    ("inspector", "Amazon Inspector"),
    ("macie", "Amazon Macie"),
    ("cloudwatch_alarm", "Amazon CloudWatch"),
];

/// A finding of another product.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub(super) at: RowRef,
    pub(super) product: &'static str,
    pub(super) title: String,
    pub(super) level: Level,
    /// What the product says of it.
    pub(super) message: String,
}

/// Every finding that says that something is wrong. A check that was passed, and an alarm that is
/// over, say nothing of the kind.
pub(super) fn findings(snapshot: &Arc<Snapshot>) -> Vec<Finding> {
    let product = |segment: &Segment| {
        let id = &*segment.schema().id;
        PRODUCTS.iter().find(|(format, _)| *format == id).map(|(_, product)| *product)
    };
    let selection = Selection::new(snapshot, |number| {
        let segment = &snapshot.segments[number];
        Some(match product(segment) {
            Some(_) => Bits::from_fn(segment.len(), |row| is_wrong(segment, row)),
            None => Bits::none(segment.len()),
        })
    });
    let rows = selection.window(0, selection.len());
    rows.into_iter()
        .filter_map(|at| {
            let segment = snapshot.segment(at);
            Some(finding(segment, at, product(segment)?))
        })
        .collect()
}

fn text<'a>(segment: &'a Segment, row: usize, field: &str) -> &'a str {
    match segment.value(row, field) {
        Cell::Text(text) => text,
        _ => "",
    }
}

fn is_wrong(segment: &Segment, row: usize) -> bool {
    if text(segment, row, "class") != "finding" {
        return false;
    }
    match &*segment.schema().id {
        "cloudwatch_alarm" => text(segment, row, "event") == "ALARM",
        _ => text(segment, row, "outcome") != "success",
    }
}

fn finding(segment: &Segment, at: RowRef, product: &'static str) -> Finding {
    let row = usize::from(at.row);
    let event = text(segment, row, "event");
    let title = match &*segment.schema().id {
        "cloudwatch_alarm" => format!("alarm {}", text(segment, row, "rule")),
        // Whether it is set up as it should be, and nothing that happened.
        "securityhub" if text(segment, row, "code") == "FAILED" => format!("posture: {event}"),
        _ => event.to_owned(),
    };
    let severity = match segment.value(row, "severity") {
        Cell::Float(number) => number,
        _ => 0.0,
    };
    let message = text(segment, row, "message").to_owned();
    Finding { at, product, title, level: level(severity), message }
}

/// The words of severities, which all formats have from 0 to 10.
fn level(severity: f64) -> Level {
    match severity {
        9.0.. => Level::Critical,
        7.0.. => Level::High,
        4.0.. => Level::Medium,
        1.0.. => Level::Low,
        _ => Level::Informational,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_the_words_of_the_field() {
        for (severity, word) in [
            (10.0, Level::Critical),
            (8.9, Level::High),
            (4.0, Level::Medium),
            (3.9, Level::Low),
            (0.0, Level::Informational),
        ] {
            assert_eq!(level(severity), word, "{severity}");
        }
    }
}
