//! A role that is only given against a code of an MFA device.

use super::program::{command, text};
use super::proxy::{Fate, Proxy};
use super::server::{Server, free_port};
use std::path::Path;
use std::process::Command;

const QUERY: &[&str] = &["query", "s3://logs", "--count", "--profile", "locked"];

const CODE: &str = "493 027";

/// The files of a person whose profile `locked` takes a code.
fn profiles(folder: &Path) {
    let config = "[profile locked]\nrole_arn=arn:aws:iam::123456789012:role/audit\n\
                  source_profile=base\nmfa_serial=arn:aws:iam::123456789012:mfa/me\n\
                  [profile base]\nregion=us-east-1\n\
                  [profile plain]\nregion=us-east-1\n";
    let credentials = "[base]\naws_access_key_id=AKIAIOSFODNN7BASE00\n\
                       aws_secret_access_key=bPxRfiCYEXAMPLEKEYbPxRfiCYEXAMPLEKEY0000\n\
                       [plain]\naws_access_key_id=AKIAIOSFODNN7PLAIN0\n\
                       aws_secret_access_key=bPxRfiCYEXAMPLEKEYbPxRfiCYEXAMPLEKEY0000\n";
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::write(folder.join("credentials"), credentials).unwrap();
}

fn with_profiles(folder: &Path, endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = command(endpoint, arguments);
    command.env("AWS_CONFIG_FILE", folder.join("config"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", folder.join("credentials"));
    command
}

#[test]
fn with_the_code_the_role_is_taken_once_and_is_who_asks() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for name in ["a", "b", "c"] {
        let line = format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"{name}\"}}\n");
        server.put("logs", name, line.as_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    profiles(folder.path());
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let arguments = [QUERY, &["--mfa-code", CODE]].concat();
    let output = with_profiles(folder.path(), &proxy.endpoint, &arguments).output().unwrap();
    let told = text(&output.stderr);
    assert_eq!(text(&output.stdout).trim(), "3", "{told}");
    assert!(told.contains("asked as arn:aws:sts::123456789012:assumed-role/audit/"), "{told}");
    let asked: Vec<String> = proxy.bodies("Action=AssumeRole");
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fme"));
    assert!(asked[0].contains("TokenCode=493027"), "{asked:?}");
}

#[test]
fn without_a_code_or_with_a_wrong_one_it_is_said_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    profiles(folder.path());
    let endpoint = format!("http://127.0.0.1:{}", free_port());
    let told = |endpoint: &str, more: &[&str]| {
        let arguments = [QUERY, more].concat();
        let output = with_profiles(folder.path(), endpoint, &arguments).output().unwrap();
        text(&output.stderr).to_owned()
    };
    let without = told(&endpoint, &[]);
    let wanted = "code of the MFA device arn:aws:iam::123456789012:mfa/me";
    assert!(without.contains(wanted) && without.contains("--mfa-code CODE"), "{without}");
    let none = told(&endpoint, &["--mfa-code", "12345"]);
    assert!(none.contains("a code of an MFA device is six digits"), "{none}");
    let refusal = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>MultiFactorAuthentication \
                   failed with invalid MFA one time pass code.</Message></Error></ErrorResponse>";
    let proxy = Proxy::start(0, move |_, _| Fate::Say(403, refusal));
    let wrong = told(&proxy.endpoint, &["--mfa-code", CODE]);
    assert!(wrong.contains("code of the MFA device was not taken"), "{wrong}");
    assert!(!wrong.contains("493027") && !wrong.contains("493 027"), "{wrong}");
}

/// A profile that was named comes before keys that are in the environment by chance.
#[test]
fn a_named_profile_is_who_asks() {
    let folder = tempfile::tempdir().unwrap();
    profiles(folder.path());
    let proxy = Proxy::start(0, |_, _| Fate::Say(403, ""));
    let arguments = ["query", "s3://logs", "--profile", "plain"];
    with_profiles(folder.path(), &proxy.endpoint, &arguments).output().unwrap();
    let asked = proxy.heads("AWS4-HMAC-SHA256");
    assert!(!asked.is_empty() && asked.iter().all(|head| head.contains("AKIAIOSFODNN7PLAIN0")));
}
