//! Members of the rows of a table that have others within them. What they are called stands in the
//! table's schema, so that is told once, and of each value what it is called and where it stands:
//! whoever decodes rows need not read the text around it.

use super::Dictionary;

/// Some such members, such as `"cloud":{"region":"eu-west-1"},`.
#[derive(Debug, Clone, Copy)]
pub struct Nested<'a> {
    /// One after the other.
    pub text: &'a str,
    /// Where each begins, and the one before it ends.
    pub bounds: &'a [u32],
    /// What is within them: each name behind the one around it, the member itself first.
    pub names: &'a [Name],
    /// For each name the dictionary that the values behind it are of.
    pub dictionaries: &'a [Dictionary],
    /// The values within them, in the order of the text.
    pub values: &'a [Within],
    /// For each of them, where its values begin, and those of the one before it end.
    pub firsts: &'a [u32],
}

/// A name within a member. Lists have none: what is in them is called as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As it stands in the text: in quotes, and with a colon.
    pub key: String,
    /// The place of the name around it, which of the member itself is its own.
    pub around: u32,
}

/// A value within a member: a plain one, or an object whose names are no part of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// The place of its name.
    pub name: u32,
    /// Where it stands in the text.
    pub from: u32,
    pub to: u32,
    /// Which entry of its name's dictionary it is; [`Cells::NONE`](super::Cells::NONE) for none.
    pub place: u32,
}

impl<'a> Nested<'a> {
    /// The values within a member.
    #[inline]
    pub fn values(&self, place: u32) -> &'a [Within] {
        let place = place as usize;
        let values = match (self.firsts.get(place), self.firsts.get(place.wrapping_add(1))) {
            (Some(from), Some(to)) => self.values.get(*from as usize..*to as usize),
            _ => None,
        };
        values.unwrap_or_default()
    }

    /// How a value within a member is written.
    #[inline]
    pub fn text(&self, value: &Within) -> Option<&'a str> {
        self.text.get(value.from as usize..value.to as usize)
    }

    /// The dictionary that it may be of.
    #[inline]
    pub fn dictionary(&self, value: &Within) -> Dictionary {
        self.dictionaries.get(value.name as usize).copied().unwrap_or_default()
    }
}
