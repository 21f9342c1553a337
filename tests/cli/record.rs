//! Incident records without a screen: every format, what is said first, redaction and bundles.

use crate::bench::{Bench, Said};
use crate::triage::{CASE, case};
use serde_json::Value;
use std::fs;
use std::io::Read;
use trailcase::case::{Action, Exhibit, Raw, Settings, What, Workspaces, sha256_hex};
use trailcase::event::{Place, Timestamp};

pub(crate) fn run(bench: &Bench, command: &[&str]) -> Said {
    let folder = bench.path("cases").display().to_string();
    let place = ["-w", CASE, "--workspace-dir", folder.as_str()];
    bench.run(&[command, &place].concat())
}

/// An alarm that was closed as harmful, and the fingerprint.
fn close_one(bench: &Bench) -> String {
    let said = run(bench, &["alarms", "list", "--format", "jsonl"]);
    let first: Value = serde_json::from_str(said.out.lines().next().unwrap()).unwrap();
    let fingerprint = first["fingerprint"].as_str().unwrap().to_owned();
    let reason = "the owner says that it was not them";
    let close = ["alarms", "close", &fingerprint, "--verdict", "tp-impact", "--reason", reason];
    assert_eq!(run(bench, &close).code, 0);
    let note = ["alarms", "note", &fingerprint, "--text", "mail from bo@example.com"];
    assert_eq!(run(bench, &note).code, 0);
    fingerprint
}

#[test]
fn what_was_said_and_decided_is_in_every_format() {
    let (bench, all) = case();
    let fingerprint = close_one(&bench);
    let said = run(
        &bench,
        &["record", "--format", "json", "--set", "title=Keys abroad", "--set", "severity=HIGH"],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    let record: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (record["title"].as_str(), record["severity"].as_str()),
        (Some("Keys abroad"), Some("high"))
    );
    assert_eq!(record["alarms"][0]["fingerprint"], fingerprint.as_str());
    assert_eq!(record["alarms"][0]["verdict"], "tp-impact");
    let opened = all.open(CASE).unwrap();
    assert_eq!(record["workspace"]["head"], opened.own.head.as_str(), "nothing was written since");
    drop(opened);
    for writer in trailcase::record::incident::WRITERS {
        let said = run(&bench, &["record", "--format", writer.id]);
        assert_eq!(said.code, 0, "{}: {}", writer.id, said.err);
        assert!(said.out.contains("bo@example.com"), "{}: {}", writer.id, said.out);
    }
}

#[test]
fn wrong_words_are_told_and_nothing_is_written_for_them() {
    let (bench, all) = case();
    for (asked, told) in [
        (vec!["record", "--set", "severity=grave"], "informational, low, medium, high, critical"),
        (vec!["record", "--set", "tittle=x"], "nothing that is said of an incident"),
        (vec!["record", "--set", "occurred=yesterday"], "is no time"),
        (vec!["record", "--format", "pdf"], "possible values"),
        (vec!["record", "--sign", "key"], "--bundle"),
    ] {
        let said = run(&bench, &asked);
        assert_eq!(said.code, 2, "{asked:?}: {}", said.err);
        assert!(said.err.contains(told), "{asked:?}: {}", said.err);
    }
    assert_eq!(all.open(CASE).unwrap().own.entries.len(), 0);
}

#[test]
fn a_file_is_new_and_the_journal_has_its_hash() {
    let (bench, all) = case();
    let path = bench.path("record.md").display().to_string();
    assert_eq!(run(&bench, &["record", "-o", &path]).code, 0);
    let said = run(&bench, &["record", "-o", &path]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("is there already"), "{}", said.err);
    let hash = sha256_hex(&fs::read(&path).unwrap());
    let opened = all.open(CASE).unwrap();
    let last = opened.own.entries.last().unwrap();
    assert!(
        matches!(&last.what, What::Report { of, sha256, .. } if of == "incident" && *sha256 == hash),
        "{last:?}"
    );
}

#[test]
fn a_journal_that_somebody_changed_is_told_in_the_record_and_in_its_bundle() {
    let (bench, all) = case();
    close_one(&bench);
    let journal = all.open(CASE).unwrap().workspace.path().join("journal.jsonl");
    let written = fs::read_to_string(&journal).unwrap();
    let damaged = written.replacen("\"who\":\"", "\"who\":\"not ", 1);
    fs::write(&journal, damaged).unwrap();
    let said = run(&bench, &["record"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains("THE JOURNAL IS DAMAGED"), "{}", said.out);
    assert!(said.err.contains("the journal is damaged"), "{}", said.err);
    let folder = bench.path("bundle");
    let shown = folder.display().to_string();
    run(&bench, &["record", "--bundle", "-o", &shown]);
    let page = fs::read_to_string(folder.join("VERIFY.md")).unwrap();
    assert!(page.contains("The journal is damaged: "), "{page}");
    assert_eq!(follow(&folder, &page), "broken");

    fs::write(&journal, &written).unwrap();
    let folder = bench.path("whole");
    let shown = folder.display().to_string();
    assert_eq!(run(&bench, &["record", "--bundle", "-o", &shown]).code, 0);
    let page = fs::read_to_string(folder.join("VERIFY.md")).unwrap();
    assert!(!page.contains("damaged"), "{page}");
    let bytes = fs::read(folder.join("journal.jsonl")).unwrap();
    let last = bytes.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap();
    let last: Value = serde_json::from_slice(last).unwrap();
    assert_eq!(follow(&folder, &page), last["hash"].as_str().unwrap());
}

/// What the page's script says of the journal's chain.
fn follow(folder: &std::path::Path, page: &str) -> String {
    let (_, script) = page.split_once("```sh\nprev=").unwrap();
    let (script, _) = script.split_once("\n```").unwrap();
    let mut shell = std::process::Command::new("sh");
    let said = shell.current_dir(folder).arg("-c").arg(format!("prev={script}")).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// Its JSON is named by its hash in the body of an `OpsItem`, written at another time.
#[test]
fn the_same_case_gives_the_same_record_whenever_it_is_written() {
    let (bench, _) = case();
    close_one(&bench);
    let written = |format: &str, name: &str| {
        let path = bench.path(name);
        let shown = path.display().to_string();
        assert_eq!(run(&bench, &["record", "--format", format, "-o", &shown]).code, 0);
        fs::read(path).unwrap()
    };
    for writer in trailcase::record::incident::WRITERS {
        let first = written(writer.id, &format!("{}.1", writer.id));
        let again = written(writer.id, &format!("{}.2", writer.id));
        assert!(first == again, "{}", writer.id);
    }
    let json = sha256_hex(&fs::read(bench.path("json.1")).unwrap());
    let item = String::from_utf8(fs::read(bench.path("opsitem.2")).unwrap()).unwrap();
    assert!(item.contains(&json), "{item}");
}

#[test]
fn what_is_redacted_has_the_same_token_in_every_record_and_in_the_journal() {
    let (bench, _) = case();
    close_one(&bench);
    let folder = bench.path("shared").display().to_string();
    let said = run(&bench, &["record", "--bundle", "--redact", "-o", &folder]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("replaced by tokens"), "{}", said.err);
    let mut tokens = Vec::new();
    for entry in fs::read_dir(&folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let text = fs::read_to_string(entry.path()).unwrap();
        assert!(!text.contains("bo@example.com"), "{}", entry.path().display());
        tokens.extend(text.split_once("mail from ").map(|(_, rest)| rest[..15].to_owned()));
    }
    assert!(tokens.len() > 5 && tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    assert!(!bench.path("shared").join("journal.jsonl").exists());
    let journal = bench.path("shared").join("journal.redacted.jsonl");
    let journal = fs::read_to_string(journal).unwrap();
    assert!(journal.contains(&tokens[0]) && journal.lines().count() >= 3, "{journal}");
    let sums = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&folder)
        .status();
    assert!(sums.unwrap().success());
}

#[test]
fn somebody_else_at_work_keeps_no_record_from_being_written() {
    let (bench, all) = case();
    let holder = all.open(CASE).unwrap();
    let path = bench.path("record.md").display().to_string();
    let said = run(&bench, &["record", "-o", &path]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("the journal does not say so"), "{}", said.err);
    assert!(fs::read_to_string(&path).unwrap().contains("# Incident"));
    // What is said of the incident is an entry, or nothing.
    let said = run(&bench, &["record", "--set", "title=x"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
    drop(holder);
}

/// The first record of a gzipped log of the evidence, as an exhibit.
fn exhibit(path: &std::path::Path) -> Exhibit {
    let bytes = fs::read(path).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    let from = text.find("{\"eventVersion").unwrap();
    let raw = &text[from..text.len() - 2];
    Exhibit {
        inside: None,
        within: Vec::new(),
        object: path.display().to_string(),
        member: None,
        sha256: Some(sha256_hex(&bytes)),
        offset: from as u64,
        length: raw.len() as u64,
        place: Place::Index(1),
        time: None,
        zone: None,
        format: "cloudtrail".to_owned(),
        record_sha256: sha256_hex(raw.as_bytes()),
        raw: Raw(raw.as_bytes().to_vec()),
        summary: "GetUser by alice".to_owned(),
    }
}

#[test]
fn exhibits_that_are_proven_have_their_proof_in_the_bundle() {
    let evidence = crate::verify::Evidence::new();
    let bench = &evidence.bench;
    let all = Workspaces::new(bench.path("cases"));
    let sources = vec![bench.evidence()];
    let mut opened = all.create(CASE, sources, Settings::default(), Timestamp(0)).unwrap();
    let on = vec![exhibit(&bench.path("evidence").join(&evidence.logs[0])).into()];
    let (who, host) = ("alice".to_owned(), "bastion-1".to_owned());
    let what = What::BookmarkAdd { on };
    opened.write(&Action { at: Timestamp(0), who, host, what }).unwrap();
    drop(opened);
    let keys = bench.path("keys.json").display().to_string();
    let folder = bench.path("b").display().to_string();
    let said = run(bench, &["record", "--bundle", "--public-keys", &keys, "-o", &folder]);
    assert_eq!(said.code, 0, "{}", said.err);
    let page = fs::read_to_string(bench.path("b").join("proofs/001.md")).unwrap();
    assert!(page.contains("# Proof of one record") && page.contains("```sh"), "{page}");
    let verify = fs::read_to_string(bench.path("b").join("VERIFY.md")).unwrap();
    assert!(verify.contains("`proofs/` has 1 page, of 1 exhibit"), "{verify}");
    let sums = fs::read_to_string(bench.path("b").join("SHA256SUMS")).unwrap();
    assert!(sums.contains("  proofs/001.md"));

    // Of a redacted one none goes along, and nobody is told.
    let folder = bench.path("c").display().to_string();
    let more = ["record", "--bundle", "--redact", "--public-keys", &keys, "-o", &folder];
    let said = run(bench, &more);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("left out: 1 page of proof"), "{}", said.err);
    for folder in ["c", "c/exhibits"] {
        let files = fs::read_dir(bench.path(folder)).unwrap().flatten().map(|it| it.path());
        let files: Vec<_> = files.filter(|path| path.is_file()).collect();
        assert!(!files.is_empty());
        for path in files {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("alice"), "{}: {text}", path.display());
        }
    }

    // A field that nothing has is a mistake, with what was meant.
    let said = run(bench, &["record", "--redact", "--redact-field", "eventNmae"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
    assert!(said.err.contains("eventNmae") && said.err.contains("eventName"), "{}", said.err);
    let said = run(bench, &["record", "--redact", "--redact-field", "domain"]);
    assert!(said.code == 0 && said.err.contains("these fields: domain"), "{}", said.err);
    let said = run(bench, &["record", "--redact", "--redact-field", "eventName"]);
    assert!(said.code == 0 && !said.out.contains("GetUser"), "{}", said.out);
}

#[test]
fn times_that_name_no_zone_are_told_with_the_zone_they_were_read_in() {
    let bench = Bench::new();
    let log = bench.write("auth.log", b"Mar  4 10:42:00 web-1 sshd[7]: Accepted publickey for dana from 203.0.113.7 port 50022 ssh2\n");
    let all = Workspaces::new(bench.path("cases"));
    let settings = Settings { zone: Some("+01:00".to_owned()), ..Settings::default() };
    drop(all.create(CASE, vec![log.clone()], settings, Timestamp(0)).unwrap());
    let said = run(&bench, &["record", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let record: Value = serde_json::from_str(&said.out).unwrap();
    let clock = serde_json::json!({ "source": log, "zone": "+01:00", "records": 1 });
    assert_eq!(record["clocks"], serde_json::json!([clock]));
}

/// Two people who decide about an alarm without knowing of each other.
#[test]
fn what_journals_disagree_about_is_told_and_both_journals_go_along() {
    let (bench, _) = case();
    let fingerprint = close_one(&bench);
    let said = run(&bench, &["alarms", "reopen", &fingerprint, "--reason", "to be looked at"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let work = |person: &str, command: &[&str]| {
        let folder = bench.path(person).display().to_string();
        let said = bench.run(&[command, &["--workspace-dir", &folder]].concat());
        assert_eq!(said.code, 0, "{command:?}: {}", said.err);
        said
    };
    let close = |person: &str, verdict: &str, reason: &str| {
        let close = ["alarms", "close", &fingerprint, "-w", CASE, "--verdict", verdict];
        work(person, &[&close[..], &["--reason", reason]].concat());
    };
    let packed = |name: &str| bench.path(name).display().to_string();
    work("cases", &["workspace", "export", CASE, "-o", &packed("one")]);
    work("bob", &["workspace", "import", &packed("one")]);
    close("bob", "false-positive", "a job of ours");
    close("cases", "tp-impact", "keys were made");
    work("bob", &["workspace", "export", CASE, "-o", &packed("two")]);
    work("cases", &["workspace", "import", &packed("two")]);
    let show = work("cases", &["workspace", "show", CASE]);
    assert!(show.out.contains(&format!("conflict alarm {fingerprint}")), "{}", show.out);

    let both = ["closed as false-positive: a job of ours", "closed as tp-impact: keys were made"];
    for command in [&["alarms", "show", &fingerprint][..], &["alarms", "list", "--all"]] {
        let said = run(&bench, command);
        assert!(said.out.contains("OPEN DISAGREEMENT"), "{command:?}: {}", said.out);
        assert!(
            command[1] == "list" || both.iter().all(|it| said.out.contains(it)),
            "{}",
            said.out
        );
    }
    for writer in trailcase::record::incident::WRITERS {
        let said = run(&bench, &["record", "--format", writer.id]);
        let told = format!("{}: {}", writer.id, said.out);
        assert!(said.out.contains("DISAGREEMENT"), "{told}");
        // A short form has no room for all of it.
        let is_cut = matches!(writer.id, "brief" | "opsitem" | "security-ir");
        let has_all = both.iter().all(|it| said.out.replace("\\-", "-").contains(it));
        assert!(is_cut || has_all, "{told}");
    }
    let said = run(&bench, &["record", "--format", "json"]);
    let record: Value = serde_json::from_str(&said.out).unwrap();
    let positions = record["alarms"][0]["disagreement"].as_array().unwrap();
    let told = |it: &Value| [it["own"].to_string(), it["verdict"].to_string()].join(" ");
    let told: Vec<String> = positions.iter().map(told).collect();
    assert_eq!(told, ["true \"tp-impact\"", "false \"false-positive\""]);
    assert!(record["reason"].as_str().unwrap().ends_with("; journals disagree about 1 alarm"));
    both_journals_go_along(&bench);
}

/// In a bundle, plain and redacted.
fn both_journals_go_along(bench: &Bench) {
    for (name, options) in [("b", &[][..]), ("c", &["--redact"])] {
        let folder = bench.path(name).display().to_string();
        let said = run(bench, &[&["record", "--bundle", "-o", &folder], options].concat());
        assert!(said.code == 0 && !said.err.contains("of colleagues"), "{}", said.err);
        let chains: Vec<_> =
            fs::read_dir(bench.path(name).join("chains")).unwrap().flatten().collect();
        assert_eq!(chains.len(), 1);
        let chain = fs::read_to_string(chains[0].path()).unwrap();
        assert!(chain.contains("a job of ours"), "{chain}");
        assert_eq!(chain.contains("redacted_journal"), name == "c");
        let verify = fs::read_to_string(bench.path(name).join("VERIFY.md")).unwrap();
        assert!(verify.contains("rests on 1 journal of colleagues too"), "{verify}");
        let mut sums = std::process::Command::new("sha256sum");
        sums.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&folder);
        assert!(sums.status().unwrap().success());
    }
}

/// A workspace of signed logs in which a record of the first log is marked.
fn marked(evidence: &crate::verify::Evidence) {
    let bench = &evidence.bench;
    let all = Workspaces::new(bench.path("cases"));
    let sources = vec![bench.evidence()];
    let mut opened = all.create(CASE, sources, Settings::default(), Timestamp(0)).unwrap();
    let on = vec![exhibit(&bench.path("evidence").join(&evidence.logs[0])).into()];
    let (who, host) = ("alice".to_owned(), "bastion-1".to_owned());
    let what = What::BookmarkAdd { on };
    opened.write(&Action { at: Timestamp(0), who, host, what }).unwrap();
}

#[test]
fn an_exhibit_whose_evidence_is_gone_stands_in_the_manifest_as_gone() {
    let evidence = crate::verify::Evidence::new();
    let bench = &evidence.bench;
    marked(&evidence);
    let path = bench.path("evidence").join(&evidence.logs[0]);
    let sha256 = sha256_hex(&fs::read(&path).unwrap());
    fs::remove_file(&path).unwrap();
    let said = run(bench, &["record", "--format", "json"]);
    let record: Value = serde_json::from_str(&said.out).unwrap();
    let mut all = record["evidence"].as_array().unwrap().iter();
    let it = all.find(|it| it["path"] == path.to_str().unwrap()).expect("an object");
    assert_eq!((&it["state"], &it["sha256"]), (&"gone".into(), &sha256.clone().into()), "{it}");
    let remarks = record["coverage"]["remarks"].to_string();
    assert!(remarks.contains("1 object that was acquired is gone"), "{remarks}");
    for format in ["md", "html"] {
        let said = run(bench, &["record", "--format", format]);
        let row = said.out.lines().filter(|line| line.contains(&sha256));
        let row: Vec<&str> =
            row.filter(|line| line.contains("its source does not have it")).collect();
        assert!(row.len() == 1 && row[0].contains("gone"), "{format}: {}", said.out);
    }
    // Of a source that is there no more nothing else is told.
    fs::rename(bench.path("evidence"), bench.path("elsewhere")).unwrap();
    fs::create_dir(bench.path("evidence")).unwrap();
    let said = run(bench, &["record", "--format", "json"]);
    let record: Value = serde_json::from_str(&said.out).unwrap();
    let it = record["evidence"].as_array().unwrap().iter();
    let gone: Vec<_> = it.filter(|it| it["state"] == "gone").collect();
    assert_eq!(gone.len(), 1, "{}", said.out);
}

#[test]
fn an_hour_with_a_log_that_was_changed_is_not_called_verified() {
    let evidence = crate::verify::Evidence::new();
    let bench = &evidence.bench;
    marked(&evidence);
    evidence.alter(&evidence.logs[2]);
    let keys = bench.path("keys.json").display().to_string();
    let record =
        |format: &str| run(bench, &["record", "--public-keys", &keys, "--format", format]).out;
    let words = "digest chain unbroken; 1 of 2 log files modified";
    let json: Value = serde_json::from_str(&record("json")).unwrap();
    let spans = json["coverage"]["spans"].as_array().unwrap();
    let told: Vec<_> =
        spans.iter().map(|it| (it["state"].as_str(), it["meaning"].as_str())).collect();
    let right = Some("digest chain unbroken; all 2 log files are what the digests name");
    let verified = (Some("verified"), right);
    assert_eq!(told, [verified, (Some("log_modified"), Some(words)), verified]);
    for format in ["md", "html"] {
        assert!(record(format).contains(words), "{format}");
    }
    let verify = |format: &str| {
        let all = ["verify", &bench.evidence(), "--public-keys", "keys.json", "--format", format];
        bench.run(&all).out
    };
    assert!(
        verify("text").contains("log_modified   1 h: 1 of 2 log files modified"),
        "{}",
        verify("text")
    );
    assert!(
        verify("markdown").contains("log\\_modified: 1 h: 1 of 2 log files modified"),
        "{}",
        verify("markdown")
    );
    let json: Value = serde_json::from_str(&verify("json")).unwrap();
    let span = &json["coverage"][1];
    assert_eq!((&span["state"], &span["logs"]["named"]), (&"log_modified".into(), &2.into()));
    assert_eq!((&span["logs"]["modified"], &span["logs"]["missing"]), (&1.into(), &0.into()));
}

/// By an analyst of this name.
fn run_as(bench: &Bench, who: &str, command: &[&str]) -> Said {
    let folder = bench.path("cases").display().to_string();
    let place = ["-w", CASE, "--workspace-dir", folder.as_str()];
    let mut command = bench.command(&[command, &place].concat());
    let path = std::env::var_os("PATH").unwrap_or_default();
    crate::bench::said(command.env("USER", who).env("PATH", path).output().unwrap())
}

/// Every file of a folder with its text.
fn texts(folder: &std::path::Path) -> Vec<(std::path::PathBuf, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            all.extend(texts(&entry.path()));
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            all.push((entry.path(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    all
}

#[test]
fn whoever_signs_a_redacted_bundle_is_nobody_and_the_signature_is_good() {
    let (bench, _) = case();
    let fingerprint = close_one(&bench);
    let key = bench.path("id").display().to_string();
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "marvin@heart", "-f", &key])
        .status();
    let Ok(made) = made else {
        assert!(std::env::var_os("CI").is_none(), "CI has to have ssh-keygen");
        return;
    };
    assert!(made.success());
    let assign = ["alarms", "assign", &fingerprint, "--owner", "Zaphod Beeblebrox"];
    assert_eq!(run_as(&bench, "marvin", &assign).code, 0);
    let listed = run(&bench, &["alarms", "list", "--format", "jsonl"]).out;
    let alarm: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    let rule = alarm["rule"].as_str().unwrap();
    let reason = "ours, says zaphod_beeblebrox; pw=hunter2secret";
    let until = ["--until", "30d", "--owner", "Trillian Astra", "--reason", reason];
    let suppress = ["alarms", "suppress", "--rule", rule, "--about", "src.ip=203.0.113.9"];
    let said = run_as(&bench, "marvin", &[&suppress[..], &until].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let folder = bench.path("shared");
    let shown = folder.display().to_string();
    let record = ["record", "--bundle", "--redact", "--sign", &key, "-o", &shown];
    let said = run_as(&bench, "marvin", &record);
    assert_eq!(said.code, 0, "{}", said.err);
    for (path, text) in texts(&folder) {
        let lower = text.to_lowercase();
        for part in ["marvin", "zaphod", "beeblebrox", "trillian", "hunter2"] {
            assert!(!lower.contains(part), "{part} in {}", path.display());
            assert!(!path.display().to_string().contains(part));
        }
    }
    let journal = fs::read_to_string(folder.join("journal.redacted.jsonl")).unwrap();
    for line in journal.lines().filter(|line| line.contains("\"who\":\"name-")) {
        assert!(line.contains("\"host\":\"name-"), "{line}");
    }
    assert!(journal.contains("\"owner\":\"name-"), "{journal}");
    let page = fs::read_to_string(folder.join("VERIFY.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("\n```"));
    let verify = blocks.map(|(block, _)| block).find(|block| block.contains("-Y verify")).unwrap();
    assert!(verify.contains("-I name-"), "{verify}");
    let said = std::process::Command::new("sh").args(["-c", verify]).current_dir(&folder).output();
    let said = said.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}
