//! Hashes of log files that an earlier command took, so that the next need not read them again.
//!
//! Digests, their metadata and the public keys are read and checked each time. What is kept is what
//! reading a log file comes to: the SHA-256 of its content, its length, and whether it is packed;
//! of what is damaged or may say that logging was stopped nothing, so that it is read again. It
//! counts for a file of the same path, size, times, inode and device, **and only if the bytes that
//! were loaded have the SHA-256 that they had when it was read**: what cannot be known by stamps is
//! known by that, unless the load took the object over by its stamps too.
//!
//! The file is a cache: it may be deleted at any time, and one of another build or workspace, or
//! that is not whole to the last byte, is not used. That guards against damage, mixing up and
//! evidence that changes; not against who can write into the workspace as the analyst, and who
//! could as well give it other public keys. What is to stand up to that hashes everything anew.

use super::examined::{Examined, Found, Whole};
use super::is_log;
use crate::case::{hex, unhex};
use crate::event::Timestamp;
use crate::job::shelf::{self, make_sure_of_space};
use crate::source::Stamp;
use crate::store::Ledger;
use crate::verify::content::{Content, Packing};
use crate::verify::{Object, Seen};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// In the workspace's folder for segments.
const FILE: &str = "hashes";

const FORMAT: u32 = 1;

/// A longer file is none of ours; it has room for half a million log files.
const LONGEST: u64 = 256 << 20;

/// Hexadecimal digits of the SHA-256 of all before them, which are the end of the file.
const SUM: usize = 64;

/// A file that changed less than this before it was read may change again without another time:
/// some file systems count in steps of two seconds.
const SETTLED: i64 = 2 * Timestamp::SECOND;

/// Where hashes are kept.
pub struct Kept {
    file: PathBuf,
    head: Head,
}

/// What was kept.
#[derive(Default)]
pub struct Before {
    /// What is known of objects that were loaded as they were.
    pub examined: Examined,
    /// Objects in the file, of whatever became of them.
    all: usize,
    /// Why the file is not used, if that should not be.
    pub remark: Option<String>,
}

/// The first line of the file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    format: u32,
    /// Another may read the same bytes differently.
    build: String,
    /// The workspace's id.
    workspace: String,
}

/// An outermost object that holds nothing but logs, a line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    /// Size, modified, changed (nanoseconds), inode and device.
    stamp: (u64, i64, i64, u64, u64),
    /// As acquired.
    sha256: String,
    /// When reading it began, in nanoseconds.
    at: i64,
    logs: Vec<Log>,
}

#[derive(Serialize, Deserialize)]
struct Log {
    /// Of an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    /// SHA-256 of what is in it.
    content: String,
    bytes: u64,
    /// It is not packed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    plain: bool,
}

impl Kept {
    /// In a workspace's folder for segments; `id` is the workspace's.
    pub fn of(segments: &Path, id: &str) -> Self {
        let head = Head { format: FORMAT, build: shelf::build(), workspace: id.to_owned() };
        Self { file: segments.join(FILE), head }
    }

    /// What is known of the objects that were loaded. Nothing in the file makes this fail.
    pub fn read(&self, loaded: &Ledger) -> Before {
        let lines = match load(&self.file).map(|text| text.map(|text| self.lines(&text))) {
            Ok(None) => return Before::default(),
            Ok(Some(Some(lines))) => lines,
            Ok(Some(None)) => return self.unused("it is damaged"),
            Err(error) => return self.unused(&error.to_string()),
        };
        let (hashes, mut found) = (loaded.hashes(), Found::default());
        let all = lines.len();
        for (whole, objects) in lines.into_iter().filter_map(Line::whole) {
            let acquired = hashes.get(&whole.path).map(|(_, sha256)| *sha256);
            if acquired.is_some() && acquired == whole.sha256 {
                found.objects.extend(objects);
                found.wholes.push(whole);
            }
        }
        Before { examined: found.examined(false), all, remark: None }
    }

    fn unused(&self, why: &str) -> Before {
        let text = format!("{}: {why}; log files are hashed anew", self.file.display());
        Before { remark: Some(text), ..Before::default() }
    }

    /// The lines of a whole file, none of one of another build or workspace.
    fn lines(&self, text: &[u8]) -> Option<Vec<Line>> {
        let (lines, sum) = text.split_last_chunk::<SUM>()?;
        if hex(&Sha256::digest(lines)).as_bytes() != sum {
            return None;
        }
        let mut lines = lines.strip_suffix(b"\n")?.split(|&byte| byte == b'\n');
        let head: Head = serde_json::from_slice(lines.next()?).ok()?;
        if head != self.head {
            return Some(Vec::new());
        }
        lines.map(|line| serde_json::from_slice(line).ok()).collect()
    }

    /// Keeps the hashes of what was examined in place of what there was `before`.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to, or the disk has no more than the journal may need.
    pub fn write(&self, examined: &Examined, before: &Before) -> io::Result<()> {
        let lines =
            examined.wholes.iter().filter_map(|whole| Some((whole, line(examined, whole)?)));
        let (mut text, mut count, mut is_new) = (serde_json::to_vec(&self.head)?, 0, false);
        for (whole, line) in lines {
            text.push(b'\n');
            serde_json::to_writer(&mut text, &line)?;
            count += 1;
            is_new |= before.examined.whole(&whole.path) != Some(whole);
        }
        if !is_new && count == before.all || text.len() as u64 >= LONGEST - SUM as u64 {
            return Ok(());
        }
        text.push(b'\n');
        let sum = hex(&Sha256::digest(&text));
        text.extend_from_slice(sum.as_bytes());
        self.replace(&text)
    }

    /// Whoever reads meanwhile finds the old bytes or the new. Where two write at the same time
    /// they may spoil each other's, which its end tells.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(&self.file);
        DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
        let new = self.file.with_extension("new");
        let written = (|| {
            let mut options = File::options();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.custom_flags(no_link()).open(&new)?;
            make_sure_of_space(&file)?;
            file.write_all(text)?;
            std::fs::rename(&new, &self.file)
        })();
        if written.is_err() {
            // What cannot be removed is replaced the next time.
            let _ = std::fs::remove_file(&new);
        }
        written
    }
}

/// What is to be kept of an object, if anything.
fn line(examined: &Examined, whole: &Whole) -> Option<Line> {
    let Whole { path, stamp, sha256, at } = whole;
    let changed = stamp.changed_nanos.max(stamp.modified_nanos);
    if at.0.saturating_sub(changed) < SETTLED {
        return None;
    }
    let log = |object: &Object| {
        let Seen::Log { content, mentions: false, .. } = &object.seen else { return None };
        let plain = match content.packing {
            Packing::Gzip => false,
            Packing::Plain => true,
            _ => return None,
        };
        let member = match object.path.get(path.len()..)?.strip_prefix('!') {
            None if object.path != *path => return None,
            member => member.map(str::to_owned),
        };
        Some(Log { member, content: hex(&content.sha256), bytes: content.bytes, plain })
    };
    Some(Line {
        path: path.to_string(),
        stamp: {
            let Stamp { size, modified_nanos, changed_nanos, inode, device } = *stamp;
            (size, modified_nanos, changed_nanos, inode, device)
        },
        sha256: hex(&(*sha256)?),
        at: at.0,
        logs: examined.objects.within(path).map(log).collect::<Option<_>>()?,
    })
}

impl Line {
    /// What it says; `None` of what this does not write.
    fn whole(self) -> Option<(Whole, Vec<Object>)> {
        let path: Arc<str> = self.path.into();
        let (size, modified_nanos, changed_nanos, inode, device) = self.stamp;
        let stamp = Stamp { size, modified_nanos, changed_nanos, inode, device };
        let sha256 = Some(unhex(&self.sha256)?);
        let outer_end = u32::try_from(path.len()).ok()?;
        let object = |log: Log| {
            let path = match log.member {
                Some(member) => format!("{path}!{member}").into(),
                None => Arc::clone(&path),
            };
            let packing = if log.plain { Packing::Plain } else { Packing::Gzip };
            let content = Content { sha256: unhex(&log.content)?, packing, bytes: log.bytes };
            let seen = Seen::Log { content, mentions: false, stops: Box::default() };
            // Where its name begins is known when it is listed.
            is_log(&path).then_some(Object { path, key_at: 0, outer_end, sha256, seen })
        };
        let objects = self.logs.into_iter().map(object).collect::<Option<_>>()?;
        Some((Whole { path, stamp, sha256, at: Timestamp(self.at) }, objects))
    }
}

/// The file's bytes, if there is one; a pipe in its place is not waited for.
fn load(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::options().read(true).custom_flags(no_link()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let about = file.metadata()?;
    if !about.is_file() || about.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not what it should be"));
    }
    let mut text = Vec::new();
    file.take(LONGEST).read_to_end(&mut text)?;
    Ok(Some(text))
}

/// Somebody else may have placed a link in a shared folder.
fn no_link() -> i32 {
    use rustix::fs::OFlags;
    (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed()
}

#[cfg(test)]
mod tests;
