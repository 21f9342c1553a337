//! What each rule is known by, so that no two share an alarm and what was decided about it.

use super::sigma::Head;
use std::collections::BTreeMap;

/// The identities that rules have, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// The file of the rule that has it.
    taken: BTreeMap<String, String>,
    /// Ids that several rules have, one line each.
    pub(super) repeated: Vec<String>,
}

impl Identities {
    /// The identity of the rule that comes next: its id. A rule without one has the name of its file and
    /// its title, and one whose id another has already the id and its title; where that is taken too,
    /// the place among those that are equal, from 2.
    pub(super) fn of(&mut self, head: &Head, file: &str) -> String {
        let first = if head.id.is_empty() { stem(file) } else { &head.id };
        let with_title = format!("{first}: {}", head.title);
        let plain = if head.id.is_empty() { with_title.clone() } else { head.id.clone() };
        let numbered = (2_usize..).map(|place| format!("{with_title} ({place})"));
        let mut all = [plain, with_title.clone()].into_iter().chain(numbered);
        let is_free = |name: &String| !self.taken.contains_key(name);
        let name = all.find(is_free).unwrap_or_default();
        if let Some(other) = self.taken.get(&head.id).filter(|_| !head.id.is_empty()) {
            self.repeated.push(format!(
                "{file}: a rule in {other} has the id {:?} too; alarms of this one are of the rule \
                 {name:?}",
                head.id
            ));
        }
        self.taken.insert(name.clone(), file.to_owned());
        name
    }
}

/// The name of a file without its folders and its ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::super::{Raised, Ruleset};

    /// The identities of rules by file, id and title, and what is told of them.
    fn told(all: &[(&str, &str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut rules = Ruleset::default();
        for (file, id, title) in all {
            let id = if id.is_empty() { String::new() } else { format!("id: {id}\n") };
            let rule = format!(
                "title: {title}\n{id}logsource: {{product: aws, service: cloudtrail}}\n\
                 detection: {{s: {{eventName: A}}, condition: s}}\n"
            );
            rules.add(file, &rule, "").unwrap();
        }
        let names = (0..all.len()).map(|place| rules.about(Raised::Rule(place)).id).collect();
        (names, rules.repeated().to_vec())
    }

    #[test]
    fn a_rule_without_an_id_is_its_file_and_its_title() {
        let (names, repeated) = told(&[
            ("a/own.yml", "", "one"),
            ("a/own.yml", "", "two"),
            ("b/own.yml", "", "one"),
            ("b/own.yml", "", "three"),
            ("c/own.yml", "", "one"),
        ]);
        assert_eq!(names, ["own: one", "own: two", "own: one (2)", "own: three", "own: one (3)"]);
        assert!(repeated.is_empty(), "{repeated:?}");
    }

    #[test]
    fn the_first_of_those_with_one_id_keeps_it_and_the_others_are_told() {
        let (names, repeated) = told(&[
            ("a.yml", "x", "one"),
            ("b.yml", "y", "one"),
            ("c.yml", "x", "one"),
            ("d.yml", "x", "one"),
            ("e.yml", "x", "two"),
        ]);
        assert_eq!(names, ["x", "y", "x: one", "x: one (2)", "x: two"]);
        assert_eq!(repeated.len(), 3);
        assert_eq!(
            repeated[0],
            "c.yml: a rule in a.yml has the id \"x\" too; alarms of this one are of the rule \
             \"x: one\""
        );
    }

    #[test]
    fn a_rule_about_several_events_shares_its_identity_with_none_about_one() {
        let mut rules = Ruleset::default();
        let text = "title: one\nid: x\nname: one\nlogsource: {product: aws, service: cloudtrail}\n\
            detection: {s: {eventName: A}, condition: s}\nquestions: ['Who was it']\n---\n\
            title: many\nid: x\ncorrelation: {type: event_count, rules: one, timespan: 1h, \
            condition: {gte: 2}}\n";
        rules.add("own.yml", text, "").unwrap();
        assert_eq!(rules.about(Raised::Rule(0)).id, "x");
        assert_eq!(rules.about(Raised::Correlation(0)).id, "x: many");
        assert_eq!(rules.questions("x: many"), ["Who was it"]);
        assert_eq!(rules.repeated().len(), 1);
    }
}
