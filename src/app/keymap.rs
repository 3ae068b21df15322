//! From a key, or two, to an action, in the place where the user is; and from an action to its keys.
//!
//! The defaults come from the action table; `bindings.rs` puts the user's own keys in their place and refuses what clashes.

use super::action::{ACTIONS, Action, Place, Row};
use super::{Key, Pane};

/// One key, or two pressed one after the other.
pub type Sequence = Vec<Key>;

/// The keys of every action.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    bound: Vec<Bound>,
}

/// The keys of one action.
#[derive(Clone, Debug, PartialEq)]
struct Bound {
    row: &'static Row,
    keys: Vec<Sequence>,
    /// Keys that stand in place of those above, in one place.
    in_place: Vec<(Place, Vec<Sequence>)>,
}

impl Bound {
    fn keys_in(&self, place: Place) -> &[Sequence] {
        let own = self.in_place.iter().find(|(other, _)| *other == place);
        own.map_or(&self.keys, |(_, keys)| keys)
    }
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
        let bound = ACTIONS.iter().map(|row| Bound {
            row,
            keys: row.keys.split_whitespace().map(sequence).collect(),
            in_place: Vec::new(),
        });
        Self {
            bound: bound.collect(),
        }
    }
}

fn sequence(keys: &str) -> Sequence {
    match keys.parse::<Key>() {
        Ok(key) => vec![key],
        Err(_) => keys.chars().map(Key::Char).collect(),
    }
}

/// Returns a sequence as the configuration writes it: `gd`, `<enter>`, `ctrl-x s`.
pub fn text(keys: &[Key]) -> String {
    let texts: Vec<String> = keys.iter().map(Key::to_string).collect();
    let are_single = texts.iter().all(|text| text.chars().count() == 1);
    texts.join(if are_single { "" } else { " " })
}

/// Returns a sequence as hints and help print it: `gd`, `C-x s`.
pub fn label(keys: &[Key]) -> String {
    if let [key] = keys {
        return key.label();
    }
    let labels: Vec<String> = keys.iter().map(|key| key.label()).collect();
    let are_single = labels.iter().all(|label| label.chars().count() == 1);
    labels.join(if are_single { "" } else { " " })
}

impl Keymap {
    /// Returns what `keys` means while `pane` has the focus and nothing is typed.
    pub fn look_up(&self, keys: &[Key], pane: Pane) -> Lookup {
        self.look_up_in(keys, Place::of(pane))
    }

    /// Returns what `keys` means in a place.
    pub fn look_up_in(&self, keys: &[Key], place: Place) -> Lookup {
        let mut prefix = false;
        for (bound, row) in self.all_in(place) {
            if bound.starts_with(keys) {
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

    /// Returns every sequence that means something in a place, in the order of the table.
    pub fn all_in(&self, place: Place) -> impl Iterator<Item = (&Sequence, &'static Row)> {
        self.bound
            .iter()
            .filter(move |bound| bound.row.place.reaches(place))
            .flat_map(move |bound| bound.keys_in(place).iter().map(|keys| (keys, bound.row)))
    }

    /// Returns the continuations of a prefix in a place, each with its action's row.
    pub fn continuations(&self, prefix: Key, place: Place) -> Vec<(Key, &'static Row)> {
        self.all_in(place)
            .filter(|(keys, _)| keys.len() == 2 && keys[0] == prefix)
            .map(|(keys, row)| (keys[1], row))
            .collect()
    }

    /// Returns the keys of an action in a place, the first one first; `Everywhere` where no place has its own.
    pub fn keys_in(&self, action: Action, place: Place) -> &[Sequence] {
        let bound = self.bound.iter().find(|bound| bound.row.action == action);
        bound.map_or(&[], |bound| bound.keys_in(place))
    }

    /// Returns the keys of an action in a place as hints and help print them, the first one first.
    pub fn labels_in(&self, action: Action, place: Place) -> Vec<String> {
        let keys = self.keys_in(action, place).iter();
        keys.map(|keys| label(keys)).collect()
    }

    /// Returns the first key of an action in a place; empty when it has none.
    pub fn label_in(&self, action: Action, place: Place) -> String {
        let first = self.keys_in(action, place).first();
        first.map_or_else(String::new, |keys| label(keys))
    }

    /// Returns the keys of an action where no place has its own, the first one first.
    pub fn labels(&self, action: Action) -> Vec<String> {
        self.labels_in(action, Place::Everywhere)
    }

    /// Returns the first of those keys; empty when there is none.
    pub fn label(&self, action: Action) -> String {
        self.label_in(action, Place::Everywhere)
    }

    /// Gives an action other keys: in one place, or wherever no place has its own.
    pub(super) fn bind(&mut self, action: Action, place: Option<Place>, keys: Vec<Sequence>) {
        let Some(bound) = self.bound.iter_mut().find(|it| it.row.action == action) else {
            return;
        };
        match place {
            None => bound.keys = keys,
            Some(place) => {
                bound.in_place.retain(|(other, _)| *other != place);
                bound.in_place.push((place, keys));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_pane_of_its_own_mind_hides_the_general_key_there_and_nowhere_else() {
        let mut keymap = Keymap::default();
        let z = vec![vec![Key::Char('z')]];
        keymap.bind(Action::Trash, Some(Place::Queue), z);
        let means = |key, pane| keymap.look_up(&[Key::Char(key)], pane);
        assert_eq!(means('z', Pane::Queue), Lookup::Action(Action::Trash));
        assert_eq!(means('d', Pane::Queue), Lookup::Nothing);
        assert_eq!(means('d', Pane::Calendar), Lookup::Action(Action::Trash));
        assert_eq!(keymap.label_in(Action::Trash, Place::Queue), "z");
        assert_eq!(keymap.label(Action::Trash), "d");
    }

    #[test]
    fn a_sequence_with_a_named_key_is_printed_apart() {
        assert_eq!(label(&[Key::Char('g'), Key::Char('d')]), "gd");
        assert_eq!(label(&[Key::Ctrl('x'), Key::Char('s')]), "C-x s");
    }
}
