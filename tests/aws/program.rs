//! The program, with made-up credentials and nothing of the person who runs the tests.

use serde_json::Value;
use std::process::{Command, Output};

/// What the SDK finds in the environment.
pub(crate) const CREDENTIALS: [(&str, &str); 6] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("HOME", "/nonexistent"),
    ("LANG", "C.UTF-8"),
];

/// The program with these arguments, which asks this endpoint.
pub(crate) fn command(endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailcase"));
    command.args(arguments).args(["--endpoint-url", endpoint]).env_clear();
    command.envs(CREDENTIALS);
    command
}

/// Runs the test of this name in a process of its own with made-up credentials, unless this is it:
/// who asks is read from the environment, which all tests share.
pub(crate) fn alone(test: &str) -> bool {
    const INSIDE: &str = "TRAILCASE_TEST_ALONE";
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1").envs(CREDENTIALS);
    assert!(command.status().unwrap().success());
    true
}

pub(crate) fn run(endpoint: &str, arguments: &[&str]) -> Output {
    command(endpoint, arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Lines of JSON without the names of the objects that they are of.
pub(crate) fn rows(output: &Output) -> Vec<Value> {
    let rows = text(&output.stdout).lines().map(|line| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        row.as_object_mut().unwrap().remove("origin.object").unwrap();
        row
    });
    rows.collect()
}
