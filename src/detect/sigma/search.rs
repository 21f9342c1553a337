//! One search of a rule: what members of a record have to be.
//!
//! Source: the Sigma specification 2.1, "Detection" and "Modifiers". Names and values are taken as
//! they stand; a list is any of its values, or with `all` every one of them.

use super::pattern::{self, Order, Pattern, Ready, Wild};
use super::record::Record;
use super::yaml::{self, Node};
use crate::event::base64;
use std::fmt;

/// A search, as it stands in the rule.
#[derive(Debug, Clone)]
pub(super) enum Search {
    /// Every item holds.
    All(Vec<Item>),
    /// One of them holds.
    Any(Vec<Self>),
}

/// What one member has to be.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Empty: anything in the record.
    pub(super) field: String,
    pub(super) test: Test,
    /// It must not be that.
    pub(super) is_not: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    /// One of the values fits one of these, or all of these are fitted by one each; with `null`,
    /// or there is no value.
    Is {
        wanted: Vec<Wanted>,
        all: bool,
        null: bool,
    },
    Exists(bool),
    /// A value stands so to one of another member.
    Other {
        field: String,
        how: How,
    },
}

/// A value of a rule: the patterns that it stands for, of which one has to fit.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) patterns: Vec<Pattern>,
    ready: Vec<Ready>,
}

/// How two texts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Same,
    Contains,
    Begins,
    Ends,
}

/// It would hold for everything.
const EMPTY: &str = "a search that is empty";

impl Search {
    /// Reads a search; the error is why a rule with it cannot be run.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, String> {
        if yaml::is_sequence(node) {
            let elements = yaml::elements(node);
            if elements.is_empty() {
                return Err(EMPTY.to_owned());
            }
            // Words alone stay one list, which `all` may be said of.
            if elements.iter().any(|element| yaml::members(element).is_some()) {
                let all = elements.iter().map(Self::read).collect::<Result<_, _>>()?;
                return Ok(Self::Any(all));
            }
            return Ok(Self::All(vec![Item::read("", node)?]));
        }
        let Some(members) = yaml::members(node) else {
            yaml::text(node).ok_or(EMPTY)?;
            return Ok(Self::All(vec![Item::read("", node)?]));
        };
        if members.is_empty() {
            return Err(EMPTY.to_owned());
        }
        let items = members.into_iter().map(|(key, value)| {
            Item::read(&yaml::text(key).ok_or("a member without a name")?, value)
        });
        Ok(Self::All(items.collect::<Result<_, String>>()?))
    }

    pub(super) fn matches(&self, record: &Record<'_>) -> bool {
        match self {
            Self::All(items) => items.iter().all(|item| item.matches(record)),
            Self::Any(searches) => searches.iter().any(|search| search.matches(record)),
        }
    }
}

/// The modifiers behind a member's name.
#[derive(Debug, Default)]
struct Modifiers {
    how: Option<How>,
    all: bool,
    cased: bool,
    /// It must not be that.
    not: bool,
    flags: Vec<char>,
    reading: Reading,
}

/// How values are read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Reading {
    #[default]
    Text,
    Regex,
    Network,
    Compare(Order),
    Base64,
    Base64Anywhere,
    Dashes,
    /// Whether the member is there.
    Exists,
    /// The name of another member.
    Other,
}

impl Modifiers {
    fn read(names: &[&str]) -> Result<Self, String> {
        let mut found = Self::default();
        for name in names {
            let reading = match *name {
                "contains" | "startswith" | "endswith" if found.how.is_some() => {
                    return Err(format!(
                        "the modifier {name:?} does not go with the one before it"
                    ));
                }
                "contains" | "startswith" | "endswith" => {
                    found.how = Some(match *name {
                        "contains" => How::Contains,
                        "startswith" => How::Begins,
                        _ => How::Ends,
                    });
                    continue;
                }
                "i" | "m" | "s" if found.reading == Reading::Regex => {
                    found.flags.extend(name.chars());
                    continue;
                }
                "all" | "cased" | "neq" => {
                    found.all |= *name == "all";
                    found.cased |= *name == "cased";
                    found.not |= *name == "neq";
                    continue;
                }
                "re" => Reading::Regex,
                "cidr" => Reading::Network,
                "exists" => Reading::Exists,
                "fieldref" => Reading::Other,
                "lt" => Reading::Compare(Order::Less),
                "lte" => Reading::Compare(Order::UpTo),
                "gt" => Reading::Compare(Order::More),
                "gte" => Reading::Compare(Order::From),
                "base64" => Reading::Base64,
                "base64offset" => Reading::Base64Anywhere,
                "windash" => Reading::Dashes,
                other => return Err(format!("the modifier {other:?} is not known here")),
            };
            if found.reading != Reading::Text {
                return Err(format!("the modifier {name:?} does not go with the one before it"));
            }
            found.reading = reading;
        }
        let whole = matches!(
            found.reading,
            Reading::Regex | Reading::Network | Reading::Compare(_) | Reading::Exists
        );
        if whole && found.how.is_some() || found.reading == Reading::Other && found.cased {
            return Err("its modifiers do not go with each other".to_owned());
        }
        Ok(found)
    }

    /// Makes them those of words that are looked for anywhere in a record.
    fn anywhere(&mut self) -> Result<(), String> {
        use Reading::{Base64, Base64Anywhere, Dashes, Regex, Text};
        match self.reading {
            Regex => {}
            Text | Base64 | Base64Anywhere | Dashes => {
                self.how.get_or_insert(How::Contains);
            }
            _ => return Err("a modifier that needs the name of a member".to_owned()),
        }
        Ok(())
    }

    /// The patterns that a value stands for.
    fn patterns(&self, text: &str) -> Result<Vec<Pattern>, String> {
        let wilds = match self.reading {
            Reading::Regex => return Ok(vec![Pattern::Regex(pattern::regex(text, &self.flags)?)]),
            Reading::Network => {
                let network = pattern::network(text).ok_or(format!("{text:?} is no network"))?;
                return Ok(vec![Pattern::Network(network.0, network.1)]);
            }
            Reading::Compare(order) => {
                let number = text.parse().map_err(|_| format!("{text:?} is no number"))?;
                return Ok(vec![Pattern::Compare(order, number)]);
            }
            Reading::Base64Anywhere => {
                pattern::offsets(text).map(|text| Wild::literal(&text, true)).to_vec()
            }
            Reading::Base64 => vec![Wild::literal(&base64::encode(text.as_bytes()), true)],
            Reading::Dashes => {
                dashes(text).iter().map(|text| Wild::read(text, self.cased)).collect()
            }
            Reading::Text | Reading::Exists | Reading::Other => vec![Wild::read(text, self.cased)],
        };
        let around = |wild: Wild| match self.how {
            Some(How::Contains) => wild.after_any().before_any(),
            Some(How::Begins) => wild.before_any(),
            Some(How::Ends) => wild.after_any(),
            Some(How::Same) | None => wild,
        };
        Ok(wilds.into_iter().map(|wild| Pattern::Wild(around(wild))).collect())
    }
}

/// Options with each sign that Windows takes for a dash.
fn dashes(text: &str) -> Vec<String> {
    const SIGNS: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];
    let with = |sign: char| {
        let mut begins = true;
        let mut changed = String::with_capacity(text.len());
        for c in text.chars() {
            changed.push(if begins && SIGNS.contains(&c) { sign } else { c });
            begins = c == ' ';
        }
        changed
    };
    let mut all: Vec<String> = SIGNS.into_iter().map(with).collect();
    all.push(text.to_owned());
    all.sort();
    all.dedup();
    all
}

fn neither(field: &str) -> String {
    let what = if field.is_empty() {
        "a list of texts and of members at once"
    } else {
        "a value that is neither text nor number"
    };
    what.to_owned()
}

impl Item {
    fn read(name: &str, value: &Node<'_>) -> Result<Self, String> {
        let mut parts = name.split('|');
        let field = parts.next().unwrap_or("").to_owned();
        let mut modifiers = Modifiers::read(&parts.collect::<Vec<_>>())?;
        if field.is_empty() {
            modifiers.anywhere()?;
        }
        let is_not = modifiers.not;
        let values = yaml::elements(value);
        if modifiers.reading == Reading::Exists {
            let wanted = yaml::text(value).filter(|text| matches!(&**text, "true" | "false"));
            let wanted = wanted.ok_or("`exists` is true or false")?;
            return Ok(Self { field, test: Test::Exists(wanted == "true"), is_not });
        }
        if modifiers.reading == Reading::Other {
            let other = yaml::text(value).ok_or("`fieldref` names one member")?;
            let how = modifiers.how.unwrap_or(How::Same);
            return Ok(Self { field, test: Test::Other { field: other, how }, is_not });
        }
        let mut wanted = Vec::new();
        let mut null = false;
        for value in values {
            if yaml::is_null(value) {
                null = true;
                continue;
            }
            let text = yaml::text(value).ok_or_else(|| neither(&field))?;
            // An empty text is none.
            let is_bare = modifiers.how.is_none() && modifiers.reading == Reading::Text;
            if text.is_empty() && (is_bare || field.is_empty()) {
                null = true;
                continue;
            }
            let patterns = modifiers.patterns(&text)?;
            let ready = patterns.iter().map(|pattern| pattern.clone().ready());
            let ready = ready.collect::<Result<_, _>>()?;
            wanted.push(Wanted { patterns, ready });
        }
        if null && field.is_empty() {
            return Err("a word that is empty".to_owned());
        }
        Ok(Self { field, test: Test::Is { wanted, all: modifiers.all, null }, is_not })
    }

    fn matches(&self, record: &Record<'_>) -> bool {
        self.is(record) != self.is_not
    }

    fn is(&self, record: &Record<'_>) -> bool {
        match &self.test {
            Test::Exists(wanted) => record.exists(&self.field) == *wanted,
            Test::Is { wanted, all, null } => {
                let fits = |wanted: &Wanted| {
                    let mut fits = |value: &str| wanted.ready.iter().any(|one| one.matches(value));
                    if self.field.is_empty() {
                        return record.anywhere(&mut fits);
                    }
                    record.any(&self.field, &mut fits)
                };
                if *null && !record.has(&self.field) {
                    return true;
                }
                if *all {
                    !wanted.is_empty() && wanted.iter().all(fits)
                } else {
                    wanted.iter().any(fits)
                }
            }
            Test::Other { field, how } => {
                let stands = |value: &str, other: &str| {
                    let (value, other) = (value.to_lowercase(), other.to_lowercase());
                    match how {
                        How::Same => value == other,
                        How::Contains => value.contains(&other),
                        How::Begins => value.starts_with(&other),
                        How::Ends => value.ends_with(&other),
                    }
                };
                record.any(&self.field, &mut |value| {
                    record.any(field, &mut |other| stands(value, other))
                })
            }
        }
    }
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(items) => joined(f, items, ", "),
            Self::Any(searches) => joined(f, searches, " or "),
        }
    }
}

fn joined<T: fmt::Display>(f: &mut fmt::Formatter<'_>, parts: &[T], between: &str) -> fmt::Result {
    parts.iter().enumerate().try_for_each(|(index, part)| {
        f.write_str(if index > 0 { between } else { "" })?;
        part.fmt(f)
    })
}

/// Values of a member that are told.
const TOLD: usize = 3;

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = match (self.field.as_str(), self.is_not) {
            ("", false) => String::new(),
            ("", true) => "not ".to_owned(),
            (field, false) => format!("{field} "),
            (field, true) => format!("{field} not "),
        };
        match &self.test {
            Test::Exists(true) => write!(f, "{field}is there"),
            Test::Exists(false) => write!(f, "{field}is not there"),
            Test::Other { field: other, .. } => write!(f, "{field}and {other}"),
            Test::Is { wanted, null: true, .. } if wanted.is_empty() => {
                write!(f, "{} {}", if self.is_not { "some" } else { "no" }, self.field)
            }
            Test::Is { wanted, null, all } => {
                let first = wanted.iter().take(TOLD).filter_map(|wanted| wanted.patterns.first());
                let mut told: Vec<String> = first.map(ToString::to_string).collect();
                if wanted.len() > TOLD {
                    told.push(format!("{} more", wanted.len() - TOLD));
                }
                if *null {
                    told.push("none".to_owned());
                }
                write!(f, "{field}{}", told.join(if *all { " and " } else { " or " }))
            }
        }
    }
}
