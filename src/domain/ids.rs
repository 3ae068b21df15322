//! Newtypes for what would otherwise be bare numbers and strings.
//!
//! Nothing here has behaviour beyond printing and ordering. The rows they name live in `store`.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// A post's short integer, the one people type on the command line.
    PostId
);
row_id!(
    /// One post on one channel.
    DeliveryId
);
row_id!(
    /// One recorded try at one part of a delivery.
    AttemptId
);
row_id!(
    /// One recorded deletion or edit of a part that is there.
    CorrectionId
);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a name as the user wrote it.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name!(
    /// The user's own name of a channel (`fosstodon`), unique in the configuration.
    ChannelName
);
name!(
    /// The person at the keyboard.
    Author
);
name!(
    /// What tells what is being typed in one sitting from everything else that is: the screen's name and a number.
    DraftKey
);

/// How a running screen is called among those at one database: small letters, digits and `-`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScreenName(String);

impl ScreenName {
    /// Takes a name; `None` where it is not one, so that it can be the name of a file.
    pub fn new(name: &str) -> Option<Self> {
        let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ((1..=64).contains(&name.len()) && name.chars().all(is_fine)).then(|| Self(name.to_owned()))
    }

    /// Returns the name as text; empty for a screen that nobody else sees.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
