//! Writes ordinary events in the layout of a bucket, the same bytes each time:
//! `peers cloudtrail|mixed DIR EVENTS PER_FILE`.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use trailcase::cli::demo;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, dir, events, per_file] = arguments.as_slice() else {
        return Err("usage: peers cloudtrail|mixed DIR EVENTS PER_FILE".into());
    };
    let write = match kind.as_str() {
        "cloudtrail" => demo::write_cloudtrail,
        "mixed" => demo::write_mixed,
        other => return Err(format!("{other}: neither cloudtrail nor mixed").into()),
    };
    let summary = write(Path::new(dir), events.parse()?, per_file.parse()?)?;
    writeln!(std::io::stdout(), "{summary:?}")?;
    Ok(())
}
