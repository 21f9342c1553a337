//! `moto_server`, or `ministack`, on a free port of this host, and a client to put things there.

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    runtime: Runtime,
    client: Client,
    logs: aws_sdk_cloudwatchlogs::Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

/// The server program of this name, or that the variable names, if this host has it.
fn program(name: &str, variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|it| it.is_file())
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI has to have {name}");
        println!("LEFT OUT: there is no {name}; the README says what brings it");
    }
    found
}

impl Server {
    /// `None` where there is no server program; the test is left out then.
    pub(crate) fn start() -> Option<Self> {
        let mut moto = Command::new(program("moto_server", "TRAILCASE_MOTO")?);
        let port = free_port();
        moto.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        Some(Self::of(moto, port))
    }

    /// The other one.
    pub(crate) fn start_ministack() -> Option<Self> {
        let mut ministack = Command::new(program("ministack", "TRAILCASE_MINISTACK")?);
        let port = free_port();
        ministack.envs([("BIND_HOST", "127.0.0.1"), ("GATEWAY_PORT", &port.to_string())]);
        Some(Self::of(ministack, port))
    }

    /// Those of them that there are.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        [Self::start, Self::start_ministack].into_iter().filter_map(|start| start())
    }

    fn of(mut command: Command, port: u16) -> Self {
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = quiet.spawn().unwrap();
        let until = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "the server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        let runtime = Runtime::new().unwrap();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .endpoint_url(format!("http://127.0.0.1:{port}"))
            .force_path_style(true)
            .build();
        let logs = aws_sdk_cloudwatchlogs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .endpoint_url(format!("http://127.0.0.1:{port}"))
            .build();
        let (client, logs) =
            (Client::from_conf(config), aws_sdk_cloudwatchlogs::Client::from_conf(logs));
        Self { child, port, runtime, client, logs }
    }

    /// Asks it something that only one test does.
    pub(crate) fn ask<T, E: std::fmt::Debug, F: Future<Output = Result<T, E>>>(
        &self,
        ask: impl FnOnce(Client) -> F,
    ) -> T {
        self.runtime.block_on(ask(self.client.clone())).unwrap()
    }

    /// A bucket that keeps what is deleted or overwritten.
    pub(crate) fn versioned_bucket(&self, name: &str) {
        self.bucket(name);
        let status = BucketVersioningStatus::Enabled;
        let versioning = VersioningConfiguration::builder().status(status).build();
        self.ask(|client| {
            let put = client.put_bucket_versioning().bucket(name);
            put.versioning_configuration(versioning).send()
        });
    }

    pub(crate) fn delete(&self, bucket: &str, key: &str) {
        self.ask(|client| client.delete_object().bucket(bucket).key(key).send());
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn bucket(&self, name: &str) {
        self.runtime.block_on(self.client.create_bucket().bucket(name).send()).unwrap();
    }

    pub(crate) fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        self.put_with(bucket, key, bytes, HashMap::new());
    }

    pub(crate) fn put_with(
        &self,
        bucket: &str,
        key: &str,
        bytes: &[u8],
        metadata: HashMap<String, String>,
    ) {
        let body = ByteStream::from(bytes.to_vec());
        let put = self.client.put_object().bucket(bucket).key(key).body(body);
        self.runtime.block_on(put.set_metadata(Some(metadata)).send()).unwrap();
    }

    /// Puts many at a time.
    pub(crate) fn put_all(&self, bucket: &str, objects: impl Iterator<Item = (String, Vec<u8>)>) {
        let objects: Vec<_> = objects.collect();
        for some in objects.chunks(100) {
            let put = |(key, bytes): &(String, Vec<u8>)| {
                let body = ByteStream::from(bytes.clone());
                let put = self.client.put_object().bucket(bucket).key(key).body(body);
                self.runtime.spawn(put.send())
            };
            let puts: Vec<_> = some.iter().map(put).collect();
            for put in puts {
                self.runtime.block_on(put).unwrap().unwrap();
            }
        }
    }

    pub(crate) fn group(&self, name: &str) {
        self.runtime.block_on(self.logs.create_log_group().log_group_name(name).send()).unwrap();
    }

    /// For so many days a group's events are kept.
    pub(crate) fn keep(&self, group: &str, days: i32) {
        let keep = self.logs.put_retention_policy().log_group_name(group).retention_in_days(days);
        self.runtime.block_on(keep.send()).unwrap();
    }

    /// Puts events into a stream that is new: their times, in milliseconds since 1970, and texts.
    pub(crate) fn tell(&self, group: &str, stream: &str, events: &[(i64, String)]) {
        let new = self.logs.create_log_stream().log_group_name(group).log_stream_name(stream);
        self.runtime.block_on(new.send()).unwrap();
        let event = |(at, text): &(i64, String)| {
            InputLogEvent::builder().timestamp(*at).message(text).build().unwrap()
        };
        for some in events.chunks(5_000) {
            let put = self.logs.put_log_events().log_group_name(group).log_stream_name(stream);
            let put = put.set_log_events(Some(some.iter().map(event).collect()));
            self.runtime.block_on(put.send()).unwrap();
        }
    }

    /// Puts everything below a folder, with its metadata if `metadata` has it.
    pub(crate) fn put_folder(&self, bucket: &str, folder: &Path, metadata: Option<&Path>) -> usize {
        let mut count = 0;
        for path in files(folder) {
            let key = path.strip_prefix(folder).unwrap().to_str().unwrap();
            let about = metadata.map(|folder| folder.join(format!("{key}.meta.json")));
            let about = about.and_then(|path| std::fs::read(path).ok()).map(|bytes| {
                let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                serde_json::from_value(json["Metadata"].clone()).unwrap()
            });
            let bytes = std::fs::read(&path).unwrap();
            self.put_with(bucket, key, &bytes, about.unwrap_or_default());
            count += 1;
        }
        count
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
