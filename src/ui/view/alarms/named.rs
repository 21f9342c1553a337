//! Names of whom and what alarms are about, where there is no room for all of them.

/// The end of a long name, which tells it from others: of a log file the time and what follows it, of
/// an ARN the resource, without the kind of those who do something. Of an address every part does.
pub(super) fn short(value: &str) -> &str {
    if let Some(dated) = dated(value) {
        return dated;
    }
    let Some(arn) = value.strip_prefix("arn:") else { return value };
    let resource = arn.splitn(5, ':').nth(4).unwrap_or(value);
    let is_somebody = matches!(arn.split(':').nth(1), Some("iam" | "sts"));
    let kind = resource.split_once('/').filter(|(_, name)| is_somebody && !name.is_empty());
    kind.map_or(resource, |(_, name)| name)
}

/// A log file's name from its time on, as all of them have it that AWS delivers to a bucket: before it
/// they have account, service and region, and share them.
fn dated(path: &str) -> Option<&str> {
    let (_, file) = path.rsplit_once('/')?;
    let mut parts = file.match_indices('_').map(|(at, _)| &file[at + 1..]);
    parts.find(|rest| match rest.as_bytes().split_at_checked(8) {
        Some((day, [b'T', ..])) => day.iter().all(u8::is_ascii_digit),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn the_end_of_a_name_tells_it_from_others() {
        for (value, end) in [
            ("arn:aws:sts::111122223333:assumed-role/Admin/maint", "Admin/maint"),
            ("arn:aws:iam::111122223333:user/al", "al"),
            ("arn:aws:iam::111122223333:root", "root"),
            ("arn:aws:s3:::bucket/a/b", "bucket/a/b"),
            ("arn:aws:cloudtrail:eu-central-1:111122223333:trail/org", "trail/org"),
            ("arn:aws:rds:eu-central-1:111122223333:db:orders", "db:orders"),
            ("arn:aws:iam", "arn:aws:iam"),
            ("2001:db8::1", "2001:db8::1"),
            (
                "AWSLogs/1/CloudTrail/eu-west-1/2026/03/04/1_CloudTrail_eu-west-1_20260304T1105Z_Wy.json.gz",
                "20260304T1105Z_Wy.json.gz",
            ),
            (
                "arn:aws:s3:::bucket/1_vpcflowlogs_20260304T1105Z_a.log.gz",
                "20260304T1105Z_a.log.gz",
            ),
            ("reports/q1_20260304", "reports/q1_20260304"),
            ("", ""),
        ] {
            assert_eq!(short(value), end, "{value}");
        }
    }
}
