//! What makers of tokens begin them with, so that they are known wherever they stand, as the makers
//! document it.

use super::super::find::{Found, is_free};
use super::super::kinds::Kind;
use super::values;
use std::ops::Range;

pub(super) struct Mark {
    pub(super) begins: &'static str,
    /// Letters, digits and these follow, so many at least.
    also: &'static [u8],
    least: usize,
}

const fn mark(begins: &'static str, also: &'static [u8], least: usize) -> Mark {
    Mark { begins, also, least }
}

// GitHub, GitLab, Slack, Stripe, Google, npm, PyPI, SendGrid, Hugging Face, Anthropic, OpenAI,
// DigitalOcean, Shopify.
pub(super) const MARKS: &[Mark] = &[
    mark("ghp_", b"", 16),
    mark("gho_", b"", 16),
    mark("ghu_", b"", 16),
    mark("ghs_", b"", 16),
    mark("ghr_", b"", 16),
    mark("github_pat_", b"_", 16),
    mark("glpat-", b"_-.", 16),
    mark("xoxa-", b"-", 10),
    mark("xoxb-", b"-", 10),
    mark("xoxe-", b"-", 10),
    mark("xoxo-", b"-", 10),
    mark("xoxp-", b"-", 10),
    mark("xoxr-", b"-", 10),
    mark("xoxs-", b"-", 10),
    mark("xapp-", b"-", 10),
    mark("sk_live_", b"", 10),
    mark("sk_test_", b"", 10),
    mark("rk_live_", b"", 10),
    mark("rk_test_", b"", 10),
    mark("whsec_", b"", 16),
    mark("AIza", b"_-", 30),
    mark("npm_", b"", 30),
    mark("pypi-", b"_-", 40),
    mark("SG.", b"_-.", 32),
    mark("hf_", b"", 20),
    mark("sk-ant-", b"_-", 20),
    mark("sk-proj-", b"_-", 20),
    mark("dop_v1_", b"", 40),
    mark("shpat_", b"", 32),
];

/// The token that begins with the mark at this place, if one does.
pub(super) fn token(bytes: &[u8], at: Range<usize>, mark: &Mark) -> Option<Found> {
    if bytes[at.clone()] != *mark.begins.as_bytes() {
        return None;
    }
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || mark.also.contains(byte);
    let mut length = bytes[at.end..].iter().take_while(is_part).count();
    // A sentence may end behind it.
    while length > 0 && matches!(bytes[at.end + length - 1], b'.' | b'-') {
        length -= 1;
    }
    let range = at.start..at.end + length;
    let is_one = length >= mark.least && is_free(bytes, &range, Kind::Name);
    is_one.then(|| Found::new(range.clone(), Kind::Secret, values::lossy(&bytes[range])))
}
