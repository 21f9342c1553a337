//! Choosing what is fetched: what is asked of the service, what is seen of its answers, and what is
//! opened at last. The answers are made up here.

use super::stage::Stage;
use super::views::snapshot;
use std::sync::Arc;
use trailcase::event::layout::Level;
use trailcase::event::{Reason, ReasonKind, Timestamp, Window};
use trailcase::job::choosing::{Amount, Choice, Choices, Estimate, Kind, Offer};
use trailcase::ui::message::{Effect, Message};

/// 2026-03-06T12:00:00Z.
const NOW: Timestamp = Timestamp(1_772_798_400_000_000_000);

fn choice(name: &str, level: Level) -> Choice {
    let (name, part) = (name.to_owned(), name.to_owned());
    Choice { name, part, level, last: None, bytes: None, about: String::new() }
}

fn offer(address: &str, kind: Kind, all: Vec<Choice>) -> Message {
    let below = address.to_owned();
    let choices = Ok(Arc::new(Choices { below, kind, all, objects: 0, more: false }));
    Message::Offer(Offer { address: address.to_owned(), choices, at: NOW })
}

fn folders(address: &str, level: Level, names: &[&str]) -> Message {
    offer(address, Kind::Folder, names.iter().map(|name| choice(name, level)).collect())
}

/// What is asked of the service since the last time.
fn asked(stage: &Stage) -> Option<&str> {
    stage.outside().iter().rev().find_map(|effect| match effect {
        Effect::Choose(address) => Some(address.as_str()),
        _ => None,
    })
}

fn opened(stage: &Stage) -> Vec<&str> {
    let added = stage.outside().iter().filter_map(|effect| match effect {
        Effect::AddSource(source) | Effect::AddWithin { name: source, .. } => Some(source.as_str()),
        _ => None,
    });
    added.collect()
}

/// In front of the accounts of a trail of an organization.
fn trail(size: (u16, u16)) -> Stage {
    let mut stage = Stage::demo(size);
    stage.keys("5").press("A");
    stage.types("s3://org-trails").press("tab");
    assert_eq!(asked(&stage), Some("s3://org-trails/"));
    stage.update(folders("s3://org-trails/", Level::Folder, &["AWSLogs"]));
    // Where there is one folder nobody has to choose.
    assert_eq!(asked(&stage), Some("s3://org-trails/AWSLogs/"));
    stage.update(folders("s3://org-trails/AWSLogs/", Level::Organization, &["o-ab12cd34ef"]));
    let accounts = ["111122223333", "222233334444", "333344445555"];
    stage.update(folders("s3://org-trails/AWSLogs/o-ab12cd34ef/", Level::Account, &accounts));
    stage
}

#[test]
fn accounts_services_and_regions_become_one_source() {
    let mut stage = trail((80, 24));
    stage.press("down");
    stage.press("space");
    stage.press("down");
    stage.press("space");
    stage.press("right");
    let root = "s3://org-trails/AWSLogs/o-ab12cd34ef";
    let accounts = format!("{root}/{{111122223333,333344445555}}/");
    assert_eq!(asked(&stage), Some(accounts.as_str()));
    let mut config = choice("Config", Level::Service);
    config.about = "in 1 of 2".to_owned();
    let trail = choice("CloudTrail", Level::Service);
    stage.update(offer(&accounts, Kind::Folder, vec![trail, config]));
    snapshot("choosing_services_80", &stage);
    stage.press("right");
    let services = format!("{accounts}*/");
    assert_eq!(asked(&stage), Some(services.as_str()));
    stage.update(folders(&services, Level::Region, &["eu-west-1", "us-east-1"]));
    // What is typed narrows, and the best is meant.
    stage.types("us");
    stage.press("@");
    stage.types("2026-03-04..2026-03-06");
    stage.press("enter");
    stage.press("=");
    let source = format!("{services}us-east-1/");
    let to = Some(Timestamp(NOW.0 - Timestamp::DAY / 2));
    let from = to.map(|to| to.saturating_add(-2 * Timestamp::DAY));
    let window = Window { from, to };
    let is_counted = |effect: &Effect| {
        matches!(effect, Effect::Count { sources, window: of } if *sources == [source.clone()]
            && *of == window)
    };
    assert!(stage.outside().iter().any(is_counted), "{:?}", stage.outside());
    stage.update(Message::Estimated(Estimate {
        sources: vec![source.clone()],
        window,
        amount: Amount { objects: 12_340, stretches: 0, bytes: 1_200_000_000, requests: 12_340 },
        kept: 3,
        is_over: true,
        ..Estimate::default()
    }));
    snapshot("choosing_regions_80", &stage);
    stage.press("enter");
    assert_eq!(opened(&stage), [source.as_str()]);
    let is_kept =
        |effect: &Effect| matches!(effect, Effect::AddWithin { window: of, .. } if *of == window);
    assert!(stage.outside().iter().any(is_kept));
}

#[test]
fn all_of_it_is_one_key_away() {
    let mut stage = trail((120, 36));
    snapshot("choosing_accounts_120", &stage);
    stage.press("enter");
    assert_eq!(opened(&stage), ["s3://org-trails/AWSLogs/o-ab12cd34ef/"]);
}

#[test]
fn groups_are_sources_of_their_own() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("5").press("A");
    stage.types("logs://").press("enter");
    let group = |name: &str, last: i64, about: &str| Choice {
        last: Some(Timestamp(NOW.0 - last * Timestamp::MINUTE)),
        bytes: Some(12_500_000),
        about: about.to_owned(),
        ..choice(name, Level::Folder)
    };
    let groups = vec![
        group("/aws/eks/prod/cluster", 3, "kept for 90 days, own KMS key"),
        group("/aws/lambda/payments", 70, "never deleted"),
        group("trail", 5_000, "kept for 30 days"),
    ];
    stage.update(offer("logs://", Kind::Group, groups));
    snapshot("choosing_groups_120", &stage);
    stage.press("space");
    stage.press("space");
    stage.press("right");
    assert!(stage.text().contains("one at a time can be looked into"), "{}", stage.text());
    stage.press("enter");
    assert_eq!(opened(&stage), ["logs:///aws/eks/prod/cluster", "logs:///aws/lambda/payments"]);
}

#[test]
fn what_cannot_be_looked_at_is_told_and_can_be_opened_all_the_same() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("5").press("A");
    stage.types("s3://mine/a").press("tab");
    let missing = "s3:ListBucket on s3://mine/ is missing";
    let choices = Err(Reason::new(ReasonKind::Permission, missing));
    let address = "s3://mine/".to_owned();
    stage.update(Message::Offer(Offer { address, choices, at: NOW }));
    assert!(stage.text().contains("s3:ListBucket on s3://mine/ is missing"), "{}", stage.text());
    stage.press("enter");
    assert_eq!(opened(&stage), ["s3://mine/a"]);
}

#[test]
fn what_is_opened_is_chosen_first_only_where_there_is_a_choice() {
    let mut stage = Stage::demo((80, 24));
    let effects = stage.app().choose(vec!["s3://flat".to_owned(), "s3://trail".to_owned()]);
    assert!(matches!(effects.as_slice(), [Effect::Choose(address)] if address == "s3://flat/"));
    stage.update(folders("s3://flat/", Level::Folder, &["a", "b"]));
    // Nothing there is known, so that all of it is opened; then the next is looked at.
    assert_eq!((opened(&stage), asked(&stage)), (vec!["s3://flat"], Some("s3://trail/")));
    stage.update(folders("s3://trail/", Level::Folder, &["AWSLogs", "b"]));
    assert_eq!(opened(&stage), ["s3://flat"]);
    stage.press("esc");
    assert!(stage.text().contains("s3://trail is not opened"), "{}", stage.text());
    assert_eq!(opened(&stage), ["s3://flat"]);
}

#[test]
fn who_types_dates_before_there_is_an_answer_is_not_overtaken() {
    let mut stage = Stage::demo((80, 24));
    let _ = stage.app().choose(vec!["s3://flat".to_owned()]);
    stage.press("@");
    stage.types("2026-03-04");
    stage.update(folders("s3://flat/", Level::Folder, &["a", "b"]));
    assert!(opened(&stage).is_empty());
    stage.press("enter");
    stage.press("enter");
    let is_within = |effect: &Effect| matches!(effect, Effect::AddWithin { .. });
    assert!(stage.outside().iter().any(is_within), "{:?}", stage.outside());
    assert_eq!(opened(&stage), ["s3://flat/"]);
}

#[test]
fn what_a_limit_left_is_fetched_once_that_is_agreed_to() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("5").press("+");
    let asked = stage.outside().iter().rev().find_map(|effect| match effect {
        Effect::AskForRest(source) => Some(source.clone()),
        _ => None,
    });
    let source = asked.unwrap();
    let rest = Amount { objects: 12_340, stretches: 0, bytes: 1_200_000_000, requests: 12_340 };
    stage.update(Message::Rest { source: source.clone(), rest });
    let question = "fetch 12,340 objects, 1.20 GB, 12,340 requests or more? (y/n)";
    assert!(stage.text().contains(question), "{}", stage.text());
    stage.press("y");
    let is_fetched = |effect: &Effect| matches!(effect, Effect::FetchRest(of) if *of == source);
    assert!(stage.outside().iter().any(is_fetched));
    stage.update(Message::Rest { source, rest: Amount::default() });
    assert!(stage.text().contains("no limit left anything of"), "{}", stage.text());
}
