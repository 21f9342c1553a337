//! What policies say, by statements that differ in one thing.

use super::*;
use serde_json::json;

fn of(statement: &Value) -> Policy {
    Policy::read(&json!({ "Statement": statement })).unwrap()
}

/// Who gets what, and how grave that would be.
fn told(statement: &Value) -> Vec<String> {
    let one = |grant: Grant| {
        let to = match grant.to {
            Whom::Everybody => "everybody".to_owned(),
            Whom::Account(account) => account,
        };
        format!("{to} {} {}", grant.level.as_str(), grant.what)
    };
    of(statement).grants().into_iter().map(one).collect()
}

#[test]
fn everybody_is_whoever_a_statement_does_not_bound() {
    let root = "arn:aws:iam::444455556666:root";
    for (principal, wanted) in [
        (json!("*"), &["everybody high s3:*"][..]),
        (json!({"AWS": "*"}), &["everybody high s3:*"]),
        (json!({"aws": [root, "*"]}), &["everybody high s3:*", "444455556666 high s3:*"]),
        (json!(["*"]), &["everybody high s3:*"]),
        (json!({"AWS": "444455556666"}), &["444455556666 high s3:*"]),
        (json!({"CanonicalUser": "ab"}), &["ab high s3:*"]),
        (json!({"Service": "*", "Federated": "x"}), &[]),
    ] {
        let statement = json!([{"Effect": "Allow", "Principal": principal, "Action": "s3:*"}]);
        assert_eq!(told(&statement), wanted, "{principal}");
    }
    let but = json!({"Effect": "Allow", "NotPrincipal": {"AWS": root}, "NotAction": "s3:x"});
    assert_eq!(told(&but), ["everybody high all but s3:x"]);
    assert!(told(&json!({"Effect": "Deny", "Principal": "*", "Action": "*"})).is_empty());
    assert!(told(&json!({"Principal": "*", "Action": "*"})).is_empty());
}

#[test]
fn a_condition_leaves_some_or_few_or_certain_accounts() {
    for (operator, key, value, wanted) in [
        ("IpAddress", "aws:SourceIp", "0.0.0.0/0", "everybody high a, if IpAddress aws:SourceIp"),
        ("IpAddress", "aws:SourceIp", "128.0.0.0/1", "everybody high a, if IpAddress aws:SourceIp"),
        ("IpAddress", "aws:SourceIp", "2000::/3", "everybody high a, if IpAddress aws:SourceIp"),
        ("IpAddress", "aws:SourceIp", "fc00::/7", "everybody medium a, if IpAddress aws:SourceIp"),
        ("IpAddress", "aws:SourceIp", "9.0.0.0/8", "everybody medium a, if IpAddress aws:SourceIp"),
        (
            "NotIpAddress",
            "aws:SourceIp",
            "0.0.0.0/1",
            "everybody medium a, if NotIpAddress aws:SourceIp",
        ),
        (
            "StringEquals",
            "AWS:SourceOwner",
            "444455556666",
            "444455556666 medium a, if StringEquals AWS:SourceOwner",
        ),
        (
            "ArnLike",
            "aws:SourceArn",
            "arn:aws:sns:*:444455556666:*",
            "444455556666 medium a, if ArnLike aws:SourceArn",
        ),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::b", "everybody low a, if ArnLike aws:SourceArn"),
        (
            "ArnLike",
            "aws:PrincipalArn",
            "arn:aws:iam::*:role/x",
            "everybody medium a, if ArnLike aws:PrincipalArn",
        ),
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            "o-1",
            "everybody low a, if StringEquals aws:PrincipalOrgID",
        ),
        (
            "StringLike",
            "aws:PrincipalOrgID",
            "*",
            "everybody medium a, if StringLike aws:PrincipalOrgID",
        ),
        (
            "StringEqualsIfExists",
            "aws:SourceVpc",
            "vpc-1",
            "everybody medium a, if StringEqualsIfExists aws:SourceVpc",
        ),
    ] {
        let condition = json!({ operator: { key: value } });
        let statement =
            json!({"Effect": "Allow", "Principal": "*", "Action": "a", "Condition": condition});
        assert_eq!(told(&statement), [wanted], "{key}");
    }
}

#[test]
fn everything_is_told_with_what_bounds_it() {
    for (statement, wanted) in [
        (json!({"Action": "*", "Resource": "*"}), Some("high everything")),
        (
            json!({"Action": ["a:b", "*:*"], "Resource": ["x", "arn:aws:*"]}),
            Some("high everything"),
        ),
        (json!({"Action": "*", "Resource": "b"}), Some("medium everything, with b")),
        (json!({"NotAction": ["a", "b"], "Resource": "*"}), Some("medium everything, but a, b")),
        (
            json!({"Action": "*", "NotResource": "b", "Condition": {"Bool": {"c": true}}}),
            Some("medium everything, but with b, if Bool c"),
        ),
        (json!({"NotAction": "a", "Resource": "b"}), None),
        (json!({"NotAction": "*", "Resource": "*"}), None),
        (json!({"Action": "s3:*", "Resource": "*"}), None),
        (json!({"Action": "*:*", "Resource": "*"}), Some("high everything")),
        (json!({"Action": ["s3:*", "iam:*"], "Resource": "*"}), Some("high iam:*")),
        (json!({"Action": "I*:*", "Resource": "arn:aws:iam::*:*"}), Some("high I*:*")),
        (json!({"Action": "iam:*", "Resource": "arn:aws:iam::111122223333:*"}), Some("high iam:*")),
        (
            json!({"Action": "iam:*", "Resource": "*", "Condition": {"Bool": {"c": true}}}),
            Some("medium iam:*, if Bool c"),
        ),
        (
            json!({"Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}),
            Some("high everything, if IpAddress aws:SourceIp"),
        ),
        (json!({"Action": "iam:*", "Resource": "arn:aws:iam::*:user/x"}), None),
        (json!({"Action": ["iam:Get*", "s*:*", "iamx:*"], "Resource": "*"}), None),
    ] {
        let mut statement = statement;
        statement["Effect"] = "Allow".into();
        let told = of(&statement).everything().map(|(level, what)| format!("{level} {what}"));
        assert_eq!(told.as_deref(), wanted, "{statement}");
    }
    let two = json!([
        {"Effect": "Allow", "Action": "*", "Resource": "b"},
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ]);
    assert_eq!(of(&two).everything(), Some((Level::High, "everything".to_owned())));
}

#[test]
fn a_policy_is_read_in_every_form_in_which_it_is_logged() {
    let policy = json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "é *"}});
    let text = policy.to_string();
    let encoded: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let encoded = encoded.concat();
    let twice = Value::from(Value::from(text.clone()).to_string());
    for form in [policy, text.into(), encoded.into(), twice] {
        assert_eq!(Policy::read(&form).map(|policy| policy.0.len()), Some(1), "{form}");
    }
    for none in [json!(""), json!("%zz"), json!("%é"), json!({}), json!(1), json!("[1]")] {
        assert!(Policy::read(&none).is_none(), "{none}");
    }
}
