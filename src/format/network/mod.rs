//! Flows and names: what networks say of who spoke with whom.

mod flow;
mod r53_public;
mod resolver;
mod suricata;
mod tgw_flow;
mod vpc_flow;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &suricata::NetworkFirewall,
    &suricata::Suricata,
    &resolver::Resolver,
    &r53_public::PublicQueries,
    &tgw_flow::TgwFlow,
    &vpc_flow::VpcFlow,
];
