//! tmux or GNU screen around the terminal: their version, and those of their options that matter.

use super::finding::Finding;
use super::variable;
use std::process::{Command, Stdio};

/// A key that may begin a sequence is held back this long without being felt.
const FELT: u64 = 100;

pub(super) fn findings() -> Vec<Finding> {
    if variable("TMUX").is_some() {
        return inside_tmux();
    }
    if variable("STY").is_some() {
        let advice = "it passes no copied text on: `w` writes rows to a file instead";
        return vec![Finding::warn("screen", "inside GNU screen", advice)];
    }
    let found = if variable("SSH_CONNECTION").is_some() {
        "no tmux around it, over SSH"
    } else {
        "no tmux around it"
    };
    let advice = "inside tmux the screen outlives the line; what is written does in any case";
    vec![Finding::ok("tmux", found).advise(advice)]
}

fn inside_tmux() -> Vec<Finding> {
    let version = match ask(&["-V"]) {
        Ok(version) => version,
        Err(why) => {
            let advice = "its options are not known";
            return vec![Finding::warn("tmux", format!("cannot be asked: {why}"), advice)];
        }
    };
    let mut findings = vec![Finding::ok("tmux", version.trim())];
    match ask(&["show-options", "-s"]) {
        Ok(options) => findings.extend(judged(&options)),
        Err(why) => {
            let advice = "its options are not known";
            findings.push(Finding::warn("tmux", format!("tells no options: {why}"), advice));
        }
    }
    if let Ok(features) = ask(&["display-message", "-p", "#{client_termfeatures}"]) {
        let truecolor = features.trim().split(',').any(|feature| feature == "RGB");
        let found = if truecolor { "all of them" } else { "256" };
        findings.push(Finding::ok("tmux colours", found));
    }
    findings
}

/// What it makes of `show-options -s`: a name and a value a line.
fn judged(options: &str) -> Vec<Finding> {
    let value = |name: &str| {
        let found = options.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found.map(|value| value.trim().trim_matches('"'))
    };
    let mut findings = Vec::new();
    if let Some(wait) = value("escape-time") {
        let found = format!("escape-time {wait} ms");
        findings.push(if wait.parse::<u64>().is_ok_and(|wait| wait > FELT) {
            Finding::warn("tmux", found, "Esc is held back so long: `set -s escape-time 10`")
        } else {
            Finding::ok("tmux", found)
        });
    }
    if let Some(clipboard) = value("set-clipboard") {
        let found = format!("set-clipboard {clipboard}");
        findings.push(if clipboard == "on" {
            Finding::ok("tmux", found)
        } else {
            let advice = "copied text stays in tmux: `set -s set-clipboard on` passes it on";
            Finding::warn("tmux", found, advice)
        });
    }
    if let Some(terminal) = value("default-terminal") {
        let found = format!("default-terminal {terminal}");
        findings.push(if terminal.starts_with("tmux") || terminal.starts_with("screen") {
            Finding::ok("tmux", found)
        } else {
            let advice = "not what tmux is: `set -s default-terminal tmux-256color`";
            Finding::warn("tmux", found, advice)
        });
    }
    findings
}

fn ask(arguments: &[&str]) -> Result<String, String> {
    let said = Command::new("tmux").args(arguments).stdin(Stdio::null()).output();
    let said = said.map_err(|error| error.to_string())?;
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::finding::Judgement::{self, Ok, Warn};
    use super::*;

    #[test]
    fn options_that_matter_are_judged() {
        let judgements = |options: &str| -> Vec<Judgement> {
            judged(options).iter().map(|finding| finding.judgement).collect()
        };
        let defaults = "buffer-limit 50\ndefault-terminal \"screen\"\nescape-time 500\n\
                        set-clipboard external\n";
        assert_eq!(judgements(defaults), [Warn, Warn, Ok]);
        let good = "default-terminal tmux-256color\nescape-time 10\nset-clipboard on\n";
        assert_eq!(judgements(good), [Ok, Ok, Ok]);
        assert_eq!(judgements("default-terminal xterm\n"), [Warn]);
        assert_eq!(judgements("escape-time\nset-clipboardon\n"), []);
    }
}
