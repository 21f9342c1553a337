//! What a bucket says of itself: whether it keeps what is deleted, what it deletes by itself, and
//! who pays for reading it.
//!
//! "Amazon S3 API Reference". Each fact has a permission of its own; a refusal is told as that.

use super::lifecycle::Rules;
use super::{Address, Place};
use crate::event::{Cancel, Fact, Reason, ReasonKind};
use crate::source::aws::policy::{GET_ENCRYPTION, GET_LOCK, GET_PAYER, GET_VERSIONING};
use crate::source::aws::{Asked, Failure};
use aws_sdk_s3::types::{
    BucketVersioningStatus, DefaultRetention, MfaDeleteStatus, ObjectLockEnabled, Payer,
    ServerSideEncryptionConfiguration,
};
use std::sync::Arc;

/// What is asked about a bucket itself.
pub(super) struct About<'a> {
    permission: &'static str,
    address: &'a Address,
}

impl About<'_> {
    pub(super) fn refused(&self, failure: &Failure) -> Reason {
        failure.reason(Asked { permission: self.permission, on: &self.address.path("") })
    }
}

impl Place {
    /// Whether its bucket can be asked about itself.
    pub(super) fn ask_about(&self, permission: &'static str) -> Result<About<'_>, Reason> {
        let address = &self.address;
        if address.is_access_point() {
            let detail = "an access point does not tell it: name the bucket";
            return Err(Reason::new(ReasonKind::Unsupported, detail));
        }
        Ok(About { permission, address })
    }
}

/// All facts, asked at one time.
pub(super) fn ask(place: &Arc<Place>, cancel: &Cancel) -> Vec<Fact> {
    let all = async {
        // Who asks is found out once, and not by five at one time.
        place.client().await?;
        let of = || Arc::clone(place);
        let (one, two, three, four, five) = (of(), of(), of(), of(), of());
        let asked = [
            ("versioning", tokio::spawn(async move { versioning(&one).await })),
            ("object lock", tokio::spawn(async move { lock(&two).await })),
            ("lifecycle", tokio::spawn(async move { lifecycle(&three).await })),
            ("encryption", tokio::spawn(async move { encryption(&four).await })),
            ("payer", tokio::spawn(async move { payer(&five).await })),
        ];
        let mut facts = Vec::new();
        for (name, asked) in asked {
            let broke_off = |_| Err(Reason::new(ReasonKind::Io, "asking broke off"));
            facts.push(Fact { name, said: asked.await.unwrap_or_else(broke_off) });
        }
        Ok(facts)
    };
    let of_all = |reason| vec![Fact { name: "the bucket", said: Err(reason) }];
    let facts = match place.aws.wait(cancel, Box::pin(all)) {
        Ok(facts) => facts,
        Err(reason) => return of_all(reason),
    };
    // What goes wrong with all of them is no matter of one.
    match facts.first().map(|fact| fact.said.clone()) {
        Some(Err(reason)) if facts.iter().all(|fact| fact.said.as_ref() == Err(&reason)) => {
            of_all(reason)
        }
        _ => facts,
    }
}

async fn versioning(place: &Place) -> Result<String, Reason> {
    let about = place.ask_about(GET_VERSIONING)?;
    let (client, bucket) = (place.client().await?, &place.address.bucket);
    let answer = client.get_bucket_versioning().bucket(bucket).send().await;
    let answer = answer.map_err(|error| about.refused(&Failure::of(&error)))?;
    let said = match answer.status {
        Some(BucketVersioningStatus::Enabled) => "enabled",
        Some(BucketVersioningStatus::Suspended) => {
            "suspended: what is written or deleted now leaves nothing behind"
        }
        _ => "never enabled: what is overwritten or deleted leaves nothing behind",
    };
    let needs_mfa = answer.mfa_delete == Some(MfaDeleteStatus::Enabled);
    Ok(if needs_mfa { format!("{said}; deleting a version takes MFA") } else { said.to_owned() })
}

async fn lock(place: &Place) -> Result<String, Reason> {
    let about = place.ask_about(GET_LOCK)?;
    let (client, bucket) = (place.client().await?, &place.address.bucket);
    let configuration = match client.get_object_lock_configuration().bucket(bucket).send().await {
        Ok(answer) => answer.object_lock_configuration,
        Err(error) => match Failure::of(&error) {
            failure if failure.has_code("ObjectLockConfigurationNotFoundError") => None,
            failure => return Err(about.refused(&failure)),
        },
    };
    let on = configuration.filter(|it| it.object_lock_enabled == Some(ObjectLockEnabled::Enabled));
    let retention = on.as_ref().and_then(|it| it.rule()?.default_retention());
    Ok(match (&on, retention) {
        (None, _) => "off".to_owned(),
        (Some(_), Some(retention)) => kept(retention),
        (Some(_), None) => "on; no retention by default".to_owned(),
    })
}

fn kept(retention: &DefaultRetention) -> String {
    let mode = retention.mode().map_or("an unknown", |mode| mode.as_str());
    let time = match (retention.days(), retention.years()) {
        (_, Some(years)) => format!("{years} years"),
        (Some(days), None) => format!("{days} days"),
        (None, None) => "a time".to_owned(),
    };
    format!("on; what is written is kept for {time} by default, in {mode} mode")
}

async fn lifecycle(place: &Place) -> Result<String, Reason> {
    Ok(Rules::ask(place).await?.below(place.address.scope.literal()))
}

async fn encryption(place: &Place) -> Result<String, Reason> {
    let about = place.ask_about(GET_ENCRYPTION)?;
    let (client, bucket) = (place.client().await?, &place.address.bucket);
    let configuration = match client.get_bucket_encryption().bucket(bucket).send().await {
        Ok(answer) => answer.server_side_encryption_configuration,
        Err(error) => match Failure::of(&error) {
            failure if failure.has_code("ServerSideEncryptionConfigurationNotFoundError") => None,
            failure => return Err(about.refused(&failure)),
        },
    };
    let rules = configuration.iter().flat_map(ServerSideEncryptionConfiguration::rules);
    let said = rules.filter_map(|rule| {
        let by = rule.apply_server_side_encryption_by_default()?;
        let key = by.kms_master_key_id().map(|key| format!(", key {key}")).unwrap_or_default();
        Some(format!("{} by default{key}", by.sse_algorithm().as_str()))
    });
    let said: Vec<String> = said.collect();
    Ok(if said.is_empty() { "none by default".to_owned() } else { said.join("; ") })
}

async fn payer(place: &Place) -> Result<String, Reason> {
    Ok(if requester_pays(place).await? {
        "the requester: each request and each byte is billed to you"
    } else {
        "the owner"
    }
    .to_owned())
}

/// Whether whoever reads the bucket pays for it.
pub(super) async fn requester_pays(place: &Place) -> Result<bool, Reason> {
    let about = place.ask_about(GET_PAYER)?;
    let (client, bucket) = (place.client().await?, &place.address.bucket);
    let answer = client.get_bucket_request_payment().bucket(bucket).send().await;
    let answer = answer.map_err(|error| about.refused(&Failure::of(&error)))?;
    Ok(answer.payer == Some(Payer::Requester))
}
