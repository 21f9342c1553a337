//! What the messages of a host's own programs say, wherever they stand: who, from where, what, and
//! how it ended. Messages of other programs are kept as they are.

mod accounts;
mod kernel;
mod services;
mod ssh;

use super::audit;
use crate::event::{Class, Outcome, Row, Value, schema::slots};
use crate::format::members::{Scalar, put};
use crate::format::{put_class, put_outcome};
use std::borrow::Cow;

/// The fields of formats in which programs of hosts speak. They come first in each, so that what a
/// message says can be written into the rows of any of them.
macro_rules! said_slots {
    ($($slot:ident = $def:expr),* $(,)?) => {
        slots! {
            EVENT = $crate::event::fields::EVENT,
            CLASS = $crate::event::fields::CLASS,
            OUTCOME = $crate::event::fields::OUTCOME,
            CODE = $crate::event::fields::CODE,
            PRINCIPAL = $crate::event::fields::PRINCIPAL,
            PRINCIPAL_KIND = $crate::event::fields::PRINCIPAL_KIND,
            SRC_IP = $crate::event::fields::SRC_IP,
            SRC_PORT = $crate::event::fields::SRC_PORT,
            DST_IP = $crate::event::fields::DST_IP,
            DST_PORT = $crate::event::fields::DST_PORT,
            ACCOUNT = $crate::event::fields::ACCOUNT,
            _REGION = $crate::event::fields::REGION,
            RESOURCE = $crate::event::fields::RESOURCE,
            BYTES_IN = $crate::event::fields::BYTES_IN,
            BYTES_OUT = $crate::event::fields::BYTES_OUT,
            HOST = $crate::event::fields::HOST,
            INSTANCE = $crate::event::fields::INSTANCE,
            PROCESS = $crate::event::fields::PROCESS,
            SEVERITY = $crate::event::fields::SEVERITY,
            MESSAGE = $crate::event::fields::MESSAGE,
            TARGET = $crate::format::hosts::programs::TARGET_FIELD,
            COMMAND = $crate::format::hosts::programs::COMMAND_FIELD,
            TTY = $crate::format::hosts::programs::TTY_FIELD,
            FOLDER = $crate::format::hosts::programs::FOLDER_FIELD,
            SESSION = $crate::format::hosts::programs::SESSION_FIELD,
            RULE = $crate::event::fields::RULE,
            PROTOCOL = $crate::format::hosts::programs::PROTOCOL_FIELD,
            LINK_IN = $crate::format::hosts::programs::LINK_IN_FIELD,
            LINK_OUT = $crate::format::hosts::programs::LINK_OUT_FIELD,
            FLAGS = $crate::format::hosts::programs::FLAGS_FIELD,
            AUDITED = $crate::format::hosts::audit::TYPE_FIELD,
            $($slot = $def),*
        }
    };
}
pub(super) use said_slots;

mod names {
    use crate::event::{FieldDef, Kind, Role};

    const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
        FieldDef::new(name, Kind::Str, role, help)
    }

    pub(in crate::format::hosts) const TARGET_FIELD: FieldDef =
        text("syslog.target_user", Role::Principal, "user that was acted as or upon");
    pub(in crate::format::hosts) const COMMAND_FIELD: FieldDef =
        text("syslog.command", Role::Text, "command line as logged");
    pub(in crate::format::hosts) const TTY_FIELD: FieldDef =
        text("syslog.tty", Role::Text, "terminal");
    pub(in crate::format::hosts) const FOLDER_FIELD: FieldDef =
        text("syslog.pwd", Role::File, "working folder");
    pub(in crate::format::hosts) const SESSION_FIELD: FieldDef =
        text("syslog.session", Role::Session, "number of the login session");
    pub(in crate::format::hosts) const PROTOCOL_FIELD: FieldDef =
        text("netfilter.proto", Role::Text, "protocol of the packet");
    pub(in crate::format::hosts) const LINK_IN_FIELD: FieldDef =
        text("netfilter.in", Role::Text, "interface of the host that the packet came by");
    pub(in crate::format::hosts) const LINK_OUT_FIELD: FieldDef =
        text("netfilter.out", Role::Text, "interface of the host that the packet left by");
    pub(in crate::format::hosts) const FLAGS_FIELD: FieldDef =
        text("netfilter.flags", Role::Text, "flags of TCP, as they stand");
}
pub(super) use names::*;

said_slots! {}

/// What a message says; what it does not say is empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known<'a> {
    pub(super) event: &'a str,
    pub(super) class: Class,
    pub(super) outcome: Outcome,
    pub(super) code: &'a str,
    pub(super) user: Cow<'a, str>,
    pub(super) target: Cow<'a, str>,
    /// What was acted on beside the user: a group, a key, a unit, a file.
    pub(super) thing: Cow<'a, str>,
    pub(super) address: Cow<'a, str>,
    pub(super) port: Cow<'a, str>,
    /// Address and port that were connected to.
    pub(super) listener: (Cow<'a, str>, Cow<'a, str>),
    pub(super) command: Cow<'a, str>,
    pub(super) tty: &'a str,
    pub(super) folder: Cow<'a, str>,
    pub(super) session: &'a str,
    pub(super) rule: Cow<'a, str>,
    pub(super) packet: kernel::Packet<'a>,
    /// The kind of the audit record that was handed on.
    pub(super) audited: &'a str,
}

const EMPTY: Cow<'static, str> = Cow::Borrowed("");

const NOTHING: Known<'static> = Known {
    event: "",
    class: Class::Other,
    outcome: Outcome::Unknown,
    code: "",
    user: EMPTY,
    target: EMPTY,
    thing: EMPTY,
    address: EMPTY,
    port: EMPTY,
    listener: (EMPTY, EMPTY),
    command: EMPTY,
    tty: "",
    folder: EMPTY,
    session: "",
    rule: EMPTY,
    packet: kernel::Packet::NONE,
    audited: "",
};

/// What the message of a program says.
pub(super) fn read<'a>(program: &str, message: &'a str) -> Known<'a> {
    let program = program.rsplit('/').next().unwrap_or(program);
    let program = program.trim_matches(['(', ')']);
    if let Some(known) = accounts::pam(message) {
        return known;
    }
    let known = match program {
        "sshd" | "sshd-session" | "sshd-auth" | "dropbear" => ssh::read(message),
        "sudo" => accounts::sudo(message),
        "su" | "runuser" => accounts::su(message),
        "useradd" | "userdel" | "usermod" | "groupadd" | "groupdel" | "groupmod" | "gpasswd"
        | "passwd" | "chpasswd" | "adduser" | "chage" | "chfn" | "chsh" => {
            Some(accounts::account(program, message))
        }
        "CRON" | "cron" | "crond" | "CROND" | "anacron" | "crontab" => services::cron(message),
        "systemd-logind" => services::logind(message),
        "systemd" => services::systemd(message),
        "polkitd" | "pkexec" => services::polkit(message),
        "kernel" => kernel::read(message),
        "audit" | "auditd" | "audispd" | "audisp-syslog" => audited(message),
        // Whoever relays, and however it is called.
        _ if message.starts_with("type=") || message.starts_with("node=") => audited(message),
        _ => None,
    };
    known.unwrap_or(NOTHING)
}

/// The program whose message a line is that has no head.
pub(super) fn bare(line: &str) -> Option<&'static str> {
    if ssh::is_bare(line) {
        Some("sshd")
    } else if kernel::is_packet(line) {
        Some("kernel")
    } else {
        None
    }
}

/// A record of the audit system that was handed on.
fn audited(message: &str) -> Option<Known<'_>> {
    let told = audit::Told::of(&[audit::Record::handed_on(message)?]);
    let end = |end: Option<(std::net::IpAddr, u16)>| match end {
        Some((address, 0)) => (Cow::Owned(address.to_string()), EMPTY),
        Some((address, port)) => (Cow::Owned(address.to_string()), Cow::Owned(port.to_string())),
        None => (EMPTY, EMPTY),
    };
    let (address, port) = end(told.source);
    Some(Known {
        audited: told.kinds.first().copied().unwrap_or(""),
        event: told.event,
        class: told.class(),
        outcome: told.outcome(),
        code: if told.code.is_empty() { told.result } else { told.code },
        address,
        port,
        listener: end(told.target),
        thing: if told.unit.is_empty() { told.program } else { told.unit.into() },
        target: told.account,
        user: told.user,
        command: told.command,
        tty: told.terminal,
        folder: told.folder,
        session: told.session,
        rule: told.key,
        ..NOTHING
    })
}

impl Known<'_> {
    /// Writes it into a row whose first fields are those of [`said_slots`].
    pub(super) fn put(&self, row: &mut dyn Row) {
        for (slot, value) in [
            (EVENT, self.event),
            (CODE, self.code),
            (PRINCIPAL, &*self.user),
            (TARGET, &*self.target),
            (RESOURCE, &*self.target),
            (RESOURCE, &*self.thing),
            (COMMAND, &*self.command),
            (TTY, self.tty),
            (FOLDER, &*self.folder),
            (SESSION, self.session),
            (RULE, &*self.rule),
            (SRC_IP, &*self.address),
            (SRC_PORT, &*self.port),
            (DST_IP, &*self.listener.0),
            (DST_PORT, &*self.listener.1),
            (PROTOCOL, self.packet.protocol),
            (LINK_IN, self.packet.link_in),
            (LINK_OUT, self.packet.link_out),
            (FLAGS, &*self.packet.flags),
            (AUDITED, self.audited),
            (if self.packet.link_in.is_empty() { BYTES_OUT } else { BYTES_IN }, self.packet.length),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
        }
        if !self.user.is_empty() {
            row.put(PRINCIPAL_KIND, Value::Str("os_user"));
        }
        put_class(row, CLASS, self.class);
        put_outcome(row, OUTCOME, self.outcome);
    }
}

fn word(text: &str) -> &str {
    text.split([' ', ',', ';']).next().unwrap_or("")
}

#[cfg(test)]
mod tests;
