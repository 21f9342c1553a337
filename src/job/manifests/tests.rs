//! Manifests in a folder of evidence, and what they say of it.

use super::*;
use crate::case::sha256_hex;
use crate::source::Files;
use crate::verify::Verdict;
use crate::verify::manifest::{json, text};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

struct Case(tempfile::TempDir);

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let case = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            case.write(name, text);
        }
        case
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn check_knowing(&self, known: &(dyn Fn(&Item) -> Option<[u8; 32]> + Sync)) -> Vec<Checked> {
        let source = Arc::new(Files::new(self.0.path().to_str().unwrap()).unwrap());
        let how = How { threads: 2, known };
        check(&[source as Arc<dyn Source>], &how, &Cancel::new(), &mut |_| {}).unwrap()
    }

    fn check(&self) -> Vec<Checked> {
        self.check_knowing(&|_| None)
    }
}

fn sums(files: &[(&str, &str)]) -> String {
    let line = |(name, text): &(&str, &str)| sha256_hex(text.as_bytes()) + "  " + name + "\n";
    files.iter().map(line).collect()
}

fn outcomes(checked: &Checked) -> Vec<(&'static str, String)> {
    let name = |found: &Found| {
        let name = found.name.clone().or_else(|| found.object.clone()).unwrap_or_default();
        name.rsplit('/').next().unwrap_or_default().to_owned()
    };
    checked.found.iter().map(|found| (found.outcome.as_str(), name(found))).collect()
}

/// Another algorithm has hashes of as many digits.
#[test]
fn what_differs_says_that_its_algorithm_is_a_guess() {
    let case = Case::new(&[("a.log", "one\n"), ("sums.txt", &sums(&[("a.log", "two\n")]))]);
    let guess = "read as sha256 for its 64 digits alone, and may be of another algorithm";
    assert!(case.check()[0].found[0].detail.contains(guess));
    fs::rename(case.0.path().join("sums.txt"), case.0.path().join("SHA256SUMS")).unwrap();
    assert!(!case.check()[0].found[0].detail.contains(guess));
    fs::rename(case.0.path().join("SHA256SUMS"), case.0.path().join("B3SUMS")).unwrap();
    assert_eq!(outcomes(&case.check()[0]), [("unproven", "a.log".to_owned())]);
}

/// Who names a manifest alone has not shown what lies beside it.
#[test]
fn what_lies_outside_of_what_was_named_is_not_missing() {
    let lines = sums(&[("a.log", "one\n"), ("d/b.log", "two\n")]);
    let case = Case::new(&[("a.log", "one\n"), ("d/c.log", ""), ("SHA256SUMS", &lines)]);
    let check = |names: &[&str]| -> Vec<Checked> {
        let open = |name: &&str| -> Arc<dyn Source> {
            Arc::new(Files::new(case.0.path().join(name).to_str().unwrap()).unwrap())
        };
        let sources: Vec<_> = names.iter().map(open).collect();
        let how = How { threads: 2, known: &|_| None };
        check(&sources, &how, &Cancel::new(), &mut |_| {}).unwrap()
    };
    let [alone] = &check(&["SHA256SUMS"])[..] else { panic!("one manifest") };
    let outside = ["a.log", "b.log"].map(|name| ("unproven", name.to_owned()));
    assert_eq!((outcomes(alone), alone.verdict()), (outside.to_vec(), Verdict::Incomplete));
    assert!(alone.found[0].detail.contains("name its folder too"), "{:?}", alone.found[0]);
    let with_folder = &check(&["SHA256SUMS", "d"])[0];
    assert_eq!(outcomes(with_folder), [outside[0].clone(), ("missing", "b.log".to_owned())]);
    let with_file = &check(&["SHA256SUMS", "a.log"])[0];
    assert_eq!(outcomes(with_file), [outside[1].clone()]);
}

#[test]
fn files_are_what_the_manifest_says_or_told() {
    let files = [("a.log", "one\n"), ("d/b.log", "two\n"), ("c.log", "three\n")];
    let case = Case::new(&files);
    assert_eq!(case.check(), []);
    let lines = sums(&files) + &sums(&[("gone.log", ""), ("SHA256SUMS", "itself")]) + "???\n";
    case.write("SHA256SUMS", &lines);
    case.write("c.log", "3\n");
    let [checked] = &case.check()[..] else { panic!("one manifest") };
    assert_eq!(
        outcomes(checked),
        [
            ("differs", "c.log".to_owned()),
            ("missing", "gone.log".to_owned()),
            ("unproven", "SHA256SUMS".to_owned()),
            ("unreadable_line", String::new()),
        ]
    );
    assert_eq!((checked.counts.of(Outcome::Matches), checked.verdict()), (2, Verdict::Invalid));
    let both = [sha256_hex(b"3\n"), sha256_hex(b"three\n")];
    let lines = text(std::slice::from_ref(checked));
    assert!(lines[0].contains("(sums, sha256): 2 match, 1 differs, 1 missing"), "{lines:?}");
    assert!(both.iter().all(|hash| lines[1].contains(hash)), "{lines:?}");
    assert!(lines.last().unwrap().contains("not that nobody changed both"), "{lines:?}");
    let json = json(std::slice::from_ref(checked));
    assert_eq!(json["verdict"], "invalid");
    assert_eq!(json["manifests"][0]["counts"]["matches"], 2);
    assert_eq!(json["manifests"][0]["findings"][0]["line"], 3);

    case.write("c.log", "three\n");
    case.write("SHA256SUMS", &sums(&files));
    assert_eq!(case.check()[0].verdict(), Verdict::Valid);
}

#[test]
fn what_the_tools_of_this_machine_write_is_understood() {
    let case = Case::new(&[]);
    let names: [&[u8]; 6] = [
        b"plain",
        b"a b (1)",
        b"line\nfeed",
        b"back\\x41slash",
        b"\xff\x1b[2J",
        "d\u{ed}a".as_bytes(),
    ];
    for name in names {
        fs::write(case.0.path().join(OsStr::from_bytes(name)), name).unwrap();
    }
    let tools = [
        ("sha256sum", "", "SHA256SUMS"),
        ("sha512sum", "-b", "sums.txt"),
        ("md5sum", "--tag", "CHECKSUMS"),
        ("sha1sum", "", "any.name"),
        ("sha224sum", "--tag", "x.sha224"),
    ];
    for (tool, option, file) in tools {
        let mut command = Command::new(tool);
        command.args(Some(option).filter(|option| !option.is_empty())).arg("--");
        command.args(names.map(OsStr::from_bytes)).current_dir(case.0.path());
        let written = command.output().unwrap().stdout;
        fs::write(case.0.path().join(file), written).unwrap();
        let [checked] = &case.check()[..] else { panic!("{tool}: one manifest") };
        assert_eq!(checked.counts.of(Outcome::Matches), 6, "{tool}: {checked:?}");
        assert_eq!(checked.verdict(), Verdict::Valid, "{tool}");
        fs::remove_file(case.0.path().join(file)).unwrap();
    }
}

#[test]
fn what_is_known_is_not_read_again_and_links_are_not_followed_outside() {
    let case = Case::new(&[("a.log", "one\n")]);
    std::os::unix::fs::symlink("/etc/passwd", case.0.path().join("link")).unwrap();
    let lines = sums(&[("a.log", "known"), ("link", ""), ("/etc/passwd", ""), ("../x", "")]);
    case.write("hashes.txt", &lines);
    let asked = AtomicU64::new(0);
    let known = |item: &Item| {
        asked.fetch_add(1, Ordering::Relaxed);
        item.key.ends_with("a.log").then(|| crate::case::unhex(&sha256_hex(b"known")).unwrap())
    };
    let [checked] = &case.check_knowing(&known)[..] else { panic!("one manifest") };
    assert_eq!(checked.counts.of(Outcome::Matches), 1);
    let outcomes = outcomes(checked);
    let outcomes: Vec<_> = outcomes.iter().map(|(outcome, name)| (*outcome, &**name)).collect();
    assert_eq!(outcomes, [("unread", "link"), ("missing", "passwd"), ("missing", "x")]);
    assert!(checked.found[0].detail.contains("leads outside"), "{checked:?}");
}

#[test]
fn hashdeep_compares_sizes_and_all_hashes() {
    let case = Case::new(&[("a.log", "abc"), ("b.log", "abcd")]);
    let (md5, sha1) =
        ("900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d");
    let head = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha1,filename\n";
    let name = r"C:\case\a.log";
    case.write("audit.txt", &format!("{head}3,{md5},{sha1},{name}\n3,{md5},{sha1},./b.log\n"));
    let [checked] = &case.check()[..] else { panic!("one manifest") };
    assert_eq!(outcomes(checked), [("differs", "b.log".to_owned())]);
    let detail = &checked.found[0].detail;
    assert!(detail.starts_with("has 4 bytes, not 3; md5 is ") && detail.contains("; sha1 is "));
}

#[test]
fn a_bag_has_what_it_says_and_nothing_else() {
    let payload = [("data/a.log", "one\n"), ("data/d/b.log", "two\n")];
    let case = Case::new(&[]);
    let bag = |name: &str| format!("bag/{name}");
    for (name, text) in payload {
        case.write(&bag(name), text);
    }
    case.write(&bag("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    case.write(&bag("bag-info.txt"), "Payload-Oxum: 8.2\n");
    case.write(&bag("manifest-sha256.txt"), &sums(&payload));
    case.write(&bag("tagmanifest-sha256.txt"), &sums(&[("bag-info.txt", "Payload-Oxum: 8.2\n")]));
    let all = case.check();
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|checked| checked.verdict() == Verdict::Valid), "{all:?}");

    case.write(&bag("data/more.log"), "put there\n");
    case.write(&bag("data/a.log"), "0ne\n");
    let far = sums(&[("data/far.log", "")]);
    case.write(&bag("manifest-sha256.txt"), &(sums(&payload) + &far));
    case.write(&bag("fetch.txt"), "https://example.com/far.log - data/far.log\n");
    let all = case.check();
    let told: Vec<_> = all.iter().flat_map(outcomes).collect();
    let told: Vec<_> = told.iter().map(|(outcome, name)| (*outcome, &**name)).collect();
    assert_eq!(
        told,
        [("differs", ""), ("differs", "a.log"), ("missing", "far.log"), ("unnamed", "more.log")]
    );
    assert!(all[1].found[1].detail.contains("fetch.txt says"), "{:?}", all[1].found);
}

#[test]
fn what_cannot_be_read_is_neither_silence_nor_missing() {
    let payload = [("data/a.log", "one\n"), ("data/link", "")];
    let case = Case::new(&[("bag/data/a.log", "one\n")]);
    std::os::unix::fs::symlink("/etc/passwd", case.0.path().join("SHA256SUMS")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", case.0.path().join("bag/data/link")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", case.0.path().join("bag/fetch.txt")).unwrap();
    case.write("bag/bagit.txt", "BagIt-Version: 1.0\n");
    case.write("bag/bag-info.txt", "Payload-Oxum: 4.1\n");
    case.write("bag/manifest-sha256.txt", &sums(&payload));
    let all = case.check();
    let told: Vec<_> = all.iter().flat_map(outcomes).collect();
    let told: Vec<_> = told.iter().map(|(outcome, name)| (*outcome, &**name)).collect();
    assert_eq!(
        told,
        [("unread", "SHA256SUMS"), ("unread", "fetch.txt"), ("unproven", ""), ("unread", "link")]
    );
    assert!(all.iter().all(|checked| checked.verdict() == Verdict::Incomplete), "{all:?}");
}

#[test]
fn a_call_to_stop_leaves_nothing_that_agrees() {
    let case = Case::new(&[("a.log", "one\n"), ("SHA256SUMS", &sums(&[("a.log", "one\n")]))]);
    let source = Arc::new(Files::new(case.0.path().to_str().unwrap()).unwrap());
    let (cancel, how) = (Cancel::new(), How { threads: 1, known: &|_| None });
    let stop = cancel.clone();
    // As soon as the manifest was found.
    let all = check(&[source as Arc<dyn Source>], &how, &cancel, &mut |_| stop.cancel()).unwrap();
    assert!(all.iter().all(|checked| checked.verdict() != Verdict::Valid), "{all:?}");
}
