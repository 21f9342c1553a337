//! Writes ordinary events in the layout of a bucket, the same bytes each time:
//! `peers cloudtrail|mixed DIR EVENTS PER_FILE`, or a trail with its digests: `peers month DIR HOURS`.
//! `peers rules RULES DIR` asks Sigma rules of what was written, with another engine and with ours.

mod rules;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use trailcase::cli::demo;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let summary = match arguments.as_slice() {
        ["cloudtrail", dir, events, per_file] => {
            demo::write_cloudtrail(Path::new(dir), events.parse()?, per_file.parse()?)?
        }
        ["mixed", dir, events, per_file] => {
            demo::write_mixed(Path::new(dir), events.parse()?, per_file.parse()?)?
        }
        ["rules", rules, dir] => return rules::compare(Path::new(rules), Path::new(dir)),
        ["month", dir, hours] => demo::write_month(Path::new(dir), hours.parse()?)?,
        _ => {
            let usage = "usage: peers cloudtrail|mixed DIR EVENTS PER_FILE, peers month DIR HOURS, \
                         or peers rules RULES DIR";
            return Err(usage.into());
        }
    };
    writeln!(std::io::stdout(), "{summary:?}")?;
    Ok(())
}
