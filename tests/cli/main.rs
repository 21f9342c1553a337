//! Journeys of the headless binary: the real program over small evidence that each test writes.

mod bench;
mod coverage;
mod damaged;
mod hostile;
mod places;
mod query;
