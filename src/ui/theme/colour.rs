//! Colours as theme files give them, what becomes of them on terminals with fewer, and how well
//! they can be read.

use ratatui::style::Color;

use crate::ui::terminal::Depth;

/// Red, green and blue in sRGB.
pub(crate) type Rgb = [u8; 3];

/// A colour with what it becomes where there are fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    pub(crate) full: Color,
    pub(crate) c256: Option<u8>,
    pub(crate) c16: Option<Color>,
}

impl Paint {
    pub(crate) const fn of(full: Color) -> Self {
        Self { full, c256: None, c16: None }
    }

    /// The colour to draw with.
    pub(crate) fn at(self, depth: Depth) -> Color {
        match depth {
            Depth::Mono => Color::Reset,
            Depth::Truecolor => self.full,
            Depth::Indexed => match (self.c256, self.full) {
                (Some(index), _) => Color::Indexed(index),
                (None, Color::Rgb(r, g, b)) => Color::Indexed(nearest_indexed([r, g, b])),
                (None, other) => other,
            },
            Depth::Sixteen => self.c16.unwrap_or_else(|| match (self.c256, self.full) {
                (Some(index), _) | (None, Color::Indexed(index)) => nearest_named(of_index(index)),
                (None, Color::Rgb(r, g, b)) => nearest_named([r, g, b]),
                (None, other) => other,
            }),
        }
    }
}

/// The sixteen by the names that theme files use, with xterm's values.
pub(crate) const NAMED: [(&str, Color, Rgb); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("gray", Color::Gray, [229, 229, 229]),
    ("dark-gray", Color::DarkGray, [127, 127, 127]),
    ("light-red", Color::LightRed, [255, 0, 0]),
    ("light-green", Color::LightGreen, [0, 255, 0]),
    ("light-yellow", Color::LightYellow, [255, 255, 0]),
    ("light-blue", Color::LightBlue, [92, 92, 255]),
    ("light-magenta", Color::LightMagenta, [255, 0, 255]),
    ("light-cyan", Color::LightCyan, [0, 255, 255]),
    ("white", Color::White, [255, 255, 255]),
];

const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colour of an index, by xterm's table: 16 names, a cube of 6, 24 greys.
pub(crate) fn of_index(index: u8) -> Rgb {
    match index {
        0..16 => NAMED[usize::from(index)].2,
        16..232 => {
            let i = usize::from(index - 16);
            [LEVELS[i / 36], LEVELS[i / 6 % 6], LEVELS[i % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

fn nearest_indexed(rgb: Rgb) -> u8 {
    (16..=255).min_by_key(|index| distance(of_index(*index), rgb)).unwrap_or(16)
}

/// The nearest of the sixteen that can be read: blue and dark grey vanish in many palettes.
fn nearest_named(rgb: Rgb) -> Color {
    NAMED
        .iter()
        .filter(|(_, color, _)| !matches!(color, Color::Blue | Color::DarkGray))
        .min_by_key(|(_, _, known)| distance(*known, rgb))
        .map_or(Color::Reset, |(_, color, _)| *color)
}

/// Distance with the weights of the eye ("redmean", T. Riemersma).
fn distance(a: Rgb, b: Rgb) -> u32 {
    let [r, g, bl] = [0, 1, 2].map(|i| u32::from(a[i].abs_diff(b[i])).pow(2));
    let mean = u32::midpoint(u32::from(a[0]), u32::from(b[0]));
    ((512 + mean) * r + 1024 * g + (767 - mean) * bl) / 256
}

/// What the colour looks like; `None` if the terminal decides.
pub(crate) fn rgb_of(color: Color) -> Option<Rgb> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index) => Some(of_index(index)),
        named => NAMED.iter().find(|(_, color, _)| *color == named).map(|(_, _, rgb)| *rgb),
    }
}

/// Contrast ratio from 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance").
pub(crate) fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: Rgb) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// `#rrggbb`.
pub(crate) fn parse_hex(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some(())?;
    Some([part(0)?, part(2)?, part(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([119; 3], [255; 3]) - 4.48).abs() < 0.01);
        assert!((contrast(of_index(67), [17, 21, 26]) - 4.9).abs() < 0.05);
    }

    #[test]
    fn colours_of_the_cube_are_their_own_nearest() {
        for index in 16..=255 {
            assert_eq!(of_index(nearest_indexed(of_index(index))), of_index(index));
        }
    }

    #[test]
    fn fewer_colours_follow_what_the_theme_says_first() {
        let paint = Paint { full: Color::Rgb(95, 135, 175), c256: Some(7), c16: Some(Color::Cyan) };
        assert_eq!(paint.at(Depth::Truecolor), Color::Rgb(95, 135, 175));
        assert_eq!(paint.at(Depth::Indexed), Color::Indexed(7));
        assert_eq!(paint.at(Depth::Sixteen), Color::Cyan);
        assert_eq!(paint.at(Depth::Mono), Color::Reset);
        let plain = Paint::of(Color::Rgb(95, 135, 175));
        assert_eq!(plain.at(Depth::Indexed), Color::Indexed(67));
    }

    #[test]
    fn few_colours_never_become_one_that_vanishes() {
        for index in 0..=255 {
            let named = Paint::of(Color::Indexed(index)).at(Depth::Sixteen);
            assert!(!matches!(named, Color::Blue | Color::DarkGray | Color::Indexed(_)));
        }
    }

    #[test]
    fn hex() {
        assert_eq!(parse_hex("#5f87AF"), Some([0x5f, 0x87, 0xaf]));
        for text in ["5f87af", "#5f87a", "#5f87ag", "#+f87af", "#5f87a€"] {
            assert_eq!(parse_hex(text), None, "{text}");
        }
    }
}
