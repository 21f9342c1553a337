//! `trailcase`: a terminal workstation in which incident responders investigate security logs.
//!
//! Data flows one way, and modules import only what stands before them in this list:
//!
//! 1. [`event`]: the vocabulary everybody speaks: times, values, fields, roles, origins.
//! 2. [`shown`]: hostile text made visible and harmless; the only way to a screen.
//! 3. [`source`]: where bytes come from.
//! 4. [`format`]: what bytes mean.
//! 5. [`store`]: events as immutable column segments, and the coverage ledger.
//! 6. [`query`]: the filter language.
//! 7. [`verify`]: what is proven about the evidence, and what is missing.
//! 8. [`case`]: a workspace on disk: the journal of an analyst's work.
//! 9. [`record`]: reports and records for others.
//! 10. [`job`]: worker threads that drive all of the above.
//! 11. [`ui`]: state in, effects out.
//! 12. [`cli`]: the headless door.

pub mod case;
pub mod cli;
pub mod detect;
pub mod event;
pub mod format;
pub mod job;
pub mod query;
pub mod record;
pub mod shown;
pub mod source;
pub mod store;
pub mod ui;
pub mod verify;
