//! `trailcase keymap` and `trailcase theme`: what there is, what one says after all overrides, and
//! what is wrong with a file.

use super::args::{Common, Styled};
use super::console::Console;
use super::error::CliError;
use super::status::Status;
use crate::shown::Glyphs;
use crate::ui::keymap::{self, Key, Keymap};
use crate::ui::settings::{self, Kind, Places, Problem};
use crate::ui::terminal;
use crate::ui::theme::{self, Glyph, Role, Theme};
use std::path::Path;

/// Checks a file's text under its name.
type Check = fn(&str, &str, &str, &Places) -> Vec<Problem>;

pub(super) fn keymap(args: &Styled, console: &mut Console) -> Result<Status, CliError> {
    let places = Places::of_system();
    match args {
        Styled::List => list(Kind::Keymap, &places, console),
        Styled::Show { name } => {
            let (keymap, problems) = Keymap::load(name, &places);
            if tell(&problems, console) {
                return Ok(Status::Usage);
            }
            for (context, keys, action) in keymap.bindings() {
                let keys = Key::chord_text(keys);
                let command = format!("{:<18}", action.as_str());
                console.line(&format!(
                    "{:<10} {keys:<14} {command} {}",
                    context.as_str(),
                    action.help()
                ))?;
            }
            Ok(Status::Done)
        }
        Styled::Check { file } => check(file, keymap::check, &places, console),
    }
}

pub(super) fn theme(
    common: &Common,
    args: &Styled,
    console: &mut Console,
) -> Result<Status, CliError> {
    let places = Places::of_system();
    match args {
        Styled::List => list(Kind::Theme, &places, console),
        Styled::Show { name } => {
            let depth = common.color.depth().unwrap_or(terminal::Depth::Indexed);
            let glyphs = match console.glyphs() {
                Glyphs::Unicode => terminal::Glyphs::Unicode,
                Glyphs::Ascii => terminal::Glyphs::Ascii,
            };
            let (theme, problems) = Theme::load(name, depth, glyphs, &places);
            if tell(&problems, console) {
                return Ok(Status::Usage);
            }
            show_theme(&theme, console)
        }
        Styled::Check { file } => check(file, theme::check, &places, console),
    }
}

fn list(kind: Kind, places: &Places, console: &mut Console) -> Result<Status, CliError> {
    for name in places.names(kind) {
        let mut problems = Vec::new();
        if let Some(found) = places.find(kind, &name, usize::MAX, &mut problems) {
            console.line(&format!("{name:<14} {}", found.label))?;
        }
        tell(&problems, console);
    }
    Ok(Status::Done)
}

fn show_theme(theme: &Theme, console: &mut Console) -> Result<Status, CliError> {
    console.line(&format!("{}: {}, {} colours", theme.name, theme.title, theme.depth.colours()))?;
    for role in Role::ALL {
        let style = theme.style(*role);
        let colour = |colour: Option<ratatui::style::Color>| {
            colour.map_or_else(|| "-".to_owned(), |colour| colour.to_string())
        };
        let modifiers: Vec<String> =
            style.add_modifier.iter_names().map(|(name, _)| name.to_lowercase()).collect();
        let (fg, bg) = (colour(style.fg), colour(style.bg));
        let modifiers = modifiers.join(" ");
        console.line(&format!("{:<24} {fg:<10} on {bg:<10} {modifiers}", role.as_str()))?;
    }
    for glyph in Glyph::ALL {
        console.line(&format!("{:<24} {}", glyph.as_str(), theme.glyph(*glyph)))?;
    }
    Ok(Status::Done)
}

fn check(
    file: &Path,
    check: Check,
    places: &Places,
    console: &mut Console,
) -> Result<Status, CliError> {
    let label = file.display().to_string();
    let text = match settings::read(file) {
        Ok(Some(text)) => text,
        Ok(None) => return Err(CliError::usage(format!("{label}: no such file; check the path"))),
        Err(problem) => return Err(CliError::usage(problem.to_string())),
    };
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let problems = check(&name, &label, &text, places);
    for problem in &problems {
        console.line(&problem.to_string())?;
    }
    if problems.is_empty() {
        console.line(&format!("{label}: no mistakes"))?;
    }
    let wrong = problems.iter().any(|problem| problem.fatal);
    Ok(if wrong { Status::Usage } else { Status::Done })
}

/// Tells problems on standard error; says whether one is more than a warning.
fn tell(problems: &[Problem], console: &Console) -> bool {
    for problem in problems {
        console.tell(&problem.to_string());
    }
    problems.iter().any(|problem| problem.fatal)
}
