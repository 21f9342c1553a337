//! The shipped themes can be read, and wrong ones are told exactly.

use super::*;
use crate::ui::settings::Kind;
use ratatui::style::Modifier;

fn load(name: &str, depth: Depth) -> Theme {
    let (theme, problems) = Theme::load(name, depth, Glyphs::Unicode, &Places::default());
    assert_eq!(problems, vec![], "{name}");
    theme
}

const DEPTHS: [Depth; 4] = [Depth::Mono, Depth::Sixteen, Depth::Indexed, Depth::Truecolor];

#[test]
fn every_shipped_theme_loads_clean_and_can_be_read() {
    for (name, _) in Kind::Theme.built_in() {
        for depth in DEPTHS {
            let theme = load(name, depth);
            assert_eq!(theme.faint(), vec![], "{name} at {depth:?}");
            let shown = if depth == Depth::Mono { "mono" } else { name };
            assert_eq!(theme.name, shown);
        }
    }
}

#[test]
fn without_colours_only_weight_is_left() {
    for (name, _) in Kind::Theme.built_in() {
        let theme = load(name, Depth::Mono);
        for role in Role::ALL {
            assert_eq!((theme.style(*role).fg, theme.style(*role).bg), (None, None), "{role}");
        }
        let told = [Role::Hazard, Role::Match, Role::TabActive, Role::RowCursor, Role::Error];
        for role in told {
            assert_ne!(theme.style(role).add_modifier, Modifier::empty(), "{role}");
        }
    }
}

#[test]
fn ascii_glyphs_are_ascii_and_as_wide() {
    use unicode_width::UnicodeWidthStr;
    let (theme, _) = Theme::load("dark", Depth::Indexed, Glyphs::Ascii, &Places::default());
    for glyph in Glyph::ALL {
        assert!(theme.glyph(*glyph).is_ascii(), "{glyph}");
        let variable = matches!(glyph, Glyph::Ellipsis);
        assert!(variable || glyph.ascii().width() == glyph.unicode().width(), "{glyph}");
    }
    assert!(theme.bars().iter().all(|bar| bar.is_ascii()));
}

fn told(text: &str) -> String {
    let problems = check("mine", "mine.toml", text, &Places::default());
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn all_mistakes_are_told_with_their_place() {
    let text = r##"schema = 1
name = "mine"
inherits = "dark"
[palette]
acid = "#00ff0"
[styles]
"text" = { fg = "ambre", mods = ["blod"] }
"severty" = { fg = 300 }
[glyphs]
cursor = ">>"
curser = ">"
set = "emoji"
"##;
    insta::assert_snapshot!(told(text), @r##"
    mine.toml:5:8  no such colour "#00ff0"
    mine.toml:7:17  no such colour "ambre"; did you mean "amber"? (palette: amber, ground, lilac, line, muted, pink, sand, selected, sky, teal, text, vermillion)
    mine.toml:7:34  unknown modifier "blod"; did you mean "bold"? (known: bold, italic, underline, reverse, crossed)
    mine.toml:8:1  unknown role "severty"; did you mean "severity"?
    mine.toml:10:10  this glyph takes 1 column(s) of plain characters
    mine.toml:11:1  unknown glyph "curser"; did you mean "cursor"?
    mine.toml:12:7  the set is "unicode" or "ascii"
    "##);
}

#[test]
fn what_is_too_faint_is_a_warning() {
    let text = "schema = 1\nname = \"mine\"\ninherits = \"dark\"\n[styles]\ntext = { fg = 236 }\n";
    let told = told(text);
    assert!(told.starts_with("mine.toml  text is 1."), "{told}");
    assert!(told.ends_with("(warning)"));
}

#[test]
fn a_palette_laid_over_another_recolours_its_styles() {
    let (dark, light) = (load("dark", Depth::Indexed), load("light", Depth::Indexed));
    assert_ne!(dark.style(Role::Link).fg, light.style(Role::Link).fg);
    assert_eq!(dark.style(Role::Link).add_modifier, light.style(Role::Link).add_modifier);
}

#[test]
fn a_style_covers_the_roles_below_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("themes")).unwrap();
    let text = "schema = 1\nname = \"mine\"\ninherits = \"dark\"\n\
                [styles]\nseverity = { fg = \"pink\" }\n";
    std::fs::write(folder.path().join("themes/mine.toml"), text).unwrap();
    let places = Places::with(vec![folder.path().to_owned()]);
    let (theme, problems) = Theme::load("mine", Depth::Indexed, Glyphs::Unicode, &places);
    assert_eq!((theme.name.as_str(), problems), ("mine", vec![]));
    assert_eq!(theme.style(Role::SeverityHigh), theme.style(Role::SeverityLow));
}

#[test]
fn a_wrong_file_never_stops_the_start() {
    for name in ["no-such", "../x"] {
        let (theme, problems) =
            Theme::load(name, Depth::Indexed, Glyphs::Unicode, &Places::default());
        assert_eq!(theme.name, "dark");
        assert!(problems.iter().any(|problem| problem.fatal), "{name}");
    }
}

#[test]
fn sources_repeat_after_eight() {
    assert_eq!(Role::source(0), Role::Source1);
    assert_eq!(Role::source(15), Role::Source8);
}
