//! What an object's name says of the records in it, where AWS named it: account and Region of the
//! [layout of buckets](crate::event::layout), the interface or instance that a log stream is named
//! after, the database that a log group or a file is.

use super::envelope::Fallback;
use crate::event::layout::{self, Level, Position, is_region};

/// Reads an object's name. A name is only a name: what the records say themselves goes first.
pub(super) fn read(key: &str) -> Fallback {
    let (mut found, mut at) = (Fallback::default(), Position::default());
    for folder in key.split(['/', '!']) {
        at = at.below(folder);
        let value = layout::value(folder);
        match at.level() {
            Some(Level::Account) => found.account = Some(value.to_owned()),
            Some(Level::Region) if is_region(value) => found.region = Some(value.to_owned()),
            _ => {}
        }
    }
    let named = |prefix: &str| {
        let id = key.split(['/', '!']).find(|part| part.starts_with(prefix))?;
        let end = id[prefix.len()..].find(|c: char| !c.is_ascii_hexdigit());
        let id = &id[..end.map_or(id.len(), |end| prefix.len() + end)];
        matches!(id.len() - prefix.len(), 8 | 17).then(|| id.to_owned())
    };
    found.interface = named("eni-");
    found.instance = named("i-");
    found.over(&database(key))
}

/// `aws/rds/instance/NAME/LOG`, `aws/rds/cluster/NAME/LOG/STREAM`, `aws/redshift/cluster/NAME/LOG`;
/// `ACCOUNT_redshift_REGION_NAME_LOG_TIME` in a bucket, as Redshift's management guide has it.
fn database(key: &str) -> Fallback {
    let below = |group: &str| {
        let (_, rest) = key.split_once(group)?;
        let (name, rest) = rest.split_once('/')?;
        (!name.is_empty()).then_some((name, rest))
    };
    let mut found = Fallback::default();
    if let Some((instance, _)) = below("aws/rds/instance/") {
        found.instance = Some(instance.to_owned());
    } else if let Some((cluster, rest)) = below("aws/rds/cluster/") {
        found.resource = Some(cluster.to_owned());
        // Streams are named after the instances, with a number behind a point.
        let stream = rest.split_once('/').map_or("", |(_, stream)| stream);
        let instance = stream.split(['.', '/']).next().filter(|name| !name.is_empty());
        found.instance = instance.map(str::to_owned);
    } else if let Some((cluster, _)) = below("aws/redshift/cluster/") {
        found.resource = Some(cluster.to_owned());
    } else if let Some((_, rest)) =
        key.rsplit('/').next().and_then(|name| name.split_once("_redshift_"))
    {
        let mut parts = rest.split('_');
        if let (Some(region), Some(cluster), Some(_)) = (parts.next(), parts.next(), parts.next()) {
            found.region = is_region(region).then(|| region.to_owned());
            found.resource = Some(cluster.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_of_aws_tell_account_and_region() {
        let tail = "2026/03/04/a.log.gz";
        for (key, account, region) in [
            (
                format!("AWSLogs/111122223333/vpcflowlogs/eu-west-1/{tail}"),
                "111122223333",
                "eu-west-1",
            ),
            (
                format!(
                    "p/q/AWSLogs/o-ab12cd34ef/111122223333/elasticloadbalancing/us-gov-west-1/{tail}"
                ),
                "111122223333",
                "us-gov-west-1",
            ),
            (
                format!(
                    "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/{tail}"
                ),
                "111122223333",
                "eu-west-1",
            ),
            (
                format!("AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a1b2c3d/{tail}"),
                "111122223333",
                "",
            ),
            (format!("AWSLogs/alice/vpcflowlogs/eu-west-1/{tail}"), "", ""),
            (format!("logs/111122223333/x/eu-west-1/{tail}"), "", ""),
        ] {
            let found = read(&key);
            assert_eq!(found.account.unwrap_or_default(), account, "{key}");
            assert_eq!(found.region.unwrap_or_default(), region, "{key}");
        }
    }

    #[test]
    fn log_groups_and_files_of_databases_are_named_after_them() {
        for (key, instance, resource) in [
            ("/aws/rds/instance/shop-1/audit/shop-1", "shop-1", ""),
            ("/aws/rds/cluster/shop/audit/shop-1.audit.log.0", "shop-1", "shop"),
            ("/aws/rds/cluster/shop/audit", "", "shop"),
            ("/aws/redshift/cluster/dwh/connectionlog", "", "dwh"),
            (
                "logs/AWSLogs/111122223333/redshift/eu-west-1/2026/03/04/111122223333_redshift_eu-west-1_dwh_userlog_2026-03-04T10:00.gz",
                "",
                "dwh",
            ),
            ("/aws/rds/instance/", "", ""),
        ] {
            let found = read(key);
            assert_eq!(found.instance.as_deref().unwrap_or(""), instance, "{key}");
            assert_eq!(found.resource.as_deref().unwrap_or(""), resource, "{key}");
        }
    }

    #[test]
    fn streams_are_named_after_what_writes_them() {
        let found = read("export/task-1/eni-0a1b2c3d4e5f60718-all/000000.gz");
        assert_eq!(found.interface.as_deref(), Some("eni-0a1b2c3d4e5f60718"));
        let found = read("export/task-1/i-0a1b2c3d4e5f60718/000000.gz");
        assert_eq!(found.instance.as_deref(), Some("i-0a1b2c3d4e5f60718"));
        assert_eq!(read("i-am-a-file/eni-not.log"), Fallback::default());
    }
}
