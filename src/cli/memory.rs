//! How much memory this process may have: the host's, or less where its control group says so.

use crate::query::number::Amount;
use std::fs::read_to_string;
use std::path::Path;

/// With less than this nothing can be loaded; and `--memory 4` is a unit forgotten.
const LEAST: u64 = 64_000_000;

/// What there is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Memory {
    /// Of the whole host.
    pub(super) host: Option<u64>,
    /// What the host could give now without writing to a swap disk.
    pub(super) free: Option<u64>,
    /// The least that this process's control group, or one around it, allows.
    pub(super) limit: Option<u64>,
}

impl Memory {
    pub(super) fn of_system() -> Self {
        let about = read_to_string("/proc/meminfo").unwrap_or_default();
        let groups = read_to_string("/proc/self/cgroup").unwrap_or_default();
        let host = figure(&about, "MemTotal:");
        let limit = limit(Path::new("/sys/fs/cgroup"), &groups);
        // Limits above what there is are what the kernel says for none.
        let limit = limit.filter(|&limit| host.is_none_or(|host| limit < host));
        Self { host, free: figure(&about, "MemAvailable:"), limit }
    }

    /// What this process can have at most.
    pub(super) fn most(&self) -> Option<u64> {
        self.limit.or(self.host)
    }

    /// What events may take if nobody says otherwise: half of it.
    pub(super) fn for_events(&self) -> Option<u64> {
        self.most().map(|most| most / 2)
    }
}

/// What `--memory` says, or half of what there is.
pub(super) fn for_events(named: Option<u64>) -> Option<u64> {
    named.or_else(|| Memory::of_system().for_events())
}

/// Reads the value of `--memory`.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    match size(text)? {
        bytes if bytes >= LEAST => Ok(bytes),
        _ => Err("less than 64MB, which is too little; write 2GB or 512MiB".to_owned()),
    }
}

/// Reads a number of bytes.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let bytes = match Amount::parse_size(text) {
        Some(Amount::Int(bytes)) => u64::try_from(bytes).ok(),
        Some(Amount::Float(bytes)) => (0.0..1e18).contains(&bytes).then_some(bytes as u64),
        None => None,
    };
    bytes.ok_or_else(|| "not a size; write 2GB or 512MiB".to_owned())
}

/// A line of `/proc/meminfo`, in bytes.
fn figure(about: &str, name: &str) -> Option<u64> {
    let line = about.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The least limit of the groups in a text such as `/proc/self/cgroup` and of those above them;
/// `root` is where the control groups are mounted.
///
/// Lines are `0::PATH` for version 2 and `NUMBER:NAMES:PATH` for version 1 (cgroups(7)). Where the
/// path is the host's and not to be seen from within, what is at the root is this process's own.
fn limit(root: &Path, groups: &str) -> Option<u64> {
    let lines = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (names, path) = (parts.next()?, parts.next()?);
        match names {
            "" => Some((root.to_owned(), path, "memory.max")),
            _ if names.split(',').any(|name| name == "memory") => {
                Some((root.join("memory"), path, "memory.limit_in_bytes"))
            }
            _ => None,
        }
    });
    lines
        .flat_map(|(mount, path, file)| {
            Path::new(path.trim_start_matches('/'))
                .ancestors()
                .filter_map(|group| read_to_string(mount.join(group).join(file)).ok())
                .filter_map(|text| text.trim().parse::<u64>().ok())
                .collect::<Vec<_>>()
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("2GB", Ok(2_000_000_000)),
            ("512MiB", Ok(512 << 20)),
            ("1.5g", Ok(1_500_000_000)),
            ("64000000", Ok(64_000_000)),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
        for text in ["4", "0", "", "-1GB", "lots", "NaN", "1e30GB", "2 GB x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_least_limit_of_all_groups_around_counts() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let of = |groups: &str| limit(root.path(), groups);
        assert_eq!(of("0::/a/b\n"), None);
        write("a/b/memory.max", "max\n");
        assert_eq!(of("0::/a/b\n"), None);
        write("a/memory.max", "5000\n");
        assert_eq!(of("0::/a/b\n"), Some(5000));
        write("a/b/memory.max", "3000\n");
        assert_eq!(of("1:name=systemd:/\n0::/a/b\n"), Some(3000));
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(of("4:cpu,memory:/not/seen\n"), Some(9_223_372_036_854_771_712));
        write("memory/x/memory.limit_in_bytes", "700\n");
        assert_eq!(of("4:cpu,memory:/x\n3:cpuset:/\n"), Some(700));
    }

    #[test]
    fn meminfo_is_in_kibibytes() {
        let about = "MemTotal:       2048 kB\nMemFree: 1 kB\n";
        assert_eq!(figure(about, "MemTotal:"), Some(2 << 20));
        assert_eq!(figure(about, "MemAvailable:"), None);
        assert_eq!(figure("MemTotal: 99999999999999999999 kB", "MemTotal:"), None);
    }
}
