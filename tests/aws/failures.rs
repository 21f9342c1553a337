//! What goes wrong before anything is read: in bounded time, and in a sentence that says what to
//! do.

use super::program::{command, run, text};
use super::proxy::{Fate, Proxy};
use super::server::{Server, free_port};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

/// The longest that a person waits for a server that is silent.
const PATIENCE: Duration = Duration::from_secs(45);

/// What is said of a source, which has to be said in time.
fn told(mut command: Command) -> String {
    let begun = Instant::now();
    let output = command.output().unwrap();
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(4));
    let told = text(&output.stderr).to_owned();
    assert!(!told.contains("wJalrXUtnFEMI"), "{told}");
    told
}

const QUERY: &[&str] = &["query", "s3://logs/AWSLogs/"];

#[test]
fn a_server_that_refuses_or_is_silent() {
    let refused = told(command(&format!("http://127.0.0.1:{}", free_port()), QUERY));
    assert!(refused.contains("nothing listens there: check the endpoint"), "{refused}");
    let silent = Proxy::start(0, |_, _| Fate::Silent);
    let silent = told(command(&silent.endpoint, QUERY));
    assert!(silent.contains("it did not answer in time: check the network"), "{silent}");
}

/// Sources are listed one after the other; where nobody answered the first, the next does not wait.
#[test]
fn where_nobody_answers_only_the_first_source_asks_again_and_again() {
    let proxy = Proxy::start(0, |_, _| Fate::Cut(0));
    let told = told(command(&proxy.endpoint, &["query", "s3://one", "s3://two", "logs://three"]));
    for name in ["s3://one", "s3://two", "logs://three"] {
        assert!(told.contains(name), "{told}");
    }
    assert!(proxy.asked("HEAD /one") > 1);
    assert_eq!(proxy.asked("HEAD /two"), 0);
    assert!(proxy.asked("DescribeLogGroups") > 1);
}

#[test]
fn refusals_of_the_service_name_the_permission_or_what_to_do() {
    for (status, code, wanted) in [
        (403, "AccessDenied", "not allowed: this needs s3:ListBucket on s3://logs/"),
        (404, "NoSuchBucket", "there is no such bucket"),
        (400, "ExpiredToken", "the credentials have expired: renew them"),
        (403, "InvalidAccessKeyId", "the credentials are not valid here"),
        (403, "RequestTimeTooSkewed", "the clock of this host is wrong: set it"),
    ] {
        let body: &'static str =
            format!("<Error><Code>{code}</Code><Message>No</Message></Error>").leak();
        let proxy = Proxy::start(0, move |line, _| {
            Fate::Say(status, if line.starts_with("HEAD") { "" } else { body })
        });
        let told = told(command(&proxy.endpoint, QUERY));
        assert!(told.contains(wanted) && told.contains(code), "{told}");
    }
}

#[test]
fn a_name_that_nobody_has_and_a_host_that_swallows_everything() {
    let nobody = told(command("http://nobody.invalid", QUERY));
    assert!(nobody.contains("its name is not known: check the network"), "{nobody}");
    // Whoever comes once its queue is full gets no answer at all.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        waiting.push(stream);
    }
    let swallowed = told(command(&format!("http://{address}"), QUERY));
    assert!(swallowed.contains("it did not answer in time: check the network"), "{swallowed}");
}

#[test]
fn what_may_be_listed_and_not_read_names_the_permission() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a.json", b"{\"time\":\"2026-03-04T10:00:00Z\"}\n");
    for (message, wanted) in [
        ("Access Denied", "this needs s3:GetObject on s3://logs/a.json"),
        ("not authorized to perform: kms:Decrypt on it", "this needs kms:Decrypt on the key"),
    ] {
        let body: &'static str =
            format!("<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>").leak();
        let proxy = Proxy::start(server.port, move |line, _| match line {
            line if line.starts_with("GET /logs/a.json") => Fate::Say(403, body),
            _ => Fate::Pass,
        });
        let told = told(command(&proxy.endpoint, &["query", "s3://logs"]));
        assert!(told.contains(wanted), "{told}");
    }
}

#[test]
fn no_credentials_no_profile_no_region() {
    let endpoint = format!("http://127.0.0.1:{}", free_port());
    let mut without = command(&endpoint, QUERY);
    without.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let without = told(without);
    assert!(without.contains("no credentials were found: name a profile"), "{without}");
    let profile = told(command(&endpoint, &[QUERY, &["--profile", "audti"]].concat()));
    assert!(profile.contains("there is no AWS profile \"audti\""), "{profile}");
    let mut region = command(&endpoint, QUERY);
    region.env_remove("AWS_REGION");
    let region = told(region);
    assert!(region.contains("no region is known: name one with --region"), "{region}");
}

/// Profiles that lead nowhere, as the files of a person have them.
#[test]
fn profiles_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let text = "[profile loop]\nrole_arn=arn:aws:iam::111122223333:role/a\nsource_profile=other\n\
                [profile other]\nrole_arn=arn:aws:iam::111122223333:role/b\nsource_profile=loop\n\
                [profile locked]\nrole_arn=arn:aws:iam::111122223333:role/a\n\
                source_profile=plain\nmfa_serial=arn:aws:iam::111122223333:mfa/x\n\
                [profile sso]\nsso_session=corp\nsso_account_id=111122223333\n\
                sso_role_name=audit\n[sso-session corp]\nsso_region=us-east-1\n\
                sso_start_url=https://example.awsapps.com/start\n\
                [profile broken]\ncredential_process=/bin/sh -c 'exit 3'\n";
    std::fs::write(&config, text).unwrap();
    let endpoint = format!("http://127.0.0.1:{}", free_port());
    for (profile, wanted) in [
        ("loop", "lead in a circle"),
        ("locked", "MFA device arn:aws:iam::111122223333:mfa/x"),
        ("sso", "over: run `aws sso login --profile sso`"),
        ("broken", "exit"),
    ] {
        let mut command = command(&endpoint, &[QUERY, &["--profile", profile]].concat());
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        command.env("AWS_CONFIG_FILE", &config);
        let told = told(command);
        assert!(told.contains(wanted), "{profile}: {told}");
    }
}

#[test]
fn nothing_is_asked_that_nobody_named() {
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(0, |_, _| Fate::Silent);
    std::fs::write(folder.path().join("a.json"), "{\"time\":\"2026-03-04T10:00:00Z\"}").unwrap();
    let output = run(&proxy.endpoint, &["query", folder.path().to_str().unwrap(), "--count"]);
    assert_eq!((text(&output.stdout).trim(), proxy.asked("")), ("1", 0));
}
