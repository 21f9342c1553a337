//! Requests at the front doors: balancers, the CDN, buckets, gateways and firewalls of the web.

mod alb;
mod alb_connection;
mod alb_health;
mod apigw_access;
mod apigw_execution;
mod clb;
mod cloudfront;
mod elb;
mod nlb;
mod s3_access;
mod waf;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    // Before what has names in common with it.
    &clb::Clb,
    &alb::Alb,
    &alb_connection::AlbConnection,
    &alb_health::AlbHealth,
    &nlb::Nlb,
    &s3_access::S3Access,
    &cloudfront::Standard,
    &cloudfront::Realtime,
    &waf::Waf,
    &apigw_access::ApigwAccess,
    &apigw_execution::ApigwExecution,
];
