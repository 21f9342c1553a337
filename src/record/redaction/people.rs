//! People in what AWS writes of who did something: users, and the sessions of roles, which mostly
//! have somebody's name.

use super::find::{Found, is_email, regex};
use super::kinds::Kind;
use super::names::is_token;
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Names in ARNs (`:user/PATH/NAME`, `assumed-role/ROLE/SESSION`, `:federated-user/NAME`) and behind
/// the unique id of a role or user (`AROA…:SESSION`), as IAM's identifiers are documented.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?-u)(?:assumed-role/[A-Za-z0-9_+=,.@-]+/|:user/(?:[A-Za-z0-9_+=,.@-]+/)*|:federated-user/|\bA(?:RO|ID)A[A-Z0-9]{12,28}:)(?<name>[A-Za-z0-9_+=,.@-]+)",
    )
});

/// A user of a federation has the account before the name.
static FEDERATED: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u)^[0-9]{12}:(?<name>.+)$"));

/// Names of people in the bytes.
pub(super) fn named(bytes: &[u8]) -> Vec<Found> {
    let found = NAMED.captures_iter(bytes).filter_map(|captures| {
        let part = captures.name("name")?;
        let text = str::from_utf8(part.as_bytes()).ok()?;
        // A sentence may end behind it.
        let name = text.trim_end_matches(['.', ',']);
        let range = part.start()..part.start() + name.len();
        is_somebody(name).then(|| Found::new(range, Kind::Name, name.to_lowercase()))
    });
    found.collect()
}

/// The names in the value of a field for people: of what AWS writes, as above; else all of it.
pub(super) fn names(text: &str) -> Vec<&str> {
    let text = text.trim();
    let inner: Vec<&str> =
        named(text.as_bytes()).into_iter().filter_map(|found| text.get(found.range)).collect();
    let federated = FEDERATED.captures(text.as_bytes()).and_then(|found| found.name("name"));
    match (inner.is_empty(), federated) {
        (false, _) => inner,
        (true, Some(name)) => text.get(name.range()).into_iter().collect(),
        (true, None) => [text].into_iter().filter(|text| is_person(text)).collect(),
    }
}

/// Whether a whole value may be somebody's name.
fn is_person(text: &str) -> bool {
    let is_id = text.len() >= 16
        && text.starts_with('A')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_address = text.parse::<std::net::IpAddr>().is_ok();
    // An ARN without somebody in it, a service account, something behind a name.
    let is_thing = text.starts_with("arn:") || text.starts_with("system:");
    let is_unique = NAMED.is_match(text.as_bytes());
    is_somebody(text) && !is_id && !is_account && !is_address && !is_thing && !is_unique
}

/// Whether a name is of somebody: no service, no host, nobody in particular; and no token, and no
/// address for mail, which has a token of its own.
fn is_somebody(name: &str) -> bool {
    let is_service = name.ends_with(".amazonaws.com") || name.starts_with("AWSServiceRole");
    let is_host = name
        .strip_prefix("i-")
        .is_some_and(|id| id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let is_nobody = !name.chars().any(char::is_alphanumeric)
        || ["root", "anonymous", "unknown", "not stated"].contains(&name.to_lowercase().as_str());
    !(is_service || is_host || is_nobody || is_token(name) || is_email(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_did_something_is_somebody_or_nobody() {
        for (text, expected) in [
            ("arn:aws:iam::111122223333:user/team/dana", vec!["dana"]),
            ("arn:aws-cn:sts::111122223333:assumed-role/R/alice.roe", vec!["alice.roe"]),
            ("arn:aws:sts::acct-0123456789:federated-user/bob", vec!["bob"]),
            ("AROAIOSFODNN7EXAMPLE:alice", vec!["alice"]),
            ("111122223333:bob", vec!["bob"]),
            ("Kim Ito", vec!["Kim Ito"]),
            ("48213", vec!["48213"]),
            ("alice@corp", vec!["alice@corp"]),
            ("arn:aws:sts::111122223333:assumed-role/R/AWSalice", vec!["AWSalice"]),
            ("arn:aws:sts::111122223333:assumed-role/R/i-0a1b2c3d4e5f60718", vec![]),
            ("arn:aws:iam::111122223333:role/R", vec![]),
            ("arn:aws:iam::111122223333:root", vec![]),
            ("AIDAIOSFODNN7EXAMPLE", vec![]),
            ("alice@corp.example", vec![]),
            ("AROAIOSFODNN7EXAMPLE:alice@corp.example", vec![]),
            ("ec2.amazonaws.com", vec![]),
            ("111122223333", vec![]),
            ("203.0.113.7", vec![]),
            ("system:node:a", vec![]),
            ("name-0123456789", vec![]),
            ("*", vec![]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }
}
