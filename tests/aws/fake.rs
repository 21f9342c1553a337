//! A service that is asked in JSON, where no server of others has it: it looks at what is asked and
//! whether that is signed, and answers what a test wants.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Such as `ListPublicKeys`.
    pub(crate) operation: String,
    /// What the signature is for: access key, Region and service.
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) input: Value,
}

/// What stands before the names of operations: of CloudTrail, and of CloudWatch Logs.
const SERVICES: [&str; 2] =
    ["com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "Logs_20140328"];

/// Status and body.
pub(crate) type Answer = (u16, Value);

pub(crate) struct Fake {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// `answer` is told how many requests like this one came before.
    pub(crate) fn start(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (seen, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || serve(client.unwrap(), &seen, &*answer));
            }
        });
        Self { endpoint, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    mut client: TcpStream,
    seen: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked, usize) -> Answer,
) {
    let Some((head, body)) = request(&mut client) else { return };
    let (status, body) = match understood(&head, &body) {
        // Who the person is, is asked of another service.
        None if head.starts_with("POST / ") && body.starts_with(b"Action=GetCallerIdentity") => {
            (501, String::new())
        }
        None => (400, "{\"__type\":\"MissingAuthenticationTokenException\"}".to_owned()),
        Some(asked) => {
            let before = {
                let mut seen = seen.lock().unwrap();
                let like = |other: &&Asked| {
                    (&other.operation, &other.region, &other.input)
                        == (&asked.operation, &asked.region, &asked.input)
                };
                let before = seen.iter().filter(like).count();
                seen.push(asked.clone());
                before
            };
            let (status, body) = answer(&asked, before);
            (status, body.to_string())
        }
    };
    let length = body.len();
    let _ = write!(
        client,
        "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

/// Head and body of a request.
pub(crate) fn request(client: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    client.read_exact(&mut body).ok()?;
    Some((head, body))
}

pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

/// What a request asks, if it is one of the protocol and signed.
fn understood(head: &str, body: &[u8]) -> Option<Asked> {
    if !head.starts_with("POST / HTTP/1.1\r\n")
        || header(head, "content-type") != Some("application/x-amz-json-1.1")
    {
        return None;
    }
    let target = header(head, "x-amz-target")?;
    let (prefix, operation) = target.rsplit_once('.')?;
    if !SERVICES.contains(&prefix) {
        return None;
    }
    let signed = header(head, "authorization")?.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
    let (scope, rest) = signed.split_once(", SignedHeaders=")?;
    let (headers, signature) = rest.split_once(", Signature=")?;
    let date = header(head, "x-amz-date")?;
    let is_whole = ["host", "x-amz-date", "x-amz-target"]
        .iter()
        .all(|name| headers.split(';').any(|header| header == *name));
    if !is_whole || signature.len() != 64 {
        return None;
    }
    let parts: Vec<&str> = scope.split('/').collect();
    let [key, day, region, service, "aws4_request"] = parts.as_slice() else { return None };
    (date.starts_with(day)).then(|| Asked {
        operation: operation.to_owned(),
        key: (*key).to_owned(),
        region: (*region).to_owned(),
        service: (*service).to_owned(),
        input: serde_json::from_slice(body).unwrap(),
    })
}
