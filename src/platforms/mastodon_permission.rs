//! What a token of Mastodon may do: its scopes, as they were granted at login, else those of its application.
//!
//! docs.joinmastodon.org/methods/apps (read 2026-11): `GET /api/v1/apps/verify_credentials` tells the application's scopes from
//! 4.3.0 on; other servers tell none, or do not know the call. A token has those of its application, or fewer.

use super::CallError;
use super::http::Answer;
use super::mastodon::Mastodon;
use super::on_disk::on_disk;
use super::permission::{Need, of_scopes, untold};
use crate::domain::{Costs, Permission};
use crate::secrets::StoredSecret;
use serde::Deserialize;

/// What is needed here (docs.joinmastodon.org/api/oauth-scopes, read 2026-11).
const NEEDS: [Need; 4] = [
    Need {
        any_of: &["write:statuses", "write"],
        without: "posts are refused",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &["write:media", "write"],
        without: "pictures are refused",
        costs: Costs::Something,
    },
    Need {
        any_of: &["read:statuses", "read"],
        without: "a post whose answer was lost cannot be looked up",
        costs: Costs::Something,
    },
    Need {
        any_of: &["read:search", "read"],
        without: "the post that a reply answers is not found by its address",
        costs: Costs::Something,
    },
];

/// `GET /api/v1/apps/verify_credentials`.
#[derive(Deserialize)]
struct Application {
    scopes: Option<Vec<String>>,
}

impl Mastodon {
    /// Asks for the application's scopes, where the login did not keep the token's own.
    pub(super) async fn find_permission(&self) -> Result<Permission, CallError> {
        if let Some(granted) = self.granted().await? {
            return Ok(self.of_granted(&granted));
        }
        let answer = self.read("/api/v1/apps/verify_credentials").await?;
        Ok(self.told_permission(&answer))
    }

    /// Returns the scopes that came with the token, where a login kept them.
    async fn granted(&self) -> Result<Option<String>, CallError> {
        let Some(file) = self.stored().cloned() else {
            return Ok(None);
        };
        Ok(match on_disk(move || file.read()).await? {
            Some(StoredSecret::Mastodon(secret)) => secret.scopes,
            Some(_) | None => None,
        })
    }

    fn of_granted(&self, granted: &str) -> Permission {
        of_scopes(granted, &NEEDS, self.remedy(), self.http().now())
    }

    /// Reads what the server says of the application.
    pub(super) fn told_permission(&self, answer: &Answer) -> Permission {
        let told = answer.is_success().then(|| answer.json::<Application>());
        match told.flatten().and_then(|application| application.scopes) {
            Some(scopes) => self.of_granted(&scopes.join(" ")),
            None => untold(&self.host(), self.http().now()),
        }
    }
}
