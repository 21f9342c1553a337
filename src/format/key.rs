//! What an object's name says of the records in it, where AWS named it: account and Region of the
//! [layout of buckets](crate::event::layout), the interface or instance that a log stream is named
//! after.

use super::envelope::Fallback;
use super::text;
use crate::event::layout::{self, Level, Position, is_region};
use memchr::memmem::Finder;
use memchr::{memchr_iter, memchr2};
use std::sync::LazyLock;

/// What the names of log groups of AWS begin with.
static OF_AWS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("aws/"));

/// Reads an object's name. A name is only a name: what the records say themselves goes first.
pub(super) fn read(key: &str) -> Fallback {
    let mut found = Fallback::default();
    // The name of a log stream alone is in no folder.
    if memchr2(b'/', b'!', key.as_bytes()).is_some() {
        placed(key, &mut found);
        partitioned(key, &mut found);
    }
    // Each record of some envelopes names its log stream: this is read often.
    for part in key.as_bytes().split(|byte| matches!(byte, b'/' | b'!')) {
        let (place, prefix) = match part {
            [b'e', b'n', b'i', b'-', ..] => (&mut found.interface, "eni-"),
            [b'i', b'-', ..] => (&mut found.instance, "i-"),
            _ => continue,
        };
        let digits = part[prefix.len()..].iter().take_while(|byte| byte.is_ascii_hexdigit());
        let id = &part[..prefix.len() + digits.count()];
        if matches!(id.len() - prefix.len(), 8 | 17) && place.is_none() {
            *place = Some(text::of(id).into_owned());
        }
    }
    if OF_AWS.find(key.as_bytes()).is_some() || key.contains('_') {
        found.resource = resource(key);
        found.instance = found.instance.or_else(|| database_stream(key));
    }
    found
}

/// What the layout of buckets says.
fn placed(key: &str, found: &mut Fallback) {
    let mut at = Position::default();
    for folder in key.split(['/', '!']) {
        at = at.below(folder);
        let value = layout::value(folder);
        match at.level() {
            Some(Level::Account) => found.account = Some(value.to_owned()),
            Some(Level::Region) if is_region(value) => found.region = Some(value.to_owned()),
            _ => {}
        }
    }
}

/// The instance that a log stream of a database is of: `aws/rds/instance/NAME/LOG`, or
/// `aws/rds/cluster/NAME/LOG/INSTANCE`, with a number behind a point.
fn database_stream(key: &str) -> Option<String> {
    let below = |group: &str| key.split_once(group).map(|(_, rest)| rest);
    let name = match below("aws/rds/instance/") {
        Some(rest) => rest.split('/').next(),
        None => below("aws/rds/cluster/")?.splitn(3, '/').nth(2)?.split(['.', '/']).next(),
    };
    name.filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Access logs of S3 may be partitioned below any prefix, by account, Region, bucket and day.
fn partitioned(key: &str, found: &mut Fallback) {
    let digits = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if memchr_iter(b'/', key.as_bytes()).count() < 5 {
        return;
    }
    let folders: Vec<&str> = key.split('/').collect();
    for window in folders.windows(6) {
        let &[account, region, _, year, month, day] = window else { continue };
        let dated = digits(year, 4) && digits(month, 2) && digits(day, 2);
        if dated && digits(account, 12) && is_region(region) {
            found.account.get_or_insert_with(|| account.to_owned());
            found.region.get_or_insert_with(|| region.to_owned());
        }
    }
}

/// What a log group is named after, where AWS gave it its name: a function, a cluster, a database.
fn resource(key: &str) -> Option<String> {
    const GROUPS: [&str; 8] = [
        "aws/lambda/",
        "aws/eks/",
        "aws/rds/instance/",
        "aws/rds/cluster/",
        "aws/redshift/cluster/",
        "aws/docdb/",
        "aws/containerinsights/",
        "aws/codebuild/",
    ];
    let name = GROUPS.iter().find_map(|group| {
        let at = key.find(group).filter(|at| *at == 0 || key[..*at].ends_with('/'))?;
        key[at + group.len()..].split('/').next()
    });
    let name = name.or_else(|| {
        // A file of Redshift: `ACCOUNT_redshift_REGION_CLUSTER_LOG_TIME`.
        let (_, rest) = key.rsplit('/').next()?.split_once("_redshift_")?;
        rest.split('_').nth(1)
    });
    name.filter(|name| !name.is_empty()).map(str::to_owned)
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
            (
                "logs/111122223333/eu-west-1/photos/2026/03/04/2026-03-04-10-00-00-A1".to_owned(),
                "111122223333",
                "eu-west-1",
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
        let file = "AWSLogs/111122223333/redshift/eu-west-1/2026/03/04/111122223333_redshift_eu-west-1_dwh_userlog_2026-03-04T10:00.gz";
        for (key, instance, resource) in [
            ("/aws/rds/instance/shop-1/audit/shop-1", "shop-1", "shop-1"),
            ("/aws/rds/cluster/shop/audit/shop-1.audit.log.0", "shop-1", "shop"),
            ("/aws/rds/cluster/shop/audit", "", "shop"),
            ("/aws/redshift/cluster/dwh/connectionlog", "", "dwh"),
            (file, "", "dwh"),
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
