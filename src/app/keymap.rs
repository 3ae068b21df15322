//! From a key, or two, to an action, in the place where the user is.
//!
//! Built from the action table; a second action on one key of a place is an error that names both.

use super::action::{ACTIONS, Action, Place, Row};
use super::{Key, Pane};

/// The keys of every action.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    bindings: Vec<(Vec<Key>, &'static Row)>,
}

/// What a key means so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// An action.
    Action(Action),
    /// The beginning of a two-key sequence.
    Prefix,
    /// Nothing.
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        let bindings = ACTIONS
            .iter()
            .flat_map(|row| row.keys.split(' ').map(move |keys| (sequence(keys), row)))
            .collect();
        Self { bindings }
    }
}

fn sequence(keys: &str) -> Vec<Key> {
    match keys.parse::<Key>() {
        Ok(key) => vec![key],
        Err(_) => keys.chars().map(Key::Char).collect(),
    }
}

impl Keymap {
    /// Returns what `keys` means while `pane` has the focus and nothing is typed.
    pub fn look_up(&self, keys: &[Key], pane: Pane) -> Lookup {
        self.find(keys, |place| place.covers(pane))
    }

    /// Returns what `keys` means in the editor or the details form.
    pub fn look_up_in(&self, keys: &[Key], place: Place) -> Lookup {
        self.find(keys, |other| other == place)
    }

    /// Returns what `keys` means on a page: its own keys first, then those that work everywhere.
    pub fn look_up_on_page(&self, keys: &[Key], page: Place) -> Lookup {
        match self.look_up_in(keys, page) {
            Lookup::Nothing => self.look_up_in(keys, Place::Everywhere),
            own => own,
        }
    }

    fn find(&self, keys: &[Key], covers: impl Fn(Place) -> bool) -> Lookup {
        let mut prefix = false;
        for (bound, row) in &self.bindings {
            if covers(row.place) && bound.starts_with(keys) {
                if bound.len() == keys.len() {
                    return Lookup::Action(row.action);
                }
                prefix = true;
            }
        }
        if prefix {
            Lookup::Prefix
        } else {
            Lookup::Nothing
        }
    }

    /// Returns the continuations of a prefix, each with its action's row.
    pub fn continuations(&self, prefix: Key) -> Vec<(Key, &'static Row)> {
        self.bindings
            .iter()
            .filter(|(keys, _)| keys.len() == 2 && keys[0] == prefix)
            .map(|(keys, row)| (keys[1], *row))
            .collect()
    }

    /// Returns the keys of an action as hints and help print them, the first one first.
    pub fn labels(&self, action: Action) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|(_, row)| row.action == action)
            .map(|(keys, _)| keys.iter().map(|key| key.label()).collect())
            .collect()
    }

    /// Returns the first key of an action as hints print it; empty when it has none.
    pub fn label(&self, action: Action) -> String {
        self.labels(action).into_iter().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_key_in_one_place() {
        let keymap = Keymap::default();
        for (index, (keys, row)) in keymap.bindings.iter().enumerate() {
            for (other_keys, other) in &keymap.bindings[..index] {
                let meet = row.place == other.place
                    || [Pane::Calendar, Pane::Queue, Pane::Editor]
                        .into_iter()
                        .any(|pane| row.place.covers(pane) && other.place.covers(pane));
                let clash = keys.starts_with(other_keys) || other_keys.starts_with(keys);
                assert!(
                    !(meet && clash),
                    "{:?} and {:?} share {keys:?}",
                    row.action,
                    other.action
                );
            }
        }
    }

    #[test]
    fn a_prefix_waits_for_its_second_key() {
        let keymap = Keymap::default();
        let g = Key::Char('g');
        assert_eq!(keymap.look_up(&[g], Pane::Queue), Lookup::Prefix);
        assert_eq!(
            keymap.look_up(&[g, Key::Char('d')], Pane::Queue),
            Lookup::Action(Action::GoToDate)
        );
        assert_eq!(
            keymap.look_up(&[Key::Char('0')], Pane::Queue),
            Lookup::Nothing
        );
    }
}
