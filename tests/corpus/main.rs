//! Reads a corpus of public samples, if `TRAILCASE_CORPUS` names the folder above it, and compares
//! what comes out with what others say of them. `TRAILCASE_CORPUS_TYPE` names a type of samples
//! of which all that differs is told:
//!
//! ```text
//! TRAILCASE_CORPUS=... TRAILCASE_CORPUS_TYPE=alb_access cargo test --test corpus report -- --nocapture
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod differences;
mod judged;
mod reading;
mod report;
#[path = "../rows/mod.rs"]
mod rows;
mod samples;
mod values;
mod verdict;
mod wanted;
mod words;

use differences::{Difference, differences};
use judged::{Fault, Judged};
use samples::Sample;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::slice::from_ref;
use std::sync::LazyLock;
use verdict::Verdict;
use wanted::NOT_YET;

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILCASE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: TRAILCASE_CORPUS names no folder");
    }
    folder
}

/// What came of each sample; `None` if there is no corpus.
fn judged() -> Option<&'static [Judged]> {
    static JUDGED: LazyLock<Vec<Judged>> = LazyLock::new(|| {
        let folder = corpus().unwrap_or_default();
        samples::samples(&folder.join("corpus")).iter().map(Judged::new).collect()
    });
    corpus().map(|_| JUDGED.as_slice())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_attack_is_read_whole() {
    let Some(corpus) = corpus() else { return };
    let mut events = 0;
    for file in files(&corpus.join("evidence/cloudtrail-attack")) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let reading = reading::read_file(&file);
        assert_eq!(reading.ends, [], "{}", file.display());
        assert!(reading.rows.iter().all(|row| row.format == "cloudtrail"), "{}", file.display());
        events += reading.rows.len();
    }
    assert_eq!(events, 2_900);
}

#[test]
fn report() {
    let Some(all) = judged() else { return };
    let differences = differences();
    println!("{}", report::summary(all, &verdict::verdicts(all, &differences)));
    if let Ok(kind) = std::env::var("TRAILCASE_CORPUS_TYPE") {
        println!("{}", report::detail(all, &kind, &differences));
    }
}

/// What is said of each type that is to be read as it should be by now.
fn verdicts() -> Option<BTreeMap<&'static str, Verdict>> {
    let mut verdicts = verdict::verdicts(judged()?, &differences());
    verdicts.retain(|kind, _| !NOT_YET.contains(kind));
    Some(verdicts)
}

fn lines<'a>(faults: impl IntoIterator<Item = &'a Fault>) -> String {
    let lines: Vec<String> = faults.into_iter().map(Fault::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_type_is_to_be_read_as_something_and_no_table_has_more() {
    let Some(corpus) = corpus() else { return };
    let samples = samples::samples(&corpus.join("corpus"));
    for Sample { kind, file, .. } in &samples {
        let known = wanted::formats(kind, file).is_some() || wanted::no_log(kind).is_some();
        assert!(known, "{kind}/{file}");
    }
    for name in wanted::names() {
        let is_it = |sample: &Sample| {
            sample.kind == name || format!("{}/{}", sample.kind, sample.file) == name
        };
        assert!(samples.iter().any(is_it), "{name} is no type of samples");
    }
    let said = |kind: &str, said: &dyn Fn(&str, &str) -> bool| {
        let here = samples.iter().filter(|sample| sample.kind.starts_with(kind));
        let mut values = here.flat_map(|sample| &sample.said).flat_map(|said| &said.values);
        values.any(|(field, value)| said(field, value))
    };
    for (kind, word) in words::words() {
        assert!(said(kind, &|_, value| value == word), "nobody says {word} of {kind}");
    }
    for (kind, name) in words::places() {
        assert!(said(kind, &|field, _| field == name), "nobody states {name} of {kind}");
    }
}

#[test]
fn as_many_records_as_whoever_collected_them_counted() {
    let Some(verdicts) = verdicts() else { return };
    let wrong = lines(verdicts.values().flat_map(|verdict| &verdict.counts));
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn nothing_is_taken_for_something_else() {
    let Some(verdicts) = verdicts() else { return };
    let wrong = lines(verdicts.values().flat_map(|verdict| &verdict.formats));
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn values_are_what_others_say() {
    let Some(verdicts) = verdicts() else { return };
    let bad = verdicts.values().filter(|verdict| !verdict.has_values());
    let wrong = lines(bad.flat_map(|verdict| &verdict.values));
    assert!(wrong.is_empty(), "\n{wrong}");
    let compared = verdicts.values().map(|verdict| verdict.compared).sum();
    let wrong: Vec<&Fault> = verdicts.values().flat_map(|verdict| &verdict.values).collect();
    let agreement = verdict::share(compared - wrong.len(), compared);
    println!("{} of {compared} values differ without a reason", wrong.len());
    assert!(agreement >= verdict::ALL_VALUES, "\n{}", lines(wrong));
}

#[test]
fn no_type_is_waited_for_that_is_there() {
    let Some(all) = judged() else { return };
    let verdicts = verdict::verdicts(all, &differences());
    for kind in NOT_YET {
        let verdict = verdicts.get(kind);
        let good = verdict.is_none_or(Verdict::is_good);
        assert!(!good, "{kind} is read as it should be: take it out of NOT_YET");
    }
}

#[test]
fn every_difference_is_one_and_has_a_reason() {
    let Some(all) = judged() else { return };
    let faults: Vec<Fault> = all.iter().flat_map(Judged::faults).collect();
    for difference in differences() {
        let Difference { r#type: kind, field, record, reason } = &difference;
        let mut here = faults.iter().filter(|fault| fault.is_covered(from_ref(&difference)));
        assert!(here.next().is_some(), "{kind} {field} {record} does not differ: take it out");
        assert!(reason.split_whitespace().count() > 4, "{kind} {field} {record}: {reason:?}");
    }
}
