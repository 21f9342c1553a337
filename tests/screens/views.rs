//! What each view shows of the demo, at the three sizes and in the themes.

use crate::picture::styled;
use crate::stage::{Stage, demo_evidence};
use trailcase::ui::terminal::{Depth, Glyphs};

pub(crate) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

pub(crate) fn snapshot(name: &str, stage: &Stage) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, styled(&stage.buffer()));
    });
}

/// The view after these steps, at each size.
fn at_each_size(name: &str, go: impl Fn(&mut Stage)) {
    for size in SIZES {
        let mut stage = Stage::demo(size);
        go(&mut stage);
        snapshot(&format!("{name}_{}x{}", size.0, size.1), &stage);
    }
}

#[test]
fn timeline() {
    at_each_size("timeline", |_| {});
}

#[test]
fn timeline_in_other_themes() {
    for (theme, depth, glyphs) in [
        ("light", Depth::Truecolor, Glyphs::Unicode),
        ("mono", Depth::Mono, Glyphs::Unicode),
        ("mono", Depth::Mono, Glyphs::Ascii),
        ("high-contrast", Depth::Indexed, Glyphs::Unicode),
        ("dark", Depth::Sixteen, Glyphs::Unicode),
    ] {
        let stage = Stage::new(demo_evidence(), (120, 36), theme, depth, glyphs);
        snapshot(&format!("timeline_{theme}_{depth:?}_{glyphs:?}").to_lowercase(), &stage);
    }
}

#[test]
fn detail() {
    at_each_size("detail", |stage| {
        stage.keys("e").keys("enter").keys("down").keys("down");
    });
}

#[test]
fn filter_line_with_completion() {
    at_each_size("completion", |stage| {
        stage.keys("/").types("outcome:denied ev").keys("down");
    });
}

#[test]
fn completion_with_values() {
    at_each_size("completion_values", |stage| {
        stage.keys("/").types("outcome:d");
    });
}

#[test]
fn wrong_filter() {
    at_each_size("wrong_filter", |stage| {
        stage.keys("/").types("outcome:denied evnt:Get*").keys("enter");
    });
}

#[test]
fn values() {
    at_each_size("values", |stage| {
        stage.keys("v");
    });
}

#[test]
fn around() {
    at_each_size("around", |stage| {
        stage.keys("e").keys("a");
    });
}

#[test]
fn palette() {
    at_each_size("palette", |stage| {
        stage.keys(":").types("zoom");
    });
}

#[test]
fn help() {
    at_each_size("help", |stage| {
        stage.keys("?");
    });
}

/// Before all others, and by what they do there.
#[test]
fn help_begins_with_the_keys_of_the_view() {
    for (view, keys) in
        [("3", ["A ", "public keys"]), ("4", ["f ", "edit"]), ("5", ["D ", "remove"])]
    {
        let mut stage = Stage::demo((80, 24));
        stage.keys(view).keys("?");
        let text = stage.text();
        let first = text.split("program").next().unwrap();
        assert!(first.contains("in this view"), "{text}");
        let line = first.lines().find(|line| line.contains(keys[1]));
        assert!(line.is_some_and(|line| line.contains(keys[0])), "{text}");
    }
}

#[test]
fn sources() {
    at_each_size("sources", |stage| {
        stage.keys("5");
    });
}

/// A log whose times name no zone, and the line in which its source is said to be in another.
#[test]
fn zone() {
    at_each_size("zone", |stage| {
        stage.keys("/").types("format:syslog").keys("enter").keys("5");
        go_to_syslog(stage);
        stage.keys("Z").types("+02:00");
    });
    let mut stage = Stage::demo((120, 36));
    stage.keys("/").types("format:syslog").keys("enter");
    assert!(stage.text().contains("UTC (assumed)"), "{}", stage.text());
    let before = stage.app().model.row_time().unwrap();
    stage.keys("5");
    go_to_syslog(&mut stage);
    stage.keys("Z").types("Europe/Berlin").keys("enter");
    assert!(stage.text().contains("give an offset such as +02:00"), "{}", stage.text());
    stage.keys("ctrl-u").types("+02:00").keys("enter");
    assert!(stage.text().contains("read as +02:00 (assumed)"), "{}", stage.text());
    stage.keys("1").keys("home");
    let after = stage.app().model.row_time().unwrap();
    assert_eq!(before - after, 2 * 3600 * 1_000_000_000);
    snapshot("zoned_120x36", &stage);
}

/// Puts the cursor on a log whose times name no zone.
fn go_to_syslog(stage: &mut Stage) {
    stage.keys("end");
    for _ in 0..500 {
        let text = stage.text();
        if text
            .lines()
            .any(|line| line.contains('▶') && line.contains(".log") && line.contains("syslog"))
        {
            return;
        }
        stage.keys("up");
    }
    panic!("no syslog: {}", stage.text());
}

#[test]
fn case() {
    at_each_size("case", |stage| {
        stage.keys("n").types("who is this?").keys("enter");
        stage.keys("down").keys("m").keys("T").types("suspicious").keys("enter");
        stage.keys("4").keys("n").types("the whole case").keys("enter");
    });
}

#[test]
fn nothing_matches() {
    at_each_size("nothing", |stage| {
        stage.keys("/").types("event:NoSuchEvent").keys("enter");
    });
}

#[test]
fn too_small() {
    for size in [(59, 24), (20, 5)] {
        snapshot(&format!("too_small_{}x{}", size.0, size.1), &Stage::demo(size));
    }
}

/// Arrival has no say: the same evidence is the same screen.
#[test]
fn twice_is_the_same() {
    let first = Stage::demo((120, 36));
    for _ in 0..3 {
        assert_eq!(styled(&Stage::demo((120, 36)).buffer()), styled(&first.buffer()));
    }
}

/// The record's own bytes, whole, however narrow the pane is.
#[test]
fn bytes_of_the_record() {
    at_each_size("bytes", |stage| {
        stage.keys("/").types("format:cloudtrail").keys("enter").keys("enter").keys("r");
    });
}
