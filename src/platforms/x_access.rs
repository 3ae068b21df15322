//! How calls to X are authorised: each one signed with the account's keys, or with a token that an account granted.
//!
//! A granted token lives two hours and is replaced once when X refuses it. A refresh token is good once, so the new one is
//! stored before anything uses it, under the channel's lock, and the file is read again first: another process may have
//! replaced it (docs.x.com/resources/fundamentals/authentication/oauth-2-0, read 2026-11). Nobody breaks that off
//! (`unbroken.rs`), and nothing is used up where its successor could not be stored.

use super::http::{Answer, Body, Call, Http};
use super::on_disk::{locked, on_disk, storable};
use super::x_api::{judge, said, until, wrong_clock};
use super::x_sign::authorization;
use super::{CallError, NoAnswer, Verdict, address, log_in_again};
use crate::domain::ChannelName;
use crate::secrets::{GrantSecret, Secret, SecretFile, SecretLock, SigningSecret, StoredSecret};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long one call about the grant may take at the most.
const GRANT_TIME: Duration = Duration::from_secs(10);

/// What a login asks for; without `offline.access` there would be no refresh token.
pub(super) const SCOPES: [&str; 5] = [
    "tweet.read",
    "tweet.write",
    "users.read",
    "media.write",
    "offline.access",
];

/// What authorises the calls of one account.
#[derive(Debug)]
pub(super) enum Access {
    /// Every request is signed.
    Keys(SigningSecret),
    /// Every request carries a token.
    Grant(Arc<GrantKeeper>),
}

/// Keeps the token of one channel.
#[derive(Debug)]
pub(super) struct GrantKeeper {
    pub http: Http,
    pub base: String,
    pub client: Client,
    pub file: SecretFile,
    pub channel: ChannelName,
    pub remedy: String,
    pub held: Mutex<Option<GrantSecret>>,
}

/// The application that asks for a token.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub id: String,
    /// Only confidential applications have one.
    pub secret: Option<Secret>,
}

/// `POST /2/oauth2/token`.
#[derive(Deserialize)]
struct Token {
    access_token: String,
    refresh_token: Option<String>,
    scope: Option<String>,
}

impl Access {
    /// Makes a call, and once more with a fresh token when X no longer takes the one at hand: nothing was made then.
    pub async fn send<'a, M>(&self, http: &Http, make: M) -> Result<Answer, NoAnswer>
    where
        M: Fn() -> Call<'a> + Send + Sync,
    {
        let keeper = match self {
            Self::Keys(keys) => return sign_and_send(keys, http, make()).await,
            Self::Grant(keeper) => keeper,
        };
        let grant = keeper.grant().await?;
        let answer = bear_and_send(&grant, http, make()).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let fresh = keeper.replaced(&grant).await?;
        bear_and_send(&fresh, http, make()).await
    }

    /// Returns what must not be shown of an answer.
    pub async fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::Keys(keys) => {
                let all = [
                    &keys.api_key,
                    &keys.api_secret,
                    &keys.token,
                    &keys.token_secret,
                ];
                all.map(Secret::clone).to_vec()
            }
            Self::Grant(keeper) => {
                let held = keeper.held.lock().await;
                let tokens = held
                    .iter()
                    .flat_map(|grant| [&grant.access, &grant.refresh]);
                tokens.chain(&keeper.client.secret).cloned().collect()
            }
        }
    }

    /// How long it may take beside the call itself.
    pub fn longest(&self, http: &Http) -> Duration {
        match self {
            Self::Keys(_) => Duration::ZERO,
            // A second call, and before it waiting for the lock and refreshing.
            Self::Grant(keeper) => http.timeouts().total + 3 * keeper.patience(),
        }
    }
}

async fn sign_and_send(
    keys: &SigningSecret,
    http: &Http,
    call: Call<'_>,
) -> Result<Answer, NoAnswer> {
    let nonce = Uuid::new_v4().simple().to_string();
    let (method, url, query) = call.signed_parts();
    let header = authorization(keys, method, url, query, &nonce, http.now());
    Ok(http.send(call.authorization(&header)).await?)
}

async fn bear_and_send(
    grant: &GrantSecret,
    http: &Http,
    call: Call<'_>,
) -> Result<Answer, NoAnswer> {
    Ok(http.send(call.bearer(&grant.access)).await?)
}

impl GrantKeeper {
    /// Returns the token at hand: in memory, or in the file.
    async fn grant(&self) -> Result<GrantSecret, CallError> {
        let mut held = self.held.lock().await;
        if let Some(grant) = &*held {
            return Ok(grant.clone());
        }
        let grant = self.read().await?.ok_or_else(|| self.no_grant())?;
        *held = Some(grant.clone());
        Ok(grant)
    }

    /// Returns what was granted, where X said so.
    pub async fn scopes(&self) -> Option<String> {
        self.grant().await.ok()?.scopes
    }

    /// Replaces a token that is refused, unless somebody has done so already. Goes on to the end even if nobody waits.
    async fn replaced(self: &Arc<Self>, stale: &GrantSecret) -> Result<GrantSecret, CallError> {
        let (keeper, stale) = (Arc::clone(self), stale.clone());
        let work = async move { keeper.replace(&stale).await };
        self.http.unbroken().run(work).await
    }

    async fn replace(&self, stale: &GrantSecret) -> Result<GrantSecret, CallError> {
        let mut held = self.held.lock().await;
        if let Some(grant) = &*held
            && grant.access != stale.access
        {
            return Ok(grant.clone());
        }
        let lock = locked(&self.file, &self.channel, self.patience()).await?;
        let stored = self.read().await?.ok_or_else(|| self.no_grant())?;
        let grant = if stored.access == stale.access {
            self.refreshed(stored, lock).await?
        } else {
            stored
        };
        *held = Some(grant.clone());
        Ok(grant)
    }

    async fn refreshed(
        &self,
        known: GrantSecret,
        lock: SecretLock,
    ) -> Result<GrantSecret, CallError> {
        let lock = storable(&self.file, lock).await?;
        let fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", known.refresh.expose().to_owned()),
        ];
        let fresh = self
            .client
            .token(&self.http, &self.base, fields, &self.remedy)
            .await?;
        let fresh = GrantSecret {
            scopes: fresh.scopes.or(known.scopes),
            ..fresh
        };
        let file = self.file.clone();
        on_disk(move || {
            file.write(&StoredSecret::Grant(fresh.clone()), &lock)?;
            Ok(fresh)
        })
        .await
    }

    fn no_grant(&self) -> CallError {
        super::not_logged_in(&self.channel)
    }

    /// Reads what is stored for this application.
    async fn read(&self) -> Result<Option<GrantSecret>, CallError> {
        let file = self.file.clone();
        Ok(match on_disk(move || file.read()).await? {
            Some(StoredSecret::Grant(grant)) if grant.client_id == self.client.id => Some(grant),
            Some(_) | None => None,
        })
    }

    fn patience(&self) -> Duration {
        self.http.timeouts().total.min(GRANT_TIME)
    }
}

impl Client {
    /// Asks for a token; `fields` say on what grounds.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when X does not accept the grounds or did not grant enough, else why the call failed.
    pub async fn token(
        &self,
        http: &Http,
        base: &str,
        mut fields: Vec<(&'static str, String)>,
        remedy: &str,
    ) -> Result<GrantSecret, CallError> {
        let host = address::host_of(base);
        if self.secret.is_none() {
            fields.push(("client_id", self.id.clone()));
        }
        let mut call = Call::post(format!("{base}/2/oauth2/token"), Body::Form(fields))
            .within(http.timeouts().total.min(GRANT_TIME));
        if let Some(secret) = &self.secret {
            call = call.basic(&self.id, secret);
        }
        let answer = http.send(call).await?;
        if !answer.is_success() {
            let secrets: Vec<&Secret> = self.secret.iter().collect();
            let reason = said(&host, &answer, &secrets);
            return Err(match judge(&answer) {
                // What is used up or too old is a 400 here.
                Verdict::Refused | Verdict::LogIn => {
                    CallError::Unauthorized(log_in_again(&reason, remedy))
                }
                other => other.error(reason, remedy, until(&answer, http.now())),
            });
        }
        let unreadable = || {
            CallError::Unavailable(format!(
                "{host} answered, but not with a token: is `url` right?"
            ))
        };
        let token: Token = answer.json().ok_or_else(unreadable)?;
        if let Some(granted) = &token.scope {
            let missing = missing_scopes(granted);
            if !missing.is_empty() {
                return Err(CallError::Unauthorized(format!(
                    "The login lacks {}: set the app to \"Read and write\" in the developer console and allow all that is asked for: {remedy}",
                    missing.join(", ")
                )));
            }
        }
        Ok(GrantSecret {
            client_id: self.id.clone(),
            access: Secret::new(token.access_token),
            refresh: Secret::new(token.refresh_token.ok_or_else(unreadable)?),
            scopes: token.scope,
        })
    }
}

/// Returns what was asked for and not granted.
fn missing_scopes(granted: &str) -> Vec<&'static str> {
    let granted: Vec<&str> = granted.split_whitespace().collect();
    let asked = SCOPES.into_iter();
    asked.filter(|scope| !granted.contains(scope)).collect()
}

/// Says why X does not take the login: the clock, where that is it, else X's own words.
pub(super) fn unauthorized(
    access: &Access,
    host: &str,
    answer: &Answer,
    http: &Http,
) -> Option<String> {
    match access {
        Access::Keys(_) => wrong_clock(host, answer, http.now()),
        Access::Grant(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_was_not_granted_is_named() {
        assert_eq!(
            missing_scopes("users.read tweet.read offline.access media.write"),
            ["tweet.write"]
        );
        let all = SCOPES.join(" ");
        assert!(missing_scopes(&all).is_empty());
    }
}
