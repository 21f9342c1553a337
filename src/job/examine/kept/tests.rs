use super::super::tests::{examining, logs};
use super::*;
use crate::job::examine::Taken;
use crate::store::NewObject;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::os::unix::fs::symlink;

const ID: &str = "0123456789abcdef0123456789abcdef";

/// Evidence that was examined once, long after it was written.
struct World {
    folder: tempfile::TempDir,
    kept: Kept,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(&folder.path().join("case/segments"), ID);
        let world = Self { folder, kept };
        for (name, text) in logs() {
            world.write(&name, text.as_bytes());
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            packed.write_all(text.as_bytes()).unwrap();
            world.write(&format!("{name}.gz"), &packed.finish().unwrap());
        }
        world.keep();
        world
    }

    fn evidence(&self) -> PathBuf {
        self.folder.path().join("evidence")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.evidence().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Paths of the logs in which nothing was stopped: one packed, one not.
    fn quiet(&self) -> [PathBuf; 2] {
        let (name, _) = logs().swap_remove(1);
        [self.evidence().join(&name), self.evidence().join(format!("{name}.gz"))]
    }

    fn keep(&self) {
        let (mut examined, _) = examining(&self.evidence(), &Examined::default());
        age(&mut examined);
        self.kept.write(&examined, &Before::default()).unwrap();
    }

    /// The ledger of a session that loads what is there now.
    fn ledger(&self) -> Ledger {
        let (ledger, (examined, _)) =
            (Ledger::default(), examining(&self.evidence(), &Examined::default()));
        for whole in &examined.wholes {
            let path = Arc::clone(&whole.path);
            let id = ledger.open(NewObject { path, parent: None, order: 0, bytes: 0 });
            ledger.acquired(id, whole.sha256.unwrap(), whole.stamp.size);
        }
        ledger
    }

    fn read(&self) -> Before {
        self.kept.read(&self.ledger())
    }

    fn text(&self) -> Vec<u8> {
        fs::read(&self.kept.file).unwrap()
    }
}

/// Objects were read an hour later than they were.
fn age(examined: &mut Examined) {
    for whole in &mut examined.wholes {
        whole.at = whole.at.saturating_add(Timestamp::HOUR);
    }
}

fn with_sum(lines: &[u8]) -> Vec<u8> {
    [lines, hex(&Sha256::digest(lines)).as_bytes()].concat()
}

#[test]
fn what_was_hashed_once_is_not_read_again() {
    let world = World::new();
    let before = world.read();
    assert_eq!((before.all, before.remark.as_deref()), (2, None));
    let since = before.examined.wholes.iter().map(|whole| whole.at).min();
    let (anew, all) = examining(&world.evidence(), &Examined::default());
    let (again, read) = examining(&world.evidence(), &before.examined);
    // Those that may say that logging was stopped are read again.
    assert_eq!((all, read), (6, 4));
    assert_eq!(again.taken, Taken { logs: 2, since });
    assert_eq!(anew.taken, Taken::default());
    assert_eq!(format!("{:?}", again.objects.to_vec()), format!("{:?}", anew.objects.to_vec()));
    // Nothing is new, so that nothing is written.
    let text = world.text();
    fs::remove_file(&world.kept.file).unwrap();
    world.kept.write(&again, &before).unwrap();
    assert!(!world.kept.file.exists());
    world.kept.write(&again, &Before::default()).unwrap();
    assert_eq!(world.text(), text);
}

#[test]
fn logs_of_an_archive_are_known_by_its_stamp() {
    let world = World::new();
    let (mut tar, [plain, packed]) = (tar::Builder::new(Vec::new()), world.quiet());
    for path in [&plain, &packed] {
        tar.append_path_with_name(path, path.strip_prefix(world.evidence()).unwrap()).unwrap();
    }
    world.write("all.tar", &tar.into_inner().unwrap());
    world.keep();
    let (anew, _) = examining(&world.evidence(), &Examined::default());
    let (again, read) = examining(&world.evidence(), &world.read().examined);
    assert_eq!((anew.objects.len(), read, again.taken.logs), (8, 4, 4));
    assert_eq!(format!("{:?}", again.objects.to_vec()), format!("{:?}", anew.objects.to_vec()));
}

#[test]
fn a_file_that_changed_is_hashed_anew_whatever_times_it_is_given() {
    let world = World::new();
    let [path, _] = world.quiet();
    let (old, modified) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified());
    let text = String::from_utf8(old).unwrap().replace("GetUser", "PutUser");
    fs::write(&path, &text).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.set_modified(modified.unwrap()).unwrap();
    // As if the load had not seen it.
    let path = path.display().to_string();
    let mut stale = world.kept.lines(&world.text()).unwrap();
    let ledger = Ledger::default();
    for line in &stale {
        let path = line.path.as_str().into();
        let id = ledger.open(NewObject { path, parent: None, order: 0, bytes: 0 });
        ledger.acquired(id, unhex(&line.sha256).unwrap(), 0);
    }
    let (again, _) = examining(&world.evidence(), &world.kept.read(&ledger).examined);
    let Seen::Log { content, .. } = &again.objects[again.objects.find(&path).start].seen else {
        panic!("no log")
    };
    assert_eq!(content.sha256, <[u8; 32]>::from(Sha256::digest(&text)));
    assert_eq!(again.taken.logs, 1);
    // Each part of a stamp counts.
    stale.retain(|line| line.path != path);
    let [Line { stamp, .. }] = &stale[..] else { panic!("one is left") };
    let others = [
        (stamp.0 + 1, stamp.1, stamp.2, stamp.3, stamp.4),
        (stamp.0, stamp.1 + 1, stamp.2, stamp.3, stamp.4),
        (stamp.0, stamp.1, stamp.2 + 1, stamp.3, stamp.4),
        (stamp.0, stamp.1, stamp.2, stamp.3 + 1, stamp.4),
        (stamp.0, stamp.1, stamp.2, stamp.3, stamp.4 + 1),
    ];
    for other in others {
        let mut before = world.kept.read(&ledger);
        let (size, modified_nanos, changed_nanos, inode, device) = other;
        for whole in &mut before.examined.wholes {
            whole.stamp = Stamp { size, modified_nanos, changed_nanos, inode, device };
        }
        let (again, read) = examining(&world.evidence(), &before.examined);
        assert_eq!((again.taken.logs, read), (0, 6), "{other:?}");
    }
}

#[test]
fn bytes_that_were_loaded_otherwise_are_hashed_anew_though_the_stamp_is_the_same() {
    let world = World::new();
    let ledger = world.ledger();
    let ids = ledger.ids(|object| object.path.ends_with("Made2.json"));
    ledger.acquired(ids[0], [7; 32], 1);
    let before = world.kept.read(&ledger);
    assert_eq!((before.all, before.examined.wholes.len()), (2, 1));
    assert_eq!(world.kept.read(&Ledger::default()).examined.wholes, []);
}

#[test]
fn a_file_that_may_change_within_its_time_is_not_kept() {
    let world = World::new();
    let (examined, _) = examining(&world.evidence(), &Examined::default());
    world.kept.write(&examined, &world.read()).unwrap();
    assert_eq!(world.read().all, 0);
}

#[test]
fn damage_anywhere_is_a_miss_with_a_remark() {
    let world = World::new();
    let (text, ledger) = (world.text(), world.ledger());
    for at in 0..text.len() {
        let mut other = text.clone();
        other[at] ^= 1;
        let is_used = [&text[..at], &other].map(|text| world.kept.lines(text).is_some());
        assert_eq!(is_used, [false, false], "{at}");
    }
    // A sum says nothing about sense.
    let lines = &text[..text.len() - SUM];
    let mut damaged =
        [&b""[..], b"\n", b"{}\n", &[lines, b"\n"].concat(), &lines[1..]].map(with_sum).to_vec();
    damaged.extend([text[1..].to_vec(), [&text[..], b"\n"].concat(), Vec::new()]);
    for damaged in damaged {
        fs::write(&world.kept.file, damaged).unwrap();
        let before = world.kept.read(&ledger);
        assert!(before.examined.wholes.is_empty() && before.examined.objects.is_empty());
        assert!(before.remark.is_some_and(|remark| remark.contains("/hashes: it is damaged")));
    }
    // What is no file is not waited for, and no link is followed.
    fs::remove_file(&world.kept.file).unwrap();
    fs::create_dir(&world.kept.file).unwrap();
    assert!(world.kept.read(&ledger).remark.is_some());
    fs::remove_dir(&world.kept.file).unwrap();
    let elsewhere = world.folder.path().join("elsewhere");
    fs::write(&elsewhere, &text).unwrap();
    symlink(&elsewhere, &world.kept.file).unwrap();
    assert!(world.kept.read(&ledger).remark.is_some());
    fs::remove_file(&world.kept.file).unwrap();
    let before = world.kept.read(&ledger);
    assert!(before.remark.is_none() && before.all == 0);
}

#[test]
fn what_another_build_or_workspace_wrote_is_not_used() {
    let world = World::new();
    let segments = world.folder.path().join("case/segments");
    let mut others = [0, 1, 2].map(|_| Kept::of(&segments, ID));
    others[0].head.build.push('0');
    others[1].head.workspace.push('0');
    others[2].head.format += 1;
    for other in others {
        let before = other.read(&world.ledger());
        assert!(before.examined.wholes.is_empty() && before.remark.is_none());
    }
}

/// A log that is damaged, or no log by its name, is never taken from the file.
#[test]
fn lines_that_this_does_not_write_are_not_read() {
    let world = World::new();
    let whole = |change: &dyn Fn(&mut Line)| {
        let mut line = world.kept.lines(&world.text()).unwrap().swap_remove(0);
        change(&mut line);
        line.whole()
    };
    assert!(whole(&|_| ()).is_some());
    assert!(whole(&|line| line.path.push('x')).is_none());
    assert!(whole(&|line| line.logs[0].member = Some("x".to_owned())).is_none());
    assert!(whole(&|line| line.logs[0].content.push('0')).is_none());
    assert!(whole(&|line| line.sha256 = "é".repeat(32)).is_none());
    let [_, packed] = world.quiet();
    let bytes = fs::read(&packed).unwrap();
    fs::write(&packed, &bytes[..bytes.len() - 9]).unwrap();
    world.keep();
    assert_eq!(world.read().all, 1);
}
