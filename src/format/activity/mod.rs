//! What was done in an account, and what became of its configuration.

mod aws_config;
mod aws_event;
pub(super) mod cloudtrail;
mod cloudwatch_alarm;
mod ecs;
mod eks_audit;
mod eks_authenticator;
mod eks_control;
mod lambda;
mod level;
mod pairs;
mod ssm;

use super::Format;

pub(super) use ssm::{OUTPUT, put_output};

pub(super) static LIST: &[&dyn Format] = &[
    &cloudtrail::CloudTrail,
    &aws_config::AwsConfig,
    &cloudwatch_alarm::Alarm,
    &ecs::Ecs,
    &eks_audit::EksAudit,
    &eks_authenticator::Authenticator,
    &eks_control::Control,
    &lambda::Lambda,
    &ssm::Ssm,
    &aws_event::AwsEvent,
];
