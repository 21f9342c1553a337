//! The report that Inspector exports as a table: a header, and a row for each finding.
//!
//! Source: the Amazon Inspector user guide, "Exporting Amazon Inspector findings reports". Which columns
//! there are depends on when it was made; what has several values in a cell parts them by commas.

use super::{ACCOUNT, EVENT, ID, MESSAGE, REGION, RESOURCE, RULE};
use super::{
    ARN, DESCRIPTION, DETECTOR, EPSS, EXPLOIT, FILE, FIRST_SEEN, FIX, FIXED_IN, LABEL, LAST_SEEN,
    PACKAGE, PATH, PORTS, RESOURCE_ID, RESOURCE_IPS, RESOURCE_TYPE, SCORE, STATUS, UPDATED_AT,
};
use crate::format::cells::Csv;
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::Values;

/// The first column of every such report, and one that nothing else has.
const FIRST: &str = "AWS Account Id";
const SIGN: &str = "Finding ARN";

/// What becomes of the columns of a report, in order.
pub(super) struct Report(Vec<Column>);

struct Column {
    rule: Rule,
    /// A cell holds several values.
    many: bool,
}

impl Report {
    /// What a header says; `None` if it is none.
    pub(super) fn of(header: &str) -> Option<Self> {
        let names: Vec<_> = cells(header).collect();
        let is_one = is_header(header) && names.iter().any(|name| name == SIGN);
        is_one.then(|| Self(names.iter().map(|name| column(name.trim())).collect()))
    }

    /// Hands over the cells of a row; an error says how many there are, if they are too many.
    pub(super) fn read<'de>(
        &self,
        row: &'de str,
        values: &mut Values<'_, 'de>,
    ) -> Result<(), String> {
        let mut cells = cells(row);
        for Column { rule, many } in &self.0 {
            let Some(cell) = cells.next() else { return Ok(()) };
            if matches!(rule, Skip) || matches!(cell.trim(), "" | "-" | "N/A") {
                continue;
            }
            if *many && cell.contains(',') {
                for value in cell.split(',').map(str::trim).filter(|value| !value.is_empty()) {
                    values.take(*rule, value.to_owned());
                }
            } else {
                values.take(*rule, cell);
            }
        }
        let more = cells.filter(|cell| !cell.is_empty()).count();
        let columns = self.0.len();
        let reason = || format!("{} cells, where the header has {columns} columns", columns + more);
        if more == 0 { Ok(()) } else { Err(reason()) }
    }
}

/// Whether this may be a header: cheap, since every line of every text is asked.
pub(super) fn is_header(record: &str) -> bool {
    let first = record.trim_start_matches('\u{feff}').trim_start_matches('"');
    first.starts_with(FIRST) && first.contains(SIGN)
}

fn cells(record: &str) -> Csv<'_> {
    Csv::new(record.trim_start_matches('\u{feff}').trim_end(), ',')
}

fn column(name: &str) -> Column {
    let rule = match name {
        FIRST => Put(ACCOUNT),
        "Severity" => Note(LABEL),
        "Fix Available" => Put(FIX),
        "Finding Type" => Put(EVENT),
        "Title" => Put(MESSAGE),
        "Description" => Put(DESCRIPTION),
        SIGN => PutNote(ID, ARN),
        "First Seen" => Note(FIRST_SEEN),
        "Last Seen" => Note(LAST_SEEN),
        "Last Updated" => Note(UPDATED_AT),
        "Resource ID" => PutNote(RESOURCE, RESOURCE_ID),
        "Resource Vpc" => Put(RESOURCE),
        "Resource Type" => Put(RESOURCE_TYPE),
        "Resource Public Ipv4" | "Resource Private Ipv4" | "Resource Ipv6" => Put(RESOURCE_IPS),
        "Region" => Put(REGION),
        "Affected Packages" => Put(PACKAGE),
        "Fixed in Version" => Put(FIXED_IN),
        "File Path" => Put(FILE),
        "Network Paths" => Put(PATH),
        "Port Range" => Note(PORTS),
        "Inspector Score" => Put(SCORE),
        "Status" => Put(STATUS),
        "Vulnerability Id" => Put(RULE),
        "Epss Score" => Put(EPSS),
        "Exploit Available" => Put(EXPLOIT),
        "Detector Name" => Put(DETECTOR),
        _ => Skip,
    };
    let several = [PACKAGE, FIXED_IN, PATH, RESOURCE_IPS, RESOURCE_TYPE];
    Column { rule, many: matches!(rule, Put(slot) if several.contains(&slot)) }
}
