//! What the last session left: where it stopped, a note half written, and what is to be said of how
//! it ended.

use crate::case::{Draft, Mode, Opened, Workspace};
use crate::job::spool;
use crate::ui::app::App;
use crate::ui::message::Tone;
use crate::ui::place::{Place, place_back};
use crate::ui::settings::Problem;

/// What the last session left.
pub(super) struct Before {
    findings: Vec<String>,
    /// It did not end in order.
    killed: bool,
    mode: Mode,
    /// What is to be said of a source that was a pipe.
    pipe: Option<(Tone, &'static str)>,
    place: Option<Place>,
    draft: Option<Draft>,
}

impl Before {
    /// `reads_stdin` says that standard input is read now, and no pipe of an earlier session.
    pub(super) fn of(opened: &Opened, reads_stdin: bool) -> Self {
        let state = opened.state();
        let mode = opened.workspace.mode().clone();
        // Another process's draft and session are still going on.
        let ours = mode == Mode::Writer;
        let draft = opened.workspace.load_draft().ok().flatten();
        let has_pipe = opened.workspace.info().sources.iter().any(|source| source == "-");
        let is_piped = has_pipe && !reads_stdin;
        Self {
            findings: opened.findings.iter().map(ToString::to_string).collect(),
            killed: ours && state.open_session().is_some(),
            mode,
            pipe: is_piped.then(|| about_pipe(&opened.workspace)),
            place: opened.workspace.load_view().ok().flatten(),
            draft: draft.filter(|draft| ours && !draft.text.trim().is_empty()),
        }
    }

    pub(super) fn put_back(self, app: &mut App, problems: &[Problem]) {
        for problem in problems {
            app.model.say(Tone::Warning, problem.to_string());
        }
        for finding in &self.findings {
            app.model.say(Tone::Error, finding.clone());
        }
        if self.mode != Mode::Writer {
            app.model.say(Tone::Error, format!("{}; nothing is written down", self.mode));
        }
        if let Some((tone, text)) = self.pipe {
            app.model.say(tone, text);
        }
        if self.killed && self.findings.is_empty() {
            app.model.say(Tone::Warning, "the last session was cut off; this is where it stopped");
        }
        if let Some(place) = &self.place {
            place_back(app, place);
        }
        if let Some(draft) = self.draft {
            app.resume_note(draft);
        }
    }
}

/// What a person has to know of a pipe of an earlier session.
fn about_pipe(workspace: &Workspace) -> (Tone, &'static str) {
    match workspace.cache().ok().and_then(|folder| spool::kept(&folder)) {
        None => (Tone::Warning, "what came through a pipe (-) cannot be read a second time"),
        Some(kept) if kept.whole => {
            (Tone::Info, "what came through a pipe (-) is read from its copy")
        }
        Some(_) => {
            (Tone::Warning, "the pipe (-) was not read to its end; what came is read from its copy")
        }
    }
}
