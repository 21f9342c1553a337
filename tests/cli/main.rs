//! Journeys of the headless binary: the real program over small evidence that each test writes.

#![allow(clippy::unwrap_used, reason = "a test")]

mod alarms;
mod bench;
mod bundled;
mod containers;
mod coverage;
mod damaged;
mod defects;
mod detectors;
mod doctor;
mod enveloped;
mod estate;
mod hostile;
mod identity;
mod integrity;
mod kept;
mod names;
mod own;
mod permissions;
mod places;
mod query;
mod record;
mod recorded;
mod scan;
mod shells;
mod stands;
mod terminal;
mod travel;
mod triage;
mod verify;
mod whereabouts;
mod zones;
