//! Rules over logs that are text, from files to what fires.

use super::*;
use crate::detect::sigma::{Document, Record, examples, read};
use crate::detect::{OWN, alarms};
use crate::job::{Load, Notify, Options};
use crate::source::{Files, Limits, Source};
use crate::store::Store;
use proptest::prelude::*;
use std::path::Path;

/// What is told of a rule's `logsource` and `detection`, as YAML.
fn rules(all: &[(&str, &str)]) -> Ruleset {
    let mut rules = Ruleset::default();
    for (number, (source, detection)) in all.iter().enumerate() {
        let text = format!(
            "title: r{number}\nid: r{number}\nlogsource: {source}\ndetection: {detection}\n"
        );
        rules.add("own.yml", &text, "").unwrap();
        assert_eq!(rules.rules[number].rule.defect(), None, "{detection}");
    }
    rules
}

/// The evidence of these files or folders.
fn load(paths: &[&Path]) -> (Arc<Snapshot>, Arc<Evidence>) {
    let open =
        |path: &&Path| Arc::new(Files::new(path.to_str().unwrap()).unwrap()) as Arc<dyn Source>;
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let load = Load::start(
        paths.iter().map(open).collect(),
        Arc::clone(&store),
        Arc::clone(&evidence),
        Options { threads: 2, ..Options::default() },
        Notify::nobody(),
    );
    load.unwrap().wait();
    (store.snapshot(), evidence)
}

fn detected((snapshot, evidence): &(Arc<Snapshot>, Arc<Evidence>), rules: &Ruleset) -> Detected {
    detect(evidence, snapshot, (rules, &Given::default()), 2, &Cancel::default()).unwrap()
}

fn fixtures(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// How many events of a fixture each rule finds, and of how many it was asked.
fn found(fixture: &str, all: &[(&str, &str)]) -> Vec<(usize, u64)> {
    let detected = detected(&load(&[&fixtures(fixture)]), &rules(all));
    assert_eq!((detected.unasked, detected.unread.len()), (0, 0));
    let hits = detected.findings.hits.iter().map(Vec::len);
    hits.zip(detected.evaluated).collect()
}

#[test]
fn words_are_looked_for_in_lines_of_the_log_source() {
    let [any, auth, sshd, sudo, cron] = [
        "{product: linux}",
        "{product: linux, service: auth}",
        "{product: linux, service: sshd}",
        "{product: linux, service: sudo}",
        "{product: linux, service: cron}",
    ];
    let found = found(
        "syslog/auth.log",
        &[
            (any, "{k: [MARIA], condition: k}"),
            (auth, "{k: [maria], condition: k}"),
            (sshd, "{k: [maria], condition: k}"),
            (sudo, "{k: [maria], condition: k}"),
            (cron, "{k: ['run-parts*hourly'], condition: k}"),
            (sshd, "{k: {'|all': [failed, root]}, condition: k}"),
            (sshd, "{k: {'|re': 'port 4011[0-9] ssh2$'}, condition: k}"),
            (sshd, "{k: [failed, accepted], f: [oracle], condition: k and not f}"),
            (sshd, "{s: {event: Accepted}, k: [ED25519], condition: s and k}"),
            (sshd, "{s: {event: Accepted}, k: [RSA], condition: s and k}"),
            (any, "{k: ['at second frame'], condition: k}"),
        ],
    );
    let all = 13;
    assert_eq!(
        found,
        [
            (4, all),
            (4, 9),
            (2, 6),
            (1, 1),
            (1, 1),
            (1, 6),
            (1, 6),
            (2, 6),
            (1, 6),
            (0, 6),
            (1, all)
        ]
    );
}

#[test]
fn lines_in_envelopes_are_looked_into_and_envelopes_are_not() {
    let auth = "{product: linux, service: auth}";
    let found = found(
        "syslog/group.json",
        &[
            (auth, "{k: ['Invalid user'], condition: k}"),
            // The name of the log group, and the members of the envelope.
            (auth, "{k: [/var/log/secure, timestamp], condition: k}"),
        ],
    );
    assert_eq!((found[0].0, found[1].0), (1, 0), "{found:?}");
}

#[test]
fn sudo_is_asked_by_what_it_writes() {
    let sudo = "{product: linux, service: sudo}";
    let found = found(
        "syslog/auth.log",
        &[
            (sudo, "{s: {USER: root, COMMAND|contains: useradd}, condition: s}"),
            (sudo, "{s: {PWD|startswith: /home/, TTY|re: '^pts/[0-9]$'}, condition: s}"),
            (sudo, "{s: {USER: maria}, condition: s}"),
        ],
    );
    assert_eq!(found.iter().map(|(hits, _)| *hits).collect::<Vec<_>>(), [1, 1, 0]);
}

#[test]
fn audit_records_are_asked_by_their_own_names() {
    let auditd = "{product: linux, service: auditd}";
    let cases = [
        ("{s: {type: EXECVE, a0: ls, a1: '-l '}, condition: s}", 1),
        ("{s: {type: EXECVE, a2|contains: tmp}, condition: s}", 1),
        ("{s: {type: SYSCALL, syscall: execve, key: exec}, condition: s}", 1),
        ("{s: {syscall: 44}, condition: s}", 1),
        ("{s: {type: PATH, nametype: NORMAL, name|startswith: /usr/bin/}, condition: s}", 1),
        ("{s: {exe|endswith: /sshd}, condition: s}", 3),
        ("{s: {exe|endswith: /sshd, res: failed}, condition: s}", 1),
        ("{s: {comm: './x'}, condition: s}", 1),
        ("{s: {success: 'no'}, condition: s}", 1),
        ("{s: {type: ADD_USER, acct: eve}, condition: s}", 1),
        // What stands as digits: in the command, and as a value.
        ("{s: [/etc/shadow], condition: s}", 1),
        ("{s: {cmd|contains: /etc/shadow}, condition: s}", 1),
        ("{s: {type: USER_CMD}, f: {auid: 1000}, condition: s and not f}", 0),
        ("{s: {cwd|exists: true}, condition: s}", 2),
        ("{s: {type|neq: SYSCALL}, condition: s}", 5),
    ];
    let all: Vec<(&str, &str)> = cases.iter().map(|(detection, _)| (auditd, *detection)).collect();
    for ((detection, wanted), found) in cases.iter().zip(found("auditd/audit.log", &all)) {
        assert_eq!(found, (*wanted, 9), "{detection}");
    }
    let started = "{product: linux, category: process_creation}";
    let found = found(
        "auditd/audit.log",
        &[
            (started, "{s: {Image|endswith: /ls, CommandLine|contains: tmp}, condition: s}"),
            (started, "{s: {User: alice, CurrentDirectory: /home/alice}, condition: s}"),
            (started, "{s: {ParentImage: x}, condition: s}"),
        ],
    );
    assert_eq!(found.iter().map(|(hits, _)| *hits).collect::<Vec<_>>(), [1, 1, 0]);
}

#[test]
fn audit_records_that_came_through_another_log_are_asked_as_their_own_log() {
    let auditd = "{product: linux, service: auditd}";
    let of = |fixture: &str, cases: &[(&str, usize)], of: u64| {
        let all: Vec<(&str, &str)> =
            cases.iter().map(|(detection, _)| (auditd, *detection)).collect();
        for ((detection, wanted), found) in cases.iter().zip(found(fixture, &all)) {
            assert_eq!(found, (*wanted, of), "{detection}");
        }
    };
    of(
        "syslog/i-0a1b2c3d4e5f60718_messages.log",
        &[
            ("{s: {type: SYSCALL, syscall: execve, key: exec}, condition: s}", 1),
            ("{s: {exe: /bin/sh, comm: sh, auid: 1000}, condition: s}", 1),
            ("{s: {exe|endswith: audisp-syslog}, condition: s}", 0),
            ("{s: {type: AVC, name: /etc/shadow, host: web-1}, condition: s}", 1),
            ("{s: {type|neq: AVC}, condition: s}", 1),
            ("{k: [apparmor], condition: k}", 1),
            ("{k: ['New session'], condition: k}", 0),
        ],
        2,
    );
    of(
        "journald/i-0a1b2c3d4e5f60718.json",
        &[
            ("{s: {type: USER_AUTH, acct: mallory, res: failed}, condition: s}", 1),
            ("{s: {type: SYSCALL, syscall: execve, success: 'no'}, condition: s}", 1),
            ("{s: {audit.acct: mallory}, condition: s}", 1),
        ],
        2,
    );
    let folder = tempfile::tempdir().unwrap();
    let line = "Mar  4 10:42:05 web-1 audispd: type=EXECVE msg=audit(1772620925.113:241): argc=2 \
                a0=\"cat\" a1=2F6574632F736861646F7720\n";
    std::fs::write(folder.path().join("messages"), line).unwrap();
    let digits = rules(&[
        (auditd, "{k: ['cat /etc/shadow'], condition: k}"),
        (auditd, "{s: {type: EXECVE, a1|startswith: /etc/shadow}, condition: s}"),
    ]);
    let found = detected(&load(&[folder.path()]), &digits);
    assert_eq!(found.findings.hits.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let both = load(&[&fixtures("syslog"), &fixtures("auditd/audit.log")]);
    let detected =
        detected(&both, &rules(&[(auditd, "{s: {type: SYSCALL, key: exec}, condition: s}")]));
    assert_eq!(detected.findings.hits[0].len(), 2);
}

#[test]
fn what_audit_records_say_of_files_and_connections_is_asked_by_the_names_of_sysmon() {
    let files = "{product: linux, category: file_event}";
    let connections = "{product: linux, category: network_connection}";
    for (fixture, source, detection, wanted) in [
        (
            "nodes",
            files,
            "{s: {TargetFilename|startswith: /etc/cron.d/, Image: /usr/bin/vi}, condition: s}",
            1,
        ),
        (
            "nodes",
            files,
            "{s: {TargetFilename|endswith: backup}, f: {User: '1000'}, condition: s and not f}",
            0,
        ),
        (
            "audit",
            connections,
            "{s: {DestinationIp: 203.0.113.9, DestinationPort: 53}, condition: s}",
            1,
        ),
        ("audit", connections, "{s: {Image|contains: /tmp/, Initiated: 'true'}, condition: s}", 1),
        ("audit", connections, "{s: {Initiated: 'false'}, condition: s}", 0),
        (
            "audit",
            connections,
            "{s: {DestinationPort: 53}, f: {DestinationIp|cidr: 203.0.113.0/24}, condition: s and not f}",
            0,
        ),
    ] {
        let found = found(&format!("auditd/{fixture}.log"), &[(source, detection)]);
        assert_eq!(found, [(wanted, 1)], "{detection}");
    }
}

#[test]
fn what_clients_ask_of_the_web_is_asked_as_of_a_proxy() {
    let proxy = "{category: proxy}";
    let seen = "{s: {c-uri: /login, cs-method: POST, cs-host: www.example.org, c-useragent|contains: mozilla}, condition: s}";
    assert_eq!(found("suricata/eve.jsonl", &[(proxy, seen)])[0].0, 1);
    let folder = tempfile::tempdir().unwrap();
    let line = |request: &str| {
        format!("192.0.2.7 - - [04/Mar/2026:10:42:02 +0000] \"{request}\" 200 7 \"-\" \"curl/8\"\n")
    };
    let requests = [
        "GET http://x.example/a?b HTTP/1.1",
        "CONNECT x.example:443 HTTP/1.1",
        "GET /a?b HTTP/1.1",
    ];
    std::fs::write(folder.path().join("access.log"), requests.map(line).concat()).unwrap();
    let detected = detected(
        &load(&[folder.path()]),
        &rules(&[
            (proxy, "{s: {c-uri-query|contains: b}, condition: s}"),
            (proxy, "{k: [curl], condition: k}"),
        ]),
    );
    let hits: Vec<usize> = detected.findings.hits.iter().map(Vec::len).collect();
    assert_eq!((hits, detected.evaluated), (vec![1, 2], vec![2, 2]));
}

#[test]
fn what_applications_write_is_searched_whatever_they_are_made_with() {
    let of = |product: &str| format!("{{category: application, product: {product}}}");
    let one =
        |fixture: &str, source: &str, detection: &str| found(fixture, &[(source, detection)])[0].0;
    let words = "{k: [traceback, error], condition: k}";
    assert!(one("lambda/python.log", &of("python"), words) > 0);
    assert!(one("plain/i-0a1b2c3d4e5f60718.log", &of("jvm"), words) > 0);
    assert!(one("mysql_error", &of("sql"), "{k: [mysqld], condition: k}") > 0);
    let audit = "{category: application, product: kubernetes, service: audit}";
    assert!(one("eks_audit/audit.jsonl", audit, "{s: {verb|exists: true}, condition: s}") > 0);
    let other = rules(&[(&of("rpc_firewall"), words)]);
    assert_eq!(sigma::log_source(&other.rules[0].rule), None, "no such logs are read");
}

#[test]
fn a_line_begins_behind_what_an_export_puts_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "2026-03-04T10:42:02.113Z 192.0.2.7 - - [04/Mar/2026:10:42:02 +0000] \"GET /a HTTP/1.1\" 200 7 \"-\" \"curl/8\"\n\
                 2026-03-04T10:42:03.113Z 192.0.2.8 - - [04/Mar/2026:10:42:03 +0000] \"GET /b HTTP/1.1\" 200 7 \"-\" \"curl/8\"\n";
    std::fs::write(folder.path().join("000000"), lines).unwrap();
    let web = "{category: webserver}";
    let detected = detected(
        &load(&[folder.path()]),
        &rules(&[
            (web, "{k: {'|re': '^192\\.0\\.2\\.7 '}, condition: k}"),
            (web, "{k: {'|re': '^2026'}, condition: k}"),
        ]),
    );
    let hits: Vec<usize> = detected.findings.hits.iter().map(Vec::len).collect();
    assert_eq!((hits, detected.evaluated), (vec![1, 0], vec![2, 2]));
}

#[test]
fn requests_are_asked_by_the_names_of_the_taxonomy() {
    let web = "{category: webserver}";
    let cases = [
        ("{s: {cs-method: POST, cs-uri-stem: /login}, condition: s}", 1),
        ("{s: {cs-uri-query: 'x=\"y\"'}, condition: s}", 1),
        ("{s: {cs-uri-query|contains: 'b?x='}, condition: s}", 1),
        ("{s: {cs-uri-stem|contains: 'x='}, condition: s}", 0),
        ("{s: {sc-status: [401, 403]}, condition: s}", 2),
        ("{s: {sc-status|gte: 500}, condition: s}", 1),
        ("{s: {c-ip: 203.0.113.9, cs-method: POST}, condition: s}", 1),
        ("{s: {c-ip|cidr: '2001:db8::/64'}, condition: s}", 2),
        ("{s: {cs-user-agent|contains: curl}, condition: s}", 1),
        ("{s: {cs-user-agent: null, sc-status: 200}, condition: s}", 1),
        ("{s: {cs-username: alice smith}, condition: s}", 1),
        ("{s: {cs-host: api.example.com}, condition: s}", 1),
        ("{s: {cs-version|endswith: '2.0'}, condition: s}", 1),
        ("{s: {cs-referer|exists: true}, condition: s}", 1),
        (
            "{s: {cs-uri-query|exists: true}, f: {cs-uri-query|contains: '\\?'}, condition: s and not f}",
            6,
        ),
        (r"{k: ['\x16\x03'], condition: k}", 1),
        ("{k: [propfind], condition: k}", 1),
    ];
    let all: Vec<(&str, &str)> = cases.iter().map(|(detection, _)| (web, *detection)).collect();
    let found = found("access_log/i-0a1b2c3d4e5f60718_access.log", &all);
    for ((detection, wanted), found) in cases.iter().zip(found) {
        assert_eq!(found, (*wanted, 9), "{detection}");
    }
}

#[test]
fn other_logs_are_asked_by_what_the_taxonomy_calls_them() {
    let one =
        |fixture: &str, source: &str, detection: &str| found(fixture, &[(source, detection)])[0].0;
    let alb = "{s: {cs-uri-stem: /login, cs-method: POST}, condition: s}";
    assert!(one("alb/plain.log", "{category: webserver}", alb) > 0);
    assert!(one("alb/vended.jsonl", "{category: webserver}", alb) > 0);
    let flow = "{s: {dst_port: 22, src_ip|cidr: 198.51.100.0/24, action: ACCEPT}, condition: s}";
    assert!(one("vpc_flow/export.log", "{category: firewall}", flow) > 0);
    assert!(
        one(
            "vpc_flow/export.log",
            "{product: aws, service: vpcflow}",
            "{k: ['eni-'], condition: k}"
        ) > 0
    );
    let dns =
        "{s: {query|endswith: .example.org, record_type: A, answer: 192.0.2.80}, condition: s}";
    assert_eq!(one("resolver/queries.jsonl", "{category: dns}", dns), 1);
    let name = "{s: {dns.question.name: example.com}, condition: s}";
    assert!(one("r53_public", "{category: network, service: dns}", name) > 0);
    assert!(
        one(
            "s3_access/rows.log",
            "{product: aws, service: s3}",
            "{k: [NoSuchBucketPolicy], condition: k}"
        ) > 0
    );
    assert!(
        one("error_log/nginx.log", "{product: nginx}", "{k: ['PHP Fatal error'], condition: k}")
            > 0
    );
    let journal = "{s: {_PID: '811'}, k: [publickey], condition: s and k}";
    assert_eq!(
        one("journald/i-0a1b2c3d4e5f60718.json", "{product: linux, service: sshd}", journal),
        1
    );
}

#[test]
fn the_examples_of_our_rules_about_lines_are_told_apart() {
    let mut tried = 0;
    for (file, text) in OWN {
        let Some(Ok(Document::Rule(rule))) = read(text).into_iter().next() else {
            panic!("{file}")
        };
        if sigma::asks_json(&rule) {
            continue;
        }
        tried += 1;
        let mut rules = Ruleset::default();
        rules.add(file, text, "").unwrap();
        for (example, wanted) in examples(text).unwrap().iter().zip([true, false]) {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("example.log"), format!("{}\n", example.trim_end()))
                .unwrap();
            let evidence = load(&[folder.path()]);
            let detected = detected(&evidence, &rules);
            assert!(detected.evaluated[0] > 0, "{file}: not of its log source: {example}");
            let raised = alarms(&evidence.0, &rules, &detected.findings);
            assert_eq!(!raised.is_empty(), wanted, "{file}: {example}");
        }
    }
    assert!(tried >= 5);
}

const FIELDS: [&str; 8] = [
    "event",
    "cs-method",
    "cs-uri-stem",
    "cs-uri-query",
    "sc-status",
    "c-ip",
    "cs-user-agent",
    "access.protocol",
];
const VALUES: [&str; 9] =
    ["null", "GET", "g*", "'*b'", "'/a'", "'a=b'", "192.0.2.7", "'2?0'", "'A-1'"];

/// A search over these fields, or words.
fn search() -> impl Strategy<Value = String> {
    let value = prop::sample::select(&VALUES[..]);
    let modifier = prop::sample::select(&["", "|contains", "|startswith", "|endswith", "|neq"][..]);
    let field = (prop::sample::select(&FIELDS[..]), modifier, value.clone(), value.clone())
        .prop_map(|(field, modifier, one, other)| {
            let modifier = if one == "null" || other == "null" { "" } else { modifier };
            format!("{{'{field}{modifier}': [{one}, {other}]}}")
        });
    let words = prop::collection::vec(prop::sample::select(&VALUES[1..]), 1..3);
    let words = (words, any::<bool>()).prop_map(|(words, all)| {
        let words = words.join(", ");
        if all { format!("{{'|all': [{words}]}}") } else { format!("[{words}]") }
    });
    prop_oneof![3 => field, 1 => words]
}

fn line() -> impl Strategy<Value = String> {
    let of = |all: &'static [&'static str]| prop::sample::select(all);
    (
        of(&["192.0.2.7", "192.0.2.70", "2001:db8::7"]),
        of(&["GET", "G", "POST", "get"]),
        of(&["/a", "/A", "/a/b", "/b?a=b", "/a?", "/", "/g?x=/a"]),
        of(&["HTTP/1.1", "HTTP/2.0"]),
        of(&["200", "210", "404"]),
        of(&["-", "a-1", "curl/a=b", "x 192.0.2.7"]),
    )
        .prop_map(|(ip, method, url, protocol, status, agent)| {
            format!(
                "{ip} - - [04/Mar/2026:10:42:02 +0000] \"{method} {url} {protocol}\" {status} 7 \"-\" \"{agent}\""
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Columns, words that are looked for at once, and each record for itself, say the same.
    #[test]
    fn what_is_passed_over_does_not_hold(
        searches in prop::collection::vec((search(), search(), 0_usize..5), 12),
        lines in prop::collection::vec(line(), 1..30),
    ) {
        const CONDITIONS: [&str; 5] = ["a", "a and b", "a or b", "a and not b", "not 1 of them"];
        let all: Vec<String> = searches
            .iter()
            .map(|(a, b, condition)| format!("{{a: {a}, b: {b}, condition: {}}}", CONDITIONS[*condition]))
            .collect();
        let all: Vec<(&str, &str)> = all.iter().map(|it| ("{category: webserver}", it.as_str())).collect();
        let rules = rules(&all);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("access.log"), lines.join("\n")).unwrap();
        let evidence = load(&[folder.path()]);
        let detected = detected(&evidence, &rules);
        let rows = Selection::all(&evidence.0).window(0, lines.len());
        prop_assert_eq!(rows.len(), lines.len());
        for (place, loaded) in rules.rules.iter().enumerate() {
            let naive = rows.iter().filter(|at| {
                let segment = evidence.0.segment(**at);
                let origin = segment.origin(usize::from(at.row));
                let text = crate::event::Records::read(&*evidence.1, &origin).unwrap();
                let mut met = Met::new(**at, segment, &text);
                let record: Option<&Record<'_>> = met.of(&loaded.rule);
                record.is_some_and(|record| loaded.rule.matches(record))
            });
            let naive: Vec<RowRef> = naive.copied().collect();
            let mut hits = detected.findings.hits[place].clone();
            hits.sort_unstable();
            let mut naive = naive;
            naive.sort_unstable();
            prop_assert_eq!(hits, naive, "{}", all[place].1);
        }
    }
}
