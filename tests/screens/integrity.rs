//! The view of what is proven, on a made-up verdict.

use crate::journeys::says;
use crate::proven::{month, news, report};
use crate::stage::{Stage, demo_evidence};
use crate::views::{SIZES, snapshot};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use trailcase::event::{Fact, Facts, Reason, ReasonKind};
use trailcase::job::Verified;
use trailcase::job::integrity::Stage as JobStage;
use trailcase::source::{Cause, End, Past};
use trailcase::ui::message::{Effect, Message, Tone};
use trailcase::ui::mouse::{Gesture, Mouse};
use trailcase::ui::terminal::{Depth, Glyphs};
use trailcase::verify::manifest::{Algorithms, Checked, Found, Outcome};
use trailcase::verify::{Examiner, Keys, Object, Objects, Question, judge};

fn stage(size: (u16, u16)) -> Stage {
    let mut stage = Stage::demo(size);
    stage.update(news(report()));
    stage.keys("3");
    stage
}

#[test]
fn the_grid_and_the_worst_hour() {
    for size in SIZES {
        snapshot(&format!("integrity_{}x{}", size.0, size.1), &stage(size));
    }
}

/// The smallest screen has room for a part of everything.
#[test]
fn on_the_smallest_screen() {
    let mut stage = stage((60, 16));
    snapshot("integrity_60x16", &stage);
    stage.keys("tab").keys("tab");
    snapshot("integrity_findings_60x16", &stage);
}

#[test]
fn days_and_findings() {
    let mut stage = stage((80, 24));
    stage.keys("minus").keys("minus");
    snapshot("integrity_days_80x24", &stage);
    stage.keys("0").keys("tab").keys("tab").keys("down");
    snapshot("integrity_findings_80x24", &stage);
}

/// While it is verified anew, what was found before stays.
#[test]
fn while_it_runs() {
    let running = JobStage::Running { objects: 1234, bytes: 56_000_000 };
    let first = Verified { stage: running, ..Verified::default() };
    let mut stage = Stage::demo((80, 24));
    stage.update(Message::Verified(Arc::new(first)));
    stage.keys("3");
    says(&stage, "verifying: 1,234 objects examined, 56.0 MB");
    says(&stage, "The first verdict comes when all digests and log files are read.");
    let again = Verified { stage: running, ..Verified::of(Arc::new(report())) };
    stage.update(Message::Verified(Arc::new(again)));
    snapshot("integrity_running_80x24", &stage);
}

#[test]
fn a_month_in_eighty_columns() {
    let mut stage = Stage::demo((80, 24));
    stage.update(news(month()));
    stage.keys("3");
    snapshot("integrity_month_80x24", &stage);
    stage.keys("0");
    snapshot("integrity_month_days_80x24", &stage);
}

/// Somebody may put any number of files into one hour.
#[test]
fn an_hour_lists_no_more_findings_than_can_be_looked_at() {
    const MANY: usize = 100_000;
    let mut report = report();
    let one = report.findings.iter().find(|one| one.kind.as_str() == "log_unlisted").unwrap();
    let many = vec![one.clone(); MANY];
    report.findings.splice(0..0, many);
    let mut stage = stage((80, 24));
    stage.update(news(report));
    stage.keys("g").keys("t").types("2026-03-04 12:00").keys("enter").keys("z");
    says(&stage, "log that no digest names");
    // Two lines for each finding that is listed.
    for _ in 0..1006 {
        stage.press("down");
    }
    says(&stage, "and 99501 more findings, which the list of all has");
}

#[test]
fn a_time_that_is_typed_and_the_mouse_lead_to_an_hour() {
    let mut stage = stage((80, 24));
    stage.keys("g").keys("t").types("2026-03-04 12:00").keys("enter");
    says(&stage, "2026-03-04 11:53:10 to 12:53:10: log that no digest names");
    stage.keys("g").keys("t").types("nonsense").keys("enter");
    says(&stage, "nonsense is no time");
    stage.keys("esc");
    let row = stage.text().lines().position(|line| line.contains(" eu-west-1")).unwrap();
    let press = Mouse { gesture: Gesture::Press, x: 30, y: row.try_into().unwrap() };
    stage.update(Message::Mouse(press));
    says(&stage, "▶ eu-west-1");
    says(&stage, "─ 2026-03-03 01:53:10 to 02:53:10: verified; trail org-main");
}

#[test]
fn without_colours_and_in_ascii() {
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        let mut stage = Stage::new(demo_evidence(), (80, 24), "mono", Depth::Mono, glyphs);
        stage.update(news(report()));
        stage.keys("3");
        snapshot(&format!("integrity_mono_{glyphs:?}").to_lowercase(), &stage);
    }
}

#[test]
fn nothing_to_verify() {
    let (_kept, path) = crate::stage::folder(&[(b"a.json", br#"{"time":"2026-03-04T10:00:00Z"}"#)]);
    let mut stage = Stage::of(path.to_str().unwrap(), (80, 24));
    stage.keys("3");
    snapshot("integrity_nothing_80x24", &stage);
}

/// One that agrees, one that does not.
fn manifests() -> Arc<[Checked]> {
    let mut right = Checked::new("evidence/a/SHA256SUMS", "sha256sum", Algorithms::default());
    right.matches();
    let mut wrong = Checked::new("evidence/hashes.txt", "hashdeep", Algorithms::default());
    let found = |outcome, line, name: &str, object: Option<&str>, detail: &str| Found {
        outcome,
        line: Some(line),
        name: Some(name.to_owned()),
        object: object.map(str::to_owned),
        detail: detail.to_owned(),
    };
    let (log, detail) = (Some("evidence/auth.log"), "SHA-256 is 5e2f, not 77aa");
    wrong.add(found(Outcome::Differs, 6, "auth.log", log, detail));
    wrong.add(found(Outcome::Missing, 7, "gone.log", None, "it is not there (SHA-256 12ab)"));
    Arc::new([right, wrong])
}

#[test]
fn manifests_stand_beside_the_findings_and_without_any() {
    let mut stage = stage((80, 24));
    let mut verified = Verified::of(Arc::new(report()));
    verified.about.manifests = manifests();
    stage.update(Message::Verified(Arc::new(verified)));
    stage.keys("tab").keys("tab").keys("end");
    says(&stage, "it is not there (SHA-256 12ab)");
    snapshot("integrity_manifests_80x24", &stage);
    stage.keys("enter");
    says(&stage, "that file is not among the evidence");
    stage.keys("up").keys("enter");
    says(&stage, "/ origin.object:evidence/auth.log");

    let (objects, keys) = (Objects::default(), Keys::default());
    let nothing =
        judge(&Question { objects: &objects, past: &[], keys: &keys, since: None, until: None });
    let mut verified = Verified::of(Arc::new(nothing));
    verified.about.manifests = manifests();
    let mut stage = Stage::demo((80, 24));
    stage.update(Message::Verified(Arc::new(verified)));
    says(&stage, "integrity: invalid: 1 of 2 manifests; 3 sho");
    stage.keys("3").keys("down").keys("down");
    snapshot("integrity_only_manifests_80x24", &stage);
    stage.keys("enter");
    says(&stage, "/ origin.object:evidence/auth.log");
}

/// What a bucket had is told also where no digest is left, and what it is in the view of sources.
#[test]
fn a_bucket_without_digests_says_what_it_had() {
    let (objects, keys) = (Objects::default(), Keys::default());
    let key = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/04/\
               111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T110000Z.json.gz";
    let past = [Past {
        path: format!("s3://logs/{key}"),
        key: key.to_owned(),
        end: End::Deleted(None, Cause::NoRule),
        versions: Vec::new(),
    }];
    let question =
        Question { objects: &objects, past: &past, keys: &keys, since: None, until: None };
    let mut verified = Verified::of(Arc::new(judge(&question)));
    let mut stage = Stage::demo((120, 36));
    let fact = Fact { name: "versioning", said: Ok("enabled".to_owned()) };
    let refused = Reason::new(ReasonKind::Permission, "not allowed: this needs s3:X on s3://logs/");
    let facts = vec![fact, Fact { name: "payer", said: Err(refused) }];
    let source = demo_evidence().to_owned();
    verified.about.facts = Arc::new([Facts { source, facts }]);
    stage.update(Message::Verified(Arc::new(verified)));
    stage.keys("3");
    says(&stage, "invalid: 1 error");
    says(&stage, "object_deleted");
    says(&stage, "no rule of the bucket does that; no former");
    stage.keys("5");
    says(&stage, "its source: versioning: enabled; payer: not known: not allowed");
}

/// Row by row and run by run, however many hours each has; back the same way.
#[test]
fn problems_are_gone_to_one_after_the_other() {
    let mut stage = stage((120, 36));
    stage.keys("home");
    let titles = [
        "2026-03-02 11:53:10 to 12:53:10: modified, or wrong",
        "2026-03-03 05:53:10 to 06:53:10: hole: no digest",
        "2026-03-03 17:53:10 to 18:53:10: log missing",
        "2026-03-04 01:53:10 to 02:53:10: gap: chain starts anew",
        "2026-03-04 11:53:10 to 12:53:10: log that no digest names",
        "2026-03-05 00:53:10 to 01:53:10: after the last digest",
    ];
    for title in titles {
        stage.keys("e");
        says(&stage, title);
    }
    stage.keys("e");
    says(&stage, "nothing further that should be looked at");
    for title in titles.iter().rev().skip(1) {
        stage.keys("E");
        says(&stage, title);
    }
}

#[test]
fn an_hour_and_an_object_lead_to_their_rows() {
    let mut stage = stage((120, 36));
    stage.keys("enter");
    says(&stage, "/ account:111122223333 region:eu-central-1 time:2026-03-02T11:53:10Z..2026-0");
    assert_eq!(stage.app.model.time.window.unwrap().0.to_rfc3339(0), "2026-03-02T11:53:10Z");
    stage.keys("3").keys("tab").keys("end").keys("enter");
    says(
        &stage,
        "/ origin.object:evidence/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/02/",
    );
    // What is missing has no rows; its hour has.
    stage
        .keys("3")
        .keys("esc")
        .keys("e")
        .keys("e")
        .keys("tab")
        .keys("tab")
        .keys("down")
        .keys("down");
    stage.keys("enter");
    says(&stage, "2026-03-03 17:53:10 to 18:53:10: log missing");
}

#[test]
fn errors_are_told_once_and_the_report_is_saved_by_a_name_that_is_offered() {
    let mut stage = Stage::demo((120, 36));
    stage.update(news(report()));
    says(&stage, "integrity: invalid: 5 errors, 2 warnings; 3 shows them");
    stage.keys("down");
    stage.update(news(report()));
    assert!(!stage.text().contains("shows them"), "{}", stage.text());
    stage.keys("3").keys("w");
    says(&stage, "write the report to (.md, .txt, .json): integrity-case.md");
    stage.keys("ctrl-u").types("report.pdf").keys("enter");
    says(&stage, "the name has to end in .md, .txt or .json");
    stage.keys("ctrl-u").types("report.txt").keys("enter");
    let saves =
        |effect: &Effect| matches!(effect, Effect::SaveReport { path, .. } if path == "report.txt");
    assert!(stage.outside().iter().any(saves));
}

#[test]
fn a_name_that_is_taken_gives_way_to_a_free_one_unless_something_was_typed() {
    let mut stage = stage((120, 36));
    let free = |free: &str| {
        let proposed = "integrity-case.md".to_owned();
        Message::Free { proposed, free: free.to_owned() }
    };
    stage.keys("w");
    let asks =
        |effect: &Effect| matches!(effect, Effect::Propose(name) if name == "integrity-case.md");
    assert!(stage.outside().iter().any(asks));
    stage.update(free("integrity-case-2.md"));
    says(&stage, "(.md, .txt, .json): integrity-case-2.md");
    stage.keys("esc").keys("w").types("x");
    stage.update(free("integrity-case-2.md"));
    says(&stage, "(.md, .txt, .json): integrity-case.mdx");
}

/// What is said of keys that were taken in holds until the verdict with them is there.
#[test]
fn a_verification_that_was_ordered_is_answered() {
    let mut stage = stage((120, 36));
    let said = "1 public key kept in the workspace; verifying again";
    let ordered = || Message::Verifying(Tone::Good, said.to_owned());
    stage.update(ordered());
    let running = JobStage::Running { objects: 1, bytes: 2 };
    let again = Verified { stage: running, ..Verified::of(Arc::new(report())) };
    stage.update(Message::Verified(Arc::new(again)));
    says(&stage, said);
    stage.update(news(report()));
    says(&stage, "integrity: invalid: 5 errors, 2 warnings");
    assert!(!stage.text().contains(said), "{}", stage.text());

    stage.update(ordered());
    stage.update(Message::Verified(Arc::default()));
    says(&stage, "nothing to verify: no digest is among the evidence");
    stage.update(ordered());
    stage.update(Message::Told(Tone::Info, "something else".to_owned()));
    stage.update(news(report()));
    says(&stage, "something else");
}

/// Another report leaves the cursor where a person put it.
#[test]
fn the_cursor_stays_with_its_hour() {
    let mut stage = stage((120, 36));
    stage.keys("down").keys("home").keys("right");
    let title = "2026-03-02 01:53:10 to 02:53:10: verified; trail org-main, account 111122223333, eu-west-1";
    says(&stage, title);
    let mut less = report();
    less.findings.clear();
    stage.update(news(less));
    says(&stage, title);
}

/// The record under the timeline's cursor is not on the screen.
#[test]
fn a_note_is_about_the_case_where_no_record_is_seen() {
    let mut stage = stage((120, 36));
    stage.keys("n");
    says(&stage, "note on the case");
}

#[test]
fn a_mark_tells_the_standing_of_its_object() {
    let key: &[u8] = b"111122223333_CloudTrail_eu-central-1_20260302T1225Z_aBcDeFgHiJkLmNoP.json";
    let log = br#"{"Records":[{"eventTime":"2026-03-02T12:20:00Z","eventName":"GetUser",
        "eventSource":"iam.amazonaws.com","eventID":"1","eventVersion":"1.08"}]}"#;
    let (_kept, folder) = crate::stage::folder(&[(key, log)]);
    let path = folder.join(std::str::from_utf8(key).unwrap());
    let path = path.to_str().unwrap();
    for (sha256, told) in [
        (Some(Sha256::digest(log).into()), "standing not_covered: no_digests"),
        (Some([0; 32]), "standing: of another object"),
    ] {
        let mut examiner = Examiner::default();
        assert!(examiner.begin(path));
        examiner.feed(log);
        let seen = examiner.finish(path).unwrap();
        let (key_at, outer_end) = (0, path.len() as u32);
        let objects = vec![Object { path: path.into(), key_at, outer_end, sha256, seen }];
        let (objects, keys) = (Objects::new(objects), Keys::default());
        let report = judge(&Question {
            objects: &objects,
            past: &[],
            keys: &keys,
            since: None,
            until: None,
        });
        let mut stage = Stage::of(folder.to_str().unwrap(), (120, 36));
        stage.update(news(report));
        stage.keys("m").keys("4").keys("tab");
        says(&stage, told);
    }
}
