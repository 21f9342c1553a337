//! The shipped keymaps are sound, and wrong ones are told exactly.

use super::*;
use crate::ui::settings::Kind;
use std::collections::BTreeSet;

fn keys(text: &str) -> Vec<Key> {
    Key::parse_chord(text).unwrap()
}

fn default() -> Keymap {
    let (keymap, problems) = Keymap::load("default", &Places::default());
    assert_eq!(problems, vec![]);
    keymap
}

#[test]
fn every_shipped_keymap_loads_clean_and_reaches_every_action() {
    for (name, _) in Kind::Keymap.built_in() {
        let (keymap, problems) = Keymap::load(name, &Places::default());
        assert_eq!(problems, vec![], "{name}");
        assert_eq!(keymap.name, *name);
        let bound: BTreeSet<Action> = keymap.bindings().map(|(_, _, action)| action).collect();
        for action in Action::ALL {
            assert!(bound.contains(action), "{name} does not bind {action}");
        }
        for context in Context::ALL.iter().filter(|context| !context.types()) {
            let reached = keymap.resolve(&[*context, Context::Global], &keys("esc"));
            assert_eq!(reached, Matched::Action(Action::Escape), "esc never leaves: {context}");
        }
    }
}

#[test]
fn the_innermost_context_answers_first_and_global_last() {
    let keymap = default();
    let at = |context, text| keymap.resolve(&[context, Context::Global], &keys(text));
    assert_eq!(at(Context::Detail, "left"), Matched::Action(Action::Fold));
    assert_eq!(at(Context::Timeline, "left"), Matched::Action(Action::Left));
    assert_eq!(at(Context::Timeline, "ctrl-y"), Matched::NotFound);
}

#[test]
fn chords_wait_for_their_next_key_and_say_what_it_may_be() {
    let keymap = default();
    let contexts = [Context::Timeline, Context::Global];
    let Matched::Pending(next) = keymap.resolve(&contexts, &keys("g")) else { panic!("pending") };
    assert!(next.contains(&(Key::char('t'), Some(Action::GoToTime))));
    assert_eq!(keymap.resolve(&contexts, &keys("g t")), Matched::Action(Action::GoToTime));
    assert_eq!(keymap.resolve(&contexts, &keys("g x")), Matched::NotFound);
}

#[test]
fn what_is_typed_into_a_field_is_no_command() {
    let keymap = default();
    let contexts = [Context::Text, Context::Timeline, Context::Global];
    for text in ["q", "1", "g", "space", "?"] {
        assert_eq!(keymap.resolve(&contexts, &keys(text)), Matched::NotFound, "{text}");
    }
    assert_eq!(keymap.resolve(&contexts, &keys("ctrl-c")), Matched::Action(Action::Quit));
    assert_eq!(keymap.resolve(&contexts, &keys("F1")), Matched::Action(Action::Help));
}

#[test]
fn hints_name_only_keys_that_work_here() {
    let keymap = default();
    let detail = [Context::Detail, Context::Global];
    assert_eq!(keymap.hint(Action::Left, &detail), None);
    assert_eq!(keymap.hint(Action::Fold, &detail).as_deref(), Some("left"));
    assert_eq!(keymap.keys_for(Action::Top, &[Context::Global]), ["home", "g g"]);
}

/// What the file's problems say, one line each.
fn told(text: &str) -> String {
    let problems = check("mine", "mine.toml", text, &Places::default());
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn all_mistakes_are_told_with_their_place() {
    let text = r#"schema = 1
name = "mine"
inherits = "default"
colour = "red"
[[bind]]
keys = "ctrl-i"
command = "unod"
[[bind]]
keys = ["g", "shift-g"]
command = "top"
context = "detial"
[[bind]]
keys = 7
"#;
    insta::assert_snapshot!(told(text), @r#"
    mine.toml:4:1  unknown key "colour" (known: schema, name, inherits, chord_timeout_ms, hint_delay_ms, bind)
    mine.toml:6:8  ctrl-i cannot be told from tab in most terminals (warning)
    mine.toml:7:11  unknown command "unod"; did you mean "undo"?
    mine.toml:9:14  "shift-g": write shift and a character as the character, "G"
    mine.toml:11:11  unknown context "detial"; did you mean "detail"? (known: global, list, timeline, alarms, integrity, case, sources, detail, picker, choose, text)
    mine.toml:12:1  `command` is missing
    mine.toml:13:8  text is wanted here, not a number
    "#);
}

#[test]
fn beginnings_of_other_chords_and_double_bindings_are_told() {
    let text = r#"schema = 1
name = "mine"
inherits = "default"
[[bind]]
keys = "g"
command = "top"
[[bind]]
keys = "k"
command = "up"
[[bind]]
keys = "k"
command = "down"
"#;
    let told = told(text);
    assert!(told.contains("mine.toml:5:8  \"g\" is a command and also starts \"g g\""), "{told}");
    assert!(told.contains("mine.toml:11:8  \"k\" is already bound in context global, in line 8"));
}

#[test]
fn a_circle_of_inheritance_ends() {
    let told = told("schema = 1\nname = \"mine\"\ninherits = \"mine\"\n");
    assert!(told.contains("inherits from \"mine\", which is not there"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("keymaps")).unwrap();
    for (name, other) in [("one", "two"), ("two", "one")] {
        let text = format!("schema = 1\nname = \"{name}\"\ninherits = \"{other}\"\n");
        std::fs::write(folder.path().join(format!("keymaps/{name}.toml")), text).unwrap();
    }
    let (keymap, problems) = Keymap::load("one", &Places::with(vec![folder.path().to_owned()]));
    assert_eq!(keymap.name, "default");
    assert!(problems.iter().any(|problem| problem.message.contains("is it a circle?")));
}

#[test]
fn a_wrong_file_never_stops_the_start() {
    for name in ["no-such", "../x", ""] {
        let (keymap, problems) = Keymap::load(name, &Places::default());
        assert_eq!(keymap, Keymap { name: "default".to_owned(), ..default() });
        assert!(problems.iter().any(|problem| problem.fatal), "{name}");
    }
}

#[test]
fn the_bare_keymap_can_leave() {
    let left = Keymap::bare().resolve(&[Context::Text, Context::Global], &keys("ctrl-c"));
    assert_eq!(left, Matched::Action(Action::Quit));
}
