//! What commands wrote: known by the name of the log stream, whatever a line says, since a command can
//! print the records of any log; or by that of the object, if it is no log by its content.

use super::filled::{Filled, Known, open};
use super::{Dispatch, Whole};
use crate::event::Sink;
use crate::format::activity::{OUTPUT, put_output};
use crate::format::envelope::Fallback;
use std::ops::ControlFlow;

impl Dispatch {
    /// Takes a line of a command's output; `None` if it is none.
    pub(super) fn output(
        &mut self,
        line: &str,
        fallback: &Fallback,
        whole: Whole<'_>,
        sink: &mut dyn Sink,
    ) -> Option<ControlFlow<()>> {
        let command = fallback.command.as_deref().or(self.key.command.as_deref())?;
        let schema = &*OUTPUT;
        let mut row = Filled::new(sink.row(schema), open(schema));
        put_output(&mut row, command, line);
        row.fill(Known { envelope: fallback, key: &self.key });
        self.records += 1;
        Some(sink.commit(schema, whole.frame, whole.raw))
    }
}
