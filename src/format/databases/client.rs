//! Where the clients of databases come from: an address or a name, and a user.

use crate::event::{FieldDef, Kind, Role, Row, Value};
use std::net::IpAddr;

/// A client that is named where others have an address.
pub(super) const fn named(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Host, "the client's host, where the log has a name for it")
}

/// An address; that of a client over IPv4 stands as what it is, however the server writes it.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Puts where a client comes from into the first slot if it is an address, else into the second.
pub(super) fn put(row: &mut dyn Row, (ip, name): (usize, usize), host: &str) {
    match address(host) {
        Some(address) => row.put(ip, Value::Ip(address)),
        None if host.is_empty() => {}
        None => row.put(name, Value::Str(host)),
    }
}

/// Puts who it is, and that the database knows them by this name.
pub(super) fn put_user(row: &mut dyn Row, (principal, kind): (usize, usize), user: &str) {
    if !user.is_empty() {
        row.put(principal, Value::Str(user));
        row.put(kind, Value::Str("db_user"));
    }
}
