//! What was done in an account, and what became of its configuration.

mod aws_config;
mod aws_event;
mod cloudtrail;
mod cloudwatch_alarm;
mod ecs;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &cloudtrail::CloudTrail,
    &aws_config::AwsConfig,
    &cloudwatch_alarm::Alarm,
    &ecs::Ecs,
    &aws_event::AwsEvent,
];
