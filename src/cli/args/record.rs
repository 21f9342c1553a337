//! What may be typed after `trailcase record`.

use super::{AlarmsOf, TimeWindow, Trust};
use crate::case::Facet;
use crate::record::incident::WRITERS;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct Record {
    /// The workspace whose incident it is
    #[arg(short, long, value_name = "NAME")]
    pub(in crate::cli) workspace: String,
    /// For whom
    #[arg(long, value_name = "ID", default_value = "md", value_parser = formats(), conflicts_with = "bundle")]
    pub(in crate::cli) format: String,
    /// The new file, or the bundle's new folder [default: standard output; NAME-bundle]
    #[arg(short, long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Write every format, the exhibits' records, the journal, public keys and proofs of exhibits
    /// that are verified into a folder, with hashes and a page that says how a stranger checks them
    #[arg(long)]
    pub(in crate::cli) bundle: bool,
    /// Sign the bundle's hashes with this key of OpenSSH: a private key, or the public one of an agent's
    #[arg(long, value_name = "KEY", requires = "bundle", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) sign: Option<PathBuf>,
    /// Say something of the incident first, as an entry of the journal: title=TEXT, severity=high,
    /// tlp=amber, status=closed, summary=TEXT, person=NAME, ROLE, MAIL, action=TEXT, lesson=TEXT,
    /// deadline=24h WHOM (from when it was detected) or TIME WHOM, and WHOM, told TIME once they were
    #[arg(long, value_name = "FACT=TEXT", value_parser = fact)]
    pub(in crate::cli) set: Vec<(Facet, String)>,
    /// Replace e-mail addresses, keys, secrets, account ids, numbers of cards, banks and telephones,
    /// and names of people by tokens that stay the same
    #[arg(long)]
    pub(in crate::cli) redact: bool,
    /// Replace IP addresses too
    #[arg(long, requires = "redact")]
    pub(in crate::cli) redact_addresses: bool,
    /// Replace what stands in this member or field too, however it is written and wherever it
    /// stands; such as requestParameters.groupName
    #[arg(long, value_name = "FIELD", requires = "redact")]
    pub(in crate::cli) redact_field: Vec<String>,
    /// A file or folder of Sigma rules, beside the product's own
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) trust: Trust,
}

impl Record {
    /// What alarms are raised from.
    pub(in crate::cli) fn alarms(&self) -> AlarmsOf {
        AlarmsOf {
            sources: Vec::new(),
            workspace: Some(self.workspace.clone()),
            rules: self.rules.clone(),
            estate: None,
            trust: self.trust.clone(),
            window: TimeWindow { since: None, until: None },
        }
    }
}

fn formats() -> PossibleValuesParser {
    let value =
        |writer: &crate::record::incident::Writer| PossibleValue::new(writer.id).help(writer.help);
    PossibleValuesParser::new(WRITERS.iter().map(value))
}

/// `FACT=TEXT`.
fn fact(text: &str) -> Result<(Facet, String), String> {
    let (name, said) = text.split_once('=').ok_or("write FACT=TEXT, such as title=Keys abroad")?;
    let facet = Facet::parse(name.trim()).ok_or_else(|| {
        let known: Vec<&str> = Facet::ALL.iter().map(|facet| facet.as_str()).collect();
        format!("{name:?} is nothing that is said of an incident; it can be {}", known.join(", "))
    })?;
    facet.checked(said).map(|said| (facet, said))
}
