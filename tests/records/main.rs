//! Incident records, as others read them: each format by a judge that is not ours, for incidents
//! that are full, hostile, empty and huge.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(clippy::print_stdout, reason = "what is left out is told")]

mod fixture;
mod reading;

use fixture::{NOTE, empty, full, hostile, huge};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use trailcase::event::Verdict;
use trailcase::record::bundle::{Bundle, Filed, Parts};
use trailcase::record::incident::{
    Incident, Note, SCHEMA, Severity, Status, Tlp, WRITERS, defanged, writer,
};
use trailcase::record::redaction::Redaction;
use trailcase::record::signing::{self, NAMESPACE, Signer};
use trailcase::shown::hostile::STRINGS;

pub(crate) fn text(incident: &Incident, id: &str) -> String {
    String::from_utf8((writer(id).unwrap().write)(incident).bytes).unwrap()
}

/// Writes all formats into a folder of this name.
fn written(root: &Path, name: &str, incident: &Incident, but: &[&str]) -> PathBuf {
    let folder = root.join(name);
    fs::create_dir(&folder).unwrap();
    for writer in WRITERS.iter().filter(|writer| !but.contains(&writer.id)) {
        fs::write(folder.join(writer.file), (writer.write)(incident).bytes).unwrap();
    }
    folder
}

/// The interpreter that has the judges, if this host has it.
fn judges() -> Option<PathBuf> {
    let python = std::env::var_os("TRAILCASE_JUDGES").map(PathBuf::from);
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI has to have TRAILCASE_JUDGES");
        println!("LEFT OUT: TRAILCASE_JUDGES is not set; .ci/run says what brings the judges");
    }
    python
}

/// What the judges complain of in these folders.
fn complaints(python: &Path, root: &Path, folders: &[PathBuf]) -> Vec<String> {
    let schema = root.join("schema.json");
    fs::write(&schema, SCHEMA).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/judge.py");
    let output = Command::new(python).arg(script).arg(schema).args(folders).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    let last = lines.pop().unwrap_or_default();
    assert!(output.status.success() && last.starts_with("judged "), "{said}\n{failed}");
    lines
}

#[test]
fn judges_accept_every_format() {
    let Some(python) = judges() else { return };
    let root = tempfile::tempdir().unwrap();
    let full_ = written(root.path(), "full", &full(), &[]);
    // What a reader of each format has to find.
    fs::write(full_.join("wanted"), format!("{NOTE}\n")).unwrap();
    let redacted = Redaction::new(b"key").apply(&full()).unwrap();
    let mut folders = vec![full_, written(root.path(), "redacted", &redacted, &[])];
    // A case without a date is one that the service refuses: its writer says so.
    folders.push(written(root.path(), "empty", &empty(), &["security-ir"]));
    for from in 0..STRINGS.len() {
        // Those judges that are slow see each hostile text too, but not in every place.
        let slow: &[&str] =
            if from % 9 == 0 { &[] } else { &["html", "ocsf", "stix", "timesketch"] };
        folders.push(written(root.path(), &format!("hostile-{from}"), &hostile(from), slow));
    }
    folders.push(odd_notes(root.path()));
    for (nth, verdict) in Verdict::ALL.iter().enumerate() {
        let incident = of_words(nth, *verdict);
        let but = ["md", "html", "csv", "timesketch", "brief", "security-ir"];
        folders.push(written(root.path(), &format!("words-{verdict}"), &incident, &but));
    }
    // For a bundle of so many objects the judge of STIX takes minutes.
    folders.push(written(root.path(), "huge", &huge(), &["stix"]));
    let complaints = complaints(&python, root.path(), &folders);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The full incident with this verdict, and with others of the words of each closed list.
fn of_words(nth: usize, verdict: Verdict) -> Incident {
    let mut incident = full();
    incident.severity = Some(Severity::ALL[nth % Severity::ALL.len()]);
    incident.tlp = Some(Tlp::ALL[nth % Tlp::ALL.len()]);
    incident.status = Some(Status::ALL[nth % Status::ALL.len()]);
    incident.verdict = Some(verdict);
    let states = ["new", "suppressed", "closed", "merged", "waiting"];
    let alarm = &mut incident.alarms[0];
    alarm.state = states.get(nth).map(|state| (*state).to_owned());
    (alarm.verdict, alarm.severity) = (incident.verdict, incident.severity);
    incident
}

/// Notes of marks that mean something to Markdown, each of which has to read as itself.
fn odd_notes(root: &Path) -> PathBuf {
    const MARKS: &[u8] = b"**__``~~[]()<>!#&;:/@.|\\$-+=^{}\"'12.) ab  aw/";
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize
    };
    let mut line = || {
        let length = 1 + next() % 24;
        let line: String = (0..length).map(|_| char::from(MARKS[next() % MARKS.len()])).collect();
        line.trim().to_owned()
    };
    let mut lines: Vec<String> =
        (0..4000).map(|_| line()).filter(|line| !line.is_empty()).collect();
    let more =
        ["http://e.example/", "<a@b.example>", "&amp;", "www.e.example", "| --- |", "\\", "1)"];
    lines.extend(more.iter().map(|line| (*line).to_owned()));
    let notes = lines.chunks(2).map(|pair| Note { text: pair.join("\n"), ..Note::default() });
    let incident = Incident { notes: notes.collect(), ..Incident::default() };
    let but: Vec<&str> = WRITERS.iter().map(|it| it.id).filter(|id| *id != "md").collect();
    let folder = written(root, "odd", &incident, &but);
    let lines: Vec<_> = lines.iter().map(|line| defanged(line)).collect();
    fs::write(folder.join("wanted"), lines.join("\n")).unwrap();
    folder
}

#[test]
fn judges_complain_of_what_is_wrong() {
    let Some(python) = judges() else { return };
    let root = tempfile::tempdir().unwrap();
    let folder = written(root.path(), "wrong", &full(), &[]);
    let wrong: [(&str, &str, &str); 8] = [
        ("record.md", "# Incident", "![x](http://e) "),
        ("record.html", "<main>", "<main><img src=x>"),
        ("record.json", "\"tlp\"", "\"colour\""),
        ("record.csv", "\"exhibit\"", "\"=exhibit\""),
        ("record.ocsf.jsonl", "\"class_uid\":2004", "\"class_uid\":2004,\"x\":1"),
        ("record.stix.json", "\"pattern_type\": \"stix\"", "\"pattern_type\": 1"),
        ("record.timesketch.jsonl", "\"message\"", "\"massage\""),
        ("record.opsitem.json", "\"Source\"", "\"Sauce\""),
    ];
    for (file, from, to) in wrong {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }
    fs::write(folder.join("wanted"), "what nobody said\n").unwrap();
    let complaints = complaints(&python, root.path(), std::slice::from_ref(&folder));
    for (file, ..) in wrong {
        let of = |line: &&String| line.contains(file) && !line.contains("does not say");
        assert!(complaints.iter().any(|line| of(&line)), "{file}: {complaints:#?}");
    }
    let silent = complaints.iter().filter(|line| line.contains("does not say")).count();
    assert_eq!(silent, WRITERS.len());
}

#[test]
fn the_note_on_an_alarm_is_in_every_format() {
    let mut incident = full();
    let note = "Dana says 10:40 was not her.";
    incident.alarms[0].notes[0].text = note.to_owned();
    for writer in WRITERS {
        assert!(text(&incident, writer.id).contains(note), "{}", writer.id);
    }
}

#[test]
fn the_same_incident_gives_the_same_bytes() {
    for writer in WRITERS {
        assert_eq!((writer.write)(&full()), (writer.write)(&full()), "{}", writer.id);
    }
}

#[test]
fn the_json_record_reads_back_as_the_incident() {
    for incident in [full(), empty(), hostile(0)] {
        let back: Incident = serde_json::from_str(&text(&incident, "json")).unwrap();
        assert_eq!(back, incident);
    }
}

/// Control characters but the line feed, and what reorders or hides text.
fn is_harmful(c: char) -> bool {
    let hidden = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    );
    (c.is_control() && c != '\n') || hidden
}

#[test]
fn no_format_lets_hostile_text_out() {
    for from in 0..STRINGS.len() {
        let incident = hostile(from);
        for writer in WRITERS {
            let text = text(&incident, writer.id);
            let found = text.chars().find(|c| is_harmful(*c));
            assert_eq!(found, None, "{} from {from}", writer.id);
        }
        let html = text(&incident, "html").to_ascii_lowercase();
        assert!(!html.contains("<script") && !html.contains("<!--"), "{from}");
    }
}

#[test]
fn what_is_not_known_is_said_not_to_be() {
    for id in ["md", "html", "brief", "opsitem", "security-ir"] {
        assert!(text(&empty(), id).contains("not stated"), "{id}");
    }
    let left = (writer("security-ir").unwrap().write)(&empty()).left_out;
    assert!(left.iter().any(|line| line.contains("reportedIncidentStartDate")), "{left:?}");
}

#[test]
fn what_there_is_no_room_for_is_counted() {
    let huge = huge();
    let brief = (writer("brief").unwrap().write)(&huge);
    let text = String::from_utf8(brief.bytes).unwrap();
    assert!(text.encode_utf16().count() <= 1500);
    assert!(text.contains("Left out here: "), "{text}");
    for left in ["alarms", "values of the scope", "exhibits", "texts are told in part"] {
        assert!(
            brief.left_out.iter().any(|line| line.contains(left)),
            "{left}: {:?}",
            brief.left_out
        );
    }
    for id in ["opsitem", "security-ir", "html"] {
        let left_out = (writer(id).unwrap().write)(&huge).left_out;
        assert!(!left_out.is_empty(), "{id}");
    }
}

/// Replaces texts by ones that stand nowhere else, and gives them by the paths of their members.
fn marked(path: &str, value: &mut Value, all: &mut Vec<(String, String)>) {
    // Words of closed lists, and what formats take only if it is an address, a hash or a number.
    const KEPT: [&str; 12] = [
        "severity",
        "tlp",
        "status",
        "verdict",
        "standing",
        "kind",
        "value",
        "address",
        "addresses",
        "sha256",
        "accounts",
        "raw",
    ];
    match value {
        Value::String(text) => {
            let name = path.rsplit('.').next().unwrap();
            if !KEPT.contains(&name) && trailcase::event::Time::parse_rfc3339(text).is_none() {
                *text = format!("mark{}k", all.len());
                all.push((path.to_owned(), text.clone()));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|it| marked(path, it, all)),
        Value::Object(members) => {
            for (name, it) in members {
                let below = [path, name].join(".");
                marked(below.trim_start_matches('.'), it, all);
            }
        }
        _ => {}
    }
}

/// Whether it is said that this member is left out.
fn is_said(left_out: &[String], path: &str) -> bool {
    let (of, member) = path.split_once('.').unwrap_or((path, ""));
    left_out.iter().any(|line| {
        let members = line.strip_prefix(&format!("of {of}: "));
        line == of || members.is_some_and(|all| all.split(", ").any(|it| member.starts_with(it)))
    })
}

#[test]
fn whatever_a_format_does_not_tell_it_says_so_in_the_file() {
    let mut tree = serde_json::to_value(full()).unwrap();
    let mut marks = Vec::new();
    marked("", &mut tree, &mut marks);
    let mut incident: Incident = serde_json::from_value(tree).unwrap();
    for exhibit in &mut incident.exhibits {
        exhibit.message = Some("what it says".to_owned());
    }
    incident.scrub = None;
    assert!(marks.len() > 60);
    for writer in WRITERS {
        let written = (writer.write)(&incident);
        let text = String::from_utf8(written.bytes).unwrap();
        for (path, mark) in &marks {
            // A short form says what its last line counts, and Markdown has no records.
            let is_cut = matches!(writer.id, "brief" | "opsitem" | "security-ir");
            let told = text.contains(mark.as_str()) || is_cut && !is_said(&written.left_out, path);
            assert!(
                told || is_said(&written.left_out, path),
                "{}: {path} {:#?}",
                writer.id,
                written.left_out
            );
        }
        let lower = text.to_lowercase();
        assert_eq!(
            lower.contains("left out here"),
            writer.id != "html" && writer.id != "json" && writer.id != "ocsf",
            "{}",
            writer.id
        );
        assert_eq!(text.contains("\"left_out\""), writer.id == "ocsf", "{}", writer.id);
    }
}

#[test]
fn times_until_somebody_had_an_alarm_say_from_what_to_what() {
    let md = text(&full(), "md");
    for said in [
        "- acknowledged: 2026-03-04T10:50:00.000Z (48 min 57 s after its first event)",
        "- closed: 2026-03-04T12:00:00.000Z (1 h 58 min after its first event, 1 h 10 min after it was acknowledged)",
        "mean time to acknowledge: 48 min 57 s, from the first event of each; known of 1 of 1 alarm",
    ] {
        assert!(md.contains(said), "{said}\n{md}");
    }
    let mut open = full();
    (open.alarms[0].acknowledged, open.alarms[0].closed) = (None, None);
    let md = text(&open, "md");
    assert!(md.contains("- closed: not yet") && !md.contains("mean time"), "{md}");
}

#[test]
fn a_deadline_says_by_when_and_that_nobody_was_told() {
    for id in ["brief", "security-ir"] {
        let said = "by 2026-03-05T10:42:00Z, 24 hours after it was detected: not told yet";
        assert!(text(&full(), id).contains(said), "{id}: {}", text(&full(), id));
    }
    for id in ["md", "html"] {
        assert!(text(&full(), id).contains("not told yet"), "{id}");
    }
    let mut incident = full();
    let deadline = &mut incident.notification.as_mut().unwrap().deadlines[0];
    deadline.due = None;
    deadline.whom = "a very long name ".repeat(30);
    let brief = text(&incident, "brief");
    assert!(brief.contains("within 24 hours of its detection") && brief.contains("not told yet"));
}

#[test]
fn one_is_told_as_one() {
    let mut incident = full();
    incident.people.truncate(1);
    incident.people[0].contact = None;
    incident.exhibits.truncate(1);
    let left = (writer("security-ir").unwrap().write)(&incident).left_out;
    assert!(left.iter().any(|line| line == "1 person in watchers, of 1"), "{left:?}");
    let item = text(&incident, "opsitem");
    assert!(item.contains("has 1 exhibit, 1 alarm and 1 object of evidence"), "{item}");
}

#[test]
fn a_bar_in_markdown_is_a_bar_also_outside_of_tables() {
    let mut incident = full();
    incident.workspace.name = Some("a|b".to_owned());
    incident.evidence[0].path = "c|d".to_owned();
    let md = text(&incident, "md");
    assert!(md.contains("- workspace: `a|b`") && md.contains("| `c\\|d` |"), "{md}");
}

#[test]
fn each_writer_has_a_name_and_a_file_of_its_own() {
    for writer in WRITERS {
        let alike = |other: &&_| {
            let other: &trailcase::record::incident::Writer = other;
            other.id == writer.id || other.file == writer.file
        };
        assert_eq!(WRITERS.iter().filter(alike).count(), 1);
        assert!(writer.file.starts_with("record.") && !writer.help.is_empty());
    }
}

fn bundle(incident: &Incident, signer: Option<Signer>) -> Bundle {
    let records = WRITERS.iter().map(|it| (it.file.to_owned(), (it.write)(incident).bytes));
    Bundle::new(&Parts {
        incident: Some(incident),
        records: records.collect(),
        journal: Some(b"{\"seq\":1}\n"),
        public_keys: vec![("keys.json".to_owned(), b"{}".to_vec())],
        proofs: vec![("E1.md".to_owned(), b"# Proof\n".to_vec())],
        chains: Vec::new(),
        signer,
    })
}

fn save(files: &[Filed], folder: &Path) {
    for file in files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
}

/// Runs what the page says, in a shell in the folder; whether it says that all is well.
fn shell(folder: &Path, command: &str) -> (bool, String) {
    let output = Command::new("sh").args(["-c", command]).current_dir(folder).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn has(program: &str) -> bool {
    let (found, _) = shell(Path::new("."), &format!("command -v {program}"));
    if !found {
        assert!(std::env::var_os("CI").is_none(), "CI has to have {program}");
        println!("LEFT OUT: this host has no {program}");
    }
    found
}

/// The commands in the page's blocks.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```sh\n").skip(1);
    blocks.filter_map(|rest| Some(rest.split_once("\n```")?.0.to_owned())).collect()
}

#[test]
fn a_stranger_verifies_a_bundle_by_its_page() {
    if !has("ssh-keygen") || !has("sha256sum") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let key = root.path().join("id");
    let make = format!("ssh-keygen -q -t ed25519 -N '' -C '' -f {}", key.display());
    assert!(shell(root.path(), &make).0);
    let signer = Signer::read("kim@example.com", &key).unwrap();
    let folder = root.path().join("bundle");
    save(&bundle(&full(), Some(signer)).files, &folder);
    let signature = signing::sign(&key, &folder.join("SHA256SUMS"), false).unwrap();
    assert!(signature.ends_with("SHA256SUMS.sig"));
    let again = signing::sign(&key, &folder.join("SHA256SUMS"), false).unwrap_err();
    assert!(again.to_string().contains("is not replaced"), "{again}");

    let page = fs::read_to_string(folder.join("VERIFY.md")).unwrap();
    let commands = commands(&page);
    let [sums, _, verify, fingerprint, ..] = commands.as_slice() else { panic!("{page}") };
    let (well, said) = shell(&folder, sums);
    assert!(well && said.contains("exhibits/001.json: OK"), "{said}");
    let (well, said) = shell(&folder, verify);
    assert!(well && said.contains(&format!("Good \"{NAMESPACE}\" signature")), "{said}");
    let (well, said) = shell(&folder, fingerprint);
    assert!(well && said.contains("SHA256:"), "{said}");

    // One byte is enough, in a file or in the list.
    let path = folder.join("exhibits/002.json");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, [&bytes[..], b" "].concat()).unwrap();
    assert!(!shell(&folder, sums).0);
    fs::write(&path, bytes).unwrap();
    assert!(shell(&folder, sums).0);
    let list = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    fs::write(folder.join("SHA256SUMS"), list.replacen('a', "b", 1)).unwrap();
    assert!(!shell(&folder, verify).0);
}

#[test]
fn a_key_that_cannot_sign_is_said() {
    if !has("ssh-keygen") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("SHA256SUMS"), "").unwrap();
    let error = signing::sign(&root.path().join("none"), &root.path().join("SHA256SUMS"), false);
    assert!(error.unwrap_err().to_string().starts_with("ssh-keygen did not sign"));
}

#[test]
fn an_exhibit_in_a_bundle_is_the_record_byte_for_byte() {
    let incident = full();
    let bundle = bundle(&incident, None);
    let manifest = bundle.files.iter().find(|file| file.path == "manifest.json").unwrap();
    let manifest: Value = serde_json::from_slice(&manifest.bytes).unwrap();
    for (nth, exhibit) in incident.exhibits.iter().enumerate() {
        let listed = &manifest["exhibits"][nth];
        let path = listed["file"].as_str().unwrap();
        let file = bundle.files.iter().find(|file| file.path == path).unwrap();
        assert_eq!(file.bytes, exhibit.raw.as_ref().unwrap().0);
        assert_eq!(listed["file_sha256"].as_str(), exhibit.record_sha256.as_deref());
    }
    let sums = bundle.files.iter().find(|file| file.path == "SHA256SUMS").unwrap();
    let lines = String::from_utf8_lossy(&sums.bytes).lines().count();
    assert_eq!(lines, bundle.files.len() - 1);
}

#[test]
fn nothing_of_a_redacted_value_is_left_in_any_format() {
    let mut redaction = Redaction::new(b"key");
    redaction.addresses = true;
    let redacted = redaction.apply(&full()).unwrap();
    for writer in WRITERS {
        let text = text(&redacted, writer.id);
        for value in ["111122223333", "203.0.113.7", "kim@example.com", "AKIA", "/dana"] {
            assert!(!text.contains(value), "{}: {value}", writer.id);
        }
    }
    let bundle = bundle(&redacted, None);
    for file in &bundle.files {
        assert!(!String::from_utf8_lossy(&file.bytes).contains("111122223333"), "{}", file.path);
    }
}
