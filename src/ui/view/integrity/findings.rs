//! Everything that was found, the worst first, and what no report can show.

use super::head;
use super::hour::{times, weight};
use super::sheet::{self, Line};
use crate::event::counted;
use crate::job::Verified;
use crate::ui::pen::Pen;
use crate::ui::theme::Glyph;
use crate::ui::theme::Role;
use crate::ui::view::sources::tail;
use crate::ui::widget::list::ListCursor;
use crate::verify::address::file_name;
use crate::verify::manifest::{self, AGREEMENT, Checked, Found};
use crate::verify::{Finding, LIMITS, Verdict};
use ratatui::layout::Rect;

/// Rows below the list for the sentence of the finding under the cursor.
const SENTENCE: u16 = 5;

/// Something to look at: of the digests, or of a manifest.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Finding(&'a Finding),
    Manifest(&'a Checked),
    /// A line of a manifest, or a file that should be in one.
    Line(&'a Found),
}

/// How many there are.
pub(super) fn count(verified: &Verified) -> usize {
    let manifests = verified.about.manifests.iter();
    findings(verified).len() + manifests.map(|checked| checked.found.len() + 1).sum::<usize>()
}

/// Those of the digests come first.
pub(super) fn entry(verified: &Verified, number: usize) -> Option<Entry<'_>> {
    let findings = findings(verified);
    if let Some(finding) = findings.get(number) {
        return Some(Entry::Finding(finding));
    }
    let mut left = number - findings.len();
    for checked in verified.about.manifests.iter() {
        match left.checked_sub(1) {
            None => return Some(Entry::Manifest(checked)),
            Some(at) if at < checked.found.len() => return Some(Entry::Line(&checked.found[at])),
            Some(at) => left = at - checked.found.len(),
        }
    }
    None
}

/// `findings 7, 1 manifest`.
pub(super) fn title(verified: &Verified) -> String {
    let findings = format!("findings {}", findings(verified).len());
    match (verified.about.manifests.len(), &verified.chart) {
        (0, _) => findings,
        (_, None) if self::findings(verified).is_empty() => "manifests".to_owned(),
        (1, _) => format!("{findings}, 1 manifest"),
        (several, _) => format!("{findings}, {several} manifests"),
    }
}

fn findings(verified: &Verified) -> &[Finding] {
    verified.report.as_ref().map_or(&[], |report| &report.findings)
}

impl Entry<'_> {
    /// Its weight and kind in words.
    fn head(&self) -> (&'static str, &'static str) {
        match self {
            Self::Finding(finding) => (weight(finding.severity).0, finding.kind.as_str()),
            Self::Manifest(_) => ("manifest", ""),
            Self::Line(found) => ("", found.outcome.as_str()),
        }
    }

    fn look(&self) -> (Glyph, Role) {
        match self {
            Self::Finding(finding) => {
                let (_, glyph, role) = weight(finding.severity);
                (glyph, role)
            }
            Self::Manifest(checked) => head::look(checked.verdict()),
            Self::Line(found) if found.outcome.is_wrong() => head::look(Verdict::Invalid),
            Self::Line(_) => head::look(Verdict::Incomplete),
        }
    }

    /// The object, the time or the name that it is about.
    fn about(&self) -> String {
        match self {
            Self::Finding(finding) => match (&finding.key, finding.span) {
                (Some(key), _) => file_name(key).to_owned(),
                (None, Some((from, to))) => times((from.0, to.0)),
                (None, None) => String::new(),
            },
            Self::Manifest(checked) => checked.manifest.clone(),
            Self::Line(Found { line, name, object, .. }) => {
                let line = line.map_or(String::new(), |line| format!("line {line}: "));
                format!("{line}{}", name.as_ref().or(object.as_ref()).map_or("", |name| name))
            }
        }
    }

    /// In full.
    fn detail(&self) -> Vec<Line> {
        match self {
            Self::Finding(finding) => {
                let key = finding.key.iter().map(|key| Line::new(&**key, Role::Muted));
                [Line::new(&*finding.detail, Role::Text)].into_iter().chain(key).collect()
            }
            Self::Manifest(checked) => {
                let form = format!("{}: {}", checked.form, manifest::counts(checked));
                let more = (checked.more > 0).then(|| {
                    Line::new(
                        format!("and {}", counted(checked.more, "more finding", "more findings")),
                        Role::Muted,
                    )
                });
                let said = [Line::new(form, Role::Text), Line::new(AGREEMENT, Role::Muted)];
                said.into_iter().chain(more).collect()
            }
            Self::Line(found) => {
                let object = found.object.iter().map(|path| Line::new(path.clone(), Role::Muted));
                let detail = format!("{}: {}", found.outcome, found.detail);
                [Line::new(detail, Role::Text)].into_iter().chain(object).collect()
            }
        }
    }
}

/// Draws the list, and below it what is under the cursor in full.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    area: Rect,
    verified: &Verified,
    (cursor, focused): (ListCursor, bool),
) {
    let count = count(verified);
    let at = cursor.within(count);
    let Some(under) = entry(verified, at) else {
        return sheet::draw(pen, area, &limits(verified), None);
    };
    let most = area.height - SENTENCE.min(area.height / 2);
    let list = Rect { height: most.min(count.try_into().unwrap_or(most)), ..area };
    let sight = cursor.sight(count, usize::from(list.height));
    let entries = sight.filter_map(|number| Some((number, entry(verified, number)?)));
    let entries: Vec<(usize, Entry<'_>)> = entries.collect();
    let kinds = entries.iter().map(|(_, entry)| entry.head().1.len()).max().unwrap_or(0);
    for (y, (number, entry)) in (list.y..).zip(entries) {
        let (glyph, role) = entry.look();
        if number == at && focused {
            pen.glyph(list.x, y, Glyph::Cursor, Role::RowCursor);
        }
        pen.glyph(list.x + 2, y, glyph, role);
        let (word, kind) = entry.head();
        let head = format!("{word:<8}{kind:<kinds$} ");
        let used = MARGIN + pen.text(list.x + MARGIN, y, list.width.saturating_sub(5), &head, role);
        let room = list.width.saturating_sub(used + 1);
        // The end of a name tells objects apart.
        let about = tail(&entry.about(), usize::from(room), pen.theme.glyph(Glyph::Ellipsis));
        let role = if number == at { Role::RowCursor } else { Role::Text };
        pen.named(list.x + used, y, room, &about, role);
    }
    let detail = Rect { y: list.bottom(), height: area.height - list.height, ..area };
    let mut lines = under.detail();
    lines.extend(limits(verified));
    sheet::draw(pen, detail, &lines, None);
}

const MARGIN: u16 = 4;

/// What could not be read, and what a chain of digests cannot show.
fn limits(verified: &Verified) -> Vec<Line> {
    let problems = verified.problems.iter();
    let problems = problems.map(|problem| Line::new(problem.clone(), Role::Warning));
    if verified.chart.is_none() {
        return problems.collect();
    }
    let head = [Line::new("What a chain of digests cannot show:", Role::Header)];
    let limits = LIMITS.iter().map(|limit| Line::new(format!("  {limit}"), Role::Muted));
    problems.chain(head).chain(limits).collect()
}
