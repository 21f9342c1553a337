//! One writer for a workspace: an advisory lock that the system frees when its process ends,
//! however it ends.

use super::files;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

const LIMIT: u64 = 1024;

/// The process that writes to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Absent if the lock file does not say.
    pub pid: Option<i32>,
    pub host: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid} on {}", self.host),
            None => f.write_str("another process"),
        }
    }
}

/// The right to write; given back when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(path: &Path) -> io::Result<Result<Self, Holder>> {
        let mut file =
            files::private().read(true).write(true).create(true).truncate(false).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(Err(read(path))),
            Err(error) => return Err(error.into()),
        }
        // What the file says is for people; on a full disk the lock holds without it.
        let said = format!("{} {}\n", std::process::id(), host());
        let _ = file.set_len(0).and_then(|()| file.write_all(said.as_bytes()));
        Ok(Ok(Self { file }))
    }

    /// Who seems to have the lock, without touching it: what the file says, unless that process
    /// is known to be gone.
    pub(super) fn holder(path: &Path) -> Option<Holder> {
        let holder = read(path);
        let pid = holder.pid?;
        let gone = holder.host == host()
            && Pid::from_raw(pid).is_none_or(|pid| test_kill_process(pid) == Err(Errno::SRCH));
        (!gone).then_some(holder)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty file tells others that nobody has it; the lock itself ends with the file.
        let _ = self.file.set_len(0);
    }
}

fn read(path: &Path) -> Holder {
    let bytes = files::read_small(path, LIMIT).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let (pid, host) = text.trim_end().split_once(' ').unwrap_or_default();
    Holder { pid: pid.parse().ok(), host: host.to_owned() }
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        assert_eq!(Lock::holder(&path), None);
        let first = Lock::take(&path).unwrap().unwrap();
        let holder = Lock::take(&path).unwrap().unwrap_err();
        assert_eq!(holder.pid, i32::try_from(std::process::id()).ok());
        assert_eq!(Lock::holder(&path), Some(holder));
        drop(first);
        assert_eq!(Lock::holder(&path), None);
        Lock::take(&path).unwrap().unwrap();
    }

    #[test]
    fn what_a_dead_process_left_holds_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        std::fs::write(&path, format!("{} {}\n", i32::MAX, host())).unwrap();
        assert_eq!(Lock::holder(&path), None);
        std::fs::write(&path, "77 elsewhere\n").unwrap();
        assert_eq!(Lock::holder(&path).unwrap().to_string(), "process 77 on elsewhere");
        Lock::take(&path).unwrap().unwrap();
    }
}
