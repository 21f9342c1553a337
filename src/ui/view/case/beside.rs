//! What stands beside the lists of the case: what is proven, what a record would have, and what of
//! the whole case a person has to know.

use crate::case::{Exhibit, State};
use crate::event::{counted, hex};
use crate::job::triage;
use crate::ui::model::Model;
use crate::ui::theme::Role;
use crate::ui::widget::table;

/// What a record would be made of.
pub(super) fn matter(model: &Model) -> Vec<(String, Role)> {
    let work = model.case.state().work();
    let queue = &model.alarms.queue;
    let in_state =
        |state: State| queue.iter().filter(|line| line.state == state && line.news == 0).count();
    let mut lines = vec![("the record would have".to_owned(), Role::Header)];
    let counts = [
        (
            work.alarms().kept().count(),
            "alarm that somebody decided about",
            "alarms that somebody decided about",
        ),
        (
            in_state(State::Escalated),
            "of them part of the incident",
            "of them part of the incident",
        ),
        (in_state(State::Closed), "of them closed", "of them closed"),
        (work.marked().count(), "exhibit", "exhibits"),
        (work.notes().len(), "note", "notes"),
    ];
    for (count, one, many) in counts {
        lines.push((format!("  {}", counted(count as u64, one, many)), Role::Text));
    }
    let means = triage::means(queue, work.alarms());
    lines.extend(means.into_iter().map(|mean| (format!("  {mean}"), Role::Text)));
    let new = in_state(State::New);
    if new > 0 {
        let text = counted(
            new as u64,
            "alarm nobody has decided about",
            "alarms nobody has decided about",
        );
        lines.push((text, Role::Warning));
    }
    lines
}

/// What is proven now of the object that a record was marked in.
pub(super) fn standing(model: &Model, exhibit: &Exhibit) -> Option<(String, Role)> {
    let report = model.verified.report.as_ref()?;
    let member = exhibit.member.as_ref().map_or(String::new(), |member| format!("!{member}"));
    let judged = report.log(&format!("{}{member}", exhibit.object))?;
    let now = judged.sha256.map(|sha256| hex::encode(&sha256));
    if now != exhibit.sha256 {
        let text = "standing: of another object, for this one was changed since it was marked";
        return Some((text.to_owned(), Role::Error));
    }
    let fault = judged.fault.map_or(String::new(), |fault| format!(": {fault}"));
    let role = table::standing(judged.standing).map_or(Role::Muted, |(_, role)| role);
    Some((format!("standing {}{fault}", judged.standing), role))
}

/// What of the whole case a person has to know: a legal hold, and what colleagues disagree about.
pub(super) fn notices(model: &Model) -> Vec<(String, Role)> {
    let state = model.case.state();
    let mut lines = Vec::new();
    if let Some(hold) = state.hold() {
        let at = hold.at.to_rfc3339(0);
        lines.push((
            format!("legal hold since {at}, by {}: {}", hold.who, hold.reason),
            Role::Warning,
        ));
    }
    for conflict in state.conflicts() {
        lines.push((format!("conflict: {}", conflict.about), Role::Warning));
        for version in &conflict.versions {
            let (at, who) = (version.at.to_rfc3339(0), &version.who);
            let mut text = version.text.split('\n');
            let first = text.next().unwrap_or_default();
            lines.push((format!("  {who}, {at}: {first}"), Role::Text));
            lines.extend(text.map(|line| (format!("    {line}"), Role::Text)));
        }
    }
    if !lines.is_empty() {
        lines.push((String::new(), Role::Text));
    }
    lines
}
