//! What events name, for each source and each format in it.

use super::grid;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::grouped;
use crate::job::naming::{OfSource, OfSources};
use crate::query::{ASPECTS, Named};
use serde_json::{Map, Value};

pub(super) fn print(found: &OfSources, console: &mut Console) -> Result<(), CliError> {
    console.line("")?;
    console.line("what events name, as shares of all events:")?;
    let mut head = vec!["source and format", " events"];
    head.extend([" who", " from where", " what", " on what", " when", " outcome"]);
    let row = |name: String, named: &Named| {
        let mut cells = vec![name, grouped(named.events)];
        cells.extend((0..ASPECTS.len()).map(|aspect| named.share(aspect)));
        cells
    };
    let mut rows = Vec::new();
    for (source, OfSource { all, formats }) in &found.sources {
        rows.push(row(source.clone(), all));
        rows.extend(formats.iter().map(|(format, named)| row(format!("  {format}"), named)));
    }
    grid::print(&head, &rows, console)
}

/// Each source with how many events it has, how many of them name each aspect, and the same for each
/// format.
pub(super) fn document(found: &OfSources) -> Value {
    let source = |(source, OfSource { all, formats }): (&String, &OfSource)| {
        let formats = formats.iter().map(|(id, named)| (id.clone(), counts(named).into()));
        let formats: Map<String, Value> = formats.collect();
        let mut of_source = counts(all);
        of_source.insert("source".to_owned(), source.clone().into());
        of_source.insert("formats".to_owned(), formats.into());
        Value::Object(of_source)
    };
    found.sources.iter().map(source).collect()
}

fn counts(named: &Named) -> Map<String, Value> {
    let members = ASPECTS.iter().map(|aspect| aspect.replace(' ', "_"));
    let mut counts: Map<String, Value> =
        members.zip(named.of).map(|(member, count)| (member, count.into())).collect();
    counts.insert("events".to_owned(), named.events.into());
    counts
}
