//! LinkedIn: posts of a page or of a member, through the versioned Posts API.
//!
//! Facts from learn.microsoft.com (li-lms-2026-05, read 2026-11) and from working clients. What is made is named in a
//! header, and nothing makes a second send harmless: a lost answer is looked up among a page's posts, and a member's asks a
//! person (`linkedin_look.rs`). Who may post is in `linkedin_author.rs`, shapes and addresses are in `linkedin_api.rs`, the token
//! is in `linkedin_session.rs`.

use super::http::{Answer, Body, Call, Http};
use super::linkedin_api::{
    self as api, Forbidden, MEMBER_PRODUCTS, NewPost, PAGE_PRODUCT, POST_AS_MEMBER, POST_AS_PAGE,
    READ_PAGE, Refusal, encoded, judge,
};
use super::linkedin_session::{Held, TokenKeeper, token_endpoint};
use super::linkedin_version;
use super::{
    CallError, Connection, Files, LookUp, NoAnswer, PartContext, Platform, Sought, UploadLog,
};
use crate::domain::{
    Account, AttemptRequest, Channel, ChannelName, Corrected, Limits, Outcome, Part, PartMedia,
    Permission, RemoteRef,
};
use crate::secrets::{Secret, SecretFile};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// Where calls go, and where people log in.
pub(super) const SERVICE: &str = "https://api.linkedin.com";
pub(super) const DOOR: &str = "https://www.linkedin.com";

/// How long a look at a duplicate may take once the create call was answered.
const LOOK_TIME: Duration = Duration::from_secs(10);

/// One author, posting with one token.
#[derive(Debug)]
pub struct LinkedIn {
    http: Http,
    base: String,
    channel: ChannelName,
    author: Author,
    version: String,
    /// Whether the configuration names the version.
    version_is_set: bool,
    tokens: Arc<TokenKeeper>,
    files: Files,
}

/// Who posts.
#[derive(Debug)]
pub(super) enum Author {
    /// A page, by its whole name.
    Page(String),
    /// The person who logged in; known once it was asked or is pinned.
    Member(OnceLock<String>),
}

impl LinkedIn {
    /// Connects a channel to its author; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address cannot be used, `Unauthorized` when there is no token.
    pub fn new(channel: &Channel, connection: Connection, http: &Http) -> Result<Self, CallError> {
        let remedy = connection.remedy(&channel.name);
        let token =
            (connection.secret.clone()).ok_or_else(|| super::not_logged_in(&channel.name))?;
        let base = connection.base(channel, Some(SERVICE))?;
        let author = match connection.organization {
            Some(urn) => Author::Page(urn),
            None => Author::Member(
                (channel.account.as_ref())
                    .map_or_else(OnceLock::new, |account| OnceLock::from(account.id.clone())),
            ),
        };
        let is_stored = connection.secret_from.is_none();
        Ok(Self {
            tokens: Arc::new(TokenKeeper {
                endpoint: token_endpoint(http, &door(connection.url.as_deref(), &base)),
                app: connection.app,
                file: is_stored.then(|| SecretFile::new(connection.stored)),
                channel: channel.name.clone(),
                remedy,
                held: Mutex::new(Held::new(token)),
            }),
            http: http.clone(),
            base,
            files: connection.files,
            channel: channel.name.clone(),
            author,
            version_is_set: connection.api_version.is_some(),
            version: (connection.api_version)
                .unwrap_or_else(|| linkedin_version::DEFAULT.to_owned()),
        })
    }

    pub(super) fn channel(&self) -> &ChannelName {
        &self.channel
    }

    /// Returns the author's whole name; a member's is asked for once.
    pub(super) async fn author(&self) -> Result<String, CallError> {
        match &self.author {
            Author::Page(urn) => Ok(urn.clone()),
            Author::Member(known) => match known.get() {
                Some(urn) => Ok(urn.clone()),
                None => Ok(self.member(known).await?.id),
            },
        }
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Returns who posts.
    pub(super) fn by(&self) -> &Author {
        &self.author
    }

    /// Returns the scopes that were granted, where a login kept them.
    pub(super) async fn scopes(&self) -> Option<String> {
        self.tokens.scopes().await
    }

    pub(super) fn is_page(&self) -> bool {
        matches!(self.author, Author::Page(_))
    }

    pub(super) fn remedy(&self) -> &str {
        &self.tokens.remedy
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// Puts on a call what every call under `/rest` must have.
    pub(super) fn rest<'c>(&'c self, call: Call<'c>) -> Call<'c> {
        call.header("linkedin-version", &self.version)
            .header("x-restli-protocol-version", "2.0.0")
    }

    /// Sends a call with the token; once more with a renewed one where the first is refused, which made nothing.
    pub(super) async fn send<'c>(
        &'c self,
        call: impl Fn() -> Call<'c> + Send + Sync,
    ) -> Result<Answer, NoAnswer> {
        let token = self.tokens.current().await;
        let answer = self.http.send(bearing(call(), &token)).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        match self.tokens.renewed(&token).await? {
            Some(fresh) => Ok(self.http.send(bearing(call(), &fresh)).await?),
            None => Ok(answer),
        }
    }

    /// Reads something under `/rest`; the error says why not.
    pub(super) async fn read<'c>(
        &'c self,
        call: impl Fn() -> Call<'c> + Send + Sync,
        needed: &str,
    ) -> Result<Answer, CallError> {
        let json = ("content-type", "application/json");
        let answer = self
            .send(|| self.rest(call()).header(json.0, json.1))
            .await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(self.refused(&answer, needed).await)
        }
    }

    /// Says what LinkedIn said and what to do about it; `needed` is the scope that the call takes.
    pub(super) async fn said(&self, answer: &Answer, needed: &str) -> String {
        let token = self.tokens.current().await;
        match answer.status {
            426 => self.version_has_ended(),
            403 => {
                let scopes = self.tokens.scopes().await;
                let words = api::said(answer, &token);
                let kind = api::forbidden(Refusal::of(answer).words(), scopes.as_deref(), needed);
                format!("{words}: {}", self.advice(kind, needed))
            }
            _ => api::said(answer, &token),
        }
    }

    /// Says which line of the configuration names a version that LinkedIn has ended.
    fn version_has_ended(&self) -> String {
        let (version, channel) = (&self.version, &self.channel);
        let line = if self.version_is_set {
            format!("change the line api_version = \"{version}\" in [channels.{channel}]")
        } else {
            format!("add a line api_version = \"YYYYMM\" to [channels.{channel}]")
        };
        format!(
            "LinkedIn has ended version {version} of its API: {line}, to a newer month that learn.microsoft.com/linkedin/marketing/versioning lists"
        )
    }

    fn advice(&self, kind: Forbidden, needed: &str) -> String {
        let product = if self.is_page() {
            PAGE_PRODUCT
        } else {
            MEMBER_PRODUCTS
        };
        match kind {
            Forbidden::Role if self.is_page() => format!(
                "this login has no role on {} that may post: ask one of the page's administrators for “Content admin”",
                self.page_words()
            ),
            Forbidden::Role => {
                format!("the token is of somebody else: {}", self.remedy())
            }
            Forbidden::Scope => format!(
                "the token lacks {needed}: {}, with an application that has {product}",
                self.remedy()
            ),
            Forbidden::Product => format!(
                "the application is not granted what {needed} is for: its page at linkedin.com/developers must list {product}"
            ),
        }
    }

    pub(super) fn page_words(&self) -> String {
        match &self.author {
            Author::Page(urn) => {
                format!("page {}", urn.rsplit(':').next().unwrap_or_default())
            }
            Author::Member(_) => "it".to_owned(),
        }
    }

    /// Reads a refusal of a call that creates nothing.
    pub(super) async fn refused(&self, answer: &Answer, needed: &str) -> CallError {
        let reason = self.said(answer, needed).await;
        let until = api::wait_until(answer, self.http.now());
        judge(answer).error(reason, self.remedy(), until)
    }

    pub(super) fn unreadable(&self, what: &str) -> CallError {
        CallError::Unavailable(format!("LinkedIn answered, but not with {what}"))
    }

    /// The scope with which this author posts.
    pub(super) fn posting(&self) -> &'static str {
        if self.is_page() {
            POST_AS_PAGE
        } else {
            POST_AS_MEMBER
        }
    }

    /// Returns the author's whole name, where it is known.
    fn known_author(&self) -> Option<&str> {
        match &self.author {
            Author::Page(urn) => Some(urn),
            Author::Member(known) => known.get().map(String::as_str),
        }
    }

    /// Reads the answer to a create call.
    pub(super) async fn outcome(&self, answer: &Answer) -> Outcome {
        if answer.is_success() {
            return match api::made(answer) {
                Some(urn) => Outcome::Published(api::published(urn)),
                None => Outcome::Unknown {
                    reason: format!(
                        "LinkedIn answered {}, but did not name the post",
                        answer.status
                    ),
                },
            };
        }
        let reason = self.said(answer, self.posting()).await;
        let until = api::wait_until(answer, self.http.now());
        judge(answer).outcome(reason, self.remedy(), until)
    }

    /// Reads one post that is there; `None` where there is none (any more).
    pub(super) async fn post(&self, urn: &str) -> Result<Option<Answer>, CallError> {
        let url = self.url(&format!("rest/posts/{}", encoded(urn)));
        let json = ("content-type", "application/json");
        let call = || self.rest(Call::read(url.clone())).header(json.0, json.1);
        let answer = self.send(|| call().within(LOOK_TIME)).await?;
        match answer.status {
            404 => Ok(None),
            200..=299 => Ok(Some(answer)),
            _ => Err(self.refused(&answer, READ_PAGE).await),
        }
    }
}

/// Returns where people log in: LinkedIn's own site, or the other server that the configuration names.
pub(super) fn door(url: Option<&str>, base: &str) -> String {
    match url {
        None => DOOR.to_owned(),
        Some(_) if base == SERVICE => DOOR.to_owned(),
        Some(_) => base.to_owned(),
    }
}

fn bearing<'c>(call: Call<'c>, token: &'c Secret) -> Call<'c> {
    call.bearer(token)
}

#[async_trait]
impl Platform for LinkedIn {
    /// Asks whose token it is, or whether it may post as the page.
    async fn verify(&self) -> Result<Account, CallError> {
        match &self.author {
            Author::Page(urn) => self.page(urn).await,
            Author::Member(known) => self.member(known).await,
        }
    }

    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        self.find_permission().await.map(Some)
    }

    /// LinkedIn tells nothing about its limits.
    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits::default())
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        Ok(api::post_in(address).map(|id| RemoteRef {
            id,
            ..RemoteRef::default()
        }))
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.upload_media(media, bytes).await
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
        api::new_post(self.known_author().unwrap_or_default(), part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        let Some(post) = NewPost::read(request) else {
            return Outcome::Rejected {
                reason: "The recorded request is damaged".to_owned(),
            };
        };
        if post.author.is_empty() {
            return Outcome::NotSent {
                reason: "LinkedIn has not said yet whose token it is".to_owned(),
            };
        }
        if post.is_of_a_page() && post.visibility != "PUBLIC" {
            return Outcome::Rejected {
                reason:
                    "A LinkedIn page's posts are public: set the post's visibility to public, or take this channel off it"
                        .to_owned(),
            };
        }
        let url = self.url("rest/posts");
        let body = &request.body;
        let call = || {
            self.rest(Call::post(url.clone(), Body::Json(body.clone())))
                .enough("x-restli-id")
        };
        let answer = match self.send(call).await {
            Ok(answer) => answer,
            Err(none) => return none.into(),
        };
        match Refusal::of(&answer).duplicate_of() {
            Some(named) if answer.status == 422 => self.duplicate(request, &post, named).await,
            _ => self.outcome(&answer).await,
        }
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        self.look_among_posts(sought).await
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        self.delete_post(there).await
    }

    async fn edit(&self, there: &RemoteRef, part: &Part, _media_refs: &[String]) -> Corrected {
        self.edit_post(there, part).await
    }

    fn can_edit(&self) -> bool {
        true
    }

    fn edit_takes_media(&self) -> bool {
        false
    }

    fn publish_timeout(&self) -> Duration {
        // Twice where the token is renewed in between, and a look at what it is a duplicate of.
        2 * self.http.timeouts().total + self.tokens.longest() + 2 * LOOK_TIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_log_in_at_linkedin_unless_another_server_is_named() {
        assert_eq!(door(None, SERVICE), DOOR);
        assert_eq!(door(Some(SERVICE), SERVICE), DOOR);
        let here = "http://127.0.0.1:8080";
        assert_eq!(door(Some(here), here), here);
    }
}
