//! How things look: a style for every role and a glyph for every mark. Themes are TOML files
//! (`themes/*.toml`), laid over each other by `inherits` and reduced to the colours that the
//! terminal has.

mod colour;
mod reading;
mod role;

use crate::ui::settings::{Places, Problem};
use crate::ui::terminal::{Depth, Glyphs};
use ratatui::style::Style;

pub use reading::check;
pub use role::{BARS_ASCII, BARS_UNICODE, Glyph, Role};

/// A role that cannot be read well enough on the theme's background.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Faint {
    pub role: Role,
    /// Contrast ratios, from 1 to 21.
    pub ratio: f64,
    pub wanted: f64,
}

/// A theme, ready to draw with.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    pub name: String,
    /// The name for people.
    pub title: String,
    pub depth: Depth,
    styles: Vec<Style>,
    glyphs: Vec<String>,
    set: Glyphs,
    background: Option<colour::Rgb>,
}

impl Theme {
    /// The theme of this name for a terminal of these colours and glyphs. A theme that needs
    /// more colours gives way to the one it names as its fallback; a wrong file gives way to the
    /// built-in `dark`, with the problems.
    pub fn load(name: &str, depth: Depth, glyphs: Glyphs, places: &Places) -> (Self, Vec<Problem>) {
        let (theme, mut problems) = reading::load(name, depth, glyphs, places);
        if let Some(theme) = theme {
            return (theme, problems);
        }
        problems.push(Problem {
            file: name.to_owned(),
            place: None,
            fatal: false,
            message: "theme left out; the built-in `dark` is used".to_owned(),
        });
        let built_in = reading::load("dark", depth, glyphs, &Places::default()).0;
        (built_in.unwrap_or_else(|| Self::bare(depth, glyphs)), problems)
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    pub fn glyph(&self, glyph: Glyph) -> &str {
        self.glyphs.get(glyph as usize).map_or(glyph.ascii(), String::as_str)
    }

    /// Which set the glyphs come from, for text that has an ASCII form of its own.
    pub const fn glyphs(&self) -> Glyphs {
        self.set
    }

    /// Heights of a lane's bar from nothing to full.
    pub const fn bars(&self) -> &'static [&'static str; 9] {
        match self.set {
            Glyphs::Unicode => &BARS_UNICODE,
            Glyphs::Ascii => &BARS_ASCII,
        }
    }

    /// The roles that are too faint on the theme's background, after reduction to the depth it
    /// was loaded for. Colours that the terminal decides cannot be judged and are left out.
    pub fn faint(&self) -> Vec<Faint> {
        let judge = |role: &Role| {
            let style = self.style(*role);
            let (mut fg, mut bg) = (
                style.fg.and_then(colour::rgb_of),
                style.bg.and_then(colour::rgb_of).or(self.background),
            );
            if style.add_modifier.contains(ratatui::style::Modifier::REVERSED) {
                std::mem::swap(&mut fg, &mut bg);
            }
            let ratio = colour::contrast(fg?, bg?);
            let wanted = role.contrast();
            (ratio < wanted).then_some(Faint { role: *role, ratio, wanted })
        };
        let judged = matches!(self.depth, Depth::Indexed | Depth::Truecolor);
        if judged { Role::ALL.iter().filter_map(judge).collect() } else { Vec::new() }
    }

    /// No styles at all, should the built-in file be broken.
    fn bare(depth: Depth, set: Glyphs) -> Self {
        Self {
            name: "bare".to_owned(),
            title: "Bare".to_owned(),
            depth,
            styles: vec![Style::new(); Role::ALL.len()],
            glyphs: Glyph::ALL.iter().map(|glyph| glyph.in_set(set).to_owned()).collect(),
            set,
            background: None,
        }
    }
}

impl Glyph {
    const fn in_set(self, set: Glyphs) -> &'static str {
        match set {
            Glyphs::Unicode => self.unicode(),
            Glyphs::Ascii => self.ascii(),
        }
    }
}

#[cfg(test)]
mod tests;
