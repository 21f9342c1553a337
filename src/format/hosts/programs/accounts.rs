//! The messages of what lets users in and changes accounts: PAM, sudo, su and the account tools.

use super::{Known, NOTHING, word};
use crate::event::{Class, Outcome};

/// `pam_unix(sshd:session): session opened for user alice(uid=0) by (uid=0)`
pub(super) fn pam(message: &str) -> Option<Known<'_>> {
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
            target: user.unwrap_or("").into(),
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
    let address = after("rhost=").unwrap_or("").into();
    let tty = after("tty=").unwrap_or("");
    let user = user.into();
    Some(Known { event, class: Class::Auth, outcome, user, address, tty, ..NOTHING })
}

/// What sudo says of a command, each behind ` ; `.
const SETTINGS: [&str; 8] =
    ["HOST=", "TTY=", "CHROOT=", "PWD=", "USER=", "GROUP=", "TSID=", "COMMAND="];

/// `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls`
pub(super) fn sudo(message: &str) -> Option<Known<'_>> {
    let (user, rest) = message.trim_start().split_once(" : ")?;
    if let Some(command) = rest.strip_prefix("(command continued)") {
        // What was too long for one line.
        let (user, command) = (user.trim().into(), command.trim_start().into());
        let (event, class) = ("COMMAND", Class::Process);
        return Some(Known { event, class, user, command, ..NOTHING });
    }
    let refused = [
        "command not allowed",
        "user NOT in sudoers",
        "user NOT authorized",
        "incorrect password attempt",
        "a password is required",
        "sorry",
    ];
    // Why it was refused stands before all settings, which are whatever somebody typed.
    let first = rest.split(" ; ").next().unwrap_or("");
    let first = if SETTINGS.iter().any(|name| first.starts_with(name)) { "" } else { first };
    let reason = refused.into_iter().find(|reason| first.contains(reason));
    let mut known = Known {
        event: "COMMAND",
        class: Class::Process,
        outcome: if reason.is_some() { Outcome::Denied } else { Outcome::Success },
        code: reason.unwrap_or(""),
        user: user.trim().into(),
        ..NOTHING
    };
    // The command is last and may itself hold what parts the others.
    let (settings, command) = rest
        .strip_prefix("COMMAND=")
        .map(|command| ("", command))
        .or_else(|| rest.split_once(" ; COMMAND="))
        .unwrap_or((rest, ""));
    known.command = command.into();
    for setting in settings.split(" ; ") {
        match setting.trim().split_once('=') {
            Some(("TTY", value)) => known.tty = value,
            Some(("PWD", value)) => known.folder = value.into(),
            Some(("USER", value)) => known.target = value.into(),
            Some(("TSID", value)) => known.session = value,
            _ => {}
        }
    }
    Some(known)
}

/// `(to root) alice on pts/0`, `FAILED SU (to root) alice on pts/0`,
/// `Successful su for root by alice`
pub(super) fn su(message: &str) -> Option<Known<'_>> {
    let failed = message.starts_with("FAILED") || message.starts_with("pam_authenticate");
    let outcome = if failed { Outcome::Failure } else { Outcome::Success };
    let known = Known { event: "su", class: Class::Auth, outcome, ..NOTHING };
    if let Some((target, rest)) =
        message.split_once("(to ").and_then(|(_, rest)| rest.split_once(") "))
    {
        let (user, tty) = rest.split_once(" on ").unwrap_or((rest, ""));
        return Some(Known { user: user.into(), target: target.into(), tty, ..known });
    }
    if let Some(sign @ ('+' | '-')) = message.chars().next() {
        // `+ /dev/pts/0 alice:root`
        let (tty, names) = message[1..].trim_start().split_once(' ')?;
        let (user, target) = names.split_once(':')?;
        let outcome = if sign == '+' { Outcome::Success } else { Outcome::Failure };
        return Some(Known { user: user.into(), target: target.into(), tty, outcome, ..known });
    }
    let (target, rest) = message.split_once(" su for ")?.1.split_once(" by ")?;
    Some(Known { user: word(rest).into(), target: target.into(), ..known })
}

pub(super) fn account<'a>(program: &str, message: &'a str) -> Known<'a> {
    let known = Known { class: Class::Account, outcome: Outcome::Success, ..NOTHING };
    let named = |mark: &str| {
        let rest = message.split_once(mark)?.1;
        rest.split([',', ' ', '\'']).find(|part| !part.is_empty())
    };
    if program == "gpasswd"
        && let Some(rest) = message.strip_prefix("user ")
    {
        // `user bob added by root to group wheel`
        let user = named(" by ").unwrap_or("").into();
        let (target, thing) = (word(rest).into(), named(" group ").unwrap_or("").into());
        let event = if message.contains(" removed ") { "removed" } else { "added" };
        return Known { event, user, target, thing, ..known };
    }
    let group = named("to group '")
        .or_else(|| named("from group '"))
        .or_else(|| named("to shadow group '"));
    let target = named("name=")
        .or_else(|| named("user '"))
        .or_else(|| named("add '"))
        .or_else(|| named("delete '"))
        .or_else(|| named("group '"))
        .or_else(|| named("changed for "))
        .or_else(|| named("expiry for "))
        .unwrap_or("");
    let event = message.split([':', '\'', ',']).next().unwrap_or("").trim();
    let event = event.split(" for ").next().unwrap_or(event);
    let failed = message.starts_with("failed") || message.contains("cannot");
    let outcome = if failed { Outcome::Failure } else { known.outcome };
    let event = if event.is_empty() { message } else { event };
    let (target, thing) = (target.into(), group.unwrap_or("").into());
    Known { event, outcome, target, thing, ..known }
}
