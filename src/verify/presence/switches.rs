//! The calls that switch a source of logs off, on again, or change what it records.
//!
//! Names are those of the services' API references, as CloudTrail records them. What only may
//! switch something off, because the record would have to be read to know, is a change.

use crate::event::classes::words;
use crate::format::Service;

words! {
    /// What a call does to a source.
    Turn {
        Off = "off",
        On = "on",
        /// It may record less from then on, or keep it for a shorter time.
        Change = "change",
    }
}

/// A call that matters to a source.
#[derive(Debug)]
pub(super) struct Switch {
    /// `eventName` and `eventSource`.
    pub(super) event: &'static str,
    pub(super) at: &'static str,
    pub(super) service: Service,
    pub(super) turn: Turn,
    /// What it was done to: the first of these columns that the record has.
    pub(super) target: &'static [&'static str],
    /// The calls that it undoes, if it turns something on.
    pub(super) undoes: &'static [&'static str],
}

const TRAIL: &str = "cloudtrail.amazonaws.com";
const CONFIG: &str = "config.amazonaws.com";
const GUARDDUTY: &str = "guardduty.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";
const HUB: &str = "securityhub.amazonaws.com";
const LOGS: &str = "logs.amazonaws.com";
const S3: &str = "s3.amazonaws.com";
const ELB: &str = "elasticloadbalancing.amazonaws.com";
const WAF: &str = "wafv2.amazonaws.com";
const DNS: &str = "route53resolver.amazonaws.com";

const NAME: &[&str] = &["requestParameters.name", "requestParameters.trailName"];
const DETECTOR: &[&str] = &["requestParameters.detectorId"];
const GROUP: &[&str] = &["requestParameters.logGroupName"];
const BUCKET: &[&str] = &["requestParameters.bucketName"];

type Names = &'static [&'static str];

const fn off(event: &'static str, at: &'static str, service: Service, target: Names) -> Switch {
    Switch { event, at, service, turn: Turn::Off, target, undoes: &[] }
}

const fn change(event: &'static str, at: &'static str, service: Service, target: Names) -> Switch {
    Switch { event, at, service, turn: Turn::Change, target, undoes: &[] }
}

const fn on(
    event: &'static str,
    at: &'static str,
    service: Service,
    (target, undoes): (Names, Names),
) -> Switch {
    Switch { event, at, service, turn: Turn::On, target, undoes }
}

pub(super) static SWITCHES: &[Switch] = &[
    off("StopLogging", TRAIL, Service::CloudTrail, NAME),
    off("DeleteTrail", TRAIL, Service::CloudTrail, NAME),
    on("StartLogging", TRAIL, Service::CloudTrail, (NAME, &["StopLogging", "DeleteTrail"])),
    change("UpdateTrail", TRAIL, Service::CloudTrail, NAME),
    change("PutEventSelectors", TRAIL, Service::CloudTrail, NAME),
    change("PutInsightSelectors", TRAIL, Service::CloudTrail, NAME),
    off("StopEventDataStoreIngestion", TRAIL, Service::CloudTrail, &[]),
    off("DeleteEventDataStore", TRAIL, Service::CloudTrail, &[]),
    on(
        "StartEventDataStoreIngestion",
        TRAIL,
        Service::CloudTrail,
        (&[], &["StopEventDataStoreIngestion"]),
    ),
    on("RestoreEventDataStore", TRAIL, Service::CloudTrail, (&[], &["DeleteEventDataStore"])),
    change("UpdateEventDataStore", TRAIL, Service::CloudTrail, NAME),
    off("StopConfigurationRecorder", CONFIG, Service::Config, &[]),
    off("DeleteConfigurationRecorder", CONFIG, Service::Config, &[]),
    off("DeleteDeliveryChannel", CONFIG, Service::Config, &[]),
    on(
        "StartConfigurationRecorder",
        CONFIG,
        Service::Config,
        (&[], &["StopConfigurationRecorder", "DeleteConfigurationRecorder"]),
    ),
    on("PutDeliveryChannel", CONFIG, Service::Config, (&[], &["DeleteDeliveryChannel"])),
    change("PutConfigurationRecorder", CONFIG, Service::Config, &[]),
    change("PutRetentionConfiguration", CONFIG, Service::Config, &[]),
    off("DeleteDetector", GUARDDUTY, Service::GuardDuty, DETECTOR),
    // A new detector has another id.
    on("CreateDetector", GUARDDUTY, Service::GuardDuty, (&[], &["DeleteDetector"])),
    change("UpdateDetector", GUARDDUTY, Service::GuardDuty, DETECTOR),
    off("DeletePublishingDestination", GUARDDUTY, Service::GuardDuty, DETECTOR),
    on(
        "CreatePublishingDestination",
        GUARDDUTY,
        Service::GuardDuty,
        (DETECTOR, &["DeletePublishingDestination"]),
    ),
    off("StopMonitoringMembers", GUARDDUTY, Service::GuardDuty, DETECTOR),
    on(
        "StartMonitoringMembers",
        GUARDDUTY,
        Service::GuardDuty,
        (DETECTOR, &["StopMonitoringMembers"]),
    ),
    change("DisassociateFromAdministratorAccount", GUARDDUTY, Service::GuardDuty, DETECTOR),
    change("DisassociateFromMasterAccount", GUARDDUTY, Service::GuardDuty, DETECTOR),
    change("DisassociateMembers", GUARDDUTY, Service::GuardDuty, DETECTOR),
    off("DeleteFlowLogs", EC2, Service::FlowLogs, &[]),
    on("CreateFlowLogs", EC2, Service::FlowLogs, (&[], &["DeleteFlowLogs"])),
    off("DisableSecurityHub", HUB, Service::SecurityHub, &[]),
    on("EnableSecurityHub", HUB, Service::SecurityHub, (&[], &["DisableSecurityHub"])),
    change("BatchDisableStandards", HUB, Service::SecurityHub, &[]),
    change("UpdateStandardsControl", HUB, Service::SecurityHub, &[]),
    off("DeleteLogGroup", LOGS, Service::LogGroups, GROUP),
    on("CreateLogGroup", LOGS, Service::LogGroups, (GROUP, &["DeleteLogGroup"])),
    change("DeleteLogStream", LOGS, Service::LogGroups, GROUP),
    change("PutRetentionPolicy", LOGS, Service::LogGroups, GROUP),
    change("DeleteSubscriptionFilter", LOGS, Service::LogGroups, GROUP),
    off("DeleteBucketLogging", S3, Service::ObjectAccess, BUCKET),
    // Without a target in the request it switches the log off.
    change("PutBucketLogging", S3, Service::ObjectAccess, BUCKET),
    // An expiry shortens the life of every log that is kept in the bucket.
    change("PutBucketLifecycle", S3, Service::Buckets, BUCKET),
    change("ModifyLoadBalancerAttributes", ELB, Service::LoadBalancer, &["resource"]),
    off("DeleteLoggingConfiguration", WAF, Service::Firewall, &["resource"]),
    on(
        "PutLoggingConfiguration",
        WAF,
        Service::Firewall,
        (&["resource"], &["DeleteLoggingConfiguration"]),
    ),
    off("DisassociateResolverQueryLogConfig", DNS, Service::Dns, &[]),
    off("DeleteResolverQueryLogConfig", DNS, Service::Dns, &[]),
    on(
        "AssociateResolverQueryLogConfig",
        DNS,
        Service::Dns,
        (&[], &["DisassociateResolverQueryLogConfig", "DeleteResolverQueryLogConfig"]),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_stands_once_and_undoes_what_turns_off() {
        for (number, switch) in SWITCHES.iter().enumerate() {
            let same = |other: &&Switch| (other.event, other.at) == (switch.event, switch.at);
            assert_eq!(SWITCHES.iter().position(|other| same(&other)), Some(number));
            assert_eq!(switch.turn == Turn::On, !switch.undoes.is_empty(), "{}", switch.event);
            for undone in switch.undoes {
                let off = SWITCHES.iter().find(|other| other.event == *undone);
                let off = off.map(|off| (off.service, off.turn));
                assert_eq!(off, Some((switch.service, Turn::Off)), "{undone}");
            }
        }
    }
}
