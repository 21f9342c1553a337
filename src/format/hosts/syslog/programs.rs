//! What the messages of sshd, sudo, su and the account tools say: who, from where, and how it
//! ended. Messages of other programs are kept as they are.

use crate::event::{Class, Outcome};

/// What a message says; what it does not say is empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Known<'a> {
    pub(super) event: &'a str,
    pub(super) class: Class,
    pub(super) outcome: Outcome,
    pub(super) code: &'a str,
    pub(super) user: &'a str,
    pub(super) target: &'a str,
    pub(super) address: &'a str,
    pub(super) port: &'a str,
    /// Address and port that were connected to.
    pub(super) listener: (&'a str, &'a str),
    pub(super) command: &'a str,
    pub(super) tty: &'a str,
    pub(super) folder: &'a str,
}

const NOTHING: Known<'static> = Known {
    event: "",
    class: Class::Other,
    outcome: Outcome::Unknown,
    code: "",
    user: "",
    target: "",
    address: "",
    port: "",
    listener: ("", ""),
    command: "",
    tty: "",
    folder: "",
};

pub(super) fn read<'a>(program: &str, message: &'a str) -> Known<'a> {
    let program = program.rsplit('/').next().unwrap_or(program);
    if let Some(known) = pam(message) {
        return known;
    }
    let known = match program {
        "sshd" | "sshd-session" | "sshd-auth" | "dropbear" => ssh(message),
        "sudo" => sudo(message),
        "su" => su(message),
        "useradd" | "userdel" | "usermod" | "groupadd" | "groupdel" | "groupmod" | "gpasswd"
        | "passwd" | "chpasswd" | "adduser" | "chage" => Some(account(program, message)),
        "CRON" | "cron" | "crond" | "anacron" => cron(message),
        "systemd-logind" => logind(message),
        _ => None,
    };
    known.unwrap_or(NOTHING)
}

/// Beginnings of sshd's messages, by which they are known without a syslog head.
const SSH: [(&str, Outcome); 20] = [
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
    ("fatal: userauth_finish", Outcome::Failure),
    ("Starting session", Outcome::Success),
    ("User", Outcome::Unknown),
    ("PAM", Outcome::Unknown),
    ("error: maximum authentication attempts exceeded", Outcome::Failure),
];

/// Whether the line is a message of sshd without a head.
pub(super) fn is_bare(line: &str) -> bool {
    let line = line.trim_start();
    let vague = ["Accepted", "Failed", "Disconnecting", "Connection from", "User", "PAM"];
    let begins = |(text, _): &(&str, Outcome)| line.starts_with(text);
    match SSH.iter().find(|entry| begins(entry)) {
        Some((text, _)) if vague.contains(text) => {
            line.contains(" port ") && line.contains(" from ")
                || line.starts_with("PAM unable to dlopen(")
                || line.starts_with("User child is on pid ")
                || line.starts_with("User ") && line.contains(" not allowed because ")
        }
        Some(_) => true,
        None => line.starts_with("pam_") && line.contains("(sshd:"),
    }
}

fn ssh(message: &str) -> Option<Known<'_>> {
    let (event, outcome) = SSH.into_iter().find(|(text, _)| message.starts_with(text))?;
    let refused = event == "User" && message.contains(" not allowed because ");
    let outcome = if refused { Outcome::Denied } else { outcome };
    let mut known = Known { event, class: Class::Auth, outcome, ..NOTHING };
    known.code = match event {
        "Accepted" | "Failed" | "Postponed" => word(message[event.len()..].trim_start()),
        _ => "",
    };
    (known.address, known.port) = peer(message);
    if event == "Connection from" {
        known.listener = message.split_once(" on ").map_or(("", ""), |(_, rest)| peer(rest));
    }
    known.user = ssh_user(event, message, known.address);
    Some(known)
}

/// The user that an sshd message names; it may be empty or hold blanks, and stands before the
/// last `from`.
fn ssh_user<'a>(event: &str, message: &'a str, address: &str) -> &'a str {
    let before_from = |text: &'a str| text.rsplit_once(" from ").map_or(text, |(user, _)| user);
    match event {
        "Accepted" | "Failed" | "Postponed" | "error: maximum authentication attempts exceeded" => {
            let Some((_, rest)) = message.split_once(" for ") else { return "" };
            let rest = rest.strip_prefix("invalid user ").unwrap_or(rest);
            // An empty name leaves nothing between the words.
            if rest.starts_with("from ") { "" } else { before_from(rest) }
        }
        "Invalid user" | "Illegal user" => {
            let rest = &message[event.len()..];
            before_from(rest).trim_start()
        }
        "User" if message.contains(" from ") => word(message["User".len()..].trim_start()),
        "Starting session" => message.split_once(" for ").map_or("", |(_, rest)| word(rest)),
        "Connection closed by" | "Connection reset by" | "Disconnected from" | "Disconnecting" => {
            let found = message.split_once("user ").map(|(_, rest)| rest);
            let rest = found.unwrap_or("");
            let user = rest.split(&format!(" {address} port")).next().unwrap_or("");
            if address.is_empty() || user.len() == rest.len() { "" } else { user }
        }
        _ => "",
    }
}

/// The address and port of the other side: what stands around the last ` port ` that has an
/// address before it; or the last word that is an address.
fn peer(message: &str) -> (&str, &str) {
    for (at, _) in message.match_indices(" port ") {
        let address = message[..at].rsplit(' ').next().unwrap_or("");
        if address.parse::<std::net::IpAddr>().is_ok() {
            let rest = &message[at + " port ".len()..];
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            return (address, &rest[..end]);
        }
    }
    let is_address = |word: &&str| word.parse::<std::net::IpAddr>().is_ok();
    let mut words = message.split([' ', '=']).map(|word| word.trim_end_matches([':', ',', ')']));
    (words.rfind(is_address).unwrap_or(""), "")
}

/// `pam_unix(sshd:session): session opened for user alice(uid=0) by (uid=0)`
fn pam(message: &str) -> Option<Known<'_>> {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    if !message.starts_with("pam_") {
        return None;
    }
    let (_, text) = message.split_once("): ")?;
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| word(rest));
    let (event, outcome, user) = if text.starts_with("session opened") {
        ("session opened", Outcome::Success, after("for user "))
    } else if text.starts_with("session closed") {
        ("session closed", Outcome::Success, after("for user "))
    } else if text.starts_with("authentication failure") {
        ("authentication failure", Outcome::Failure, after(" user="))
    } else if text.starts_with("check pass; user unknown") {
        ("check pass", Outcome::Failure, None)
    } else if text.starts_with("password changed") {
        let user = after(" for ");
        return Some(Known {
            event: "password changed",
            class: Class::Account,
            outcome: Outcome::Success,
            target: user.unwrap_or(""),
            ..NOTHING
        });
    } else if let Some((user, _)) =
        text.strip_prefix("user '").and_then(|rest| rest.split_once("' granted access"))
    {
        ("granted access", Outcome::Success, Some(user))
    } else {
        return Some(Known { class: Class::Auth, ..NOTHING });
    };
    let user = user.unwrap_or("").split('(').next().unwrap_or("");
    let address = after("rhost=").unwrap_or("");
    Some(Known { event, class: Class::Auth, outcome, user, address, ..NOTHING })
}

/// `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls`
fn sudo(message: &str) -> Option<Known<'_>> {
    let (user, rest) = message.trim_start().split_once(" : ")?;
    let refused = [
        "command not allowed",
        "user NOT in sudoers",
        "user NOT authorized",
        "incorrect password attempt",
        "a password is required",
        "sorry",
    ];
    let reason = refused.into_iter().find(|reason| rest.contains(reason));
    let mut known = Known {
        event: "COMMAND",
        class: Class::Process,
        outcome: if reason.is_some() { Outcome::Denied } else { Outcome::Success },
        code: reason.unwrap_or(""),
        user: user.trim(),
        ..NOTHING
    };
    // The command is last and may itself hold what parts the others.
    let (settings, command) = rest.split_once("COMMAND=").unwrap_or((rest, ""));
    known.command = command;
    for setting in settings.split(" ; ") {
        match setting.trim().split_once('=') {
            Some(("TTY", value)) => known.tty = value,
            Some(("PWD", value)) => known.folder = value,
            Some(("USER", value)) => known.target = value,
            _ => {}
        }
    }
    Some(known)
}

/// `(to root) alice on pts/0`, `FAILED SU (to root) alice on pts/0`,
/// `Successful su for root by alice`
fn su(message: &str) -> Option<Known<'_>> {
    let failed = message.starts_with("FAILED") || message.starts_with("pam_authenticate");
    let outcome = if failed { Outcome::Failure } else { Outcome::Success };
    let known = Known { event: "su", class: Class::Auth, outcome, ..NOTHING };
    if let Some((target, rest)) =
        message.split_once("(to ").and_then(|(_, rest)| rest.split_once(") "))
    {
        let (user, tty) = rest.split_once(" on ").unwrap_or((rest, ""));
        return Some(Known { user, target, tty, ..known });
    }
    let (target, rest) = message.split_once(" su for ")?.1.split_once(" by ")?;
    Some(Known { user: word(rest), target, ..known })
}

fn account<'a>(program: &str, message: &'a str) -> Known<'a> {
    let known = Known { class: Class::Account, outcome: Outcome::Success, ..NOTHING };
    let named = |mark: &str| {
        let rest = message.split_once(mark)?.1;
        rest.split([',', ' ', '\'']).find(|part| !part.is_empty())
    };
    let target = named("name=")
        .or_else(|| named("user '"))
        .or_else(|| named("group '"))
        .or_else(|| named("changed for "))
        .or_else(|| named("add '"))
        .unwrap_or("");
    let event = match program {
        "gpasswd" => "gpasswd",
        _ => message.split([':', '\'', ',']).next().unwrap_or("").trim(),
    };
    let failed = message.starts_with("failed") || message.contains("cannot");
    let outcome = if failed { Outcome::Failure } else { known.outcome };
    Known { event: if event.is_empty() { message } else { event }, target, outcome, ..known }
}

/// `(root) CMD (run-parts /etc/cron.hourly)`
fn cron(message: &str) -> Option<Known<'_>> {
    let (user, rest) = message.strip_prefix('(')?.split_once(") ")?;
    let command = rest.strip_prefix("CMD (")?;
    let command = command.strip_suffix(')').unwrap_or(command).trim();
    let outcome = Outcome::Success;
    Some(Known { event: "CMD", class: Class::Process, outcome, user, command, ..NOTHING })
}

/// `New session 5 of user alice.`
fn logind(message: &str) -> Option<Known<'_>> {
    let event = if message.starts_with("New session") {
        "New session"
    } else if message.starts_with("Removed session") {
        "Removed session"
    } else {
        return None;
    };
    let user = message.split_once("of user ").map_or("", |(_, user)| user.trim_end_matches('.'));
    Some(Known { event, class: Class::Auth, outcome: Outcome::Success, user, ..NOTHING })
}

fn word(text: &str) -> &str {
    text.split([' ', ',', ';']).next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_may_be_empty_or_hold_blanks_and_words_of_the_message() {
        for (message, user, address) in [
            ("Failed password for root from 192.0.2.1 port 22 ssh2", "root", "192.0.2.1"),
            ("Failed none for invalid user  from 192.0.2.1 port 22 ssh2", "", "192.0.2.1"),
            (
                "Failed password for invalid user a from b from 192.0.2.1 port 9 ssh2",
                "a from b",
                "192.0.2.1",
            ),
            ("Invalid user x y from 192.0.2.1 port 22", "x y", "192.0.2.1"),
            ("Invalid user  from 2001:db8::1", "", "2001:db8::1"),
            ("Connection closed by invalid user pi 192.0.2.1 port 5 [preauth]", "pi", "192.0.2.1"),
            ("Connection closed by 192.0.2.1 port 5", "", "192.0.2.1"),
            ("User mallory from 192.0.2.1 not allowed because not listed", "mallory", "192.0.2.1"),
        ] {
            let known = read("sshd", message);
            assert_eq!((known.user, known.address), (user, address), "{message}");
        }
    }

    #[test]
    fn a_command_is_kept_whole() {
        let known =
            read("sudo", "al : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c a ; USER=b");
        assert_eq!(
            (known.user, known.target, known.command),
            ("al", "root", "/bin/sh -c a ; USER=b")
        );
    }
}
