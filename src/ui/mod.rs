//! .

pub mod action;
pub mod field;
pub mod keymap;
pub mod ranking;
pub mod settings;
pub mod terminal;
pub mod theme;
