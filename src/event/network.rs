//! Networks of addresses: `203.0.113.0/24`, `2001:db8::/32`, `192.0.2.1-192.0.2.9`, or one address
//! alone.

use std::net::{IpAddr, Ipv6Addr};

/// A range of addresses, both families in one order: an IPv4 address counts as the IPv6 address
/// that maps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    first: u128,
    last: u128,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("not an address or network, such as 203.0.113.7 or 203.0.113.0/24")]
    NoAddress,
    #[error("the prefix length is 0 to {0} here")]
    Prefix(u8),
    #[error("a range goes from a lower address to a higher one of the same family")]
    Range,
}

/// The address as one number.
pub fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Network {
    /// Reads an address, an address and a prefix length (bits behind the prefix do not count), or
    /// the first and the last address of a range.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        if let Some((first, last)) = text.split_once('-') {
            return Self::range(first, last);
        }
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::NoAddress)?;
        let bits: u8 = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => bits,
            Some(text) => {
                let length: u8 = text.parse().map_err(|_| NetworkError::Prefix(bits))?;
                if length > bits {
                    return Err(NetworkError::Prefix(bits));
                }
                length
            }
        };
        let free = u32::from(bits - length);
        let mask = u128::MAX.checked_shr(128 - free).unwrap_or(0);
        let number = number(address);
        Ok(Self { first: number & !mask, last: number | mask })
    }

    fn range(first: &str, last: &str) -> Result<Self, NetworkError> {
        let read = |text: &str| text.parse::<IpAddr>().map_err(|_| NetworkError::NoAddress);
        let (first, last) = (read(first)?, read(last)?);
        if first.is_ipv4() != last.is_ipv4() || first > last {
            return Err(NetworkError::Range);
        }
        Ok(Self { first: number(first), last: number(last) })
    }

    /// How many addresses there are beside the first one.
    pub fn width(self) -> u128 {
        self.last - self.first
    }

    pub fn holds(self, address: u128) -> bool {
        self.first <= address && address <= self.last
    }
}

/// Many networks, sorted and joined where they overlap.
#[derive(Debug, Clone, Default)]
pub struct Networks(Vec<Network>);

impl Networks {
    pub fn new(mut networks: Vec<Network>) -> Self {
        networks.sort_unstable();
        let mut joined: Vec<Network> = Vec::with_capacity(networks.len());
        for network in networks {
            match joined.last_mut() {
                Some(last) if network.first <= last.last => last.last = last.last.max(network.last),
                _ => joined.push(network),
            }
        }
        Self(joined)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn hold(&self, address: IpAddr) -> bool {
        let address = number(address);
        let after = self.0.partition_point(|network| network.first <= address);
        after > 0 && self.0[after - 1].holds(address)
    }
}

/// Whether the text is an IPv6 address or network: its colons do not end a field name.
pub fn is_v6(text: &str) -> bool {
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    address.contains("::") && address.parse::<Ipv6Addr>().is_ok()
        || address.matches(':').count() == 7 && address.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        let network = Network::parse(network).unwrap();
        Networks::new(vec![network]).hold(address.parse().unwrap())
    }

    #[test]
    fn networks_hold_their_addresses() {
        assert!(holds("203.0.113.0/24", "203.0.113.255"));
        assert!(holds("203.0.113.99/24", "203.0.113.1"));
        assert!(!holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("0.0.0.0/0", "255.255.255.255"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(holds("203.0.113.7", "::ffff:203.0.113.7"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::"));
        assert!(!holds("2001:db8::/32", "2001:db9::"));
        assert!(holds("192.0.2.250-192.0.3.5", "192.0.3.5"));
        assert!(!holds("192.0.2.250-192.0.3.5", "192.0.3.6"));
        assert!(holds("2001:db8::-2001:db8::ff", "2001:db8::80"));
    }

    #[test]
    fn wrong_networks_are_said_to_be_wrong() {
        assert_eq!(Network::parse("198.51.100.0/33"), Err(NetworkError::Prefix(32)));
        assert_eq!(Network::parse("2001:db8::/129"), Err(NetworkError::Prefix(128)));
        assert_eq!(Network::parse("198.51.100.0/x"), Err(NetworkError::Prefix(32)));
        assert_eq!(Network::parse("alice"), Err(NetworkError::NoAddress));
        assert_eq!(Network::parse("mary-ann"), Err(NetworkError::NoAddress));
        assert_eq!(Network::parse("192.0.2.9-192.0.2.1"), Err(NetworkError::Range));
        assert_eq!(Network::parse("192.0.2.9-2001:db8::"), Err(NetworkError::Range));
    }

    #[test]
    fn overlapping_networks_are_joined() {
        let all = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1"];
        let networks = Networks::new(all.iter().map(|n| Network::parse(n).unwrap()).collect());
        assert_eq!(networks.0.len(), 2);
        assert!(networks.hold("10.200.0.1".parse().unwrap()));
        assert!(!networks.hold("192.0.2.2".parse().unwrap()));
    }
}
