//! X: one account, its own keys or a token that it granted.
//!
//! Facts from docs.x.com and its openapi.json, read 2026-08 to 2026-11. Every call costs money, reads too, so nothing is
//! asked that is not needed; nothing makes a second send harmless, so an answer that was lost is looked up in the
//! account's own posts (`x_look.rs`). Shapes are in `x_api.rs`, uploads in `x_media.rs`, logins in `x_login.rs`.

use super::address;
use super::http::{self, Answer, Body, Call, Http};
use super::x_access::{Access, Client, GrantKeeper, unauthorized};
use super::x_api::{
    API, Data, Deleted, Made, Me, NewPost, Problem, is_post, is_spent, judge, new_post, number,
    permalink, post_id, said, until,
};
use super::x_media::in_pieces;
use super::{
    CallError, Connection, Files, LookUp, NoAnswer, PartContext, Platform, Sought, UploadLog,
    Verdict,
};
use crate::domain::connection::Quota;
use crate::domain::{
    Account, AttemptRequest, Channel, Corrected, Limits, Outcome, Part, PartMedia, Permission,
    Published, RemoteRef,
};
use crate::secrets::{GrantSecret, Secret, SecretFile, SecretSource, SigningSecret};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// One account.
#[derive(Debug)]
pub struct X {
    http: Http,
    base: String,
    access: Access,
    /// The account, as it was pinned or as X told it.
    account: OnceLock<Account>,
    files: Files,
    /// What X said that its keys may do, if anything, when it was asked whose they are.
    level: OnceLock<Option<String>>,
    /// What a person does about a login that is refused.
    remedy: String,
    /// Until when nothing is asked, and why: the account's credits are spent.
    rest: Mutex<Option<(DateTime<Utc>, String)>>,
}

impl X {
    /// Connects a channel; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address or the keys cannot be used, `Unauthorized` when there is neither key nor login.
    pub fn new(channel: &Channel, connection: Connection, http: &Http) -> Result<Self, CallError> {
        let base = connection.base(channel, Some(API))?;
        let remedy = connection.remedy(&channel.name);
        let files = connection.files.clone();
        let access = match connection.client_id.clone() {
            Some(id) => Access::Grant(Arc::new(GrantKeeper {
                http: http.clone(),
                base: base.clone(),
                client: Client {
                    id,
                    // What `login` stored is the grant itself, which the keeper reads.
                    secret: connection
                        .secret
                        .filter(|_| connection.secret_from.is_some()),
                },
                file: SecretFile::new(connection.stored),
                channel: channel.name.clone(),
                remedy: format!("run `masthead login {}`", channel.name),
                held: tokio::sync::Mutex::new(None),
            })),
            None => {
                let secret = (connection.secret.as_ref())
                    .ok_or_else(|| super::not_logged_in(&channel.name))?;
                let keys = keys(secret, connection.secret_from.as_ref(), &remedy)?;
                Access::Keys(keys)
            }
        };
        let account = OnceLock::new();
        if let Some(pinned) = &channel.account {
            let _ = account.set(pinned.clone());
        }
        Ok(Self {
            http: http.clone(),
            remedy: match &access {
                Access::Keys(_) => remedy,
                Access::Grant(keeper) => keeper.remedy.clone(),
            },
            base,
            access,
            account,
            level: OnceLock::new(),
            files,
            rest: Mutex::new(None),
        })
    }

    /// Takes a grant that is not stored yet.
    pub(super) async fn hold(&self, grant: GrantSecret) {
        if let Access::Grant(keeper) = &self.access {
            *keeper.held.lock().await = Some(grant);
        }
    }

    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// Returns what X said that its keys may do, if anything; `None` until it was asked whose they are.
    pub(super) fn access_level(&self) -> Option<Option<&str>> {
        self.level.get().map(Option::as_deref)
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn host(&self) -> String {
        address::host_of(&self.base)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/2/{path}", self.base)
    }

    /// Sends a call in this account's name; none while its credits are spent.
    pub(super) async fn send<'a, M>(&self, make: M) -> Result<Answer, NoAnswer>
    where
        M: Fn() -> Call<'a> + Send + Sync,
    {
        let rest = self
            .rest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((until, reason)) = rest.filter(|(until, _)| self.http.now() < *until) {
            return Err(NoAnswer::NotMade(CallError::RateLimited { until, reason }));
        }
        let answer = self.access.send(&self.http, make).await?;
        if is_spent(&answer) {
            let rest = (
                until(&answer, self.http.now()),
                said(&self.host(), &answer, &[]),
            );
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
        }
        Ok(answer)
    }

    /// Makes a call that creates nothing; the error says why it did not work.
    pub(super) async fn call<'a, M>(&self, make: M) -> Result<Answer, CallError>
    where
        M: Fn() -> Call<'a> + Send + Sync,
    {
        let answer = self.send(make).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(self.refused(&answer, &self.access.secrets().await))
        }
    }

    /// Reads a refusal of a call that creates nothing.
    pub(super) fn refused(&self, answer: &Answer, secrets: &[Secret]) -> CallError {
        if let Some(clock) = unauthorized(&self.access, &self.host(), answer, &self.http) {
            return CallError::Unauthorized(clock);
        }
        let until = until(answer, self.http.now());
        judge(answer).error(self.said(answer, secrets), &self.remedy, until)
    }

    pub(super) fn said(&self, answer: &Answer, secrets: &[Secret]) -> String {
        let secrets: Vec<&Secret> = secrets.iter().collect();
        said(&self.host(), answer, &secrets)
    }

    pub(super) fn unreadable(&self, what: &str) -> CallError {
        CallError::Unavailable(format!(
            "{} answered, but not with {what}: is `url` right?",
            self.host()
        ))
    }

    /// Returns the account, asked for once.
    pub(super) async fn whose(&self) -> Result<Account, CallError> {
        match self.account.get() {
            Some(account) => Ok(account.clone()),
            None => self.verify().await,
        }
    }

    /// Reads whose login it is. An application that may only read says so in a header of each answer.
    pub(super) fn account(&self, answer: &Answer) -> Result<Account, CallError> {
        let me: Data<Me> = answer.json().ok_or_else(|| self.unreadable("an account"))?;
        let level = answer.header("x-access-level");
        let _ = self.level.set(level.map(str::to_owned));
        if level == Some("read") {
            return Err(CallError::Rejected(format!(
                "The keys of @{} may only read: set the app to \"Read and write\" in the developer console, generate \
                 access token and secret again, and {}",
                me.data.username, self.remedy
            )));
        }
        Ok(Account {
            id: me.data.id,
            handle: format!("@{}", http::quote(&me.data.username)),
        })
    }

    pub(super) fn permalink(&self, id: &str) -> Option<String> {
        let account = self.account.get();
        permalink(
            account.map(|account| account.handle.trim_start_matches('@')),
            id,
        )
    }

    /// Reads the answer to a create call.
    pub(super) fn outcome(
        &self,
        answer: &Answer,
        request: &AttemptRequest,
        secrets: &[Secret],
    ) -> Outcome {
        if answer.is_success() {
            return match answer.json::<Data<Made>>() {
                Some(made) if post_id(&made.data.id).is_some() => Outcome::Published(Published {
                    permalink: self.permalink(&made.data.id),
                    id: made.data.id,
                    ..Published::default()
                }),
                _ => Outcome::Unknown {
                    reason: format!(
                        "{} answered {}, but not with a post",
                        self.host(),
                        answer.status
                    ),
                },
            };
        }
        if let Some(reason) = unauthorized(&self.access, &self.host(), answer, &self.http) {
            return Outcome::Unauthorized { reason };
        }
        let reason = self.said(answer, secrets);
        match judge(answer) {
            Verdict::Refused => refusal(answer, reason, request),
            verdict => {
                let until = until(answer, self.http.now());
                verdict.outcome(reason, &self.remedy, until)
            }
        }
    }

    /// Reads the answer to a deletion.
    pub(super) fn deleted(&self, answer: &Answer, secrets: &[Secret]) -> Corrected {
        if answer.is_success() {
            return match answer.json::<Data<Deleted>>() {
                Some(Data {
                    data: Deleted { deleted: true },
                }) => Corrected::Done,
                Some(_) => Corrected::Gone,
                None => Corrected::Unknown {
                    reason: self.unreadable("what it deleted").to_string(),
                },
            };
        }
        match judge(answer) {
            Verdict::Refused if answer.status == 404 => Corrected::Gone,
            verdict => verdict.corrected(self.said(answer, secrets), &self.remedy),
        }
    }
}

/// Reads the four keys on one line.
fn keys(
    secret: &Secret,
    from: Option<&SecretSource>,
    remedy: &str,
) -> Result<SigningSecret, CallError> {
    SigningSecret::read(secret).ok_or_else(|| match from {
        Some(source) => CallError::Rejected(format!(
            "{source} does not give four keys: write API key, API key secret, access token and access token secret on \
             one line, with blanks between them"
        )),
        // It is the token of another kind of login.
        None => CallError::Unauthorized(format!(
            "The stored login is not one of keys, and the channel has no `client_id`: {remedy}"
        )),
    })
}

/// Says what a refused create call means: X tells the same text apart, and what an application may not do.
fn refusal(answer: &Answer, reason: String, request: &AttemptRequest) -> Outcome {
    let is_answer = NewPost::read(request).is_some_and(|post| post.reply.is_some());
    if answer.status == 403 && Problem::of(answer).is_duplicate() {
        return match number(request) {
            // Nothing of ours can be it.
            1 => Outcome::Rejected {
                reason: format!("{reason}: the same text was posted a short while ago; change it"),
            },
            // An earlier try may be there after all: it is looked for.
            2 => Outcome::Unknown { reason },
            _ => Outcome::Rejected {
                reason: format!(
                    "{reason}, but the account's posts do not show it: look there before sending it again"
                ),
            },
        };
    }
    if answer.status == 403 && is_answer {
        return Outcome::Rejected {
            reason: format!(
                "{reason}; X lets most apps answer only where they were mentioned, which may hold for a thread too: \
                 what is out stays, post the rest by hand or as one post"
            ),
        };
    }
    Outcome::Rejected { reason }
}

#[async_trait]
impl Platform for X {
    async fn verify(&self) -> Result<Account, CallError> {
        let answer = self.call(|| Call::read(self.url("users/me"))).await?;
        let account = self.account(&answer)?;
        let _ = self.account.set(account.clone());
        Ok(account)
    }

    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        self.find_permission().await.map(Some)
    }

    /// X tells no limits: the longest text is a setting of the channel.
    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits {
            fetched_at: Some(self.http.now()),
            ..Limits::default()
        })
    }

    /// The address has the id; whether it is there, a paid read would tell, and so does the answer itself.
    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        Ok(post_id(address).map(|id| RemoteRef {
            id,
            ..RemoteRef::default()
        }))
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.upload_at_once(media, bytes).await
    }

    fn in_pieces(&self, media: &PartMedia) -> bool {
        in_pieces(media)
    }

    async fn upload_in_pieces(
        &self,
        _part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        self.upload_pieces(media, log).await
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        new_post(part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        if NewPost::read(request).is_none() {
            return Outcome::Rejected {
                reason: "The recorded request is damaged".to_owned(),
            };
        }
        let make = || Call::post(self.url("tweets"), Body::Json(request.body.clone()));
        match self.send(make).await {
            Ok(answer) => self.outcome(&answer, request, &self.access.secrets().await),
            Err(trouble) => trouble.into(),
        }
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        self.look_in_timeline(sought).await
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        if !is_post(there) {
            return Corrected::Refused {
                reason: "It is no post of X".to_owned(),
            };
        }
        let make = || Call::delete(self.url(&format!("tweets/{}", there.id)));
        match self.send(make).await {
            Ok(answer) => self.deleted(&answer, &self.access.secrets().await),
            Err(none) => none.into(),
        }
    }

    fn quota(&self) -> Vec<Quota> {
        self.http.quota()
    }

    fn publish_timeout(&self) -> Duration {
        self.http.timeouts().total + self.access.longest(&self.http)
    }
}
