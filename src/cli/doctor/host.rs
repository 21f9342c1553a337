//! What the host gives: processors, memory, open files, the time.

use super::finding::Finding;
use crate::cli::args::Common;
use crate::cli::memory::Memory;
use crate::cli::session::{size, time_text};
use crate::event::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit};
use std::path::Path;
use std::thread::available_parallelism;

/// Files that threads and a workspace have open at once, with room to spare.
const FILES: u64 = 1024;

/// No host on which this runs has a clock before this: 2026-01-01.
const EARLIEST: i64 = 1_767_225_600 * Timestamp::SECOND;
/// Nor after this: 2100-01-01.
const LATEST: i64 = 4_102_444_800 * Timestamp::SECOND;

pub(super) fn findings(common: &Common) -> Vec<Finding> {
    let mut findings = vec![processors(common)];
    findings.push(memory(common.memory, &Memory::of_system()));
    findings.push(open_files(getrlimit(Resource::Nofile)));
    findings.push(clock(Timestamp::now()));
    findings
}

fn processors(common: &Common) -> Finding {
    let usable = available_parallelism().map_or(1, usize::from);
    let online = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let online =
        online.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu ")).count();
    let mut found = usable.to_string();
    if online > usable {
        found = format!("{usable} of {online}: an affinity or a control group allows no more");
    }
    let finding = Finding::ok("processors", found);
    match common.jobs {
        Some(jobs) => finding.advise(&format!("{jobs} threads read, as --jobs says")),
        None => finding,
    }
}

fn memory(named: Option<u64>, memory: &Memory) -> Finding {
    let what = "memory";
    let (Some(most), Some(half)) = (memory.most(), memory.for_events()) else {
        return Finding::warn(
            what,
            "not known: /proc/meminfo cannot be read",
            "say with --memory how much events may take",
        );
    };
    let mut found = size(memory.host.unwrap_or(most));
    if let Some(limit) = memory.limit {
        found = format!("{found}, of which a control group allows {}", size(limit));
    }
    if let Some(free) = memory.free {
        found = format!("{found}, {} free", size(free));
    }
    let events = named.unwrap_or(half);
    found = format!("{found}; {} for events", size(events));
    if events > most {
        return Finding::warn(what, found, "--memory names more than there is");
    }
    if memory.free.is_some_and(|free| free < events) {
        let advice = "less is free than events may take; end other programs, or name less with \
                      --memory";
        return Finding::warn(what, found, advice);
    }
    Finding::ok(what, found)
}

fn open_files(limit: Rlimit) -> Finding {
    let what = "open files";
    match limit.current {
        Some(files) if files < FILES => Finding::warn(
            what,
            files.to_string(),
            "few: it is the hard limit, which limits.conf or LimitNOFILE sets",
        ),
        Some(files) => Finding::ok(what, files.to_string()),
        None => Finding::ok(what, "no limit"),
    }
}

/// The journal says when; a court will ask by which clock.
fn clock(now: Timestamp) -> Finding {
    let what = "clock";
    let found = time_text(now.0 / Timestamp::SECOND * Timestamp::SECOND);
    if !(EARLIEST..LATEST).contains(&now.0) {
        return Finding::warn(what, found, "this cannot be; set the clock before you write notes");
    }
    let synchronised = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.sock"];
    if synchronised.iter().any(|path| Path::new(path).exists()) {
        return Finding::ok(what, format!("{found}, a time service is at work"));
    }
    Finding::ok(what, found).advise("whether a time service keeps it right is not known")
}

#[cfg(test)]
mod tests {
    use super::super::finding::Judgement::{self, Ok, Warn};
    use super::*;

    #[test]
    fn memory_is_what_this_process_may_have() {
        let about = |host, free, limit| Memory { host, free, limit };
        let judged = |named, memory| -> (Judgement, String) {
            let finding = self::memory(named, &memory);
            (finding.judgement, finding.lines().collect())
        };
        let gb = |number: u64| Some(number * 1_000_000_000);
        let (is, text) = judged(None, about(gb(16), gb(12), None));
        assert!(is == Ok && text.contains("16.0 GB, 12.0 GB free; 8.0 GB for events"), "{text}");
        let (is, text) = judged(None, about(gb(16), gb(12), gb(4)));
        assert!(is == Ok && text.contains("allows 4.0 GB"), "{text}");
        assert!(text.contains("2.0 GB for events"), "{text}");
        let (is, text) = judged(gb(5), about(gb(16), gb(12), gb(4)));
        assert!(is == Warn && text.contains("more than there is"), "{text}");
        assert_eq!(judged(None, about(gb(16), gb(3), None)).0, Warn);
        assert_eq!(judged(None, Memory::default()).0, Warn);
    }

    #[test]
    fn a_clock_that_cannot_be_right_is_said() {
        assert_eq!(clock(Timestamp(0)).judgement, Warn);
        assert_eq!(clock(Timestamp(EARLIEST)).judgement, Ok);
        assert_eq!(clock(Timestamp(LATEST)).judgement, Warn);
        let few = Rlimit { current: Some(64), maximum: None };
        assert_eq!(open_files(few).judgement, Warn);
    }
}
