//! Reading keymap files and telling everything that is wrong in them.

use super::{Chords, Context, Key, Keymap};
use crate::ui::action::Action;
use crate::ui::settings::{
    Document, Found, Kind, MAX_INHERITED, Places, Problem, Table, Value, did_you_mean,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

const MAX_BINDS: usize = 2_000;

/// One file as written: nothing inherited yet.
#[derive(Default)]
struct Sheet {
    inherits: Option<String>,
    chord_timeout: Option<u32>,
    hint_delay: Option<u32>,
    binds: Vec<Bind>,
}

struct Bind {
    context: Context,
    keys: Vec<Key>,
    /// `None` takes an inherited binding away.
    action: Option<Action>,
    span: Range<usize>,
}

/// Checks a keymap file that is not (yet) in a settings folder.
pub fn check(name: &str, label: &str, text: &str, places: &Places) -> Vec<Problem> {
    let found = Found { label: label.to_owned(), text: text.to_owned(), layer: usize::MAX };
    let mut problems = Vec::new();
    stack(name, found, places, &mut problems);
    problems
}

/// The keymap, unless something in its files is wrong.
pub(super) fn load(name: &str, places: &Places) -> (Option<Keymap>, Vec<Problem>) {
    let mut problems = Vec::new();
    let Some(found) = places.find(Kind::Keymap, name, usize::MAX, &mut problems) else {
        let known = places.names(Kind::Keymap);
        let near = did_you_mean(name, known.iter().map(String::as_str));
        problems.push(Problem::of_file(name, format!("no such keymap{near}")));
        return (None, problems);
    };
    let keymap = stack(name, found, places, &mut problems);
    let sound = !problems.iter().any(|problem| problem.fatal);
    (sound.then_some(keymap), problems)
}

/// Lays the file over what it inherits from.
fn stack(name: &str, found: Found, places: &Places, problems: &mut Vec<Problem>) -> Keymap {
    let mut sheets: Vec<(Found, Sheet)> = Vec::new();
    let mut next = Some((name.to_owned(), found));
    while let Some((name, found)) = next.take() {
        let (sheet, wrong) = read(&name, &found);
        problems.extend(wrong);
        if let Some(parent) = sheet.inherits.clone() {
            let below = if parent == name { found.layer } else { usize::MAX };
            let message = if sheets.len() >= MAX_INHERITED {
                Some(format!("inherits from more than {MAX_INHERITED} files; is it a circle?"))
            } else {
                next = places
                    .find(Kind::Keymap, &parent, below, problems)
                    .map(|found| (parent.clone(), found));
                next.is_none().then(|| format!("inherits from {parent:?}, which is not there"))
            };
            problems.extend(message.map(|text| Problem::of_file(&found.label, text)));
        }
        sheets.push((found, sheet));
    }
    let mut keymap = Keymap { name: name.to_owned(), ..Keymap::bare() };
    keymap.chords.clear();
    for (found, sheet) in sheets.iter().rev() {
        lay(&mut keymap, sheet);
        problems.extend(clashes(&keymap.chords, found, sheet));
    }
    keymap
}

fn lay(keymap: &mut Keymap, sheet: &Sheet) {
    let millis = |value: Option<u32>, before| {
        value.map_or(before, |millis| Duration::from_millis(millis.into()))
    };
    keymap.chord_timeout = millis(sheet.chord_timeout, keymap.chord_timeout);
    keymap.hint_delay = millis(sheet.hint_delay, keymap.hint_delay);
    for bind in &sheet.binds {
        let chords = keymap.chords.entry(bind.context).or_default();
        match bind.action {
            Some(action) => chords.insert(bind.keys.clone(), action),
            None => chords.remove(&bind.keys),
        };
    }
}

/// Chords that are the beginning of another one, told where this file has a part in it.
fn clashes(all: &BTreeMap<Context, Chords>, found: &Found, sheet: &Sheet) -> Vec<Problem> {
    let (mut document, _) = Document::parse(&found.label, &found.text);
    let empty = Chords::new();
    for bind in sheet.binds.iter().filter(|bind| bind.action.is_some()) {
        let near = [bind.context, Context::Global];
        let contexts = if bind.context == Context::Global { Context::ALL } else { &near };
        for context in contexts {
            for (keys, action) in all.get(context).unwrap_or(&empty) {
                if keys.len() == bind.keys.len() {
                    continue;
                }
                let (short, long) = if keys.len() < bind.keys.len() {
                    (keys, &bind.keys)
                } else {
                    (&bind.keys, keys)
                };
                if long.starts_with(short) {
                    let text = format!(
                        "\"{}\" is a command and also starts \"{}\" (in context {context}, \
                         {action}); unbind one",
                        Key::chord_text(short),
                        Key::chord_text(long),
                    );
                    document.error(bind.span.clone(), text);
                }
            }
        }
    }
    document.finish()
}

fn read(name: &str, found: &Found) -> (Sheet, Vec<Problem>) {
    let (mut document, table) = Document::parse(&found.label, &found.text);
    let known = ["schema", "name", "inherits", "chord_timeout_ms", "hint_delay_ms", "bind"];
    document.only(&table, &known);
    document.head(&table, name);
    let mut sheet = Sheet { inherits: document.text_of(&table, "inherits"), ..Sheet::default() };
    let mut millis = |key| {
        let value = table.get(key)?;
        document.number(value, 0..10_001)
    };
    sheet.chord_timeout = millis("chord_timeout_ms");
    sheet.hint_delay = millis("hint_delay_ms");
    if let Some(value) = table.get("bind")
        && let Some(binds) = document.array(value)
    {
        if binds.len() > MAX_BINDS {
            document.error(value.span(), format!("more than {MAX_BINDS} bindings"));
        }
        for bind in binds.iter().take(MAX_BINDS) {
            if let Some(table) = document.table(bind) {
                read_bind(&mut document, bind.span(), table, &mut sheet.binds);
            }
        }
    }
    (sheet, document.finish())
}

fn read_bind<'t>(
    document: &mut Document<'t>,
    span: Range<usize>,
    table: &Table<'t>,
    binds: &mut Vec<Bind>,
) {
    document.only(table, &["keys", "command", "context"]);
    let context = match table.get("context") {
        None => Some(Context::Global),
        Some(value) => read_context(document, value),
    };
    let command = table.get("command");
    if command.is_none() {
        document.error(span.clone(), "`command` is missing");
    }
    let action = command.and_then(|value| read_command(document, value));
    let Some(keys) = table.get("keys") else {
        return document.error(span, "`keys` is missing");
    };
    let one = std::slice::from_ref(keys);
    let chords = if keys.get_ref().is_array() { document.array(keys) } else { Some(one) };
    for value in chords.unwrap_or_default() {
        let Some(keys) = read_chord(document, value) else { continue };
        let (Some(context), Some(action)) = (context, action) else { continue };
        let twice = binds.iter().find(|bind| bind.context == context && bind.keys == keys);
        if let Some(first) = twice {
            let line = document.place(first.span.start).0;
            let chord = Key::chord_text(&keys);
            let text = format!("\"{chord}\" is already bound in context {context}, in line {line}");
            document.error(value.span(), text);
        }
        binds.push(Bind { context, keys, action, span: value.span() });
    }
}

fn read_context(document: &mut Document<'_>, value: &Value<'_>) -> Option<Context> {
    let text = document.string(value)?;
    let context = Context::parse(text);
    if context.is_none() {
        let known = Context::ALL.iter().map(|context| context.as_str());
        let near = did_you_mean(text, known.clone());
        let all = known.collect::<Vec<_>>().join(", ");
        document.error(value.span(), format!("unknown context {text:?}{near} (known: {all})"));
    }
    context
}

/// `Some(None)` is `none`: the key is unbound.
#[allow(clippy::option_option, reason = "wrong, unbound and bound are three answers")]
fn read_command(document: &mut Document<'_>, value: &Value<'_>) -> Option<Option<Action>> {
    let text = document.string(value)?;
    if text == "none" {
        return Some(None);
    }
    let action = Action::parse(text);
    if action.is_none() {
        let near = did_you_mean(text, Action::ALL.iter().map(|action| action.as_str()));
        document.error(value.span(), format!("unknown command {text:?}{near}"));
    }
    action.map(Some)
}

fn read_chord(document: &mut Document<'_>, value: &Value<'_>) -> Option<Vec<Key>> {
    let text = document.string(value)?;
    match Key::parse_chord(text) {
        Ok(keys) => {
            for key in &keys {
                if let Some(caution) = key.caution() {
                    document.warning(value.span(), format!("{key} {caution}"));
                }
            }
            Some(keys)
        }
        Err(message) => {
            document.error(value.span(), message);
            None
        }
    }
}
