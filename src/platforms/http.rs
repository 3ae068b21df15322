//! The one HTTP client of all platforms, and the one place that decides whether a request was sent.
//!
//! A refused connection, an unknown host or a failed TLS handshake means that no byte of the request left; whatever
//! else goes wrong is unknown. Redirects are not followed, answers are limited in size, and nothing is sent twice.
//! What an answer means is decided in each platform's own file.

pub(super) use super::answer::{Answer, read_instant};

use super::CallError;
use super::address::{ONLY_HTTPS, may_be_called, shown_host};
pub(super) use super::call::{Body, Call, Upload};
use super::gauge::Gauge;
pub(super) use super::quote::{quote, quote_without};
use super::unbroken::Unbroken;
use crate::domain::connection::{Quota, QuotaOf};
use crate::domain::fault_words::in_words;
use crate::domain::{Clock, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Method, header, redirect, retry};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// The longest answer that is read where a call does not ask for more, in bytes.
pub(super) const LONGEST_ANSWER: usize = 1024 * 1024;

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
    gauge: Gauge,
    unbroken: Unbroken,
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

impl Http {
    /// Creates the client; `clock` is the real one, for "wait until".
    pub fn new(timeouts: Timeouts, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: Arc::default(),
            timeouts,
            clock,
            gauge: Gauge::default(),
            unbroken: Unbroken::default(),
        }
    }

    /// Returns the same client, whose answers are read for the quota of one account.
    pub fn for_one_account(&self) -> Self {
        Self {
            gauge: Gauge::default(),
            ..self.clone()
        }
    }

    /// Returns what the last answers said of the quota.
    pub(super) fn quota(&self) -> Vec<Quota> {
        self.gauge.told()
    }

    /// Runs what must not be broken off once it has begun.
    pub(super) fn unbroken(&self) -> &Unbroken {
        &self.unbroken
    }

    /// Returns once nothing is under way that must not be broken off: the program ends after this.
    pub async fn settled(&self) {
        self.unbroken.ended().await;
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
        let of = match call.method {
            Method::GET => QuotaOf::Reading,
            _ => QuotaOf::Writing,
        };
        let client = self
            .client
            .get_or_init(|| build(self.timeouts))
            .as_ref()
            .map_err(|reason| Failure::NotSent(reason.clone()))?;
        let timeout = call.timeout.unwrap_or(self.timeouts.total);
        let (most, enough) = (call.most, call.enough);
        let request = call
            .described(client, url)
            .map_err(|error| failed(&host, timeout, &error))?;
        let began = self.clock.now();
        let mut response = request
            .timeout(timeout)
            .send()
            .await
            .map_err(|error| failed(&host, timeout, &error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let header = |name: &str| headers.get(name)?.to_str().ok();
        self.gauge.read(of, header, self.now());
        if let Some(ahead) = clock_ahead(&headers, began, self.clock.now()) {
            self.clock.compared(ahead);
        }
        let mut body = Vec::new();
        let said_all = enough.is_some_and(|name| headers.contains_key(name));
        while !(said_all && (200..300).contains(&status)) {
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
    quote(&in_words(&source))
}
