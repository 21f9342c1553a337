//! What the last frames cost, for `--stats` and for tests.

use std::collections::VecDeque;
use std::io::{self, Write};

const KEPT: usize = 4096;

/// The cost of one frame. A frame in which nothing changed has 0 bytes and 0 writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct FrameStats {
    pub bytes: u64,
    /// Calls of write(2).
    pub writes: u64,
    /// Making the picture.
    pub micros_draw: u32,
    /// Comparing it with what is shown, and sending it.
    pub micros_write: u32,
}

/// The last 4,096 frames and the sums of all.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    last: VecDeque<FrameStats>,
    pub frames: u64,
    pub bytes: u64,
    pub writes: u64,
}

impl Statistics {
    pub(super) fn push(&mut self, stats: FrameStats) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(stats);
        self.frames += 1;
        self.bytes += stats.bytes;
        self.writes += stats.writes;
    }

    /// The last frames, the oldest first.
    pub fn last(&self) -> impl ExactSizeIterator<Item = &FrameStats> {
        self.last.iter()
    }

    /// Writes the last frames as JSON lines, the oldest first.
    pub fn write_jsonl(&self, out: &mut impl Write) -> io::Result<()> {
        for stats in &self.last {
            serde_json::to_writer(&mut *out, stats)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_frames_and_the_sums_of_all() {
        let mut statistics = Statistics::default();
        for bytes in 0..5000 {
            statistics.push(FrameStats { bytes, writes: 1, ..FrameStats::default() });
        }
        assert_eq!((statistics.frames, statistics.writes), (5000, 5000));
        assert_eq!(statistics.last().next().unwrap().bytes, 5000 - 4096);
        let mut lines = Vec::new();
        statistics.write_jsonl(&mut lines).unwrap();
        let text = String::from_utf8(lines).unwrap();
        assert_eq!(text.lines().count(), 4096);
        let last = r#"{"bytes":4999,"writes":1,"micros_draw":0,"micros_write":0}"#;
        assert_eq!(text.lines().last(), Some(last));
    }
}
