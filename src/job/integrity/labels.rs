//! What the rows of the grid are called, in as few columns as there are: whatever is left out, no
//! two of them read alike.

use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::Scope;
use std::collections::HashMap;

/// Columns that there may be: a third of a screen of 120, of 80, and of the smallest.
const ROOMS: [usize; 3] = [40, 26, 20];

/// Columns of what stands for what is left out, on an ASCII screen too.
const ELLIPSIS: usize = 3;

/// Columns of the beginning that stay where what rows have in common is left out.
const HEAD: usize = 5;

/// A label for each row.
#[derive(Debug, PartialEq, Eq)]
pub struct Labels {
    pub texts: Vec<String>,
    /// Columns that the longest may take.
    pub width: usize,
}

/// The labels for each room, the most telling first: all of a scope, what tells it from the
/// others, and that cut.
#[derive(Debug)]
pub(super) struct Choice(Vec<Labels>);

impl Choice {
    pub(super) fn of(scopes: &[Scope]) -> Self {
        let differ =
            |of: fn(&Scope) -> &str| scopes.windows(2).any(|two| of(&two[0]) != of(&two[1]));
        let accounts = differ(|scope| &scope.account);
        let trails = scopes.len() == 1 || differ(trail);
        let organizations = differ(organization);
        let label = |scope: &Scope, account: bool, trail_too: bool| {
            let mut parts = vec![scope.region.as_str()];
            parts.extend(account.then_some(scope.account.as_str()));
            parts.extend(trail_too.then(|| trail(scope)));
            parts.extend(organizations.then(|| organization(scope)));
            spelled(&parts.join(" "))
        };
        let whole = scopes.iter().map(|scope| label(scope, true, true)).collect();
        let telling: Vec<String> =
            scopes.iter().map(|scope| label(scope, accounts, trails)).collect();
        let cut = ROOMS.map(|room| Labels::apart(&telling, room));
        let uncut = [whole, telling].map(|texts: Vec<String>| Labels::apart(&texts, usize::MAX));
        Self(uncut.into_iter().chain(cut).collect())
    }

    /// The most telling that fit into so many columns.
    pub(super) fn within(&self, room: usize, whole: bool) -> &Labels {
        let choice = &self.0[usize::from(!whole)..];
        choice.iter().find(|labels| labels.width <= room).unwrap_or(&choice[choice.len() - 1])
    }
}

impl Labels {
    /// What stands for what is left out; a screen may have another glyph for it.
    pub const LEFT_OUT: &str = "…";

    fn apart(whole: &[String], room: usize) -> Self {
        let mut texts: Vec<String> = whole.iter().map(|text| middle(text, room)).collect();
        for group in alike(&texts) {
            let shared = shared(group.iter().map(|row| whole[*row].as_str()));
            for row in group {
                texts[row] = from(&whole[row], shared, room);
            }
        }
        // There is nothing left that tells them apart: a number does.
        for group in alike(&texts) {
            for row in group {
                let number = format!(" #{}", row + 1);
                texts[row] = middle(&whole[row], room.saturating_sub(number.len())) + &number;
            }
        }
        let columns = |text: &String| {
            let cuts = text.matches(Self::LEFT_OUT).count();
            text.chars().count() + cuts * (ELLIPSIS - 1)
        };
        let width = texts.iter().map(columns).max().unwrap_or(0);
        Self { texts, width }
    }
}

/// The rows whose labels are the same, together.
fn alike(texts: &[String]) -> Vec<Vec<usize>> {
    let mut rows: HashMap<&str, Vec<usize>> = HashMap::new();
    for (row, text) in texts.iter().enumerate() {
        rows.entry(text).or_default().push(row);
    }
    rows.into_values().filter(|rows| rows.len() > 1).collect()
}

/// In ASCII, as names of trails and accounts are, so that a byte is a column.
fn spelled(text: &str) -> String {
    show(text, Mode { place: Place::Table, glyphs: Glyphs::Ascii }).as_str().to_owned()
}

/// The beginning and the end of a text.
fn middle(text: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let left = room.saturating_sub(ELLIPSIS);
    let (head, tail) = (left / 2, left - left / 2);
    let head = text.get(..head).unwrap_or_default();
    let tail = text.get(text.len() - tail..).unwrap_or_default();
    [head, Labels::LEFT_OUT, tail].concat()
}

/// The beginning, and the text from where it differs from others.
fn from(text: &str, shared: usize, room: usize) -> String {
    let rest = text.get(shared.max(HEAD)..).unwrap_or_default();
    let head = text.get(..HEAD).unwrap_or_default();
    [head, Labels::LEFT_OUT, &middle(rest, room.saturating_sub(HEAD + ELLIPSIS))].concat()
}

/// How many bytes the texts have in common at their beginnings.
fn shared<'a>(mut texts: impl Iterator<Item = &'a str>) -> usize {
    let Some(first) = texts.next() else { return 0 };
    let same = |text: &str| first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    texts.map(same).min().unwrap_or(0)
}

fn trail(scope: &Scope) -> &str {
    scope.trail.as_deref().unwrap_or("no trail")
}

fn organization(scope: &Scope) -> &str {
    scope.organization.as_deref().unwrap_or("no organization")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;
    use proptest::prelude::*;

    fn scope(region: &str, account: &str, trail: &str) -> Scope {
        let (region, account) = (region.to_owned(), account.to_owned());
        let window = (Timestamp(0), Timestamp(0));
        Scope { trail: Some(trail.to_owned()), account, region, organization: None, window }
    }

    fn texts(scopes: &[Scope], room: usize) -> Vec<String> {
        Choice::of(scopes).within(room, false).texts.clone()
    }

    #[test]
    fn two_trails_whose_names_differ_at_their_ends_read_apart() {
        let trails = ["management-events-of-production", "management-events-of-development"];
        let scopes = trails.map(|name| scope("eu-central-1", "111122223333", name));
        assert_eq!(texts(&scopes, 26), ["eu-central-…f-production", "eu-central-…-development"]);
        assert_eq!(texts(&scopes, 20), ["eu-centr…roduction", "eu-centr…velopment"]);
        assert_eq!(texts(&scopes, 60)[0], "eu-central-1 management-events-of-production");
    }

    #[test]
    fn what_differs_in_the_middle_is_seen() {
        let scopes = [("222233334444", "main"), ("222255554444", "main"), ("2", "a")]
            .map(|(account, trail)| scope("eu-central-1", account, trail));
        assert_eq!(
            texts(&scopes, 20),
            ["eu-ce…3333… main", "eu-ce…5555… main", "eu-central-1 2 a"]
        );
        let scopes = ["a-one-which-is-long", "b-two-which-is-long"]
            .map(|name| scope("eu-central-1", "1", name));
        assert_eq!(texts(&scopes, 20), ["eu-ce…a-on…-long", "eu-ce…b-tw…-long"]);
    }

    #[test]
    fn what_differs_in_nothing_that_is_named_has_a_number() {
        let scopes = [scope("eu-west-1", "1", "a"), scope("eu-west-1", "1", "a")];
        assert_eq!(texts(&scopes, 20), ["eu-west-1 #1", "eu-west-1 #2"]);
    }

    proptest! {
        #[test]
        fn no_two_read_alike_and_all_fit(
            trails in proptest::collection::vec("[ab]{0,3}[xy\u{202e}]{20}[ab]{0,3}", 1..20),
        ) {
            let scopes: Vec<Scope> =
                trails.iter().map(|name| scope("eu-central-1", "111122223333", name)).collect();
            let choice = Choice::of(&scopes);
            for room in [20, 26, 33, 40, 90] {
                for whole in [false, true] {
                    let labels = choice.within(room, whole);
                    prop_assert!(labels.width <= room, "{labels:?}");
                    prop_assert_eq!(alike(&labels.texts), Vec::<Vec<usize>>::new());
                }
            }
        }
    }
}
