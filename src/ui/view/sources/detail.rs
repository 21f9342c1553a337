//! The object under the cursor, and what is known of the source that it came from.

use super::{assumed, sum};
use crate::case::hex;
use crate::event::scope::source_of;
use crate::event::{State, counted};
use crate::query::ASPECTS;
use crate::store::Object;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::widget::paragraph;
use ratatui::layout::Rect;

/// Lines of the pane, where there is room for them; the same whatever object the cursor is on.
pub(super) fn height(model: &Model) -> u16 {
    let says = !model.verified.about.facts.is_empty();
    let facts = if says { 12 } else { 9 };
    // Few objects have more than two formats, each of which says what it does not show.
    if model.named.is_some() { facts + 4 } else { facts }
}

pub(super) fn draw(model: &Model, pen: &mut Pen<'_>, area: Rect, object: &Object) {
    pen.rule(area, "object", false);
    let mut lines: Vec<(String, Role)> = vec![(object.path.to_string(), Role::Text)];
    if let Some(reason) = &object.reason {
        let is_read = object.state == Some(State::Read);
        let role = if is_read { Role::Muted } else { Role::Warning };
        lines.push((format!("why: {reason}"), role));
    }
    lines.push((sum(&object.counts), Role::Text));
    for (reason, times) in &object.remarks {
        lines.push((
            format!("passed over {}: {reason}", counted(*times, "time", "times")),
            Role::Warning,
        ));
    }
    let outermost = model.store.ledger().outermost(object.id);
    let source = outermost.and_then(|it| source_of(&model.case.desk.sources, &it.path));
    lines.extend(source.and_then(|source| zone(model, source)).map(muted));
    lines.extend(source.and_then(|source| names(model, source)).map(muted));
    if let Some((first, last)) = object.span {
        let text = |time: i64| crate::event::Timestamp(time).to_rfc3339(0);
        lines.push((format!("events from {} to {}", text(first), text(last)), Role::Muted));
    }
    if let Some(hash) = &object.sha256 {
        lines.push((format!("sha256 {}", hex(hash)), Role::Muted));
    }
    if let Some(lock) = &object.lock {
        lines.push((format!("object lock, when it was fetched: {lock}"), Role::Muted));
    }
    let delivery = source.and_then(|source| model.deliveries.get(source));
    lines.extend(delivery.map(|it| muted(format!("its source is followed: {it}"))));
    lines.extend(source.and_then(|source| facts(model, source)).map(muted));
    lines.extend(limits(model, object));
    let inside = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    paragraph::draw(pen, inside, &lines);
}

fn muted(text: String) -> (String, Role) {
    (text, Role::Muted)
}

/// In which zone the times of a source were read that name none, if there are such times.
fn zone(model: &Model, source: &str) -> Option<String> {
    let sources = &model.case.desk.sources;
    let is_of = |path: &str| source_of(sources, path).is_some_and(|it| it == source);
    let zones = model.store.ledger().zones(is_of);
    (!zones.is_empty()).then(|| format!("its source: {}", assumed(&zones)))
}

/// What the events of a source name, once that was counted.
fn names(model: &Model, source: &str) -> Option<String> {
    let named = model.named.as_ref()?.sources.get(source)?.all;
    if named.events == 0 {
        return None;
    }
    let share = |(aspect, name): (usize, &&str)| format!("{name} {}", named.share(aspect));
    let shares: Vec<String> = ASPECTS.iter().enumerate().map(share).collect();
    let (shares, events) = (shares.join(", "), counted(named.events, "event", "events"));
    Some(format!("its source names {shares} of {events}"))
}

/// What logs of the object's formats cannot show.
fn limits(model: &Model, object: &Object) -> Vec<(String, Role)> {
    let Some(named) = &model.named else { return Vec::new() };
    let formats = object.formats.iter().filter(|(_, events)| *events > 0);
    let told = formats.filter_map(|(schema, _)| Some((&schema.id, named.limits.get(&*schema.id)?)));
    told.map(|(id, limits)| muted(format!("not shown in {id}: {limits}"))).collect()
}

/// What a source says of itself, once it was asked.
fn facts(model: &Model, source: &str) -> Option<String> {
    let all = model.verified.about.facts.iter().filter(|facts| facts.source == source);
    let facts: Vec<String> =
        all.flat_map(|all| all.facts.iter().map(ToString::to_string)).collect();
    (!facts.is_empty()).then(|| format!("its source: {}", facts.join("; ")))
}
