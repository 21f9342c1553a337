//! Which characters are not shown as they are. Hand-written ranges, from the Unicode Character
//! Database (`Bidi_Control`, `Default_Ignorable_Code_Point`, `White_Space`, `gc=Co`,
//! `Noncharacter_Code_Point`, `Emoji_Modifier`); and what is no character at all (`gc=Cn`), as the
//! tables of the expressions have it.

use regex_syntax::hir::{Class, HirKind};
use std::ops::RangeInclusive;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthChar;

/// Sorted. What is here is spelled out wherever it stands.
const HAZARDS: &[RangeInclusive<u32>] = &[
    0x80..=0x9f,         // C1 controls
    0xad..=0xad,         // soft hyphen
    0x34f..=0x34f,       // combining grapheme joiner
    0x61c..=0x61c,       // Arabic letter mark
    0x115f..=0x1160,     // Hangul fillers
    0x17b4..=0x17b5,     // Khmer inherent vowels
    0x180b..=0x180f,     // Mongolian variation selectors and vowel separator
    0x200b..=0x200f,     // zero width, joiners, direction marks
    0x2028..=0x202e,     // line and paragraph separators, embeddings, overrides
    0x2060..=0x206f,     // word joiner, invisible operators, isolates
    0x2400..=0x2421,     // control pictures: ours stand for the controls themselves
    0x2800..=0x2800,     // blank Braille pattern
    0x2e3a..=0x2e3b,     // dashes of two and three cells
    0x3164..=0x3164,     // Hangul filler
    0xe000..=0xf8ff,     // private use
    0xfdd0..=0xfdef,     // noncharacters
    0xfdfd..=0xfdfd,     // a ligature of a dozen cells that counts as one
    0xfe00..=0xfe0f,     // variation selectors
    0xfeff..=0xfeff,     // byte order mark
    0xffa0..=0xffa0,     // halfwidth Hangul filler
    0xfff0..=0xfffb,     // ignorable, interlinear annotation
    0xfffe..=0xffff,     // noncharacters
    0x12031..=0x12031,   // as wide as U+FDFD
    0x13430..=0x1343f,   // Egyptian format controls
    0x1bca0..=0x1bca3,   // shorthand format controls
    0x1d173..=0x1d17a,   // musical format controls
    0x1f1e6..=0x1f1ff,   // regional indicators: flags are one or four cells
    0x1f3fb..=0x1f3ff,   // skin tones: they join what stands before them
    0x40000..=0x10_ffff, // empty planes, tags, variation selectors, private use
];

/// First and last of runs of code points that are no character yet. Terminals know nothing of them:
/// some give them no cell, and what is drawn behind them moves.
static UNASSIGNED: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
    let class = regex_syntax::parse(r"\p{Cn}").map(regex_syntax::hir::Hir::into_kind);
    let Ok(HirKind::Class(Class::Unicode(class))) = class else { return Vec::new() };
    class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect()
});

/// White space that is not the space.
pub(super) fn is_odd_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Whether a character is spelled out wherever it stands. (C0 controls have pictures; marks
/// depend on what they stand on.)
pub(super) fn is_hazard(c: char) -> bool {
    let code = u32::from(c);
    if code < 0x80 {
        return false;
    }
    // The last two code points of each plane are noncharacters.
    if code & 0xfffe == 0xfffe {
        return true;
    }
    let at = HAZARDS.partition_point(|range| *range.end() < code);
    HAZARDS.get(at).is_some_and(|range| range.contains(&code)) || is_unassigned(code)
}

fn is_unassigned(code: u32) -> bool {
    let at = UNASSIGNED.partition_point(|(_, last)| *last < code);
    UNASSIGNED.get(at).is_some_and(|(first, _)| *first <= code)
}

/// Whether there is nothing in a text to be read: spaces, controls, marks and what is spelled out.
pub fn is_blank(text: &str) -> bool {
    let is_nothing = |c: char| c.is_whitespace() || c.is_control() || is_hazard(c) || is_mark(c);
    text.chars().all(is_nothing)
}

/// A mark that takes no cell of its own.
pub(super) fn is_mark(c: char) -> bool {
    c.width() == Some(0)
}

/// Printable ASCII other than the backslash.
pub(super) fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'[' | b']'..=b'~')
}

/// Whether all bytes are printable ASCII other than the backslash. Written so that it is
/// compiled to vector instructions: blocks are folded without leaving early.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let odd = |byte: &u8| !is_plain_byte(*byte);
    let blocks = bytes.chunks_exact(128);
    let rest = blocks.remainder();
    for block in blocks {
        if block.iter().fold(false, |any, byte| any | odd(byte)) {
            return false;
        }
    }
    !rest.iter().any(odd)
}

/// Whether there is something in the bytes that is not shown as it is: controls, invisible or
/// reordering characters, floods of marks, bytes that are no UTF-8.
pub fn has_hazard(bytes: &[u8]) -> bool {
    !is_plain(bytes) && super::show(bytes, super::Mode::DETAIL).has_hazard()
}
