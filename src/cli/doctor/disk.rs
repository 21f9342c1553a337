//! What the folders of workspaces and temporary files can do. Whether locks hold, files can be
//! replaced and are brought to the disk is tried, not believed.

use super::filesystem::{Nature, kind};
use super::finding::Finding;
use crate::cli::session::size;
use rustix::fs::{FlockOperation, StatVfs, StatVfsMountFlags, fdatasync, flock, statfs, statvfs};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// With less free space than this the next load may fill the disk; with the second, a note.
const LITTLE: u64 = 1_000_000_000;
const NOTHING: u64 = 1_000_000;

/// The status line says `saving` for as long as this takes.
const SLOW: Duration = Duration::from_millis(250);

/// A server's clock may differ from ours by this many seconds.
const APART: u64 = 2;

pub(super) fn workspaces(folder: &Path) -> Vec<Finding> {
    let there = nearest(folder);
    let mut findings = vec![match Trial::new(&there) {
        Ok(_) => writable("workspaces", folder, &there),
        Err(error) => {
            let found = refused(folder, &there, &error);
            Finding::bad("workspaces", found, "name another folder with --workspace-dir")
        }
    }];
    findings.extend(statfs(&there).ok().map(|about| {
        let found = kind(about.f_type as u32);
        let text = named("file system", &there, about.f_type as u32);
        match found.and_then(|(_, nature)| nature.about_work()) {
            Some(advice) => text.warned(advice),
            None => text,
        }
    }));
    // What is no disk at all has no space either; that it cannot be written is said.
    let about = statvfs(&there).ok().filter(|about| about.f_blocks > 0);
    findings.extend(about.map(|about| space(&about)));
    findings.extend(tried(&there));
    findings
}

/// The demo and copies of pipes need this; no work is kept there.
pub(super) fn temporary(folder: &Path) -> Vec<Finding> {
    let mut findings = vec![match Trial::new(folder) {
        Ok(_) => writable("temporary", folder, folder),
        Err(error) => {
            let advice = "the demo and copies of pipes need one: name another with TMPDIR";
            Finding::warn("temporary", refused(folder, folder, &error), advice)
        }
    }];
    findings.extend(statfs(folder).ok().map(|about| {
        let memory = kind(about.f_type as u32).is_some_and(|(_, is)| is == Nature::Memory);
        let text = named("temp disk", folder, about.f_type as u32);
        if memory { text.advise("it is memory: a copy of a pipe there takes some") } else { text }
    }));
    findings.extend(statvfs(folder).ok().map(|about| {
        let (free, found) = room(&about);
        if free < LITTLE {
            Finding::warn("temp space", found, "copies of pipes may fill it")
        } else {
            Finding::ok("temp space", found)
        }
    }));
    findings
}

/// What is there of a folder that is made when needed: itself, or the nearest above it, which may
/// turn out to be no folder.
fn nearest(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|path| path.exists());
    there.unwrap_or(Path::new(".")).to_owned()
}

fn writable(what: &'static str, folder: &Path, there: &Path) -> Finding {
    let made = if there == folder { "" } else { ", made when needed" };
    Finding::ok(what, format!("{}: can be written{made}", folder.display()))
}

fn refused(folder: &Path, there: &Path, error: &io::Error) -> String {
    let of = if there == folder { String::new() } else { format!("{} ", there.display()) };
    format!("{}: {of}cannot be written ({error})", folder.display())
}

fn named(what: &'static str, there: &Path, number: u32) -> Finding {
    let name =
        kind(number).map_or_else(|| format!("kind {number:#x}"), |(name, _)| name.to_owned());
    let noexec = statvfs(there).is_ok_and(|about| about.f_flag.contains(StatVfsMountFlags::NOEXEC));
    let noexec = if noexec { ", noexec (no matter: nothing is run from there)" } else { "" };
    Finding::ok(what, format!("{name}{noexec}"))
}

/// Bytes that are free, and how that is said.
fn room(about: &StatVfs) -> (u64, String) {
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let all = about.f_blocks.saturating_mul(about.f_frsize);
    (free, format!("{} of {}", size(free), size(all)))
}

fn space(about: &StatVfs) -> Finding {
    let what = "free space";
    let (free, found) = room(about);
    if free < NOTHING {
        return Finding::bad(what, found, "not even notes can be written; make room");
    }
    // Some file systems have no fixed number of files and say that they have none.
    if about.f_files > 0 && about.f_favail == 0 {
        return Finding::bad(what, format!("{found}, but not one file more"), "remove some files");
    }
    if free < LITTLE {
        let advice = "copies of pipes and what is kept of big evidence may fill it";
        return Finding::warn(what, found, advice);
    }
    Finding::ok(what, found)
}

/// What a workspace does all the time.
fn tried(there: &Path) -> Vec<Finding> {
    let Ok(trial) = Trial::new(there) else { return Vec::new() };
    let always = [trial.locks(), trial.syncing(), trial.replacing()];
    always.into_iter().chain(trial.clock()).chain(trial.mode()).collect()
}

/// A small file that is removed in the end.
struct Trial {
    path: PathBuf,
    file: File,
}

impl Trial {
    fn new(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!(".trailcase-doctor-{}", std::process::id()));
        // Process numbers come again, also that of one that was killed and left its file.
        let _ = std::fs::remove_file(&path);
        let file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        let mut trial = Self { path, file };
        // More than a file system keeps beside its name.
        trial.file.write_all(&[b'.'; 4096])?;
        Ok(trial)
    }

    fn locks(&self) -> Finding {
        let what = "locks";
        let advice = "two could write to a workspace at once; name another folder with \
                      --workspace-dir";
        if let Err(error) = flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
            let advice = "a workspace cannot be opened without; name another folder with \
                          --workspace-dir";
            return Finding::bad(what, format!("none here ({error})"), advice);
        }
        let second = File::options().write(true).open(&self.path).map(|second| {
            flock(second, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from)
        });
        match second.and_then(|taken| taken) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Finding::ok(what, "hold: one writer at a time")
            }
            Ok(()) => Finding::bad(what, "are given to two at once", advice),
            Err(error) => Finding::bad(what, format!("do not work ({error})"), advice),
        }
    }

    fn syncing(&self) -> Finding {
        let what = "to the disk";
        let begun = Instant::now();
        if let Err(error) = fdatasync(&self.file) {
            let advice = "notes would be NOT SAVED; name another folder with --workspace-dir";
            return Finding::bad(what, format!("fdatasync fails ({error})"), advice);
        }
        let took = begun.elapsed();
        let found = format!("{:.1} ms for a note", took.as_secs_f64() * 1000.0);
        if took > SLOW {
            Finding::warn(what, found, "slow: notes are `saving` for so long")
        } else {
            Finding::ok(what, found)
        }
    }

    fn replacing(&self) -> Finding {
        let what = "replacing";
        let beside = self.path.with_extension("new");
        let done = std::fs::write(&beside, b"new")
            .and_then(|()| std::fs::rename(&beside, &self.path))
            .and_then(|()| std::fs::read(&self.path));
        let _ = std::fs::remove_file(&beside);
        let advice = "where you are is not kept; name another folder with --workspace-dir";
        match done {
            Ok(bytes) if bytes == b"new" => Finding::ok(what, "a file is replaced in one step"),
            Ok(_) => Finding::bad(what, "what was replaced is the old file", advice),
            Err(error) => Finding::bad(what, format!("fails ({error})"), advice),
        }
    }

    /// What the disk's clock says of a file just written, which for a network is a server's.
    fn clock(&self) -> Option<Finding> {
        let about = self.file.metadata().ok()?;
        let there = u64::try_from(about.mtime()).ok()?;
        let here = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let apart = there.abs_diff(here);
        (apart > APART).then(|| {
            let found = format!("the disk's clock is {apart} s from this host's");
            Finding::warn("disk clock", found, "times of files are not those of the journal")
        })
    }

    fn mode(&self) -> Option<Finding> {
        let mode = self.file.metadata().ok()?.permissions().mode() & 0o777;
        (mode != 0o600).then(|| {
            let advice = "others may read your work; name another folder with --workspace-dir";
            Finding::warn("file modes", format!("a private file has mode {mode:o}"), advice)
        })
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        // A file that cannot be removed is small and says by its name whose it is.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Judgement::{self, Bad, Ok, Warn};
    use super::*;

    #[test]
    fn a_folder_is_tried_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("not/there/yet");
        let findings = workspaces(&deep);
        let all: Vec<String> = findings.iter().flat_map(Finding::lines).collect();
        let all = all.join("\n");
        for part in ["made when needed", "hold: one writer", "ms for a note", "in one step"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_place_that_is_no_folder_is_bad_for_work_and_told_for_the_rest() {
        let worst = |all: Vec<Finding>| all.iter().map(|one| one.judgement).max();
        for none in ["/proc/self/fdinfo", "/proc/not/there", "/dev/null/x", "/dev/null"] {
            assert_eq!(worst(workspaces(Path::new(none))), Some(Bad), "{none}");
            assert_eq!(worst(temporary(Path::new(none))), Some(Warn), "{none}");
        }
    }

    #[test]
    fn space_is_judged_by_what_is_left_for_us() {
        let mut about = statvfs("/").unwrap();
        (about.f_frsize, about.f_blocks, about.f_files) = (1000, 1_000_000_000, 10);
        let mut judged = |free: u64, files: u64| -> Judgement {
            (about.f_bavail, about.f_favail) = (free, files);
            space(&about).judgement
        };
        assert_eq!(judged(2_000_000, 5), Ok);
        assert_eq!(judged(2_000_000, 0), Bad);
        assert_eq!(judged(999_999, 5), Warn);
        assert_eq!(judged(999, 5), Bad);
    }
}
