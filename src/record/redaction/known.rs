//! Other spellings of what is known: accounts in groups and within words, and names with other
//! characters between their parts.

use super::find::Found;
use super::kinds::Kind;
use super::views::View;
use std::collections::BTreeSet;

/// Digits of an account's id.
const ACCOUNT: usize = 12;

/// Words before an `@`, or among those, that are a role's and nobody's.
const ROLES: &[&str] = &[
    "info",
    "admin",
    "administrator",
    "support",
    "no",
    "noreply",
    "reply",
    "service",
    "services",
    "team",
    "security",
    "ops",
    "devops",
    "root",
    "postmaster",
    "webmaster",
    "billing",
    "sales",
    "help",
    "desk",
    "helpdesk",
    "alert",
    "alerts",
    "notification",
    "notifications",
    "aws",
    "cloud",
    "account",
    "accounts",
    "mail",
    "mailer",
    "daemon",
    "contact",
    "abuse",
    "dev",
    "test",
    "prod",
    "staging",
    "bot",
    "system",
    "user",
    "users",
    "customer",
    "office",
    "hr",
    "legal",
    "privacy",
    "it",
    "marketing",
    "newsletter",
    "press",
    "jobs",
    "finance",
    "do",
    "not",
    "github",
    "gitlab",
    "jenkins",
    "deploy",
    "ci",
    "build",
    "monitoring",
    "backup",
    "group",
    "list",
    "all",
];

/// Every place where the digits of a known account stand, whatever is beside them, and with a blank,
/// a dot or a line between some of them.
pub(super) fn accounts(bytes: &[u8], known: &BTreeSet<String>) -> Vec<Found> {
    let mut found = Vec::new();
    if known.is_empty() {
        return found;
    }
    for view in View::all(bytes) {
        // The digits of a run, and where each stands.
        let mut run: Vec<(u8, usize)> = Vec::new();
        let mut last = None;
        for (at, byte) in view.bytes.iter().enumerate() {
            if !byte.is_ascii_digit() {
                continue;
            }
            let goes_on = last.is_some_and(|last| {
                last + 1 == at || last + 2 == at && b" .-_".contains(&view.bytes[at - 1])
            });
            if !goes_on {
                run.clear();
            }
            last = Some(at);
            run.push((*byte, at));
            let Some(from) = run.len().checked_sub(ACCOUNT) else { continue };
            let digits: String = run[from..].iter().map(|(digit, _)| char::from(*digit)).collect();
            if known.contains(&digits) {
                let range = view.back(&(run[from].1..at + 1));
                found.push(Found::new(range, Kind::Account, digits));
                run.clear();
                last = None;
            } else if from > 4 * ACCOUNT {
                run.drain(..from);
            }
        }
    }
    found
}

/// The name in an address for mail, such as `erika.musterfrau`: two parts or more, all of letters,
/// none of them a role's.
pub(super) fn mailbox(mail: &str) -> Option<&str> {
    let (local, _) = mail.split_once('@')?;
    let is_role = |part: &&str| ROLES.contains(part);
    (parts(local).is_some_and(|parts| !parts.iter().any(is_role))).then_some(local)
}

/// The parts of a name that has some: each of two letters or more.
pub(super) fn parts(name: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = name.split([' ', '.', '_', '-']).collect();
    let is_part = |part: &&str| part.chars().count() >= 2 && part.chars().all(char::is_alphabetic);
    (parts.len() >= 2 && parts.len() <= 4 && parts.iter().all(is_part)).then_some(parts)
}

/// A name however its parts are put together: all spellings have the same token.
pub(super) fn folded(name: &str) -> String {
    parts(name).map_or_else(|| name.to_owned(), |parts| parts.join(" "))
}

/// The ways in which a name of several parts is written, itself among them.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let Some(parts) = parts(name) else { return vec![name.to_owned()] };
    // Without anything between them two short parts are a word.
    let joins = if name.len() > 6 { &[" ", "_", "-", ".", ""][..] } else { &[" ", "_", "-", "."] };
    joins.iter().map(|join| parts.join(join)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_account_that_is_known_is_found_in_any_spelling() {
        let known = BTreeSet::from(["111122223333".to_owned()]);
        let told = |text: &str| -> Vec<String> {
            accounts(text.as_bytes(), &known)
                .into_iter()
                .map(|it| text[it.range].to_owned())
                .collect()
        };
        for text in
            ["1111 2222 3333", "1111.2222.3333", "11112222-3333", "111122223333", "1111_2222_3333"]
        {
            for (before, after) in [("x", "y"), ("", ""), ("9", "8"), ("0 ", " 1"), ("-", "-")] {
                assert_eq!(
                    told(&format!("{before}{text}{after}")),
                    [text],
                    "{before}{text}{after}"
                );
            }
        }
        for text in ["1111  2222 3333", "1111:2222:3333", "11112222333", "111122223334"] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
        assert_eq!(accounts(b"111122223333", &BTreeSet::new()), []);
    }

    #[test]
    fn a_mailbox_is_somebody_or_a_role() {
        assert_eq!(mailbox("erika.musterfrau@corp.example"), Some("erika.musterfrau"));
        assert_eq!(mailbox("erika_musterfrau@corp.example"), Some("erika_musterfrau"));
        for role in ["info@x", "no-reply@x", "aws.alerts@x", "dana@x", "a.b@x", "x1.y2@x"] {
            assert_eq!(mailbox(role), None, "{role}");
        }
    }

    proptest! {
        #[test]
        fn the_first_account_is_where_a_slow_search_finds_it(text in "[12 .x-]{0,24}") {
            let known = BTreeSet::from(["121212121212".to_owned(), "111111111111".to_owned()]);
            let is_one = |range: &std::ops::Range<usize>| {
                let part = &text[range.clone()];
                let digits: String = part.chars().filter(char::is_ascii_digit).collect();
                let bytes = part.as_bytes();
                let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
                known.contains(&digits)
                    && !part.contains('x')
                    && is_digit(bytes.first()) && is_digit(bytes.last())
                    && bytes.windows(2).all(|two| two.iter().any(u8::is_ascii_digit))
            };
            let all = (0..=text.len()).flat_map(|end| (0..end).map(move |start| start..end));
            let first = all.into_iter().find(|range| is_one(range));
            let found = accounts(text.as_bytes(), &known);
            prop_assert_eq!(found.first().map(|it| it.range.clone()), first);
        }
    }
}
