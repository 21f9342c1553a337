//! The filter language: one line, forgiving to type, exact in meaning.
//!
//! ```text
//! filter   = [ any ] ;
//! any      = all { "or" all } ;
//! all      = one { [ "and" ] one } ;
//! one      = ( "not" | "-" ) one | "(" any ")" | term ;
//! term     = name ":" values | name ( ">" | ">=" | "<" | "<=" ) value
//!          | "/" regex "/" | word | quoted ;
//! values   = value | "(" value { [ "or" ] value } ")" ;
//! value    = word | quoted | "@" ( word | quoted ) ;
//! quoted   = '"' { character | '\"' | '\\' | '\*' } '"' ;
//! ```
//!
//! `and`, `or`, `not` are words in any case. A word ends at a space, a parenthesis, a quote or a
//! bar; a name is letters, digits and `_ . - @ $ [ ]`, or quoted. After the first `:` a colon is
//! a character. `*` stands for any text, also in quotes; a backslash before `*`, `"` or `\` takes
//! its meaning away and is a character elsewhere. In free text `*` is a character.
//!
//! What terms mean:
//! - `field:value`: the whole value, whatever the case ([`values::fold`]); numbers and addresses
//!   are compared as such, and by their spelling where there is a `*`. A field that may hold
//!   several values needs one that fits.
//! - a field that is absent satisfies no comparison; `-event:X` keeps rows without event.
//! - a name that is no column but has a dot is a path into the record.
//! - `@FILE` is a list, one value a line; see [`list`]. Remarks begin with `#`, of a `.csv` the
//!   first column counts, and `198.51.100[.]7` and `hxxp://` are read as what they stand for.
//! - free text is in the record's bytes, whatever the case: an ASCII letter matches its two
//!   cases alone, any other character what Unicode's simple case folding says.
//! - `/re/` matches the record's bytes; case counts unless it says `(?i)`.
//! - times: see [`window::parse`]; windows are half open.
//! - `origin.object` is the path of the object that the row was read from, as output gives it.
//! - `alarm note tag chain hazard` ask for a text of the mark, or `yes` or `no`; of `verified`,
//!   the standing `verified` is yes and everything else is no.
//!
//! [`parse()`] reads, [`Query::print`] writes, [`Filter`] evaluates; [`count()`] and [`histogram()`]
//! sum up what was selected.

pub mod ast;
pub mod complete;
pub mod count;
mod eval;
pub mod filter;
pub mod histogram;
mod lex;
pub mod list;
mod named;
pub mod names;
mod needle;
pub mod number;
mod parse;
pub mod print;
mod row;
mod sought;
mod terms;
pub mod values;
mod wild;
pub mod window;

pub use ast::{Mark, Now, Query, Span};
pub use complete::{Completion, Wanted, complete};
pub use count::{Count, Counts, count};
pub use filter::{Bounds, Filter, Marks, NoMarks, Record};
pub use histogram::{Histogram, Lane, failed, histogram};
pub use lex::ParseError;
pub use list::{Doubt, Lists, MissingList};
pub use named::{ASPECTS, Named, named};
pub use names::Names;
pub use parse::parse;
pub use print::{command, escape, quote};
pub use sought::Sought;

#[cfg(test)]
mod tests;
