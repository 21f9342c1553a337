//! What stands above the grid: verdict, counts, how far verification is. And what stands in place
//! of it while there is nothing to verify.

use super::sheet::{self, Line};
use crate::job::Verified;
use crate::job::integrity::{Chart, Stage};
use crate::job::public_keys::CLOUDTRAIL;
use crate::record::integrity::weights;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::chrome::size;
use crate::ui::widget::lanes::grouped;
use crate::verify::{Tally, Verdict, manifest};
use ratatui::layout::Rect;

/// Where hints of this view look for keys.
pub(super) const CONTEXTS: [Context; 2] = [Context::Integrity, Context::Global];

/// `1 digest`, `7 digests`.
fn many(count: u64, name: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {name}{s}", grouped(count))
}

/// The lines above the grid.
pub(super) fn lines(model: &Model, chart: &Chart) -> Vec<Line> {
    let report = &chart.report;
    let (glyph, role) = look(report.verdict);
    let keys = many(report.keys as u64, "public key");
    let verdict = format!("{}: {}; {keys} known", report.verdict, chart.weights);
    let mut lines = vec![Line::new(verdict, role).glyph(glyph)];
    let counts = &report.counts;
    let mut said = vec![tally("digest", &counts.digests)];
    if counts.backfill != Tally::default() {
        said.push(tally("backfill digest", &counts.backfill));
    }
    said.push(tally("log file", &counts.logs));
    let together = said.join("; ");
    let fits = together.len() + 4 <= usize::from(model.look.area.width);
    let said = if fits { vec![together] } else { said };
    lines.extend(said.into_iter().map(|text| Line::new(text, Role::Text)));
    lines.extend(manifests(&model.verified));
    lines.extend(running(&model.verified));
    if report.keys == 0 && !report.digests.is_empty() {
        let text = "without public keys no signature can be checked";
        let hints = [(Action::AddPublicKeys, "takes them from a file or CloudTrail")];
        lines.push(Line::new(model.look.keymap.hinted(text, &CONTEXTS, &hints), Role::Warning));
    }
    if let [first, rest @ ..] = model.verified.problems.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" (+{})", rest.len()) };
        lines.push(Line::new(format!("not used{more}: {first}"), Role::Warning));
    }
    lines
}

/// The glyph and role of a verdict.
pub(super) const fn look(verdict: Verdict) -> (Glyph, Role) {
    match verdict {
        Verdict::Valid => (Glyph::Verified, Role::Success),
        Verdict::Incomplete => (Glyph::Unverifiable, Role::Warning),
        Verdict::Invalid => (Glyph::Modified, Role::Error),
    }
}

/// `1 manifest: invalid: 12 match, 1 differs, 0 missing`.
pub(super) fn manifests(verified: &Verified) -> Option<Line> {
    let manifests = &verified.about.manifests;
    let (glyph, role) = look(manifest::verdict(manifests));
    let counted = match &**manifests {
        [] => return None,
        [one] => manifest::counts(one),
        several => {
            let right = several.iter().filter(|one| one.verdict() == Verdict::Valid).count();
            format!(
                "{right} of them {} with the files",
                if right == 1 { "agrees" } else { "agree" }
            )
        }
    };
    let (count, verdict) = (many(manifests.len() as u64, "manifest"), manifest::verdict(manifests));
    Some(Line::new(format!("{count}: {verdict}: {counted}"), role).glyph(glyph))
}

/// `7 digests: 6 valid, 1 invalid`.
fn tally(name: &str, tally: &Tally) -> String {
    let parts = [
        (tally.valid, "valid"),
        (tally.invalid, "invalid"),
        (tally.unverifiable, "unverifiable"),
        (tally.missing, "missing"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, what)| format!("{} {what}", grouped(count))).collect();
    let all = many(tally.found, name);
    if parts.is_empty() { all } else { format!("{all}: {}", parts.join(", ")) }
}

pub(super) fn running(verified: &Verified) -> Option<Line> {
    let text = match verified.stage {
        Stage::Running { objects, bytes } => {
            format!("verifying: {} examined, {}", many(objects, "object"), size(bytes))
        }
        Stage::Comparing { bytes, of_bytes } => {
            format!("{} of {} compared with manifests", size(bytes), size(of_bytes))
        }
        Stage::Nothing | Stage::Over => return None,
    };
    Some(Line::new(text, Role::StatusBusy))
}

/// What stands above the findings where there are no digests.
pub(super) fn without_digests(verified: &Verified) -> Vec<Line> {
    let report = verified.report.as_ref().filter(|report| !report.findings.is_empty());
    let found = report.map(|report| {
        let (glyph, role) = look(report.verdict);
        Line::new(format!("{}: {}", report.verdict, weights(report)), role).glyph(glyph)
    });
    let nothing = "no digest files of CloudTrail: no event is proven, whatever a manifest says";
    let nothing = Line::new(nothing, Role::Text);
    let said = found.into_iter().chain(manifests(verified));
    said.chain([nothing]).chain(running(verified)).collect()
}

pub(super) fn draw(lines: &[Line], area: Rect, pen: &mut Pen<'_>) {
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        if let Some(glyph) = line.glyph {
            pen.glyph(area.x + 1, y, glyph, line.role);
        }
        pen.named(area.x + 3, y, area.width.saturating_sub(4), &line.text, line.role);
    }
}

/// What would be needed for anything to be proven.
pub(super) fn draw_nothing(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let mut lines: Vec<Line> = running(&model.verified).into_iter().collect();
    let looked = matches!(model.verified.stage, Stage::Comparing { .. } | Stage::Over);
    let first = if matches!(model.verified.stage, Stage::Running { .. }) {
        "The first verdict comes when all digests and log files are read."
    } else if !looked {
        "No digest file of CloudTrail so far; verification begins when loading comes to rest."
    } else {
        "There are no digest files of CloudTrail among the evidence: nothing can be proven about it."
    };
    let text = [
        first,
        "",
        "What it takes:",
        "Digest files, which a trail with log file validation writes each hour into the bucket of \
         its logs: AWSLogs/ACCOUNT/CloudTrail-Digest/REGION/YYYY/MM/DD/. Copy them with the logs, \
         and keep the folders.",
        "The signature of the newest digest, which is metadata of its object: `aws s3api \
         head-object --bucket BUCKET --key KEY > NAME.meta.json`, beside the digest NAME or \
         anywhere in the evidence. The others are proven by the digests after them.",
        "The public keys of the time and Region: `aws cloudtrail list-public-keys --region REGION \
         --start-time T --end-time T > keys.json`; or CloudTrail is asked for them, where you may \
         (cloudtrail:ListPublicKeys).",
    ];
    let roles = [Role::Text, Role::Text, Role::Header];
    let roles = roles.into_iter().chain(std::iter::repeat(Role::Muted));
    lines.extend(text.into_iter().zip(roles).map(|(text, role)| Line::new(text, role)));
    let keymap = &model.look.keymap;
    let text = keymap.hint(Action::AddPublicKeys, &CONTEXTS).map(|key| {
        format!(
            "{key} takes keys into the workspace, where they stay: name the file, or {CLOUDTRAIL}."
        )
    });
    lines.extend(text.map(|text| Line::new(text, Role::Text)));
    if let Some(key) = keymap.hint(Action::ViewSources, &CONTEXTS) {
        let text = format!("{key} shows every object with its hash, and adds sources.");
        lines.push(Line::new(text, Role::Text));
    }
    sheet::draw(pen, area, &lines, None);
}
