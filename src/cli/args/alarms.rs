//! What may be typed after `trailcase alarms`.

use super::{AlarmsOf, TimeWindow, Trust};
use crate::case::State;
use crate::detect::sigma::Level;
use crate::event::Verdict;
use crate::job::reviewing::CADENCE;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Alarms {
    /// The alarms and where they stand, what comes first at the top
    List(List),
    /// Everything about one alarm
    ///
    /// Why it was raised and who wrote the rule, what it is about, what its rule asks and what of
    /// that is answered, notes, what was decided, alarms about the same, and its events with where
    /// they lie.
    Show(Show),
    /// What became of each rule: how often it matched, or why it could not fire on this evidence
    Rules {
        #[command(flatten)]
        of: AlarmsOf,
    },
    /// Say that you have seen alarms, and have them from now on
    Ack(On),
    /// Say that alarms are under investigation
    Investigate(On),
    /// Say that somebody else has to answer first
    Wait(On),
    /// Say who has alarms from now on
    Assign {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "NAME")]
        owner: String,
    },
    /// Close alarms with a verdict and a reason, the same for all of them
    Close {
        #[command(flatten)]
        on: On,
        /// What it was
        #[arg(long, value_name = "VERDICT", value_parser = verdicts())]
        verdict: Verdict,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Open alarms again that were closed, merged or snoozed
    Reopen {
        #[command(flatten)]
        on: On,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Make alarms part of the incident that the case is about
    Escalate(On),
    /// Let another alarm stand for these
    Merge {
        #[command(flatten)]
        on: On,
        /// The alarm that stands for them
        #[arg(long, value_name = "FINGERPRINT")]
        into: String,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Leave alarms until a time
    Snooze {
        #[command(flatten)]
        on: On,
        /// Such as 4h, 2d or 2026-03-04
        #[arg(long, value_name = "T")]
        until: String,
    },
    /// Write a note on alarms
    Note {
        #[command(flatten)]
        on: On,
        /// What it says; - for standard input
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Say that a question of an alarm's rule is answered
    Tick {
        #[command(flatten)]
        on: On,
        /// Its number in what `show` prints
        #[arg(long, value_name = "N")]
        question: usize,
        /// It is not answered after all
        #[arg(long)]
        off: bool,
    },
    /// Hide alarms of a rule until a time; they are counted all the same
    Suppress(Suppress),
    /// The suppressions: whose they are, why, until when, and how many alarms each hides here
    Suppressions(Suppressed),
    /// End a suppression
    Unsuppress(Unsuppress),
    /// Raise an alarm that no rule did; prints its fingerprint
    Raise(Raise),
    /// Say that all alarms were looked through, and how many were open
    Review(Review),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub(in crate::cli) of: AlarmsOf,
    /// A table says who wrote each rule and why it fired; jsonl names every event
    #[arg(long, value_enum, default_value_t = AlarmFormat::Table)]
    pub(in crate::cli) format: AlarmFormat,
    /// With -w: list those too that nobody has to look at any more; jsonl always does
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Only those that stand so
    #[arg(long, value_name = "STATE", value_parser = states())]
    pub(in crate::cli) state: Option<State>,
    /// Only those with an event that passes this filter
    #[arg(long, value_name = "FILTER")]
    pub(in crate::cli) filter: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// Sources and the fingerprint, or enough of its beginning; with -w only that
    #[arg(required = true, value_name = "SOURCE|FINGERPRINT", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) words: Vec<OsString>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) window: TimeWindow,
    /// How to print it
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub(in crate::cli) format: SheetFormat,
}

/// Alarms of a case.
#[derive(Debug, Args)]
pub(in crate::cli) struct On {
    /// Fingerprints of alarms, or enough of their beginnings
    #[arg(required = true, value_name = "FINGERPRINT")]
    pub(in crate::cli) alarms: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
}

/// Whose evidence, and what is asked of it.
#[derive(Debug, Args)]
pub(in crate::cli) struct By {
    /// The workspace: its sources are read, and its journal says what was decided
    #[arg(short, long, value_name = "NAME")]
    pub(in crate::cli) workspace: Option<String>,
    /// A file or folder of Sigma rules, beside the product's own
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) rules: Vec<PathBuf>,
    /// What is yours, what nobody may touch, and how sharp detectors are [default: the workspace's
    /// estate.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) estate: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) trust: Trust,
}

impl By {
    pub(in crate::cli) fn of(&self, sources: Vec<OsString>, window: &TimeWindow) -> AlarmsOf {
        AlarmsOf {
            sources,
            workspace: self.workspace.clone(),
            rules: self.rules.clone(),
            estate: self.estate.clone(),
            trust: self.trust.clone(),
            window: window.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Suppress {
    /// The rule: its id or the beginning of it, the name of its file, or its title
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) rule: String,
    /// Only alarms about this, such as principal=NAME, principal=*scanner* or src.ip=203.0.113.0/24
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(in crate::cli) about: Option<String>,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
    /// Such as 30d or 2026-03-04
    #[arg(long, value_name = "T")]
    pub(in crate::cli) until: String,
    /// Who answers for it [default: whoever writes it]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) owner: Option<String>,
    /// Print which alarms it would hide now, and write nothing
    #[arg(long)]
    pub(in crate::cli) preview: bool,
    #[command(flatten)]
    pub(in crate::cli) by: By,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Suppressed {
    #[command(flatten)]
    pub(in crate::cli) by: By,
    /// How to print them
    #[arg(long, value_enum, default_value_t = AlarmFormat::Table)]
    pub(in crate::cli) format: AlarmFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Unsuppress {
    /// The rule, named as for `suppress`
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) rule: String,
    /// What it is about, if it is about something
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(in crate::cli) about: Option<String>,
    /// The workspace
    #[arg(short, long, value_name = "NAME")]
    pub(in crate::cli) workspace: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Raise {
    /// How grave it is
    #[arg(long, value_name = "SEVERITY", value_parser = levels())]
    pub(in crate::cli) severity: Level,
    /// What happened
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) title: String,
    /// When it happened, or how long ago [default: now]
    #[arg(long, value_name = "T")]
    pub(in crate::cli) at: Option<String>,
    /// Whom or what it is about, such as principal=NAME; several times if need be
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(in crate::cli) about: Vec<String>,
    /// The workspace
    #[arg(short, long, value_name = "NAME")]
    pub(in crate::cli) workspace: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Review {
    /// What is to be said of it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(in crate::cli) note: String,
    /// How often alarms are to be looked through, such as 84h, 3d or 1w
    #[arg(long, value_name = "LENGTH", default_value = CADENCE)]
    pub(in crate::cli) every: String,
    /// Write nothing, and end with 1 if the last time is longer ago than that, or an alarm that was open then
    /// has not a word of what was found out
    #[arg(long)]
    pub(in crate::cli) check: bool,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) window: TimeWindow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AlarmFormat {
    Table,
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SheetFormat {
    Text,
    Json,
}

/// Reads words of a closed list; what is none is told with the nearest.
fn verdicts() -> impl TypedValueParser<Value = Verdict> {
    let all = Verdict::ALL.iter().map(|one| PossibleValue::new(one.as_str()).help(one.help()));
    PossibleValuesParser::new(all).try_map(|text| Verdict::parse(&text).ok_or("no such verdict"))
}

fn states() -> impl TypedValueParser<Value = State> {
    let all = State::ALL.iter().map(|one| one.as_str());
    PossibleValuesParser::new(all).try_map(|text| State::parse(&text).ok_or("no such state"))
}

fn levels() -> impl TypedValueParser<Value = Level> {
    let all = Level::ALL.iter().map(|one| one.as_str());
    PossibleValuesParser::new(all).try_map(|text| Level::parse(&text).ok_or("no such severity"))
}
