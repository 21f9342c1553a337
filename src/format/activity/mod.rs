//! What was done in an account, and what became of its configuration.

mod aws_config;
mod cloudtrail;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&cloudtrail::CloudTrail, &aws_config::AwsConfig];
