//! What a message of an execution log says.

use super::{
    ACCOUNT, AGENT, BACKEND, CLASS, CLIENT_IP, CODE, DOMAIN, DURATION, EVENT, EXTENDED, MESSAGE,
    METHOD, OUTCOME, PRINCIPAL, REGION, RESOURCE, TRACE, URL,
};
use crate::event::{Class, Outcome, Row, Value};
use crate::format::{put_class, put_outcome, web};

/// How known messages begin: that is what the event is called. What stands behind depends on the
/// request. A longer one goes before a shorter one that it begins with.
const KNOWN: [&str; 45] = [
    "API Key",
    "AWS Integration Endpoint RequestId",
    "Authorizer result body before parsing",
    "Authorizer result body",
    "Endpoint request URI",
    "Endpoint request body after transformations",
    "Endpoint request headers",
    "Endpoint response body before transformations",
    "Endpoint response headers",
    "Execution failed due to",
    "Execution failed",
    "Extended Request Id",
    "Gateway response body",
    "Gateway response headers",
    "Gateway response type",
    "HTTP Method",
    "Incoming identity",
    "Invalid authorizer",
    "Key throttle limit exceeded",
    "Lambda execution failed",
    "Method completed with status",
    "Method request body before transformations",
    "Method request headers",
    "Method request path",
    "Method request query string",
    "Method request",
    "Method response body after transformations",
    "Method response headers",
    "Method response",
    "Quota limit exceeded",
    "Received response",
    "Request authorizer",
    "Request body does not match model schema",
    "Sending request to",
    "Starting authorizer",
    "Starting execution for request",
    "Successfully completed authorizer execution",
    "Successfully completed execution",
    "The client is not authorized",
    "Unauthorized request",
    "Usage Plan check succeeded",
    "User is not authorized",
    "Using valid authorizer policy",
    "Verifying Usage Plan",
    "X-ray Tracing ID",
];

fn known(text: &str) -> Option<&'static str> {
    KNOWN.into_iter().find(|name| text.starts_with(name))
}

pub(super) fn is_known(text: &str) -> bool {
    known(text).is_some()
}

pub(super) fn put(row: &mut dyn Row, text: &str) {
    let text = text.trim_end();
    let event = known(text);
    if let Some(event) = event {
        row.put(EVENT, Value::Str(event));
    }
    put_text(row, MESSAGE, text);
    let rest = event.map_or("", |event| &text[event.len()..]);
    let value = rest.trim_start_matches([' ', ':']);
    put_class(row, CLASS, class(event.unwrap_or("")));
    let outcome = outcome(event.unwrap_or(""), value, row);
    put_outcome(row, OUTCOME, outcome);
    match event.unwrap_or("") {
        "Extended Request Id" => put_text(row, EXTENDED, value),
        "AWS Integration Endpoint RequestId" => put_text(row, BACKEND, value),
        "X-ray Tracing ID" => put_text(row, TRACE, root(value)),
        "HTTP Method" => put_method(row, value),
        "Method request headers" | "Endpoint request headers" => put_headers(row, value),
        "Endpoint request URI" | "Sending request to" => put_target(row, value),
        "Received response" => put_response(row, value),
        "Verifying Usage Plan" | "Usage Plan check succeeded" => put_stage(row, value),
        "Using valid authorizer policy" => {
            let who = value.strip_prefix("for principal:").unwrap_or("").trim();
            put_text(row, PRINCIPAL, who);
        }
        _ => {}
    }
}

fn put_text(row: &mut dyn Row, slot: usize, text: &str) {
    if !text.is_empty() {
        row.put(slot, Value::Str(text));
    }
}

fn class(event: &str) -> Class {
    let checks = ["uthoriz", "API Key", "Incoming identity", "Usage Plan"];
    if checks.iter().any(|word| event.contains(word)) { Class::Auth } else { Class::Network }
}

/// How it ended, as far as the message says so; the status goes into its field.
fn outcome(event: &str, value: &str, row: &mut dyn Row) -> Outcome {
    let status = match event {
        "Method completed with status" => Some(value),
        "Received response" => after(value, "Status: "),
        "Gateway response type" => after(value, "status code: "),
        _ => None,
    };
    if let Some(status) = status {
        let digits = status.bytes().take_while(u8::is_ascii_digit).count();
        put_text(row, CODE, &status[..digits]);
        return web::outcome(&status[..digits]);
    }
    match event {
        "Successfully completed execution"
        | "Successfully completed authorizer execution"
        | "Usage Plan check succeeded" => Outcome::Success,
        "API Key" if value.contains("not authorized") => Outcome::Denied,
        "API Key" if value.contains("authorized") => Outcome::Success,
        "Unauthorized request" | "User is not authorized" | "The client is not authorized" => {
            Outcome::Denied
        }
        "Execution failed due to"
        | "Execution failed"
        | "Lambda execution failed"
        | "Invalid authorizer"
        | "Request body does not match model schema"
        | "Key throttle limit exceeded"
        | "Quota limit exceeded" => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// `GET, Resource Path: /x`
fn put_method(row: &mut dyn Row, value: &str) {
    let (method, path) = value.split_once(", Resource Path: ").unwrap_or((value, ""));
    put_text(row, METHOD, method);
    put_text(row, URL, path);
}

/// `https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/ARN/invocations`
fn put_target(row: &mut dyn Row, url: &str) {
    put_text(row, URL, url);
    if let Some(host) = web::host(url) {
        row.put(DOMAIN, Value::Str(host));
    }
    let arn = after(url, "/functions/").and_then(|rest| rest.split('/').next());
    if let Some(arn) = arn
        && let Some((region, account)) = web::owner(arn)
    {
        row.put(RESOURCE, Value::Str(arn));
        put_text(row, REGION, region);
        put_text(row, ACCOUNT, account);
    }
}

/// `Status: 200, Integration latency: 227 ms`
fn put_response(row: &mut dyn Row, value: &str) {
    let took = after(value, "latency: ").and_then(|rest| rest.split(' ').next());
    if let Some(took) = took.and_then(|took| took.parse::<u32>().ok()) {
        row.put(DURATION, Value::Float(f64::from(took) / 1000.0));
    }
}

/// `for request: ID. API Key: API Stage: abc/prod`
fn put_stage(row: &mut dyn Row, value: &str) {
    let stage = after(value, "API Stage: ").or_else(|| after(value, "API Stage "));
    if let Some(stage) = stage.and_then(|rest| rest.split([' ', ',']).next()) {
        put_text(row, RESOURCE, stage);
    }
}

fn put_headers(row: &mut dyn Row, headers: &str) {
    if let Some(list) = header(headers, "X-Forwarded-For") {
        web::put_forwarded(row, CLIENT_IP, list);
    }
    for (name, slot) in [("Host", DOMAIN), ("User-Agent", AGENT)] {
        put_text(row, slot, header(headers, name).unwrap_or(""));
    }
    if let Some(trace) = header(headers, "X-Amzn-Trace-Id") {
        put_text(row, TRACE, root(trace));
    }
}

/// The root of a trace, which may stand alone.
fn root(trace: &str) -> &str {
    let root = after(trace, "Root=").unwrap_or(trace);
    root.split(';').next().unwrap_or(root)
}

/// The value of a header in `{Name=value, Other=value}`. A value may hold commas itself: it ends
/// where the next name is.
fn header<'a>(headers: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = headers.strip_prefix('{')?;
    loop {
        let (found, value) = rest.split_once('=')?;
        let end = value.match_indices(", ").map(|(at, _)| at).find(|at| is_named(&value[at + 2..]));
        if found.eq_ignore_ascii_case(name) {
            let value = end.map_or(value, |end| &value[..end]);
            let cut = value.strip_suffix(" [TRUNCATED]").unwrap_or(value);
            return Some(if end.is_none() { cut.strip_suffix('}').unwrap_or(cut) } else { cut });
        }
        rest = &value[end? + 2..];
    }
}

/// Whether the text begins with a name and `=`.
fn is_named(text: &str) -> bool {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = text.bytes().take_while(name).count();
    length > 0 && text.as_bytes().get(length) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_among_others() {
        let headers = "{Accept=text/html, */*;q=0.8, Host=api.example.com, X-Forwarded-For=192.0.2.1, 198.51.100.2, X-Amzn-Trace-Id=Root=1-a}";
        assert_eq!(header(headers, "accept"), Some("text/html, */*;q=0.8"));
        assert_eq!(header(headers, "x-forwarded-for"), Some("192.0.2.1, 198.51.100.2"));
        assert_eq!(header(headers, "X-Amzn-Trace-Id").map(root), Some("1-a"));
        assert_eq!(header(headers, "Cookie"), None);
        assert_eq!(header("{}", "Host"), None);
        assert_eq!(header("{Host=a [TRUNCATED]", "Host"), Some("a"));
    }

    #[test]
    fn longer_names_go_first() {
        for (at, name) in KNOWN.iter().enumerate() {
            assert!(!KNOWN[..at].iter().any(|before| name.starts_with(before)), "{name}");
        }
    }
}
