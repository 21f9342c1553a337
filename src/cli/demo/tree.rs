//! Planned files become files: each has its own dice, so that threads may write them in any order
//! and the folder comes out the same.

use super::attack;
use super::cast::PRODUCTION;
use super::office::Shift;
use super::proof::{Delivery, Told};
use super::random::Random;
use super::trail::{self, Call};
use super::{Summary, findings, flow, host, web};
use crate::verify::signing::LogFile;
use flate2::{Compression, GzBuilder};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Cursor, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

/// What a file holds.
#[derive(Clone)]
pub(super) enum Content {
    Trail {
        account: &'static str,
        region: &'static str,
        hour: i64,
        events: u64,
    },
    Flow {
        account: &'static str,
        from: i64,
        events: u64,
        wide: bool,
    },
    Web {
        from: i64,
        events: u64,
    },
    App {
        windows: Vec<(i64, u64)>,
    },
    Auth {
        events: u64,
        from: i64,
        to: i64,
    },
    Findings,
    /// Nothing that counts as events.
    Plain(Cow<'static, [u8]>),
    Zip(Vec<Planned>),
}

/// How it lies on the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pack {
    AsIs,
    Gzip,
    /// Gzip that ends in the middle; its records are not counted.
    Cut,
}

/// A file to write.
#[derive(Clone)]
pub(super) struct Planned {
    /// Below the folder, parts joined by `/`.
    pub(super) path: String,
    /// Names the dice. Two files with the same seed and content are the same.
    pub(super) seed: String,
    pub(super) content: Content,
    pub(super) pack: Pack,
    /// Seconds since 1970; logs without a year are dated by it.
    pub(super) modified: i64,
    /// What the trail's digests say of it.
    pub(super) told: Told,
}

/// What has been written, and what was delivered by a trail whose digests are yet to be written.
#[derive(Default)]
pub(super) struct Written {
    pub(super) summary: Summary,
    pub(super) deliveries: Vec<Delivery>,
}

impl Content {
    /// The id of the format, if it holds events of one.
    fn format(&self) -> Option<&'static str> {
        match self {
            Self::Trail { .. } => Some("cloudtrail"),
            Self::Flow { .. } => Some("vpc_flow"),
            Self::Web { .. } => Some("alb"),
            Self::App { .. } => Some("json_lines"),
            Self::Auth { .. } => Some("syslog"),
            Self::Findings => Some("guardduty"),
            Self::Plain(_) | Self::Zip(_) => None,
        }
    }

    /// Writes the text; returns the records in it.
    fn write(&self, story: &[Call<'_>], random: &mut Random, out: &mut String) -> u64 {
        match self {
            Self::Trail { account, region, hour, events } => {
                let shift = Shift { account, region, hour: *hour, events: *events };
                let mut records = shift.records(random);
                let told = |call: &&Call<'_>| {
                    let hours = (call.at - super::cast::DAY).div_euclid(3600);
                    *account == PRODUCTION && call.region == *region && hours == *hour
                };
                for call in story.iter().filter(told) {
                    let mut record = String::new();
                    call.write(random, &mut record);
                    records.push(record);
                }
                let count = records.len() as u64;
                trail::write_file(records, random, out);
                count
            }
            Self::Flow { account, from, events, wide } => {
                flow::write(account, *from, *events, *wide, random, out)
            }
            Self::Web { from, events } => web::write_alb(*from, *events, random, out),
            Self::App { windows } => web::write_app(windows.iter().copied(), out),
            Self::Auth { events, from, to } => host::write(*events, *from, *to, out),
            Self::Findings => findings::write(random, out),
            Self::Plain(_) | Self::Zip(_) => 0,
        }
    }
}

/// Writes all files below `dir`, on as many threads as there are cores. `story` is told in the
/// files of its accounts, regions and hours.
pub(super) fn write_all(dir: &Path, files: &[Planned], told: bool) -> io::Result<Written> {
    let story = if told { attack::calls() } else { Vec::new() };
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<Written> {
        let mut written = Written::default();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            file.write(dir, &story, &mut written)?;
        }
        Ok(written)
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut total = Written::default();
    thread::scope(|scope| {
        let start = |number| {
            let name = format!("demo-writer-{number}");
            thread::Builder::new().name(name).spawn_scoped(scope, work)
        };
        let writers = (0..threads).map(start).collect::<io::Result<Vec<_>>>()?;
        for writer in writers {
            let part = writer.join().map_err(|_| io::Error::other("a writer panicked"))??;
            total.summary.add(&part.summary);
            total.deliveries.extend(part.deliveries);
        }
        Ok(total)
    })
}

impl Planned {
    fn write(&self, dir: &Path, story: &[Call<'_>], written: &mut Written) -> io::Result<()> {
        let bytes = self.bytes(story, written)?;
        let path = dir.join(&self.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(&path)?;
        file.write_all(&bytes)?;
        let modified = Duration::from_secs(u64::try_from(self.modified).unwrap_or_default());
        file.set_modified(SystemTime::UNIX_EPOCH + modified)?;
        written.summary.files += 1;
        written.summary.bytes += bytes.len() as u64;
        Ok(())
    }

    fn bytes(&self, story: &[Call<'_>], written: &mut Written) -> io::Result<Vec<u8>> {
        match &self.content {
            Content::Plain(bytes) => Ok(bytes.to_vec()),
            Content::Zip(members) => zipped(members, story, written),
            content => {
                let mut text = String::new();
                let records = content.write(story, &mut Random::named(&self.seed), &mut text);
                if let (Some(format), true) = (content.format(), self.pack != Pack::Cut) {
                    *written.summary.events.entry(format).or_default() += records;
                }
                written.deliveries.extend(self.delivery(&text));
                self.packed(text)
            }
        }
    }

    /// What the trail delivered, which need not be what lies here now.
    fn delivery(&self, text: &str) -> Option<Delivery> {
        let Content::Trail { account, region, .. } = self.content else { return None };
        let log = match &self.told {
            Told::Nothing => return None,
            Told::As(key) => LogFile::of(key.as_str(), text.as_bytes()),
            Told::Before(key) => {
                LogFile::of(key.as_str(), attack::before_it_was_cut(text).as_bytes())
            }
        };
        Some(Delivery { account, region, at: self.modified, log })
    }

    fn packed(&self, text: String) -> io::Result<Vec<u8>> {
        if self.pack == Pack::AsIs {
            return Ok(text.into_bytes());
        }
        // No time and no name in the header: the same bytes each time.
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes())?;
        let mut bytes = gzip.finish()?;
        if self.pack == Pack::Cut {
            bytes.truncate(bytes.len() * 3 / 5);
        }
        Ok(bytes)
    }
}

fn zipped(members: &[Planned], story: &[Call<'_>], written: &mut Written) -> io::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for member in members {
        zip.start_file(member.path.as_str(), options)?;
        zip.write_all(&member.bytes(story, written)?)?;
    }
    Ok(zip.finish()?.into_inner())
}
