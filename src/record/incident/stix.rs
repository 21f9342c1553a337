//! The record as a bundle of STIX 2.1 (OASIS Standard): the incident, who reports it, what was
//! observed, indicators, and notes.
//!
//! Everything has an identifier of version 5, so that the same incident gives the same bundle:
//! observables by the standard's own rule (section 2.9), the rest in a namespace of ours. `incident`
//! is little more than a name in 2.1; the rest is told in notes. TLP 2.0 has the identifiers that
//! OASIS published for it.

mod said;

use super::digest::{moment, state};
use super::left::untold;
use super::uuid::{self, OBSERVABLES, Uuid};
use super::{Alarm, Exhibit, Incident, IndicatorKind, Tlp, Written, patterns};
use crate::event::{Time, Timestamp, counted};
use crate::shown::spelled;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What has a place in a bundle; `evidence` has none that would not be an object for each file.
const TELLS: [&str; 28] = [
    "number",
    "title",
    "severity",
    "tlp",
    "status",
    "verdict",
    "reason",
    "people",
    "times",
    "clocks",
    "summary",
    "scope",
    "exhibits",
    "indicators.kind",
    "indicators.value",
    "indicators.remark",
    "indicators.first",
    "alarms",
    "notes",
    "actions",
    "lessons",
    "notification",
    "coverage",
    "queries",
    "workspace",
    "tool",
    "as_of",
    "scrub",
];

pub(super) fn write(incident: &Incident) -> Written {
    let mut bundle = Bundle::new(incident);
    bundle.marking();
    bundle.identity();
    bundle.incident();
    for (nth, exhibit) in incident.exhibits.iter().enumerate() {
        bundle.observed(nth, exhibit);
    }
    bundle.indicators();
    for (nth, alarm) in incident.alarms.iter().enumerate() {
        bundle.alarm(nth, alarm);
    }
    for (nth, note) in incident.notes.iter().enumerate() {
        let refs = bundle.observations(&note.exhibits);
        let refs: Vec<&str> = refs.iter().map(String::as_str).collect();
        bundle.note(&format!("note:{nth}"), &said::note(note), &refs, note.at);
    }
    bundle.rest();
    bundle.end()
}

struct Bundle<'a> {
    incident: &'a Incident,
    namespace: Uuid,
    /// When things of which no time is stated count as made.
    made: Time,
    objects: Vec<Value>,
    /// Identifiers of what is there.
    seen: BTreeSet<String>,
    untimed: u64,
}

impl<'a> Bundle<'a> {
    fn new(incident: &'a Incident) -> Self {
        let made = incident.as_of.or(incident.began()).unwrap_or(Time::new(Timestamp(0), 3));
        let namespace = uuid::v5(&uuid::own(), &incident.uid());
        let (objects, seen) = (Vec::new(), BTreeSet::new());
        Self { incident, namespace, made, objects, seen, untimed: 0 }
    }

    fn id(&self, kind: &str, name: &str) -> String {
        format!("{kind}--{}", uuid::text(&uuid::v5(&self.namespace, &format!("{kind}:{name}"))))
    }

    /// Adds an object of ours; members that are null are left away. Gives its identifier.
    fn add(&mut self, kind: &str, name: &str, at: Option<Time>, members: Value) -> String {
        let id = self.id(kind, name);
        let made = stamp(at.unwrap_or(self.made));
        let mut object = Map::new();
        object.insert("type".to_owned(), json!(kind));
        object.insert("spec_version".to_owned(), json!("2.1"));
        object.insert("id".to_owned(), json!(id));
        if kind != "identity" {
            object.insert("created_by_ref".to_owned(), json!(self.id("identity", "reporter")));
        }
        object.insert("created".to_owned(), json!(made));
        object.insert("modified".to_owned(), json!(made));
        if let Some(tlp) = self.incident.tlp {
            object.insert("object_marking_refs".to_owned(), json!([marking(tlp).0]));
        }
        if let Value::Object(members) = members {
            object.extend(members.into_iter().filter(|(_, value)| !value.is_null()));
        }
        self.objects.push(Value::Object(object));
        self.seen.insert(id.clone());
        id
    }

    /// Adds an observable, once. Its identifier is made of `by` alone.
    fn observable(&mut self, kind: &str, by: &Value, more: &Value) -> String {
        // Members in the order of their names, as RFC 8785 writes them.
        let id = format!("{kind}--{}", uuid::text(&uuid::v5(&OBSERVABLES, &by.to_string())));
        if self.seen.insert(id.clone()) {
            let mut object = json!({ "type": kind, "spec_version": "2.1", "id": id });
            for members in [by, more] {
                if let (Value::Object(object), Value::Object(members)) = (&mut object, members) {
                    object.extend(members.clone());
                }
            }
            self.objects.push(object);
        }
        id
    }

    fn marking(&mut self) {
        let Some(tlp) = self.incident.tlp else { return };
        let (id, level) = marking(tlp);
        self.objects.push(json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": id,
            "created": "2022-10-01T00:00:00.000Z",
            "name": tlp.label(),
            "extensions": {
                "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                    "extension_type": "property-extension",
                    "tlp_2_0": level,
                }
            }
        }));
    }

    fn identity(&mut self) {
        let workspace = self.incident.workspace.name.as_deref().unwrap_or("not stated");
        let tool = &self.incident.tool;
        let name = format!("{} {}, workspace {workspace}", tool.name, tool.version);
        let members = json!({ "name": name, "identity_class": "system" });
        self.add("identity", "reporter", None, members);
    }

    fn incident(&mut self) {
        let it = self.incident;
        let summary = it.summary.as_deref().unwrap_or("The summary is not stated.");
        let description = format!("{summary}\n\n{}", state(it));
        let references = json!([{ "source_name": "trailcase", "external_id": it.uid() }]);
        let members = json!({
            "name": it.heading(), "description": description, "external_references": references,
        });
        self.add("incident", "incident", it.times.detected, members);
    }

    fn observed(&mut self, nth: usize, it: &Exhibit) {
        let Some(time) = it.time else {
            self.untimed += 1;
            return;
        };
        let name = if it.object.is_empty() { "(no name)" } else { &it.object };
        let file = match it.sha256.as_deref().filter(|text| patterns::is_sha256(text)) {
            Some(sha256) => json!({ "hashes": { "SHA-256": sha256 }, "name": name }),
            None => json!({ "name": name }),
        };
        let mut refs = vec![self.observable("file", &file, &json!({}))];
        if let Some((is_v4, text)) = it.address.as_deref().and_then(patterns::address) {
            let kind = if is_v4 { "ipv4-addr" } else { "ipv6-addr" };
            refs.push(self.observable(kind, &json!({ "value": text }), &json!({})));
        }
        if let Some(principal) = it.principal.as_deref().filter(|text| !text.is_empty()) {
            refs.push(self.observable(
                "user-account",
                &json!({ "user_id": principal }),
                &json!({}),
            ));
        }
        let members = json!({
            "first_observed": stamp(time),
            "last_observed": stamp(time),
            "number_observed": 1,
            "object_refs": refs,
            "external_references": [{
                "source_name": "trailcase exhibit",
                "external_id": format!("E{}", nth + 1),
                "description": said::exhibit(it),
            }],
        });
        self.add("observed-data", &format!("E{}", nth + 1), Some(time), members);
    }

    fn indicators(&mut self) {
        for (nth, it) in self.incident.indicators.iter().enumerate() {
            let remark = it.remark.as_deref().unwrap_or("Of the incident.");
            let Some(pattern) = patterns::pattern(it.kind, &it.value) else {
                let text = format!("Indicator, {}: {}\n{remark}", it.kind, it.value);
                self.note(&format!("indicator:{nth}"), &text, &[], it.first);
                continue;
            };
            let types = match it.kind {
                IndicatorKind::Principal | IndicatorKind::AccessKey => json!(["compromised"]),
                _ => json!(["malicious-activity"]),
            };
            let members = json!({
                "name": format!("{}: {}", it.kind, it.value),
                "description": remark,
                "indicator_types": types,
                "pattern": pattern,
                "pattern_type": "stix",
                "valid_from": stamp(it.first.unwrap_or(self.made)),
            });
            let id = self.add("indicator", &nth.to_string(), None, members);
            let incident = self.id("incident", "incident");
            let members = json!({
                "relationship_type": "related-to", "source_ref": id, "target_ref": incident,
            });
            self.add("relationship", &nth.to_string(), None, members);
        }
    }

    fn alarm(&mut self, nth: usize, it: &Alarm) {
        let text = said::alarm(it);
        let name = format!("A{}", nth + 1);
        let observed = self.observations(&it.exhibits);
        let refs: Vec<&str> = observed.iter().map(String::as_str).collect();
        self.note(&name, &text, &refs, it.first);
        for (number, note) in it.notes.iter().enumerate() {
            let text = format!("Note on alarm {name} ({}): {}", it.title(), said::note(note));
            let refs = self.observations(&note.exhibits);
            let refs: Vec<&str> = refs.iter().map(String::as_str).collect();
            self.note(&format!("{name}:{number}"), &text, &refs, note.at);
        }
    }

    /// The identifiers of those of these exhibits that are in the bundle.
    fn observations(&self, exhibits: &[u64]) -> Vec<String> {
        let ids = exhibits.iter().map(|number| self.id("observed-data", &format!("E{number}")));
        ids.filter(|id| self.seen.contains(id)).collect()
    }

    /// A note on the incident and on these.
    fn note(&mut self, name: &str, text: &str, on: &[&str], at: Option<Time>) {
        let incident = self.id("incident", "incident");
        let refs: Vec<&str> = [incident.as_str()].into_iter().chain(on.iter().copied()).collect();
        let text = if text.is_empty() { "(empty)" } else { text };
        let members = json!({ "content": text, "object_refs": refs });
        self.add("note", name, at, members);
    }

    /// Actions, scope and lessons, as far as they are stated.
    fn rest(&mut self) {
        let it = self.incident;
        for (nth, action) in it.actions.iter().enumerate() {
            let who = action.who.as_deref().unwrap_or("not stated");
            let text = format!("Action by {who}, {}: {}", moment(action.at), action.what);
            self.note(&format!("action:{nth}"), &text, &[], action.at);
        }
        for (name, values) in it.scope.all() {
            if !values.is_empty() {
                let text = format!("Scope, {name}:\n{}", values.join("\n"));
                self.note(&format!("scope:{name}"), &text, &[], None);
            }
        }
        for (nth, lesson) in it.lessons.iter().enumerate() {
            self.note(&format!("lesson:{nth}"), &format!("Lesson: {lesson}"), &[], None);
        }
        let rest = [
            ("People", json!(it.people)),
            ("Times", json!(it.times)),
            ("Verdict", json!({ "verdict": it.verdict, "reason": it.reason })),
            ("Zones of times that name none", json!(it.clocks)),
            ("Who has to be told", json!(it.notification)),
            ("Coverage", json!(it.coverage)),
            ("Queries", json!(it.queries)),
            ("Workspace", json!(it.workspace)),
            ("Redacted", json!(it.scrub)),
        ];
        for (name, value) in rest {
            let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            if !is_empty {
                self.note(&format!("rest:{name}"), &format!("{name}: {value:#}"), &[], None);
            }
        }
    }

    fn end(mut self) -> Written {
        let mut left_out = Vec::new();
        if self.untimed > 0 {
            let exhibits = counted(self.untimed, "exhibit", "exhibits");
            left_out.push(format!("{exhibits} without a time"));
        }
        if self.incident.as_of.is_none() && self.incident.began().is_none() {
            left_out.push("as of when it is: no time is stated, and `created` is 1970".to_owned());
        }
        let raw = self.incident.exhibits.iter().filter(|it| it.raw.is_some()).count();
        if raw > 0 {
            left_out.push(format!("the bytes of {}", counted(raw as u64, "record", "records")));
        }
        left_out.extend(untold(self.incident, &TELLS).each());
        if !left_out.is_empty() {
            let said = format!("Left out here: {}; the JSON record has it.", left_out.join("; "));
            self.note("left-out", &said, &[], None);
        }
        let bundle = json!({
            "type": "bundle",
            "id": self.id("bundle", "bundle"),
            "objects": self.objects,
        });
        let text = format!("{}\n", spelled(format!("{bundle:#}")));
        Written { bytes: text.into_bytes(), left_out }
    }
}

/// Milliseconds, which `created` must have.
fn stamp(at: Time) -> String {
    at.at.to_rfc3339(3)
}

/// The identifier of the marking definition of TLP 2.0, and the level's word.
const fn marking(tlp: Tlp) -> (&'static str, &'static str) {
    match tlp {
        Tlp::Clear => ("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
        Tlp::Green => ("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
        Tlp::Amber => ("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
        Tlp::AmberStrict => {
            ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict")
        }
        Tlp::Red => ("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
    }
}
