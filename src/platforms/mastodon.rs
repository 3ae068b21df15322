//! Mastodon and the servers that speak its API (GoToSocial, snac, glitch-soc and others).
//!
//! Facts from docs.joinmastodon.org/methods/{statuses,media,instance} and the server's code, read 2026-11. The
//! idempotency key is sent but never leant on: some of those servers ignore it. Error texts are localised, so only
//! status codes decide. How a person logs in is in `login.rs`; what counts as a character in `text`.

use super::address;
use super::http::{self, Answer, Body, Call, Http};
use super::mastodon_api::{
    self, Credentials, Found, Instance, Refusal, Status, judge, segment, trailing_id,
};
use super::mastodon_look::{Likeness, Posted, Source, Wanted};
use super::{
    CallError, Connection, Files, LookUp, PartContext, Platform, Sought, UploadLog, log_in_again,
};
use crate::domain::connection::Quota;
use crate::domain::{
    Account, AttemptRequest, Channel, ChannelName, Corrected, Limits, Outcome, Part, PartMedia,
    Permission, Published, RemoteRef,
};
use crate::secrets::{Secret, SecretFile};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::time::Duration;

/// How long one look at a picture may take when a post was refused; there are at most four.
const LOOK_TIME: Duration = Duration::from_secs(5);

/// How much earlier than its attempt a post may seem to be, after the server's clock is taken into account.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// How many statuses are asked for at once; servers give 20 to 40.
const PAGE: usize = 40;

/// A page shorter than this is the whole list, even where a server knows no second page.
const SHORT_PAGE: usize = 20;

/// How many pages are read before a person has to look.
const MOST_PAGES: usize = 5;

/// One account on one server.
#[derive(Debug)]
pub struct Mastodon {
    http: Http,
    base: String,
    token: Secret,
    channel: ChannelName,
    /// Where a login keeps its token; `None` where the configuration names one.
    stored: Option<SecretFile>,
    /// What a person does about a refused token.
    remedy: String,
    files: Files,
}

impl Mastodon {
    /// Connects a channel to its server; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address is missing or refused, `Unauthorized` when there is no token.
    pub fn new(channel: &Channel, connection: Connection, http: &Http) -> Result<Self, CallError> {
        Ok(Self {
            http: http.clone(),
            base: connection.base(channel, None)?,
            remedy: connection.remedy(&channel.name),
            stored: (connection.secret_from.is_none())
                .then(|| SecretFile::new(connection.stored.clone())),
            token: connection
                .secret
                .ok_or_else(|| super::not_logged_in(&channel.name))?,
            channel: channel.name.clone(),
            files: connection.files,
        })
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn token(&self) -> &Secret {
        &self.token
    }

    pub(super) fn remedy(&self) -> &str {
        &self.remedy
    }

    pub(super) fn stored(&self) -> Option<&SecretFile> {
        self.stored.as_ref()
    }

    pub(super) async fn read(&self, path: &str) -> Result<Answer, CallError> {
        let call = Call::read(self.url(path)).bearer(&self.token);
        Ok(self.http.send(call).await?)
    }

    pub(super) fn host(&self) -> String {
        address::host_of(&self.base)
    }

    /// Says what the server said, in one sentence, without our token.
    pub(super) fn said(&self, answer: &Answer) -> String {
        let words = answer.json::<Refusal>().and_then(|refusal| {
            match (refusal.error, refusal.error_description) {
                (Some(error), Some(more)) => Some(format!("{error}: {more}")),
                (error, more) => error.or(more),
            }
        });
        match words {
            Some(words) => format!(
                "{} says: {}",
                self.host(),
                http::quote_without(&words, &[&self.token])
            ),
            None => answer.without_words(&self.host()),
        }
    }

    /// Reads a refusal of a call that creates nothing.
    pub(super) fn refused(&self, answer: &Answer) -> CallError {
        let reason = self.said(answer);
        let until = answer.wait_until(self.http.now());
        judge(answer).error(reason, &self.remedy, until)
    }

    pub(super) fn unreadable(&self, what: &str) -> CallError {
        CallError::Unavailable(format!(
            "{} answered, but not with {what}: is it a Mastodon server?",
            self.host()
        ))
    }

    /// Whether one of the pictures is still being processed; that a post was refused is settled by then.
    async fn still_processing(&self, media: &[String]) -> bool {
        for id in media {
            let call = Call::read(self.url(&format!("/api/v1/media/{}", segment(id))))
                .bearer(&self.token)
                .within(LOOK_TIME);
            if self
                .http
                .send(call)
                .await
                .is_ok_and(|answer| answer.status == 206)
            {
                return true;
            }
        }
        false
    }

    /// Reads whose token it is.
    pub(super) fn account(&self, answer: &Answer) -> Result<Account, CallError> {
        // There is nothing else to refuse here: Mastodon says it of a token without a user, snac of a wrong one.
        if answer.status == 422 {
            let reason = format!("{} does not accept the token", self.host());
            return Err(CallError::Unauthorized(log_in_again(&reason, &self.remedy)));
        }
        if !answer.is_success() {
            return Err(self.refused(answer));
        }
        let account: Credentials = answer.json().ok_or_else(|| self.unreadable("an account"))?;
        let name = account.acct.or(account.username).unwrap_or_default();
        Ok(Account {
            id: account.id,
            handle: format!("@{}@{}", http::quote(&name), self.host()),
        })
    }

    /// Reads the answer to a create call.
    pub(super) fn outcome(&self, answer: &Answer, request: &AttemptRequest) -> Outcome {
        if answer.is_success() {
            return match answer.json::<Status>() {
                Some(status) if !status.id.is_empty() => {
                    Outcome::Published(self.published(status, request))
                }
                _ => Outcome::Unknown {
                    reason: format!(
                        "{} answered {}, but not with a post",
                        self.host(),
                        answer.status
                    ),
                },
            };
        }
        let reason = self.said(answer);
        let until = answer.wait_until(self.http.now());
        judge(answer).outcome(reason, &self.remedy, until)
    }

    /// Reads the account's own statuses back to `since` by the server's clock; the error says why that cannot be done.
    async fn own_since(&self, since: DateTime<Utc>) -> Result<Vec<Posted>, String> {
        let account = self.verify().await.map_err(|error| error.to_string())?;
        let path = format!("/api/v1/accounts/{}/statuses", segment(&account.id));
        let limit = PAGE.to_string();
        let mut found: Vec<Posted> = Vec::new();
        for _ in 0..MOST_PAGES {
            let before = found.last().map(|posted| posted.status.id.clone());
            let mut call = Call::read(self.url(&path))
                .bearer(&self.token)
                .query("limit", &limit)
                .query("exclude_reblogs", "true");
            if let Some(before) = &before {
                call = call.query("max_id", before);
            }
            let answer = self
                .http
                .send(call)
                .await
                .map_err(|failure| CallError::from(failure).to_string())?;
            if !answer.is_success() {
                return Err(self.refused(&answer).to_string());
            }
            let page: Vec<Posted> = answer
                .json()
                .ok_or_else(|| self.unreadable("its posts").to_string())?;
            // A wrong clock on either side must not hide the post.
            let ahead = answer
                .header("date")
                .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
                .map_or(TimeDelta::zero(), |date| date.to_utc() - self.http.now());
            let length = page.len();
            let known: std::collections::HashSet<String> = found
                .iter()
                .map(|posted| posted.status.id.clone())
                .collect();
            let fresh: Vec<Posted> = page
                .into_iter()
                .filter(|posted| !known.contains(&posted.status.id))
                .collect();
            let reached = fresh
                .iter()
                .any(|posted| posted.created_at < since + ahead - CLOCKS_DIFFER);
            let no_more = fresh.is_empty();
            found.extend(fresh);
            if reached || length == 0 || (no_more && length < SHORT_PAGE) {
                found.retain(|posted| posted.created_at >= since + ahead - CLOCKS_DIFFER);
                return Ok(found);
            }
            if no_more {
                break;
            }
        }
        Err(format!(
            "{} does not show enough of this account's older posts",
            self.host()
        ))
    }

    /// Returns the text of a status as it was sent, where the server keeps it.
    async fn source(&self, id: &str) -> Option<Source> {
        let path = format!("/api/v1/statuses/{}/source", segment(id));
        let answer = self.read(&path).await.ok()?;
        answer
            .is_success()
            .then(|| answer.json::<Source>())
            .flatten()
    }

    fn published(&self, status: Status, request: &AttemptRequest) -> Published {
        #[derive(Deserialize)]
        struct Asked {
            visibility: String,
        }
        let asked = serde_json::from_str::<Asked>(&request.body).map(|asked| asked.visibility);
        let note = match (asked, status.visibility) {
            (Ok(asked), Some(given)) if asked != given => Some(format!(
                "{} made it {}, not {asked} as asked",
                self.host(),
                http::quote(&given)
            )),
            _ => None,
        };
        Published {
            permalink: [status.url, status.uri]
                .into_iter()
                .flatten()
                .find_map(|address| address::web_address(&address)),
            id: status.id,
            cid: None,
            note,
            ..Published::default()
        }
    }
}

#[async_trait]
impl Platform for Mastodon {
    async fn verify(&self) -> Result<Account, CallError> {
        let answer = self.read("/api/v1/accounts/verify_credentials").await?;
        self.account(&answer)
    }

    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        self.find_permission().await.map(Some)
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        let mut answer = self.read("/api/v2/instance").await?;
        // Servers before 4.0, and snac.
        if answer.status == 404 {
            answer = self.read("/api/v1/instance").await?;
        }
        if !answer.is_success() {
            return Err(self.refused(&answer));
        }
        let instance: Instance = answer.json().ok_or_else(|| self.unreadable("its limits"))?;
        Ok(instance.limits(self.http.now()))
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        let address = address.trim();
        let found = |id: String| {
            Some(RemoteRef {
                id,
                ..RemoteRef::default()
            })
        };
        if url::Url::parse(address).is_ok() {
            let call = Call::read(self.url("/api/v2/search"))
                .bearer(&self.token)
                .query("q", address)
                .query("type", "statuses")
                .query("resolve", "true");
            let answer = self.http.send(call).await?;
            // A token without the scope, or a server without search, still leaves the address itself.
            if answer.status == 401 || answer.status == 429 || answer.status >= 500 {
                return Err(self.refused(&answer));
            }
            let statuses = answer.json::<Found>().unwrap_or(Found { statuses: vec![] });
            let exact = statuses.statuses.into_iter().find(|status| {
                [&status.url, &status.uri]
                    .into_iter()
                    .flatten()
                    .any(|known| known == address)
            });
            if let Some(status) = exact {
                return Ok(found(status.id));
            }
        }
        let Some(id) = trailing_id(address, &self.base) else {
            return Ok(None);
        };
        let answer = self.read(&format!("/api/v1/statuses/{id}")).await?;
        match answer.status {
            200 => Ok(answer.json::<Status>().and_then(|status| found(status.id))),
            404 | 410 => Ok(None),
            _ => Err(self.refused(&answer)),
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
        mastodon_api::new_status(&self.channel, part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        let call = Call::post(
            self.url("/api/v1/statuses"),
            Body::Json(request.body.clone()),
        )
        .bearer(&self.token)
        .header("idempotency-key", &request.key);
        let answer = match self.http.send(call).await {
            Ok(answer) => answer,
            Err(failure) => return failure.into(),
        };
        if answer.status == 422 && self.still_processing(&request.media_refs).await {
            return Outcome::NotReady {
                reason: format!("{} is still processing what is attached", self.host()),
            };
        }
        self.outcome(&answer, request)
    }

    /// Reads the account's own recent posts: servers exist that ignore the idempotency key.
    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        let request = &sought.attempt.request;
        let Some(wanted) = Wanted::read(request) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        let own = match self.own_since(sought.since).await {
            Ok(own) => own,
            Err(reason) => return LookUp::CannotTell { reason },
        };
        let shows_such = ["public", "unlisted"].contains(&wanted.visibility.as_str())
            || own
                .iter()
                .any(|posted| posted.status.visibility.as_deref() == Some(&wanted.visibility));
        let mut alike = None;
        for posted in own {
            if sought.taken.contains(&posted.status.id) {
                continue;
            }
            let source = match wanted.likeness(&posted, None) {
                Likeness::Same => None,
                // Shown text is rewritten on some servers; only the source says for certain.
                _ => self.source(&posted.status.id).await,
            };
            match wanted.likeness(&posted, source.as_ref()) {
                Likeness::Same => return LookUp::Found(self.published(posted.status, request)),
                Likeness::Alike => alike = alike.or(Some(posted)),
                Likeness::Other => {}
            }
        }
        if let Some(posted) = alike {
            let there = self.published(posted.status, request);
            return LookUp::cannot_tell(format!(
                "a post like it is there: {}",
                there.permalink.unwrap_or(there.id)
            ));
        }
        if !shows_such {
            // Some servers (snac) leave out of this list what is not public, even for its author.
            return LookUp::cannot_tell(format!(
                "{} may not list posts with the visibility “{}”",
                self.host(),
                wanted.visibility
            ));
        }
        LookUp::Absent
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        self.delete_status(there).await
    }

    async fn edit(&self, there: &RemoteRef, part: &Part, media_refs: &[String]) -> Corrected {
        self.edit_status(there, part, media_refs).await
    }

    fn can_edit(&self) -> bool {
        true
    }

    fn quota(&self) -> Vec<Quota> {
        self.http.quota()
    }

    fn publish_timeout(&self) -> Duration {
        self.http.timeouts().total + 4 * LOOK_TIME
    }
}
