//! Standard input as a source of one object.

use super::pipe::Pipe;
use super::{Input, Item, Listed, Locator, Source};
use crate::event::{Cancel, Reason, ReasonKind};
use std::fs::File;
use std::ops::ControlFlow;
use std::os::fd::AsFd;

/// Standard input, named `-`. It can be read once.
#[derive(Debug, Default)]
pub struct Stdin;

impl Stdin {
    pub fn new() -> Self {
        Self
    }
}

impl Source for Stdin {
    fn name(&self) -> &'static str {
        "-"
    }

    fn list(&self, _: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let _ = emit(Listed::Item(Item {
            path: "-".into(),
            key: "-".into(),
            bytes: None,
            modified: None,
            locator: Locator::Stdin,
        }));
    }

    fn open(&self, item: &Item, _: &Cancel) -> Result<Input, Reason> {
        match item.locator {
            Locator::Stdin => {
                let input = std::io::stdin().as_fd().try_clone_to_owned().map_err(|error| {
                    Reason::new(ReasonKind::Io, format!("standard input: {error}"))
                })?;
                Ok(Input::Stream(Box::new(Pipe(File::from(input)))))
            }
            _ => Err(Reason::new(ReasonKind::NotFound, "is not standard input")),
        }
    }

    fn reopen(&self, _: &Item) -> Result<Input, Reason> {
        Err(Reason::new(ReasonKind::Unsupported, "can be read only once"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_itself_once_and_opens_nothing_else() {
        let mut items = Vec::new();
        Stdin::new().list(&Cancel::new(), &mut |listed| {
            if let Listed::Item(item) = listed {
                items.push(item);
            }
            ControlFlow::Continue(())
        });
        let mut item = items.pop().unwrap();
        assert!(items.is_empty());
        assert_eq!(&*item.path, "-");
        item.locator = Locator::Pipe("/dev/null".into());
        assert!(Stdin::new().open(&item, &Cancel::new()).is_err());
    }
}
