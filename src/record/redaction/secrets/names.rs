//! Names that say that what follows is secret.

/// What kind of secret a name stands before; each has its own idea of what is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Somebody chose it: it may be short, a number or a word.
    Password,
    /// Made by a program: tokens, keys and other secrets.
    Token,
    /// `SCHEME SECRET`.
    Authorization,
    Cookie,
    /// What a program reaches a database by.
    Connection,
}

impl Class {
    /// Whether it has blanks and semicolons in it, to the end of its line.
    pub(super) const fn is_line(self) -> bool {
        matches!(self, Self::Authorization | Self::Cookie)
    }
}

const PASSWORDS: &[&str] =
    &["password", "passwd", "pwd", "passphrase", "passcode", "identified by"];

const TOKENS: &[&str] = &[
    "secret",
    "secretkey",
    "secretaccesskey",
    "secretstring",
    "secretvalue",
    "token",
    "apikey",
    "apisecret",
    "privatekey",
    "accountkey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "passwordhash",
];

/// Tokens that let nobody in: they go on with a list, or say that a request is the same one.
const HARMLESS: &[&str] = &[
    "nexttoken",
    "pagetoken",
    "clienttoken",
    "requesttoken",
    "continuationtoken",
    "paginationtoken",
    "forwardtoken",
    "backwardtoken",
    "idempotencytoken",
    "cursortoken",
    "starttoken",
    "startingtoken",
    "locktoken",
    "changetoken",
    "updatetoken",
    "deduplicationtoken",
    "synctoken",
    "resumetoken",
    "concurrencytoken",
    "creationtoken",
    "confirmationtoken",
];

/// A name without case and without what stands between its words.
pub(super) fn folded(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '_' | '-'));
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// What a name says of what follows, if that is secret.
pub(super) fn class(name: &str) -> Option<Class> {
    let folded = folded(name);
    let ends = |words: &[&str]| words.iter().any(|word| folded.ends_with(word));
    // Short words are also the ends of others, such as `compass`.
    let is_last = |word: &str| {
        let from = name.len().checked_sub(word.len());
        let (before, last) = from.and_then(|at| name.split_at_checked(at)).unwrap_or_default();
        let is_word = last.eq_ignore_ascii_case(word);
        is_word && (before.is_empty() && word != "pass" || before.ends_with(['_', '-']))
            || is_word
                && last.starts_with('P')
                && before.ends_with(|c: char| c.is_ascii_lowercase())
    };
    if ends(PASSWORDS) || is_last("pw") || is_last("pass") {
        Some(Class::Password)
    } else if ends(TOKENS) && !ends(HARMLESS) {
        Some(Class::Token)
    } else if folded.ends_with("authorization") || folded == "bearer" {
        Some(Class::Authorization)
    } else if ends(&["cookie", "cookies"]) {
        Some(Class::Cookie)
    } else if ends(&["connectionstring", "connstr", "connstring"]) {
        Some(Class::Connection)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whether_a_secret_follows() {
        for (class, names) in [
            (
                Some(Class::Password),
                "password masterUserPassword DB_PASSWORD --password pw db_pw userPw smtp_pass pwd \
                 PGPASSWORD old-passphrase",
            ),
            (
                Some(Class::Token),
                "token sessionToken X-Amz-Security-Token access_token client_secret secretAccessKey \
                 x-api-key apiKey APIKEY private_key AccountKey secretString",
            ),
            (Some(Class::Authorization), "Authorization proxy-authorization bearer"),
            (Some(Class::Cookie), "cookie Set-Cookie cookies"),
            (Some(Class::Connection), "connectionString connection_string"),
            (
                None,
                "nextToken clientRequestToken pageToken continuationToken NextForwardToken passed \
                 compass bypass pass passwordLastUsed passwordResetRequired tokenCount tokens \
                 secretId secretName httpTokens authorizationType xpw tokenType secrets",
            ),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(super::class(name), class, "{name}");
            }
        }
    }
}
