//! Writes ordinary CloudTrail events in the layout of a bucket: `peers DIR EVENTS PER_FILE`.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, events, per_file] = arguments.as_slice() else {
        return Err("usage: peers DIR EVENTS PER_FILE".into());
    };
    let summary = trailcase::cli::demo::write_cloudtrail(
        Path::new(dir),
        events.parse()?,
        per_file.parse()?,
    )?;
    writeln!(std::io::stdout(), "{summary:?}")?;
    Ok(())
}
