//! Running the program, and evidence to run it over.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with evidence, and a home folder beside it.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("evidence")).unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        Self { folder }
    }

    /// A bench whose evidence is one CloudTrail file of three events.
    pub(crate) fn with_trail() -> Self {
        let bench = Self::new();
        bench.write("trail.json", &trail(&three()));
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of evidence, as an argument.
    pub(crate) fn evidence(&self) -> String {
        self.path("evidence").display().to_string()
    }

    /// Writes a file of evidence; gives its path as an argument.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path("evidence").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailcase"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.path("home")).env("LANG", "C.UTF-8").env("TERM", "xterm");
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().unwrap())
    }

    /// `query` over all of the evidence.
    pub(crate) fn query(&self, arguments: &[&str]) -> Said {
        let evidence = self.evidence();
        let mut all = vec!["query", &evidence];
        all.extend(arguments);
        self.run(&all)
    }

    /// The ledger of all of the evidence, and the exit code.
    pub(crate) fn coverage(&self, arguments: &[&str]) -> (Value, i32) {
        let evidence = self.evidence();
        let mut all = vec!["coverage", &evidence, "--format", "json"];
        all.extend(arguments);
        let said = self.run(&all);
        (serde_json::from_str(&said.out).unwrap(), said.code)
    }

    /// Feeds standard input.
    pub(crate) fn pipe(&self, arguments: &[&str], bytes: &[u8]) -> Said {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        said(child.wait_with_output().unwrap())
    }
}

impl Said {
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    /// The output's lines as JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub(crate) fn said(output: Output) -> Said {
    let code = output.status.code().expect("it was not killed");
    let text = |bytes| String::from_utf8(bytes).expect("all that is said is UTF-8");
    Said { code, out: text(output.stdout), err: text(output.stderr) }
}

/// A CloudTrail record.
pub(crate) fn record(id: u32, time: &str, name: &str) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/alice",
            "accountId": "111122223333",
            "userName": "alice",
        },
        "eventTime": time,
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2",
        "requestParameters": {"deep": {"er": format!("value-{id}")}},
        "responseElements": null,
        "eventID": format!("00000000-0000-4000-8000-{id:012}"),
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    })
}

/// Three records, not in the order of their times; the second was denied.
pub(crate) fn three() -> Vec<Value> {
    let mut denied = record(2, "2026-03-04T10:00:00Z", "GetUser");
    denied["errorCode"] = "AccessDenied".into();
    vec![
        record(1, "2026-03-04T11:00:00Z", "CreateUser"),
        denied,
        record(3, "2026-03-05T09:30:00Z", "GetUser"),
    ]
}

/// A CloudTrail file, as delivered.
pub(crate) fn trail(records: &[Value]) -> Vec<u8> {
    json!({ "Records": records }).to_string().into_bytes()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The bytes of a file of evidence.
pub(crate) fn read(path: impl AsRef<Path>) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, *content).unwrap();
    }
    tar.into_inner().unwrap()
}
