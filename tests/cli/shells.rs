//! What shells and `man` are given is what they understand.

use crate::bench::Bench;
use std::process::{Command, Output, Stdio};

/// Runs another program. One that is not installed is said, so that nobody takes it for tried.
#[allow(clippy::print_stderr, reason = "a test that is left out says so")]
fn other(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).stdin(Stdio::null()).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("{program} is not installed; what it makes of our output is not tried");
            None
        }
        output => Some(output.unwrap()),
    }
}

/// Writes the script of a shell; gives its path.
fn script(bench: &Bench, shell: &str) -> String {
    let said = bench.run(&["completions", shell]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    bench.write(&format!("completions.{shell}"), said.out.as_bytes())
}

#[test]
fn bash_completes_commands_options_and_values() {
    let bench = Bench::new();
    let script = script(&bench, "bash");
    for (typed, expected) in [
        ("trailcase que", "query"),
        ("trailcase query --exit", "--exit-match"),
        ("trailcase query --format js", "jsonl"),
        ("trailcase completions z", "zsh"),
        ("trailcase workspace ch", "check"),
    ] {
        let ask = format!(
            "source '{script}'; COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _trailcase trailcase \"${{COMP_WORDS[COMP_CWORD]}}\" \
             \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let Some(output) = other("bash", &["--norc", "-c", &ask]) else { return };
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{typed}: {told}");
    }
}

#[test]
fn zsh_and_fish_can_read_theirs() {
    let bench = Bench::new();
    let (zsh, fish) = (script(&bench, "zsh"), script(&bench, "fish"));
    for output in [other("zsh", &["-f", "-n", &zsh]), other("fish", &["--no-execute", &fish])] {
        let Some(output) = output else { continue };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let ask = format!("source {fish}; complete --do-complete 'trailcase que'");
    if let Some(output) = other("fish", &["--no-config", "-c", &ask]) {
        assert!(String::from_utf8_lossy(&output.stdout).starts_with("query"));
    }
}

#[test]
fn a_shell_that_is_not_known_is_said() {
    let said = Bench::new().run(&["completions", "tcsh"]);
    assert!(said.code == 2 && said.err.contains("bash, zsh, fish"), "{}", said.err);
}

#[test]
fn the_manual_page_has_every_command_and_renders_without_a_warning() {
    let bench = Bench::new();
    let said = bench.run(&["man"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    for part in [
        "NAME",
        "OPTIONS",
        "\"TRAILCASE QUERY\"",
        "\"TRAILCASE WORKSPACE CHECK\"",
        "\\-\\-workspace\\-dir",
        "\\-\\-exit\\-match",
        "EXIT STATUS",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert_eq!(said.out.matches("Folder of the workspaces").count(), 1, "told once");
    let page = bench.write("trailcase.1", said.out.as_bytes());
    for (program, arguments) in [
        ("groff", vec!["-man", "-ww", "-Tutf8", &page]),
        ("mandoc", vec!["-T", "lint", "-W", "error", &page]),
    ] {
        let Some(output) = other(program, &arguments) else { continue };
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{program}");
        assert!(output.status.success(), "{program}");
    }
}
