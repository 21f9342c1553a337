//! The screen in this very process, without a terminal: what each view shows, what hostile
//! evidence does to it, and what any key at any size does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod alarms;
mod chance;
mod choosing;
mod hostile;
mod integrity;
mod journeys;
mod picture;
mod plain;
mod proven;
mod stage;
mod views;
