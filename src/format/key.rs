//! What an object's name says of the records in it, where AWS named it: account and Region of the
//! [layout of buckets](crate::event::layout) or of the file's own name, the interface or instance that
//! a log stream is named after, the command whose output it is.

use super::detect::is_uuid;
use super::envelope::{Command, Fallback};
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
        environment(key, &mut found);
        command(key, &mut found);
    }
    named(key, &mut found);
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
        found.resource = found.resource.or_else(|| resource(key));
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

/// Files of many services say whose they are, wherever they lie:
/// `ACCOUNT_SERVICE_REGION_…`, with a part of a service between for some.
fn named(key: &str, found: &mut Fallback) {
    let name = key.rsplit(['/', '!']).next().unwrap_or(key);
    let mut parts = name.split('_');
    let account = parts.next().filter(|part| is_number(part, 12));
    let region = account.and_then(|_| parts.skip(1).take(2).find(|part| is_region(part)));
    if let (Some(account), Some(region)) = (account, region) {
        found.account.get_or_insert_with(|| account.to_owned());
        found.region.get_or_insert_with(|| region.to_owned());
    }
}

/// The bucket in which Elastic Beanstalk keeps the logs of its environments:
/// `elasticbeanstalk-REGION-ACCOUNT/resources/environments/…`.
fn environment(key: &str, found: &mut Fallback) {
    let named = |folder: &str| {
        let name = folder.strip_prefix("elasticbeanstalk-")?;
        let (region, account) = name.rsplit_once('-')?;
        let is_so = is_region(region) && is_number(account, 12);
        is_so.then(|| (region.to_owned(), account.to_owned()))
    };
    if key.contains("elasticbeanstalk-")
        && let Some((region, account)) = key.split(['/', '!']).find_map(named)
    {
        found.account.get_or_insert(account);
        found.region.get_or_insert(region);
    }
}

/// What a command of Systems Manager wrote, in a bucket or a log group:
/// `…/COMMAND/INSTANCE/STEP[/…]/stdout`, or `stderr`.
fn command(key: &str, found: &mut Fallback) {
    let Some((folders, output)) = key.rsplit_once('/') else { return };
    if !matches!(output, "stdout" | "stderr") {
        return;
    }
    let is_instance = |name: &str| {
        let digits = name.strip_prefix("mi-").or_else(|| name.strip_prefix("i-"));
        digits.is_some_and(|digits| {
            digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        })
    };
    let folders: Vec<&str> = folders.split(['/', '!']).collect();
    for window in folders.windows(3).rev() {
        if let &[id, instance, step] = window
            && is_uuid(id.as_bytes())
            && is_instance(instance)
        {
            found.instance = Some(instance.to_owned());
            found.resource = Some(instance.to_owned());
            let [id, step, output] = [id, step, output].map(str::to_owned);
            found.command = Some(Box::new(Command { id, step, output }));
            return;
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
    if memchr_iter(b'/', key.as_bytes()).count() < 5 {
        return;
    }
    let folders: Vec<&str> = key.split(['/', '!']).collect();
    for window in folders.windows(6) {
        let &[account, region, _, year, month, day] = window else { continue };
        let dated = is_number(year, 4) && is_number(month, 2) && is_number(day, 2);
        if dated && is_number(account, 12) && is_region(region) {
            found.account.get_or_insert_with(|| account.to_owned());
            found.region.get_or_insert_with(|| region.to_owned());
        }
    }
}

/// So many digits, and nothing else.
fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
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
        let both = ["111122223333", "eu-west-1"];
        for (key, [account, region]) in [
            ("AWSLogs/111122223333/vpcflowlogs/eu-west-1/TAIL", both),
            (
                "p/q/AWSLogs/o-ab12cd34ef/111122223333/elasticloadbalancing/us-gov-west-1/TAIL",
                ["111122223333", "us-gov-west-1"],
            ),
            (
                "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/TAIL",
                both,
            ),
            ("AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a1b2c3d/TAIL", ["111122223333", ""]),
            ("logs/111122223333/eu-west-1/photos/2026/03/04/2026-03-04-10-00-00-A1", both),
            ("/b.tar!111122223333/eu-west-1/photos/2026/03/04/2026-03-04-10-00-00-A1", both),
            ("/cases/7/AWSLogs/111122223333/vpcflowlogs/eu-west-1/TAIL", both),
            ("s3://logs/AWSLogs/111122223333/vpcflowlogs/eu-west-1/TAIL", both),
            (
                "111122223333_elasticloadbalancing_eu-west-1_net.shop.0a1b_20260304T1000Z_1a2b.log",
                both,
            ),
            ("a.zip!111122223333_network-firewall_tls_eu-west-1_fw_202603041000_0a1b.log.gz", both),
            (
                "AWSLogs/444455556666/x/111122223333_vpcflowlogs_eu-west-1_fl-0a1b.log",
                ["444455556666", "eu-west-1"],
            ),
            ("s3://elasticbeanstalk-eu-west-1-111122223333/resources/TAIL", both),
            ("elasticbeanstalk-eu-west-1-111122223333/resources/environments/TAIL", both),
            ("elasticbeanstalk-samples-eu-west-1/TAIL", [""; 2]),
            // Both, or nothing: other names have twelve digits too.
            ("111122223333_notes_of_eve.log", [""; 2]),
            ("111122223333_eu-west-1.log", [""; 2]),
            ("AWSLogs/alice/vpcflowlogs/eu-west-1/TAIL", [""; 2]),
            ("logs/111122223333/x/eu-west-1/TAIL", [""; 2]),
        ] {
            let key = key.replace("TAIL", tail);
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
    fn the_output_of_commands_is_known_by_its_place() {
        let (id, instance) = ("0a1b2c3d-1111-2222-3333-444455556666", "i-0a1b2c3d4e5f60718");
        for (key, is) in [
            (format!("out/{id}/{instance}/awsrunShellScript/0.awsrunShellScript/stdout"), true),
            (
                format!("/aws/ssm/AWS-RunShellScript/{id}/{instance}/aws-runShellScript/stderr"),
                true,
            ),
            (format!("{id}/mi-0a1b2c3d4e5f60718/step/stdout"), true),
            (format!("a.zip!{id}/{instance}/step/stdout"), true),
            (format!("{id}/{instance}/stdout"), false),
            (format!("{id}/{instance}/step/stdout.txt"), false),
            (format!("{id}/web-1/step/stdout"), false),
            (format!("1/{instance}/step/stdout"), false),
            ("stdout".to_owned(), false),
        ] {
            let found = read(&key);
            assert_eq!(found.command.is_some(), is, "{key}");
            if let Some(command) = found.command {
                assert_eq!(command.id, id);
                assert!(["stdout", "stderr"].contains(&&*command.output));
                assert_eq!(found.resource, found.instance);
            }
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
