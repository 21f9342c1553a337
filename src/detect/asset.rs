//! How much an asset matters and who can reach it, as its name says, and what comes first by that.
//!
//! Names of resources carry words by custom: `prod-int-payments` is a production system that is
//! reached from inside. A word counts only where it stands by itself. What the owner says of its class
//! counts before its tags, and they before its name.

use super::estate::Estate;
use super::names::Names;
use super::sigma::Level;
use super::tags::{About, Tags, about};
use crate::event::classes::words;
use crate::store::Snapshot;
use std::sync::Arc;

words! {
    /// How much harm comes from losing it.
    Sensitivity {
        High = "high",
        Medium = "medium",
        Low = "low",
    }
}

words! {
    /// From where it can be reached.
    Reachability {
        Internet = "internet",
        Internal = "internal",
        Isolated = "isolated",
    }
}

const SENSITIVE: [(Sensitivity, &[&str]); 3] = [
    (Sensitivity::Low, &["dev", "development", "test", "sandbox", "lab", "demo", "tmp", "poc"]),
    (Sensitivity::Medium, &["stage", "staging", "stg", "uat", "qa", "preprod", "nonprod"]),
    (
        Sensitivity::High,
        &[
            "prod",
            "production",
            "prd",
            "live",
            "payment",
            "payments",
            "pci",
            "pii",
            "customer",
            "customers",
            "billing",
            "secret",
            "secrets",
            "vault",
        ],
    ),
];

const REACHABLE: [(Reachability, &[&str]); 3] = [
    (
        Reachability::Internet,
        &["ext", "external", "public", "pub", "web", "www", "edge", "dmz", "internet", "cdn"],
    ),
    (Reachability::Internal, &["int", "internal", "private", "priv", "corp"]),
    (Reachability::Isolated, &["isolated", "mgmt", "management", "airgap", "offline"]),
];

/// What a tag about the worth of something says.
const WORTH: [(Sensitivity, &[&str]); 3] = [
    (Sensitivity::High, &["high", "critical", "confidential", "restricted", "sensitive", "secret"]),
    (Sensitivity::Medium, &["medium", "moderate", "internal", "private"]),
    (Sensitivity::Low, &["low", "public", "none"]),
];

/// What is known of assets beside their names.
#[derive(Debug, Default, Clone)]
pub struct Known {
    pub names: Arc<Names>,
    pub tags: Arc<Tags>,
}

impl Known {
    /// What the owner named, and the tags that visible events tell of.
    pub fn new(estate: Option<&Estate>, snapshot: &Snapshot) -> Self {
        let names = estate.map(|estate| Arc::clone(estate.names())).unwrap_or_default();
        Self { names, tags: Arc::new(Tags::of(snapshot)) }
    }
}

/// What is known of an asset, each with what says so: a word of its name, its class or a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub name: String,
    pub sensitivity: Option<(Sensitivity, String)>,
    pub reachability: Option<(Reachability, String)>,
}

impl Asset {
    /// `None` if nothing is known of it.
    pub fn of(name: &str, known: &Known) -> Option<Self> {
        let class = known.names.of(name).and_then(|named| named.class.as_deref());
        let tags: Vec<(&str, &str)> = known.tags.get(name).collect();
        let sensitivity = class
            .and_then(|class| said(&SENSITIVE, class).map(|(it, _)| (it, format!("class {class}"))))
            .or_else(|| tags.iter().find_map(|(tag, value)| worth(tag, value)))
            .or_else(|| said(&SENSITIVE, name));
        let reachability = class
            .and_then(|class| said(&REACHABLE, class).map(|(it, _)| (it, format!("class {class}"))))
            .or_else(|| tags.iter().find_map(|(tag, value)| place(tag, value)))
            .or_else(|| said(&REACHABLE, name));
        if sensitivity.is_none() && reachability.is_none() {
            return None;
        }
        Some(Self { name: name.to_owned(), sensitivity, reachability })
    }

    /// The cell of the grid, from 1 (first) to 5. What nothing says counts as the middle.
    ///
    /// ```text
    ///            internet  internal  isolated
    ///   high        1         2         3
    ///   medium      2         3         4
    ///   low         3         4         5
    /// ```
    pub fn cell(&self) -> u8 {
        let row = self.sensitivity.as_ref().map_or(1, |(it, _)| *it as u8);
        let column = self.reachability.as_ref().map_or(1, |(it, _)| *it as u8);
        1 + row + column
    }

    /// Such as `prod-int-payments: sensitivity high (prod), reached from internal (int)`.
    pub fn words(&self) -> String {
        let sensitivity = match &self.sensitivity {
            Some((it, word)) => format!("sensitivity {it} ({word})"),
            None => "sensitivity not known".to_owned(),
        };
        let reachability = match &self.reachability {
            Some((it, word)) => format!("reached from {it} ({word})"),
            None => "reachability not known".to_owned(),
        };
        format!("{}: {sensitivity}, {reachability}", self.name)
    }
}

/// The first kind of which there is a word; kinds that weaken another come before it, so that
/// `nonprod-live-test` is a test.
fn said<T: Copy>(kinds: &[(T, &[&str])], text: &str) -> Option<(T, String)> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect();
    kinds.iter().find_map(|(kind, known)| {
        let word = words.iter().find(|word| known.contains(&word.as_str()))?;
        Some((*kind, word.clone()))
    })
}

fn worth(tag: &str, value: &str) -> Option<(Sensitivity, String)> {
    let (it, _) = match about(tag)? {
        About::Place => said(&SENSITIVE, value),
        About::Worth => said(&WORTH, value),
    }?;
    Some((it, format!("tag {tag}={value}")))
}

fn place(tag: &str, value: &str) -> Option<(Reachability, String)> {
    let (it, _) = (about(tag)? == About::Place).then(|| said(&REACHABLE, value))??;
    Some((it, format!("tag {tag}={value}")))
}

/// What comes first, from 1 to 5: the cell of the asset's grid, or 3 without one, moved by how
/// grave the alarm is.
pub fn priority(level: Level, asset: Option<&Asset>) -> u8 {
    let cell = asset.map_or(3, Asset::cell);
    let moved = match level {
        Level::Critical => cell.saturating_sub(2),
        Level::High => cell.saturating_sub(1),
        Level::Medium => cell,
        Level::Low => cell + 1,
        Level::Informational => cell + 2,
    };
    moved.clamp(1, 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_how_much_an_asset_matters_and_who_reaches_it() {
        for (name, cell) in [
            ("prod-int-payments", 2),
            ("arn:aws:s3:::prod-public-site", 1),
            ("dev-isolated-build", 5),
            ("staging-web", 2),
            ("payments", 2),
            ("test-prod-copy", 4),
        ] {
            assert_eq!(
                Asset::of(name, &Known::default()).map(|asset| asset.cell()),
                Some(cell),
                "{name}"
            );
        }
        for name in ["product-catalogue", "alice", "", "arn:aws:iam::111122223333:user/webber"] {
            assert_eq!(Asset::of(name, &Known::default()), None, "{name}");
        }
        let told = Asset::of("prod-int-payments", &Known::default()).unwrap().words();
        assert_eq!(told, "prod-int-payments: sensitivity high (prod), reached from internal (int)");
    }

    #[test]
    fn what_its_owner_says_counts_before_its_name() {
        let text = "[names]\n\"111122223333\" = { label = \"shop\", class = \"prod web\" }\n\
                    \"dev-*\" = { label = \"copy\", class = \"internal\" }";
        let estate = Estate::read("estate.toml", text).unwrap();
        let known = Known { names: Arc::clone(estate.names()), ..Known::default() };
        let told = |name: &str| Asset::of(name, &known).map(|asset| asset.words());
        assert_eq!(
            told("111122223333").as_deref(),
            Some(
                "111122223333: sensitivity high (class prod web), reached from internet \
                 (class prod web)"
            )
        );
        assert_eq!(
            told("dev-web").as_deref(),
            Some("dev-web: sensitivity low (dev), reached from internal (class internal)")
        );
        assert_eq!(told("444455556666"), None);
    }

    #[test]
    fn what_is_grave_and_matters_comes_first() {
        let asset = Asset::of("prod-int-payments", &Known::default());
        assert_eq!(priority(Level::High, asset.as_ref()), 1);
        assert_eq!(priority(Level::High, None), 2);
        assert_eq!(priority(Level::Informational, None), 5);
        assert_eq!(
            priority(Level::Critical, Asset::of("dev-isolated-x", &Known::default()).as_ref()),
            3
        );
    }
}
