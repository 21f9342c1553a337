//! The messages of cron, systemd and polkit.

use super::{Known, NOTHING, word};
use crate::event::{Class, Outcome};

/// `(root) CMD (run-parts /etc/cron.hourly)`, `(alice) REPLACE (alice)`
pub(super) fn cron(message: &str) -> Option<Known<'_>> {
    let (user, rest) = message.strip_prefix('(')?.split_once(") ")?;
    let (event, rest) = rest.split_once(" (").unwrap_or((rest, ""));
    let inner = rest.strip_suffix(')').unwrap_or(rest).trim();
    let user = user.into();
    let known = Known { event, user, outcome: Outcome::Success, ..NOTHING };
    Some(match event {
        "CMD" => Known { class: Class::Process, command: inner.into(), ..known },
        "REPLACE" | "DELETE" | "BEGIN EDIT" | "END EDIT" | "RELOAD" => {
            Known { class: Class::Config, ..known }
        }
        "LIST" | "CMDOUT" | "CMDEND" => known,
        _ => Known { outcome: Outcome::Unknown, ..known },
    })
}

/// `New session 5 of user alice.`, and with quotes in newer versions.
pub(super) fn logind(message: &str) -> Option<Known<'_>> {
    let events = ["New session", "Removed session", "Session"];
    let event = events.into_iter().find(|event| message.starts_with(event))?;
    let behind = |mark: &str| message.split_once(mark).map_or("", |(_, rest)| word(rest));
    let user = behind("of user ").trim_matches(['\'', '.']);
    let session = behind("ession ").trim_matches(['\'', '.']);
    let (class, outcome) = (Class::Auth, Outcome::Success);
    Some(Known { event, class, outcome, user: user.into(), session, ..NOTHING })
}

/// `Started nginx.service - A web server.`
pub(super) fn systemd(message: &str) -> Option<Known<'_>> {
    const EVENTS: [&str; 6] = ["Started", "Stopped", "Starting", "Stopping", "Reloaded", "Failed"];
    let event = EVENTS.into_iter().find(|event| message.starts_with(event))?;
    let rest = message[event.len()..].trim_start();
    let rest = rest.strip_prefix("to start ").unwrap_or(rest);
    let unit = rest.split(" - ").next().unwrap_or(rest).trim_end_matches('.').trim();
    let failed = event == "Failed";
    let outcome = if failed { Outcome::Failure } else { Outcome::Success };
    Some(Known { event, class: Class::Process, outcome, thing: unit.into(), ..NOTHING })
}

/// `alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/] [COMMAND=/usr/bin/id]`;
/// `Operator of unix-session:1 successfully authenticated as unix-user:root to gain ... for action
/// ... (owned by unix-user:alice)`
pub(super) fn polkit(message: &str) -> Option<Known<'_>> {
    if let Some((user, rest)) = message.split_once(": Executing command") {
        let value = |name: &str| {
            let (_, rest) = rest.split_once(&format!("[{name}="))?;
            rest.rsplit_once(']').filter(|_| name == "COMMAND").or_else(|| rest.split_once(']'))
        };
        let value = |name: &str| value(name).map_or("", |(value, _)| value);
        let (event, class) = ("Executing command", Class::Process);
        return Some(Known {
            event,
            class,
            outcome: Outcome::Success,
            user: user.into(),
            target: value("USER").into(),
            command: value("COMMAND").into(),
            tty: value("TTY"),
            folder: value("CWD").into(),
            ..NOTHING
        });
    }
    let (_, rest) = message.split_once("Operator of ")?;
    let failed = rest.contains("FAILED to authenticate");
    let behind = |mark: &str| rest.split_once(mark).map_or("", |(_, rest)| word(rest));
    let user = rest.rsplit_once("(owned by unix-user:").map_or("", |(_, user)| user);
    Some(Known {
        event: "authenticate",
        class: Class::Auth,
        outcome: if failed { Outcome::Failure } else { Outcome::Success },
        user: user.trim_end_matches(')').into(),
        target: behind("authenticated as unix-user:").into(),
        thing: behind("for action ").into(),
        ..NOTHING
    })
}
