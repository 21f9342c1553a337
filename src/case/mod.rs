//! A workspace on disk: the journal of an analyst's work, what it adds up to, and the small files
//! beside it. Stores plain data: a row number means nothing tomorrow, so a case holds a record's
//! origin, its hash and its own bytes.
//!
//! Nothing here starts a thread or asks for the time. All calls block on the disk, so a worker
//! thread makes them.
//!
//! The way through: [`Workspaces::open`] gives an [`Opened`]; its chains fold into a
//! [`CaseState`]; each [`Action`] goes through [`Journal::append`], and the [`Entry`] that comes
//! back is applied to the state.

mod alarm;
mod alarms;
mod appending;
mod chain;
mod chains;
mod check;
mod conflict;
mod digest;
mod disk;
mod entry;
mod error;
mod exhibit;
mod export;
mod facet;
mod family;
mod files;
mod finding;
mod import;
mod journal;
mod like;
mod lock;
mod marks;
mod parcel;
mod receipts;
mod removal;
#[cfg(test)]
mod sample;
mod stamp;
mod state;
mod strand;
mod told;
mod triage;
mod unsaved;
mod view;
mod work;
mod workspace;
mod workspaces;

pub use alarm::{MANUAL, Ticket, VALUES, kept_findings};
pub use alarms::{Alarms, Kept, Said};
pub use chain::damage;
pub use check::{Anchor, CheckReport, HEAD_DIGITS, Marking, check};
pub use conflict::{Conflict, Version};
pub use digest::{hex, sha256_hex, unhex};
pub use disk::DiskUse;
pub use entry::{Action, Entry, NoteId, Seq, Totals, What};
pub use error::{CaseError, JournalError};
pub use exhibit::{Exhibit, ROOM, Raw, Spot};
pub use export::{Exported, Extent, Object};
pub use facet::Facet;
pub use finding::{Finding, FindingKind};
pub use import::{By, Imported, Target};
pub use journal::Journal;
pub use like::{is_of_addresses, is_pattern};
pub use lock::Holder;
pub use marks::Marked;
pub use receipts::{Custody, Receipt, came_along, segments_of};
pub use state::CaseState;
pub use strand::Strand;
pub use told::Told;
pub use triage::{Review, State, Step, Suppression};
pub use view::Draft;
pub use work::{Hold, Note, NoteKey, Work};
pub use workspace::{AGAIN, Info, Mode, Settings, Workspace};
pub use workspaces::{Opened, Summary, Workspaces};
