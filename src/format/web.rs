//! What the logs of web servers, balancers and gateways have in common.

use super::{numbers, text};
use crate::event::{Outcome, Row, Value};
use memchr::{memchr, memchr2, memmem, memrchr};
use std::borrow::Cow;
use std::net::IpAddr;

/// How a request ended, by its HTTP status. A status that is none (`-`, `000`) says nothing.
pub(super) fn outcome(status: &str) -> Outcome {
    match status.parse::<u16>() {
        Ok(401 | 403) => Outcome::Denied,
        Ok(100..400) => Outcome::Success,
        Ok(400..) => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}

/// Address and port of `192.0.2.1:443`, `[2001:db8::1]:443` or `2001:db8::1:443`: the last colon
/// parts them.
pub(super) fn end(text: &str) -> Option<(&str, &str)> {
    let colon = memrchr(b':', text.as_bytes())?;
    let (host, port) = (&text[..colon], &text[colon + 1..]);
    Some((host.trim_start_matches('[').trim_end_matches(']'), port))
}

/// Method, URL and protocol of a request line. The URL may hold blanks; what is not there is
/// empty.
pub(super) fn request(line: &str) -> (&str, &str, &str) {
    let Some(first) = memchr(b' ', line.as_bytes()) else { return (line, "", "") };
    let (method, rest) = (&line[..first], &line[first + 1..]);
    let last = memrchr(b' ', rest.as_bytes());
    last.map_or((method, rest, ""), |last| (method, &rest[..last], &rest[last + 1..]))
}

/// Whether this part of a request is there only as a mark for nothing.
pub(super) fn is_nothing(part: &str) -> bool {
    part.bytes().all(|byte| matches!(byte, b'-' | b' '))
}

/// Puts address and port of one end. What is no address is left out, for it is none.
pub(super) fn put_end(row: &mut dyn Row, address: usize, port: usize, text: &str) {
    let (host, number) = end(text).unwrap_or((text, ""));
    if let Some(ip) = numbers::address(host) {
        row.put(address, Value::Ip(ip));
        if let Ok(number) = number.parse::<u16>() {
            row.put(port, Value::Int(i64::from(number)));
        }
    } else {
        put_address(row, address, text);
    }
}

/// Puts what is an address, in brackets or not.
pub(super) fn put_address(row: &mut dyn Row, slot: usize, text: &str) {
    if let Some(ip) = numbers::address(text.trim_start_matches('[').trim_end_matches(']')) {
        row.put(slot, Value::Ip(ip));
    }
}

/// Puts every address of an `X-Forwarded-For` list or a `Forwarded` header, in their order; ports
/// and names are left out. The first is what the client says of itself, the last what the nearest
/// proxy saw.
pub(super) fn put_forwarded(row: &mut dyn Row, slot: usize, list: &str) {
    for entry in list.split([',', ';']) {
        let entry = entry.trim_matches([' ', '"', '\t', '+']);
        let entry = match entry.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("for") => value.trim_matches('"'),
            _ => entry,
        };
        let bare = match entry.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or(rest),
            None => entry,
        };
        let host = || bare.rsplit_once(':').map_or(bare, |(host, _)| host);
        if let Ok(ip) = bare.parse::<IpAddr>().or_else(|_| host().parse()) {
            row.put(slot, Value::Ip(ip));
        }
    }
}

/// The host that a URL names; `None` if that is an address, or the URL names none.
pub(super) fn host(url: &str) -> Option<&str> {
    let colon = memchr(b':', url.as_bytes())?;
    let rest = url[colon..].strip_prefix("://")?;
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = &rest[..end.unwrap_or(rest.len())];
    let host = authority.rsplit('@').next()?;
    let name = host.split(':').next()?;
    let named = !matches!(name, "" | "-") && !name.starts_with('[');
    // Names do not end with a digit, so that few are looked at twice.
    let is_address =
        name.ends_with(|c: char| c.is_ascii_digit()) && numbers::address(name).is_some();
    (named && !is_address).then_some(name)
}

/// The trace that `X-Amzn-Trace-Id` names: `Root=1-67c6d9a3-…`, up to the next of its parts.
pub(super) fn root(traced: &str) -> Option<&str> {
    const MARK: &str = "Root=";
    let root = &traced[memmem::find(traced.as_bytes(), MARK.as_bytes())? + MARK.len()..];
    Some(&root[..memchr2(b';', b',', root.as_bytes()).unwrap_or(root.len())])
}

/// Text in which `%XX` stands for a byte. What is no such escape stays as it is.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(mut at) = memchr(b'%', bytes) else {
        return Cow::Borrowed(text);
    };
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend_from_slice(&bytes[..at]);
    while let Some(byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*byte, digit(at + 1), digit(at + 2)) {
            plain.push((high * 16 + low) as u8);
            at += 3;
        } else {
            plain.push(*byte);
            at += 1;
        }
    }
    Cow::Owned(text::of(&plain).into_owned())
}

/// Text that was escaped twice. Such logs escape every `%` of the text itself, so that none is
/// left that stands for itself before the second time.
pub(super) fn twice_decoded(text: &str) -> Cow<'_, str> {
    match decoded(text) {
        Cow::Owned(once) => match decoded(&once) {
            Cow::Owned(twice) => Cow::Owned(twice),
            Cow::Borrowed(_) => Cow::Owned(once),
        },
        Cow::Borrowed(plain) => Cow::Borrowed(plain),
    }
}

/// Region and account that an ARN names; either may be empty.
pub(super) fn owner(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = text::split_once(arn.strip_prefix("arn:")?, b':')?;
    let (_, rest) = text::split_once(rest, b':')?;
    let (region, rest) = text::split_once(rest, b':')?;
    Some((region, text::split_once(rest, b':').map_or(rest, |(account, _)| account)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Time;

    #[test]
    fn parts_of_requests_are_found() {
        assert_eq!(end("192.0.2.1:443"), Some(("192.0.2.1", "443")));
        assert_eq!(end("[2001:db8::1]:443"), Some(("2001:db8::1", "443")));
        assert_eq!(end("2001:db8::1:443"), Some(("2001:db8::1", "443")));
        assert_eq!(end("-"), None);
        assert_eq!(request("GET /a b HTTP/1.1"), ("GET", "/a b", "HTTP/1.1"));
        assert_eq!(request("- http://host:80-/ "), ("-", "http://host:80-/", ""));
        assert_eq!(request(""), ("", "", ""));
        assert_eq!(outcome("403"), Outcome::Denied);
        assert_eq!(outcome("000"), Outcome::Unknown);
        assert_eq!(host("https://user@shop.example.com:443/a?b"), Some("shop.example.com"));
        for url in ["http://192.0.2.1:80/", "http://[2001:db8::1]:80/", "/a", "http:///", "x"] {
            assert_eq!(host(url), None, "{url}");
        }
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/a/b";
        assert_eq!(owner(arn), Some(("eu-west-1", "111122223333")));
        assert_eq!(owner("arn:aws:s3:::bucket"), Some(("", "")));
        assert_eq!(owner("-"), None);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(decoded("a%20b%2520c%"), "a b%20c%");
        assert_eq!(twice_decoded("a%2520b%20c%25"), "a b c%");
        assert_eq!(decoded("%zz%e"), "%zz%e");
        assert_eq!(decoded("%ff%41"), r"\xFFA");
        assert!(matches!(decoded("plain"), Cow::Borrowed("plain")));
    }

    /// Keeps the addresses that are put.
    struct Addresses(Vec<String>);

    impl Row for Addresses {
        fn time(&mut self, _: Time) {}

        fn put(&mut self, slot: usize, value: Value<'_>) {
            match value {
                Value::Ip(ip) => self.0.push(format!("{slot}={ip}")),
                Value::Int(number) => self.0.push(format!("{slot}={number}")),
                _ => {}
            }
        }
    }

    #[test]
    fn every_address_of_a_list_is_kept() {
        for (list, expected) in [
            ("192.0.2.1, 198.51.100.2", "7=192.0.2.1 7=198.51.100.2"),
            (
                "192.0.2.1:4711,[2001:db8::1]:443, 2001:db8::2",
                "7=192.0.2.1 7=2001:db8::1 7=2001:db8::2",
            ),
            ("unknown, _hidden, 192.0.2.1", "7=192.0.2.1"),
            ("for=192.0.2.1;proto=https, for=\"[2001:db8::1]:80\"", "7=192.0.2.1 7=2001:db8::1"),
            ("-", ""),
        ] {
            let mut row = Addresses(Vec::new());
            put_forwarded(&mut row, 7, list);
            assert_eq!(row.0.join(" "), expected, "{list}");
        }
    }

    #[test]
    fn an_end_is_an_address_or_nothing() {
        for (text, expected) in [
            ("192.0.2.1:443", "1=192.0.2.1 2=443"),
            ("[2001:db8::1]:443", "1=2001:db8::1 2=443"),
            ("2001:db8:0:0:0:0:0:1", "1=2001:db8::1"),
            ("192.0.2.1", "1=192.0.2.1"),
            ("host:443", ""),
            ("-", ""),
        ] {
            let mut row = Addresses(Vec::new());
            put_end(&mut row, 1, 2, text);
            assert_eq!(row.0.join(" "), expected, "{text}");
        }
    }
}
