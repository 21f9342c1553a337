//! The README is true: its commands run, its keys do what it says, its links lead somewhere, and
//! it names what there is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use trailcase::cli::demo::{self, Size};
use trailcase::format::formats;
use trailcase::ui::action::Action;
use trailcase::ui::keymap::{Context, Key, Keymap};
use trailcase::ui::settings::Places;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The lines of the text from the heading up to the next heading of its level.
fn section(text: &str, heading: &str) -> String {
    let start = text.find(&format!("\n## {heading}\n")).expect("the heading");
    let rest = &text[start + 4..];
    rest[..rest.find("\n## ").unwrap_or(rest.len())].to_owned()
}

/// The cells of the tables' rows, without heads and rules.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let lines: Vec<&str> = text.lines().collect();
    let is_rule = |line: &str| line.starts_with("|---");
    let row = |at: usize| {
        let head = lines.get(at + 1).is_some_and(|next| is_rule(next));
        (lines[at].starts_with('|') && !is_rule(lines[at]) && !head).then(|| cells(lines[at]))
    };
    (0..lines.len()).filter_map(row).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The words of a command line as a shell splits it: spaces, single quotes, a comment.
fn words(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut inside = false;
    for c in line.chars() {
        match c {
            '\'' => inside = !inside,
            '#' if !inside && all.last().is_some_and(String::is_empty) => break,
            ' ' if !inside => all.push(String::new()),
            c => all.last_mut().expect("at least one").push(c),
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

fn run(arguments: &[String], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .unwrap()
}

/// The commands in the README's blocks of shell lines.
fn commands(text: &str) -> Vec<Vec<String>> {
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks
        .flat_map(str::lines)
        .filter_map(|line| line.find("trailcase ").map(|at| &line[at..]));
    lines.map(|line| words(line).split_off(1)).filter(|all| !all.is_empty()).collect()
}

#[test]
fn the_queries_find_what_they_are_for() {
    let folder = tempfile::tempdir().unwrap();
    demo::write(&folder.path().join("evidence"), &Size::SMALL).unwrap();
    let text = read("README.md");
    let mut tried = 0;
    for arguments in commands(&text) {
        if arguments[0] != "query" && arguments[0] != "coverage" {
            continue;
        }
        tried += 1;
        let output = run(&arguments, folder.path());
        let told = String::from_utf8_lossy(&output.stderr);
        // One of the demo's files is cut off, which is partial.
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {told}");
        assert!(output.stdout.len() > 1, "{arguments:?}: {told}");
    }
    assert!(tried >= 6, "{tried}");
}

#[test]
fn the_steps_of_triage_can_be_taken_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    demo::write(&folder.path().join("evidence"), &Size::SMALL).unwrap();
    let text = read("README.md");
    let start = text.find("\n### Triage\n").expect("the heading");
    let block = text[start..].split("```").nth(1).unwrap();
    let all = commands(&format!("```{block}```"));
    assert!(all.len() > 5, "{all:?}");
    for arguments in all {
        let output = run(&arguments, folder.path());
        let told = String::from_utf8_lossy(&output.stderr);
        // One of the demo's files is cut off, which is partial.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{arguments:?}: {told}");
    }
}

#[test]
fn every_filter_of_the_table_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    let line = br#"{"time":"2026-03-04T10:00:00Z","event":"GET"}"#;
    fs::write(evidence.join("app.jsonl"), line).unwrap();
    fs::write(folder.path().join("bad-addresses.txt"), "203.0.113.66\n").unwrap();
    let filters = rows(&section(&read("README.md"), "The filter"));
    assert!(filters.len() > 15);
    for row in filters {
        let filter = quoted(&row[0])[0].to_owned();
        let arguments = ["query", "evidence", &filter, "--count"].map(str::to_owned);
        let output = run(&arguments, folder.path());
        let told = String::from_utf8_lossy(&output.stderr);
        // Notes and tags are a workspace's: without one they are understood, and refused.
        let refused = told.contains("name the workspace with -w");
        let code = if filter.starts_with("note:") { Some(2) } else { Some(0) };
        assert_eq!((output.status.code(), refused), (code, code == Some(2)), "{filter}: {told}");
    }
}

#[test]
fn every_command_and_option_that_is_named_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let text = read("README.md");
    let mut named: BTreeSet<String> =
        commands(&text).into_iter().map(|mut all| all.remove(0)).collect();
    for row in rows(&section(&text, "Commands")) {
        named.extend(quoted(&row[0]).first().and_then(|all| words(all).get(1).cloned()));
    }
    named.retain(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()));
    let mut help = String::new();
    for name in &named {
        let output = run(&[name.clone(), "--help".to_owned()], folder.path());
        assert_eq!(output.status.code(), Some(0), "trailcase {name}");
        let text = String::from_utf8(output.stdout).unwrap();
        // Options of a command below this one.
        let below = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        for line in below.take_while(|line| line.starts_with("  ")) {
            let Some(below) = line.split_whitespace().next() else { continue };
            let arguments = [name.clone(), below.to_owned(), "--help".to_owned()];
            help.push_str(&String::from_utf8(run(&arguments, folder.path()).stdout).unwrap());
        }
        help.push_str(&text);
    }
    assert!(named.len() >= 9, "{named:?}");
    // Options of other programs are none of ours.
    let others = ["cargo ", "mkdir", "benches/", "aws "];
    let ours = text.lines().filter(|line| !others.iter().any(|other| line.contains(other)));
    for word in ours.flat_map(str::split_whitespace) {
        let option: String = word
            .trim_start_matches(['`', '('])
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .collect();
        if option.starts_with("--") && option.len() > 2 && option != "--help" {
            assert!(help.contains(&option), "{option} is no option");
        }
    }
}

/// Where keys are pressed, as the README says it.
const PLACES: &[(Context, &str)] = &[
    (Context::Global, "Everywhere, except while typing"),
    (Context::Detail, "In the record"),
    (Context::Integrity, "In the integrity view"),
    (Context::Alarms, "In the view of alarms"),
    (Context::Case, "In the case view"),
    (Context::Sources, "In the sources view"),
    (Context::Picker, "In lists that are narrowed by typing"),
    (Context::Choose, "Where one chooses what to fetch"),
    (Context::Text, "While typing"),
];

/// Every binding of a keymap that comes with the program.
fn bindings(name: &str) -> Vec<(Context, String, Action)> {
    let (keymap, problems) = Keymap::load(name, &Places::default());
    assert!(problems.is_empty(), "{problems:?}");
    keymap.bindings().map(|(place, keys, action)| (place, Key::chord_text(keys), action)).collect()
}

/// The tables of the default keymap, in the order of the help.
fn key_tables() -> String {
    let all = bindings("default");
    assert!(all.iter().all(|(place, ..)| PLACES.iter().any(|(known, _)| known == place)));
    let mut text = String::new();
    for (place, title) in PLACES {
        text.extend([title, ":\n\n| keys | action | |\n|---|---|---|\n"]);
        for action in Action::ALL {
            let wanted =
                |(at, _, bound): &&(Context, String, Action)| at == place && bound == action;
            let keys: Vec<String> =
                all.iter().filter(wanted).map(|(_, keys, _)| format!("`{keys}`")).collect();
            if !keys.is_empty() {
                let cells = ["| ", &keys.join(" "), " | `", action.as_str(), "` | "];
                text.extend(cells.into_iter().chain([action.help(), " |\n"]));
            }
        }
        text.push('\n');
    }
    text
}

/// What another keymap adds to the default one and takes from it.
fn key_differences(name: &str) -> String {
    let (default, other) = (bindings("default"), bindings(name));
    let said = |(place, keys, action): &(Context, String, Action)| {
        let place = PLACES.iter().find(|(known, _)| known == place).unwrap().1.to_lowercase();
        let place = if place.starts_with("every") { String::new() } else { format!(" {place}") };
        format!("`{keys}` {action}{place}")
    };
    let added: Vec<String> =
        other.iter().filter(|bound| !default.contains(bound)).map(said).collect();
    let is_free = |(place, keys, _): &&(Context, String, Action)| {
        !other.iter().any(|(at, bound, _)| (at, bound) == (place, keys))
    };
    let taken: Vec<String> = default.iter().filter(is_free).map(said).collect();
    let taken =
        if taken.is_empty() { String::new() } else { format!("; without {}", taken.join(", ")) };
    wrapped(&format!("`{name}` has {}{taken}.", added.join(", ")))
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.len() + word.len() >= 100 {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// The formats, with what each says of itself.
fn format_table() -> String {
    let mut text = "| name | what |\n|---|---|\n".to_owned();
    for format in formats() {
        writeln!(text, "| `{}` | {} |", format.schema().id, format.help()).unwrap();
    }
    text
}

/// What stands between the marks is made from the program: `TRAILCASE_README=write` writes it.
#[test]
fn tables_are_those_of_the_program() {
    let mut text = read("README.md");
    let [vim, emacs] = ["vim", "emacs"].map(key_differences);
    let keys = format!("\n{}{vim}\n{emacs}\n", key_tables());
    for (mark, wanted) in [("keys", keys), ("formats", format!("\n{}\n", format_table()))] {
        let begin = format!("<!-- {mark} -->\n");
        let from = text.find(&begin).expect("the mark") + begin.len();
        let to = text.find(&format!("<!-- end of {mark} -->")).expect("the mark");
        if std::env::var_os("TRAILCASE_README").is_some_and(|how| how == "write") {
            text.replace_range(from..to, &wanted);
            continue;
        }
        assert_eq!(text[from..to], wanted, "TRAILCASE_README=write cargo test --test readme");
    }
    if text != read("README.md") {
        fs::write(root().join("README.md"), text).unwrap();
    }
}

#[test]
fn every_keymap_and_theme_is_named() {
    let text = read("README.md");
    for folder in ["keymaps", "themes"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(text.contains(&format!("`{name}`")), "{folder}: {name} is missing");
        }
    }
}

#[test]
fn every_detector_is_named_with_what_it_is_set_to() {
    let text = read("README.md");
    for detector in trailcase::detect::DETECTORS {
        let row = |line: &&str| line.starts_with(&format!("| `{}` |", detector.id));
        let rows: Vec<&str> = text.lines().filter(row).collect();
        let wanted = if detector.parameters.is_empty() { 1 } else { 2 };
        assert_eq!(rows.len(), wanted, "{}", detector.id);
        for parameter in detector.parameters {
            let told = format!("`{}` {}", parameter.name, parameter.default);
            assert!(rows[1].contains(&told), "{}: {told}", detector.id);
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = read(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if let Some(anchor) = link.strip_prefix('#') {
                let heading = |line: &str| {
                    let words = line.trim_start_matches('#').trim().to_lowercase();
                    words.replace(' ', "-").replace([',', '.'], "")
                };
                let known = text
                    .lines()
                    .filter(|line| line.starts_with('#'))
                    .any(|line| heading(line) == anchor);
                assert!(known, "{name}: no heading for #{anchor}");
            } else if !link.starts_with("https://") {
                assert!(root().join(link).exists(), "{name}: {link} is not there");
            }
        }
    }
}

#[test]
fn the_architecture_stays_short_and_names_every_module() {
    let text = read("ARCHITECTURE.md");
    assert!(text.lines().count() <= 200, "{} lines", text.lines().count());
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let known = path.is_file() || text.contains(&format!("`{name}`"));
        assert!(known, "{name} is missing");
    }
}
