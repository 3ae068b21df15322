//! Signing a request as X wants it of an application that holds the keys of one account: OAuth 1.0a, HMAC-SHA1.
//!
//! Pure: nonce and time are arguments. RFC 5849, 3.4, and docs.x.com/resources/fundamentals/authentication (Creating a
//! signature), read 2026-11: the body is part of the signature only where it is a form, and X's are JSON or have parts.

use crate::secrets::{Secret, SigningSecret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use std::fmt::Write as _;
use url::Url;

/// Returns the value of `Authorization` for one request; the query of `url` counts as well.
pub(super) fn authorization(
    keys: &SigningSecret,
    method: &str,
    url: &str,
    query: &[(&'static str, &str)],
    nonce: &str,
    now: DateTime<Utc>,
) -> Secret {
    let stamp = now.timestamp().to_string();
    let mut fields = vec![
        ("oauth_consumer_key", keys.api_key.expose()),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &stamp),
        ("oauth_token", keys.token.expose()),
        ("oauth_version", "1.0"),
    ];
    let base = base_string(method, url, fields.iter().chain(query));
    let key = format!(
        "{}&{}",
        encoded(keys.api_secret.expose()),
        encoded(keys.token_secret.expose())
    );
    let mut mac =
        Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(base.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    fields.push(("oauth_signature", &signature));
    let fields: Vec<String> = (fields.iter())
        .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)))
        .collect();
    Secret::new(format!("OAuth {}", fields.join(", ")))
}

/// What is signed: method, address and everything that is sent by name, sorted.
fn base_string<'a>(
    method: &str,
    address: &str,
    named: impl Iterator<Item = &'a (&'static str, &'a str)>,
) -> String {
    let mut pairs: Vec<(String, String)> = named
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    let bare = match Url::parse(address) {
        Ok(mut url) => {
            pairs.extend(
                url.query_pairs()
                    .map(|(name, value)| (encoded(&name), encoded(&value))),
            );
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        }
        Err(_) => address.to_owned(),
    };
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{method}&{}&{}", encoded(&bare), encoded(&pairs.join("&")))
}

/// Encodes as RFC 5849, 3.6, does: everything but letters, digits and `-._~`.
fn encoded(text: &str) -> String {
    let mut piece = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                piece.push(char::from(byte));
            }
            other => {
                let _ = write!(piece, "%{other:02X}");
            }
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of X's page "Creating a signature", read 2026-11; its form is given as a query here.
    #[test]
    fn the_signature_is_the_one_of_the_documentation() {
        let keys = SigningSecret {
            api_key: Secret::new("xvz1evFS4wEEPTGEFPHBog"),
            api_secret: Secret::new("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
            token: Secret::new("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
            token_secret: Secret::new("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
        };
        let now = DateTime::from_timestamp(1_318_622_958, 0).unwrap();
        let header = authorization(
            &keys,
            "POST",
            "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
            &[(
                "status",
                "Hello Ladies + Gentlemen, a signed OAuth request!",
            )],
            "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
            now,
        );
        let header = header.expose();
        assert!(
            header.contains("oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\""),
            "{header}"
        );
        assert!(header.starts_with("OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", "));
        assert!(!header.contains("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"));
    }

    #[test]
    fn what_is_sent_by_name_is_encoded_and_sorted() {
        assert_eq!(encoded("Ladies + Gentlemen"), "Ladies%20%2B%20Gentlemen");
        assert_eq!(encoded("\u{2603}*'()"), "%E2%98%83%2A%27%28%29");
        let base = base_string(
            "GET",
            "https://API.x.com:443/2/a?b=2",
            [("c", "3"), ("a", "1 ")].iter(),
        );
        assert_eq!(
            base,
            "GET&https%3A%2F%2Fapi.x.com%2F2%2Fa&a%3D1%2520%26b%3D2%26c%3D3"
        );
    }
}
