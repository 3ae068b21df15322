//! One recorded look at a platform for a part whose answer was lost.
//!
//! Who looks, and what follows from it, is in `publisher`; what an attempt ended as is in `outcome.rs`.

use super::AttemptId;
use chrono::{DateTime, Utc};
use std::str::FromStr;

/// What a look said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saw {
    /// The part is there.
    Found,
    /// It is not there.
    Absent,
    /// Nobody can tell from what the platform answered.
    CannotTell,
}

/// One look, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The attempt whose outcome was unknown.
    pub attempt: AttemptId,
    /// When, by the real clock.
    pub at: DateTime<Utc>,
    /// What it said.
    pub saw: Saw,
    /// Why nobody can tell, in plain words; empty otherwise.
    pub reason: String,
}

impl Saw {
    const ALL: [Self; 3] = [Self::Found, Self::Absent, Self::CannotTell];

    /// Returns the word stored in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Absent => "absent",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// The word names no answer of a look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("No look ends as `{0}`")]
pub struct UnknownSight(pub String);

impl FromStr for Saw {
    type Err = UnknownSight;

    fn from_str(word: &str) -> Result<Self, UnknownSight> {
        Self::ALL
            .into_iter()
            .find(|saw| saw.word() == word)
            .ok_or_else(|| UnknownSight(word.to_owned()))
    }
}
