//! One key as keymap files write it: `ctrl-d`, `G`, `alt-left`, `pgdn`.

use std::fmt;
use std::str::FromStr;

/// The key itself, without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    /// Shift and tab; terminals send it as a key of its own.
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Function(u8),
}

/// A key as it was pressed. Characters carry their own shift: `G` is shift and g.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

const NAMES: &[(&str, Code)] = &[
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
    ("backspace", Code::Backspace),
    ("del", Code::Delete),
    ("ins", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
];

/// Other spellings that are understood; the canonical one is the character.
const ALIASES: &[(&str, char)] = &[("plus", '+'), ("lt", '<'), ("gt", '>')];

impl Key {
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// The character that this key types into a text field.
    pub const fn typed(self) -> Option<char> {
        match self {
            Self { code: Code::Char(c), ctrl: false, alt: false, .. } => Some(c),
            _ => None,
        }
    }

    /// Why a binding to this key may not work everywhere.
    pub fn caution(self) -> Option<&'static str> {
        let Self { code, ctrl, alt: _, shift } = self;
        match code {
            Code::Char('i') if ctrl => Some("cannot be told from tab in most terminals"),
            Code::Char('m') if ctrl => Some("cannot be told from enter in most terminals"),
            Code::Char('h') if ctrl => Some("is backspace in some terminals"),
            Code::Char('[') if ctrl => Some("cannot be told from esc in most terminals"),
            Code::Char('a' | 'b') if ctrl => Some("is the prefix of screen or tmux"),
            Code::Char('s' | 'q') if ctrl => Some("is flow control on some lines"),
            Code::Char('z') if ctrl => None,
            Code::Char(c) if ctrl && !c.is_ascii_lowercase() && c != ' ' => {
                Some("is not sent by most terminals")
            }
            Code::Enter | Code::Tab | Code::Esc | Code::Backspace if ctrl || shift => {
                Some("is not sent by most terminals")
            }
            _ => None,
        }
    }

    /// Reads a chord: keys separated by spaces, such as `g t`.
    pub fn parse_chord(text: &str) -> Result<Vec<Self>, String> {
        let keys: Vec<Self> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        match keys.len() {
            0 => Err("no key here".to_owned()),
            1..=4 => Ok(keys),
            _ => Err("a chord has at most 4 keys".to_owned()),
        }
    }

    /// The chord as keymap files write it.
    pub fn chord_text(keys: &[Self]) -> String {
        keys.iter().map(Self::to_string).collect::<Vec<_>>().join(" ")
    }
}

impl FromStr for Key {
    type Err = String;

    /// The error is a sentence for the writer of the keymap.
    fn from_str(text: &str) -> Result<Self, String> {
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        for (prefix, flag) in [("ctrl-", &mut ctrl), ("alt-", &mut alt), ("shift-", &mut shift)] {
            if let Some(after) = rest.strip_prefix(prefix) {
                (*flag, rest) = (true, after);
            }
        }
        if ["ctrl-", "alt-", "shift-"].iter().any(|prefix| rest.starts_with(prefix)) {
            return Err(format!("{text:?}: write ctrl-, alt- and shift- in this order, once each"));
        }
        let code = code_of(rest).ok_or_else(|| {
            let names = NAMES.iter().map(|(name, _)| *name);
            format!("{text:?} is no key{}", crate::ui::settings::did_you_mean(rest, names))
        })?;
        let key = |code, shift| Self { code, ctrl, alt, shift };
        match code {
            Code::Tab if shift => Ok(key(Code::BackTab, false)),
            Code::Char(c) if shift => {
                let upper: String = c.to_uppercase().collect();
                Err(format!("{text:?}: write shift and a character as the character, \"{upper}\""))
            }
            Code::Char(c) if ctrl && c.is_ascii_uppercase() => Err(format!(
                "{text:?}: terminals send no shift with ctrl; write \"{}\"",
                text.to_lowercase()
            )),
            _ => Ok(key(code, shift)),
        }
    }
}

fn code_of(name: &str) -> Option<Code> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control() && !c.is_whitespace()).then_some(Code::Char(c));
    }
    if let Some(digits) = name.strip_prefix('F') {
        let number = digits.parse().ok().filter(|n| (1..=12).contains(n));
        return number.filter(|_| !digits.starts_with(['0', '+'])).map(Code::Function);
    }
    let named = NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code);
    let alias = ALIASES.iter().find(|(known, _)| *known == name);
    named.or_else(|| alias.map(|(_, c)| Code::Char(*c)))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, prefix) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(prefix)?;
            }
        }
        match NAMES.iter().find(|(_, code)| *code == self.code) {
            Some((name, _)) => f.write_str(name),
            None => match self.code {
                Code::Char(c) => write!(f, "{c}"),
                Code::Function(number) => write!(f, "F{number}"),
                other => write!(f, "{other:?}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_text_reads_back_as_itself() {
        for text in [
            "a",
            "G",
            "?",
            "é",
            "space",
            "minus",
            "ctrl-d",
            "ctrl-alt-x",
            "alt-left",
            "shift-up",
            "backtab",
            "F1",
            "F12",
            "ctrl-space",
            "alt-minus",
            "+",
            "ctrl-pgdn",
        ] {
            let key: Key = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
        }
        for (text, canonical) in [("shift-tab", "backtab"), ("-", "minus"), ("lt", "<")] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn wrong_keys_say_what_to_write() {
        for (text, says) in [
            ("shift-g", "\"G\""),
            ("ctrl-G", "\"ctrl-g\""),
            ("alt-ctrl-x", "in this order"),
            ("entr", "did you mean \"enter\"?"),
            ("F13", "is no key"),
            ("F01", "is no key"),
            ("", "is no key"),
            ("ctrl-", "is no key"),
            ("\u{7}", "is no key"),
        ] {
            let error = text.parse::<Key>().unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn chords() {
        let chord = Key::parse_chord(" g  t ").unwrap();
        assert_eq!(Key::chord_text(&chord), "g t");
        assert!(Key::parse_chord("").is_err());
        assert!(Key::parse_chord("a b c d e").is_err());
    }
}
