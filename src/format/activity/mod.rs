//! What was done in an account, and what became of its configuration.

mod aws_config;
mod aws_event;
mod cloudtrail;
mod cloudwatch_alarm;
mod ecs;
mod lambda;
mod level;

use super::Format;

pub(super) static LIST: &[&dyn Format] = &[
    &cloudtrail::CloudTrail,
    &aws_config::AwsConfig,
    &cloudwatch_alarm::Alarm,
    &ecs::Ecs,
    &lambda::Lambda,
    &aws_event::AwsEvent,
];
