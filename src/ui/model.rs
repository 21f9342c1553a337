//! What all views see: the newest answer, the filter, the cursor, the case.

mod cursor;
mod filter;
mod follow;
mod raised;
mod watch;

pub use cursor::{Cursor, Resume, Seek};
pub use filter::Filter;
pub use follow::Follow;
pub use raised::Alarms;
pub use watch::Watch;

use super::keymap::Keymap;
use super::layout::{Frame, Panes, Zoom};
use super::message::Tone;
use super::theme::Theme;
use super::trail::Trail;
use super::widget::lanes;
use crate::case::{CaseState, Exhibit};
use crate::event::scope::source_of;
use crate::event::{self, CodeWanted, Timestamp, Window};
use crate::job::lookup::{Record, Values};
use crate::job::naming::OfSources;
use crate::job::scribe::{Desk, Saved};
use crate::job::{Answer, Delivery, Report, Verified, Zones};
use crate::store::{RowRef, Store};
use ratatui::layout::Rect;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How things look and which keys do what.
#[derive(Debug)]
pub struct Look {
    pub area: Rect,
    pub theme: Theme,
    pub keymap: Keymap,
}

/// The part of time on screen.
#[derive(Debug, Default)]
pub struct Time {
    /// `None` is all there is.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Windows left by zooming in.
    pub before: Vec<Option<(Timestamp, Timestamp)>>,
    /// Where a brush began.
    pub brush: Option<i64>,
    pub scale: lanes::Scale,
    /// Minutes around an event, while that is what is shown.
    pub around: Option<(RowRef, i64)>,
}

/// The workspace and what is written in it.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    pub desk: Arc<Desk>,
    /// What the sources are called on a command line.
    pub arguments: Vec<String>,
    /// Of what time sources that lie elsewhere are fetched.
    pub window: Window,
    /// In which zone times are read that name none.
    pub zones: Zones,
    /// How many orders the analyst has given, in this session.
    pub ordered: u64,
}

impl Case {
    pub fn state(&self) -> &CaseState {
        &self.desk.state
    }

    /// When a record was that was marked: its time may have been read in another zone then.
    pub fn time_of(&self, exhibit: &Exhibit) -> Option<event::Time> {
        let source = source_of(&self.desk.sources, &exhibit.object);
        exhibit.time_in(self.zones.of(source.map_or("", |source| source)))
    }

    /// Whether something was ordered that nobody has begun to write: the disk may hang.
    pub fn is_waiting(&self) -> bool {
        self.ordered > self.desk.carried_out
    }

    /// Whether something written is not yet safe.
    pub fn is_unsaved(&self) -> bool {
        matches!(self.desk.saved, Saved::No { .. })
    }
}

/// Something said on the last line.
#[derive(Debug, Clone)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
}

/// Everything that views draw from.
#[derive(Debug)]
pub struct Model {
    pub look: Look,
    pub store: Arc<Store>,
    pub answer: Option<Arc<Answer>>,
    pub filter: Filter,
    pub cursor: Cursor,
    pub follow: Follow,
    pub time: Time,
    pub trail: Trail,
    pub zoom: Zoom,
    pub load: Option<Report>,
    pub deliveries: Arc<BTreeMap<String, Delivery>>,
    /// What is proven of the evidence.
    pub verified: Arc<Verified>,
    /// What the rules found, and what was decided about it.
    pub alarms: Alarms,
    pub record: Option<Arc<Record>>,
    pub values: Option<Arc<Values>>,
    /// What the events of each source name, and the version of the store for which that was asked.
    pub named: Option<Arc<OfSources>>,
    pub named_asked: Option<u64>,
    pub case: Case,
    /// A code of an MFA device that AWS waits for.
    pub code: Option<CodeWanted>,
    pub notice: Option<Notice>,
    /// Everything that went wrong so far.
    pub problems: Vec<String>,
    /// Something lies over the base view and has the keys.
    pub is_covered: bool,
}

impl Model {
    pub fn new(look: Look, store: Arc<Store>, case: Case) -> Self {
        Self {
            look,
            store,
            answer: None,
            filter: Filter::default(),
            cursor: Cursor::default(),
            follow: Follow::default(),
            time: Time::default(),
            trail: Trail::default(),
            zoom: Zoom::None,
            load: None,
            deliveries: Arc::default(),
            verified: Arc::default(),
            alarms: Alarms::default(),
            record: None,
            values: None,
            named: None,
            named_asked: None,
            case,
            code: None,
            notice: None,
            problems: Vec::new(),
            is_covered: false,
        }
    }

    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        if matches!(tone, Tone::Warning | Tone::Error) && self.problems.last() != Some(&text) {
            self.problems.push(text.clone());
        }
        self.notice = Some(Notice { tone, text });
    }

    /// Whether what the analyst says is written down. If not, it is said before anything is typed.
    pub fn can_write(&mut self) -> bool {
        let Saved::ReadOnly(why) = &self.case.desk.saved else { return true };
        let text = format!("not written: the workspace is {why}");
        self.say(Tone::Warning, text);
        false
    }

    /// Lines between the query and the body.
    pub fn advice_lines(&self) -> u16 {
        if self.filter.error.is_some() { 2 } else { 0 }
    }

    pub fn frame(&self) -> Frame {
        Frame::new(self.look.area, self.advice_lines())
    }

    pub fn panes(&self) -> Panes {
        let lanes = self
            .answer
            .as_ref()
            .map_or(1, |answer| answer.lanes.len() + usize::from(answer.watched.is_some()));
        Panes::new(self.frame().body, lanes, self.zoom)
    }

    /// Rows of the table on screen.
    pub fn page(&self) -> usize {
        usize::from(self.panes().table.height.saturating_sub(1)).max(1)
    }
}
