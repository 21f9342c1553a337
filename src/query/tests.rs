//! The language as a whole: what texts mean, that printing and reading are inverses, and that
//! columns and rows agree.

use super::ast::{Expr, Field, Node, Number, Op, Operand, Pattern, Sort, Term};
use super::number::Amount;
use super::*;
use crate::event::{Role, Time, Timestamp};
use proptest::prelude::*;

mod agree;

fn now() -> Now {
    Now { newest: Some(Timestamp(1_772_625_600 * Timestamp::SECOND)) }
}

fn read(text: &str) -> Result<Query, ParseError> {
    parse(text, &Names::default(), now())
}

fn printed(text: &str) -> String {
    read(text).unwrap_or_else(|error| panic!("{text}: {error}")).print()
}

#[test]
fn texts_are_read_as_meant() {
    for (text, expected) in [
        ("", ""),
        ("  ", ""),
        ("ip:203.0.113.0/24", "ip:203.0.113.0/24"),
        ("Event: AssumeRole", "event:AssumeRole"),
        ("event:(AssumeRole or Get*)", "event:(AssumeRole or Get*)"),
        ("event:(AssumeRole Get*)", "event:(AssumeRole or Get*)"),
        ("NOT event:Describe*", "-event:Describe*"),
        ("a and b or c", "a b or c"),
        ("a (b or c)", "a (b or c)"),
        ("a (b c) d", "a b c d"),
        ("not (a b)", "-(a b)"),
        ("--a", "--a"),
        ("bytes > 10MB", "bytes>10MB"),
        ("bytes:>=10MB", "bytes>=10MB"),
        ("time:10:30..11:10", "time:10:30..11:10"),
        ("requestParameters.bucketName:prod-*", "requestParameters.bucketName:prod-*"),
        (
            "principal:arn:aws:iam::111122223333:user/a",
            "principal:arn:aws:iam::111122223333:user/a",
        ),
        ("principal:(arn:aws:x or b)", "principal:(arn:aws:x or b)"),
        ("ip:@bad-addresses.txt", "ip:@bad-addresses.txt"),
        ("ip:@\"my file\"", "ip:@\"my file\""),
        ("event:\"@x\"", "event:\"@x\""),
        ("has:code", "has:code"),
        ("Origin.Object:a/b*", "origin.object:a/b*"),
        ("has:(code or tag)", "has:(code or tag)"),
        ("/AKIA[A-Z]+/ x", "/AKIA[A-Z]+/ x"),
        ("2001:db8::1", "\"2001:db8::1\""),
        ("fe80::1/64", "\"fe80::1/64\""),
        ("\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""),
        ("file:C:\\Windows\\*", "file:\"C:\\\\Windows\\*\""),
        ("event:a\\*b", "event:\"a\\*b\""),
        ("event:**", "event:*"),
        ("\"odd name.x\":5", "\"odd name.x\":5"),
        ("uid=0", "\"uid=0\""),
        ("verified:no", "verified:no"),
        ("src.port>=1024", "src.port>=1024"),
        ("AND.x:1", "AND.x:1"),
    ] {
        assert_eq!(printed(text), expected, "{text}");
    }
}

#[test]
fn errors_point_and_suggest() {
    for (text, place, suggestion) in [
        ("evnet:X", "evnet", Some("event")),
        ("eventName:X", "eventName", Some("event")),
        ("a ip:198.51.100.0/33", "33", None),
        ("ip:alice", "alice", None),
        ("src.port:http", "http", None),
        ("bytes>lots", "lots", None),
        ("event>5", "5", None),
        ("outcome:deny", "deny", None),
        ("outcome:denid", "denid", Some("denied")),
        ("class:autth", "autth", Some("auth")),
        ("verified:yse", "yse", Some("yes")),
        ("time:noon", "noon", None),
        ("event=X", "event=X", Some("event:X")),
        ("/etc/passwd", "/etc/passwd", Some("\"/etc/passwd\"")),
        ("/(/", "/(/", None),
        ("event:", "", None),
        ("event:(a", "(", None),
        ("event:(a and b)", "and", None),
        ("event:()", ")", None),
        ("(a", "(", None),
        ("a)", ")", None),
        ("a or", "", None),
        ("or a", "or", None),
        ("-", "", None),
        ("\"open", "\"open", None),
        ("a | stats", "|", None),
        ("has:nonsense", "nonsense", None),
        ("\"\"", "\"\"", None),
    ] {
        let error = read(text).expect_err(text);
        assert_eq!(&text[error.span.clone()], place, "{text}: {error}");
        assert_eq!(error.suggestion.as_deref(), suggestion, "{text}");
    }
}

#[test]
fn nesting_has_a_limit() {
    for open in ["(", "-", "not "] {
        assert!(read(&format!("{}a", open.repeat(100_000))).is_err());
    }
    let deep = format!("{}a{}", "(".repeat(64), ")".repeat(64));
    assert!(read(&deep).is_ok());
}

#[test]
fn terms_can_be_switched_off() {
    let mut query = read("event:a time:10:30..11:10 (b or c) ip:@list").unwrap();
    assert_eq!(query.lists(), ["list"]);
    let from = Time::parse_rfc3339("2026-03-04T10:30:00Z").map(|time| time.at);
    assert_eq!(query.window().map(|window| window.from), from);
    query.terms[0].enabled = false;
    query.terms[3].enabled = false;
    assert_eq!(query.print(), "time:10:30..11:10 (b or c)");
    assert!(query.lists().is_empty());
    query.terms[1].enabled = false;
    assert_eq!(query.print(), "b or c");
    assert_eq!(&query.text[query.terms[2].node.span.clone()], "(b or c)");
}

#[test]
fn commands_are_safe_in_a_shell() {
    let query = read("principal:\"it's $(x)\"").unwrap();
    let from = ["a b".to_owned(), "-".to_owned()];
    let expected = "trailcase query 'a b' - 'principal:\"it'\\''s $(x)\"'";
    assert_eq!(command(&query, &from), expected);
    assert_eq!(print::shell("a\n\u{1b}'\\"), "$'a\\012\\033\\'\\\\'");
    assert_eq!(command(&read("").unwrap(), &[]), "trailcase query");
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-a-zA-Z0-9:*@\"\\\\()|/<>= .]{0,8}",
        Just("or".to_owned()),
        Just("Not".to_owned()),
        "[\\\\*\"]{1,5}",
    ]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    (hostile(), prop::collection::vec("[^\\x00]{1,3}", 0..2), hostile(), any::<bool>()).prop_map(
        |(first, middle, last, wild)| {
            if !wild {
                return Pattern::literal(first);
            }
            let parts = std::iter::once(first).chain(middle).chain([last]);
            Pattern { parts: parts.collect() }
        },
    )
}

fn term() -> impl Strategy<Value = Term> {
    let field = prop_oneof![
        Just(Field::Column("event".to_owned())),
        Just(Field::Role(Role::Principal)),
        Just(Field::Any),
        Just(Field::Object),
        Just(Field::Mark(Mark::Tag)),
        hostile().prop_map(|name| Field::Path(format!("{name}.x"))),
    ];
    let operand = prop_oneof![
        4 => pattern().prop_map(Operand::Pattern),
        1 => hostile().prop_map(|name| Operand::List { name, sort: Sort::Text }),
    ];
    prop_oneof![
        (field.clone(), prop::collection::vec(operand, 1..4))
            .prop_map(|(field, values)| Term::Is { field, values }),
        (any::<i64>(), prop::sample::select(&Op::ALL[1..])).prop_map(|(number, op)| {
            let number = Number { text: number.to_string(), value: Amount::Int(number) };
            Term::Compare { field: Field::Bytes, op, number }
        }),
        prop::collection::vec(field, 1..3).prop_map(Term::Has),
        hostile().prop_filter("no empty text", |text| !text.is_empty()).prop_map(Term::Text),
        "[a-z.+ ]{1,5}(\\\\/)?"
            .prop_filter("valid", |body| regex::Regex::new(body).is_ok())
            .prop_map(Term::Regex),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = term().prop_map(|term| Node::term(term, 0..0));
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Node::and),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Node::or),
            inner.prop_map(|node| Node::not(node, 0..0)),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*|[-a-z:*@\"\\\\()|/<>=. ]{0,40}") {
        if let Err(error) = read(&text) {
            prop_assert!(text.get(error.span).is_some());
        }
        for cursor in 0..=text.len() + 1 {
            prop_assert!(text.get(complete(&text, cursor).span).is_some());
        }
    }

    #[test]
    fn what_is_printed_is_read_the_same(node in node()) {
        let text = node.to_string();
        let again = read(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(again.node(), node, "{}", text);
    }

    #[test]
    fn what_is_read_prints_and_reads_the_same(text in "[-a-z:*@\"\\\\()/<>=. ]{0,30}") {
        if let Ok(query) = read(&text) {
            let again = read(&query.print()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(again.node(), query.node());
        }
    }

    #[test]
    fn any_value_can_be_included(value in hostile()) {
        let query = read(&format!("-event:{}", quote(&value))).unwrap();
        let Expr::Not(node) = query.node().expr else { panic!("an exclusion") };
        let values = vec![Operand::Pattern(Pattern::literal(value))];
        let field = Field::Column("event".to_owned());
        prop_assert_eq!(node.expr, Expr::Term(Term::Is { field, values }));
    }
}
