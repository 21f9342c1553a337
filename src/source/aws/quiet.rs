//! Services that did not answer a moment ago. Sources are listed one after the other, and where
//! nobody answers each would wait as long as the first: with ten of them, for minutes.

use super::{Aws, Failure, lock};
use crate::event::ReasonKind;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// So long nobody is asked again. A source that waits for the one before it comes at once, and a
/// person who asks again takes longer.
const MOMENT: Duration = Duration::from_secs(3);

/// When all attempts at a service had failed, and how.
#[derive(Default)]
pub(super) struct Quiet(Mutex<HashMap<String, (Instant, Failure)>>);

impl Quiet {
    fn of(&self, service: &str) -> Option<Failure> {
        let known = lock(&self.0);
        let (at, failure) = known.get(service)?;
        (at.elapsed() < MOMENT).then(|| failure.clone())
    }
}

impl Aws {
    /// The first question of a source. Where nobody answered such a question a moment ago, nobody is
    /// asked, and the failure is that one.
    pub(in crate::source) async fn first<T, E>(
        &self,
        service: &str,
        asked: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> Result<Result<T, SdkError<E>>, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(failure) = self.0.quiet.of(service) {
            return Err(failure);
        }
        let answer = asked.await;
        if let Err(error) = &answer
            && let failure = Failure::of(error)
            && failure.is_silence()
        {
            let at = Instant::now();
            lock(&self.0.quiet.0).insert(service.to_owned(), (at, failure));
        }
        Ok(answer)
    }
}

impl Failure {
    /// Whether nobody answered at all, whoever it was who asked.
    fn is_silence(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Way(words) => super::failure::kind_of_way(words) == ReasonKind::Io,
            Self::Service { .. } => false,
        }
    }
}
