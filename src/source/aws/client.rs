//! A client of a service, kept as long as whoever asks with it is who asks.

use super::{Aws, lock};
use std::sync::Mutex;

/// The client that was made last, and the era that it is of.
#[derive(Debug)]
pub(in crate::source) struct Kept<C>(Mutex<Option<(u64, C)>>);

impl<C> Default for Kept<C> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<C: Clone> Kept<C> {
    /// The client, or the era that a new one will be of.
    pub(in crate::source) fn get(&self, aws: &Aws) -> Result<C, u64> {
        let era = aws.era();
        let kept = lock(&self.0);
        let of_now = kept.as_ref().filter(|(of, _)| *of == era);
        of_now.map(|(_, client)| client.clone()).ok_or(era)
    }

    /// Keeps a client that was made in this era.
    pub(in crate::source) fn keep(&self, era: u64, client: C) -> C {
        *lock(&self.0) = Some((era, client.clone()));
        client
    }
}
