//! What networks and busy services do to a request on its way: a proxy before the server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to a request.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    Pass,
    /// The answer ends after so many bytes.
    Cut(usize),
    /// This answer instead of the server's: status and body.
    Say(u16, &'static str),
    /// The answer with its last byte changed.
    Damage,
    /// No answer at all.
    Silent,
}

pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    /// First lines, and what stands below them.
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Proxy {
    /// `fate` is told what each request is [`called`] and how many like it came before.
    pub(crate) fn start(
        server: u16,
        fate: impl Fn(&str, usize) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, fate) = (Arc::clone(&asked), Arc::new(fate));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (seen, fate) = (Arc::clone(&seen), Arc::clone(&fate));
                std::thread::spawn(move || {
                    let _ = serve(client.unwrap(), server, &seen, &*fate);
                });
            }
        });
        Self { endpoint, asked }
    }

    /// How many of the requests so far are called something that contains this.
    pub(crate) fn asked(&self, what: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|(line, _)| line.contains(what)).count()
    }

    /// The same of those that have this header.
    pub(crate) fn asked_with(&self, what: &str, header: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        let has = |text: &str| text.lines().any(|line| line.eq_ignore_ascii_case(header));
        asked.iter().filter(|(line, rest)| line.contains(what) && has(rest)).count()
    }
}

fn serve(
    mut client: TcpStream,
    server: u16,
    seen: &Mutex<Vec<(String, String)>>,
    fate: &dyn Fn(&str, usize) -> Fate,
) -> std::io::Result<()> {
    let (head, body) = request(&mut client)?;
    let line = called(&head, &body);
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push((line.clone(), head.clone()));
        seen.iter().filter(|(other, _)| *other == line).count() - 1
    };
    let fate = fate(&line, before);
    let most = match fate {
        Fate::Say(status, body) => {
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} No\r\ncontent-type: application/xml\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            client.write_all(answer.as_bytes())?;
            return client.shutdown(Shutdown::Both);
        }
        Fate::Silent => {
            std::thread::sleep(Duration::from_mins(5));
            return Ok(());
        }
        Fate::Pass | Fate::Damage => usize::MAX,
        Fate::Cut(most) => most,
    };
    let mut upstream = TcpStream::connect(("127.0.0.1", server))?;
    // One request a connection, so that the end of the answer is that of the stream.
    let (line, rest) = head.split_once("\r\n").unwrap_or((&head, ""));
    write!(upstream, "{line}\r\nconnection: close\r\n{rest}")?;
    upstream.write_all(&body)?;
    if matches!(fate, Fate::Damage) {
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer)?;
        *answer.last_mut().unwrap() ^= 1;
        client.write_all(&answer)?;
        return client.shutdown(Shutdown::Both);
    }
    let passed = AtomicUsize::new(0);
    let mut buffer = [0; 16 << 10];
    loop {
        let read = upstream.read(&mut buffer)?;
        let left = most - passed.load(Ordering::Relaxed).min(most);
        client.write_all(&buffer[..read.min(left)])?;
        passed.fetch_add(read.min(left), Ordering::Relaxed);
        if read == 0 || read > left {
            return client.shutdown(Shutdown::Both);
        }
    }
}

/// A request: its head, up to the empty line, and its body.
fn request(client: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    client.read_exact(&mut body)?;
    Ok((head, body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The first line; of services that are asked by name, with that and what they are asked.
fn called(head: &str, body: &[u8]) -> String {
    let line = head.lines().next().unwrap_or_default();
    match header(head, "x-amz-target") {
        Some(target) => format!("{target} {}", String::from_utf8_lossy(body)),
        None => line.to_owned(),
    }
}
