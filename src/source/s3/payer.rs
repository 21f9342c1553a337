//! Who pays for reading a bucket, and saying that one does.
//!
//! "Using Requester Pays general purpose buckets": Amazon S3 User Guide. Without the header such a
//! bucket refuses like any other, and does not say why.

use super::{Place, facts};
use crate::event::{Cancel, Reason, ReasonKind};
use crate::source::aws::NOT_ALLOWED;
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;

/// Says with each request that whoever asks pays.
#[derive(Debug)]
pub(super) struct RequesterPays;

impl Intercept for RequesterPays {
    fn name(&self) -> &'static str {
        "RequesterPays"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().headers_mut().insert("x-amz-request-payer", "requester");
        Ok(())
    }
}

impl Place {
    /// A refusal, with what else may be behind it.
    pub(super) fn hinted(&self, mut reason: Reason, cancel: &Cancel) -> Reason {
        let is_refusal =
            reason.kind == ReasonKind::Permission && reason.detail.starts_with(NOT_ALLOWED);
        if is_refusal && !self.requester_pays {
            let ask = || self.aws.wait(cancel, Box::pin(facts::requester_pays(self))).ok();
            reason.detail.push_str(match self.payer.get_or_init(ask) {
                Some(false) => "",
                Some(true) => "; its bucket lets the requester pay: --requester-pays agrees to it",
                None => "; if its bucket lets the requester pay, --requester-pays agrees to it",
            });
        }
        reason
    }
}
