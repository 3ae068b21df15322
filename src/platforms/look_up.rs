//! Looking up a part whose answer was lost: the question, and its three answers.
//!
//! Each platform answers in its own file; when it is asked, and what follows, is decided in `publisher`.

use crate::domain::{Attempt, Look, Published, Saw};
use chrono::{DateTime, Utc};

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The attempt whose outcome is unknown.
    pub attempt: &'a Attempt,
    /// The real clock when the first attempt at this part was recorded: an earlier one may have arrived late.
    pub since: DateTime<Utc>,
    /// The platform's ids of what other attempts published; none of them is this part.
    pub taken: &'a [String],
}

/// What a platform says about a part whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// It is there.
    Found(Published),
    /// It is certainly not there now.
    Absent,
    /// Nobody can tell: a person has to look.
    CannotTell {
        /// Why, in plain words.
        reason: String,
    },
}

impl LookUp {
    /// Returns an answer that leaves it open.
    pub fn cannot_tell(reason: impl Into<String>) -> Self {
        Self::CannotTell {
            reason: reason.into(),
        }
    }

    /// Returns it as it is kept.
    pub fn look(&self, attempt: &Attempt, at: DateTime<Utc>) -> Look {
        let (saw, reason) = match self {
            Self::Found(_) => (Saw::Found, String::new()),
            Self::Absent => (Saw::Absent, String::new()),
            Self::CannotTell { reason } => (Saw::CannotTell, reason.clone()),
        };
        Look {
            attempt: attempt.id,
            at,
            saw,
            reason,
        }
    }
}
