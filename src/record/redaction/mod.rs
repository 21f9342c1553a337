//! Redaction: a record that may be shared and can still be worked with. Who does something stays
//! the same one, but nobody learns who.
//!
//! What is found is replaced by a token, which is made of the value with a key that each workspace
//! has of its own (HMAC-SHA-256): the same value has the same token in every text and every
//! record of a workspace, so that joins survive, and without the key nobody can try values until
//! one fits. What is not found is not replaced: text within images, archives or base64, people's
//! names outside the configured fields. A record that is to be published is read by somebody first.

mod find;
mod journal;
mod kinds;
mod known;
mod members;
mod names;
mod numbers;
mod pass;
mod people;
mod personal;
mod scan;
mod secrets;
#[cfg(test)]
mod tests;
mod views;

pub use kinds::Kind;
pub use names::FIELDS;
pub use scan::{Counts, scan, scan_record};

use crate::event::hex;
use crate::event::nearest::did_you_mean;
use crate::record::incident::{Incident, Scrub};
use aho_corasick::BuildError;
use aws_lc_rs::hmac;
use names::{Gathered, Names};
use pass::Pass;
use std::collections::BTreeSet;
use thiserror::Error;

/// Hexadecimal digits of a token: 40 bits. No run of so many is an account's number.
const DIGITS: usize = 10;

#[derive(Debug, Error)]
pub enum RedactionError {
    #[error("the record cannot be taken apart or put together again: {0}")]
    Json(#[from] serde_json::Error),
    #[error("so many names cannot be looked for: {0}")]
    Names(#[from] BuildError),
    #[error("no record here has the field {field}{near}")]
    UnknownField { field: String, near: String },
}

/// What a redaction takes out, and the key of its tokens.
#[derive(Debug, Clone)]
pub struct Redaction {
    key: hmac::Key,
    /// Ids of accounts, and the unique ids that their users and roles have.
    pub accounts: bool,
    pub addresses: bool,
    /// Members in which names stand, such as `userName` or `requestParameters.name`; also of the
    /// record itself, such as `principal`. The names are then replaced wherever they stand. Of those
    /// that are not among [`FIELDS`] all of the value is taken for a name.
    pub fields: Vec<String>,
    /// Names that are known by another way, with the field that has them.
    pub values: Vec<(String, String)>,
    /// Fields that there are, whether or not some record here has them.
    pub known: BTreeSet<String>,
}

/// What a redaction made.
#[derive(Debug, Clone)]
pub struct Redacted {
    pub incident: Incident,
    /// In the order in which they were given.
    pub journals: Vec<Vec<u8>>,
}

impl Redaction {
    /// Takes out e-mail addresses, keys, secrets, numbers of cards, banks and telephones, account
    /// ids, unique ids of AWS, and names in [`FIELDS`]; addresses stay.
    pub fn new(key: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            accounts: true,
            addresses: false,
            fields: FIELDS.iter().map(|field| (*field).to_owned()).collect(),
            values: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// The token of a value, such as `acct-3fa9c1d2e0`.
    pub fn token(&self, kind: Kind, value: &str) -> String {
        // However its parts are put together somebody is the same one.
        let value = if kind == Kind::Name { known::folded(value) } else { value.to_owned() };
        let input = format!("{}\0{value}", kind.prefix());
        let tag = hmac::sign(&self.key, input.as_bytes());
        let digits = hex::encode(tag.as_ref());
        format!("{}-{}", kind.prefix(), &digits[..DIGITS])
    }

    /// What somebody is called instead, such as an analyst who signs.
    pub fn person(&self, name: &str) -> String {
        let lower = name.trim().to_lowercase();
        match people::names(&lower).as_slice() {
            [somebody] => self.token(Kind::Name, somebody),
            _ if find::is_email(&lower) => self.token(Kind::Email, &lower),
            // `root` is nobody, here as in the journal.
            _ => name.to_owned(),
        }
    }

    /// The incident with tokens in all its texts and in the bytes of its records, and in
    /// [`Incident::scrub`] how much was replaced.
    ///
    /// # Errors
    /// A field was asked for that is nowhere, or the incident is none when words of it are tokens.
    pub fn apply(&self, incident: &Incident) -> Result<Incident, RedactionError> {
        self.apply_all(incident, &[]).map(|redacted| redacted.incident)
    }

    /// The same of the incident and of the lines of journals, the workspace's own first, with the same tokens: what is a name in
    /// one is one in all.
    ///
    /// # Errors
    /// As above.
    pub fn apply_all(
        &self,
        incident: &Incident,
        journals: &[&[u8]],
    ) -> Result<Redacted, RedactionError> {
        let mut tree = serde_json::to_value(incident)?;
        let mut journals: Vec<journal::Entries> =
            journals.iter().map(|journal| journal::Entries::read(journal)).collect();
        let mut gathered = Gathered::default();
        gathered.take("", &tree, &self.fields);
        let told = gathered.seen.clone();
        for entry in journals.iter().flat_map(|it| &it.lines) {
            gathered.take("", entry, &self.fields);
        }
        for (field, value) in &self.values {
            gathered.fields.insert(field.clone());
            gathered.names.insert(value.clone());
        }
        let missing = self.missing(&gathered, &told)?;
        let names = Names::new(&gathered)?;
        let mut pass = Pass::new(self, names, gathered.accounts);
        pass.tree(&mut tree);
        let counts = std::mem::take(&mut pass.counts);
        let mut redacted: Incident = serde_json::from_value(tree)?;
        redacted.scrub = Some(self.scrub(incident.scrub.as_ref(), &counts, &missing));
        let journals = journals.iter_mut().map(|entries| {
            let head = entries.head();
            entries.lines.iter_mut().for_each(|line| pass.tree(line));
            entries.written(head.as_deref())
        });
        let journals = journals.collect();
        Ok(Redacted { incident: redacted, journals })
    }

    /// The fields that were asked for and that nothing here has.
    fn missing(
        &self,
        gathered: &Gathered,
        seen: &BTreeSet<String>,
    ) -> Result<Vec<&str>, RedactionError> {
        let asked = self.fields.iter().filter(|field| !FIELDS.contains(&field.as_str()));
        let missing: Vec<&str> =
            asked.filter(|field| !gathered.fields.contains(*field)).map(String::as_str).collect();
        let is_known = |field: &str| {
            let alike = |name: &String| name.eq_ignore_ascii_case(field);
            self.known.iter().any(alike) || seen.iter().any(alike)
        };
        if let Some(field) = missing.iter().find(|field| !is_known(field)) {
            // Of a way to a member the last part is what is mistyped.
            let known = || self.known.iter().chain(seen).map(String::as_str);
            let mut near = did_you_mean(field, known());
            if near.is_empty() {
                near = did_you_mean(field.rsplit('.').next().unwrap_or(field), known());
            }
            return Err(RedactionError::UnknownField { field: (*field).to_owned(), near });
        }
        Ok(missing)
    }

    fn scrub(&self, before: Option<&Scrub>, counts: &Counts, missing: &[&str]) -> Scrub {
        let mut scrub = before.cloned().unwrap_or_default();
        for (kind, count) in counts {
            *scrub.counts.entry(kind.as_str().to_owned()).or_default() += count;
        }
        let fields =
            if self.fields.is_empty() { "none".to_owned() } else { self.fields.join(", ") };
        scrub.remarks = vec![
            format!("names of people were looked for by these fields: {fields}"),
            "names were also looked for in ARNs and behind unique ids of roles; names shorter than 3 \
             characters, and numbers of fewer than 5 digits, were replaced in their fields alone"
                .to_owned(),
            "analysts, their computers, whoever has an alarm or a suppression, and whoever signs are \
             names"
                .to_owned(),
            "secrets were looked for by the names of members and parameters, in addresses of the web, \
             and by what their makers begin them with"
                .to_owned(),
            "not looked into: what is encoded or compressed within a text".to_owned(),
            "hashes are of the evidence as acquired, not of redacted bytes".to_owned(),
        ];
        if !missing.is_empty() {
            let fields = missing.join(", ");
            scrub.remarks.push(format!("no record here has anything in these fields: {fields}"));
        }
        for kind in [Kind::Account, Kind::UniqueId, Kind::Address] {
            if !self.takes(kind) {
                scrub.remarks.push(format!("not replaced: {kind}"));
            }
        }
        scrub
    }

    fn takes(&self, kind: Kind) -> bool {
        match kind {
            Kind::Account | Kind::UniqueId => self.accounts,
            Kind::Address => self.addresses,
            _ => true,
        }
    }
}
