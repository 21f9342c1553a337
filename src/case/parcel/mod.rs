//! The one file that a workspace travels in: a tar archive, compressed by zstd, that any system can
//! unpack, with the SHA-256 of each member in its last one, `SHA256SUMS`, as `sha256sum` reads it.

pub(super) mod manifest;
pub(super) mod packing;
mod sums;
pub(super) mod unpacking;

use super::{chains, journal, receipts, view, workspace};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SUMS: &str = "SHA256SUMS";
/// The folder of evidence, in the archive and in a workspace.
pub(super) const EVIDENCE: &str = "evidence";

/// What may be in such a file, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A description, with the most bytes it may have.
    Small(u64),
    /// A chain of entries.
    Chain,
    /// What cannot be read again, or evidence.
    Bulk,
    Sums,
}

impl Part {
    /// What a member of this name is; nothing if no export writes such a name. A name that is
    /// something stays below the folder that it is unpacked in.
    fn of(name: &[u8]) -> Option<Self> {
        const SMALL: u64 = 64 << 20;
        let text = std::str::from_utf8(name).ok();
        match text {
            Some(workspace::FILE | view::VIEW) => return Some(Self::Small(SMALL)),
            Some(MANIFEST) => return Some(Self::Small(4 * SMALL)),
            Some(SUMS) => return Some(Self::Sums),
            Some(journal::FILE) => return Some(Self::Chain),
            _ => {}
        }
        let slash = memchr::memchr(b'/', name)?;
        let (folder, rest) = (&name[..slash], &name[slash + 1..]);
        let plain =
            |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
        match std::str::from_utf8(folder).ok()? {
            chains::FOLDER => {
                let file = text?.split_at(slash + 1).1;
                chains::id_of(file).map(|_| Self::Chain)
            }
            workspace::CACHE => (plain(rest) && !rest.contains(&b'/')).then_some(Self::Bulk),
            workspace::PUBLIC_KEYS => {
                workspace::is_key_file(text?.split_at(slash + 1).1).then_some(Self::Small(SMALL))
            }
            receipts::FOLDER => receipts::is_list(text?.split_at(slash + 1).1)
                .then_some(Self::Small(2 * receipts::LONGEST)),
            EVIDENCE => rest.split(|byte| *byte == b'/').all(plain).then_some(Self::Bulk),
            _ => None,
        }
    }
}

/// The name under which the object at an absolute path travels, and lies in a workspace; the same
/// for two paths only if they are the same but for needless `/` and `.`.
pub(super) fn member_of(path: &[u8]) -> Vec<u8> {
    let mut name = EVIDENCE.as_bytes().to_vec();
    for part in path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".") {
        name.push(b'/');
        if part.strip_suffix(b"..").is_some_and(|rest| rest.iter().all(|byte| *byte == b'_')) {
            name.push(b'_');
        }
        name.extend_from_slice(part);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_an_export_writes_is_something() {
        for name in [
            "workspace.json",
            "journal.jsonl",
            "view.json",
            "manifest.json",
            "SHA256SUMS",
            "chains/0123456789abcdef-00112233445566778899aabbccddeeff.jsonl",
            "cache/stdin-1-2.stream",
            "evidence/data/trail/a.json.gz",
            "public-keys/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json",
            "acquired/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.jsonl",
        ] {
            assert!(Part::of(name.as_bytes()).is_some(), "{name}");
        }
        for name in [
            "",
            "/workspace.json",
            "./workspace.json",
            "lock",
            "draft",
            "chains/x.jsonl",
            "chains/../0123456789abcdef-00112233445566778899aabbccddeeff.jsonl",
            "cache/a/b",
            "cache/..",
            "cache/",
            "evidence",
            "evidence/",
            "evidence/../workspace.json",
            "evidence//a",
            "evidence/a/./b",
            "evidence/a\0b",
            "segments/1",
            "public-keys/keys.json",
            "acquired/list.jsonl",
            "public-keys/../0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json",
        ] {
            assert_eq!(Part::of(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn different_paths_have_different_names() {
        for (path, name) in [
            (&b"/data/a"[..], &b"evidence/data/a"[..]),
            (b"/data//./a/", b"evidence/data/a"),
            (b"/../a", b"evidence/_../a"),
            (b"/_../a", b"evidence/__../a"),
            (b"/a../_b..", b"evidence/a../_b.."),
        ] {
            assert_eq!(member_of(path), name);
        }
    }

    proptest! {
        #[test]
        fn what_is_evidence_stays_below_its_folder(path: Vec<u8>) {
            let mut path = path;
            path.retain(|byte| *byte != 0);
            let name = member_of(&path);
            if name.len() > EVIDENCE.len() {
                prop_assert_eq!(Part::of(&name), Some(Part::Bulk));
            }
        }
    }
}
