//! What the pages for people say, as blocks in their order; Markdown and HTML draw them.
//!
//! Headings are the phases of NIST SP 800-61r2; preparation is not in a record.

mod alarms;
mod apart;
mod evidence;

use super::room::cut;
use super::timeline::{About, Row, message, rows};
use super::{Deadline, Incident, Note, Severity, defang, moment};
use crate::event::{Time, counted, grouped};

/// Exhibits of an alarm or of a note that are named.
const NAMES: usize = 100;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// The level is 1 to 4.
    Heading(u8, Vec<Cell>, Option<Severity>),
    Facts(Vec<(&'static str, Vec<Cell>)>),
    Table(&'static [&'static str], Vec<Vec<Cell>>),
    /// What somebody wrote, with who and when.
    Prose(Option<String>, String),
    /// Our own words.
    Line(String),
    Items(Vec<Cell>),
    /// A record's bytes, below a title.
    Record(String, Vec<u8>),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Our own words and numbers.
    Own(String),
    /// A value of the evidence or of a person.
    Said(String),
    /// Prose of a person, on one line.
    Words(String),
    NotStated,
}

#[allow(clippy::needless_pass_by_value, reason = "numbers and words are given as they are")]
fn own(text: impl ToString) -> Cell {
    Cell::Own(text.to_string())
}

fn said(text: Option<&str>) -> Cell {
    text.map_or(Cell::NotStated, |text| Cell::Said(text.to_owned()))
}

fn stated(text: Option<impl ToString>) -> Cell {
    text.map_or(Cell::NotStated, |text| Cell::Own(text.to_string()))
}

fn time(at: Option<Time>) -> Cell {
    stated(moment::told(at))
}

fn all(values: &[String]) -> Vec<Cell> {
    match values {
        [] => vec![Cell::NotStated],
        values => values.iter().map(|value| Cell::Said(value.clone())).collect(),
    }
}

/// The whole page.
pub(super) fn blocks(incident: &Incident) -> Vec<Block> {
    let mut page = Vec::new();
    let title = vec![Cell::Words(incident.heading())];
    page.push(Block::Heading(1, title, incident.severity));
    page.push(Block::Facts(head(incident)));
    heading(&mut page, 2, "Detection and analysis");
    heading(&mut page, 3, "Summary");
    match &incident.summary {
        Some(summary) => page.push(Block::Prose(None, summary.clone())),
        None => page.push(Block::Items(vec![Cell::NotStated])),
    }
    heading(&mut page, 3, "Times");
    let times = incident.times.all().map(|(name, at)| (name, vec![time(at)]));
    let means = alarms::means(incident);
    page.push(Block::Facts(times.into_iter().chain(means).collect()));
    clocks(incident, &mut page);
    heading(&mut page, 3, "Scope");
    let scope = incident.scope.all().map(|(name, values)| (name, all(values)));
    page.push(Block::Facts(scope.to_vec()));
    alarms::add(incident, &mut page);
    apart::add(incident, &mut page);
    timeline(incident, &mut page);
    indicators(incident, &mut page);
    if !incident.notes.is_empty() {
        heading(&mut page, 3, "Notes");
        page.extend(incident.notes.iter().map(note));
    }
    heading(&mut page, 2, "Containment, eradication and recovery");
    actions(incident, &mut page);
    heading(&mut page, 2, "Post-incident activity");
    post(incident, &mut page);
    heading(&mut page, 2, "Evidence");
    evidence::add(incident, &mut page);
    if page.iter().any(defang::is_in) {
        // Below the title and what is told first.
        page.insert(2, Block::Line(defang::TOLD.to_owned()));
    }
    page
}

fn heading(page: &mut Vec<Block>, level: u8, text: &'static str) {
    page.push(Block::Heading(level, vec![own(text)], None));
}

/// A table, or the words that there is nothing.
fn table(page: &mut Vec<Block>, head: &'static [&'static str], rows: Vec<Vec<Cell>>) {
    if rows.is_empty() {
        page.push(Block::Items(vec![Cell::NotStated]));
    } else {
        page.push(Block::Table(head, rows));
    }
}

fn head(incident: &Incident) -> Vec<(&'static str, Vec<Cell>)> {
    let people = incident.people.iter().map(|person| {
        let rest = [&person.role, &person.contact].into_iter().flatten();
        let parts: Vec<&str> = [&person.name].into_iter().chain(rest).map(String::as_str).collect();
        Cell::Said(parts.join(", "))
    });
    let people: Vec<Cell> = people.collect();
    let workspace = &incident.workspace;
    let entries = workspace.entries.map(|count| counted(count, "entry", "entries"));
    let mut head = vec![
        ("severity", vec![stated(incident.severity)]),
        ("sharing", vec![stated(incident.tlp.map(super::Tlp::label))]),
        ("status", vec![stated(incident.status)]),
        ("verdict", vec![verdict(incident.verdict)]),
        ("reason", vec![words(incident.reason.as_deref())]),
        ("people", if people.is_empty() { vec![Cell::NotStated] } else { people }),
        ("times are in", vec![own("UTC")]),
        ("workspace", vec![said(workspace.name.as_deref()), said(workspace.id.as_deref())]),
        ("journal", vec![stated(entries), said(workspace.head.as_deref())]),
        ("as of", vec![time(incident.as_of)]),
        ("made by", vec![said(Some(&format!("{} {}", incident.tool.name, incident.tool.version)))]),
        ("NIST CSF 2.0 function", vec![own("Respond")]),
    ];
    if let Some(scrub) = &incident.scrub {
        let counts =
            scrub.counts.iter().map(|(kind, count)| format!("{kind}: {}", grouped(*count)));
        let counts: Vec<String> = counts.chain(scrub.remarks.iter().cloned()).collect();
        head.push(("redacted", vec![Cell::Words(counts.join("; "))]));
    }
    head
}

fn verdict(verdict: Option<crate::event::Verdict>) -> Cell {
    stated(verdict.map(|verdict| format!("{verdict} ({})", verdict.help())))
}

fn words(text: Option<&str>) -> Cell {
    text.map_or(Cell::NotStated, |text| Cell::Words(text.to_owned()))
}

/// What is known of how clocks stand to each other.
pub(super) const UNMEASURED: &str =
    "How far the clocks of the sources are from each other was not measured.";

fn clocks(incident: &Incident, page: &mut Vec<Block>) {
    page.push(Block::Line(UNMEASURED.to_owned()));
    if incident.clocks.is_empty() {
        return;
    }
    let rows = incident
        .clocks
        .iter()
        .map(|it| vec![said(Some(&it.source)), own(grouped(it.records)), said(Some(&it.zone))]);
    let head = &["source", "records whose times name no zone", "read as"];
    page.push(Block::Table(head, rows.collect()));
}

/// `E1 E2 and 3 more`.
fn names(exhibits: &[u64]) -> Vec<Cell> {
    let names = exhibits.iter().take(NAMES).map(|number| own(format!("E{number}")));
    let rest = exhibits.len().saturating_sub(NAMES);
    let rest = (rest > 0).then(|| own(format!("and {} more", grouped(rest as u64))));
    names.chain(rest).collect()
}

fn note(note: &Note) -> Block {
    let by = note.who.clone().unwrap_or_else(|| "by whom is not stated".to_owned());
    let number = note.number.map(|number| format!("note {number}"));
    let on = names(&note.exhibits).into_iter().filter_map(|cell| match cell {
        Cell::Own(text) => Some(text),
        _ => None,
    });
    let on: Vec<String> = on.collect();
    let on = (!on.is_empty()).then(|| format!("on {}", on.join(" ")));
    let by = [Some(by), moment::told(note.at), number, on];
    let by: Vec<String> = by.into_iter().flatten().collect();
    Block::Prose(Some(by.join(", ")), note.text.clone())
}

fn timeline(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Timeline");
    let head = &[
        "time",
        "id",
        "what",
        "principal or person",
        "address",
        "outcome",
        "resource",
        "integrity",
    ];
    let lines = rows(incident);
    table(page, head, lines.iter().map(timeline_row).collect());
}

fn timeline_row(row: &Row<'_>) -> Vec<Cell> {
    let mut cells = vec![time(row.at), own(&row.id)];
    let none = || own("");
    match row.about {
        About::Exhibit(it) => {
            let resource = it.resource.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let what = it.event.clone().unwrap_or_else(|| message(it));
            cells.extend([
                said(Some(&what)),
                said(it.principal.as_deref()),
                said(it.address.as_deref()),
                said(it.outcome.as_deref()),
                if resource.is_empty() { Cell::NotStated } else { Cell::Said(resource) },
                stated(it.standing),
            ]);
        }
        About::Note(..) => {
            let text = format!("note: {}", cut(&row.message, 120).0);
            cells.extend([Cell::Words(text), said(row.who), none(), none(), none(), none()]);
        }
        About::Alarm(_) => {
            let text = format!("alarm: {}", row.message);
            cells.extend([Cell::Words(text), none(), none(), none(), none(), none()]);
        }
        About::Action | About::Milestone => {
            let text = Cell::Words(row.message.clone());
            let who = row.who.map_or_else(none, |who| said(Some(who)));
            cells.extend([text, who, none(), none(), none(), none()]);
        }
    }
    cells
}

fn indicators(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Indicators");
    let rows = incident.indicators.iter().map(|it| {
        vec![
            own(it.kind),
            said(Some(&it.value)),
            time(it.first),
            time(it.last),
            words(it.remark.as_deref()),
        ]
    });
    table(page, &["kind", "value", "first", "last", "remark"], rows.collect());
}

fn actions(incident: &Incident, page: &mut Vec<Block>) {
    let rows = incident
        .actions
        .iter()
        .map(|it| vec![time(it.at), said(it.who.as_deref()), Cell::Words(it.what.clone())]);
    table(page, &["time", "who", "what was done"], rows.collect());
}

fn post(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Lessons");
    let lessons: Vec<Cell> = incident.lessons.iter().cloned().map(Cell::Words).collect();
    page.push(Block::Items(if lessons.is_empty() { vec![Cell::NotStated] } else { lessons }));
    heading(page, 3, "Notification");
    let Some(it) = &incident.notification else {
        page.push(Block::Items(vec![Cell::NotStated]));
        return;
    };
    let exposed = vec![time(it.first_exposure), own("to"), time(it.last_exposure)];
    page.push(Block::Facts(vec![("exposed", exposed)]));
    let rows =
        it.affected.iter().map(|it| vec![said(Some(&it.kind)), stated(it.count.map(grouped))]);
    table(page, &["records affected", "count"], rows.collect());
    let head = &["who is to be told", "within, from when it was detected", "due", "told"];
    table(page, head, it.deadlines.iter().map(deadline).collect());
}

fn deadline(it: &Deadline) -> Vec<Cell> {
    let hours = it.hours.map(|hours| counted(hours, "hour", "hours"));
    let done = moment::told(it.done).unwrap_or_else(|| "not told yet".to_owned());
    vec![said(Some(&it.whom)), stated(hours), time(it.due), own(done)]
}
