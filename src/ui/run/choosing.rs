//! What a person asks of a service while choosing, carried out.

use super::Loop;
use crate::event::Window;
use crate::ui::message::{Message, Tone};

/// Asks what there is to choose among.
pub(super) fn choose(running: &mut Loop, address: String) {
    let told = running.told.0.clone();
    // Nobody listens once everything is left.
    let tell = move |offer| drop(told.send(Message::Offer(offer)));
    if let Err(error) = running.world.session.choose(address, tell) {
        running.tell(Tone::Error, format!("nothing is asked: no thread: {error}"));
    }
}

/// Counts what would be fetched.
pub(super) fn count(running: &mut Loop, sources: Vec<String>, window: Window) {
    let told = running.told.0.clone();
    let tell = move |estimate| drop(told.send(Message::Estimated(estimate)));
    if let Err(error) = running.world.session.count(sources, window, tell) {
        running.tell(Tone::Error, format!("nothing is counted: no thread: {error}"));
    }
}
