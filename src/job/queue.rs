//! The alarms that somebody has to look at: what was raised on this evidence, with what the case
//! says of it, and what the case knows of alarms that are not raised here.

use super::question::Question;
use super::triage::is_circle;
use crate::case::{Alarms, Kept, State, Ticket, kept_findings};
use crate::detect::sigma::Level;
use crate::detect::{Alarm, Asset, Known, Ruleset, priority};
use crate::event::{Timestamp, counted};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// An alarm in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// As it is now; or as the case keeps it, if it is not raised on this evidence.
    pub ticket: Arc<Ticket>,
    /// Its place among the alarms that were raised here.
    pub raised: Option<usize>,
    pub state: State,
    /// Events that came since it was closed; where no event says it, findings.
    pub news: u64,
    /// From 1, which comes first, to 5.
    pub priority: u8,
    /// The asset that its priority is due to.
    pub asset: Option<Asset>,
}

impl Line {
    /// Whether somebody has to look at it: it is open, or closed and there is more of it.
    pub fn is_open(&self) -> bool {
        self.state.is_open() || self.state == State::Closed && self.news > 0
    }

    /// How much came since it was closed, such as `2 events`.
    pub fn news_text(&self) -> String {
        let is_found = !self.ticket.findings.is_empty();
        let (one, many) = if is_found { ("finding", "findings") } else { ("event", "events") };
        counted(self.news, one, many)
    }

    pub fn level(&self) -> Level {
        Level::parse(&self.ticket.severity).unwrap_or(Level::Medium)
    }
}

/// What is told of an alarm that was raised on this evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What the case would keep of it.
    pub ticket: Arc<Ticket>,
    pub asset: Option<Asset>,
    /// What its rule asks whoever has to find out what is behind it.
    pub questions: Vec<Question>,
}

impl Told {
    pub fn new(alarm: &Alarm, rules: &Ruleset, known: &Known) -> Self {
        let ticket = ticket(alarm);
        let questions = rules.questions(&ticket.rule).into_iter();
        let questions = questions.map(|question| Question::new(question, alarm)).collect();
        let asset = Asset::of_alarm(&ticket.entities, &alarm.made, known);
        Self { asset, questions, ticket: Arc::new(ticket) }
    }
}

/// What the case keeps of an alarm.
pub fn ticket(alarm: &Alarm) -> Ticket {
    let about = &alarm.about;
    let time = |time: Option<Timestamp>| time.map(|time| time.to_rfc3339(0));
    let entities =
        alarm.entities.iter().map(|(field, values)| ((*field).to_owned(), values.clone()));
    Ticket {
        fingerprint: alarm.fingerprint.clone(),
        rule: about.id.clone(),
        version: about.version.clone(),
        title: about.title.clone(),
        author: about.author.clone(),
        licence: about.licence.clone(),
        severity: about.level.as_str().to_owned(),
        first: time(alarm.first),
        last: time(alarm.last),
        count: alarm.events.len() as u64,
        findings: kept_findings(&alarm.findings),
        found: alarm.findings.iter().collect::<BTreeSet<_>>().len() as u64,
        entities: entities.collect(),
        whom: alarm.whom.as_ref().map(|(field, whom)| ((*field).to_owned(), whom.clone())),
        why: alarm.why.clone(),
        over: alarm.over.clone(),
    }
    .kept()
}

/// All alarms, what comes first at the top: by priority, then by how grave, then by time.
pub fn queue(raised: &[Told], alarms: &Alarms, known: &Known, now: Timestamp) -> Vec<Line> {
    let here: HashSet<&str> = raised.iter().map(|it| it.ticket.fingerprint.as_str()).collect();
    let lines = raised.iter().enumerate();
    let lines = lines.map(|(place, it)| (&it.ticket, Some(place), it.asset.clone()));
    let kept = alarms.kept().map(|kept| &kept.ticket);
    let gone = kept.filter(|it| !here.contains(it.fingerprint.as_str()));
    let nothing = BTreeSet::new();
    let asset = |ticket: &Ticket| Asset::of_alarm(&ticket.entities, &nothing, known);
    let gone = gone.map(|ticket| (ticket, None, asset(ticket)));
    // How grave it is stands there as a word, which is not read anew for each comparison.
    let mut all: Vec<((u8, Reverse<Level>), Line)> = lines
        .chain(gone)
        .map(|(ticket, raised, asset)| line(ticket, (raised, asset), alarms, now))
        .map(|line| ((line.priority, Reverse(line.level())), line))
        .collect();
    all.sort_by(|(one_key, one), (other_key, other)| {
        one_key
            .cmp(other_key)
            .then_with(|| one.ticket.first.cmp(&other.ticket.first))
            .then_with(|| one.ticket.fingerprint.cmp(&other.ticket.fingerprint))
    });
    all.into_iter().map(|(_, line)| line).collect()
}

/// Takes in what was decided since the queue was made of the same raised alarms: they stay in their
/// order, which no decision changes. `false` if the case knows of others by now, or of others no more;
/// then the queue is to be made anew.
#[must_use]
pub fn decide(queue: &mut [Line], alarms: &Alarms, now: Timestamp) -> bool {
    let mut known = 0;
    for line in queue {
        let kept = alarms.get(&line.ticket.fingerprint);
        known += usize::from(kept.is_some());
        let is_it =
            |kept: &Kept| Arc::ptr_eq(&kept.ticket, &line.ticket) || kept.ticket == line.ticket;
        if line.raised.is_none() && !kept.is_some_and(is_it) {
            return false;
        }
        (line.state, line.news) = standing(&line.ticket, kept, alarms, now);
    }
    known == alarms.kept().len()
}

fn line(
    ticket: &Arc<Ticket>,
    (raised, asset): (Option<usize>, Option<Asset>),
    alarms: &Alarms,
    now: Timestamp,
) -> Line {
    let level = Level::parse(&ticket.severity).unwrap_or(Level::Medium);
    let (state, news) = standing(ticket, alarms.get(&ticket.fingerprint), alarms, now);
    let priority = priority(level, asset.as_ref());
    Line { state, news, priority, asset, ticket: Arc::clone(ticket), raised }
}

/// Where an alarm stands, and how many events or findings came since it was closed.
fn standing(ticket: &Ticket, kept: Option<&Kept>, alarms: &Alarms, now: Timestamp) -> (State, u64) {
    let state = match alarms.state_of(kept, ticket, now) {
        // Chains may have merged two into each other: then nothing stands for either.
        State::Merged if is_lost(ticket, alarms) => State::New,
        state => state,
    };
    let with = kept.and_then(|kept| kept.closed_with.as_deref());
    (state, with.map_or(0, |with| ticket.news_since(with)))
}

/// Whether what stands for the alarm is, in the end, the alarm itself.
fn is_lost(ticket: &Ticket, alarms: &Alarms) -> bool {
    let into = alarms.get(&ticket.fingerprint).and_then(|kept| kept.into.as_deref());
    into.is_some_and(|into| is_circle(alarms, &ticket.fingerprint, into))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseState, Entry, Step, What};
    use crate::event::Verdict;
    use proptest::prelude::*;

    fn raised(fingerprint: &str, severity: &str, count: u64, resource: &str) -> Told {
        let ticket = Ticket {
            fingerprint: fingerprint.to_owned(),
            severity: severity.to_owned(),
            count,
            entities: [("resource".to_owned(), vec![resource.to_owned()])].into(),
            ..Ticket::default()
        };
        let known = Known::default();
        Told {
            asset: Asset::of_alarm(&ticket.entities, &BTreeSet::new(), &known),
            questions: Vec::new(),
            ticket: Arc::new(ticket),
        }
    }

    proptest! {
        #[test]
        fn what_is_decided_comes_to_the_same_as_a_queue_made_anew(
            steps in proptest::collection::vec((0_usize..8, 0_usize..6), 0..12),
        ) {
            let names = ["a", "b", "c", "d", "gone", "lost"];
            let levels = ["low", "high", "medium", "high", "high", "low"];
            let all: Vec<Told> =
                names.iter().zip(levels).map(|(name, level)| raised(name, level, 2, "x")).collect();
            let here = &all[..4];
            let close = Step::Close { verdict: Verdict::Test, reason: "r".to_owned() };
            let mut case = CaseState::default();
            let known = Known::default();
            let now = Timestamp(99);
            let mut lines = queue(here, case.work().alarms(), &known, now);
            for (seq, (what, which)) in (1..).zip(steps) {
                let on = vec![Arc::clone(&all[which].ticket)];
                let step = |step: Step| What::Triage { on: on.clone(), step };
                let what = match what {
                    0 => step(Step::Ack),
                    1 => step(close.clone()),
                    2 => step(Step::Snooze { until: Timestamp(if which > 2 { 9 } else { 200 }) }),
                    3 => step(Step::Merge {
                        into: names[(which + 1) % 6].to_owned(),
                        reason: String::new(),
                    }),
                    4 => {
                        // The case keeps what is not raised here as it was then.
                        let ticket = Ticket { count: seq, ..(*all[which].ticket).clone() };
                        What::Triage { on: vec![Arc::new(ticket)], step: close.clone() }
                    }
                    5 => What::AlarmAdd { alarm: Arc::clone(&all[which].ticket) },
                    6 => What::Redo { of: which as u64 + 1 },
                    _ => What::Undo { of: which as u64 + 1 },
                };
                let (who, host) = ("al".to_owned(), "b".to_owned());
                case.apply(Arc::new(Entry { seq, at: Timestamp(seq as i64), who, host, what }));
                let anew = queue(here, case.work().alarms(), &known, now);
                if decide(&mut lines, case.work().alarms(), now) {
                    prop_assert_eq!(&lines, &anew);
                } else {
                    let keep = |line: &&Line| line.raised.is_none();
                    let gone = |lines: &[Line]| -> Vec<Line> {
                        lines.iter().filter(keep).cloned().collect()
                    };
                    prop_assert_ne!(gone(&lines), gone(&anew), "it could have stayed");
                    lines = anew;
                }
            }
        }
    }

    fn said(all: Vec<What>) -> CaseState {
        let entry = |(seq, what): (usize, What)| {
            let (who, host) = ("al".to_owned(), "b".to_owned());
            Arc::new(Entry { seq: seq as u64 + 1, at: Timestamp(seq as i64), who, host, what })
        };
        CaseState::fold(all.into_iter().enumerate().map(entry))
    }

    #[test]
    fn what_matters_comes_first_and_nothing_disappears() {
        let all = [
            raised("a", "low", 1, "x"),
            raised("b", "high", 1, "x"),
            raised("c", "high", 1, "prod-public-x"),
        ];
        let gone = raised("gone", "medium", 2, "x").ticket;
        let case = said(vec![What::Triage { on: vec![gone], step: Step::Ack }]);
        let queue = queue(&all, case.work().alarms(), &Known::default(), Timestamp(99));
        let order: Vec<&str> = queue.iter().map(|line| &*line.ticket.fingerprint).collect();
        assert_eq!(order, ["c", "b", "gone", "a"]);
        let places: Vec<Option<usize>> = queue.iter().map(|line| line.raised).collect();
        assert_eq!(places, [Some(2), Some(1), None, Some(0)]);
        assert_eq!(queue[0].asset.as_ref().map(|asset| asset.name.as_str()), Some("prod-public-x"));
    }

    #[test]
    fn what_is_merged_into_each_other_is_still_there() {
        let [a, b] = ["a", "b"].map(|name| raised(name, "low", 1, "x"));
        let merge = |from: &Told, into: &str| What::Triage {
            on: vec![Arc::clone(&from.ticket)],
            step: Step::Merge { into: into.to_owned(), reason: String::new() },
        };
        // As two chains can say it, neither of which knew of the other.
        let case = said(vec![merge(&a, "b"), merge(&b, "a")]);
        let queue = queue(&[a, b], case.work().alarms(), &Known::default(), Timestamp(9));
        assert!(queue.iter().all(Line::is_open), "{queue:?}");
    }

    #[test]
    fn a_closed_alarm_with_more_events_is_open_again() {
        let step = Step::Close { verdict: Verdict::Test, reason: "r".to_owned() };
        let at_closing = raised("a", "low", 3, "x").ticket;
        let case = said(vec![What::Triage { on: vec![at_closing], step }]);
        let open = |count| {
            let queue = queue(
                &[raised("a", "low", count, "x")],
                case.work().alarms(),
                &Known::default(),
                Timestamp(9),
            );
            (queue[0].state, queue[0].news, queue[0].is_open())
        };
        assert_eq!(open(3), (State::Closed, 0, false));
        assert_eq!(open(5), (State::Closed, 2, true));
    }

    #[test]
    fn a_closed_alarm_without_events_is_open_again_with_other_findings() {
        let found = |keys: &[&str]| {
            let Told { ticket, .. } = raised("a", "high", 0, "x");
            let all: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            let ticket = Ticket { findings: kept_findings(&all), ..(*ticket).clone() };
            Told { asset: None, questions: Vec::new(), ticket: Arc::new(ticket) }
        };
        let step = Step::Close { verdict: Verdict::Test, reason: "r".to_owned() };
        let on = vec![found(&["one.json.gz"]).ticket];
        let case = said(vec![What::Triage { on, step }]);
        let open = |keys: &[&str]| {
            let alarms = case.work().alarms();
            let queue = queue(&[found(keys)], alarms, &Known::default(), Timestamp(9));
            (queue[0].news, queue[0].is_open(), queue[0].news_text())
        };
        assert_eq!(open(&["one.json.gz"]), (0, false, "0 findings".to_owned()));
        assert_eq!(open(&["one.json.gz", "two.json.gz"]), (1, true, "1 finding".to_owned()));
        assert_eq!(open(&["two.json.gz"]), (1, true, "1 finding".to_owned()));
    }
}
