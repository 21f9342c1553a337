//! `trailcase record`: the incident record of a workspace.

use super::alarms::Found;
use super::args::{Common, Record as Args};
use super::console::Console;
use super::error::CliError;
use super::screen::author;
use super::status::Status;
use super::verify::Hashes;
use super::{home, journal};
use crate::case::{Opened, Told, What, damage};
use crate::event::{counted, grouped};
use crate::format::formats;
use crate::job::acquired::{Acquired, Changes, changes};
use crate::job::bundling::{Beside, Signing, public_keys, write};
use crate::job::gathering::{Given, gather, proofs, values};
use crate::job::paper::write_new;
use crate::job::raising::Raised;
use crate::record::incident::{Incident, Workspace, Writer, writer};
use crate::record::redaction::Redaction;
use std::path::{Path, PathBuf};

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let workspaces = home::workspaces(common)?;
    if !args.set.is_empty() {
        say(&mut journal::open(&workspaces, &args.workspace)?, args)?;
    }
    let found = Found::of(common, &args.alarms(), Some(Hashes::Anew), console)?;
    // Opened anew: somebody else may have written meanwhile.
    let mut opened = workspaces.open(&args.workspace)?;
    let acquired = Acquired::of(opened.workspace.path(), &opened.state().custody());
    let threads = common.jobs.map_or(0, usize::from);
    let changes = changes(&acquired, &found.session.store, &found.session.evidence, threads);
    let damage = damage(&opened.workspace.journal_bytes()?, &opened.workspace.info().id);
    let mut status = found.status;
    if !damage.is_empty() {
        status = status.max(Status::Wrong);
        console.tell("the journal is damaged, and the record says so:");
        for fault in &damage {
            console.tell(fault);
        }
    }
    let made = made(&found, &opened, (&changes, &damage), args)?;
    if args.bundle {
        bundle(args, made, &mut opened, console)?;
        return Ok(status);
    }
    // The command line knows no other.
    let Some(writer) = writer(&args.format) else { return Ok(Status::Usage) };
    record(args, writer, &made.incident, &mut opened, console)?;
    Ok(status)
}

/// Writes into the journal what is said of the incident.
fn say(opened: &mut Opened, args: &Args) -> Result<(), CliError> {
    for (facet, text) in &args.set {
        journal::write(opened, What::Incident { facet: *facet, text: text.clone() })?;
    }
    Ok(())
}

/// Notes in the journal what was written. Where somebody else writes to the workspace the record is
/// there all the same, and that is told.
fn note(opened: &mut Opened, path: &Path, sha256: String, console: &Console) {
    let path = path.display().to_string();
    let report = What::Report { of: "incident".to_owned(), path, sha256 };
    if let Err(error) = journal::write(opened, report) {
        console.tell(&format!("the journal does not say so: {error}"));
    }
}

/// A record, and what goes along with it in a bundle.
struct Made {
    incident: Incident,
    journal: Vec<u8>,
    /// Those of colleagues, by the names of their files.
    chains: Vec<(String, Vec<u8>)>,
    proofs: Vec<(String, Vec<u8>)>,
    /// What whoever signs is called in it.
    signer: String,
}

fn made(
    found: &Found,
    opened: &Opened,
    (changes, damage): (&Changes, &[String]),
    args: &Args,
) -> Result<Made, CliError> {
    let state = opened.state();
    let (store, info) = (&found.session.store, opened.workspace.info());
    let journal = opened.workspace.journal_bytes()?;
    let told = Told::of(&journal);
    let about = (&found.rules, found.known.clone());
    let raised = Raised::new(store, &found.snapshot, about, &found.detected);
    let given = Given {
        state: &state,
        workspace: Workspace {
            name: Some(info.name.clone()),
            id: Some(info.id.clone()),
            head: told.head,
            entries: Some(told.entries),
        },
        store,
        sources: &info.sources,
        zones: &found.zones,
        raised: &raised,
        report: found.session.report.as_deref(),
        standings: &found.session.standings,
        changes,
        damage,
        as_of: told.at,
    };
    let incident = gather(&given);
    let proofs = proofs(&given, &incident);
    let mut chains = opened.workspace.chains_bytes()?;
    if !args.redact {
        let signer = author().who;
        return Ok(Made { incident, journal, chains, proofs, signer });
    }
    let mut redaction = Redaction::new(&opened.workspace.redaction_key()?);
    redaction.addresses = args.redact_addresses;
    redaction.fields.extend(args.redact_field.iter().cloned());
    redaction.values = values(&given, &incident, &args.redact_field);
    let fields = formats().iter().flat_map(|format| &format.schema().fields);
    redaction.known = fields.map(|field| field.name.to_string()).collect();
    let journals = std::iter::once(&journal).chain(chains.iter().map(|(_, bytes)| bytes));
    let journals: Vec<&[u8]> = journals.map(Vec::as_slice).collect();
    let redacted = redaction.apply_all(&incident, &journals);
    let redacted = redacted.map_err(|error| CliError::usage(format!("not redacted: {error}")))?;
    let mut journals = redacted.journals.into_iter();
    let journal = journals.next().unwrap_or_default();
    for ((_, bytes), tokens) in chains.iter_mut().zip(journals) {
        *bytes = tokens;
    }
    let signer = redaction.person(&author().who);
    Ok(Made { incident: redacted.incident, journal, chains, proofs, signer })
}

/// Writes one format, to a new file or to standard output.
fn record(
    args: &Args,
    writer: &Writer,
    incident: &Incident,
    opened: &mut Opened,
    console: &mut Console,
) -> Result<(), CliError> {
    let written = (writer.write)(incident);
    match &args.output {
        None => console.writer().write_all(&written.bytes).map_err(CliError::Output)?,
        Some(path) => {
            let told = |why| CliError::usage(format!("{}: {why}", path.display()));
            let sha256 = write_new(path, &written.bytes).map_err(told)?;
            console.tell(&format!("the record is in {}, sha256 {sha256}", path.display()));
            note(opened, path, sha256, console);
        }
    }
    console.flush()?;
    tell_rest(incident, &written.left_out, console);
    Ok(())
}

fn bundle(
    args: &Args,
    Made { incident, journal, chains, proofs, signer }: Made,
    opened: &mut Opened,
    console: &mut Console,
) -> Result<(), CliError> {
    let folder = args.output.clone();
    let folder = folder.unwrap_or_else(|| PathBuf::from(format!("{}-bundle", args.workspace)));
    let sign = |key: &PathBuf| Signing { who: signer.clone(), key: key.clone(), may_ask: true };
    let signing = args.sign.as_ref().map(sign);
    let (public_keys, problems) = public_keys(&opened.workspace.public_keys());
    for problem in problems {
        console.tell(&problem);
    }
    let beside = Beside { journal: Some(journal), proofs, public_keys, signing, chains };
    let bundled = write(&folder, &incident, &beside).map_err(CliError::usage)?;
    let files = counted(bundled.files as u64, "file", "files");
    console.tell(&format!(
        "the bundle is in {}: {files}, sha256 of SHA256SUMS {}",
        folder.display(),
        bundled.sha256
    ));
    match &bundled.signature {
        Some(path) => {
            let text = format!("signed: {}; VERIFY.md says how to check it", path.display());
            console.tell(&text);
        }
        None => console.tell("not signed; --sign KEY does, with a key of OpenSSH"),
    }
    note(opened, &folder, bundled.sha256, console);
    tell_rest(&incident, &bundled.left_out, console);
    Ok(())
}

/// What the record does not say, and how much was replaced.
fn tell_rest(incident: &Incident, left_out: &[String], console: &Console) {
    for what in left_out {
        console.tell(&format!("left out: {what}"));
    }
    if let Some(scrub) = &incident.scrub {
        for (kind, count) in &scrub.counts {
            console.tell(&format!("replaced by tokens: {kind}, {}", grouped(*count)));
        }
        for remark in &scrub.remarks {
            console.tell(remark);
        }
    }
}
