//! A whole answer of a server: its JSON, its headers, how long it asks to wait.
//!
//! Pure. Only `http.rs` makes real ones; what an answer means is decided in each platform's own file.

use super::address;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header;
use serde::de::DeserializeOwned;

/// How long to wait when a server says "too many" and not until when: the window of Mastodon and Bluesky.
const DEFAULT_WAIT: TimeDelta = TimeDelta::minutes(5);

/// No server makes us wait longer than this: Bluesky's longest window is a day.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: header::HeaderMap,
    pub body: Vec<u8>,
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
