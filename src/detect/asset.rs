//! How much an asset matters and who can reach it, as its name says, and what comes first by that.
//!
//! Names of resources carry words by custom: `prod-int-payments` is a production system that is
//! reached from inside. A word counts only where it stands by itself. What the owner says of its class
//! counts before its tags, and they before its name.
//!
//! Whoever acts chooses some names: of a session, of a user that is made. Such names say nothing in alarms
//! of the calls that chose them, and nowhere that something matters less; and no name says that
//! something matters less than the account and the role in which it is.

use super::estate::Estate;
use super::made::Made;
use super::names::Names;
use super::sigma::Level;
use super::tags::{About, Tags, about};
use crate::event::classes::words;
use crate::store::Snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Fields of an alarm whose values may name an asset, the most telling first.
const NAMES: [&str; 5] = ["resource", "principal", "instance", "account", "src.ip"];

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
    /// What calls of the evidence made.
    pub made: Arc<Made>,
}

impl Known {
    /// What the owner named, and what visible events tell of tags and of what was made.
    pub fn new(estate: Option<&Estate>, snapshot: &Snapshot) -> Self {
        let names = estate.map(|estate| Arc::clone(estate.names())).unwrap_or_default();
        Self { names, tags: Arc::new(Tags::of(snapshot)), made: Arc::new(Made::of(snapshot)) }
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
        Self::within(name, known, (Sensitivity::Low, Reachability::Isolated))
    }

    /// Of what an alarm names, by field, the asset that matters most. What calls of the alarm `made`
    /// is none.
    pub fn of_alarm(
        entities: &BTreeMap<String, Vec<String>>,
        made: &BTreeSet<String>,
        known: &Known,
    ) -> Option<Self> {
        let of = |field: &str| entities.get(field).into_iter().flatten();
        let roles = of("principal").filter(|name| name.contains(SESSION));
        let around = of("account").chain(roles).filter_map(|name| Self::of(name, known));
        let around: Vec<Self> = around.collect();
        // What nothing is known of is in the middle.
        let at_least = (
            around.iter().filter_map(|it| Some(it.sensitivity.as_ref()?.0)).min(),
            around.iter().filter_map(|it| Some(it.reachability.as_ref()?.0)).min(),
        );
        let at_least = (
            at_least.0.unwrap_or(Sensitivity::Medium),
            at_least.1.unwrap_or(Reachability::Internal),
        );
        let values = NAMES.iter().flat_map(|field| of(field)).filter(|name| !made.contains(*name));
        values.filter_map(|name| Self::within(name, known, at_least)).min_by_key(Self::cell)
    }

    /// What is known of it, if its name cannot say that it matters less than this, or that it is harder
    /// to reach.
    fn within(name: &str, known: &Known, at_least: (Sensitivity, Reachability)) -> Option<Self> {
        let at_least = if known.made.holds(name) {
            (at_least.0.min(Sensitivity::Medium), at_least.1.min(Reachability::Internal))
        } else {
            at_least
        };
        let role = role(name);
        let both = || [Some(name), role.as_deref()].into_iter().flatten();
        let named = both().find_map(|name| known.names.of(name));
        let class = named.and_then(|named| named.class.as_deref());
        let tags: Vec<(&str, &str)> = both().flat_map(|name| known.tags.get(name)).collect();
        let words = telling(name);
        let sensitivity = class
            .and_then(|class| said(&SENSITIVE, class).map(|(it, _)| (it, format!("class {class}"))))
            .or_else(|| tags.iter().find_map(|(tag, value)| worth(tag, value)))
            .or_else(|| said(&SENSITIVE, words).filter(|(it, _)| *it <= at_least.0));
        let reachability = class
            .and_then(|class| said(&REACHABLE, class).map(|(it, _)| (it, format!("class {class}"))))
            .or_else(|| tags.iter().find_map(|(tag, value)| place(tag, value)))
            .or_else(|| said(&REACHABLE, words).filter(|(it, _)| *it <= at_least.1));
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

/// What stands between an account and the role and the name of a session.
const SESSION: &str = ":assumed-role/";

/// The part of a name that nobody chose for one session: the role behind it, and nothing of a federated
/// user.
fn telling(name: &str) -> &str {
    if let Some((_, session)) = name.split_once(SESSION) {
        return session.split('/').next().unwrap_or_default();
    }
    let is_chosen = name.contains(":federated-user/") || name.starts_with("AROA");
    if is_chosen { "" } else { name }
}

/// The ARN of the role behind a session, by the ARN of that.
fn role(session: &str) -> Option<String> {
    let (account, rest) = session.split_once(SESSION)?;
    let role = rest.split('/').next()?;
    Some(format!("{}:role/{role}", account.replacen(":sts:", ":iam:", 1)))
}

/// The words of a text, small, without the domains of mail addresses: whose mail it is says nothing of
/// what is at stake.
fn words_of(text: &str) -> Vec<String> {
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut parts = text.split('@');
    let first = parts.next().into_iter();
    let kept = first.chain(parts.map(|part| part.trim_start_matches(is_domain)));
    kept.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The first kind of which there is a word; kinds that weaken another come before it, so that
/// `nonprod-live-test` is a test.
fn said<T: Copy>(kinds: &[(T, &[&str])], text: &str) -> Option<(T, String)> {
    let words = words_of(text);
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

    /// What is told of the asset of an alarm that names this; nothing of it was made.
    fn told(entities: &[(&str, &[&str])], known: &Known) -> Option<String> {
        asset(entities, &[], known).map(|asset| asset.words())
    }

    fn asset(entities: &[(&str, &[&str])], made: &[&str], known: &Known) -> Option<Asset> {
        let texts = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let entities = entities.iter().map(|(field, all)| ((*field).to_owned(), texts(all)));
        Asset::of_alarm(&entities.collect(), &texts(made).into_iter().collect(), known)
    }

    const ACCOUNT: &str = "111122223333";

    #[test]
    fn nobody_chooses_the_class_of_what_they_act_on() {
        let known = Known::default();
        for name in [
            "arn:aws:sts::111122223333:assumed-role/Admin/sandbox-offline",
            "arn:aws:sts::111122223333:assumed-role/Admin/prod-public",
            "arn:aws:sts::111122223333:assumed-role/Admin/al@corp.example",
            "arn:aws:sts::111122223333:federated-user/prod-public",
            "AROAEXAMPLE7EXAMPLE77:prod-public",
            "arn:aws:iam::111122223333:user/demo-offline",
            "arn:aws:iam::111122223333:user/al@corp.example",
            "al@prod.web.example",
        ] {
            assert_eq!(
                told(&[("principal", &[name]), ("account", &[ACCOUNT])], &known),
                None,
                "{name}"
            );
        }
        // Of a bucket that was there before the name may say that it matters more, and not less.
        let of = |name| asset(&[("resource", &[name])], &[], &known).map(|asset| asset.cell());
        assert_eq!(
            (of("prod-web"), of("sandbox-offline"), of("dev-web")),
            (Some(1), None, Some(2))
        );
        assert_eq!(asset(&[("resource", &["prod-web"])], &["prod-web"], &known), None);
    }

    #[test]
    fn a_name_says_less_only_where_the_role_or_the_account_does() {
        let known = Known::default();
        let session = "arn:aws:sts::111122223333:assumed-role/dev-deploy/x";
        let in_dev: [(&str, &[&str]); 2] =
            [("principal", &[session]), ("resource", &["dev-mgmt-x"])];
        assert_eq!(asset(&in_dev, &[], &known).map(|asset| asset.cell()), Some(4));
        let text = "[names]\n\"111122223333\" = { label = \"shop\", class = \"prod\" }\n\
                    \"444455556666\" = { label = \"play\", class = \"sandbox offline\" }\n\
                    \"arn:aws:iam::*:role/Admin\" = { label = \"us\", class = \"mgmt\" }\n";
        let estate = Estate::read("estate.toml", text).unwrap();
        let known = Known { names: Arc::clone(estate.names()), ..Known::default() };
        let told = |account, role: &str| {
            let session = format!("arn:aws:sts::1:assumed-role/{role}/x");
            told(&[("principal", &[&session]), ("account", &[account])], &known)
        };
        let shop = "111122223333: sensitivity high (class prod), reachability not known";
        assert_eq!(told("111122223333", "dev-deploy").as_deref(), Some(shop));
        assert_eq!(
            told("444455556666", "deploy").as_deref(),
            Some(
                "444455556666: sensitivity low (class sandbox offline), reached from isolated \
                 (class sandbox offline)"
            )
        );
        assert_eq!(
            told("777788889999", "Admin").as_deref(),
            Some(
                "arn:aws:sts::1:assumed-role/Admin/x: sensitivity not known, reached from isolated \
                 (class mgmt)"
            )
        );
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
