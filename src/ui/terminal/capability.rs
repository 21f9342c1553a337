//! What the terminal can show, decided once from its environment and what the user said.
//! Nothing is asked of the terminal itself: over a slow line an answer may take seconds.

/// How many colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    Mono,
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    Truecolor,
}

impl Depth {
    /// The number of colours; 0 for none.
    pub const fn colours(self) -> u32 {
        match self {
            Self::Mono => 0,
            Self::Sixteen => 16,
            Self::Indexed => 256,
            Self::Truecolor => 1 << 24,
        }
    }

    /// Reads what `--color` takes: `never mono 16 256 truecolor`; `None` for `auto` and anything
    /// else.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "never" | "mono" => Some(Self::Mono),
            "16" => Some(Self::Sixteen),
            "256" => Some(Self::Indexed),
            "truecolor" => Some(Self::Truecolor),
            _ => None,
        }
    }
}

/// Which characters the screen's own marks are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    Unicode,
    Ascii,
}

impl Glyphs {
    /// Reads what `--glyphs` takes: `unicode ascii`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "unicode" => Some(Self::Unicode),
            "ascii" => Some(Self::Ascii),
            _ => None,
        }
    }
}

/// What was decided, and why, for `doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    pub depth: Depth,
    pub depth_reason: String,
    pub glyphs: Glyphs,
    pub glyphs_reason: String,
}

impl Capability {
    /// Decides. `flag_*` is what the command line or the settings say, `variable` reads the
    /// environment. `None` if the terminal is too dumb for a screen.
    pub fn decide(
        flag_depth: Option<Depth>,
        flag_glyphs: Option<Glyphs>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        if term == "dumb" {
            return None;
        }
        let (depth, depth_reason) = match flag_depth {
            Some(depth) => (depth, "as told".to_owned()),
            None => depth_of(&term, &set),
        };
        let (glyphs, glyphs_reason) = match flag_glyphs {
            Some(glyphs) => (glyphs, "as told".to_owned()),
            None => glyphs_of(&term, &set),
        };
        Some(Self { depth, depth_reason, glyphs, glyphs_reason })
    }

    /// Decides from the environment of this process.
    pub fn of_environment(depth: Option<Depth>, glyphs: Option<Glyphs>) -> Option<Self> {
        Self::decide(depth, glyphs, |name| std::env::var(name).ok())
    }
}

fn depth_of(term: &str, set: &impl Fn(&str) -> Option<String>) -> (Depth, String) {
    if set("NO_COLOR").is_some() {
        return (Depth::Mono, "NO_COLOR is set".to_owned());
    }
    if let Some(value) = set("COLORTERM").filter(|value| value == "truecolor" || value == "24bit") {
        return (Depth::Truecolor, format!("COLORTERM={value}"));
    }
    let depth = if term.ends_with("-direct") || term.contains("truecolor") {
        Depth::Truecolor
    } else if term.contains("256") {
        Depth::Indexed
    } else {
        Depth::Sixteen
    };
    (depth, format!("TERM={term}"))
}

fn glyphs_of(term: &str, set: &impl Fn(&str) -> Option<String>) -> (Glyphs, String) {
    // The Linux console's fonts have few of the glyphs.
    if term == "linux" {
        return (Glyphs::Ascii, "TERM=linux".to_owned());
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| set(name).map(|value| (name, value)));
    match locale {
        None => (Glyphs::Ascii, "no locale is set".to_owned()),
        Some((name, value)) => {
            let lower = value.to_lowercase();
            let utf8 = lower.contains("utf-8") || lower.contains("utf8");
            let glyphs = if utf8 { Glyphs::Unicode } else { Glyphs::Ascii };
            (glyphs, format!("{name}={value}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(environment: &[(&str, &str)]) -> Option<(Depth, Glyphs)> {
        let variable = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Capability::decide(None, None, variable).map(|found| (found.depth, found.glyphs))
    }

    #[test]
    fn colours_and_glyphs_follow_the_environment() {
        use Depth::{Indexed, Mono, Sixteen, Truecolor};
        use Glyphs::{Ascii, Unicode};
        let utf8 = ("LANG", "C.UTF-8");
        for (environment, expected) in [
            (vec![("TERM", "xterm-256color"), utf8], Some((Indexed, Unicode))),
            (vec![("TERM", "xterm"), utf8], Some((Sixteen, Unicode))),
            (vec![("TERM", "vt220"), utf8], Some((Sixteen, Unicode))),
            (vec![("TERM", "xterm-direct"), utf8], Some((Truecolor, Unicode))),
            (vec![("TERM", "screen"), ("COLORTERM", "24bit"), utf8], Some((Truecolor, Unicode))),
            (vec![("TERM", "screen"), ("COLORTERM", "yes"), utf8], Some((Sixteen, Unicode))),
            (
                vec![("TERM", "xterm-256color"), ("NO_COLOR", "1"), ("COLORTERM", "truecolor")],
                Some((Mono, Ascii)),
            ),
            (vec![("TERM", "xterm-256color"), ("NO_COLOR", ""), utf8], Some((Indexed, Unicode))),
            (vec![("TERM", "linux"), utf8], Some((Sixteen, Ascii))),
            (vec![("TERM", "tmux-256color"), ("LANG", "C")], Some((Indexed, Ascii))),
            (vec![("TERM", "xterm"), ("LC_ALL", "C"), utf8], Some((Sixteen, Ascii))),
            (vec![("TERM", "xterm"), ("LC_ALL", ""), ("LC_CTYPE", "de_DE.utf8")], {
                Some((Sixteen, Unicode))
            }),
            (vec![], Some((Sixteen, Ascii))),
            (vec![("TERM", "dumb"), utf8], None),
        ] {
            assert_eq!(decide(&environment), expected, "{environment:?}");
        }
    }

    #[test]
    fn what_the_user_says_wins() {
        let found =
            Capability::decide(Depth::parse("truecolor"), Glyphs::parse("unicode"), |name| {
                (name == "NO_COLOR").then(|| "1".to_owned())
            });
        let found = found.unwrap();
        assert_eq!((found.depth, found.glyphs), (Depth::Truecolor, Glyphs::Unicode));
        assert_eq!(Depth::parse("auto"), None);
    }
}
