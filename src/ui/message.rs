//! What the world tells the screen, and what the screen asks of the world. Everything outside
//! goes through these two lists, so that a test can read it.

use super::keymap::Key;
use super::mouse::Mouse;
use crate::event::{Code, CodeWanted, Window, Zone};
use crate::job::baseline::{Baselines, Wanted};
use crate::job::choosing::{Amount, Estimate, Offer};
use crate::job::lookup::{Record, Values};
use crate::job::naming::OfSources;
use crate::job::raising::Raised;
use crate::job::scribe::{Desk, Order, Typed};
use crate::job::{Answer, Delivery, Question, Report as Load, Verified};
use crate::store::{RowRef, Selection, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something happened.
#[derive(Debug, Clone)]
pub enum Message {
    Key(Key),
    Paste(String),
    Mouse(Mouse),
    Resize(u16, u16),
    /// A new answer to the filter.
    Answer(Arc<Answer>),
    /// How far loading is.
    Loaded(Load),
    /// How long what comes into each source that is followed is on its way.
    Deliveries(Arc<BTreeMap<String, Delivery>>),
    Record(Arc<Record>),
    Values(Arc<Values>),
    /// What the events of each source name.
    Named(Arc<OfSources>),
    /// What is usual of whom an alarm is about.
    Baselines(Arc<Baselines>),
    Desk(Arc<Desk>),
    /// What is proven of the evidence, by now.
    Verified(Arc<Verified>),
    /// What the rules found, by now.
    Raised(Arc<Raised>),
    /// What came back from the external editor.
    Edited(Result<String, String>),
    /// AWS waits for a code of an MFA device, or not any more.
    CodeWanted(Option<CodeWanted>),
    /// A code was good, and this is to be said.
    CodeTaken(String),
    /// An effect ended, and this is to be said.
    Told(Tone, String),
    /// Verification begins anew, and this is to be said until its verdict comes.
    Verifying(Tone, String),
    /// A name that was proposed for a file is taken; this one is free.
    Free {
        proposed: String,
        free: String,
    },
    /// What there is to choose among.
    Offer(Offer),
    /// What the limit on bytes left of a source.
    Rest {
        source: String,
        rest: Amount,
    },
    /// How much would be fetched, by now.
    Estimated(Estimate),
}

/// How something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Info,
    Good,
    Warning,
    Error,
}

/// Something to be done outside.
#[derive(Debug, Clone)]
pub enum Effect {
    Ask(Question),
    LookUpRecord {
        snapshot: Arc<Snapshot>,
        at: RowRef,
    },
    LookUpValues {
        selection: Selection,
        field: String,
    },
    /// Count what the events of these sources name.
    LookUpNamed {
        sources: Vec<String>,
    },
    /// Count what is usual of whom an alarm is about.
    LookUpBaseline(Wanted),
    Order(Order),
    /// Text being typed that no entry holds yet; `None` when it is given up.
    Draft(Option<Typed>),
    CancelLoad,
    /// Read what is appended to files, and load files that appear.
    Follow,
    /// To the terminal's clipboard; `what` names it for the message.
    Copy {
        what: &'static str,
        text: String,
    },
    /// The selected rows, as JSON lines or CSV by the file's ending.
    SaveRows {
        selection: Selection,
        path: String,
    },
    /// Mark the events with a value of this file, or no longer.
    WatchList(String),
    /// The report on integrity, as text, JSON or Markdown by the file's ending.
    SaveReport {
        verified: Arc<Verified>,
        path: String,
    },
    /// The incident record in the format that the name's ending says; or all of it into `FOLDER/`,
    /// signed with the key behind that, if there is one.
    SaveRecord {
        path: String,
    },
    /// The proof of one record, as Markdown.
    SaveProof {
        snapshot: Arc<Snapshot>,
        at: RowRef,
        path: String,
    },
    /// Look whether this name, which is proposed for a file, is taken.
    Propose(String),
    /// Keep the public keys of this file, or of CloudTrail itself, and verify with them.
    AddPublicKeys(String),
    /// Verify once more, and say so.
    VerifyAgain,
    /// Verify now that it is said.
    Verify,
    /// Add a source to the case, named as a person types it, and read it.
    AddSource(String),
    /// Ask what there is to choose among below this address.
    Choose(String),
    /// Nothing is to be chosen any more.
    ChooseNothing,
    /// Count what would be fetched of these sources.
    Count {
        sources: Vec<String>,
        window: Window,
    },
    /// The same of a source of which only what happened within this window is fetched.
    AddWithin {
        name: String,
        window: Window,
    },
    /// See what the limit on bytes left of this source, and ask whether it is to be fetched.
    AskForRest(String),
    /// Fetch it.
    FetchRest(String),
    /// Take this source out of the case.
    RemoveSource(String),
    /// Read what is new or changed in this source.
    RereadSource(String),
    /// Read times of this source that name no zone in this one.
    SetZone {
        source: String,
        zone: Zone,
    },
    /// Give AWS the code that an MFA device shows.
    GiveCode(Code),
    /// Read what is missing for want of credentials.
    ReadRefused,
    /// Write this text on in an external editor.
    Edit(String),
    /// Let the mouse in, or leave it to the terminal.
    LetMouse(bool),
    Suspend,
    Redraw,
    Quit,
}
