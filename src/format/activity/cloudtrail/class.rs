//! What kind of thing an API call is, by its service and name.

use crate::event::Class;

/// The rules, the first that fits wins:
///
/// 1. signing in, STS, Identity Center: `auth`;
/// 2. writing calls of the services that watch (CloudTrail, Config, GuardDuty, Security Hub, flow
///    logs, deletion of log groups): `audit-system`;
/// 3. IAM calls that make or change users, keys, devices, profiles and roles: `account`;
///    those about policies and group membership: `permission`; the same for policies, grants,
///    security groups and sharing of other services;
/// 4. S3 objects, DynamoDB items, secrets, decryption: `data-read`, `data-write`, `data-delete`;
/// 5. running commands and functions: `process`;
/// 6. any other call that only reads is `other`, any other that writes is `config`.
pub(in crate::format) fn of(source: &str, name: &str, read_only: bool) -> Class {
    let service = source.split('.').next().unwrap_or("");
    let verb = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let reads = read_only || verb(&["Get", "List", "Describe", "Head", "Lookup", "BatchGet"]);
    match service {
        "signin" | "sts" | "sso" | "cognito-idp" | "rolesanywhere" => return Class::Auth,
        "s3" | "s3express" | "dynamodb" => {
            if let Some(class) = data(name, &has) {
                return class;
            }
        }
        "secretsmanager" if name.ends_with("GetSecretValue") => return Class::DataRead,
        "kms" if has(&["Decrypt"]) => return Class::DataRead,
        "ssm" if has(&["GetParameter"]) => return Class::DataRead,
        "ssm" if has(&["SendCommand", "StartSession"]) => return Class::Process,
        "lambda" if verb(&["Invoke"]) => return Class::Process,
        _ => {}
    }
    if reads {
        return Class::Other;
    }
    let watches = matches!(
        service,
        "cloudtrail" | "config" | "guardduty" | "securityhub" | "access-analyzer" | "macie2"
    );
    if watches || has(&["FlowLogs", "LogGroup", "LogStream", "BucketLogging", "EventBus"]) {
        return Class::AuditSystem;
    }
    if has(&[
        "Policy",
        "Policies",
        "SecurityGroup",
        "Permission",
        "Grant",
        "Acl",
        "PublicAccessBlock",
        "UserToGroup",
        "UserFromGroup",
        "SnapshotAttribute",
        "ImageAttribute",
    ]) {
        return Class::Permission;
    }
    if matches!(service, "iam" | "organizations" | "identitystore") {
        return Class::Account;
    }
    Class::Config
}

/// Calls on objects and items, as against those on buckets and tables.
fn data(name: &str, has: &impl Fn(&[&str]) -> bool) -> Option<Class> {
    if !has(&["Object", "Item", "Upload", "Query", "Scan"]) || has(&["LockConfiguration"]) {
        return None;
    }
    Some(match name {
        _ if name.starts_with("Delete") || name.contains("DeleteItem") => Class::DataDelete,
        _ if has(&["Get", "Head", "List", "Select", "Query", "Scan"]) => Class::DataRead,
        _ if has(&["Acl"]) => Class::Permission,
        _ => Class::DataWrite,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_what_responders_call_them() {
        for (source, name, read_only, class) in [
            ("signin.amazonaws.com", "ConsoleLogin", false, Class::Auth),
            ("sts.amazonaws.com", "AssumeRole", true, Class::Auth),
            ("iam.amazonaws.com", "CreateAccessKey", false, Class::Account),
            ("iam.amazonaws.com", "AttachUserPolicy", false, Class::Permission),
            ("iam.amazonaws.com", "ListUsers", true, Class::Other),
            ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", false, Class::Permission),
            ("cloudtrail.amazonaws.com", "StopLogging", false, Class::AuditSystem),
            ("cloudtrail.amazonaws.com", "DescribeTrails", true, Class::Other),
            ("s3.amazonaws.com", "GetObject", true, Class::DataRead),
            ("s3.amazonaws.com", "PutObject", false, Class::DataWrite),
            ("s3.amazonaws.com", "DeleteObjects", false, Class::DataDelete),
            ("s3.amazonaws.com", "PutBucketPolicy", false, Class::Permission),
            ("s3.amazonaws.com", "CreateBucket", false, Class::Config),
            ("secretsmanager.amazonaws.com", "GetSecretValue", true, Class::DataRead),
            ("ec2.amazonaws.com", "RunInstances", false, Class::Config),
            ("", "", false, Class::Config),
        ] {
            assert_eq!(of(source, name, read_only), class, "{source} {name}");
        }
    }
}
