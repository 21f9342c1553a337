//! The bastion's `auth.log`: people coming and going, cron, a guessed password, and root.

use super::cast::{HOURS, INTRUDER, at};
use super::random::Random;
use crate::event::Timestamp;
use std::fmt::Write as _;

/// Passwords tried before one fits.
pub(super) const GUESSES: i64 = 99;

/// When the first part was rotated away.
pub(super) const ROTATED: i64 = at(6, 25, 1);

struct Line {
    at: i64,
    text: String,
}

fn line(at: i64, text: impl Into<String>) -> Line {
    Line { at, text: text.into() }
}

/// Writes the lines of `from..to` (seconds); returns how many. `events` is the size of the whole
/// day without the incident.
pub(super) fn write(events: u64, from: i64, to: i64, out: &mut String) -> u64 {
    let mut lines = ordinary(events);
    lines.extend(guessing());
    lines.extend(inside());
    lines.sort_by_key(|line| line.at);
    let mut written = 0;
    for line in lines.iter().filter(|line| (from..to).contains(&line.at)) {
        let c = Timestamp(line.at.saturating_mul(Timestamp::SECOND)).civil();
        let _ = writeln!(
            out,
            "Mar {:2} {:02}:{:02}:{:02} bastion-1 {}",
            c.day, c.hour, c.minute, c.second, line.text
        );
        written += 1;
    }
    written
}

fn ordinary(events: u64) -> Vec<Line> {
    const PEOPLE: &[(&str, &str)] =
        &[("alice", "192.0.2.11"), ("bruno", "192.0.2.12"), ("dana", "192.0.2.14")];
    let mut random = Random::named("auth.log");
    let mut lines = Vec::with_capacity(events as usize + 4);
    while (lines.len() as u64) < events {
        let time = at(0, 0, 0) + random.between(0, HOURS * 3600 - 60);
        let pid = 1200 + random.below(30_000);
        let (who, address) = random.pick(PEOPLE);
        if random.below(3) > 0 {
            lines.push(line(time, format!("CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)")));
            lines.push(line(
                time + 1,
                format!("CRON[{pid}]: pam_unix(cron:session): session closed for user root"),
            ));
            continue;
        }
        let port = 49_152 + random.below(16_000);
        lines.push(line(time, format!("sshd[{pid}]: Accepted publickey for {who} from {address} port {port} ssh2: ED25519 SHA256:Z8oYw4mVbS1demoFingerprint{who}0123456789abcd")));
        lines.push(line(time, format!("sshd[{pid}]: pam_unix(sshd:session): session opened for user {who}(uid=1001) by {who}(uid=0)")));
        lines.push(line(time + 20, format!("sudo:    {who} : TTY=pts/1 ; PWD=/home/{who} ; USER=root ; COMMAND=/usr/bin/systemctl status shop-tunnel")));
        lines.push(line(
            time + 50,
            format!("sshd[{pid}]: pam_unix(sshd:session): session closed for user {who}"),
        ));
    }
    lines.truncate(events as usize);
    lines
}

fn guessing() -> Vec<Line> {
    const NAMES: &[&str] = &["root", "admin", "ubuntu", "oracle", "test", "git", r"\033[2Jroot"];
    let mut lines = Vec::new();
    for number in 0..GUESSES {
        let (time, pid, port) = (at(10, 33, 5) + number * 4, 20_400 + number, 50_000 + number);
        if number % 3 == 0 {
            let name = NAMES[(number / 3) as usize % NAMES.len()];
            lines.push(line(
                time,
                format!("sshd[{pid}]: Invalid user {name} from {INTRUDER} port {port}"),
            ));
            lines.push(line(time + 1, format!("sshd[{pid}]: Failed password for invalid user {name} from {INTRUDER} port {port} ssh2")));
        } else {
            lines.push(line(
                time + 1,
                format!("sshd[{pid}]: Failed password for deploy from {INTRUDER} port {port} ssh2"),
            ));
        }
    }
    lines
}

fn inside() -> Vec<Line> {
    let start = at(10, 39, 48);
    vec![
        line(
            start,
            format!("sshd[20533]: Accepted password for deploy from {INTRUDER} port 50133 ssh2"),
        ),
        line(
            start,
            "sshd[20533]: pam_unix(sshd:session): session opened for user deploy(uid=1004) by deploy(uid=0)",
        ),
        line(
            start + 31,
            "sudo:   deploy : TTY=pts/2 ; PWD=/home/deploy ; USER=root ; COMMAND=/bin/bash",
        ),
        line(
            start + 31,
            "sudo: pam_unix(sudo:session): session opened for user root(uid=0) by deploy(uid=1004)",
        ),
        line(
            start + 95,
            "useradd[20571]: new user: name=sysupd, UID=1011, GID=1011, home=/home/sysupd, shell=/bin/bash, from=/dev/pts/2",
        ),
        line(
            start + 240,
            "sudo:   deploy : TTY=pts/2 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/tar czf /tmp/.x.tgz /srv/exports",
        ),
        line(start + 1700, "sshd[20533]: pam_unix(sshd:session): session closed for user deploy"),
    ]
}
