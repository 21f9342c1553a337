//! What an argument may name in AWS.

use crate::event::{Cancel, Reason, ReasonKind};
use crate::source::logs::{self, Logs};
use crate::source::s3::{self, S3};
use crate::source::{Choices, Means, Source, SourceError};

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

/// Tells what there is to choose among below an address, and tells it again as more of it is known.
pub(in crate::source) fn choose(
    address: &str,
    means: &Means,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Choices),
) -> Result<(), Reason> {
    match address {
        s3::SCHEME => s3::buckets(means, cancel).map(emit),
        logs::SCHEME => logs::groups(means, cancel, emit),
        _ if address.starts_with(s3::SCHEME) => s3::folders(address, means, cancel).map(emit),
        _ if address.starts_with(logs::SCHEME) => logs::streams(address, means, cancel).map(emit),
        _ => Err(Reason::new(ReasonKind::NotFound, "is no address to choose at")),
    }
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
