//! A post as a list or a calendar cell needs it: small, with its deliveries' states but without its texts.
//!
//! `store` fills it for a month or a queue at a time; the glyph that stands for it is derived here.

use super::{Author, ChannelName, DeliveryState, Kind, PostId, Review, Waits};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A post in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The post.
    pub id: PostId,
    /// What names it.
    pub title: String,
    /// Evergreen or ad hoc.
    pub kind: Kind,
    /// When it is to leave (the earliest of its deliveries); `None` on the shelf.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether it is held back: a draft, or planned without the approval that it needs.
    pub held: bool,
    /// Where it stands with its reviewers.
    pub review: Review,
    /// Name of the campaign.
    pub campaign: Option<String>,
    /// Who wrote it first.
    pub author: Author,
    /// Its tags.
    pub tags: Vec<String>,
    /// How many of its pictures have no alt text.
    #[serde(default)]
    pub without_alt: usize,
    /// Where it stands on each channel, in the order of the configuration.
    pub channels: Vec<ChannelState>,
}

/// Where a post stands on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// The channel.
    pub channel: ChannelName,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why, in plain words; empty when there is nothing to say.
    pub reason: String,
    /// What it waits for until its next try.
    pub waits: Waits,
}

impl ChannelState {
    /// Whether somebody is asked to post it there by hand.
    pub fn is_asked_by_hand(&self) -> bool {
        self.state == DeliveryState::Waiting && self.waits == Waits::ForAPerson
    }
}

/// The one sign that stands for a post's state: the worst of its deliveries, or why it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Glyph {
    /// Nobody knows whether it went out.
    Unknown,
    /// It was refused.
    Failed,
    /// Its time passed.
    Missed,
    /// A reviewer wants something changed before it may leave.
    ChangesRequested,
    /// It is being sent.
    Publishing,
    /// It is a draft that is held back.
    Draft,
    /// It waits for a second pair of eyes.
    InReview,
    /// It has not left yet.
    Waiting,
    /// It is out everywhere.
    Published,
    /// It shall not go.
    Skipped,
}

impl Glyph {
    /// Every sign, the worst first.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Failed,
        Self::Missed,
        Self::ChangesRequested,
        Self::Publishing,
        Self::Draft,
        Self::InReview,
        Self::Waiting,
        Self::Published,
        Self::Skipped,
    ];

    /// Returns the word shown where there is room.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Failed => "failed",
            Self::Missed => "missed",
            Self::Publishing => "publishing",
            Self::ChangesRequested => "changes",
            Self::Draft => "draft",
            Self::InReview => "in review",
            Self::Waiting => "waiting",
            Self::Published => "published",
            Self::Skipped => "skipped",
        }
    }

    /// Returns the sign for a post's deliveries: the worst of them; being held counts only while nothing worse is to be said.
    pub fn of(states: impl IntoIterator<Item = DeliveryState>, held: bool, review: Review) -> Self {
        match DeliveryState::worst(states) {
            None => Self::Draft,
            Some(DeliveryState::Waiting) if held => match review {
                Review::InReview => Self::InReview,
                Review::ChangesRequested => Self::ChangesRequested,
                Review::Draft | Review::Approved => Self::Draft,
            },
            Some(state) => state.into(),
        }
    }

    /// Returns why a post with this sign is held back; empty for one that is not.
    pub fn held_because(self) -> &'static str {
        match self {
            Self::Draft => "a draft is held until it is scheduled",
            Self::InReview => "in review: held until it is approved",
            Self::ChangesRequested => "held: a reviewer wants something changed",
            _ => "",
        }
    }

    /// Whether a person has to look.
    pub fn needs_you(self) -> bool {
        matches!(self, Self::Unknown | Self::Failed | Self::Missed)
    }
}

impl From<DeliveryState> for Glyph {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Unknown => Self::Unknown,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Missed => Self::Missed,
            DeliveryState::Publishing => Self::Publishing,
            DeliveryState::Waiting => Self::Waiting,
            DeliveryState::Published => Self::Published,
            DeliveryState::Skipped => Self::Skipped,
        }
    }
}

impl Summary {
    /// Returns the sign for its state: the worst delivery; a draft counts only while it holds the post back.
    pub fn glyph(&self) -> Glyph {
        let states = self.channels.iter().map(|channel| channel.state);
        Glyph::of(states, self.held, self.review)
    }

    /// Whether alt text is missing that can still be written before it leaves.
    pub fn lacks_alt(&self) -> bool {
        self.without_alt > 0 && !matches!(self.glyph(), Glyph::Published | Glyph::Skipped)
    }

    /// Returns how many channels it is out on, of how many that it shall go to.
    pub fn published(&self) -> (usize, usize) {
        let wanted = self
            .channels
            .iter()
            .filter(|channel| channel.state != DeliveryState::Skipped);
        let out = self
            .channels
            .iter()
            .filter(|channel| channel.state == DeliveryState::Published);
        (out.count(), wanted.count())
    }
}
