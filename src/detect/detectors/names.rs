//! Names that segments have under codes of their own, under one number each.

use super::asked::Part;
use crate::store::{Codes, Column, Dict, Entry};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Stands for no name.
const NONE: u32 = u32::MAX;

/// What logs call whoever says no name: who they are is not known, and two of them need not be one.
pub(super) fn is_nobody(name: &str) -> bool {
    matches!(name, "ANONYMOUS_PRINCIPAL" | "system:anonymous")
}

/// Every name once, numbered as they come.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<String, u32, RandomState>,
    names: Vec<String>,
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// What number a row's name has, by the codes of one column, or of a second where the first says
/// nothing.
pub(super) struct Numbered<'a> {
    columns: Vec<(&'a Codes, Vec<u32>)>,
}

impl<'a> Numbered<'a> {
    /// `spell` makes the name of what stands in the column.
    pub(super) fn new(
        part: &'a Part,
        columns: &[&str],
        names: &mut Names,
        spell: impl Fn(&str) -> String,
    ) -> Self {
        let dicts = columns.iter().filter_map(|name| match part.column(name) {
            Some(Column::Dict(dict)) => Some(dict),
            _ => None,
        });
        let numbers = |dict: &'a Dict| {
            let mut numbers = vec![NONE; dict.distinct() + 1];
            for (index, number) in numbers.iter_mut().skip(1).enumerate() {
                *number = match dict.entry(index) {
                    Entry::Text(text) if text.is_empty() || is_nobody(text) => NONE,
                    Entry::Text(text) => names.number(&spell(text)),
                    Entry::Ip(address) => names.number(&spell(&address.to_string())),
                    Entry::List(items) => {
                        let first = items.into_iter().next();
                        first.map_or(NONE, |item| names.number(&spell(item)))
                    }
                };
            }
            (&dict.codes, numbers)
        };
        Self { columns: dicts.map(numbers).collect() }
    }

    /// Who acts: the role behind a session, which has a new name each time, or else the principal.
    pub(super) fn actors(part: &'a Part, names: &mut Names) -> Self {
        Self::new(part, &["role", "principal"], names, str::to_owned)
    }

    /// The same; and where nobody is named, the address.
    pub(super) fn anybody(part: &'a Part, names: &mut Names) -> Self {
        Self::new(part, &["role", "principal", "src.ip"], names, str::to_owned)
    }

    pub(super) fn of(&self, row: usize) -> Option<u32> {
        let number = |(codes, numbers): &(&Codes, Vec<u32>)| numbers[usize::from(codes.get(row))];
        self.columns.iter().map(number).find(|number| *number != NONE)
    }
}
