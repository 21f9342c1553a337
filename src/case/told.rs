//! Up to where a journal tells of its case: what a record is a record of.

use super::{Entry, What, chain};
use crate::event::Timestamp;

/// The last entry that says something of the case, of a journal's bytes.
///
/// That a record or rows were written is in the journal too, and changes nothing of the case. So entries
/// of that kind at the end do not count, and two records that are written one after the other are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Its hash, in hex; absent if there is no such entry, or the line is not whole.
    pub head: Option<String>,
    /// How many lines there are up to it, with it.
    pub entries: u64,
    /// When it was written.
    pub at: Option<Timestamp>,
}

impl Told {
    /// Of a journal's bytes as they lie on the disk; what follows the last line feed is no entry yet.
    pub fn of(journal: &[u8]) -> Self {
        let mut rest = journal;
        while let Some(end) = memchr::memrchr(b'\n', rest) {
            let before = &rest[..end];
            let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let line = &before[start..];
            let entry: Option<Entry> = serde_json::from_slice(line).ok();
            if line.is_empty() || entry.as_ref().is_some_and(|it| is_of_writing(&it.what)) {
                rest = &rest[..start];
                continue;
            }
            return Self {
                head: chain::split(line).map(|(_, hash)| hash.to_owned()),
                entries: lines(&rest[..=end]),
                at: entry.map(|entry| entry.at),
            };
        }
        Self::default()
    }
}

/// Whether it says only that something was written for others.
fn is_of_writing(what: &What) -> bool {
    matches!(what, What::Report { .. } | What::Export { .. })
}

/// How many lines there are that hold something.
fn lines(journal: &[u8]) -> u64 {
    journal.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A journal of these, and the hash of each line.
    fn journal(all: Vec<What>) -> (Vec<u8>, Vec<String>) {
        let (mut bytes, mut hashes) = (Vec::new(), vec![chain::genesis("id")]);
        for (seq, what) in (1_i32..).zip(all) {
            let at = Timestamp(i64::from(seq) * Timestamp::SECOND);
            let (who, host) = ("dana".to_owned(), "bastion".to_owned());
            let entry = Entry { seq: u64::from(seq.unsigned_abs()), at, who, host, what };
            let (line, hash) = chain::encode(&entry, hashes.last().unwrap()).unwrap();
            bytes.extend(line);
            hashes.push(hash);
        }
        (bytes, hashes)
    }

    fn said() -> What {
        What::Incident { facet: crate::case::Facet::Title, text: "x".to_owned() }
    }

    fn report() -> What {
        What::Report { of: "incident".into(), path: "a.md".into(), sha256: "0".repeat(64) }
    }

    #[test]
    fn what_was_only_written_for_others_does_not_count() {
        let (bytes, hashes) = journal(vec![report(), said(), report(), report()]);
        let told = Told::of(&bytes);
        assert_eq!(told.head.as_ref(), Some(&hashes[2]));
        assert_eq!((told.entries, told.at), (2, Some(Timestamp(2 * Timestamp::SECOND))));
    }

    #[test]
    fn a_journal_that_tells_nothing_has_no_head() {
        assert_eq!(Told::of(b""), Told::default());
        assert_eq!(Told::of(&journal(vec![report()]).0), Told::default());
    }

    #[test]
    fn a_line_that_is_not_whole_is_no_entry_yet() {
        let (mut bytes, hashes) = journal(vec![said(), said()]);
        bytes.truncate(bytes.len() - 2);
        assert_eq!(Told::of(&bytes).head.as_ref(), Some(&hashes[1]));
        assert_eq!(Told::of(&bytes).entries, 1);
    }
}
