//! Bluesky and any other server of the AT protocol.
//!
//! A post is one record at a key that we choose and store beforehand, written with `putRecord` and `swapRecord: null`:
//! asking for the identical record again changes nothing. Facts from the lexicons and the reference PDS of
//! bluesky-social/atproto, read 2026-11, and from a PDS that runs in the tests. The session is in `bluesky_session.rs`.

use super::address;
use super::bluesky_media::LARGEST_IMAGE;
use super::bluesky_record::{self, POSTS};
use super::bluesky_session::{self as session, SessionKeeper, error_name, judge, said};
use super::bluesky_video::VideoRoad;
use super::http::{self, Answer, Body, Call, Http};
use super::{
    CallError, Connection, Files, LookUp, NoAnswer, PartContext, Platform, Sought, UploadLog,
    Verdict, log_in_again,
};
use crate::domain::connection::Quota;
use crate::domain::{
    Account, AttemptRequest, Channel, Corrected, Limits, Outcome, Part, PartMedia, Permission,
    Published, RemoteRef,
};
use crate::secrets::{BlueskySecret, SecretFile};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// Where a session begins when the configuration names no server.
pub(super) const SERVICE: &str = "https://bsky.social";

/// One account on one server.
#[derive(Debug)]
pub struct Bluesky {
    http: Http,
    pub(super) keeper: Arc<SessionKeeper>,
    /// The identity that records are written for: the pinned one, else the one that the login turned out to be.
    did: OnceLock<String>,
    files: Files,
    road: VideoRoad,
}

/// The parts of a recorded request that publishing looks at.
#[derive(Deserialize)]
pub(super) struct Recorded {
    repo: String,
    rkey: String,
    #[serde(default)]
    record: Value,
}

#[derive(Deserialize)]
struct Written {
    #[serde(deserialize_with = "address::id")]
    uri: String,
    #[serde(deserialize_with = "address::id")]
    cid: String,
}

#[derive(Deserialize)]
struct Fetched {
    #[serde(deserialize_with = "address::id")]
    uri: String,
    #[serde(default, deserialize_with = "address::maybe_id")]
    cid: Option<String>,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(deserialize_with = "address::id")]
    did: String,
    #[serde(default)]
    handle: String,
}

impl Bluesky {
    /// Connects a channel to its server; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address is refused.
    pub fn new(channel: &Channel, connection: Connection, http: &Http) -> Result<Self, CallError> {
        let service = connection.base(channel, Some(SERVICE))?;
        let road = VideoRoad::of(connection.video_service.as_deref())?;
        let pinned = channel.account.as_ref().map(|account| account.id.clone());
        let did = OnceLock::new();
        if let Some(pinned) = &pinned {
            let _ = did.set(pinned.clone());
        }
        let remedy = connection.remedy(&channel.name);
        let handle = connection
            .handle
            .map(|handle| handle.trim().trim_start_matches('@').to_owned())
            .filter(|handle| !handle.is_empty());
        Ok(Self {
            http: http.clone(),
            keeper: Arc::new(SessionKeeper {
                http: http.clone(),
                service,
                handle,
                pinned,
                password: connection.secret,
                file: SecretFile::new(connection.stored),
                channel: channel.name.clone(),
                remedy,
                session: Mutex::new(None),
            }),
            did,
            files: connection.files,
            road,
        })
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn road(&self) -> &VideoRoad {
        &self.road
    }

    /// Makes a call with the session at hand, and once more when the server says that it has ended.
    pub(super) async fn authorised<M>(&self, make: M) -> Result<(Answer, BlueskySecret), NoAnswer>
    where
        M: for<'s> Fn(&'s BlueskySecret) -> Call<'s> + Send + Sync,
    {
        let first = self.keeper.session().await?;
        let answer = self.http.send(make(&first)).await?;
        let renewed = match error_name(&answer).as_str() {
            _ if !matches!(answer.status, 400 | 401) => return Ok((answer, first)),
            "ExpiredToken" => self.keeper.refreshed(&first).await,
            "InvalidToken" => self.keeper.begun_again(&first).await,
            _ => return Ok((answer, first)),
        }?;
        let answer = self.http.send(make(&renewed)).await?;
        Ok((answer, renewed))
    }

    pub(super) fn said(&self, answer: &Answer, session: &BlueskySecret) -> String {
        let mut secrets = vec![&session.access, &session.refresh];
        secrets.extend(&session.password);
        secrets.extend(&self.keeper.password);
        said(&session.pds, answer, &secrets)
    }

    pub(super) fn refused(&self, answer: &Answer, session: &BlueskySecret) -> CallError {
        session::refused(
            &self.http,
            &self.keeper.remedy,
            answer,
            self.said(answer, session),
        )
    }

    pub(super) fn outcome(&self, answer: &Answer, session: &BlueskySecret, rkey: &str) -> Outcome {
        let host = address::host_of(&session.pds);
        if answer.is_success() {
            return match answer.json::<Written>() {
                Some(written) if !written.uri.is_empty() && !written.cid.is_empty() => {
                    Outcome::Published(Published {
                        permalink: Some(permalink(session, rkey)),
                        id: written.uri,
                        cid: Some(written.cid),
                        note: None,
                        ..Published::default()
                    })
                }
                _ => Outcome::Unknown {
                    reason: format!("{host} answered {}, but not with a record", answer.status),
                },
            };
        }
        let reason = self.said(answer, session);
        match judge(answer) {
            Verdict::Unclear if error_name(answer) == "InvalidSwap" => Outcome::Unknown {
                reason: format!("A different record is at the key of this post: {reason}"),
            },
            verdict => {
                let until = answer.wait_until(self.http.now());
                verdict.outcome(reason, &self.keeper.remedy, until)
            }
        }
    }

    /// Reads whose session it is.
    pub(super) fn account(
        &self,
        answer: &Answer,
        session: &BlueskySecret,
    ) -> Result<Account, CallError> {
        if !answer.is_success() {
            return Err(self.refused(answer, session));
        }
        let identity: Identity = answer
            .json()
            .ok_or_else(|| session::unreadable(&session.pds))?;
        Ok(Account {
            id: identity.did,
            handle: format!("@{}", http::quote(&identity.handle)),
        })
    }

    /// Reads what the server says about itself.
    pub(super) fn told_limits(
        &self,
        answer: &Answer,
        session: &BlueskySecret,
    ) -> Result<Limits, CallError> {
        let limit = self.described(answer, session)?.blob_upload_limit;
        let goes_there = self.road.service(&session.pds).is_none();
        Ok(Limits {
            max_image_bytes: limit.map(|limit| limit.min(LARGEST_IMAGE)),
            max_video_bytes: limit.filter(|_| goes_there),
            fetched_at: Some(self.http.now()),
            ..Limits::default()
        })
    }

    /// Compares the record at the key of a request with what was asked for.
    pub(super) fn seen(
        &self,
        answer: &Answer,
        session: &BlueskySecret,
        recorded: &Recorded,
    ) -> LookUp {
        if matches!(answer.status, 400 | 404) && error_name(answer) == "RecordNotFound" {
            return LookUp::Absent;
        }
        if !answer.is_success() {
            return LookUp::cannot_tell(self.said(answer, session));
        }
        match answer.json::<Fetched>() {
            Some(Fetched {
                uri,
                cid: Some(cid),
                value,
            }) if value == recorded.record && !uri.is_empty() => LookUp::Found(Published {
                permalink: Some(permalink(session, &recorded.rkey)),
                id: uri,
                cid: Some(cid),
                note: None,
                ..Published::default()
            }),
            Some(Fetched { value, .. }) if value != recorded.record && value.is_object() => {
                LookUp::cannot_tell(format!(
                    "a different record is at its key: {}",
                    permalink(session, &recorded.rkey)
                ))
            }
            _ => LookUp::cannot_tell(session::unreadable(&session.pds).to_string()),
        }
    }
}

/// Returns the public page of a post (`https://bsky.app/profile/<handle>/post/<key>`).
fn permalink(session: &BlueskySecret, rkey: &str) -> String {
    let shown = match session.handle.as_str() {
        // What servers say of a handle that no longer leads to the account.
        "" | "handle.invalid" => &session.did,
        handle => handle,
    };
    format!("https://bsky.app/profile/{shown}/post/{rkey}")
}

#[async_trait]
impl Platform for Bluesky {
    async fn verify(&self) -> Result<Account, CallError> {
        let (answer, session) = self
            .authorised(|session| {
                Call::read(format!(
                    "{}/xrpc/com.atproto.server.getSession",
                    session.pds
                ))
                .bearer(&session.access)
            })
            .await?;
        let account = self.account(&answer, &session)?;
        let _ = self.did.set(account.id.clone());
        Ok(account)
    }

    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        self.find_permission().await.map(Some)
    }

    /// Lengths are fixed by the lexicon; only the size of what is uploaded depends on the server.
    async fn limits(&self) -> Result<Limits, CallError> {
        let (answer, session) = self.describe_server().await?;
        self.told_limits(&answer, &session)
    }

    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        let session = self.keeper.session().await?;
        let mut found = Vec::with_capacity(handles.len());
        for handle in handles {
            let url = format!("{}/xrpc/com.atproto.identity.resolveHandle", session.pds);
            let answer = self
                .http
                .send(Call::read(url).query("handle", handle))
                .await?;
            found.push(match answer.status {
                200 => {
                    let identity: Identity = answer
                        .json()
                        .ok_or_else(|| session::unreadable(&session.pds))?;
                    Some(identity.did)
                }
                // Unable to resolve, or not written as a handle.
                400 | 404 => None,
                _ => return Err(self.refused(&answer, &session)),
            });
        }
        Ok(found)
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        let Some((author, key)) = bluesky_record::author_and_key(address) else {
            return Ok(None);
        };
        let session = self.keeper.session().await?;
        let call = Call::read(format!("{}/xrpc/com.atproto.repo.getRecord", session.pds))
            .query("repo", author)
            .query("collection", POSTS)
            .query("rkey", key);
        let answer = self.http.send(call).await?;
        match answer.status {
            200 => {
                let fetched: Fetched = answer
                    .json()
                    .ok_or_else(|| session::unreadable(&session.pds))?;
                let root = &fetched.value["reply"]["root"];
                let root = root["uri"].as_str().zip(root["cid"].as_str());
                // Somebody else wrote that record.
                let root = root
                    .filter(|(uri, cid)| address::can_be_kept(uri) && address::can_be_kept(cid));
                Ok(Some(RemoteRef {
                    id: fetched.uri,
                    cid: fetched.cid,
                    root: root.map(|(uri, cid)| (uri.to_owned(), cid.to_owned())),
                }))
            }
            // Also "Could not find repo" and a key or author that is not written as one.
            400 | 404 => Ok(None),
            _ => Err(self.refused(&answer, &session)),
        }
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.upload_picture(media, bytes).await
    }

    fn in_pieces(&self, media: &PartMedia) -> bool {
        media.is_video()
    }

    async fn upload_in_pieces(
        &self,
        _part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        self.upload_video(media, log).await
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        // A handle is as good as its identity here, for a channel that was never verified.
        let repo = self
            .did
            .get()
            .or(self.keeper.handle.as_ref())
            .map_or("", String::as_str);
        bluesky_record::put_record(repo, part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        let Ok(recorded) = serde_json::from_str::<Recorded>(&request.body) else {
            return Outcome::Rejected {
                reason: "The recorded request is damaged".to_owned(),
            };
        };
        let session = match self.keeper.session().await {
            Ok(session) => session,
            Err(error) => return error.into(),
        };
        if recorded.repo.starts_with("did:") && recorded.repo != session.did {
            let of = http::quote(&session.did);
            let words = format!("The login is of {of}, the channel is of {}", recorded.repo);
            return Outcome::Unauthorized {
                reason: log_in_again(&words, &self.keeper.remedy),
            };
        }
        let sent = self
            .authorised(|session| {
                Call::post(
                    format!("{}/xrpc/com.atproto.repo.putRecord", session.pds),
                    Body::Json(request.body.clone()),
                )
                .bearer(&session.access)
            })
            .await;
        match sent {
            Ok((answer, session)) => self.outcome(&answer, &session, &recorded.rkey),
            Err(trouble) => trouble.into(),
        }
    }

    /// Reads the record at the key that was chosen beforehand, from the account's own server: others lag.
    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        let Ok(recorded) = serde_json::from_str::<Recorded>(&sought.attempt.request.body) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        let session = match self.keeper.session().await {
            Ok(session) => session,
            Err(error) => return LookUp::cannot_tell(error.to_string()),
        };
        if recorded.repo.starts_with("did:") && recorded.repo != session.did {
            return LookUp::cannot_tell("the login is of another account");
        }
        let call = Call::read(format!("{}/xrpc/com.atproto.repo.getRecord", session.pds))
            .query("repo", &recorded.repo)
            .query("collection", POSTS)
            .query("rkey", &recorded.rkey);
        let answer = match self.http.send(call).await {
            Ok(answer) => answer,
            Err(failure) => return LookUp::cannot_tell(CallError::from(failure).to_string()),
        };
        self.seen(&answer, &session, &recorded)
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        self.delete_record(there).await
    }

    fn quota(&self) -> Vec<Quota> {
        self.http.quota()
    }

    fn publish_timeout(&self) -> Duration {
        2 * self.http.timeouts().total + self.keeper.longest()
    }
}
