//! YouTube's tokens: an access token of an hour, fetched anew with the refresh token of a login, which stays the same.
//!
//! Source: developers.google.com/identity/protocols/oauth2 (read 2026-11). `invalid_grant` means that a person has to log in
//! again: revoked, unused for six months, or after seven days where the consent screen is still in “Testing”.

use super::http::Http;
use super::on_disk::{locked, on_disk};
use super::token_endpoint::{NotRenewed, TokenEndpoint};
use super::{CallError, log_in_again};
use crate::domain::ChannelName;
use crate::secrets::{OwnApp, OwnAppSecret, Secret, SecretFile, StoredSecret};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// A token that ends within this time is fetched anew before it is used.
const SOON: TimeDelta = TimeDelta::minutes(2);

/// How long is waited for another process that renews the login.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps the token of one channel.
#[derive(Debug)]
pub(super) struct TokenKeeper {
    pub endpoint: TokenEndpoint,
    pub app: OwnApp,
    /// The application, where the configuration names one.
    pub client_id: Option<String>,
    pub source: Source,
    pub channel: ChannelName,
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
    pub fn of(grant: &OwnAppSecret) -> Self {
        Self {
            token: grant.token.clone(),
            ends_at: grant.ends_at,
            scopes: grant.scopes.clone(),
        }
    }
}

/// Returns where Google grants tokens; `door` is the base address of the login's endpoints.
pub(super) fn token_endpoint(http: &Http, door: &str) -> TokenEndpoint {
    TokenEndpoint {
        http: http.clone(),
        url: format!("{door}/token"),
        service: "Google",
        patience: http.timeouts().total,
    }
}

impl TokenKeeper {
    /// Returns a token that is good for a while.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when a person has to log in; else why none could be fetched now.
    pub async fn current(self: &Arc<Self>) -> Result<Secret, CallError> {
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
            && ends_at.is_some_and(|at| at - self.endpoint.http.now() > SOON)
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
    pub async fn scopes(self: &Arc<Self>) -> Result<Option<String>, CallError> {
        self.current().await?;
        let held = self.held.lock().await;
        Ok(held.as_ref().and_then(|held| held.scopes.clone()))
    }

    /// Replaces a token that was refused.
    ///
    /// # Errors
    ///
    /// As `current`.
    pub async fn renewed(self: &Arc<Self>, stale: &Secret) -> Result<Secret, CallError> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.as_ref().filter(|known| known.token != *stale) {
            return Ok(known.token.clone());
        }
        let fresh = self.fetched().await?;
        let token = fresh.token.clone();
        *held = Some(fresh);
        Ok(token)
    }

    /// Goes on to the end even if nobody waits.
    async fn fetched(self: &Arc<Self>) -> Result<Held, CallError> {
        let keeper = Arc::clone(self);
        let work = async move { keeper.fetch().await };
        self.endpoint.http.unbroken().run(work).await
    }

    async fn fetch(&self) -> Result<Held, CallError> {
        // Whoever logs in meanwhile waits for this, so that nothing newer is overwritten.
        let lock = match &self.source {
            Source::Named(_) => None,
            Source::File(file) => Some(locked(file, &self.channel, PATIENCE).await?),
        };
        let before = match &self.source {
            Source::Named(refresh) => {
                let client_id = self.client_id.clone().unwrap_or_default();
                OwnAppSecret {
                    refresh: Some(refresh.clone()),
                    ..OwnAppSecret::new(client_id)
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
        let kept = match self.endpoint.renew(before, &self.app).await {
            Ok(kept) => kept,
            Err(NotRenewed::NoRefreshToken) => {
                return Err(self.log_in("the login can not be renewed"));
            }
            Err(NotRenewed::Refused { error, .. }) if error == "invalid_grant" => {
                return Err(self.log_in(
                    "Google has ended the login (after 7 days where the consent screen is in “Testing”: publish it in Google's console)",
                ));
            }
            Err(NotRenewed::Refused { words, .. }) => {
                return Err(self.log_in(&format!("Google does not renew the login ({words})")));
            }
            Err(NotRenewed::Failed(error)) => return Err(error),
        };
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
