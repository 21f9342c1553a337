//! What cannot be done or known is said, where it is looked for and before anything is lost.

use crate::journeys::says;
use crate::stage::Stage;
use std::sync::Arc;
use trailcase::job::Saved;
use trailcase::ui::message::{Message, Tone};

#[test]
fn a_list_that_cannot_be_read_is_no_count_of_zero() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("/").types("ip:@nope.txt").keys("enter");
    // What is said goes with the next key; what is so stays.
    stage.keys("left");
    says(&stage, "/ ip:@nope.txt");
    says(&stage, "no answer: the list @nope.txt: no such file");
    let screen = stage.text();
    assert!(!screen.contains(" 0 of ") && !screen.contains("no event matches"), "{screen}");
    let lane = screen.lines().find(|line| line.starts_with(" cloudtrail")).unwrap();
    assert!(lane.trim_end().ends_with(" no answer"), "{screen}");
    stage.keys("w");
    says(&stage, "no answer to save: the list @nope.txt");
    stage.keys("backspace");
    says(&stage, "3,771 of 3,771 events");
}

#[test]
fn a_watched_list_that_cannot_be_read_is_no_lane_of_zero() {
    let mut stage = Stage::demo((120, 36));
    let (list, sha256) = ("gone.txt".to_owned(), String::new());
    stage.order(trailcase::job::Order::Fact(trailcase::case::What::WatchAdd { list, sha256 }));
    stage.keys("left");
    let screen = stage.text();
    let lane = screen.lines().find(|line| line.starts_with(" watched")).unwrap();
    assert!(lane.trim_end().ends_with(" not loaded"), "{screen}");
}

#[test]
fn without_a_row_nothing_is_marked_and_no_record_is_shown() {
    let mut stage = Stage::demo((120, 36));
    let entries = |stage: &Stage| stage.app.model.case.state().entries().len();
    stage.keys("/").types("event:NoSuchEvent").keys("enter");
    let before = entries(&stage);
    stage.keys("m");
    says(&stage, "no event here");
    stage.keys("left").keys("T");
    says(&stage, "no event here");
    assert_eq!(entries(&stage), before);
    stage.keys("left");
    let screen = stage.text();
    assert!(!screen.contains("sha256") && !screen.contains("evidence/"), "{screen}");
    stage.keys("tab");
    let screen = stage.text();
    assert!(!screen.contains("sha256") && !screen.contains("evidence/"), "{screen}");
    stage.keys("tab").keys("backspace");
    says(&stage, "sha256");
}

#[test]
fn what_cannot_be_written_is_refused_before_it_is_typed() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("n").types("mine").keys("enter");
    let mut desk = (*stage.app.model.case.desk).clone();
    desk.saved = Saved::ReadOnly("read-only: somebody writes to it".to_owned());
    stage.update(Message::Desk(Arc::new(desk)));
    for keys in ["n", "N", "m", "T"] {
        stage.press("left");
        stage.press(keys);
        says(&stage, "not written: the workspace is read-only: somebody writes to it");
        assert!(!stage.app.model.is_covered, "{}", stage.text());
    }
    stage.press("4");
    for keys in ["n", "f", "x"] {
        stage.press("home");
        stage.press(keys);
        says(&stage, "not written: the workspace is read-only: somebody writes to it");
        assert!(!stage.app.model.is_covered, "{}", stage.text());
    }
    says(&stage, "1  mine");
}

#[test]
fn a_source_is_taken_out_of_the_case_only_when_that_is_confirmed() {
    let mut stage = Stage::demo((80, 24));
    let question = "take evidence and its 3,771 events out of the case? (y/n)";
    stage.keys("5").keys("D");
    says(&stage, question);
    // News does not take the question away that the next key answers.
    stage.update(Message::Told(Tone::Info, "something else".to_owned()));
    says(&stage, question);
    stage.keys("enter");
    says(&stage, "the source stays");
    assert!(!stage.removes_a_source());
    stage.keys("D").keys("y");
    assert!(stage.removes_a_source());
}

/// The line of hints.
fn hints(stage: &Stage) -> String {
    let screen = stage.text();
    let lines: Vec<&str> = screen.lines().collect();
    lines[lines.len() - 2].to_owned()
}

#[test]
fn keys_of_the_case_are_hinted_where_they_work_and_are_in_the_help() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("n").types("mine").keys("enter").keys("4");
    let line = hints(&stage);
    for hint in ["n new note", "f edit", "x remove the note", "enter its record", "tab lists"] {
        assert!(line.contains(hint), "no {hint}: {line}");
    }
    for _ in 0..2 {
        stage.keys("tab");
        let line = hints(&stage);
        assert!(!line.contains(" edit") && !line.contains(" remove"), "{line}");
    }
    stage.keys("tab").keys("?");
    let mut help = String::new();
    for _ in 0..8 {
        help += &stage.text();
        stage.keys("pgdn");
    }
    for (key, text) in [("f", "Edit the note under"), ("x", "Take the note under")] {
        let line = help.lines().find(|line| line.contains(text)).unwrap();
        assert_eq!(line.split_whitespace().nth(1), Some(key), "{line}");
    }
    assert!(!help.contains("with the value under the cursor"), "they do another thing here");
}

#[test]
fn keys_of_the_sources_are_hinted_on_a_small_screen() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("5");
    let line = hints(&stage);
    for hint in ["enter its events", "A add source", "D remove", "R look for new", "e troubled"] {
        assert!(line.contains(hint), "no {hint}: {line}");
    }
}
