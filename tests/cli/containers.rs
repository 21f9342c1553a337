//! The same log in every container gives the same rows; what is not unpacked is told.

use crate::bench::{self, Bench, gzip, zip};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use zip::CompressionMethod as Method;

type Pack = fn(&[u8]) -> Vec<u8>;

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.into_inner().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(bytes: &[u8]) -> Vec<u8> {
    bench::tar(&[("in/flows.txt", bytes)])
}

/// A zip whose only member is packed in this way.
fn zipped(bytes: &[u8], method: Method) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    archive.start_file("flows", options).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

fn flows() -> Vec<u8> {
    let line = |n: u32| {
        let action = if n.is_multiple_of(3) { "REJECT" } else { "ACCEPT" };
        format!(
            "2 111122223333 eni-0a1b2c3d4e5f60718 198.51.100.{} 10.0.4.20 {} 443 6 12 {} {} {} \
             {action} OK\n",
            n % 200,
            40_000 + n,
            n * 7,
            1_772_620_860 + n,
            1_772_620_900 + n,
        )
    };
    (0..300).map(line).collect::<String>().into_bytes()
}

/// A bench whose evidence is the flows in every container, and how many there are.
fn packed() -> (Bench, usize) {
    let (bench, flows) = (Bench::new(), flows());
    let packers: [Pack; 6] = [gzip, zst, bz2, xz, snappy, lz4];
    let mut objects = vec![flows.clone(), tar(&flows)];
    for pack in packers {
        objects.extend([pack(&flows), pack(&tar(&flows)), tar(&pack(&flows))]);
        objects.push(zip(&[("a", &pack(&flows))]));
    }
    for method in [Method::Stored, Method::Deflated, Method::Bzip2, Method::Zstd] {
        objects.push(zipped(&flows, method));
    }
    for (n, object) in objects.iter().enumerate() {
        // The name says nothing.
        bench.write(&format!("{n:02}.log"), object);
    }
    (bench, objects.len())
}

#[test]
fn the_same_log_in_every_container_gives_the_same_rows() {
    let (bench, count) = packed();
    let fields = "time,time_end,event,outcome,src.ip,src.port,bytes.in,bytes.out,packets,raw,\
                  origin.object,origin.sha256,origin.offset,origin.length,origin.line";
    let said = bench.query(&["--format", "jsonl", "--fields", fields]);
    assert_eq!(said.code, 0, "{}", said.err);
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for mut row in said.json() {
        let fields = row.as_object_mut().unwrap();
        fields.remove("origin.sha256").unwrap();
        let object = fields.remove("origin.object").unwrap();
        rows.entry(object.as_str().unwrap().to_owned()).or_default().push(row);
    }
    assert_eq!(rows.len(), count);
    let (_, plain) = rows.first_key_value().unwrap();
    assert_eq!(plain.len(), 300);
    for (object, rows) in &rows {
        assert!(rows == plain, "{object}");
    }
    for filter in ["\"443 6 12 700 \"", "/ 40100 443 /"] {
        let said = bench.query(&[filter, "--count"]);
        assert_eq!((said.out.trim(), said.code), (count.to_string().as_str(), 0), "{filter}");
    }
}

#[test]
fn containers_come_through_a_pipe() {
    let flows = flows();
    let packers: [Pack; 6] = [gzip, zst, bz2, xz, snappy, lz4];
    for pack in packers {
        let said = piped(&pack(&tar(&flows)));
        assert_eq!(said, ("200\n".to_owned(), 0));
    }
}

fn piped(bytes: &[u8]) -> (String, i32) {
    let said = Bench::new().pipe(&["query", "-", "\"ACCEPT OK\"", "--count"], bytes);
    (said.out, said.code)
}

#[test]
fn an_archive_of_which_no_member_can_be_read_is_not_read_itself() {
    let mut locked = zip(&[("a.log", b"one"), ("b.log", b"two")]);
    let starts = |magic: &[u8]| {
        let all = locked.windows(4).enumerate().filter(|(_, bytes)| *bytes == magic);
        all.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let (local, central) = (starts(b"PK\x03\x04"), starts(b"PK\x01\x02"));
    for (local, central) in local.into_iter().zip(central).take(2) {
        locked[local + 6] |= 1;
        locked[central + 8] |= 1;
    }
    let bench = Bench::new();
    bench.write("locked.zip", &locked);
    bench.write("within.tar", &tar(&locked));
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), ("0\n", 4), "{}", said.err);
    assert_eq!(said.err.lines().count(), 4, "{}", said.err);
    assert_eq!(said.err.matches("failed: encrypted").count(), 4, "{}", said.err);
    assert_eq!(bench.coverage(&[]).1, 4);
    bench.write("plain.log", &flows());
    assert_eq!(bench.query(&["--count"]).code, 3, "something was read");
}

#[test]
fn what_is_not_unpacked_is_told_with_what_to_do() {
    let bench = Bench::with_trail();
    bench.write("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04 and so on");
    bench.write("b.rar", b"Rar!\x1a\x07\x01\0 and so on");
    let mut locked = zip(&[("secret.log", b"one")]);
    let at = |magic: &[u8]| locked.windows(4).position(|bytes| bytes == magic).unwrap();
    let (local, central) = (at(b"PK\x03\x04"), at(b"PK\x01\x02"));
    locked[local + 6] |= 1;
    locked[central + 8] |= 1;
    bench.write("c.zip", &locked);
    let mut cut = xz(&flows());
    cut.truncate(cut.len() / 2);
    bench.write("d.xz", &cut);
    let whole = zip(&[("one.log", &flows())]);
    bench.write("e.zip", &whole[..whole.len() / 2]);
    let said = bench.query(&["--count"]);
    let rows: u64 = said.out.trim().parse().unwrap();
    assert!((50..300).contains(&rows) && said.code == 3, "{rows}: {}", said.err);
    for told in [
        "a.7z: skipped: 7-Zip is not unpacked here; unpack it first (7z x)",
        "b.rar: skipped: RAR is not unpacked here; unpack it first (unrar x)",
        "c.zip!secret.log: failed: encrypted, and no password is asked for here; unpack the archive \
         with its password (7z x), and open what comes out",
        "d.xz: partial: the xz data ends in the middle",
        "e.zip: failed: the zip archive has no list of its members, which stands at its end: it was \
         cut off, or is part of a larger one; zip -FF or 7z x may recover members",
    ] {
        assert!(said.err.contains(told), "{told}: {}", said.err);
    }
}

#[test]
fn rows_of_a_parquet_file_are_records() {
    let table = include_bytes!("../fixtures/containers/parquet/flow.parquet");
    let bench = Bench::new();
    bench.write("flows", table);
    let events = bench.query(&[
        "--format",
        "jsonl",
        "--fields",
        "format,time,src.ip,bytes.in,event,origin.index,raw",
    ]);
    let events = events.json();
    assert_eq!(events.len(), 5);
    for (event, index) in events.iter().zip(1..) {
        assert_eq!(event["format"], "vpc_flow");
        assert_eq!(event["origin.index"], index);
    }
    assert_eq!(events[2]["src.ip"], "192.0.2.3");
    assert_eq!((&events[2]["bytes.in"], &events[2]["event"]), (&2520.into(), &"REJECT".into()));
    let raw: Value = events[2]["raw"].as_str().unwrap().parse().unwrap();
    assert_eq!(raw["log_status"], "OK");
    let (coverage, status) = bench.coverage(&[]);
    assert_eq!(status, 0);
    let object = &coverage["objects"][0];
    assert_eq!((&object["records"], &object["parsed"]), (&5.into(), &5.into()));
    assert_eq!((&object["bytes"], &object["state"]), (&table.len().into(), &"read".into()));
    bench.write("flows", &table[..table.len() - 100]);
    let (coverage, status) = bench.coverage(&[]);
    assert_eq!(status, 4);
    assert_eq!(coverage["objects"][0]["reason"]["kind"], "truncated");
}
