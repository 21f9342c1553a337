//! The messages of OpenSSH's server.

use super::{Known, NOTHING, word};
use crate::event::{Class, Outcome};

/// Beginnings of sshd's messages, by which they are known without a syslog head.
const SSH: [(&str, Outcome); 40] = [
    ("Accepted", Outcome::Success),
    ("Failed", Outcome::Failure),
    ("Invalid user", Outcome::Failure),
    ("Illegal user", Outcome::Failure),
    ("Postponed", Outcome::Unknown),
    ("Connection closed by", Outcome::Unknown),
    ("Connection reset by", Outcome::Unknown),
    ("Connection from", Outcome::Unknown),
    ("Disconnected from", Outcome::Unknown),
    ("Disconnecting", Outcome::Failure),
    ("Received disconnect from", Outcome::Unknown),
    ("Unable to negotiate with", Outcome::Failure),
    ("banner exchange", Outcome::Failure),
    ("ssh_dispatch_run_fatal", Outcome::Failure),
    ("fatal: Timeout before authentication", Outcome::Failure),
    ("Timeout before authentication", Outcome::Failure),
    ("fatal: userauth_finish", Outcome::Failure),
    ("fatal: Access denied for user", Outcome::Denied),
    ("Starting session", Outcome::Success),
    ("Close session", Outcome::Success),
    ("User", Outcome::Unknown),
    ("PAM", Outcome::Unknown),
    ("error: maximum authentication attempts exceeded", Outcome::Failure),
    ("maximum authentication attempts exceeded", Outcome::Failure),
    ("error: kex_exchange_identification", Outcome::Failure),
    ("kex_exchange_identification", Outcome::Failure),
    ("error: kex_protocol_error", Outcome::Failure),
    ("error: PAM: Authentication failure", Outcome::Failure),
    ("error: PAM: User not known", Outcome::Failure),
    ("error: AuthorizedKeysCommand", Outcome::Failure),
    ("AuthorizedKeysCommand", Outcome::Failure),
    ("Did not receive identification string from", Outcome::Failure),
    ("Bad protocol version identification", Outcome::Failure),
    ("Authentication refused", Outcome::Denied),
    ("reverse mapping checking", Outcome::Unknown),
    ("drop connection", Outcome::Denied),
    ("input_userauth_request", Outcome::Failure),
    ("Server listening on", Outcome::Success),
    ("Received signal", Outcome::Unknown),
    ("Timeout, client not responding", Outcome::Unknown),
];

/// Messages about the server itself.
const SERVER: [&str; 2] = ["Server listening on", "Received signal"];

/// Whether the line is a message of sshd without a head.
pub(super) fn is_bare(line: &str) -> bool {
    let line = line.trim_start();
    let vague = ["Accepted", "Failed", "Disconnecting", "Connection from", "User", "PAM"];
    let never = ["Close session", "Received signal", "Timeout before authentication"];
    let first = line.as_bytes().first();
    let begins =
        |(text, _): &(&str, Outcome)| text.as_bytes().first() == first && line.starts_with(text);
    match SSH.iter().find(|entry| begins(entry)) {
        Some((text, _)) if vague.contains(text) => {
            line.contains(" port ") && line.contains(" from ")
                || line.starts_with("PAM unable to dlopen(")
                || line.starts_with("User child is on pid ")
                || line.starts_with("User ") && line.contains(" not allowed because ")
        }
        Some((text, _)) => !never.contains(text),
        None => line.starts_with("pam_") && line.contains("(sshd:"),
    }
}

pub(super) fn read(message: &str) -> Option<Known<'_>> {
    let (event, outcome) = SSH.into_iter().find(|(text, _)| message.starts_with(text))?;
    let refused = event == "User" && message.contains(" not allowed because ");
    let outcome = if refused { Outcome::Denied } else { outcome };
    let class = if SERVER.contains(&event) { Class::Other } else { Class::Auth };
    let mut known = Known { event, class, outcome, ..NOTHING };
    known.code = match event {
        "Accepted" | "Failed" | "Postponed" => word(message[event.len()..].trim_start()),
        _ => "",
    };
    let (address, port) = peer(event, message);
    if event == "Server listening on" {
        known.listener = (address.into(), port.into());
        return Some(known);
    }
    if event == "Connection from" {
        let to = message.split_once(" on ").map_or(("", ""), |(_, rest)| peer(event, rest));
        known.listener = (to.0.into(), to.1.into());
    }
    known.user = user(event, message, address).into();
    known.thing = fingerprint(message).into();
    (known.address, known.port) = (address.into(), port.into());
    Some(known)
}

/// The fingerprint of the key that somebody came with.
fn fingerprint(message: &str) -> &str {
    let mut words = message.split([' ', ',']);
    words.find(|word| word.starts_with("SHA256:") || word.starts_with("MD5:")).unwrap_or("")
}

/// The user that a message names; it may be empty or hold blanks, and stands before the last
/// `from`.
fn user<'a>(event: &str, message: &'a str, address: &str) -> &'a str {
    let before_from = |text: &'a str| text.rsplit_once(" from ").map_or(text, |(user, _)| user);
    let behind = |mark: &str| message.split_once(mark).map_or("", |(_, rest)| rest);
    match event {
        "Accepted"
        | "Failed"
        | "Postponed"
        | "error: maximum authentication attempts exceeded"
        | "maximum authentication attempts exceeded"
        | "error: PAM: Authentication failure" => {
            let rest = behind(" for ");
            let rest = rest.strip_prefix("invalid user ").unwrap_or(rest);
            let rest = rest.strip_prefix("illegal user ").unwrap_or(rest);
            // An empty name leaves nothing between the words.
            if rest.starts_with("from ") { "" } else { before_from(rest) }
        }
        "Invalid user" | "Illegal user" => {
            let rest = &message[event.len()..];
            before_from(rest).trim_start()
        }
        "User" if message.contains(" from ") => word(message["User".len()..].trim_start()),
        "fatal: Access denied for user" => word(behind("for user ")),
        "input_userauth_request" => word(behind("invalid user ")),
        "Close session" => word(behind("user ")),
        "AuthorizedKeysCommand" | "error: AuthorizedKeysCommand" => {
            // The command is named first, then whom it was asked for.
            let mut words = behind("AuthorizedKeysCommand ").split(' ').skip(1);
            words.next().filter(|user| *user != "failed,").unwrap_or("")
        }
        "Starting session" => word(behind(" for ")),
        "Connection closed by" | "Connection reset by" | "Disconnected from" | "Disconnecting" => {
            let rest = behind("user ");
            let user = rest.split(&format!(" {address} port")).next().unwrap_or("");
            if address.is_empty() || user.len() == rest.len() { "" } else { user }
        }
        _ => "",
    }
}

/// Messages in which nothing that the other side chose stands before its address.
const ADDRESS_FIRST: [&str; 6] = [
    "Connection from",
    "Received disconnect from",
    "Unable to negotiate with",
    "banner exchange",
    "Did not receive identification string from",
    "drop connection",
];

/// As much of a message as ends with the other side's address and port: behind that, a key and what
/// a certificate says may follow. Nothing, if a name before it or what follows looks like that too.
fn before_key<'a>(event: &str, message: &'a str) -> &'a str {
    match event {
        "Accepted" | "Failed" | "Postponed" if !message.ends_with(" ssh2") => {
            match message.split_once(" ssh2: ") {
                Some((_, key)) if key.contains(" ssh2: ") => "",
                Some((before, _)) => before,
                None => message,
            }
        }
        _ => message,
    }
}

/// The address and port of the other side: what stands around a ` port ` that has an address
/// before it; or the last word that is an address. Names that somebody typed come before it, or
/// behind it; where they come on both sides and look like another one, nobody knows.
fn peer<'a>(event: &str, message: &'a str) -> (&'a str, &'a str) {
    let message = before_key(event, message);
    let around = |at: usize| {
        let address = message[..at].rsplit(' ').next().unwrap_or("");
        let rest = &message[at + " port ".len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        is_address(address).then_some((address, &rest[..end]))
    };
    let all = || message.match_indices(" port ").filter_map(|(at, _)| around(at));
    let found = if ADDRESS_FIRST.contains(&event) {
        all().next()
    } else if event == "Disconnecting" {
        let first = all().next();
        if all().any(|other| Some(other) != first) {
            return ("", "");
        }
        first
    } else {
        // What stands before the last ` from ` is a name.
        let from = message.rfind(" from ").unwrap_or(0);
        let ports = message.match_indices(" port ").filter(|(at, _)| *at > from);
        ports.filter_map(|(at, _)| around(at)).last()
    };
    if let Some(found) = found {
        return found;
    }
    // `[192.0.2.1]:50022`
    if let Some((_, rest)) = message.split_once(" from [")
        && let Some((address, rest)) = rest.split_once(']')
        && is_address(address)
    {
        return (address, rest.strip_prefix(':').map_or("", word));
    }
    let mut words =
        message.split([' ', '=']).map(|word| word.trim_matches(['[', ']', ':', ',', ')', '(']));
    (words.rfind(|word| is_address(word)).unwrap_or(""), "")
}

fn is_address(word: &str) -> bool {
    word.parse::<std::net::IpAddr>().is_ok()
}
