//! What the owner calls accounts, addresses, principals and resources, and of what class they are:
//! `[names]` of `estate.toml`.

use super::estate::anything;
use crate::event::document::{Document, Value};
use crate::event::network::Network;
use crate::query::Sought;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What the owner calls something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub label: String,
    /// What kind of thing it is, such as `prod` or `office`.
    pub class: Option<String>,
}

/// All that the owner named.
#[derive(Debug, Clone, Default)]
pub struct Names {
    whole: BTreeMap<String, Named>,
    /// For what is nobody's whole name: the narrowest network and the longest text first.
    patterns: Vec<(Pattern, Named)>,
}

/// A name with a `*`, or a network.
#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    sought: Sought,
}

impl Names {
    /// Reads `[names]`; mistakes are the document's.
    pub(super) fn read<'t>(document: &mut Document<'t>, value: &Value<'t>) -> Self {
        let mut found = Self::default();
        let Some(all) = document.table(value) else { return found };
        for (key, value) in all {
            let name = key.get_ref().to_string();
            if let Some(why) = anything(&name) {
                document.error(key.span(), format!("{name:?} {why}"));
            }
            let Some(said) = document.table(value) else { continue };
            document.only(said, &["label", "class"]);
            let Some(label) = document.text_of(said, "label") else {
                if said.get("label").is_none() {
                    document.error(value.span(), "a name needs a `label`");
                }
                continue;
            };
            let named = Named { label, class: document.text_of(said, "class") };
            if is_pattern(&name) {
                let sought = Sought::new([name.as_str()]);
                found.patterns.push((Pattern { text: name, sought }, named));
            } else {
                found.whole.insert(name, named);
            }
        }
        found.patterns.sort_by_key(|(pattern, _)| {
            let width = Network::parse(&pattern.text).map_or(u128::MAX, Network::width);
            (width, Reverse(pattern.text.len()), pattern.text.clone())
        });
        found
    }

    /// What the owner calls this: by its whole name, or else by the narrowest network, or the longest
    /// text with `*`, that it fits.
    pub fn of(&self, value: &str) -> Option<&Named> {
        let fitting = || self.patterns.iter().find(|(pattern, _)| pattern.sought.holds(value));
        self.whole.get(value).or_else(|| fitting().map(|(_, named)| named))
    }

    /// What stands beside a value that has a name, such as `office, class corp`.
    pub fn label(&self, value: &str) -> Option<String> {
        let named = self.of(value)?;
        Some(match &named.class {
            Some(class) => format!("{}, class {class}", named.label),
            None => named.label.clone(),
        })
    }
}

fn is_pattern(name: &str) -> bool {
    name.contains('*') || Network::parse(name).is_ok()
}

#[cfg(test)]
mod tests {
    use crate::detect::Estate;

    #[test]
    fn what_is_named_is_known_by_the_narrowest_name() {
        let text = r#"
[names]
"111122223333" = { label = "production", class = "prod" }
"10.1.0.0/16" = { label = "office" }
"10.1.2.0/24" = { label = "lab" }
"arn:aws:sts::111122223333:assumed-role/Deploy/*" = { label = "pipeline" }
"arn:aws:iam::111122223333:user/a-b/c" = { label = "somebody" }
"#;
        let estate = Estate::read("estate.toml", text).unwrap();
        let label = |value: &str| estate.names().label(value);
        for (value, wanted) in [
            ("111122223333", Some("production, class prod")),
            ("10.1.9.9", Some("office")),
            ("10.1.2.9", Some("lab")),
            ("arn:aws:sts::111122223333:assumed-role/Deploy/build-7", Some("pipeline")),
            ("arn:aws:iam::111122223333:user/a-b/c", Some("somebody")),
            ("203.0.113.9", None),
        ] {
            assert_eq!(label(value).as_deref(), wanted, "{value}");
        }
    }
}
