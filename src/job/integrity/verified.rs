//! What is known at one moment.

use super::Chart;
use crate::event::{ObjectId, Standing};
use crate::record::integrity::About;
use crate::store::Ledger;
use crate::verify::Report;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How far verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// It was not looked so far whether there is anything to verify.
    #[default]
    Nothing,
    Running {
        objects: u64,
        bytes: u64,
    },
    /// Files are compared with manifests; bytes are what was read for that, and all of it.
    Comparing {
        bytes: u64,
        of_bytes: u64,
    },
    /// With a report, or without if there is neither a digest nor a manifest.
    Over,
}

/// What is known at one moment.
#[derive(Debug, Default)]
pub struct Verified {
    pub stage: Stage,
    /// Of the last verification that ended.
    pub report: Option<Arc<Report>>,
    /// What that was about.
    pub about: About,
    /// The report laid out over time, unless there is nothing in it.
    pub chart: Option<Arc<Chart>>,
    pub standings: Arc<Standings>,
    /// What could not be read, or used; a sentence each.
    pub problems: Vec<String>,
}

/// The standing of objects in this session.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Standings {
    by_object: HashMap<ObjectId, Standing>,
}

impl Standings {
    /// Of what no digest could say anything, it is that it is not covered.
    pub fn of(&self, object: ObjectId) -> Standing {
        self.by_object.get(&object).copied().unwrap_or(Standing::NotCovered)
    }

    /// Whether anything is known of any object.
    pub fn is_empty(&self) -> bool {
        self.by_object.is_empty()
    }

    /// Finds the objects of a report in the ledger. One that is no longer what was verified, or
    /// was not what was loaded, is not proven.
    pub fn new(report: &Report, ledger: &Ledger) -> Self {
        let paths: HashSet<&str> = report.logs().map(|(path, _)| &**path).collect();
        let found = ledger.find_all(&paths);
        let stand = |(path, id): (&str, ObjectId)| {
            let judged = report.log(path)?;
            let loaded = ledger.outermost(id).and_then(|object| object.sha256);
            let same = loaded.is_some() && loaded == judged.sha256;
            Some((id, if same { judged.standing } else { Standing::Unverifiable }))
        };
        Self { by_object: found.into_iter().filter_map(stand).collect() }
    }
}

impl Verified {
    /// What a report comes to.
    pub fn of(report: Arc<Report>) -> Self {
        let chart = (!report.scopes.is_empty()).then(|| Arc::new(Chart::new(Arc::clone(&report))));
        Self { stage: Stage::Over, report: Some(report), chart, ..Self::default() }
    }

    /// The same in another stage.
    pub(super) fn in_stage(&self, stage: Stage) -> Self {
        Self {
            stage,
            report: self.report.clone(),
            about: self.about.clone(),
            chart: self.chart.clone(),
            standings: Arc::clone(&self.standings),
            problems: self.problems.clone(),
        }
    }
}
