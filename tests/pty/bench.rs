//! A home with evidence in it, in which the program is started again and again.

use crate::session::{Session, Size};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use tempfile::TempDir;

/// Columns and rows of most journeys.
pub(crate) const SIZE: Size = (100, 30);

/// What stands on the screen once everything is read.
pub(crate) const LOADED: &str = "loaded; 0 records unparsed, 0 of 2 objects not read whole";

pub(crate) struct Bench {
    pub(crate) home: Rc<TempDir>,
}

impl Bench {
    /// Two files in the folder `evidence`: one call each minute in the first, one each minute of
    /// the next hour in the second.
    pub(crate) fn new() -> Self {
        let bench = Self { home: Rc::new(tempfile::tempdir().unwrap()) };
        fs::create_dir(bench.path("evidence")).unwrap();
        bench.write("evidence/first.json", &trail(10, "CreateUser"));
        bench.write("evidence/second.json", &trail(11, "GetObject"));
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// A file of the workspace `case`.
    pub(crate) fn in_case(name: &str) -> String {
        format!("data/trailcase/workspaces/case/{name}")
    }

    pub(crate) fn start(&self, args: &[&str], environment: &[(&str, &str)]) -> Session {
        self.sized(args, environment, SIZE)
    }

    pub(crate) fn sized(&self, args: &[&str], environment: &[(&str, &str)], size: Size) -> Session {
        Session::at(&self.home, env!("CARGO_BIN_EXE_trailcase"), args, environment, size)
    }

    /// Below a shell that runs `script` with the program's path as `$0`.
    pub(crate) fn shell(&self, script: &str, environment: &[(&str, &str)]) -> Session {
        let program = env!("CARGO_BIN_EXE_trailcase");
        Session::at(&self.home, "/bin/sh", &["-c", script, program], environment, SIZE)
    }

    /// The evidence in the workspace `case`, everything read.
    pub(crate) fn open(&self) -> Session {
        let mut session = self.start(&["open", "evidence", "-w", "case"], &[]);
        session.wait_for(LOADED);
        session.wait_for("row 1 of 120");
        session
    }

    /// The workspace `case` once more.
    pub(crate) fn again(&self) -> Session {
        self.start(&["open", "-w", "case"], &[])
    }
}

/// A CloudTrail file: sixty calls in one hour of a made-up day.
pub(crate) fn trail(hour: u32, event: &str) -> String {
    let record = |minute: u32| {
        json!({
            "eventVersion": "1.08",
            "userIdentity": {
                "type": "IAMUser", "accountId": "111122223333", "userName": "maria",
                "arn": "arn:aws:iam::111122223333:user/maria",
            },
            "eventTime": format!("2026-03-04T{hour:02}:{minute:02}:00Z"),
            "eventSource": "iam.amazonaws.com",
            "eventName": format!("{event}{minute:02}"),
            "awsRegion": "eu-central-1",
            "sourceIPAddress": "203.0.113.77",
            "userAgent": "agent\u{1b}]0;owned\u{7}",
            "requestParameters": { "path": format!("/p{minute}") },
            "eventID": format!("00000000-0000-4000-8000-0000000{hour}{minute:03}"),
            "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
        })
    };
    let records: Vec<_> = (0..60).map(record).collect();
    json!({ "Records": records }).to_string()
}
