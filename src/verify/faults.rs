//! What is wrong with a digest: by itself, and by what those after it say of it.

use super::finding::{Kind, Severity};
use super::judge::{Group, Judge};
use super::keys::Checked;
use super::metadata::Metadata;
use super::proofs::Entry;
use super::walk;

impl<'a> Judge<'a> {
    pub(super) fn faults(&mut self, entry: &Entry<'a>) {
        let key = &*entry.spot.key;
        let digest = match entry.digest {
            Ok(digest) => digest,
            Err(why) => return self.tell(Kind::DigestFormat, Severity::Error, key, why.to_owned()),
        };
        if entry.trailing {
            let detail = "bytes follow its gzip data; what is before them is judged".to_owned();
            self.tell(Kind::DigestTrailingData, Severity::Warning, key, detail);
        }
        if entry.moved {
            let detail =
                format!("it says that it lies at s3://{}/{}", digest.bucket, digest.object);
            return self.tell(Kind::DigestMoved, Severity::Error, key, detail);
        }
        if digest.account != entry.name.account {
            let detail = format!("it is of account {}, by what it says", digest.account);
            self.tell(Kind::DigestAccountMismatch, Severity::Error, key, detail);
        }
        self.signature(entry, &digest.fingerprint);
    }

    fn signature(&mut self, entry: &Entry<'a>, fingerprint: &str) {
        let key = &*entry.spot.key;
        let proven = entry.proof.is_some();
        let (worse, how) = if proven {
            (Severity::Warning, "; a later digest vouches for its hash")
        } else {
            (Severity::Error, "")
        };
        if !entry.has_known_algorithm() {
            let detail = "it is signed with an algorithm other than SHA256withRSA".to_owned();
            return self.tell(Kind::DigestAlgorithmUnsupported, Severity::Error, key, detail);
        }
        match self.question.keys.readable(fingerprint) {
            None => {
                let detail = format!("no public key of fingerprint {fingerprint} is known{how}");
                return self.tell(Kind::DigestKeyUnknown, worse, key, detail);
            }
            Some(false) => {
                let detail = format!("the public key {fingerprint} is no RSA key{how}");
                return self.tell(Kind::DigestKeyUnreadable, worse, key, detail);
            }
            Some(true) => {}
        }
        let stamp = entry.metadata.and_then(Metadata::generated_at);
        let undated = entry.name.backfill && stamp.is_none();
        match (entry.own, proven) {
            (Some(Checked::Right), _) if undated => {
                let detail = "its metadata does not say when this backfill digest was made";
                self.tell(Kind::DigestMetadataMissing, Severity::Info, key, detail.to_owned());
            }
            (Some(Checked::Right), _) => {}
            (Some(_), true) => {
                let detail = "the signature in its metadata is not its own; it is proven otherwise";
                let kind = Kind::DigestMetadataSignatureMismatch;
                self.tell(kind, Severity::Warning, key, detail.to_owned());
            }
            (Some(_), false) => {
                let detail = "its signature is wrong, and nothing else vouches for it";
                self.tell(Kind::DigestSignatureInvalid, Severity::Error, key, detail.to_owned());
            }
            (None, true) => {
                let detail = "its metadata is missing; it is proven otherwise";
                self.tell(Kind::DigestMetadataMissing, Severity::Info, key, detail.to_owned());
            }
            (None, false) => {
                let detail = "its metadata with the signature is missing, and nothing else vouches";
                let kind = Kind::DigestSignatureUnavailable;
                self.tell(kind, Severity::Warning, key, detail.to_owned());
            }
        }
        let signed = if entry.name.backfill { stamp } else { Some(walk::end(entry)) };
        if proven && signed.is_some_and(|at| !self.question.keys.valid_at(fingerprint, at)) {
            let detail = format!("the key {fingerprint} was not in use at its time");
            self.tell(Kind::DigestKeyExpired, Severity::Error, key, detail);
        }
    }

    /// What digests say of those before them.
    pub(super) fn links(&mut self, group: &Group) {
        let (since, until) = group.scope.window;
        for &number in &group.chain.orphans {
            let entry = &self.digests.entries[number];
            let start = walk::start(entry);
            let previous = entry.digest.ok().and_then(|digest| digest.previous.as_ref());
            if let Some(previous) = previous.filter(|_| since < start && start < until) {
                let detail = format!(
                    "the digest of {} names it as the one before, and it is not there{}",
                    walk::end(entry).to_rfc3339(0),
                    self.pasts.still(&previous.object, None)
                );
                let key = previous.object.clone();
                self.counts.digests.missing += 1;
                self.tell(Kind::DigestMissing, Severity::Error, &key, detail);
            }
        }
        for &number in &group.chain.passed {
            let entry = &self.digests.entries[number];
            if self.is_asked(entry) {
                let detail = "it lies between two digests of the chain, which passes it by";
                let key = &*entry.spot.key;
                self.tell(Kind::DigestUnlinked, Severity::Error, key, detail.to_owned());
            }
        }
        for &number in &group.members {
            if self.digests.entries[number].proof.is_some() {
                self.link(number);
            }
        }
    }

    fn link(&mut self, number: usize) {
        let digests = self.digests;
        for at in digests.predecessors(number, self.sites) {
            let entry = &digests.entries[at];
            if entry.digest.is_err() || !self.is_asked(entry) {
                continue;
            }
            let key = &*entry.spot.key;
            let after = walk::end(&digests.entries[number]).to_rfc3339(0);
            if digests.hash_link(number, at) == Some(false) {
                let detail = format!("it does not have the hash that the digest of {after} names");
                self.tell(Kind::DigestPreviousHashMismatch, Severity::Error, key, detail);
            }
            let own = entry.own == Some(Checked::Right);
            if own && digests.quoted(number, at, self.question.keys) == Some(Checked::Wrong) {
                let detail = format!("the digest of {after} quotes another signature of it");
                self.tell(Kind::DigestPreviousSignatureMismatch, Severity::Error, key, detail);
            }
        }
    }
}
