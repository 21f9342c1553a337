//! CloudWatch Logs with a live tail that leaves events out, where no server of others does that.
//!
//! Framing: "Amazon Event Stream Specification" of Smithy; the members are those of the "Amazon
//! CloudWatch Logs API Reference".

use super::fake::{header, request};
use serde_json::{Value, json};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use trailcase::event::Timestamp;

/// One group, and what is asked of it.
#[derive(Default)]
pub(crate) struct Tail {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Operation and input.
    asked: Vec<(String, Value)>,
    events: Vec<Value>,
    /// Updates of the session that were not sent so far.
    updates: Vec<Value>,
}

const ARN: &str = "arn:aws:logs:us-east-1:999988887777:log-group:audit";

impl Tail {
    /// The service, and where it is.
    pub(crate) fn start() -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let tail = Arc::new(Self::default());
        let service = Arc::clone(&tail);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let service = Arc::clone(&service);
                std::thread::spawn(move || service.serve(client.unwrap()));
            }
        });
        (tail, endpoint)
    }

    /// Inputs of this operation so far.
    pub(crate) fn asked(&self, operation: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        let of_it = state.asked.iter().filter(|(asked, _)| asked == operation);
        of_it.map(|(_, input)| input.clone()).collect()
    }

    /// Waits until an operation was asked.
    pub(crate) fn wait_for(&self, operation: &str) {
        let state = self.state.lock().unwrap();
        let is_open =
            |state: &mut State| !state.asked.iter().any(|(asked, _)| asked.as_str() == operation);
        let waited = self.changed.wait_timeout_while(state, Duration::from_mins(1), is_open);
        assert!(!waited.unwrap().1.timed_out(), "{operation} is not asked");
    }

    /// Events come in at this time: their texts, and whether the session leaves them out. Nothing
    /// but its metadata says so.
    pub(crate) fn tell(&self, at: i64, events: &[(&str, bool)]) {
        let event = |text: &str| json!({"logStreamName": "a", "timestamp": at, "message": text, "ingestionTime": at});
        let mut state = self.state.lock().unwrap();
        let shown: Vec<Value> =
            events.iter().filter(|(_, is_left)| !is_left).map(|(text, _)| event(text)).collect();
        for (text, _) in events {
            let mut event = event(text);
            event["eventId"] = json!(state.events.len().to_string());
            state.events.push(event);
        }
        let is_sampled = shown.len() < events.len();
        let update = json!({"sessionMetadata": {"sampled": is_sampled}, "sessionResults": shown});
        state.updates.push(update);
        self.changed.notify_all();
    }

    fn serve(&self, mut client: TcpStream) {
        let Some((head, body)) = request(&mut client) else { return };
        let target = header(&head, "x-amz-target").unwrap_or_default();
        let Some(operation) = target.strip_prefix("Logs_20140328.") else { return };
        let input: Value = serde_json::from_slice(&body).unwrap();
        let events = {
            let mut state = self.state.lock().unwrap();
            state.asked.push((operation.to_owned(), input.clone()));
            state.events.clone()
        };
        self.changed.notify_all();
        let answer = match operation {
            "DescribeLogGroups" => json!({"logGroups": [{
                "logGroupName": "audit", "logGroupArn": ARN, "storedBytes": 0,
                "creationTime": Timestamp::now().0 / 1_000_000,
            }]}),
            "FilterLogEvents" => {
                let at = |event: &Value| event["timestamp"].as_i64().unwrap();
                let from = input["startTime"].as_i64().unwrap();
                let until = input["endTime"].as_i64().unwrap();
                let wanted = |event: &&Value| (from..=until).contains(&at(event));
                json!({"events": events.iter().filter(wanted).collect::<Vec<_>>()})
            }
            "StartLiveTail" => {
                // It ends when nobody listens any more.
                let _ = self.stream(&mut client);
                return;
            }
            _ => panic!("{operation}"),
        };
        let answer = answer.to_string();
        let length = answer.len();
        let _ = write!(
            client,
            "HTTP/1.1 200 X\r\ncontent-type: application/x-amz-json-1.1\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{answer}"
        );
    }

    /// Sends what a session gives, once a second if it is nothing.
    fn stream(&self, client: &mut TcpStream) -> std::io::Result<()> {
        client.write_all(
            b"HTTP/1.1 200 X\r\ncontent-type: application/vnd.amazon.eventstream\r\n\
              connection: close\r\n\r\n",
        )?;
        client.write_all(&frame("sessionStart", &json!({"sessionId": "1"})))?;
        let nothing = json!({"sessionMetadata": {"sampled": false}, "sessionResults": []});
        loop {
            let updates = {
                let state = self.state.lock().unwrap();
                let beat = Duration::from_secs(1);
                let is_quiet = |state: &mut State| state.updates.is_empty();
                let waited = self.changed.wait_timeout_while(state, beat, is_quiet);
                std::mem::take(&mut waited.unwrap().0.updates)
            };
            for update in if updates.is_empty() { vec![nothing.clone()] } else { updates } {
                client.write_all(&frame("sessionUpdate", &update))?;
            }
        }
    }
}

/// A message: lengths and their checksum, headers, payload, the checksum of all.
fn frame(event: &str, payload: &Value) -> Vec<u8> {
    /// The kind of a header's value that is a text.
    const TEXT: u8 = 7;
    let mut headers = Vec::new();
    for (name, value) in
        [(":message-type", "event"), (":event-type", event), (":content-type", "application/json")]
    {
        headers.push(u8::try_from(name.len()).unwrap());
        headers.extend(name.as_bytes());
        headers.push(TEXT);
        headers.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let payload = payload.to_string();
    // Both lengths and both checksums are four bytes each.
    let length = 16 + headers.len() + payload.len();
    let mut frame = Vec::with_capacity(length);
    frame.extend(u32::try_from(length).unwrap().to_be_bytes());
    frame.extend(u32::try_from(headers.len()).unwrap().to_be_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(payload.as_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}
