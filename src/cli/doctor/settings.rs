//! The settings files that are in use beside the built-in ones, and their mistakes.

use super::finding::Finding;
use crate::cli::args::Common;
use crate::format::{Format, Own};
use crate::ui::keymap::Keymap;
use crate::ui::settings::{Kind, Places};
use crate::ui::terminal;
use crate::ui::theme::Theme;

pub(super) fn findings(common: &Common) -> Vec<Finding> {
    let places = Places::of_system();
    let mut found = Vec::new();
    for kind in [Kind::Keymap, Kind::Theme] {
        let (what, asked) = match kind {
            Kind::Keymap => ("keymap", common.keymap.clone()),
            Kind::Theme => ("theme", common.theme.clone()),
        };
        let mut names = places.names(kind);
        names.extend(asked.filter(|name| !names.contains(name)).into_iter().collect::<Vec<_>>());
        for name in names {
            let file = places.find(kind, &name, usize::MAX, &mut Vec::new());
            let problems = match kind {
                Kind::Keymap => Keymap::load(&name, &places).1,
                Kind::Theme => {
                    let (depth, glyphs) = (terminal::Depth::Indexed, terminal::Glyphs::Unicode);
                    Theme::load(&name, depth, glyphs, &places).1
                }
            };
            if let Some(file) = file.filter(|file| file.layer > 0) {
                found.push(Finding::ok(what, format!("{name} from {}", file.label)));
            }
            found.extend(problems.into_iter().map(|problem| {
                let advice = format!("`trailcase {what} check FILE` says more");
                if problem.fatal {
                    Finding::bad(what, problem.to_string(), &advice)
                } else {
                    Finding::warn(what, problem.to_string(), &advice)
                }
            }));
        }
    }
    let mut problems = Vec::new();
    for file in places.formats(&mut problems) {
        match Own::read(&file.label, &file.text) {
            (Some(own), _) => {
                found.push(Finding::ok(
                    "format",
                    format!("{} from {}", own.schema().id, file.label),
                ));
            }
            (None, mistakes) => problems.extend(mistakes),
        }
    }
    found.extend(problems.into_iter().map(|problem| {
        let advice = "`trailcase formats check FILE` says more";
        Finding::bad("format", problem.to_string(), advice)
    }));
    if found.is_empty() {
        found.push(Finding::ok("settings", "built in; no files of your own"));
    }
    found
}
