//! What may be typed after `trailcase scan`.

use super::{CoverageFormat, TimeWindow};
use clap::{Args, ValueHint};
use std::ffi::OsString;

#[derive(Debug, Args)]
pub(in crate::cli) struct Scan {
    /// Files, folders, archives, or - for standard input
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) sources: Vec<OsString>,
    /// The sources of this workspace
    #[arg(short, long, value_name = "NAME")]
    pub(in crate::cli) workspace: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) window: TimeWindow,
    /// How to print it
    #[arg(long, value_enum, default_value_t = CoverageFormat::Table)]
    pub(in crate::cli) format: CoverageFormat,
}
