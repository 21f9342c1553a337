//! The brackets that are open in a record, by kind, and what a bracket that closes makes of them.

use crate::format::frame::DEEPEST;

/// Open brackets, the innermost last. Kinds are known of the first 128: a record that goes deeper
/// is not read, and beyond them brackets are only counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nesting {
    depth: usize,
    /// The most that were open at once.
    deepest: usize,
    /// One bit for each, the innermost lowest: set for `{`.
    objects: u128,
}

const _: () = assert!(DEEPEST == u128::BITS as usize);

/// What the innermost open bracket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Nothing,
    Object,
    Array,
    /// Deeper than kinds are known.
    Depths,
}

impl Nesting {
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn too_deep(&self) -> bool {
        self.deepest > DEEPEST
    }

    #[inline]
    pub(super) fn inside(&self) -> Inside {
        match self.depth {
            0 => Inside::Nothing,
            depth if depth > DEEPEST => Inside::Depths,
            _ if self.objects & 1 == 1 => Inside::Object,
            _ => Inside::Array,
        }
    }

    #[inline]
    pub(super) fn open(&mut self, bracket: u8) {
        if self.depth < DEEPEST {
            self.objects = self.objects << 1 | u128::from(bracket == b'{');
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
    }

    /// Whether this bracket closes the innermost one.
    #[inline]
    pub(super) fn fits(&self, bracket: u8) -> bool {
        match self.inside() {
            Inside::Nothing => false,
            Inside::Object => bracket == b'}',
            Inside::Array => bracket == b']',
            Inside::Depths => true,
        }
    }

    /// Whether an array is open.
    pub(super) fn has_array(&self) -> bool {
        self.depth <= DEEPEST && (!self.objects).trailing_zeros() < self.depth as u32
    }

    /// Closes what is open in the innermost array.
    pub(super) fn back_to_array(&mut self) {
        if self.has_array() {
            self.close(b']');
            self.open(b'[');
        }
    }

    /// Closes the innermost bracket that this one fits, and with it those inside, which must have
    /// lost theirs. If it fits none, it is one too many and changes nothing.
    #[inline]
    pub(super) fn close(&mut self, bracket: u8) {
        if self.depth > DEEPEST {
            self.depth -= 1;
            return;
        }
        let fitting = if bracket == b'}' { self.objects } else { !self.objects };
        let closed = fitting.trailing_zeros() as usize + 1;
        if closed <= self.depth {
            self.depth -= closed;
            self.objects = self.objects.checked_shr(closed as u32).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bracket_too_few_closes_more_and_one_too_many_nothing() {
        let after = |text: &str| {
            let mut nesting = Nesting::default();
            for byte in text.bytes() {
                if matches!(byte, b'{' | b'[') { nesting.open(byte) } else { nesting.close(byte) }
            }
            (nesting.depth(), nesting.inside())
        };
        assert_eq!(after("{[{}"), (2, Inside::Array));
        assert_eq!(after("{[}"), (0, Inside::Nothing));
        assert_eq!(after("{[{]"), (1, Inside::Object));
        assert_eq!(after("{{]]"), (2, Inside::Object));
        assert_eq!(after("}]"), (0, Inside::Nothing));
        assert_eq!(after(&"[".repeat(129)), (129, Inside::Depths));
        let nested = format!("{{{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(after(&nested), (1, Inside::Object));
    }

    proptest! {
        #[test]
        fn it_is_a_stack_that_mends_itself(text in r"[\[\]{}]{0,200}") {
            let mut nesting = Nesting::default();
            let mut stack: Vec<u8> = Vec::new();
            for byte in text.bytes() {
                if matches!(byte, b'{' | b'[') {
                    nesting.open(byte);
                    stack.push(byte);
                } else {
                    let opening = if byte == b'}' { b'{' } else { b'[' };
                    prop_assert_eq!(nesting.fits(byte), stack.last() == Some(&opening));
                    nesting.close(byte);
                    if let Some(at) = stack.iter().rposition(|open| *open == opening) {
                        stack.truncate(at);
                    }
                }
                // Beyond this the two count differently.
                prop_assume!(stack.len() <= DEEPEST);
                prop_assert_eq!(nesting.depth(), stack.len());
            }
        }
    }
}
