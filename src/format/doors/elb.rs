//! What the logs of load balancers have in common: how they are delivered, and the shape of their
//! plain lines.

use crate::event::layout::is_region;
use crate::event::{Row, Time, Value};
use crate::format::{Clock, Delivery, Lag, Service, web};

/// Every log of a balancer goes to S3 every five minutes, or to where its vended delivery leads.
pub(super) const fn delivery(cadence: &'static str) -> Delivery {
    Delivery {
        service: Some(Service::LoadBalancer),
        lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
        cadence,
        guarantee: "best effort, in the end: not meant as an account of every request",
        clock: Clock::Aws,
    }
}

/// The first three columns of a plain line, and what parts them: blanks, unless its owner has
/// chosen something else for the vended delivery.
pub(super) fn head(line: &str) -> Option<([&str; 3], char)> {
    let is_mark = |byte: &u8| matches!(byte, b' ' | b'\t' | b',' | b';' | b'|');
    let first = line.bytes().take(48).position(|byte| is_mark(&byte))?;
    let mark = char::from(line.as_bytes()[first]);
    let mut columns = line.splitn(4, mark);
    let mut next = || columns.next().map(|column| column.trim_matches('"'));
    Some(([next()?, next()?, next()?], mark))
}

/// Whether this is a time as balancers write it.
pub(super) fn is_time(text: &str) -> bool {
    text.ends_with('Z') && Time::parse_rfc3339(text).is_some()
}

/// A time that was measured; `-1` means that it was not.
pub(super) fn measured(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|seconds: &f64| *seconds >= 0.0 && seconds.is_finite())
}

/// Puts what an ARN says of whose the balancer is.
pub(super) fn put_owner(row: &mut dyn Row, account: usize, region: usize, arn: &str) {
    let Some((place, owner)) = web::owner(arn) else { return };
    for (slot, value) in [(region, place), (account, owner)] {
        if !value.is_empty() {
            row.put(slot, Value::Str(value));
        }
    }
}

/// The Region in the name that DNS has of a balancer: `front-1.eu-west-1.elb.amazonaws.com`, or
/// for one of the network `front-1.elb.eu-west-1.amazonaws.com`.
pub(super) fn region_of(host: &str) -> Option<&str> {
    let name = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
    let mut labels = name.rsplit('.');
    let region = match (labels.next()?, labels.next()?) {
        ("elb", region) | (region, "elb") => region,
        _ => return None,
    };
    is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_balancers_tell_their_region() {
        for (host, region) in [
            ("front-1.eu-west-1.elb.amazonaws.com", Some("eu-west-1")),
            ("front-1.elb.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("elb.amazonaws.com", None),
            ("a.elb.example.com", None),
            ("shop.example.com", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }

    #[test]
    fn heads_are_parted_by_whatever_comes_first() {
        assert_eq!(head("https 2026 app/a b"), Some((["https", "2026", "app/a"], ' ')));
        assert_eq!(head("https\t2026\tapp/a"), Some((["https", "2026", "app/a"], '\t')));
        assert_eq!(head("\"https\",\"2026\",\"a\",\"b c\""), Some((["https", "2026", "a"], ',')));
        assert_eq!(head("https"), None);
        assert_eq!(head(&"é".repeat(50)), None);
    }
}
