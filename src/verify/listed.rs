//! Logs: those that digests name, and those that none does.

use super::content::Content;
use super::digest::Listed;
use super::finding::{Kind, Severity};
use super::judge::{Group, Judge, log_name};
use super::logs::{fault, standing};
use super::report::{Fate, Scope, Tally};
use super::walk;
use crate::event::{Standing, Timestamp, hex, spans};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

impl Judge<'_> {
    /// The logs that digests on the chain, and authentic backfill digests, name.
    pub(super) fn listed(&mut self) {
        let scopes = std::mem::take(&mut self.scopes);
        for group in &scopes {
            let believed = |number: &&usize| {
                self.digests.entries[**number].proof.is_some()
                    && (self.chained[**number] || self.digests.entries[**number].name.backfill)
            };
            let members = group.members.iter().chain(&group.backfill);
            for number in members.filter(believed).copied().collect::<Vec<_>>() {
                let within = self.is_asked(&self.digests.entries[number]);
                self.named(number, within);
            }
        }
        self.scopes = scopes;
    }

    fn named(&mut self, number: usize, within: bool) {
        let Ok(digest) = self.digests.entries[number].digest else { return };
        let by = number as u32;
        let missing: Arc<str> =
            format!("the digest of {} names it, and it is not there", digest.end_text).into();
        for listed in &digest.logs {
            let (key, mut found) = (listed.key(), false);
            for at in self.logs.at(listed.bucket(), &key) {
                found = true;
                let Some(content) = self.logs.content(at) else { continue };
                let fault = fault(listed, content);
                let was = self.fates[at];
                // What one digest denies, another does not prove.
                if was.is_none_or(|was| was.fault.is_none()) {
                    self.fates[at] = Some(Fate { fault, digest: Some(by) });
                }
                if !within {
                    continue;
                }
                if was.is_none() {
                    count(&mut self.counts.logs, fault);
                }
                if let Some(kind) = fault {
                    self.log(kind, &key, (at, content), listed.hash);
                }
            }
            self.formers(listed, &key, by);
            let is_left_out = || self.question.objects.is_left_out(listed.bucket(), &key);
            if !found && within && !is_left_out() {
                self.counts.logs.missing += 1;
                let still = self.pasts.still(&key, listed.hash);
                let detail = match still.as_str() {
                    "" => Arc::clone(&missing),
                    still => format!("{missing}{still}").into(),
                };
                self.tell(Kind::LogMissing, Severity::Error, &key, detail);
            }
        }
    }

    /// What the digest says of former versions of a log: of their rows, and of nothing else.
    fn formers(&mut self, listed: &Listed, key: &str, by: u32) {
        let found: Vec<_> = self.pasts.read(key).collect();
        for (number, content) in found {
            let fault = fault(listed, content);
            if self.fates[number].is_none_or(|was| was.fault.is_none()) {
                self.fates[number] = Some(Fate { fault, digest: Some(by) });
            }
        }
    }

    /// Where an object lies, if its key does not say that.
    fn elsewhere(&self, number: usize, key: &str) -> String {
        let path = &self.question.objects[number].path;
        if path.ends_with(key) { String::new() } else { format!(" ({path})") }
    }

    fn log(
        &mut self,
        kind: Kind,
        key: &str,
        (object, content): (usize, &Content),
        named: Option<[u8; 32]>,
    ) {
        let (severity, detail) = match kind {
            Kind::LogAlgorithmUnsupported => {
                (Severity::Error, "its digest names a hash that is not SHA-256")
            }
            Kind::LogMissing => (Severity::Error, "it is there, and could not be read"),
            Kind::LogTrailingData => (Severity::Error, "bytes follow its gzip data"),
            Kind::LogGzipDamaged => {
                (Severity::Warning, "its content is right, and the end of its gzip data is damaged")
            }
            Kind::LogNotGzip => (Severity::Warning, "its content is right, and is not compressed"),
            Kind::LogFormat => (Severity::Error, "it cannot be inflated to what its digest names"),
            _ => (Severity::Error, "its content is not what its digest names"),
        };
        let hashes = match (kind, named) {
            (Kind::LogModified | Kind::LogFormat, Some(named)) => format!(
                ": SHA-256 {}, and not {}",
                hex::encode(&content.sha256),
                hex::encode(&named)
            ),
            _ => String::new(),
        };
        let elsewhere = self.elsewhere(object, key);
        let detail = format!("{detail}{hashes}{elsewhere}{}", self.pasts.still(key, named));
        self.tell(kind, severity, key, detail);
    }

    /// The logs that no such digest names.
    pub(super) fn others(&mut self) {
        let named = self.all_named();
        let mut without: BTreeMap<(Option<usize>, &str, &str), Vec<usize>> = BTreeMap::new();
        for (number, object) in self.question.objects.iter().enumerate() {
            if self.fates[number].is_some() || named.contains(&number) {
                continue;
            }
            if let (Some(name), Some(spot)) = (log_name(object), &self.sites.spots[number])
                && name.is_event_log
            {
                let key = (spot.site, name.account, name.region);
                without.entry(key).or_default().push(number);
            }
        }
        for number in named {
            let unproven = Fate { fault: Some(Kind::LogUnverifiable), digest: None };
            self.fates[number].get_or_insert(unproven);
        }
        for ((site, account, region), numbers) in without {
            self.unnamed(site, account, region, &numbers);
        }
    }

    /// Logs that any authentic digest names, on a chain or not.
    fn all_named(&self) -> HashSet<usize> {
        let authentic = self.digests.entries.iter().filter(|entry| entry.proof.is_some());
        let listed = authentic.filter_map(|entry| entry.digest.ok()).flat_map(|d| &d.logs);
        listed
            .flat_map(|listed| self.logs.at(listed.bucket(), &listed.key()).collect::<Vec<_>>())
            .filter(|number| self.fates[*number].is_none())
            .collect()
    }

    fn unnamed(&mut self, site: Option<usize>, account: &str, region: &str, numbers: &[usize]) {
        let here = |group: &&&Group| {
            let here = |number: &usize| self.digests.entries[*number].spot.site == site;
            group.members.iter().chain(&group.backfill).any(here)
        };
        let same = |group: &&Group| group.scope.account == account && group.scope.region == region;
        let mut groups: Vec<&Group> = self.scopes.iter().filter(same).collect();
        // Where there are digests, they tell of what lies beside them; else all tell of it.
        if site.is_some() && groups.iter().any(|group| here(&group)) {
            groups.retain(|group| here(&group));
        }
        let window = groups
            .first()
            .map_or_else(|| self.window(account, region, [].iter()), |group| group.scope.window);
        let linked = groups.iter().flat_map(|group| &group.chain.linked);
        let covered = linked.map(|number| {
            let entry = &self.digests.entries[*number];
            (walk::start(entry), walk::end(entry))
        });
        let mut covered: Vec<(Timestamp, Timestamp)> = covered.collect();
        spans::join(&mut covered);
        let orphaned = groups.is_empty();
        let mut any = false;
        for &number in numbers {
            let object = &self.question.objects[number];
            let (Some(name), Some(spot)) = (log_name(object), &self.sites.spots[number]) else {
                continue;
            };
            let inside = name.stamp.is_some_and(|stamp| {
                covered.iter().any(|(from, to)| is_within(stamp, (*from, *to)))
            });
            let kind = if inside { Kind::LogUnlisted } else { Kind::LogUnverifiable };
            // What never had digests is another matter than what they do not prove.
            let fault = if orphaned { Kind::NoDigests } else { kind };
            self.fates[number] = Some(Fate { fault: Some(fault), digest: None });
            if name.stamp.is_some_and(|(first, _)| first < window.0 || first > window.1) {
                continue;
            }
            any = true;
            count(&mut self.counts.logs, Some(kind));
            self.counts.unlisted += u64::from(inside);
            let (severity, detail) = if inside {
                let detail = "no digest names it, although its time is covered: it was put there, \
                              was delivered late, or is of a trail without validation";
                (Severity::Error, detail)
            } else {
                (Severity::Warning, "no digest that is proven covers its time")
            };
            let detail = format!("{detail}{}", self.elsewhere(number, &spot.key));
            self.tell(kind, severity, &spot.key, detail);
        }
        if orphaned && any {
            let detail = format!("there are logs of {account} in {region}, and no digest of them");
            let scope = Some(self.scopes.len());
            self.tell_span(Kind::NoDigests, Severity::Error, scope, None, detail);
            let (account, region) = (account.to_owned(), region.to_owned());
            let scope = Scope { trail: None, account, region, organization: None, window };
            let chain = walk::walk(self.digests, self.sites, &[]);
            self.scopes.push(Group { scope, members: vec![], backfill: vec![], chain });
        }
    }
}

fn is_within(stamp: (Timestamp, Timestamp), span: (Timestamp, Timestamp)) -> bool {
    let day = stamp.1.0 - stamp.0.0 > Timestamp::MINUTE;
    if day { stamp.0 < span.1 && span.0 < stamp.1 } else { span.0 <= stamp.0 && stamp.0 < span.1 }
}

fn count(tally: &mut Tally, fault: Option<Kind>) {
    tally.found += 1;
    match standing(fault) {
        Standing::Verified => tally.valid += 1,
        Standing::Unverifiable | Standing::NotCovered => tally.unverifiable += 1,
        _ => tally.invalid += 1,
    }
}
