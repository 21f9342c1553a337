//! What an object's name says of the records in it, where AWS named it: account and Region of the
//! S3 layouts, the interface or instance that a log stream is named after.
//!
//! Source: the user guides of the services that write `AWSLogs/[o-ORG/]ACCOUNT/SERVICE/REGION/`
//! or, in Hive style, `AWSLogs/aws-account-id=ACCOUNT/aws-service=SERVICE/aws-region=REGION/`.

use super::envelope::Fallback;

/// Reads an object's name. A name is only a name: what the records say themselves goes first.
pub(super) fn read(key: &str) -> Fallback {
    let mut parts = key.split(['/', '!']);
    let mut found = Fallback::default();
    if parts.by_ref().any(|part| part == "AWSLogs") {
        let mut parts = parts.clone();
        let mut first = parts.next().unwrap_or("");
        if first.starts_with("o-") {
            first = parts.next().unwrap_or("");
        }
        let account = first.strip_prefix("aws-account-id=").unwrap_or(first);
        let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        found.account = digits.then(|| account.to_owned());
        let region = parts.nth(1).unwrap_or("");
        let region = region.strip_prefix("aws-region=").unwrap_or(region);
        found.region = (digits && is_region(region)).then(|| region.to_owned());
    }
    let named = |prefix: &str| {
        let id = key.split(['/', '!']).find(|part| part.starts_with(prefix))?;
        let end = id[prefix.len()..].find(|c: char| !c.is_ascii_hexdigit());
        let id = &id[..end.map_or(id.len(), |end| prefix.len() + end)];
        matches!(id.len() - prefix.len(), 8 | 17).then(|| id.to_owned())
    };
    found.interface = named("eni-");
    found.instance = named("i-");
    found
}

/// `eu-west-1`, `us-gov-west-1`: words, then a number.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().is_some_and(|number| {
        matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let words: Vec<&str> = parts.collect();
    let is_word =
        |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    number && words.len() >= 2 && words.iter().all(is_word)
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
    fn streams_are_named_after_what_writes_them() {
        let found = read("export/task-1/eni-0a1b2c3d4e5f60718-all/000000.gz");
        assert_eq!(found.interface.as_deref(), Some("eni-0a1b2c3d4e5f60718"));
        let found = read("export/task-1/i-0a1b2c3d4e5f60718/000000.gz");
        assert_eq!(found.instance.as_deref(), Some("i-0a1b2c3d4e5f60718"));
        assert_eq!(read("i-am-a-file/eni-not.log"), Fallback::default());
    }
}
