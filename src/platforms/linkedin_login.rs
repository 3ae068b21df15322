//! Logging in at LinkedIn: who is granted this, the address to open, and what becomes of the redirect that is pasted.
//!
//! learn.microsoft.com, "Authorization Code Flow (3-legged OAuth)" (read 2026-11): the redirect must be registered exactly,
//! and there is no login without the application's secret. Nothing here writes a file; the command is in `cli/login.rs`.

use super::http::{self, Http};
use super::linkedin::{LinkedIn, SERVICE, door};
use super::linkedin_api::{
    MEMBER_PRODUCTS, PAGE_PRODUCT, PAGE_ROLES, POST_AS_MEMBER, POST_AS_PAGE, READ_PAGE, Refusal,
    grants,
};
use super::linkedin_session::token_endpoint;
use super::oauth::{Asked, Proof, grounds};
use super::{CallError, Connection, Platform};
use crate::domain::{Account, Channel};
use crate::secrets::{OwnAppSecret, Secret, StoredSecret};

/// Where the browser is sent back to when the configuration names nothing: nothing needs to listen there.
const REDIRECT: &str = "http://localhost:8765/callback";

/// A login that waits for the person's redirect.
#[derive(Debug)]
pub struct LinkedInLogin {
    http: Http,
    channel: Channel,
    connection: Connection,
    door: String,
    client_id: String,
    client_secret: Secret,
    redirect: String,
    scopes: String,
    proof: Proof,
}

/// Says, before a login begins, who is granted this API, and what serves everybody else.
pub fn who_is_granted(channel: &Channel, connection: &Connection) -> Vec<String> {
    let (name, redirect) = (&channel.name, redirect(connection));
    let product = if connection.organization.is_some() {
        format!(
            "To post as a page LinkedIn wants an application of your own with the product “{PAGE_PRODUCT}”: it is granted to registered organizations for commercial use, after a review, and you need a role on the page."
        )
    } else {
        format!(
            "To post as a person LinkedIn wants an application of your own (linkedin.com/developers) with the products {MEMBER_PRODUCTS}: both are given at once."
        )
    };
    vec![
        product,
        format!(
            "Where you are not granted that, serve the channel by hand: platform = \"byhand\" and like = \"linkedin\" in [channels.{name}]; it is as quick, and needs no login."
        ),
        format!("The application must have registered the redirect address {redirect}"),
    ]
}

fn redirect(connection: &Connection) -> String {
    let named = connection.redirect.clone();
    named.unwrap_or_else(|| REDIRECT.to_owned())
}

impl LinkedInLogin {
    /// Begins a login; returns it with the address to open in a browser. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `Rejected` when the configuration names no application, or an address that is refused.
    pub fn begin(
        channel: &Channel,
        connection: Connection,
        client_secret: Secret,
        http: &Http,
    ) -> Result<(Self, String), CallError> {
        let client_id = client_id(channel, &connection)?;
        let base = connection.base(channel, Some(SERVICE))?;
        let needed = match connection.organization {
            Some(_) => format!("{POST_AS_PAGE} {READ_PAGE} {PAGE_ROLES}"),
            None => format!("openid profile {POST_AS_MEMBER}"),
        };
        let login = Self {
            http: http.clone(),
            channel: channel.clone(),
            door: door(connection.url.as_deref(), &base),
            client_id,
            client_secret,
            redirect: redirect(&connection),
            scopes: connection.app.scopes.clone().unwrap_or(needed),
            proof: Proof::fresh(),
            connection,
        };
        let address = Asked {
            page: &format!("{}/oauth/v2/authorization", login.door),
            client_id: &login.client_id,
            redirect: &login.redirect,
            scopes: &login.scopes,
            state: &login.proof.state,
            verifier: None,
        }
        .address();
        Ok((login, address))
    }

    /// Reads the redirect that the person pasted.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no redirect of this login: it may be pasted again. `Unauthorized` when the person or
    /// LinkedIn said no.
    pub fn code(&self, pasted: &str) -> Result<Secret, CallError> {
        self.proof.redirected_code(pasted, |error, words| {
            let words = http::quote_without(words, &[&self.client_secret]);
            let advice = if error == "unauthorized_scope_error" {
                format!(
                    "the application lacks the product for that: {}, or set `scopes` to what it has",
                    self.product()
                )
            } else {
                "begin the login again, and allow access".to_owned()
            };
            CallError::Unauthorized(format!(
                "LinkedIn says: {}: {advice}",
                words.trim_end_matches('.')
            ))
        })
    }

    /// Exchanges the code for a token, and asks whose it is and whether it may post.
    ///
    /// # Errors
    ///
    /// When LinkedIn does not accept the code or the application, when what was granted does not suffice, or when the
    /// person may not post as the page.
    pub async fn finish(&self, code: Secret) -> Result<(StoredSecret, Account), CallError> {
        let mut fields = grounds(&code, &self.redirect);
        fields.extend([
            ("client_id", self.client_id.clone()),
            ("client_secret", self.client_secret.expose().to_owned()),
        ]);
        let endpoint = token_endpoint(&self.http, &self.door);
        let answer = endpoint.ask(fields).await?;
        if !answer.is_success() {
            let refusal = Refusal::of(&answer);
            let words = http::quote_without(refusal.words(), &[&self.client_secret]);
            let words = words.trim_end_matches('.');
            return Err(match (refusal.error.as_deref(), answer.status) {
                (Some("invalid_client"), _) | (_, 401) => CallError::Unauthorized(format!(
                    "LinkedIn does not accept the application ({words}): check client_id, and copy the client secret again"
                )),
                (_, 400..=499) => CallError::Unauthorized(format!(
                    "LinkedIn does not accept the code ({words}): it is good once and for half an hour; begin the login again"
                )),
                _ => CallError::Unavailable(answer.without_words("LinkedIn")),
            });
        }
        let configured = self.connection.app.client_secret.is_some();
        let before = OwnAppSecret {
            client_secret: Some(self.client_secret.clone()).filter(|_| !configured),
            ..OwnAppSecret::new(&self.client_id)
        };
        let kept = endpoint.granted(&answer)?.kept(before, self.http.now());
        self.suffices(&kept)?;
        let connection = Connection {
            secret: Some(kept.token.clone()),
            ..self.connection.clone()
        };
        let account = LinkedIn::new(&self.channel, connection, &self.http)?
            .verify()
            .await?;
        Ok((StoredSecret::LinkedIn(kept), account))
    }

    /// Refuses a token with which nothing could be posted, where LinkedIn says what it granted.
    fn suffices(&self, kept: &OwnAppSecret) -> Result<(), CallError> {
        let needed = match self.connection.organization {
            Some(_) => POST_AS_PAGE,
            None => POST_AS_MEMBER,
        };
        match &kept.scopes {
            Some(granted) if !grants(granted, needed) => Err(CallError::Rejected(format!(
                "LinkedIn granted {}, but not {needed}: the application needs {}",
                http::quote(granted),
                self.product()
            ))),
            _ => Ok(()),
        }
    }

    fn product(&self) -> String {
        match self.connection.organization {
            Some(_) => format!("the product “{PAGE_PRODUCT}”"),
            None => format!("the products {MEMBER_PRODUCTS}"),
        }
    }
}

/// Returns the id of the application that the configuration names.
fn client_id(channel: &Channel, connection: &Connection) -> Result<String, CallError> {
    connection.client_id.clone().ok_or_else(|| {
        CallError::Rejected(format!(
            "Channel `{}` has no `client_id`: set it to the id of your application at linkedin.com/developers (or name a token with token_command)",
            channel.name
        ))
    })
}

/// Checks a token that the configuration refers to; nothing is stored.
///
/// # Errors
///
/// When the token is not accepted, or the person may not post as the page.
pub async fn check(
    channel: &Channel,
    connection: Connection,
    http: &Http,
) -> Result<Account, CallError> {
    LinkedIn::new(channel, connection, http)?.verify().await
}
