//! How an attempt ended, told as what the caller must do next.
//!
//! `platforms` decides it from what happened on the wire; `publisher` acts on it; the screen shows it.

use super::Watch;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How one attempt at one part ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is there.
    Published(Published),
    /// The platform refused it for good: fix the text or the media.
    Rejected {
        /// Why, in plain words.
        reason: String,
    },
    /// The login no longer holds: reconnect the channel.
    Unauthorized {
        /// Why, in plain words.
        reason: String,
    },
    /// The platform asked to wait; nothing was made.
    RateLimited {
        /// Not before this instant.
        until: DateTime<Utc>,
        /// Why, in plain words.
        reason: String,
    },
    /// Media still being processed there; nothing was made. The same attempt may be repeated.
    NotReady {
        /// Why, in plain words.
        reason: String,
    },
    /// No byte of the request left this machine: safe to try again.
    NotSent {
        /// Why, in plain words.
        reason: String,
    },
    /// Its answer was lost, and it turned out that it is not there: it may be sent again.
    Absent {
        /// Who looked and when, in plain words.
        reason: String,
        /// Who says so.
        witness: Witness,
    },
    /// Nobody here knows whether it is there. Never sent again on a guess.
    Unknown {
        /// What happened instead of an answer.
        reason: String,
    },
}

/// Who says that something is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// The platform, asked twice.
    Platform,
    /// A person, who went and looked.
    Person,
}

/// What a platform returned for a part that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The platform's id (Mastodon status id, `at://` address, sandbox file name).
    pub id: String,
    /// Content id of the record (Bluesky).
    pub cid: Option<String>,
    /// The public address, where it is known.
    pub permalink: Option<String>,
    /// What the platform did differently from what was asked (a narrower visibility).
    pub note: Option<String>,
    /// Whether the platform is still at it.
    #[serde(default, skip_serializing_if = "Watch::is_over")]
    pub watch: Watch,
}

impl Published {
    /// Returns why it is of no use as it is, though it is there.
    pub fn spoiled(&self) -> Option<&str> {
        match &self.watch {
            Watch::Spoiled { reason } => Some(reason),
            Watch::Over | Watch::GoesOn { .. } => None,
        }
    }
}

impl Outcome {
    /// Returns the reason in plain words; empty for a published part.
    pub fn reason(&self) -> &str {
        match self {
            Self::Published(_) => "",
            Self::Rejected { reason }
            | Self::Unauthorized { reason }
            | Self::RateLimited { reason, .. }
            | Self::NotReady { reason }
            | Self::NotSent { reason }
            | Self::Absent { reason, .. }
            | Self::Unknown { reason } => reason,
        }
    }

    /// Returns the word stored in the database.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Published(_) => "published",
            Self::Rejected { .. } => "rejected",
            Self::Unauthorized { .. } => "unauthorized",
            Self::RateLimited { .. } => "rate_limited",
            Self::NotReady { .. } => "not_ready",
            Self::NotSent { .. } => "not_sent",
            Self::Absent { .. } => "absent",
            Self::Unknown { .. } => "unknown",
        }
    }
}
