//! Texts with anything between some parts, as `*` stands for it.

/// Whether two texts are the same but for the case of ASCII letters.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Whether the text is these folded parts, two or more, with anything between them. ASCII letters of the
/// text may have any case.
pub fn fits<P: AsRef<str>>(parts: &[P], text: &[u8]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let (first, last) = (first.as_ref().as_bytes(), last.as_ref().as_bytes());
    if text.len() < first.len() + last.len() {
        return false;
    }
    let (start, end) = (first.len(), text.len() - last.len());
    if !same(&text[..start], first) || !same(&text[end..], last) {
        return false;
    }
    let mut rest = &text[start..end];
    for part in middle {
        match find(part.as_ref().as_bytes(), rest) {
            Some(at) => rest = &rest[at + part.as_ref().len()..],
            None => return false,
        }
    }
    true
}

/// Where a folded part begins in the text.
fn find(part: &[u8], text: &[u8]) -> Option<usize> {
    let Some((&first, _)) = part.split_first() else { return Some(0) };
    let last = text.len().checked_sub(part.len())?;
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), &text[..=last])
        .find(|&at| same(&text[at..at + part.len()], part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_in_their_order_and_do_not_overlap() {
        for (wild, text, expected) in [
            ("*", "", true),
            ("a*", "Abc", true),
            ("*c", "abc", true),
            ("a*a", "a", false),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "acb", false),
            ("*bb*b*", "bbb", true),
            ("*bb*bb*", "bbb", false),
        ] {
            let parts: Vec<&str> = wild.split('*').collect();
            assert_eq!(fits(&parts, text.as_bytes()), expected, "{wild} {text}");
        }
        assert!(!fits(&["a"], b"a"), "one part alone stands for itself");
    }
}
