//! A month of an ordinary account's trail with its digests, for the benchmarks of verification: in
//! the layout that `benches/peers/validate_logs.py` serves as S3, so that others can be measured
//! on the same bytes.

use super::Summary;
use super::cast::{DAY, HOME, PRODUCTION, RHYTHM};
use super::plan::planned;
use super::proof::{BUCKET, Delivery, Keys, PUBLIC_KEYS, Told, instant, trail};
use super::random::Random;
use super::tree::{Content, Pack, Planned, Written, write_all};
use crate::verify::signing::{Chain, LogFile, public_keys_json};
use serde_json::json;
use std::io;
use std::path::Path;

/// Files an hour: about one in two minutes, which is what a busy account has.
const FILES: i64 = 28;
/// Events of a file in the middle; with the bytes of ordinary events that is 20 kB compressed.
const EVENTS: i64 = 100;
const NAME: &str = "org-audit";

/// Writes so many hours below `dir`: `buckets/`, `meta/`, `public-keys.json`, and `case.json`, which
/// says which trail it is.
pub(super) fn write(dir: &Path, hours: i64) -> io::Result<Summary> {
    let logs: Vec<Planned> =
        (0..hours).flat_map(|hour| (0..FILES).map(move |part| log(hour, part))).collect();
    let Written { mut summary, deliveries } = write_all(dir, &logs, false)?;
    let proofs = write_all(dir, &proofs(hours, deliveries)?, false)?;
    summary.add(&proofs.summary);
    Ok(summary)
}

/// One of an hour's files. By day there is more in them than at night.
fn log(hour: i64, part: i64) -> Planned {
    let at = DAY + hour * 3600 + part * 3600 / FILES;
    let mut random = Random::named(&format!("month/{hour}/{part}"));
    let unique = random.upper(16);
    let busy = RHYTHM.get(hour.rem_euclid(24) as usize).copied().unwrap_or(8) as i64;
    let events = random.between(EVENTS / 2, EVENTS * 3 / 2) * busy / 10;
    let key = trail(NAME, PRODUCTION, HOME).log_key(instant(at), &unique);
    let content =
        Content::Trail { account: PRODUCTION, region: HOME, hour, events: events.unsigned_abs() };
    let path = format!("buckets/{BUCKET}/{key}");
    Planned { told: Told::As(key), ..planned(path, content, Pack::Gzip, at) }
}

fn proofs(hours: i64, mut deliveries: Vec<Delivery>) -> io::Result<Vec<Planned>> {
    deliveries.sort_by_key(|delivery| delivery.at);
    let (begin, end) = (DAY, DAY + hours * 3600);
    let keys = Keys::new(begin.midpoint(end), hours + 24)?;
    let mut chain = Chain::begin(trail(NAME, PRODUCTION, HOME), instant(begin));
    let mut files = Vec::new();
    let mut left = deliveries.iter().peekable();
    for hour in 1..=hours {
        let until = DAY + hour * 3600;
        let mut logs: Vec<LogFile> = Vec::new();
        while let Some(delivery) = left.next_if(|delivery| delivery.at < until) {
            logs.push(delivery.log.clone());
        }
        let digest = chain.digest(keys.of(until), instant(until), &logs)?;
        let plain = |path: String, bytes: Vec<u8>| {
            planned(path, Content::Plain(bytes.into()), Pack::AsIs, until)
        };
        let head = digest.head_object().into_bytes();
        files.push(plain(format!("meta/{BUCKET}/{}.meta.json", digest.key), head));
        files.push(plain(format!("buckets/{BUCKET}/{}", digest.key), digest.gzip));
    }
    let plain = |path: &str, text: String| {
        planned(path, Content::Plain(text.into_bytes().into()), Pack::AsIs, end)
    };
    files.push(plain(PUBLIC_KEYS, public_keys_json(&[&keys.old, &keys.new])));
    files.push(plain("case.json", case(begin, end)));
    Ok(files)
}

/// Which trail it is, and the time that the digests cover.
fn case(begin: i64, end: i64) -> String {
    let case = json!({
        "case": "month",
        "trail": {
            "arn": format!("arn:aws:cloudtrail:{HOME}:{PRODUCTION}:trail/{NAME}"),
            "name": NAME,
            "homeRegion": HOME,
            "bucket": BUCKET,
            "prefix": null,
            "organizationId": null,
        },
        "start": instant(begin).to_rfc3339(0),
        "end": instant(end).to_rfc3339(0),
        "scopes": [{ "account": PRODUCTION, "region": HOME }],
        "cliS3Bucket": null,
    });
    format!("{case:#}\n")
}
