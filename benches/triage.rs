//! A decision with 10,000 alarms in the queue: from the key until the journal has it on its disk, the
//! queue is in order anew and the picture is made.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

#[allow(dead_code, reason = "a stage loads for itself")]
mod evidence;
#[path = "../tests/screens/picture.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod picture;
#[path = "../tests/screens/stage.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod stage;

use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;
use stage::Stage;
use trailcase::event::Timestamp;
use trailcase::ui::terminal::{Depth, Glyphs};

/// Keys by turns, so that each does something however often.
const KEYS: &[(&str, &[&str])] = &[
    ("acknowledge, undo", &["a", "u"]),
    ("next, previous", &["down", "up"]),
    ("done ones too", &["d"]),
];

/// As many users who stop a trail: an alarm for each.
fn stopped(users: u64) -> Vec<u8> {
    let record = |user: u64| {
        json!({
            "eventVersion": "1.09",
            "userIdentity": {
                "type": "IAMUser",
                "arn": format!("arn:aws:iam::111122223333:user/u{user}"),
                "accountId": "111122223333",
                "userName": format!("u{user}"),
            },
            "eventTime": Timestamp(user as i64 * Timestamp::MINUTE).to_rfc3339(0),
            "eventSource": "cloudtrail.amazonaws.com",
            "eventName": "StopLogging",
            "awsRegion": "eu-west-1",
            "sourceIPAddress": "198.51.100.7",
            "requestParameters": {"name": format!("trail-{}", user % 100)},
            "responseElements": null,
            "eventID": format!("{user:08x}-0000-4000-8000-000000000000"),
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "readOnly": false,
            "recipientAccountId": "111122223333",
        })
    };
    let records: Vec<_> = (0..users).map(record).collect();
    serde_json::to_vec(&json!({ "Records": records })).unwrap()
}

fn decisions(c: &mut Criterion) {
    let users = evidence::size(10_000, 50);
    let bytes = stopped(users);
    let (_folder, path) = stage::folder(&[(b"trail.json", &bytes)]);
    let start = || {
        let size = (200, 50);
        let mut stage =
            Stage::new(path.to_str().unwrap(), size, "dark", Depth::Indexed, Glyphs::Unicode);
        stage.keys("2");
        let alarms = stage.app.model.alarms.queue.len() as u64;
        assert!(alarms >= users, "{alarms} alarms of {users} users");
        stage
    };
    let mut group = c.benchmark_group("10,000 alarms");
    group.sample_size(20);
    for (name, keys) in KEYS {
        let mut stage = start();
        let area = stage.app.model.look.area;
        let mut terminal = Terminal::new(TestBackend::new(area.width, area.height)).unwrap();
        let mut turn = keys.iter().cycle();
        group.bench_function(*name, |b| {
            b.iter(|| {
                stage.keys(turn.next().unwrap());
                terminal.draw(|frame| stage.app.draw(frame.buffer_mut())).unwrap();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
