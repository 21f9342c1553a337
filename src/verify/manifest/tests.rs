//! What each form says is read, and what is no manifest is none; names lead nowhere but to what was
//! listed.

use super::*;
use proptest::prelude::*;

const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn read(form: &Form, text: &[u8]) -> Entries {
    // Pieces of every size have to come to the same.
    let mut reader = Reader::new(form.clone());
    text.chunks(7).for_each(|piece| reader.push(piece));
    reader.finish()
}

fn sums(text: &[u8]) -> Entries {
    read(&Form::Sums(Style::default()), text)
}

/// Line, name and algorithms of each entry.
fn said(entries: &Entries) -> Vec<(u32, String, Vec<&'static str>)> {
    let one = |entry: Entry<'_>| {
        let hashes = entry.hashes().map(|(algorithm, hash)| {
            assert_eq!(hash.len(), algorithm.size());
            algorithm.as_str()
        });
        (entry.line, crate::event::label(entry.name), hashes.collect())
    };
    entries.iter().map(one).collect()
}

fn entry(line: u32, name: &str, algorithms: &[&'static str]) -> (u32, String, Vec<&'static str>) {
    (line, name.to_owned(), algorithms.to_vec())
}

#[test]
fn lines_of_the_sum_tools_are_read_in_all_their_spellings() {
    let text = format!(
        "\u{feff}{SHA256}  a b.log\r\n# remark\n\n{MD5} *b.bin\n\\{SHA1}  c\\nd\\\\e\n\
         SHA256 (f (1).log) = {SHA256}\nSHA2-256(g)= {SHA256}\nBLAKE2b (h) = {SHA256}\n\
         {SHA1} i\n\\{MD5}  j\\k\nMD5 (l) = {SHA1}\n{SHA256} of BSD\n{SHA256}  last"
    );
    let entries = sums(text.as_bytes());
    assert_eq!(
        said(&entries),
        [
            entry(1, "a b.log", &["sha256"]),
            entry(4, "b.bin", &["md5"]),
            entry(5, "c\nd\\e", &["sha1"]),
            entry(6, "f (1).log", &["sha256"]),
            entry(7, "g", &["sha256"]),
            entry(8, "h", &[]),
            entry(12, "of BSD", &["sha256"]),
            entry(13, "last", &["sha256"]),
        ]
    );
    let bad: Vec<u32> = entries.bad.iter().map(|bad| bad.line).collect();
    assert_eq!(bad, [9, 10, 11]);
}

#[test]
fn lines_may_end_in_zero_bytes_and_names_stand_as_they_are() {
    let text = format!("{SHA256}  a\nb\0{SHA256} *c\\nd\r\0SHA256 (e) = {SHA256}\0");
    let form = recognise("SHA256SUMS", text.as_bytes(), false).unwrap();
    assert_eq!(form, Form::Sums(Style { is_zero: true, ..Style::default() }));
    assert_eq!(
        said(&read(&form, text.as_bytes())),
        [
            entry(1, "a\nb", &["sha256"]),
            entry(2, "c\\nd\r", &["sha256"]),
            entry(3, "e", &["sha256"]),
        ]
    );
    let binary = format!("{SHA256}  a\0\x01\x02\0");
    assert_eq!(recognise("SHA256SUMS", binary.as_bytes(), false), None);
}

#[test]
fn a_bags_lines_end_in_carriage_returns_too() {
    let form = recognise("manifest-sha256.txt", b"", true).unwrap();
    let text =
        format!("{SHA256}  data/a\r{SHA256}  data/b\r\n{SHA256}  data/c\n\r{SHA256}  data/d");
    let names = ["data/a", "data/b", "data/c", "data/d"];
    for size in 1..9 {
        let mut reader = Reader::new(form.clone());
        text.as_bytes().chunks(size).for_each(|piece| reader.push(piece));
        let entries = reader.finish();
        let found: Vec<_> = entries.iter().map(|entry| crate::event::label(entry.name)).collect();
        assert_eq!(found, names, "in pieces of {size}");
        assert_eq!(entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [1, 2, 3, 5]);
    }
}

#[test]
fn who_is_called_blake_writes_no_blake() {
    let is = |name: &str| recognise(name, format!("{SHA256}  a\n").as_bytes(), false);
    for (name, is_guess) in [("blake-laptop.sha256", false), ("blake.txt", true)] {
        let style = Style { is_guess, ..Style::default() };
        assert_eq!(is(name), Some(Form::Sums(style)), "{name}");
    }
    let remark = format!("\n# written by b3sum 1.5\n{SHA256}  a\n");
    let Some(form) = recognise("sums.txt", remark.as_bytes(), false) else { panic!("remark") };
    assert_eq!(said(&read(&form, remark.as_bytes()))[0].2, [""; 0]);
    let tagged = format!("BLAKE3 (a) = {SHA256}\n");
    assert_eq!(said(&sums(tagged.as_bytes()))[0].2, [""; 0]);
    for name in ["B3SUMS", "evidence.blake3", "a.b2", "case-b3sums.txt", "a.b3"] {
        let Some(form) = is(name) else { panic!("{name}") };
        assert_eq!(said(&read(&form, format!("{SHA256}  a\n").as_bytes()))[0].2, [""; 0], "{name}");
        // What names its algorithm needs no guess.
        let tagged = format!("SHA256 (a) = {SHA256}\n");
        assert_eq!(said(&read(&form, tagged.as_bytes())), [entry(1, "a", &["sha256"])]);
    }
}

#[test]
fn hashdeep_names_its_columns() {
    let text = format!(
        "%%%% HASHDEEP-1.0\n%%%% size,md5,tiger,sha256,filename\n## Invoked from: /x\n##\n\
         3,{MD5},00,{SHA256},./a, b.log\nx,{MD5},00,{SHA256},c\n3,{MD5}\n3,00,00,{SHA256},d\n"
    );
    assert_eq!(recognise("any.log", text.as_bytes(), false), Some(Form::Hashdeep));
    let entries = read(&Form::Hashdeep, text.as_bytes());
    assert_eq!(said(&entries), [entry(5, "./a, b.log", &["md5", "sha256"])]);
    assert_eq!(entries.get(0).unwrap().size, Some(3));
    assert_eq!(entries.bad.iter().map(|bad| bad.line).collect::<Vec<_>>(), [6, 7, 8]);
    assert_eq!(read(&Form::Hashdeep, b"3,a,b\n").bad.len(), 1);
}

#[test]
fn a_bag_says_what_it_holds() {
    let form = recognise("manifest-sha256.txt", b"", true).unwrap();
    assert_eq!(form, Form::Bag { is_payload: true, algorithm: Some(Algorithm::Sha256) });
    let other = recognise("tagmanifest-sha3256.txt", b"", true);
    assert_eq!(other, Some(Form::Bag { is_payload: false, algorithm: None }));
    let text = format!("{SHA256} \t data/a%0Ab%25c%41\n{MD5} data/d\n");
    let entries = read(&form, text.as_bytes());
    assert_eq!(said(&entries), [entry(1, "data/a%0Ab%25c%41", &["sha256"])]);
    assert_eq!(entries.bad.len(), 1);
    assert_eq!(bagit::is_strict(b"BagIt-Version: 0.97\n"), Some(false));
    assert_eq!(bagit::is_strict(b"\xef\xbb\xbfBagIt-Version: 1.0\n"), Some(true));
    assert_eq!(bagit::is_strict(b"a log\n"), None);
    let info = b"Source: x\r\npayload-oxum: 279164409832.1198\r\n";
    assert_eq!(bagit::oxum(info), Some((279_164_409_832, 1198)));
    assert_eq!(bagit::oxum(b"Payload-Oxum: 1\n"), None);
    let fetched: Vec<_> =
        bagit::fetched(b"http://x/ 1 data/a b\nhttp://y/ -\nz \t -  data/c").collect();
    assert_eq!(fetched, [&b"data/a b"[..], b"data/c"]);
}

#[test]
fn manifests_are_known_by_their_content() {
    let line = format!("{SHA256}  a.log\n");
    let mixed = format!("{line}a remark of somebody\n");
    let is = |name: &str, text: &str| recognise(name, text.as_bytes(), false);
    let plain = Some(Form::Sums(Style::default()));
    let guess = Style { is_guess: true, ..Style::default() };
    assert_eq!(is("any.bin", &line), Some(Form::Sums(guess)));
    assert_eq!(is("SHA256SUMS.txt", &mixed), plain);
    assert_eq!(is("any.bin", &mixed), None);
    for text in ["", "\n", "2026-03-04T10:00:00Z hello\n", "{}\n", &format!("{SHA1} a commit\n")] {
        assert_eq!(is("SHA256SUMS", text), None, "{text}");
    }
    assert_eq!(
        is("B2SUMS", &format!("{SHA256}{SHA256}  a\n")),
        Some(Form::Sums(Style { is_blake: true, ..guess }))
    );
    let alone = Form::Alone { of: "a.zip".to_owned() };
    assert_eq!(is("a.zip.sha256", SHA256), Some(alone.clone()));
    assert_eq!(is("a.zip.md5", SHA256), None);
    assert_eq!(said(&read(&alone, SHA256.as_bytes())), [entry(1, "a.zip", &["sha256"])]);
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{line}-----BEGIN PGP SIGNATURE-----\n\
         \niQEz\n-----END PGP SIGNATURE-----\n"
    );
    assert_eq!(is("any.asc", &signed), Some(Form::Sums(guess)));
    let entries = sums(signed.as_bytes());
    assert_eq!((said(&entries), entries.bad), (vec![entry(4, "a.log", &["sha256"])], vec![]));
    // As much as is looked at ends within a line.
    let long = line.repeat(100);
    assert_eq!(recognise("any", &long.as_bytes()[..HEAD], false), Some(Form::Sums(guess)));
}

#[test]
fn an_access_log_of_s3_is_no_manifest() {
    let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let log = format!("{owner} photos [04/Mar/2026:10:42:02 +0000] 192.0.2.7 - 3E57 REST.GET -\n");
    assert_eq!(said(&sums(log.as_bytes())), []);
    let named = format!("{owner} photos [04]\n");
    assert_eq!(said(&sums(named.as_bytes())).len(), 1);
}

#[test]
fn names_lead_to_what_was_listed_and_nowhere_else() {
    let paths = ["/ev/SHA256SUMS", "/ev/a.log", "/ev/host/var/log/auth.log", "/ev/x/b.log"];
    let more = ["/ev/y/b.log", "/ev/flat.log"];
    let table = Table::new(paths.into_iter().chain(more).map(str::to_owned));
    for (name, met) in [
        ("a.log", Met::At(1)),
        ("./x/..//a.log", Met::At(1)),
        ("/ev/a.log", Met::At(1)),
        ("b.log", Met::Nowhere),
        ("../../../../ev/a.log", Met::At(1)),
        ("../etc/passwd", Met::Nowhere),
        ("/etc/passwd", Met::Nowhere),
        ("/var/log/auth.log", Met::ByEnd(2)),
        ("/mnt/disk/var/log/auth.log", Met::ByEnd(2)),
        // Only the last part is the same, and the file is not in the manifest's folder.
        ("/etc/auth.log", Met::Nowhere),
        ("/mnt/flat.log", Met::ByEnd(5)),
        ("/mnt/y/b.log", Met::ByEnd(4)),
        ("", Met::Nowhere),
        ("/", Met::Nowhere),
        ("..", Met::Nowhere),
    ] {
        assert_eq!(table.find("/ev/", name), met, "{name}");
    }
    let twice = ["a/one/x.log", "b/one/x.log", "sums"].map(str::to_owned);
    assert_eq!(Table::new(twice).find("", "/z/one/x.log"), Met::Several(2));
}

#[test]
fn names_of_a_bag_are_tried_with_their_escapes_and_as_they_stand() {
    let form = recognise("manifest-md5.txt", b"", true).unwrap();
    let paths = ["manifest-md5.txt", "data/a\nb", "data/100%25"].map(str::to_owned);
    let lines = format!("{MD5}  data/a%0Ab\n{MD5}  data/100%25\n{MD5}  data/c%25\n");
    let met = resolve(&Table::new(paths), 0, &form, &read(&form, lines.as_bytes()));
    assert_eq!(met, [Met::At(1), Met::At(2), Met::Nowhere]);
}

#[test]
fn what_lies_in_a_closed_folder_is_not_missing() {
    let paths = ["ev/sums", "ev/closed/", "ev/a"].map(str::to_owned);
    let table = Table::new(paths);
    let met = ["closed/d/x", "a", "b"].map(|name| table.find("ev/", name));
    assert_eq!(met, [Met::Within(1), Met::At(2), Met::Nowhere]);
}

#[test]
fn a_file_is_found_among_many_of_its_name() {
    let hosts = (0..1000).map(|host| format!("ev/h{host:03}/var/log/messages"));
    let table = Table::new(hosts.chain(["ev/flat/messages".to_owned()]));
    for host in [0, 500, 999] {
        let folder = format!("ev/h{host:03}/");
        assert_eq!(table.find(&folder, "/mnt/var/log/messages"), Met::ByEnd(host), "{folder}");
    }
    assert_eq!(table.find("ev/flat/", "/mnt/messages"), Met::ByEnd(1000));
    assert_eq!(table.below("ev/h5").count(), 100);
}

#[test]
fn a_manifest_of_a_folder_above_is_understood() {
    let paths = ["ev/meta/sums", "ev/a/1.log", "ev/a/2.log"].map(str::to_owned);
    let form = Form::Sums(Style::default());
    let entries = sums(format!("{MD5}  a/0.log\n{MD5}  a/1.log\n{MD5}  a/2.log\n").as_bytes());
    let met = resolve(&Table::new(paths), 0, &form, &entries);
    assert_eq!(met, [Met::Nowhere, Met::At(1), Met::At(2)]);
}

#[test]
fn many_lines_take_little_more_memory_than_their_bytes() {
    let mut reader = Reader::new(Form::Sums(Style::default()));
    for number in 0..1_000_000 {
        reader.push(format!("{SHA1}  logs/{number:07}.json.gz\n").as_bytes());
    }
    // A line that never ends is not held.
    (0..1000).for_each(|_| reader.push(&[b'x'; 4096]));
    let entries = reader.finish();
    assert_eq!((entries.len(), entries.bad.len()), (1_000_000, 1));
    let last = entries.get(999_999).unwrap();
    assert_eq!((last.line, last.name), (1_000_000, &b"logs/0999999.json.gz"[..]));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>, name in "[a-z.0-9]{0,12}", in_bag: bool) {
        for head in [&bytes[..], &[hashdeep::MAGIC, b"0\n%%%% size,md5,filename\n", &bytes].concat()] {
            if let Some(form) = recognise(&name, head, in_bag) {
                read(&form, head);
            }
        }
        let table = Table::new(["a/b".to_owned(), "/c".to_owned()]);
        table.find("a/", &crate::event::label(&bytes));
    }
}
