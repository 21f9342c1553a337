//! Reading theme files and telling everything that is wrong in them.

use super::colour::{NAMED, Paint, Rgb, parse_hex};
use super::{Glyph, Role, Theme};
use crate::ui::settings::{
    Document, Found, Kind, MAX_INHERITED, Places, Problem, Table, Value, did_you_mean,
};
use crate::ui::terminal::{Depth, Glyphs};
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use toml::de::DeValue;

/// A colour of a style. Names of the palette stay names, so that a theme which inherits the
/// style can give the name another colour.
#[derive(Debug, Clone)]
enum Ink {
    Palette(String),
    Paint(Paint),
}

/// A style as written.
#[derive(Debug, Clone, Default)]
struct Brush {
    fg: Option<Ink>,
    bg: Option<Ink>,
    mods: Modifier,
}

/// One file, laid over what it inherits from.
#[derive(Debug, Clone, Default)]
struct Sheet {
    title: Option<String>,
    fallback: Option<String>,
    min_colors: Option<u32>,
    background: Option<Rgb>,
    palette: BTreeMap<String, Paint>,
    styles: BTreeMap<String, Brush>,
    glyphs: BTreeMap<String, String>,
    ascii: bool,
}

/// Checks a theme file that is not (yet) in a settings folder; what is hard to read on 256
/// colours is a warning.
pub fn check(name: &str, label: &str, text: &str, places: &Places) -> Vec<Problem> {
    let found = Found { label: label.to_owned(), text: text.to_owned(), layer: usize::MAX };
    let mut problems = Vec::new();
    let Some(sheet) = read(name, &found, places, 0, &mut problems) else { return problems };
    let theme = sheet.theme(name, Depth::Indexed, Glyphs::Unicode);
    problems.extend(theme.faint().into_iter().map(|faint| Problem {
        file: label.to_owned(),
        place: None,
        fatal: false,
        message: format!(
            "{} is {:.1}:1 on the background with 256 colours; {} is wanted",
            faint.role, faint.ratio, faint.wanted
        ),
    }));
    problems
}

/// The theme, unless something in its files is wrong.
pub(super) fn load(
    name: &str,
    depth: Depth,
    glyphs: Glyphs,
    places: &Places,
) -> (Option<Theme>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut name = name.to_owned();
    for _ in 0..MAX_INHERITED {
        let Some(found) = places.find(Kind::Theme, &name, usize::MAX, &mut problems) else {
            let known = places.names(Kind::Theme);
            let near = did_you_mean(&name, known.iter().map(String::as_str));
            problems.push(Problem::of_file(&name, format!("no such theme{near}")));
            return (None, problems);
        };
        let sheet = read(&name, &found, places, 0, &mut problems);
        let wrong = problems.iter().any(|problem| problem.fatal);
        let Some(sheet) = sheet.filter(|_| !wrong) else { return (None, problems) };
        match &sheet.fallback {
            Some(fallback) if depth.colours() < sheet.min_colors.unwrap_or(0) => {
                name.clone_from(fallback);
            }
            _ => return (Some(sheet.theme(&name, depth, glyphs)), problems),
        }
    }
    problems.push(Problem::of_file(name, "is the fallback of a fallback of itself"));
    (None, problems)
}

/// Reads the file and lays it over what it inherits from; `None` if that chain has no end.
fn read(
    name: &str,
    found: &Found,
    places: &Places,
    level: usize,
    problems: &mut Vec<Problem>,
) -> Option<Sheet> {
    let (mut document, table) = Document::parse(&found.label, &found.text);
    let parent = document.text_of(&table, "inherits");
    let mut sheet = Sheet::default();
    if let Some(parent) = parent {
        let below = if parent == name { found.layer } else { usize::MAX };
        let above = places.find(Kind::Theme, &parent, below, problems);
        let message = match above {
            None => format!("inherits from {parent:?}, which is not there"),
            Some(_) if level >= MAX_INHERITED => {
                format!("inherits from more than {MAX_INHERITED} files; is it a circle?")
            }
            Some(above) => {
                sheet = read(&parent, &above, places, level + 1, problems)?;
                String::new()
            }
        };
        if !message.is_empty() {
            problems.push(Problem::of_file(&found.label, message));
            return None;
        }
    }
    sheet.lay(&mut document, &table, name);
    problems.extend(document.finish());
    Some(sheet)
}

impl Sheet {
    fn lay<'t>(&mut self, document: &mut Document<'t>, table: &Table<'t>, name: &str) {
        let known = [
            "schema",
            "name",
            "title",
            "inherits",
            "min_colors",
            "fallback",
            "background",
            "palette",
            "styles",
            "glyphs",
        ];
        document.only(table, &known);
        document.head(table, name);
        self.title = document.text_of(table, "title").or(self.title.take());
        self.fallback = document.text_of(table, "fallback").or(self.fallback.take());
        if let Some(value) = table.get("min_colors") {
            self.min_colors = document.number(value, 0..(1 << 24) + 1);
        }
        if let Some(value) = table.get("background")
            && let Some(text) = document.string(value)
        {
            self.background = parse_hex(text);
            if self.background.is_none() {
                document.error(value.span(), "the background is told as \"#rrggbb\"");
            }
        }
        let mut part = |key| document.table(table.get(key)?);
        let (palette, styles, glyphs) = (part("palette"), part("styles"), part("glyphs"));
        for (key, value) in palette.into_iter().flatten() {
            if let Some(paint) = read_paint(document, value) {
                self.palette.insert(key.get_ref().to_string(), paint);
            }
        }
        for (key, value) in styles.into_iter().flatten() {
            self.lay_style(document, key, value);
        }
        for (key, value) in glyphs.into_iter().flatten() {
            self.lay_glyph(document, key, value);
        }
    }

    fn lay_style<'t>(
        &mut self,
        document: &mut Document<'t>,
        key: &toml::Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'t>,
    ) {
        let name = key.get_ref().as_ref();
        let below = format!("{name}.");
        let known = || Role::ALL.iter().map(|role| role.as_str());
        if !known().any(|role| role == name || role.starts_with(&below)) {
            let families =
                known().filter_map(|role| role.split_once('.')).map(|(family, _)| family);
            let near = did_you_mean(name, known().chain(families));
            return document.error(key.span(), format!("unknown role {name:?}{near}"));
        }
        if let Some(brush) = read_brush(document, value, &self.palette) {
            self.styles.retain(|other, _| !other.starts_with(&below));
            self.styles.insert(name.to_owned(), brush);
        }
    }

    fn lay_glyph(
        &mut self,
        document: &mut Document<'_>,
        key: &toml::Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
    ) {
        let name = key.get_ref().as_ref();
        let Some(text) = document.string(value) else { return };
        if name == "set" {
            self.ascii = text == "ascii";
            if !matches!(text, "unicode" | "ascii") {
                document.error(value.span(), "the set is \"unicode\" or \"ascii\"");
            }
            return;
        }
        let Some(glyph) = Glyph::parse(name) else {
            let near = did_you_mean(name, Glyph::ALL.iter().map(|glyph| glyph.as_str()));
            return document.error(key.span(), format!("unknown glyph {name:?}{near}"));
        };
        let width = unicode_width::UnicodeWidthStr::width(text);
        let wanted = unicode_width::UnicodeWidthStr::width(glyph.unicode());
        if width != wanted || text.chars().any(|c| !crate::ui::terminal::is_plain(c)) {
            let message = format!("this glyph takes {wanted} column(s) of plain characters");
            return document.error(value.span(), message);
        }
        self.glyphs.insert(name.to_owned(), text.to_owned());
    }

    /// The style for the role: the longest dotted beginning of its name that has one.
    fn brush(&self, role: Role) -> Brush {
        let mut name = role.as_str();
        loop {
            if let Some(brush) = self.styles.get(name) {
                return brush.clone();
            }
            match name.rsplit_once('.') {
                Some((shorter, _)) => name = shorter,
                None => return self.styles.get("text").cloned().unwrap_or_default(),
            }
        }
    }

    fn colour(&self, ink: &Ink, depth: Depth) -> Option<Color> {
        match ink {
            Ink::Paint(paint) => Some(paint.at(depth)),
            Ink::Palette(name) => self.palette.get(name).map(|paint| paint.at(depth)),
        }
    }

    fn theme(&self, name: &str, depth: Depth, glyphs: Glyphs) -> Theme {
        let style = |role: &Role| {
            let brush = self.brush(*role);
            let mut style = Style::new().add_modifier(brush.mods);
            style.fg = brush.fg.and_then(|ink| self.colour(&ink, depth));
            style.bg = brush.bg.and_then(|ink| self.colour(&ink, depth));
            style
        };
        let set = if self.ascii { Glyphs::Ascii } else { glyphs };
        let glyph = |glyph: &Glyph| {
            let own = self.glyphs.get(glyph.as_str());
            let own = own.filter(|text| set == Glyphs::Unicode || text.is_ascii());
            own.map_or_else(|| glyph.in_set(set).to_owned(), Clone::clone)
        };
        Theme {
            name: name.to_owned(),
            title: self.title.clone().unwrap_or_else(|| name.to_owned()),
            depth,
            styles: Role::ALL.iter().map(style).collect(),
            glyphs: Glyph::ALL.iter().map(glyph).collect(),
            set,
            background: self.background,
        }
    }
}

fn read_brush<'t>(
    document: &mut Document<'t>,
    value: &Value<'t>,
    palette: &BTreeMap<String, Paint>,
) -> Option<Brush> {
    let table = document.table(value)?;
    document.only(table, &["fg", "bg", "mods"]);
    let mut ink = |key| read_ink(document, table.get(key)?, palette);
    let (fg, bg) = (ink("fg"), ink("bg"));
    let mut mods = Modifier::empty();
    if let Some(value) = table.get("mods") {
        for word in document.array(value)? {
            match document.string(word)? {
                "bold" => mods |= Modifier::BOLD,
                "italic" => mods |= Modifier::ITALIC,
                "underline" => mods |= Modifier::UNDERLINED,
                "reverse" => mods |= Modifier::REVERSED,
                "crossed" => mods |= Modifier::CROSSED_OUT,
                other => {
                    let known = ["bold", "italic", "underline", "reverse", "crossed"];
                    let near = did_you_mean(other, known);
                    let all = known.join(", ");
                    let message = format!("unknown modifier {other:?}{near} (known: {all})");
                    document.error(word.span(), message);
                }
            }
        }
    }
    Some(Brush { fg, bg, mods })
}

fn read_ink<'t>(
    document: &mut Document<'t>,
    value: &Value<'t>,
    palette: &BTreeMap<String, Paint>,
) -> Option<Ink> {
    let DeValue::String(text) = value.get_ref() else {
        return read_paint(document, value).map(Ink::Paint);
    };
    if palette.contains_key(text.as_ref()) {
        return Some(Ink::Palette(text.to_string()));
    }
    let paint = word_paint(text);
    if paint.is_none() {
        let known = palette.keys().map(String::as_str);
        let near = did_you_mean(text, known.clone().chain(NAMED.iter().map(|(name, ..)| *name)));
        let all = known.collect::<Vec<_>>().join(", ");
        document.error(value.span(), format!("no such colour {text:?}{near} (palette: {all})"));
    }
    paint.map(Ink::Paint)
}

/// A colour: `"#rrggbb"`, a number to 255, one of the sixteen, `"default"`, or
/// `{ rgb, c256, c16 }`.
fn read_paint<'t>(document: &mut Document<'t>, value: &Value<'t>) -> Option<Paint> {
    match value.get_ref() {
        DeValue::Integer(_) => read_index(document, value).map(|i| Paint::of(Color::Indexed(i))),
        DeValue::Table(table) => {
            document.only(table, &["rgb", "c256", "c16"]);
            let Some(full) = table.get("rgb") else {
                document.error(value.span(), "`rgb` is missing");
                return None;
            };
            let full = read_word(document, full)?;
            let c256 = table.get("c256").and_then(|value| read_index(document, value));
            let c16 = table.get("c16").and_then(|value| read_word(document, value));
            Some(Paint { c256, c16: c16.map(|paint| paint.full), ..full })
        }
        _ => read_word(document, value),
    }
}

fn read_index(document: &mut Document<'_>, value: &Value<'_>) -> Option<u8> {
    document.number(value, 0..256).and_then(|index| u8::try_from(index).ok())
}

fn read_word(document: &mut Document<'_>, value: &Value<'_>) -> Option<Paint> {
    let text = document.string(value)?;
    let paint = word_paint(text);
    if paint.is_none() {
        let near = did_you_mean(text, NAMED.iter().map(|(name, ..)| *name));
        document.error(value.span(), format!("no such colour {text:?}{near}"));
    }
    paint
}

fn word_paint(text: &str) -> Option<Paint> {
    if let Some([r, g, b]) = parse_hex(text) {
        return Some(Paint::of(Color::Rgb(r, g, b)));
    }
    let named = NAMED.iter().find(|(name, ..)| *name == text).map(|(_, color, _)| *color);
    named.or((text == "default").then_some(Color::Reset)).map(Paint::of)
}
