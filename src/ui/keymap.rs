//! Which keys ask for which action. Keymaps are TOML files (`keymaps/*.toml`), laid over each
//! other by `inherits`; a key means something in a context, and what no context in front of it
//! claims is looked for in `global`.

mod key;
mod reading;

use crate::event::classes::words;
use crate::ui::action::Action;
use crate::ui::settings::{Places, Problem};
use std::collections::BTreeMap;
use std::time::Duration;

pub use key::{Code, Key};
pub use reading::check;

words! {
    /// Where a key is pressed.
    Context {
        /// Everywhere, unless another context claims the key.
        Global = "global",
        /// In whatever can be moved through.
        List = "list",
        Timeline = "timeline",
        Alarms = "alarms",
        Integrity = "integrity",
        Case = "case",
        Sources = "sources",
        /// One event, opened.
        Detail = "detail",
        /// A list that is narrowed by typing.
        Picker = "picker",
        /// Levels of choices, each narrowed by typing.
        Choose = "choose",
        /// A text field: keys that type characters reach no other context.
        Text = "text",
    }
}

impl Context {
    /// Characters are typed here, so that they can be no commands.
    pub const fn types(self) -> bool {
        matches!(self, Self::Text | Self::Picker | Self::Choose)
    }
}

/// What a chord typed so far means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    Action(Action),
    /// More keys are wanted: each next key, and what it would do (`None`: still more keys).
    Pending(Vec<(Key, Option<Action>)>),
    /// Nothing. If the only key is one that types, it belongs to the text field.
    NotFound,
}

type Chords = BTreeMap<Vec<Key>, Action>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    pub name: String,
    /// How long to wait for the next key of a chord.
    pub chord_timeout: Duration,
    /// How long until the continuations of a chord are shown.
    pub hint_delay: Duration,
    chords: BTreeMap<Context, Chords>,
}

impl Keymap {
    /// The keymap of this name. If its file is wrong, the built-in default, with the problems.
    pub fn load(name: &str, places: &Places) -> (Self, Vec<Problem>) {
        let (keymap, mut problems) = reading::load(name, places);
        if let Some(keymap) = keymap {
            return (keymap, problems);
        }
        problems.push(Problem {
            file: name.to_owned(),
            place: None,
            fatal: false,
            message: "keymap left out; the built-in default is used".to_owned(),
        });
        let built_in = reading::load("default", &Places::default()).0;
        (built_in.unwrap_or_else(Self::bare), problems)
    }

    /// What the keys typed so far mean, asked of the contexts in this order, the innermost
    /// first. `Global` belongs at the end; it is not added here.
    pub fn resolve(&self, contexts: &[Context], keys: &[Key]) -> Matched {
        let typing = keys.first().is_some_and(|key| key.typed().is_some());
        let mut next: BTreeMap<Key, Option<Action>> = BTreeMap::new();
        for context in contexts {
            if let Some(chords) = self.chords.get(context) {
                if let (Some(action), true) = (chords.get(keys), next.is_empty()) {
                    return Matched::Action(*action);
                }
                for (key, action) in continuations(chords, keys) {
                    next.entry(key).or_insert(action);
                }
            }
            if typing && context.types() {
                break;
            }
        }
        if next.is_empty() {
            Matched::NotFound
        } else {
            Matched::Pending(next.into_iter().collect())
        }
    }

    /// The chords that ask for the action in these contexts, the shortest first; chords that
    /// another context in front claims are left out.
    pub fn keys_for(&self, action: Action, contexts: &[Context]) -> Vec<String> {
        let mut found: Vec<&Vec<Key>> = Vec::new();
        for context in contexts {
            for (keys, bound) in self.chords.get(context).into_iter().flatten() {
                let reached = self.resolve(contexts, keys) == Matched::Action(action);
                if *bound == action && reached && !found.contains(&keys) {
                    found.push(keys);
                }
            }
        }
        // Plain keys are easier to say and to press than those with modifiers.
        found.sort_by_key(|keys| {
            (keys.len(), keys.iter().filter(|key| key.ctrl || key.alt).count())
        });
        found.into_iter().map(|keys| Key::chord_text(keys)).collect()
    }

    /// The first chord for the action, for a hint.
    pub fn hint(&self, action: Action, contexts: &[Context]) -> Option<String> {
        self.keys_for(action, contexts).into_iter().next()
    }

    /// The text and what keys do next, each as it is bound in these contexts: `it is full; w saves
    /// it`. Actions without a key are left out.
    pub fn hinted(&self, text: &str, contexts: &[Context], hints: &[(Action, &str)]) -> String {
        let mut hinted = text.to_owned();
        for (action, help) in hints {
            if let Some(key) = self.hint(*action, contexts) {
                hinted.extend(["; ", &key, " ", help]);
            }
        }
        hinted
    }

    /// Every binding, for help and `keymap show`.
    pub fn bindings(&self) -> impl Iterator<Item = (Context, &[Key], Action)> {
        self.chords.iter().flat_map(|(context, chords)| {
            chords.iter().map(|(keys, action)| (*context, keys.as_slice(), *action))
        })
    }

    /// Enough to see what happened and leave, should the built-in file be broken.
    fn bare() -> Self {
        let ctrl_c = Key { ctrl: true, ..Key::char('c') };
        let global = Chords::from([
            (vec![ctrl_c], Action::Quit),
            (vec![Key::plain(Code::Esc)], Action::Escape),
            (vec![Key::plain(Code::Function(1))], Action::Help),
        ]);
        Self {
            name: "bare".to_owned(),
            chord_timeout: Duration::from_millis(800),
            hint_delay: Duration::from_millis(350),
            chords: BTreeMap::from([(Context::Global, global)]),
        }
    }
}

fn continuations(chords: &Chords, keys: &[Key]) -> Vec<(Key, Option<Action>)> {
    chords
        .range(keys.to_vec()..)
        .take_while(|(chord, _)| chord.starts_with(keys))
        .filter(|(chord, _)| chord.len() > keys.len())
        .map(|(chord, action)| {
            (chord[keys.len()], (chord.len() == keys.len() + 1).then_some(*action))
        })
        .collect()
}

#[cfg(test)]
mod tests;
