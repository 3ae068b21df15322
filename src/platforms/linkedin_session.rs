//! LinkedIn's token: the configuration's, or what `login` stored, renewed where the application was given a refresh token.
//!
//! The new one is stored before it is used, under the channel's lock, and the file is read again first: another process
//! may have renewed it. Source: learn.microsoft.com, "Refresh Tokens with OAuth 2.0" (read 2026-11): a token lives 60 days,
//! a refresh token 365 days from the first login, which renewing does not prolong.

use super::http::{self, Answer, Body, Call, Http};
use super::linkedin_api::Refusal;
use super::on_disk::on_disk;
use super::{CallError, log_in_again};
use crate::domain::ChannelName;
use crate::secrets::{LinkedInSecret, OwnApp, Secret, SecretError, SecretFile, StoredSecret};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long one call about the token may take at the most.
const RENEWAL_TIME: Duration = Duration::from_secs(10);

/// Keeps the token of one channel.
#[derive(Debug)]
pub(super) struct TokenKeeper {
    pub http: Http,
    /// Base address of the login's pages.
    pub door: String,
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

/// What the token endpoint answers (RFC 6749, 5.1, with LinkedIn's refresh tokens).
#[derive(Deserialize)]
pub(super) struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    refresh_token_expires_in: Option<i64>,
}

impl Granted {
    /// Returns it as it is stored; what it leaves out is as it was `before`.
    pub fn kept(self, before: LinkedInSecret, now: DateTime<Utc>) -> LinkedInSecret {
        let end = |seconds: Option<i64>| {
            let seconds = seconds.filter(|seconds| *seconds > 0)?;
            now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
        };
        let refresh = self.refresh_token.filter(|token| !token.is_empty());
        LinkedInSecret {
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

/// Asks the token endpoint.
pub(super) async fn ask(
    http: &Http,
    door: &str,
    fields: Vec<(&'static str, String)>,
) -> Result<Answer, http::Failure> {
    let url = format!("{door}/oauth/v2/accessToken");
    let within = http.timeouts().total.min(RENEWAL_TIME);
    http.send(Call::post(url, Body::Form(fields)).within(within))
        .await
}

/// Fetches the secret of the application: as it was typed, else from where the configuration says. May block.
pub(super) fn client_secret(
    typed: Option<&Secret>,
    app: &OwnApp,
) -> Result<Option<Secret>, SecretError> {
    match (typed, &app.client_secret) {
        (_, Some(source)) => source.resolve().map(Some),
        (typed, None) => Ok(typed.cloned()),
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

    /// Replaces a token that LinkedIn refused; `None` where nobody can but a person.
    ///
    /// # Errors
    ///
    /// When another one should be at hand and cannot be had now.
    pub async fn renewed(&self, stale: &Secret) -> Result<Option<Secret>, CallError> {
        let mut held = self.held.lock().await;
        if held.token != *stale {
            return Ok(Some(held.token.clone()));
        }
        let Some(file) = self.file.clone() else {
            return Ok(None);
        };
        let lock = {
            let file = file.clone();
            let wait = tokio::time::timeout(2 * RENEWAL_TIME, on_disk(move || file.lock()));
            wait.await.unwrap_or_else(|_| {
                Err(CallError::Unavailable(format!(
                    "Another process is renewing the login of channel `{}`",
                    self.channel
                )))
            })?
        };
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

    async fn asked_anew(&self, known: LinkedInSecret) -> Result<Option<LinkedInSecret>, CallError> {
        let Some(refresh) = known.refresh.clone() else {
            return Ok(None);
        };
        let (typed, app) = (known.client_secret.clone(), self.app.clone());
        let Some(secret) = on_disk(move || client_secret(typed.as_ref(), &app)).await? else {
            return Ok(None);
        };
        let fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh.expose().to_owned()),
            ("client_id", known.client_id.clone()),
            ("client_secret", secret.expose().to_owned()),
        ];
        let answer = ask(&self.http, &self.door, fields).await?;
        if answer.is_success() {
            let granted: Granted = answer.json().ok_or_else(|| {
                CallError::Unavailable("LinkedIn answered, but not with a token".to_owned())
            })?;
            return Ok(Some(granted.kept(known, self.http.now())));
        }
        match answer.status {
            429 | 500..=599 => Err(CallError::Unavailable(answer.without_words("LinkedIn"))),
            _ => {
                let refusal = Refusal::of(&answer);
                let words = http::quote_without(refusal.words(), &[&refresh, &secret]);
                Err(CallError::Unauthorized(log_in_again(
                    &format!("LinkedIn does not renew the login ({words})"),
                    &self.remedy,
                )))
            }
        }
    }

    async fn read(&self) -> Result<Option<LinkedInSecret>, CallError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewing_keeps_what_the_answer_leaves_out_and_the_end_of_the_first_login() {
        let now: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
        let first = now + TimeDelta::days(300);
        let before = LinkedInSecret {
            client_id: "id".to_owned(),
            client_secret: None,
            token: Secret::new("old"),
            ends_at: Some(now),
            refresh: Some(Secret::new("again")),
            refresh_ends_at: Some(first),
            scopes: Some("w_member_social".to_owned()),
        };
        let text = r#"{"access_token":"new","expires_in":5184000}"#;
        let granted: Granted = serde_json::from_str(text).unwrap();
        let kept = granted.kept(before, now);
        assert_eq!(kept.token.expose(), "new");
        assert_eq!(kept.ends_at, Some(now + TimeDelta::days(60)));
        assert_eq!(kept.refresh_ends_at, Some(first));
        assert_eq!(kept.scopes.as_deref(), Some("w_member_social"));
        assert_eq!(StoredSecret::LinkedIn(kept).ends_at(), Some(first));
    }
}
