//! The alarms of an incident: those that somebody decided about, with what they are about.

use super::{Given, exhibits};
use crate::case::{Kept, State, Step, VALUES, Version};
use crate::detect::Names;
use crate::event::{Inner, ObjectId, Time, Timestamp, Verdict, counted, grouped};
use crate::record::incident::{
    Alarm, Exhibit, Indicator, IndicatorKind, Note, Position, Rule, Scope, Severity, Times,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

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
    let told = known.kept().map(|kept| one(given, (kept, place(kept)), exhibits, objects));
    let mut all: Vec<Alarm> = told.collect();
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
    (kept, place): (&Kept, Option<usize>),
    exhibits: &[Exhibit],
    objects: &[Option<ObjectId>],
) -> Alarm {
    let work = given.state.work();
    let ticket = place.map_or(&kept.ticket, |place| &given.raised.told[place].ticket);
    let raised = place.and_then(|place| given.raised.alarms.get(place));
    let entities = raised.map(|alarm| {
        let all = alarm.entities.iter();
        all.map(|(field, values)| ((*field).to_owned(), values.clone())).collect()
    });
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let time = |text: &Option<String>| text.as_deref().and_then(Time::parse_rfc3339);
    let notes = kept.notes.iter().filter_map(|key| work.notes().get(key));
    let state = work.alarms().state(ticket, given.at());
    let positions = positions(given.state.disputed(&ticket.fingerprint));
    let last = kept.history.iter().rev().find(|said| !matches!(said.step, Step::Tick { .. }));
    Alarm {
        fingerprint: ticket.fingerprint.clone(),
        rule: Rule {
            id: some(&ticket.rule),
            version: some(&ticket.version),
            title: some(&ticket.title),
            author: some(&ticket.author),
            licence: some(&ticket.licence),
        },
        severity: Severity::parse(&ticket.severity),
        first: time(&ticket.first),
        last: time(&ticket.last),
        count: ticket.count,
        entities: entities.unwrap_or_else(|| ticket.entities.clone()),
        why: some(&ticket.why),
        state: Some(state.as_str().to_owned()),
        verdict: kept.verdict.as_ref().map(|(verdict, _)| *verdict),
        reason: kept.verdict.as_ref().map(|(_, reason)| reason.clone()),
        who: last.map(|said| said.who.clone()).or_else(|| kept.owner.clone()),
        at: last.map(|said| Time::new(said.at, 3)),
        acknowledged: kept.acknowledged().map(|at| Time::new(at, 3)),
        closed: kept.closed().map(|said| Time::new(said.at, 3)),
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
