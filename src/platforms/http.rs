//! The one HTTP client of all platforms, and the one place that decides whether a request was sent.
//!
//! A refused connection, an unknown host or a failed TLS handshake means that no byte of the request left; whatever
//! else goes wrong is unknown. Redirects are not followed, answers are limited in size, and nothing is sent twice.
//! What an answer means is decided in each platform's own file.

use super::CallError;
use super::address::{self, ONLY_HTTPS, may_be_called, shown_host};
use crate::domain::text_safety::visible;
use crate::domain::{Clock, Outcome};
use crate::secrets::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Method, RequestBuilder, header, multipart, redirect, retry};
use serde::de::DeserializeOwned;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// The longest answer that is read where a call does not ask for more, in bytes.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The most that is shown of a server's own words, in characters.
const LONGEST_QUOTE: usize = 200;

/// How long to wait when a server says "too many" and not until when: the window of Mastodon and Bluesky.
const DEFAULT_WAIT: TimeDelta = TimeDelta::minutes(5);

/// No server makes us wait longer than this: Bluesky's longest window is a day.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// How long the steps of a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// One call from beginning to end.
    pub total: Duration,
    /// Until an uploaded picture is processed.
    pub processing: Duration,
    /// Between two looks at a picture being processed.
    pub poll: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            processing: Duration::from_secs(60),
            poll: Duration::from_secs(1),
        }
    }
}

/// The client that all connections share; cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    /// Built with the first call: reading the system's certificates takes time, and a sandbox needs none.
    client: Arc<OnceLock<Result<Client, String>>>,
    timeouts: Timeouts,
    clock: Arc<dyn Clock>,
}

/// What a call carries; may hold a password, so it cannot be printed.
pub(super) enum Body {
    Empty,
    Json(String),
    Form(Vec<(&'static str, String)>),
    Raw { mime: String, bytes: Vec<u8> },
    Multipart(Upload),
}

/// A file with its description, as a form.
pub(super) struct Upload {
    /// What the form calls the file.
    pub field: &'static str,
    pub name: String,
    pub mime: String,
    pub bytes: Vec<u8>,
    pub description: String,
    /// Further fields of the form.
    pub fields: Vec<(&'static str, String)>,
}

/// One request, described.
pub(super) struct Call<'a> {
    method: Method,
    url: String,
    query: Vec<(&'static str, &'a str)>,
    bearer: Option<&'a Secret>,
    basic: Option<(&'a str, &'a Secret)>,
    authorization: Option<&'a Secret>,
    headers: Vec<(&'static str, &'a str)>,
    body: Body,
    timeout: Option<Duration>,
    most: usize,
}

impl<'a> Call<'a> {
    pub fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            query: Vec::new(),
            bearer: None,
            basic: None,
            authorization: None,
            headers: Vec::new(),
            body: Body::Empty,
            timeout: None,
            most: LONGEST_ANSWER,
        }
    }

    pub fn read(url: String) -> Self {
        Self::new(Method::GET, url)
    }

    pub fn post(url: String, body: Body) -> Self {
        Self::new(Method::POST, url).with_body(body)
    }

    pub fn put(url: String, body: Body) -> Self {
        Self::new(Method::PUT, url).with_body(body)
    }

    pub fn patch(url: String, body: Body) -> Self {
        Self::new(Method::PATCH, url).with_body(body)
    }

    pub fn delete(url: String) -> Self {
        Self::new(Method::DELETE, url)
    }

    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub fn query(mut self, name: &'static str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    pub fn bearer(mut self, token: &'a Secret) -> Self {
        self.bearer = Some(token);
        self
    }

    /// Names the account with the call (RFC 7617).
    pub fn basic(mut self, name: &'a str, password: &'a Secret) -> Self {
        self.basic = Some((name, password));
        self
    }

    /// Gives the whole value of `Authorization`, where it is neither a token nor a name and a password.
    pub fn authorization(mut self, value: &'a Secret) -> Self {
        self.authorization = Some(value);
        self
    }

    /// Returns what a signature is made of: method, address, query.
    pub fn signed_parts(&self) -> (&str, &str, &[(&'static str, &'a str)]) {
        (self.method.as_str(), &self.url, &self.query)
    }

    /// Reads an answer up to this length, in bytes, where the usual one is too short.
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    pub fn header(mut self, name: &'static str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No byte of the request left this machine.
    NotSent(String),
    /// The server may or may not have done it.
    Unknown(String),
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => Self::NotSent { reason },
            Failure::Unknown(reason) => Self::Unknown { reason },
        }
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) | Failure::Unknown(reason) => Self::Unavailable(reason),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the body as JSON of a known shape.
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Says what happened where the server gave no words for it.
    pub fn without_words(&self, host: &str) -> String {
        match self.header("location").map(address::host_of) {
            Some(elsewhere) if (300..400).contains(&self.status) => format!(
                "{host} sends us on to {elsewhere}, which is not followed: if that is the server, set `url` to it"
            ),
            _ => format!("{host} answered {} without a reason", self.status),
        }
    }

    /// Returns the instant until which a `429` asks to wait.
    ///
    /// `Retry-After` is seconds or a date; resets are a date on Mastodon (docs.joinmastodon.org/api/rate-limits),
    /// epoch seconds on Bluesky (docs.bsky.app/docs/advanced-guides/rate-limits) and X
    /// (docs.x.com/x-api/fundamentals/rate-limits), read 2026-11.
    pub fn wait_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let until = [
            "retry-after",
            "x-ratelimit-reset",
            "ratelimit-reset",
            "x-rate-limit-reset",
        ]
        .iter()
        .find_map(|name| read_instant(self.header(name)?.trim(), now))
        .unwrap_or(now + DEFAULT_WAIT);
        until.clamp(now + TimeDelta::seconds(1), now + LONGEST_WAIT)
    }

    /// Puts an answer together without a server; a header that cannot be one is left out.
    pub fn made(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> Self {
        Self {
            status,
            headers: headers
                .iter()
                .filter_map(|(name, value)| {
                    let value = header::HeaderValue::from_str(value).ok()?;
                    Some((header::HeaderName::from_static(name), value))
                })
                .collect(),
            body: body.to_vec(),
        }
    }

    #[cfg(test)]
    pub fn fake(status: u16, headers: &[(&'static str, &str)], body: &str) -> Self {
        Self::made(status, headers, body.as_bytes())
    }
}

/// Reads an instant that is a date, epoch seconds, or seconds from now.
pub(super) fn read_instant(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Ok(seconds) = text.parse::<u32>() {
        // A count of seconds from now never reaches the year 2001, an epoch always has.
        return if seconds < 1_000_000_000 {
            now.checked_add_signed(TimeDelta::seconds(seconds.into()))
        } else {
            DateTime::from_timestamp(seconds.into(), 0)
        };
    }
    // Zulip's `Retry-After` has a fraction (zulip.com/api/rest-error-handling, read 2026-11).
    if let Ok(seconds) = text.parse::<f64>() {
        return Some(seconds.ceil())
            .filter(|seconds| (0.0..=LONGEST_WAIT.as_seconds_f64()).contains(seconds))
            .and_then(|seconds| now.checked_add_signed(TimeDelta::seconds(seconds as i64)));
    }
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok()
        .map(|instant| instant.to_utc())
}

impl Http {
    /// Creates the client; `clock` is the real one, for "wait until".
    pub fn new(timeouts: Timeouts, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: Arc::default(),
            timeouts,
            clock,
        }
    }

    /// Returns the limits of time that calls keep.
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Sends one request, once, and reads the whole answer.
    pub(super) async fn send(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let url = Url::parse(&call.url)
            .ok()
            .filter(may_be_called)
            .ok_or_else(|| {
                Failure::NotSent(format!("{} is not called: {ONLY_HTTPS}", quote(&call.url)))
            })?;
        let host = shown_host(&url);
        let client = self
            .client
            .get_or_init(|| build(self.timeouts))
            .as_ref()
            .map_err(|reason| Failure::NotSent(reason.clone()))?;
        let timeout = call.timeout.unwrap_or(self.timeouts.total);
        let most = call.most;
        let request =
            described(client, url, call).map_err(|error| failed(&host, timeout, &error))?;
        let began = self.clock.now();
        let mut response = request
            .timeout(timeout)
            .send()
            .await
            .map_err(|error| failed(&host, timeout, &error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        if let Some(ahead) = clock_ahead(&headers, began, self.clock.now()) {
            self.clock.compared(ahead);
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                    let megabytes = most.div_ceil(LONGEST_ANSWER);
                    let size = match megabytes {
                        1 => "a megabyte".to_owned(),
                        many => format!("{many} megabytes"),
                    };
                    return Err(Failure::Unknown(format!(
                        "{host} answered {status} with more than {size}; the rest was not read"
                    )));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(failed(&host, timeout, &error)),
                Err(_) => {
                    return Err(Failure::Unknown(format!(
                        "{host} answered {status}, but the answer broke off"
                    )));
                }
            }
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

/// Returns how far our clock is ahead of the server's, which wrote `Date` (whole seconds, RFC 9110, 6.6.1) some time between
/// `began` and `now`. An answer that was long on its way says nothing.
pub(super) fn clock_ahead(
    headers: &header::HeaderMap,
    began: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<TimeDelta> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let there = DateTime::parse_from_rfc2822(date).ok()?.to_utc();
    let took = now - began;
    if took < TimeDelta::zero() || took > TimeDelta::seconds(10) {
        return None;
    }
    Some(if there > now {
        now - there
    } else {
        (began - there - TimeDelta::seconds(1)).max(TimeDelta::zero())
    })
}

fn build(timeouts: Timeouts) -> Result<Client, String> {
    // Fails when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("masthead/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeouts.connect)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        // A server that closes a kept connection without a word (snac2) would turn the next create into an unknown.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|_| {
            "No secure connection can be made here: install the package `ca-certificates`"
                .to_owned()
        })
}

fn described(client: &Client, url: Url, call: Call<'_>) -> reqwest::Result<RequestBuilder> {
    let mut request = client.request(call.method, url);
    if !call.query.is_empty() {
        request = request.query(&call.query);
    }
    if let Some(token) = call.bearer {
        // Marks the header as sensitive, so that no log shows it.
        request = request.bearer_auth(token.expose());
    }
    if let Some((name, password)) = call.basic {
        request = request.basic_auth(name, Some(password.expose()));
    }
    if let Some(value) = call.authorization {
        // What cannot be a header is left out, and the server says that it is missing.
        if let Ok(mut value) = header::HeaderValue::from_str(value.expose()) {
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
    }
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    Ok(match call.body {
        Body::Empty => request,
        Body::Json(text) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(text),
        Body::Form(fields) => request.form(&fields),
        Body::Raw { mime, bytes } => request.header(header::CONTENT_TYPE, mime).body(bytes),
        Body::Multipart(upload) => {
            let file = multipart::Part::bytes(upload.bytes)
                .file_name(upload.name)
                .mime_str(&upload.mime)?;
            let mut form = multipart::Form::new().part(upload.field, file);
            if !upload.description.is_empty() {
                form = form.text("description", upload.description);
            }
            for (name, value) in upload.fields {
                form = form.text(name, value);
            }
            request.multipart(form)
        }
    })
}

/// Tells a request that never left from one of which nobody knows.
fn failed(host: &str, timeout: Duration, error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::NotSent(format!("The request to {host} could not be built"));
    }
    if error.is_connect() {
        return Failure::NotSent(format!("{host} cannot be reached: {}", innermost(error)));
    }
    if error.is_timeout() {
        return Failure::Unknown(format!(
            "{host} gave no answer within {} seconds",
            timeout.as_secs_f32()
        ));
    }
    Failure::Unknown(format!(
        "The connection to {host} broke before its answer came"
    ))
}

fn innermost(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    quote(&source.to_string())
}

/// Returns foreign words so that they can be shown: no control characters, and not too many.
pub(super) fn quote(text: &str) -> String {
    let text = visible(text.trim());
    match text.char_indices().nth(LONGEST_QUOTE) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The same, without the secrets that a server may have echoed.
pub(super) fn quote_without(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets
        .iter()
        .map(|secret| secret.expose())
        .filter(|secret| !secret.is_empty())
    {
        text = text.replace(secret, "…");
    }
    quote(&text)
}
