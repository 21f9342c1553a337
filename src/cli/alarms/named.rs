//! Rules by what people call them: their id or its beginning, the name of their file, their title.

use crate::case::Ticket;
use crate::detect::{DETECTORS, Raised, Ruleset};
use crate::event::counted;
use crate::event::nearest::did_you_mean;
use std::collections::BTreeSet;
use std::path::Path;

/// Rules told one by one that are called the same.
const TOLD: usize = 10;

/// What a rule is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) id: String,
    /// Of its file, without folder and ending; of a detector what it is set by.
    stem: String,
    title: String,
}

impl Named {
    fn new(id: &str, file: &str, title: &str) -> Self {
        let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
        let stem = stem.unwrap_or_default().to_owned();
        Self { id: id.to_owned(), stem, title: title.to_owned() }
    }

    pub(super) fn of_id(id: &str) -> Self {
        Self::new(id, "", "")
    }

    /// The rule of an alarm, also of another product, or of a case whose rule is not here.
    pub(super) fn of_ticket(ticket: &Ticket) -> Self {
        Self::new(&ticket.rule, "", &ticket.title)
    }
}

/// All rules and detectors that raise alarms: parts of a correlation raise none of their own.
pub(super) fn known(rules: &Ruleset) -> Vec<Named> {
    let one = |raised, file: &str| {
        let about = rules.about(raised);
        Named::new(&about.id, file, &about.title)
    };
    let raises = |raised: Raised| rules.links().is_alone(raised);
    let alone = rules.rules.iter().enumerate().filter(|(at, _)| raises(Raised::Rule(*at)));
    let alone = alone.map(|(place, it)| one(Raised::Rule(place), &it.file));
    let correlated = rules.correlations.iter().enumerate();
    let correlated = correlated.filter(|(at, _)| raises(Raised::Correlation(*at)));
    let correlated = correlated.map(|(place, it)| one(Raised::Correlation(place), &it.file));
    let detectors = DETECTORS.iter().map(|it| {
        let about = it.about();
        Named::new(&about.id, it.id, &about.title)
    });
    alone.chain(correlated).chain(detectors).collect()
}

/// The id of the rule that is called so. What is exact counts for more than a beginning.
///
/// # Errors
/// None is, or several are; the text says so.
pub(super) fn named(text: &str, known: &[Named]) -> Result<String, String> {
    let text = text.trim();
    let is_so = |own: &str| !text.is_empty() && own.to_lowercase() == text.to_lowercase();
    let starts = |own: &str| {
        !text.is_empty() && own.get(..text.len()).is_some_and(|it| it.eq_ignore_ascii_case(text))
    };
    let ways: [&dyn Fn(&Named) -> bool; 5] = [
        &|it| it.id == text,
        &|it| is_so(&it.id),
        &|it| is_so(&it.stem),
        &|it| is_so(&it.title),
        &|it| starts(&it.id),
    ];
    for way in ways {
        let fits: BTreeSet<&str> =
            known.iter().filter(|it| way(it)).map(|it| it.id.as_str()).collect();
        match fits.len() {
            0 => {}
            1 => return Ok(fits.into_iter().collect()),
            many => return Err(several(text, known, &fits, many)),
        }
    }
    let names = known.iter().flat_map(|it| [it.id.as_str(), &it.stem, &it.title]);
    let near = did_you_mean(text, names.filter(|name| !name.is_empty()));
    Err(format!(
        "there is no rule {text:?}{near}; its id, the name of its file or its title says which, and \
         `trailcase alarms rules` has them"
    ))
}

fn several(text: &str, known: &[Named], fits: &BTreeSet<&str>, many: usize) -> String {
    let title = |id: &str| {
        let titles = known.iter().filter(|it| it.id == id).map(|it| it.title.as_str());
        titles.into_iter().next().unwrap_or_default()
    };
    let told = fits.iter().take(TOLD).map(|id| format!("{id} ({})", title(id)));
    let told = told.collect::<Vec<_>>().join(", ");
    let more = many.saturating_sub(TOLD);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let rules = counted(many as u64, "rule is", "rules are");
    format!("{rules} called {text}: {told}{more}; name one by its id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_what_people_call_it_if_that_is_one_alone() {
        let known = [
            Named::new("7de01287-ed8f", "rules/credential_scanner.yml", "A tool was asked"),
            Named::new("7de0ffff-0000", "rules/two.yml", "Two"),
            Named::new("aa", "rules/two.yml", "Three"),
            Named::new("request-rate", "", "Requests, at a rate"),
        ];
        for (text, id) in [
            ("7de01287-ed8f", "7de01287-ed8f"),
            (" 7DE01 ", "7de01287-ed8f"),
            ("credential_scanner", "7de01287-ed8f"),
            ("a tool was asked", "7de01287-ed8f"),
            ("aa", "aa"),
            ("request-rate", "request-rate"),
            ("request", "request-rate"),
            ("Three", "aa"),
        ] {
            assert_eq!(named(text, &known).as_deref(), Ok(id), "{text}");
        }
        for (text, why) in [
            ("7de0", "2 rules are called 7de0: 7de01287-ed8f (A tool was asked), 7de0ffff"),
            ("two", "2 rules are called two: 7de0ffff-0000 (Two), aa (Three)"),
            ("credential_scaner", "did you mean \"credential_scanner\"?"),
            ("", "there is no rule \"\""),
        ] {
            assert!(named(text, &known).is_err_and(|told| told.contains(why)), "{text}");
        }
    }
}
