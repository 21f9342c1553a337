//! What digests prove of a lane, and how much of a span of time that is.

use super::lanes::Lane;
use crate::event::classes::words;
use crate::event::{Timestamp, spans};
use crate::format::{Delivery, Service};
use crate::verify::{Match, Report};
use std::collections::HashMap;
use std::ops::Range;

words! {
    /// What a span of digests says of the time that it is about.
    Proof {
        /// A verified digest, and all the logs that it lists are here.
        Verified = "verified",
        /// A verified digest that lists no log at all.
        Empty = "empty",
        /// A verified digest, and a log that it lists is not here.
        LogMissing = "log_missing",
        /// No verified digest: what was delivered then is not known.
        NotCovered = "not_covered",
    }
}

words! {
    /// How one knows of a span without events that there were none.
    Basis {
        /// Digests cover it, and the time in which its events would have been delivered.
        ProvenEmpty = "proven_empty",
        /// A log of this time that a verified digest lists is not here: it may be what is missing.
        LogMissing = "log_missing",
        /// Digests of the account and Region were verified, but not of all of this time.
        NotCovered = "not_covered",
        /// No digest says anything: this is longer than the source is usually silent.
        Inferred = "inferred",
    }
}

/// What the digests of one account and Region say of one span of time, by when logs were
/// *delivered*; half open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    pub account: String,
    pub region: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub proof: Proof,
}

/// What a report says of time. A digest whose logs are not all here, and what they were, proves
/// nothing of its time.
pub fn covered(report: &Report) -> Vec<Covered> {
    let of = |scope: usize, from, to, proof| {
        let scope = report.scopes.get(scope)?;
        let (account, region) = (scope.account.clone(), scope.region.clone());
        Some(Covered { account, region, from, to, proof })
    };
    let digests = report.digests.iter().filter(|digest| digest.linked).filter_map(|digest| {
        let whole = digest.logs.iter().all(|log| log.fault.is_none());
        let proof = match (digest.logs.is_empty(), whole) {
            (true, _) => Proof::Empty,
            (_, true) => Proof::Verified,
            _ if digest.logs.iter().any(Match::is_missing) => Proof::LogMissing,
            _ => Proof::NotCovered,
        };
        of(digest.scope, digest.from?, digest.to, proof)
    });
    // That anything was verified at all is worth knowing also where nothing is proven.
    let scopes = report.scopes.iter().enumerate().filter_map(|(number, scope)| {
        of(number, scope.window.0, scope.window.1, Proof::NotCovered)
    });
    digests.chain(scopes).collect()
}

/// Spans that digests prove, for one lane.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    /// Proven spans, ascending, those that touch joined.
    proven: Vec<(i64, i64)>,
    /// Spans of which logs are missing, likewise.
    missing: Vec<(i64, i64)>,
    /// Digests say anything at all of this lane.
    any: bool,
    /// What happened this long before the end of a span may have been delivered after it.
    lag: i64,
}

/// What digests say, by account and Region.
pub(super) struct Covers<'a>(HashMap<(&'a str, &'a str), Vec<&'a Covered>>);

impl<'a> Covers<'a> {
    pub(super) fn new(covered: &'a [Covered]) -> Self {
        let mut places: HashMap<_, Vec<&Covered>> = HashMap::new();
        for span in covered.iter().filter(|span| span.from < span.to) {
            places.entry((&*span.account, &*span.region)).or_default().push(span);
        }
        Self(places)
    }

    /// What is said of this lane. Digests are of CloudTrail alone.
    pub(super) fn of(&self, lane: &Lane, delivery: &Delivery) -> Cover {
        let place = lane.place.account.as_deref().zip(lane.place.region.as_deref());
        let spans = place.and_then(|place| self.0.get(&place));
        let Some(spans) = spans.filter(|_| delivery.service == Some(Service::CloudTrail)) else {
            return Cover::default();
        };
        let lag = delivery.lag.map_or(0, |lag| i64::from(lag.longest) * Timestamp::SECOND);
        let of = |proofs: &[Proof]| {
            let some = spans.iter().filter(|span| proofs.contains(&span.proof));
            let mut some: Vec<(i64, i64)> = some.map(|span| (span.from.0, span.to.0)).collect();
            spans::join(&mut some);
            some
        };
        let proven = of(&[Proof::Verified, Proof::Empty]);
        Cover { proven, missing: of(&[Proof::LogMissing]), any: true, lag }
    }
}

impl Cover {
    /// How many of these hours since 1970, in which no event is, are proven to be empty.
    pub(super) fn proven_hours(&self, empty: Range<i64>) -> u64 {
        let proven = self.proven.iter().map(|&(from, to)| {
            let first = from.div_euclid(Timestamp::HOUR) + i64::from(from % Timestamp::HOUR != 0);
            let end = to.saturating_sub(self.lag).div_euclid(Timestamp::HOUR);
            (end.min(empty.end) - first.max(empty.start)).max(0) as u64
        });
        proven.sum()
    }

    /// Whether a log is missing that was delivered in this time.
    fn has_missing(&self, from: i64, until: i64) -> bool {
        let after = self.missing.partition_point(|&(_, end)| end <= from);
        self.missing.get(after).is_some_and(|&(start, _)| start < until)
    }

    /// How one knows that nothing happened in a span, given that no event is there.
    pub(super) fn basis(&self, from: i64, to: i64) -> Basis {
        let until = to.saturating_add(self.lag);
        let after = self.proven.partition_point(|&(start, _)| start <= from);
        let around = after.checked_sub(1).and_then(|at| self.proven.get(at));
        match around {
            Some(&(_, end)) if end >= until => Basis::ProvenEmpty,
            _ if self.has_missing(from, until) => Basis::LogMissing,
            _ if self.any => Basis::NotCovered,
            _ => Basis::Inferred,
        }
    }
}
