//! Fetching one object into the vault, and taking it up again where its way broke off.

use super::{Place, apart, archive};
use crate::event::{Reason, ReasonKind, Timestamp};
use crate::source::aws::policy::{GET_OBJECT, GET_VERSION};
use crate::source::aws::{Asked, Failure};
use crate::source::fetches::Far;
use crate::source::traffic::OnWay;
use crate::source::vault::{Acquired, Arrival, Lock, full};
use crate::source::{Item, Locator};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::types::{ChecksumMode, IntelligentTieringAccessTier, StorageClass};
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::time::Duration;

/// Objects fetched at one time.
pub(super) const AT_ONCE: usize = 24;

/// A body that is silent so long has ended. It is taken up where it ended, but not for ever, if
/// hardly anything comes.
const SILENT: Duration = Duration::from_secs(15);
const RESUMES: u32 = 4;
const LITTLE: u64 = 256 << 10;

/// How often what broke off was taken up again without getting far.
#[derive(Default)]
pub(super) struct Resumes(u32);

impl Resumes {
    /// How long is waited before it is taken up once more, if it is, after so many bytes came.
    pub(super) fn after(&mut self, came: u64) -> Option<Duration> {
        self.0 = if came > LITTLE { 1 } else { self.0 + 1 };
        (self.0 <= RESUMES).then(|| Duration::from_millis(200 << self.0))
    }
}

/// Brings one object, as it was listed, into the vault.
pub(super) async fn fetch(place: &Place, item: &Item, way: &OnWay) -> Result<(), Reason> {
    if place.kept(item).is_some() {
        return Ok(());
    }
    let Locator::S3 { etag } = &item.locator else {
        return Err(Reason::new(ReasonKind::NotFound, "is not in S3"));
    };
    let mut arrival = place.vault.begin().map_err(|error| full(&error))?;
    let acquired = match item.bytes {
        Some(bytes) if bytes >= apart::LARGE => {
            apart::fetch(place, (item, etag, bytes), &mut arrival, way).await?
        }
        _ => whole(place, (item, etag), &mut arrival, way).await?,
    };
    place.vault.keep(arrival, acquired).map_err(|error| full(&error))?;
    way.arrived();
    Ok(())
}

/// Fetches an object from its first byte to its last.
async fn whole(
    place: &Place,
    (item, etag): (&Item, &str),
    arrival: &mut Arrival,
    way: &OnWay,
) -> Result<Acquired, Reason> {
    let mut resumes = Resumes::default();
    loop {
        let before = arrival.bytes;
        let range = (before > 0).then(|| format!("bytes={before}-"));
        let answer = ask(place, item, etag, range).await?;
        let acquired = acquired(item, etag, &answer);
        let came = body(answer, way, &mut |bytes: &[u8]| arrival.write(bytes)).await;
        let problem = match came {
            Err(Broken::Disk(error)) => return Err(full(&error)),
            Err(Broken::Bytes(problem)) => return Err(damaged(&problem)),
            Err(Broken::Way(problem)) => problem,
            Ok(()) if item.bytes.is_none_or(|bytes| bytes == arrival.bytes) => {
                return Ok(acquired);
            }
            Ok(()) => format!("{} bytes came", arrival.bytes),
        };
        let is_more = item.bytes.is_some_and(|bytes| arrival.bytes > bytes);
        let pause = resumes.after(arrival.bytes - before).filter(|_| !is_more);
        place.patience.pause(pause.ok_or_else(|| broken_off(&problem))?).await;
    }
}

pub(super) fn broken_off(problem: &str) -> Reason {
    let detail = format!("it did not come whole: {problem}; read the source again");
    Reason::new(ReasonKind::Io, detail)
}

pub(super) fn damaged(problem: &str) -> Reason {
    let detail = format!("its bytes are not what its checksum says: {problem}");
    Reason::new(ReasonKind::Corrupt, detail)
}

/// Asks for the object, or a range of it, as long as it is what was listed.
pub(super) async fn ask(
    place: &Place,
    item: &Item,
    etag: &str,
    range: Option<String>,
) -> Result<GetObjectOutput, Reason> {
    let (client, (key, version)) = (place.client().await?, Place::raw_key(item)?);
    let asked = client
        .get_object()
        .bucket(&place.address.bucket)
        .key(&key)
        .set_version_id(version.map(str::to_owned))
        .if_match(etag)
        // That of the whole says nothing about a part.
        .set_checksum_mode(range.is_none().then_some(ChecksumMode::Enabled))
        .set_range(range);
    place.patience.ask(|| asked.clone().send()).await.map_err(|error| {
        if let Some(GetObjectError::InvalidObjectState(state)) = error.as_service_error() {
            let class = state.storage_class().map(StorageClass::as_str);
            let tier = state.access_tier().map(IntelligentTieringAccessTier::as_str);
            return archive::frozen(&place.address.bucket, (&key, version), class, tier);
        }
        let permission = if version.is_some() { GET_VERSION } else { GET_OBJECT };
        Failure::of(&error).reason(Asked { permission, on: &item.path })
    })
}

pub(super) enum Broken {
    Way(String),
    /// All came, and is not what the service says it is.
    Bytes(String),
    Disk(io::Error),
}

/// Writes what comes until its end.
pub(super) async fn body(
    mut answer: GetObjectOutput,
    way: &OnWay,
    write: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
) -> Result<(), Broken> {
    loop {
        match within(SILENT, answer.body.next()).await {
            None => return Err(Broken::Way(format!("silent for {} s", SILENT.as_secs()))),
            Some(None) => return Ok(()),
            Some(Some(Ok(bytes))) => {
                write(&bytes).map_err(Broken::Disk)?;
                way.came(bytes.len() as u64);
            }
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

pub(super) fn acquired(item: &Item, etag: &str, answer: &GetObjectOutput) -> Acquired {
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
