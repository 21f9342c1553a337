//! Where findings belong: the scopes and times that they are about.

use super::chart::{Cell, time_of};
use crate::event::Timestamp;
use crate::verify::address::{self, Named, file_name};
use crate::verify::{Finding, Kind, Report};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Where findings belong.
pub(super) struct Places<'a> {
    report: &'a Report,
    /// Digests by their keys, and those that name a log that a finding is about.
    digests: HashMap<&'a str, Vec<usize>>,
    /// Scopes by account and Region.
    scopes: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Places<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let keys = report.findings.iter().filter_map(|finding| finding.key.as_deref());
        let keys: HashSet<&str> = keys.collect();
        let mut digests: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, digest) in report.digests.iter().enumerate() {
            let logs = report.logs_of(digest).map(|log| log.key);
            for key in logs.chain([digest.key.clone()]) {
                if let Some(key) = keys.get(key.as_str()) {
                    digests.entry(key).or_default().push(number);
                }
            }
        }
        let mut scopes: HashMap<_, Vec<usize>> = HashMap::new();
        for (number, scope) in report.scopes.iter().enumerate() {
            scopes.entry((&*scope.account, &*scope.region)).or_default().push(number);
        }
        Self { report, digests, scopes }
    }

    /// The digests whose own key a finding names.
    pub(super) fn digests_of(&self, finding: &Finding) -> impl Iterator<Item = usize> + '_ {
        let key = finding.key.as_deref().unwrap_or_default();
        let found = self.digests.get_key_value(key);
        let numbers =
            found.into_iter().flat_map(|(key, all)| all.iter().map(move |at| (*key, *at)));
        let is_own = |(key, at): &(&str, usize)| self.report.digests[*at].key == *key;
        numbers.filter(is_own).map(|(_, at)| at)
    }

    pub(super) fn find(&self, finding: &Finding) -> Vec<(usize, Cell)> {
        let known = |scope: &usize| self.report.scopes.get(*scope);
        if let Some((number, scope)) = finding.scope.and_then(|n| Some((n, known(&n)?))) {
            let (from, to) = finding.span.unwrap_or(scope.window);
            return vec![(number, (from.0, to.0))];
        }
        let Some(key) = finding.key.as_deref() else { return Vec::new() };
        if let Some(numbers) = self.digests.get(key) {
            let digests = numbers.iter().map(|number| &self.report.digests[*number]);
            let places = digests.map(|digest| (digest.scope, time_of(digest)));
            return places.filter(|(scope, _)| known(scope).is_some()).collect();
        }
        let (account, region, trail, time) = match address::read(key).map(|it| it.named) {
            Some(Named::Digest(name)) => {
                let to = name.stamp.0;
                let time = (to.saturating_sub(Timestamp::HOUR), to);
                (name.account, name.region, Some(name.trail), time)
            }
            Some(Named::Log(name)) => {
                let Some((from, to)) = name.stamp else { return Vec::new() };
                (name.account, name.region, None, (from.0, to.0))
            }
            None => return Vec::new(),
        };
        let of_trail = |number: &&usize| {
            trail.is_none() || self.report.scopes[**number].trail.as_deref() == trail
        };
        let scopes = self.scopes.get(&(account, region)).into_iter().flatten();
        scopes.filter(of_trail).map(|number| (*number, time)).collect()
    }
}

/// Logs that findings are about and no digest leads to.
pub(super) fn strays(report: &Report) -> HashMap<Arc<str>, Arc<str>> {
    let stray =
        |kind: Kind| matches!(kind, Kind::LogUnlisted | Kind::LogUnverifiable | Kind::NoDigests);
    let mut paths: HashMap<&str, Vec<&Arc<str>>> = HashMap::new();
    for (path, _) in report.logs().filter(|(_, log)| log.fault.is_some_and(stray)) {
        paths.entry(file_name(path)).or_default().push(path);
    }
    let keys = report.findings.iter().filter(|finding| stray(finding.kind));
    let keys = keys.filter_map(|finding| finding.key.as_ref());
    keys.filter_map(|key| {
        let named = paths.get(file_name(key))?;
        let path = named.iter().filter(|path| path.ends_with(&**key)).min();
        Some((Arc::clone(key), Arc::clone(path.or(named.iter().min())?)))
    })
    .collect()
}
