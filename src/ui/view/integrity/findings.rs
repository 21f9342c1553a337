//! Everything that was found, the worst first, and what no report can show.

use super::hour::{times, weight};
use super::sheet::{self, Line};
use crate::job::Verified;
use crate::job::integrity::Chart;
use crate::ui::pen::Pen;
use crate::ui::theme::Glyph;
use crate::ui::theme::Role;
use crate::ui::view::sources::tail;
use crate::ui::widget::list::ListCursor;
use crate::verify::address::file_name;
use crate::verify::{Finding, LIMITS};
use ratatui::layout::Rect;

/// Rows below the list for the sentence of the finding under the cursor.
const SENTENCE: u16 = 5;

/// Draws the list, and below it the finding under the cursor in full.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    area: Rect,
    chart: &Chart,
    verified: &Verified,
    (cursor, focused): (ListCursor, bool),
) {
    let findings = &chart.report.findings;
    if findings.is_empty() {
        return sheet::draw(pen, area, &limits(verified), None);
    }
    let most = area.height - SENTENCE.min(area.height / 2);
    let list = Rect { height: most.min(findings.len().try_into().unwrap_or(most)), ..area };
    let sight = cursor.sight(findings.len(), usize::from(list.height));
    let at = cursor.within(findings.len());
    let kinds = findings[sight.clone()].iter().map(|finding| finding.kind.as_str().len());
    let kinds = kinds.max().unwrap_or(0);
    for (y, number) in (list.y..).zip(sight) {
        let finding = &findings[number];
        let (word, glyph, role) = weight(finding.severity);
        if number == at && focused {
            pen.glyph(list.x, y, Glyph::Cursor, Role::RowCursor);
        }
        pen.glyph(list.x + 2, y, glyph, role);
        let head = format!("{word:<8}{:<kinds$} ", finding.kind.as_str());
        let used = MARGIN + pen.text(list.x + MARGIN, y, list.width.saturating_sub(5), &head, role);
        let room = list.width.saturating_sub(used + 1);
        // The end of a name tells objects apart.
        let about = tail(&about(finding), usize::from(room), pen.theme.glyph(Glyph::Ellipsis));
        let role = if number == at { Role::RowCursor } else { Role::Text };
        pen.named(list.x + used, y, room, &about, role);
    }
    let detail = Rect { y: list.bottom(), height: area.height - list.height, ..area };
    let mut lines = vec![Line::new(&*findings[at].detail, Role::Text)];
    lines.extend(findings[at].key.iter().map(|key| Line::new(&**key, Role::Muted)));
    lines.extend(limits(verified));
    sheet::draw(pen, detail, &lines, None);
}

const MARGIN: u16 = 4;

/// The object or the time that a finding is about.
fn about(finding: &Finding) -> String {
    match (&finding.key, finding.span) {
        (Some(key), _) => file_name(key).to_owned(),
        (None, Some((from, to))) => times((from.0, to.0)),
        (None, None) => String::new(),
    }
}

/// What could not be read, and what a chain of digests cannot show.
fn limits(verified: &Verified) -> Vec<Line> {
    let problems = verified.problems.iter();
    let problems = problems.map(|problem| Line::new(problem.clone(), Role::Warning));
    let head = [Line::new("What a chain of digests cannot show:", Role::Header)];
    let limits = LIMITS.iter().map(|limit| Line::new(format!("  {limit}"), Role::Muted));
    problems.chain(head).chain(limits).collect()
}
