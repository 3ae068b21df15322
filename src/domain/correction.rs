//! One recorded deletion or edit, on its platform, of a part that is there.
//!
//! A person's own decision, never the publisher's: it is committed before the call, as an attempt is, and the
//! delivery keeps its state. Who may ask for what is decided in `publisher/correct.rs`.

use super::{Author, CorrectionId, DeliveryId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CorrectionKind {
    /// To delete the part there.
    Delete,
    /// To put the present text in its place.
    Edit,
}

impl CorrectionKind {
    /// Returns the word stored in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Edit => "edit",
        }
    }

    /// Returns what is said of a part when it is done.
    pub fn done(self) -> &'static str {
        match self {
            Self::Delete => "deleted",
            Self::Edit => "edited",
        }
    }
}

/// The word names no kind of correction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("No correction is called `{0}`")]
pub struct UnknownCorrection(pub String);

impl FromStr for CorrectionKind {
    type Err = UnknownCorrection;

    fn from_str(word: &str) -> Result<Self, UnknownCorrection> {
        [Self::Delete, Self::Edit]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| UnknownCorrection(word.to_owned()))
    }
}

/// How it ended, told as what the person does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Corrected {
    /// The platform did it.
    Done,
    /// The part was not there any more.
    Gone,
    /// The platform or the account does not allow it; nothing was changed.
    Refused {
        /// Why, in plain words.
        reason: String,
    },
    /// The login no longer holds: reconnect the channel. Nothing was changed.
    Unauthorized {
        /// Why, in plain words.
        reason: String,
    },
    /// It was not asked, or asked us to wait; nothing was changed. Ask again later.
    NotDone {
        /// Why, in plain words.
        reason: String,
    },
    /// Nobody here knows whether it did it. Asking again does no harm.
    Unknown {
        /// What happened instead of an answer.
        reason: String,
    },
}

impl Corrected {
    /// Returns the word stored in the database.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Gone => "gone",
            Self::Refused { .. } => "refused",
            Self::Unauthorized { .. } => "unauthorized",
            Self::NotDone { .. } => "not_done",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Returns the reason in plain words; empty where it was done or there was nothing to do.
    pub fn reason(&self) -> &str {
        match self {
            Self::Done | Self::Gone => "",
            Self::Refused { reason }
            | Self::Unauthorized { reason }
            | Self::NotDone { reason }
            | Self::Unknown { reason } => reason,
        }
    }

    /// Says what did not come of a correction, and what to do, for a part that it did not settle.
    pub fn left_open(&self, kind: CorrectionKind) -> String {
        match self {
            Self::Unknown { reason } => format!(
                "nobody knows whether it was {}: {reason}; look there, or ask again",
                kind.done()
            ),
            Self::Gone => "it is not there any more, so it cannot be edited".to_owned(),
            other => format!("not {}: {}", kind.done(), other.reason()),
        }
    }

    /// Whether the part is as the person wanted it.
    pub fn settles(&self, kind: CorrectionKind) -> bool {
        match self {
            Self::Done => true,
            // What is gone cannot be edited.
            Self::Gone => kind == CorrectionKind::Delete,
            _ => false,
        }
    }
}

/// One correction, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Row id.
    pub id: CorrectionId,
    /// The delivery whose part it is.
    pub delivery: DeliveryId,
    /// Part of the thread, from 0.
    pub part: u32,
    /// What was asked for.
    pub kind: CorrectionKind,
    /// What the part was to say then; `None` for a deletion.
    pub text: Option<String>,
    /// Who asked.
    pub author: Author,
    /// When, by the real clock.
    pub asked_at: DateTime<Utc>,
    /// Until then the answer may still come.
    pub deadline: DateTime<Utc>,
    /// How it ended; `None` while it is in flight, or after the process died.
    pub outcome: Option<Corrected>,
    /// When the outcome was committed.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Returns the parts that were deleted where they had been published.
pub fn deleted(corrections: &[Correction]) -> BTreeSet<u32> {
    corrections
        .iter()
        .filter(|one| one.kind == CorrectionKind::Delete)
        .filter(|one| {
            one.outcome
                .as_ref()
                .is_some_and(|outcome| outcome.settles(one.kind))
        })
        .map(|one| one.part)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_settles_a_deletion_and_no_edit() {
        assert!(Corrected::Gone.settles(CorrectionKind::Delete));
        assert!(!Corrected::Gone.settles(CorrectionKind::Edit));
        assert!(Corrected::Done.settles(CorrectionKind::Edit));
        let unknown = Corrected::Unknown {
            reason: "no answer".to_owned(),
        };
        assert!(!unknown.settles(CorrectionKind::Delete));
    }

    #[test]
    fn an_outcome_is_read_back_as_it_was_kept() {
        let outcomes = [
            Corrected::Done,
            Corrected::Gone,
            Corrected::NotDone {
                reason: "wait".to_owned(),
            },
        ];
        for outcome in outcomes {
            let kept = serde_json::to_value(&outcome).unwrap();
            assert_eq!(kept["outcome"], outcome.word());
            assert_eq!(serde_json::from_value::<Corrected>(kept).unwrap(), outcome);
        }
    }
}
