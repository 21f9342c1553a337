//! Numbers of cards, banks and telephones, and of accounts in groups, among other numbers.

use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

use super::find::regex;

/// Groups in which the numbers of cards are printed.
const GROUPS: &[&[usize]] =
    &[&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 3, 3, 3]];

static GROUPED: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u)[0-9]+(?:-[0-9]+)+"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u)[0-9]+"));
static BANK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?"));
static TELEPHONE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)\+[1-9](?:[ -]?\(?[0-9]\)?){7,14}"));
/// With the prefix of calls abroad, which also zeros before a number look like: in groups only.
static ABROAD: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u)00[1-9][0-9]{0,2}[ /-]\(?[0-9]{1,6}\)?(?:[ /-]?[0-9]{2,}){1,4}"));
static INSURED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i-u)[0-9]{3}-[0-9]{2}-[0-9]{4}|(?:\bssn|social security(?: number| no\.?)?)[^a-z0-9]{1,4}(?<bare>[0-9]{9})",
    )
});

/// Numbers of accounts as the console prints them, `1111-2222-3333`, as the API has them. The middle of a UUID
/// and a part of a longer number in groups are none.
pub(super) fn accounts(bytes: &[u8]) -> Vec<(Range<usize>, String)> {
    let found = GROUPED.find_iter(bytes).filter_map(|found| {
        let mut groups = found.as_bytes().split(|byte| *byte == b'-');
        let fits = groups.clone().count() == 3 && groups.all(|group| group.len() == 4);
        let (before, after) = (&bytes[..found.start()], &bytes[found.end()..]);
        let goes_on = matches!(before, [.., byte, b'-'] if byte.is_ascii_hexdigit())
            || matches!(after, [b'-', byte, ..] if byte.is_ascii_hexdigit());
        let digits = found.as_bytes().iter().filter(|byte| **byte != b'-');
        let digits: String = digits.map(|byte| char::from(*byte)).collect();
        (fits && !goes_on).then(|| (found.range(), digits))
    });
    found.collect()
}

/// Numbers of cards: in one run of digits, or in groups as they are printed, with the same character
/// between all of them. Other numbers beside them do not belong to them.
pub(super) fn cards(bytes: &[u8]) -> Vec<(Range<usize>, String)> {
    let runs: Vec<Range<usize>> = DIGITS.find_iter(bytes).map(|found| found.range()).collect();
    let mut cards = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        cards.extend(card(bytes, run.clone()));
        for groups in GROUPS {
            let Some(runs) = runs.get(at..at + groups.len()) else { continue };
            let fits = runs.iter().zip(*groups).all(|(run, length)| run.len() == *length);
            let mut gaps = runs.windows(2).map(|pair| &bytes[pair[0].end..pair[1].start]);
            let gap = gaps.next().filter(|gap| matches!(*gap, b" " | b"-"));
            if fits && gap.is_some_and(|gap| gaps.all(|other| other == gap)) {
                cards.extend(card(bytes, run.start..runs[groups.len() - 1].end));
            }
        }
    }
    cards
}

fn card(bytes: &[u8], range: Range<usize>) -> Option<(Range<usize>, String)> {
    let digits = bytes[range.clone()].iter().filter(|byte| byte.is_ascii_digit());
    let digits: String = digits.map(|byte| char::from(*byte)).collect();
    let fits = match (digits.get(..2)?, digits.len()) {
        ("34" | "37", length) => length == 15,
        ("30" | "36" | "38", length) => length == 14,
        (first, length) if first.starts_with('4') => matches!(length, 13 | 16 | 19),
        (first, length) => first.starts_with(['2', '3', '5', '6']) && length == 16,
    };
    (fits && luhn(&digits)).then_some((range, digits))
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(nth, byte)| {
            let digit = u32::from(byte - b'0') << (nth % 2);
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Numbers of accounts at banks, without the words behind them.
pub(super) fn banks(bytes: &[u8]) -> Vec<(Range<usize>, String)> {
    let found = BANK.find_iter(bytes).filter_map(|found| {
        let range = found.range();
        // Where a group ends the number may end.
        let is_end = |at: &usize| *at == range.end || bytes[*at] == b' ';
        let ends = (range.start + 15..=range.end).rev().filter(is_end);
        ends.map(|end| range.start..end).find_map(|range| bank(bytes, range))
    });
    found.collect()
}

/// ISO 13616: the letters as numbers, the first four at the end, modulo 97.
fn bank(bytes: &[u8], range: Range<usize>) -> Option<(Range<usize>, String)> {
    let text = bytes[range.clone()].iter().filter(|byte| **byte != b' ');
    let text: String = text.map(|byte| char::from(*byte)).collect();
    if !(15..=34).contains(&text.len()) {
        return None;
    }
    let turned = text[4..].chars().chain(text[..4].chars());
    let rest = turned.fold(0, |rest: u32, c| match c.to_digit(36) {
        Some(value) if value > 9 => (rest * 100 + value) % 97,
        Some(value) => (rest * 10 + value) % 97,
        None => rest,
    });
    (rest == 1).then_some((range, text))
}

/// Telephone numbers with a country's code (ITU-T E.164). Digits behind one may be part of it.
pub(super) fn telephones(bytes: &[u8]) -> Vec<(Range<usize>, String)> {
    let found = TELEPHONE.find_iter(bytes).filter_map(|found| {
        // Such a sign is also one of base64 and of sums.
        let before = bytes[..found.start()].last().copied().unwrap_or(b' ');
        let is_free = !before.is_ascii_alphanumeric() && !b"+/=".contains(&before);
        let digits = found.as_bytes().iter().filter(|byte| byte.is_ascii_digit());
        let digits: String = digits.map(|byte| char::from(*byte)).collect();
        is_free.then(|| (found.range(), format!("+{digits}")))
    });
    found.collect()
}

/// Telephone numbers behind `00` instead of `+`.
pub(super) fn abroad(bytes: &[u8]) -> Vec<(Range<usize>, String)> {
    let found = ABROAD.find_iter(bytes).filter_map(|found| {
        let before = bytes[..found.start()].last().copied().unwrap_or(b' ');
        let after = bytes.get(found.end()).copied().unwrap_or(b' ');
        let is_free = !before.is_ascii_alphanumeric() && !b"+-/=.,:_".contains(&before);
        let digits = found.as_bytes()[2..].iter().filter(|byte| byte.is_ascii_digit());
        let digits: String = digits.map(|byte| char::from(*byte)).collect();
        let fits = (9..=15).contains(&digits.len()) && !b"-/:".contains(&after);
        (is_free && fits).then(|| (found.range(), format!("+{digits}")))
    });
    found.collect()
}

/// Numbers of social security of the United States: in their groups, or behind the word. Some are
/// given to nobody (SSA, POMS RM 10201.035).
pub(super) fn insured(bytes: &[u8]) -> Vec<(Range<usize>, String)> {
    let found = INSURED.captures_iter(bytes).filter_map(|captures| {
        let part = captures.name("bare").or(captures.get(0))?;
        let digits = part.as_bytes().iter().filter(|byte| byte.is_ascii_digit());
        let digits: String = digits.map(|byte| char::from(*byte)).collect();
        let (area, group, serial) = (digits.get(..3)?, digits.get(3..5)?, digits.get(5..)?);
        let is_one = !matches!(area, "000" | "666") && !area.starts_with('9');
        let before = bytes[..part.start()].last().copied().unwrap_or(b' ');
        let after = bytes.get(part.end()).copied().unwrap_or(b' ');
        let is_free = before != b'-' && before != b'.' && after != b'-';
        (is_one && is_free && group != "00" && serial != "0000").then(|| (part.range(), digits))
    });
    found.collect()
}
