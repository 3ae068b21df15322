//! Logging in to Mastodon: register an application, let the person allow it in a browser, exchange the code.
//!
//! What is sent and what comes back; `masthead login` prints and asks. Nothing here writes a file.

use super::address;
use super::http::{self, Answer, Body, Call, Http};
use super::mastodon::Mastodon;
use super::mastodon_api::Refusal;
use super::{CallError, Connection, Platform, oauth};
use crate::domain::{Account, Channel};
use crate::secrets::{MastodonSecret, Secret, StoredSecret};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

/// A login at a Mastodon server, waiting for the person's code.
#[derive(Debug)]
pub struct MastodonLogin {
    http: Http,
    channel: Channel,
    base: String,
    client_id: String,
    client_secret: Secret,
    verifier: Secret,
    state: String,
}

#[derive(Deserialize)]
struct Application {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    /// Seconds; Mastodon gives none, others may (RFC 6749, 5.1).
    #[serde(default)]
    expires_in: serde_json::Value,
    #[serde(default)]
    scope: Option<String>,
}

impl Token {
    fn ends_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let seconds = self.expires_in.as_i64().filter(|seconds| *seconds > 0)?;
        now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
    }
}

impl MastodonLogin {
    /// Registers Masthead at the server; returns the login and the address to open in a browser.
    ///
    /// # Errors
    ///
    /// When the address is refused, or the server does not register us.
    pub async fn begin(
        base_url: &str,
        channel: &Channel,
        http: &Http,
    ) -> Result<(Self, String), CallError> {
        let base = address::base_address(base_url)?;
        let fields = vec![
            ("client_name", "Masthead".to_owned()),
            ("redirect_uris", oauth::OUT_OF_BAND.to_owned()),
            ("scopes", oauth::SCOPES.to_owned()),
        ];
        let answer = http
            .send(Call::post(
                format!("{base}/api/v1/apps"),
                Body::Form(fields),
            ))
            .await?;
        if !answer.is_success() {
            return Err(refused(http, &base, &answer));
        }
        let application: Application = answer.json().ok_or_else(|| not_mastodon(&base))?;
        let login = Self {
            http: http.clone(),
            channel: channel.clone(),
            base,
            client_id: application.client_id,
            client_secret: Secret::new(application.client_secret),
            verifier: Secret::new(oauth::fresh_verifier()),
            state: Uuid::new_v4().simple().to_string(),
        };
        let address = oauth::authorize_url(
            &login.base,
            &login.client_id,
            login.verifier.expose(),
            &login.state,
        );
        Ok((login, address))
    }

    /// Exchanges the pasted code for a token and asks whose it is. What is no code may be pasted again; a code that
    /// the server refuses is used up.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no code; `Unauthorized` when the server does not accept it; else why the call failed.
    pub async fn finish(&self, pasted: &str) -> Result<(StoredSecret, Account), CallError> {
        let code = oauth::pasted_code(pasted, &self.state)
            .map_err(|error| CallError::Rejected(error.to_string()))?;
        let fields = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("client_id", self.client_id.clone()),
            ("client_secret", self.client_secret.expose().to_owned()),
            ("redirect_uri", oauth::OUT_OF_BAND.to_owned()),
            ("code_verifier", self.verifier.expose().to_owned()),
            ("scope", oauth::SCOPES.to_owned()),
        ];
        let answer = self
            .http
            .send(Call::post(
                format!("{}/oauth/token", self.base),
                Body::Form(fields),
            ))
            .await?;
        if matches!(answer.status, 400..=403 | 422) {
            return Err(self.wrong_code());
        }
        if !answer.is_success() {
            return Err(refused(&self.http, &self.base, &answer));
        }
        let token: Token = answer.json().ok_or_else(|| not_mastodon(&self.base))?;
        let ends_at = token.ends_at(self.http.now());
        let scopes = token.scope;
        let token = Secret::new(token.access_token);
        let connection = Connection {
            url: Some(self.base.clone()),
            secret: Some(token.clone()),
            ..Connection::default()
        };
        let account = Mastodon::new(&self.channel, connection, &self.http)?
            .verify()
            .await
            .map_err(|error| match error {
                // Snac gives a token of nobody for a wrong code.
                CallError::Unauthorized(_) => self.wrong_code(),
                other => other,
            })?;
        let secret = StoredSecret::Mastodon(MastodonSecret {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            token,
            ends_at,
            scopes,
        });
        Ok((secret, account))
    }

    fn wrong_code(&self) -> CallError {
        CallError::Unauthorized(format!(
            "{} does not accept the code: it is good once and for ten minutes; begin the login again",
            address::host_of(&self.base)
        ))
    }
}

pub(super) fn refused(http: &Http, base: &str, answer: &Answer) -> CallError {
    let host = address::host_of(base);
    let refusal = answer.json::<Refusal>().unwrap_or_default();
    let reason = match refusal.error_description.or(refusal.error) {
        Some(words) => format!("{host} says: {}", http::quote(&words)),
        None => answer.without_words(&host),
    };
    match answer.status {
        429 => CallError::RateLimited {
            until: answer.wait_until(http.now()),
            reason,
        },
        404 => not_mastodon(base),
        400..=499 => CallError::Rejected(reason),
        _ => CallError::Unavailable(reason),
    }
}

fn not_mastodon(base: &str) -> CallError {
    CallError::Rejected(format!(
        "{} does not speak Mastodon's API: is `url` right?",
        address::host_of(base)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_token_is_kept_where_a_server_names_a_sensible_one() {
        let now: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
        let ends = |rest: &str| {
            let token: Token =
                serde_json::from_str(&format!(r#"{{"access_token":"a"{rest}}}"#)).expect("a token");
            token.ends_at(now)
        };
        let day = now + TimeDelta::days(1);
        assert_eq!(ends(r#","expires_in":86400"#), Some(day));
        for none in [
            "",
            r#","expires_in":null"#,
            r#","expires_in":0"#,
            r#","expires_in":-5"#,
            r#","expires_in":"soon""#,
            r#","expires_in":1000000000000000000"#,
            r#","expires_in":1e300"#,
        ] {
            assert_eq!(ends(none), None, "{none}");
        }
    }
}
