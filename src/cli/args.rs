//! What may be typed after `trailcase`. No work is done here.

mod alarms;
mod record;
mod scan;

pub(super) use alarms::{
    AlarmFormat, Alarms, By, List, On, Raise, Review, SheetFormat, Show, Suppress, Suppressed,
    Unsuppress,
};
pub(super) use record::Record;
pub(super) use scan::Scan;

use super::memory;
use crate::event::Code;
use crate::job::public_keys::Place;
use crate::ui::terminal;
use crate::verify::presence::Period;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint, value_parser};
use std::ffi::OsString;
use std::path::PathBuf;

/// Investigate security logs in the terminal.
///
/// Without a command: pick a workspace, or start one.
#[derive(Debug, Parser)]
#[command(name = "trailcase", version, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

impl Cli {
    /// Reads the command line. A filter may begin with `-`.
    pub(super) fn of(arguments: impl IntoIterator<Item = OsString>) -> clap::error::Result<Self> {
        let mut open = true;
        Self::try_parse_from(arguments.into_iter().map(|argument| {
            open &= argument != "--";
            match argument.to_str() {
                // Behind a space, which filters ignore, it is no option.
                Some(text) if open && is_negated_term(text) => format!(" {text}").into(),
                _ => argument,
            }
        }))
    }
}

/// Whether this is a term such as `-event:Get*`, which can be no option.
fn is_negated_term(text: &str) -> bool {
    let term = text.strip_prefix('-').filter(|term| !term.starts_with('-'));
    term.is_some_and(|term| term.contains([':', '<', '>', '"', '/', '(', ' ']))
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// Folder of the workspaces [default: the user's data folder]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) workspace_dir: Option<PathBuf>,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto)]
    pub(super) color: ColorChoice,
    /// Characters to draw with [default: by the locale]
    #[arg(long, global = true, value_enum)]
    pub(super) glyphs: Option<Glyphs>,
    /// Keymap: default, vim, emacs, or one of your own
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) keymap: Option<String>,
    /// Theme: dark, light, high-contrast, mono, or one of your own
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) theme: Option<String>,
    /// Let the mouse point, scroll and brush; with shift, most terminals still select text
    #[arg(long, global = true)]
    pub(super) mouse: bool,
    /// Reading threads [default: as many as there are processors]
    #[arg(long, global = true, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
    /// Memory for events, such as 2GB or 512MiB [default: half of what there is]
    #[arg(long, global = true, value_name = "SIZE", value_parser = memory::parse)]
    pub(super) memory: Option<u64>,
    /// Zone of times that name none, such as +01:00 [default: UTC]
    #[arg(long, global = true, value_name = "ZONE")]
    pub(super) zone: Option<String>,
    /// Profile of AWS [default: by the environment, or the default one]
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Region of AWS [default: by the environment or the profile]
    #[arg(long, global = true, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// Another server than AWS
    #[arg(long, global = true, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
    /// Code that the MFA device of the profile shows now [default: asked for]
    #[arg(long, global = true, value_name = "CODE", value_parser = Code::parse)]
    pub(super) mfa_code: Option<Code>,
    /// Bytes to fetch of one source at most, such as 100GB [default: 20GB]
    #[arg(long, global = true, value_name = "SIZE", value_parser = memory::size)]
    pub(super) fetch_limit: Option<u64>,
    /// Of sources in S3, read former versions too, also of what was deleted
    #[arg(long, global = true)]
    pub(super) versions: bool,
    /// Agree to pay for reading buckets in S3 that let the requester pay
    #[arg(long, global = true)]
    pub(super) requester_pays: bool,
    /// Write figures of every frame to this file when the screen closes
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub(super) stats: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Never,
    Mono,
    #[value(name = "16")]
    Sixteen,
    #[value(name = "256")]
    Indexed,
    Truecolor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Glyphs {
    Unicode,
    Ascii,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// A made-up incident over many sources, ready to explore
    Demo,
    /// Investigate files, folders, archives or standard input (-)
    Open(Open),
    /// Print the events that match a filter
    Query(Query),
    /// Print what became of every evidence object
    Coverage(Coverage),
    /// Count personal data and secrets in the records of each source, without printing them
    Scan(Scan),
    /// Verify CloudTrail's digest chains, without a network unless you name something there
    Verify(Verify),
    /// What the rules find in the evidence, what was decided about it, and what became of each rule
    #[command(subcommand)]
    Alarms(Alarms),
    /// Write the incident record of a workspace: for people, for other systems, or all of it as a
    /// signed bundle
    Record(Record),
    /// List, show, check, export, import and delete workspaces, and change their sources
    #[command(subcommand)]
    Workspace(Workspace),
    /// The log formats that are recognised, and their fields
    #[command(subcommand)]
    Formats(Formats),
    /// The keymaps
    #[command(subcommand)]
    Keymap(Styled),
    /// The themes
    #[command(subcommand)]
    Theme(Styled),
    /// Say what this host, its disks and the terminal can do
    Doctor(Doctor),
    /// Print the script with which a shell completes commands and options
    Completions(Completions),
    /// Print the manual page
    Man,
}

#[derive(Debug, Default, Args)]
pub(super) struct AlarmsOf {
    /// Files, folders, archives, or - for standard input
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(super) sources: Vec<OsString>,
    /// The sources of this workspace
    #[arg(short, long, value_name = "NAME")]
    pub(super) workspace: Option<String>,
    /// A file or folder of Sigma rules, beside the product's own
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) rules: Vec<PathBuf>,
    /// What is yours, what nobody may touch, and how sharp detectors are [default: the workspace's
    /// estate.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) estate: Option<PathBuf>,
    #[command(flatten)]
    pub(super) trust: Trust,
    #[command(flatten)]
    pub(super) window: TimeWindow,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// How to print it
    #[arg(long, value_enum, default_value_t = DoctorFormat::Text)]
    pub(super) format: DoctorFormat,
    /// Print the IAM policy that reading from AWS takes instead; nothing in it writes
    #[arg(long)]
    pub(super) iam_policy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DoctorFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    pub(super) shell: Shell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub(super) struct Open {
    /// Files, folders, archives, or - for standard input
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(super) sources: Vec<OsString>,
    /// Workspace to work in; made if it is new
    #[arg(short, long, value_name = "NAME")]
    pub(super) workspace: Option<String>,
    /// Go on reading files that grow, load files that appear, and stay on the newest event
    #[arg(long)]
    pub(super) follow: bool,
    /// Mark every event with a value of this file, one a line; the workspace remembers it
    #[arg(long, value_name = "FILE")]
    pub(super) indicators: Vec<String>,
    #[command(flatten)]
    pub(super) window: FetchWindow,
    /// Keep what `aws cloudtrail list-public-keys` printed in the workspace, and verify with it;
    /// cloudtrail:// asks CloudTrail itself
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) public_keys: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Query {
    /// Sources, then the filter, if the last argument is none; with -w only the filter
    #[arg(value_name = "SOURCE|FILTER", value_hint = ValueHint::AnyPath)]
    pub(super) words: Vec<OsString>,
    /// The sources of this workspace
    #[arg(short, long, value_name = "NAME")]
    pub(super) workspace: Option<String>,
    /// Tables and CSV show hostile text spelled out; jsonl is exact
    #[arg(long, value_enum, default_value_t = RowFormat::Table)]
    pub(super) format: RowFormat,
    /// Fields to print, such as time,event,principal; `raw` is the record itself
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) fields: Vec<String>,
    /// Print this many events at most
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// Print only how many there are
    #[arg(long, conflicts_with_all = ["by", "fields", "limit"])]
    pub(super) count: bool,
    /// Print how many there are of each value of a field, most first
    #[arg(long, value_name = "FIELD", conflicts_with = "fields")]
    pub(super) by: Option<String>,
    #[command(flatten)]
    pub(super) window: TimeWindow,
    /// Say how the filter is understood and what it costs, instead of running it
    #[arg(long)]
    pub(super) explain: bool,
    #[command(flatten)]
    pub(super) trust: Trust,
    /// With alarm: in the filter, a file or folder of Sigma rules beside the product's own
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) rules: Vec<PathBuf>,
    /// With alarm: in the filter, what is yours [default: the workspace's estate.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) estate: Option<PathBuf>,
    /// End with 0 if an event matches and with 1 if none does
    #[arg(long)]
    pub(super) exit_match: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub(super) struct TimeWindow {
    /// Leave out events before this time: a day, a time or both, or lastN[smhd] before the newest
    /// event
    #[arg(long, value_name = "T")]
    pub(super) since: Option<String>,
    /// Leave out events from this time on, written likewise
    #[arg(long, value_name = "T")]
    pub(super) until: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(super) struct FetchWindow {
    /// Fetch only what may hold events from this day or time on; the workspace remembers it
    ///
    /// Of buckets in the layout of AWS, whole dates outside of the window are neither listed nor
    /// fetched; the ledger says which. Files on this host are read whole. A window that is given
    /// anew takes the place of the one before.
    #[arg(long, value_name = "T")]
    pub(super) since: Option<String>,
    /// Fetch only what may hold events before this day or time
    #[arg(long, value_name = "T")]
    pub(super) until: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RowFormat {
    Table,
    Jsonl,
    Csv,
    /// A page for each event, with which others can check that its record is untouched
    Proof,
}

#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// Files, folders, archives, or - for standard input
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(super) sources: Vec<OsString>,
    /// The sources of this workspace
    #[arg(short, long, value_name = "NAME")]
    pub(super) workspace: Option<String>,
    #[command(flatten)]
    pub(super) window: TimeWindow,
    /// Print which sources are there, where they have no events, and what that means
    ///
    /// For each format, account and Region: hours with events and gaps, what is not yet delivered,
    /// which sources are absent or were switched off, how far back all of it reaches, and whose
    /// clocks its times are from. A gap is longer than ten times the median distance between
    /// neighbouring minutes with events, and at least five minutes.
    #[arg(long)]
    pub(super) gaps: bool,
    /// Print how many events name who, from where, what, on what, when and the outcome
    ///
    /// For each source, and each format in it: who is any field with a principal, from where any
    /// address but that of the responder, on what any resource; an outcome is one that is known.
    #[arg(long)]
    pub(super) fields: bool,
    /// With --gaps: how far back logs have to reach, such as 90d, 12mo or 1y [default: 90d,12mo]
    #[arg(long, value_name = "PERIODS", value_delimiter = ',', requires = "gaps",
        value_parser = period)]
    pub(super) retention: Vec<Period>,
    #[command(flatten)]
    pub(super) trust: Trust,
    /// How to print it
    #[arg(long, value_enum, default_value_t = CoverageFormat::Table)]
    pub(super) format: CoverageFormat,
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).ok_or_else(|| "write days, months or years: 90d, 12mo, 1y".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CoverageFormat {
    Table,
    Json,
}

/// What signatures are checked with.
#[derive(Debug, Default, Clone, Args)]
pub(super) struct Trust {
    /// What `aws cloudtrail list-public-keys` printed; as many files as there are. cloudtrail://
    /// asks CloudTrail itself, for all Regions of the digests, or with a Region behind it for that
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) public_keys: Vec<PathBuf>,
    /// Folder with what `aws s3api head-object` printed of each digest, as BUCKET/KEY.meta.json
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) metadata: Vec<PathBuf>,
}

impl Trust {
    pub(super) fn is_named(&self) -> bool {
        !self.public_keys.is_empty() || !self.metadata.is_empty()
    }

    /// Whether CloudTrail is to be asked.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.public_keys.iter().any(|name| matches!(Place::of(name), Place::CloudTrail(_)))
    }

    /// The arguments that name it again.
    pub(super) fn named(&self) -> impl Iterator<Item = String> {
        let keys = self.public_keys.iter().map(|path| format!("--public-keys={}", path.display()));
        keys.chain(self.metadata.iter().map(|path| format!("--metadata={}", path.display())))
    }
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Copies of buckets, or parts of them: folders, archives, files
    #[arg(required = true, value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(super) sources: Vec<OsString>,
    #[command(flatten)]
    pub(super) trust: Trust,
    #[command(flatten)]
    pub(super) window: TimeWindow,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(super) format: ReportFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Subcommand)]
pub(super) enum Workspace {
    /// List the workspaces, with what they take up of the disk
    List,
    /// Show what a workspace holds
    Show { name: String },
    /// Verify a workspace's journal, colleagues' chains, files and, if asked, its evidence
    ///
    /// The journal, the chains and copies of what cannot be read again are always read. Evidence in
    /// its own place is read and hashed again with --evidence alone, since that takes as long as
    /// reading it took.
    Check(Check),
    /// Write a workspace into one file
    Export(Export),
    /// Take in a workspace from a file
    ///
    /// If it is a copy of a case that is here, its journal comes to lie beside yours as a chain of
    /// its own, and what both say is one case.
    Import(Import),
    /// Delete a workspace, but not the evidence outside of it
    Delete {
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Place a workspace under legal hold: it cannot be deleted
    Hold(Reasoned),
    /// End the legal hold
    Release(Reasoned),
    /// Make a workspace without a screen; `alarms`, `query` and `record` then take it with -w
    #[command(alias = "new")]
    Create(Made),
    /// Add sources to a workspace
    #[command(alias = "add")]
    AddSource(Sources),
    /// Remove sources from a workspace; their events are no longer read
    RemoveSource(Sources),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    pub(super) name: String,
    /// Hash the evidence again and compare it with what it was when it was acquired
    #[arg(long)]
    pub(super) evidence: bool,
    /// A head that was written down earlier (its first 12 digits or more) that must still be in a
    /// chain: else entries were cut off the end, which nothing else tells
    #[arg(long, value_name = "HASH")]
    pub(super) head: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    pub(super) name: String,
    /// File to write [default: NAME-HASH.trailcase.tar.zst in this folder]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
    /// With the evidence itself, as far as it is local files
    #[arg(long, conflicts_with = "manifest")]
    pub(super) evidence: bool,
    /// Only the journal and the list of the evidence, without copies of what came through a pipe
    #[arg(long)]
    pub(super) manifest: bool,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    /// Make it a new workspace of this name
    #[arg(long, value_name = "NAME", conflicts_with = "into")]
    pub(super) name: Option<String>,
    /// Put its journal beside that of this workspace
    #[arg(long, value_name = "NAME")]
    pub(super) into: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Reasoned {
    pub(super) name: String,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
}

#[derive(Debug, Args)]
pub(super) struct Made {
    pub(super) name: String,
    /// Files, folders, archives, buckets or log groups; more may be added later
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(super) sources: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct Sources {
    pub(super) name: String,
    /// Files, folders or archives
    #[arg(required = true, value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(super) sources: Vec<OsString>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Formats {
    /// List the formats
    List,
    /// Show a format's fields
    Show { name: String },
    /// Say which formats are found in a file, or what is wrong with a definition of one
    Check {
        #[arg(value_hint = ValueHint::FilePath)]
        file: OsString,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Styled {
    /// List them
    List,
    /// Print one as it is after all overrides
    Show { name: String },
    /// Look for mistakes in a file
    Check { file: PathBuf },
}

impl From<Glyphs> for terminal::Glyphs {
    fn from(glyphs: Glyphs) -> Self {
        match glyphs {
            Glyphs::Unicode => Self::Unicode,
            Glyphs::Ascii => Self::Ascii,
        }
    }
}

impl ColorChoice {
    /// What was asked for; `None` for automatic.
    pub(super) fn depth(self) -> Option<terminal::Depth> {
        match self {
            Self::Auto => None,
            Self::Never | Self::Mono => Some(terminal::Depth::Mono),
            Self::Sixteen => Some(terminal::Depth::Sixteen),
            Self::Indexed => Some(terminal::Depth::Indexed),
            Self::Truecolor => Some(terminal::Depth::Truecolor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str]) -> Option<(Vec<OsString>, bool)> {
        let line = ["trailcase", "query"].iter().chain(line).map(OsString::from);
        match Cli::of(line).ok()?.command {
            Some(Command::Query(query)) => Some((query.words, query.count)),
            _ => None,
        }
    }

    #[test]
    fn a_filter_may_begin_with_a_hyphen_and_an_option_is_still_one() {
        for (line, first) in [
            (vec!["-event:Get*", "--count"], " -event:Get*"),
            (vec!["--count", "-(ip:1 or ip:2)"], " -(ip:1 or ip:2)"),
            (vec!["--count", "-", "--", "-event:x"], "-"),
        ] {
            let (words, count) = words(&line).expect("a right command");
            assert_eq!((words[0].to_str(), count), (Some(first), true), "{line:?}");
        }
        assert_eq!(words(&["--", "-a:b"]), Some((vec!["-a:b".into()], false)));
        assert_eq!(words(&["x", "--cuont"]), None);
        assert_eq!(words(&["x", "-q"]), None);
    }

    #[test]
    fn the_definitions_hold_together() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
