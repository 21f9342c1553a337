//! State in, effects out.

pub mod action;
pub mod app;
pub mod field;
pub mod keymap;
pub mod layout;
pub mod message;
pub mod model;
pub mod mouse;
pub mod pen;
pub mod pick;
pub mod place;
pub mod ranking;
pub mod run;
pub mod settings;
pub mod terminal;
pub mod theme;
pub mod trail;
pub mod view;
pub mod widget;
pub mod wrap;
