//! Talking to platforms: one trait, one file per platform, and the one place that decides whether a request was sent.
//!
//! Requests are built and answers read by pure functions; `publish` only strings them together. Nothing here
//! retries a create call, knows the database, or decides when something leaves: that is `publisher`.

use crate::domain::{
    Account, AttemptRequest, DeliveryId, Limits, Outcome, Part, PartMedia, RemoteRef,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// A connected account on one platform.
#[async_trait]
pub trait Platform: Send + Sync + std::fmt::Debug {
    /// Returns the account that the secret belongs to.
    async fn verify(&self) -> Result<Account, CallError>;

    /// Returns what the server says about its limits; all `None` where it says nothing.
    async fn limits(&self) -> Result<Limits, CallError>;

    /// Resolves handles (without `@`) to identities, in order; `None` for one that does not exist.
    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        Ok(vec![None; handles.len()])
    }

    /// Finds the post at an address on this platform, to answer it; `None` when it is not there.
    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError>;

    /// Uploads one picture and returns the platform's reference to it (opaque text).
    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError>;

    /// Builds the request for one part. Pure: the same arguments give the same bytes.
    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest;

    /// Sends one committed request. Runs to its own timeout and is never cancelled by the caller.
    async fn publish(&self, request: &AttemptRequest) -> Outcome;

    /// How long `publish` may take at the most.
    fn publish_timeout(&self) -> Duration {
        Duration::from_secs(30)
    }
}

/// What a request needs beside the composed part.
#[derive(Clone, Debug)]
pub struct PartContext<'a> {
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// Which part, from 0.
    pub index: u32,
    /// How many parts there are.
    pub total: u32,
    /// What it answers: the part before, or for part 0 the post that the author named.
    pub answers: Option<&'a RemoteRef>,
    /// References from `upload`, in the order of the part's media.
    pub media_refs: &'a [String],
    /// The real clock when the first attempt at this part was recorded (`createdAt`, record key).
    pub created_at: DateTime<Utc>,
    /// The earlier request for this part, whose key and record key are kept.
    pub earlier: Option<&'a AttemptRequest>,
}

/// Why a call that creates nothing failed; says what the caller must do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Fix what was sent.
    #[error("{0}")]
    Rejected(String),
    /// Reconnect the channel.
    #[error("{0}")]
    Unauthorized(String),
    /// Wait until then.
    #[error("{reason}")]
    RateLimited {
        /// Not before this instant.
        until: DateTime<Utc>,
        /// Why, in plain words.
        reason: String,
    },
    /// Try again later: the server did not answer, or not sensibly.
    #[error("{0}")]
    Unavailable(String),
}
