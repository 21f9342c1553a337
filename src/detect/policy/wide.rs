//! Names and networks so wide that they mean everything, or everybody.

use crate::event::wild::fits;
use std::net::IpAddr;

/// Whether this is a name of whatever there is: `*`, `*:*`, `arn:aws:*`.
pub(super) fn is_all(name: &str) -> bool {
    let is_part = |(place, part): (usize, &str)| {
        part.chars().all(|c| matches!(c, '*' | '?'))
            || place == 0 && part == "arn"
            || place == 1 && part.starts_with("aws")
    };
    name.contains('*') && name.split(':').enumerate().all(is_part)
}

/// Whether this is a name of whatever may be done with identities: `iam:*`, `i*:*`.
pub(super) fn is_all_of_iam(action: &str) -> bool {
    let Some((service, call)) = action.split_once(':') else { return false };
    let service = service.to_ascii_lowercase();
    let parts: Vec<&str> = service.split('*').collect();
    is_all(call) && (service == "iam" || fits(&parts, b"iam"))
}

/// Whether an ARN is that of every identity of an account, or of any.
pub(super) fn is_every_identity(name: &str) -> bool {
    let mut parts = name.splitn(6, ':');
    let (service, account, rest) = (parts.nth(2), parts.nth(1), parts.next());
    let is_any = |account: &str| is_all(account) || super::account(account).is_some();
    service == Some("iam") && account.is_some_and(is_any) && rest.is_some_and(is_all)
}

/// Bits of a network that is so wide that it means everybody, at most.
const WORLD_V4: u8 = 7;
const WORLD_V6: u8 = 15;

/// Whether this is a network that nearly everybody is in, or a large part of all: two of them are all.
pub(super) fn is_world(network: &str) -> bool {
    let Some((address, bits)) = network.trim().split_once('/') else { return false };
    match (address.parse(), bits.parse::<u8>()) {
        (Ok(IpAddr::V4(address)), Ok(bits)) => bits <= WORLD_V4 && address.octets()[0] < 224,
        // Those of `fc00::/7` are nobody's in the Internet.
        (Ok(IpAddr::V6(address)), Ok(bits)) => bits <= WORLD_V6 && address.octets()[0] < 0xf0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wide_is_known() {
        for (action, is_it) in [
            ("iam:*", true),
            ("IAM:*", true),
            ("i*:*", true),
            ("*m:*", true),
            ("i*m:*", true),
            ("iam:?*", true),
            ("iam:Get*", false),
            ("s*:*", false),
            ("iamx:*", false),
            ("am:*", false),
            ("iam", false),
        ] {
            assert_eq!(is_all_of_iam(action), is_it, "{action}");
        }
        for (network, is_it) in [
            ("0.0.0.0/0", true),
            ("128.0.0.0/1", true),
            ("64.0.0.0/7", true),
            ("10.0.0.0/8", false),
            ("224.0.0.0/4", false),
            ("::/0", true),
            ("2600::/15", true),
            ("2001::/16", false),
            ("fc00::/7", false),
            ("203.0.113.7", false),
        ] {
            assert_eq!(is_world(network), is_it, "{network}");
        }
        for (name, is_it) in [
            ("arn:aws:iam::*:*", true),
            ("arn:aws:iam::111122223333:*", true),
            ("arn:aws:iam::111122223333:user/*", false),
            ("arn:aws:s3:::*", false),
        ] {
            assert_eq!(is_every_identity(name), is_it, "{name}");
        }
    }
}
