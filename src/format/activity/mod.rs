//! What was done in an account, and what became of its configuration.

pub(super) mod cloudtrail;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[&cloudtrail::CloudTrail];
