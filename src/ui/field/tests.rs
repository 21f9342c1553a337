//! Editing, against a naive list of clusters, and what is seen of a long text.

use super::*;
use proptest::prelude::*;

fn at(marked: &str) -> Field {
    let cursor = marked.find('^').unwrap();
    Field { text: marked.replace('^', ""), cursor, lines: false }
}

fn shown(field: &Field) -> String {
    let mut text = field.text.clone();
    text.insert(field.cursor, '^');
    text
}

#[test]
fn actions_do_what_they_say() {
    use Action::*;
    for (before, action, after) in [
        ("ab^c", CursorLeft, "a^bc"),
        ("ab^c", CursorRight, "abc^"),
        ("ip:10.0.0.1 user:al^", CursorWordLeft, "ip:10.0.0.1 user:^al"),
        ("ip:10 ^user", CursorWordLeft, "ip:^10 user"),
        ("^ip:10", CursorWordRight, "ip^:10"),
        ("ip^:10 x", CursorWordRight, "ip:10^ x"),
        ("ab^c", CursorStart, "^abc"),
        ("ab^c", CursorEnd, "abc^"),
        ("e\u{301}^x", DeleteBack, "^x"),
        ("^e\u{301}x", DeleteForward, "^x"),
        ("event:Get* ^x", DeleteWord, "event:^x"),
        ("ab^c", DeleteToStart, "^c"),
        ("ab^c", DeleteToEnd, "ab^"),
    ] {
        let mut field = at(before);
        assert!(field.act(action), "{before} {action}");
        assert_eq!(shown(&field), after, "{before} {action}");
    }
    for (text, action) in [("^a", CursorLeft), ("^a", DeleteBack), ("a^", DeleteToEnd), ("^", Up)] {
        assert!(!at(text).act(action), "{text} {action}");
    }
}

#[test]
fn pasted_control_characters_become_spaces() {
    let mut field = at("a^b");
    assert!(field.insert("x\r\ny\tz\u{1b}[2J\n"));
    assert_eq!(shown(&field), "ax y z [2J^b");
    assert!(!field.insert(&"é".repeat(MAX_LENGTH)), "some of it is cut");
    assert!(field.text().len() <= MAX_LENGTH);
}

#[test]
fn what_was_written_elsewhere_is_not_cut() {
    let mut field = Field::lines(&"x".repeat(MAX_LENGTH + 1));
    assert_eq!(field.text().len(), MAX_LENGTH + 1);
    assert!(!field.insert("y"));
    assert_eq!(field.text().len(), MAX_LENGTH + 1);
}

#[test]
fn a_field_of_several_lines_keeps_their_ends() {
    let mut field = Field::lines("a\r\nb\tc\n");
    assert_eq!(field.text(), "a\nb c\n");
    assert!(field.act(Action::NewLine));
    field.insert("d");
    assert_eq!(field.text(), "a\nb c\n\nd");
    field.go_to(1);
    assert!(field.act(Action::DeleteForward));
    assert_eq!(field.text(), "ab c\n\nd");
    field.insert("e");
    assert!(field.act(Action::DeleteToStart));
    assert_eq!(shown(&field), "^b c\n\nd");
    assert!(field.act(Action::DeleteToEnd));
    assert_eq!(shown(&field), "^\n\nd");
    assert!(!at("a^b").act(Action::NewLine));
}

#[test]
fn a_completion_replaces_its_range() {
    let mut field = at("ip:x prin^ y");
    field.replace(5..9, "principal:");
    assert_eq!(shown(&field), "ip:x principal:^ y");
    field.replace(900..999, "!");
    assert_eq!(shown(&field), "ip:x principal: y!^");
}

proptest! {
    #[test]
    fn any_editing_keeps_the_cursor_between_clusters_and_in_sight(
        steps in prop::collection::vec((0..14usize, "\\PC{0,3}"), 0..40),
        columns in 1..30u16,
    ) {
        let mut field = Field::default();
        for (step, text) in steps {
            let typing: Vec<Action> =
                Action::ALL.iter().copied().filter(|a| a.area() == crate::ui::action::Area::Text).collect();
            match typing.get(step) {
                Some(action) => { field.act(*action); }
                None => {
                    field.insert(&text);
                }
            }
            let cursor = field.cursor();
            prop_assert!(cursor == field.text().len()
                || field.text().grapheme_indices(true).any(|(at, _)| at == cursor));
            let (range, column) = field.visible(columns);
            prop_assert!(range.start <= cursor && cursor <= range.end && column < columns);
            prop_assert!(field.text()[range].width() <= usize::from(columns) + 1);
        }
    }
}
