//! What an argument may name in AWS.

use crate::source::logs::{self, Logs};
use crate::source::s3::{self, S3};
use crate::source::{Means, Source, SourceError};

type Opened = Result<Box<dyn Source>, SourceError>;

/// Whether an argument names something in AWS.
pub(in crate::source) fn is_named(argument: &str) -> bool {
    [s3::SCHEME, logs::SCHEME].iter().any(|scheme| argument.starts_with(scheme))
}

/// The source that an argument names; `None` if it names nothing in AWS.
pub(in crate::source) fn open(argument: &str, means: &Means) -> Option<Opened> {
    let bucket = S3::new(argument, means).map(|opened| opened.map(boxed));
    bucket.or_else(|| Logs::new(argument, means).map(|opened| opened.map(boxed)))
}

fn boxed(source: impl Source + 'static) -> Box<dyn Source> {
    Box::new(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_says_how_one_is_written() {
        let told = |argument| {
            let opened = open(argument, &Means::default()).unwrap();
            opened.err().map(|error| error.to_string()).unwrap()
        };
        assert!(told("s3://a b/c").contains("write s3://BUCKET/PREFIX"));
        assert!(told("logs://a b").contains("write logs://GROUP"));
        assert!(open("athena://x", &Means::default()).is_none());
    }
}
