//! What an answer that is no success means for the caller, whatever its words: one reading for every platform.
//!
//! Finding the verdict is each platform's own `judge`; its reason is in the platform's words. Nothing here reads an answer.

use super::CallError;
use crate::domain::{Corrected, Outcome};
use chrono::{DateTime, Utc};

/// What an answer means for the caller, whatever its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Reconnect the channel.
    LogIn,
    /// Wait.
    Wait,
    /// Fix what was sent; nothing was made.
    Refused,
    /// Nobody can tell from this.
    Unclear,
}

impl Verdict {
    /// Returns what a call that makes nothing ends with; `until` is when it may be tried again.
    pub fn error(self, reason: String, remedy: &str, until: DateTime<Utc>) -> CallError {
        match self {
            Self::LogIn => CallError::Unauthorized(log_in_again(&reason, remedy)),
            Self::Wait => CallError::RateLimited { until, reason },
            Self::Refused => CallError::Rejected(reason),
            Self::Unclear => CallError::Unavailable(reason),
        }
    }

    /// Returns the outcome of a create call; `until` is when it may be tried again.
    pub fn outcome(self, reason: String, remedy: &str, until: DateTime<Utc>) -> Outcome {
        match self {
            Self::LogIn => Outcome::Unauthorized {
                reason: log_in_again(&reason, remedy),
            },
            Self::Wait => Outcome::RateLimited { until, reason },
            Self::Refused => Outcome::Rejected { reason },
            Self::Unclear => Outcome::Unknown { reason },
        }
    }

    /// Returns what became of a call that edits or deletes.
    pub fn corrected(self, reason: String, remedy: &str) -> Corrected {
        match self {
            Self::LogIn => Corrected::Unauthorized {
                reason: log_in_again(&reason, remedy),
            },
            Self::Wait => Corrected::NotDone { reason },
            Self::Refused => Corrected::Refused { reason },
            Self::Unclear => Corrected::Unknown { reason },
        }
    }
}

/// Puts what a person does behind why the secret was not accepted.
pub(super) fn log_in_again(reason: &str, remedy: &str) -> String {
    format!("{reason}: {remedy}")
}
