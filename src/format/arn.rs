//! Names of resources of AWS, as far as they say where the resource is.

use super::text::split_once;
use crate::event::layout::is_region;

/// The parts of `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) service: &'a str,
    /// Nothing, for what is in no Region.
    pub(super) region: Option<&'a str>,
    /// Nothing, for what is of no account.
    pub(super) account: Option<&'a str>,
    /// Whatever stands behind the account, colons among it.
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (_, rest) = split_once(text.strip_prefix("arn:")?, b':')?;
        let (service, rest) = split_once(rest, b':')?;
        let (region, rest) = split_once(rest, b':')?;
        let (account, resource) = split_once(rest, b':')?;
        let region = Some(region).filter(|region| is_region(region));
        let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let account = Some(account).filter(|_| digits);
        Some(Self { service, region, account, resource })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_what_they_look_like_or_are_not_there() {
        let read =
            |text| Arn::read(text).map(|arn| (arn.service, arn.region, arn.account, arn.resource));
        assert_eq!(
            read("arn:aws:ecs:eu-west-1:111122223333:task/web/0a1b"),
            Some(("ecs", Some("eu-west-1"), Some("111122223333"), "task/web/0a1b"))
        );
        assert_eq!(read("arn:aws:s3:::logs"), Some(("s3", None, None, "logs")));
        let alarm = read("arn:aws:cloudwatch:REGION:ACCOUNT:alarm:a:b");
        assert_eq!(alarm, Some(("cloudwatch", None, None, "alarm:a:b")));
        assert_eq!(read("arn:aws:s3"), None);
        assert_eq!(read("s3:::logs"), None);
    }
}
