//! Which files there are, where they lie and what is in them: the layouts of AWS, and the mess in
//! which evidence arrives.

use super::cast::{
    DAY, DAY_NAME, DAY_PATH, GLOBAL, HOME, HOURS, PRODUCTION, RHYTHM, SANDBOX, SECOND, UNUSED, at,
};
use super::proof::Told;
use super::random::Random;
use super::tree::{Content, Pack, Planned};
use super::{flow, host, web};
use crate::event::Timestamp;
use crate::event::time::Civil;

const README: &str = "\
Evidence of the incident of 4 March 2026 at Larkspur Freight, a made-up company.

Collected by alice at 16:20 UTC. The AWS logs come from the organisation's second trail, of
which the intruder did not know: the first, org-main, was stopped at 10:42.
auth.log is from the bastion host. interrupted.log.gz did not arrive whole.
";

/// A grey dot, the smallest thing that is no log.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b,
    0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x68, 0x00, 0x00, 0x00,
    0x82, 0x00, 0x81, 0xda, 0x45, 0x08, 0x3b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

/// Where people can sit and what is busy there.
const PLACES: &[(&str, &str, u64)] = &[
    (PRODUCTION, HOME, 60),
    (PRODUCTION, GLOBAL, 14),
    (PRODUCTION, SECOND, 10),
    (SANDBOX, HOME, 8),
    (SANDBOX, GLOBAL, 5),
    (SANDBOX, SECOND, 3),
];

/// Splits a total by weights; the parts add up to it exactly.
fn shares(total: u64, weights: &[u64]) -> Vec<u64> {
    let all = weights.iter().sum::<u64>().max(1);
    let (mut sum, mut given) = (0, 0);
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        sum += weight;
        let until = (u128::from(total) * u128::from(sum) / u128::from(all)) as u64;
        parts.push(until - given);
        given = until;
    }
    parts
}

pub(super) fn planned(
    path: impl Into<String>,
    content: Content,
    pack: Pack,
    modified: i64,
) -> Planned {
    let path = path.into();
    Planned { seed: path.clone(), path, content, pack, modified, told: Told::Nothing }
}

fn civil(seconds: i64) -> Civil {
    Timestamp(seconds.saturating_mul(Timestamp::SECOND)).civil()
}

/// `20260304T1035Z`.
fn minute_name(seconds: i64) -> String {
    let c = civil(seconds);
    format!("{:04}{:02}{:02}T{:02}{:02}Z", c.year, c.month, c.day, c.hour, c.minute)
}

fn folder(account: &str, service: &str, region: &str, seconds: i64) -> String {
    let c = civil(seconds);
    format!("AWSLogs/{account}/{service}/{region}/{:04}/{:02}/{:02}", c.year, c.month, c.day)
}

/// A file of an hour, delivered five minutes after; `part` tells files of the same hour apart.
fn trail_path(account: &str, region: &str, hour: i64, part: u64) -> String {
    let delivered = at(hour + 1, 5, 0);
    let (folder, stamp) =
        (folder(account, "CloudTrail", region, delivered), minute_name(delivered));
    let tail = Random::named(&format!("{folder}/{stamp}/{part}")).upper(16);
    format!("{folder}/{account}_CloudTrail_{region}_{stamp}_{tail}.json.gz")
}

fn flow_path(account: &str, region: &str, from: i64) -> String {
    let (folder, stamp) = (folder(account, "vpcflowlogs", region, from), minute_name(from));
    let tail = Random::named(&format!("{folder}/{stamp}")).hex(8);
    format!("{folder}/{account}_vpcflowlogs_{region}_fl-0d3a0c0ffee987654_{stamp}_{tail}.log.gz")
}

/// The demo's files, with this many ordinary events.
pub(super) fn demo(events: u64) -> Vec<Planned> {
    let parts = shares(events, &[42, 44, 13, 1]);
    let mut files = trails(parts[0]);
    files.extend(flows(parts[1]));
    files.extend(sites(parts[2]));
    files.extend(bastion(parts[3]));
    files.extend(strays(&files));
    files
}

fn trails(events: u64) -> Vec<Planned> {
    let slots: Vec<(usize, i64)> =
        (0..PLACES.len()).flat_map(|place| (0..HOURS).map(move |hour| (place, hour))).collect();
    let weight = |&(place, hour): &(usize, i64)| PLACES[place].2 * RHYTHM[hour as usize];
    let weights: Vec<u64> = slots.iter().map(weight).collect();
    let mut files = Vec::new();
    for (&(place, hour), events) in slots.iter().zip(shares(events, &weights)) {
        let (account, region, _) = PLACES[place];
        let content = Content::Trail { account, region, hour, events };
        // Two files are no longer in the bucket and came another way: one unpacked, one with a
        // name that says nothing.
        let key = trail_path(account, region, hour, 0);
        let (path, pack) = match (account, region, hour) {
            (SANDBOX, GLOBAL, 11) => ("mailed/sandbox-11h.json".to_owned(), Pack::AsIs),
            (SANDBOX, SECOND, 10) => ("mailed/backup.dat".to_owned(), Pack::Gzip),
            _ => (key.clone(), Pack::Gzip),
        };
        let told = match (account, region, hour) {
            (PRODUCTION, SECOND, 10) => Told::Before(key),
            (PRODUCTION, SECOND, 13) => Told::Nothing,
            _ => Told::As(key),
        };
        files.push(Planned { told, ..planned(path, content, pack, at(hour + 1, 5, 0)) });
    }
    let unused = Content::Trail { account: PRODUCTION, region: UNUSED, hour: 11, events: 0 };
    let key = trail_path(PRODUCTION, UNUSED, 11, 0);
    let told = Told::As(key.clone());
    files.push(Planned { told, ..planned(key, unused, Pack::Gzip, at(12, 5, 0)) });
    files
}

/// The starts of the day's five minutes, each with its share of the events.
fn windows(events: u64, length: i64) -> Vec<(i64, u64)> {
    let count = HOURS * 3600 / length;
    let weights: Vec<u64> =
        (0..count).map(|window| RHYTHM[(window * length / 3600) as usize]).collect();
    let starts = (0..count).map(|window| DAY + window * length);
    starts.zip(shares(events, &weights)).collect()
}

fn flows(events: u64) -> Vec<Planned> {
    let mut files = Vec::new();
    for (from, events) in windows(events, flow::WINDOW) {
        let content = Content::Flow { account: PRODUCTION, from, events, wide: true };
        let path = flow_path(PRODUCTION, HOME, from);
        files.push(planned(path, content, Pack::Gzip, from + 2 * flow::WINDOW));
    }
    files
}

fn sites(events: u64) -> Vec<Planned> {
    let windows = windows(events, web::WINDOW);
    let mut files: Vec<Planned> =
        windows.iter().map(|&(from, events)| site(from, events)).collect();
    files.push(planned("shop/app.jsonl", Content::App { windows }, Pack::AsIs, at(HOURS, 0, 0)));
    files
}

/// The load balancer's file of five minutes.
fn site(from: i64, events: u64) -> Planned {
    let until = from + web::WINDOW;
    let (folder, stamp) =
        (folder(PRODUCTION, "elasticloadbalancing", HOME, until), minute_name(until));
    let tail = Random::named(&format!("{folder}/{stamp}")).hex(8);
    let path = format!(
        "{folder}/{PRODUCTION}_elasticloadbalancing_{HOME}_app.shop.50dc6c495c0c9188_{stamp}_192.0.2.60_{tail}.log.gz"
    );
    planned(path, Content::Web { from, events }, Pack::Gzip, until)
}

fn bastion(events: u64) -> Vec<Planned> {
    let end = at(HOURS, 0, 0);
    let now = Content::Auth { events, from: host::ROTATED, to: end };
    let old = Content::Auth { events, from: DAY, to: host::ROTATED };
    vec![
        planned("bastion-1/var/log/auth.log", now, Pack::AsIs, end),
        planned("bastion-1/var/log/auth.log.1.gz", old, Pack::Gzip, host::ROTATED),
    ]
}

/// Findings, an archive, and what is no log, no longer whole, or there twice.
fn strays(files: &[Planned]) -> Vec<Planned> {
    let end = at(HOURS, 5, 0);
    let findings = format!(
        "AWSLogs/{PRODUCTION}/GuardDuty/{HOME}/{DAY_PATH}/{}.jsonl.gz",
        Random::named("findings").uuid()
    );
    let small = |from| Content::Flow { account: SANDBOX, from, events: 120, wide: false };
    let member = |from: i64| {
        let name = format!("sandbox-flows/{}.log", minute_name(from));
        planned(name, small(from), Pack::AsIs, end)
    };
    let zip = Content::Zip(vec![member(at(10, 30, 0)), member(at(10, 35, 0))]);
    let mut strays = vec![
        planned(findings, Content::Findings, Pack::Gzip, end),
        planned(format!("mailed/sandbox-flows-{DAY_NAME}.zip"), zip, Pack::AsIs, end),
        planned("mailed/interrupted.log.gz", small(at(9, 0, 0)), Pack::Cut, end),
        planned("README.txt", Content::Plain(README.as_bytes().into()), Pack::AsIs, end),
        planned("mailed/screen.png", Content::Plain(PICTURE.into()), Pack::AsIs, end),
    ];
    let twice = trail_path(SANDBOX, HOME, 9, 0);
    let copied = files.iter().filter(|file| file.path == twice);
    strays.extend(copied.map(|file| Planned {
        path: "mailed/copy-of-a-trail.json.gz".to_owned(),
        told: Told::Nothing,
        ..file.clone()
    }));
    strays
}

/// Files of `per_file` ordinary CloudTrail events, an hour's files over all places, then the
/// next hour's.
pub(super) fn many_trails(events: u64, per_file: u64) -> Vec<Planned> {
    let place = |part: u64| PLACES[(part % PLACES.len() as u64) as usize];
    let file = |(part, events): (u64, u64)| {
        let (account, region, _) = place(part);
        let hour = (part / PLACES.len() as u64) as i64;
        let content = Content::Trail { account, region, hour, events };
        planned(trail_path(account, region, hour, part), content, Pack::Gzip, at(hour + 1, 5, 0))
    };
    pieces(events, per_file).map(file).collect()
}

/// Files of `per_file` flow records, one for each five minutes.
pub(super) fn many_flows(events: u64, per_file: u64) -> Vec<Planned> {
    let file = |(part, events): (u64, u64)| {
        let from = DAY + part as i64 * flow::WINDOW;
        let content = Content::Flow { account: SANDBOX, from, events, wide: false };
        planned(flow_path(SANDBOX, HOME, from), content, Pack::Gzip, from + flow::WINDOW)
    };
    pieces(events, per_file).map(file).collect()
}

/// Four tenths CloudTrail events in files of `per_file`, five tenths flow records and one tenth
/// requests to a load balancer in files of five times as many lines.
pub(super) fn many_mixed(events: u64, per_file: u64) -> Vec<Planned> {
    let parts = shares(events, &[4, 5, 1]);
    let lines = per_file.saturating_mul(5);
    let mut files = many_trails(parts[0], per_file);
    files.extend(many_flows(parts[1], lines));
    let site = |(part, events): (u64, u64)| site(DAY + part as i64 * web::WINDOW, events);
    files.extend(pieces(parts[2], lines).map(site));
    files
}

/// Numbered pieces that add up to `events`.
fn pieces(events: u64, per_file: u64) -> impl Iterator<Item = (u64, u64)> {
    let per_file = per_file.max(1);
    let rest = move |part: u64| events - part * per_file;
    (0..events.div_ceil(per_file)).map(move |part| (part, rest(part).min(per_file)))
}
