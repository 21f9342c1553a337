//! What is written for others: on a thread of its own, since it may be long and a disk may hang; and
//! the journal keeps its hash.

use super::Loop;
use crate::case::What;
use crate::job::scribe::Order;
use crate::ui::message::{Message, Tone};
use std::path::Path;

/// Writes a paper of this kind, as the journal and people call it, with what gives the hash of the file that it
/// has made at the path.
pub(super) fn save(
    running: &Loop,
    (of, noun): (&'static str, &'static str),
    name: &str,
    write: impl FnOnce(&Path) -> Result<String, String> + Send + 'static,
) {
    let path = running.world.from.join(name);
    let (told, orders) = (running.told.0.clone(), running.world.session.scribe.sender());
    let work = move || {
        let message = match write(&path) {
            Ok(sha256) => {
                let told = format!("the {noun} is in {}", path.display());
                let path = path.display().to_string();
                if let Some(orders) = orders {
                    let fact = What::Report { of: of.to_owned(), path, sha256 };
                    let _ = orders.send(Order::Fact(fact));
                }
                Message::Told(Tone::Good, told)
            }
            Err(problem) => Message::Told(Tone::Error, format!("{}: {problem}", path.display())),
        };
        // Nobody listens once everything is left.
        let _ = told.send(message);
    };
    if let Err(error) = std::thread::Builder::new().name("save".to_owned()).spawn(work) {
        running.tell(Tone::Error, format!("the {noun} is not saved: {error}"));
    }
}
