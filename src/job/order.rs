//! What the screen has written down: notes, marks, where the analyst is. An order names rows of a
//! snapshot; whoever carries it out finds what has to be kept of them.

use crate::case::{Exhibit, NoteId, Ticket, What};
use crate::event::{Window, Zone};
use crate::store::{RowRef, Snapshot};
use crossbeam_channel::Sender;
use std::sync::Arc;

/// Records that one step may mark; each is kept with its bytes.
pub const MAX_ROWS: usize = 1000;

/// Rows of a snapshot.
#[derive(Debug, Clone)]
pub struct Rows {
    pub snapshot: Arc<Snapshot>,
    pub rows: Vec<RowRef>,
}

/// What a note is about.
#[derive(Debug, Clone)]
pub enum Subject {
    Rows(Rows),
    /// Records kept in an earlier session; none for the case as a whole.
    Kept(Vec<Arc<Exhibit>>),
    Alarms(Vec<Arc<Ticket>>),
    /// It is this note, changed.
    Note(NoteId),
}

impl Subject {
    pub fn alarms(&self) -> &[Arc<Ticket>] {
        match self {
            Self::Alarms(alarms) => alarms,
            Self::Rows(_) | Self::Kept(_) | Self::Note(_) => &[],
        }
    }
}

/// The text of a note, and what it is about.
#[derive(Debug, Clone)]
pub struct Typed {
    pub text: String,
    pub subject: Subject,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub enum Order {
    Note(Typed),
    RemoveNote(NoteId),
    Tag {
        rows: Rows,
        tag: String,
        on: bool,
    },
    Bookmark {
        rows: Rows,
        on: bool,
    },
    Undo,
    Redo,
    /// Something that the analyst says and for which nothing is looked up.
    Step(What),
    /// The case has this source from now on, or no longer.
    Source {
        source: String,
        on: bool,
    },
    /// Of what time this source is fetched, also in later sessions.
    Window {
        source: String,
        window: Window,
    },
    /// In which zone times of this source are read that name none, also in later sessions.
    Zone {
        source: String,
        zone: Zone,
    },
    /// Objects were read: what they are goes into the workspace.
    Acquired,
    /// A fact that needs nothing looked up.
    Fact(What),
    /// A note being typed; `None` once it is an entry or given up.
    Draft(Option<Typed>),
    /// Where the analyst is.
    View(serde_json::Value),
    /// Answer once everything ordered before is on the disk.
    Flush(Sender<()>),
    /// End the session. Others may still hold a sender; nothing that comes later is taken.
    End,
}

impl Order {
    /// Whether the analyst waits for it to be saved: it is work, not what goes on beside it.
    pub fn is_work(&self) -> bool {
        match self {
            Self::Note(_)
            | Self::RemoveNote(_)
            | Self::Tag { .. }
            | Self::Bookmark { .. }
            | Self::Undo
            | Self::Redo
            | Self::Step(_) => true,
            Self::Source { .. }
            | Self::Window { .. }
            | Self::Zone { .. }
            | Self::Acquired
            | Self::Fact(_)
            | Self::Draft(_)
            | Self::View(_)
            | Self::Flush(_)
            | Self::End => false,
        }
    }
}
