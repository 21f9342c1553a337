//! What the place of an object says of its records, however much of it was typed.

use crate::bench::{Bench, Said, tar};
use trailcase::case::{Settings, Workspaces};
use trailcase::event::Timestamp;

const NLB: &str = "tls 2.0 2026-03-04T10:42:02 net/shop/0a1b2c3d4e5f6071 1a1b2c3d4e5f6071 203.0.113.7:50022 192.0.2.5:443 5 2 98 246 - - - TLS_AES_128_GCM_SHA256 tlsv13 - shop.example - - - 2026-03-04T10:42:01\n";

const FILE: &str =
    "111122223333_elasticloadbalancing_eu-west-1_net.shop.0a1b_20260304T1000Z_1a2b3c4d.log";

/// The program, in another folder than its own.
fn within(bench: &Bench, folder: &str, source: &str) -> Said {
    let arguments =
        ["query", source, "--format", "jsonl", "--fields", "account,region,origin.object"];
    let mut command = bench.command(&arguments);
    crate::bench::said(command.current_dir(bench.path(folder)).output().unwrap())
}

fn told(said: &Said) -> (String, String) {
    let events = said.json();
    assert_eq!(events.len(), 1, "{}", said.err);
    let text = |name: &str| events[0][name].as_str().unwrap_or("").to_owned();
    (text("account"), text("region"))
}

#[test]
fn account_and_region_are_known_wherever_a_source_begins() {
    let bench = Bench::new();
    let below = "AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2026/03/04";
    let plain = "a.log";
    for (folder, name) in [(below, plain), ("flat", FILE)] {
        std::fs::create_dir_all(bench.path(&format!("evidence/{folder}"))).unwrap();
        bench.write(&format!("{folder}/{name}"), NLB.as_bytes());
    }
    let hive = "hive/AWSLogs/aws-account-id=111122223333/aws-service=elasticloadbalancing/aws-region=eu-west-1/year=2026/month=03/day=04";
    std::fs::create_dir_all(bench.path(&format!("evidence/{hive}"))).unwrap();
    bench.write(&format!("{hive}/a.log"), NLB.as_bytes());
    let packed = tar(&[(&format!("{below}/a.log"), NLB.as_bytes())]);
    bench.write("flat/x.tar", &packed);
    let both = ("111122223333".to_owned(), "eu-west-1".to_owned());
    for (folder, source) in [
        ("evidence", "AWSLogs"),
        ("evidence", "./AWSLogs/111122223333"),
        ("evidence/AWSLogs/111122223333", "."),
        ("evidence/AWSLogs/111122223333/elasticloadbalancing", "../elasticloadbalancing/eu-west-1"),
        (&format!("evidence/{below}"), "a.log"),
        ("evidence/flat", FILE),
        ("evidence/flat", "x.tar"),
        ("evidence", "hive/AWSLogs/aws-account-id=111122223333"),
    ] {
        let said = within(&bench, folder, source);
        assert_eq!(told(&said), both, "{folder} {source}");
        let object = said.json()[0]["origin.object"].as_str().unwrap().to_owned();
        assert!(object.starts_with(source), "{object}: what it is called stays");
    }
}

#[test]
fn a_workspace_says_of_a_place_what_a_fresh_reading_does() {
    let bench = Bench::new();
    let folder = "AWSLogs/111122223333/elasticloadbalancing/eu-west-1";
    std::fs::create_dir_all(bench.path(&format!("evidence/{folder}"))).unwrap();
    bench.write(&format!("{folder}/a.log"), NLB.as_bytes());
    let cases = bench.path("cases").display().to_string();
    let workspaces = Workspaces::new(bench.path("cases"));
    let source = bench.path("evidence/AWSLogs/111122223333").display().to_string();
    drop(workspaces.create("case", vec![source], Settings::default(), Timestamp(0)).unwrap());
    let arguments = ["query", "-w", "case", "--workspace-dir", &cases, "--format", "jsonl"];
    let fields = ["--fields", "account,region"];
    for _ in 0..2 {
        let said = bench.run(&[&arguments[..], &fields].concat());
        assert_eq!(told(&said), ("111122223333".to_owned(), "eu-west-1".to_owned()));
    }
}

#[test]
fn what_a_command_wrote_is_its_output_whatever_it_says() {
    let bench = Bench::new();
    let (id, instance) = ("0a1b2c3d-1111-2222-3333-444455556666", "i-0a1b2c3d4e5f60718");
    let folder = format!("out/{id}/{instance}/awsrunShellScript/0.awsrunShellScript");
    std::fs::create_dir_all(bench.path(&format!("evidence/{folder}"))).unwrap();
    let output = "uid=0(root) gid=0(root)\n\n{\"Records\":[{\"eventVersion\":\"1.08\"}]}\nLinux\n";
    bench.write(&format!("{folder}/stdout"), output.as_bytes());
    let fields = "format,message,instance,resource,ssm.command_id,ssm.output,time";
    let said = bench.query(&["--format", "jsonl", "--fields", fields]);
    let events = said.json();
    let messages: Vec<_> =
        events.iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect();
    let lines: Vec<_> = output.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(messages, lines, "{}", said.err);
    for event in &events {
        assert_eq!(event["format"], "ssm");
        assert_eq!(event["instance"], instance);
        assert_eq!(event["resource"][0], instance);
        assert_eq!(event["ssm.command_id"], id);
        assert_eq!(event["ssm.output"], "stdout");
        assert!(event["time"].is_null());
    }
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn an_interface_and_an_instance_are_resources() {
    let bench = Bench::new();
    bench.write(
        "flow.log",
        b"version interface-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n\
          2 eni-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 203.0.113.7 192.0.2.5 50022 443 6 5 500 1772620922 1772620982 ACCEPT OK\n",
    );
    for (filter, count) in [
        ("resource:eni-0a1b2c3d4e5f60718", "1\n"),
        ("resource:i-0a1b*", "1\n"),
        ("interface:eni-*", "1\n"),
        ("resource:eni-1", "0\n"),
    ] {
        assert_eq!(bench.query(&[filter, "--count"]).out, count, "{filter}");
    }
}

#[test]
fn a_number_that_no_computer_has_is_found_as_it_is_written() {
    let bench = Bench::new();
    let record = crate::bench::record(1, "2026-03-04T10:00:00Z", "RunInstances").to_string();
    let record = record.replace("\"value-1\"", "12345678901234567890123");
    bench.write("trail.json", format!("{{\"Records\":[{record}]}}").as_bytes());
    for (filter, count) in [
        ("requestParameters.deep.er:12345678901234567890123", "1\n"),
        ("requestParameters.deep.er:12345678901234567890124", "0\n"),
    ] {
        assert_eq!(bench.query(&[filter, "--count"]).out, count, "{filter}");
    }
}

#[test]
fn what_a_link_leads_to_says_whose_it_is_unless_its_own_place_does() {
    let bench = Bench::new();
    let below = "AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2026/03/04";
    let other = "AWSLogs/444455556666/elasticloadbalancing/eu-west-3/2026/03/04";
    for folder in [below, other, "flat"] {
        std::fs::create_dir_all(bench.path(&format!("evidence/{folder}"))).unwrap();
    }
    bench.write(&format!("{below}/a.log"), NLB.as_bytes());
    let target = bench.path(&format!("evidence/{below}/a.log"));
    let link = |name: &str, to: &std::path::Path| {
        std::os::unix::fs::symlink(to, bench.path(&format!("evidence/{name}"))).unwrap();
    };
    link("flat/link.log", &target);
    link("flat/folder", &bench.path("evidence/AWSLogs/111122223333"));
    link(&format!("{other}/b.log"), &target);
    let said = |source: &str| told(&within(&bench, "evidence", source));
    let both = |account: &str, region: &str| (account.to_owned(), region.to_owned());
    assert_eq!(said("flat/link.log"), both("111122223333", "eu-west-1"));
    assert_eq!(said("flat/folder"), both("111122223333", "eu-west-1"));
    assert_eq!(said(&format!("{other}/b.log")), both("444455556666", "eu-west-3"));
}
