//! Where the analyst is: taken down for the workspace, and gone back to in the next session.

use super::app::App;
use super::model::Resume;
use super::view::Base;
use crate::event::Timestamp;
use crate::query::Query;
use serde::{Deserialize, Serialize};

/// Where the analyst was, kept in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    #[serde(default)]
    pub view: String,
    #[serde(default)]
    pub filter: String,
    #[serde(default)]
    pub window: Option<(i64, i64)>,
    #[serde(default)]
    pub record: Option<Resume>,
}

/// Where the analyst is now.
pub fn place(app: &App) -> Place {
    let model = &app.model;
    let view = match app.base() {
        Base::Timeline => "timeline",
        Base::Alarms => "alarms",
        Base::Integrity => "integrity",
        Base::Case => "case",
        Base::Sources => "sources",
    };
    let query: &Query = &model.filter.query;
    let record = model.place().or_else(|| model.cursor.resume.clone());
    Place {
        view: view.to_owned(),
        filter: model.filter.awaiting.clone().unwrap_or_else(|| query.text.clone()),
        window: model.time.window.map(|(from, to)| (from.0, to.0)),
        record,
    }
}

/// Puts the analyst back where they were.
pub fn place_back(app: &mut App, place: &Place) {
    app.show(match place.view.as_str() {
        "alarms" => Base::Alarms,
        "integrity" => Base::Integrity,
        "case" => Base::Case,
        "sources" => Base::Sources,
        _ => Base::Timeline,
    });
    let model = &mut app.model;
    model.filter.awaiting = Some(place.filter.clone()).filter(|text| !text.is_empty());
    // The first question is asked by whoever runs the screen.
    model.resume_filter();
    model.time.window = place.window.map(|(from, to)| (Timestamp(from), Timestamp(to)));
    model.cursor.resume.clone_from(&place.record);
}
