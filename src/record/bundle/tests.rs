use super::*;
use crate::case::Raw;
use crate::record::incident::Scrub;

fn incident() -> Incident {
    let exhibit = |raw: &[u8]| Exhibit { raw: Some(Raw(raw.to_vec())), ..Exhibit::default() };
    Incident {
        exhibits: vec![exhibit(b"{\"a\":1}"), exhibit(b"\xff raw"), Exhibit::default()],
        ..Incident::default()
    }
}

fn paths(bundle: &Bundle) -> Vec<&str> {
    bundle.files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn no_path_is_what_somebody_else_wrote() {
    let incident = incident();
    let key = |name: &str| (name.to_owned(), Vec::new());
    let parts = Parts {
        incident: Some(&incident),
        public_keys: vec![key("../../etc/passwd"), key("a/b"), key("A_b"), key(""), key("-rf")],
        journal: Some(b"{}\n"),
        ..Parts::default()
    };
    let bundle = Bundle::new(&parts);
    assert_eq!(
        paths(&bundle),
        [
            "VERIFY.md",
            "exhibits/001.json",
            "exhibits/002.txt",
            "journal.jsonl",
            "manifest.json",
            "public-keys/2-A_b",
            "public-keys/_.._etc_passwd",
            "public-keys/a_b",
            "public-keys/file",
            "public-keys/rf",
            "SHA256SUMS",
        ]
    );
    assert_eq!(bundle.left_out, ["the bytes of 1 exhibit: they were not given"]);
    assert_eq!(Bundle::new(&parts), bundle);
}

#[test]
fn what_was_redacted_does_not_go_along_by_another_way() {
    let incident = Incident { scrub: Some(Scrub::default()), ..incident() };
    let parts = Parts {
        incident: Some(&incident),
        journal: Some(b"token"),
        proofs: vec![("p.md".to_owned(), b"secret".to_vec())],
        ..Parts::default()
    };
    let bundle = Bundle::new(&parts);
    assert!(!bundle.files.iter().any(|file| file.bytes == b"secret"));
    assert_eq!(bundle.left_out.len(), 3, "{:?}", bundle.left_out);
    let page = bundle.files.iter().find(|file| file.path == "VERIFY.md").unwrap();
    let page = String::from_utf8(page.bytes.clone()).unwrap();
    assert!(paths(&bundle).contains(&"journal.redacted.jsonl"));
    assert!(page.contains("its chain cannot be verified"), "{page}");
    assert!(bundle.left_out.iter().all(|left| page.contains(left)));
}

#[test]
fn the_manifest_writes_nothing_that_hides_or_reorders() {
    let mut incident = incident();
    incident.exhibits[0].object = "a\u{202e}gnp.exe\u{7f}".to_owned();
    let bundle = Bundle::new(&Parts { incident: Some(&incident), ..Parts::default() });
    let manifest = bundle.files.iter().find(|file| file.path == "manifest.json").unwrap();
    let lines = manifest.bytes.split(|byte| *byte == b'\n');
    assert!(lines.into_iter().all(|line| !crate::shown::has_hazard(line)));
    let value: Value = serde_json::from_slice(&manifest.bytes).unwrap();
    assert_eq!(value["exhibits"][0]["object"], incident.exhibits[0].object.as_str());
}

#[test]
fn one_exhibit_is_told_as_one() {
    let mut incident = incident();
    incident.exhibits.truncate(1);
    let page = |incident: &Incident| {
        let bundle = Bundle::new(&Parts { incident: Some(incident), ..Parts::default() });
        let page = bundle.files.into_iter().find(|file| file.path == "VERIFY.md").unwrap();
        String::from_utf8(page.bytes).unwrap()
    };
    assert!(page(&incident).contains("There is 1 exhibit here"));
    incident.exhibits.push(incident.exhibits[0].clone());
    assert!(page(&incident).contains("There are 2 exhibits here"));
}

#[test]
fn of_exhibits_the_page_says_only_what_is_so() {
    let page = |redacted: &[bool]| {
        let mut incident = Incident { scrub: Some(Scrub::default()), ..incident() };
        let exhibit = incident.exhibits[0].clone();
        let exhibits =
            redacted.iter().map(|redacted| Exhibit { redacted: *redacted, ..exhibit.clone() });
        incident.exhibits = exhibits.collect();
        let bundle = Bundle::new(&Parts { incident: Some(&incident), ..Parts::default() });
        let page = bundle.files.into_iter().find(|file| file.path == "VERIFY.md").unwrap();
        String::from_utf8(page.bytes).unwrap()
    };
    let all = page(&[true, true]);
    assert!(!all.contains("byte for byte") && !all.contains("of the exhibit's file"), "{all}");
    assert!(all.contains("There are 2 exhibits here with tokens"), "{all}");
    let some = page(&[true, false]);
    assert!(some.contains("There is 1 exhibit here, byte for byte"), "{some}");
    assert!(some.contains("There is 1 exhibit more here with tokens"), "{some}");
    let none = page(&[false]);
    assert!(none.contains("of the exhibit's file") && !none.contains("tokens"), "{none}");
}
