use super::*;

/// Each value as text, and the doubt.
fn read(name: &str, text: &str, sort: Sort) -> (Vec<String>, Option<Doubt>) {
    let mut lists = Lists::default();
    lists.add(name, text);
    let mut found = Vec::new();
    let doubt = lists.each(name, sort, |value| {
        found.push(match value {
            Value::Text(text) => text.into_owned(),
            Value::Wild(pattern) => pattern.parts.join("*"),
            Value::Network(network) => format!("{network:?}"),
            Value::Number(number) => format!("{number:?}"),
        });
    });
    (found, doubt.unwrap())
}

fn network(text: &str) -> String {
    format!("{:?}", Network::parse(text).unwrap())
}

#[test]
fn addresses_are_read_as_feeds_write_them() {
    let text = "\u{feff}# known bad\r\n; drop list\r\n\r\n192.0.2.1\r\n198.51.100[.]7\r\n\
        203.0.113.0/24 ; SBL1\n192.0.2.9,seen,\"a, b\"\n 192.0.2.10-192.0.2.20 # range\n\
        \"192.0.2.30\"\n[2001:db8::1]\n2001[:]db8::2\n";
    let (found, doubt) = read("bad.txt", text, Sort::Address);
    let expected = [
        "192.0.2.1",
        "198.51.100.7",
        "203.0.113.0/24",
        "192.0.2.9",
        "192.0.2.10-192.0.2.20",
        "192.0.2.30",
        "2001:db8::1",
        "2001:db8::2",
    ];
    assert_eq!(found, expected.map(network));
    assert_eq!(doubt, None);
    let (found, _) = read("bad.txt", "198.51.*\n", Sort::Address);
    assert_eq!(found, ["198.51.*"]);
}

#[test]
fn what_a_field_cannot_hold_is_told() {
    let text = "address,first seen\n\n192.0.2.1,2026-03-04\nevil.example\n# remark\n192.0.2.0/33\n";
    let (found, doubt) = read("bad.csv", text, Sort::Address);
    assert_eq!(found, [network("192.0.2.1")]);
    let doubt = doubt.unwrap();
    assert_eq!((doubt.lines, doubt.of), (3, 4));
    assert_eq!(
        doubt.to_string(),
        "the list @bad.csv: 3 of 4 lines left out, not an address, network or range; \
         the first is line 1: address,first seen"
    );
    let (found, doubt) = read("ports", "443\n8080 # proxy\n50*\nhttps\n", Sort::Number);
    assert_eq!(found, ["Int(443)", "Int(8080)", "50*"]);
    assert_eq!(doubt.unwrap().first, Some((4, "https".to_owned())));
    let (_, doubt) = read("none", "# nothing yet\n", Sort::Text);
    assert_eq!(doubt.unwrap().to_string(), "the list @none has no values in it");
}

#[test]
fn domains_are_read_from_what_names_them() {
    let text = "evil.example\nhxxps://c2[.]evil[.]example:8443/gate?x=1\nEvil(dot)example.\n\
        *.bad.example\nhttp://\n";
    let (found, doubt) = read("domains", text, Sort::Domain);
    assert_eq!(found, ["evil.example", "c2.evil.example", "Evil.example", "*.bad.example"]);
    assert_eq!(doubt.unwrap().first, Some((5, "http://".to_owned())));
}

#[test]
fn any_text_stays_as_it_is_beside_what_it_stands_for() {
    let text = "a b, c\n198.51.100[.]7\nhXXp://evil[.]example/x\n192.0.2.7,seen\nC:\\\\x\\*\n";
    let (found, doubt) = read("any", text, Sort::Text);
    let network = network("192.0.2.7");
    let expected = [
        "a b, c",
        "198.51.100.7",
        "198.51.100[.]7",
        "http://evil.example/x",
        "hXXp://evil[.]example/x",
        &network,
        "192.0.2.7,seen",
        "C:\\x*",
    ];
    assert_eq!(found, expected);
    assert_eq!(doubt, None);
    let (found, _) = read("keys.CSV", "\"AKIA\"\"1\",x\nAKIA2 , y\n\"open\n", Sort::Word);
    assert_eq!(found, ["AKIA", "AKIA2", "open"]);
    let (found, _) = read("names.csv", "\"a, \"\"b\"\"\",x\n", Sort::Text);
    assert_eq!(found, ["a, \"b\""]);
}
