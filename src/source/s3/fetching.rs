//! Fetching one object into the vault, and taking it up again where its way broke off.

use super::{Place, archive};
use crate::event::{Reason, ReasonKind, Timestamp};
use crate::source::aws::policy::{GET_OBJECT, GET_VERSION};
use crate::source::aws::{Asked, Failure};
use crate::source::fetches::Far;
use crate::source::vault::{Acquired, Arrival, Lock, full};
use crate::source::{Item, Locator};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::types::{ChecksumMode, IntelligentTieringAccessTier, StorageClass};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

/// Objects fetched at one time.
pub(super) const AT_ONCE: usize = 24;

/// A body that is silent so long has ended; and how often it is then taken up where it ended.
const SILENT: Duration = Duration::from_secs(15);
const RESUMES: u32 = 4;

/// Brings one object, as it was listed, into the vault.
pub(super) async fn fetch(place: &Place, item: &Item) -> Result<(), Reason> {
    if place.kept(item).is_some() {
        return Ok(());
    }
    let Locator::S3 { etag } = &item.locator else {
        return Err(Reason::new(ReasonKind::NotFound, "is not in S3"));
    };
    let mut arrival = place.vault.begin().map_err(|error| full(&error))?;
    let mut resumed = 0;
    loop {
        let answer = ask(place, item, etag, arrival.bytes).await?;
        let acquired = acquired(item, etag, &answer);
        let problem = match body(answer, &mut arrival).await {
            Err(Broken::Disk(error)) => return Err(full(&error)),
            Err(Broken::Bytes(problem)) => {
                let detail = format!("its bytes are not what its checksum says: {problem}");
                return Err(Reason::new(ReasonKind::Corrupt, detail));
            }
            Err(Broken::Way(problem)) => problem,
            Ok(()) if item.bytes.is_none_or(|bytes| bytes == arrival.bytes) => {
                place.vault.keep(arrival, acquired).map_err(|error| full(&error))?;
                return Ok(());
            }
            Ok(()) => format!("{} bytes came", arrival.bytes),
        };
        resumed += 1;
        if resumed > RESUMES || item.bytes.is_some_and(|bytes| arrival.bytes > bytes) {
            let detail = format!("it did not come whole: {problem}; read the source again");
            return Err(Reason::new(ReasonKind::Io, detail));
        }
        tokio::time::sleep(Duration::from_millis(200 << resumed)).await;
    }
}

/// Asks for the object from this byte on, as long as it is what was listed.
async fn ask(place: &Place, item: &Item, etag: &str, from: u64) -> Result<GetObjectOutput, Reason> {
    let (client, (key, version)) = (place.client().await?, Place::raw_key(item)?);
    let asked = client
        .get_object()
        .bucket(&place.address.bucket)
        .key(&key)
        .set_version_id(version.map(str::to_owned))
        .if_match(etag)
        // That of the whole says nothing about a part.
        .set_checksum_mode((from == 0).then_some(ChecksumMode::Enabled))
        .set_range((from > 0).then(|| format!("bytes={from}-")));
    asked.send().await.map_err(|error| {
        if let Some(GetObjectError::InvalidObjectState(state)) = error.as_service_error() {
            let class = state.storage_class().map(StorageClass::as_str);
            let tier = state.access_tier().map(IntelligentTieringAccessTier::as_str);
            return archive::frozen(&place.address.bucket, (&key, version), class, tier);
        }
        let permission = if version.is_some() { GET_VERSION } else { GET_OBJECT };
        Failure::of(&error).reason(Asked { permission, on: &item.path })
    })
}

enum Broken {
    Way(String),
    /// All came, and is not what the service says it is.
    Bytes(String),
    Disk(std::io::Error),
}

/// Writes what comes until its end.
async fn body(mut answer: GetObjectOutput, arrival: &mut Arrival) -> Result<(), Broken> {
    loop {
        match within(SILENT, answer.body.next()).await {
            None => return Err(Broken::Way(format!("silent for {} s", SILENT.as_secs()))),
            Some(None) => return Ok(()),
            Some(Some(Ok(bytes))) => arrival.write(&bytes).map_err(Broken::Disk)?,
            Some(Some(Err(error))) => return Err(broken(&error)),
        }
    }
}

/// The client compares checksums at the end, and tells of them in words alone.
fn broken(error: &dyn std::error::Error) -> Broken {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let words = error.to_string();
        if words.contains("checksum mismatch") {
            return Broken::Bytes(words);
        }
        cause = error.source();
    }
    Broken::Way(error.to_string())
}

async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(time, work).await.ok()
}

/// What the service says with the object itself, to those who may know: whether it cannot be
/// deleted. Who may not is told nothing, so that no lock is no proof that there is none.
fn lock(answer: &GetObjectOutput) -> Option<Lock> {
    let mode = answer.object_lock_mode().map(|mode| mode.as_str().to_owned());
    let until = answer.object_lock_retain_until_date();
    let until = until.and_then(|at| i64::try_from(at.as_nanos()).ok());
    let until = until.map(|at| Timestamp(at).to_rfc3339(0));
    let legal_hold = answer.object_lock_legal_hold_status().map(|held| held.as_str().to_owned());
    let lock = Lock { mode, until, legal_hold };
    (lock.mode.is_some() || lock.legal_hold.is_some()).then_some(lock)
}

fn acquired(item: &Item, etag: &str, answer: &GetObjectOutput) -> Acquired {
    let metadata = answer.metadata().into_iter().flatten();
    let metadata: BTreeMap<String, String> =
        metadata.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    Acquired {
        address: item.path.to_string(),
        etag: etag.to_owned(),
        version: answer.version_id().map(str::to_owned),
        bytes: 0,
        sha256: String::new(),
        modified: item.modified.map(|at| at.to_rfc3339(0)),
        fetched: Timestamp::now().to_rfc3339(3),
        form: None,
        lock: lock(answer),
        metadata,
    }
}
