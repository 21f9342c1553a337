//! Pieces of views that know nothing of keys: they draw what they are given.

pub mod chrome;
pub mod lanes;
pub mod list;
pub mod paragraph;
pub mod table;
pub mod ticks;
pub mod transfer;
pub mod tree;
