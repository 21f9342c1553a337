//! User logs: database users that were made, changed, renamed and dropped.

use super::{DELIVERY, put_text, time};
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, fields, schema::slots};
use crate::format::beyond::Beyond;
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, Takes, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn flag(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    PID = super::pid(),
    XID = super::xid(),
    USER_ID = FieldDef::new("redshift.user_id", Kind::Int, Role::Text, "id of the user"),
    USER = FieldDef::new("redshift.target_user", Kind::Str, Role::Principal, "user that was made or changed"),
    OLD_USER = FieldDef::new("redshift.old_user", Kind::Str, Role::Principal, "its name before it was renamed"),
    CREATE = flag("redshift.use_create_db", "1: may make databases"),
    SUPER = flag("redshift.use_super", "1: may do everything"),
    CATALOG = flag("redshift.use_cat_upd", "1: may change system catalogs"),
    UNTIL = flag("redshift.valid_until", "when the password ends"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("redshift_user", "Redshift users", FIELDS));

pub(in crate::format::databases) struct Users;

impl Format for Users {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "User logs of Amazon Redshift (userlog): users made, changed, renamed, dropped."
    }

    fn limits(&self) -> &'static str {
        "Only the user that was changed is named: who did it is in the activity log, by process \
         and transaction. What is granted to users is not there."
    }

    fn delivery(&self) -> Delivery {
        DELIVERY
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(cells(probe.record).is_some())
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { beyond: Beyond::new(&SCHEMA, COLUMNS) })
    }
}

const COLUMNS: usize = 11;

/// The cells of a line, if they are those of a user log.
fn cells(record: &str) -> Option<[&str; COLUMNS]> {
    if !record.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let mut cells = [""; COLUMNS];
    let mut given = record.split('|').map(str::trim);
    for cell in &mut cells {
        *cell = given.next()?;
    }
    let is_action = ["alter", "create", "drop", "rename"]
        .iter()
        .any(|action| action.eq_ignore_ascii_case(cells[3]));
    let is_user = cells[0].bytes().all(|byte| byte.is_ascii_digit());
    (is_action && is_user && time(cells[10]).is_some()).then_some(cells)
}

#[derive(Clone)]
struct Reader {
    beyond: Beyond,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some(cells) = cells(record) else { return Err(DecodeError::NotMine) };
        if let Some(stamp) = time(cells[10]) {
            stamp.put(row, 0);
        }
        put_text(row, EVENT, cells[3]);
        for (slot, at) in [
            (USER_ID, 0),
            (USER, 1),
            (RESOURCE, 1),
            (OLD_USER, 2),
            (CREATE, 4),
            (SUPER, 5),
            (CATALOG, 6),
            (UNTIL, 7),
            (PID, 8),
            (XID, 9),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(cells[at]));
        }
        self.beyond.put(record.split('|').skip(COLUMNS), row)?;
        put_class(row, CLASS, Class::Account);
        put_outcome(row, OUTCOME, Outcome::Success);
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.beyond.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
