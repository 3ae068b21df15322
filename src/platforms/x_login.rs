//! Logging in at X: the four keys of one's own application, or a grant that the account gives in a browser (OAuth 2, PKCE).
//!
//! docs.x.com/resources/fundamentals/authentication, read 2026-11. A code is good for 30 seconds, so it is exchanged the
//! moment it is pasted. What comes of it is handed back to be stored; nothing here writes a file.

use super::http::Http;
use super::oauth::{Asked, Proof, grounds};
use super::x::X;
use super::x_access::{Client, SCOPES};
use super::x_api::{API, SITE};
use super::{CallError, Connection, Platform};
use crate::domain::{Account, Channel};
use crate::secrets::{Secret, SigningSecret, StoredSecret};

/// Where X sends the browser when the channel names no other address; nothing has to listen there.
pub const REDIRECT: &str = "http://127.0.0.1:8765/callback";

/// A login that waits for what the person pastes.
#[derive(Debug)]
pub struct XLogin {
    http: Http,
    channel: Channel,
    connection: Connection,
    base: String,
    client: Client,
    redirect: String,
    proof: Proof,
}

impl XLogin {
    /// Returns the login and the address to open in a browser; nothing is sent.
    ///
    /// # Errors
    ///
    /// `Rejected` when the address is refused or the channel names no application.
    pub fn begin(
        channel: &Channel,
        connection: Connection,
        http: &Http,
    ) -> Result<(Self, String), CallError> {
        let base = connection.base(channel, Some(API))?;
        let id = connection.client_id.clone().ok_or_else(|| {
            CallError::Rejected(format!("Channel `{}` has no `client_id`", channel.name))
        })?;
        let redirect = connection.redirect.clone();
        let login = Self {
            http: http.clone(),
            channel: channel.clone(),
            client: Client {
                id,
                secret: connection.secret.clone(),
            },
            redirect: redirect.unwrap_or_else(|| REDIRECT.to_owned()),
            proof: Proof::fresh(),
            base,
            connection,
        };
        let site = if login.base == API { SITE } else { &login.base };
        let address = Asked {
            page: &format!("{site}/i/oauth2/authorize"),
            client_id: &login.client.id,
            redirect: &login.redirect,
            scopes: &SCOPES.join(" "),
            state: &login.proof.state,
            verifier: Some(login.proof.verifier.expose()),
        }
        .address();
        Ok((login, address))
    }

    /// Reads the code that the person pasted, or the address with it.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no code of this login: it may be pasted again.
    pub fn code(&self, pasted: &str) -> Result<Secret, CallError> {
        self.proof.code(pasted)
    }

    /// Exchanges the code for a grant and asks whose it is. A code that X refuses is used up.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when X does not accept the code or a permission is missing; else why the call failed.
    pub async fn finish(&self, code: Secret) -> Result<(StoredSecret, Account), CallError> {
        let mut fields = grounds(&code, &self.redirect);
        let verifier = self.proof.verifier.expose().to_owned();
        fields.push(("code_verifier", verifier));
        let again = format!(
            "a code is good for 30 seconds and once; run `masthead login {}` again",
            self.channel.name
        );
        let grant = self
            .client
            .token(&self.http, &self.base, fields, &again)
            .await?;
        let platform = X::new(&self.channel, self.connection.clone(), &self.http)?;
        platform.hold(grant.clone()).await;
        let account = platform.verify().await?;
        Ok((StoredSecret::Grant(grant), account))
    }
}

/// Checks the four keys of an application and an account; what is to be stored comes back with whose they are.
///
/// # Errors
///
/// When they are not four, X does not accept them, or they may only read.
pub async fn keys(
    channel: &Channel,
    connection: Connection,
    http: &Http,
) -> Result<(StoredSecret, Account), CallError> {
    let line = connection.secret.clone();
    let platform = X::new(channel, connection, http)?;
    let account = platform.verify().await?;
    let keys = line.as_ref().and_then(SigningSecret::read);
    let keys = keys.ok_or_else(|| super::not_logged_in(&channel.name))?;
    Ok((StoredSecret::Signing(keys), account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PlatformId;
    use crate::platforms::Timeouts;
    use chrono::DateTime;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    #[test]
    fn the_address_to_open_is_on_the_site_and_carries_what_x_wants() {
        let http = Http::new(Timeouts::default(), Arc::new(DateTime::UNIX_EPOCH));
        let connection = Connection {
            client_id: Some("app&1".to_owned()),
            ..Connection::default()
        };
        let channel = Channel::new("x", PlatformId::X);
        let (_, address) = XLogin::begin(&channel, connection, &http).unwrap();
        let url = url::Url::parse(&address).unwrap();
        assert_eq!(
            (url.host_str(), url.path()),
            (Some("x.com"), "/i/oauth2/authorize")
        );
        let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs["client_id"], "app&1");
        assert_eq!(pairs["redirect_uri"], REDIRECT);
        assert_eq!(
            pairs["scope"],
            "tweet.read tweet.write users.read media.write offline.access"
        );
        assert_eq!(pairs["code_challenge_method"], "S256");
    }
}
