//! Whom a web server did not let in, told from the messages of its modules. Users choose their names
//! and what they ask for, so that either may look like the rest of a message: what can be read in
//! two ways is not.
//!
//! Sources: `mod_auth_basic`, `mod_auth_digest`, `mod_authz_core` and `mod_authnz_ldap` of Apache's
//! httpd; `ngx_http_auth_basic_module` of nginx.

use crate::event::Outcome;

/// Who was not let in, and to what; both are empty if nobody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused<'a> {
    pub(super) user: &'a str,
    pub(super) url: &'a str,
    pub(super) outcome: Outcome,
}

/// What stands before a name, between it and the URL, and behind that.
type Form = ([&'static str; 3], Outcome);

const APACHE: [(&str, Form); 7] = [
    (
        "AH01617",
        (["user ", ": authentication failure for \"", "\": Password Mismatch"], Outcome::Failure),
    ),
    ("AH01618", (["user ", " not found: ", ""], Outcome::Failure)),
    ("AH01631", (["user ", ": authorization failure for \"", "\": "], Outcome::Denied)),
    (
        "AH01695",
        (["auth_ldap authenticate: user ", " authentication failed; URI ", " ["], Outcome::Failure),
    ),
    ("AH01790", (["user `", "' not found: ", ""], Outcome::Failure)),
    ("AH01791", (["user `", "' denied by provider: ", ""], Outcome::Denied)),
    ("AH01792", (["user ", ": password mismatch: ", ""], Outcome::Failure)),
];

/// What a message of Apache says, without its code and what a client says it came from. Old
/// versions have no codes.
pub(super) fn by_apache<'a>(code: &str, message: &'a str) -> Option<Refused<'a>> {
    let message = message.rsplit_once(", referer: ").map_or(message, |(message, _)| message);
    let mut forms = APACHE.iter().filter(|(of, _)| code == *of || code.is_empty());
    forms.find_map(|(_, (marks, outcome))| {
        let (user, url) = between(message, *marks)?;
        // Of a digest the realm stands behind the user.
        let user = if marks[0].ends_with('`') {
            once(user, "' in realm `").map_or("", |(user, _)| user)
        } else {
            user
        };
        let url = if user.is_empty() { "" } else { url };
        Some(Refused { user, url, outcome: *outcome })
    })
}

/// What a message of nginx says. The request stands elsewhere in the line.
pub(super) fn by_nginx(message: &str) -> Option<Refused<'_>> {
    let rest = message.trim_end().strip_prefix("user \"")?;
    let user = match rest.strip_suffix("\": password mismatch") {
        Some(user) => user,
        None if rest.contains("\" was not found in \"") => {
            once(rest, "\" was not found in \"").map_or("", |(user, _)| user)
        }
        None => return None,
    };
    Some(Refused { user, url: "", outcome: Outcome::Failure })
}

/// The name and the URL; empty if the mark between them is there twice.
fn between<'a>(message: &'a str, [before, mark, behind]: [&str; 3]) -> Option<(&'a str, &'a str)> {
    let rest = message.strip_prefix(before)?;
    if !rest.contains(mark) {
        return None;
    }
    let Some((user, url)) = once(rest, mark) else { return Some(("", "")) };
    let url = match behind {
        "" => url,
        behind => url.rfind(behind.trim_end()).map_or(url, |at| &url[..at]),
    };
    Some((user, url.trim_end()))
}

/// Both sides of what is there once.
fn once<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(mark).filter(|(_, rest)| !rest.contains(mark))
}
