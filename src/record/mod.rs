//! What leaves the program for people who do not have it: reports as text, JSON and Markdown.
//! No text of a log gets into one but through [`shown`](crate::shown), save into JSON, which
//! escapes by itself.

pub mod bundle;
pub mod incident;
pub mod integrity;
pub mod proof;
pub mod redaction;
pub mod signing;
