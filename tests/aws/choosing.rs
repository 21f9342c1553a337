//! What a person can choose among before anything is fetched.

use super::fake::Fake;
use super::program::alone;
use super::proxy::{Fate, Proxy};
use super::server::Server;
use serde_json::json;
use std::ops::ControlFlow;
use trailcase::event::layout::Level;
use trailcase::event::{Cancel, Reason, Timestamp};
use trailcase::source::{Amount, Aws, Choices, Kind, Listed, Means, aws, choose, open};

fn means(endpoint: String) -> Means {
    let settings = aws::Settings { endpoint: Some(endpoint), ..aws::Settings::default() };
    Means { aws: Aws::new(settings), ..Means::default() }
}

/// What is told last.
fn told(means: &Means, address: &str) -> Result<Choices, Reason> {
    let mut last = None;
    choose(address, means, &Cancel::new(), &mut |choices| last = Some(choices))?;
    Ok(last.unwrap())
}

fn names(choices: &Choices) -> Vec<&str> {
    choices.all.iter().map(|choice| choice.name.as_str()).collect()
}

#[test]
fn folders_are_named_for_what_they_are() {
    if alone("choosing::folders_are_named_for_what_they_are") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    let org = "AWSLogs/o-ab12cd34ef/111122223333/CloudTrail/eu-west-1/2026/03/04/a.json";
    let hive = "AWSLogs/aws-account-id=444455556666/aws-service=vpcflowlogs/a";
    for key in [org, hive, "AWSLogs/readme", "other/b"] {
        server.put("logs", key, b"x");
    }
    let means = means(server.endpoint());
    let told = |address: &str| told(&means, address).unwrap();
    assert_eq!(names(&told("s3://")), ["logs"]);
    assert_eq!(names(&told("s3://logs/")), ["AWSLogs", "other"]);
    let logs = told("s3://logs/AWSLogs/");
    let levels: Vec<(&str, Level)> =
        logs.all.iter().map(|choice| (choice.name.as_str(), choice.level)).collect();
    // In the order of the keys, where Hive style has a name before each.
    assert_eq!(levels, [("444455556666", Level::Account), ("o-ab12cd34ef", Level::Organization)]);
    assert_eq!(logs.objects, 1);
    let mut address = "s3://logs/AWSLogs/o-ab12cd34ef/".to_owned();
    for (name, level) in [
        ("111122223333", Level::Account),
        ("CloudTrail", Level::Service),
        ("eu-west-1", Level::Region),
        ("2026", Level::Year),
        ("03", Level::Month),
        ("04", Level::Day),
    ] {
        let choices = told(&address);
        let [one] = choices.all.as_slice() else { panic!("{address}: {choices:?}") };
        assert_eq!((one.name.as_str(), one.level), (name, level), "{address}");
        address = choices.inside(&[one]).unwrap();
    }
    let last = told(&address);
    assert_eq!((last.all.len(), last.objects, last.more), (0, 1, false));
    let hive = told("s3://logs/AWSLogs/").all.remove(0);
    assert_eq!(hive.part, "aws-account-id=444455556666");
}

#[test]
fn what_lies_in_several_folders_is_one_choice() {
    if alone("choosing::what_lies_in_several_folders_is_one_choice") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for (account, services) in [(1, "CloudTrail"), (2, "CloudTrail Config"), (3, "CloudTrail")] {
        for service in services.split(' ') {
            let key = format!("AWSLogs/11112222333{account}/{service}/eu-west-1/2026/a");
            server.put("logs", &key, b"x");
        }
    }
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let means = means(proxy.endpoint.clone());
    let services = told(&means, "s3://logs/AWSLogs/*/").unwrap();
    let about: Vec<(&str, &str)> =
        services.all.iter().map(|choice| (choice.name.as_str(), choice.about.as_str())).collect();
    assert_eq!(about, [("CloudTrail", ""), ("Config", "in 1 of 3")]);
    assert_eq!(proxy.asked("list-type=2"), 1 + 3);
    let regions = "s3://logs/AWSLogs/{111122223331,111122223332}/{CloudTrail,Config}/";
    let regions = told(&means, regions).unwrap();
    assert_eq!(names(&regions), ["eu-west-1"]);
    let refused = told(&means, "s3://nowhere/").unwrap_err();
    assert!(refused.to_string().contains("there is no such bucket"), "{refused}");
}

#[test]
fn groups_and_streams_say_what_the_service_says_of_them() {
    if alone("choosing::groups_and_streams_say_what_the_service_says_of_them") {
        return;
    }
    for server in Server::all() {
        let now = Timestamp::now().0 / 1_000_000;
        // More than a page.
        for number in 0..60 {
            server.group(&format!("/aws/lambda/{number:02}"));
        }
        server.group("trail");
        server.keep("trail", 30);
        let at = |minutes: i64| now - minutes * 60_000;
        server.tell("trail", "old", &[(at(90), "one".to_owned())]);
        server.tell("trail", "new", &[(at(7), "two".to_owned()), (at(5), "three".to_owned())]);
        let means = means(server.endpoint());
        let groups = told(&means, "logs://").unwrap();
        assert_eq!((groups.kind, groups.all.len(), groups.more), (Kind::Group, 61, false));
        let trail = groups.all.iter().find(|group| group.name == "trail").unwrap();
        assert!(trail.about.contains("kept for 30 days"), "{}", trail.about);
        assert_eq!(trail.last, Timestamp::from_millis(at(5)));
        assert!(groups.all[0].about.contains("never deleted") && groups.all[0].last.is_none());
        let streams = told(&means, "logs://trail").unwrap();
        assert_eq!((streams.kind, names(&streams)), (Kind::Stream, vec!["new", "old"]));
        assert_eq!(streams.sources(&[&streams.all[1]]), ["logs://trail:old"]);
        let refused = told(&means, "logs://nowhere").unwrap_err();
        assert!(refused.to_string().contains("no log group of this name"), "{refused}");
    }
}

#[test]
fn what_a_limit_left_is_known_and_fetched_when_it_is_lifted() {
    if alone("choosing::what_a_limit_left_is_known_and_fetched_when_it_is_lifted") {
        return;
    }
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for number in 0..5 {
        server.put("logs", &format!("{number}.json"), &[b'x'; 100]);
    }
    let means = Means { most: 250, ..means(server.endpoint()) };
    let source = open("s3://logs", &means).unwrap();
    let never = Cancel::new();
    let left = || {
        let mut left = 0;
        source.list(&never, &mut |listed| {
            match listed {
                Listed::Item(item) => assert!(source.open(&item, &never).is_ok()),
                Listed::Left { .. } => left += 1,
            }
            ControlFlow::Continue(())
        });
        left
    };
    let far = source.elsewhere().unwrap();
    assert_eq!(left(), 3);
    // Whoever lists it once more does not get more.
    assert_eq!(left(), 3);
    assert_eq!(far.rest(), Amount { objects: 3, stretches: 0, bytes: 300, requests: 3 });
    assert_eq!(far.rest().to_string(), "3 objects, 300 B, 3 requests or more");
    far.lift();
    assert_eq!((left(), far.rest()), (0, Amount::default()));
}

#[test]
fn groups_of_linked_accounts_are_named_by_their_arns() {
    if alone("choosing::groups_of_linked_accounts_are_named_by_their_arns") {
        return;
    }
    let group = |account: &str| {
        let arn = format!("arn:aws:logs:us-east-1:{account}:log-group:trail");
        json!({"logGroupName": "trail", "arn": format!("{arn}:*"), "logGroupArn": arn})
    };
    let both = json!({"logGroups": [group("111122223333"), group("444455556666")]});
    let own = json!({"logGroups": [group("111122223333")]});
    for is_refused in [false, true] {
        let (both, own) = (both.clone(), own.clone());
        let fake = Fake::start(move |asked, _| match asked.operation.as_str() {
            "DescribeLogGroups" if asked.input["includeLinkedAccounts"] != true => {
                (200, own.clone())
            }
            "DescribeLogGroups" if is_refused => {
                (400, json!({"__type": "InvalidParameterException"}))
            }
            "DescribeLogGroups" => (200, both.clone()),
            _ => (200, json!({"logStreams": []})),
        });
        let groups = told(&means(fake.endpoint.clone()), "logs://").unwrap();
        let named: Vec<(&str, &str)> =
            groups.all.iter().map(|one| (one.part.as_str(), one.about.as_str())).collect();
        if is_refused {
            assert_eq!(named, [("trail", "never deleted")]);
        } else {
            let arn = |account| format!("arn:aws:logs:us-east-1:{account}:log-group:trail");
            let (one, other) = (arn("111122223333"), arn("444455556666"));
            let about = ["of 111122223333, never deleted", "of 444455556666, never deleted"];
            assert_eq!(named, [(one.as_str(), about[0]), (other.as_str(), about[1])]);
        }
    }
}
