//! Flows and names: what networks say of who spoke with whom.

mod suricata;
mod vpc_flow;

use super::Format;

pub(super) static LIST: &[&dyn Format] =
    &[&suricata::NetworkFirewall, &suricata::Suricata, &vpc_flow::VpcFlow];
