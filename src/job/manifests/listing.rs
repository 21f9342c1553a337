//! All objects of the sources, with what keeps some of them from being read.

use crate::event::{Cancel, Reason};
use crate::source::{Item, Listed, Locator, Source};
use crate::verify::manifest::{folder_of, joined, normal};
use std::ops::ControlFlow;
use std::path::Path;
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
    /// The folders that were named.
    roots: Vec<String>,
}

impl Listing {
    /// Of the objects whose paths are wanted.
    pub(super) fn of(
        sources: &[Arc<dyn Source>],
        cancel: &Cancel,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Self {
        let (mut objects, mut roots) = (Vec::new(), Vec::new());
        for source in sources {
            let mut is_folder = true;
            source.list(cancel, &mut |listed| {
                let (item, left) = match listed {
                    Listed::Item(item) => (item, None),
                    Listed::Left { path, key, reason, .. } => {
                        let (path, key) = (path.into(), key.as_str().into());
                        let (bytes, modified, locator) = (None, None, Locator::Stdin);
                        (Item { path, key, bytes, modified, locator }, Some(reason))
                    }
                };
                is_folder &= *item.path != *source.name();
                if !is_wanted(&item.path) {
                    return ControlFlow::Continue(());
                }
                let (source, path) = (Arc::clone(source), item.path.to_string());
                objects.push(Object { source, path, item, left });
                ControlFlow::Continue(())
            });
            roots.extend(is_folder.then(|| normal(source.name())));
        }
        Self { objects, roots }
    }

    /// Whether the name, of a manifest that is itself what was named and not found in a folder, leads
    /// to where no source is: nothing was listed there.
    pub(super) fn is_outside(&self, manifest: usize, name: &str) -> bool {
        let Object { source, path, .. } = &self.objects[manifest];
        if source.name() != path {
            return false;
        }
        let meant = joined(folder_of(path), name);
        let meant = Path::new(&meant);
        // The folder one is in is no beginning of a path.
        let is_here = || meant.is_relative() && !meant.starts_with("..");
        !self.roots.iter().any(|root| match root.as_str() {
            "" => is_here(),
            root => meant.starts_with(root),
        })
    }
}
