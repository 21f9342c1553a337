//! Names of whom and what alarms are about, where there is no room for all of them.

/// The end of a long name, which tells it from others: of an ARN the resource, without the kind of
/// those who do something. Of an address every part does.
pub(super) fn short(value: &str) -> &str {
    let Some(arn) = value.strip_prefix("arn:") else { return value };
    let resource = arn.splitn(5, ':').nth(4).unwrap_or(value);
    let is_somebody = matches!(arn.split(':').nth(1), Some("iam" | "sts"));
    let kind = resource.split_once('/').filter(|(_, name)| is_somebody && !name.is_empty());
    kind.map_or(resource, |(_, name)| name)
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
            ("", ""),
        ] {
            assert_eq!(short(value), end, "{value}");
        }
    }
}
