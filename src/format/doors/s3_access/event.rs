//! One record into one event: who asked for what, and what became of it.

#[allow(clippy::wildcard_imports, reason = "the slots of forty fields")]
use super::*;
use crate::event::layout::is_region;
use crate::event::{Outcome, Timestamp, Value};
use crate::format::arn::Arn;
use crate::format::text::split_once;
use crate::format::{put_class, put_outcome, web};
use std::borrow::Cow;

pub(super) fn finish(values: &mut Values<'_, '_>, room: &mut String) {
    put_times(values);
    let requested = put_request(values);
    let operation = values.taken(OPERATION).unwrap_or_default();
    let parts = operation::parts(&operation);
    if let (true, Some(size)) = (operation::writes(parts), values.note(BYTES)) {
        let size = size.parse().map(Value::Int);
        if let Ok(size) = size {
            values.row.put(BYTES_IN, size);
        }
    }
    put_who(values, &operation, room);
    put_what(values, requested, room);
    put_class(values.row, CLASS, operation::class(parts));
    let (status, error) = (values.taken(ANSWER), values.taken(ERROR));
    let outcome = match (status.as_deref(), error.as_deref()) {
        (_, Some("AccessDenied" | "AllAccessDisabled")) => Outcome::Denied,
        (Some(status), _) => web::outcome(status),
        (None, Some(_)) => Outcome::Failure,
        // What S3 does by itself has no status when it is done.
        (None, None) if operation.starts_with("S3.") => Outcome::Success,
        (None, None) => Outcome::Unknown,
    };
    if let Some(code) = error.or(status) {
        values.text(CODE, &code);
    }
    put_outcome(values.row, OUTCOME, outcome);
}

fn put_times(values: &mut Values<'_, '_>) {
    let took = values.note(TOOK).and_then(|took| took.parse::<i64>().ok());
    if let Some(took) = took {
        values.row.put(DURATION, Value::Float(took as f64 / 1000.0));
    }
    let Some(time) = received(values) else { return };
    values.row.time(time);
    if let Some(took) = took {
        let nanos = took.saturating_mul(Timestamp::SECOND / 1000);
        let end = Time::new(time.at.saturating_add(nanos), time.digits);
        values.row.put(TIME_END, Value::Time(end));
    }
}

/// The URL as it was asked for; whether there was a request at all.
fn put_request(values: &mut Values<'_, '_>) -> bool {
    let Some(request) = values.taken(URI) else { return false };
    let (_, url, _) = web::request(&request);
    values.text(URL, if url.is_empty() { &request } else { url });
    true
}

/// Kinds of requesters are called what CloudTrail calls them.
fn put_who(values: &mut Values<'_, '_>, operation: &str, room: &mut String) {
    let Some(requester) = values.taken(REQUESTER) else {
        // Nobody is named where S3 acts by itself, and where nobody has signed the request.
        if values.taken(REMOTE).is_some() && !operation.starts_with("S3.") {
            values.text(PRINCIPAL_KIND, "Anonymous");
        }
        return;
    };
    let requester = &*requester;
    let kind = match web::owner(requester) {
        Some((_, account)) => {
            values.text(PRINCIPAL_ACCOUNT, account);
            put_session(values, requester, account, room)
        }
        None if requester.len() == 64 => "AWSAccount",
        None if requester.starts_with("svc:") || requester.starts_with("Amazon") => "AWSService",
        None if requester.ends_with(".amazonaws.com") => "AWSService",
        None => "Unknown",
    };
    values.text(PRINCIPAL_KIND, kind);
}

/// What kind of principal an ARN names; of a session also which, and of which role.
fn put_session(
    values: &mut Values<'_, '_>,
    arn: &str,
    account: &str,
    room: &mut String,
) -> &'static str {
    let name = Arn::read(arn).map_or("", |arn| arn.resource);
    let Some((kind, rest)) = split_once(name, b'/') else {
        return if name == "root" { "Root" } else { "Unknown" };
    };
    match kind {
        "user" => "IAMUser",
        "federated-user" => {
            values.text(SESSION, rest);
            "FederatedUser"
        }
        "assumed-role" => {
            if let Some((role, session)) = split_once(rest, b'/') {
                values.text(SESSION, session);
                let partition = split_once(&arn[4..], b':').map_or("aws", |(name, _)| name);
                for part in ["arn:", partition, ":iam::", account, ":role/", role] {
                    room.push_str(part);
                }
                values.text(ROLE, room);
                room.clear();
            }
            "AssumedRole"
        }
        _ => "Unknown",
    }
}

/// The bucket and the object, by their ARNs; the Region, as far as the host tells it.
fn put_what(values: &mut Values<'_, '_>, requested: bool, room: &mut String) {
    let host = values.taken(HOST);
    let region = host.as_deref().and_then(region_of);
    if let Some(region) = region {
        values.text(REGION, region);
    }
    if let Some(point) = values.taken(POINT)
        && let Some((region, account)) = web::owner(&point)
    {
        values.text(REGION, region);
        values.text(ACCOUNT, account);
    }
    let Some(bucket) = values.taken(BUCKET) else { return };
    room.push_str("arn:");
    room.push_str(match region {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    });
    room.push_str(":s3:::");
    room.push_str(&bucket);
    let bucket = room.len();
    if let Some(key) = values.taken(OBJECT) {
        room.push('/');
        room.push_str(&key_of(&key, !requested));
        values.text(RESOURCE, room);
    }
    values.text(RESOURCE, &room[..bucket]);
}

/// A key as it is. In rows without a request, `+` stands for a blank.
fn key_of(logged: &str, plus: bool) -> Cow<'_, str> {
    let key = web::twice_decoded(logged);
    if plus && logged.contains('+') {
        return Cow::Owned(web::twice_decoded(&logged.replace('+', " ")).into_owned());
    }
    key
}

/// The Region in a host such as `bucket.s3.eu-west-1.amazonaws.com`.
fn region_of(host: &str) -> Option<&str> {
    let name = split_once(host, b':').map_or(host, |(name, _)| name);
    let name = name.strip_suffix(".cn").unwrap_or(name).strip_suffix(".amazonaws.com")?;
    let label = name.rsplit('.').next()?;
    let region = ["s3-website-", "s3-fips-", "s3-"]
        .iter()
        .find_map(|prefix| label.strip_prefix(prefix))
        .unwrap_or(label);
    is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_their_region() {
        for (host, region) in [
            ("logs.s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("logs.s3.dualstack.us-east-2.amazonaws.com:443", Some("us-east-2")),
            ("logs.s3-website-us-east-1.amazonaws.com", Some("us-east-1")),
            ("s3-us-west-2.amazonaws.com", Some("us-west-2")),
            ("s3.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("logs.s3.amazonaws.com", None),
            ("www.example.com", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }

    #[test]
    fn keys_are_unescaped_twice() {
        assert_eq!(key_of("a%2520b%252B", false), "a b+");
        assert_eq!(key_of("a+b", false), "a+b");
        assert_eq!(key_of("a+b%252B", true), "a b+");
    }
}
