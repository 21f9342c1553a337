//! What a statement does, as far as its first words tell.

use crate::event::Class;

/// The first word of a statement, and what kind of thing it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verb {
    /// In capitals, however it was written.
    pub(super) name: &'static str,
    pub(super) class: Class,
}

/// First words of statements. What changes and is none of the others counts as configuration.
const VERBS: [(&str, Class); 62] = [
    ("SELECT", Class::DataRead),
    ("WITH", Class::DataRead),
    ("SHOW", Class::DataRead),
    ("DESCRIBE", Class::DataRead),
    ("DESC", Class::DataRead),
    ("EXPLAIN", Class::DataRead),
    ("TABLE", Class::DataRead),
    ("VALUES", Class::DataRead),
    ("FETCH", Class::DataRead),
    ("HANDLER", Class::DataRead),
    ("COPY", Class::DataRead),
    ("UNLOAD", Class::DataRead),
    ("INSERT", Class::DataWrite),
    ("UPDATE", Class::DataWrite),
    ("REPLACE", Class::DataWrite),
    ("MERGE", Class::DataWrite),
    ("LOAD", Class::DataWrite),
    ("IMPORT", Class::DataWrite),
    ("DELETE", Class::DataDelete),
    ("TRUNCATE", Class::DataDelete),
    ("DROP", Class::DataDelete),
    ("PURGE", Class::DataDelete),
    ("CREATE", Class::Config),
    ("ALTER", Class::Config),
    ("RENAME", Class::Config),
    ("COMMENT", Class::Config),
    ("INSTALL", Class::Config),
    ("UNINSTALL", Class::Config),
    ("CHANGE", Class::Config),
    ("GRANT", Class::Permission),
    ("REVOKE", Class::Permission),
    ("REASSIGN", Class::Permission),
    ("SET", Class::Other),
    ("RESET", Class::Other),
    ("BEGIN", Class::Other),
    ("START", Class::Other),
    ("STOP", Class::Other),
    ("COMMIT", Class::Other),
    ("END", Class::Other),
    ("ROLLBACK", Class::Other),
    ("ABORT", Class::Other),
    ("SAVEPOINT", Class::Other),
    ("RELEASE", Class::Other),
    ("PREPARE", Class::Other),
    ("EXECUTE", Class::Other),
    ("DEALLOCATE", Class::Other),
    ("DECLARE", Class::Other),
    ("CLOSE", Class::Other),
    ("CALL", Class::Other),
    ("DO", Class::Other),
    ("USE", Class::Other),
    ("LOCK", Class::Other),
    ("UNLOCK", Class::Other),
    ("FLUSH", Class::Other),
    ("KILL", Class::Other),
    ("VACUUM", Class::Other),
    ("ANALYZE", Class::Other),
    ("OPTIMIZE", Class::Other),
    ("REINDEX", Class::Other),
    ("REFRESH", Class::Other),
    ("DISCARD", Class::Other),
    ("CHECKPOINT", Class::Other),
];

/// What a statement does; `None` if its first word is none that is known.
pub(super) fn verb(statement: &str) -> Option<Verb> {
    let (word, rest) = word(uncommented(statement));
    let (name, class) = *VERBS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word))?;
    Some(Verb { name, class: refined(name, class, rest) })
}

/// The kind of thing that a command does which is named in capitals, such as `CREATE ROLE`.
pub(super) fn class(command: &str) -> Class {
    verb(command).map_or(Class::Other, |verb| verb.class)
}

/// Accounts are made with the words that make tables, and settings with those that set variables.
fn refined(name: &str, class: Class, rest: &str) -> Class {
    let (mut next, after) = word(rest);
    if name == "CREATE" && next.eq_ignore_ascii_case("OR") {
        // `OR REPLACE`, behind which what is made has its place.
        next = word(word(after).1).0;
    }
    let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(next));
    match name {
        "CREATE" | "ALTER" | "DROP" | "RENAME" if is(&["USER", "ROLE", "LOGIN", "GROUP"]) => {
            Class::Account
        }
        "SET" if is(&["PASSWORD"]) => Class::Account,
        "SET" if is(&["GLOBAL", "PERSIST"]) => Class::Config,
        _ => class,
    }
}

/// A statement without blanks, comments and brackets before its first word.
fn uncommented(statement: &str) -> &str {
    let mut rest = statement;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
        let after = if let Some(comment) = rest.strip_prefix("/*") {
            // A comment with a mark is code to MySQL, and its first word counts.
            comment.find("*/").map(|end| &comment[end + 2..])
        } else if rest.starts_with("--") || rest.starts_with('#') {
            rest.find('\n').map(|end| &rest[end + 1..])
        } else {
            return rest;
        };
        let Some(after) = after else { return "" };
        rest = after;
    }
}

/// The word that the text begins with, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_say_what_a_statement_does() {
        for (statement, name, class) in [
            ("select 1", "SELECT", Class::DataRead),
            (" /* app:web */ -- who\n (Select 1)", "SELECT", Class::DataRead),
            ("DROP TABLE a", "DROP", Class::DataDelete),
            ("drop user 'a'@'%'", "DROP", Class::Account),
            ("CREATE OR REPLACE ROLE a", "CREATE", Class::Account),
            ("SET GLOBAL general_log = 0", "SET", Class::Config),
            ("set @a = 1", "SET", Class::Other),
            ("GRANT ALL ON a TO b", "GRANT", Class::Permission),
            (&format!("CREATE {}", "OR a ".repeat(1_000_000)), "CREATE", Class::Config),
        ] {
            let verb = verb(statement).unwrap_or_else(|| panic!("{statement}"));
            assert_eq!((verb.name, verb.class), (name, class), "{statement}");
        }
        for statement in ["", "/* cut", "-- x", "selected", "é", "42", "#"] {
            assert_eq!(verb(statement), None, "{statement}");
        }
    }
}
