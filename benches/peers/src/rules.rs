//! The same rules over the same events, by `trailcase` and by `rsigma-eval`, on one thread each, after
//! the events are in memory: columns and compressed records here, JSON values there. Here the detectors
//! run too.

use flate2::read::GzDecoder;
use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::SigmaCollection;
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trailcase::detect::{Given, Ruleset};
use trailcase::event::Cancel;
use trailcase::job::detecting::detect;
use trailcase::job::{Evidence, Load, Notify, Options};
use trailcase::source::{self, Limits};
use trailcase::store::Store;

const RUNS: u32 = 5;

/// Prints for each engine how many events matched a rule, and the best time of five.
///
/// # Errors
/// What cannot be read, by its path.
pub(crate) fn compare(rules: &Path, events: &Path) -> Result<(), Box<dyn Error>> {
    let texts = below(rules, "yml")?;
    let texts: Vec<(PathBuf, String)> = texts
        .into_iter()
        .map(|path| fs::read_to_string(&path).map(|text| (path, text)))
        .collect::<Result<_, _>>()?;
    let mut out = std::io::stdout();
    let (known, count, hits, time) = theirs(&texts, events)?;
    tell(&mut out, "rsigma-eval 0.21", (known, count, hits, time))?;
    let ours = ours(&texts, events)?;
    tell(&mut out, "trailcase", ours)?;
    writeln!(out, "trailcase is {:.1} times as fast", time.as_secs_f64() / ours.3.as_secs_f64())?;
    Ok(())
}

/// Rules that were understood, events, matches of a rule with an event, and the time of a run.
type Outcome = (usize, u64, u64, Duration);

fn tell(out: &mut impl std::io::Write, name: &str, outcome: Outcome) -> std::io::Result<()> {
    let (rules, events, hits, time) = outcome;
    let rate = events as f64 / time.as_secs_f64() / 1e6;
    writeln!(
        out,
        "{name:>17}: {rules} rules, {events} events, {hits} matches, {:.3} s, {rate:.2} M events/s",
        time.as_secs_f64()
    )
}

fn theirs(texts: &[(PathBuf, String)], events: &Path) -> Result<Outcome, Box<dyn Error>> {
    let mut engine = Engine::new();
    engine.set_include_event(false);
    for (path, text) in texts {
        let collection: SigmaCollection =
            rsigma_parser::parse_sigma_yaml(text).map_err(|why| format!("{}: {why}", path.display()))?;
        engine.add_collection(&collection)?;
    }
    let mut values = Vec::new();
    for path in below(events, "json.gz")? {
        let file = BufReader::new(GzDecoder::new(fs::File::open(path)?));
        let mut whole: Value = serde_json::from_reader(file)?;
        if let Some(Value::Array(records)) = whole.get_mut("Records").map(Value::take) {
            values.extend(records);
        }
    }
    let (hits, time) = best(|| {
        let each = |value| engine.evaluate(&JsonEvent::borrow(value)).len() as u64;
        Ok(values.iter().map(each).sum())
    })?;
    Ok((engine.rule_count(), values.len() as u64, hits, time))
}

fn ours(texts: &[(PathBuf, String)], events: &Path) -> Result<Outcome, Box<dyn Error>> {
    let mut rules = Ruleset::default();
    for (path, text) in texts {
        let name = path.display().to_string();
        rules.add(&name, text, "as its repository says").map_err(|why| format!("{name}: {why}"))?;
    }
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let folder = events.to_str().ok_or("the folder's name is not UTF-8")?;
    let source = Arc::from(source::open(folder, &source::Means::default())?);
    let options = Options::default();
    Load::start(vec![source], Arc::clone(&store), Arc::clone(&evidence), options, Notify::nobody())?
        .wait();
    let snapshot = store.snapshot();
    let given = Given::default();
    let (hits, time) = best(|| {
        let found = detect(&evidence, &snapshot, (&rules, &given), 1, &Cancel::default())?;
        Ok(found.findings.hits.iter().map(|events| events.len() as u64).sum())
    })?;
    let events = snapshot.segments.iter().map(|segment| segment.len() as u64).sum();
    Ok((rules.rules.len(), events, hits, time))
}

fn best(
    mut run: impl FnMut() -> Result<u64, Box<dyn Error>>,
) -> Result<(u64, Duration), Box<dyn Error>> {
    let mut best = (0, Duration::MAX);
    for _ in 0..RUNS {
        let start = Instant::now();
        let hits = run()?;
        let time = start.elapsed();
        if time < best.1 {
            best = (hits, time);
        }
    }
    Ok(best)
}

/// The files below a folder whose names end so, in the order of their names.
fn below(folder: &Path, end: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
