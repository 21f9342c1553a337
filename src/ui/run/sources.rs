//! Sources that come, go and are read again while somebody looks.

use super::World;
use crate::event::label;
use crate::job::scribe::Order;
use crate::ui::message::{Message, Tone};
use crossbeam_channel::Sender;
use std::os::unix::ffi::OsStrExt;

/// Reads another source from now on. `name` is as a person typed it.
pub(super) fn add(world: &World, name: &str, told: &Sender<Message>) {
    let path = world.from.join(name);
    let path = std::path::absolute(&path).unwrap_or(path);
    // Without a slash at the end, so that one folder has one name.
    let source = label(path.components().as_path().as_os_str().as_bytes());
    let session = &world.session;
    if session.scribe.desk().sources.contains(&source) {
        let text = format!("{source} is a source of the case already; it can be read again");
        return tell(told, Tone::Info, text);
    }
    match session.add(&source) {
        Ok(()) => session.scribe.order(Order::Source { source, on: true }),
        Err(error) => tell(told, Tone::Error, error.to_string()),
    }
}

pub(super) fn remove(world: &World, source: String) {
    world.session.remove(&source);
    world.session.scribe.order(Order::Source { source, on: false });
}

pub(super) fn reread(world: &World, source: &str, told: &Sender<Message>) {
    world.session.refresh(source);
    tell(told, Tone::Info, format!("looking for what is new or changed in {source}"));
}

fn tell(told: &Sender<Message>, tone: Tone, text: String) {
    // The loop has the receiver.
    let _ = told.send(Message::Told(tone, text));
}
