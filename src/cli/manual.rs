//! `trailcase man`: one manual page, made from the same definitions as `--help`: the program with
//! the options of every command first, then each command.

use super::args::Cli;
use super::console::Console;
use super::error::CliError;
use super::status::Status;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::io::{self, Write};

/// What `--help` does not say, in the roff of manual pages.
const CLOSING: &str = r".SH EXIT STATUS
Of several, the first in the order 2, 4, 1, 3.
.TP
\fB0\fR
done, also if nothing matched
.TP
\fB1\fR
evidence or a journal was found wrong; nothing matched, with \fB\-\-exit\-match\fR
.TP
\fB2\fR
a mistake in the command, a settings file or the filter; no place for a workspace
.TP
\fB3\fR
some of it could not be read
.TP
\fB4\fR
nothing could be read
.SH FILES
.TP
\fI~/.local/share/trailcase/workspaces/\fR
the workspaces, if \fB\-\-workspace\-dir\fR names no other folder
.TP
\fI~/.config/trailcase/\fR, \fI/etc/trailcase/\fR
keymaps and themes of your own
";

pub(super) fn run(console: &mut Console) -> Result<Status, CliError> {
    let mut page = Vec::new();
    write(&mut page).map_err(CliError::Output)?;
    for line in page.strip_suffix(b"\n").unwrap_or(&page).split(|&byte| byte == b'\n') {
        console.exact(line)?;
    }
    Ok(Status::Done)
}

fn write(page: &mut Vec<u8>) -> io::Result<()> {
    let mut program = Cli::command();
    program.build();
    let commands: Vec<Command> = program.get_subcommands().cloned().collect();
    let program = Man::new(program);
    program.render_title(page)?;
    program.render_name_section(page)?;
    program.render_synopsis_section(page)?;
    program.render_description_section(page)?;
    program.render_options_section(page)?;
    commands.into_iter().try_for_each(|command| chapter(command, page))?;
    page.write_all(CLOSING.as_bytes())
}

/// A command, or each of those below it.
fn chapter(command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    if command.has_subcommands() {
        let below: Vec<Command> = command.get_subcommands().cloned().collect();
        return below.into_iter().try_for_each(|command| chapter(command, page));
    }
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_uppercase();
    writeln!(page, ".SH \"{name}\"")?;
    // The options of every command stand at the beginning of the page.
    let command = command.mut_args(|option| {
        let told = option.is_global_set() || option.get_id() == "help";
        option.hide(told)
    });
    let has_options = command.get_arguments().any(|option| !option.is_hide_set());
    let man = Man::new(command);
    let mut text = Vec::new();
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if has_options {
        man.render_options_section(&mut text)?;
    }
    // What is a section of its own page is a part of a section here.
    for line in String::from_utf8_lossy(&text).lines() {
        match line.strip_prefix(".SH ") {
            Some(title) => writeln!(page, ".SS {title}")?,
            None => writeln!(page, "{line}")?,
        }
    }
    Ok(())
}
