use super::*;
use crate::verify::Seen;
use std::path::Path;

const LOGS: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04";

/// Two logs in which logging is stopped, and one in which it is not.
fn logs() -> Vec<(String, String)> {
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

fn examined(path: &Path) -> Examined {
    let source: Arc<dyn Source> =
        Arc::from(source::open(&path.display().to_string(), &source::Means::default()).unwrap());
    let sources = [source];
    let matter = Matter { sources: &sources, metadata: &[], may_hold: &|_| true, threads: 2 };
    examine(&matter, &Examined::default(), &Counted::default(), &Cancel::new()).unwrap()
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
        let found = examined(&folder.path().join(name)).objects;
        let stops = found.iter().filter_map(|object| match &object.seen {
            Seen::Log { stops, .. } => Some(stops.iter().map(|stop| stop.event.clone()).collect()),
            _ => None,
        });
        let stops: Vec<Vec<String>> = stops.collect();
        assert_eq!(stops, [vec!["StopLogging".to_owned()], vec![], vec!["DeleteTrail".to_owned()]]);
    }
}
