//! What proves the trails' files: digests, their signatures as `head-object` tells them, and public
//! keys. The bucket is the evidence's folder. What the story did to it:
//!
//! - The second trail, `org-audit`, names every file. One was changed after it was delivered, one
//!   is no delivery of the trail, two are gone (they are among what was mailed), and the digest
//!   that names the IAM calls of the incident was deleted.
//! - Of the first trail, `org-main`, only the Region is here in which nobody works: hours of
//!   nothing, until it was stopped. It was off while the intruder's machines were started there.

use super::attack::{STARTED, STOPPED};
use super::cast::{GLOBAL, HOME, HOURS, PRODUCTION, SANDBOX, SECOND, UNUSED, at};
use super::plan::planned;
use super::random::Random;
use super::tree::{Content, Pack, Planned};
use crate::event::Timestamp;
use crate::verify::signing::{Chain, LogFile, SignedDigest, Signer, Trail, public_keys_json};
use std::io;

/// What CloudTrail's public keys are called among the evidence.
pub const PUBLIC_KEYS: &str = "public-keys.json";

pub(super) const BUCKET: &str = "larkspur-trails";
const PLACES: [(&str, &str); 7] = [
    (PRODUCTION, HOME),
    (PRODUCTION, GLOBAL),
    (PRODUCTION, SECOND),
    (PRODUCTION, UNUSED),
    (SANDBOX, HOME),
    (SANDBOX, GLOBAL),
    (SANDBOX, SECOND),
];
/// When CloudTrail took another key.
const ROTATED: i64 = at(6, 30, 0);
/// When alice asked S3 and CloudTrail for what proves the files.
const COLLECTED: i64 = at(HOURS, 20, 0);

/// What the trail's digests say of a file.
#[derive(Clone)]
pub(super) enum Told {
    /// They do not name it, or it is of no trail.
    Nothing,
    /// It was delivered as this key.
    As(String),
    /// It was delivered as this key and changed since.
    Before(String),
}

/// A file that a trail delivered.
pub(super) struct Delivery {
    pub(super) account: &'static str,
    pub(super) region: &'static str,
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) log: LogFile,
}

/// The files that prove these deliveries.
pub(super) fn files(mut deliveries: Vec<Delivery>) -> io::Result<Vec<Planned>> {
    deliveries.sort_by(|one, other| one.log.key.cmp(&other.log.key));
    let keys = Keys::new(ROTATED, 7 * 24)?;
    let mut digests = stopped(&keys)?;
    for (account, region) in PLACES {
        let here = |delivery: &&Delivery| (delivery.account, delivery.region) == (account, region);
        let here: Vec<&Delivery> = deliveries.iter().filter(here).collect();
        digests.extend(hours(&keys, account, region, &here)?);
    }
    let mut files = Vec::with_capacity(2 * digests.len() + 1);
    for (end, digest) in digests {
        let head = Content::Plain(digest.head_object().into_bytes().into());
        let path = format!("metadata/{}.meta.json", digest.key);
        files.push(planned(path, head, Pack::AsIs, COLLECTED));
        files.push(planned(digest.key, Content::Plain(digest.gzip.into()), Pack::AsIs, end + 240));
    }
    let list = public_keys_json(&[&keys.old, &keys.new]).into_bytes();
    files.push(planned(PUBLIC_KEYS, Content::Plain(list.into()), Pack::AsIs, COLLECTED));
    Ok(files)
}

/// Two keys, one after the other; each is good some time longer than it is used.
pub(super) struct Keys {
    pub(super) old: Signer,
    pub(super) new: Signer,
    changed: i64,
}

impl Keys {
    /// They change at this time; each is good for so many hours.
    pub(super) fn new(changed: i64, hours: i64) -> io::Result<Self> {
        let old = Signer::first(instant(changed - hours * 3600), instant(changed + 3600))?;
        let new = Signer::second(instant(changed - 3600), instant(changed + hours * 3600))?;
        Ok(Self { old, new, changed })
    }

    /// The key of a digest that ends at this time.
    pub(super) fn of(&self, end: i64) -> &Signer {
        if end < self.changed { &self.old } else { &self.new }
    }
}

pub(super) fn instant(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(Timestamp::SECOND))
}

pub(super) fn trail(name: &str, account: &str, region: &str) -> Trail {
    Trail {
        bucket: BUCKET.to_owned(),
        prefix: None,
        organization: None,
        account: account.to_owned(),
        region: region.to_owned(),
        home: HOME.to_owned(),
        name: name.to_owned(),
    }
}

/// Digests of a trail end so many seconds after each hour: before alice collects the last one,
/// and after the hour's file.
fn past(trail: &Trail) -> i64 {
    let name = format!("{}/{}/{}", trail.name, trail.account, trail.region);
    Random::named(&name).between(400, 900)
}

/// The second trail's digests in one account and Region, each with its end.
fn hours(
    keys: &Keys,
    account: &str,
    region: &str,
    deliveries: &[&Delivery],
) -> io::Result<Vec<(i64, SignedDigest)>> {
    let trail = trail("org-audit", account, region);
    let past = past(&trail);
    let mut chain = Chain::begin(trail, instant(at(0, 0, past)));
    let mut digests = Vec::new();
    for hour in 1..=HOURS {
        let end = at(hour, 0, past);
        let new = |delivery: &&&Delivery| (end - 3600..end).contains(&delivery.at);
        let logs: Vec<LogFile> =
            deliveries.iter().filter(new).map(|delivery| delivery.log.clone()).collect();
        let digest = chain.digest(keys.of(end), instant(end), &logs)?;
        // The intruder deleted the one that names what he did in IAM.
        if (account, region, hour) != (PRODUCTION, GLOBAL, 11) {
            digests.push((end, digest));
        }
    }
    Ok(digests)
}

/// The first trail's digests where nobody works, each with its end.
fn stopped(keys: &Keys) -> io::Result<Vec<(i64, SignedDigest)>> {
    let trail = trail("org-main", PRODUCTION, UNUSED);
    let past = past(&trail);
    let mut chain = Chain::begin(trail, instant(at(0, 0, past)));
    let mut digests = Vec::new();
    let hours = |from: i64, to: i64| {
        (1..=HOURS).map(|hour| at(hour, 0, past)).filter(move |end| (from..to).contains(end))
    };
    // The last digest before the end of logging covers less than an hour.
    for end in hours(0, STOPPED).chain([STOPPED]) {
        digests.push((end, chain.digest(keys.of(end), instant(end), &[])?));
    }
    chain.restart(instant(STARTED));
    for end in hours(STARTED, i64::MAX) {
        digests.push((end, chain.digest(keys.of(end), instant(end), &[])?));
    }
    Ok(digests)
}
