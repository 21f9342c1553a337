//! How a filter is understood and what it costs.

use super::select::Narrowed;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::{Origin, Session, size, time_text};
use crate::event::Timestamp;
use crate::event::counted;
use crate::query::{Filter, Marks, Query, ast::Window, command};

pub(super) fn print(
    query: &Query,
    filter: &Filter,
    marks: &dyn Marks,
    session: &Session,
    origin: &Origin,
    console: &mut Console,
) -> Result<(), CliError> {
    let printed = query.print();
    let everything = if printed.is_empty() { "every event" } else { &printed };
    console.line(&format!("filter   {everything}"))?;
    if let Some(advice) = query.advice() {
        console.line(&format!("advice   {advice}"))?;
    }
    console.line(&format!("time     {}", window(query, origin)))?;
    let snapshot = session.store.snapshot();
    if filter.reads(&snapshot) {
        let plan = Narrowed::new(session, &snapshot, filter, marks).plan;
        let records = counted(plan.records() as u64, "record", "records");
        let objects = counted(plan.objects() as u64, "object", "objects");
        let bytes = plan.bytes();
        let cost = format!("{records} in {objects}, {} ({bytes} bytes)", size(bytes));
        console.line(&format!("reads    {cost}"))?;
    } else {
        let selected = filter.select(&snapshot, marks).len();
        console.line("reads    no records; columns decide")?;
        console.line(&format!("events   {selected} of {}", snapshot.visible()))?;
    }
    console.line(&format!("command  {}", command(query, &origin.named)))
}

/// The time that the filter and the command line leave together.
fn window(query: &Query, origin: &Origin) -> String {
    let loaded = Window {
        from: origin.window.from.unwrap_or(Window::ALL.from),
        to: origin.window.to.unwrap_or(Window::ALL.to),
    };
    let asked = query.window().unwrap_or(Window::ALL).and(loaded);
    let text = |edge: Timestamp| time_text(edge.0);
    match (asked.from != Window::ALL.from, asked.to != Window::ALL.to) {
        _ if asked.from >= asked.to => "none".to_owned(),
        (false, false) => "all".to_owned(),
        (true, false) => format!("from {}", text(asked.from)),
        (false, true) => format!("before {}", text(asked.to)),
        (true, true) => format!("from {}, before {}", text(asked.from), text(asked.to)),
    }
}
