//! The alarms of an incident: those that somebody decided about, with what they are about.

use super::{Given, exhibits};
use crate::case::{Kept, Said, State, Step, Ticket, VALUES, Version};
use crate::detect::Names;
use crate::event::{Inner, ObjectId, Time, Timestamp, Verdict, counted, grouped};
use crate::record::incident::{
    Alarm, Decision, Exhibit, Indicator, IndicatorKind, Note, Position, Rule, Scope, Severity,
    StandIn, Times,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// Everything that somebody said something of, by time. `objects` are those of the exhibits.
pub(super) fn all(
    given: &Given<'_>,
    exhibits: &[Exhibit],
    objects: &[Option<ObjectId>],
) -> Vec<Alarm> {
    let known = given.state.work().alarms();
    let told = given.raised.told.iter().enumerate();
    let places: HashMap<&str, usize> =
        told.map(|(place, told)| (told.ticket.fingerprint.as_str(), place)).collect();
    let place = |kept: &Kept| places.get(kept.ticket.fingerprint.as_str()).copied();
    let told = known.kept().map(|kept| one(given, (Some(kept), place(kept)), exhibits, objects));
    let mut all: Vec<Alarm> = told.collect();
    // Nobody need have spoken of what stands for others.
    let stands = known.kept().filter_map(|kept| kept.into.as_deref());
    let stands: BTreeSet<&str> = stands.filter(|into| known.get(into).is_none()).collect();
    let stands = stands.into_iter().filter_map(|into| places.get(into).copied());
    all.extend(stands.map(|place| one(given, (None, Some(place)), exhibits, objects)));
    all.sort_by(|one, other| {
        let key = |it: &Alarm| (it.first.is_none(), it.first.map(|time| time.at));
        key(one).cmp(&key(other)).then_with(|| one.fingerprint.cmp(&other.fingerprint))
    });
    all
}

/// An alarm, with its place among those that are raised now. What is raised now may have more
/// events than when somebody spoke of it, and more values than the case keeps.
fn one(
    given: &Given<'_>,
    (kept, place): (Option<&Kept>, Option<usize>),
    exhibits: &[Exhibit],
    objects: &[Option<ObjectId>],
) -> Alarm {
    let work = given.state.work();
    let now = place.and_then(|place| given.raised.told.get(place)).map(|told| &told.ticket);
    let nothing = Arc::default();
    let ticket = now.or_else(|| kept.map(|kept| &kept.ticket)).unwrap_or(&nothing);
    let raised = place.and_then(|place| given.raised.alarms.get(place));
    let entities = raised.map(|alarm| {
        let all = alarm.entities.iter();
        all.map(|(field, values)| ((*field).to_owned(), values.clone())).collect()
    });
    let notes = kept.into_iter().flat_map(|kept| &kept.notes);
    let notes = notes.filter_map(|key| work.notes().get(key));
    let state = work.alarms().state(ticket, given.at());
    let positions = positions(given.state.disputed(&ticket.fingerprint));
    let history = || kept.into_iter().flat_map(|kept| &kept.history).filter(|said| is_step(said));
    let last = history().next_back();
    let verdict = kept.and_then(|kept| kept.verdict.as_ref());
    let at = |at: Option<Timestamp>| at.map(|at| Time::new(at, 3));
    Alarm {
        fingerprint: ticket.fingerprint.clone(),
        rule: rule(ticket),
        severity: Severity::parse(&ticket.severity),
        first: time(ticket.first.as_ref()),
        last: time(ticket.last.as_ref()),
        count: ticket.count,
        findings: findings(ticket),
        entities: entities.unwrap_or_else(|| ticket.entities.clone()),
        why: some(&ticket.why),
        state: Some(state.as_str().to_owned()),
        into: kept.and_then(|kept| stand_in(given, kept)),
        owner: kept.and_then(|kept| kept.owner.clone()),
        verdict: verdict.map(|(verdict, _)| *verdict),
        reason: verdict.map(|(_, reason)| reason.clone()),
        who: last.map(|said| &said.who).or_else(|| kept?.owner.as_ref()).cloned(),
        at: at(last.map(|said| said.at)),
        acknowledged: at(kept.and_then(Kept::acknowledged)),
        closed: at(kept.and_then(Kept::closed).map(|said| said.at)),
        history: history().map(decision).collect(),
        notes: notes
            .map(|note| Note {
                number: Some(note.id),
                at: Some(Time::new(note.created, 3)),
                who: Some(note.author.clone()),
                text: note.text.clone(),
                exhibits: exhibits::numbers(&note.on, exhibits),
            })
            .chain(disagreement(&positions))
            .collect(),
        disagreement: positions,
        exhibits: place.map_or_else(Vec::new, |place| numbers(given, place, exhibits, objects)),
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn time(text: Option<&String>) -> Option<Time> {
    Time::parse_rfc3339(text?)
}

pub(super) fn rule(ticket: &Ticket) -> Rule {
    Rule {
        id: some(&ticket.rule),
        version: some(&ticket.version),
        title: some(&ticket.title),
        author: some(&ticket.author),
        licence: some(&ticket.licence),
    }
}

/// How many findings it consists of, if it does.
pub(super) fn findings(ticket: &Ticket) -> Option<u64> {
    let is_of_findings = ticket.count == 0 && !ticket.findings.is_empty();
    ticket.found().filter(|_| is_of_findings)
}

/// Whether it is more than a question that was answered.
const fn is_step(said: &Said) -> bool {
    !matches!(said.step, Step::Tick { .. })
}

fn decision(said: &Said) -> Decision {
    let (mut verdict, mut reason, mut owner) = (None, None, None);
    match &said.step {
        Step::Close { verdict: as_what, reason: why } => {
            (verdict, reason) = (Some(*as_what), some(why));
        }
        Step::Reopen { reason: why } | Step::Merge { reason: why, .. } => reason = some(why),
        Step::Assign { owner: whose } => owner = some(whose),
        _ => {}
    }
    let (at, who) = (Some(Time::new(said.at, 3)), Some(said.who.clone()));
    Decision { at, who, did: said.step.summary(), verdict, reason, owner }
}

/// What stands for the alarm, and why.
fn stand_in(given: &Given<'_>, kept: &Kept) -> Option<StandIn> {
    let into = kept.into.as_ref()?;
    let raised = given.raised.told.iter().map(|told| &told.ticket);
    let known = given.state.work().alarms().get(into).map(|kept| &kept.ticket);
    let ticket = raised.chain(known).find(|ticket| ticket.fingerprint == *into);
    let reason = kept.history.iter().rev().find_map(|said| match &said.step {
        Step::Merge { reason, .. } => Some(reason),
        _ => None,
    });
    Some(StandIn {
        fingerprint: into.clone(),
        title: ticket.and_then(|ticket| some(&ticket.title)),
        reason: reason.and_then(|reason| some(reason)),
    })
}

/// What chains say of an alarm about which they disagree.
fn positions(versions: &[Version]) -> Vec<Position> {
    let position = |it: &Version| {
        let (verdict, reason) = it.verdict.clone().unzip();
        Position {
            who: Some(it.who.clone()),
            at: Some(Time::new(it.at, 3)),
            own: it.chain == 0,
            did: it.text.clone(),
            verdict,
            reason,
        }
    };
    versions.iter().map(position).collect()
}

/// The same as a note that nobody wrote: formats without a place for it tell notes.
fn disagreement(positions: &[Position]) -> Option<Note> {
    let each: Vec<String> = positions.iter().map(Position::words).collect();
    let text = format!(
        "OPEN DISAGREEMENT: journals contradict each other about this alarm, and its state and \
         verdict are only what was said last. {}",
        each.join("; ")
    );
    let at = positions.iter().filter_map(|it| it.at).max_by_key(|time| time.at);
    (!each.is_empty()).then(|| Note { at, text, ..Note::default() })
}

/// The numbers of the exhibits that are events of the alarm at this place.
fn numbers(
    given: &Given<'_>,
    place: usize,
    exhibits: &[Exhibit],
    objects: &[Option<ObjectId>],
) -> Vec<u64> {
    let alarmed = &given.raised.alarmed;
    let all = exhibits.iter().zip(objects).enumerate();
    let own = all.filter(|(_, (exhibit, object))| {
        let site = (exhibit.offset, Inner::at(&exhibit.within));
        object.is_some_and(|object| alarmed.raised(object, site, place))
    });
    own.map(|(number, _)| number as u64 + 1).collect()
}

/// When it was detected and acknowledged, where nobody says otherwise: when somebody first spoke of
/// an alarm that is part of what happened, and when somebody first took one.
pub(super) fn times(given: &Given<'_>, told: &[Alarm], times: &mut Times) {
    let alarms = given.state.work().alarms();
    let first = |all: &mut dyn Iterator<Item = Timestamp>| all.min().map(|at| Time::new(at, 3));
    let kept = || {
        let own = told.iter().filter(|alarm| counts(alarm));
        own.filter_map(|alarm| alarms.get(&alarm.fingerprint))
    };
    let spoken = |kept: &Kept| kept.history.first().map(|said| said.at);
    times.detected = times.detected.or_else(|| first(&mut kept().filter_map(spoken)));
    let taken = &mut kept().filter_map(Kept::acknowledged);
    times.acknowledged = times.acknowledged.or_else(|| first(taken));
}

/// What the verdicts on the alarms come to, and why: harm that was done counts for more than all
/// else; that nothing happened is only said once every alarm is decided.
pub(super) fn verdict(alarms: &[Alarm]) -> Option<(Verdict, String)> {
    const GRAVEST: [Verdict; 7] = [
        Verdict::TpImpact,
        Verdict::TpNoImpact,
        Verdict::InsufficientData,
        Verdict::BenignAuthorised,
        Verdict::FalsePositive,
        Verdict::Test,
        Verdict::Duplicate,
    ];
    let with = |verdict| alarms.iter().filter(|alarm| alarm.verdict == verdict).count() as u64;
    let undecided = with(None);
    let is_right = |verdict: &Verdict| {
        with(Some(*verdict)) > 0 && (verdict.is_true_positive() || undecided == 0)
    };
    let verdict = GRAVEST.into_iter().find(is_right)?;
    let decided = GRAVEST.into_iter().map(|verdict| (with(Some(verdict)), verdict.as_str()));
    let told = decided.chain([(undecided, "not decided")]).filter(|(count, _)| *count > 0);
    let told: Vec<String> =
        told.map(|(count, what)| format!("{} {what}", grouped(count))).collect();
    let disputed = alarms.iter().filter(|alarm| !alarm.disagreement.is_empty()).count() as u64;
    let open = match disputed {
        0 => String::new(),
        open => format!("; journals disagree about {}", counted(open, "alarm", "alarms")),
    };
    Some((verdict, format!("by the verdicts on its alarms: {}{open}", told.join(", "))))
}

/// Of which alarms not every value is told.
pub(super) fn cut(given: &Given<'_>) -> Vec<String> {
    let known = given.state.work().alarms();
    let raised = given.raised.alarms.iter().zip(given.raised.told.iter());
    let own = raised.filter(|(_, told)| known.get(&told.ticket.fingerprint).is_some());
    let mut remarks: Vec<String> = own
        .flat_map(|(alarm, told)| {
            let title = &told.ticket.title;
            alarm.totals.iter().map(move |(field, total)| {
                let kept = alarm.entities.get(field).map_or(0, Vec::len);
                format!("of the alarm {title} {kept} of {total} values of {field} are told")
            })
        })
        .collect();
    let here: HashSet<&str> =
        given.raised.told.iter().map(|told| told.ticket.fingerprint.as_str()).collect();
    let gone = known.kept().filter(|kept| !here.contains(kept.ticket.fingerprint.as_str()));
    let gone = gone.count() as u64;
    if gone > 0 {
        let alarms = counted(gone, "alarm is", "alarms are");
        remarks.push(format!(
            "{alarms} not raised on this evidence: the case keeps at most {VALUES} values of each \
             field"
        ));
    }
    remarks
}

/// Whether an alarm is part of what happened, as far as anybody has decided.
fn counts(alarm: &Alarm) -> bool {
    match alarm.verdict {
        Some(verdict) => verdict.is_true_positive(),
        None => alarm.state.as_deref() == Some(State::Escalated.as_str()),
    }
}

/// What was touched, by alarms that count and by exhibits, and what the owner calls it.
pub(super) fn scope(
    alarms: &[Alarm],
    exhibits: &[Exhibit],
    services: BTreeSet<String>,
    names: &Names,
) -> Scope {
    let of_alarms = |field: &str| -> BTreeSet<String> {
        let all = alarms.iter().filter(|alarm| counts(alarm));
        all.filter_map(|alarm| alarm.entities.get(field)).flatten().cloned().collect()
    };
    let with = |field: &str, of: &dyn Fn(&Exhibit) -> Vec<String>| -> Vec<String> {
        let mut all = of_alarms(field);
        all.extend(exhibits.iter().flat_map(of));
        all.into_iter().collect()
    };
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<String>>();
    let mut scope = Scope {
        accounts: with("account", &|it| one(&it.account)),
        regions: with("region", &|it| one(&it.region)),
        services: services.into_iter().collect(),
        principals: with("principal", &|it| one(&it.principal)),
        addresses: with("src.ip", &|it| one(&it.address)),
        resources: with("resource", &|it| it.resource.clone()),
        labels: Vec::new(),
    };
    let of = [&scope.accounts, &scope.principals, &scope.addresses, &scope.resources];
    let label = |value: &String| Some(format!("{value}: {}", names.label(value)?));
    scope.labels = of.into_iter().flatten().filter_map(label).collect();
    scope
}

/// What others can look for: addresses that are not private and access keys of alarms that count.
pub(super) fn indicators(alarms: &[Alarm]) -> Vec<Indicator> {
    let mut found: Vec<Indicator> = Vec::new();
    for alarm in alarms.iter().filter(|alarm| counts(alarm)) {
        let values = |field: &str| alarm.entities.get(field).into_iter().flatten();
        let addresses = values("src.ip").filter(|it| is_public(it));
        let addresses = addresses.map(|value| (IndicatorKind::Address, value));
        let keys = values("key").map(|value| (IndicatorKind::AccessKey, value));
        for (kind, value) in addresses.chain(keys) {
            let known = found.iter_mut().find(|it| it.kind == kind && it.value == *value);
            match known {
                Some(known) => {
                    known.first = earlier(known.first, alarm.first);
                    known.last = later(known.last, alarm.last);
                }
                None => found.push(Indicator {
                    kind,
                    value: value.clone(),
                    remark: Some(format!("of the alarm {}", alarm.title())),
                    first: alarm.first,
                    last: alarm.last,
                }),
            }
        }
    }
    found.sort_by(|one, other| (one.kind, &one.value).cmp(&(other.kind, &other.value)));
    found
}

fn earlier(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    one.into_iter().chain(other).min_by_key(|time| time.at)
}

fn later(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    one.into_iter().chain(other).max_by_key(|time| time.at)
}

/// Whether somebody elsewhere may look for it: it is no private, local or unspecified address.
fn is_public(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(it)) => {
            !(it.is_private() || it.is_loopback() || it.is_link_local() || it.is_unspecified())
        }
        Ok(IpAddr::V6(it)) => {
            !(it.is_loopback()
                || it.is_unspecified()
                || it.is_unique_local()
                || it.is_unicast_link_local())
        }
        Err(_) => false,
    }
}
