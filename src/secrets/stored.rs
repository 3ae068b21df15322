//! What `masthead login` obtained, platform by platform, in the form in which it is stored.
//!
//! A field that a later version adds may be missing in what an earlier one wrote. The file that holds it is in `file.rs`,
//! references to secrets are in `secrets.rs`.

use super::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Writes a secret's value where it is stored, and only there.
mod exposed {
    use super::Secret;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }

    pub mod option {
        use super::super::Secret;
        use serde::{Deserialize, Deserializer, Serializer};

        pub fn serialize<S: Serializer>(
            secret: &Option<Secret>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match secret {
                Some(secret) => serializer.serialize_some(secret.expose()),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Secret>, D::Error> {
            Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
        }
    }
}

/// What `masthead login` obtained for one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "lowercase")]
pub enum StoredSecret {
    /// A registered application and the token that the user gave it.
    Mastodon(MastodonSecret),
    /// A session, and the app password to begin another.
    Bluesky(BlueskySecret),
    /// An account's own key.
    Zulip(KeySecret),
    /// A token granted to an application of one's own.
    LinkedIn(OwnAppSecret),
    /// The access token of an hour, and the one that fetches the next.
    YouTube(OwnAppSecret),
    /// The keys with which every request of an account is signed (X).
    #[serde(rename = "x-keys")]
    Signing(SigningSecret),
    /// What an account granted an application, until it is taken back (X).
    #[serde(rename = "x-grant")]
    Grant(GrantSecret),
}

/// A registered application and the token that the user gave it; Mastodon's own tokens do not expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MastodonSecret {
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    #[serde(with = "exposed")]
    pub client_secret: Secret,
    /// The account's token.
    #[serde(with = "exposed")]
    pub token: Secret,
    /// When the token ends, where the server said so (`expires_in`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// What was granted, separated by spaces; `None` where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
}

/// A key that goes with the account's name in every call, and does not end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySecret {
    /// The account's name: its e-mail address.
    pub name: String,
    /// The key.
    #[serde(with = "exposed")]
    pub key: Secret,
}

/// A token granted to an application of one's own (OAuth 2), which ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAppSecret {
    /// The application's id.
    pub client_id: String,
    /// The application's secret, where it was typed; what the configuration refers to is not copied.
    #[serde(
        with = "exposed::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub client_secret: Option<Secret>,
    /// The account's token.
    #[serde(with = "exposed")]
    pub token: Secret,
    /// When the token ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Token for the next token, where the application is given one.
    #[serde(
        with = "exposed::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub refresh: Option<Secret>,
    /// When that one ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_ends_at: Option<DateTime<Utc>>,
    /// What was granted, separated by spaces; `None` where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
}

impl OwnAppSecret {
    /// Returns a login of an application before anything was granted.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: None,
            token: Secret::new(""),
            ends_at: None,
            refresh: None,
            refresh_ends_at: None,
            scopes: None,
        }
    }
}

/// Four strings with which every request is signed (OAuth 1.0a); they do not end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// Names the application.
    #[serde(with = "exposed")]
    pub api_key: Secret,
    /// Signs for the application.
    #[serde(with = "exposed")]
    pub api_secret: Secret,
    /// Names the account.
    #[serde(with = "exposed")]
    pub token: Secret,
    /// Signs for the account.
    #[serde(with = "exposed")]
    pub token_secret: Secret,
}

impl SigningSecret {
    /// Reads four strings separated by blanks: application's key and secret, account's token and secret.
    pub fn read(line: &Secret) -> Option<Self> {
        let words: Vec<&str> = line.expose().split_whitespace().collect();
        let [api_key, api_secret, token, token_secret] = words[..] else {
            return None;
        };
        Some(Self {
            api_key: Secret::new(api_key),
            api_secret: Secret::new(api_secret),
            token: Secret::new(token),
            token_secret: Secret::new(token_secret),
        })
    }

    /// Returns them as `read` takes them.
    pub fn line(&self) -> Secret {
        let all = [
            &self.api_key,
            &self.api_secret,
            &self.token,
            &self.token_secret,
        ];
        Secret::new(all.map(Secret::expose).join(" "))
    }
}

/// What an account granted an application (OAuth 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantSecret {
    /// The application.
    pub client_id: String,
    /// Token for calls; lives two hours.
    #[serde(with = "exposed")]
    pub access: Secret,
    /// Token for the next one; good once.
    #[serde(with = "exposed")]
    pub refresh: Secret,
    /// What was granted, separated by spaces; `None` where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
}

/// A Bluesky session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlueskySecret {
    /// The account's identity.
    pub did: String,
    /// Its handle, without `@`.
    pub handle: String,
    /// Base address of the server that holds the account.
    pub pds: String,
    /// Token for calls; lives two hours.
    #[serde(with = "exposed")]
    pub access: Secret,
    /// Token for the next session; used once, lives 90 days.
    #[serde(with = "exposed")]
    pub refresh: Secret,
    /// App password, where `login` was given one.
    #[serde(
        with = "exposed::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub password: Option<Secret>,
}

impl StoredSecret {
    /// Returns when the login ends unless a person renews it; `None` where no end is known.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Mastodon(secret) => secret.ends_at,
            // With the app password another session is begun, without anybody.
            Self::Bluesky(secret) if secret.password.is_some() => None,
            Self::Bluesky(secret) => end_of(&secret.refresh),
            // Until then a fresh token is fetched without anybody.
            Self::LinkedIn(grant) if grant.refresh.is_some() => grant.refresh_ends_at,
            Self::LinkedIn(grant) => grant.ends_at,
            // Google says it where it ends by itself: after 7 days with a consent screen in “Testing”.
            Self::YouTube(grant) => grant.refresh_ends_at,
            // Nobody says how long a refresh token lives; each one brings the next.
            Self::Zulip(_) | Self::Signing(_) | Self::Grant(_) => None,
        }
    }

    /// Returns what stands for a configured token: Mastodon's token, Bluesky's app password, an account's key or keys.
    pub(super) fn usable(&self) -> Option<Secret> {
        match self {
            Self::Mastodon(secret) => Some(secret.token.clone()),
            Self::Bluesky(secret) => secret.password.clone(),
            Self::Zulip(secret) => Some(secret.key.clone()),
            Self::LinkedIn(grant) | Self::YouTube(grant) => Some(grant.token.clone()),
            Self::Signing(keys) => Some(keys.line()),
            Self::Grant(grant) => Some(grant.access.clone()),
        }
    }
}

/// Reads `exp` out of a JSON web token (RFC 7519, 4.1.4), unverified: only a person is told.
fn end_of(token: &Secret) -> Option<DateTime<Utc>> {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
    }
    let payload = token.expose().split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    DateTime::from_timestamp(claims.exp, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> StoredSecret {
        StoredSecret::Bluesky(BlueskySecret {
            did: "did:plc:abc".to_owned(),
            handle: "alice.test".to_owned(),
            pds: "https://pds.example".to_owned(),
            access: Secret::new("access-value"),
            refresh: Secret::new("refresh-value"),
            password: Some(Secret::new("password-value")),
        })
    }

    #[test]
    fn the_end_of_a_login_is_read_where_there_is_one_and_no_password_begins_another() {
        let ends = |refresh: &str, password: Option<&str>| {
            let StoredSecret::Bluesky(session) = session() else {
                panic!("another platform");
            };
            StoredSecret::Bluesky(BlueskySecret {
                refresh: Secret::new(refresh),
                password: password.map(Secret::new),
                ..session
            })
            .ends_at()
        };
        let claims = URL_SAFE_NO_PAD.encode(r#"{"scope":"refresh","exp":1795000000}"#);
        let token = format!("e30.{claims}.c2ln");
        assert_eq!(
            ends(&token, None),
            DateTime::from_timestamp(1_795_000_000, 0)
        );
        assert_eq!(ends(&token, Some("app-password")), None);
        for nonsense in ["", "a.b.c", "..", "e30.e30.e30", "a.\u{1b}.c"] {
            assert_eq!(ends(nonsense, None), None, "{nonsense:?}");
        }
    }

    #[test]
    fn a_mastodon_login_of_an_earlier_version_is_read_and_has_no_end() {
        let text = r#"{"platform":"mastodon","client_id":"a","client_secret":"b","token":"c"}"#;
        let stored: StoredSecret = serde_json::from_str(text).unwrap();
        assert_eq!(stored.ends_at(), None);
    }

    #[test]
    fn logins_of_ones_own_application_are_read_as_earlier_versions_wrote_them() {
        let least = r#"{"platform":"linkedin","client_id":"id","token":"t"}"#;
        let read: StoredSecret = serde_json::from_str(least).unwrap();
        let expected = OwnAppSecret {
            token: Secret::new("t"),
            ..OwnAppSecret::new("id")
        };
        assert_eq!(read, StoredSecret::LinkedIn(expected.clone()));
        let all = r#"{"platform":"youtube","client_id":"id","client_secret":"s","token":"t","ends_at":"2026-11-22T04:00:00Z",
            "refresh":"r","refresh_ends_at":"2026-11-29T03:00:00Z","scopes":"a b"}"#;
        let read: StoredSecret = serde_json::from_str(all).unwrap();
        let at = |time: &str| Some(time.parse().unwrap());
        let whole = OwnAppSecret {
            client_secret: Some(Secret::new("s")),
            ends_at: at("2026-11-22T04:00:00Z"),
            refresh: Some(Secret::new("r")),
            refresh_ends_at: at("2026-11-29T03:00:00Z"),
            scopes: Some("a b".to_owned()),
            ..expected
        };
        assert_eq!(read, StoredSecret::YouTube(whole));
        let again: serde_json::Value = serde_json::to_value(&read).unwrap();
        assert_eq!(
            again,
            serde_json::from_str::<serde_json::Value>(all).unwrap()
        );
    }
}
