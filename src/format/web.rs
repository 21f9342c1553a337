//! What the logs of web servers, balancers and gateways have in common.

use crate::event::Outcome;

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
    let (host, port) = text.rsplit_once(':')?;
    Some((host.trim_start_matches('[').trim_end_matches(']'), port))
}

/// Method, URL and protocol of a request line. The URL may hold blanks; what is not there is
/// empty.
pub(super) fn request(line: &str) -> (&str, &str, &str) {
    let (method, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (url, protocol) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    (method, url, protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
