use super::super::find::{Wanted, find};
use super::super::scan::apart;
use super::super::{Kind, Redaction, scan};
use crate::case::Raw;
use crate::record::incident::{Exhibit, Incident};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What of the bytes is secret, as it says.
fn told(text: &str) -> Vec<String> {
    let none = BTreeSet::new();
    let found = find(text.as_bytes(), Wanted { kinds: &|_| true, accounts: &none });
    apart(found).into_iter().filter(|it| it.kind.is_secret()).map(|it| it.value).collect()
}

/// The text of a record when it is redacted.
fn redacted(text: &str) -> String {
    let exhibit = Exhibit { raw: Some(Raw(text.as_bytes().to_vec())), ..Exhibit::default() };
    let incident = Incident { exhibits: vec![exhibit], ..Incident::default() };
    let made = Redaction::new(b"key of the workspace").apply(&incident).unwrap();
    String::from_utf8(made.exhibits[0].raw.clone().unwrap().0).unwrap()
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn what_a_name_says_is_secret_is_found_however_it_is_written() {
    for (text, secret) in [
        (r#"{"password": "Tr0ub4dor&3"}"#, "Tr0ub4dor&3"),
        (r#"{"a":{"b":[{"masterUserPassword":"p4ssw0rd!x"}]}}"#, "p4ssw0rd!x"),
        (r#"{"m":"{\"password\":\"p4\\\\x\\u0026\"}"}"#, r"p4\x&"),
        (r#"{"password":"a \"b\" c, d"}"#, "a \"b\" c, d"),
        (r#"{"password":12345678}"#, "12345678"),
        (
            r#"{"commands":["aws configure set aws_session_token IQoJb3JpZ2luX2VjEA"]}"#,
            "IQoJb3JpZ2luX2VjEA",
        ),
        (
            "aws configure set aws_secret_access_key Zq7rXUtnFEMI/K7MDENG/bPxRfiCYZZZZKEYBBBz --profile x",
            "Zq7rXUtnFEMI/K7MDENG/bPxRfiCYZZZZKEYBBBz",
        ),
        (r#"{"password":["hunter2"]}"#, "hunter2"),
        (
            r#"{"sessionToken":"IQoJb3JpZ2luX2VjEPT//////////wEaCXVzLWVhc3QtMSJ"}"#,
            "IQoJb3JpZ2luX2VjEPT//////////wEaCXVzLWVhc3QtMSJ",
        ),
        (r#"{"name": "DB_PASSWORD", "value": "hunter2"}"#, "hunter2"),
        (r#"{"ParameterKey":"DBPassword","ParameterValue":"hunter2"}"#, "hunter2"),
        (r#"{"headers":{"x-api-key":"da2-abcdefgh"}}"#, "da2-abcdefgh"),
        (r#"{"authorization":"Bearer abc.def-ghi"}"#, "abc.def-ghi"),
        (r#"{"Cookie":"sid=31d4d96e407aad42; theme=dark"}"#, "sid=31d4d96e407aad42; theme=dark"),
        (r#"{"secretString":"{\"user\":\"app\",\"x\":\"y9\"}"}"#, r#"{"user":"app","x":"y9"}"#),
        (r#"{"connectionString":"Server=db;User Id=app;Pwd=x9"}"#, "Server=db;User Id=app;Pwd=x9"),
        ("login password=Tr0ub4dor3 ok", "Tr0ub4dor3"),
        ("api_key=abcd0123efgh", "abcd0123efgh"),
        ("user[password]=hunter2&commit=x", "hunter2"),
        ("GET /login?user=x&password=zzTopSecret HTTP/1.1", "zzTopSecret"),
        ("GET /login?password=zz%26Top&next=y", "zz&Top"),
        ("GET /login%3Fpassword%3DzzTop%26next%3Dy", "zzTop"),
        ("postgres://app:pgpass99@10.0.0.1/db", "pgpass99"),
        ("postgres://app:pgpass99@db.example.com/db", "pgpass99"),
        ("redis://:p/s?w@cache:6379", "p/s?w"),
        (r#"{"u":"amqp:\/\/app:pg%40ss@h\/x"}"#, "pg@ss"),
        ("Server=db;User Id=app;Password=x9!y;Timeout=3", "x9!y"),
        ("pw=hunter2secret.", "hunter2secret"),
        ("the password: swordfish", "swordfish"),
        ("Passwort? password: h4nter and more", "h4nter"),
        ("{user=x, password=abc9}", "abc9"),
        ("{\"user\"=>\"x\", \"password\"=>\"abc 9\"}", "abc 9"),
        ("{'password': 'abc 9'}", "abc 9"),
        ("<password>abc 9</password>", "abc 9"),
        ("mysql -u x --password hunter2 db", "hunter2"),
        ("CREATE USER 'x' IDENTIFIED BY 'hun ter2'", "hun ter2"),
        ("ALTER ROLE x PASSWORD 'hunter2'", "hunter2"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("curl -H 'authorization: token abcd0123abcd0123'", "abcd0123abcd0123"),
        ("Set-Cookie: sid=31d4d96e; Path=/", "sid=31d4d96e; Path=/"),
        ("aws_session_token = FwoGZXIvYXdzE", "FwoGZXIvYXdzE"),
        ("password=a&b", "a&b"),
        (r"net use password=C:\new", r"C:\new"),
    ] {
        assert_eq!(told(text), [secret], "{text}");
        let safe = redacted(text);
        assert!(!safe.contains(secret), "{safe}");
        if serde_json::from_str::<Value>(text).is_ok() {
            assert!(serde_json::from_str::<Value>(&safe).is_ok(), "{safe}");
        }
        assert_eq!(redacted(&safe), safe);
    }
}

#[test]
fn what_its_maker_marked_is_found_wherever_it_stands() {
    let many = "16C7e42F292c6912E7710c838347Ae178B4a";
    for token in [
        format!("ghp_{many}"),
        format!("gho_{many}"),
        format!("ghs_{many}"),
        format!("github_pat_11ABCDEFG0_{many}"),
        format!("glpat-{}", &many[..20]),
        format!("xoxb-123456789012-1234567890123-{}", &many[..24]),
        format!("sk_{}_{}", "live", &many[..24]),
        format!("AIza{}", &many[..35]),
        format!("npm_{many}"),
        format!("SG.{}.{many}", &many[..22]),
        format!("hf_{many}"),
    ] {
        for text in [format!("said {token}."), format!(r#"{{"x":["{token}"]}}"#)] {
            assert_eq!(told(&text), std::slice::from_ref(&token), "{text}");
            assert!(!redacted(&text).contains(&token[4..]), "{}", redacted(&text));
        }
    }
    // Its digits are no account's.
    let slack = format!("xoxb-123456789012-{}", &many[..24]);
    let counts = scan(slack.as_bytes());
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(Kind::Secret, 1)]);
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        r#"{"password": "HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
        "the aws_secret_access_key was rotated",
        r#"{"password":"***","secret":null,"token":true,"pwd":""}"#,
        r#"{"passwordLastUsed":"2026-03-04T10:00:00Z","passwordResetRequired":false,"tokenCount":17}"#,
        r#"{"secret":"arn:aws:secretsmanager:eu-west-1:999988887777:secret:db-x"}"#,
        r#"{"nextToken":"AAAAx0123456789","clientToken":"7cbe4b3e","pageToken":"x9","continuationToken":"y9x9"}"#,
        r#"{"clientRequestToken":"7cbe4b3e-3d25-4b8f-a0aa-0123456789ab"}"#,
        r#"{"token":4711,"password":{"length":9},"cookie":"yes"}"#,
        r#"{"eventName":"GetSessionToken","x":"y"}"#,
        r#"{"resource":"secrets","kind":"Secret","authorization":{"action":"x"}}"#,
        r#"{"httpTokens":"required","password":"${DB_PASSWORD}","x":"{{resolve:ssm:x}}"}"#,
        "Failed password for root from 203.0.113.7 port 22 ssh2",
        "Access denied for user 'x'@'y' (using password: YES)",
        "invalid token: unexpected end of input",
        "password must be changed; token expired",
        "if password == other: token = getpass()",
        "http://host:8080/path?mail=x and s3://bucket/key:1",
        "http://host:8080/path@x",
        "cookie: none, authorization: allowed by policy",
        "TTY=pts/0 ; PWD=/home/dana ; USER=root",
        r#"{"ElevatedToken":"%%1842"}"#,
        "compass=north bypass=1 passed=12",
        "std::token::next password::hash",
        "the hf_words_of_others and SG.no and sk_live_",
    ] {
        assert_eq!(told(text), [""; 0], "{text}");
    }
}

#[test]
fn a_secret_has_one_token_however_it_is_spelled() {
    let safe = redacted(
        r#"{"password":"a\u0026b9","m":"{\"password\":\"a&b9\"}","u":"x?password=a%26b9&y=1","s":"pg://u:a%26b9@h"}"#,
    );
    let token = Redaction::new(b"key of the workspace").token(Kind::Secret, "a&b9");
    assert_eq!(safe.matches(&token).count(), 4, "{safe}");
}

/// Strings with what reads as the edges of texts and members.
fn strings() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "password", "token", "=", ":", "\"", "'", "\\", ",", "{", "}", "[", "]", "x9", " ", "://",
        "@", "<", ">", "\n", "cookie", "bearer", "&", "?", "%22", "é", "null", "--", "pw",
    ]);
    prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn json_stays_json_with_the_same_members(
        all in prop::collection::vec((strings(), strings()), 1..5), deep: bool,
    ) {
        let mut members = serde_json::Map::new();
        for (nth, (name, value)) in all.iter().enumerate() {
            members.insert(format!("{nth}{}", name.replace(['"', '\\'], "")), json!(value));
        }
        members.insert("password".to_owned(), json!("q7 of all"));
        let mut record = Value::Object(members);
        if deep {
            record = json!({ "m": record.to_string() });
        }
        let safe = redacted(&record.to_string());
        let read: Value = serde_json::from_str(&safe).unwrap_or_else(|e| panic!("{record} {safe}: {e}"));
        let inner = if deep { read["m"].as_str().unwrap().to_owned() } else { safe.clone() };
        let inner: Value = serde_json::from_str(&inner).unwrap_or_else(|e| panic!("{record} {safe}: {e}"));
        prop_assert!(inner["password"].as_str().unwrap().starts_with("secret-"), "{}", safe);
        prop_assert!(!safe.contains("q7 of all"));
        prop_assert_eq!(inner.as_object().unwrap().len(), all.len() + 1);
    }

    #[test]
    fn a_secret_behind_its_name_is_found_between_any_words(
        before in "[a-z .\n]{0,12}", after in "( [a-z .]{0,12})?",
        name in prop::sample::select(vec!["password", "api_key", "DB_PASSWORD", "access-token"]),
        secret in "[a-zA-Z0-9!#$%*+/_-]{3,12}[0-9]",
    ) {
        prop_assume!(!secret.starts_with(['%', '$', '=']) && !secret.contains("***"));
        let is_mask = secret.bytes().all(|byte| byte == secret.as_bytes()[0] || byte.is_ascii_digit());
        prop_assume!(!is_mask && !secret.bytes().all(|byte| b"0123456789-".contains(&byte)));
        let text = format!("{before} {name}={secret}{after}");
        prop_assert_eq!(told(&text), std::slice::from_ref(&secret), "{}", text);
    }
}
