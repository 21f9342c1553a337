//! From what was read to what is known: one report on all trails, accounts and Regions.

use super::address::{self, LogName, Named};
use super::finding::{Finding, Kind, Severity};
use super::keys::Keys;
use super::logs::{Logs, standing};
use super::objects::{Object, Objects, Seen};
use super::past::Pasts;
use super::proofs::{Digests, Entry};
use super::report::{Counts, Fate, Report, Scope};
use super::sites::Sites;
use super::walk::{self, Chain};
use super::{spans, stops::Stop};
use crate::event::{Standing, Timestamp};
use crate::source::Past;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What is asked about: objects, the keys that are believed, and the window.
pub struct Question<'a> {
    pub objects: &'a Objects,
    /// What their sources say they had.
    pub past: &'a [Past],
    pub keys: &'a Keys,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// Judges everything.
pub fn judge(question: &Question<'_>) -> Report {
    let sites = Sites::of(question.objects);
    let digests = Digests::of(question.objects, &sites, question.keys);
    let logs = Logs::of(question.objects, &sites);
    let mut judge = Judge {
        question,
        sites: &sites,
        digests: &digests,
        logs: &logs,
        pasts: Pasts::of(question.past, question.objects),
        findings: Vec::new(),
        told: HashSet::new(),
        counts: Counts::default(),
        chained: Vec::new(),
        fates: vec![None; question.objects.len()],
        logged: logged(question.objects),
        scopes: Vec::new(),
    };
    judge.renamed();
    judge.group();
    judge.listed();
    judge.digests();
    judge.others();
    judge.pasts();
    judge.report()
}

/// Digests that belong together.
pub(super) struct Group {
    pub(super) scope: Scope,
    /// Numbers of its digests without backfill, and of its backfill digests.
    pub(super) members: Vec<usize>,
    pub(super) backfill: Vec<usize>,
    pub(super) chain: Chain,
}

pub(super) struct Judge<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) sites: &'a Sites<'a>,
    pub(super) digests: &'a Digests<'a>,
    pub(super) logs: &'a Logs<'a>,
    pub(super) pasts: Pasts<'a>,
    pub(super) findings: Vec<Finding>,
    told: HashSet<(Kind, Arc<str>)>,
    pub(super) counts: Counts,
    /// For each digest, whether it is on a chain.
    pub(super) chained: Vec<bool>,
    /// By number of the object; `None` of what is no log, and of logs that were not judged so far.
    pub(super) fates: Vec<Option<Fate>>,
    /// When logs of an account and a Region were written, by their names: from when to when.
    logged: HashMap<(&'a str, &'a str), (Timestamp, Timestamp)>,
    pub(super) scopes: Vec<Group>,
}

impl<'a> Judge<'a> {
    /// Tells something about an object once.
    pub(super) fn tell(
        &mut self,
        kind: Kind,
        severity: Severity,
        key: &str,
        detail: impl Into<Arc<str>>,
    ) {
        let key: Arc<str> = key.into();
        if self.told.insert((kind, Arc::clone(&key))) {
            let (key, detail) = (Some(key), detail.into());
            self.findings.push(Finding { kind, severity, key, span: None, scope: None, detail });
        }
    }

    pub(super) fn is_told(&self, kind: Kind, key: &str) -> bool {
        self.told.contains(&(kind, key.into()))
    }

    /// Tells something about a time of a scope, or about everything in it.
    pub(super) fn tell_span(
        &mut self,
        kind: Kind,
        severity: Severity,
        scope: Option<usize>,
        span: Option<(Timestamp, Timestamp)>,
        detail: String,
    ) {
        let detail = detail.into();
        self.findings.push(Finding { kind, severity, key: None, span, scope, detail });
    }

    fn renamed(&mut self) {
        let sites = self.sites.sites.iter();
        let renamed =
            sites.filter_map(|site| Some((site.bucket.as_ref()?, site.renamed_from.as_ref()?)));
        let mut told = HashSet::new();
        for (bucket, folder) in renamed {
            // One folder may have several prefixes.
            if told.insert((bucket, folder)) {
                let detail = format!(
                    "the folder {folder} holds a copy of the bucket {bucket}: every digest in it \
                     names that; addresses are judged as if it lay there"
                );
                self.tell_span(Kind::BucketRenamed, Severity::Warning, None, None, detail);
            }
        }
    }

    /// Finds the chains, and walks them.
    fn group(&mut self) {
        let mut groups: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (number, entry) in self.digests.entries.iter().enumerate() {
            let name = &entry.name;
            let key = (name.account, name.region, name.trail, name.home);
            let group = groups.entry(key).or_default();
            if name.backfill { group.1.push(number) } else { group.0.push(number) }
        }
        self.chained = vec![false; self.digests.entries.len()];
        for ((account, region, trail, _), (members, backfill)) in groups {
            let chain = walk::walk(self.digests, self.sites, &members);
            for number in &chain.linked {
                self.chained[*number] = true;
            }
            let window = self.window(account, region, members.iter().chain(&backfill));
            let scope = Scope {
                trail: Some(trail.to_owned()),
                account: account.to_owned(),
                region: region.to_owned(),
                organization: self.organization(&chain, members.iter().chain(&backfill)),
                window,
            };
            self.scopes.push(Group { scope, members, backfill, chain });
        }
    }

    /// The organization that a trail is of at last: it may have become one of its, which changes
    /// the folder and not the chain.
    fn organization<'n>(
        &self,
        chain: &Chain,
        mut members: impl Iterator<Item = &'n usize>,
    ) -> Option<String> {
        let newest = chain.linked.first().or_else(|| members.next())?;
        let site = self.digests.entries[*newest].spot.site?;
        self.sites.sites[site].organization.clone()
    }

    /// What is asked about, or what the evidence spans.
    pub(super) fn window<'n>(
        &self,
        account: &str,
        region: &str,
        members: impl Iterator<Item = &'n usize>,
    ) -> (Timestamp, Timestamp) {
        let digests = members.flat_map(|number| {
            let entry = &self.digests.entries[*number];
            [walk::start(entry), walk::end(entry)]
        });
        let logs = self.logged.get(&(account, region)).into_iter().flat_map(|at| [at.0, at.1]);
        let times = digests.chain(logs).map(|time| (time, time));
        let spanned = times.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let (first, last) = spanned.unwrap_or_default();
        // What was asked about may lie before or after all that there is.
        match (self.question.since, self.question.until) {
            (Some(since), None) => (since, last.max(since)),
            (None, Some(until)) => (first.min(until), until),
            (since, until) => (since.unwrap_or(first), until.unwrap_or(last)),
        }
    }

    fn digests(&mut self) {
        let scopes = std::mem::take(&mut self.scopes);
        for (scope, group) in scopes.iter().enumerate() {
            for &number in group.members.iter().chain(&group.backfill) {
                if self.is_asked(&self.digests.entries[number]) {
                    self.digest(number);
                }
            }
            self.links(group);
            spans::tell(self, scope, group);
        }
        self.scopes = scopes;
    }

    /// What is wrong with one digest by itself.
    fn digest(&mut self, number: usize) {
        let entry = &self.digests.entries[number];
        let told = self.findings.len();
        self.faults(entry);
        let severity = self.findings[told..].iter().map(|finding| finding.severity).max();
        let tally =
            if entry.name.backfill { &mut self.counts.backfill } else { &mut self.counts.digests };
        tally.found += 1;
        match (severity, entry.proof) {
            (Some(Severity::Error), _) => tally.invalid += 1,
            (_, None) => tally.unverifiable += 1,
            (_, Some(_)) => tally.valid += 1,
        }
    }

    /// Whether a digest's time has something of what is asked about.
    pub(super) fn is_asked(&self, entry: &Entry<'_>) -> bool {
        let (start, end) = (walk::start(entry), walk::end(entry));
        let starts = self.question.until.is_none_or(|until| start < until || start == end);
        let ends = self.question.since.is_none_or(|since| since < end);
        starts && ends && self.question.until.is_none_or(|until| start < end || end <= until)
    }

    /// Whether a log was judged, and is what a digest says.
    pub(super) fn is_verified(&self, number: usize) -> bool {
        self.fates[number].is_some_and(|fate| standing(fate.fault) == Standing::Verified)
    }

    /// Calls that ended a trail's chain: number of the log, its stamp, and the call.
    pub(super) fn stops(&self) -> impl Iterator<Item = (usize, Timestamp, &'a Stop)> {
        let objects = self.question.objects.iter().enumerate();
        objects.flat_map(|(number, object)| match &object.seen {
            Seen::Log { stops, .. } if !stops.is_empty() => {
                let stamp = log_name(object).and_then(|name| name.stamp);
                let stamp = stamp.map_or(Timestamp(i64::MIN), |(first, _)| first);
                stops.iter().map(|stop| (number, stamp, stop)).collect()
            }
            _ => Vec::new(),
        })
    }
}

/// The name of a log.
pub(super) fn log_name(object: &Object) -> Option<LogName<'_>> {
    match (&object.seen, address::read(&object.path)?.named) {
        (Seen::Log { .. }, Named::Log(name)) => Some(name),
        _ => None,
    }
}

fn logged(objects: &[Object]) -> HashMap<(&str, &str), (Timestamp, Timestamp)> {
    let mut logged: HashMap<_, (Timestamp, Timestamp)> = HashMap::new();
    for name in objects.iter().filter_map(log_name).filter(|name| name.is_event_log) {
        let Some((at, _)) = name.stamp else { continue };
        let span = logged.entry((name.account, name.region)).or_insert((at, at));
        *span = (span.0.min(at), span.1.max(at));
    }
    logged
}
