//! Addresses: which ones may be called, and how they are shown.
//!
//! A token is only ever sent over https, or to this very machine. Pure; the calls themselves are in `http.rs`.

use super::CallError;
use super::http::quote;
use crate::domain;
use crate::domain::text_safety::is_unsafe;
use serde::de::{Deserialize, Deserializer, Error};
use url::Url;

/// Why an address is refused.
pub(super) const ONLY_HTTPS: &str =
    "only https:// addresses are, and http:// ones on this machine (127.0.0.1, ::1, localhost)";

/// Whether a request may go there at all.
pub(super) fn may_be_called(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => domain::address::is_loopback(url),
        _ => false,
    }
}

/// Whether an address leads to this very machine.
pub(super) fn is_loopback(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| domain::address::is_loopback(&url))
}

/// Reads the base address of a server, without its last slash.
///
/// # Errors
///
/// `Rejected` when it is no address, carries a user name, or would send a token in the clear.
pub(super) fn base_address(text: &str) -> Result<String, CallError> {
    let url = Some(text).filter(|text| text.len() <= LONGEST_NAME);
    let url = url.and_then(|text| Url::parse(text).ok()).ok_or_else(|| {
        CallError::Rejected(format!(
            "`{}` is no address: write it as https://example.org",
            quote(text)
        ))
    })?;
    if !may_be_called(&url) {
        return Err(CallError::Rejected(format!(
            "`{}` is refused: {ONLY_HTTPS}",
            quote(text)
        )));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(CallError::Rejected(format!(
            "The address of {} must not carry a user name, a `?` or a `#`",
            shown_host(&url)
        )));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Returns host and, where it is not the usual one, port of an address.
pub(super) fn host_of(address: &str) -> String {
    Url::parse(address).map_or_else(|_| quote(address), |url| shown_host(&url))
}

pub(super) fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The longest address or id of a server that is kept, in bytes; a DID may have 2,048 (w3.org/TR/did-core, read 2026-11).
const LONGEST_NAME: usize = 2048;

/// Returns a public address as a platform gave it, if it is one that can be opened.
pub(super) fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let fits = matches!(url.scheme(), "https" | "http") && url.has_host();
    fits.then(|| url.to_string())
        .filter(|shown| shown.len() <= LONGEST_NAME)
}

/// Whether what a server calls an id can be kept and shown; an empty one is for the caller to judge.
pub(super) fn can_be_kept(id: &str) -> bool {
    id.len() <= LONGEST_NAME && !id.contains(|c: char| is_unsafe(c) || c.is_whitespace())
}

/// Reads an id of a server: an answer with one that cannot be kept is no answer.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    if can_be_kept(&id) {
        Ok(id)
    } else {
        Err(D::Error::custom("an id that cannot be kept"))
    }
}

/// The same for one that may be missing.
pub(super) fn maybe_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    if id.as_deref().is_none_or(can_be_kept) {
        Ok(id)
    } else {
        Err(D::Error::custom("an id that cannot be kept"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for address in [
            "https://fosstodon.org",
            "http://127.0.0.1:8003/",
            "http://127.9.8.7",
            "http://[::1]:80",
            "http://localhost:8001",
        ] {
            assert!(base_address(address).is_ok(), "{address}");
        }
        for address in [
            "http://fosstodon.org",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "fosstodon.org",
            "",
            "https://user:pw@fosstodon.org",
            "https://fosstodon.org/?a=b",
        ] {
            assert!(
                matches!(base_address(address), Err(CallError::Rejected(_))),
                "{address}"
            );
        }
        assert!(is_loopback("http://127.0.0.1:9"));
        assert!(is_loopback("https://localhost"));
        assert!(!is_loopback("https://example.org"));
    }

    #[test]
    fn only_web_addresses_become_permalinks() {
        assert_eq!(web_address("javascript:alert(1)"), None);
        assert_eq!(
            web_address("https://a.example/@b/1").as_deref(),
            Some("https://a.example/@b/1")
        );
        let long = format!("https://a.example/{}", "x".repeat(3000));
        assert_eq!(web_address(&long), None);
        let steering = web_address("https://a.example/\u{1b}[2J\u{202e}").unwrap_or_default();
        assert_eq!(steering, "https://a.example/%1B[2J%E2%80%AE");
    }

    #[test]
    fn an_id_that_is_endless_or_steers_a_terminal_is_none() {
        assert!(can_be_kept("at://did:plc:abc/app.bsky.feed.post/3len"));
        for trick in [
            "1\u{1b}[2J".to_owned(),
            "1\u{9b}2J".to_owned(),
            "1\u{202e}".to_owned(),
            "1\u{7f}".to_owned(),
            "1\n2".to_owned(),
            "9".repeat(3000),
        ] {
            assert!(!can_be_kept(&trick), "{trick:?}");
        }
    }
}
