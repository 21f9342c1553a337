//! Fetching one object into the vault, and taking it up again where its way broke off.

use super::Place;
use crate::event::{Reason, ReasonKind, Timestamp};
use crate::source::aws::policy::GET_OBJECT;
use crate::source::aws::{Asked, Failure};
use crate::source::fetches::Far;
use crate::source::vault::{Acquired, Arrival, full};
use crate::source::{Item, Locator};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
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
    let (client, key) = (place.client().await?, Place::raw_key(item)?);
    let asked = client
        .get_object()
        .bucket(&place.address.bucket)
        .key(key)
        .if_match(etag)
        .set_range((from > 0).then(|| format!("bytes={from}-")));
    asked.send().await.map_err(|error| {
        Failure::of(&error).reason(Asked { permission: GET_OBJECT, on: &item.path })
    })
}

enum Broken {
    Way(String),
    Disk(std::io::Error),
}

/// Writes what comes until its end.
async fn body(mut answer: GetObjectOutput, arrival: &mut Arrival) -> Result<(), Broken> {
    loop {
        match within(SILENT, answer.body.next()).await {
            None => return Err(Broken::Way(format!("silent for {} s", SILENT.as_secs()))),
            Some(None) => return Ok(()),
            Some(Some(Ok(bytes))) => arrival.write(&bytes).map_err(Broken::Disk)?,
            Some(Some(Err(error))) => return Err(Broken::Way(error.to_string())),
        }
    }
}

async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(time, work).await.ok()
}

fn acquired(item: &Item, etag: &str, answer: &GetObjectOutput) -> Acquired {
    let metadata = answer.metadata().into_iter().flatten();
    let metadata: BTreeMap<String, String> =
        metadata.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    Acquired {
        address: item.path.clone(),
        etag: etag.to_owned(),
        version: answer.version_id().map(str::to_owned),
        bytes: 0,
        sha256: String::new(),
        modified: item.modified.map(|at| at.to_rfc3339(0)),
        fetched: Timestamp::now().to_rfc3339(3),
        form: None,
        metadata,
    }
}
