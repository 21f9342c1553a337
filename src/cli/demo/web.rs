//! The shop's load balancer (ALB access log) and the application behind it (JSON lines), joined
//! by trace ids: customers, and a scanner that also tries what a careless terminal would do.

use super::cast::{INTRUDER, at};
use super::random::Random;
use crate::event::Timestamp;
use std::fmt::Write as _;

/// Seconds that one file covers.
pub(super) const WINDOW: i64 = 300;

/// One request.
struct Request {
    /// Microseconds since 1970.
    at: i64,
    client: String,
    method: &'static str,
    path: &'static str,
    status: u16,
    agent: &'static str,
    /// The 24 digits behind the time in the trace id.
    trace: String,
    millis: u64,
    sent: u64,
}

const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    "LarkspurCourier/4.11 (Android 16)",
];
const PAGES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/track?parcel=LK4410072"),
    ("GET", "/assets/app.js"),
    ("GET", "/assets/app.css"),
    ("GET", "/quote?from=HAM&to=MUC&kg=4"),
    ("POST", "/api/orders"),
    ("POST", "/api/login"),
    ("GET", "/api/orders?page=2"),
    ("GET", "/health"),
];
const PROBES: &[&str] = &[
    "/.env",
    "/.git/config",
    "/wp-login.php",
    "/admin",
    "/phpmyadmin/",
    "/actuator/env",
    "/server-status",
    "/api/../../etc/passwd",
    "/cgi-bin/.%2e/bin/sh",
    "/backup.sql",
];
const SCANNER: &str = "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)";
/// The load balancer writes control bytes as `\xNN`, and letters that turn the line around as
/// they came.
const ESCAPES: &str = r"Mozilla/5.0 \x1b[2J\x1b]0;nothing to see\x07";
const TURNED: &str = "Mozilla/5.0 (\u{202e}tob ylimaf dnuos a\u{202c})";

/// The requests of a window, in the order of time.
fn requests(from: i64, events: u64) -> Vec<Request> {
    let mut random = Random::named(&format!("requests from {from}"));
    let mut all = Vec::with_capacity(events as usize);
    for _ in 0..events {
        all.push(ordinary(from, &mut random));
    }
    for number in 0..400 {
        let time = at(10, 32, 0) + number * 5 / 4;
        let request = probe(time, number, &mut random);
        if (from..from + WINDOW).contains(&time) {
            all.push(request);
        }
    }
    all.sort_by_key(|request| request.at);
    all
}

fn ordinary(from: i64, random: &mut Random) -> Request {
    let (method, path) = random.pick(PAGES);
    let status = match random.below(100) {
        0 => 500,
        1..=2 => 404,
        3..=5 if path == "/api/login" => 401,
        3..=9 => 304,
        _ => 200,
    };
    Request {
        at: (from * 1_000_000) + random.between(0, WINDOW * 1_000_000),
        client: format!("198.51.100.{}", 1 + random.below(250)),
        method,
        path,
        status,
        agent: random.pick(AGENTS),
        trace: random.hex(24),
        millis: 2 + random.below(180),
        sent: 300 + random.below(24_000),
    }
}

fn probe(time: i64, number: i64, random: &mut Random) -> Request {
    Request {
        at: time * 1_000_000 + random.between(0, 1_000_000),
        client: INTRUDER.to_owned(),
        method: if number % 50 == 49 { "POST" } else { "GET" },
        path: if number % 50 == 49 { "/api/login" } else { random.pick(PROBES) },
        status: match number % 7 {
            _ if number % 50 == 49 => 401,
            0..=4 => 404,
            _ => 403,
        },
        agent: match number % 25 {
            11 => ESCAPES,
            17 => TURNED,
            _ => SCANNER,
        },
        trace: random.hex(24),
        millis: 1 + random.below(4),
        sent: 150 + random.below(200),
    }
}

impl Request {
    fn time(&self, digits: u8) -> String {
        Timestamp(self.at.saturating_mul(1000)).to_rfc3339(digits)
    }

    fn root(&self) -> String {
        format!("1-{:08x}-{}", self.at / 1_000_000, self.trace)
    }

    fn target(&self) -> &'static str {
        ["10.20.2.11:8080", "10.20.2.12:8080", "10.20.2.13:8080"][(self.at % 3) as usize]
    }

    fn write_alb(&self, random: &mut Random, out: &mut String) {
        let started = Timestamp((self.at - self.millis as i64 * 1000).saturating_mul(1000));
        let (target, status, path) = (self.target(), self.status, self.path);
        let _ = write!(
            out,
            "https {} app/shop/50dc6c495c0c9188 {}:{} {target} 0.000 {}.{:03} 0.000 {status} {status} {} {} ",
            self.time(6),
            self.client,
            32_768 + random.below(28_000),
            self.millis / 1000,
            self.millis % 1000,
            120 + random.below(900),
            self.sent,
        );
        let _ = write!(
            out,
            "\"{} https://shop.larkspur.example:443{path} HTTP/1.1\" \"{}\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop/73e2d6bc24d8a067 ",
            self.method, self.agent
        );
        let _ = write!(
            out,
            "\"Root={}\" \"shop.larkspur.example\" \"session-reused\" 100 {} \"forward\" \"-\" \"-\" \"{target}\" \"{status}\" \"-\" \"-\" TID_",
            self.root(),
            started.to_rfc3339(6),
        );
        random.push_hex(out, 32);
        out.push('\n');
    }

    fn write_app(&self, out: &mut String) {
        let (level, message) = match self.status {
            500.. => ("error", "order store did not answer in time"),
            401 => ("warn", "login failed"),
            _ if self.path == "/api/login" => ("info", "login"),
            _ => ("info", "order placed"),
        };
        // What the load balancer has escaped reaches the application as it was sent.
        let agent = if self.agent == ESCAPES {
            r"Mozilla/5.0 \u001b[2J\u001b]0;nothing to see\u0007"
        } else {
            self.agent
        };
        let _ = writeln!(
            out,
            r#"{{"time":"{}","level":"{level}","service":"shop","message":"{message}","client_ip":"{}","method":"{}","path":"{}","status":{},"duration_ms":{},"trace_id":"{}","user_agent":"{agent}"}}"#,
            self.time(3),
            self.client,
            self.method,
            self.path,
            self.status,
            self.millis,
            self.root(),
        );
    }
}

/// Writes the access log of a window; returns the records in it.
pub(super) fn write_alb(from: i64, events: u64, random: &mut Random, out: &mut String) -> u64 {
    let all = requests(from, events);
    for request in &all {
        request.write_alb(random, out);
    }
    all.len() as u64
}

/// Writes what the application says about the same requests: those that post, and those that
/// fail. `windows` holds the start and the ordinary requests of each.
pub(super) fn write_app(windows: impl Iterator<Item = (i64, u64)>, out: &mut String) -> u64 {
    let mut lines = 0;
    for (from, events) in windows {
        for request in requests(from, events) {
            if request.method == "POST" || request.status >= 500 {
                request.write_app(out);
                lines += 1;
            }
        }
    }
    lines
}
