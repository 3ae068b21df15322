//! What a session of Bluesky may do: whether it was begun with an app password, which can be taken back by itself.
//!
//! Read from the access token's own `scope` (bluesky-social/atproto, packages/pds/src/auth-scope.ts, read 2026-11). A server of
//! another kind may make tokens of another shape: then nothing is known.

use super::CallError;
use super::bluesky::Bluesky;
use super::permission::untold;
use crate::domain::{Costs, Lack, Permission};
use crate::secrets::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// What of a token's claims is read.
#[derive(Deserialize)]
struct Claims {
    scope: String,
}

impl Bluesky {
    /// Reads the token of the session at hand; asks nobody.
    pub(super) async fn find_permission(&self) -> Result<Permission, CallError> {
        let session = self.keeper.session().await?;
        let (remedy, now) = (&self.keeper.remedy, self.keeper.http.now());
        Ok(permission(&session.access, remedy, now)
            .unwrap_or_else(|| untold(&super::address::host_of(&session.pds), now)))
    }
}

/// Reads what a token may do; `None` where it does not say.
pub(super) fn permission(token: &Secret, remedy: &str, now: DateTime<Utc>) -> Option<Permission> {
    let claims = token.expose().split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let lack = |words: &str, costs| Lack {
        words: format!("{words}: {remedy}"),
        costs,
    };
    let (may, lacks) = match claims.scope.as_str() {
        "com.atproto.appPass" => ("an app password: it may post", Vec::new()),
        "com.atproto.appPassPrivileged" => (
            "an app password that may read direct messages too; one without is enough",
            Vec::new(),
        ),
        "com.atproto.access" => (
            "the account's own password: it may do everything",
            vec![lack(
                "make an app password (Settings, Privacy and security, App passwords) and log in with that, so that it can be taken back by itself",
                Costs::Something,
            )],
        ),
        "com.atproto.takendown" | "com.atproto.signupQueued" => (
            "the account is not active there",
            vec![lack(
                "the server lets this account post nothing now; ask its moderators, then",
                Costs::Publishing,
            )],
        ),
        _ => return None,
    };
    Some(Permission {
        may: may.to_owned(),
        lacks,
        told_at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(claims: &str) -> Option<Permission> {
        let token = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
        permission(
            &Secret::new(token),
            "run `masthead login sky`",
            DateTime::UNIX_EPOCH,
        )
    }

    #[test]
    fn an_app_password_is_enough_and_the_accounts_own_password_is_too_much() {
        let app = read(r#"{"scope":"com.atproto.appPass","sub":"did:plc:a"}"#).unwrap();
        assert!(app.lacks.is_empty() && app.may.contains("app password"));
        let own = read(r#"{"scope":"com.atproto.access"}"#).unwrap();
        assert_eq!(own.lacks[0].costs, Costs::Something);
        assert!(own.lacks[0].words.ends_with("run `masthead login sky`"));
        let queued = read(r#"{"scope":"com.atproto.signupQueued"}"#).unwrap();
        assert_eq!(queued.lacks[0].costs, Costs::Publishing);
    }

    #[test]
    fn a_token_of_another_shape_says_nothing() {
        assert_eq!(read(r#"{"scope":"atproto transition:generic"}"#), None);
        assert_eq!(read("{}"), None);
        for token in ["", "a", "a.b.c", "..", "a.====.c"] {
            assert_eq!(
                permission(&Secret::new(token), "", DateTime::UNIX_EPOCH),
                None
            );
        }
    }
}
