//! The body of `CreateCase` of AWS Security Incident Response, as `aws security-ir create-case
//! --cli-input-json` takes it.
//!
//! Limits are those of the service's model: `title` 300, `description` 8,000 characters, 200
//! accounts, 200 addresses, 600 services, 50 Regions, 30 watchers (`name`, `jobTitle` 50). What the
//! service would refuse (an account of other than 12 digits, a Region it does not know) is left
//! out and said.

use super::defang;
use super::digest::{self, Shares};
use super::room::{Sheet, cut};
use super::text::{json_pretty, line};
use super::{Incident, IndicatorKind, Written};
use crate::event::counted;
use serde_json::{Map, Value, json};
use std::net::IpAddr;

const TITLE: usize = 300;
const DESCRIPTION: usize = 8000;

const SHARES: Shares = Shares { summary: 2000, note: 500, values: 20, exhibits: 20 };

/// Regions that the service's model lists (2025-07).
const REGIONS: [&str; 36] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

pub(super) fn write(incident: &Incident) -> Written {
    let untold = digest::untold(incident);
    let mut sheet = Sheet::new(DESCRIPTION, untold.line());
    digest::write(incident, SHARES, &mut sheet);
    let (text, mut left_out) = sheet.end();
    left_out.extend(untold.each());
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
    set("resolverType", json!("Self"));
    set("title", json!(cut(&defang::line(&incident.heading()), TITLE).0));
    set("description", json!(text));
    set("engagementType", json!("Security Incident"));
    match incident.began() {
        Some(at) => {
            set("reportedIncidentStartDate", json!(at.at.to_rfc3339(0)));
        }
        None => left_out.push(
            "reportedIncidentStartDate, without which the service takes no case: it is not stated"
                .to_owned(),
        ),
    }
    let accounts = &incident.scope.accounts;
    let (services_of, regions_of) = (&incident.scope.services, &incident.scope.regions);
    let (threats, all_threats) = addresses(incident);
    let lists: [(_, [&str; 2], _, _, _); 5] = [
        ("impactedAccounts", ["account", "accounts"], accounts_of(accounts), accounts.len(), 200),
        // Without an address for mail nobody can watch.
        ("watchers", ["person", "people"], watchers(incident), incident.people.len(), 30),
        ("threatActorIpAddresses", ["address", "addresses"], threats, all_threats, 200),
        (
            "impactedServices",
            ["service", "services"],
            services(services_of),
            services_of.len(),
            600,
        ),
        ("impactedAwsRegions", ["Region", "Regions"], regions(regions_of), regions_of.len(), 50),
    ];
    for (name, [one, many], mut values, of, most) in lists {
        values.truncate(most);
        if values.len() < of {
            let left = counted((of - values.len()) as u64, one, many);
            left_out.push(format!("{left} in {name}, of {of}"));
        }
        let needed = matches!(name, "impactedAccounts" | "watchers");
        if needed || !values.is_empty() {
            body.insert(name.to_owned(), Value::Array(values));
        }
    }
    Written { bytes: json_pretty(&Value::Object(body)).into_bytes(), left_out }
}

fn accounts_of(accounts: &[String]) -> Vec<Value> {
    let is_account = |text: &&String| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    accounts.iter().filter(is_account).map(|it| json!(it)).collect()
}

/// People who have an address for mail.
fn watchers(incident: &Incident) -> Vec<Value> {
    let watcher = |person: &super::Person| {
        let email = person.contact.as_deref().filter(|contact| is_email(contact))?;
        let mut watcher = Map::new();
        watcher.insert("email".to_owned(), json!(email));
        let named = [("name", Some(&person.name)), ("jobTitle", person.role.as_ref())];
        for (name, value) in named.into_iter().filter_map(|(name, it)| Some((name, it?))) {
            let value = cut(&line(value), 50).0;
            if !value.is_empty() {
                watcher.insert(name.to_owned(), json!(value));
            }
        }
        Some(Value::Object(watcher))
    };
    incident.people.iter().filter_map(watcher).collect()
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_ok = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    (6..=254).contains(&text.len())
        && !local.is_empty()
        && local.chars().all(local_ok)
        && domain.split('.').all(part)
}

/// Addresses of the one who did it: the indicators, with how many of them there are.
fn addresses(incident: &Incident) -> (Vec<Value>, usize) {
    let all: Vec<&str> = incident
        .indicators
        .iter()
        .filter(|it| it.kind == IndicatorKind::Address)
        .map(|it| it.value.as_str())
        .collect();
    let known = all.iter().filter_map(|text| text.parse().ok()).map(|address: IpAddr| {
        // The model knows addresses of version 6 in full and in upper case alone.
        let text = match address {
            IpAddr::V4(it) => it.to_string(),
            IpAddr::V6(it) => it.segments().map(|part| format!("{part:X}")).join(":"),
        };
        json!({ "ipAddress": text })
    });
    (known.collect(), all.len())
}

fn services(services: &[String]) -> Vec<Value> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " -.():".contains(c);
    let is_service = |text: &&String| (2..=50).contains(&text.len()) && text.chars().all(allowed);
    services.iter().filter(is_service).map(|it| json!(it)).collect()
}

fn regions(regions: &[String]) -> Vec<Value> {
    let known = regions.iter().filter(|it| REGIONS.contains(&it.as_str()));
    known.map(|it| json!({ "region": it })).collect()
}
