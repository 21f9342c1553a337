//! Manifests in the evidence, compared with what was loaded.
//!
//! Once for the sources that there are, and when it is asked for: files that grow are never what a
//! manifest says, and looking into every file for one is not for every second of a session.

use super::{Stage, TELL, Verified, Verifier};
use crate::event::Timestamp;
use crate::job::Notice;
use crate::job::manifests::{How, check};
use crate::source::{Item, Source};
use crate::verify::manifest::Checked;
use crate::verify::{Keys, Objects, Question, judge};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// What became of the manifests of some sources.
pub(super) struct Compared {
    sources: Arc<Vec<Arc<dyn Source>>>,
    found: Arc<[Checked]>,
}

impl Verifier {
    /// What is known of the manifests in these sources.
    pub(super) fn known(&self, sources: &Arc<Vec<Arc<dyn Source>>>) -> Arc<[Checked]> {
        let compared = self.compared.as_ref();
        let compared = compared.filter(|compared| Arc::ptr_eq(&compared.sources, sources));
        compared.map_or_else(Arc::default, |compared| Arc::clone(&compared.found))
    }

    /// What there is to say where there are no digests: of manifests, and of what sources had.
    pub(super) fn without_digests(&mut self, sources: &Arc<Vec<Arc<dyn Source>>>) -> Verified {
        let (objects, keys) = (Objects::default(), Keys::default());
        let past = &self.history(sources).past;
        let (since, until) = (None, None);
        let report = judge(&Question { objects: &objects, past, keys: &keys, since, until });
        Verified { about: self.about(sources), ..Verified::of(Arc::new(report)) }
    }

    /// Compares, unless that was done with these sources. What was loaded is not read again: it is
    /// the rows on the screen that are told of.
    pub(super) fn compare(&mut self, sources: &Arc<Vec<Arc<dyn Source>>>) {
        let compared = self.compared.as_ref();
        if self.cancel.is_cancelled()
            || compared.is_some_and(|compared| Arc::ptr_eq(&compared.sources, sources))
        {
            return;
        }
        let hashes = OnceLock::new();
        let known = |item: &Item| {
            let hashes = hashes.get_or_init(|| self.ground.store.ledger().hashes());
            let (bytes, sha256) = hashes.get(&*item.path)?;
            (Some(*bytes) == item.bytes).then_some(*sha256)
        };
        let how = How { threads: self.ground.threads, known: &known };
        let mut told = Instant::now();
        let found = check(sources, &how, &self.cancel, &mut |far| {
            if far.of_bytes > far.bytes && told.elapsed() >= TELL {
                told = Instant::now();
                let stage = Stage::Comparing { bytes: far.bytes, of_bytes: far.of_bytes };
                self.published.store(Arc::new(self.published.load().in_stage(stage)));
                self.ground.notify.tell(Notice::Done);
            }
        });
        if self.cancel.is_cancelled() {
            return;
        }
        let published = self.published.load_full();
        let (found, problem) = match found {
            Ok(found) => (Arc::<[Checked]>::from(found), None),
            Err(error) => (Arc::default(), Some(format!("no manifest is compared: {error}"))),
        };
        self.compared = Some(Compared { sources: Arc::clone(sources), found: Arc::clone(&found) });
        if found.is_empty() && problem.is_none() && published.stage == Stage::Over {
            return;
        }
        let mut verified = match &published.report {
            None if !found.is_empty() => self.without_digests(sources),
            _ => published.in_stage(Stage::Over),
        };
        verified.about.manifests = found;
        verified.about.at = Timestamp::now();
        verified.problems.extend(problem);
        self.publish(verified);
    }
}
