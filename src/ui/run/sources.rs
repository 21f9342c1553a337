//! Sources that come, go and are read again while somebody looks.

use super::{Loop, Seen, World};
use crate::event::{Cancel, Code, Window, Zone, label};
use crate::job::scribe::Order;
use crate::job::session::is_elsewhere;
use crate::ui::message::{Message, Tone};
use crossbeam_channel::Sender;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Reads another source from now on, of this time, if that was said of it. `name` is as a person typed
/// it.
pub(super) fn add(running: &mut Loop, name: &str, window: Option<Window>) {
    let Loop { world, told: (told, _), seen, .. } = running;
    let source = if is_elsewhere(name) { label(name.as_bytes()) } else { here(&world.from, name) };
    let session = &world.session;
    if session.scribe.desk().sources.contains(&source) {
        let text = format!("{source} is a source of the case already; it can be read again");
        return tell(told, Tone::Info, text);
    }
    match session.add(&source, window) {
        Ok(()) => {
            ask_anew(seen, &source);
            session.scribe.order(Order::Source { source: source.clone(), on: true });
            if let Some(window) = window {
                session.scribe.order(Order::Window { source: source.clone(), window });
            }
            who(world, &[source], told);
        }
        Err(error) => tell(told, Tone::Error, error.to_string()),
    }
}

/// The absolute path of what is meant from this folder.
fn here(from: &Path, name: &str) -> String {
    let path = from.join(name);
    let path = std::path::absolute(&path).unwrap_or(path);
    // Without a slash at the end, so that one folder has one name.
    label(path.components().as_path().as_os_str().as_bytes())
}

/// Says whom AWS takes the person for, if one of these sources is there.
pub(super) fn who(world: &World, sources: &[String], told: &Sender<Message>) {
    if !sources.iter().any(|source| is_elsewhere(source)) {
        return;
    }
    let (aws, told) = (world.session.aws(), told.clone());
    let ask = move || {
        // What goes wrong is told of the source itself.
        if let Ok(identity) = aws.identity(&Cancel::new()) {
            tell(&told, Tone::Info, identity.to_string());
        }
    };
    // Without a thread it is not told; the source says what else goes wrong.
    let _ = std::thread::Builder::new().name("who".to_owned()).spawn(ask);
}

pub(super) fn remove(world: &World, source: String) {
    world.session.remove(&source);
    world.session.scribe.order(Order::Source { source, on: false });
}

/// What it does is said by whoever keeps it.
pub(super) fn set_zone(world: &World, source: String, zone: Zone) {
    world.session.set_zone(&source, zone);
    world.session.scribe.order(Order::Zone { source, zone });
}

pub(super) fn reread(running: &mut Loop, source: &str) {
    let Loop { world, told: (told, _), seen, .. } = running;
    ask_anew(seen, source);
    world.session.refresh(source);
    tell(told, Tone::Info, format!("looking for what is new or changed in {source}"));
}

/// A person who wants something of AWS is asked once more for the code that it takes.
fn ask_anew(seen: &mut Seen, source: &str) {
    if is_elsewhere(source) {
        seen.code = None;
    }
}

/// Tells of the code that AWS waits for.
pub(super) fn look_for_code(running: &mut Loop, messages: &mut Vec<Message>) {
    let wanted = running.world.session.aws().code_wanted();
    if wanted != running.seen.code {
        running.seen.code.clone_from(&wanted);
        messages.push(Message::CodeWanted(wanted));
    }
}

/// Gives AWS the code, and says whom it takes the person for by that. A code that was not good is
/// asked for anew.
pub(super) fn give_code(running: &mut Loop, code: Code) {
    let (aws, told) = (running.world.session.aws(), running.told.0.clone());
    // From here on nobody waits for one, unless this is not good.
    aws.give_code(code);
    running.seen.code = None;
    let take = move || {
        // Nobody listens once everything is left.
        let _ = told.send(match aws.take_role() {
            Ok(()) => Message::CodeTaken("the code was taken".to_owned()),
            Err(reason) => return tell(&told, Tone::Error, reason.to_string()),
        });
        if let Ok(identity) = aws.identity(&Cancel::new()) {
            tell(&told, Tone::Info, identity.to_string());
        }
    };
    if let Err(error) = std::thread::Builder::new().name("who".to_owned()).spawn(take) {
        running.tell(Tone::Error, format!("the code is not given: no thread: {error}"));
    }
}

fn tell(told: &Sender<Message>, tone: Tone, text: String) {
    // The loop has the receiver.
    let _ = told.send(Message::Told(tone, text));
}
