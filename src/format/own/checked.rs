//! Making a format of what a definition says. Everything that is wrong is told, not only the first.

use super::decoder::{Pattern, Rules, Shape, Sniff, Use};
use super::definition::{Definition, Said};
use super::fields::{self, Fields};
use super::json::Node;
use super::moment::Clock;
use super::regexes::{compile, compile_bytes, takes_all, takes_all_objects};
use crate::event::document::Document;
use crate::event::fields::SHARED;
use crate::event::{Class, Outcome, Schema};
use crate::format::Join;
use crate::format::list::built_in;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Members that a record may be required to have, at most.
const MOST_MEMBERS: usize = 32;

/// Characters of a text for people, at most.
const LONGEST: usize = 400;

/// Ids that mean something else where the filter names formats and fields.
const RESERVED: [&str; 6] = ["and", "or", "not", "origin", "raw", "time"];

pub(super) struct Checked {
    pub(super) rules: Rules,
    pub(super) help: String,
    pub(super) limits: String,
    pub(super) join: Join,
}

/// The format, as far as it can be made.
pub(super) fn check<'v>(document: &mut Document<'v>, definition: &Definition<'v>) -> Checked {
    let id = id(document, definition.id.as_ref());
    let title = prose(document, "title", definition.title.as_ref());
    if definition.title.is_none() {
        document.error(0..0, "`title` is missing: the format's name for people");
    }
    let help = prose(document, "help", definition.help.as_ref());
    let limits = prose(document, "limits", definition.limits.as_ref());
    let class = definition.class.as_ref();
    let class =
        class.and_then(|said| fields::word(document, "class", said, Class::ALL, Class::as_str));
    let record = &definition.record;
    let join = match &record.begins {
        Some(begins) => compile_bytes(document, begins).map_or(Join::Never, Join::Found),
        None => Join::Never,
    };
    let skip = record.skip.as_ref().and_then(|said| compile(document, said, false));
    let regexes = patterns(document, definition);
    let sniff = sniff(document, definition);
    // Of patterns with a mistake it is not known what they capture.
    let is_whole = !record.json && regexes.len() == record.patterns.len();
    let captures = is_whole.then(|| captures(&regexes));
    let fields = fields::read(document, definition, &id, captures.as_ref());
    let slot = |name: &str| fields.schema.iter().position(|def| def.name == name).unwrap_or(0);
    let class = (slot("class"), fields.class.or(class).unwrap_or(Class::Other));
    let outcome = (slot("outcome"), fields.outcome.unwrap_or(Outcome::Unknown));
    let Fields { schema, mut uses, constants, .. } = fields;
    if let Some(time) = time(document, definition, captures.as_ref()) {
        uses.push(time);
    }
    if let Some(captures) = &captures {
        unused(document, definition, captures, &uses);
    }
    let shape = shape(record.json, regexes, &uses);
    let schema = Arc::new(Schema { id: id.into(), title: title.into(), fields: schema });
    let null = record.null.as_ref().map_or_else(
        || vec!["-".to_owned()],
        |all| all.iter().map(|said| said.text.to_string()).collect(),
    );
    let uses = uses.into_iter().map(|(_, used)| used).collect();
    let rules = Rules { schema, sniff, skip, shape, uses, constants, null, class, outcome };
    Checked { rules, help, limits, join }
}

/// The id, which filters must be able to name and nothing else may have.
fn id(document: &mut Document<'_>, said: Option<&Said<'_>>) -> String {
    let Some(said) = said else {
        document.error(0..0, "`id` is missing: the format's name in filters");
        return String::new();
    };
    let id = said.text.to_string();
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let begins = id.starts_with(|c: char| c.is_ascii_lowercase());
    let wrong = if !begins || id.len() > 32 || !id.bytes().all(fits) {
        Some(format!("{id:?} is no id: use a-z, 0-9 and _, a letter first, at most 32 of them"))
    } else if built_in().iter().any(|format| format.schema().id == id) {
        Some(format!("{id:?} is the id of a format that is built in; choose another"))
    } else if RESERVED.contains(&&*id) || is_prefix(&id) {
        Some(format!("{id:?} means something else in filters; choose another"))
    } else {
        None
    };
    if let Some(message) = wrong {
        document.error(said.span.clone(), message);
    }
    id
}

/// Whether fields that are built in have names that begin so.
fn is_prefix(id: &str) -> bool {
    let formats = built_in();
    let schemas = formats.iter().flat_map(|format| &format.schema().fields);
    let mut names = SHARED.iter().chain(schemas).map(|field| &*field.name);
    names.any(|name| name.split('.').next() == Some(id))
}

/// A text for people.
fn prose(document: &mut Document<'_>, what: &str, said: Option<&Said<'_>>) -> String {
    let Some(said) = said else { return String::new() };
    let text = said.text.trim();
    if text.is_empty() || text.len() > LONGEST || text.contains(char::is_control) {
        let message = format!("`{what}` is one line of 1 to {LONGEST} bytes");
        document.error(said.span.clone(), message);
    }
    text.to_owned()
}

fn patterns(document: &mut Document<'_>, definition: &Definition<'_>) -> Vec<Regex> {
    let record = &definition.record;
    let several = record.begins.is_some();
    let told = &record.patterns;
    match (record.json, told.first()) {
        (true, Some(first)) => {
            document.error(first.span.clone(), "a record is either JSON or has patterns");
        }
        (false, None) => {
            let message = "`patterns` of [record] are missing: regular expressions whose named \
                           groups are the fields' values; or `json = true`";
            document.error(record.span.clone(), message);
        }
        _ => {}
    }
    if record.json
        && let Some(begins) = &record.begins
    {
        document.error(begins.span.clone(), "where a record of JSON begins is known");
    }
    let sniff = &definition.sniff;
    let is_open = sniff.prefix.is_none() && sniff.regex.is_none() && sniff.members.is_empty();
    let one = |said| {
        let regex = compile(document, said, several)?;
        if is_open && takes_all(&regex) {
            document.error(said.span.clone(), ANY);
        }
        Some(regex)
    };
    told.iter().filter_map(one).collect()
}

/// What is wrong with an expression that every record matches.
const ANY: &str = "every record matches this, so that every log would be of this format: let it ask \
                   for more, or say in [sniff] what a record has";

/// The names of groups.
fn captures(regexes: &[Regex]) -> BTreeSet<String> {
    regexes.iter().flat_map(Regex::capture_names).flatten().map(str::to_owned).collect()
}

fn sniff(document: &mut Document<'_>, definition: &Definition<'_>) -> Sniff {
    let (told, json) = (&definition.sniff, definition.record.json);
    let members: Vec<String> = told.members.iter().map(|said| said.text.to_string()).collect();
    match told.members.first() {
        Some(first) if !json => {
            document.error(first.span.clone(), "only a record of JSON has members: `json = true`");
        }
        Some(first) if members.len() > MOST_MEMBERS => {
            document.error(first.span.clone(), format!("more than {MOST_MEMBERS} members"));
        }
        None if json && told.regex.is_none() => {
            let message = "[sniff] is missing: by which `members` a record is told from other JSON";
            document.error(definition.record.span.clone(), message);
        }
        _ => {}
    }
    for said in &told.members {
        if members.iter().filter(|name| **name == said.text).count() > 1 {
            document.error(said.span.clone(), format!("{:?} is there twice", said.text));
        }
    }
    let prefix = told.prefix.as_ref().map(|said| said.text.to_string());
    let prefix = prefix.filter(|prefix| !prefix.is_empty());
    let regex = told.regex.as_ref().and_then(|said| {
        let regex = compile(document, said, false)?;
        let is_open = prefix.is_none() && members.is_empty();
        if is_open && (takes_all(&regex) || json && takes_all_objects(&regex)) {
            document.error(said.span.clone(), ANY);
        }
        Some(regex)
    });
    Sniff { prefix, regex, members }
}

fn time<'v>(
    document: &mut Document<'v>,
    definition: &Definition<'v>,
    captures: Option<&BTreeSet<String>>,
) -> Option<(Said<'v>, Use)> {
    let Some(time) = &definition.time else {
        document.warning(0..0, "without [time] the events have no time, and stand last");
        return None;
    };
    let clock = Clock::new(document, time.format.as_ref(), time.zone.as_ref());
    let Some(from) = &time.from else {
        document.error(time.span.clone(), "`from` of [time] is missing: where it comes from");
        return None;
    };
    fields::origin(document, from, captures);
    Some((Said { text: from.text.clone(), span: from.span.clone() }, Use::Time(clock)))
}

/// Tells what is captured for nothing: most often a name that was meant otherwise.
fn unused(
    document: &mut Document<'_>,
    definition: &Definition<'_>,
    captures: &BTreeSet<String>,
    uses: &[(Said<'_>, Use)],
) {
    let unused = captures.iter().filter(|name| !uses.iter().any(|(from, _)| from.text == **name));
    for name in unused {
        let group = [format!("(?<{name}>"), format!("(?P<{name}>")];
        let place = definition.record.patterns.iter().find_map(|said| {
            let at = group.iter().find_map(|group| said.text.find(&**group))?;
            Some(document.within(&said.span, at))
        });
        let message = format!("{name:?} is captured, and no field is made of it");
        document.warning(place.unwrap_or(0..0), message);
    }
}

fn shape(json: bool, regexes: Vec<Regex>, uses: &[(Said<'_>, Use)]) -> Shape {
    if json {
        let mut root = Node::default();
        for (used, (from, _)) in uses.iter().enumerate() {
            root.add(&from.text, used);
        }
        return Shape::Json(root);
    }
    let pattern = |regex: Regex| {
        let groups = regex.capture_names().enumerate();
        let named = groups.filter_map(|(group, name)| Some((group, name?)));
        let wanted = named.flat_map(|(group, name)| {
            let fits = move |(_, (from, _)): &(usize, &(Said<'_>, Use))| from.text == name;
            uses.iter().enumerate().filter(fits).map(move |(used, _)| (group, used))
        });
        let uses = wanted.collect();
        Pattern { regex, uses }
    };
    Shape::Text(regexes.into_iter().map(pattern).collect())
}
