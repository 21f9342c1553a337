//! Requests at the front doors: balancers, the CDN, buckets, gateways and firewalls of the web.

mod alb;
mod elb;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&alb::Alb];
