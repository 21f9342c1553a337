//! `SHA256SUMS`: lines `HASH  NAME`, as the tool `sha256sum` of GNU coreutils writes and checks
//! them: a name with a line feed, a carriage return or a backslash has these spelled `\n`, `\r`
//! and `\\`, and a backslash stands before the hash.

use crate::event::unescaped;

/// The line for a member.
pub(super) fn line(hash: &str, name: &[u8]) -> Vec<u8> {
    let odd = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'\\');
    let mut line = Vec::with_capacity(hash.len() + name.len() + 3);
    if name.iter().any(odd) {
        line.push(b'\\');
    }
    line.extend_from_slice(hash.as_bytes());
    line.extend_from_slice(b"  ");
    for byte in name {
        match byte {
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            b'\\' => line.extend_from_slice(b"\\\\"),
            _ => line.push(*byte),
        }
    }
    line.push(b'\n');
    line
}

/// The hash and the name of a line, without its line feed; nothing if it is none.
pub(super) fn parse(line: &[u8]) -> Option<(String, Vec<u8>)> {
    const DIGITS: usize = 64;
    let (odd, line) = match line.strip_prefix(b"\\") {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (hash, rest) = line.split_at_checked(DIGITS)?;
    let hash = std::str::from_utf8(hash).ok()?.to_ascii_lowercase();
    let name = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"))?;
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    if !odd {
        return Some((hash, name.to_vec()));
    }
    Some((hash, unescaped(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::sha256_hex;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_name_comes_back(name: Vec<u8>) {
            let hash = sha256_hex(&name);
            let line = line(&hash, &name);
            let (end, rest) = line.split_last().unwrap();
            prop_assert!(*end == b'\n' && !rest.contains(&b'\n'));
            prop_assert_eq!(parse(rest), Some((hash, name)));
        }

        #[test]
        fn any_line_is_survived(line: Vec<u8>) {
            parse(&line);
        }
    }
}
