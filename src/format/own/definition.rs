//! What a definition says, word by word with its place, before anything is made of it.

use crate::event::document::{Document, Table, Value};
use crate::event::fields::SHARED;
use std::borrow::Cow;
use std::ops::Range;

/// Fields, patterns, examples and lines of a value table, at most.
pub(super) const MOST: usize = 256;

/// A word of the definition.
pub(super) struct Said<'v> {
    pub(super) text: Cow<'v, str>,
    pub(super) span: Range<usize>,
}

#[derive(Default)]
pub(super) struct Definition<'v> {
    pub(super) id: Option<Said<'v>>,
    pub(super) title: Option<Said<'v>>,
    pub(super) help: Option<Said<'v>>,
    pub(super) limits: Option<Said<'v>>,
    pub(super) class: Option<Said<'v>>,
    pub(super) sniff: Sniff<'v>,
    pub(super) record: Record<'v>,
    pub(super) time: Option<Moment<'v>>,
    pub(super) fields: Vec<Field<'v>>,
    pub(super) examples: Vec<Example<'v>>,
}

/// How a record is told to be of the format.
#[derive(Default)]
pub(super) struct Sniff<'v> {
    pub(super) prefix: Option<Said<'v>>,
    pub(super) regex: Option<Said<'v>>,
    pub(super) members: Vec<Said<'v>>,
}

/// How records are cut and taken apart.
#[derive(Default)]
pub(super) struct Record<'v> {
    /// Where the table stands.
    pub(super) span: Range<usize>,
    pub(super) json: bool,
    pub(super) patterns: Vec<Said<'v>>,
    pub(super) begins: Option<Said<'v>>,
    pub(super) skip: Option<Said<'v>>,
    /// Values that mean that there is none.
    pub(super) null: Option<Vec<Said<'v>>>,
}

pub(super) struct Moment<'v> {
    pub(super) span: Range<usize>,
    pub(super) from: Option<Said<'v>>,
    pub(super) format: Option<Said<'v>>,
    pub(super) zone: Option<Said<'v>>,
}

pub(super) struct Field<'v> {
    pub(super) name: Said<'v>,
    pub(super) from: Option<Said<'v>>,
    /// The same in every record.
    pub(super) value: Option<Said<'v>>,
    pub(super) kind: Option<Said<'v>>,
    pub(super) role: Option<Said<'v>>,
    pub(super) help: Option<Said<'v>>,
    pub(super) split: Option<Said<'v>>,
    pub(super) format: Option<Said<'v>>,
    pub(super) many: bool,
    pub(super) map: Vec<(Said<'v>, Said<'v>)>,
    pub(super) default: Option<Said<'v>>,
}

pub(super) struct Example<'v> {
    pub(super) text: Said<'v>,
    /// What the fields hold, each value by itself; none for a field that shall be absent.
    pub(super) fields: Vec<Expected<'v>>,
}

/// Reads the definition; what is not understood is told to the document.
pub(super) fn read<'v>(document: &mut Document<'v>, table: &'v Table<'v>) -> Definition<'v> {
    document.only(
        table,
        &[
            "schema", "id", "title", "help", "limits", "class", "sniff", "record", "time",
            "fields", "examples",
        ],
    );
    match table.get("schema") {
        None => document.error(0..0, "the first line must be `schema = 1`"),
        Some(schema) => {
            document.number(schema, 1..2);
        }
    }
    let mut definition = Definition {
        id: word(document, table, "id"),
        title: word(document, table, "title"),
        help: word(document, table, "help"),
        limits: word(document, table, "limits"),
        class: word(document, table, "class"),
        ..Definition::default()
    };
    if let Some((table, _)) = below(document, table, "sniff") {
        document.only(table, &["prefix", "regex", "members"]);
        definition.sniff = Sniff {
            prefix: word(document, table, "prefix"),
            regex: word(document, table, "regex"),
            members: words(document, table, "members").unwrap_or_default(),
        };
    }
    if let Some((table, span)) = below(document, table, "record") {
        definition.record = record(document, table, span);
    }
    if let Some((table, span)) = below(document, table, "time") {
        document.only(table, &["from", "format", "zone"]);
        let [from, format, zone] = ["from", "format", "zone"].map(|key| word(document, table, key));
        definition.time = Some(Moment { span, from, format, zone });
    }
    if let Some((table, _)) = below(document, table, "fields") {
        let mut fields = Vec::new();
        add_fields(document, "", table, &mut fields);
        // A table of TOML has no order; people read the file's.
        fields.sort_by_key(|field| field.name.span.start);
        definition.fields = few(document, fields, |field| &field.name.span);
    }
    if let Some(value) = table.get("examples")
        && let Some(all) = document.array(value)
    {
        let examples = all.iter().filter_map(|value| example(document, value)).collect();
        definition.examples = few(document, examples, |example| &example.text.span);
    }
    definition
}

/// No more than are allowed.
fn few<T>(document: &mut Document<'_>, mut all: Vec<T>, span: fn(&T) -> &Range<usize>) -> Vec<T> {
    if let Some(first) = all.get(MOST) {
        document.error(span(first).clone(), format!("more than {MOST} of them"));
        all.truncate(MOST);
    }
    all
}

fn record<'v>(document: &mut Document<'v>, table: &'v Table<'v>, span: Range<usize>) -> Record<'v> {
    document.only(table, &["json", "patterns", "begins", "skip", "null"]);
    let json = table.get("json").and_then(|value| document.flag(value)).unwrap_or(false);
    let patterns = words(document, table, "patterns").unwrap_or_default();
    Record {
        span,
        json,
        patterns: few(document, patterns, |pattern| &pattern.span),
        begins: word(document, table, "begins"),
        skip: word(document, table, "skip"),
        null: words(document, table, "null"),
    }
}

/// What a field may say.
const KEYS: [&str; 10] =
    ["from", "value", "kind", "role", "help", "split", "format", "many", "map", "default"];

/// Adds the fields of a table. A name with dots that is not quoted is tables within tables to TOML.
fn add_fields<'v>(
    document: &mut Document<'v>,
    above: &str,
    table: &'v Table<'v>,
    fields: &mut Vec<Field<'v>>,
) {
    for (key, value) in table {
        let name = join(above, key.get_ref());
        let is_shared = |name: &str| SHARED.iter().any(|field| field.name == name);
        let mut known = KEYS.to_vec();
        if let Some(inner) = value.get_ref().as_table() {
            let is_key = |key: &str| KEYS.contains(&key);
            let has_key = inner.keys().any(|key| is_key(key.get_ref()));
            if !has_key && !is_shared(&name) && !key.get_ref().contains('.') {
                add_fields(document, &name, inner, fields);
                continue;
            }
            let below = inner.iter().filter(|(key, _)| {
                !is_key(key.get_ref()) && is_shared(&join(&name, key.get_ref()))
            });
            for (key, value) in below {
                known.push(key.get_ref());
                let name = Said { text: join(&name, key.get_ref()).into(), span: key.span() };
                fields.extend(field(document, name, value, &KEYS));
            }
        }
        let name = Said { text: Cow::Owned(name), span: key.span() };
        fields.extend(field(document, name, value, &known));
    }
}

fn join(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") }
}

/// A field; a text alone says where its value comes from.
fn field<'v>(
    document: &mut Document<'v>,
    name: Said<'v>,
    value: &'v Value<'v>,
    known: &[&str],
) -> Option<Field<'v>> {
    if let Some(text) = value.get_ref().as_str() {
        let from = Said { text: Cow::Borrowed(text), span: value.span() };
        return Some(Field { from: Some(from), ..Field::named(name) });
    }
    let table = document.table(value)?;
    document.only(table, known);
    let mut map = Vec::new();
    if let Some((table, _)) = below(document, table, "map") {
        for (key, value) in table {
            let key = Said { text: Cow::Borrowed(&**key.get_ref()), span: key.span() };
            let Some(text) = document.scalar(value) else { continue };
            map.push((key, Said { text, span: value.span() }));
        }
        map.sort_by_key(|(key, _)| key.span.start);
    }
    Some(Field {
        from: word(document, table, "from"),
        value: plain(document, table, "value"),
        kind: word(document, table, "kind"),
        role: word(document, table, "role"),
        help: word(document, table, "help"),
        split: word(document, table, "split"),
        format: word(document, table, "format"),
        many: table.get("many").and_then(|value| document.flag(value)).unwrap_or(false),
        map: few(document, map, |(key, _)| &key.span),
        default: plain(document, table, "default"),
        ..Field::named(name)
    })
}

impl<'v> Field<'v> {
    fn named(name: Said<'v>) -> Self {
        let (from, value, kind, role, help) = Default::default();
        let (split, format, many, map, default) = Default::default();
        Self { name, from, value, kind, role, help, split, format, many, map, default }
    }
}

fn example<'v>(document: &mut Document<'v>, value: &'v Value<'v>) -> Option<Example<'v>> {
    let table = document.table(value)?;
    document.only(table, &["text", "fields"]);
    let Some(text) = word(document, table, "text") else {
        if table.get("text").is_none() {
            document.error(value.span(), "`text` is missing: the record");
        }
        return None;
    };
    let mut fields = Vec::new();
    if let Some((table, _)) = below(document, table, "fields") {
        add_expected(document, "", table, &mut fields);
    }
    fields.sort_by_key(|(name, _)| name.span.start);
    Some(Example { text, fields })
}

type Expected<'v> = (Said<'v>, Vec<Said<'v>>);

fn add_expected<'v>(
    document: &mut Document<'v>,
    above: &str,
    table: &'v Table<'v>,
    fields: &mut Vec<Expected<'v>>,
) {
    for (key, value) in table {
        let name = join(above, key.get_ref());
        if let Some(inner) = value.get_ref().as_table() {
            add_expected(document, &name, inner, fields);
            continue;
        }
        let one = std::slice::from_ref(value);
        let all = if value.get_ref().is_array() { document.array(value) } else { Some(one) };
        let mut values = Vec::new();
        for value in all.unwrap_or_default() {
            let Some(text) = document.scalar(value) else { continue };
            values.push(Said { text, span: value.span() });
        }
        values.retain(|value| !value.text.is_empty());
        fields.push((Said { text: Cow::Owned(name), span: key.span() }, values));
    }
}

fn word<'v>(document: &mut Document<'v>, table: &'v Table<'v>, key: &str) -> Option<Said<'v>> {
    let value = table.get(key)?;
    Some(Said { text: Cow::Borrowed(document.string(value)?), span: value.span() })
}

fn plain<'v>(document: &mut Document<'v>, table: &'v Table<'v>, key: &str) -> Option<Said<'v>> {
    let value = table.get(key)?;
    Some(Said { text: document.scalar(value)?, span: value.span() })
}

fn words<'v>(
    document: &mut Document<'v>,
    table: &'v Table<'v>,
    key: &str,
) -> Option<Vec<Said<'v>>> {
    let all = document.array(table.get(key)?)?;
    let said = all.iter().filter_map(|value| {
        Some(Said { text: Cow::Borrowed(document.string(value)?), span: value.span() })
    });
    Some(said.collect())
}

fn below<'v>(
    document: &mut Document<'v>,
    table: &'v Table<'v>,
    key: &str,
) -> Option<(&'v Table<'v>, Range<usize>)> {
    let value = table.get(key)?;
    Some((document.table(value)?, value.span()))
}
