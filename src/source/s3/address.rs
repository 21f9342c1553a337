//! `s3://bucket/prefix`, or `s3://ARN-of-an-access-point/prefix`; folders of the prefix may be one of
//! several, as a [`Scope`] says.

use crate::event::scope::Scope;

/// What stands before the bucket.
pub(in crate::source) use crate::source::choices::BUCKETS as SCHEME;

/// Where in S3 a source begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// A bucket's name, or the ARN of an access point.
    pub(super) bucket: String,
    /// What keys begin with.
    pub(super) scope: Scope,
}

impl Address {
    /// `None` if it is no address in S3; an error says what is wrong with one.
    pub(super) fn parse(argument: &str) -> Option<Result<Self, String>> {
        let rest = argument.strip_prefix(SCHEME)?;
        Some(if rest.starts_with("arn:") { Self::of_arn(rest) } else { Self::of_bucket(rest) })
    }

    fn of_bucket(rest: &str) -> Result<Self, String> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if !(3..=255).contains(&bucket.len()) || !bucket.bytes().all(plain) {
            return Err(format!("{bucket:?} is no name of a bucket; write s3://BUCKET/PREFIX"));
        }
        Ok(Self { bucket: bucket.to_owned(), scope: Scope::of(prefix) })
    }

    /// `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME[/PREFIX]`; both `/` and `:` may stand before the
    /// name.
    fn of_arn(rest: &str) -> Result<Self, String> {
        let wrong = || {
            "is no ARN of an access point; write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/PREFIX"
                .to_owned()
        };
        let (before, after) = rest.split_once(":accesspoint").ok_or_else(wrong)?;
        let after = after.strip_prefix(['/', ':']).ok_or_else(wrong)?;
        let (name, prefix) = after.split_once('/').unwrap_or((after, ""));
        let parts: Vec<&str> = before.split(':').collect();
        let is_whole = matches!(parts.as_slice(), ["arn", _, "s3", region, account]
            if !region.is_empty() && account.len() == 12);
        if !is_whole || name.is_empty() {
            return Err(wrong());
        }
        let bucket = format!("{before}:accesspoint/{name}");
        Ok(Self { bucket, scope: Scope::of(prefix) })
    }

    /// Whether it is no bucket's own name.
    pub(super) fn is_access_point(&self) -> bool {
        self.bucket.starts_with("arn:")
    }

    /// What people call an object of this key.
    pub(super) fn path(&self, key: &str) -> String {
        format!("{SCHEME}{}/{key}", self.bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket, and what all keys begin with.
    fn parse(text: &str) -> Result<(String, String), String> {
        Address::parse(text).unwrap().map(|it| (it.bucket, it.scope.literal().to_owned()))
    }

    #[test]
    fn buckets_and_access_points_with_and_without_a_prefix() {
        let is = |text: &str, bucket: &str, prefix: &str| {
            assert_eq!(parse(text), Ok((bucket.to_owned(), prefix.to_owned())), "{text}");
        };
        is("s3://logs", "logs", "");
        is("s3://logs/", "logs", "");
        is("s3://my.logs-1/AWSLogs/1", "my.logs-1", "AWSLogs/1");
        let arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/audit";
        is(&format!("s3://{arn}"), arn, "");
        is(&format!("s3://{arn}/AWSLogs/"), arn, "AWSLogs/");
        is("s3://logs/AWSLogs/{1,2}/*/", "logs", "AWSLogs/");
        is("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint:audit/a", arn, "a");
    }

    #[test]
    fn what_is_none_says_how_one_is_written() {
        assert_eq!(Address::parse("/data"), None);
        for text in ["s3://", "s3:///a", "s3://a b/c", "s3://arn:aws:s3:::logs/a"] {
            assert!(parse(text).unwrap_err().contains("write s3://"), "{text}");
        }
    }
}
