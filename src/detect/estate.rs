//! What is ours, as its owner says it in `estate.toml`: accounts, networks and buckets, what nobody
//! may touch, names for what is known, and how sharp detectors are. All of it may be left out.

use super::detectors::{DETECTORS, Detector};
use super::names::Names;
use crate::event::document::{Document, Problem, Table, Value};
use crate::event::network::Network;
use crate::query::Sought;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// A file of this is read with [`Estate::read`]; the default knows nothing.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    accounts: BTreeSet<String>,
    networks: Vec<String>,
    within: Sought,
    buckets: Vec<String>,
    in_buckets: Sought,
    canaries: Vec<String>,
    indicators: Vec<String>,
    /// By detector and parameter; what is not here has its default.
    parameters: BTreeMap<(&'static str, &'static str), f64>,
    names: Arc<Names>,
}

const KEYS: [&str; 7] =
    ["accounts", "networks", "buckets", "canaries", "indicators", "detectors", "names"];

impl Estate {
    /// Reads a file; `file` is what people call it.
    ///
    /// # Errors
    /// Every mistake in it, each with line and column; nothing of the file counts then.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let (mut document, table) = Document::parse(file, text);
        document.only(&table, &KEYS);
        let mut estate = Self::default();
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        let accounts = texts(&mut document, &table, "accounts", |text| {
            (!is_account(text)).then_some("is no account: it has 12 digits")
        });
        estate.accounts = accounts.into_iter().collect();
        estate.networks = texts(&mut document, &table, "networks", |text| {
            let wrong = Network::parse(text).is_err();
            wrong.then_some("is no network, such as 10.0.0.0/8")
        });
        estate.within = Sought::new(estate.networks.iter().map(String::as_str));
        estate.buckets = texts(&mut document, &table, "buckets", anything);
        estate.in_buckets = Sought::new(estate.buckets.iter().map(String::as_str));
        estate.canaries = texts(&mut document, &table, "canaries", anything);
        estate.indicators = texts(&mut document, &table, "indicators", |text| {
            text.trim().is_empty().then_some("is no file")
        });
        if let Some(value) = table.get("detectors") {
            estate.sharpen(&mut document, value);
        }
        if let Some(value) = table.get("names") {
            estate.names = Arc::new(Names::read(&mut document, value));
        }
        let problems = document.finish();
        if problems.is_empty() { Ok(estate) } else { Err(problems) }
    }

    /// Reads `[detectors.ID]`.
    fn sharpen<'t>(&mut self, document: &mut Document<'t>, value: &Value<'t>) {
        let Some(all) = document.table(value) else { return };
        let known: Vec<&str> = DETECTORS.iter().map(|detector| detector.id).collect();
        document.only(all, &known);
        for (key, value) in all {
            let is = |detector: &&Detector| detector.id == key.get_ref().as_ref();
            let Some(detector) = DETECTORS.iter().find(is) else { continue };
            let Some(said) = document.table(value) else { continue };
            let names: Vec<&str> = detector.parameters.iter().map(|one| one.name).collect();
            document.only(said, &names);
            for parameter in detector.parameters {
                let Some(value) = said.get(parameter.name) else { continue };
                let number = document.amount(value, parameter.from, parameter.to);
                let at = (detector.id, parameter.name);
                self.parameters.extend(number.map(|number| (at, number)));
            }
        }
    }

    /// The accounts that are ours.
    pub fn accounts(&self) -> &BTreeSet<String> {
        &self.accounts
    }

    pub fn is_own_account(&self, account: &str) -> bool {
        self.accounts.contains(account)
    }

    /// The networks that are ours.
    pub fn networks(&self) -> &[String] {
        &self.networks
    }

    pub fn is_own_address(&self, address: IpAddr) -> bool {
        self.within.holds_address(address)
    }

    /// The buckets that are ours, with `*`.
    pub fn buckets(&self) -> &[String] {
        &self.buckets
    }

    pub fn is_own_bucket(&self, bucket: &str) -> bool {
        self.in_buckets.holds(bucket)
    }

    /// What nobody has a reason to touch, as a filter writes values.
    pub fn canaries(&self) -> &[String] {
        &self.canaries
    }

    /// Files of indicators, as the file names them.
    pub fn indicators(&self) -> &[String] {
        &self.indicators
    }

    /// How a detector is set; its default, if nothing else is said. 0 of what there is not.
    pub fn parameter(&self, detector: &str, name: &str) -> f64 {
        let said = self.parameters.iter().find(|((of, one), _)| *of == detector && *one == name);
        let by_default = || {
            let detector = DETECTORS.iter().find(|one| one.id == detector)?;
            detector.parameters.iter().find(|one| one.name == name)
        };
        said.map_or_else(|| by_default().map_or(0.0, |one| one.default), |(_, number)| *number)
    }

    /// What its owner calls what is known.
    pub fn names(&self) -> &Arc<Names> {
        &self.names
    }
}

pub(super) fn anything(text: &str) -> Option<&'static str> {
    text.trim_matches(['*', ' ']).is_empty().then_some("is everything, or nothing")
}

/// The texts of a list; `wrong` says what is wrong with one.
fn texts<'t>(
    document: &mut Document<'t>,
    table: &Table<'t>,
    key: &str,
    wrong: impl Fn(&str) -> Option<&'static str>,
) -> Vec<String> {
    let items = table.get(key).and_then(|value| document.array(value)).unwrap_or_default();
    let mut found = Vec::new();
    for item in items {
        let Some(text) = document.string(item).map(str::to_owned) else { continue };
        match wrong(&text) {
            Some(why) => document.error(item.span(), format!("{text:?} {why}")),
            None => found.push(text),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
accounts = ["111122223333"]
networks = ["10.0.0.0/8", "2001:db8::/32"]
buckets = ["acme-*"]
canaries = ["AKIAIOSFODNN7EXAMPLE", "arn:aws:s3:::acme-canary/*"]
indicators = ["lists/bad-addresses.txt"]

[detectors.request-rate]
fast = 6

[names]
"111122223333" = { label = "production", class = "prod" }
"#;

    #[test]
    fn it_says_what_is_ours_and_what_it_is_called() {
        let estate = Estate::read("estate.toml", TEXT).unwrap();
        assert!(estate.is_own_account("111122223333") && !estate.is_own_account("444455556666"));
        for (address, own) in [("10.1.2.3", true), ("2001:db8::1", true), ("203.0.113.9", false)] {
            assert_eq!(estate.is_own_address(address.parse().unwrap()), own, "{address}");
        }
        assert!(estate.is_own_bucket("acme-logs") && !estate.is_own_bucket("other-logs"));
        assert_eq!(estate.canaries().len(), 2);
        assert_eq!(estate.indicators(), ["lists/bad-addresses.txt"]);
        assert_eq!(estate.names().of("111122223333").unwrap().label, "production");
        let set = |name| estate.parameter("request-rate", name).to_string();
        assert_eq!([set("fast"), set("slow"), set("none")], ["6", "26", "0"]);
        assert!(Estate::read("estate.toml", "").unwrap().accounts().is_empty());
    }

    #[test]
    fn mistakes_have_a_place() {
        let told = |text: &str| match Estate::read("e.toml", text) {
            Ok(_) => panic!("{text}"),
            Err(problems) => {
                problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            }
        };
        for (text, wanted) in [
            ("acounts = []", "e.toml:1:1  unknown key \"acounts\"; did you mean \"accounts\"?"),
            ("accounts = [\"12\"]", "e.toml:1:13  \"12\" is no account: it has 12 digits"),
            ("accounts = 1", "a list is wanted here, not a number"),
            ("networks = [\"10.0.0.0/8\", \"x\"]", "e.toml:1:27  \"x\" is no network"),
            ("canaries = [\"*\"]", "\"*\" is everything, or nothing"),
            ("[detectors.request-rat]", "did you mean \"request-rate\"?"),
            ("[detectors.request-rate]\nfst = 1", "did you mean \"fast\"?"),
            ("[detectors.request-rate]\nfast = 0", "e.toml:2:8  0 is not in"),
            ("[detectors.request-rate]\nfast = \"x\"", "a number is wanted here, not text"),
            ("[names]\na = { class = \"x\" }", "e.toml:2:5  a name needs a `label`"),
            ("names = [", "e.toml:1:"),
        ] {
            assert!(told(text).contains(wanted), "{text}: {}", told(text));
        }
    }
}
