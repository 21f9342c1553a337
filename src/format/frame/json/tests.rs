mod losses;

use super::*;
use crate::format::frame::Record;
use proptest::prelude::*;

/// What a record is, for comparing: its bytes, offset, length and place.
type Seen = (String, u64, u64, Place, Option<&'static str>);

/// The records of a text that comes in pieces of these sizes, and where it was cut off.
fn cut(text: &[u8], member: Option<&'static str>, sizes: &[usize]) -> (Vec<Seen>, Option<u64>) {
    let mut json = Json::new(member);
    let mut seen = Vec::new();
    let mut take = |item: Item<'_>| {
        match item {
            Item::Record(Record { bytes, offset, length, place, fault }) => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                seen.push((text, offset, length, place, fault));
            }
            Item::Around { offset, length, members } => {
                let text = format!("told: {}", members.join(", "));
                seen.push((text, offset, length, Place::Line(0), None));
            }
            Item::Head(_) => {}
        }
        ControlFlow::Continue(())
    };
    let (mut at, mut turn) = (0, 0);
    while at < text.len() {
        let size = sizes.get(turn).or(sizes.last()).copied().unwrap_or(text.len());
        let end = (at + size).min(text.len());
        assert!(json.push(&text[at..end], &mut take).is_continue());
        (at, turn) = (end, turn + 1);
    }
    let end = json.finish(&mut take);
    (seen, end)
}

fn texts(text: &str, member: Option<&'static str>) -> Vec<String> {
    let (whole, _) = cut(text.as_bytes(), member, &[]);
    for sizes in [&[1][..], &[2, 3]] {
        assert_eq!(cut(text.as_bytes(), member, sizes).0, whole, "{text}");
    }
    whole.into_iter().map(|(text, ..)| text).collect()
}

#[test]
fn a_damaged_element_ends_where_the_next_one_begins() {
    let good = r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#;
    for bad in [
        // A comma, a colon, a quote of a name missing; no quotes at all.
        r#"{"a":"v" "b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a" "v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v",b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b:{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{a:"v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        // A quote of a value missing: it hides a bracket, or the end of the record.
        r#"{"a":"v","b":{"c":"w},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":"1}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":z"}"#,
        // Quotes that should be escaped.
        r#"{"a":"say "v" loud","b":{"c":"w"},"f":"z"}"#,
        r#"{"a":"v","b":"{"c":"w","d":[{"e":1},{"e":2}]}","f":"z"}"#,
        // A bracket missing or too many.
        r#"{"a":"v","b":{"c":"w","d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2},"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1,{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1}},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[[{"e":1},{"e":2}],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2}]],"f":"z"}"#,
        r#"{"a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z""#,
        r#""a":"v","b":{"c":"w"},"d":[{"e":1},{"e":2}],"f":"z"}"#,
        // A string over two lines.
        "{\"a\":\"v\n}],{w\",\"b\":{\"c\":\"w\"},\"f\":\"z\"}",
    ] {
        for separator in [",", ",\n  ", "\n , "] {
            let file = format!("{{\"Records\":[{good}{separator}{bad}{separator}{good}]}}");
            assert_eq!(texts(&file, Some("Records")), [good, bad, good], "{file}");
            let file = format!("[{good}{separator}{bad}{separator}{good}]");
            assert_eq!(texts(&file, None), [good, bad, good], "{file}");
        }
        if !bad.starts_with('"') {
            let lines = format!("{good}\n{bad}\n{good}\n");
            assert_eq!(texts(&lines, None), [good, bad, good], "{lines}");
            let lines = format!("{good}\n{bad}\nSTART of something\n{good}\n");
            let end = texts(&lines, None).pop();
            assert_eq!(end.as_deref(), Some(good), "{lines}");
        }
    }
}

#[test]
fn a_record_that_closes_too_early_leaves_one_piece() {
    let good = r#"{"a":1,"b":{"c":2}}"#;
    let early = r#"{"a":1,"b":{"c":2}}},"d":{"e":[{},{}]},"f":3}"#;
    let [whole, left] = [r#"{"a":1,"b":{"c":2}}"#, r#"},"d":{"e":[{},{}]},"f":3}"#];
    let file = format!("{{\"Records\":[{good},{early},{good}]}}");
    assert_eq!(texts(&file, Some("Records")), [good, whole, left, good]);
    let lines = format!("{good}\n{early}\n{good}\n");
    assert_eq!(texts(&lines, None), [good, whole, left, good]);
    // An array that closes too early goes on.
    let file = format!("{{\"Records\":[{good}],{good},{good}],\"nextToken\":\"t\"}}");
    assert_eq!(texts(&file, Some("Records")), [good, good, good]);
    let file = format!("{{\"Records\":[{good}],\"d\":[3],\"f\":4}},{good}]}}");
    assert_eq!(texts(&file, Some("Records")), [good, "told: d, f", good, "]}"]);
    let file = format!("{{\"Records\":[{{\"a\":1 \"b\":2}},{good}],\"d\":[3],\"f\":4}}");
    let after_damage = r#","d":[3],"f":4}"#;
    assert_eq!(texts(&file, Some("Records")).last().map(String::as_str), Some(after_damage));
}

#[test]
fn an_envelope_cut_off_behind_its_array_has_no_row_for_that() {
    let (records, end) = cut(br#"{"Records":[{"a":1}] "#, Some("Records"), &[]);
    assert_eq!(records.len(), 1);
    assert_eq!(end, Some(21));
}

#[test]
fn what_never_balances_goes_to_the_end() {
    let (records, end) = cut(br#"[{"a":1},{"a":{"b":2"#, None, &[]);
    assert_eq!(records.len(), 2);
    assert_eq!(end, Some(20));
    // A damaged head does not hide its records, nor a member that is not known.
    let damaged = r#"{"x" "y","Records":["#;
    for (head, shown) in [(damaged, damaged), (r#"{"x":"y","Records":["#, "told: x")] {
        let records = texts(&format!("{head}{{\"a\":1}},{{\"a\":2}}]}}"), Some("Records"));
        assert_eq!(records, [shown, r#"{"a":1}"#, r#"{"a":2}"#]);
    }
}

#[test]
fn arrays_of_anything_are_cut_at_commas() {
    assert_eq!(
        texts(r#"["a,]\"}" , 1, null,[2,{"b":3}],{"c":4} ,x]"#, None),
        [r#""a,]\"}""#, "1", "null", r#"[2,{"b":3}]"#, r#"{"c":4}"#, "x"]
    );
}

/// Each byte of a record is looked at a bounded number of times, however it goes on.
#[test]
fn hostile_texts_take_no_longer_than_others() {
    for piece in [
        "{",
        "[{\"a\":",
        "{\"a\":",
        ",{\"a\":",
        "}{\"a\"",
        "\"",
        "{\n",
        "},{\"a\":\"",
        "]}",
        "{\"a\":\"},",
        "],",
        "],\"Records\":[",
    ] {
        let text = piece.repeat(1 + (256 << 10) / piece.len());
        for start in ["", "[", "[{\"a\" 1,", "{\"Records\":[", "{\"a\":1,\"Records\":["] {
            let text = format!("{start}{text}");
            let member = start.ends_with("\"Records\":[").then_some("Records");
            let (records, _) = cut(text.as_bytes(), member, &[1 << 16]);
            let length: u64 = records.iter().map(|(_, _, length, ..)| length).sum();
            assert!(length <= text.len() as u64);
        }
    }
}

const PARTS: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"a\":",
    "{\"a\":1",
    "{\"a\":1}",
    "\\",
    "\n",
    " ",
    "},{\"a\"",
    "},{ \n \"a\"",
    "\"Records\":[",
    "1",
    "x",
    "é",
    "\"}\"",
    "}\n{",
    "\"x",
    "]}",
];

fn mixture() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&PARTS[..]), 0..60)
        .prop_map(|parts| parts.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn pieces_do_not_matter(
        text in mixture(),
        member in prop::sample::select(&[None, Some("Records")][..]),
        sizes in prop::collection::vec(1usize..20, 1..8),
    ) {
        prop_assert_eq!(cut(&text, member, &sizes), cut(&text, member, &[]));
    }

    #[test]
    fn nothing_lies_between_records_but_what_separates_them(text in mixture()) {
        let (records, _) = cut(&text, None, &[]);
        let mut at = 0;
        for (_, offset, length, ..) in &records {
            let between = &text[at..*offset as usize];
            prop_assert!(between.iter().all(|byte| b" \n,[]".contains(byte)), "{:?}", between);
            at = (offset + length) as usize;
        }
        prop_assert!(text[at..].iter().all(|byte| b" \n,[]".contains(byte)));
    }
}
