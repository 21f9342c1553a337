//! Which alarms are about the same, found without going through all of them: at each step of a cursor
//! and after each decision somebody wants to know.

use super::SHARED;
use crate::case::Ticket;
use crate::job::queue::Line;
use foldhash::quality::RandomState;
use std::collections::HashMap;

/// Alarms of a queue by what they are about.
#[derive(Debug, Default)]
pub struct Shared {
    /// Of a field of [`SHARED`], by its place there, and its value the places in the queue, ascending.
    places: HashMap<(usize, Box<str>), Vec<u32>, RandomState>,
    /// Alarms in the queue.
    len: usize,
}

/// What alarms have in common with one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Common<'a> {
    /// How many they are.
    pub count: usize,
    /// The first of them: the place in the queue, the field and the value.
    pub first: Vec<(usize, &'static str, &'a str)>,
}

impl Shared {
    pub fn new(queue: &[Line]) -> Self {
        let mut found = Self { len: queue.len(), ..Self::default() };
        for (place, line) in (0..).zip(queue) {
            for (number, field) in SHARED.iter().enumerate() {
                for value in line.ticket.entities.get(*field).into_iter().flatten() {
                    let places = found.places.entry((number, value.as_str().into())).or_default();
                    if places.last() != Some(&place) {
                        places.push(place);
                    }
                }
            }
        }
        found
    }

    /// The alarms about the same as this one, the first `most` of them by name. Each has the first
    /// field, and the first value of it, that both have.
    pub fn with<'a>(&self, ticket: &'a Ticket, queue: &[Line], most: usize) -> Common<'a> {
        let mut shares: Vec<Option<(&'static str, &'a str)>> = vec![None; self.len];
        for (number, field) in SHARED.iter().enumerate() {
            for value in ticket.entities.get(*field).into_iter().flatten() {
                let key = (number, value.as_str().into());
                for place in self.places.get(&key).into_iter().flatten() {
                    shares[*place as usize].get_or_insert((field, value));
                }
            }
        }
        let is_other = |place: usize| {
            queue.get(place).is_some_and(|line| line.ticket.fingerprint != ticket.fingerprint)
        };
        let shares = shares.into_iter().enumerate();
        let mut others = shares
            .filter_map(|(place, shared)| shared.map(|(field, value)| (place, field, value)))
            .filter(|(place, ..)| is_other(*place));
        let first: Vec<_> = others.by_ref().take(most).collect();
        Common { count: first.len() + others.count(), first }
    }
}

#[cfg(test)]
mod tests {
    use super::super::related;
    use super::*;
    use crate::case::State;
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn they_are_those_that_a_look_at_each_alarm_finds(
            all in proptest::collection::vec(
                proptest::collection::vec((0_usize..5, 0_usize..4), 0..6), 1..12),
            most in 0_usize..5,
        ) {
            let fields = ["event", "principal", "key", "src.ip", "resource"];
            let line = |(name, about): (usize, &Vec<(usize, usize)>)| {
                let mut ticket =
                    Ticket { fingerprint: name.to_string(), ..Ticket::default() };
                for (field, value) in about {
                    let values = ticket.entities.entry(fields[*field].to_owned()).or_default();
                    values.push(value.to_string());
                }
                let (raised, state, asset) = (None, State::New, None);
                Line { ticket: Arc::new(ticket), raised, state, news: 0, priority: 3, asset }
            };
            let queue: Vec<Line> = all.iter().enumerate().map(line).collect();
            let shared = Shared::new(&queue);
            for line in &queue {
                let naive = related(&line.ticket, &queue);
                let common = shared.with(&line.ticket, &queue, most);
                prop_assert_eq!(common.count, naive.len());
                let name = |place: usize| queue[place].ticket.fingerprint.as_str();
                let first: Vec<_> =
                    common.first.iter().map(|(place, field, value)| (name(*place), *field, *value)).collect();
                let naive: Vec<_> = naive
                    .iter()
                    .take(most)
                    .map(|(line, field, value)| (line.ticket.fingerprint.as_str(), *field, *value))
                    .collect();
                prop_assert_eq!(first, naive);
            }
        }
    }
}
