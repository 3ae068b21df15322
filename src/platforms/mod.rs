//! Talking to platforms: one trait, one file per platform, and the one place that decides whether a request was sent.
//!
//! Requests are built and answers read by pure functions; `publish` only strings them together. Nothing here
//! retries a create call, knows the database, or decides when something leaves: that is `publisher`.

mod address;
mod answer;
pub mod bluesky;
mod bluesky_correct;
mod bluesky_login;
mod bluesky_media;
mod bluesky_permission;
#[doc(hidden)]
pub mod bluesky_reading;
mod bluesky_record;
mod bluesky_session;
mod bluesky_video;
pub mod byhand;
mod call;
mod correct;
mod gauge;
pub mod http;
#[cfg(test)]
mod http_tests;
pub mod linkedin;
mod linkedin_answer;
mod linkedin_api;
mod linkedin_author;
mod linkedin_comment;
mod linkedin_correct;
pub mod linkedin_login;
mod linkedin_look;
mod linkedin_media;
mod linkedin_permission;
#[doc(hidden)]
pub mod linkedin_reading;
mod linkedin_session;
mod linkedin_version;
mod linkedin_video;
pub mod login;
mod look_up;
pub mod mastodon;
mod mastodon_api;
mod mastodon_correct;
mod mastodon_login;
mod mastodon_look;
mod mastodon_media;
mod mastodon_permission;
#[doc(hidden)]
pub mod mastodon_reading;
mod no_answer;
mod oauth;
mod on_disk;
mod permission;
mod quote;
#[doc(hidden)]
pub mod reading;
pub mod sandbox;
mod sandbox_outbox;
mod stream;
mod token_endpoint;
mod unbroken;
mod upload;
mod verdict;
pub mod x;
mod x_access;
mod x_api;
pub mod x_login;
mod x_look;
mod x_media;
mod x_permission;
#[doc(hidden)]
pub mod x_reading;
mod x_sign;
pub mod youtube;
mod youtube_after;
mod youtube_api;
mod youtube_captions;
mod youtube_correct;
pub mod youtube_login;
mod youtube_look;
mod youtube_permission;
#[doc(hidden)]
pub mod youtube_reading;
mod youtube_session;
mod youtube_upload;
pub mod zulip;
mod zulip_api;
mod zulip_correct;
mod zulip_look;
mod zulip_permission;
mod zulip_place;
#[doc(hidden)]
pub mod zulip_reading;

pub use http::{Http, Timeouts};
pub use look_up::{LookUp, Sought};
use no_answer::NoAnswer;
pub use upload::{Begun, Files, Kept, Pieces, Unlogged, UploadLog};
use verdict::{Verdict, log_in_again};

use crate::domain::connection::Quota;
use crate::domain::{
    Account, AttemptRequest, Channel, ChannelName, Corrected, DeliveryId, Limits, Outcome, Part,
    PartMedia, Permission, Place, PlatformId, Published, RemoteRef, Target,
};
use crate::secrets::{OwnApp, Secret, SecretSource};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What is said where published posts stay as they are.
pub const CANNOT_EDIT: &str =
    "what is published there cannot be edited: delete it, and send a copy of the post";

/// A connected account on one platform.
#[async_trait]
pub trait Platform: Send + Sync + std::fmt::Debug {
    /// Returns the account that the secret belongs to.
    async fn verify(&self) -> Result<Account, CallError>;

    /// Returns what the login may do, asked after `verify` when a person wants to know; `None` where there is no login.
    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        Ok(None)
    }

    /// Returns what the server says about its limits; all `None` where it says nothing.
    async fn limits(&self) -> Result<Limits, CallError>;

    /// Resolves handles (without `@`) to identities, in order; `None` for one that does not exist.
    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        Ok(vec![None; handles.len()])
    }

    /// Returns the topics that are there, the newest first; nothing where there are none. `to` is the channel on the server,
    /// where it is another than the configured one.
    async fn topics(&self, to: Option<&Target>) -> Result<Vec<String>, CallError> {
        let _ = to;
        Ok(Vec::new())
    }

    /// Returns the channels on the server that the account sees; `None` where an account is not one of several channels.
    async fn places(&self) -> Result<Option<Vec<Place>>, CallError> {
        Ok(None)
    }

    /// Finds the post at an address on this platform, to answer it; `None` when it is not there.
    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError>;

    /// Uploads one small file and returns the platform's reference to it (opaque text).
    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError>;

    /// Whether a medium goes up in pieces, from its kept file: then `upload_in_pieces` is called instead of `upload`.
    fn in_pieces(&self, media: &PartMedia) -> bool {
        let _ = media;
        false
    }

    /// Uploads one kept file of a part in pieces and returns the platform's reference to it (opaque text). May be dropped at any
    /// await, and asked for again; `upload.rs` says how it goes on then.
    async fn upload_in_pieces(
        &self,
        part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let _ = (part, log);
        Err(CallError::Rejected(format!(
            "a {} cannot be sent there from here: take {} away",
            media.medium(),
            media.name
        )))
    }

    /// Whether an upload in pieces makes the post: it begins with the part's words, so it is gone on with only while these
    /// are the same, and one that was all there is asked for once more before its reference is used again.
    fn asks_uploads_again(&self) -> bool {
        false
    }

    /// Builds the request for one part. Pure: the same arguments give the same bytes.
    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest;

    /// Sends one committed request. Runs to its own timeout and is never cancelled by the caller.
    async fn publish(&self, request: &AttemptRequest) -> Outcome;

    /// Looks whether a part is there whose answer was lost. Never asked before the attempt's deadline.
    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        let _ = sought;
        LookUp::cannot_tell("this platform cannot be asked")
    }

    /// Looks again at a part that is there, as this platform said of it last, and that it was still at work on, or that was of
    /// no use; does what is left to be done there. Asking again does no harm.
    async fn watch(
        &self,
        there: &Published,
        request: &AttemptRequest,
    ) -> Result<Published, CallError> {
        let _ = request;
        Ok(there.clone())
    }

    /// Deletes a part that is there. Asking again does no harm.
    async fn delete(&self, there: &RemoteRef) -> Corrected {
        let _ = there;
        Corrected::Refused {
            reason: "this platform cannot delete from here: do it on its page".to_owned(),
        }
    }

    /// Puts a part in the place of one that is there; `media_refs` are from `upload`, in the order of its media.
    async fn edit(&self, there: &RemoteRef, part: &Part, media_refs: &[String]) -> Corrected {
        let _ = (there, part, media_refs);
        Corrected::Refused {
            reason: CANNOT_EDIT.to_owned(),
        }
    }

    /// Whether `edit` can do anything at all.
    fn can_edit(&self) -> bool {
        false
    }

    /// Returns what the last answers said of the account's quota; nothing where they say nothing.
    fn quota(&self) -> Vec<Quota> {
        Vec::new()
    }

    /// Whether `edit` wants the media uploaded once more.
    fn edit_takes_media(&self) -> bool {
        true
    }

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

impl From<CallError> for Outcome {
    /// Reads the failure of a call that comes before the create call: nothing was made.
    fn from(error: CallError) -> Self {
        match error {
            CallError::Rejected(reason) => Self::Rejected { reason },
            CallError::Unauthorized(reason) => Self::Unauthorized { reason },
            CallError::RateLimited { until, reason } => Self::RateLimited { until, reason },
            CallError::Unavailable(reason) => Self::NotSent { reason },
        }
    }
}

/// What configuration and data directory know of a channel's connection, secrets resolved.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Base address of the server; `None` takes the platform's own, where it has one.
    pub url: Option<String>,
    /// The account's handle, with or without `@` (Bluesky).
    pub handle: Option<String>,
    /// The account's e-mail address (Zulip).
    pub email: Option<String>,
    /// The channel on the server that it posts to (Zulip).
    pub to: Option<Target>,
    /// The page that it posts as, by its whole name; `None` posts as the person who logged in (LinkedIn).
    pub organization: Option<String>,
    /// The version of the API; `None` takes the one that this program was written for (LinkedIn).
    pub api_version: Option<String>,
    /// Where videos go that are made ready for the account's server; `None` takes the platform's own, `none` there is not
    /// (Bluesky).
    pub video_service: Option<String>,
    /// The application of one's own that a login goes through (LinkedIn).
    pub app: OwnApp,
    /// The application that an account grants access, where it logs in by a browser (X).
    pub client_id: Option<String>,
    /// Where the browser is sent after that; `None` takes the platform's own default.
    pub redirect: Option<String>,
    /// What the configuration's reference led to, else what `login` stored (Mastodon's token, Bluesky's app password).
    pub secret: Option<Secret>,
    /// The configuration's reference to it; `None` where it is what `login` stored.
    pub secret_from: Option<SecretSource>,
    /// `<data>/secrets/<channel>.json`, where Bluesky's session is kept.
    pub stored: PathBuf,
    /// Folder into which a sandbox writes.
    pub outbox: PathBuf,
    /// The kept files of posts, for what goes up in pieces.
    pub files: Files,
}

impl Connection {
    fn base(&self, channel: &Channel, default: Option<&str>) -> Result<String, CallError> {
        let url = self.url.as_deref().or(default).ok_or_else(|| {
            CallError::Rejected(format!(
                "Channel `{}` has no `url`: name the server, such as url = \"https://example.org\"",
                channel.name
            ))
        })?;
        address::base_address(url)
    }

    /// Says what a person does when the platform does not accept the secret.
    fn remedy(&self, channel: &ChannelName) -> String {
        match &self.secret_from {
            // It wins over what a login would store.
            Some(reference) => format!("check the secret that {reference} gives"),
            None => format!("run `masthead login {channel}`"),
        }
    }
}

fn not_logged_in(channel: &ChannelName) -> CallError {
    CallError::Unauthorized(format!(
        "Channel `{channel}` has no secret: run `masthead login {channel}`, or set token_env, token_command or token_file"
    ))
}

/// Connects a channel to its platform; nothing is sent yet.
///
/// # Errors
///
/// `Rejected` when the configuration cannot work or the platform cannot publish yet, `Unauthorized` when there is no secret.
pub fn connect(
    channel: &Channel,
    connection: Connection,
    http: &Http,
) -> Result<Arc<dyn Platform>, CallError> {
    // What its answers say of a quota is of this account alone.
    let http = &http.for_one_account();
    Ok(match channel.platform {
        PlatformId::Sandbox => Arc::new(sandbox::Sandbox::new(channel, connection.outbox)),
        PlatformId::ByHand => Arc::new(byhand::ByHand::new(channel)),
        PlatformId::Mastodon => Arc::new(mastodon::Mastodon::new(channel, connection, http)?),
        PlatformId::Bluesky => Arc::new(bluesky::Bluesky::new(channel, connection, http)?),
        PlatformId::Zulip => Arc::new(zulip::Zulip::new(channel, connection, http)?),
        PlatformId::LinkedIn => Arc::new(linkedin::LinkedIn::new(channel, connection, http)?),
        PlatformId::X => Arc::new(x::X::new(channel, connection, http)?),
        PlatformId::YouTube => Arc::new(youtube::YouTube::new(channel, connection, http)?),
    })
}

/// The end of a version of a platform's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiEnd {
    /// The version that a channel speaks.
    pub version: String,
    /// When it ends.
    pub at: DateTime<Utc>,
    /// Whether the platform said so; otherwise it is what its versions usually live.
    pub is_announced: bool,
}

/// Returns when the version ends that a channel speaks; `None` where versions have no end.
pub fn api_end(platform: PlatformId, version: Option<&str>) -> Option<ApiEnd> {
    match platform {
        PlatformId::LinkedIn => linkedin_version::end(version.unwrap_or(linkedin_version::DEFAULT)),
        _ => None,
    }
}

/// Returns what the next part of a thread answers: the part that was just published.
///
/// `answered` is what that part itself answered; the conversation's first post is handed on from it.
pub fn next_in_thread(published: &Published, answered: Option<&RemoteRef>) -> RemoteRef {
    RemoteRef {
        id: published.id.clone(),
        cid: published.cid.clone(),
        root: answered.map(|answered| {
            answered.root.clone().unwrap_or_else(|| {
                (
                    answered.id.clone(),
                    answered.cid.clone().unwrap_or_default(),
                )
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_later_part_keeps_the_first_as_root_and_the_one_before_as_parent() {
        let published = |number: u32| Published {
            id: format!("at://{number}"),
            cid: Some(format!("cid{number}")),
            ..Published::default()
        };
        let first = next_in_thread(&published(1), None);
        assert_eq!((first.id.as_str(), &first.root), ("at://1", &None));
        let second = next_in_thread(&published(2), Some(&first));
        let root = Some(("at://1".to_owned(), "cid1".to_owned()));
        assert_eq!((second.id.as_str(), &second.root), ("at://2", &root));
        let third = next_in_thread(&published(3), Some(&second));
        assert_eq!((third.id.as_str(), &third.root), ("at://3", &root));
    }
}
