use super::*;
use crate::event::{Time, Timestamp};
use proptest::prelude::*;

/// The text, with each line further in.
fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}

fn rule(detection: &str) -> Rule {
    let lines = indented(detection);
    let text = format!(
        "title: t\nid: 1\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n{lines}"
    );
    match &read(&text)[..] {
        [Ok(Document::Rule(rule))] => (**rule).clone(),
        other => panic!("{other:?}"),
    }
}

fn record(text: &str) -> Record<'static> {
    Record::new(serde_json::from_str(text).unwrap(), text.to_owned())
}

fn holds(search: &str, json: &str) -> bool {
    let lines = indented(search);
    let rule = rule(&format!("selection:\n{lines}condition: selection"));
    assert_eq!(rule.defect(), None, "{search}");
    rule.matches(&record(json))
}

#[test]
fn what_a_rule_asks_is_told_in_a_few_words() {
    for (search, told) in [
        ("errorCode: null", "no errorCode"),
        ("errorCode: ''", "no errorCode"),
        ("errorCode|neq: null", "some errorCode"),
        ("errorCode:\n    - null\n    - x", "errorCode x or none"),
        ("errorCode|neq: x", "errorCode not x"),
        ("errorCode|exists: false", "errorCode is not there"),
    ] {
        let lines = indented(search);
        assert_eq!(rule(&format!("s:\n{lines}condition: s")).asks(), told, "{search}");
    }
}

#[test]
fn what_engines_differ_in_is_as_the_specification_has_it() {
    for (search, json, expected) in [
        ("errorCode: null", r#"{"a":1}"#, true),
        ("errorCode: null", r#"{"errorCode":null}"#, true),
        ("errorCode: null", r#"{"errorCode":"x"}"#, false),
        ("r: null", r#"{"r":[]}"#, true),
        ("r: null", r#"{"r":[null,""]}"#, true),
        ("r: null", r#"{"r":[0]}"#, false),
        ("- a: x\n- 'two words'", r#"{"a":"y","b":"the two words"}"#, true),
        ("- a: x\n- 'two words'", r#"{"a":"x"}"#, true),
        ("- a: x\n- 'two words'", r#"{"a":"y","b":"two other words"}"#, false),
        ("r.enable: 'false'", r#"{"r":{"enable":false}}"#, true),
        ("r.enable: false", r#"{"r":{"enable":false}}"#, true),
        ("r.c.command|contains: '$URI'", r#"{"r":{"c":[{"command":["a","x$URI"]}]}}"#, true),
        ("r.layers|contains: '*'", r#"{"r":{"layers":["arn"]}}"#, true),
        ("r.layers|contains: '*'", r#"{"r":{}}"#, false),
        ("r|contains: Suspended", r#"{"r":{"v":{"Status":"Suspended"}}}"#, true),
        ("MFAUsed: NO", r#"{"MFAUsed":"No"}"#, true),
        ("MFAUsed|cased: NO", r#"{"MFAUsed":"No"}"#, false),
        ("a|fieldref: b.c", r#"{"a":"X","b":{"c":"x"}}"#, true),
        ("a|fieldref|endswith: b", r#"{"a":"arn:user/x","b":"x"}"#, true),
        ("a|fieldref: b", r#"{"a":"x"}"#, false),
        ("a|contains|all:\n    - x\n    - y", r#"{"a":"y and x"}"#, true),
        ("a|contains|all:\n    - x\n    - z", r#"{"a":"y and x"}"#, false),
        ("a|re: '.+:role/.+'", r#"{"a":"arn:role/x"}"#, true),
        ("a|re|i: 'ROLE'", r#"{"a":"arn:role/x"}"#, true),
        ("a|cidr: 192.0.2.0/24", r#"{"a":"192.0.2.7"}"#, true),
        ("a|gte: 7", r#"{"a":7}"#, true),
        ("a|exists: true", r#"{"a":false}"#, true),
        ("a|exists: true", r#"{"a":null}"#, true),
        ("a|exists: false", r#"{"b":null}"#, true),
        ("errorCode: null", r#"{"errorCode":""}"#, true),
        ("a: ''", r#"{"b":1}"#, true),
        ("a|windash|contains|all:\n    - ' -a'\n    - ' -b'", r#"{"a":"x /a /b"}"#, true),
        ("a|windash|contains: ' /enc'", r#"{"a":"x -enc"}"#, true),
        ("- 'a b'", r#"{"x":"\u0061 b"}"#, true),
        ("a|startswith: x\nb|endswith: y", r#"{"a":"xa","b":"ay"}"#, true),
        ("- a: 1\n- b: 2", r#"{"b":2}"#, true),
        ("- needle", r#"{"b":"a Needle here"}"#, true),
        ("a: ''", r#"{"a":""}"#, true),
        ("a|windash|contains: ' -enc'", r#"{"a":"x /enc"}"#, true),
        ("a|base64offset|contains: http://x", r#"{"a":"YWh0dHA6Ly94LmV4YW1wbGU="}"#, true),
    ] {
        assert_eq!(holds(search, json), expected, "{search} {json}");
    }
}

#[test]
fn what_cannot_be_run_says_why_and_what_is_no_rule_says_where() {
    for (detection, why) in [
        ("selection:\n    a|utf16: x\ncondition: selection", "utf16"),
        ("selection:\n    a|re: '(?=x)'\ncondition: selection", "look-around"),
        ("selection:\n    a: x\ncondition: selected", "no such search"),
        ("selection:\n    a: x", "no `condition`"),
        ("selection:\n    a|cidr: x\ncondition: selection", "no network"),
        ("selection:\n    a|contains|re: x\ncondition: selection", "do not go"),
        ("selection:\n    a|contains|endswith: x\ncondition: selection", "does not go"),
    ] {
        let rule = rule(detection);
        let defect = rule.defect().unwrap_or_default().to_owned();
        assert!(defect.contains(why), "{detection}: {defect}");
        assert!(filter(&rule).is_none() && !rule.matches(&record("{}")));
    }
    for (text, line, column) in [
        ("title: a\n", 1, 1),
        ("detection:\n    a: b\n", 1, 1),
        ("title: a\ntitle: b\n", 2, 1),
        ("title: a\ncorrelation:\n    type: nothing\n    rules: x\n", 3, 11),
        ("title: a\ncorrelation:\n    type: event_count\n    rules: x\n    timespan: 5x\n", 5, 15),
    ] {
        let fault = read(text).remove(0).unwrap_err().fault;
        assert_eq!((fault.line, fault.column), (line, column), "{text}: {fault}");
    }
}

#[test]
fn of_documents_each_is_read_or_says_what_is_wrong_and_in_which_line() {
    let good = "title: good\ndetection:\n    s: {a: x}\n    condition: s\n";
    for (between, wrong) in [
        ("---\n", &[][..]),
        ("---\n---\n", &[]),
        ("--- # a remark\ntitle: a\n---\n", &[(2, 6, 1)]),
        ("---\ntitle: a\ntitle: b\n---\n", &[(2, 7, 1)]),
        ("---\n- a\n b: [\n--- \ntitle: c\n---\n", &[(2, 7, 3), (3, 9, 1)]),
        ("...\n%YAML 1.2\n---\ntitle: a\ntitle: b\n...\n# a remark\n", &[(2, 9, 1)]),
        ("---\nsame: \"\n---\n", &[(2, 6, 7)]),
        ("---\nsame: |\n    ---\n    ...\n---\n", &[(2, 6, 1)]),
    ] {
        let read = read(&format!("{good}{between}{good}"));
        let titles = read.iter().flatten().map(|document| match document {
            Document::Rule(rule) => &rule.head.title,
            Document::Correlation(rule) => &rule.head.title,
        });
        assert_eq!(titles.collect::<Vec<_>>(), ["good", "good"], "{between:?}");
        let defects = read.iter().filter_map(|one| one.as_ref().err());
        let places = defects.map(|it| (it.document.unwrap(), it.fault.line, it.fault.column));
        assert_eq!(places.collect::<Vec<_>>(), wrong, "{between:?}");
    }
}

fn correlation(text: &str) -> Correlation {
    let lines = indented(text);
    match read(&format!("title: t\ncorrelation:\n{lines}")).remove(0).unwrap() {
        Document::Correlation(found) => *found,
        Document::Rule(rule) => panic!("{rule:?}"),
    }
}

fn hit(seconds: i64, rule: usize, group: &str) -> Hit {
    let time = Time::new(Timestamp::from_seconds(seconds).unwrap(), 0);
    Hit { time, rule, group: vec![group.to_owned()], value: Some(seconds.to_string()) }
}

#[test]
fn a_burst_across_any_boundary_is_one_and_the_order_of_files_does_not_count() {
    let many = correlation(
        "type: event_count\nrules: a\ngroup-by: ip\ntimespan: 10m\ncondition:\n    gte: 3",
    );
    // Across a bucket that begins at a multiple of ten minutes.
    let hits = [hit(1190, 0, "x"), hit(1195, 0, "x"), hit(1210, 0, "x"), hit(1211, 0, "y")];
    let bursts = many.bursts(&hits);
    assert_eq!(
        (&bursts[0].group[..], &bursts[0].hits[..]),
        (&["x".to_owned()][..], &[0, 1, 2][..])
    );
    assert_eq!(bursts.len(), 1);
    // Two files, one after the other: nothing comes from a mixed order.
    let hits = [hit(1000, 0, "x"), hit(5060, 0, "x"), hit(1060, 0, "x"), hit(5000, 0, "x")];
    assert_eq!(many.bursts(&hits), []);
    // What goes on is one burst, and what comes much later another.
    let hits: Vec<Hit> = (0..5).chain(10_000..10_003).map(|at| hit(at, 0, "x")).collect();
    let found: Vec<usize> = many.bursts(&hits).iter().map(|burst| burst.hits.len()).collect();
    assert_eq!(found, [5, 3]);
}

#[test]
fn events_of_one_second_have_no_order() {
    let one_by_one =
        correlation("type: temporal_ordered\nrules: [a, b]\ngroup-by: ip\ntimespan: 1m");
    assert_eq!(one_by_one.bursts(&[hit(10, 0, "x"), hit(11, 1, "x")]).len(), 1);
    assert_eq!(one_by_one.bursts(&[hit(10, 0, "x"), hit(10, 1, "x")]), []);
    assert_eq!(one_by_one.bursts(&[hit(10, 1, "x"), hit(11, 0, "x")]), []);
    assert_eq!(one_by_one.bursts(&[hit(10, 0, "x"), hit(71, 1, "x")]), []);
    let both = correlation("type: temporal\nrules: [a, b]\ntimespan: 1m");
    assert_eq!(both.bursts(&[hit(10, 1, "x"), hit(10, 0, "x")]).len(), 1);
    assert_eq!(both.bursts(&[hit(10, 0, "x"), hit(11, 0, "x")]), []);
}

proptest! {
    /// Every choice of an event for each rule, one by one, is looked at in each window.
    #[test]
    fn an_order_holds_where_some_events_have_it(
        all in prop::collection::vec((0_usize..3, 0_i64..30, prop::sample::select(vec![0_u8, 1, 9])), 0..14),
    ) {
        let rule = correlation("type: temporal_ordered\nrules: [a, b, c]\ntimespan: 1s");
        let tenth = 100_000_000;
        let hits: Vec<Hit> = all.iter().map(|(rule, at, digits)| {
            // What has no digits stands for all of its second.
            let at = if *digits == 0 { at.div_euclid(10) * 10 } else { *at };
            Hit { time: Time::new(Timestamp(at * tenth), *digits), ..hit(0, *rule, "x") }
        }).collect();
        let later = |one: &Hit, other: &Hit| {
            let unit = 10_i64.pow(9 - u32::from(one.time.digits.min(other.time.digits)));
            one.time.at.0.div_euclid(unit) > other.time.at.0.div_euclid(unit)
        };
        let of = |rule: usize| hits.iter().filter(move |hit| hit.rule == rule);
        let ends = hits.iter().map(|hit| hit.time.at.0);
        let naive = ends.flat_map(|end| of(0).flat_map(move |a| of(1).flat_map(move |b| {
            of(2).map(move |c| (end, a, b, c))
        }))).any(|(end, a, b, c)| {
            let inside = |hit: &Hit| (end - Timestamp::SECOND..=end).contains(&hit.time.at.0);
            [a, b, c].into_iter().all(inside) && later(b, a) && later(c, b)
        });
        prop_assert_eq!(!rule.bursts(&hits).is_empty(), naive);
    }
}

#[test]
fn different_values_are_counted_once_each() {
    let values = correlation(
        "type: value_count\nrules: a\ntimespan: 1m\ncondition:\n    field: v\n    gt: 2",
    );
    let mut hits: Vec<Hit> = (0..4).map(|at| hit(at, 0, "x")).collect();
    for hit in &mut hits {
        hit.value = Some("same".to_owned());
    }
    assert_eq!(values.bursts(&hits), []);
    let hits: Vec<Hit> = (0..4).map(|at| hit(at, 0, "x")).collect();
    assert_eq!(values.bursts(&hits).len(), 1);
}

proptest! {
    /// A window that is looked at from each of its ends finds the same.
    #[test]
    fn a_count_holds_where_some_window_has_as_many(times in prop::collection::vec(0i64..200, 0..40)) {
        let many = correlation("type: event_count\nrules: a\ntimespan: 20s\ncondition:\n    gte: 4");
        let hits: Vec<Hit> = times.iter().map(|at| hit(*at, 0, "x")).collect();
        let naive = times.iter().any(|end| {
            times.iter().filter(|at| **at <= *end && *end - **at <= 20).count() >= 4
        });
        let bursts = many.bursts(&hits);
        prop_assert_eq!(!bursts.is_empty(), naive);
        // Each event is in one burst, and in it if it is in such a window.
        let mut seen: Vec<usize> = bursts.iter().flat_map(|burst| burst.hits.clone()).collect();
        seen.sort_unstable();
        let within = |at: i64| times.iter().any(|end| {
            let window: Vec<_> = times.iter().filter(|t| **t <= *end && *end - **t <= 20).collect();
            window.len() >= 4 && window.contains(&&at)
        });
        let wanted: Vec<usize> = (0..times.len()).filter(|place| within(times[*place])).collect();
        prop_assert_eq!(seen, wanted);
    }
}

#[test]
fn what_would_hold_for_everything_is_a_defect() {
    for search in ["{}", "[]", "", "[{}]", "[{a: b}, {}]"] {
        let defect = rule(&format!("s: {search}\ncondition: s")).defect().map(str::to_owned);
        assert_eq!(defect.as_deref(), Some("s: a search that is empty"), "{search}");
    }
}

#[test]
fn a_filter_of_rules_is_named_as_what_it_is() {
    let text =
        "title: t\nlogsource: {product: aws}\nfilter: {rules: [a], s: {a: b}, condition: not s}\n";
    assert!(
        matches!(&read(text)[..], [Err(fault)] if fault.to_string().contains("a Sigma filter"))
    );
}
