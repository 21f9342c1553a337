//! The public keys with which CloudTrail signs its digests, asked of itself.
//!
//! `ListPublicKeys`: "AWS CloudTrail API Reference". Each Region has its own keys.

use super::json::{self, Service};
use super::policy::LIST_KEYS;
use super::{Asked, Aws, unless};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const CLOUDTRAIL: Service = Service {
    id: "CloudTrail",
    host: "cloudtrail",
    target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
};

/// Pages of one answer at most; one that never ends is none.
const PAGES: usize = 1000;

/// The keys of one Region over a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub region: String,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What `aws cloudtrail list-public-keys` prints for each of them, in their order; or why there is
/// nothing.
pub fn public_keys(aws: &Aws, wanted: &[Wanted], cancel: &Cancel) -> Vec<Result<Vec<u8>, Reason>> {
    let all = async {
        let mut tasks = JoinSet::new();
        for (number, one) in wanted.iter().enumerate() {
            let (aws, one, cancel) = (aws.clone(), one.clone(), cancel.clone());
            let asked = async move { unless(&cancel, Box::pin(list(&aws, &one))).await };
            tasks.spawn(async move { (number, asked.await) });
        }
        let mut answers: Vec<_> = wanted.iter().map(|_| Err(broken())).collect();
        while let Some(done) = tasks.join_next().await {
            if let Ok((number, answer)) = done {
                answers[number] = answer;
            }
        }
        Ok(answers)
    };
    aws.wait(cancel, Box::pin(all))
        .unwrap_or_else(|reason: Reason| wanted.iter().map(|_| Err(reason.clone())).collect())
}

fn broken() -> Reason {
    Reason::new(ReasonKind::Io, "asking broke off")
}

async fn list(aws: &Aws, wanted: &Wanted) -> Result<Vec<u8>, Reason> {
    let Wanted { region, from, to } = wanted;
    json::check_region(region)?;
    let config = aws.config().await?;
    let (mut keys, mut next) = (Vec::new(), None::<String>);
    for _ in 0..PAGES {
        let mut input = json!({"StartTime": seconds(*from), "EndTime": seconds(*to)});
        if let Some(token) = &next {
            input["NextToken"] = json!(token);
        }
        let asked = ("ListPublicKeys", &input);
        let answer = json::ask((aws.settings(), &config), CLOUDTRAIL, region, asked).await;
        let asked = Asked { permission: LIST_KEYS, on: "*" };
        let mut answer = answer.map_err(|failure| aws.note(failure.reason(asked)))?;
        if let Some(Value::Array(page)) = answer.get_mut("PublicKeyList").map(Value::take) {
            keys.extend(page);
        }
        next = answer.get("NextToken").and_then(Value::as_str).map(str::to_owned);
        if next.is_none() {
            return printed(wanted, &keys);
        }
    }
    Err(Reason::new(ReasonKind::Io, format!("its list goes on after {PAGES} pages")))
}

/// As the command line of AWS prints it.
fn printed(wanted: &Wanted, keys: &[Value]) -> Result<Vec<u8>, Reason> {
    let Wanted { region, from, to } = wanted;
    if keys.is_empty() {
        let (from, to) = (from.to_rfc3339(0), to.to_rfc3339(0));
        let detail = format!("CloudTrail lists no key of {region} between {from} and {to}");
        return Err(Reason::new(ReasonKind::NotFound, detail));
    }
    let mut text =
        serde_json::to_vec_pretty(&json!({"PublicKeyList": keys})).map_err(|_| broken())?;
    text.push(b'\n');
    Ok(text)
}

/// Times go over the wire as seconds.
fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000_000_000)
}
