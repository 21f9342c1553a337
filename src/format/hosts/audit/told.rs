//! What the records of one audit event say together.

use super::kinds;
use super::record::{Record, Value, socket, socket_path};
use super::syscalls;
use crate::event::{Class, Outcome};
use std::borrow::Cow;
use std::net::IpAddr;

/// Arguments of a command that are joined, at most.
const ARGUMENTS: usize = 64;

/// An event; what it does not say is empty.
#[derive(Debug, Default)]
pub(in crate::format::hosts) struct Told<'a> {
    pub(in crate::format::hosts) event: &'a str,
    pub(in crate::format::hosts) kinds: Vec<&'a str>,
    pub(in crate::format::hosts) user: Cow<'a, str>,
    /// The user as which it was done.
    pub(in crate::format::hosts) acting: &'a str,
    /// The account that it was about.
    pub(in crate::format::hosts) account: Cow<'a, str>,
    pub(in crate::format::hosts) login: &'a str,
    pub(in crate::format::hosts) session: &'a str,
    pub(in crate::format::hosts) source: Option<(IpAddr, u16)>,
    pub(in crate::format::hosts) target: Option<(IpAddr, u16)>,
    pub(in crate::format::hosts) hostname: &'a str,
    pub(in crate::format::hosts) result: &'a str,
    pub(in crate::format::hosts) code: &'a str,
    pub(in crate::format::hosts) program: Cow<'a, str>,
    pub(in crate::format::hosts) name: Cow<'a, str>,
    pub(in crate::format::hosts) command: Cow<'a, str>,
    pub(in crate::format::hosts) folder: Cow<'a, str>,
    pub(in crate::format::hosts) files: Vec<Cow<'a, str>>,
    pub(in crate::format::hosts) key: Cow<'a, str>,
    pub(in crate::format::hosts) terminal: &'a str,
    pub(in crate::format::hosts) operation: &'a str,
    pub(in crate::format::hosts) unit: &'a str,
    pub(in crate::format::hosts) call: &'a str,
    pub(in crate::format::hosts) pid: &'a str,
    arch: &'a str,
    number: &'a str,
    /// Which of the files there were not before.
    made: Vec<usize>,
    /// The first argument of the call, as digits.
    first: &'a str,
    refused: bool,
    names: Names<'a>,
    title: Cow<'a, str>,
    arguments: Vec<Cow<'a, str>>,
}

/// Kinds of records that are told of one event: no event of auditd's has nearly as many.
const KINDS: usize = 64;

/// Users by name, as the part of a record says that explains its numbers.
#[derive(Debug, Default)]
struct Names<'a> {
    login: &'a str,
    acting: &'a str,
}

impl<'a> Told<'a> {
    pub(in crate::format::hosts) fn of(records: &[Record<'a>]) -> Self {
        let mut told = Self::default();
        for record in records {
            let kind = kinds::name(record.kind);
            if told.kinds.len() < KINDS && !told.kinds.contains(&kind) {
                told.kinds.push(kind);
            }
            told.read(record, kind);
        }
        told.finish();
        told
    }

    fn read(&mut self, record: &Record<'a>, kind: &str) {
        let values = record.values;
        self.refused |=
            values.starts_with("avc:  denied") || values.contains("apparmor=\"DENIED\"");
        let (mut parent, mut made) = (false, false);
        let mut file = None;
        for (name, value) in record.pairs() {
            match (kind, name) {
                ("EXECVE", _) if name.starts_with('a') && name != "argc" => {
                    self.argument(name, value);
                }
                ("PATH", "name") => file = value.decoded(),
                ("PATH", "nametype") => {
                    (parent, made) = (value.text == "PARENT", value.text == "CREATE");
                }
                ("SOCKADDR", "saddr") => self.address(value.text),
                ("PROCTITLE", "proctitle") => self.title = value.decoded().unwrap_or_default(),
                ("CWD", "cwd") => self.folder = value.decoded().unwrap_or_default(),
                ("PATH" | "SOCKADDR" | "PROCTITLE" | "CWD" | "EXECVE", _) => {}
                _ => self.pair(name, value),
            }
        }
        if let Some(file) = file.filter(|_| !parent) {
            self.made.extend(made.then_some(self.files.len()));
            self.files.push(file);
        }
    }

    fn pair(&mut self, name: &str, value: Value<'a>) {
        let Some(given) = value.given() else { return };
        let decoded = || value.decoded().unwrap_or_default();
        match name {
            "auid" => self.login = given,
            "uid" => self.acting = given,
            "AUID" => self.names.login = given,
            "UID" => self.names.acting = given,
            "ses" => self.session = given,
            "pid" => self.pid = given,
            "acct" => self.account = decoded(),
            // Of what is done to accounts the name stands here if it is known.
            "ID" if self.account.is_empty() => self.account = Cow::Borrowed(given),
            "exe" => self.program = decoded(),
            "comm" => self.name = decoded(),
            "cmd" | "data" => self.command = decoded(),
            "cwd" => self.folder = decoded(),
            "key" => self.key = decoded(),
            "op" => self.operation = given,
            "unit" => self.unit = given,
            "terminal" | "tty" if given != "(none)" => self.terminal = given,
            "addr" | "laddr" => {
                if let Ok(address) = given.parse() {
                    self.source = Some((address, 0));
                }
            }
            "hostname" => {
                self.hostname = given;
                if let (None, Ok(address)) = (self.source, given.parse()) {
                    self.source = Some((address, 0));
                }
            }
            "res" | "result" => self.result = given,
            "success" if self.result.is_empty() => self.result = given,
            "exit" => self.code = given,
            "arch" => self.arch = given,
            "syscall" => self.number = given,
            "a0" => self.first = given,
            "SYSCALL" => self.call = given,
            _ => {}
        }
    }

    /// `a1="-l"`, also in parts: `a1[0]=2F62`; `a1_len` says how long those are together.
    fn argument(&mut self, name: &str, value: Value<'a>) {
        let digits = name[1..].split('[').next().unwrap_or("");
        let Ok(at) = digits.parse::<usize>() else { return };
        let Some(text) = value.decoded().filter(|_| at < ARGUMENTS) else { return };
        if self.arguments.len() <= at {
            self.arguments.resize(at + 1, Cow::Borrowed(""));
        }
        if name.ends_with(']') {
            self.arguments[at].to_mut().push_str(&text);
        } else {
            self.arguments[at] = text;
        }
    }

    fn address(&mut self, digits: &str) {
        match socket(digits) {
            // Which end it is depends on the call, which may come later.
            Some(found) => self.target = Some(found),
            None => self.files.extend(socket_path(digits).map(Cow::Owned)),
        }
    }

    fn finish(&mut self) {
        if self.call.is_empty() {
            let known = syscalls::name(self.arch, self.number);
            self.call = known.unwrap_or(self.number);
        }
        if matches!(self.call, "accept" | "accept4" | "recvfrom" | "recvmsg") {
            self.source = self.target.take().or(self.source);
        }
        let told = self.kinds.iter().find(|kind| !kinds::is_addition(kind)).copied();
        let called = Some(self.call).filter(|call| !call.is_empty());
        self.event = told.or(called).or(self.kinds.first().copied()).unwrap_or("");
        if !self.arguments.is_empty() {
            self.command = Cow::Owned(self.arguments.join(" "));
        } else if self.command.is_empty() {
            self.command = std::mem::take(&mut self.title);
        }
        if !self.names.acting.is_empty() {
            self.acting = self.names.acting;
        }
        let user = match self.login {
            "" => self.account.clone(),
            "0" => Cow::Borrowed("root"),
            number => Cow::Borrowed(number),
        };
        self.user = if self.names.login.is_empty() { user } else { self.names.login.into() };
        if self.user.is_empty() {
            self.user = if self.acting == "0" { "root".into() } else { self.acting.into() };
        }
    }

    /// The files that there were not before, with the working folder where the call went by that.
    pub(in crate::format::hosts) fn created(&self) -> impl Iterator<Item = Cow<'_, str>> {
        // `openat` and its like name another folder, or -100 for this one.
        let is_at = self.call.trim_end_matches('2').ends_with("at");
        let is_here = !self.folder.is_empty() && (!is_at || self.first.ends_with("ffffff9c"));
        self.made.iter().filter_map(|at| self.files.get(*at)).map(move |file| {
            if !is_here || file.starts_with('/') {
                return Cow::Borrowed(&**file);
            }
            let folder = self.folder.trim_end_matches('/');
            Cow::Owned(format!("{folder}/{}", file.trim_start_matches("./")))
        })
    }

    pub(in crate::format::hosts) fn class(&self) -> Class {
        kinds::class(self.event)
    }

    pub(in crate::format::hosts) fn outcome(&self) -> Outcome {
        let forbidden = matches!(self.code, "-1" | "-13")
            || self.code.starts_with("EPERM")
            || self.code.starts_with("EACCES");
        match self.result {
            _ if self.refused => Outcome::Denied,
            "success" | "yes" | "1" => Outcome::Success,
            "failed" | "no" | "0" if forbidden => Outcome::Denied,
            "failed" | "no" | "0" => Outcome::Failure,
            _ => Outcome::Unknown,
        }
    }
}
