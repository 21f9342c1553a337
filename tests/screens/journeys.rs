//! Small pieces of work, key by key, and what is on the screen after them.

use crate::stage::Stage;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use trailcase::detect::{Estate, Known};
use trailcase::event::{Code, CodeWanted, Timestamp};
use trailcase::job::raising::Raised;
use trailcase::job::{Held, Progress, Report, Transfer, Why};
use trailcase::ui::action::Action;
use trailcase::ui::keymap::Keymap;
use trailcase::ui::message::{Effect, Message};
use trailcase::ui::settings::Places;

/// Something on the screen reads so.
pub(crate) fn says(stage: &Stage, text: &str) {
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

#[test]
fn no_more_rows_are_selected_than_one_step_marks() {
    let mut stage = Stage::demo((120, 36));
    let selected = |stage: &Stage| stage.app.model.cursor.picked.len();
    stage.keys("*").keys("end").keys("&");
    says(&stage, "only 1000 rows are selected at a time");
    assert_eq!(selected(&stage), 1000);
    stage.keys("*");
    says(&stage, "only 1000 rows are selected at a time");
    assert_eq!(selected(&stage), 1000);
    stage.keys("m");
    says(&stage, "bookmark on 1000 records");
}

#[test]
fn a_note_has_several_lines() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("n").types("one\nthree").keys("alt-enter").types("\u{1b}[2Jfour");
    stage.keys("up").keys("home").keys("down").keys("right").keys("right").keys("right");
    stage.keys("up").keys("up").keys("end").keys("down").keys("enter").keys("4");
    says(&stage, "1  one (+2 lines)");
    let screen = stage.text();
    let lines: Vec<&str> = screen.lines().skip_while(|line| !line.contains("note 1 by")).collect();
    for (at, text) in [(1, "one"), (2, "three"), (3, " [2Jfour")] {
        assert!(lines[at].trim_end().ends_with(text), "{text}:\n{screen}");
    }
}

#[test]
fn what_an_editor_wrote_is_the_note_and_nothing_changed_is_no_note() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("n").types("first").keys("F4");
    stage.update(Message::Edited(Ok("first\n".to_owned())));
    says(&stage, "the editor changed nothing");
    stage.update(Message::Edited(Ok("first\r\nsecond \u{202e}x\n".to_owned())));
    stage.settle();
    stage.keys("4");
    says(&stage, "1  first (+1 line)");
    says(&stage, " second ");
    assert!(!stage.text().contains('\u{202e}'));
}

#[test]
fn a_time_pasted_from_a_log_is_gone_to() {
    let mut stage = Stage::demo((120, 36));
    for text in ["04/Mar/2026:10:40:00 +0000", "Mar  4 10:40:00 web-1 sshd[7]: x", "1772620800"] {
        stage.keys("home").keys("g t").types(text).keys("enter");
        says(&stage, "at 2026-03-04T10:40:00Z");
        let row = stage.app.model.row_time().unwrap();
        assert!((1_772_620_800_000_000_000..1_772_620_860_000_000_000).contains(&row));
    }
    stage.keys("g t").types("noon").keys("enter");
    says(&stage, "noon is no time");
}

#[test]
fn what_is_no_log_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.json", r#"{"time":"2026-03-04T10:00:00Z","message":"x"}"#);
    write("b.json", r#"{"time":"2026-03-04T10:00:00Z","message":"x"}"#);
    write("LICENSE", "You may copy this, as it is, to whom you like.\n");
    let stage = Stage::of(folder.path().to_str().unwrap(), (120, 36));
    says(&stage, "loaded; 0 records unparsed, 0 of 3 objects not read whole");
}

#[test]
fn rows_of_another_year_say_their_day_and_time() {
    let folder = tempfile::tempdir().unwrap();
    let lines = r#"{"time":"2025-12-31T23:58:01Z","message":"old"}
{"time":"2026-01-01T00:02:03Z","message":"new"}"#;
    std::fs::write(folder.path().join("a.json"), lines).unwrap();
    let mut stage = Stage::of(folder.path().to_str().unwrap(), (120, 36));
    says(&stage, " 2026-01-01 00:02 ");
    stage.keys("down");
    says(&stage, " 2025-12-31 23:58 ");
}

#[test]
fn a_note_longer_than_what_can_be_typed_is_edited_whole() {
    let mut stage = Stage::demo((120, 36));
    let long = format!("{}the end", "x".repeat(100_000));
    stage.keys("n");
    stage.update(Message::Edited(Ok(long)));
    stage.settle();
    stage.keys("4").keys("f");
    says(&stage, "the end");
    stage.types("!");
    says(&stage, "cut: no more than 64 KiB");
}

#[test]
fn a_paste_that_is_too_long_is_cut_and_said() {
    let mut stage = Stage::demo((120, 36));
    let long = "x".repeat(100_000);
    stage.keys("n").types(&long);
    says(&stage, "cut: no more than 64 KiB");
    stage.keys("esc").keys("esc").types(&long);
    says(&stage, "cut: no more than 64 KiB");
}

/// The status line.
fn status(stage: &Stage) -> String {
    stage.text().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn zooming_leaves_the_table_whole_and_says_what_is_in_sight() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("g t").types("10:40").keys("enter").keys("+").keys("+");
    let said = status(&stage);
    assert!(said.contains(" of 3,771 rows on the axis; I keeps only them; 0 shows all"), "{said}");
    let shown = said.split_whitespace().nth(1).unwrap().to_owned();
    says(&stage, "3,771 of 3,771 events");
    stage.keys("I");
    says(&stage, " time:2026-03-04T");
    says(&stage, &format!("{shown} of 3,771 events"));
    stage.keys("0").keys("I");
    says(&stage, "the axis shows all the time there is; + shortens it");
}

#[test]
fn labels_of_the_axis_stay_readable_below_the_cursor() {
    let mut stage = Stage::demo((80, 24));
    let labels = |stage: &Stage| {
        let screen = stage.text();
        let axis = screen.lines().find(|line| line.contains("UTC log")).unwrap();
        axis.split_whitespace().filter(|word| word.contains(':')).count()
    };
    let all = labels(&stage);
    for _ in 0..60 {
        stage.keys("]");
        assert_eq!(labels(&stage), all, "{}", stage.text());
    }
}

#[test]
fn nothing_is_called_by_an_internal_name() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("5").act(Action::Tag);
    let said = status(&stage);
    assert!(
        said.contains("\"Tag the event, or the selected ones\" has nothing to work on"),
        "{said}"
    );
    assert!(said.contains("? shows the keys"), "{said}");
}

#[test]
fn keys_that_type_are_not_advised() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("/").types("event:NoSuchEvent");
    says(&stage, "no event matches, of 3,771");
    assert!(!stage.text().contains("goes back"));
    stage.keys("enter");
    says(&stage, "backspace goes back");
    says(&stage, "t switches terms off");
}

#[test]
fn a_star_in_free_text_is_said_to_be_a_character() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("/").types("\"arn:*:user\"");
    says(&stage, "* is a character in free text; for any text write /a.*b/");
    stage.keys("enter");
    says(&stage, "* is a character in free text; for any text write /a.*b/");
}

#[test]
fn the_origin_is_told_in_full() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("/").types("format:cloudtrail").keys("enter").keys("o");
    let at = stage.app.model.row().map(|(segment, row)| segment.origin(row)).unwrap();
    let object = stage.app.model.store.ledger().get(at.object).unwrap();
    let screen = stage.text();
    let told: String = screen.chars().filter(|c| !c.is_whitespace() && *c != '\u{2502}').collect();
    assert!(told.contains(&*object.path), "{screen}");
    let hash = object.sha256.unwrap().map(|byte| format!("{byte:02x}")).concat();
    assert!(told.contains(&hash), "{screen}");
    stage.keys("esc");
    assert!(!stage.text().contains("where the record stands"));
}

#[test]
fn advice_names_the_keys_of_the_keymap_in_force() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("4");
    says(&stage, "no notes yet; n writes one");
    stage.app.model.look.keymap = Keymap::load("vim", &Places::default()).0;
    says(&stage, "no notes yet; a writes one");
    stage.keys("1").keys(")");
    says(&stage, "what is around an event is not shown; g a asks for it");
    stage.keys("i").types("\"text\"");
    says(&stage, "this asks the records themselves; enter reads up to");
}

const DEVICE: &str = "arn:aws:iam::123456789012:mfa/me";

fn code_wanted() -> Message {
    let why = "the role is only given against a code".to_owned();
    Message::CodeWanted(Some(CodeWanted { device: DEVICE.to_owned(), why }))
}

#[test]
fn a_code_that_is_wanted_takes_no_key_from_who_is_typing() {
    let mut stage = Stage::demo((120, 36));
    stage.keys("n").types("a note, and ");
    stage.update(code_wanted());
    says(&stage, "no code of the MFA device; M asks for it: the role is only given against a code");
    stage.types("123456");
    says(&stage, "a note, and 123456");
    stage.keys("enter").keys("M");
    says(&stage, "code of the MFA device arn:aws:iam::123456789012:mfa/me:");
    let asks = |effect: &Effect| matches!(effect, Effect::GiveCode(_));
    assert!(!stage.outside().iter().any(asks));
}

#[test]
fn a_code_is_given_once_it_is_one_and_never_seen() {
    let mut stage = Stage::demo((80, 24));
    stage.update(code_wanted());
    stage.types("49302").keys("enter");
    says(&stage, "a code of an MFA device is six digits");
    stage.types("493 027");
    says(&stage, &format!("code of the MFA device {DEVICE}: *******"));
    assert!(!stage.text().contains("493 0") && !stage.text().contains("4930"));
    stage.keys("enter");
    says(&stage, "asking AWS for what the code is good for");
    let given = Effect::GiveCode(Code::parse("493027").unwrap());
    let told = format!("{:?}", stage.outside());
    assert!(told.contains(&format!("{given:?}")) && !told.contains("493027"), "{told}");
    stage.update(Message::CodeWanted(None));
    stage.keys("M");
    says(&stage, "nothing waits for a code of an MFA device");
}

/// What keeps the fetching is said where it is seen in every view, until it is over.
#[test]
fn a_service_that_is_waited_for_is_said_until_it_answers() {
    let mut stage = Stage::demo((80, 24));
    let held = |held: Option<Held>| {
        let report = Progress::default().report(Instant::now());
        let transfer = Transfer {
            coming: 3,
            left: 2_000_000,
            objects: 9,
            bytes: 7_000_000,
            held,
            ..report.transfer
        };
        Message::Loaded(Report { transfer, listing: false, over: true, ..report })
    };
    let again = Timestamp(1_772_618_472_000_000_000);
    let slow = Held { service: "S3", why: Why::Throttled, requests: 3, again };
    stage.update(held(Some(slow)));
    says(&stage, "slowed down by S3: 3 requests wait, next attempt 10:01:12 UTC");
    stage.keys("5");
    says(&stage, "9 objects fetched, 7.00 MB; 3 on the way, 2.00 MB");
    stage.update(held(None));
    assert!(!stage.text().contains("slowed down"), "{}", stage.text());
}

#[test]
fn what_has_a_name_has_it_behind_its_value_in_the_record() {
    let estate = Estate::read(
        "estate.toml",
        "[names]\n\"192.0.2.0/24\" = { label = \"office\", class = \"corp\" }\n\
         \"*:user/dana\" = { label = \"Dana of the platform team, who is on leave\" }\n",
    );
    let mut stage = Stage::demo((120, 36));
    stage.keys("/").types("principal:*/dana").keys("enter").keys("enter");
    assert!(!stage.text().contains("office"), "{}", stage.text());
    let snapshot = stage.app().model.store.snapshot();
    let known = Known::new(Some(&estate.unwrap()), &snapshot);
    stage.app().model.alarms.raised = Arc::new(Raised { known, ..Raised::default() });
    says(&stage, "src.ip 192.0.2.14  (office, class corp)");
    // Where both have no room, the value is whole once the cursor is on it.
    says(&stage, "principal arn:aws:iam::1111222233\u{2026}  (Dana of\u{2026}");
    stage.press("enter");
    stage.press("down");
    stage.press("down");
    says(&stage, "principal arn:aws:iam::111122223333:user/dana");
}
