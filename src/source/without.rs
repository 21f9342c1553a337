//! What stands in for AWS in a program that was built without it, under the same names: nothing is
//! asked, and whoever names something of AWS is told how to come by a program that can.
//!
//! Its tests run in every build.

#![allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "the signatures are those of what it stands in for"
)]

#[cfg(not(feature = "aws"))]
#[path = "aws/policy.rs"]
pub mod policy;

use super::choices::{BUCKETS, GROUPS};
use super::{Choices, Means, Source, SourceError, Traffic};
use crate::event::{Cancel, Code, CodeWanted, Reason, ReasonKind};
use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

const WITHOUT: &str = "this trailcase was built without AWS; `cargo install --locked --path .` in a \
     clone, without --no-default-features, builds one with it";

/// No service keeps anybody waiting.
pub const PATIENT: Duration = Duration::ZERO;

fn reason() -> Reason {
    Reason::new(ReasonKind::Unsupported, WITHOUT)
}

/// Whether an argument names something in AWS.
pub(super) fn is_named(argument: &str) -> bool {
    [BUCKETS, GROUPS].iter().any(|scheme| argument.starts_with(scheme))
}

/// The source that an argument names; `None` if it names nothing in AWS.
pub(super) fn open(argument: &str, _: &Means) -> Option<Result<Box<dyn Source>, SourceError>> {
    let (argument, message) = (argument.to_owned(), WITHOUT.to_owned());
    is_named(&argument).then_some(Err(SourceError::Io { argument, message }))
}

/// There is nothing to choose among.
pub(super) fn choose(
    _: &str,
    _: &Means,
    _: &Cancel,
    _: &mut dyn FnMut(Choices),
) -> Result<(), Reason> {
    Err(reason())
}

/// What the person asked for.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub profile: Option<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Aws(Traffic);

impl Aws {
    pub fn new(_: Settings) -> Self {
        Self::default()
    }

    pub fn wants_code(&self) -> Option<String> {
        None
    }

    pub fn code_wanted(&self) -> Option<CodeWanted> {
        None
    }

    pub fn give_code(&self, _: Code) {}

    pub fn take_role(&self) -> Result<(), Reason> {
        Err(reason())
    }

    pub fn traffic(&self) -> &Traffic {
        &self.0
    }

    pub fn wait_at_most(&self, _: Duration) {}

    pub fn identity(&self, _: &Cancel) -> Result<Infallible, Reason> {
        Err(reason())
    }
}

/// Nothing is fetched that would have to be kept.
#[derive(Debug, Clone)]
pub struct Vault;

impl Vault {
    pub fn at(_: PathBuf) -> Self {
        Self
    }

    pub fn temporary() -> Self {
        Self
    }
}

pub mod cloudtrail {
    use super::{Aws, reason};
    use crate::event::{Cancel, Reason, Timestamp};

    #[derive(Debug, Clone)]
    pub struct Wanted {
        pub region: String,
        pub from: Timestamp,
        pub to: Timestamp,
    }

    /// One refusal says it for all.
    pub fn public_keys(_: &Aws, _: &[Wanted], _: &Cancel) -> Vec<Result<Vec<u8>, Reason>> {
        vec![Err(reason())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::aws;

    #[test]
    fn what_names_something_in_aws_is_refused_in_one_sentence() {
        for name in
            ["s3://logs/AWSLogs", "logs:///aws/lambda/fn", "s3://", "/data", "athena://x", "-"]
        {
            assert_eq!(is_named(name), aws::is_named(name), "{name}");
            let refused = open(name, &Means::default()).map(|opened| opened.err().unwrap());
            let told = refused.map(|error| error.to_string());
            let wanted = format!("{name}: {WITHOUT}");
            assert_eq!(told, is_named(name).then_some(wanted));
        }
    }

    #[test]
    fn nobody_is_asked_who_one_is_for_a_code_or_for_keys() {
        let aws = Aws::new(Settings { profile: Some("audit".to_owned()), ..Settings::default() });
        assert_eq!(aws.wants_code(), None);
        assert_eq!(aws.identity(&Cancel::new()).map(|_| ()), Err(reason()));
        aws.give_code(Code::parse("123456").unwrap());
        assert_eq!(aws.take_role(), Err(reason()));
        let choices = choose("s3://", &Means::default(), &Cancel::new(), &mut |_| ());
        assert_eq!(choices, Err(reason()));
        let wanted = Vec::new();
        assert_eq!(cloudtrail::public_keys(&aws, &wanted, &Cancel::new()), [Err(reason())]);
    }
}
