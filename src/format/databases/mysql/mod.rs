//! What MySQL, MariaDB and Aurora MySQL write: audit, error, slow query and general query logs.

mod audit;
mod banner;
mod error;
mod general;
mod said;
mod slow;
mod stamp;

use crate::event::{FieldDef, Kind, Role, Row, Value};

pub(super) use audit::Audit;
pub(super) use error::Errors;
pub(super) use general::General;
pub(super) use slow::Slow;

const fn database() -> FieldDef {
    FieldDef::new("mysql.database", Kind::Str, Role::Resource, "the database in use")
}

const fn connection() -> FieldDef {
    FieldDef::new("mysql.connection_id", Kind::Id, Role::Session, "thread id of the connection")
}

/// Whether the line begins a record of a query log, slow or general. Both have the same banners,
/// and a file of which little more is known is cut alike, whichever it is.
fn begins(so_far: &[u8], line: &[u8]) -> bool {
    slow::block_begins(so_far, line) || general::entry_begins(line) || banner::begins(line)
}

fn put_text(row: &mut dyn Row, slot: usize, text: &str) {
    if !text.is_empty() {
        row.put(slot, Value::Str(text));
    }
}

/// Whether an error says that somebody was not allowed: "MySQL Error Reference".
fn denied(code: &str) -> bool {
    matches!(
        code,
        "1044"
            | "1045"
            | "1095"
            | "1130"
            | "1131"
            | "1132"
            | "1142"
            | "1143"
            | "1227"
            | "1370"
            | "1410"
            | "1698"
            | "1820"
            | "1862"
            | "1873"
            | "3118"
            | "3159"
            | "3202"
            | "4151"
    )
}
