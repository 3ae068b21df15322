//! Logging in at Google: by a code that is typed on another device, or by a browser whose last address is pasted.
//!
//! developers.google.com/identity/protocols/oauth2/limited-input-device (read 2026-11): that flow takes only the wide scope
//! `youtube`, and an application of the kind “TVs and Limited Input devices”. Nothing here writes a file.

use super::http::{self, Body, Call, Http};
use super::oauth::{Asked, Proof, grounds};
use super::token_endpoint::{Granted, TokenEndpoint};
use super::youtube::{DOOR, PAGE, SERVICE, YouTube, door};
use super::youtube_api::Refusal;
use super::youtube_session::token_endpoint;
use super::{CallError, Connection, Platform};
use crate::domain::{Account, Channel};
use crate::secrets::{OwnAppSecret, Secret, StoredSecret};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// `youtube.upload` is refused to devices, and does not delete or edit.
const SCOPE: &str = "https://www.googleapis.com/auth/youtube";

/// What a browser is asked to allow: captions want the second one, which no device gets (captions.insert, read 2026-11).
const BROWSER_SCOPES: &str =
    "https://www.googleapis.com/auth/youtube https://www.googleapis.com/auth/youtube.force-ssl";

/// What Google wants between two questions where it does not say, and adds where it is asked too often.
const PAUSE: Duration = Duration::from_secs(5);

/// A login that has begun.
#[derive(Debug)]
pub struct YouTubeLogin {
    http: Http,
    channel: Channel,
    connection: Connection,
    client_id: String,
    client_secret: Secret,
    door: String,
    page: String,
    /// What the configuration asks for in place of the usual.
    scopes: Option<String>,
}

/// What a person is asked to do.
#[derive(Debug)]
pub struct DeviceCode {
    /// The page to open, on any device.
    pub page: String,
    /// What is typed there.
    pub code: String,
    device: Secret,
    over: Instant,
    pause: Duration,
}

/// What a browser is sent to, and what proves that it comes back from there.
#[derive(Debug)]
pub struct Browser {
    /// The page to open.
    pub page: String,
    redirect: String,
    proof: Proof,
}

#[derive(Deserialize)]
struct Device {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_uri")]
    verification_url: String,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    interval: Option<u64>,
}

impl Browser {
    /// Reads the address at which the browser ended.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no such address: it may be pasted again. `Unauthorized` when the person or Google said no.
    pub fn code(&self, pasted: &str) -> Result<Secret, CallError> {
        self.proof.redirected_code(pasted, |_, words| {
            CallError::Unauthorized(format!(
                "Google says: {}: begin the login again, and allow access",
                http::quote(words)
            ))
        })
    }
}

impl YouTubeLogin {
    /// Begins a login with an application of one's own. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `Rejected` when the configuration names no application, or an address that is refused.
    pub fn new(
        channel: &Channel,
        connection: Connection,
        client_secret: Secret,
        http: &Http,
    ) -> Result<Self, CallError> {
        let client_id = connection.client_id.clone().ok_or_else(|| {
            CallError::Rejected(format!(
                "Channel `{}` has no `client_id`: make an OAuth client of the kind “TVs and Limited Input devices” at console.cloud.google.com, with the YouTube Data API v3 switched on, and set it",
                channel.name
            ))
        })?;
        let base = connection.base(channel, Some(SERVICE))?;
        let url = connection.url.as_deref();
        Ok(Self {
            http: http.clone(),
            channel: channel.clone(),
            client_id,
            client_secret,
            door: door(url, &base, DOOR),
            page: door(url, &base, PAGE),
            scopes: connection.app.scopes.clone(),
            connection,
        })
    }

    /// Asks for a code that a person types on another device.
    ///
    /// # Errors
    ///
    /// When Google does not accept the application, with what to change.
    pub async fn device(&self) -> Result<DeviceCode, CallError> {
        let fields = vec![
            ("client_id", self.client_id.clone()),
            ("scope", self.scopes(SCOPE).to_owned()),
        ];
        let url = format!("{}/device/code", self.door);
        let answer = self.http.send(Call::post(url, Body::Form(fields))).await?;
        if !answer.is_success() {
            let refusal = Refusal::of(&answer);
            let words = http::quote(refusal.words());
            return Err(match refusal.reason() {
                "invalid_client" | "unauthorized_client" => CallError::Rejected(format!(
                    "Google does not accept the application ({words}): its kind must be “TVs and Limited Input devices”; for a desktop application set `redirect`"
                )),
                "invalid_scope" => CallError::Rejected(format!(
                    "Google refuses the scope ({words}): devices get {SCOPE} only; take `scopes` away"
                )),
                "" => CallError::Unavailable(answer.without_words("Google")),
                _ => CallError::Rejected(format!("Google says: {words}")),
            });
        }
        let device: Device = answer.json().ok_or_else(|| {
            CallError::Unavailable("Google answered, but not with a code to type".to_owned())
        })?;
        let life = device.expires_in.unwrap_or(1800).min(86_400);
        Ok(DeviceCode {
            page: http::quote(&device.verification_url),
            code: http::quote(&device.user_code),
            device: Secret::new(device.device_code),
            over: Instant::now() + Duration::from_secs(life),
            pause: (device.interval).map_or(PAUSE, |seconds| Duration::from_secs(seconds.min(60))),
        })
    }

    /// Waits until the person has typed the code and allowed access.
    ///
    /// # Errors
    ///
    /// When they said no, or took too long; when what was granted does not suffice.
    pub async fn wait(&self, mut code: DeviceCode) -> Result<(StoredSecret, Account), CallError> {
        let endpoint = self.endpoint();
        loop {
            sleep(code.pause).await;
            if Instant::now() >= code.over {
                return Err(CallError::Unauthorized(
                    "The code was not used in time: begin the login again".to_owned(),
                ));
            }
            let fields = vec![
                (
                    "grant_type",
                    "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
                ),
                ("client_id", self.client_id.clone()),
                ("client_secret", self.client_secret.expose().to_owned()),
                ("device_code", code.device.expose().to_owned()),
            ];
            let answer = match endpoint.ask(fields).await {
                Ok(answer) => answer,
                // The line may come back while the person is still typing.
                Err(_) => continue,
            };
            if answer.is_success() {
                return self.granted(endpoint.granted(&answer)?).await;
            }
            match Refusal::of(&answer).reason() {
                "authorization_pending" => {}
                "slow_down" => code.pause += PAUSE,
                "access_denied" => {
                    return Err(CallError::Unauthorized(
                        "Access was not allowed: begin the login again, and allow it".to_owned(),
                    ));
                }
                "expired_token" => code.over = Instant::now(),
                _ if answer.status >= 500 => {}
                _ => return Err(self.not_granted(&Refusal::of(&answer))),
            }
        }
    }

    /// Returns the page to open in a browser, for an application of the kind “Desktop app”.
    pub fn browser(&self, redirect: &str) -> Browser {
        let proof = Proof::fresh();
        let page = Asked {
            page: &format!("{}/o/oauth2/v2/auth", self.page),
            client_id: &self.client_id,
            redirect,
            scopes: self.scopes(BROWSER_SCOPES),
            state: &proof.state,
            verifier: Some(proof.verifier.expose()),
        }
        .address();
        Browser {
            page: format!("{page}&access_type=offline&prompt=consent"),
            redirect: redirect.to_owned(),
            proof,
        }
    }

    /// Exchanges the code with which the browser came back for a login.
    ///
    /// # Errors
    ///
    /// When Google does not accept the code or the application, or what was granted does not suffice.
    pub async fn finish(
        &self,
        browser: &Browser,
        code: Secret,
    ) -> Result<(StoredSecret, Account), CallError> {
        let mut fields = grounds(&code, &browser.redirect);
        fields.extend([
            ("client_id", self.client_id.clone()),
            ("client_secret", self.client_secret.expose().to_owned()),
            ("code_verifier", browser.proof.verifier.expose().to_owned()),
        ]);
        let endpoint = self.endpoint();
        let answer = endpoint.ask(fields).await?;
        if !answer.is_success() {
            return Err(self.not_granted(&Refusal::of(&answer)));
        }
        self.granted(endpoint.granted(&answer)?).await
    }

    fn endpoint(&self) -> TokenEndpoint {
        token_endpoint(&self.http, &self.door)
    }

    fn not_granted(&self, refusal: &Refusal) -> CallError {
        let words = http::quote_without(refusal.words(), &[&self.client_secret]);
        CallError::Unauthorized(match refusal.reason() {
            "invalid_client" => format!(
                "Google does not accept the application ({words}): check client_id, and copy the client secret again"
            ),
            _ => format!("Google does not give a login ({words}): begin the login again"),
        })
    }

    fn scopes<'s>(&'s self, usual: &'s str) -> &'s str {
        self.scopes.as_deref().unwrap_or(usual)
    }

    async fn granted(&self, granted: Granted) -> Result<(StoredSecret, Account), CallError> {
        let configured = self.connection.app.client_secret.is_some();
        let before = OwnAppSecret {
            client_secret: Some(self.client_secret.clone()).filter(|_| !configured),
            ..OwnAppSecret::new(&self.client_id)
        };
        let kept = granted.kept(before, self.http.now());
        if kept.refresh.is_none() {
            return Err(CallError::Rejected(
                "Google gave no refresh token: take Masthead's access away at myaccount.google.com/permissions, and log in again"
                    .to_owned(),
            ));
        }
        let platform =
            YouTube::with_grant(&self.channel, self.connection.clone(), &kept, &self.http)?;
        let account = platform.verify().await?;
        Ok((StoredSecret::YouTube(kept), account))
    }
}

/// Checks a refresh token that the configuration refers to; nothing is stored.
///
/// # Errors
///
/// When the token is not accepted, or the account has no channel.
pub async fn check(
    channel: &Channel,
    connection: Connection,
    http: &Http,
) -> Result<Account, CallError> {
    YouTube::new(channel, connection, http)?.verify().await
}
