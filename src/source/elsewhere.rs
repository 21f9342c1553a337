//! What only a source has whose objects do not lie on this host: a service is asked for them, and
//! knows more than their bytes.

use super::{Amount, Item, Past};
use crate::event::{Cancel, Fact, Reason};
use std::ops::ControlFlow;

/// Such a source takes long to list. The files that its objects are kept in are nobody else's, so
/// that nobody looks at them again and again.
pub trait Elsewhere: Send + Sync {
    /// What is at hand without asking anybody: some of what a listing may give, or what is not
    /// there any more.
    fn at_hand(&self) -> Vec<Item>;

    /// Whether an object of this path would not be listed because of the window of time.
    fn leaves_out(&self, path: &str) -> bool;

    /// The object will be opened soon: one that has to be fetched may be on its way by then.
    fn ahead(&self, item: &Item, cancel: &Cancel);

    /// What was left for the limit on bytes when it was listed last.
    fn rest(&self) -> Amount;

    /// No limit holds any more: what was left is fetched when it is listed again.
    fn lift(&self);

    /// Tells what is new, until that is called off.
    fn watch(&self, cancel: &Cancel, news: &mut dyn FnMut(News)) -> Result<(), Reason>;

    /// Objects that grow while it is watched.
    fn growing(&self) -> Vec<Item> {
        Vec::new()
    }

    /// What a service says of an object besides its bytes, as `aws s3api head-object` prints it;
    /// known once the object was opened.
    fn metadata(&self, _: &Item) -> Option<Vec<u8>> {
        None
    }

    /// What it means that an object of it has no bytes, where that is no fault but an answer.
    fn silence(&self, _: &Item) -> Option<&'static str> {
        None
    }

    /// What keeps it from being deleted where it lies, as that was told when it was fetched.
    fn lock(&self, _: &Item) -> Option<String> {
        None
    }

    /// The path of the object that this one is a former version of, if it is one.
    fn former<'a>(&self, _: &'a Item) -> Option<&'a str> {
        None
    }

    /// Tells what it had and has no more, in the order of the keys, if it can know.
    ///
    /// # Errors
    /// It was not allowed to know, or not all of it; the reason says what to do.
    fn past(&self, _: &Cancel, _: &mut dyn FnMut(Past) -> ControlFlow<()>) -> Result<(), Reason> {
        Ok(())
    }

    /// What it says of itself beyond its objects; asked anew each time.
    fn facts(&self, _: &Cancel) -> Vec<Fact> {
        Vec::new()
    }
}

/// What is told while a source is watched.
#[derive(Debug)]
pub enum News {
    /// An object that was not there before.
    Item(Item),
    /// What a person has to know.
    Said(String),
}

impl News {
    /// A source of this name cannot be asked now.
    pub(super) fn away(name: &str, why: &Reason) -> Self {
        let what = "what is new is not known, and it is tried again";
        Self::Said(format!("{name}: {what}: {}", why.detail))
    }
}
