//! The merged table: a window of rows, their columns chosen for the width.

use crate::event::{Class, Outcome, Standing, Time, Timestamp};
use crate::store::{Cell, RowRef, Segment, Snapshot};
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use std::borrow::Cow;

/// A column of the table; each asks the first field that the row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableColumn {
    pub title: &'static str,
    pub fields: &'static [&'static str],
    /// Narrowest and wanted width; 0 as the narrowest: the wanted width or none.
    pub width: (u16, u16),
}

/// Columns from left to right. The last takes what is left.
pub const COLUMNS: &[TableColumn] = &[
    TableColumn { title: "time", fields: &["time"], width: (12, 12) },
    TableColumn { title: "src", fields: &["format"], width: (3, 3) },
    TableColumn { title: "event", fields: &["event", "reason"], width: (16, 26) },
    TableColumn {
        title: "principal",
        fields: &["principal", "interface", "host"],
        width: (14, 30),
    },
    TableColumn { title: "address", fields: &["src.ip", "dst.ip"], width: (15, 15) },
    TableColumn { title: "code", fields: &["code"], width: (0, 14) },
    TableColumn {
        title: "resource",
        fields: &["resource", "message", "url", "dst.ip", "process"],
        width: (10, 200),
    },
];

/// What a screen of 120 columns leaves to the table: room for a date with a time of day.
const ROOMY: u16 = 71;
const DATE_AND_TIME: u16 = 16;

/// What the widths of columns depend on, besides the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The rows are of more than one year.
    pub years: bool,
    /// Rows have a standing.
    pub standings: bool,
}

/// Positions and widths of the columns in an area; columns without room are left out.
pub fn columns(width: u16, shape: Shape) -> Vec<(usize, u16, u16)> {
    // The gutter: cursor or mark, severity, standing.
    let gutter = if shape.standings { 4 } else { 3 };
    let years = shape.years;
    let mut left = width.saturating_sub(gutter);
    let narrowest: u16 = COLUMNS.iter().map(|column| column.width.0 + 1).sum();
    // The last column takes what the others leave of this, a fifth at least where room is short.
    let spare = left.saturating_sub(narrowest);
    // Where room is short, long names give some of theirs, so that every column says something.
    let mut short = narrowest.saturating_sub(left);
    let mut placed = Vec::new();
    let mut x = gutter;
    for (index, column) in COLUMNS.iter().enumerate() {
        let most = if column.width.0 == 0 { spare / 3 } else { spare * 2 / 5 };
        let more = (column.width.1 - column.width.0).min(most);
        let given = if column.width.0 > 12 && column.width.1 > 15 { short.min(4) } else { 0 };
        short -= given;
        let mut wanted = column.width.0 - given + more;
        if index == COLUMNS.len() - 1 {
            wanted = left;
        } else if column.title == "time" && years && width >= ROOMY {
            wanted = DATE_AND_TIME;
        }
        let wanted = wanted.min(left);
        if wanted == 0 || column.width.0 == 0 && wanted < column.width.1 {
            continue;
        }
        placed.push((index, x, wanted));
        x += wanted + 1;
        left = left.saturating_sub(wanted + 1);
    }
    placed
}

/// Whether the rows are of more than one year.
pub fn has_years(snapshot: &Snapshot) -> bool {
    let year = |at: i64| Timestamp(at).to_rfc3339(0)[..4].to_owned();
    snapshot.span().is_some_and(|(first, last)| year(first) != year(last))
}

/// The field that a column shows for a row, and its value.
pub fn cell<'a>(
    segment: &'a Segment,
    row: usize,
    column: &TableColumn,
) -> Option<(&'static str, Cell<'a>)> {
    let fields = column.fields.iter().copied();
    fields.map(|field| (field, segment.value(row, field))).find(|(_, cell)| !cell.is_absent())
}

/// What is known of a row besides its columns; what weighs most, if there is more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowMark {
    /// With a note or a tag.
    Noted,
    Bookmarked,
    /// Holds a value that the case watches for.
    Watched,
    /// Raised an alarm.
    Alarmed,
}

/// One row to draw.
pub struct TableRow {
    pub at: RowRef,
    pub mark: Option<RowMark>,
    pub selected: bool,
    pub standing: Standing,
}

/// What the table shows.
pub struct Table<'a> {
    pub snapshot: &'a Snapshot,
    pub shape: Shape,
    pub rows: &'a [TableRow],
    /// Position of the cursor among `rows`.
    pub cursor: Option<usize>,
    /// Column under the cursor, as a position in [`COLUMNS`].
    pub column: usize,
    pub focused: bool,
    /// The rows belong to an older question.
    pub dimmed: bool,
    /// Codes of formats, in the order of the lanes.
    pub formats: &'a [&'a str],
    /// The day of the cursor's row: it heads the column of times, and rows of other days say so.
    pub day: Option<&'a str>,
}

/// Two or three letters for a format: what people call it, or else how its name begins.
pub fn code(format: &str) -> Cow<'static, str> {
    Cow::Borrowed(match format {
        "cloudtrail" => "CT",
        "guardduty" => "GD",
        "json_lines" => "JSN",
        "unparsed" => "???",
        "aws_config" => "CFG",
        "aws_event" => "EVT",
        "cloudwatch_alarm" => "ALM",
        "securityhub" => "HUB",
        "network_firewall" => "NFW",
        "resolver" | "r53_public" => "DNS",
        "apigw_access" | "apigw_execution" => "API",
        "cloudfront" | "cloudfront_realtime" => "CF",
        "s3_access" => "S3",
        "alb_connection" | "alb_health" => "ALB",
        "billing_dbr" => "DBR",
        "access_log" | "error_log" => "WEB",
        "postgresql" | "postgresql_csv" => "PG",
        "opensearch_audit" | "opensearch_slow" => "OS",
        "rds_activity" => "DAS",
        "plain" => "TXT",
        _ => {
            let letters = format.chars().filter(char::is_ascii_alphanumeric);
            return Cow::Owned(letters.take(3).collect::<String>().to_ascii_uppercase());
        }
    })
}

impl Table<'_> {
    /// Draws the header in the first row of the area, and the rows below it.
    pub fn draw(&self, pen: &mut Pen<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        let columns = columns(area.width, self.shape);
        for &(index, x, width) in &columns {
            let role =
                if self.focused && index == self.column { Role::BorderFocus } else { Role::Header };
            let title = COLUMNS[index].title;
            let title = if title == "time" { self.day.unwrap_or(title) } else { title };
            pen.text(area.x + x, area.y, width, title, role);
        }
        for (line, row) in self.rows.iter().enumerate().take(usize::from(area.height) - 1) {
            let y = area.y + 1 + line as u16;
            self.draw_row(pen, area, y, row, self.cursor == Some(line), &columns);
        }
    }

    fn draw_row(
        &self,
        pen: &mut Pen<'_>,
        area: Rect,
        y: u16,
        row: &TableRow,
        is_cursor: bool,
        columns: &[(usize, u16, u16)],
    ) {
        let segment = self.snapshot.segment(row.at);
        let number = usize::from(row.at.row);
        if is_cursor {
            pen.glyph(area.x, y, Glyph::Cursor, Role::RowCursor);
        } else if row.selected {
            pen.glyph(area.x, y, Glyph::Selected, Role::RowSelected);
        } else if let Some(mark) = row.mark {
            let glyph = match mark {
                RowMark::Noted => Glyph::Note,
                RowMark::Bookmarked => Glyph::Bookmark,
                RowMark::Watched => Glyph::Watched,
                RowMark::Alarmed => Glyph::Alarm,
            };
            let role = if mark == RowMark::Alarmed { Role::Warning } else { Role::RowMark };
            pen.glyph(area.x, y, glyph, role);
        }
        let (glyph, role) = badge(segment, number);
        if let Some(glyph) = glyph {
            pen.glyph(area.x + 1, y, glyph, role);
        }
        if let Some((glyph, role)) = standing(row.standing) {
            pen.glyph(area.x + 2, y, glyph, role);
        }
        for &(index, x, width) in columns {
            let column = &COLUMNS[index];
            let role = self.role(segment, number, index, row.mark);
            let mut style = pen.theme.style(role);
            if self.dimmed {
                style = style.patch(pen.theme.style(Role::RowDimmed));
            }
            if is_cursor && index == self.column {
                style = style.patch(pen.theme.style(Role::RowCursor)).add_modifier(Modifier::BOLD);
            }
            let text = text(segment, number, column, (self.day, width));
            pen.styled(area.x + x, y, width, &text, style);
        }
    }

    fn role(&self, segment: &Segment, row: usize, column: usize, mark: Option<RowMark>) -> Role {
        match COLUMNS[column].title {
            "time" => Role::Muted,
            "src" => {
                let id: &str = &segment.schema().id;
                let index = self.formats.iter().position(|&format| format == id);
                index.map_or(Role::Muted, Role::source)
            }
            "event" | "code" => match segment.outcome(row) {
                Outcome::Failure => Role::OutcomeFailure,
                Outcome::Denied => Role::OutcomeDenied,
                _ if matches!(mark, Some(RowMark::Noted | RowMark::Bookmarked)) => Role::RowMark,
                _ => Role::Text,
            },
            _ => Role::Text,
        }
    }
}

/// How a standing is drawn; what no digest is about has nothing.
pub fn standing(standing: Standing) -> Option<(Glyph, Role)> {
    match standing {
        Standing::Verified => Some((Glyph::Verified, Role::StandingVerified)),
        Standing::Modified => Some((Glyph::Modified, Role::StandingModified)),
        Standing::Unlisted => Some((Glyph::Unlisted, Role::StandingUnlisted)),
        Standing::Unverifiable => Some((Glyph::Unverifiable, Role::StandingUnverifiable)),
        Standing::NotCovered => None,
    }
}

/// What a column shows for a row.
fn text(
    segment: &Segment,
    row: usize,
    column: &TableColumn,
    (day, width): (Option<&str>, u16),
) -> String {
    match column.title {
        "time" => {
            segment.time(row).map_or_else(|| "no time".to_owned(), |time| moment(time, day, width))
        }
        "src" => code(&segment.schema().id).into_owned(),
        "principal" => {
            let Some((_, cell)) = cell(segment, row, column) else { return String::new() };
            short_principal(&cell.to_string()).to_owned()
        }
        "address" => address(segment, row),
        _ => {
            let Some((field, cell)) = cell(segment, row, column) else { return String::new() };
            match (field, &cell) {
                ("resource", Cell::List(items)) => {
                    let mut items = items.into_iter();
                    let first = short_resource(items.next().unwrap_or_default()).to_owned();
                    match items.count() {
                        0 => first,
                        more => format!("{first} +{more}"),
                    }
                }
                _ => cell.to_string(),
            }
        }
    }
}

/// The time of day, and as much of the date as differs from the cursor's; the date alone where
/// there is no room for both.
fn moment(time: Time, day: Option<&str>, width: u16) -> String {
    let text = time.at.to_rfc3339(0);
    match day {
        Some(day) if day[..4] != text[..4] && width < DATE_AND_TIME => text[..10].to_owned(),
        Some(day) if day[..4] != text[..4] => format!("{} {}", &text[..10], &text[11..16]),
        Some(day) if day != &text[..10] => format!("{} {}", &text[5..10], &text[11..16]),
        _ => time.at.to_clock(time.digits.min(3)),
    }
}

/// What the record itself says of its weight; what the analyst said stands beside it.
fn badge(segment: &Segment, row: usize) -> (Option<Glyph>, Role) {
    let severity = match segment.value(row, "severity") {
        Cell::Float(severity) => Some(severity),
        _ => None,
    };
    match (severity, segment.class(row)) {
        (Some(9.0..), _) => (Some(Glyph::High), Role::SeverityCritical),
        (Some(7.0..), Class::Finding | Class::Intrusion) => (Some(Glyph::High), Role::SeverityHigh),
        (Some(4.0..), Class::Finding | Class::Intrusion) => {
            (Some(Glyph::Medium), Role::SeverityMedium)
        }
        (Some(_), Class::Finding) => (Some(Glyph::Low), Role::SeverityLow),
        _ => match segment.outcome(row) {
            Outcome::Denied => (Some(Glyph::High), Role::OutcomeDenied),
            Outcome::Failure => (Some(Glyph::Medium), Role::OutcomeFailure),
            _ => (None, Role::Text),
        },
    }
}

fn address(segment: &Segment, row: usize) -> String {
    let from = segment.value(row, "src.ip");
    if from.is_absent() { segment.value(row, "dst.ip").to_string() } else { from.to_string() }
}

/// The telling end of an ARN: `assumed-role/Admin/s-1` becomes `Admin/s-1`.
pub fn short_principal(principal: &str) -> &str {
    let Some(name) = principal.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4))
    else {
        return principal;
    };
    ["assumed-role/", "user/", "role/", "federated-user/"]
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name)
}

/// The part of an ARN after partition, service, Region and account.
pub fn short_resource(resource: &str) -> &str {
    let rest = resource.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(resource)
}

/// The day of a row.
pub fn day(segment: &Segment, row: usize) -> Option<String> {
    Some(segment.time(row)?.at.to_rfc3339(0)[..10].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(years: bool, standings: bool) -> Shape {
        Shape { years, standings }
    }

    #[test]
    fn columns_fill_the_width_and_never_more() {
        for width in 0..260u16 {
            let placed = columns(width, shape(width % 2 == 0, width % 3 == 0));
            let end = placed.last().map_or(0, |&(_, x, width)| x + width);
            assert!(end <= width.max(3), "{width}: {end}");
        }
        assert!(columns(80, shape(false, false)).len() >= 6);
    }

    #[test]
    fn what_is_spare_goes_to_what_was_done_to_as_well() {
        let widths = |width| {
            let of = |(index, _, width): (usize, u16, u16)| (COLUMNS[index].title, width);
            columns(width, shape(false, false))
                .into_iter()
                .map(of)
                .filter(|(_, width)| *width > 15)
                .collect::<Vec<_>>()
        };
        assert_eq!(widths(98), [("event", 23), ("principal", 21), ("resource", 16)]);
        assert_eq!(widths(160), [("event", 26), ("principal", 30), ("resource", 51)]);
        assert_eq!(
            columns(98, shape(false, false)).len() + 1,
            columns(160, shape(false, false)).len(),
            "codes need their room"
        );
    }

    #[test]
    fn arns_are_cut_to_what_tells_them_apart() {
        let arn = "arn:aws:sts::111122223333:assumed-role/Admin/s-8821";
        assert_eq!(short_principal(arn), "Admin/s-8821");
        assert_eq!(short_principal("root"), "root");
        assert_eq!(short_resource("arn:aws:s3:::fin-exports/q1.csv"), "fin-exports/q1.csv");
        assert_eq!(short_resource("i-0abc"), "i-0abc");
        assert_eq!(short_resource("arn:odd"), "arn:odd");
    }
}
