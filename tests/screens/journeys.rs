//! Small pieces of work, key by key, and what is on the screen after them.

use crate::stage::Stage;
use std::net::IpAddr;

/// Something on the screen reads so.
fn says(stage: &Stage, text: &str) {
    assert!(stage.text().contains(text), "no {text}:\n{}", stage.text());
}

#[test]
fn addresses_are_counted_over_all_their_fields_and_lead_to_those_rows() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("right").keys("right").keys("v");
    says(&stage, "values of ip");
    let screen = stage.text();
    let first = screen.lines().skip_while(|line| !line.contains("share")).nth(1).unwrap();
    let mut words = first.split_whitespace().skip_while(|word| word.parse::<IpAddr>().is_err());
    let (value, count) = (words.next().unwrap(), words.next().unwrap());
    stage.keys("enter");
    says(&stage, &format!("/ ip:{value}"));
    says(&stage, &format!("{count} of "));
}

#[test]
fn a_value_is_excluded_from_the_list() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("/").types("format:cloudtrail").keys("enter").keys("v");
    says(&stage, "alt-x all but this");
    stage.types("AssumeRole").keys("alt-x");
    says(&stage, "/ format:cloudtrail -event:AssumeRole");
}

/// Moves down the objects that need a look to one with unparsed records; gives the end of its
/// path and how many there are.
fn go_to_unparsed(stage: &mut Stage) -> (String, String) {
    stage.keys("5").keys("e");
    for _ in 0..40 {
        let screen = stage.text();
        let below: Vec<&str> =
            screen.lines().skip_while(|l| !l.contains("\u{2500} object \u{2500}")).collect();
        let sum = below.iter().find(|line| line.contains(" records = ")).unwrap();
        let unparsed = sum.split(" + ").nth(1).unwrap().strip_suffix(" unparsed").unwrap();
        if unparsed != "0" {
            return (below[1].trim().to_owned(), unparsed.to_owned());
        }
        stage.keys("down");
    }
    panic!("every object was understood:\n{}", stage.text());
}

#[test]
fn an_object_leads_to_its_events_and_to_what_was_not_understood_of_it() {
    let mut stage = Stage::demo((200, 50));
    let (path, unparsed) = go_to_unparsed(&mut stage);
    stage.keys("x");
    says(&stage, &format!("/ origin.object:{path} format:unparsed"));
    says(&stage, &format!(" {unparsed} of 3,771 events"));
    stage.keys("5").keys("enter");
    says(&stage, &format!("/ origin.object:{path} "));
    stage.keys("5").keys("home").keys("x");
    says(&stage, "this object has no unparsed records");
}

#[test]
fn objects_are_offered_by_their_paths() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("/").types("origin.object:*flow").keys("tab").keys("enter");
    says(&stage, "/ origin.object:evidence/");
    says(&stage, "vpcflowlogs");
}
