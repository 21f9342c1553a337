//! Exports that were changed, cut off or made up are refused, and what could not be written whole
//! is not there at all.

use super::*;

/// Members of an export, to make another of.
fn members(path: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let tar = zstd::Decoder::new(fs::File::open(path).unwrap()).unwrap();
    let mut archive = tar::Archive::new(tar);
    let mut all = Vec::new();
    for member in archive.entries().unwrap() {
        let mut member = member.unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
        all.push((member.path_bytes().into_owned(), bytes));
    }
    all
}

fn pack(path: &Path, members: &[(Vec<u8>, Vec<u8>)], kind: tar::EntryType) {
    let zstd = zstd::Encoder::new(fs::File::create(path).unwrap(), 1).unwrap().auto_finish();
    let mut tar = tar::Builder::new(zstd);
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        // As it stands, for names that no good program writes.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_size(bytes.len() as u64);
        header.set_entry_type(if name.starts_with(b"evidence/link") {
            kind
        } else {
            tar::EntryType::Regular
        });
        if kind.is_symlink() && name.starts_with(b"evidence/link") {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).unwrap();
    }
    tar.finish().unwrap();
}

#[test]
fn what_was_changed_on_the_way_is_refused_and_leaves_nothing() {
    let bench = Bench::with_trail();
    case(&bench, "alice", &[bench.evidence()]);
    work(&bench, "alice", &["export", "break-in", "-o", "good.tar.zst"]);
    let good = members(&bench.path("good.tar.zst"));
    let named = |name: &str| good.iter().position(|(own, _)| own == name.as_bytes()).unwrap();
    let with = |name: &str, bytes: &[u8]| {
        let mut all = good.clone();
        all.insert(0, (name.as_bytes().to_vec(), bytes.to_vec()));
        all
    };
    let mut changed = good.clone();
    let journal = named("journal.jsonl");
    changed[journal].1 =
        String::from_utf8(changed[journal].1.clone()).unwrap().replace("ten", "one").into_bytes();
    let mut missing = good.clone();
    missing.remove(named("manifest.json"));
    let mut headless = good.clone();
    headless.pop();
    let mut twice = good.clone();
    twice.insert(0, good[0].clone());
    for (members, code, part) in [
        (changed, 1, "journal.jsonl is not what was exported"),
        (missing, 1, "manifest.json is missing"),
        (headless, 2, "has no SHA256SUMS"),
        (with("cache/more", b"x"), 1, "cache/more was added"),
        (with("../break-out", b"x"), 2, "../break-out"),
        (with("/tmp/break-out", b"x"), 2, "/tmp/break-out"),
        (with("evidence/../../break-out", b"x"), 2, "break-out"),
        (with("lock", b"x"), 2, "lock"),
        (with("evidence/link", b""), 2, "evidence/link"),
        (twice, 2, "workspace.json twice"),
        (Vec::new(), 2, "has no SHA256SUMS"),
    ] {
        pack(&bench.path("bad.tar.zst"), &members, tar::EntryType::Symlink);
        let said = work(&bench, "bob", &["import", "bad.tar.zst"]);
        assert!(said.code == code && said.err.contains(part), "{part}: {} {}", said.code, said.err);
        assert_eq!(below(&bench.path("bob")), [] as [PathBuf; 0], "{part}");
    }
    let whole = read(bench.path("good.tar.zst"));
    for size in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(bench.path("cut.tar.zst"), &whole[..size]).unwrap();
        let said = work(&bench, "bob", &["import", "cut.tar.zst"]);
        assert_eq!(said.code, 2, "{size}: {}", said.err);
    }
    fs::write(bench.path("no.tar.zst"), "no archive").unwrap();
    assert_eq!(work(&bench, "bob", &["import", "no.tar.zst"]).code, 2);
    assert_eq!(work(&bench, "bob", &["import", "none"]).code, 4);
    assert_eq!(below(&bench.path("bob")), [] as [PathBuf; 0]);

    // A journal that was damaged before it left is told, and stands beside nobody's.
    let path = bench.path("alice/break-in/journal.jsonl");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("ten", "one")).unwrap();
    let said = work(&bench, "alice", &["export", "break-in", "-o", "damaged.tar.zst"]);
    assert!(said.code == 1 && said.out.contains("hash: journal.jsonl line 1"), "{}", said.out);
    assert_eq!(work(&bench, "bob", &["import", "good.tar.zst"]).code, 0);
    let said = work(&bench, "bob", &["import", "damaged.tar.zst"]);
    assert!(said.code == 2 && said.err.contains("its journal is damaged"), "{}", said.err);
    let said = work(&bench, "bob", &["import", "damaged.tar.zst", "--name", "other"]);
    assert!(said.code == 1 && said.out.contains("DAMAGED"), "{}", said.out);
}

#[test]
fn a_full_disk_leaves_no_half_export() {
    let bench = Bench::with_trail();
    case(&bench, "alice", &[bench.evidence()]);
    let said = work(&bench, "alice", &["export", "break-in", "-o", "/proc/no.tar.zst"]);
    assert_eq!(said.code, 3, "{}", said.err);
    // Files of this process cannot be larger than a few hundred bytes: as if the disk were full.
    let folder = bench.path("alice").display().to_string();
    let mut shell = std::process::Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" workspace export break-in --evidence -o out.tar.zst --workspace-dir \"$1\"";
    bench.write(
        "big.log",
        &(0u32..200_000).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>(),
    );
    let output = shell
        .args(["-c", script, env!("CARGO_BIN_EXE_trailcase"), &folder])
        .current_dir(bench.path(""))
        .output()
        .unwrap();
    let said = crate::bench::said(output);
    assert!(
        said.code == 3 && said.err.contains("nothing was written"),
        "{} {}",
        said.code,
        said.err
    );
    let left: Vec<_> =
        fs::read_dir(bench.path("")).unwrap().map(|found| found.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().contains("tar")), "{left:?}");
}
