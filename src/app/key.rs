//! A key as the program speaks of it: `j`, `<enter>`, `ctrl-d`. The terminal library is converted at the edge, in `runtime`.
//!
//! Tests and configuration write keys as text; both directions are here.

use std::fmt;
use std::str::FromStr;

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A printable character (shift already applied).
    Char(char),
    /// Control with a letter, lower case.
    Ctrl(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Function key, from 1.
    F(u8),
}

const NAMED: [(Key, &str, &str); 14] = [
    (Key::Enter, "<enter>", "Enter"),
    (Key::Esc, "<esc>", "Esc"),
    (Key::Tab, "<tab>", "Tab"),
    (Key::BackTab, "<s-tab>", "S-Tab"),
    (Key::Backspace, "<backspace>", "Backspace"),
    (Key::Delete, "<delete>", "Delete"),
    (Key::Insert, "<insert>", "Insert"),
    (Key::Up, "<up>", "Up"),
    (Key::Down, "<down>", "Down"),
    (Key::Left, "<left>", "Left"),
    (Key::Right, "<right>", "Right"),
    (Key::Home, "<home>", "Home"),
    (Key::End, "<end>", "End"),
    (Key::PageUp, "<pgup>", "PgUp"),
];

impl Key {
    /// Returns what hints and help print: `C-d`, `Enter`, `F1`, `j`.
    pub fn label(self) -> String {
        match self {
            Self::Char(' ') => "Space".to_owned(),
            Self::Char(c) => c.to_string(),
            Self::Ctrl(c) => format!("C-{c}"),
            Self::F(number) => format!("F{number}"),
            Self::PageDown => "PgDn".to_owned(),
            named => NAMED
                .iter()
                .find(|(key, ..)| *key == named)
                .map_or_else(String::new, |(_, _, label)| (*label).to_owned()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(' ') => f.write_str("<space>"),
            Self::Char(c) => write!(f, "{c}"),
            Self::Ctrl(c) => write!(f, "ctrl-{c}"),
            Self::F(number) => write!(f, "<f{number}>"),
            Self::PageDown => f.write_str("<pgdn>"),
            named => {
                let name = NAMED.iter().find(|(key, ..)| key == named);
                f.write_str(name.map_or("", |(_, name, _)| name))
            }
        }
    }
}

/// The text names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no key; write a character, ctrl-a, <enter>, <f1>")]
pub struct UnknownKey(pub String);

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let mut chars = text.chars();
        if let (Some(only), None) = (chars.next(), chars.next()) {
            return Ok(Self::Char(only));
        }
        let lower = text.to_ascii_lowercase();
        if let Some(letter) = lower
            .strip_prefix("ctrl-")
            .filter(|rest| rest.chars().count() == 1)
        {
            return Ok(Self::Ctrl(letter.chars().next().unwrap_or(' ')));
        }
        let function = lower
            .strip_prefix("<f")
            .and_then(|rest| rest.strip_suffix('>'));
        if let Some(number) = function.and_then(|digits| digits.parse().ok()) {
            return Ok(Self::F(number));
        }
        match lower.as_str() {
            "<space>" => Ok(Self::Char(' ')),
            "<pgdn>" => Ok(Self::PageDown),
            other => NAMED
                .iter()
                .find(|(_, name, _)| *name == other)
                .map(|(key, ..)| *key)
                .ok_or_else(|| UnknownKey(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_back_from_its_text() {
        for text in [
            "j", "J", "!", "<space>", "ctrl-r", "<enter>", "<s-tab>", "<pgdn>", "<pgup>", "<f1>",
        ] {
            let key: Key = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
        }
        assert!("<nokey>".parse::<Key>().is_err());
    }
}
