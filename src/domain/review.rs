//! Review: where a post stands with its reviewers, what was said about it, and what a reviewer is shown.
//!
//! Plain data and its words. `store` derives where a post stands; whether one may leave is asked there too.

use super::{Author, ChannelName, Content, PostView};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Somebody who typed this lately has the post open.
pub const PRESENT: TimeDelta = TimeDelta::minutes(10);

/// Where a post stands with its reviewers; derived from approvals and notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// Nobody was asked.
    #[default]
    Draft,
    /// It waits for a second pair of eyes.
    InReview,
    /// A reviewer wants something changed, and nobody has asked again since.
    ChangesRequested,
    /// Every channel's composed text, as it is now, was approved.
    Approved,
}

impl Review {
    /// Every state, in the order of a post's life.
    pub const ALL: [Self; 4] = [
        Self::Draft,
        Self::InReview,
        Self::ChangesRequested,
        Self::Approved,
    ];

    /// Returns the word used in database, JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in-review",
            Self::ChangesRequested => "changes-requested",
            Self::Approved => "approved",
        }
    }

    /// Returns where a post stands under a rule: one that is planned and needs an approval waits for it, asked or not.
    pub fn under(self, rule: ReviewRule, scheduled: bool) -> Self {
        match self {
            Self::Draft if rule == ReviewRule::Required && scheduled => Self::InReview,
            other => other,
        }
    }
}

impl FromStr for Review {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|review| review.word() == word)
            .ok_or_else(|| format!("`{word}` is no state of review"))
    }
}

/// Whether what leaves needs an approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReviewRule {
    /// Whoever wants to asks for one; nothing waits for it.
    #[default]
    Optional,
    /// Nothing leaves without, and whoever wrote it does not approve it.
    Required,
}

impl ReviewRule {
    /// Whether a post is held back: a draft, or planned without the approval that it needs.
    pub fn holds(self, scheduled: bool, review: Review) -> bool {
        !scheduled || self == Self::Required && review != Review::Approved
    }
}

/// An approval that was not taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Hash of the composed result that was approved; another one is not.
    pub hash: String,
    /// Who approved it.
    pub author: Author,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a note says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// Somebody asked for a review.
    Asked,
    /// A reviewer wants something changed; the text says what.
    Changes,
    /// Something worth saying.
    Comment,
    /// A change took an approval back.
    Lost,
}

impl NoteKind {
    const ALL: [Self; 4] = [Self::Asked, Self::Changes, Self::Comment, Self::Lost];

    /// Returns the word used in database and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Changes => "changes",
            Self::Comment => "comment",
            Self::Lost => "lost",
        }
    }

    /// Returns what its author did, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "asks for review",
            Self::Changes => "wants changes",
            Self::Comment => "says",
            Self::Lost => "changed it: its approval is taken back",
        }
    }
}

impl FromStr for NoteKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| format!("`{word}` is no kind of note"))
    }
}

/// Something that was said about a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewNote {
    /// What it says.
    pub kind: NoteKind,
    /// Who said it.
    pub author: Author,
    /// The words; may be empty where somebody only asked.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl ReviewNote {
    /// Returns what its author did, in words, and what they said with it.
    pub fn told(&self) -> (String, &str) {
        match self.kind {
            // It tells what was changed, where that is not the post.
            NoteKind::Lost if !self.text.is_empty() => (
                format!("changed {}: its approval is taken back", self.text),
                "",
            ),
            kind => (kind.words().to_owned(), &self.text),
        }
    }
}

/// What was approved last, whether or not that still holds.
#[derive(Clone, Debug, PartialEq)]
pub struct LastApproved {
    /// The post as it was.
    pub content: Content,
    /// Who approved it.
    pub author: Author,
    /// When.
    pub at: DateTime<Utc>,
}

/// All that a reviewer is shown about a post.
#[derive(Clone, Debug, PartialEq)]
pub struct Reviewed {
    /// The post.
    pub view: PostView,
    /// Who last changed what is sent.
    pub written_by: Author,
    /// What was said about it, the oldest first.
    pub notes: Vec<ReviewNote>,
    /// The approvals that hold.
    pub approvals: BTreeMap<ChannelName, Approval>,
    /// What was approved last.
    pub last_approved: Option<LastApproved>,
    /// Who else has it open, and when they last typed.
    pub open_by: Vec<(Author, DateTime<Utc>)>,
}

impl Reviewed {
    /// Returns who asked for the review last, and when; `None` when nobody did.
    pub fn asked(&self) -> Option<&ReviewNote> {
        let mut notes = self.notes.iter().rev();
        notes.find(|note| note.kind == NoteKind::Asked)
    }
}

/// Says that a channel of a post waits for an approval, as a reason.
pub const UNAPPROVED: &str = "not approved: somebody other than its writer must approve it";

/// Says that what would be sent is not what was approved, as a reason.
pub const APPROVED_OTHERWISE: &str =
    "what would be sent has changed since it was approved: it must be approved again";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for review in Review::ALL {
            assert_eq!(review.word().parse(), Ok(review));
        }
        for kind in NoteKind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
    }

    #[test]
    fn a_planned_post_that_needs_an_approval_waits_for_it_whether_or_not_somebody_asked() {
        use ReviewRule::{Optional, Required};
        assert_eq!(Review::Draft.under(Required, true), Review::InReview);
        assert_eq!(Review::Draft.under(Required, false), Review::Draft);
        assert_eq!(Review::Draft.under(Optional, true), Review::Draft);
        assert!(Required.holds(true, Review::InReview));
        assert!(!Required.holds(true, Review::Approved));
        assert!(!Optional.holds(true, Review::ChangesRequested));
        assert!(Optional.holds(false, Review::Approved));
    }
}
