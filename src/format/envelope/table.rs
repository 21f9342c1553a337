//! Tables that are exports of other products: one column holds the record as it was, the others
//! what that product made of it; or each holds a member of the record.

use super::chosen::Chosen;
use super::columns::Columns;
use super::{Around, Fallback, Peeled};
use crate::format::cells::Csv;
use crate::format::clock;
use serde_json::Value;
use std::borrow::Cow;

/// A column that holds a whole record of CloudTrail Lake, whatever stands beside it.
const OF_LAKE: &str = "eventJson";

/// Columns that hold the record: of Splunk, of Logs Insights, of Elastic, and of Sentinel.
const RECORDS: [&str; 9] = [
    OF_LAKE,
    "_raw",
    "@message",
    "event.original",
    "RawData",
    "SyslogMessage",
    "RawEventData",
    "Message",
    "message",
];

/// Columns that hold its time.
const TIMES: [&str; 5] =
    ["_time", "@timestamp", "TimeGenerated [UTC]", "TimeGenerated", "EventTime"];

/// Columns that hold the host it comes from.
const HOSTS: [&str; 3] = ["host", "HostName", "Computer"];

/// Columns of Datadog's export, whatever their case: the time, the host, and at the end the record.
/// There may be others.
const DATADOG: [&[&str]; 4] = [&["date"], &["host"], &["service"], &["message", "content"]];

/// Where the record is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Held {
    In(usize),
    Apart(Columns),
    /// As a query answered, with the names of its columns.
    Chosen(Chosen, Vec<String>),
}

/// The header of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) struct Table {
    header: String,
    mark: char,
    record: Held,
    time: Option<usize>,
    host: Option<usize>,
    /// What the other columns are.
    around: Around,
}

impl Table {
    /// Reads the first line of an object.
    pub(in crate::format) fn read(line: &str) -> Option<Self> {
        let line = line.trim_start_matches('\u{feff}');
        [',', '\t', ';'].into_iter().find_map(|mark| {
            let names: Vec<Cow<'_, str>> = Csv::new(line, mark).collect();
            let of = |known: &[&str]| {
                known.iter().find_map(|known| names.iter().position(|name| name == known))
            };
            let (time, host, header) = (of(&TIMES), of(&HOSTS), line.to_owned());
            let place =
                |known: &&str| names.iter().position(|name| name.eq_ignore_ascii_case(known));
            let in_any_case = |known: &[&str]| known.iter().find_map(place);
            if let [time, host, Some(_), Some(record)] = DATADOG.map(in_any_case)
                && time.is_some()
                && host.is_some()
            {
                let (record, around) = (Held::In(record), Around::Copy);
                return Some(Self { header, mark, record, time, host, around });
            }
            let Some(record) = of(&RECORDS) else {
                let chosen = || {
                    let names = names.iter().map(|name| name.trim().to_owned());
                    let names: Vec<String> = names.collect();
                    Some(Held::Chosen(Chosen::of(&names)?, names))
                };
                let record = Columns::of(&names).map(Held::Apart).or_else(chosen)?;
                return Some(Self { header, mark, record, time, host, around: Around::Transport });
            };
            // One name alone may be a word of any text.
            let is_header = names[record] == OF_LAKE
                || names.len() > 1 && (time.is_some() || names[record] == "_raw");
            let is_raw = matches!(&*names[record], "_raw" | "@message" | OF_LAKE);
            let around = if is_raw { Around::Transport } else { Around::Copy };
            let record = Held::In(record);
            is_header.then_some(Self { header, mark, record, time, host, around })
        })
    }

    /// Whether this is the header, which is no record.
    pub(in crate::format) fn is_header(&self, row: &str) -> bool {
        row.trim_start_matches('\u{feff}') == self.header
    }

    /// The cell of a row that holds the record.
    pub(super) fn peel<'a>(&self, row: &'a str) -> Option<Peeled<'a>> {
        let cells: Vec<Cow<'a, str>> = Csv::new(row, self.mark).collect();
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at));
        let time = cell(self.time).and_then(|text| {
            clock::epoch(text).or_else(|| Some(clock::read(text)?.0.is_utc().time(0)))
        });
        let host = cell(self.host).filter(|host| !host.is_empty()).map(ToString::to_string);
        let payload = match &self.record {
            Held::In(record) => cells.get(*record)?.clone(),
            Held::Apart(columns) => Cow::Owned(columns.record(&cells)),
            // Which name belongs to which cell is not known where there are more of these.
            Held::Chosen(_, names) if cells.len() > names.len() => return None,
            Held::Chosen(chosen, names) => {
                let cells: Vec<Value> = cells.iter().map(|cell| Value::from(cell.trim())).collect();
                Cow::Owned(chosen.record(names, &cells))
            }
        };
        let fallback = Fallback { time, host, ..Fallback::default() };
        let around = self.around;
        (!payload.is_empty()).then(|| Peeled { fallback, around, ..Peeled::plain(payload) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_records_is_known_by_its_header() {
        for (line, record) in [
            ("_time,_raw,host,source", Some(1)),
            ("\u{feff}\"@timestamp\",\"@message\"", Some(1)),
            ("TenantId,TimeGenerated [UTC],Computer,SyslogMessage", Some(3)),
            ("Date,Host,Service,Content", Some(3)),
            ("date,host,service,CONTENT,Message", Some(4)),
            ("Date,Content", None),
            ("time,message", None),
            ("@message", None),
            ("eventJson", Some(0)),
            ("the _raw truth, he said", None),
        ] {
            assert_eq!(Table::read(line).map(|table| table.record), record.map(Held::In), "{line}");
        }
        let table = Table::read("_time,_raw,host").unwrap();
        let row = "2026-03-04T10:42:02.000+01:00,\"a \"\"b\"\", c\",web-1";
        let peeled = table.peel(row).unwrap();
        assert_eq!(peeled.payload, "a \"b\", c");
        assert_eq!(peeled.fallback.time.unwrap().to_rfc3339(), "2026-03-04T09:42:02.000Z");
        assert_eq!(peeled.fallback.host.as_deref(), Some("web-1"));
        assert!(table.peel("2026-03-04T10:42:02Z").is_none() && !table.is_header(row));
    }
}
