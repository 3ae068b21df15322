//! Zulip: messages to one channel of a server, under a topic.
//!
//! Facts from zulip.com/api and the server's code at feature levels 200 and up, read 2026-11. Nothing makes a second
//! send harmless there, so an answer that was lost is looked up in the channel (`zulip_look.rs`). Which channel, and
//! whether the account may post there, is in `zulip_place.rs`; shapes and addresses are in `zulip_api.rs`.

use super::address;
use super::http::{self, Answer, Body, Call, Failure, Http, Upload};
use super::zulip_api::{
    self, Me, NewMessage, Place, Refusal, Registered, Sent, Uploaded, Users, account_file, judge,
};
use super::{CallError, Connection, LookUp, PartContext, Platform, Sought, Verdict};
use crate::domain::connection::Quota;
use crate::domain::text_safety::is_unsafe;
use crate::domain::{
    self, Account, AttemptRequest, Channel, Corrected, Limits, Outcome, Part, PartMedia,
    Permission, Published, RemoteRef, Target,
};
use crate::secrets::{KeySecret, Secret, SecretSource, StoredSecret};
use crate::text::zulip::{LONGER_ADDRESS, placeholder, upload_name};
use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long one look at the channel may take once a message is out; there are at most three.
const LOOK_TIME: Duration = Duration::from_secs(5);

/// A large organization's list of people or channels, in bytes.
const LONG_LIST: usize = 32 * 1024 * 1024;

/// One account, posting to one channel of its server.
#[derive(Debug)]
pub struct Zulip {
    http: Http,
    base: String,
    email: String,
    key: Secret,
    to: Target,
    /// The channels as the server knows them, each asked once.
    found: Mutex<BTreeMap<Target, Place>>,
    /// What a person does about a refused key.
    remedy: String,
}

impl Zulip {
    /// Connects a channel to its server; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address or the account file cannot be used, `Unauthorized` when there is no key.
    pub fn new(channel: &Channel, connection: Connection, http: &Http) -> Result<Self, CallError> {
        let remedy = connection.remedy(&channel.name);
        let secret =
            (connection.secret.as_ref()).ok_or_else(|| super::not_logged_in(&channel.name))?;
        let missing = |key: &str, example: &str| {
            CallError::Rejected(format!(
                "Channel `{}` has no `{key}`: set it, such as {key} = \"{example}\"",
                channel.name
            ))
        };
        let (base, email, key) = match &connection.secret_from {
            Some(source @ SecretSource::Whole { .. }) => {
                let file = account_file(secret.expose(), &source.to_string())?;
                let base = connection.base(channel, Some(&file.site))?;
                let (ours, theirs) = (address::host_of(&base), address::host_of(&file.site));
                if ours != theirs {
                    return Err(CallError::Rejected(format!(
                        "{source} is for {}, but `url` of channel `{}` is {ours}: take one of them away",
                        http::quote(&theirs),
                        channel.name
                    )));
                }
                (base, file.email, file.key)
            }
            _ => {
                let email = (connection.email.clone())
                    .ok_or_else(|| missing("email", "bot@example.org"))?;
                (connection.base(channel, None)?, email, secret.clone())
            }
        };
        Ok(Self {
            http: http.clone(),
            base,
            email,
            key,
            to: (connection.to).ok_or_else(|| missing("to", "announce"))?,
            found: Mutex::default(),
            remedy,
        })
    }

    pub(super) fn host(&self) -> String {
        address::host_of(&self.base)
    }

    pub(super) fn email(&self) -> String {
        http::quote(&self.email)
    }

    pub(super) fn to(&self) -> &Target {
        &self.to
    }

    pub(super) fn remedy(&self) -> &str {
        &self.remedy
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.base)
    }

    /// Sends a call in this account's name.
    pub(super) async fn send(&self, call: Call<'_>) -> Result<Answer, Failure> {
        self.http.send(call.basic(&self.email, &self.key)).await
    }

    /// Reads something that is there; the error says why not.
    pub(super) async fn read(&self, call: Call<'_>) -> Result<Answer, CallError> {
        let answer = self.send(call).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(self.refused(&answer))
        }
    }

    /// Says what the server said, in one sentence, without our key.
    pub(super) fn said(&self, answer: &Answer) -> String {
        let refusal = answer.json::<Refusal>().unwrap_or_default();
        let Some(words) = refusal.msg.filter(|words| !words.trim().is_empty()) else {
            return answer.without_words(&self.host());
        };
        let words = http::quote_without(&words, &[&self.key]);
        let words = words.trim_end_matches('.');
        match refusal.code.as_deref().and_then(zulip_api::advice) {
            Some(advice) => format!("{} says: {words}: {advice}", self.host()),
            None => format!("{} says: {words}", self.host()),
        }
    }

    /// Reads a refusal of a call that creates nothing.
    pub(super) fn refused(&self, answer: &Answer) -> CallError {
        let reason = self.said(answer);
        match judge(answer) {
            Verdict::Unclear if answer.status == 404 => CallError::Rejected(format!(
                "{} does not speak Zulip's API: is `url` right?",
                self.host()
            )),
            verdict => {
                let until = answer.wait_until(self.http.now());
                verdict.error(reason, &self.remedy, until)
            }
        }
    }

    pub(super) fn unreadable(&self, what: &str) -> CallError {
        CallError::Unavailable(format!(
            "{} answered, but not with {what}: is it a Zulip server?",
            self.host()
        ))
    }

    /// Asks whose key it is.
    pub(super) async fn me(&self) -> Result<Me, CallError> {
        let answer = self.read(Call::read(self.url("users/me"))).await?;
        answer.json().ok_or_else(|| self.unreadable("an account"))
    }

    pub(super) fn account(&self, me: &Me, place: &Place) -> Account {
        Account {
            id: me.user_id.to_string(),
            handle: format!("{} in #{}", self.email(), http::quote(&place.name)),
        }
    }

    /// Returns the configured channel, asked once.
    pub(super) async fn place(&self) -> Result<Place, CallError> {
        self.place_of(&self.to, self.http.timeouts().total).await
    }

    /// Returns a channel, asked once; each call may take so long.
    pub(super) async fn place_of(&self, to: &Target, within: Duration) -> Result<Place, CallError> {
        let known = {
            let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.get(to).cloned()
        };
        if let Some(place) = known {
            return Ok(place);
        }
        let place = self.find_place(to, within).await?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert(to.clone(), place.clone());
        Ok(place)
    }

    /// Returns where a message in a channel is read; the channel is asked for only where nobody did before.
    pub(super) async fn permalink(&self, to: &Target, topic: &str, id: &str) -> Option<String> {
        let place = self.place_of(to, LOOK_TIME).await.ok();
        let shown = zulip_api::narrow_url(&self.base, place.as_ref(), to, topic, id);
        address::web_address(&shown)
    }

    /// Reads the address of an uploaded picture: it goes into a text, so it must be one, and no longer than was counted.
    pub(super) fn uploaded(&self, answer: &Answer, media: &PartMedia) -> Result<String, CallError> {
        let wrong = || self.unreadable("the address of a picture");
        let uploaded: Uploaded = answer.json().ok_or_else(wrong)?;
        let address = uploaded.url.or(uploaded.uri).ok_or_else(wrong)?;
        let plain = address.starts_with("/user_uploads/")
            && !address
                .contains(|c: char| c.is_whitespace() || is_unsafe(c) || "()[]<>".contains(c));
        if !plain {
            return Err(wrong());
        }
        let most = placeholder(media).chars().count() + LONGER_ADDRESS;
        if address.chars().count() > most {
            return Err(CallError::Rejected(format!(
                "{} gave a picture an address of {} characters, {most} were counted",
                self.host(),
                address.chars().count()
            )));
        }
        Ok(address)
    }

    /// Reads the answer to a create call, but for the address.
    pub(super) fn outcome(&self, answer: &Answer) -> Outcome {
        if answer.is_success() {
            return match answer.json::<Sent>() {
                Some(sent) if sent.result == "success" => Outcome::Published(Published {
                    id: sent.id.to_string(),
                    ..Published::default()
                }),
                _ => Outcome::Unknown {
                    reason: format!(
                        "{} answered {}, but not with a message",
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

    pub(super) fn limits_of(&self, registered: &Registered) -> Limits {
        registered.limits(self.http.now())
    }

    pub(super) fn list(&self, path: &str) -> Call<'static> {
        Call::read(self.url(path)).at_most(LONG_LIST)
    }
}

#[async_trait]
impl Platform for Zulip {
    /// Asks whose key it is, which channel it posts to, and whether it may.
    async fn verify(&self) -> Result<Account, CallError> {
        let me = self.me().await?;
        let place = self.place().await?;
        self.may_post(&me, &place).await?;
        Ok(self.account(&me, &place))
    }

    async fn permission(&self) -> Result<Option<Permission>, CallError> {
        self.find_permission().await.map(Some)
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        // The one call that tells them also opens a queue of events, which nobody will read.
        let fields = vec![
            ("event_types", r#"["realm"]"#.to_owned()),
            ("fetch_event_types", r#"["realm"]"#.to_owned()),
        ];
        let register = Call::post(self.url("register"), Body::Form(fields)).at_most(LONG_LIST);
        let answer = self.read(register).await?;
        let registered: Registered = answer.json().ok_or_else(|| self.unreadable("its limits"))?;
        if let Some(queue) = &registered.queue_id {
            let close = Call::delete(self.url("events"))
                .query("queue_id", queue)
                .within(LOOK_TIME);
            // The server closes it by itself after a while.
            let _ = self.send(close).await;
        }
        Ok(self.limits_of(&registered))
    }

    /// Finds people by their full names, `Name|id` included, as the server does.
    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        let users: Users = match self.read(self.list("users")).await {
            Ok(answer) => answer.json().ok_or_else(|| self.unreadable("people"))?,
            // An account that may not see people posts all the same; its mentions may be plain text.
            Err(CallError::Rejected(_)) => return Ok(vec![None; handles.len()]),
            Err(error) => return Err(error),
        };
        let ids: HashMap<String, u64> = (users.members.iter())
            .filter(|person| person.is_active)
            .flat_map(|person| {
                let name = person.full_name.to_lowercase();
                let numbered = format!("{name}|{}", person.user_id);
                [numbered, format!("|{}", person.user_id), name].map(|name| (name, person.user_id))
            })
            .collect();
        Ok(handles
            .iter()
            .map(|handle| ids.get(&handle.to_lowercase()).map(u64::to_string))
            .collect())
    }

    async fn topics(&self, to: Option<&Target>) -> Result<Vec<String>, CallError> {
        self.find_topics(to.unwrap_or(&self.to)).await
    }

    async fn places(&self) -> Result<Option<Vec<domain::Place>>, CallError> {
        self.find_places().await.map(Some)
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        let Some(id) = zulip_api::message_id(address.trim(), &self.base) else {
            return Ok(None);
        };
        match self
            .read(Call::read(self.url(&format!("messages/{id}"))))
            .await
        {
            Ok(_) => Ok(Some(RemoteRef {
                id: id.to_string(),
                ..RemoteRef::default()
            })),
            Err(CallError::Rejected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        let upload = Upload {
            field: "filename",
            name: upload_name(media),
            mime: media.mime.clone(),
            bytes,
            // The alt text is in the message.
            description: String::new(),
            fields: Vec::new(),
        };
        let call = Call::post(self.url("user_uploads"), Body::Multipart(upload));
        let answer = self.read(call).await?;
        self.uploaded(&answer, media)
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        let to = part.to.as_ref().unwrap_or(&self.to);
        zulip_api::new_message(to, part, context.media_refs)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        let Some(message) = NewMessage::read(request) else {
            return Outcome::Rejected {
                reason: "The recorded request is damaged".to_owned(),
            };
        };
        let (to, topic) = (message.target(), message.topic.clone());
        let call = Call::post(self.url("messages"), Body::Form(message.form()));
        let outcome = match self.send(call).await {
            Ok(answer) => self.outcome(&answer),
            Err(failure) => return failure.into(),
        };
        match outcome {
            Outcome::Published(there) => Outcome::Published(Published {
                permalink: self.permalink(&to, &topic, &there.id).await,
                ..there
            }),
            other => other,
        }
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        self.look_in_channel(sought).await
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        self.delete_message(there).await
    }

    async fn edit(&self, there: &RemoteRef, part: &Part, media_refs: &[String]) -> Corrected {
        self.edit_message(there, part, media_refs).await
    }

    fn can_edit(&self) -> bool {
        true
    }

    fn quota(&self) -> Vec<Quota> {
        self.http.quota()
    }

    fn publish_timeout(&self) -> Duration {
        self.http.timeouts().total + 3 * LOOK_TIME
    }
}

/// Checks an account's key against its server; what is to be stored comes back with whose it is.
///
/// # Errors
///
/// When the address is refused, the key is not accepted, or the account cannot post to the channel.
pub async fn login(
    channel: &Channel,
    connection: Connection,
    http: &Http,
) -> Result<(StoredSecret, Account), CallError> {
    let is_typed = connection.secret_from.is_none();
    let mut platform = Zulip::new(channel, connection, http)?;
    if is_typed {
        "copy the key again from Zulip's settings".clone_into(&mut platform.remedy);
    }
    let account = platform.verify().await?;
    let secret = StoredSecret::Zulip(KeySecret {
        name: platform.email,
        key: platform.key,
    });
    Ok((secret, account))
}
