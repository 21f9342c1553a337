//! Trying a definition with the examples that it carries.

use super::Own;
use super::definition::{Example, Said};
use crate::event::document::Document;
use crate::event::nearest::did_you_mean;
use crate::event::{Row, Schema, Time, Timestamp, Value};
use crate::format::frame::{Frames, Item, Join};
use crate::format::{Context, Decoded, Format as _, Match, Probe, text};
use std::ops::ControlFlow;

/// Where the example comes from: a file that was changed when its record says, so that a time
/// without a year is in that one.
fn context(example: &Example<'_>) -> Context {
    let stated = example.fields.iter().find(|(name, _)| name.text == "time");
    let time = stated.and_then(|(_, values)| Time::parse_rfc3339(&values.first()?.text));
    let modified = time.map(|time| time.at).or(Timestamp::from_seconds(4_102_444_800));
    Context { key: "example".to_owned(), modified, ..Context::default() }
}

/// Reads one example as if it came in a file, and tells what is not as it says.
pub(super) fn attempt(document: &mut Document<'_>, own: &Own, example: &Example<'_>) {
    let place = example.text.span.clone();
    let records = if own.is_json() {
        vec![example.text.text.trim().to_owned()]
    } else {
        let first = cut(Join::Never, &example.text.text).into_iter().next().unwrap_or_default();
        if own.probe(&Probe::new(&first)) != Match::Certain {
            return document.error(place, own.refusal(&first));
        }
        cut(own.join(), &example.text.text)
    };
    let [record] = &records[..] else {
        let message = format!(
            "the example is {} records, not one; `begins` of [record] says how lines make records",
            records.len()
        );
        return document.error(place, message);
    };
    if own.probe(&Probe::new(record)) != Match::Certain {
        return document.error(place, own.refusal(record));
    }
    let mut row = Kept::default();
    match own.start(&context(example), &[]).decode(record, &mut row) {
        Ok(Decoded::Event) => {}
        Ok(Decoded::NotARecord) => return document.error(place, "`skip` takes it for no record"),
        Err(error) => return document.error(place, error.to_string()),
    }
    for (name, values) in &example.fields {
        compare(document, own.schema(), &row, (name, values));
    }
}

/// The records that the text is.
fn cut(join: Join, lines: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut frames = Frames::text(join);
    let mut take = |item: Item<'_>| {
        if let Item::Record(record) = item {
            found.push(text::of(record.bytes).into_owned());
        }
        ControlFlow::Continue(())
    };
    if frames.push(lines.as_bytes(), &mut take).is_continue() {
        frames.finish(&mut take);
    }
    found
}

fn compare(
    document: &mut Document<'_>,
    schema: &Schema,
    row: &Kept,
    (name, expected): (&Said<'_>, &[Said<'_>]),
) {
    let found = if name.text == "time" {
        row.time.map(Time::to_rfc3339).into_iter().collect()
    } else if let Some(slot) = schema.slot(&name.text) {
        row.values(slot, schema.fields[slot].many)
    } else {
        let near = did_you_mean(&name.text, schema.fields.iter().map(|field| &*field.name));
        let message = format!("the format has no field {:?}{near}", name.text);
        return document.error(name.span.clone(), message);
    };
    let is_same = |found: &str, expected: &str| {
        let time = |text| Time::parse_rfc3339(text).map(|time| time.at);
        let number = |text: &str| text.parse::<f64>().ok();
        found == expected
            || time(found).is_some_and(|found| Some(found) == time(expected))
            || number(found).is_some_and(|found| Some(found) == number(expected))
    };
    let mut pairs = found.iter().zip(expected);
    if found.len() == expected.len() && pairs.all(|(found, said)| is_same(found, &said.text)) {
        return;
    }
    let list = |all: Vec<&str>| match all[..] {
        [] => "absent".to_owned(),
        _ => all.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", "),
    };
    let is = list(found.iter().map(String::as_str).collect());
    let said = list(expected.iter().map(|said| &*said.text).collect());
    let place = expected.first().map_or(&name.span, |said| &said.span);
    document.error(place.clone(), format!("{} is {is}, and the example says {said}", name.text));
}

/// What was read.
#[derive(Default)]
struct Kept {
    time: Option<Time>,
    values: Vec<(usize, String)>,
}

impl Kept {
    /// The field's values: one that holds one alone has the last.
    fn values(&self, slot: usize, many: bool) -> Vec<String> {
        let all = self.values.iter().filter(|(at, _)| *at == slot);
        let all: Vec<String> = all.map(|(_, text)| text.clone()).collect();
        if many { all } else { all.into_iter().next_back().into_iter().collect() }
    }
}

impl Row for Kept {
    fn time(&mut self, time: Time) {
        self.time = Some(time);
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        let text = match value {
            Value::Str(text) => text.to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Ip(address) => address.to_string(),
            Value::Time(time) => time.to_rfc3339(),
        };
        self.values.push((slot, text));
    }
}
