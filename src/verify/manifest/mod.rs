//! Manifests that lie in the evidence: files that name other files with their hashes, as
//! `sha256sum`, `hashdeep` and `BagIt` write them. They are known by their content; a name is only a
//! hint.
//!
//! **A manifest may be as altered as the evidence beside it.** That they agree shows that the files
//! are what the manifest says, not that nobody changed both. That they differ is a finding.
//!
//! Nothing here reads a file. Names are looked up among what was listed and are never opened as
//! paths, so that `../` and absolute names lead nowhere.

mod algorithm;
pub mod bagit;
mod checked;
mod entries;
mod hashdeep;
mod judging;
mod reading;
mod sums;
mod table;
mod telling;

pub use algorithm::{Algorithm, Algorithms, Hashes, Running};
pub use checked::{Checked, Counts, Found, MOST_FOUND, Outcome, verdict};
pub use entries::{Bad, Entries, Entry};
pub use judging::{Absence, File, judge, resolve, unnamed};
pub use reading::{Form, HEAD, Reader, recognise, suspect};
pub use sums::Style;
pub use table::{Met, Table, folder_of, joined, normal};
pub use telling::{AGREEMENT, counts, json, text};

#[cfg(test)]
mod tests;
