//! What a detector takes from records, and of which it has to look at all: a record is taken apart only
//! if it has a word in which anything could be found.

use crate::detect::sigma::Record;
use crate::event::network::Network;
use aho_corasick::AhoCorasick;
use std::fmt;
use std::net::IpAddr;

type Take<'g> = Box<dyn Fn(&Record<'_>) -> Vec<String> + Send + Sync + 'g>;

/// What is taken from records.
pub struct Taking<'g> {
    words: Option<Words>,
    take: Take<'g>,
}

impl fmt::Debug for Taking<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Taking").field("words", &self.words).finish_non_exhaustive()
    }
}

impl<'g> Taking<'g> {
    /// From each record that it wants: one that is no JSON says nothing, and that is to be told.
    pub(super) fn of_each(take: fn(&Record<'_>) -> Vec<String>) -> Self {
        Self { words: None, take: Box::new(take) }
    }

    /// From those with one of these words, if they are JSON: of others columns say all.
    pub(super) fn of_some(
        words: Words,
        take: impl Fn(&Record<'_>) -> Vec<String> + Send + Sync + 'g,
    ) -> Self {
        Self { words: Some(words), take: Box::new(take) }
    }

    /// The words without one of which nothing is taken; `None`: whatever a record says.
    pub fn words(&self) -> Option<&Words> {
        self.words.as_ref()
    }

    pub fn take(&self, record: &Record<'_>) -> Vec<String> {
        (self.take)(record)
    }
}

/// Words of which a record has one if any of its members has one of some values.
#[derive(Debug)]
pub struct Words(Option<AhoCorasick>);

impl Words {
    /// Of values as a filter writes them.
    pub(super) fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let words: Option<Vec<String>> = values.map(word).collect();
        let find = |words: Vec<String>| {
            AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
        };
        Self(words.and_then(find))
    }

    /// Whether this record, out of its envelopes, may have one of the values: also where it does not
    /// write letters as they are.
    pub fn may_be_in(&self, text: &str) -> bool {
        let Self(Some(find)) = self else { return true };
        find.is_match(text) || text.contains("\\u00")
    }
}

/// What stands in every text that the value fits, without signs that JSON may write otherwise; `None`
/// if there is no such thing.
fn word(value: &str) -> Option<String> {
    if Network::parse(value).is_ok() {
        return of_network(value);
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let words = value.split(|c| !is_plain(c));
    words.max_by_key(|word| word.len()).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// What every address of a network begins with.
fn of_network(value: &str) -> Option<String> {
    let (address, bits) = value.split_once('/').unwrap_or((value, ""));
    match address.parse().ok()? {
        IpAddr::V4(v4) => {
            let fixed = bits.parse().unwrap_or(32_usize) / 8;
            let octets: Vec<String> = v4.octets().iter().take(fixed).map(u8::to_string).collect();
            let end = if fixed < 4 { "." } else { "" };
            (fixed > 0).then(|| octets.join(".") + end)
        }
        // The same address can be written in several ways, but for its beginning.
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            (first >= 0x1000 && bits.parse().unwrap_or(128_usize) >= 16)
                .then(|| format!("{first:x}:"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Sought;
    use proptest::prelude::*;

    #[test]
    fn words_are_what_no_writer_of_json_changes() {
        for (value, expected) in [
            ("canary-record-77", Some("canary-record-77")),
            ("*canary_customers*", Some("canary_customers")),
            ("/canary/param2", Some("param2")),
            ("203.0.113.0/24", Some("203.0.113.")),
            ("10.0.0.0/9", Some("10.")),
            ("10.0.0.0/7", None),
            ("203.0.113.7", Some("203.0.113.7")),
            ("2001:db8::/32", Some("2001:")),
            ("64:ff9b::/96", None),
            ("192.0.2.1-192.0.2.9", None),
            ("***", None),
            ("é", None),
        ] {
            assert_eq!(word(value).as_deref(), expected, "{value}");
        }
        // One without a word: then every record is looked at.
        assert!(Words::of(["é", "canary"].into_iter()).may_be_in("x"));
        let words = Words::of(["canary"].into_iter());
        assert!(words.may_be_in("a CANARY") && words.may_be_in(r"c\u0061nary"));
        assert!(!words.may_be_in("canar"));
    }

    proptest! {
        #[test]
        fn whatever_fits_a_value_has_its_word(
            value in r"[a-c*./é-]{1,8}|(10|203)\.0\.(0|113)\.[0-9]/(8|16|20|24|32)",
            text in r"[a-cA-C./é-]{1,8}|(10|203)\.0\.(0|113)\.[0-9]",
        ) {
            let sought = Sought::new([value.as_str()]);
            if sought.holds(&text) {
                prop_assert!(Words::of([value.as_str()].into_iter()).may_be_in(&text));
            }
        }
    }
}
