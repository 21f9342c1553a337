//! Whoever may choose a name, a path or a statement can write what looks like the rest of a line:
//! what the server says is told from it.

use super::{context, read};

/// What is read of the one record in the text.
fn said(text: &str, names: &[&str]) -> String {
    let rows = read(context(), text.as_bytes(), &[]);
    assert_eq!(rows.kept.len(), 1, "{text}: {:?}", rows.kept);
    let value = |name: &&str| rows.kept[0].get(name).unwrap_or("-").to_owned();
    names.iter().map(value).collect::<Vec<_>>().join(" | ")
}

fn sshd(message: &str) -> String {
    said(&format!("Mar  4 10:42:02 web-1 sshd[7]: {message}\n"), &["principal", "src.ip"])
}

#[test]
fn a_name_is_not_where_somebody_came_from() {
    let name = "x from 192.0.2.9 port 5";
    for message in [
        format!("Failed password for invalid user {name} from 203.0.113.9 port 40000 ssh2"),
        format!("Invalid user {name} from 203.0.113.9 port 40000"),
        format!("Invalid user {name} from 203.0.113.9"),
    ] {
        assert_eq!(sshd(&message), format!("{name} | 203.0.113.9"), "{message}");
    }
    let message =
        "Connection closed by invalid user x 192.0.2.9 port 5 203.0.113.9 port 4 [preauth]";
    assert!(sshd(message).ends_with(" | 203.0.113.9"));
    let message = "Received disconnect from 203.0.113.9 port 4:11: from 192.0.2.9 port 5 [preauth]";
    assert!(sshd(message).ends_with(" | 203.0.113.9"));
    let message = "Disconnecting invalid user x 203.0.113.9 port 4: Change of username or service not allowed: (x,ssh-connection) -> (y 192.0.2.9 port 5,ssh-connection) [preauth]";
    assert!(sshd(message).ends_with(" | -"), "nobody can tell");
}

#[test]
#[allow(clippy::too_many_lines, reason = "one table of messages")]
fn who_a_web_server_did_not_let_in_is_told_from_what_was_asked_for() {
    let names = ["principal", "class", "outcome", "url"];
    let apache = |module: &str, message: &str| {
        let head = format!("[Wed Mar 04 10:42:02.1 2026] [{module}:error] [pid 8:tid 9]");
        said(&format!("{head} [client 203.0.113.9:53375] {message}\n"), &names)
    };
    let failed = r#": authentication failure for "/y": Password Mismatch"#;
    for (module, message, expected) in [
        (
            "auth_basic",
            r#"AH01617: user eve: authentication failure for "/x": Password Mismatch"#,
            "eve | auth | failure | /x",
        ),
        (
            "auth_basic",
            r#"user eve: authentication failure for "/x": Password Mismatch, referer: http://a/"#,
            "eve | auth | failure | /x",
        ),
        ("auth_basic", "AH01618: user eve not found: /x", "eve | auth | failure | /x"),
        (
            "auth_basic",
            "AH01618: user eve mallory not found: /x y",
            "eve mallory | auth | failure | /x y",
        ),
        (
            "auth_digest",
            "AH01790: user `eve' in realm `r' not found: /x",
            "eve | auth | failure | /x",
        ),
        (
            "auth_digest",
            "AH01791: user `eve' in realm `r' denied by provider: /x",
            "eve | auth | denied | /x",
        ),
        ("auth_digest", "AH01792: user eve: password mismatch: /x", "eve | auth | failure | /x"),
        (
            "authz_core",
            r#"AH01631: user eve: authorization failure for "/x": "#,
            "eve | auth | denied | /x",
        ),
        (
            "authnz_ldap",
            "AH01695: auth_ldap authenticate: user eve authentication failed; URI /x [User not found][No such object]",
            "eve | auth | failure | /x",
        ),
        ("core", "AH00037: user eve not found: /x", "- | system-error | failure | -"),
    ] {
        assert_eq!(apache(module, message), expected, "{message}");
    }
    let doubtful = format!("AH01617: user x{failed}{failed}");
    assert_eq!(apache("auth_basic", &doubtful), "- | auth | failure | -", "nobody can tell");
    let nginx = |message: &str| {
        let tail =
            r#"client: 203.0.113.9, server: a.example, request: "GET /x HTTP/1.1", host: "a""#;
        said(&format!("2026/03/04 10:42:02 [error] 8#8: *4 {message}, {tail}\n"), &names)
    };
    for (message, expected) in [
        (r#"user "eve": password mismatch"#, "eve | auth | failure | /x"),
        (r#"user "eve" was not found in "/etc/nginx/htpasswd""#, "eve | auth | failure | /x"),
        (
            r#"user "x": password mismatch"": password mismatch"#,
            r#"x": password mismatch" | auth | failure | /x"#,
        ),
        ("access forbidden by rule", "- | system-error | denied | /x"),
    ] {
        assert_eq!(nginx(message), expected, "{message}");
    }
}

#[test]
fn a_folder_or_a_command_does_not_say_that_sudo_refused() {
    let sudo = |rest: &str| {
        let line = format!("Mar  4 10:42:02 web-1 sudo: al : {rest}\n");
        said(&line, &["outcome", "syslog.target_user", "syslog.command"])
    };
    let rest = "TTY=pts/0 ; PWD=/COMMAND=x ; USER=root ; COMMAND=/bin/echo command not allowed";
    assert_eq!(sudo(rest), "success | root | /bin/echo command not allowed");
    let rest = "command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls";
    assert_eq!(sudo(rest), "denied | root | /bin/ls");
}

#[test]
fn a_request_does_not_say_who_the_client_is() {
    let line = "2026/03/04 10:42:02 [error] 7#7: *42 open() \"/srv/x, client: 192.0.2.9, y\" failed (2: No such file or directory), client: 203.0.113.9, server: a.example, request: \"GET /x HTTP/1.1\", host: \"a.example\", referrer: \"http://z/, client: 192.0.2.9, access forbidden\"\n";
    assert_eq!(said(line, &["src.ip", "outcome"]), "203.0.113.9 | failure");
    let line = "2026/03/04 10:42:02 [error] 7#7: *42 open() \"/srv/x\"y\" failed (2: No such file or directory), client: 203.0.113.9, server: a.example, request: \"GET /x%22y HTTP/1.1\", host: \"a.example\"\n";
    assert_eq!(said(line, &["src.ip", "outcome"]), "203.0.113.9 | failure");
    // Where the path makes another client, nobody can tell; the rest is there.
    let line = "2026/03/04 10:42:02 [error] 7#7: *42 open() \"/srv/a\", client: 192.0.2.9, x: \"\" failed (2: No such file or directory), client: 203.0.113.9, server: a.example, request: \"GET /a HTTP/1.1\", host: \"a.example\"\n";
    assert_eq!(said(line, &["src.ip", "event", "domain"]), "- | GET | a.example");
    let line = "2026/03/04 10:42:02 [error] 7#7: *42 upstream timed out, client: unix:, server: a.example, request: \"GET /a HTTP/1.1\", host: \"a.example\"\n";
    assert_eq!(said(line, &["src.ip", "event", "domain"]), "- | GET | a.example");
    let line = "Mar  4 10:42:02 web-1 sshd[8]: Invalid user x [04/Mar/2026:10:42:02 +0000] \"GET / HTTP/1.1\" 200 1 from 203.0.113.9 port 4\n";
    assert_eq!(said(line, &["format", "src.ip", "process"]), "- | 203.0.113.9 | sshd");
    let line = "203.0.113.9 - a[b [04/Mar/2026:10:42:02 +0000] \"GET / HTTP/1.1\" 401 381\n";
    assert_eq!(said(line, &["src.ip", "principal", "code"]), "203.0.113.9 | a[b | 401");
}

#[test]
fn a_statement_or_a_name_is_not_what_the_database_says() {
    let names = ["src.ip", "principal", "outcome", "event"];
    let name = "a@b:[1]:LOG:  connection authorized: user=root";
    let line = format!(
        "2026-03-04 10:42:02 UTC:203.0.113.9(5):{name}@shop:[7]:FATAL:  password authentication failed for user \"{name}\"\n"
    );
    assert_eq!(
        said(&line, &names),
        format!("203.0.113.9 | {name} | denied | authentication failed")
    );
    let line = "2026-03-04 10:42:02 UTC:203.0.113.9(5):al@shop:[7]:LOG:  statement: drop table t; -- :[1]:FATAL:  password authentication failed for user \"al\"\n";
    assert_eq!(said(line, &names), "203.0.113.9 | al | unknown | DROP");
    let line = "2026-03-04 10:42:02 UTC:203.0.113.9(5):al@shop:[7]:ERROR:  password authentication failed for user \"root\"\n";
    assert!(said(line, &names).starts_with("203.0.113.9 | al | failure"), "{}", said(line, &names));
    let block = "# Time: 2026-03-04T10:42:02.000000Z\n# User@Host: al[al] @  [203.0.113.9]  Id: 7\n# Query_time: 2.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 1\nSET timestamp=1772620920;\nSET timestamp=1;\n";
    let rows = read(context(), block.as_bytes(), &[]);
    assert_eq!(rows.kept[0].time.as_deref(), Some("2026-03-04T10:42:00Z"));
    let general = "2026-03-04T10:42:02.000000Z\t    7 Query\tselect 1\nTcp port: 3306\nfrom x\n2026-03-04T10:42:03.000000Z\t    7 Quit\t\n";
    let rows = read(context(), general.as_bytes(), &[]);
    assert_eq!(rows.kept.len(), 2);
    assert_eq!(
        rows.kept[0].get("mysql.statement").or(rows.kept[0].get("message")),
        Some("select 1\nTcp port: 3306\nfrom x")
    );
}

#[test]
fn lines_of_a_session_that_are_no_text_are_kept() {
    let record = |data: &str| {
        format!(
            r#"{{"eventVersion":"1.0","eventTime":"2026-03-04T10:42:02Z","awsRegion":"eu-west-1","target":{{"id":"i-0a1b2c3d4e5f60718"}},"userIdentity":{{"arn":"arn:aws:iam::111122223333:user/al"}},"sessionId":"al-1","sessionData":{data}}}"#
        )
    };
    for (data, message) in [(r#"["a","b"]"#, "a\nb"), (r#"["a",7]"#, "a\n7"), (r#""a""#, "a")] {
        assert_eq!(said(&record(data), &["message"]), message);
    }
}
