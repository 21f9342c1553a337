//! Where in bytes something of a kind stands.
//!
//! Text of logs is escaped in text: `%40` and `\u0040` are an `@`, and the `n` of `\n` belongs to no
//! word. What is encoded (base64) or compressed within a text is not looked into.

use super::kinds::Kind;
use super::names::is_token;
use super::secrets::{Reading, secrets};
use super::views::View;
use super::{numbers, people};
use regex::bytes::Regex;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

/// Something found; `value` is what it says, however it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) value: String,
    /// In JSON, how deep the text is in which it is no text but a number: its token needs quotes.
    pub(super) bare: Option<usize>,
}

impl Found {
    pub(super) const fn new(range: Range<usize>, kind: Kind, value: String) -> Self {
        Self { range, kind, value, bare: None }
    }
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) kinds: &'a dyn Fn(Kind) -> bool,
    /// Accounts that are known to be some, also where they look like the end of a UUID.
    pub(super) accounts: &'a BTreeSet<String>,
}

pub(super) fn regex(pattern: &str) -> Regex {
    #[allow(clippy::expect_used, reason = "constant, and tests compile it")]
    Regex::new(pattern).expect("a regular expression of ours")
}

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?-u)[A-Za-z0-9._%+\-\x80-\xff]{1,64}(?:@|%40|\\u0040)(?:[A-Za-z0-9\x80-\xff][A-Za-z0-9\x80-\xff-]{0,62}\.)+[A-Za-z]{2,24}",
    )
});
static ACCESS_KEY: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"));
/// Ids that IAM gives to users, roles, groups, policies and the like, as its identifiers are
/// documented: whoever has the account learns from them who it is.
static UNIQUE_ID: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)A(?:GP|ID|IP|NP|NV|PK|RO|SC)A[A-Z0-9]{12,28}"));
static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?s-u)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\z)",
    )
});
static JWT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"));
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u)[0-9]{12,}"));
static V4: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u)[0-9]+(?:\.[0-9]+){3,}"));
static V6: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*"));
static HOST: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)(?:ip|ec2)-(?<value>[0-9]{1,3}(?:-[0-9]{1,3}){3})"));

/// Everything of these kinds, in each way in which the bytes can be read; what is found may overlap.
pub(super) fn find(bytes: &[u8], wanted: Wanted<'_>) -> Vec<Found> {
    let mut all = Vec::new();
    let is_json = Reading::of(bytes, true).is_json;
    for (level, view) in View::all(bytes).into_iter().enumerate() {
        let found = read(&view.bytes, level == 0, wanted);
        // What is spelled for an address of the web is text, and its numbers are anything.
        let found = found.into_iter().filter(|it| {
            !view.is_web || it.kind.is_secret() || matches!(it.kind, Kind::Email | Kind::Name)
        });
        for mut it in found {
            let mut range = view.back(&it.range);
            if is_json && it.kind.is_secret() {
                let level = level - usize::from(view.is_web);
                let before = it.range.start.checked_sub(1).map(|at| (at, view.bytes[at]));
                let opens = before.filter(|(_, byte)| *byte == b'"');
                let opens = opens.map(|(at, _)| depth(bytes, view.back(&(at..at + 1)).end - 1));
                if opens.is_some_and(|depth| depth != level) {
                    continue;
                }
                // What another mark encloses has no quote in it that is not one of JSON.
                let is_other = before.is_some_and(|(_, byte)| byte == b'\'');
                let end = ending(bytes, &range, if is_other { usize::MAX } else { level });
                if end < range.end {
                    range.end = end;
                    it.value = String::from_utf8_lossy(&bytes[range.clone()]).into_owned();
                }
            }
            if !range.is_empty() {
                all.push(Found { range, ..it });
            }
        }
    }
    all
}

/// Where a text that is so many levels deep in JSON ends, if it does before the range.
fn ending(bytes: &[u8], range: &Range<usize>, level: usize) -> usize {
    let quotes = range.clone().filter(|at| bytes[*at] == b'"');
    let end = quotes.into_iter().find(|at| depth(bytes, *at) <= level);
    end.map_or(range.end, |quote| {
        let slashes = bytes[range.start..quote].iter().rev().take_while(|it| **it == b'\\').count();
        // As many backslashes belong to it as its level has.
        quote - slashes.min((1 << depth(bytes, quote)) - 1)
    })
}

/// How deep the text of JSON within JSON is that a quote at this place begins or ends, by the
/// backslashes before it.
fn depth(bytes: &[u8], quote: usize) -> usize {
    let mut slashes = bytes[..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
    let mut depth = 0;
    while slashes % 2 == 1 {
        slashes /= 2;
        depth += 1;
    }
    depth
}

fn read(bytes: &[u8], is_plain: bool, wanted: Wanted<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut look = |kind: Kind, regex: &Regex, value: &dyn Fn(&[u8]) -> Option<String>| {
        if !(wanted.kinds)(kind) {
            return;
        }
        for captures in regex.captures_iter(bytes) {
            let Some(part) = captures.name("value").or(captures.get(0)) else { continue };
            let mut range = behind_escape(bytes, part.range())..part.end();
            match kind {
                Kind::Email => range.start = mailbox(bytes, range.clone()),
                Kind::Address => range = trimmed(bytes, range),
                _ => {}
            }
            if let Some(value) = value(&bytes[range.clone()])
                && is_free(bytes, &range, kind)
                && !(kind == Kind::Account
                    && ends_uuid(&bytes[..range.start])
                    && !wanted.accounts.contains(&value))
            {
                found.push(Found::new(range, kind, value));
            }
        }
    };
    look(Kind::Email, &EMAIL, &email);
    look(Kind::AccessKey, &ACCESS_KEY, &whole);
    look(Kind::UniqueId, &UNIQUE_ID, &whole);
    look(Kind::PrivateKey, &PRIVATE_KEY, &whole);
    look(Kind::Jwt, &JWT, &whole);
    look(Kind::Account, &ACCOUNT, &account);
    look(Kind::Address, &V4, &v4);
    look(Kind::Address, &V6, &v6);
    look(Kind::Address, &HOST, &host);
    for (kind, of) in NUMBERS {
        if (wanted.kinds)(kind) {
            let numbers = of(bytes).into_iter().filter(|(range, _)| is_free(bytes, range, kind));
            found.extend(numbers.map(|(range, value)| Found::new(range, kind, value)));
        }
    }
    if (wanted.kinds)(Kind::Secret) {
        found.extend(secrets(bytes, Reading::of(bytes, is_plain)));
    }
    if (wanted.kinds)(Kind::Name) {
        found.extend(people::named(bytes));
    }
    found
}

type Numbers = fn(&[u8]) -> Vec<(Range<usize>, String)>;

const NUMBERS: [(Kind, Numbers); 6] = [
    (Kind::Account, numbers::accounts),
    (Kind::Card, numbers::cards),
    (Kind::Iban, numbers::banks),
    (Kind::Phone, numbers::telephones),
    (Kind::Phone, numbers::abroad),
    (Kind::Ssn, numbers::insured),
];

/// Whether the text is an e-mail address and nothing else.
pub(super) fn is_email(text: &str) -> bool {
    EMAIL.find(text.as_bytes()).is_some_and(|found| found.range() == (0..text.len()))
}

#[allow(clippy::unnecessary_wraps, reason = "one of several that may find nothing")]
fn whole(bytes: &[u8]) -> Option<String> {
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn email(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let text = text.replace("%40", "@").replace("\\u0040", "@");
    // The token of a secret stands before a host as one in an address of the web.
    let is_name = text.split('@').next().is_some_and(|name| !name.is_empty() && !is_token(name));
    is_name.then_some(text)
}

/// Where a mailbox begins: behind what is escaped for an address of the web, and not within a
/// character.
fn mailbox(bytes: &[u8], range: Range<usize>) -> usize {
    let local = &bytes[range.clone()];
    let at = local.iter().position(|byte| *byte == b'@').unwrap_or(local.len());
    let mut start = range.start;
    for (nth, part) in local[..at].windows(3).enumerate() {
        let escape = part[0] == b'%' && part[1..].iter().all(u8::is_ascii_hexdigit);
        if escape && part != b"%40" {
            start = range.start + nth + 3;
        }
    }
    while start > 0 && bytes.get(start).is_some_and(|byte| byte & 0xc0 == 0x80) {
        start -= 1;
    }
    start
}

/// An address without what stands before and behind it: `ip:2001:db8::1.`
fn trimmed(bytes: &[u8], mut range: Range<usize>) -> Range<usize> {
    let double = |text: &[u8]| text == b"::";
    let first = |range: &Range<usize>| bytes[range.clone()].first() == Some(&b':');
    if first(&range) && !double(&bytes[range.start..range.end.min(range.start + 2)]) {
        range.start += 1;
    }
    while let Some(last) = bytes[range.clone()].last() {
        let pair = range.len() >= 2 && double(&bytes[range.end - 2..range.end]);
        if *last != b'.' && (*last != b':' || pair) {
            break;
        }
        range.end -= 1;
    }
    range
}

fn account(bytes: &[u8]) -> Option<String> {
    if bytes.len() == 12 { whole(bytes) } else { None }
}

fn v4(bytes: &[u8]) -> Option<String> {
    let address: Ipv4Addr = str::from_utf8(bytes).ok()?.parse().ok()?;
    Some(address.to_string())
}

fn v6(bytes: &[u8]) -> Option<String> {
    let text = str::from_utf8(bytes).ok()?;
    let address: Ipv6Addr = text.parse().ok()?;
    // `::` and `::1` say nothing of anybody, and the first is also a word of programs.
    (!address.is_unspecified() && !address.is_loopback())
        .then(|| IpAddr::V6(address).to_canonical().to_string())
}

/// `203-0-113-7`, as it stands in names of hosts.
fn host(bytes: &[u8]) -> Option<String> {
    v4(str::from_utf8(bytes).ok()?.replace('-', ".").as_bytes())
}

/// Where the word begins, if the bytes before it make its first ones an escape of JSON.
pub(super) fn behind_escape(bytes: &[u8], range: Range<usize>) -> usize {
    let backslashes = bytes[..range.start].iter().rev().take_while(|byte| **byte == b'\\').count();
    if backslashes % 2 == 0 {
        return range.start;
    }
    let length = if bytes.get(range.start) == Some(&b'u') { 5 } else { 1 };
    (range.start + length).min(range.end)
}

/// Whether no letter or digit touches it; those of an escape do not count. E-mail addresses and
/// keys in PEM are bounded by what they are made of.
pub(super) fn is_free(bytes: &[u8], range: &Range<usize>, kind: Kind) -> bool {
    if range.is_empty() {
        return false;
    }
    if matches!(kind, Kind::Email | Kind::PrivateKey) {
        return true;
    }
    let after = bytes.get(range.end).copied().unwrap_or(b' ');
    if after.is_ascii_alphanumeric() {
        return false;
    }
    let before = bytes[..range.start].last().copied().unwrap_or(b' ');
    if kind == Kind::Address && before == b'.' {
        return false;
    }
    !before.is_ascii_alphanumeric() || ends_escape(&bytes[..range.start])
}

/// Whether the bytes end in `%2F`, `\n` or `\u002f`.
fn ends_escape(bytes: &[u8]) -> bool {
    let last = |count: usize| bytes.len().checked_sub(count).map(|from| &bytes[from..]);
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match (last(2), last(3), last(6)) {
        (_, Some([b'%', digits @ ..]), _) if hex(digits) => true,
        (_, _, Some([b'\\', b'u', digits @ ..])) if hex(digits) => true,
        (Some([b'\\', c]), ..) => c.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Whether what follows is the last part of a UUID (RFC 9562) that nothing stands before.
fn ends_uuid(before: &[u8]) -> bool {
    const SHAPE: &[u8] = b"xxxxxxxx-xxxx-Vxxx-Wxxx-";
    let Some(from) = before.len().checked_sub(SHAPE.len()) else { return false };
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'-' => *byte == b'-',
        b'V' => (b'1'..=b'8').contains(byte),
        b'W' => b"89abAB".contains(byte),
        _ => byte.is_ascii_hexdigit(),
    };
    let is_start = |byte: &u8| !byte.is_ascii_alphanumeric();
    before[from..].iter().zip(SHAPE).all(fits) && before[..from].last().is_none_or(is_start)
}
