//! `moto_server` on a free port of this host, and a client to put things there.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
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
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

/// The server program, if this host has it.
fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("TRAILCASE_MOTO") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("moto_server")).find(|it| it.is_file())
}

impl Server {
    /// `None` where there is no server program; the test is left out then.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var_os("CI").is_none(), "CI has to have moto_server");
            println!("LEFT OUT: there is no moto_server; pip install 'moto[server]' brings it");
            return None;
        };
        let port = free_port();
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "moto_server does not listen");
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
        Some(Self { child, port, runtime, client: Client::from_conf(config) })
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

    pub(crate) fn delete(&self, bucket: &str, key: &str) {
        let delete = self.client.delete_object().bucket(bucket).key(key);
        self.runtime.block_on(delete.send()).unwrap();
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
