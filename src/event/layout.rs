//! The layout in which services of AWS write their logs into a bucket:
//! `AWSLogs/[o-ORG/]ACCOUNT/SERVICE/[…/]REGION/[…/]YYYY/MM/DD/[HH/]`, or in Hive style
//! `AWSLogs/aws-account-id=ACCOUNT/aws-service=SERVICE/aws-region=REGION/year=YYYY/…`. AWS Config
//! writes months and days without zeros.
//!
//! Source: the user guides of these services. **The date is that of the delivery**: what a folder
//! holds happened before its end, and not long before its beginning.

use super::classes::words;
use super::time::Civil;
use super::{Timestamp, Window};

words! {
    /// What a folder stands for.
    Level {
        Organization = "organization",
        Account = "account",
        Service = "service",
        Region = "region",
        Year = "year",
        Month = "month",
        Day = "day",
        Hour = "hour",
        /// Anything else.
        Folder = "folder",
    }
}

/// How late records of a service come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    /// Until the end of the next hour where folders are hours, else of the next day.
    Hour,
    /// Until the end of the next day.
    Day,
    /// At any time: a finding comes again with the time at which it began, a snapshot holds what
    /// was captured long before.
    Ever,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Service {
    name: &'static str,
    /// Folders between the service and the year.
    between: u8,
    late: Late,
}

const fn service(name: &'static str, between: u8, late: Late) -> Service {
    Service { name, between, late }
}

/// The services whose folders of dates mean what is said above. Of others nothing is concluded.
const SERVICES: &[Service] = &[
    service("CloudTrail", 1, Late::Day),
    service("CloudTrail-Digest", 1, Late::Day),
    service("CloudTrail-Insight", 1, Late::Day),
    service("CloudTrail-NetworkActivity", 1, Late::Day),
    service("CloudTrail-Aggregated", 1, Late::Day),
    service("vpcflowlogs", 1, Late::Hour),
    service("elasticloadbalancing", 1, Late::Hour),
    service("WAFLogs", 2, Late::Hour),
    service("vpcdnsquerylogs", 1, Late::Day),
    service("network-firewall", 3, Late::Day),
    service("GuardDuty", 1, Late::Ever),
    service("Config", 1, Late::Ever),
    service("CloudFront", 1, Late::Day),
    service("redshift", 1, Late::Day),
];

/// Where in the layout a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    stage: Stage,
    service: Option<Service>,
    /// From when to when what is in the folder was delivered.
    span: Option<(Timestamp, Timestamp)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    #[default]
    Outside,
    Logs,
    Organization,
    Account,
    /// So many folders below the service; whether this one is a Region.
    Service(u8, bool),
    Year,
    Month,
    Day,
    Hour,
    /// Below the last date.
    Below,
}

/// What part of a folder a window of time needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    All,
    /// That depends on the folders in it.
    Some,
    /// Nothing: it was delivered before what the window holds.
    Before,
    /// Nothing: it was delivered long after that.
    After,
}

impl Position {
    /// Of the folder that a key, or the beginning of one, lies in.
    pub fn of(key: &str) -> Self {
        folders(key).fold(Self::default(), |at, (folder, _)| at.below(folder))
    }

    /// Of the folder of this name in it.
    #[must_use]
    pub fn below(self, folder: &str) -> Self {
        let value = value(folder);
        let stage = match self.stage {
            Stage::Outside if folder == "AWSLogs" => Stage::Logs,
            Stage::Logs if is_organization(value) => Stage::Organization,
            Stage::Logs | Stage::Organization if is_account(value) => Stage::Account,
            Stage::Outside | Stage::Logs | Stage::Organization => Stage::Outside,
            Stage::Account => {
                let service = SERVICES.iter().find(|service| service.name == value).copied();
                return Self { stage: Stage::Service(0, false), service, span: None };
            }
            Stage::Service(depth, _) => {
                let is_due = self.service.map_or(depth > 0, |service| service.between == depth);
                return match number(value, 4..=4).filter(|_| is_due) {
                    Some(year) => self.dated(Stage::Year, span_of(year, None, None)),
                    None => {
                        let is_region = is_region(value) || value == "global";
                        Self { stage: Stage::Service(depth.saturating_add(1), is_region), ..self }
                    }
                };
            }
            Stage::Year => {
                let month = number(value, 1..=2);
                return self.dated(Stage::Month, month.and_then(|month| self.within(month, None)));
            }
            Stage::Month => {
                let day = number(value, 1..=2);
                return self.dated(Stage::Day, day.and_then(|day| self.within(0, Some(day))));
            }
            Stage::Day => return self.hour(value),
            Stage::Hour | Stage::Below => Stage::Below,
        };
        Self { stage, ..self }
    }

    /// The month of this number in the year that it is, or the day in the month.
    fn within(self, month: i32, day: Option<i32>) -> Option<(Timestamp, Timestamp)> {
        let civil = self.span?.0.civil();
        match day {
            None => span_of(civil.year, Some(month), None),
            day => span_of(civil.year, Some(civil.month.into()), day),
        }
    }

    /// A folder that says no date, where one is due, says nothing of those below it.
    fn dated(self, stage: Stage, span: Option<(Timestamp, Timestamp)>) -> Self {
        match span {
            Some(_) => Self { stage, span, ..self },
            None => Self { stage: Stage::Below, ..self },
        }
    }

    fn hour(self, value: &str) -> Self {
        let hour = number(value, 2..=2).filter(|hour| *hour < 24);
        let (Some(hour), Some((day, _))) = (hour, self.span) else {
            return Self { stage: Stage::Below, ..self };
        };
        let begin = day.saturating_add(i64::from(hour) * Timestamp::HOUR);
        let is_exact = self.service.is_some_and(|service| service.late == Late::Hour);
        let span =
            if is_exact { Some((begin, begin.saturating_add(Timestamp::HOUR))) } else { self.span };
        Self { stage: Stage::Hour, span, ..self }
    }

    /// Whether it is `AWSLogs`, or below it and written by one of its services.
    pub fn is_inside(self) -> bool {
        self.stage != Stage::Outside
    }

    /// Whether it is a service's, or in it.
    pub fn is_of_service(self) -> bool {
        !matches!(self.stage, Stage::Outside | Stage::Logs | Stage::Organization | Stage::Account)
    }

    /// What the folder stands for; nothing of one that is outside of the layout.
    pub fn level(self) -> Option<Level> {
        Some(match self.stage {
            Stage::Outside => return None,
            Stage::Organization => Level::Organization,
            Stage::Account => Level::Account,
            Stage::Service(0, _) => Level::Service,
            Stage::Service(_, true) => Level::Region,
            Stage::Year => Level::Year,
            Stage::Month => Level::Month,
            Stage::Day => Level::Day,
            Stage::Hour => Level::Hour,
            Stage::Logs | Stage::Service(..) | Stage::Below => Level::Folder,
        })
    }

    /// What part of the folder holds records of the window, or may hold some.
    pub fn need(self, window: Window) -> Need {
        let is_above = !self.is_of_service();
        let Some(service) = self.service.filter(|_| !is_above && !window.is_open()) else {
            return if is_above && !window.is_open() { Need::Some } else { Need::All };
        };
        let Some((begin, end)) = self.span else {
            return if self.stage == Stage::Below { Need::All } else { Need::Some };
        };
        if window.from.is_some_and(|from| end <= from) {
            return Need::Before;
        }
        let unit =
            if end.0 - begin.0 == Timestamp::HOUR { Timestamp::HOUR } else { Timestamp::DAY };
        let to = window.to.filter(|_| service.late != Late::Ever);
        if to.is_some_and(|to| begin >= too_late(to, unit)) {
            return Need::After;
        }
        let finest = if service.late == Late::Hour { Timestamp::HOUR } else { Timestamp::DAY };
        let whole = window.from.is_none_or(|from| begin >= floor(from, finest))
            && to.is_none_or(|to| end <= too_late(to, finest));
        let is_last = matches!(self.stage, Stage::Hour | Stage::Below);
        if whole || is_last { Need::All } else { Need::Some }
    }
}

/// The outermost folder around a key, or the beginning of one, that the window does not need, with
/// the slash at its end; and what it has to do with the window.
pub fn left_out(key: &str, window: Window) -> Option<(&str, Need)> {
    let mut at = Position::default();
    for (folder, end) in folders(key) {
        at = at.below(folder);
        let need = at.need(window);
        if matches!(need, Need::Before | Need::After) {
            return Some((&key[..end], need));
        }
    }
    None
}

/// What stands before the dates in a key.
pub fn undated(key: &str) -> &str {
    let (mut at, mut before) = (Position::default(), 0);
    for (folder, end) in folders(key) {
        at = at.below(folder);
        if at.span.is_some() {
            break;
        }
        before = end;
    }
    &key[..before]
}

/// The folders that a key lies in, each with where its slash ends.
fn folders(key: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut begin = 0;
    key.match_indices('/').map(move |(slash, _)| {
        let folder = &key[begin..slash];
        begin = slash + 1;
        (folder, begin)
    })
}

/// A year, or a month or a day in it.
fn span_of(year: i32, month: Option<i32>, day: Option<i32>) -> Option<(Timestamp, Timestamp)> {
    let at = |year, month: i32, day: i32| {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        Timestamp::from_civil(Civil { year, month, day, hour: 0, minute: 0, second: 0, nanos: 0 })
    };
    let begin = at(year, month.unwrap_or(1), day.unwrap_or(1))?;
    let end = match (month, day) {
        (_, Some(_)) => begin.saturating_add(Timestamp::DAY),
        (None | Some(12), None) => at(year + 1, 1, 1)?,
        (Some(month), None) => at(year, month + 1, 1)?,
    };
    Some((begin, end))
}

/// The beginning of the first unit that is delivered too late to hold what happened before `to`.
fn too_late(to: Timestamp, unit: i64) -> Timestamp {
    floor(to.saturating_add(-1), unit).saturating_add(2 * unit)
}

fn floor(at: Timestamp, unit: i64) -> Timestamp {
    Timestamp(at.0.div_euclid(unit).saturating_mul(unit))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i32> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The account that a name, or one within an archive, says by the layout that it lies in.
pub fn account(name: &str) -> Option<&str> {
    let mut at = Position::default();
    let mut found = None;
    for folder in name.split(['/', '!']) {
        at = at.below(folder);
        found = if at.level() == Some(Level::Account) { Some(value(folder)) } else { found };
    }
    found
}

/// What a folder's name says, without the name that Hive style puts before it.
pub fn value(folder: &str) -> &str {
    const NAMES: &[&str] =
        &["aws-account-id", "aws-service", "aws-region", "year", "month", "day", "hour"];
    let named = folder.split_once('=').filter(|(name, _)| NAMES.contains(name));
    named.map_or(folder, |(_, value)| value)
}

/// `o-` and 10 to 32 letters and digits.
fn is_organization(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.strip_prefix("o-").is_some_and(|id| (10..=32).contains(&id.len()) && id.bytes().all(plain))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `eu-west-1`, `us-gov-west-1`: words, then a number.
pub fn is_region(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let Some((b'-', words)) = bytes[..bytes.len() - digits].split_last() else { return false };
    let (mut parts, mut letters) = (1, 0);
    for byte in words {
        match byte {
            b'a'..=b'z' => letters += 1,
            b'-' if letters > 1 => (parts, letters) = (parts + 1, 0),
            _ => return false,
        }
    }
    matches!(digits, 1 | 2) && parts > 1 && letters > 1
}

#[cfg(test)]
mod tests;
