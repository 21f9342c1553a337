//! What messages of the server say of clients: who was refused, whose connection broke.

/// A client as a message names it; what it does not say is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) user: &'a str,
    pub(super) host: &'a str,
    pub(super) database: &'a str,
}

/// `Access denied for user 'alice'@'192.0.2.1' (using password: YES)`, or `to database 'shop'`.
pub(super) fn access_denied(message: &str) -> Option<Said<'_>> {
    let (_, rest) = message.split_once("Access denied for user '")?;
    // A name may hold what parts it from the host; the host does not.
    let (ends, tail) =
        match rest.rsplit_once("' (using ").or_else(|| rest.rsplit_once("' to database '")) {
            Some((ends, tail)) => (ends, tail),
            None => (rest.trim_end_matches('\''), ""),
        };
    let (user, host) = ends.rsplit_once("'@'").unwrap_or((ends, ""));
    let database = tail.strip_suffix('\'').filter(|_| !tail.contains(')')).unwrap_or("");
    Some(Said { user, host, database })
}

/// `Aborted connection 12 to db: 'shop' user: 'alice' host: '192.0.2.1' (reason)`
pub(super) fn aborted(message: &str) -> Option<Said<'_>> {
    message.strip_prefix("Aborted connection ")?;
    let part = |mark: &str, next: &str| {
        let rest = message.split_once(mark).map_or("", |(_, rest)| rest);
        rest.split(next).next().unwrap_or("")
    };
    let known = |name| if matches!(name, "unconnected" | "unauthenticated") { "" } else { name };
    Some(Said {
        user: known(part(" user: '", "' host: ")),
        host: part(" host: '", "'"),
        database: known(part(" db: '", "' user: ")),
    })
}

/// `alice@192.0.2.1 on shop using TCP/IP`, the argument of `Connect`.
pub(super) fn connected(argument: &str) -> Said<'_> {
    let (who, rest) = argument.split_once(" on ").unwrap_or((argument, ""));
    let who = who.strip_suffix(" on").unwrap_or(who);
    let (user, host) = who.rsplit_once('@').unwrap_or((who, ""));
    let database = rest.split(" using ").next().unwrap_or("").trim();
    let database = if database.starts_with("using ") { "" } else { database };
    Said { user: user.trim_matches('\''), host: host.trim_matches('\''), database }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_named() {
        let said = |user, host, database| Said { user, host, database };
        for (message, expected) in [
            (
                "Access denied for user 'al'@'192.0.2.1' (using password: YES)",
                said("al", "192.0.2.1", ""),
            ),
            ("Access denied for user ''x'@'y'@'h' (using password: NO)", said("'x'@'y", "h", "")),
            ("Access denied for user 'al'@'%' to database 'shop'", said("al", "%", "shop")),
        ] {
            assert_eq!(access_denied(message), Some(expected), "{message}");
        }
        let message =
            "Aborted connection 5 to db: 'unconnected' user: 'al' host: 'h' (Got timeout)";
        assert_eq!(aborted(message), Some(said("al", "h", "")));
        assert_eq!(connected("root@localhost on"), said("root", "localhost", ""));
        assert_eq!(connected("root@localhost on  using Socket"), said("root", "localhost", ""));
        assert_eq!(
            connected("al@192.0.2.1 on shop using SSL/TLS"),
            said("al", "192.0.2.1", "shop")
        );
        assert_eq!(connected("al@192.0.2.1 on shop"), said("al", "192.0.2.1", "shop"));
    }
}
