//! People in the records of applications, by the names of members that usually hold something of
//! them.
//!
//! In records of services such names are those of things (`"name": "my-bucket"`), so that only
//! formats in which programs write whatever they like are looked into. `name` counts only where it
//! reads as somebody's (`Maria Huber`), or below a member that is somebody (`buyer.name`).

use super::find::{Found, is_email};
use super::kinds::Kind;
use super::members::Member;
use super::names::is_token;
use super::people::names;

/// Formats in which applications write.
const FORMATS: &[&str] =
    &["json_lines", "lambda", "logfmt", "plain", "syslog", "journald", "unparsed"];

/// Members that are somebody, or where somebody lives.
const SOMEBODY: &[&str] = &[
    "buyer",
    "customer",
    "recipient",
    "user",
    "person",
    "contact",
    "employee",
    "patient",
    "member",
    "guest",
    "passenger",
    "applicant",
    "subscriber",
    "sender",
    "cardholder",
    "accountholder",
    "shipping",
    "billing",
    "delivery",
    "address",
    "shippingaddress",
    "billingaddress",
    "deliveryaddress",
    "postaladdress",
    "homeaddress",
    "profile",
    "payer",
    "payee",
    "beneficiary",
];

const NAMES: &[&str] = &[
    "fullname",
    "firstname",
    "lastname",
    "middlename",
    "givenname",
    "familyname",
    "surname",
    "maidenname",
    "realname",
    "nickname",
    "buyername",
    "customername",
    "recipientname",
    "contactname",
    "cardholdername",
    "sendername",
    "username",
    "login",
    "user",
    "buyer",
    "customer",
    "recipient",
    "cardholder",
];

/// What else is somebody's: it is replaced where it stands.
const OTHERS: &[&str] = &[
    "addressline",
    "addressline1",
    "addressline2",
    "addressline3",
    "address1",
    "address2",
    "address3",
    "street",
    "street1",
    "street2",
    "streetaddress",
    "streetname",
    "postalcode",
    "postcode",
    "zip",
    "zipcode",
    "phone",
    "phonenumber",
    "mobile",
    "mobilephone",
    "mobilenumber",
    "telephone",
    "tel",
    "fax",
    "email",
    "emailaddress",
    "mail",
    "birthdate",
    "birthday",
    "dateofbirth",
    "dob",
    "ssn",
    "socialsecuritynumber",
    "passportnumber",
    "taxid",
    "nationalid",
];

/// Of somebody's address only.
const PLACES: &[&str] = &["city", "town", "housenumber"];

/// Words that a thing's name has in it and nobody's.
const THINGS: &[&str] = &[
    "service",
    "server",
    "job",
    "worker",
    "task",
    "api",
    "manager",
    "system",
    "app",
    "application",
    "test",
    "default",
    "queue",
    "handler",
    "client",
    "main",
    "thread",
    "pool",
    "logger",
    "event",
    "request",
    "response",
    "error",
    "database",
    "cluster",
    "group",
    "policy",
    "rule",
    "web",
];

const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "guest",
    "system",
    "none",
    "null",
    "nil",
    "n/a",
    "user",
    "test",
    "default",
    "public",
    "service",
    "nobody",
    "true",
    "false",
    "anonymoususer",
    "undefined",
];

/// Whether programs write in this format whatever they like.
pub(super) fn is_application(format: &str) -> bool {
    FORMATS.contains(&format)
}

/// Everything of this in the members of a record.
pub(super) fn found(members: &[Member]) -> Vec<Found> {
    let found = members.iter().filter_map(|Member { path, range, text, bare }| {
        let kind = of_member(path, text, bare.is_some())?;
        Some(Found::new(range.clone(), kind, text.trim().to_lowercase()))
    });
    found.collect()
}

/// What the member that this path leads to holds of somebody, if it does: a name, or something else.
/// `is_bare`: it is a number.
pub(super) fn of_member(path: &str, text: &str, is_bare: bool) -> Option<Kind> {
    let text = text.trim();
    let mut parts = path.rsplit('.').map(folded);
    let last = parts.next()?;
    let is_below = parts.any(|part| SOMEBODY.contains(&&*part));
    let is = |names: &[&str]| names.contains(&&*last);
    // What an address for mail is has a token of its own.
    if text.is_empty()
        || is_token(text)
        || is_email(text)
        || NOBODY.contains(&&*text.to_lowercase())
    {
        return None;
    }
    if is(OTHERS) || is_below && is(PLACES) {
        let has = |of: fn(char) -> bool| text.chars().any(of);
        let is_number =
            is_bare && text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        return (is_number || !is_bare && has(char::is_alphanumeric)).then_some(Kind::Personal);
    }
    let is_name =
        is(NAMES) || matches!(&*last, "name" | "displayname") && (is_below || is_full(text));
    (is_name && !is_bare && names(text) == [text]).then_some(Kind::Name)
}

/// Whether a text reads as the first and the last name of somebody.
fn is_full(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_name = |word: &&str| {
        let is_part = |c: char| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-');
        word.starts_with(char::is_uppercase) && word.chars().all(is_part)
    };
    let is_long = |word: &&&str| word.chars().filter(|c| c.is_lowercase()).count() >= 1;
    let is_thing = |word: &&str| THINGS.contains(&&*word.to_lowercase());
    (2..=4).contains(&words.len())
        && words.iter().all(is_name)
        && words.iter().filter(is_long).count() >= 2
        && !words.iter().any(is_thing)
}

fn folded(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '_' | '-'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_an_application_holds_something_of_somebody_or_not() {
        for (path, text, expected) in [
            ("user", "mhuber", Some(Kind::Name)),
            ("name", "Maria Huber", Some(Kind::Name)),
            ("order.buyer.name", "John Q Public", Some(Kind::Name)),
            ("order.buyer.name", "mhuber", Some(Kind::Name)),
            ("a.first_name", "Maria", Some(Kind::Name)),
            ("buyer.addressLine1", "12 Main Street", Some(Kind::Personal)),
            ("buyer.address.city", "Springfield", Some(Kind::Personal)),
            ("phone", "0170 1234567", Some(Kind::Personal)),
            ("birthDate", "1980-02-03", Some(Kind::Personal)),
            ("name", "my-logger", None),
            ("name", "Payment Service", None),
            ("name", "GET /x", None),
            ("city", "Springfield", None),
            ("user", "admin", None),
            ("user", "-", None),
            ("user", "name-0123456789", None),
            ("email", "dana@example.com", None),
            ("hostname", "Maria Huber", None),
        ] {
            assert_eq!(of_member(path, text, false), expected, "{path} {text}");
        }
        assert_eq!(of_member("zip", "12345", true), Some(Kind::Personal));
        assert_eq!(of_member("phone", "true", true), None);
    }
}
