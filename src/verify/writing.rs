//! From what was judged to the report.

use super::finding::Verdict;
use super::judge::{Group, Judge};
use super::logs::standing;
use super::objects::Seen;
use super::proofs::Proof;
use super::report::{DigestReport, Judged, Link, LogReport, Proven, Report, Span};
use super::{spans, walk};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
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
                numbers[number] = Some(digests.len());
                digests.push(self.digest_report(scope, number));
            }
        }
        let proving = digests.iter().filter(|digest| digest.signed.is_some());
        let fingerprints = proving.filter_map(|digest| digest.fingerprint.clone());
        let pem = |name: String| self.question.keys.pem(&name).map(|pem| (name, pem));
        let pems = fingerprints.collect::<BTreeSet<_>>().into_iter().filter_map(pem).collect();
        Report {
            verdict: Verdict::of(&findings),
            counts: self.counts,
            coverage: self.coverage(),
            logs: self.logs_judged(&numbers),
            scopes: self.scopes.into_iter().map(|group| group.scope).collect(),
            findings,
            digests,
            keys: self.question.keys.len(),
            pems,
        }
    }

    fn coverage(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for (scope, group) in self.scopes.iter().enumerate() {
            for stretch in self.stretches(group) {
                let (from, to, cover) = (stretch.from, stretch.to, stretch.cover);
                match spans.last_mut() {
                    Some(last) if last.scope == scope && last.cover == cover && last.to == from => {
                        last.to = to;
                    }
                    _ => spans.push(Span { scope, from, to, cover }),
                }
            }
        }
        spans
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
            key: entry.spot.key.clone(),
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
                digest.logs.iter().flat_map(|listed| self.log_reports(listed)).collect()
            }),
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

    fn log_reports(&self, listed: &super::digest::Listed) -> Vec<LogReport> {
        let report = |number: Option<usize>| LogReport {
            key: listed.object.clone(),
            path: number.map(|number| Arc::clone(&self.question.objects[number].path)),
            fault: match number {
                None => Some(super::Kind::LogMissing),
                Some(number) => self
                    .logs
                    .content(number)
                    .and_then(|content| super::logs::fault(listed, content)),
            },
        };
        let found: Vec<LogReport> =
            self.logs.at(&listed.bucket, &listed.object).map(|at| report(Some(at))).collect();
        if found.is_empty() { vec![report(None)] } else { found }
    }

    fn logs_judged(&self, numbers: &[Option<usize>]) -> HashMap<Arc<str>, Judged> {
        let judged = self.judged.iter().filter_map(|(number, (fault, digest))| {
            let object = &self.question.objects[*number];
            let Seen::Log { content, .. } = &object.seen else { return None };
            let judged = Judged {
                standing: standing(*fault),
                fault: *fault,
                digest: digest.and_then(|digest| numbers[digest]),
                sha256: object.sha256,
                content: content.sha256,
            };
            Some((Arc::clone(&object.path), judged))
        });
        judged.collect()
    }
}
