//! The kinds of service, one line each: the word used in configuration, database and JSON, the name
//! people know, and the mark a calendar cell has room for.
//!
//! What a platform counts is in `text/<platform>.rs`, how it is talked to in `platforms/<platform>.rs`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! platforms {
    ($($(#[$doc:meta])* $id:ident $word:literal $label:literal $mark:literal;)*) => {
        /// A kind of service.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum PlatformId {
            $($(#[$doc])* #[serde(rename = $word)] $id,)*
        }

        impl PlatformId {
            /// Every platform, in the order in which counts are shown.
            pub const ALL: &[Self] = &[$(Self::$id,)*];

            /// Returns the word used in configuration, database and JSON.
            pub fn word(self) -> &'static str {
                match self { $(Self::$id => $word,)* }
            }

            /// Returns the name that people know it by.
            pub fn label(self) -> &'static str {
                match self { $(Self::$id => $label,)* }
            }

            /// Returns the default channel mark, one or two ASCII letters.
            pub fn mark(self) -> &'static str {
                match self { $(Self::$id => $mark,)* }
            }
        }
    };
}

platforms! {
    Mastodon "mastodon" "Mastodon" "Ma";
    Bluesky "bluesky" "Bluesky" "Bs";
    LinkedIn "linkedin" "LinkedIn" "Li";
    X "x" "X" "X";
    Zulip "zulip" "Zulip" "Zu";
    YouTube "youtube" "YouTube" "Yt";
    /// A folder on this machine: each part becomes a file.
    Sandbox "sandbox" "Sandbox" "Sb";
}

impl PlatformId {
    /// The platforms that this version publishes to; the others are counted and composed for.
    pub const PUBLISHES: [Self; 3] = [Self::Sandbox, Self::Mastodon, Self::Bluesky];

    /// Whether it is a part of this machine: it has no address, account or secret.
    pub fn is_local(self) -> bool {
        self == Self::Sandbox
    }

    /// Whether a login names the account by its handle.
    pub fn logs_in_by_handle(self) -> bool {
        self == Self::Bluesky
    }
}

/// What a channel follows that is not configured any more: no limit, plain text.
impl Default for PlatformId {
    fn default() -> Self {
        Self::Sandbox
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word names no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "No platform is called `{0}`; there are: mastodon, bluesky, linkedin, x, zulip, youtube, sandbox"
)]
pub struct UnknownPlatform(pub String);

impl FromStr for PlatformId {
    type Err = UnknownPlatform;

    fn from_str(word: &str) -> Result<Self, UnknownPlatform> {
        Self::ALL
            .iter()
            .copied()
            .find(|platform| platform.word() == word)
            .ok_or_else(|| UnknownPlatform(word.to_owned()))
    }
}
