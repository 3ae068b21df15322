//! The keys that messages name: the user's own, never a default.
//!
//! Pure. Esc and Enter may be named as they are: nobody can bind them away where they lead out or answer a question.

use super::{Action, App};
use crate::app::action::Row;

impl App {
    /// Returns how an action is asked for where keys go now: by its key, else by its name in the palette (`: undo`).
    pub fn key_for(&self, action: Action) -> String {
        let key = self.keymap.label_in(action, self.here());
        if !key.is_empty() {
            return key;
        }
        let palette = self.keymap.label_in(Action::Palette, self.here());
        let name = Row::of(action).map_or_else(String::new, |row| row.name().replace('-', " "));
        format!("{palette} {name}").trim_start().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Keymap;
    use crate::app::bindings::Wish;

    #[test]
    fn a_message_names_the_users_own_key_or_the_commands_name() {
        let mut app = App::new(chrono::DateTime::UNIX_EPOCH, chrono_tz::UTC, (80, 24));
        assert_eq!(app.key_for(Action::Undo), "u");
        let own = ["Z".to_owned()];
        let wish = |action, keys| Wish {
            section: None,
            action,
            keys,
        };
        app.keymap = Keymap::with(&[wish("undo", &own), wish("go-to-date", &[])]).unwrap();
        assert_eq!(app.key_for(Action::Undo), "Z");
        assert_eq!(app.key_for(Action::GoToDate), ": go to date");
    }
}
