//! Alarms on the screen: the queue, the sheet, and each step of triage.

use crate::journeys::says;
use crate::stage::{Stage, demo_evidence, folder};
use crate::views::{SIZES, snapshot};
use trailcase::case::State;
use trailcase::ui::message::Message;
use trailcase::ui::terminal::{Depth, Glyphs};

/// The title of a rule that holds once in the demo.
const STOPPED: &str = "A trail was stopped, deleted or made to see less";

fn alarms(size: (u16, u16)) -> Stage {
    let mut stage = Stage::demo(size);
    stage.keys("2");
    stage
}

/// Puts the cursor on an alarm.
fn go_to(stage: &mut Stage, title: &str) {
    stage.keys("home");
    for _ in 0..40 {
        let start: String = title.chars().take(12).collect();
        let screen = stage.text();
        if screen.lines().any(|line| line.starts_with(['\u{25b6}', '>']) && line.contains(&start)) {
            return;
        }
        stage.keys("down");
    }
    panic!("no {title}:\n{}", stage.text());
}

fn state(stage: &mut Stage, title: &str) -> State {
    let queue = &stage.app().model.alarms.queue;
    queue.iter().find(|line| line.ticket.title == title).unwrap().state
}

fn open(stage: &mut Stage) -> usize {
    stage.app().model.alarms.open()
}

#[test]
fn queue_and_sheet() {
    for size in SIZES {
        let mut stage = alarms(size);
        go_to(&mut stage, STOPPED);
        snapshot(&format!("alarms_{}x{}", size.0, size.1), &stage);
    }
    let mut stage = alarms((80, 24));
    stage.keys("tab").keys("down").keys("down");
    snapshot("alarms_sheet_80x24", &stage);
    snapshot("alarms_60x16", &alarms((60, 16)));
}

/// Goes down on the sheet of what is about a rate until all of the rate is on the screen.
fn go_to_rate(stage: &mut Stage) {
    go_to(stage, "Requests became many");
    stage.keys("tab");
    for _ in 0..40 {
        if stage.text().contains("z-score 47.8: the 48") {
            return;
        }
        stage.keys("down");
    }
    panic!("no rate:\n{}", stage.text());
}

#[test]
fn a_rate_is_drawn_with_its_averages_in_any_terminal() {
    for size in [(80, 24), (120, 36)] {
        let mut stage = alarms(size);
        go_to_rate(&mut stage);
        snapshot(&format!("alarms_rate_{}x{}", size.0, size.1), &stage);
    }
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        let mut stage = Stage::new(demo_evidence(), (80, 24), "mono", Depth::Mono, glyphs);
        stage.keys("2");
        go_to_rate(&mut stage);
        snapshot(&format!("alarms_rate_mono_{glyphs:?}").to_lowercase(), &stage);
    }
}

#[test]
fn an_alarm_is_seen_closed_with_a_reason_and_opened_again() {
    let mut stage = alarms((120, 36));
    let before = open(&mut stage);
    go_to(&mut stage, STOPPED);
    stage.keys("a");
    says(&stage, "anna has it");
    assert_eq!(state(&mut stage, STOPPED), State::Acked);
    stage.keys("c");
    says(&stage, "what was it?");
    stage.keys("2");
    says(&stage, "tp-no-impact, because:");
    // Without a word of why nothing is closed.
    stage.keys("enter");
    says(&stage, "nothing is written without a word of why");
    stage.types("switched on again within the hour").keys("enter");
    assert_eq!(state(&mut stage, STOPPED), State::Closed);
    assert_eq!(open(&mut stage), before - 1);
    assert!(!stage.text().contains("high     \u{d7}1 A trail"), "{}", stage.text());
    stage.keys("u");
    assert_eq!((state(&mut stage, STOPPED), open(&mut stage)), (State::Acked, before));
    stage.keys("U").keys("d");
    says(&stage, "done ones too");
    go_to(&mut stage, STOPPED);
    says(&stage, "tp-no-impact: switched on again within the hour");
    stage.keys("r").types("it was switched off once more").keys("enter");
    assert_eq!(state(&mut stage, STOPPED), State::Acked);
    says(&stage, "opened again: it was switched off once more");
}

/// How many steps about alarms the journal has.
fn steps(stage: &mut Stage) -> usize {
    stage.app().model.case.state().kinds().get("triage").copied().unwrap_or_default()
}

#[test]
fn what_is_open_is_not_opened_again() {
    let mut stage = alarms((120, 36));
    go_to(&mut stage, STOPPED);
    stage.keys("r");
    says(&stage, "it is open already");
    assert!(!stage.text().contains("again, because:"), "{}", stage.text());
    // So is what somebody has.
    stage.keys("a").keys("r");
    says(&stage, "it is open already");
    stage.keys("home").keys("space").keys("space").keys("r");
    says(&stage, "one of them is open already");
    assert!(!stage.text().contains("again, because:"), "{}", stage.text());
    assert_eq!(steps(&mut stage), 1, "but that somebody has it");
}

#[test]
fn a_reason_that_nobody_can_see_is_none() {
    const NONE: &str = "nothing is written without a word of why";
    let mut stage = alarms((120, 36));
    // Spaces, what has no width, and a letter of Hangul that is blank.
    let blank = ["   ", "\u{200b}\u{2060}", "\u{3164}"];
    for reason in blank {
        go_to(&mut stage, STOPPED);
        stage.keys("c").keys("2").types(reason).keys("enter");
        says(&stage, NONE);
        stage.keys("esc");
        assert_eq!((state(&mut stage, STOPPED), steps(&mut stage)), (State::New, 0), "{reason:?}");
    }
    stage.keys("c").keys("2").types("a test").keys("enter").keys("d");
    for reason in blank {
        go_to(&mut stage, STOPPED);
        stage.keys("r").types(reason).keys("enter");
        says(&stage, NONE);
        stage.keys("esc");
        assert_eq!(
            (state(&mut stage, STOPPED), steps(&mut stage)),
            (State::Closed, 1),
            "{reason:?}"
        );
    }
}

#[test]
fn the_case_says_how_long_alarms_took() {
    let mut stage = alarms((120, 36));
    stage.keys("4").keys("tab").keys("tab");
    says(&stage, "the record would have");
    assert!(!stage.text().contains("mean time"), "{}", stage.text());
    stage.keys("2").keys("a").keys("c").keys("6").types("the exercise of March").keys("enter");
    stage.keys("4");
    says(&stage, "1 alarm that somebody decided about");
    for what in ["to acknowledge", "to close", "of work on an alarm"] {
        says(&stage, &format!("mean time {what}: "));
    }
    says(&stage, "known of 1 of 1 alarm");
}

#[test]
fn several_are_closed_alike_and_a_note_stays() {
    let mut stage = alarms((120, 36));
    let before = open(&mut stage);
    stage.keys("n").types("asked the team").keys("enter");
    says(&stage, "asked the team");
    stage.keys("c").keys("6").types("the exercise of March").keys("enter");
    assert_eq!(open(&mut stage), before - 1);
    stage.keys("space").keys("space").keys("space");
    says(&stage, "3 selected");
    stage.keys(".");
    says(&stage, "3 alarms: closed as test: the exercise of March");
    assert_eq!(open(&mut stage), before - 4);
    stage.keys("d").keys("home");
    says(&stage, "asked the team");
    stage.keys("u");
    assert_eq!(open(&mut stage), before - 1, "one step takes all of them back");
}

#[test]
fn what_is_hidden_is_counted_and_what_is_merged_or_snoozed_is_not_gone() {
    let mut stage = alarms((120, 36));
    let before = open(&mut stage);
    go_to(&mut stage, STOPPED);
    stage.keys("x");
    says(&stage, "1 alarm now");
    stage.types("30d").keys("enter");
    says(&stage, "say why");
    stage.types(" a job of ours").keys("enter");
    assert_eq!(state(&mut stage, STOPPED), State::Suppressed);
    says(&stage, "1 done");
    stage.keys("home").keys("s").types("yesterday").keys("enter");
    says(&stage, "no time");
    for _ in 0.."yesterday".len() {
        stage.keys("backspace");
    }
    stage.types("4h").keys("enter");
    says(&stage, "2 done");
    stage.keys("home").keys("space").keys("J").types("the same call").keys("enter");
    says(&stage, "merged into");
    assert_eq!(open(&mut stage), before - 3);
    stage.keys("A").types("critical a call from the bank").keys("enter");
    says(&stage, "a call from the bank");
    assert_eq!(open(&mut stage), before - 2);
}

#[test]
fn no_two_alarms_stand_for_each_other() {
    let mut stage = alarms((120, 36));
    let before = open(&mut stage);
    stage.keys("space").keys("J");
    says(&stage, "stands for it, because:");
    stage.keys("enter");
    says(&stage, "without a word of why");
    stage.types("the same hand").keys("enter");
    assert_eq!(open(&mut stage), before - 1);
    // The one that stands for it is not to be merged into it.
    stage.keys("d").keys("home").keys("down").keys("space").keys("home").keys("J");
    says(&stage, "what is merged into it would be seen by nobody");
    assert_eq!(open(&mut stage), before - 1);
}

#[test]
fn what_is_closed_is_opened_again_with_a_reason_or_not_at_all() {
    let mut stage = alarms((120, 36));
    go_to(&mut stage, STOPPED);
    stage.keys("c").keys("1").types("it was them").keys("enter");
    assert_eq!(state(&mut stage, STOPPED), State::Closed);
    stage.keys("d");
    for key in ["a", "i", "w", "e"] {
        go_to(&mut stage, STOPPED);
        stage.keys(key);
        says(&stage, "reopen it with a reason first; r does");
        assert_eq!(state(&mut stage, STOPPED), State::Closed, "{key}");
    }
    // Nothing that is open goes into it either.
    go_to(&mut stage, STOPPED);
    stage.keys("home").keys("space");
    go_to(&mut stage, STOPPED);
    stage.keys("J");
    says(&stage, "would be seen by nobody");
}

#[test]
fn it_is_followed_into_the_timeline_and_back() {
    let mut stage = alarms((120, 36));
    go_to(&mut stage, STOPPED);
    stage.keys("f");
    says(&stage, "[1 Timeline]");
    says(&stage, "/ principal:arn:aws:sts::111122223333:assumed-role/Admin/maint");
    says(&stage, "\u{25b6}  10:42:02");
    stage.keys("2");
    says(&stage, "/ every event");
    stage.keys("enter");
    says(&stage, "/ alarm:");
    says(&stage, " 1 of 3,771 events");
    says(&stage, "StopLogging");
    stage.keys("2").keys("/").types("event:StopLogging").keys("enter");
    says(&stage, "1 open alarm, ");
    says(&stage, "not in the filter");
}

#[test]
fn the_checklist_is_asked_and_ticked() {
    let mut stage = alarms((120, 36));
    go_to(&mut stage, STOPPED);
    stage.keys("tab");
    for _ in 0..30 {
        if stage.text().contains("\u{25b6} [ ]") {
            break;
        }
        stage.keys("down");
    }
    says(&stage, "\u{25b6} [ ] Who was it");
    stage.keys("t");
    says(&stage, "\u{25b6} [x] Who was it");
    stage.keys("enter");
    says(&stage, "/ principal:\"arn:aws:sts::111122223333:assumed-role/Admin/maint\"");
}

/// A sign-in without a second factor, through a service: there is no address.
const SIGNED_IN: &[u8] =
    br#"{"Records": [{"eventVersion": "1.11", "eventTime": "2026-03-04T10:00:00Z",
    "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "eu-west-1",
    "sourceIPAddress": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/al"},
    "eventID": "00000000-0000-4000-8000-000000000001", "recipientAccountId": "111122223333",
    "responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"MFAUsed": "No"}}]}"#;

#[test]
fn a_question_about_what_the_alarm_does_not_name_is_not_asked() {
    let (_folder, path) = folder(&[(b"trail.json", SIGNED_IN)]);
    let mut stage = Stage::of(&path.display().to_string(), (120, 36));
    stage.keys("2").keys("tab");
    for _ in 0..30 {
        if stage.text().contains("\u{25b6} [ ] Is the address") {
            break;
        }
        stage.keys("down");
    }
    says(&stage, "\u{25b6} [ ] Is the address known for this user (the alarm names no");
    stage.keys("enter");
    says(&stage, "not asked: the alarm names no src.ip");
    says(&stage, "[2 Alarms 1]");
    stage.keys("t");
    says(&stage, "\u{25b6} [x] Is the address");
}

/// Goes down on the sheet to the first line about what is usual.
fn go_to_usual(stage: &mut Stage) {
    stage.keys("tab");
    for _ in 0..60 {
        if stage.text().contains("\u{25b6} \u{25b8} ") {
            return;
        }
        stage.keys("down");
    }
    panic!("nothing usual:\n{}", stage.text());
}

#[test]
fn what_is_usual_is_a_line_each_and_its_details_are_shown_and_hidden() {
    for size in [(80, 24), (200, 50)] {
        let mut stage = alarms(size);
        go_to(&mut stage, STOPPED);
        go_to_usual(&mut stage);
        says(&stage, "new since 10:37Z, 9 events/h");
        let folded = stage.text();
        snapshot(&format!("alarms_usual_{}x{}", size.0, size.1), &stage);
        stage.keys("right");
        snapshot(&format!("alarms_usual_open_{}x{}", size.0, size.1), &stage);
        // A detail's line is hidden with the others, and the cursor is where it was.
        stage.keys("down").keys("down").keys("left");
        assert_eq!(stage.text(), folded);
        stage.keys("enter");
        says(&stage, "    principal  arn:aws:sts::111122223333:assumed-role/Admin/maint");
        says(&stage, "in the hour of the alarm: 9 events");
        stage.keys("enter");
        assert_eq!(stage.text(), folded);
    }
}

#[test]
fn all_details_are_shown_at_once_and_the_cursor_stays_on_its_line() {
    let mut stage = alarms((200, 120));
    go_to(&mut stage, STOPPED);
    go_to_usual(&mut stage);
    let (folded, details) = (stage.text(), "in the hour of the alarm: ");
    stage.keys("Z");
    assert_eq!(stage.text().matches(details).count(), 4, "{}", stage.text());
    says(&stage, "\u{25b6} \u{25be} principal");
    stage.keys("Z");
    assert_eq!(stage.text(), folded);
    // Below them, and on what has none.
    for _ in 0..10 {
        stage.keys("down");
    }
    let cursor = |stage: &Stage| {
        let text = stage.text();
        // That of the queue stands at the left edge.
        let mut cursors = text.lines().filter_map(|line| line.rsplit_once('\u{25b6}'));
        let line = cursors.find(|(before, _)| !before.is_empty());
        line.unwrap_or_else(|| panic!("no cursor: {text}")).1.to_owned()
    };
    let there = cursor(&stage);
    stage.keys("Z");
    assert_eq!(cursor(&stage), there);
    stage.keys("right");
    says(&stage, "there are no details of this line");
    // What is unfolded stays so for other alarms about the same.
    stage.keys("tab").keys("down").keys("up");
    assert!(stage.text().contains(details), "{}", stage.text());
}

#[test]
fn the_sheet_fits_a_screen_that_changes() {
    let go = |size| {
        let mut stage = alarms(size);
        go_to(&mut stage, STOPPED);
        stage.keys("tab").keys("down").keys("down").keys("down");
        stage
    };
    let mut stage = go((200, 50));
    for size in [(80, 24), (120, 36)] {
        stage.update(Message::Resize(size.0, size.1));
        // Before anything is answered; below the filter, which says that it is not.
        let sheet = |stage: &Stage| stage.text().lines().skip(2).collect::<Vec<_>>().join("\n");
        assert_eq!(sheet(&stage), sheet(&go(size)));
    }
}

#[test]
fn what_is_usual_comes_once_it_is_counted() {
    let mut stage = alarms((200, 50));
    go_to(&mut stage, STOPPED);
    says(&stage, "new since 10:37Z, 9 events/h");
    stage.press("down");
    says(&stage, "being counted");
    stage.settle();
    says(&stage, "what is usual of them");
    assert!(!stage.text().contains("being counted"), "{}", stage.text());
}

#[test]
fn events_of_an_alarm_become_exhibits() {
    let mut stage = alarms((120, 36));
    go_to(&mut stage, STOPPED);
    stage.keys("m").keys("4").keys("tab");
    says(&stage, "marked records 1");
    says(&stage, "StopLogging");
}
