//! YouTube's tokens: an access token of an hour, fetched anew with the refresh token of a login, which stays the same.
//!
//! Source: developers.google.com/identity/protocols/oauth2 (read 2026-11). `invalid_grant` means that a person has to log in
//! again: revoked, unused for six months, or after seven days where the consent screen is still in “Testing”.

use super::http::{self, Answer, Body, Call, Http};
use super::on_disk::on_disk;
use super::youtube_api::Refusal;
use super::{CallError, log_in_again};
use crate::secrets::{OwnApp, Secret, SecretError, SecretFile, StoredSecret, YouTubeSecret};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use tokio::sync::Mutex;

/// A token that ends within this time is fetched anew before it is used.
const SOON: TimeDelta = TimeDelta::minutes(2);

/// Keeps the token of one channel.
#[derive(Debug)]
pub(super) struct TokenKeeper {
    pub http: Http,
    /// Base address of the login's endpoints.
    pub door: String,
    pub app: OwnApp,
    /// The application, where the configuration names one.
    pub client_id: Option<String>,
    pub source: Source,
    /// What a person does about a refused token.
    pub remedy: String,
    pub held: Mutex<Option<Held>>,
}

/// Where the refresh token is.
#[derive(Debug)]
pub(super) enum Source {
    /// What a login stored.
    File(SecretFile),
    /// What the configuration refers to.
    Named(Secret),
}

/// An access token at hand.
#[derive(Clone, Debug)]
pub(super) struct Held {
    token: Secret,
    ends_at: Option<DateTime<Utc>>,
    /// What was granted with it, where Google said so.
    scopes: Option<String>,
}

impl Held {
    /// Takes the access token of a login.
    pub fn of(grant: &YouTubeSecret) -> Self {
        Self {
            token: grant.token.clone(),
            ends_at: grant.ends_at,
            scopes: grant.scopes.clone(),
        }
    }
}

/// What the token endpoint answers.
#[derive(Deserialize)]
pub(super) struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
    /// Given where the consent screen is in “Testing”.
    #[serde(default)]
    refresh_token_expires_in: Option<i64>,
}

impl Granted {
    /// Returns it as it is stored; what it leaves out is as it was `before`.
    pub fn kept(self, before: YouTubeSecret, now: DateTime<Utc>) -> YouTubeSecret {
        let end = |seconds: Option<i64>| {
            let seconds = seconds.filter(|seconds| *seconds > 0)?;
            now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
        };
        let refresh = self.refresh_token.filter(|token| !token.is_empty());
        YouTubeSecret {
            token: Secret::new(self.access_token),
            ends_at: end(self.expires_in),
            refresh: refresh.map(Secret::new).or(before.refresh),
            refresh_ends_at: end(self.refresh_token_expires_in).or(before.refresh_ends_at),
            scopes: self.scope.or(before.scopes),
            client_id: before.client_id,
            client_secret: before.client_secret,
        }
    }
}

/// Asks an endpoint of the login.
pub(super) async fn ask(
    http: &Http,
    url: String,
    fields: Vec<(&'static str, String)>,
) -> Result<Answer, http::Failure> {
    http.send(Call::post(url, Body::Form(fields))).await
}

impl TokenKeeper {
    /// Returns a token that is good for a while.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when a person has to log in; else why none could be fetched now.
    pub async fn current(&self) -> Result<Secret, CallError> {
        let mut held = self.held.lock().await;
        if held.is_none()
            && let Source::File(file) = &self.source
        {
            let file = file.clone();
            if let Some(StoredSecret::YouTube(grant)) = on_disk(move || file.read()).await? {
                *held = Some(Held::of(&grant));
            }
        }
        if let Some(Held { token, ends_at, .. }) = held.as_ref()
            && ends_at.is_some_and(|at| at - self.http.now() > SOON)
        {
            return Ok(token.clone());
        }
        let fresh = self.fetched().await?;
        let token = fresh.token.clone();
        *held = Some(fresh);
        Ok(token)
    }

    /// Returns what was granted with the token, where Google said so.
    ///
    /// # Errors
    ///
    /// As `current`.
    pub async fn scopes(&self) -> Result<Option<String>, CallError> {
        self.current().await?;
        let held = self.held.lock().await;
        Ok(held.as_ref().and_then(|held| held.scopes.clone()))
    }

    /// Replaces a token that was refused.
    ///
    /// # Errors
    ///
    /// As `current`.
    pub async fn renewed(&self, stale: &Secret) -> Result<Secret, CallError> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.as_ref().filter(|known| known.token != *stale) {
            return Ok(known.token.clone());
        }
        let fresh = self.fetched().await?;
        let token = fresh.token.clone();
        *held = Some(fresh);
        Ok(token)
    }

    async fn fetched(&self) -> Result<Held, CallError> {
        // Whoever logs in meanwhile waits for this, so that nothing newer is overwritten.
        let lock = match &self.source {
            Source::Named(_) => None,
            Source::File(file) => {
                let file = file.clone();
                Some(on_disk(move || file.lock()).await?)
            }
        };
        let before = match &self.source {
            Source::Named(refresh) => {
                let client_id = self.client_id.clone().unwrap_or_default();
                YouTubeSecret {
                    refresh: Some(refresh.clone()),
                    ..empty(client_id)
                }
            }
            Source::File(file) => {
                let file = file.clone();
                match on_disk(move || file.read()).await? {
                    Some(StoredSecret::YouTube(grant)) => grant,
                    _ => return Err(self.log_in("nobody has logged in yet")),
                }
            }
        };
        let Some(refresh) = before.refresh.clone() else {
            return Err(self.log_in("the login can not be renewed"));
        };
        let (typed, app) = (before.client_secret.clone(), self.app.clone());
        let secret = on_disk(move || client_secret(typed.as_ref(), &app)).await?;
        let mut fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh.expose().to_owned()),
            ("client_id", before.client_id.clone()),
        ];
        if let Some(secret) = &secret {
            fields.push(("client_secret", secret.expose().to_owned()));
        }
        let answer = ask(&self.http, format!("{}/token", self.door), fields).await?;
        if !answer.is_success() {
            let refusal = Refusal::of(&answer);
            return Err(match (refusal.reason(), answer.status) {
                (_, 429 | 500..=599) => CallError::Unavailable(answer.without_words("Google")),
                ("invalid_grant", _) => self.log_in(
                    "Google has ended the login (after 7 days where the consent screen is in “Testing”: publish it in Google's console)",
                ),
                _ => {
                    let mut hidden = vec![&refresh];
                    hidden.extend(&secret);
                    let words = http::quote_without(refusal.words(), &hidden);
                    self.log_in(&format!("Google does not renew the login ({words})"))
                }
            });
        }
        let granted: Granted = answer.json().ok_or_else(|| {
            CallError::Unavailable("Google answered, but not with a token".to_owned())
        })?;
        let kept = granted.kept(before, self.http.now());
        let held = Held::of(&kept);
        if let (Source::File(file), Some(lock)) = (&self.source, lock) {
            let file = file.clone();
            // The refresh token is still good where this cannot be written: the next process fetches a token of its own.
            let written = on_disk(move || file.write(&StoredSecret::YouTube(kept), &lock));
            if let Err(error) = written.await {
                tracing::warn!(%error, "a fresh token was not kept");
            }
        }
        Ok(held)
    }

    fn log_in(&self, why: &str) -> CallError {
        CallError::Unauthorized(log_in_again(why, &self.remedy))
    }
}

/// Returns a login of an application before anything was granted.
pub(super) fn empty(client_id: String) -> YouTubeSecret {
    YouTubeSecret {
        client_id,
        client_secret: None,
        token: Secret::new(""),
        ends_at: None,
        refresh: None,
        refresh_ends_at: None,
        scopes: None,
    }
}

/// Fetches the secret of the application: from where the configuration says, else as it was typed. May block.
fn client_secret(typed: Option<&Secret>, app: &OwnApp) -> Result<Option<Secret>, SecretError> {
    match &app.client_secret {
        Some(source) => source.resolve().map(Some),
        None => Ok(typed.cloned()),
    }
}
