//! How columns of text are stored: the codes, then the values; addresses in as few bytes as they
//! need. What is read is checked, so that no code points behind the values.

use super::{Codes, Dict, Strings, Values};
use crate::store::bytes::{Input, Out, Stored};
use std::net::{IpAddr, Ipv6Addr};

impl Stored for Codes {
    fn write(&self, out: &mut Out) {
        match self {
            Self::Const { code, .. } => {
                out.byte(0);
                out.number(u64::from(*code));
            }
            Self::U8(codes) => {
                out.byte(1);
                out.bytes(codes);
            }
            Self::U16(codes) => {
                out.byte(2);
                out.array(codes, u16::to_le_bytes);
            }
        }
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        let codes = match input.byte()? {
            0 => Self::Const { code: u16::try_from(input.number()?).ok()?, len },
            1 => Self::U8(input.bytes()?.into()),
            2 => Self::U16(input.array(u16::from_le_bytes)?),
            _ => return None,
        };
        (codes.len() == len).then_some(codes)
    }

    fn heap(&self) -> usize {
        match self {
            Self::Const { .. } => 0,
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len() * 2,
        }
    }
}

impl Stored for Strings {
    fn write(&self, out: &mut Out) {
        out.bytes(&self.text);
        out.array(&self.ends, u32::to_le_bytes);
    }

    /// `len` strings.
    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        let text = input.bytes()?.into();
        let strings = Self { text, ends: input.array(u32::from_le_bytes)? };
        let end = strings.ends.last().map_or(0, |&end| end as usize);
        let fits = end == strings.text.len() && strings.ends.is_sorted();
        (fits && strings.len() == len).then_some(strings)
    }

    fn heap(&self) -> usize {
        self.text.len() + self.ends.len() * 4
    }
}

impl Stored for Values {
    fn write(&self, out: &mut Out) {
        let texts = |out: &mut Out, kind, texts: &Strings| {
            out.byte(kind);
            out.number(texts.len() as u64);
            texts.write(out);
        };
        match self {
            Self::Text(strings) => texts(out, 0, strings),
            Self::Lists(strings) => texts(out, 1, strings),
            Self::Ip(addresses) if addresses.iter().all(IpAddr::is_ipv4) => {
                out.byte(4);
                out.array(addresses, |address| match address {
                    IpAddr::V4(address) => address.octets(),
                    IpAddr::V6(_) => [0; 4],
                });
            }
            Self::Ip(addresses) => {
                out.byte(6);
                out.array(addresses, |address| match address {
                    IpAddr::V4(address) => spell_v4(address.octets()),
                    IpAddr::V6(address) => spell_v6(address),
                });
            }
        }
    }

    /// As many values as there are, whatever the number of rows.
    fn read(input: &mut Input<'_>, _: usize) -> Option<Self> {
        let kind = input.byte()?;
        match kind {
            0 | 1 => {
                let count = input.size()?;
                let strings = Strings::read(input, count)?;
                Some(if kind == 0 { Self::Text(strings) } else { Self::Lists(strings) })
            }
            4 => Some(Self::Ip(input.array::<_, 4>(IpAddr::from)?)),
            6 => Some(Self::Ip(input.array(|[kind, rest @ ..]: [u8; 17]| match kind {
                4 => IpAddr::from([rest[0], rest[1], rest[2], rest[3]]),
                _ => IpAddr::from(rest),
            })?)),
            _ => None,
        }
    }

    fn heap(&self) -> usize {
        match self {
            Self::Text(texts) | Self::Lists(texts) => texts.heap(),
            Self::Ip(addresses) => size_of_val(&**addresses),
        }
    }
}

/// An address behind its version: an IPv4 address that is written as an IPv6 one stays one.
fn spell_v6(address: Ipv6Addr) -> [u8; 17] {
    let mut bytes = [6; 17];
    bytes[1..].copy_from_slice(&address.octets());
    bytes
}

fn spell_v4(address: [u8; 4]) -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[0] = 4;
    bytes[1..5].copy_from_slice(&address);
    bytes
}

impl Stored for Dict {
    fn write(&self, out: &mut Out) {
        self.codes.write(out);
        self.values.write(out);
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        let codes = Codes::read(input, len)?;
        let values = Values::read(input, len)?;
        let dict = Self { codes, values };
        (usize::from(dict.codes.highest()) <= dict.distinct()).then_some(dict)
    }

    fn heap(&self) -> usize {
        self.codes.heap() + self.values.heap()
    }
}
