//! Public keys are taken into a workspace on a thread of their own: a disk may hang, and CloudTrail is
//! far away.

use super::public_keys::{KeyFile, KeyFileError, Place, fetch};
use super::scribe::Order;
use crate::case::Workspace;
use crate::event::Cancel;
use crate::source::Aws;
use crate::verify::Signed;
use crossbeam_channel::Sender;
use std::io;

/// What it takes to take keys.
pub struct Taking {
    pub aws: Aws,
    pub workspace: Workspace,
    /// To whoever writes the journal; `None` if nobody does.
    pub orders: Option<Sender<Order>>,
    /// Of whose keys CloudTrail is asked.
    pub signed: Signed,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Keys that are kept in the workspace by now.
    pub keys: usize,
    /// A sentence for each thing that was not taken.
    pub left: Vec<String>,
}

impl Taking {
    /// Begins, and tells when it is over.
    pub fn start(self, place: Place, tell: impl FnOnce(Taken) + Send + 'static) -> io::Result<()> {
        let work = move || tell(self.take(place));
        std::thread::Builder::new().name("keys".to_owned()).spawn(work).map(drop)
    }

    fn take(&self, place: Place) -> Taken {
        let mut taken = Taken::default();
        let files = match place {
            Place::File(path) => vec![KeyFile::read(&path)],
            Place::CloudTrail(region) => {
                fetch(&self.aws, region.as_deref(), &self.signed, &Cancel::new())
            }
        };
        for file in files {
            if let Err(problem) = self.keep(file, &mut taken) {
                taken.left.push(problem);
            }
        }
        taken
    }

    fn keep(&self, file: Result<KeyFile, KeyFileError>, taken: &mut Taken) -> Result<(), String> {
        let mut file = file.map_err(|error| error.to_string())?;
        file.keep(&self.workspace).map_err(|error| error.to_string())?;
        if let Some(orders) = &self.orders {
            // A journal that is closed has nobody who looks at the screen either.
            let _ = orders.send(Order::Fact(file.fact(file.name.clone())));
        }
        taken.keys += file.keys;
        taken.left.append(&mut file.left);
        Ok(())
    }
}
