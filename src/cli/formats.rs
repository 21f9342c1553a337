//! `trailcase formats`: what is recognised, which fields it has, and what a file is; or, of a file
//! that defines a format, what is wrong with it.

use super::args::{Common, Formats as Args};
use super::console::Console;
use super::error::CliError;
use super::session::{Origin, Session};
use super::status::Status;
use crate::event::nearest::nearest;
use crate::event::{State, noun};
use crate::format::{Clock, Delivery, Own, Service, formats};
use crate::source::typed;
use crate::ui::settings::{self, MAX_FILE};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    match args {
        Args::List => list(console),
        Args::Show { name } => show(name, console),
        Args::Check { file } if is_definition(file) => check_definition(file, console),
        Args::Check { file } => check(common, file, console),
    }
}

fn list(console: &mut Console) -> Result<Status, CliError> {
    let width = formats().iter().map(|format| format.schema().id.len()).max().unwrap_or(0);
    for format in formats() {
        let schema = format.schema();
        console.line(&format!("{:<width$}  {}: {}", schema.id, schema.title, format.help()))?;
    }
    Ok(Status::Done)
}

fn show(name: &str, console: &mut Console) -> Result<Status, CliError> {
    let Some(format) = formats().iter().find(|format| format.schema().id == name) else {
        let near = nearest(name, formats().iter().map(|format| &*format.schema().id));
        let hint = match near {
            Some(near) => format!("did you mean {near}?"),
            None => "see `trailcase formats list`".to_owned(),
        };
        return Err(CliError::usage(format!("{name:?}: no such format; {hint}")));
    };
    let schema = format.schema();
    console.line(&format!("{}: {}", schema.id, schema.title))?;
    console.line(format.help())?;
    console.line(&format!("Not shown: {}", format.limits()))?;
    console.line("")?;
    delivered(&format.delivery(), console)?;
    console.line("")?;
    let width = schema.fields.iter().map(|field| field.name.len()).max().unwrap_or(0).max(4);
    for field in &schema.fields {
        let many = if field.many { ", many" } else { "" };
        let kind = format!("{}{many}", field.kind);
        console.line(&format!(
            "{:<width$}  {kind:<13}  {:<9}  {}",
            field.name,
            field.role.as_str(),
            field.help
        ))?;
    }
    Ok(Status::Done)
}

/// How late such logs come, and what is promised of them.
fn delivered(delivery: &Delivery, console: &mut Console) -> Result<(), CliError> {
    let service = delivery.service.map_or("hosts and programs", Service::as_str);
    console.line(&format!("written by  {service}, {}", delivery.cadence))?;
    let lag = delivery.lag.map_or_else(
        || "unknown".to_owned(),
        |lag| format!("usually {} min, up to {} min", lag.usual / 60, lag.longest / 60),
    );
    console.line(&format!("delay       {lag}"))?;
    console.line(&format!("promised    {}", delivery.guarantee))?;
    let clock = match delivery.clock {
        Clock::Aws => "AWS's, in UTC",
        Clock::Writer => "the writer's own",
    };
    console.line(&format!("clock       {clock}"))
}

/// Whether the file says that it defines a format, by its name or by what is in it: a mistake may be
/// in all that tells a definition from a log.
fn is_definition(file: &OsStr) -> bool {
    // A pipe in its place would be waited for, and could not be read again.
    if !Path::new(file).is_file() {
        return false;
    }
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes));
    let is_named = Path::new(file).extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    let is_one = |text| Own::is_definition(text) || is_named && Own::begins(text);
    read.is_ok() && str::from_utf8(&bytes).is_ok_and(is_one)
}

/// Tells every mistake of a definition, also those that its examples show.
fn check_definition(file: &OsStr, console: &mut Console) -> Result<Status, CliError> {
    let file = Path::new(file);
    let label = file.display().to_string();
    let text = match settings::read(file) {
        Ok(Some(text)) => text,
        Ok(None) => return Err(CliError::usage(format!("{label}: no such file; check the path"))),
        Err(problem) => return Err(CliError::usage(problem.to_string())),
    };
    let (examples, problems) = Own::check(&label, &text);
    for problem in &problems {
        console.line(&problem.to_string())?;
    }
    if problems.iter().any(|problem| problem.fatal) {
        return Ok(Status::Usage);
    }
    let tried = match examples {
        0 => "it has no examples to try it with".to_owned(),
        number => {
            format!("{number} {} as it says", noun(number as u64, "example reads", "examples read"))
        }
    };
    console.line(&format!("{label}: a good definition; {tried}"))?;
    Ok(Status::Done)
}

/// Reads the file and tells which formats its records have.
fn check(common: &Common, file: &OsStr, console: &mut Console) -> Result<Status, CliError> {
    let mut origin = Origin::new(common, vec![typed(file)], None, (None, None))?;
    let session = Session::load(common, &mut origin, console)?;
    for object in session.store.ledger().all() {
        let formats = object.formats.iter().filter(|(_, events)| *events > 0);
        let formats: Vec<String> =
            formats.map(|(schema, events)| format!("{} {events}", schema.id)).collect();
        let state = object.state.map_or("failed", State::as_str);
        let reason = object.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let formats = if formats.is_empty() { "no events".to_owned() } else { formats.join(", ") };
        console.line(&format!("{}: {formats} ({state}{reason})", object.path))?;
    }
    Ok(session.told(&origin, console))
}
