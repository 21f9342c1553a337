//! Asking again: what a busy service or a lost network keeps is asked for once more, and who looks on
//! sees that it waits. The SDK tries a few times within seconds and says nothing of it; here is what
//! takes longer.
//!
//! "Retry behavior" of the AWS SDKs and Tools Reference Guide: exponential, with a random part, so
//! that those who were turned away together do not come back together.

use super::Aws;
use super::failure::Failure;
use crate::source::traffic::{Traffic, Why};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The longest that a service that has answered before is waited for: where nobody may be there to
/// see it, and where somebody sees it and can call it off.
const BRIEF: Duration = Duration::from_mins(1);
pub const PATIENT: Duration = Duration::from_mins(10);

/// Time between two attempts, at first and at last.
const FIRST: Duration = Duration::from_millis(500);
const LAST: Duration = Duration::from_secs(10);

/// One service, as one source asks it.
#[derive(Debug)]
pub(in crate::source) struct Patience {
    aws: Aws,
    service: &'static str,
    /// It has answered. One that never did is more likely to be misnamed than to be away, and a
    /// person who waits for it learns nothing.
    has_answered: AtomicBool,
}

impl Aws {
    /// What is asked again is waited for no longer than this, all attempts together.
    pub fn wait_at_most(&self, time: Duration) {
        *super::lock(&self.0.patience) = Some(time);
    }

    fn most(&self) -> Duration {
        super::lock(&self.0.patience).unwrap_or(BRIEF)
    }

    /// What is on its way, and what keeps it.
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    pub(in crate::source) fn patience(&self, service: &'static str) -> Patience {
        Patience { aws: self.clone(), service, has_answered: AtomicBool::new(false) }
    }
}

impl Patience {
    /// Asks until there is an answer, a refusal that waiting does not mend, or no patience left.
    pub(in crate::source) async fn ask<T, E, F>(
        &self,
        ask: impl Fn() -> F,
    ) -> Result<T, SdkError<E>>
    where
        F: Future<Output = Result<T, SdkError<E>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (mut hold, mut pause) = (None, FIRST);
        let begun = Instant::now();
        loop {
            let answer = ask().await;
            let why = answer.as_ref().err().and_then(why);
            let is_answer = matches!(answer, Ok(_) | Err(SdkError::ServiceError(_)));
            if is_answer && matches!(why, None | Some(Why::Throttled)) {
                self.has_answered.store(true, Ordering::Relaxed);
            }
            let Some(why) = why else { return answer };
            let jittered = pause.mul_f64(0.5 + chance() / 2.0);
            let is_over = begun.elapsed() + jittered > self.aws.most();
            if is_over || !self.has_answered.load(Ordering::Relaxed) {
                return answer;
            }
            match &hold {
                None => hold = Some(self.aws.traffic().hold(self.service, why, jittered)),
                Some(hold) => hold.on(why, jittered),
            }
            tokio::time::sleep(jittered).await;
            pause = (pause * 2).min(LAST);
        }
    }

    /// Waits before what broke off is asked for again.
    pub(in crate::source) async fn pause(&self, pause: Duration) {
        let _hold = self.aws.traffic().hold(self.service, Why::Unreached, pause);
        tokio::time::sleep(pause).await;
    }
}

/// Why it may be answered later, if it may.
fn why<E>(error: &SdkError<E>) -> Option<Why>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => Some(Why::Unreached),
        SdkError::DispatchFailure(failure) => {
            let broke_off = failure.as_other().is_some();
            (failure.is_io() || failure.is_timeout() || broke_off).then_some(Why::Unreached)
        }
        SdkError::ServiceError(answer) => match answer.raw().status().as_u16() {
            _ if Failure::of(error).is_throttled() => Some(Why::Throttled),
            429 => Some(Why::Throttled),
            // What a service does not know, some answer with 500.
            502..=504 => Some(Why::Failing),
            _ => None,
        },
        SdkError::ResponseError(answer) => match answer.raw().status().as_u16() {
            502..=504 => Some(Why::Failing),
            // It was cut off.
            200 => Some(Why::Unreached),
            _ => None,
        },
        _ => None,
    }
}

/// Something between 0 and 1.
fn chance() -> f64 {
    let bits = RandomState::new().hash_one(0_u8) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Cancel, Reason, ReasonKind};
    use aws_sdk_s3::operation::get_object::GetObjectError;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    type Asked = Result<(), SdkError<GetObjectError>>;

    async fn away() -> Asked {
        Err(SdkError::timeout_error("silent"))
    }

    /// Runs on the runtime of the way to AWS; gives what came of it.
    fn run(aws: &Aws, cancel: &Cancel, work: impl Future<Output = Asked>) -> Result<bool, Reason> {
        aws.wait(cancel, Box::pin(async { Ok(work.await.is_ok()) }))
    }

    #[test]
    fn what_was_answered_before_is_waited_for_and_that_is_seen() {
        let aws = Aws::default();
        aws.wait_at_most(PATIENT);
        let (patience, asked) = (aws.patience("S3"), AtomicUsize::new(0));
        let ask = || async {
            // The first is answered, the next two are not.
            match asked.fetch_add(1, Ordering::Relaxed) {
                1 | 2 => away().await,
                _ => Ok(()),
            }
        };
        let never = Cancel::new();
        assert_eq!(run(&aws, &never, patience.ask(ask)), Ok(true));
        let traffic = aws.traffic().clone();
        let (sender, told) = std::sync::mpsc::channel();
        let seen = traffic.clone();
        traffic.wake(move || {
            let _ = sender.send(seen.now().held.map(|held| (held.why, held.requests)));
        });
        assert_eq!(run(&aws, &never, patience.ask(ask)), Ok(true));
        let told: Vec<_> = told.try_iter().collect();
        let waits = Some((Why::Unreached, 1));
        assert_eq!(told, [waits, waits, None]);
    }

    #[test]
    fn what_never_answered_and_what_stays_away_is_given_up() {
        let aws = Aws::default();
        aws.wait_at_most(Duration::from_millis(600));
        let (patience, asked) = (aws.patience("S3"), AtomicUsize::new(0));
        let ask = || async {
            asked.fetch_add(1, Ordering::Relaxed);
            away().await
        };
        let never = Cancel::new();
        assert_eq!(run(&aws, &never, patience.ask(ask)), Ok(false));
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert_eq!(run(&aws, &never, patience.ask(|| async { Asked::Ok(()) })), Ok(true));
        assert_eq!(run(&aws, &never, patience.ask(ask)), Ok(false));
        assert_eq!((asked.load(Ordering::Relaxed), aws.traffic().now().held), (3, None));
    }

    #[test]
    fn waiting_is_called_off_at_once() {
        let aws = Aws::default();
        aws.wait_at_most(PATIENT);
        let patience = aws.patience("S3");
        let cancel = Cancel::new();
        assert_eq!(run(&aws, &cancel, patience.ask(|| async { Asked::Ok(()) })), Ok(true));
        let (called_off, at) = (cancel.clone(), Arc::new(std::sync::Mutex::new(None)));
        let when = Arc::clone(&at);
        aws.traffic().wake(move || {
            when.lock().unwrap().get_or_insert_with(Instant::now);
            called_off.cancel();
        });
        let came = run(&aws, &cancel, patience.ask(away));
        assert_eq!(came.unwrap_err().kind, ReasonKind::Cancelled);
        let waited = at.lock().unwrap().unwrap().elapsed();
        assert!(waited < Duration::from_millis(100), "{waited:?}");
        assert_eq!(aws.traffic().now().held, None);
    }
}
