//! LinkedIn: posts of a page or of a member, through the versioned Posts API.
//!
//! Facts from learn.microsoft.com (li-lms-2026-05, read 2026-11) and from working clients. What is made is named in a
//! header, and nothing makes a second send harmless: a lost answer is looked up among a page's posts, and a member's asks a
//! person (`linkedin_look.rs`). Shapes and addresses are in `linkedin_api.rs`, the token in `linkedin_session.rs`.

use super::http::{self, Answer, Body, Call, Failure, Http};
use super::linkedin_api::{
    self as api, Forbidden, MAY_POST, MEMBER_PRODUCTS, NewPost, PAGE_PRODUCT, PAGE_ROLES,
    POST_AS_MEMBER, POST_AS_PAGE, READ_PAGE, Refusal, encoded, judge,
};
use super::linkedin_session::{Held, TokenKeeper};
use super::linkedin_version;
use super::{CallError, Connection, LookUp, PartContext, Platform, Sought};
use crate::domain::{
    Account, AttemptRequest, Channel, ChannelName, Corrected, Limits, Outcome, Part, PartMedia,
    RemoteRef,
};
use crate::secrets::{Secret, SecretFile};
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::Mutex;

/// Where calls go, and where people log in.
pub(super) const SERVICE: &str = "https://api.linkedin.com";
pub(super) const DOOR: &str = "https://www.linkedin.com";

/// How long a look at a duplicate may take once the create call was answered.
const LOOK_TIME: Duration = Duration::from_secs(10);

/// How many roles are asked for at once, and how often.
const ROLES: usize = 100;
const MOST_ROLES: usize = 1000;

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
    tokens: TokenKeeper,
}

/// Who posts.
#[derive(Debug)]
pub(super) enum Author {
    /// A page, by its whole name.
    Page(String),
    /// The person who logged in; known once it was asked or is pinned.
    Member(OnceLock<String>),
}

/// `GET /v2/userinfo`.
#[derive(Deserialize)]
pub(super) struct UserInfo {
    sub: String,
    #[serde(default)]
    name: String,
}

/// `GET /rest/organizationAcls`.
#[derive(Deserialize)]
pub(super) struct Roles {
    #[serde(default)]
    pub elements: Vec<Role>,
}

/// One role of the person who logged in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role {
    #[serde(alias = "organizationTarget", alias = "organizationalTarget")]
    organization: Option<String>,
    #[serde(default)]
    role: String,
}

/// `GET /rest/organizations/{id}`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organization {
    #[serde(default)]
    localized_name: String,
    #[serde(default)]
    vanity_name: String,
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
            tokens: TokenKeeper {
                http: http.clone(),
                door: door(connection.url.as_deref(), &base),
                app: connection.app,
                file: is_stored.then(|| SecretFile::new(connection.stored)),
                channel: channel.name.clone(),
                remedy,
                held: Mutex::new(Held::new(token)),
            },
            http: http.clone(),
            base,
            channel: channel.name.clone(),
            author,
            version_is_set: connection.api_version.is_some(),
            version: (connection.api_version)
                .unwrap_or_else(|| linkedin_version::DEFAULT.to_owned()),
        })
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn base(&self) -> &str {
        &self.base
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

    /// Sends a call with the token; once more with a renewed one where the first is refused.
    pub(super) async fn send<'c>(
        &'c self,
        call: impl Fn() -> Call<'c> + Send + Sync,
    ) -> Result<Answer, Failure> {
        let token = self.tokens.current().await;
        let answer = self.http.send(bearing(call(), &token)).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        match self.tokens.renewed(&token).await {
            Ok(Some(fresh)) => self.http.send(bearing(call(), &fresh)).await,
            Ok(None) | Err(CallError::Unauthorized(_) | CallError::Rejected(_)) => Ok(answer),
            // A refused token made nothing, and the next try may have another.
            Err(error) => Err(Failure::NotSent(error.to_string())),
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

    fn page_words(&self) -> String {
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

    /// Returns the author's whole name; a member's is asked for once.
    pub(super) async fn author(&self) -> Result<String, CallError> {
        match self.known_author() {
            Some(urn) => Ok(urn.to_owned()),
            None => Ok(self.member().await?.id),
        }
    }

    /// Asks whose token it is.
    async fn member(&self) -> Result<Account, CallError> {
        let url = self.url("v2/userinfo");
        let answer = self.send(|| Call::read(url.clone())).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer, "openid and profile").await);
        }
        let info: UserInfo = answer.json().ok_or_else(|| self.unreadable("a person"))?;
        let account = self.member_account(&info)?;
        if let Author::Member(known) = &self.author {
            // Who was there first stays: the pinned account is compared by the publisher.
            let _ = known.set(account.id.clone());
        }
        Ok(account)
    }

    pub(super) fn member_account(&self, info: &UserInfo) -> Result<Account, CallError> {
        let id = api::member_urn(&info.sub).ok_or_else(|| self.unreadable("a person's id"))?;
        let name = http::quote(&info.name);
        Ok(Account {
            handle: if name.is_empty() { id.clone() } else { name },
            id,
        })
    }

    /// Asks which roles the person who logged in has, and whether one of them may post as the page.
    async fn page(&self, urn: &str) -> Result<Account, CallError> {
        match self.roles().await {
            Ok(roles) => self.may_post(urn, &roles)?,
            // Who may not list roles, but may read the page's posts, has one.
            Err(CallError::Rejected(reason)) => {
                let url = self.url("rest/posts");
                let posts = || {
                    let call = Call::read(url.clone()).header("x-restli-method", "FINDER");
                    call.query("q", "author")
                        .query("author", urn)
                        .query("count", "1")
                };
                self.read(posts, READ_PAGE)
                    .await
                    .map_err(|_| CallError::Rejected(reason))?;
            }
            Err(other) => return Err(other),
        }
        let number = urn.rsplit(':').next().unwrap_or_default();
        let url = self.url(&format!("rest/organizations/{number}"));
        let known = match self.read(|| Call::read(url.clone()), PAGE_ROLES).await {
            Ok(answer) => answer.json::<Organization>().unwrap_or_default(),
            // Its name is only for people to read.
            Err(_) => Organization::default(),
        };
        Ok(page_account(urn, &known))
    }

    async fn roles(&self) -> Result<Vec<Role>, CallError> {
        let url = self.url("rest/organizationAcls");
        let count = ROLES.to_string();
        let mut all: Vec<Role> = Vec::new();
        loop {
            let start = all.len().to_string();
            let page = || {
                let call = Call::read(url.clone()).header("x-restli-method", "FINDER");
                call.query("q", "roleAssignee")
                    .query("state", "APPROVED")
                    .query("count", &count)
                    .query("start", &start)
            };
            let answer = self.read(page, PAGE_ROLES).await?;
            let roles: Roles = answer.json().ok_or_else(|| self.unreadable("roles"))?;
            let last = roles.elements.len() < ROLES;
            all.extend(roles.elements);
            if last || all.len() >= MOST_ROLES {
                return Ok(all);
            }
        }
    }

    /// Refuses where the roles certainly do not let it post.
    pub(super) fn may_post(&self, urn: &str, roles: &[Role]) -> Result<(), CallError> {
        let ours: Vec<&Role> = (roles.iter())
            .filter(|role| role.organization.as_deref() == Some(urn))
            .collect();
        if ours
            .iter()
            .any(|role| MAY_POST.contains(&role.role.as_str()))
        {
            return Ok(());
        }
        let has = match ours.first() {
            Some(role) => format!("is only {} of", http::quote(&role.role)),
            None => "has no role on".to_owned(),
        };
        let elsewhere: BTreeSet<String> = (roles.iter())
            .filter(|role| MAY_POST.contains(&role.role.as_str()))
            .filter_map(|role| role.organization.as_deref())
            .filter_map(|urn| urn.strip_prefix("urn:li:organization:"))
            .map(http::quote)
            .take(5)
            .collect();
        let mut may = String::new();
        if !elsewhere.is_empty() {
            let list: Vec<String> = elsewhere.into_iter().collect();
            may = format!(" (it may post as {})", list.join(", "));
        }
        Err(CallError::Rejected(format!(
            "The person who logged in {has} {}{may}: ask one of its administrators for “Content admin”, or set `organization` of channel `{}` to another page",
            self.page_words(),
            self.channel
        )))
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

/// Returns how a page is shown: its name, with the address that everybody sees.
pub(super) fn page_account(urn: &str, known: &Organization) -> Account {
    let number = urn.rsplit(':').next().unwrap_or_default();
    let name = match http::quote(&known.localized_name) {
        none if none.is_empty() => format!("page {number}"),
        name => name,
    };
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let vanity = Some(known.vanity_name.as_str())
        .filter(|vanity| (1..=100).contains(&vanity.len()) && vanity.chars().all(plain));
    Account {
        id: urn.to_owned(),
        handle: format!("{name} (linkedin.com/company/{})", vanity.unwrap_or(number)),
    }
}

#[async_trait]
impl Platform for LinkedIn {
    /// Asks whose token it is, or whether it may post as the page.
    async fn verify(&self) -> Result<Account, CallError> {
        match &self.author {
            Author::Page(urn) => self.page(urn).await,
            Author::Member(_) => self.member().await,
        }
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
            Err(failure) => return failure.into(),
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

    fn publish_timeout(&self) -> Duration {
        // Twice where the token is renewed in between, and a look at what it is a duplicate of.
        2 * self.http.timeouts().total + self.tokens.longest() + 2 * LOOK_TIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_shown_with_its_name_and_its_public_address() {
        let known = |name: &str, vanity: &str| Organization {
            localized_name: name.to_owned(),
            vanity_name: vanity.to_owned(),
        };
        let shown = |known: &Organization| page_account("urn:li:organization:7", known).handle;
        assert_eq!(
            shown(&known("Research Software", "rso")),
            "Research Software (linkedin.com/company/rso)"
        );
        assert_eq!(shown(&known("", "a/b")), "page 7 (linkedin.com/company/7)");
    }

    #[test]
    fn people_log_in_at_linkedin_unless_another_server_is_named() {
        assert_eq!(door(None, SERVICE), DOOR);
        assert_eq!(door(Some(SERVICE), SERVICE), DOOR);
        let here = "http://127.0.0.1:8080";
        assert_eq!(door(Some(here), here), here);
    }
}
