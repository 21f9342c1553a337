//! Audit logs of Amazon Redshift: connections, users, and what users ran.
//!
//! Source: the Amazon Redshift management guide, "Database audit logging".

mod activity;
mod connection;
mod user;

use crate::event::{FieldDef, Kind, Role, Row, Value};
use crate::format::clock::{self, Stamp};
use crate::format::{Clock, Delivery};

pub(super) use activity::Activity;
pub(super) use connection::Connections;
pub(super) use user::Users;

const DELIVERY: Delivery = Delivery {
    service: None,
    lag: None,
    cadence: "a file for each log every hour or so, or more often where much happens",
    guarantee: "best effort: depends on how busy the cluster is, and files may come late or again",
    clock: Clock::Aws,
};

const fn database() -> FieldDef {
    FieldDef::new("redshift.database", Kind::Str, Role::Resource, "the database of the session")
}

const fn pid() -> FieldDef {
    FieldDef::new("redshift.pid", Kind::Int, Role::Text, "process that serves the session")
}

const fn xid() -> FieldDef {
    FieldDef::new("redshift.xid", Kind::Int, Role::Text, "transaction id")
}

/// `Mon, 2 Mar 2026 10:42:02:113`, in UTC: a colon stands before the milliseconds.
fn time(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let (stamp, rest) = clock::read(text)?;
    let millis =
        rest.strip_prefix(':').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let exact = millis.and_then(|millis| {
        let whole = &text[..text.len() - rest.len()];
        clock::read(&format!("{whole}.{millis}")).map(|(stamp, _)| stamp)
    });
    Some(exact.unwrap_or(stamp).is_utc())
}

fn put_text(row: &mut dyn Row, slot: usize, text: &str) {
    if !text.is_empty() {
        row.put(slot, Value::Str(text));
    }
}

/// Who it is. Users that came by way of IAM are named so.
fn put_user(row: &mut dyn Row, (principal, kind): (usize, usize), user: &str) {
    if user.is_empty() {
        return;
    }
    row.put(principal, Value::Str(user));
    let known = if user.starts_with("IAMR:") {
        "assumed_role"
    } else if user.starts_with("IAM:") || user.starts_with("IAMA:") {
        "iam_user"
    } else {
        "db_user"
    };
    row.put(kind, Value::Str(known));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_may_stand_before_the_fraction() {
        for (text, expected) in [
            ("Mon, 2 Mar 2026 10:42:02:113", "2026-03-02T10:42:02.113Z"),
            ("Mon, 02 Mar 2026 10:42:02", "2026-03-02T10:42:02Z"),
            ("2026-03-02 10:42:02.113", "2026-03-02T10:42:02.113Z"),
        ] {
            let stamp = time(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(stamp.time(3600).to_rfc3339(), expected);
        }
        assert!(time("Mon, 2 Mar").is_none() && time("").is_none());
    }
}
