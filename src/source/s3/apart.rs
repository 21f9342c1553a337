//! One large object, by several requests at one time: a service gives each connection only so much
//! a second. The parts go to their places in one file, and are hashed in their order as soon as
//! none before them is missing.
//!
//! "Performance guidelines": Amazon S3 User Guide. That all parts are of one object, `If-Match` vouches
//! for, with each part's place as the service names it. A checksum of the whole is compared where
//! there is one that can be made here (not SHA-1); of what was uploaded in parts there may be none, and
//! then the length and what protects the connection vouch for the bytes.

use super::Place;
use super::fetching::{self, Broken, Resumes, ask, body, broken_off};
use crate::event::{Reason, ReasonKind, base64};
use crate::source::Item;
use crate::source::traffic::OnWay;
use crate::source::vault::{Acquired, Arrival, full};
use aws_sdk_s3::types::{ChecksumMode, ChecksumType};
use crc::{Crc, Digest, Table};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::future::{Future, poll_fn};
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

/// Smaller objects come whole: others are on their way beside them.
pub(super) const LARGE: u64 = 64 << 20;

/// What one request asks for, and how many are made at one time for one object. What comes goes to
/// the disk at once, so that this costs connections and not memory.
const PART: u64 = 8 << 20;
const AT_ONCE: usize = 8;

static CRC64: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&crc::CRC_64_NVME);
static CRC32: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&crc::CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&crc::CRC_32_ISCSI);

/// A checksum of the whole that is made as parts come.
enum Sum {
    Crc64(Digest<'static, u64, Table<16>>),
    Crc32(Digest<'static, u32, Table<16>>),
    Sha256(Box<Sha256>),
}

impl Sum {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc64(digest) => digest.update(bytes),
            Self::Crc32(digest) => digest.update(bytes),
            Self::Sha256(digest) => digest.update(bytes),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Crc64(digest) => base64::encode(&digest.finalize().to_be_bytes()),
            Self::Crc32(digest) => base64::encode(&digest.finalize().to_be_bytes()),
            Self::Sha256(digest) => base64::encode(&digest.finalize()),
        }
    }
}

/// An object that comes in parts.
struct Apart<'a> {
    place: &'a Place,
    item: &'a Item,
    etag: &'a str,
    bytes: u64,
    way: &'a OnWay,
    file: File,
    /// The part that is asked for next.
    next: AtomicU64,
    state: Mutex<State<'a>>,
}

struct State<'a> {
    arrival: &'a mut Arrival,
    /// Parts that are there whole and not hashed.
    there: BTreeSet<u64>,
    sum: Option<Sum>,
    /// What the service says of the object.
    about: Option<Acquired>,
}

/// Fetches an object of so many bytes.
pub(super) async fn fetch(
    place: &Place,
    (item, etag, bytes): (&Item, &str, u64),
    arrival: &mut Arrival,
    way: &OnWay,
) -> Result<Acquired, Reason> {
    let (wanted, sum) = checksum(place, item, etag).await.unzip();
    let file = arrival.file().map_err(|error| full(&error))?;
    let state = Mutex::new(State { arrival, there: BTreeSet::new(), sum, about: None });
    let apart = Apart { place, item, etag, bytes, way, file, next: AtomicU64::new(0), state };
    let lanes = (0..AT_ONCE).map(|_| Box::pin(apart.lane())).collect();
    all(lanes).await?;
    let state = apart.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let (Some(wanted), Some(sum)) = (wanted, state.sum) {
        let came = sum.text();
        if came != wanted {
            let problem = format!("checksum mismatch: {wanted} is said, {came} came");
            return Err(fetching::damaged(&problem));
        }
    }
    state.about.ok_or_else(|| Reason::new(ReasonKind::Io, "nothing of it came"))
}

impl<'a> Apart<'a> {
    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One part after the other, while there are any.
    async fn lane(&self) -> Result<(), Reason> {
        loop {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            let begin = part.saturating_mul(PART);
            if begin >= self.bytes {
                return Ok(());
            }
            self.part(begin, self.bytes.min(begin + PART)).await?;
            self.state().there.insert(part);
            // Whoever calls it off is heard between two parts.
            while self.hash().map_err(|error| full(&error))? {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Fetches the bytes of one part.
    async fn part(&self, mut at: u64, end: u64) -> Result<(), Reason> {
        let mut resumes = Resumes::default();
        while at < end {
            let before = at;
            let range = format!("bytes={at}-{}", end - 1);
            let answer = ask(self.place, self.item, self.etag, Some(range)).await?;
            let is_part = |said: &str| said.starts_with(&format!("bytes {at}-"));
            if !answer.content_range().is_some_and(is_part) {
                let detail = "the service gave other bytes than it was asked for";
                return Err(Reason::new(ReasonKind::Io, detail));
            }
            let about = fetching::acquired(self.item, self.etag, &answer);
            self.state().about.get_or_insert(about);
            let mut write = |bytes: &[u8]| {
                // No part is longer than was asked for, whatever comes.
                let room = usize::try_from(end - at).unwrap_or(usize::MAX);
                let bytes = &bytes[..bytes.len().min(room)];
                self.file.write_all_at(bytes, at)?;
                at += bytes.len() as u64;
                Ok(())
            };
            let problem = match body(answer, self.way, &mut write).await {
                Err(Broken::Disk(error)) => return Err(full(&error)),
                Err(Broken::Bytes(problem)) => return Err(fetching::damaged(&problem)),
                Err(Broken::Way(problem)) => problem,
                Ok(()) if at == end => return Ok(()),
                Ok(()) => "a part was cut short".to_owned(),
            };
            let pause = resumes.after(at - before).ok_or_else(|| broken_off(&problem))?;
            self.place.patience.pause(pause).await;
        }
        Ok(())
    }

    /// Hashes the next part, if it is there.
    fn hash(&self) -> std::io::Result<bool> {
        let mut state = self.state();
        let State { arrival, there, sum, .. } = &mut *state;
        let at = arrival.bytes;
        if !there.remove(&(at / PART)) {
            return Ok(false);
        }
        arrival.take(PART.min(self.bytes - at), |bytes| {
            if let Some(sum) = sum {
                sum.update(bytes);
            }
        })?;
        Ok(true)
    }
}

/// The checksum of the whole, if the service has one that can be made here. Without an answer there
/// is none: asking for the bytes tells why.
async fn checksum(place: &Place, item: &Item, etag: &str) -> Option<(String, Sum)> {
    let (client, (key, version)) = (place.client().await.ok()?, Place::raw_key(item).ok()?);
    let asked = client
        .head_object()
        .bucket(&place.address.bucket)
        .key(&key)
        .set_version_id(version.map(str::to_owned))
        .if_match(etag)
        .checksum_mode(ChecksumMode::Enabled);
    let said = place.patience.ask(|| asked.clone().send()).await.ok()?;
    if said.checksum_type() == Some(&ChecksumType::Composite) {
        return None;
    }
    let crc64 = said.checksum_crc64_nvme().map(|sum| (sum, Sum::Crc64(CRC64.digest())));
    let crc32 = said.checksum_crc32().map(|sum| (sum, Sum::Crc32(CRC32.digest())));
    let crc32c = said.checksum_crc32_c().map(|sum| (sum, Sum::Crc32(CRC32C.digest())));
    let sha256 = said.checksum_sha256().map(|sum| (sum, Sum::Sha256(Box::default())));
    let (said, sum) = sha256.or(crc64).or(crc32).or(crc32c)?;
    // That of parts has their number behind it.
    (!said.contains('-')).then(|| (said.to_owned(), sum))
}

/// Waits for all of them, or for the first that fails.
async fn all<F>(mut lanes: Vec<Pin<Box<F>>>) -> Result<(), Reason>
where
    F: Future<Output = Result<(), Reason>>,
{
    poll_fn(|context| {
        let mut at = 0;
        while let Some(lane) = lanes.get_mut(at) {
            match lane.as_mut().poll(context) {
                Poll::Ready(Ok(())) => drop(lanes.swap_remove(at)),
                Poll::Ready(Err(reason)) => return Poll::Ready(Err(reason)),
                Poll::Pending => at += 1,
            }
        }
        if lanes.is_empty() { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_catalogue() {
        let of = |mut sum: Sum| {
            sum.update(b"12345");
            sum.update(b"6789");
            base64::decode(&sum.text()).unwrap()
        };
        assert_eq!(of(Sum::Crc32(CRC32.digest())), 0xCBF4_3926_u32.to_be_bytes());
        assert_eq!(of(Sum::Crc32(CRC32C.digest())), 0xE306_9283_u32.to_be_bytes());
        let crc64 = 0xAE8B_1486_0A79_9888_u64;
        assert_eq!(of(Sum::Crc64(CRC64.digest())), crc64.to_be_bytes());
    }
}
