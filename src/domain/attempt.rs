//! One recorded try at one part of a delivery.
//!
//! It is committed before anything is sent, and holds all that is needed to recognise the post later.

use super::{AttemptId, DeliveryId, Outcome};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What will be sent, fixed before the first byte leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRequest {
    /// The request's body, byte for byte (a token is never part of it).
    pub body: String,
    /// Idempotency key: one per (delivery, part), kept over retries.
    pub key: String,
    /// Record key (Bluesky TID), chosen when the first attempt at this part was recorded.
    pub rkey: Option<String>,
    /// References that the platform gave for the media, in order.
    pub media_refs: Vec<String>,
}

/// One recorded try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Row id.
    pub id: AttemptId,
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// Part of the thread, from 0.
    pub part: u32,
    /// Number of the try at this part, from 1.
    pub number: u32,
    /// What was to be sent.
    pub request: AttemptRequest,
    /// When it was committed.
    pub started_at: DateTime<Utc>,
    /// Until then the answer may still come; nobody else looks before.
    pub deadline: DateTime<Utc>,
    /// How it ended; `None` while it is in flight, or after the process died.
    pub outcome: Option<Outcome>,
    /// When the outcome was committed.
    pub ended_at: Option<DateTime<Utc>>,
}
