//! Time: what the digests of a chain cover, and what they leave out.

use super::covered::Cover;
use super::finding::{Kind, Severity};
use super::judge::{Group, Judge};
use super::proofs::Entry;

use super::stops::Stop;
use super::walk::{self, SeamKind};
use crate::event::Timestamp;

/// Less than this at the end of the window is not told: the next digest is on its way.
const TAIL: i64 = 15 * Timestamp::MINUTE;

/// How long before a gap somebody may have stopped logging.
const BEFORE: i64 = Timestamp::HOUR;

/// The trail itself writes what stopped it at once; another one a while later.
const DELIVERY: i64 = Timestamp::HOUR;

/// A span of a scope's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) cover: Cover,
    /// Before the first digest of all, which names none before it: nothing was lost.
    first: bool,
    /// Number of the digest that covers it.
    pub(super) digest: Option<usize>,
}

/// The window of a group from its beginning to its end, without holes in between.
pub(super) fn stretches(judge: &Judge<'_>, group: &Group) -> Vec<Stretch> {
    let (since, until) = group.scope.window;
    let mut found = Vec::new();
    let mut add = |from: Timestamp, to: Timestamp, cover, first, digest| {
        let (from, to) = (from.max(since), to.min(until));
        if from < to {
            found.push(Stretch { from, to, cover, first, digest });
        }
    };
    if group.scope.trail.is_none() {
        add(since, until, Cover::Unverifiable, false, None);
        return found;
    }
    let entry = |number: usize| &judge.digests.entries[number];
    let (Some(&newest), Some(&oldest)) = (group.chain.linked.first(), group.chain.linked.last())
    else {
        add(since, until, Cover::Tail, false, None);
        return found;
    };
    let starts = entry(oldest).digest.is_ok_and(|digest| digest.previous.is_none());
    let head = if starts { Cover::Gap } else { Cover::Hole };
    add(since, walk::start(entry(oldest)), head, true, None);
    let mut seams = group.chain.seams.iter().rev();
    for &number in group.chain.linked.iter().rev() {
        let this = entry(number);
        let is_empty = this.digest.is_ok_and(|digest| digest.logs.is_empty());
        let cover = if is_empty { Cover::Empty } else { Cover::Verified };
        add(walk::start(this), walk::end(this), cover, false, Some(number));
        match seams.next() {
            Some(seam) if seam.kind == SeamKind::Hole => {
                add(seam.from, seam.to, Cover::Hole, false, None);
            }
            Some(seam) if seam.kind == SeamKind::Restart => {
                add(seam.from, seam.to, Cover::Gap, false, None);
            }
            _ => {}
        }
    }
    add(walk::end(entry(newest)), until, Cover::Tail, false, None);
    found
}

/// Tells of overlaps, holes, gaps and the end.
pub(super) fn tell(judge: &mut Judge<'_>, scope: usize, group: &Group) {
    let (since, until) = group.scope.window;
    for seam in group.chain.seams.iter().filter(|seam| seam.kind == SeamKind::Overlap) {
        let newer = &judge.digests.entries[seam.newer];
        let within = walk::start(newer) < until && since < walk::end(newer);
        if within {
            let detail = format!(
                "it starts at {}, before the digest before it ends at {}",
                seam.to.to_rfc3339(0),
                seam.from.to_rfc3339(0)
            );
            let key = newer.spot.key.clone();
            judge.tell(Kind::DigestTimeOverlap, Severity::Error, &key, detail);
        }
    }
    let of = format!(
        "{} of {} in {}",
        group.scope.trail.as_deref().unwrap_or_default(),
        group.scope.account,
        group.scope.region
    );
    let unproven = |group: &Group, stretch: Stretch| {
        let members = group.members.iter().map(|number| &judge.digests.entries[*number]);
        members.filter(|entry| entry.proof.is_none() && overlaps(entry, stretch)).count()
    };
    for stretch in stretches(judge, group) {
        let span = Some((stretch.from, stretch.to));
        let length = Length(stretch.to.0 - stretch.from.0);
        match stretch.cover {
            Cover::Hole => {
                let why = why(unproven(group, stretch), "it was deleted, changed or not copied");
                let detail = format!("{length} that no proven digest of {of} covers: {why}");
                judge.tell_span(Kind::CoverageHole, Severity::Error, Some(scope), span, detail);
            }
            Cover::Gap if !stretch.first => gap(judge, (scope, group), stretch, &of),
            Cover::Tail if stretch.to.0 - stretch.from.0 > TAIL => {
                let else_ = "it was deleted, logging stopped, or the copy is older";
                let why = why(unproven(group, stretch), else_);
                let detail =
                    format!("{length} at the end that no proven digest of {of} covers: {why}");
                judge.tell_span(Kind::TailUncovered, Severity::Warning, Some(scope), span, detail);
            }
            _ => {}
        }
    }
}

fn overlaps(entry: &Entry<'_>, stretch: Stretch) -> bool {
    walk::start(entry) < stretch.to && stretch.from < walk::end(entry)
}

/// Why time is not covered. Digests that are there and prove nothing are not deleted.
fn why(unproven: usize, else_: &str) -> String {
    match unproven {
        0 => else_.to_owned(),
        1 => "1 digest of it is there and is not proven".to_owned(),
        many => format!("{many} digests of it are there and are not proven"),
    }
}

/// The chain starts anew. That is plausible if somebody stopped logging before.
fn gap(judge: &mut Judge<'_>, (scope, group): (usize, &Group), stretch: Stretch, of: &str) {
    let length = Length(stretch.to.0 - stretch.from.0);
    let span = Some((stretch.from, stretch.to));
    // The window may begin long after somebody stopped logging.
    let mut seams = group.chain.seams.iter().filter(|seam| seam.kind == SeamKind::Restart);
    let began = seams.find(|seam| seam.from <= stretch.from && stretch.to <= seam.to);
    let began = began.map_or(stretch.from, |seam| seam.from);
    let (severity, detail) = match stopped(judge, group, began) {
        Some(stop) => {
            let detail = format!(
                "{length} in which {of} did not log: {} of the trail {} by {} at {}, in a verified \
                 log",
                stop.event,
                stop.trail.as_deref().unwrap_or("that is not named"),
                stop.principal,
                stop.at.to_rfc3339(0)
            );
            (Severity::Info, detail)
        }
        None => {
            let detail = format!(
                "{length} before the chain of {of} starts anew, and no verified log says that \
                 logging was stopped: digests and logs before the restart may have been deleted"
            );
            (Severity::Warning, detail)
        }
    };
    judge.tell_span(Kind::LoggingGap, severity, Some(scope), span, detail);
}

fn stopped<'a>(judge: &Judge<'a>, group: &Group, at: Timestamp) -> Option<&'a Stop> {
    let trail = group.scope.trail.as_deref()?;
    let (first, last) = (at.saturating_add(-BEFORE), at.saturating_add(DELIVERY));
    let stops = judge.stops().filter(|(number, stamp, stop)| {
        let before = first <= stop.at && stop.at <= at.saturating_add(Timestamp::MINUTE);
        judge.is_verified(*number) && first <= *stamp && *stamp <= last && before
    });
    // One of another trail makes the gap plausible too, and is told by name.
    stops.map(|(_, _, stop)| stop).max_by_key(|stop| (stop.is_of(trail), stop.at))
}

/// Of the time that is not covered, what a digest is there for that cannot be proven.
pub(super) fn with_unproven(stretches: Vec<Stretch>, entries: &[&Entry<'_>]) -> Vec<Stretch> {
    let mut unproven: Vec<(Timestamp, Timestamp)> = entries
        .iter()
        .filter(|entry| entry.proof.is_none() && entry.is_usable())
        .map(|entry| (walk::start(entry), walk::end(entry)))
        .collect();
    unproven.sort_unstable();
    let mut found = Vec::new();
    for stretch in stretches {
        if !matches!(stretch.cover, Cover::Hole | Cover::Tail | Cover::Gap) {
            found.push(stretch);
            continue;
        }
        let mut at = stretch.from;
        for &(from, to) in &unproven {
            let (from, to) = (from.max(at), to.min(stretch.to));
            if from >= to {
                continue;
            }
            if at < from {
                found.push(Stretch { from: at, to: from, ..stretch });
            }
            found.push(Stretch {
                from,
                to,
                cover: Cover::Unverifiable,
                first: false,
                digest: None,
            });
            at = to;
        }
        if at < stretch.to {
            found.push(Stretch { from: at, ..stretch });
        }
    }
    found
}

/// A length of time for people: `3 h`, `1 d 2 h`, `45 min`.
pub struct Length(pub i64);

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0 / Timestamp::SECOND;
        let parts =
            [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min")];
        let mut parts = parts.into_iter().filter(|(count, _)| *count > 0).take(2);
        match parts.next() {
            None => write!(f, "{seconds} s"),
            Some((count, unit)) => {
                write!(f, "{count} {unit}")?;
                parts.try_for_each(|(count, unit)| write!(f, " {count} {unit}"))
            }
        }
    }
}
