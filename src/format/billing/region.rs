//! Which Region an item is about: by its zone, its ARN, or by how its usage type begins.
//!
//! Source: the AWS Billing user guide, "Understanding your usage types"; names without a code are
//! those of us-east-1, if they are of a service that has Regions.

use crate::event::layout::is_region;

const CODES: [(&str, &str); 36] = [
    ("USE1", "us-east-1"),
    ("USE2", "us-east-2"),
    ("USW1", "us-west-1"),
    ("USW2", "us-west-2"),
    ("UGW1", "us-gov-west-1"),
    ("UGE1", "us-gov-east-1"),
    ("CAN1", "ca-central-1"),
    ("CAN2", "ca-west-1"),
    ("MXC1", "mx-central-1"),
    ("SAE1", "sa-east-1"),
    ("EU", "eu-west-1"),
    ("EUW1", "eu-west-1"),
    ("EUW2", "eu-west-2"),
    ("EUW3", "eu-west-3"),
    ("EUC1", "eu-central-1"),
    ("EUC2", "eu-central-2"),
    ("EUN1", "eu-north-1"),
    ("EUS1", "eu-south-1"),
    ("EUS2", "eu-south-2"),
    ("AFS1", "af-south-1"),
    ("ILC1", "il-central-1"),
    ("MEC1", "me-central-1"),
    ("MES1", "me-south-1"),
    ("APE1", "ap-east-1"),
    ("APN1", "ap-northeast-1"),
    ("APN2", "ap-northeast-2"),
    ("APN3", "ap-northeast-3"),
    ("APS1", "ap-southeast-1"),
    ("APS2", "ap-southeast-2"),
    ("APS3", "ap-south-1"),
    ("APS4", "ap-southeast-3"),
    ("APS5", "ap-south-2"),
    ("APS6", "ap-southeast-4"),
    ("APS7", "ap-southeast-5"),
    ("CNN1", "cn-north-1"),
    ("CNW1", "cn-northwest-1"),
];

/// How usage begins that has a code everywhere but in us-east-1.
const FIRST: [&str; 13] = [
    "BoxUsage",
    "SpotUsage",
    "DedicatedUsage",
    "HeavyUsage",
    "EBS:",
    "EBSOptimized",
    "InstanceUsage:",
    "LoadBalancerUsage",
    "NatGateway-",
    "TimedStorage-",
    "ElasticIP:",
    "Lambda-GB-Second",
    "DataTransfer-",
];

/// The Region of a zone such as `eu-west-1a`; a local zone's is what it hangs on.
pub(super) fn of_zone(zone: &str) -> Option<&str> {
    let digit = zone.find(|c: char| c.is_ascii_digit())?;
    let region = &zone[..=digit];
    is_region(region).then_some(region)
}

/// The Region in an ARN.
pub(super) fn of_arn(arn: &str) -> Option<&str> {
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    is_region(region).then_some(region)
}

/// What the code says that a usage type begins with. `None` for what has no Region, such as
/// CloudFront, whose codes are parts of the world.
pub(super) fn of_usage(usage: &str, product: &str) -> Option<&'static str> {
    if product.contains("CloudFront") || product.contains("Route 53") || product.contains("Route53")
    {
        return None;
    }
    let code = usage.split(['-', ':']).next().unwrap_or("");
    let known = CODES.iter().find(|(known, _)| *known == code).map(|(_, region)| *region);
    let first = || FIRST.iter().any(|begin| usage.starts_with(begin)).then_some("us-east-1");
    known.or_else(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_found_where_they_are_said() {
        assert_eq!(of_zone("eu-west-1a"), Some("eu-west-1"));
        assert_eq!(of_zone("us-west-2-lax-1a"), Some("us-west-2"));
        assert_eq!(of_zone("global"), None);
        assert_eq!(of_zone(""), None);
        assert_eq!(of_arn("arn:aws:ec2:us-gov-west-1:1:x"), Some("us-gov-west-1"));
        assert_eq!(of_arn("arn:aws:s3:::bucket"), None);
        for (usage, product, region) in [
            ("USE2-BoxUsage:t3.micro", "AmazonEC2", Some("us-east-2")),
            ("EUC1-DataTransfer-Out-Bytes", "AmazonEC2", Some("eu-central-1")),
            ("BoxUsage:g5.xlarge", "AmazonEC2", Some("us-east-1")),
            ("EU-DataTransfer-Out-Bytes", "AmazonCloudFront", None),
            ("DNS-Queries", "AmazonRoute53", None),
            ("", "", None),
        ] {
            assert_eq!(of_usage(usage, product), region, "{usage}");
        }
    }
}
