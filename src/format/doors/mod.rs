//! Requests at the front doors: balancers, the CDN, buckets, gateways and firewalls of the web.

mod alb;
mod waf;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&alb::Alb, &waf::Waf];
