//! One item of a bill, whichever report it stands in, into one event.

use super::region;
#[allow(clippy::wildcard_imports, reason = "the slots of thirty fields")]
use super::*;
use crate::event::{Class, Outcome, Row, Time, Value};
use crate::format::clock;
use crate::format::members::{Scalar, put};
use crate::format::{put_class, put_outcome};
use std::borrow::Cow;

/// What a column or a member is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Skip,
    Put(usize),
    /// Into a field that was learned from a header: a tag, or what is not known.
    Own(usize),
    /// Kept aside, for what depends on several.
    Part(Part),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Start,
    End,
    Interval,
    UsageType,
    Zone,
    Region,
    Resource,
    CreatedBy,
    Operation,
    Kind,
    Account,
    Payer,
    Product,
    ProductName,
    Quantity,
    Details,
    Tags,
}

/// How many there are.
const PARTS: usize = Part::Tags as usize + 1;

/// What was kept aside of one item.
#[derive(Default)]
pub(super) struct Item<'a>([Cow<'a, str>; PARTS]);

impl<'a> Item<'a> {
    pub(super) fn keep(&mut self, part: Part, text: Cow<'a, str>) {
        if !text.is_empty() {
            self.0[part as usize] = text;
        }
    }

    fn part(&self, part: Part) -> &str {
        &self.0[part as usize]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|part| part.is_empty())
    }

    /// When it began, as far as it was read.
    pub(super) fn time(&self) -> Option<Time> {
        let (begin, _) = self.part(Part::Interval).split_once('/').unwrap_or(("", ""));
        [self.part(Part::Start), begin].into_iter().find_map(instant)
    }

    pub(super) fn put(&self, row: &mut dyn Row) {
        if let Some(time) = self.time() {
            row.time(time);
        }
        let (_, end) = self.part(Part::Interval).split_once('/').unwrap_or(("", ""));
        if let Some(time) = [self.part(Part::End), end].into_iter().find_map(instant) {
            row.put(TIME_END, Value::Time(time));
        }
        let (kind, payer) = (self.part(Part::Kind), self.part(Part::Payer));
        let or = |part: Part, other| {
            Some(self.part(part)).filter(|text| !text.is_empty()).unwrap_or(other)
        };
        let name = match self.part(Part::ProductName) {
            "" => member(self.part(Part::Details), &["product_name"]),
            name => name.to_owned(),
        };
        for (slot, text) in [
            (EVENT, or(Part::Operation, kind)),
            (EVENT_SOURCE, or(Part::Product, &name)),
            (PRODUCT, &name),
            (TYPE, kind),
            (PAYER, payer),
            (ACCOUNT, or(Part::Account, payer)),
            (USAGE_TYPE, self.part(Part::UsageType)),
            (ZONE, self.part(Part::Zone)),
            (QUANTITY, self.part(Part::Quantity)),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(text));
        }
        if let Some(region) = self.region() {
            row.put(REGION, Value::Str(region));
        }
        self.put_resource(row);
        self.put_bytes(row);
        self.put_tags(row);
        put_class(row, CLASS, Class::Cost);
        put_outcome(row, OUTCOME, Outcome::Unknown);
    }

    fn region(&self) -> Option<&str> {
        Some(self.part(Part::Region))
            .filter(|region| !region.is_empty())
            .or_else(|| region::of_zone(self.part(Part::Zone)))
            .or_else(|| region::of_arn(self.part(Part::Resource)))
            .or_else(|| {
                let product =
                    [Part::Product, Part::ProductName].map(|part| self.part(part)).join(" ");
                region::of_usage(self.part(Part::UsageType), &product)
            })
    }

    fn put_resource(&self, row: &mut dyn Row) {
        let resource = self.part(Part::Resource);
        if resource.is_empty() {
            return;
        }
        row.put(RESOURCE, Value::Str(resource));
        let id = resource.rsplit(['/', ':']).next().unwrap_or(resource);
        if id.starts_with("i-") {
            row.put(INSTANCE, Value::Str(id));
        } else if id.starts_with("eni-") {
            row.put(INTERFACE, Value::Str(id));
        }
    }

    /// What was transferred is counted in GB of 2^30 bytes.
    fn put_bytes(&self, row: &mut dyn Row) {
        let usage = self.part(Part::UsageType);
        let slot = if usage.ends_with("-In-Bytes") {
            BYTES_IN
        } else if usage.ends_with("-Out-Bytes") {
            BYTES_OUT
        } else {
            return;
        };
        let quantity = self.part(Part::Quantity).parse::<f64>().ok();
        if let Some(gigabytes) = quantity.filter(|quantity| (0.0..8e9).contains(quantity)) {
            row.put(slot, Value::Int((gigabytes * f64::from(1 << 30)).round() as i64));
        }
    }

    fn put_tags(&self, row: &mut dyn Row) {
        let tags = self.part(Part::Tags);
        // Older reports have neither.
        for (slot, text) in [(TAGS, tags), (DETAILS, self.part(Part::Details))] {
            if !is_nothing(text) {
                row.put(slot, Value::Str(text));
            }
        }
        match self.part(Part::CreatedBy) {
            "" => put_maker(row, &member(tags, &["aws:createdBy", "aws_created_by"])),
            maker => put_maker(row, maker),
        }
    }
}

/// Whether a cell says nothing: it is empty, or so is the object in it.
pub(super) fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "{}")
}

/// The first of these members of an object that stands as JSON in one text.
fn member(text: &str, names: &[&str]) -> String {
    if !names.iter().any(|name| text.contains(name)) {
        return String::new();
    }
    let members: std::collections::BTreeMap<String, String> =
        serde_json::from_str(text).unwrap_or_default();
    names.iter().find_map(|name| members.get(*name).cloned()).unwrap_or_default()
}

/// `AssumedRole:AROA…:session`, `IAMUser:AIDA…:name`, `Root:…`, `FederatedUser:…`
fn put_maker(row: &mut dyn Row, maker: &str) {
    if maker.is_empty() {
        return;
    }
    row.put(PRINCIPAL, Value::Str(maker));
    let (kind, id) = maker.split_once(':').unwrap_or((maker, ""));
    let (kind, id, session) = match kind {
        "AssumedRole" => {
            ("assumed_role", id, id.split_once(':').map_or("", |(_, session)| session))
        }
        "IAMUser" => ("iam_user", id.split(':').next().unwrap_or(id), ""),
        "Root" => ("root", id, ""),
        "FederatedUser" => ("federated_user", id, ""),
        _ => return,
    };
    for (slot, text) in [(PRINCIPAL_KIND, kind), (PRINCIPAL_ID, id), (SESSION, session)] {
        put(row, &FIELDS[slot], slot, Scalar::Text(text));
    }
}

/// All of them are UTC.
fn instant(text: &str) -> Option<Time> {
    if text.is_empty() {
        return None;
    }
    Time::parse_rfc3339(text)
        // The monthly report has `2026/03/01 00:00:00`.
        .or_else(|| {
            clock::iso(text).or_else(|| clock::slashed(text)).map(|(it, _)| it.is_utc().time(0))
        })
        .or_else(|| clock::epoch(text))
}
