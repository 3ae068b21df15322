//! Logging in to Mastodon: register an application, let the person allow it in a browser, exchange the code.
//!
//! docs.joinmastodon.org/methods/oauth, read 2026-11: PKCE since 4.3, only S256; older servers ignore it. What is sent and
//! what comes back; `masthead login` prints and asks. Nothing here writes a file.

use super::address;
use super::http::{self, Answer, Body, Call, Http};
use super::mastodon::Mastodon;
use super::mastodon_api::Refusal;
use super::oauth::{Asked, Proof, grounds};
use super::token_endpoint::end;
use super::{CallError, Connection, Platform};
use crate::domain::{Account, Channel};
use crate::secrets::{MastodonSecret, Secret, StoredSecret};
use serde::Deserialize;

/// The page shows the code and the person pastes it: works over SSH, where no browser can call back.
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// What Masthead asks for. `read:search` finds the post that a reply answers by its address.
const SCOPES: &str = "read:accounts read:statuses read:search write:statuses write:media";

/// A login at a Mastodon server, waiting for the person's code.
#[derive(Debug)]
pub struct MastodonLogin {
    http: Http,
    channel: Channel,
    base: String,
    client_id: String,
    client_secret: Secret,
    proof: Proof,
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
            ("redirect_uris", OUT_OF_BAND.to_owned()),
            ("scopes", SCOPES.to_owned()),
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
            proof: Proof::fresh(),
        };
        let address = Asked {
            page: &format!("{}/oauth/authorize", login.base),
            client_id: &login.client_id,
            redirect: OUT_OF_BAND,
            scopes: SCOPES,
            state: &login.proof.state,
            verifier: Some(login.proof.verifier.expose()),
        }
        .address();
        Ok((login, address))
    }

    /// Reads the code that the person pasted.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no code of this login: it may be pasted again.
    pub fn code(&self, pasted: &str) -> Result<Secret, CallError> {
        self.proof.code(pasted)
    }

    /// Exchanges the code for a token and asks whose it is. A code that the server refuses is used up.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when the server does not accept it; else why the call failed.
    pub async fn finish(&self, code: Secret) -> Result<(StoredSecret, Account), CallError> {
        let mut fields = grounds(&code, OUT_OF_BAND);
        fields.extend([
            ("client_id", self.client_id.clone()),
            ("client_secret", self.client_secret.expose().to_owned()),
            ("code_verifier", self.proof.verifier.expose().to_owned()),
            ("scope", SCOPES.to_owned()),
        ]);
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
        let ends_at = end(token.expires_in.as_i64(), self.http.now());
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
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn the_end_of_a_token_is_kept_where_a_server_names_a_sensible_one() {
        let now: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
        let ends = |rest: &str| {
            let token: Token =
                serde_json::from_str(&format!(r#"{{"access_token":"a"{rest}}}"#)).expect("a token");
            end(token.expires_in.as_i64(), now)
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
