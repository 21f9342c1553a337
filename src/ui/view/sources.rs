//! Every evidence object: what became of it, how many records it gave, and why not more.

mod detail;

use super::prompt::{Prompt, Purpose};
use super::{Asked, Base, Step, View};
use crate::event::scope::source_of;
use crate::event::{ObjectId, ReasonKind, State};
use crate::event::{Zone, counted, noun};
use crate::query::ast::Pattern;
use crate::store::{Counts, Object, Totals};
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::chrome::{loading, size};
use crate::ui::widget::lanes::grouped;
use crate::ui::widget::list::ListCursor;
use crate::ui::widget::transfer::fetching;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct SourcesView {
    cursor: ListCursor,
    /// Only objects that were not read whole, or hold unparsed records.
    only_troubled: bool,
}

impl SourcesView {
    fn objects(&self, model: &Model) -> Vec<ObjectId> {
        model.store.ledger().ids(|object| !self.only_troubled || is_troubled(object))
    }
}

/// Whether somebody should look at the object. What proves log files is no log and no trouble.
fn is_troubled(object: &Object) -> bool {
    let proof = object.state == Some(State::NotALog)
        && object.reason.as_ref().is_some_and(|reason| reason.kind == ReasonKind::Digest);
    let whole = |state: State| matches!(state, State::Read | State::Growing);
    !proof
        && (object.state.is_some_and(|state| !whole(state))
            || object.counts.unparsed > 0
            || !object.remarks.is_empty())
}

impl View for SourcesView {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Sources]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[
            (Action::Open, "its events"),
            (Action::CancelJob, "stop"),
            (Action::AddSource, "add source"),
            (Action::RemoveSource, "remove"),
            (Action::RereadSource, "look for new"),
            (Action::NextError, "troubled"),
            (Action::SetZone, "zone"),
            (Action::ExcludeValue, "its unparsed records"),
            (Action::ViewTimeline, "timeline"),
            (Action::FetchRest, "fetch the rest"),
        ]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            _ if self.cursor.act(action, self.objects(model).len()) => {}
            Action::NextError | Action::PreviousError => {
                self.only_troubled = !self.only_troubled;
                self.cursor = ListCursor::default();
            }
            Action::ExcludeValue => return Some(self.unparsed(model)),
            Action::Open => return Some(self.open(model)),
            Action::AddSource => {
                return Some(vec![Step::Push(Box::new(Prompt::new(Purpose::AddSource)))]);
            }
            Action::RemoveSource | Action::RereadSource | Action::FetchRest | Action::SetZone => {
                return Some(self.of_source(action, model));
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let totals = model.store.ledger().totals();
        let mut y = body.y;
        for (text, role) in summary(model, &totals) {
            pen.text(body.x + 1, y, body.width - 2, &text, role);
            y += 1;
        }
        let detail_height = detail::height(model).min(body.height / 3);
        let list = Rect { y, height: body.bottom().saturating_sub(y + detail_height), ..body };
        let objects = self.objects(model);
        let title = if self.only_troubled { "objects that need a look" } else { "objects" };
        pen.rule(list, &format!("{title} ({})", grouped(objects.len() as u64)), true);
        let rows = usize::from(list.height.saturating_sub(1)).max(1);
        let cursor = self.cursor.within(objects.len());
        let sight = self.cursor.sight(objects.len(), rows);
        let top = sight.start;
        let ledger = model.store.ledger();
        for (line, id) in objects.iter().enumerate().take(sight.end).skip(top) {
            let Some(object) = ledger.get(*id) else { continue };
            let y = list.y + 1 + (line - top) as u16;
            draw_object(pen, Rect { y, height: 1, ..list }, &object, line == cursor);
        }
        let below = Rect { y: list.bottom(), height: detail_height, ..body };
        if let Some(object) = objects.get(cursor).and_then(|id| ledger.get(*id)) {
            detail::draw(model, pen, below, &object);
        }
    }
}

/// What is to be asked while somebody looks, once no more rows come: what events name.
pub(in crate::ui) fn wanted(model: &mut Model) -> Option<Effect> {
    let version = model.store.snapshot().version;
    let is_loaded = model.load.is_some_and(|load| load.over);
    if !is_loaded || model.named_asked == Some(version) {
        return None;
    }
    model.named_asked = Some(version);
    Some(Effect::LookUpNamed { sources: model.case.desk.sources.clone() })
}

impl SourcesView {
    /// What is to be done with the source that the object under the cursor came from.
    fn of_source(&self, action: Action, model: &mut Model) -> Vec<Step> {
        let objects = self.objects(model);
        let ledger = model.store.ledger();
        let id = objects.get(self.cursor.within(objects.len()));
        let object = id.and_then(|&id| ledger.outermost(id));
        let found = object.and_then(|object| source_of(&model.case.desk.sources, &object.path));
        let Some(source) = found.cloned() else {
            model.say(Tone::Info, "this is of no source that the case still has");
            return Vec::new();
        };
        if action == Action::SetZone {
            return vec![Step::Push(Box::new(Prompt::new(Purpose::Zone(source))))];
        }
        if source == "-" {
            model.say(Tone::Info, "what came through a pipe is part of the case");
            return Vec::new();
        }
        match action {
            Action::RemoveSource => vec![Step::Ask(removal(model, source))],
            Action::FetchRest => vec![Step::Effect(Effect::AskForRest(source))],
            _ => vec![Step::Effect(Effect::RereadSource(source))],
        }
    }

    /// Shows the object's events in the timeline; of an archive, those of its members.
    fn open(&self, model: &mut Model) -> Vec<Step> {
        self.show(model, "", "this object gave no events", |counts| counts.events)
    }

    /// Shows what was not understood of the object.
    fn unparsed(&self, model: &mut Model) -> Vec<Step> {
        let none = "this object has no unparsed records";
        self.show(model, " format:unparsed", none, |counts| counts.unparsed)
    }

    fn show(
        &self,
        model: &mut Model,
        narrower: &str,
        none: &str,
        of: fn(&Counts) -> u64,
    ) -> Vec<Step> {
        let objects = self.objects(model);
        let object = objects.get(self.cursor.within(objects.len()));
        let Some(object) = object.and_then(|&id| model.store.ledger().get(id)) else {
            return Vec::new();
        };
        let members = format!("{}!", object.path);
        let inside = |member: &Object| of(&member.counts) > 0 && member.path.starts_with(&members);
        let paths = if of(&object.counts) > 0 {
            Pattern::literal(&*object.path)
        } else if model.store.ledger().ids(inside).is_empty() {
            model.say(Tone::Info, none);
            return Vec::new();
        } else {
            Pattern { parts: vec![members, String::new()] }
        };
        let mut steps = vec![Step::Show(Base::Timeline)];
        let effects = model.set_filter(&format!("origin.object:{paths}{narrower}"));
        steps.extend(effects.into_iter().map(Step::Effect));
        steps
    }
}

fn summary(model: &Model, totals: &Totals) -> Vec<(String, Role)> {
    let c = totals.counts;
    let mut lines = Vec::new();
    match model.load {
        Some(load) if !load.over => lines.push((loading(&load), Role::StatusBusy)),
        load => {
            let copied = load.map_or(0, |load| load.copied);
            let copied = match copied {
                0 => String::new(),
                bytes => format!("; {} of copies on disk", size(bytes)),
            };
            let text = format!(
                "{} {}, {} as stored, {} inflated; {} {}{copied}",
                grouped(totals.objects),
                noun(totals.objects, "object", "objects"),
                size(totals.bytes),
                size(totals.inflated),
                grouped(c.events),
                noun(c.events, "event", "events"),
            );
            lines.push((text, Role::Text));
        }
    }
    if let Some(load) = &model.load {
        lines.extend(fetching(&load.transfer).map(|text| (text, Role::StatusBusy)));
        lines.extend(load.transfer.held.map(|held| (held.to_string(), Role::Warning)));
    }
    lines.push((sum(&c), if c.unparsed > 0 { Role::Warning } else { Role::Text }));
    let states: Vec<String> = State::ALL
        .iter()
        .filter_map(|state| {
            let count = totals.states.get(state)?;
            Some(format!("{} {}", grouped(*count), state_words(*state)))
        })
        .collect();
    let unchecked = match totals.unchecked {
        0 => String::new(),
        some => format!("; {} from an earlier session, not re-verified yet", grouped(some)),
    };
    lines.push((format!("objects: {}{unchecked}", states.join(", ")), Role::Muted));
    if !totals.zones.is_empty() {
        lines.push((assumed(&totals.zones), Role::Muted));
    }
    lines
}

/// How many times name no zone, and what they were read as.
fn assumed(zones: &BTreeMap<Zone, u64>) -> String {
    let each = zones.iter().map(|(zone, &times)| {
        let times = counted(times, "time", "times");
        format!("{times} without zone read as {zone} (assumed)")
    });
    each.collect::<Vec<_>>().join("; ")
}

/// What taking a source out of the case would take with it. The end of a long name tells sources
/// apart, and the question behind it has to be read.
fn removal(model: &Model, source: String) -> Asked {
    let sources = &model.case.desk.sources;
    let ledger = model.store.ledger();
    let objects = ledger.all();
    let of_it = objects.iter().filter(|object| {
        let outermost = ledger.outermost(object.id);
        outermost.is_some_and(|outermost| source_of(sources, &outermost.path) == Some(&source))
    });
    let events = match of_it.map(|object| object.counts.events).sum() {
        1 => "1 event".to_owned(),
        events => format!("{} events", grouped(events)),
    };
    let room = usize::from(model.look.area.width).saturating_sub(ASKED);
    let name = tail(&source, room, model.look.theme.glyph(Glyph::Ellipsis));
    let text = format!("take {name} and its {events} out of the case? (y/n)");
    Asked { text, yes: Effect::RemoveSource(source), no: "the source stays" }
}

/// Columns of the question about a source, beside its name.
const ASKED: usize = 56;

/// Where the records went: the sum that always holds.
fn sum(c: &Counts) -> String {
    format!(
        "{} {} = {} parsed + {} unparsed + {} duplicate + {} out of range",
        grouped(c.records),
        noun(c.records, "record", "records"),
        grouped(c.parsed),
        grouped(c.unparsed),
        grouped(c.duplicate),
        grouped(c.out_of_range)
    )
}

fn state_words(state: State) -> &'static str {
    match state {
        State::Read => "read",
        State::Growing => "growing",
        State::Partial => "read in part",
        State::Skipped => "skipped",
        State::Failed => "failed",
        State::NotALog => "no log",
    }
}

fn draw_object(pen: &mut Pen<'_>, area: Rect, object: &Object, is_cursor: bool) {
    if is_cursor {
        pen.glyph(area.x, area.y, Glyph::Cursor, Role::RowCursor);
    }
    let (state, role) = match object.state {
        None => ("waits", Role::Muted),
        Some(State::Read) => ("read", Role::Success),
        Some(State::Growing) => ("growing", Role::StatusBusy),
        Some(State::Partial) => ("in part", Role::Warning),
        Some(State::Skipped) => ("skipped", Role::Muted),
        Some(State::Failed) => ("failed", Role::Error),
        Some(State::NotALog) => ("no log", Role::Muted),
    };
    pen.text(area.x + 2, area.y, 8, state, role);
    let formats: Vec<&str> = object.formats.iter().map(|(schema, _)| &*schema.id).collect();
    let right = area.right() - 1;
    pen.right(right, area.y, 10, &grouped(object.counts.events), Role::Text);
    let mut right = right - 11;
    if area.width >= 100 {
        pen.right(right, area.y, 9, &size(object.inflated), Role::Muted);
        right -= 10;
    }
    let format_x = right.saturating_sub(14);
    let unparsed = object.counts.unparsed > 0;
    let format_role = if unparsed { Role::Warning } else { Role::Muted };
    pen.text(format_x, area.y, 14, &formats.join("+"), format_role);
    let role = if is_cursor { Role::RowCursor } else { Role::Text };
    let indent = u16::from(object.parent.is_some()) * 2;
    let x = area.x + 10 + indent;
    let room = format_x.saturating_sub(x + 1);
    // The end of a path tells objects apart.
    let path = tail(&object.path, usize::from(room), pen.theme.glyph(Glyph::Ellipsis));
    pen.named(x, area.y, room, &path, role);
}

/// The last part of a path that fits, from a `/` on if there is one.
pub(super) fn tail(path: &str, room: usize, ellipsis: &str) -> String {
    let length = path.chars().count();
    if length <= room {
        return path.to_owned();
    }
    let kept = room.saturating_sub(ellipsis.chars().count());
    let cut = path.char_indices().nth(length - kept).map_or(path.len(), |(at, _)| at);
    let rest = &path[cut..];
    format!("{ellipsis}{}", rest.find('/').map_or(rest, |slash| &rest[slash..]))
}
