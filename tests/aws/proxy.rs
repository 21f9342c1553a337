//! What networks and busy services do to a request on its way: a proxy before the server.

use super::fake::{header, request};
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

/// Head and body.
pub(crate) type Request = (String, String);

pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    /// `fate` is told what each request is [`called`] and how many like it came before.
    pub(crate) fn start(
        server: u16,
        fate: impl Fn(&str, usize) -> Fate + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(server, move |request, before| fate(&called(request), before))
    }

    /// The same; `fate` is told the request.
    pub(crate) fn start_with(
        server: u16,
        fate: impl Fn(&Request, usize) -> Fate + Send + Sync + 'static,
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
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|request| called(request).contains(what)).count()
    }

    /// The same of those that have this header.
    pub(crate) fn asked_with(&self, what: &str, header: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        let has = |(head, _): &Request| head.lines().any(|line| line.eq_ignore_ascii_case(header));
        asked.iter().filter(|request| called(request).contains(what) && has(request)).count()
    }

    /// Heads of the requests so far that contain this.
    pub(crate) fn heads(&self, what: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(head, _)| head.clone()).filter(|head| head.contains(what)).collect()
    }

    /// Bodies of the requests so far that contain this.
    pub(crate) fn bodies(&self, what: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(_, body)| body.clone()).filter(|body| body.contains(what)).collect()
    }
}

fn serve(
    mut client: TcpStream,
    server: u16,
    seen: &Mutex<Vec<Request>>,
    fate: &dyn Fn(&Request, usize) -> Fate,
) -> std::io::Result<()> {
    let Some((head, body)) = request(&mut client) else { return Ok(()) };
    let asked = (head.clone(), String::from_utf8_lossy(&body).into_owned());
    let line = called(&asked);
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(asked.clone());
        seen.iter().filter(|other| called(other) == line).count() - 1
    };
    let fate = fate(&asked, before);
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

/// The first line; of services that are asked by name, with that and what they are asked; of those
/// that are asked in forms, the form.
fn called((head, body): &Request) -> String {
    match header(head, "x-amz-target") {
        Some(target) => format!("{target} {body}"),
        None if body.starts_with("Action=") => body.clone(),
        None => head.lines().next().unwrap_or_default().to_owned(),
    }
}
