//! Bluesky's session: begun with an app password, kept in the channel's secret file, refreshed when it expires.
//!
//! A refresh token is good once, so the new one is stored before it is used, under the channel's lock, and the file is
//! read again first: another process may have refreshed. Nobody breaks that off (`unbroken.rs`). Facts from the reference PDS, read 2026-11: access lives two
//! hours, refresh 90 days; logging in is limited to 30 times in five minutes and 300 a day for each account.

use super::address;
use super::http::{self, Answer, Body, Call, Http};
use super::on_disk::{locked, on_disk, storable};
use super::{CallError, Verdict, log_in_again};
use crate::domain::ChannelName;
use crate::secrets::{BlueskySecret, Secret, SecretFile, SecretLock, StoredSecret};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long one call about the session may take at the most.
const SESSION_TIME: Duration = Duration::from_secs(10);

/// Keeps the session of one channel.
#[derive(Debug)]
pub(super) struct SessionKeeper {
    pub http: Http,
    /// Where sessions begin; calls go to the server that the account's identity names.
    pub service: String,
    /// The handle that the configuration names, without `@`.
    pub handle: Option<String>,
    /// The identity pinned to the channel.
    pub pinned: Option<String>,
    /// App password of the configuration.
    pub password: Option<Secret>,
    pub file: SecretFile,
    pub channel: ChannelName,
    /// What a person does about a refused password.
    pub remedy: String,
    pub session: Mutex<Option<BlueskySecret>>,
}

/// What createSession and refreshSession answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Begun {
    access_jwt: String,
    refresh_jwt: String,
    #[serde(deserialize_with = "address::id")]
    did: String,
    #[serde(deserialize_with = "address::id")]
    handle: String,
    did_doc: Option<serde_json::Value>,
}

/// An error as every XRPC method tells it.
#[derive(Default, Deserialize)]
pub(super) struct XrpcError {
    pub error: Option<String>,
    pub message: Option<String>,
}

/// Returns the error's name; empty where there is none.
pub(super) fn error_name(answer: &Answer) -> String {
    answer
        .json::<XrpcError>()
        .and_then(|error| error.error)
        .unwrap_or_default()
}

/// Says what the server said, in one sentence, without our secrets.
pub(super) fn said(base: &str, answer: &Answer, secrets: &[&Secret]) -> String {
    let host = address::host_of(base);
    let error = answer.json::<XrpcError>().unwrap_or_default();
    match (error.message, error.error) {
        (Some(words), Some(name)) if !words.is_empty() => format!(
            "{host} says: {} ({})",
            http::quote_without(&words, secrets),
            http::quote_without(&name, secrets)
        ),
        (_, Some(name)) => format!("{host} says: {}", http::quote_without(&name, secrets)),
        _ => answer.without_words(&host),
    }
}

/// Reads what an answer means for the caller.
pub(super) fn judge(answer: &Answer) -> Verdict {
    match (answer.status, error_name(answer).as_str()) {
        (400, "ExpiredToken" | "InvalidToken" | "AccountTakedown" | "AccountDeactivated")
        | (401, _) => Verdict::LogIn,
        (429, _) => Verdict::Wait,
        // Another record is at the key: something that this program did not record was written there.
        (400, "InvalidSwap") => Verdict::Unclear,
        (400 | 403 | 404 | 405 | 406 | 410 | 413 | 414 | 415 | 422, _) => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

impl SessionKeeper {
    /// Returns the session at hand: in memory, in the file, or a new one.
    pub async fn session(&self) -> Result<BlueskySecret, CallError> {
        let mut held = self.session.lock().await;
        if let Some(session) = &*held {
            return Ok(session.clone());
        }
        let session = match self.read().await? {
            Some(stored) if self.fits(&stored) => stored,
            _ => {
                let lock = self.lock().await?;
                match self.read().await? {
                    Some(stored) if self.fits(&stored) => stored,
                    stored => self.begin(stored, lock).await?,
                }
            }
        };
        *held = Some(session.clone());
        Ok(session)
    }

    /// Replaces a session whose access token expired; logs in anew when the refresh token is dead too.
    pub async fn refreshed(
        self: &Arc<Self>,
        stale: &BlueskySecret,
    ) -> Result<BlueskySecret, CallError> {
        self.replaced(stale, Replacement::Refresh).await
    }

    /// Replaces a session that the server does not know, by logging in with the app password.
    pub async fn begun_again(
        self: &Arc<Self>,
        stale: &BlueskySecret,
    ) -> Result<BlueskySecret, CallError> {
        self.replaced(stale, Replacement::LogIn).await
    }

    /// Goes on to the end even if nobody waits.
    async fn replaced(
        self: &Arc<Self>,
        stale: &BlueskySecret,
        replacement: Replacement,
    ) -> Result<BlueskySecret, CallError> {
        let (keeper, stale) = (Arc::clone(self), stale.clone());
        let work = async move { keeper.replace(&stale, replacement).await };
        self.http.unbroken().run(work).await
    }

    async fn replace(
        &self,
        stale: &BlueskySecret,
        replacement: Replacement,
    ) -> Result<BlueskySecret, CallError> {
        let mut held = self.session.lock().await;
        if let Some(session) = &*held
            && session.access != stale.access
        {
            return Ok(session.clone());
        }
        let lock = self.lock().await?;
        let stored = self.read().await?;
        let session = match stored {
            Some(stored) if self.fits(&stored) && stored.access != stale.access => stored,
            stored => {
                let known = stored
                    .filter(|stored| self.fits(stored))
                    .unwrap_or_else(|| stale.clone());
                match replacement {
                    Replacement::Refresh => self.refresh(known, lock).await?,
                    Replacement::LogIn => self.begin(Some(known), lock).await?,
                }
            }
        };
        *held = Some(session.clone());
        Ok(session)
    }

    /// Whether a stored session is of the account that the channel is about.
    fn fits(&self, stored: &BlueskySecret) -> bool {
        match (&self.handle, &self.pinned) {
            (Some(handle), _) => {
                stored.handle.eq_ignore_ascii_case(handle) || stored.did == *handle
            }
            (None, Some(did)) => stored.did == *did,
            (None, None) => true,
        }
    }

    async fn refresh(
        &self,
        known: BlueskySecret,
        lock: SecretLock,
    ) -> Result<BlueskySecret, CallError> {
        let lock = storable(&self.file, lock).await?;
        let call = Call::post(
            format!("{}/xrpc/com.atproto.server.refreshSession", known.pds),
            Body::Empty,
        )
        .bearer(&known.refresh)
        .within(self.patience());
        let answer = self.http.send(call).await?;
        if answer.is_success() {
            let begun: Begun = answer.json().ok_or_else(|| unreadable(&known.pds))?;
            let session = session_of(begun, &self.service, &known.pds, known.password);
            return self.keep(session, lock).await;
        }
        match error_name(&answer).as_str() {
            "ExpiredToken" | "InvalidToken" => self.begin(Some(known), lock).await,
            _ => {
                let reason = said(&known.pds, &answer, &[&known.refresh]);
                Err(self.refused(&answer, reason))
            }
        }
    }

    /// Logs in with the app password, of the configuration or of the stored login.
    async fn begin(
        &self,
        stored: Option<BlueskySecret>,
        lock: SecretLock,
    ) -> Result<BlueskySecret, CallError> {
        let stored = stored.filter(|stored| self.fits(stored));
        let kept = stored.as_ref().and_then(|stored| stored.password.clone());
        let password = self.password.as_ref().or(kept.as_ref()).ok_or_else(|| {
            CallError::Unauthorized(log_in_again(
                "The Bluesky session has ended and no app password is at hand",
                &self.remedy,
            ))
        })?;
        let identifier = self
            .handle
            .clone()
            .or_else(|| self.pinned.clone())
            .or_else(|| stored.as_ref().map(|stored| stored.did.clone()))
            .ok_or_else(|| {
                CallError::Rejected(format!(
                    "Channel `{}` has no `handle`: set it, such as handle = \"example.org\"",
                    self.channel
                ))
            })?;
        let session = create(
            &self.http,
            &self.service,
            &identifier,
            password,
            &self.remedy,
        )
        .await?;
        // A password that the configuration refers to is not copied into our file.
        let session = BlueskySecret {
            password: kept,
            ..session
        };
        self.keep(session, lock).await
    }

    /// Stores a session before anything uses it.
    async fn keep(
        &self,
        session: BlueskySecret,
        lock: SecretLock,
    ) -> Result<BlueskySecret, CallError> {
        let file = self.file.clone();
        on_disk(move || {
            file.write(&StoredSecret::Bluesky(session.clone()), &lock)?;
            Ok(session)
        })
        .await
    }

    async fn read(&self) -> Result<Option<BlueskySecret>, CallError> {
        let file = self.file.clone();
        Ok(match on_disk(move || file.read()).await? {
            Some(StoredSecret::Bluesky(session)) => Some(session),
            Some(_) | None => None,
        })
    }

    async fn lock(&self) -> Result<SecretLock, CallError> {
        locked(&self.file, &self.channel, 2 * self.patience()).await
    }

    fn patience(&self) -> Duration {
        patience(&self.http)
    }

    /// How long getting a usable session may take, before a call and once more in its middle.
    pub fn longest(&self) -> Duration {
        // Twice: waiting for the lock, refreshing, logging in.
        2 * 4 * self.patience()
    }

    fn refused(&self, answer: &Answer, reason: String) -> CallError {
        refused(&self.http, &self.remedy, answer, reason)
    }
}

#[derive(Clone, Copy)]
enum Replacement {
    Refresh,
    LogIn,
}

fn patience(http: &Http) -> Duration {
    http.timeouts().total.min(SESSION_TIME)
}

/// Reads a refusal of a call that creates nothing.
pub(super) fn refused(http: &Http, remedy: &str, answer: &Answer, reason: String) -> CallError {
    judge(answer).error(reason, remedy, answer.wait_until(http.now()))
}

pub(super) fn unreadable(base: &str) -> CallError {
    CallError::Unavailable(format!(
        "{} answered, but not as a Bluesky server does: is `url` right?",
        address::host_of(base)
    ))
}

/// Begins a session with an app password; the session carries it.
pub(super) async fn create(
    http: &Http,
    service: &str,
    identifier: &str,
    password: &Secret,
    remedy: &str,
) -> Result<BlueskySecret, CallError> {
    let body = serde_json::json!({"identifier": identifier, "password": password.expose()});
    let call = Call::post(
        format!("{service}/xrpc/com.atproto.server.createSession"),
        Body::Json(body.to_string()),
    )
    .within(patience(http));
    let answer = http.send(call).await?;
    if answer.is_success() {
        let begun: Begun = answer.json().ok_or_else(|| unreadable(service))?;
        return Ok(session_of(begun, service, service, Some(password.clone())));
    }
    let host = address::host_of(service);
    let reason = match error_name(&answer).as_str() {
        "AuthFactorTokenRequired" => format!(
            "{host} wants a second factor: use an app password (Settings > Privacy and security > App passwords)"
        ),
        "AuthenticationRequired" => {
            format!("{host} does not accept the app password of {identifier}")
        }
        _ => said(service, &answer, &[password]),
    };
    Err(refused(http, remedy, &answer, reason))
}

pub(super) fn session_of(
    begun: Begun,
    service: &str,
    otherwise: &str,
    password: Option<Secret>,
) -> BlueskySecret {
    let pds = begun
        .did_doc
        .as_ref()
        .and_then(|document| pds_of(document, service))
        .unwrap_or_else(|| otherwise.to_owned());
    BlueskySecret {
        did: begun.did,
        handle: begun.handle,
        pds,
        access: Secret::new(begun.access_jwt),
        refresh: Secret::new(begun.refresh_jwt),
        password,
    }
}

/// Returns the server that an identity document names; a loopback one only where we were sent there ourselves.
fn pds_of(document: &serde_json::Value, service: &str) -> Option<String> {
    let endpoint = document.get("service")?.as_array()?.iter().find(|entry| {
        entry["id"]
            .as_str()
            .is_some_and(|id| id.ends_with("#atproto_pds"))
    })?;
    let base = address::base_address(endpoint["serviceEndpoint"].as_str()?).ok()?;
    (address::is_loopback(service) || !address::is_loopback(&base)).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_server_comes_from_the_identity_document() {
        let document = |endpoint: &str| {
            json!({"service": [
                {"id": "#other", "serviceEndpoint": "https://other.example"},
                {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint},
            ]})
        };
        let social = "https://bsky.social";
        assert_eq!(
            pds_of(&document("https://pds.example/"), social).as_deref(),
            Some("https://pds.example")
        );
        let here = "http://localhost:2583";
        assert_eq!(pds_of(&document(here), here).as_deref(), Some(here));
        for trick in [
            here,
            "http://pds.example",
            "https://127.0.0.1",
            "file:///etc",
        ] {
            assert_eq!(pds_of(&document(trick), social), None, "{trick}");
        }
        assert_eq!(pds_of(&json!({}), social), None);
    }

    #[test]
    fn an_expired_token_is_a_400_here() {
        let verdict = |status, name: &str| {
            judge(&Answer::fake(
                status,
                &[],
                &json!({"error": name, "message": "m"}).to_string(),
            ))
        };
        assert_eq!(verdict(400, "ExpiredToken"), Verdict::LogIn);
        assert_eq!(verdict(401, "AuthMissing"), Verdict::LogIn);
        assert_eq!(verdict(400, "InvalidRequest"), Verdict::Refused);
        assert_eq!(verdict(413, "PayloadTooLarge"), Verdict::Refused);
        assert_eq!(verdict(400, "InvalidSwap"), Verdict::Unclear);
        assert_eq!(verdict(500, "InternalServerError"), Verdict::Unclear);
        assert_eq!(verdict(502, "UpstreamFailure"), Verdict::Unclear);
        assert_eq!(verdict(429, "RateLimitExceeded"), Verdict::Wait);
        assert_eq!(verdict(302, ""), Verdict::Unclear);
    }
}
