//! The shortest way from one look of the terminal's pen to another (ECMA-48 SGR).

use ratatui::style::{Color, Modifier};

/// How the next character will look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) mods: Modifier,
}

/// The modifiers that are drawn; blinking and dimming are not, as they cannot be read everywhere.
/// On, off and the parameter that switches it off.
const MODIFIERS: [(Modifier, u8, u8); 5] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    pub(super) const PLAIN: Self =
        Self { fg: Color::Reset, bg: Color::Reset, mods: Modifier::empty() };

    pub(super) fn of(cell: &ratatui::buffer::Cell) -> Self {
        let drawn = MODIFIERS.iter().fold(Modifier::empty(), |all, (modifier, ..)| all | *modifier);
        Self { fg: cell.fg, bg: cell.bg, mods: cell.modifier & drawn }
    }

    /// Writes what turns `before` into this pen; nothing if they are the same.
    pub(super) fn change_from(self, before: Self, out: &mut Vec<u8>) {
        if self == before {
            return;
        }
        let mut change = String::new();
        for (modifier, on, off) in MODIFIERS {
            match (before.mods.contains(modifier), self.mods.contains(modifier)) {
                (false, true) => push(&mut change, &on.to_string()),
                (true, false) => push(&mut change, &off.to_string()),
                _ => {}
            }
        }
        if self.fg != before.fg {
            push_colour(&mut change, self.fg, 30);
        }
        if self.bg != before.bg {
            push_colour(&mut change, self.bg, 40);
        }
        let anew = if before == Self::PLAIN { change.clone() } else { self.anew() };
        let shorter = if anew.len() < change.len() { anew } else { change };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(shorter.as_bytes());
        out.push(b'm');
    }

    /// Everything off, then what this pen has; an empty parameter means 0.
    fn anew(self) -> String {
        let mut text = String::new();
        if self == Self::PLAIN {
            return text;
        }
        text.push(';');
        let mut params = String::new();
        for (modifier, on, _) in MODIFIERS {
            if self.mods.contains(modifier) {
                push(&mut params, &on.to_string());
            }
        }
        for (colour, base) in [(self.fg, 30), (self.bg, 40)] {
            if colour != Color::Reset {
                push_colour(&mut params, colour, base);
            }
        }
        text + &params
    }
}

fn push(text: &mut String, parameter: &str) {
    if !text.is_empty() {
        text.push(';');
    }
    text.push_str(parameter);
}

/// `base` is 30 for what is drawn, 40 for what it is drawn on.
fn push_colour(text: &mut String, colour: Color, base: u8) {
    let parameter = match colour {
        Color::Reset => (base + 9).to_string(),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
        named => {
            let index = number_of(named);
            (if index < 8 { base + index } else { base + 60 + index - 8 }).to_string()
        }
    };
    push(text, &parameter);
}

const fn number_of(named: Color) -> u8 {
    match named {
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        _ => 0,
    }
}
