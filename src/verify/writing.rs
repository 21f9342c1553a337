//! From what was judged to the report.

use super::covered::{Named, Span};
use super::digest::Listed;
use super::finding::{Kind, Verdict};
use super::judge::{Group, Judge};
use super::logs::fault;
use super::proofs::Proof;
use super::report::{DigestReport, Fate, Link, Match, Proven, Report};
use super::{spans, walk};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Judge<'_> {
    pub(super) fn report(mut self) -> Report {
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by(|one, other| {
            let order =
                |finding: &super::Finding| (Reverse(finding.severity), finding.kind, finding.span);
            order(one).cmp(&order(other)).then_with(|| one.key.cmp(&other.key))
        });
        let mut numbers = vec![None; self.digests.entries.len()];
        let mut digests = Vec::new();
        for (scope, group) in self.scopes.iter().enumerate() {
            let mut members: Vec<usize> =
                group.members.iter().chain(&group.backfill).copied().collect();
            members.sort_by_key(|number| walk::end(&self.digests.entries[*number]));
            for number in members {
                numbers[number] = Some(digests.len() as u32);
                digests.push(self.digest_report(scope, number));
            }
        }
        let proving = digests.iter().filter(|digest| digest.signed.is_some());
        let fingerprints = proving.filter_map(|digest| digest.fingerprint.clone());
        let pem = |name: String| self.question.keys.pem(&name).map(|pem| (name, pem));
        let pems = fingerprints.collect::<BTreeSet<_>>().into_iter().filter_map(pem).collect();
        let mut report = Report {
            verdict: Verdict::of(&findings),
            counts: self.counts,
            coverage: self.coverage(&digests, &numbers),
            objects: self.question.objects.clone(),
            fates: self.fates(&numbers),
            scopes: self.scopes.into_iter().map(|group| group.scope).collect(),
            findings,
            digests,
            keys: self.question.keys.len(),
            pems,
        };
        if report.is_uncounted() {
            // Who looked at nothing has found nothing valid.
            report.verdict = report.verdict.max(Verdict::Incomplete);
        }
        report
    }

    /// `digests` are those of the report, where they have these `numbers`.
    fn coverage(&self, digests: &[DigestReport], numbers: &[Option<u32>]) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for (scope, group) in self.scopes.iter().enumerate() {
            for stretch in self.stretches(group) {
                let (from, to) = (stretch.from, stretch.to);
                let digest = stretch.digest.and_then(|number| numbers[number]);
                let named = digest.map(|number| self.named_by(&digests[number as usize]));
                let cover = named.as_ref().map_or(stretch.cover, Named::cover);
                let logs = named.unwrap_or_default();
                match spans.last_mut() {
                    Some(last) if last.scope == scope && last.cover == cover && last.to == from => {
                        last.to = to;
                        last.logs.add(logs);
                    }
                    _ => spans.push(Span { scope, from, to, cover, logs }),
                }
            }
        }
        spans
    }

    /// The log files that a digest names.
    fn named_by(&self, digest: &DigestReport) -> Named {
        Named::of(digest, |listed| {
            let listed = digest.says.as_ref().and_then(|says| says.logs.get(listed));
            let is_left_out =
                |listed: &Listed| self.question.objects.is_left_out(listed.bucket(), &listed.key());
            listed.is_some_and(is_left_out)
        })
    }

    fn stretches(&self, group: &Group) -> Vec<spans::Stretch> {
        let entries: Vec<_> =
            group.members.iter().map(|number| &self.digests.entries[*number]).collect();
        spans::with_unproven(spans::stretches(self, group), &entries)
    }

    fn digest_report(&self, scope: usize, number: usize) -> DigestReport {
        let entry = &self.digests.entries[number];
        let digest = entry.digest.ok();
        let site = entry.spot.site.map(|site| &self.sites.sites[site]);
        DigestReport {
            scope,
            path: Arc::clone(&self.question.objects[entry.object].path),
            key: entry.spot.key.clone().into_owned(),
            bucket: site
                .and_then(|site| site.bucket.clone())
                .or_else(|| digest.map(|digest| digest.bucket.clone())),
            from: walk::time(entry).map(|(start, _)| start),
            to: walk::end(entry),
            backfill: entry.name.backfill,
            proven: match entry.proof {
                None => Proven::No,
                Some(Proof::Metadata) => Proven::Signature,
                Some(Proof::Quoted(_)) => Proven::Quoted,
                Some(Proof::Hash(_)) => Proven::Hash,
            },
            linked: self.chained[number],
            sha256: entry.sha256,
            fingerprint: digest.map(|digest| digest.fingerprint.clone()),
            signed: self.signed(number),
            previous: digest
                .and_then(|digest| digest.previous.as_ref())
                .map(|previous| previous.object.clone()),
            link: self.link_of(number),
            logs: digest.map_or_else(Vec::new, |digest| {
                let logs = digest.logs.iter().zip(0..);
                logs.flat_map(|(listed, number)| self.matches(listed, number)).collect()
            }),
            says: digest.cloned(),
        }
    }

    /// What is signed, and the signature that is right.
    fn signed(&self, number: usize) -> Option<(String, String)> {
        let entry = &self.digests.entries[number];
        let digest = entry.digest.ok()?;
        let signature = match entry.proof? {
            Proof::Metadata => entry.metadata?.signature.clone()?,
            Proof::Quoted(by) => {
                self.digests.entries[by].digest.ok()?.previous_signature.clone()?
            }
            Proof::Hash(_) => return None,
        };
        Some((digest.signed(&entry.sha256), signature))
    }

    fn link_of(&self, number: usize) -> Link {
        let entry = &self.digests.entries[number];
        if !entry.digest.is_ok_and(|digest| digest.previous.is_some()) {
            return if entry.digest.is_ok() { Link::Start } else { Link::Unknown };
        }
        let before = self.digests.predecessors(number, self.sites);
        if before.is_empty() {
            return Link::Missing;
        }
        match before.iter().find_map(|at| self.digests.hash_link(number, *at)) {
            _ if entry.proof.is_none() => Link::Unknown,
            Some(true) => Link::Linked,
            Some(false) => Link::Broken,
            None => Link::Unknown,
        }
    }

    fn matches(&self, listed: &Listed, number: u32) -> Vec<Match> {
        let key = listed.key();
        let found = self.logs.at(listed.bucket(), &key).map(|at| Match {
            listed: number,
            object: Some(at as u32),
            fault: self.logs.content(at).and_then(|content| fault(listed, content)),
        });
        let mut found: Vec<Match> = found.collect();
        if found.is_empty() {
            found.push(Match { listed: number, object: None, fault: Some(Kind::LogMissing) });
        }
        let fits = self.pasts.read(&key).filter(|(_, one)| fault(listed, one).is_none());
        let former = |at: usize| Match { listed: number, object: Some(at as u32), fault: None };
        found.extend(fits.map(|(at, _)| former(at)));
        found
    }

    /// With the numbers that the digests have in the report.
    fn fates(&self, numbers: &[Option<u32>]) -> Vec<Option<Fate>> {
        let renumbered = |fate: Fate| {
            let digest = fate.digest.and_then(|digest| numbers[digest as usize]);
            Fate { digest, ..fate }
        };
        self.fates.iter().map(|fate| fate.map(renumbered)).collect()
    }
}
