#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use super::*;
use crate::event::{Row, Time, Timestamp, Value};
use crate::format::{DecodeError, Decoded};
use proptest::prelude::*;

const PIPES: &str = r#"schema = 1
id = "app"
title = "An application"
class = "other"

[sniff]
prefix = "20"

[record]
begins = '^\d{4}-'
patterns = [
  '^(?<at>[^|]*)\|(?<level>[^|]*)\|(?<who>[^|]*)\|(?<what>[^|]*)\|(?<result>[^|]*)\|(?<from>[^|]*)\|(?<tenant>[^|]*)\|(?<text>.*)$',
  '^(?<at>[^|]*)\|(?<level>[^|]*)\|(?<text>[^|]*)$',
]
skip = '^#'

[time]
from = "at"
format = "%Y-%m-%d %H:%M:%S%.f"
zone = "+01:00"

[fields]
event = "what"
principal = "who"
src.ip = "from"
message = "text"

[fields.outcome]
from = "result"
map = { "2*" = "success", "403" = "denied", "4*" = "failure" }

[fields.severity]
from = "level"
map = { error = 7, info = 0 }

[fields.class]
from = "what"
map = { login = "auth" }
default = "data-read"

[fields."app.tenant"]
from = "tenant"
kind = "text"
role = "resource"
"#;

const MEMBERS: &str = r#"schema = 1
id = "gate"
title = "A gate"

[sniff]
members = ["gate", "at"]

[record]
json = true

[time]
from = "at"
format = "epoch"

[fields]
principal = "user.name"
"gate.door" = { from = "gate.doors.name", kind = "text", role = "resource", many = true }
"gate.tries" = { from = "tries", kind = "integer", role = "text" }
"client.ip" = { from = "hops", split = "," }
event = { value = "pass" }
"#;

#[derive(Default)]
struct Kept {
    time: Option<Time>,
    is_assumed: bool,
    values: Vec<(usize, String)>,
}

impl Row for Kept {
    fn time(&mut self, time: Time) {
        self.time = Some(time);
    }

    fn zone_assumed(&mut self) {
        self.is_assumed = true;
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        let text = match value {
            Value::Str(text) => text.to_owned(),
            Value::Time(time) => time.to_rfc3339(),
            Value::Ip(address) => address.to_string(),
            value => format!("{value:?}"),
        };
        self.values.push((slot, text));
    }
}

fn own(text: &str) -> Own {
    let (own, problems) = Own::read("f.toml", text);
    own.unwrap_or_else(|| panic!("{problems:?}"))
}

fn decode(own: &Own, record: &str) -> Result<(Decoded, String), DecodeError> {
    let mut row = Kept::default();
    let context = Context { zone_seconds: 7200, ..Context::default() };
    let decoded = own.start(&context, &[]).decode(record, &mut row)?;
    let mut all: Vec<String> = row.time.map(Time::to_rfc3339).into_iter().collect();
    if row.is_assumed {
        all.push("assumed".to_owned());
    }
    let name = |slot: usize| &own.schema().fields[slot].name;
    all.extend(row.values.iter().map(|(slot, text)| format!("{}={text}", name(*slot))));
    Ok((decoded, all.join(" ")))
}

fn told(text: &str) -> Vec<String> {
    Own::check("f", text).1.iter().map(ToString::to_string).collect()
}

#[test]
fn a_line_is_read_as_its_definition_says() {
    let own = own(PIPES);
    let read = |record| decode(&own, record);
    let whole = "2026-03-04 10:42:02.100|ERROR|alice|login|403|192.0.2.7|acme|no\nentry";
    let all = "2026-03-04T09:42:02.100Z event=login principal=alice src.ip=192.0.2.7 \
               severity=Float(7.0) message=no\nentry app.tenant=acme class=auth outcome=denied";
    let mut found: Vec<String> = read(whole).unwrap().1.split(' ').map(str::to_owned).collect();
    let mut wanted: Vec<String> = all.split(' ').map(str::to_owned).collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    let short = read("2026-03-04 10:42:02|INFO|started").unwrap().1;
    assert!(short.ends_with("class=other outcome=unknown"), "{short}");
    let no_time = read("20|INFO|-").unwrap().1;
    assert_eq!(no_time, "severity=Float(0.0) class=other outcome=unknown");
    assert_eq!(read("# a comment").unwrap().0, Decoded::NotARecord);
    assert_eq!(read("x|INFO|started"), Err(DecodeError::NotMine));
    let broken = read("2026-03-04 10:42:02").unwrap_err();
    assert_eq!(broken.to_string(), "no pattern of its format matches it");
    let probe = |record: &str| own.probe(&Probe::new(record));
    assert_eq!(probe("2026-03-04 x"), Match::Certain);
    assert_eq!((probe("# 20"), probe("3026")), (Match::No, Match::No));
}

#[test]
fn members_are_read_by_their_paths() {
    let own = own(MEMBERS);
    let record = r#"{"at":1772620922,"user":{"name":"al\"ice"},"gate":{"doors":[{"name":"a"},
        {"name":null},{"name":"b"}]},"tries":"3","hops":"192.0.2.1, x,192.0.2.2","user.name":"-"}"#;
    let (decoded, text) = decode(&own, record).unwrap();
    assert_eq!(decoded, Decoded::Event);
    assert_eq!(
        text,
        "2026-03-04T10:42:02Z principal=al\"ice gate.door=a gate.door=b gate.tries=Int(3) \
         client.ip=192.0.2.1 client.ip=192.0.2.2 event=pass class=other outcome=unknown"
    );
    assert_eq!(decode(&own, r#"{"at":1}"#), Err(DecodeError::NotMine));
    assert_eq!(decode(&own, "at"), Err(DecodeError::NotMine));
    assert!(decode(&own, r#"{"at":1,"gate":{"#).is_err());
    assert_eq!(own.probe(&Probe::new(r#"{"gate":1,"at":2}"#)), Match::Certain);
    assert_eq!(own.probe(&Probe::new(r#"{"x":{"gate":1,"at":2}}"#)), Match::No);
}

#[test]
fn a_time_without_a_zone_is_assumed_unless_the_definition_has_one() {
    let text = PIPES.replace("zone = \"+01:00\"\n", "");
    let (_, read) = decode(&own(&text), "2026-03-04 10:42:02|INFO|started").unwrap();
    assert!(read.starts_with("2026-03-04T08:42:02Z assumed "), "{read}");
    let text = text.replace("format = \"%Y-%m-%d %H:%M:%S%.f\"\n", "");
    let (_, read) = decode(&own(&text), "2026-03-04 10:42:02,500|INFO|started").unwrap();
    assert!(read.starts_with("2026-03-04T08:42:02.500Z assumed "), "{read}");
    let text = text.replace("from = \"at\"\n", "from = \"at\"\nzone = \"-05:00\"\n");
    let (_, read) = decode(&own(&text), "2026-03-04 10:42:02|INFO|started").unwrap();
    assert!(read.starts_with("2026-03-04T15:42:02Z severity="), "{read}");
}

#[test]
fn editions_differ_where_definitions_do() {
    let other = PIPES.replace("acme", "b").replace("An application", "Another");
    assert_eq!(own(PIPES).edition(), own(PIPES).edition());
    assert_ne!(own(PIPES).edition(), own(&other).edition());
}

#[test]
fn what_means_to_be_a_definition_is_one() {
    assert!(Own::is_definition(PIPES) && Own::is_definition(MEMBERS));
    assert!(Own::is_definition("# x\n\n[sniff]\nprefix = = 1\n[fields.x]\n"));
    for log in [
        "",
        "2026-03-04 10:42:02|INFO|started\n[record]\n",
        "{\"a\":1}\n",
        "id = 7\nname = x\n",
        "[2026-03-04] [fields] x = 1\n",
        "key=value other=2\n",
    ] {
        assert!(!Own::is_definition(log), "{log}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_where_it_stands() {
    let change = |from: &str, to: &str| {
        assert!(PIPES.contains(from), "{from}");
        told(&PIPES.replacen(from, to, 1))
    };
    assert_eq!(told(PIPES), [""; 0]);
    for (from, to, wanted) in [
        ("\"app\"", "\"syslog\"", "f:2:6  \"syslog\" is the id of a format that is built in"),
        ("\"app\"", "\"src\"", "f:2:6  \"src\" means something else in filters"),
        ("\"app\"", "\"My App\"", "f:2:6  \"My App\" is no id"),
        ("title", "tilte", "f:1:1  `title` is missing"),
        ("\"other\"", "\"othr\"", "f:4:9  unknown class \"othr\"; did you mean \"other\"?"),
        ("patterns", "patern", "f:9:1  `patterns` of [record] are missing"),
        (r"(?<who>[^|]*)", r"(?<who>[^|*)", "f:12:43  the regular expression, at `[^|*)"),
        (
            "skip = '^#'",
            r#"skip = "\u0023(""#,
            "f:15:15  the regular expression, at `(`: unclosed group",
        ),
        ("'^#'", r"'\w{900}{900}'", "it is too large"),
        ("from = \"at\"", "from = \"att\"", "no pattern captures \"att\"; did you mean \"at\"?"),
        ("%H:%M", "%H:%Q", "f:19:23  \"%Q\" is no part of a time"),
        ("\"%Y-%m-%d %H:%M:%S%.f\"", "\"rfc339\"", "did you mean \"rfc3339\"?"),
        ("+01:00", "CET", "\"CET\" is no zone; write UTC or +01:00"),
        ("principal =", "princpal =", "unknown field \"princpal\"; did you mean \"principal\"?"),
        ("\"denied\"", "\"denyed\"", "unknown outcome \"denyed\"; did you mean \"denied\"?"),
        ("error = 7", "error = 17", "\"17\" is no severity: 0 to 10"),
        ("kind = \"text\"", "kind = \"txt\"", "unknown kind \"txt\"; did you mean \"text\"?"),
        ("role = \"resource\"", "role = \"recource\"", "did you mean \"resource\"?"),
        ("role = \"resource\"", "", "`role` of \"app.tenant\" is missing"),
        ("role = \"resource\"", "role = \"ip\"", "the role ip takes the kind address"),
        (
            "kind = \"text\"",
            "kind = \"address\"",
            "the kind address takes the role ip, not resource",
        ),
        ("app.tenant", "app.Tenant", "\"app.Tenant\" is no name of a field"),
        ("app.tenant", "tenant", "(fields of its own begin with \"app.\")"),
        ("from = \"tenant\"", "form = \"tenant\"", "unknown key \"form\"; did you mean \"from\"?"),
        (
            "from = \"tenant\"",
            "value = \"x\"",
            "\"tenant\" is captured, and no field is made of it (warning)",
        ),
        ("[time]", "[tme]", "did you mean \"time\"?"),
        ("schema = 1\n", "", "the first line must be `schema = 1`"),
        ("\"2*\"", "\"2*0\"", "a * stands at the end of a value"),
    ] {
        let all = change(from, to);
        assert!(all.iter().any(|line| line.contains(wanted)), "{from} as {to}: {all:#?}");
    }
    let many = PIPES.replace("\"app\"", "\"unparsed\"").replace("kind =", "knd =");
    assert_eq!(told(&many).len(), 4, "{:?}", told(&many));
}

/// A definition of lines that says nothing of how they are recognised but by its pattern.
fn by_pattern(pattern: &str) -> String {
    format!(
        "schema = 1\nid = \"app\"\ntitle = \"t\"\nhelp = \"h\"\nlimits = \"l.\"\n\
         class = \"other\"\n[record]\npatterns = ['{pattern}']\n[fields]\nmessage.value = \"m\"\n"
    )
}

#[test]
fn what_would_take_every_record_is_no_definition() {
    for pattern in ["", "(x)?", ".*", "^.*$", "^a*$", ".+", "[0-9]*", "(a|b|)", r"^\s*"] {
        let all = told(&by_pattern(pattern));
        let here = |line: &String| line.starts_with("f:8:13  ") && !line.ends_with("(warning)");
        assert!(all.iter().any(here), "{pattern}: {all:?}");
        // With something to recognise it by a pattern may match whatever is there.
        let known = by_pattern(pattern).replace("[record]", "[sniff]\nprefix = \"app \"\n[record]");
        assert!(Own::read("f", &known).0.is_some(), "{pattern}");
    }
    for pattern in ["a", "^[a-z]+: .*$", r"^\d+", "^(app )?start"] {
        assert!(Own::read("f", &by_pattern(pattern)).0.is_some(), "{pattern}");
    }
    let sniff = |regex: &str| format!("[sniff]\nregex = '{regex}'\n[record]");
    for regex in ["", "x?", ".*"] {
        let all = told(&by_pattern("a").replace("[record]", &sniff(regex)));
        assert!(all.iter().any(|line| line.starts_with("f:8:9  ")), "{regex}: {all:?}");
        let json = by_pattern("a")
            .replace("[record]", &sniff(regex))
            .replace("patterns = ['a']", "json = true");
        assert!(Own::read("f", &json).0.is_none(), "{regex}");
    }
    let json = by_pattern("a")
        .replace("[record]", &sniff(r"^\{"))
        .replace("patterns = ['a']", "json = true");
    assert!(Own::read("f", &json).0.is_none());
}

#[test]
fn a_pattern_that_matches_nothing_of_a_record_does_not_take_it() {
    let own = own(&by_pattern(r"\b|app \d+"));
    for (record, is) in [("app 12", false), ("- app 12", false), (" ", false)] {
        assert_eq!(own.probe(&Probe::new(record)) == Match::Certain, is, "{record}");
        assert!(matches!(decode(&own, record), Err(DecodeError::NotMine)), "{record}");
    }
    let own = Own::read("f", &by_pattern(r"app \d+|\b")).0.unwrap();
    assert_eq!(own.probe(&Probe::new("app 12")), Match::Certain);
    assert_eq!(own.probe(&Probe::new("the app 12")), Match::No);
}

#[test]
fn an_example_shows_what_a_definition_does() {
    let with = |example: &str| told(&format!("{PIPES}\n[[examples]]\n{example}\n"));
    let text = "text = '2026-03-04 10:42:02|INFO|alice|login|200|192.0.2.7|acme|in'";
    let good = "fields = { time = 2026-03-04T10:42:02+01:00, src.ip = \"192.0.2.7\", severity = 0, \
                outcome = \"success\", message = \"in\", code = \"\" }";
    let good = good.replace(", code = \"\"", "");
    assert_eq!(with(&format!("{text}\n{good}")), [""; 0]);
    for (example, wanted) in [
        (
            format!("{text}\nfields.principal = 'bob'"),
            "principal is \"alice\", and the example says \"bob\"",
        ),
        (
            format!("{text}\nfields.principal = ''"),
            "principal is \"alice\", and the example says absent",
        ),
        (
            format!("{text}\nfields.princpal = 'bob'"),
            "no field \"princpal\"; did you mean \"principal\"?",
        ),
        ("text = 'x'".to_owned(), "the example is not recognised: it does not begin with \"20\""),
        ("text = '#'".to_owned(), "the example is not recognised: `skip` takes it for no record"),
        ("text = '''\n2026-a|b|c\n2026-d|e|f'''".to_owned(), "the example is 2 records, not one"),
        ("text = '2026-'".to_owned(), "no pattern of its format matches it"),
        ("fields = {}".to_owned(), "`text` is missing"),
    ] {
        let all = with(&example);
        assert!(all.len() == 1 && all[0].contains(wanted), "{example}: {all:#?}");
    }
}

proptest! {
    /// Definitions come from people, and so do mistakes in them.
    #[test]
    fn any_definition_and_any_record_are_survived(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..20usize, "[\\[\\]{}\"'=.*(|?<>a-z0-9\n é\\\\%-]{0,6}"), 0..4),
        json in any::<bool>(),
        record in "[{}\":,|a-z0-9\n é-]{0,40}",
    ) {
        let mut text = format!("{}\n[[examples]]\ntext = '2026-x|y|z'\n", if json { MEMBERS } else { PIPES });
        for (at, length, new) in cuts {
            let from = text.floor_char_boundary(at.index(text.len() + 1));
            let to = text.floor_char_boundary((from + length).min(text.len()));
            text.replace_range(from..to, &new);
        }
        let (own, problems) = Own::read("f", &text);
        prop_assert_eq!(own.is_none(), problems.iter().any(|problem| problem.fatal));
        Own::check("f", &text);
        Own::is_definition(&text);
        if let Some(own) = own {
            let modified = Timestamp::from_seconds(1_772_625_600);
            let context = Context { modified, ..Context::default() };
            own.probe(&Probe::new(&record));
            let _ = own.start(&context, &[]).decode(&record, &mut Kept::default());
        }
    }

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        Own::check("f", &text);
    }
}
