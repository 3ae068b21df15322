//! Channels of a platform's own server, where one account posts into several (Zulip): which one is meant, and which there are.
//!
//! Pure. What a variant names is checked against what the server told in `text/places.rs`; the server is asked in
//! `platforms/zulip_place.rs`.

use super::nearest::nearest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The channel on the server that is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Target {
    /// By its name, which may change.
    Named(String),
    /// By its number, which does not.
    Numbered(u32),
    /// By its number, with the name that people read.
    Known(u32, String),
}

impl Target {
    /// Reads it as it is written: `announce`, `|42`, or `announce|42`; a `#` before it is left out.
    pub fn read(text: &str) -> Self {
        let text = text.trim().trim_start_matches('#').trim();
        let numbered = text
            .rsplit_once('|')
            .and_then(|(name, number)| Some((name.trim(), number.trim().parse().ok()?)));
        match numbered {
            Some(("", number)) => Self::Numbered(number),
            Some((name, number)) => Self::Known(number, name.to_owned()),
            None => Self::Named(text.to_owned()),
        }
    }

    /// Returns its number, where that is known.
    pub fn number(&self) -> Option<u32> {
        match self {
            Self::Named(_) => None,
            Self::Numbered(number) | Self::Known(number, _) => Some(*number),
        }
    }

    /// Returns its name, where that is known.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) | Self::Known(_, name) => Some(name),
            Self::Numbered(_) => None,
        }
    }

    /// Returns it as people read it: `#announce`, `#announce (42)`, `channel 42`.
    pub fn shown(&self) -> String {
        match self {
            Self::Named(name) => format!("#{name}"),
            Self::Numbered(number) => format!("channel {number}"),
            Self::Known(number, name) => format!("#{name} ({number})"),
        }
    }
}

/// Writes it as `read` takes it.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Numbered(number) => write!(f, "|{number}"),
            Self::Known(number, name) => write!(f, "{name}|{number}"),
        }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl From<String> for Target {
    fn from(text: String) -> Self {
        Self::read(&text)
    }
}

/// A channel that an account sees on its server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its number there.
    pub number: u32,
    /// Its name there.
    pub name: String,
}

impl Place {
    /// Returns it as it is written in an option.
    pub fn target(&self) -> Target {
        Target::Known(self.number, self.name.clone())
    }
}

/// The channels that an account sees on its server, as it was told last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// The channels.
    pub all: Vec<Place>,
    /// When the server told them.
    pub told_at: DateTime<Utc>,
}

impl Places {
    /// So many are kept at the most.
    pub const MOST: usize = 2000;

    /// Whether these are all that there are: a server that has more may have another one too.
    pub fn are_all(&self) -> bool {
        self.all.len() < Self::MOST
    }

    /// Returns the one that is meant: by its number, where one is given, else by its name, in whatever case.
    pub fn find(&self, target: &Target) -> Option<&Place> {
        let mut all = self.all.iter();
        match (target.number(), target.name()) {
            (Some(number), _) => all.find(|place| place.number == number),
            (None, name) => {
                let wanted = name.unwrap_or_default().to_lowercase();
                all.find(|place| place.name.to_lowercase() == wanted)
            }
        }
    }

    /// Returns the one whose name is likest.
    pub fn near(&self, target: &Target) -> Option<&Place> {
        let near = nearest(target.name()?, self.all.iter().map(|it| it.name.as_str()))?;
        self.all.iter().find(|place| place.name == near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_as_it_is_written_and_a_name_may_hold_anything() {
        for (text, target, shown) in [
            (
                "announce",
                Target::Named("announce".to_owned()),
                "#announce",
            ),
            ("|42", Target::Numbered(42), "channel 42"),
            (
                "big news|42",
                Target::Known(42, "big news".to_owned()),
                "#big news (42)",
            ),
            ("2026", Target::Named("2026".to_owned()), "#2026"),
            ("a|b", Target::Named("a|b".to_owned()), "#a|b"),
        ] {
            assert_eq!(Target::read(text), target);
            assert_eq!(target.to_string(), text);
            assert_eq!(target.shown(), shown);
        }
        assert_eq!(Target::read(" #news "), Target::Named("news".to_owned()));
    }

    #[test]
    fn a_number_finds_a_channel_that_is_called_otherwise_now() {
        let place = |number, name: &str| Place {
            number,
            name: name.to_owned(),
        };
        let places = Places {
            all: vec![place(41, "general"), place(42, "Announce")],
            told_at: DateTime::UNIX_EPOCH,
        };
        let found = |text| places.find(&Target::read(text)).map(|it| it.number);
        assert_eq!(found("announce"), Some(42));
        assert_eq!(found("old name|42"), Some(42));
        assert_eq!(found("general|42"), Some(42));
        assert_eq!(found("anounce"), None);
        let near = places.near(&Target::read("anounce")).unwrap();
        assert_eq!(near.target().to_string(), "Announce|42");
    }
}
