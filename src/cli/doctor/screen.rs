//! What the terminal can show, from its environment: nothing is asked of the terminal itself.

use super::finding::Finding;
use super::{tmux, variable};
use crate::cli::args::Common;
use crate::ui::terminal::{self, Capability};
use rustix::termios::{Winsize, tcgetwinsize};

pub(super) fn findings(common: &Common) -> Vec<Finding> {
    let term = variable("TERM");
    let mut findings = vec![match &term {
        Some(term) => Finding::ok("terminal", format!("TERM={term}")),
        None => Finding::warn("terminal", "TERM is not set", "16 colours are used; set TERM"),
    }];
    let glyphs = common.glyphs.map(terminal::Glyphs::from);
    match Capability::of_environment(common.color.depth(), glyphs) {
        None => findings.push(Finding::warn(
            "colours",
            "none: TERM=dumb cannot show a screen",
            "`trailcase query` works all the same",
        )),
        Some(can) => findings.extend([colours(&can), glyph_set(&can)]),
    }
    let size = tcgetwinsize(std::io::stdout())
        .or_else(|_| tcgetwinsize(std::io::stderr()))
        .or_else(|_| tcgetwinsize(std::io::stdin()));
    findings.push(window(size.ok()));
    findings.push(clipboard(term.as_deref()));
    findings.extend(tmux::findings());
    findings
}

fn colours(can: &Capability) -> Finding {
    let colours = match can.depth.colours() {
        0 => "none".to_owned(),
        number => number.to_string(),
    };
    let finding = Finding::ok("colours", format!("{colours} ({})", can.depth_reason));
    if can.depth == terminal::Depth::Truecolor {
        return finding;
    }
    finding.advise("`--color` says how many, if the terminal has more")
}

fn glyph_set(can: &Capability) -> Finding {
    let reason = &can.glyphs_reason;
    match can.glyphs {
        terminal::Glyphs::Unicode => Finding::ok("glyphs", format!("Unicode ({reason})")),
        terminal::Glyphs::Ascii => Finding::ok("glyphs", format!("ASCII ({reason})"))
            .advise("a locale such as C.UTF-8, or `--glyphs unicode`, draws finer"),
    }
}

fn window(size: Option<Winsize>) -> Finding {
    let Some(size) = size else { return Finding::ok("size", "no terminal here") };
    let found = format!("{}x{}", size.ws_col, size.ws_row);
    if size.ws_col < 60 || size.ws_row < 16 {
        return Finding::warn("size", found, "too small for the screen, which needs 60x16");
    }
    if size.ws_col < 80 || size.ws_row < 24 {
        return Finding::warn("size", found, "smaller than the 80x24 that it is made for");
    }
    Finding::ok("size", found)
}

/// OSC 52 has no answer, so that no more can be known.
fn clipboard(term: Option<&str>) -> Finding {
    if term == Some("linux") {
        let advice = "`w` writes rows to a file instead";
        return Finding::warn("copying", "the console has no clipboard", advice);
    }
    let advice = "whether it takes them cannot be asked; `w` writes rows to a file";
    Finding::ok("copying", "copies are sent to the terminal (OSC 52)").advise(advice)
}
