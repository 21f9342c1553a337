//! The names that CloudTrail gives its objects in S3, read from a key or from a path that ends in
//! one.
//!
//! ```text
//! [prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/
//!     ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHMMZ_RANDOM.json.gz
//! [prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail-Digest/REGION/YYYY/MM/DD/
//!     ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_YYYYMMDDTHHMMSSZ[_backfill].json.gz
//! ```
//!
//! The stamp of a digest is the end of its time; that of a log has minutes only, and lies some
//! minutes before its delivery.

use crate::event::{Timestamp, time::Civil};

/// What an object is by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named<'a> {
    Log(LogName<'a>),
    Digest(DigestName<'a>),
}

/// A log file of CloudTrail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName<'a> {
    pub account: &'a str,
    pub region: &'a str,
    /// What lies in a folder beside that of the logs, such as `CloudTrail-Insight/`, counts only if
    /// a digest names it.
    pub is_event_log: bool,
    /// When it was written, by its name: a minute, or the day of its folder.
    pub stamp: Option<(Timestamp, Timestamp)>,
}

/// A digest file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestName<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub trail: &'a str,
    /// Home Region of the trail.
    pub home: &'a str,
    /// End of its time, by its name.
    pub stamp: Timestamp,
    pub backfill: bool,
}

/// A path taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'a> {
    pub named: Named<'a>,
    /// Length in bytes of what stands before `ACCOUNT/CloudTrail…/`; `None` where the folders of
    /// the layout are missing, and only the name says what it is.
    pub base: Option<usize>,
}

/// Folders of the layout.
const LOGS: &str = "CloudTrail";
const DIGESTS: &str = "CloudTrail-Digest";

/// How the folders begin that lie beside that of the logs.
const BESIDE: &str = "CloudTrail-";

/// The name of a copy that was unpacked lacks this.
pub const PACKED: &str = ".gz";

/// Parts of a path, whether folders or archives.
pub fn parts(path: &str) -> std::str::Split<'_, [char; 2]> {
    path.split(['/', '!'])
}

/// The name with the ending that a copy loses when it is unpacked.
pub fn packed(name: &str) -> std::borrow::Cow<'_, str> {
    match name.strip_suffix(".json") {
        Some(_) => format!("{name}{PACKED}").into(),
        None => name.into(),
    }
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    parts(path).next_back().unwrap_or(path)
}

/// Reads a path; `None` if it is neither a log nor a digest of CloudTrail.
pub fn read(path: &str) -> Option<Address<'_>> {
    let name = file_name(path);
    let folders = Folders::of(path);
    let base = folders.as_ref().map(|folders| folders.base);
    if let Some(digest) = digest_name(name) {
        return Some(Address { named: Named::Digest(digest), base });
    }
    let log = match (log_name(name), folders) {
        (Some(log), _) => log,
        // Whatever lies where logs lie is taken for one by everybody who reads them.
        (None, Some(folders)) if folders.service != DIGESTS && is_json(name) => LogName {
            account: folders.account,
            region: folders.region,
            is_event_log: folders.service == LOGS,
            stamp: folders.day(),
        },
        _ => return None,
    };
    Some(Address { named: Named::Log(log), base })
}

fn is_json(name: &str) -> bool {
    stem(name).is_some() && !super::metadata::is_sidecar(name)
}

/// The folders of the layout, nearest to the name.
struct Folders<'a> {
    base: usize,
    account: &'a str,
    service: &'a str,
    region: &'a str,
    /// What follows the Region.
    rest: &'a str,
}

impl<'a> Folders<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let mut found = None;
        let (mut start, mut before) = (0, None);
        for part in parts(path) {
            let end = start + part.len();
            if let Some((base, account)) = before
                && is_account(account)
                && (part == LOGS || part.starts_with(BESIDE))
                && let Some(after) = path.get(end + 1..)
                && let Some((region, rest)) = after.split_once('/')
                && is_region(region)
            {
                found = Some(Self { base, account, service: part, region, rest });
            }
            before = Some((start, part));
            start = end + 1;
        }
        found
    }

    /// The day of `YYYY/MM/DD/`.
    fn day(&self) -> Option<(Timestamp, Timestamp)> {
        let mut parts = self.rest.split('/');
        let mut number = |digits| number(parts.next().filter(|part| part.len() == digits)?);
        let civil = Civil {
            year: number(4)? as i32,
            month: number(2)? as u8,
            day: number(2)? as u8,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
        };
        let start = Timestamp::from_civil(civil)?;
        Some((start, start.saturating_add(Timestamp::DAY)))
    }
}

fn log_name(name: &str) -> Option<LogName<'_>> {
    let stem = stem(name)?;
    let (account, rest) = stem.split_once("_CloudTrail_")?;
    let mut parts = rest.split('_');
    let (region, stamp, random) = (parts.next()?, parts.next()?, parts.next()?);
    if !is_account(account) || !is_region(region) || random.is_empty() {
        return None;
    }
    let at = instant(stamp, false)?;
    let stamp = Some((at, at.saturating_add(Timestamp::MINUTE)));
    Some(LogName { account, region, is_event_log: true, stamp })
}

fn digest_name(name: &str) -> Option<DigestName<'_>> {
    let stem = stem(name)?;
    let (account, rest) = stem.split_once("_CloudTrail-Digest_")?;
    let (region, rest) = rest.split_once('_')?;
    let (rest, backfill) = match rest.strip_suffix("_backfill") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let (rest, stamp) = rest.rsplit_once('_')?;
    let (trail, home) = rest.rsplit_once('_')?;
    if !is_account(account) || !is_region(region) || !is_region(home) || trail.is_empty() {
        return None;
    }
    Some(DigestName { account, region, trail, home, stamp: instant(stamp, true)?, backfill })
}

fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(PACKED).unwrap_or(name).strip_suffix(".json")
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Regions to come are named like those that there are: small letters, digits and hyphens.
fn is_region(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.contains('-') && text.len() <= 40 && text.bytes().all(plain)
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `20250627T2235Z`, or with seconds `20250627T223500Z`.
fn instant(text: &str, seconds: bool) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let (date, time) = text.split_once('T')?;
    if date.len() != 8 || time.len() != if seconds { 6 } else { 4 } || !text.is_ascii() {
        return None;
    }
    Timestamp::from_civil(Civil {
        year: number(&date[..4])? as i32,
        month: number(&date[4..6])? as u8,
        day: number(&date[6..])? as u8,
        hour: number(&time[..2])? as u8,
        minute: number(&time[2..4])? as u8,
        second: if seconds { number(&time[4..])? as u8 } else { 0 },
        nanos: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(path: &str) -> Option<(DigestName<'_>, Option<usize>)> {
        match read(path)? {
            Address { named: Named::Digest(digest), base } => Some((digest, base)),
            Address { named: Named::Log(_), .. } => None,
        }
    }

    #[test]
    fn trails_may_have_the_characters_that_separate() {
        let path = "b/p/AWSLogs/o-abc/111122223333/CloudTrail-Digest/eu-west-1/2026/03/04/\
                    111122223333_CloudTrail-Digest_eu-west-1_my_trail.x-1_us-gov-west-1_20260304T101112Z_backfill.json.gz";
        let (name, base) = digest(path).expect("a digest");
        assert_eq!(name.trail, "my_trail.x-1");
        assert_eq!((name.region, name.home), ("eu-west-1", "us-gov-west-1"));
        assert!(name.backfill);
        assert_eq!(name.stamp.to_rfc3339(0), "2026-03-04T10:11:12Z");
        assert_eq!(&path[..base.unwrap()], "b/p/AWSLogs/o-abc/");
    }

    #[test]
    fn a_name_is_enough_and_a_folder_too() {
        let plain = "111122223333_CloudTrail_eu-west-1_20260304T1011Z_AbC.json";
        let Some(Address { named: Named::Log(log), base: None }) = read(plain) else {
            panic!("no log");
        };
        assert_eq!(log.stamp.unwrap().0.to_rfc3339(0), "2026-03-04T10:11:00Z");
        let odd = "x.zip!AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/odd.json.gz";
        let Some(Address { named: Named::Log(log), base: Some(base) }) = read(odd) else {
            panic!("no log");
        };
        assert_eq!(&odd[..base], "x.zip!AWSLogs/");
        assert_eq!(log.stamp.unwrap().1.to_rfc3339(0), "2026-03-05T00:00:00Z");
    }

    #[test]
    fn what_lies_beside_logs_is_told_apart() {
        let path = "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/04/x.json.gz";
        let Some(Address { named: Named::Log(log), base: Some(8) }) = read(path) else {
            panic!("nothing");
        };
        assert!(!log.is_event_log);
    }

    #[test]
    fn what_is_neither_is_nothing() {
        for path in [
            "",
            "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/readme.txt",
            "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/x.json.gz.meta.json",
            "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/04/x.txt",
            "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/04/x.json.gz",
            "111122223333_CloudTrail_eu-west-1_20261304T1011Z_AbC.json.gz",
            "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T1011Z.json.gz",
            "11112222333_CloudTrail_eu-west-1_20260304T1011Z_AbC.json.gz",
            "ü111122223333_CloudTrail_eu-west-1_2026ä304T1011Z_AbC.json.gz",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
