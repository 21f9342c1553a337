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
