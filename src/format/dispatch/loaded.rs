//! A decoder that has begun with an object, and what is known of its rows.

use super::filled::{Filled, Known, Open, open};
use crate::event::{Row, Schema};
use crate::format::Decoder;
use std::sync::Arc;

pub(super) struct Loaded {
    pub(super) decoder: Box<dyn Decoder>,
    pub(super) schema: Arc<Schema>,
    /// Slots of what others may fill.
    open: Open,
    /// As the decoder counts them.
    pub(super) lessons: u32,
}

impl Loaded {
    pub(super) fn new(decoder: Box<dyn Decoder>, own: &Arc<Schema>) -> Self {
        let schema = Arc::clone(decoder.schema().unwrap_or(own));
        let open = open(&schema);
        let lessons = decoder.lessons();
        Self { decoder, schema, open, lessons }
    }

    /// Lets the decoder read into a row, and fills what it leaves open.
    pub(super) fn decode<T>(
        &mut self,
        known: Known<'_>,
        row: &mut dyn Row,
        read: impl FnOnce(&mut dyn Decoder, &mut dyn Row) -> T,
    ) -> T {
        if known.is_nothing() {
            return read(&mut *self.decoder, row);
        }
        let mut filled = Filled::new(row, self.open);
        let read = read(&mut *self.decoder, &mut filled);
        filled.fill(known);
        read
    }

    /// Takes over what the decoder has learned of its columns.
    pub(super) fn learn(&mut self) {
        self.lessons = self.decoder.lessons();
        if let Some(schema) = self.decoder.schema()
            && !Arc::ptr_eq(schema, &self.schema)
        {
            self.open = open(schema);
            self.schema = Arc::clone(schema);
        }
    }

    /// Another one, which has learned what this one has.
    pub(super) fn again(&self) -> Self {
        let schema = Arc::clone(&self.schema);
        let (open, lessons) = (self.open, self.lessons);
        Self { decoder: self.decoder.again(), schema, open, lessons }
    }
}
