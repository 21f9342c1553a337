//! What a rule asks whoever has to find out what is behind an alarm, about this alarm.

use crate::detect::Alarm;
use crate::query::escape;

/// A question, and the filter that answers it, if one does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// As it is read and ticked; with its filter, if that can be asked.
    pub text: String,
    /// What the question ends with after a colon.
    pub filter: Option<String>,
    /// What the question is about and the alarm does not say; then there is no filter, since it could
    /// not be right.
    pub lacks: Vec<String>,
}

impl Question {
    /// The question of a rule, which has names of fields in braces: `Who was it: principal:"{principal}"`.
    pub fn new(asked: &str, alarm: &Alarm) -> Self {
        let value = |field: &str| {
            let blank = alarm.blanks.iter().find(|(name, _)| *name == field);
            let entity = || alarm.entities.get(field)?.first().map(String::as_str);
            blank.map(|(_, value)| value.as_str()).or_else(entity)
        };
        Self::filled(asked, value)
    }

    fn filled<'a>(asked: &str, value: impl Fn(&str) -> Option<&'a str>) -> Self {
        let (words, filter) = asked.split_once(": ").map_or((asked, None), |(w, f)| (w, Some(f)));
        let mut lacks = Vec::new();
        // Between the quotes that the rule has.
        let mut put = |template: &str, is_filter: bool| {
            let mut text = String::with_capacity(template.len());
            for part in parts(template) {
                match part {
                    Part::Text(same) => text.push_str(same),
                    Part::Field(field) => match value(field) {
                        Some(value) if is_filter => escape(&mut text, value),
                        Some(value) => text.push_str(value),
                        None => {
                            text.extend(["[no ", field, "]"]);
                            if !lacks.iter().any(|lack| lack == field) {
                                lacks.push(field.to_owned());
                            }
                        }
                    },
                }
            }
            text
        };
        let mut text = put(words, false);
        let filter = filter.map(|filter| put(filter, true)).filter(|_| lacks.is_empty());
        if let Some(filter) = &filter {
            text = format!("{text}: {filter}");
        }
        Self { text, filter, lacks }
    }

    /// What the alarm does not say, in words; empty if it says all.
    pub fn lack(&self) -> String {
        match self.lacks.as_slice() {
            [] => String::new(),
            lacks => format!("the alarm names no {}", lacks.join(" and no ")),
        }
    }

    /// The question, with what the alarm does not say.
    pub fn words(&self) -> String {
        if self.lacks.is_empty() {
            return self.text.clone();
        }
        format!("{} ({})", self.text, self.lack())
    }
}

enum Part<'a> {
    Text(&'a str),
    /// What stood in braces.
    Field(&'a str),
}

/// A text, cut at names in braces. Other braces, as those of regular expressions, are text.
fn parts(template: &str) -> Vec<Part<'_>> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
    };
    let (mut parts, mut rest) = (Vec::new(), template);
    let mut from = 0;
    while let Some(open) = rest[from..].find('{').map(|at| from + at) {
        let name = rest[open + 1..].split_once('}').map(|(name, _)| name);
        match name.filter(|name| is_name(name)) {
            Some(name) => {
                parts.push(Part::Text(&rest[..open]));
                parts.push(Part::Field(name));
                rest = &rest[open + name.len() + 2..];
                from = 0;
            }
            None => from = open + 1,
        }
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{DETECTORS, Ruleset};
    use crate::format::formats;
    use crate::query::ast::Term;
    use crate::query::{Names, Now, parse};

    fn of_principal(asked: &str, name: &'static str) -> Question {
        Question::filled(asked, |field| (field == "principal").then_some(name))
    }

    #[test]
    fn values_in_filters_are_values_and_nothing_else() {
        let asked = "What did {principal} do: principal:\"{principal}\"";
        let question = of_principal(asked, r#"x\" or event:* "y"#);
        let filter = r#"principal:"x\\\" or event:\* \"y""#;
        assert_eq!(question.filter.as_deref(), Some(filter));
        assert_eq!(question.text, format!(r#"What did x\" or event:* "y do: {filter}"#));
        let within = of_principal("{principal}", "{src.ip}");
        assert_eq!((within.text.as_str(), within.lacks.len()), ("{src.ip}", 0));
        // What stands behind the colon of a value is no filter.
        let question = of_principal("Is it {principal}", "a: b");
        assert_eq!((question.text.as_str(), question.filter), ("Is it a: b", None));
    }

    #[test]
    fn what_an_alarm_does_not_name_is_said_and_not_asked_for() {
        let question = of_principal("Was it {principal} at {src.ip}: ip:{src.ip} {key}", "al");
        assert_eq!(question.filter, None);
        assert_eq!(question.text, "Was it al at [no src.ip]");
        assert_eq!(question.lack(), "the alarm names no src.ip and no key");
        let words = "Was it al at [no src.ip] (the alarm names no src.ip and no key)";
        assert_eq!(question.words(), words);
    }

    #[test]
    fn braces_of_regular_expressions_stay() {
        for asked in ["Which: /x{2,3}/ {", "Which: /a{b c}/", "Which: }{"] {
            let question = of_principal(asked, "al");
            assert_eq!((question.words().as_str(), question.lacks.len()), (asked, 0));
        }
        let question = of_principal("Which: /x{2}{principal}{3}/", "al");
        assert_eq!(question.filter.as_deref(), Some("/x{2}al{3}/"));
    }

    #[test]
    fn what_is_asked_of_our_own_alarms_is_a_filter() {
        let own = Ruleset::own();
        let mut names = Names::default();
        for format in formats() {
            names.add(format.schema());
        }
        let of_rules = own.rules.iter().flat_map(|it| it.rule.questions.iter().map(String::as_str));
        let of_detectors = DETECTORS.iter().flat_map(|it| it.questions.iter().copied());
        for asked in of_rules.chain(of_detectors) {
            let value = |field: &str| if field.ends_with("ip") { "192.0.2.1" } else { "a b" };
            let question = Question::filled(asked, |field| Some(value(field)));
            let Some(filter) = question.filter else {
                assert!(!asked.contains('{'), "{asked}");
                continue;
            };
            let query = parse(&filter, &names, Now::default());
            let query = query.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
            // Free text would be words that nobody meant for a filter, or part of a value.
            let is_words = |term: &&Term| matches!(term, Term::Text(_) | Term::Regex(_));
            assert!(!query.leaves().iter().any(is_words), "{asked}");
        }
    }
}
