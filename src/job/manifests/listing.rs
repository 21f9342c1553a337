//! All objects of the sources, with what keeps some of them from being read.

use crate::event::{Cancel, Reason};
use crate::source::{Item, Listed, Locator, Source};
use std::ops::ControlFlow;
use std::sync::Arc;

/// An object as listed.
pub(super) struct Object {
    pub(super) source: Arc<dyn Source>,
    /// The source's name joined with the key.
    pub(super) path: String,
    pub(super) item: Item,
    /// Why it is not to be read.
    pub(super) left: Option<Reason>,
}

pub(super) struct Listing {
    pub(super) objects: Vec<Object>,
}

impl Listing {
    /// Of the objects whose paths are wanted.
    pub(super) fn of(
        sources: &[Arc<dyn Source>],
        cancel: &Cancel,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut objects = Vec::new();
        for source in sources {
            source.list(cancel, &mut |listed| {
                let (item, left) = match listed {
                    Listed::Item(item) => (item, None),
                    Listed::Left { path, key, reason, .. } => {
                        let (bytes, modified, locator) = (None, None, Locator::Stdin);
                        (Item { path, key, bytes, modified, locator }, Some(reason))
                    }
                };
                if !is_wanted(&item.path) {
                    return ControlFlow::Continue(());
                }
                let (source, path) = (Arc::clone(source), item.path.clone());
                objects.push(Object { source, path, item, left });
                ControlFlow::Continue(())
            });
        }
        Self { objects }
    }
}
