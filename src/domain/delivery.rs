//! A delivery: one post on one channel, once.
//!
//! A post's overall status is derived from its deliveries here and never stored.

use super::{ChannelName, DeliveryId, PlatformId, PostId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where one post stands on one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Nobody knows whether it went out. Never sent again on a guess.
    Unknown,
    /// It was refused, or cannot go on, and a person has to act.
    Failed,
    /// Its time passed without it leaving.
    Missed,
    /// It is being sent now.
    Publishing,
    /// It has not left yet.
    Waiting,
    /// It is there.
    Published,
    /// A person said that it shall not go.
    Skipped,
}

impl DeliveryState {
    /// Every state, the worst first: the order in which they win over each other on one row.
    pub const WORST_FIRST: [Self; 7] = [
        Self::Unknown,
        Self::Failed,
        Self::Missed,
        Self::Publishing,
        Self::Waiting,
        Self::Published,
        Self::Skipped,
    ];

    /// Returns the word used in database, JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Failed => "failed",
            Self::Missed => "missed",
            Self::Publishing => "publishing",
            Self::Waiting => "waiting",
            Self::Published => "published",
            Self::Skipped => "skipped",
        }
    }

    /// Whether a person has to look.
    pub fn needs_you(self) -> bool {
        matches!(self, Self::Unknown | Self::Failed | Self::Missed)
    }

    /// Whether the text may still be changed for this channel: it has not left and is not leaving.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::Failed | Self::Missed | Self::Skipped
        )
    }

    /// Returns the worst of several states; `None` when there is none.
    pub fn worst(states: impl IntoIterator<Item = Self>) -> Option<Self> {
        states.into_iter().min()
    }
}

/// The word names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("No delivery state is called `{0}`")]
pub struct UnknownState(pub String);

impl FromStr for DeliveryState {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        Self::WORST_FIRST
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| UnknownState(word.to_owned()))
    }
}

/// What a delivery waits for until its next try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// For something of its own: another try, an approval, its “not before” time.
    #[default]
    ForItself,
    /// For its turn behind others on its channel, or because somebody put it off; that does not use up its grace.
    ItsTurn,
    /// For somebody who is asked to post it by hand; the next try is when its time is over.
    ForAPerson,
}

/// One post on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Row id.
    pub id: DeliveryId,
    /// The post.
    pub post: PostId,
    /// The channel.
    pub channel: ChannelName,
    /// The channel's platform.
    pub platform: PlatformId,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it is to leave; `None` while its post has no time.
    pub due_at: Option<DateTime<Utc>>,
    /// Why it is where it is, in plain words; empty when there is nothing to say.
    pub reason: String,
    /// Where the first part can be read.
    pub permalink: Option<String>,
    /// The platform's ids of the parts that are there, in order.
    pub remote_ids: Vec<String>,
    /// How many attempts were recorded, over all parts.
    pub attempts: u32,
    /// When the next try is planned, after one that may be repeated.
    pub next_try: Option<DateTime<Utc>>,
    /// What it waits for until then.
    pub waits: Waits,
    /// When its state last changed.
    pub changed_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_worse_than_failed_and_published_is_better_than_waiting() {
        use DeliveryState::*;
        assert_eq!(
            DeliveryState::worst([Published, Failed, Unknown]),
            Some(Unknown)
        );
        assert_eq!(DeliveryState::worst([Published, Waiting]), Some(Waiting));
        assert_eq!(DeliveryState::worst([]), None);
    }

    #[test]
    fn every_state_is_read_back_from_its_word() {
        for state in DeliveryState::WORST_FIRST {
            assert_eq!(state.word().parse(), Ok(state));
        }
    }
}
