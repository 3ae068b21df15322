//! LinkedIn's token: the configuration's, or what `login` stored, renewed where the application was given a refresh token.
//!
//! The new one is stored before it is used, under the channel's lock, and the file is read again first: another process
//! may have renewed it. Source: learn.microsoft.com, "Refresh Tokens with OAuth 2.0" (read 2026-11): a token lives 60 days,
//! a refresh token 365 days from the first login, which renewing does not prolong.

use super::http::Http;
use super::on_disk::{locked, on_disk};
use super::token_endpoint::{NotRenewed, TokenEndpoint};
use super::{CallError, log_in_again};
use crate::domain::ChannelName;
use crate::secrets::{OwnApp, OwnAppSecret, Secret, SecretFile, StoredSecret};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long one call about the token may take at the most.
const RENEWAL_TIME: Duration = Duration::from_secs(10);

/// Keeps the token of one channel.
#[derive(Debug)]
pub(super) struct TokenKeeper {
    pub endpoint: TokenEndpoint,
    pub app: OwnApp,
    /// Where a login keeps its token; `None` where the configuration names one.
    pub file: Option<SecretFile>,
    pub channel: ChannelName,
    /// What a person does about a refused token.
    pub remedy: String,
    pub held: Mutex<Held>,
}

/// The token at hand.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub token: Secret,
    /// What was granted with it, where that is known; asked of the file once.
    pub scopes: Option<String>,
    pub is_asked: bool,
}

impl Held {
    pub fn new(token: Secret) -> Self {
        Self {
            token,
            scopes: None,
            is_asked: false,
        }
    }
}

/// Returns where LinkedIn grants tokens; `door` is the base address of the login's pages.
pub(super) fn token_endpoint(http: &Http, door: &str) -> TokenEndpoint {
    TokenEndpoint {
        http: http.clone(),
        url: format!("{door}/oauth/v2/accessToken"),
        service: "LinkedIn",
        patience: http.timeouts().total.min(RENEWAL_TIME),
    }
}

impl TokenKeeper {
    /// Returns the token at hand.
    pub async fn current(&self) -> Secret {
        self.held.lock().await.token.clone()
    }

    /// Returns what was granted with the token, where a login remembers it.
    pub async fn scopes(&self) -> Option<String> {
        let mut held = self.held.lock().await;
        if !held.is_asked {
            held.is_asked = true;
            held.scopes = self
                .read()
                .await
                .ok()
                .flatten()
                .and_then(|grant| grant.scopes);
        }
        held.scopes.clone()
    }

    /// Replaces a token that LinkedIn refused; `None` where nothing is kept that could renew it. Goes on to the end even if
    /// nobody waits.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when LinkedIn refuses to renew the login, with its words; else why none can be had now.
    pub async fn renewed(self: &Arc<Self>, stale: &Secret) -> Result<Option<Secret>, CallError> {
        let (keeper, stale) = (Arc::clone(self), stale.clone());
        let work = async move { keeper.renew(&stale).await };
        self.endpoint.http.unbroken().run(work).await
    }

    async fn renew(&self, stale: &Secret) -> Result<Option<Secret>, CallError> {
        let mut held = self.held.lock().await;
        if held.token != *stale {
            return Ok(Some(held.token.clone()));
        }
        let Some(file) = self.file.clone() else {
            return Ok(None);
        };
        let lock = locked(&file, &self.channel, 2 * RENEWAL_TIME).await?;
        let Some(known) = self.read().await? else {
            return Ok(None);
        };
        let fresh = if known.token == *stale {
            let Some(fresh) = self.asked_anew(known).await? else {
                return Ok(None);
            };
            let kept = fresh.clone();
            on_disk(move || file.write(&StoredSecret::LinkedIn(kept), &lock)).await?;
            fresh
        } else {
            known
        };
        *held = Held {
            token: fresh.token.clone(),
            scopes: fresh.scopes,
            is_asked: true,
        };
        Ok(Some(fresh.token))
    }

    /// Fetches the next token; `None` where the login has nothing to fetch it with.
    async fn asked_anew(&self, known: OwnAppSecret) -> Result<Option<OwnAppSecret>, CallError> {
        match self.endpoint.renew(known, &self.app).await {
            Ok(fresh) => Ok(Some(fresh)),
            Err(NotRenewed::NoRefreshToken) => Ok(None),
            Err(NotRenewed::Refused { words, .. }) => Err(CallError::Unauthorized(log_in_again(
                &format!("LinkedIn does not renew the login ({words})"),
                &self.remedy,
            ))),
            Err(NotRenewed::Failed(error)) => Err(error),
        }
    }

    async fn read(&self) -> Result<Option<OwnAppSecret>, CallError> {
        let Some(file) = self.file.clone() else {
            return Ok(None);
        };
        Ok(match on_disk(move || file.read()).await? {
            Some(StoredSecret::LinkedIn(grant)) => Some(grant),
            Some(_) | None => None,
        })
    }

    /// How long renewing may take in the middle of a call: waiting for the lock, asking.
    pub fn longest(&self) -> Duration {
        3 * RENEWAL_TIME
    }
}
