//! The record as events of OCSF 1.5.0, one a line: an Incident Finding (class 2005), then a Detection
//! Finding (class 2004, profile `incident`) for each alarm.
//!
//! `type_uid` is class × 100 + activity. Two of our verdicts are one there; `status_detail` has ours
//! with the reason. What OCSF has no member for is in `unmapped`.

use super::moment::millis;
use super::text::json_line;
use super::{Alarm, Exhibit, Incident, IndicatorKind, Note, Status, Written, patterns};
use crate::event::{Verdict, counted};
use serde_json::{Map, Value, json};

const VERSION: &str = "1.5.0";

/// Exhibits that one finding brings as evidence: takers have limits on the size of an event.
const EVIDENCES: usize = 200;

pub(super) fn write(incident: &Incident) -> Written {
    let mut left_out = Vec::new();
    let time = incident.times.detected.or(incident.began());
    if time.is_none() {
        left_out.push("when it was opened: it is not stated, and `time` is 0 there".to_owned());
    }
    let time = time.map_or(0, millis);
    let many = incident.alarms.iter().map(|alarm| alarm.exhibits.len().saturating_sub(EVIDENCES));
    let many: usize = many.sum();
    if many > 0 {
        let evidences = counted(many as u64, "evidence", "evidences");
        left_out.push(format!("{evidences} of alarms; the exhibits are in `unmapped`"));
    }
    let raw = incident.exhibits.iter().filter(|exhibit| exhibit.raw.is_some()).count();
    if raw > 0 {
        left_out.push(format!("the bytes of {}", counted(raw as u64, "record", "records")));
    }
    let mut text = json_line(&finding(incident, time, &left_out));
    for alarm in &incident.alarms {
        text.push_str(&json_line(&detection(incident, alarm, time)));
    }
    Written { bytes: text.into_bytes(), left_out }
}

/// An event; what is null is not there.
fn event(members: Value) -> Value {
    let Value::Object(mut members) = members else { return members };
    members.retain(|_, value| {
        !value.is_null() && value.as_array().is_none_or(|values| !values.is_empty())
    });
    Value::Object(members)
}

/// What every finding begins with.
fn base(
    incident: &Incident,
    class: (u32, &str),
    activity: (u32, &str),
    time: i64,
) -> Map<String, Value> {
    let base = json!({
        "activity_id": activity.0,
        "activity_name": activity.1,
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": class.0,
        "class_name": class.1,
        "type_uid": class.0 * 100 + activity.0,
        "type_name": format!("{}: {}", class.1, activity.1),
        "time": time,
        "timezone_offset": 0,
        "metadata": event(json!({
            "version": VERSION,
            "product": {
                "name": incident.tool.name,
                "vendor_name": "trailcase",
                "version": incident.tool.version,
            },
            "profiles": (class.0 == 2004).then(|| json!(["incident"])),
            "logged_time": incident.as_of.map(millis),
            "correlation_uid": incident.uid(),
        })),
    });
    match base {
        Value::Object(base) => base,
        _ => Map::new(),
    }
}

fn severity(severity: Option<super::Severity>) -> (u8, &'static str) {
    severity.map_or((0, "Unknown"), super::Severity::ocsf)
}

/// Our verdict with its reason: two of ours are one of OCSF's.
fn detail(verdict: Option<Verdict>, reason: Option<&String>) -> Option<String> {
    let verdict = verdict.map(|verdict| verdict.to_string());
    let parts: Vec<String> = verdict.into_iter().chain(reason.cloned()).collect();
    if parts.is_empty() { None } else { Some(parts.join(": ")) }
}

fn finding(incident: &Incident, time: i64, left_out: &[String]) -> Value {
    let closed = incident.status == Some(Status::Closed);
    let activity = if closed { (3, "Close") } else { (1, "Create") };
    let mut event_ = base(incident, (2005, "Incident Finding"), activity, time);
    let (severity_id, severity) = severity(incident.severity);
    let (status_id, status) = incident.status.map_or((0, "Unknown"), Status::ocsf);
    let verdict = incident.verdict.map(Verdict::ocsf);
    let times = || incident.exhibits.iter().filter_map(|exhibit| exhibit.time).map(millis);
    let more = json!({
        "message": incident.heading(),
        "desc": incident.summary,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "status_detail": detail(incident.verdict, incident.reason.as_ref()),
        "verdict_id": verdict.map(|it| it.0),
        "verdict": verdict.map(|it| it.1),
        "start_time": times().min(),
        "end_time": times().max(),
        "finding_info_list": infos(incident),
        "comment": comment(&incident.notes),
        "observables": observables(incident),
        "unmapped": unmapped(incident, left_out),
    });
    if let Value::Object(more) = more {
        event_.extend(more);
    }
    let (name, who) = assignee(incident);
    event_.insert(name.to_owned(), who);
    event(Value::Object(event_))
}

/// Who leads, or the group of whom nothing is known: one of them is demanded.
fn assignee(incident: &Incident) -> (&'static str, Value) {
    let leads = |person: &&super::Person| {
        person.role.as_ref().is_some_and(|role| role.to_ascii_lowercase().contains("lead"))
    };
    let person = incident.people.iter().find(leads).or(incident.people.first());
    match person {
        Some(person) => ("assignee", json!({ "name": person.name })),
        None => ("assignee_group", json!({ "name": "not stated" })),
    }
}

/// The findings that the incident is made of; without alarms, itself.
fn infos(incident: &Incident) -> Vec<Value> {
    if incident.alarms.is_empty() {
        return vec![json!({ "uid": incident.uid(), "title": incident.heading() })];
    }
    incident.alarms.iter().map(info).collect()
}

fn info(alarm: &Alarm) -> Value {
    let rule = &alarm.rule;
    let owed: Vec<String> = [("author", &rule.author), ("licence", &rule.licence)]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)))
        .collect();
    let analytic = event(json!({
        "type_id": 1,
        "type": "Rule",
        "name": alarm.title(),
        "uid": rule.id,
        "version": rule.version,
        "desc": if owed.is_empty() { None } else { Some(owed.join("; ")) },
    }));
    event(json!({
        "uid": alarm.fingerprint,
        "title": alarm.title(),
        "desc": alarm.why,
        "analytic": analytic,
        "first_seen_time": alarm.first.map(millis),
        "last_seen_time": alarm.last.map(millis),
        "related_events_count": alarm.count,
    }))
}

fn comment(notes: &[Note]) -> Option<String> {
    let texts: Vec<String> = notes
        .iter()
        .map(|note| match &note.who {
            Some(who) => format!("{who}: {}", note.text),
            None => note.text.clone(),
        })
        .collect();
    if texts.is_empty() { None } else { Some(texts.join("\n")) }
}

fn detection(incident: &Incident, alarm: &Alarm, opened: i64) -> Value {
    let mut event_ = base(incident, (2004, "Detection Finding"), (1, "Create"), opened);
    let (severity_id, severity) = severity(alarm.severity);
    let (status_id, status) = match alarm.state.as_deref() {
        Some("new") => (1, "New"),
        Some("suppressed") => (3, "Suppressed"),
        Some("closed" | "merged") => (4, "Resolved"),
        Some(_) => (2, "In Progress"),
        None => (0, "Unknown"),
    };
    let verdict = alarm.verdict.map(Verdict::ocsf);
    let left = alarm.exhibits.len().saturating_sub(EVIDENCES);
    let exhibits = alarm.exhibits.iter().take(EVIDENCES).filter_map(|number| {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        Some((number, incident.exhibits.get(at)?))
    });
    let resources = alarm.entities.get("resource").map(Vec::as_slice).unwrap_or_default();
    let more = json!({
        "time": alarm.first.map_or(opened, millis),
        "start_time": alarm.first.map(millis),
        "end_time": alarm.last.map(millis),
        "count": alarm.count,
        "is_alert": true,
        "message": alarm.title(),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "status_detail": detail(alarm.verdict, alarm.reason.as_ref()),
        "verdict_id": verdict.map(|it| it.0),
        "verdict": verdict.map(|it| it.1),
        "assignee": alarm.who.as_ref().map(|who| json!({ "name": who })),
        "finding_info": info(alarm),
        "comment": comment(&alarm.notes),
        "evidences": exhibits.map(|(number, it)| evidence(*number, it)).collect::<Vec<_>>(),
        "resources": resources.iter().map(|it| json!({ "uid": it })).collect::<Vec<_>>(),
        "unmapped": event(json!({
            "alarm": alarm,
            "evidences_left_out": (left > 0).then_some(left),
        })),
    });
    if let Value::Object(more) = more {
        event_.extend(more);
    }
    event(Value::Object(event_))
}

fn evidence(number: u64, it: &Exhibit) -> Value {
    let address = it.address.as_deref().filter(|text| is_address(text));
    event(json!({
        "name": format!("E{number}"),
        "uid": it.record_sha256,
        "api": it.event.as_ref().map(|event| json!({ "operation": event })),
        "actor": it.principal.as_ref().map(|name| json!({ "user": { "name": name } })),
        "src_endpoint": address.map(|address| json!({ "ip": address })),
        "data": place(it),
    }))
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

/// The exhibit without its bytes.
fn place(it: &Exhibit) -> Value {
    json!(Exhibit { raw: None, ..it.clone() })
}

fn observables(incident: &Incident) -> Vec<Value> {
    let indicators = incident.indicators.iter().map(|it| {
        let (id, name) = match it.kind {
            IndicatorKind::Address if is_address(&it.value) => (2, "IP Address"),
            IndicatorKind::Address if patterns::address(&it.value).is_some() => (12, "Subnet"),
            IndicatorKind::Domain => (1, "Hostname"),
            IndicatorKind::Url => (6, "URL String"),
            IndicatorKind::Email => (5, "Email Address"),
            IndicatorKind::Sha256 => (8, "Hash"),
            IndicatorKind::Principal => (4, "User Name"),
            IndicatorKind::AccessKey => (19, "User Credential ID"),
            IndicatorKind::UserAgent => (16, "HTTP User-Agent"),
            IndicatorKind::Resource => (10, "Resource UID"),
            IndicatorKind::Address | IndicatorKind::Other => (99, "Other"),
        };
        json!({ "name": it.kind, "type_id": id, "type": name, "value": it.value })
    });
    indicators.collect()
}

/// What OCSF 1.5 has no member for, and where the whole of it is.
fn unmapped(incident: &Incident, left_out: &[String]) -> Value {
    event(json!({
        "number": incident.number,
        "tlp": incident.tlp.map(super::Tlp::label),
        "status": incident.status,
        "indicators": incident.indicators,
        "suppressions": incident.suppressions,
        "undecided": (incident.undecided.total > 0).then_some(&incident.undecided),
        "notes": incident.notes,
        "left_out": left_out,
        "people": incident.people,
        "times": incident.times,
        "scope": incident.scope,
        "actions": incident.actions,
        "lessons": incident.lessons,
        "notification": incident.notification,
        "evidence": incident.evidence,
        "coverage": incident.coverage,
        "queries": incident.queries,
        "clocks": incident.clocks,
        "workspace": incident.workspace,
        "scrub": incident.scrub,
        "exhibits": incident.exhibits.iter().map(place).collect::<Vec<_>>(),
    }))
}
