//! One frame: what a key costs from the moment it is known until the picture is made and compared
//! with the one before. What is asked for behind the screen meanwhile is not waited for.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

#[allow(dead_code, reason = "a stage loads for itself")]
mod evidence;
#[path = "../tests/screens/picture.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod picture;
#[path = "../tests/screens/stage.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod stage;

use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use stage::Stage;
use trailcase::cli::demo;
use trailcase::ui::keymap::Key;
use trailcase::ui::message::Message;
use trailcase::ui::terminal::{Depth, Glyphs};

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 50)];

/// Keys by turns, so that each does something however often.
const KEYS: &[(&str, &str, &str)] = &[
    ("cursor step", "", "down up"),
    ("column step", "", "right left"),
    ("page", "", "pgdn pgup"),
    ("letter of a filter", "/ e v e n t : G e t", "a backspace"),
];

/// The demo's 207,789 rows on a screen of each size.
fn frames(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let events = evidence::size(demo::Size::DEMO.events, demo::Size::SMALL.events);
    demo::write(folder.path(), &demo::Size { events }).unwrap();
    let source = folder.path().to_str().unwrap();
    for size in SIZES {
        let mut group = c.benchmark_group(format!("frame {}x{}", size.0, size.1));
        let start = || Stage::new(source, size, "dark", Depth::Indexed, Glyphs::Unicode);
        for (name, before, keys) in KEYS {
            let mut stage = start();
            for key in before.split_whitespace() {
                stage.keys(key);
            }
            let messages = Key::parse_chord(keys).unwrap().into_iter().map(Message::Key);
            let messages: Vec<Message> = messages.collect();
            measure(&mut group, name, stage, &messages);
        }
        let (width, height) = size;
        let resizes = [Message::Resize(width - 1, height - 1), Message::Resize(width, height)];
        measure(&mut group, "resize", start(), &resizes);
        group.finish();
    }
}

fn measure(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    mut stage: Stage,
    messages: &[Message],
) {
    let area = stage.app.model.look.area;
    let mut terminal = Terminal::new(TestBackend::new(area.width, area.height)).unwrap();
    let mut turn = messages.iter().cycle();
    group.bench_function(name, |b| {
        b.iter(|| {
            let message = turn.next().unwrap().clone();
            if let Message::Resize(width, height) = message {
                terminal.backend_mut().resize(width, height);
            }
            let effects = stage.app.update(message);
            terminal.draw(|frame| stage.app.draw(frame.buffer_mut())).unwrap();
            effects.len()
        });
    });
}

criterion_group!(benches, frames);
criterion_main!(benches);
