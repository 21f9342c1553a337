//! Any key, at any size, in any order: the screen stands.

use crate::proven::{news, report};
use crate::stage::Stage;
use proptest::prelude::*;
use ratatui::layout::Rect;
use trailcase::ui::action::Action;
use trailcase::ui::message::Message;
use trailcase::ui::terminal::is_plain;

#[derive(Debug, Clone)]
enum Move {
    Act(Action),
    Type(String),
    Resize(u16, u16),
    Settle,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        12 => proptest::sample::select(Action::ALL).prop_map(Move::Act),
        3 => "[a-z0-9:*()/\"|.-]{1,8}|event:(a or b)|time:last2h|\\PC{1,4}|/[(]/|@x".prop_map(Move::Type),
        2 => (1u16..=250, 1u16..=80).prop_map(|(width, height)| Move::Resize(width, height)),
        2 => Just(Move::Settle),
    ];
    prop::collection::vec(one, 1..60)
}

fn shows(stage: &Stage) -> Result<(), TestCaseError> {
    let buffer = stage.buffer();
    prop_assert!(buffer.content.iter().all(|cell| cell.symbol().chars().all(is_plain)));
    if let Some((x, y)) = stage.app.caret() {
        let area = stage.app.model.look.area;
        prop_assert!(x <= area.width && y < area.height, "caret at {x},{y} of {area:?}");
    }
    Ok(())
}

#[test]
fn nothing_anybody_does_panics() {
    let config =
        ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() };
    let stage = std::cell::RefCell::new(Stage::demo((80, 24)));
    stage.borrow_mut().update(news(report()));
    proptest!(config, |(moves in moves())| {
        let mut stage = stage.borrow_mut();
        for step in moves {
            match step {
                Move::Act(action) => stage.act(action),
                Move::Type(text) => stage.update(Message::Paste(text)),
                Move::Resize(width, height) => stage.update(Message::Resize(width, height)),
                Move::Settle => stage.look(),
            }
            shows(&stage)?;
        }
    });
}

/// Every view at every kind of size, with nothing in between.
#[test]
fn every_view_fits_every_size() {
    let mut stage = Stage::demo((80, 24));
    stage.keys("3");
    for (width, height) in [(60, 16), (80, 24), (61, 80), (250, 17)] {
        stage.app.model.look.area = Rect::new(0, 0, width, height);
        shows(&stage).unwrap();
    }
    stage.update(Message::Resize(80, 24));
    stage.update(news(report()));
    for keys in [
        "3", "tab", "tab", "z", "z", "minus", "minus", "w", "ctrl-g", "A", "ctrl-g", "1", "enter",
        "esc", "4", "5", "1", "/", "ctrl-g", "n", "ctrl-g", "v", "ctrl-g", ":", "ctrl-g", "?", "q",
        "V", "ctrl-g", "!", "q", "w", "ctrl-g", "z",
    ] {
        stage.keys(keys);
        for width in [1, 2, 3, 20, 59, 60, 61, 79, 99, 100, 101, 159, 160, 250] {
            for height in [1, 2, 5, 15, 16, 17, 24, 29, 30, 43, 80] {
                stage.app.model.look.area = Rect::new(0, 0, width, height);
                shows(&stage).unwrap();
            }
        }
        stage.update(Message::Resize(80, 24));
        stage.settle();
    }
}
