//! Flows and names: what networks say of who spoke with whom.

mod vpc_flow;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&vpc_flow::VpcFlow];
