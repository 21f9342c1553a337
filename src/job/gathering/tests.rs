use super::*;
use crate::case::{Entry, Facet, Step, Ticket, What};
use crate::detect::{Estate, Known};
use crate::event::{Timestamp, Verdict};
use crate::record::incident::{IndicatorKind, Status, WRITERS};
use std::sync::Arc;

fn ticket(number: u64, address: &str) -> Arc<Ticket> {
    let one = |field: &str, value: &str| (field.to_owned(), vec![value.to_owned()]);
    Arc::new(Ticket {
        fingerprint: format!("f{number}"),
        rule: "root_used".to_owned(),
        title: format!("Alarm {number}"),
        author: "somebody".to_owned(),
        severity: "high".to_owned(),
        first: Some("2026-03-04T10:00:00Z".to_owned()),
        count: number,
        entities: [one("src.ip", address), one("key", "AKIAEXAMPLE"), one("account", "1")].into(),
        ..Ticket::default()
    })
}

fn fold(all: Vec<What>) -> CaseState {
    let entry = |(seq, what): (usize, What)| {
        let at = Timestamp(1_772_618_400 * Timestamp::SECOND + seq as i64);
        let (who, host) = ("anna".to_owned(), "bastion".to_owned());
        Arc::new(Entry { seq: seq as u64 + 1, at, who, host, what })
    };
    CaseState::fold(all.into_iter().enumerate().map(entry))
}

fn known() -> Known {
    let text = "[names]\n\"203.0.113.0/24\" = { label = \"a shop\", class = \"web\" }";
    let estate = Estate::read("estate.toml", text).unwrap();
    Known { names: Arc::clone(estate.names()), ..Known::default() }
}

fn gathered(state: &CaseState) -> Incident {
    let store = Store::new();
    gather(&Given {
        state,
        workspace: Workspace::default(),
        store: &store,
        sources: &[],
        zones: &Zones::default(),
        raised: &Raised { known: known(), ..Raised::default() },
        report: None,
        standings: &Standings::default(),
        changes: &Changes::default(),
        damage: &[],
        as_of: Some(Timestamp(0)),
    })
}

#[test]
fn what_was_decided_is_told_and_what_was_undone_is_not() {
    let say = |facet, text: &str| What::Incident { facet, text: text.to_owned() };
    let close = |verdict| Step::Close { verdict, reason: "seen with the owner".to_owned() };
    let state = fold(vec![
        say(Facet::Title, "Keys of alice abroad"),
        say(Facet::Status, "post-incident"),
        say(Facet::Action, "key switched off"),
        say(Facet::Action, "a mistake"),
        What::Undo { of: 4 },
        What::Triage { on: vec![ticket(1, "203.0.113.7")], step: close(Verdict::TpImpact) },
        What::Triage { on: vec![ticket(2, "203.0.113.8")], step: close(Verdict::FalsePositive) },
        What::Triage { on: vec![ticket(3, "10.0.0.8")], step: Step::Escalate },
        What::NoteAdd {
            note: 1,
            text: "the owner was on leave".to_owned(),
            on: Vec::new(),
            alarms: vec![ticket(1, "203.0.113.7")],
        },
    ]);
    let incident = gathered(&state);
    assert_eq!(incident.title.as_deref(), Some("Keys of alice abroad"));
    assert_eq!(incident.status, Some(Status::PostIncident));
    let actions: Vec<&str> = incident.actions.iter().map(|action| action.what.as_str()).collect();
    assert_eq!(actions, ["key switched off"]);
    assert_eq!(incident.actions[0].who.as_deref(), Some("anna"));
    assert_eq!(incident.alarms.len(), 3);
    assert_eq!(incident.alarms[0].reason.as_deref(), Some("seen with the owner"));
    assert_eq!(incident.verdict, Some(Verdict::TpImpact));
    let why = "by the verdicts on its alarms: 1 tp-impact, 1 false-positive, 1 not decided";
    assert_eq!(incident.reason.as_deref(), Some(why));
    let steps = |alarm: &crate::record::incident::Alarm| {
        [alarm.acknowledged, alarm.closed].map(|at| at.is_some())
    };
    assert_eq!(
        incident.alarms.iter().map(steps).collect::<Vec<_>>(),
        [[true, true], [true, true], [true, false]]
    );
    // What was a false alarm or is private is nothing to look for.
    let told: Vec<(IndicatorKind, &str)> =
        incident.indicators.iter().map(|it| (it.kind, it.value.as_str())).collect();
    let key = (IndicatorKind::AccessKey, "AKIAEXAMPLE");
    assert_eq!(told, [(IndicatorKind::Address, "203.0.113.7"), key]);
    assert_eq!(incident.scope.addresses, ["10.0.0.8", "203.0.113.7"]);
    assert_eq!(incident.scope.labels, ["203.0.113.7: a shop, class web"]);
    let nth = |time: Option<Time>| time.map(|time| time.at.0 % Timestamp::SECOND);
    assert_eq!(nth(incident.times.detected), Some(5), "the first step about an alarm");
    assert_eq!(nth(incident.times.acknowledged), Some(5));
    for writer in WRITERS {
        let written = (writer.write)(&incident);
        let text = String::from_utf8(written.bytes).unwrap();
        assert!(text.contains("the owner was on leave"), "{}: {text}", writer.id);
    }
}

#[test]
fn the_words_that_may_be_said_are_those_of_the_record() {
    use crate::record::incident::{Severity, Tlp};
    let words = Severity::ALL.iter().map(|word| (Facet::Severity, word.as_str()));
    let words = words.chain(Tlp::ALL.iter().map(|word| (Facet::Tlp, word.as_str())));
    for (facet, word) in words.chain(Status::ALL.iter().map(|word| (Facet::Status, word.as_str())))
    {
        assert_eq!(facet.checked(word).as_deref(), Ok(word));
    }
    assert!(Facet::Severity.checked("grave").is_err() && Facet::Occurred.checked("today").is_err());
    assert!(Facet::Number.checked("seven").is_err() && Facet::Title.checked(" a ").is_ok());
}

#[test]
fn that_nothing_happened_is_only_said_once_all_is_decided() {
    let close = |verdict| Step::Close { verdict, reason: "r".to_owned() };
    let of = |steps: Vec<Step>| {
        let all = (0..).zip(steps);
        let all = all.map(|(n, step)| What::Triage { on: vec![ticket(n, "203.0.113.7")], step });
        gathered(&fold(all.collect())).verdict
    };
    let (wrong, test) = (close(Verdict::FalsePositive), close(Verdict::Test));
    let unclear = close(Verdict::InsufficientData);
    assert_eq!(of(vec![]), None);
    assert_eq!(of(vec![wrong.clone(), Step::Ack]), None);
    assert_eq!(of(vec![wrong.clone(), test.clone()]), Some(Verdict::FalsePositive));
    assert_eq!(of(vec![wrong, unclear, test]), Some(Verdict::InsufficientData));
    let harmless = close(Verdict::TpNoImpact);
    assert_eq!(of(vec![harmless, Step::Ack]), Some(Verdict::TpNoImpact));
}
