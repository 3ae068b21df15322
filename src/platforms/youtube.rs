//! YouTube: a video goes up in pieces, and its last piece makes it.
//!
//! Facts from developers.google.com/youtube/v3 (read 2026-11). The address of the upload is kept before the first byte goes
//! there and may be asked how far it is as often as one likes: so a lost answer is no riddle while it lives. Pieces are sent in
//! `youtube_upload.rs`, what follows once the video is there is in `youtube_after.rs`, shapes are in `youtube_api.rs`, the token is in
//! `youtube_session.rs`, looking up in `youtube_look.rs`.

use super::http::{self, Answer, Call, Http};
use super::youtube_api::{
    self as api, Items, NewVideo, OwnChannel, Refusal, Standing, Video, judge, wait_until,
};
use super::youtube_captions::captions_reference;
use super::youtube_session::{Held, Source, TokenKeeper, token_endpoint};
use super::{
    CallError, Connection, Files, LookUp, NoAnswer, PartContext, Platform, Sought, UploadLog,
    Verdict, address,
};
use crate::domain::{
    Account, AttemptRequest, Channel, Corrected, Limits, Outcome, Part, PartMedia, Permission,
    Published, RemoteRef,
};
use crate::secrets::{OwnAppSecret, SecretFile};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

/// Where calls go, where tokens are fetched, and where people log in.
pub(super) const SERVICE: &str = "https://www.googleapis.com";
pub(super) const DOOR: &str = "https://oauth2.googleapis.com";
pub(super) const PAGE: &str = "https://accounts.google.com";

/// How many calls' time finishing an upload may take, and what is brought to the video then.
const FINISHING: u32 = 4;
const BRINGING: u32 = 6;

/// The largest piece that is sent while a post is published, in bytes; usually less than this is left.
const LAST: u64 = 4 * 1024 * 1024;

/// One channel of one Google account.
#[derive(Debug)]
pub struct YouTube {
    http: Http,
    base: String,
    tokens: Arc<TokenKeeper>,
    files: Files,
    /// What a person does about a refused login.
    remedy: String,
}

impl YouTube {
    /// Connects a channel to its account; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address cannot be used, `Unauthorized` when nobody has logged in.
    pub fn new(channel: &Channel, connection: Connection, http: &Http) -> Result<Self, CallError> {
        Self::holding(channel, connection, None, http)
    }

    /// Connects with a token that is at hand already.
    fn holding(
        channel: &Channel,
        connection: Connection,
        held: Option<Held>,
        http: &Http,
    ) -> Result<Self, CallError> {
        let remedy = connection.remedy(&channel.name);
        let secret =
            (connection.secret.clone()).ok_or_else(|| super::not_logged_in(&channel.name))?;
        let base = connection.base(channel, Some(SERVICE))?;
        let source = match connection.secret_from {
            Some(_) => Source::Named(secret),
            None => Source::File(SecretFile::new(connection.stored)),
        };
        Ok(Self {
            http: http.clone(),
            tokens: Arc::new(TokenKeeper {
                endpoint: token_endpoint(http, &door(connection.url.as_deref(), &base, DOOR)),
                app: connection.app,
                client_id: connection.client_id,
                source,
                channel: channel.name.clone(),
                remedy: remedy.clone(),
                held: Mutex::new(held),
            }),
            base,
            files: connection.files,
            remedy,
        })
    }

    /// Connects with a login that was granted just now and is not stored yet.
    pub(super) fn with_grant(
        channel: &Channel,
        connection: Connection,
        grant: &OwnAppSecret,
        http: &Http,
    ) -> Result<Self, CallError> {
        let connection = Connection {
            secret: Some(grant.token.clone()),
            ..connection
        };
        Self::holding(channel, connection, Some(Held::of(grant)), http)
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn tokens(&self) -> &Arc<TokenKeeper> {
        &self.tokens
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn host(&self) -> String {
        address::host_of(&self.base)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/youtube/v3/{path}", self.base)
    }

    /// Returns where the bytes of something go: `videos`, `thumbnails/set`.
    pub(super) fn upload_url(&self, what: &str) -> String {
        format!("{}/upload/youtube/v3/{what}", self.base)
    }

    /// Whether an address is of the server that the account is at: our token goes nowhere else.
    pub(super) fn is_ours(&self, session: &str) -> bool {
        let origin = |address: &str| url::Url::parse(address).ok().map(|url| url.origin());
        origin(session).is_some_and(|one| Some(one) == origin(&self.base))
    }

    /// Sends a call in this account's name; a token that is refused is fetched anew, once.
    pub(super) async fn send<'c>(
        &self,
        call: impl Fn() -> Call<'c> + Send,
    ) -> Result<Answer, NoAnswer> {
        let token = self.tokens.current().await?;
        let answer = self.http.send(call().bearer(&token)).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let token = self.tokens.renewed(&token).await?;
        Ok(self.http.send(call().bearer(&token)).await?)
    }

    /// Reads something that is there; the error says why not.
    pub(super) async fn read<'c>(
        &self,
        call: impl Fn() -> Call<'c> + Send,
    ) -> Result<Answer, CallError> {
        let answer = self.send(call).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(self.refused(&answer))
        }
    }

    /// Says what YouTube said, in one sentence.
    pub(super) fn said(&self, answer: &Answer) -> String {
        let refusal = Refusal::of(answer);
        let words = http::quote(refusal.words());
        let words = words.trim_end_matches('.');
        if words.is_empty() {
            return answer.without_words(&self.host());
        }
        match api::advice(refusal.reason()) {
            Some(advice) => format!("YouTube says: {words}: {advice}"),
            None => format!("YouTube says: {words}"),
        }
    }

    /// Reads a refusal of a call that creates nothing.
    pub(super) fn refused(&self, answer: &Answer) -> CallError {
        let until = wait_until(answer, self.http.now());
        judge(answer).error(self.said(answer), &self.remedy, until)
    }

    /// Reads a refusal of the piece that would have made the video.
    pub(super) fn outcome(&self, answer: &Answer) -> Outcome {
        let until = wait_until(answer, self.http.now());
        judge(answer).outcome(self.said(answer), &self.remedy, until)
    }

    pub(super) fn corrected(&self, answer: &Answer) -> Corrected {
        judge(answer).corrected(self.said(answer), &self.remedy)
    }

    /// Asks whose login it is.
    pub(super) async fn own_channel(&self, part: &'static str) -> Result<OwnChannel, CallError> {
        let url = self.url("channels");
        let call = || {
            Call::read(url.clone())
                .query("part", part)
                .query("mine", "true")
        };
        let answer = self.read(call).await?;
        let found: Items<OwnChannel> = answer.json().ok_or_else(|| self.unreadable("a channel"))?;
        found.items.into_iter().next().ok_or_else(|| {
            CallError::Rejected(
                "This Google account has no YouTube channel: make one at youtube.com, or log in with the account that has it"
                    .to_owned(),
            )
        })
    }

    pub(super) fn unreadable(&self, what: &str) -> CallError {
        CallError::Unavailable(format!("{} answered, but not with {what}", self.host()))
    }

    pub(super) fn account(own: &OwnChannel) -> Account {
        let handle = match own.snippet.custom_url.trim() {
            "" => http::quote(&own.snippet.title),
            handle => http::quote(handle),
        };
        Account {
            id: own.id.clone(),
            handle,
        }
    }

    /// Asks for a video; `None` when there is none of this id.
    pub(super) async fn video(
        &self,
        id: &str,
        part: &'static str,
    ) -> Result<Option<Video>, CallError> {
        let url = self.url("videos");
        let call = || Call::read(url.clone()).query("part", part).query("id", id);
        let answer = self.read(call).await?;
        let found: Items<Video> = answer.json().ok_or_else(|| self.unreadable("a video"))?;
        Ok(found.items.into_iter().next())
    }

    /// Sends what is left of an upload, and asks until it is known whether the video is there.
    async fn complete(&self, new: &NewVideo) -> Result<Video, Outcome> {
        let media = new.media();
        let over = Instant::now() + FINISHING * self.http.timeouts().total;
        // Until the last piece has begun to leave, nothing can have been made.
        let (mut may_be_there, mut lost) = (false, String::new());
        while Instant::now() < over {
            match self.ask_how_far(&new.session, new.size).await {
                Ok((_, Standing::Finished(video))) => return Ok(video),
                Ok((_, Standing::At(sent))) if sent < new.size => {
                    let length = (new.size - sent).min(LAST);
                    may_be_there |= sent + length == new.size;
                    match self.send_piece(&new.session, &media, sent, length).await {
                        Ok((_, Standing::Finished(video))) => return Ok(video),
                        Ok((_, Standing::At(_))) => continue,
                        Ok((answer, _)) if judge(&answer) == Verdict::Unclear => {
                            lost = self.said(&answer);
                        }
                        Ok((_, Standing::Gone)) => break,
                        Ok((answer, _)) => return Err(self.outcome(&answer)),
                        Err(CallError::Rejected(reason)) => {
                            return Err(Outcome::Rejected { reason });
                        }
                        Err(error) => lost = error.to_string(),
                    }
                }
                Ok((_, Standing::Gone)) if may_be_there => break,
                Ok((_, Standing::Gone)) => {
                    return Err(Outcome::NotSent {
                        reason: "YouTube has forgotten the upload: it begins anew".to_owned(),
                    });
                }
                Ok((answer, _)) if may_be_there => lost = self.said(&answer),
                Ok((answer, _)) => return Err(self.refused(&answer).into()),
                Err(error) if may_be_there => lost = error.to_string(),
                Err(error) => return Err(error.into()),
            }
            sleep(self.http.timeouts().poll).await;
        }
        if !may_be_there {
            return Err(Outcome::NotSent {
                reason: "the upload is not finished; it goes on".to_owned(),
            });
        }
        let lost = if lost.is_empty() {
            "the upload ended before it said whether the video is there".to_owned()
        } else {
            lost
        };
        Err(Outcome::Unknown { reason: lost })
    }
}

/// Returns where logins go: the usual place, or the server that stands in for everything.
pub(super) fn door(url: Option<&str>, base: &str, usual: &str) -> String {
    url.map_or_else(|| usual.to_owned(), |_| base.to_owned())
}

#[async_trait]
impl Platform for YouTube {
    async fn verify(&self) -> Result<Account, CallError> {
        self.own_channel("snippet")
            .await
            .map(|own| Self::account(&own))
    }

    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        self.find_permission().await.map(Some)
    }

    /// YouTube's limits are the same for everybody.
    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits::default())
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        let Some(id) = api::video_id(address) else {
            return Ok(None);
        };
        let found = self.video(&id, "status").await?;
        Ok(found.map(|_| RemoteRef {
            id,
            ..RemoteRef::default()
        }))
    }

    /// A picture waits for its video, whose thumbnail it becomes, and so do captions.
    async fn upload(&self, media: &PartMedia, _bytes: Vec<u8>) -> Result<String, CallError> {
        Ok(match media.is_captions() {
            true => captions_reference(media),
            false => api::thumbnail_reference(media),
        })
    }

    fn in_pieces(&self, media: &PartMedia) -> bool {
        media.is_video()
    }

    async fn upload_in_pieces(
        &self,
        part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        self.send_but_the_last(part, media, log).await
    }

    fn asks_uploads_again(&self) -> bool {
        true
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        api::new_video(part, context.media_refs)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        let Some(new) = NewVideo::read(request) else {
            return Outcome::Rejected {
                reason: "The recorded request is damaged".to_owned(),
            };
        };
        match self.complete(&new).await {
            Ok(video) => Outcome::Published(self.after(&new, video).await),
            Err(outcome) => outcome,
        }
    }

    async fn watch(
        &self,
        there: &Published,
        request: &AttemptRequest,
    ) -> Result<Published, CallError> {
        self.watch_video(there, request).await
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        self.look_for_video(sought).await
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        self.delete_video(there).await
    }

    async fn edit(&self, there: &RemoteRef, part: &Part, _media_refs: &[String]) -> Corrected {
        self.edit_video(there, part).await
    }

    fn can_edit(&self) -> bool {
        true
    }

    /// The video stays as it is; what people read of it changes.
    fn edit_takes_media(&self) -> bool {
        false
    }

    fn publish_timeout(&self) -> Duration {
        (FINISHING + BRINGING + 3) * self.http.timeouts().total
    }
}
