//! The user's own keys: put in the place of the defaults, and refused where they would clash, never arrive, or shut the user in.
//!
//! Pure; the configuration hands over texts. What a text means is `key_words.rs`, what a key means then is `keymap.rs`.

use super::Key;
use super::action::{ACTIONS, Action, Place, Row};
use super::key_words::{self, KeyError};
use super::keymap::{Keymap, Sequence, label};
use crate::domain::nearest::nearest;
use crate::domain::text_safety::visible;

/// One line of the configuration's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The pane's section; `None` for all of them.
    pub section: Option<&'a str>,
    /// The action's name.
    pub action: &'a str,
    /// Its keys; none unbinds it.
    pub keys: &'a [String],
}

/// A wish that cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// Which of the wishes, by its place.
    pub wish: usize,
    /// Why.
    pub error: BindingError,
}

/// Why keys cannot be bound as wished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// No such section.
    #[error(
        "there are no keys of `{name}`{hint} Keys of one pane stand in [keys.calendar], [keys.queue], [keys.editor], [keys.typing] or [keys.form]"
    )]
    UnknownPlace {
        /// What stands there.
        name: String,
        /// The nearest name.
        hint: String,
    },
    /// No such action.
    #[error("there is no action `{name}`{hint} `masthead keys` lists them all")]
    UnknownAction {
        /// What stands there.
        name: String,
        /// The nearest name.
        hint: String,
    },
    /// The action does not exist in that place.
    #[error("`{action}` cannot be asked for there: it belongs to {place}; put it under {section}")]
    Elsewhere {
        /// The action.
        action: String,
        /// Where it belongs.
        place: String,
        /// The sections where it can stand.
        section: String,
    },
    /// A key that cannot be bound.
    #[error("`{action}`: {error}")]
    Key {
        /// The action.
        action: String,
        /// What is wrong with the key.
        error: KeyError,
    },
    /// Printable keys are text there.
    #[error(
        "`{action}`: while a text is typed, {key} is text or moves the cursor; take ctrl- and a letter, or <f1> to <f12>"
    )]
    IsText {
        /// The action.
        action: String,
        /// The key.
        key: String,
    },
    /// A sequence where keys act at once.
    #[error(
        "`{action}`: {key} is two keys, and in {place} the first would act at once; take one key"
    )]
    TwoKeys {
        /// The action.
        action: String,
        /// The sequence.
        key: String,
        /// Where.
        place: String,
    },
    /// Esc or Ctrl-C for something else.
    #[error("`{action}`: {key} is the way out, everywhere and always; take another key")]
    WayOut {
        /// The action.
        action: String,
        /// The key.
        key: String,
    },
    /// The way out without a key.
    #[error("`{0}` needs a key: there must always be a way out")]
    NoWayOut(String),
    /// Keys that may never arrive, and no other.
    #[error(
        "`{action}`: {key} can be the terminal's flow control and then never arrives; add a second key beside it"
    )]
    FlowControl {
        /// The action.
        action: String,
        /// The key.
        key: String,
    },
    /// Two actions on one key.
    #[error(
        "{key} is both `{first}` and `{second}` in {places}: give one of them another key, or none (`{second} = []`)"
    )]
    Clash {
        /// The key.
        key: String,
        /// One action.
        first: String,
        /// The other.
        second: String,
        /// Where.
        places: String,
    },
    /// A key that hides a longer sequence.
    #[error(
        "{key}, for `{first}`, hides {longer}, for `{second}`, in {places}: give one of them another key, or none (`{second} = []`)"
    )]
    Hides {
        /// The key that acts at once.
        key: String,
        /// Its action.
        first: String,
        /// The sequence that begins with it.
        longer: String,
        /// Its action.
        second: String,
        /// Where.
        places: String,
    },
}

/// Actions that lead back or out; none of them may be left without a key.
const WAYS_OUT: [Action; 7] = [
    Action::Quit,
    Action::Leave,
    Action::QuitSafely,
    Action::TypeSave,
    Action::TypeQuit,
    Action::FieldDone,
    Action::FieldQuit,
];

impl Keymap {
    /// Puts the user's keys in the place of the defaults. Esc and Ctrl-C keep leading out whatever is wished.
    ///
    /// # Errors
    /// Every wish that cannot be granted.
    pub fn with(wishes: &[Wish<'_>]) -> Result<Self, Vec<Refused>> {
        let mut keymap = Self::default();
        let mut refused = Vec::new();
        let mut granted = Vec::new();
        for (at, wish) in wishes.iter().enumerate() {
            match grant(wish) {
                Ok((row, place, keys)) => {
                    keymap.bind(row.action, place, keys);
                    granted.push((at, row.action, place));
                }
                Err(error) => refused.push(Refused { wish: at, error }),
            }
        }
        for clash in clashes(&keymap) {
            // Defaults never clash, so one of the two was wished for; the later one is what is new.
            let about = |action| {
                let of_pane =
                    |place: Option<Place>| place.is_none_or(|it| clash.places.contains(&it));
                let wished = granted.iter().rev();
                let found = wished
                    .clone()
                    .find(|(_, other, place)| *other == action && of_pane(*place));
                found.map(|(at, ..)| *at)
            };
            let wish = about(clash.first.action).max(about(clash.second.action));
            refused.push(Refused {
                wish: wish.unwrap_or_default(),
                error: clash.error(),
            });
        }
        if refused.is_empty() {
            Ok(keymap)
        } else {
            refused.sort_by_key(|it| it.wish);
            Err(refused)
        }
    }
}

fn grant(wish: &Wish<'_>) -> Result<(&'static Row, Option<Place>, Vec<Sequence>), BindingError> {
    let place = wish.section.map(place).transpose()?;
    let row = action(wish.action)?;
    if place.is_some_and(|place| !row.place.reaches(place)) {
        return Err(elsewhere(row));
    }
    let name = row.name();
    let keys = wish.keys.iter().map(|text| {
        key_words::read(text).map_err(|error| BindingError::Key {
            action: name.clone(),
            error,
        })
    });
    let mut keys: Vec<Sequence> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() && WAYS_OUT.contains(&row.action) {
        return Err(BindingError::NoWayOut(name));
    }
    for sequence in &keys {
        fits(row, place.unwrap_or(row.place), sequence)?;
    }
    let may_never_arrive =
        |keys: &Sequence| keys.iter().any(|key| matches!(key, Key::Ctrl('s' | 'q')));
    if let Some(first) = keys.first().filter(|_| keys.iter().all(may_never_arrive)) {
        return Err(BindingError::FlowControl {
            action: name,
            key: quoted(first),
        });
    }
    // The way out stays where every user looks for it.
    for key in [Key::Esc, Key::Ctrl('c')] {
        if is_way_out(row, key) && !keys.contains(&vec![key]) {
            keys.push(vec![key]);
        }
    }
    Ok((row, place, keys))
}

fn place(name: &str) -> Result<Place, BindingError> {
    let found = Place::ALL.into_iter().find(|place| place.word() == name);
    found.ok_or_else(|| BindingError::UnknownPlace {
        name: visible(name),
        hint: hint(nearest(name, Place::ALL.map(Place::word))),
    })
}

fn action(name: &str) -> Result<&'static Row, BindingError> {
    let names: Vec<String> = ACTIONS.iter().map(Row::name).collect();
    if let Some(at) = names.iter().position(|other| other == name) {
        return Ok(&ACTIONS[at]);
    }
    // A name of kilobytes is near to nothing, and comparing it letter by letter takes its time.
    let short = name.len() < 100;
    let near = short.then(|| nearest(name, names.iter().map(String::as_str)));
    Err(BindingError::UnknownAction {
        name: visible(&name.chars().take(40).collect::<String>()),
        hint: hint(near.flatten()),
    })
}

fn hint(near: Option<&str>) -> String {
    near.map_or(";".to_owned(), |near| format!("; did you mean `{near}`?"))
}

fn elsewhere(row: &Row) -> BindingError {
    BindingError::Elsewhere {
        action: row.name(),
        place: where_words(row.place),
        section: match row.place {
            Place::Everywhere | Place::Plan => "[keys]".to_owned(),
            place => format!("[keys.{}]", place.word()),
        },
    }
}

fn where_words(place: Place) -> String {
    match place {
        Place::Everywhere => "the panes".to_owned(),
        Place::Plan => "the calendar and the queue".to_owned(),
        Place::Typing => "typing".to_owned(),
        Place::Details => "the details form".to_owned(),
        Place::Outbox => "the outbox".to_owned(),
        Place::Review => "the review page".to_owned(),
        pane => format!("the {}", pane.word()),
    }
}

/// Whether a sequence can be pressed for an action in a place.
fn fits(row: &Row, place: Place, keys: &Sequence) -> Result<(), BindingError> {
    let (action, key) = (row.name(), quoted(keys));
    let taken = |it: &Key| matches!(it, Key::Esc | Key::Ctrl('c')) && !is_way_out(row, *it);
    let leads_on = keys.len() > 1
        && keys
            .iter()
            .any(|it| matches!(it, Key::Esc | Key::Ctrl('c')));
    if keys.iter().any(taken) || leads_on {
        return Err(BindingError::WayOut { action, key });
    }
    let acts_at_once = matches!(place, Place::Typing | Place::Details);
    if keys.len() > 1 && acts_at_once {
        let place = where_words(place);
        return Err(BindingError::TwoKeys { action, key, place });
    }
    let is_command = |key: &Key| {
        matches!(
            key,
            Key::Ctrl(_) | Key::F(_) | Key::Esc | Key::Tab | Key::BackTab
        )
    };
    if place == Place::Typing && !keys.iter().all(is_command) {
        return Err(BindingError::IsText { action, key });
    }
    Ok(())
}

/// Whether the table gives this key to this action: only then may it be Esc or Ctrl-C.
fn is_way_out(row: &Row, key: Key) -> bool {
    let text = key.to_string();
    row.keys.split_whitespace().any(|word| word == text)
}

fn quoted(keys: &[Key]) -> String {
    format!("`{}`", label(keys))
}

/// Two sequences of which one is the other, or its beginning.
struct Clash {
    keys: Sequence,
    first: &'static Row,
    longer: Sequence,
    second: &'static Row,
    places: Vec<Place>,
}

impl Clash {
    fn error(&self) -> BindingError {
        let panes = Place::ALL
            .into_iter()
            .filter(|it| Place::Everywhere.reaches(*it));
        let words: Vec<String> = if panes.clone().all(|pane| self.places.contains(&pane)) {
            vec!["every pane".to_owned()]
        } else {
            self.places
                .iter()
                .map(|place| where_words(*place))
                .collect()
        };
        let (key, places) = (quoted(&self.keys), words.join(" and "));
        let (first, second) = (self.first.name(), self.second.name());
        if self.keys == self.longer {
            return BindingError::Clash {
                key,
                first,
                second,
                places,
            };
        }
        BindingError::Hides {
            key,
            first,
            longer: quoted(&self.longer),
            second,
            places,
        }
    }
}

fn clashes(keymap: &Keymap) -> Vec<Clash> {
    let mut found: Vec<Clash> = Vec::new();
    for place in Place::ALL {
        let all: Vec<_> = keymap.all_in(place).collect();
        for (at, (keys, row)) in all.iter().enumerate() {
            for (other_keys, other) in &all[..at] {
                if row.action == other.action && keys == other_keys {
                    continue;
                }
                let (short, first, long, second) = if keys.len() < other_keys.len() {
                    (*keys, *row, *other_keys, *other)
                } else {
                    (*other_keys, *other, *keys, *row)
                };
                if !long.starts_with(short) {
                    continue;
                }
                let same = found.iter_mut().find(|it| {
                    (it.first, it.second) == (first, second)
                        && it.keys == *short
                        && it.longer == *long
                });
                match same {
                    Some(clash) => clash.places.push(place),
                    None => found.push(Clash {
                        keys: short.clone(),
                        first,
                        longer: long.clone(),
                        second,
                        places: vec![place],
                    }),
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
