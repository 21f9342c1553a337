//! Evidence whose every value is hostile: in no view does a cell carry anything but plain text.

use crate::proven::{news, report};
use crate::stage::{Stage, folder};
use ratatui::buffer::Buffer;
use serde_json::json;
use std::sync::Arc;
use trailcase::shown::hostile::STRINGS;
use trailcase::ui::terminal::{Depth, Glyphs, is_plain};
use trailcase::verify::digest::Digest;
use trailcase::verify::{Finding, Scope};

/// A line of JSON for each hostile string, in every field that the screen shows; lines of syslog
/// and bare lines with its bytes.
fn evidence() -> (tempfile::TempDir, String) {
    let mut json = Vec::new();
    let mut text = Vec::new();
    for (number, bytes) in STRINGS.iter().enumerate() {
        let value = String::from_utf8_lossy(bytes).into_owned();
        let line = json!({
            "time": format!("2026-03-04T10:{:02}:{:02}Z", number / 60, number % 60),
            "msg": value, "user": value, "action": value, "src_ip": value, "result": "failure",
            "account": value, "region": value, "host": value, "userAgent": value, "url": value,
            "nested": { &value: [value] }, &value: value,
        });
        json.extend(line.to_string().into_bytes());
        json.push(b'\n');
        text.extend(format!("Mar  4 11:00:{:02} host app[7]: ", number % 60).bytes());
        text.extend(bytes.iter().filter(|&&byte| byte != b'\n' && byte != 0));
        text.push(b'\n');
    }
    let mut files = vec![(b"app.jsonl".to_vec(), json), (b"app.log".to_vec(), text)];
    for (number, bytes) in STRINGS.iter().enumerate() {
        if bytes.contains(&b'/') || bytes.contains(&0) {
            continue;
        }
        let name = [format!("{number}").as_bytes(), *bytes].concat();
        files.push((name, format!("{{\"msg\":\"named {number}\"}}\n").into_bytes()));
    }
    let files: Vec<(&[u8], &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_slice(), bytes.as_slice())).collect();
    let (kept, path) = folder(&files);
    (kept, path.display().to_string())
}

fn assert_plain(buffer: &Buffer, view: &str) {
    for (at, cell) in buffer.content.iter().enumerate() {
        let (x, y) = buffer.pos_of(at);
        let symbol = cell.symbol();
        assert!(
            symbol.chars().all(is_plain) && symbol.len() <= 32 && !symbol.is_empty(),
            "{view}: {symbol:?} at column {x}, row {y}"
        );
    }
}

#[test]
fn no_cell_of_any_view_is_hostile() {
    let (_kept, path) = evidence();
    let steps: [&[&str]; 14] = [
        &["enter"],
        &["r"],
        &["z"],
        &["esc", "esc"],
        &["v"],
        &["esc", "V"],
        &["esc", "a"],
        &["backspace", "f"],
        &["t", "!"],
        &["esc", "o"],
        &["m", "4"],
        &["tab", "tab"],
        &["5"],
        &["1", "?"],
    ];
    for (size, glyphs) in
        [((80, 24), Glyphs::Unicode), ((120, 36), Glyphs::Ascii), ((200, 50), Glyphs::Unicode)]
    {
        let mut stage = Stage::new(&path, size, "dark", Depth::Indexed, glyphs);
        for keys in steps {
            for key in keys {
                stage.keys(key);
                assert_plain(&stage.buffer(), &format!("after {key} of {keys:?}"));
            }
        }
    }
}

/// A digest whose logs have this name, as many as one of the verdict has.
fn naming(name: &str) -> Digest {
    let log = json!({
        "s3Bucket": name, "s3Object": name, "hashValue": name, "hashAlgorithm": name,
    });
    let digest = json!({
        "awsAccountId": name,
        "digestStartTime": "2026-03-02T00:53:10Z",
        "digestEndTime": "2026-03-02T01:53:10Z",
        "digestS3Bucket": name, "digestS3Object": name,
        "digestPublicKeyFingerprint": name, "digestSignatureAlgorithm": name,
        "previousDigestSignature": null,
        "logFiles": [log, log, log],
    });
    Digest::read(digest.to_string().as_bytes()).unwrap()
}

/// A verdict about trails, Regions, objects and reasons of such names.
#[test]
fn no_verdict_is_hostile() {
    let (_kept, path) = evidence();
    let mut hostile = report();
    let (scope, digest) = (hostile.scopes[0].clone(), hostile.digests[10].clone());
    let finding = hostile.findings[0].clone();
    for (number, bytes) in STRINGS.iter().enumerate() {
        let name = String::from_utf8_lossy(bytes).into_owned();
        let (trail, account, region) = (Some(name.clone()), name.clone(), name.clone());
        let organization = Some(name.clone());
        hostile.scopes.push(Scope { trail, account, region, organization, ..scope.clone() });
        let mut digest = digest.clone();
        digest.scope = number + 2;
        (digest.path, digest.key) = (name.clone().into(), name.clone());
        (digest.fingerprint, digest.previous) = (Some(name.clone()), Some(name.clone()));
        digest.bucket = Some(name.clone());
        digest.says = Some(Arc::new(naming(&name)));
        hostile.digests.push(digest);
        let (key, detail) = (Some(name.as_str().into()), name.into());
        hostile.findings.push(Finding { key, detail, ..finding.clone() });
    }
    for (size, glyphs) in
        [((80, 24), Glyphs::Unicode), ((120, 36), Glyphs::Ascii), ((200, 50), Glyphs::Unicode)]
    {
        let mut stage = Stage::new(&path, size, "dark", Depth::Indexed, glyphs);
        stage.update(news(hostile.clone()));
        stage.keys("3").keys("down");
        for _ in STRINGS {
            stage.press("down");
            assert_plain(&stage.buffer(), "the grid");
            stage.press("tab");
            stage.press("z");
            assert_plain(&stage.buffer(), "the hour");
            stage.press("end");
            assert_plain(&stage.buffer(), "its files");
            stage.press("esc");
            stage.press("esc");
        }
        stage.keys("backtab");
        for _ in STRINGS {
            stage.press("down");
            assert_plain(&stage.buffer(), "the findings");
        }
        stage.keys("enter").keys("enter");
        assert_plain(&stage.buffer(), "its rows");
    }
}

/// Each row in turn, with its record beside it, as it is and as bytes.
#[test]
fn no_record_is_hostile() {
    let (_kept, path) = evidence();
    let mut stage = Stage::new(&path, (200, 50), "dark", Depth::Indexed, Glyphs::Unicode);
    let rows = stage.app.model.answer.as_ref().unwrap().selection.len();
    assert!(rows >= 3 * STRINGS.len() - 10, "{rows} rows {}", {
        stage.keys("5");
        stage.text()
    });
    stage.keys("g g");
    for row in 0..rows {
        assert_plain(&stage.buffer(), &format!("row {row}"));
        stage.keys("down");
    }
    stage.keys("enter").keys("r").keys("esc").keys("g g");
    for row in 0..rows {
        assert_plain(&stage.buffer(), &format!("bytes of row {row}"));
        stage.keys("down");
    }
}

/// What is typed and pasted is drawn no differently.
#[test]
fn no_typed_text_is_hostile() {
    let (_kept, path) = evidence();
    let mut stage = Stage::new(&path, (80, 24), "dark", Depth::Indexed, Glyphs::Unicode);
    for bytes in STRINGS {
        let text = String::from_utf8_lossy(bytes);
        for opens in ["/", "n", ":", "T", "w", "g t"] {
            stage.keys(opens).types(&text);
            assert_plain(&stage.buffer(), &format!("{text:?} after {opens}"));
            stage.keys("ctrl-g");
        }
    }
}

/// Wherever a record's bytes stand, they are spelled out once.
#[test]
fn bytes_of_a_record_are_spelled_once() {
    let line = b"Mar  4 11:00:00 host app[7]: a\x1b[2J\xff end\n";
    let (_kept, path) = folder(&[(b"app.log", line)]);
    let path = path.display().to_string();
    let mut stage = Stage::new(&path, (120, 36), "dark", Depth::Indexed, Glyphs::Unicode);
    for keys in [&["enter", "r"][..], &["m", "4", "tab"]] {
        for key in keys {
            stage.keys(key);
        }
        assert!(stage.text().contains("app[7]: a\u{241b}[2J\\xff end"), "{}", stage.text());
    }
}

/// A record that is not decoded for its length does not fill the memory either.
#[test]
fn a_record_that_is_too_long_is_shown_by_its_head() {
    let long = format!("{{\"time\":\"2026-03-04T10:00:09Z\",\"a\":\"{}\"}}\n", "x".repeat(9 << 20));
    let (_kept, path) = folder(&[(b"long.jsonl", long.as_bytes())]);
    let path = path.display().to_string();
    let mut stage = Stage::new(&path, (120, 36), "dark", Depth::Indexed, Glyphs::Unicode);
    stage.keys("enter").keys("r");
    assert!(stage.text().contains("1,048,576 bytes of 9,437,2"), "{}", stage.text());
}

/// Records of one envelope that stands in another are shown one by one.
#[test]
fn a_record_of_many_in_an_envelope_is_shown_itself() {
    let message = r#"{\"Records\":[{\"time\":\"2026-03-04T10:00:00Z\",\"a\":\"one\"},{\"time\":\"2026-03-04T10:00:01Z\",\"a\":\"two\"}]}"#;
    let text = format!(r#"{{"TopicArn":"t","Message":"{message}"}}"#);
    let (_kept, path) = folder(&[(b"sns.json", text.as_bytes())]);
    let path = path.display().to_string();
    let mut stage = Stage::new(&path, (120, 36), "dark", Depth::Indexed, Glyphs::Unicode);
    stage.keys("enter");
    let screen = stage.text();
    assert!(screen.contains("a one") && !screen.contains("a two"), "{screen}");
    assert!(!screen.contains("TopicArn"), "{screen}");
    stage.keys("r");
    assert!(stage.text().contains("TopicArn"), "{}", stage.text());
}
