use super::*;
use crate::source::Elsewhere;
use crate::verify::Seen;
use std::path::Path;

const LOGS: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04";

/// Two logs in which logging is stopped, and one in which it is not.
pub(super) fn logs() -> Vec<(String, String)> {
    let log = |number: u8, event: &str| {
        let name =
            format!("111122223333_CloudTrail_eu-west-1_20260304T100{number}Z_Made{number}.json");
        let text = format!(
            r#"{{"Records":[{{"eventTime":"2026-03-04T10:00:0{number}Z","eventName":"{event}"}}]}}"#
        );
        (format!("{LOGS}/{name}"), text)
    };
    vec![log(1, "StopLogging"), log(2, "GetUser"), log(3, "DeleteTrail")]
}

fn folder(path: &Path) -> Box<dyn Source> {
    source::open(&path.display().to_string(), &source::Means::default()).unwrap()
}

/// What is found, and how many objects were read for it.
fn of(source: Arc<dyn Source>, before: &Examined) -> (Examined, u64) {
    let (sources, counted) = ([source], Counted::default());
    let matter = Matter { sources: &sources, metadata: &[], may_hold: &|_| true, threads: 2 };
    let examined = examine(&matter, before, &counted, &Cancel::new()).unwrap();
    (examined, counted.objects.into_inner())
}

/// The same of a folder.
pub(super) fn examining(path: &Path, before: &Examined) -> (Examined, u64) {
    of(Arc::from(folder(path)), before)
}

#[test]
fn stops_are_found_in_folders_and_archives_alike() {
    let folder = tempfile::tempdir().unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in logs() {
        let path = folder.path().join("plain").join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &text).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    std::fs::write(folder.path().join("all.tar"), tar.into_inner().unwrap()).unwrap();
    for name in ["plain", "all.tar"] {
        let found = examining(&folder.path().join(name), &Examined::default()).0.objects;
        let stops = found.iter().filter_map(|object| match &object.seen {
            Seen::Log { stops, .. } => Some(stops.iter().map(|stop| stop.event.clone()).collect()),
            _ => None,
        });
        let stops: Vec<Vec<String>> = stops.collect();
        assert_eq!(stops, [vec!["StopLogging".to_owned()], vec![], vec!["DeleteTrail".to_owned()]]);
    }
}

/// A folder that says of each digest what a bucket would.
struct Bucket(Box<dyn Source>);

impl Source for Bucket {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        self.0.list(cancel, emit);
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<source::Input, Reason> {
        self.0.open(item, cancel)
    }

    fn reopen(&self, item: &Item) -> Result<source::Input, Reason> {
        self.0.reopen(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        Some(self)
    }
}

impl Elsewhere for Bucket {
    fn at_hand(&self) -> Vec<Item> {
        Vec::new()
    }

    fn leaves_out(&self, _: &str) -> bool {
        false
    }

    fn ahead(&self, _: &Item, _: &Cancel) {}

    fn metadata(&self, _: &Item) -> Option<Vec<u8>> {
        Some(br#"{"Metadata":{"signature":"ab"}}"#.to_vec())
    }

    fn rest(&self) -> source::Amount {
        source::Amount::default()
    }

    fn lift(&self) {}

    fn watch(&self, _: &Cancel, _: &mut dyn FnMut(source::News)) -> Result<(), Reason> {
        Ok(())
    }
}

#[test]
fn what_a_bucket_says_of_a_digest_is_there_when_that_is_not_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let name = "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T110000Z.json.gz";
    std::fs::write(dir.path().join(name), "{}").unwrap();
    let bucket: Arc<dyn Source> = Arc::new(Bucket(folder(dir.path())));
    let (first, read) = of(Arc::clone(&bucket), &Examined::default());
    let (second, read_again) = of(bucket, &first);
    assert_eq!((read, read_again), (2, 0));
    let signatures = |examined: &Examined| {
        let signature = |object: &Object| match &object.seen {
            Seen::Metadata(metadata) => metadata.signature.clone(),
            _ => None,
        };
        examined.objects.iter().filter_map(signature).collect::<Vec<_>>()
    };
    assert_eq!(signatures(&first), ["ab"]);
    assert_eq!(signatures(&second), ["ab"]);
}
