//! What keys or a grant of X may do: the access level that X names with every answer, or the scopes that were granted.
//!
//! docs.x.com, "App permissions" (read 2026-11): `x-access-level` is `read`, `read-write` or `read-write-directmessages`. Nothing is
//! asked for it, since reading costs money: it is what `verify` was told.

use super::CallError;
use super::permission::{Need, of_scopes, untold};
use super::x::X;
use super::x_access::Access;
use crate::domain::{Costs, Permission};
use chrono::{DateTime, Utc};

/// What is needed here; a login asks for all of them.
const NEEDS: [Need; 5] = [
    Need {
        any_of: &["tweet.write"],
        without: "posts are refused",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &["users.read"],
        without: "nobody can say whose account it is",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &["offline.access"],
        without: "the login ends after two hours",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &["media.write"],
        without: "pictures are refused",
        costs: Costs::Something,
    },
    Need {
        any_of: &["tweet.read"],
        without: "a post whose answer was lost cannot be looked up",
        costs: Costs::Something,
    },
];

impl X {
    /// Says what `verify` was told; asks nobody.
    pub(super) async fn find_permission(&self) -> Result<Permission, CallError> {
        let now = self.http().now();
        Ok(match self.access() {
            Access::Keys(_) => match self.access_level() {
                Some(level) => by_level(level, &self.host(), now),
                None => {
                    let words = format!("{} has not said whose the keys are", self.host());
                    return Err(CallError::Unavailable(words));
                }
            },
            Access::Grant(keeper) => match keeper.scopes().await {
                Some(granted) => of_scopes(&granted, &NEEDS, &keeper.remedy, now),
                None => untold(&self.host(), now),
            },
        })
    }
}

/// Says in words what an access level is. Keys that only read are refused by `verify`, with the remedy.
pub(super) fn by_level(level: Option<&str>, host: &str, now: DateTime<Utc>) -> Permission {
    let may = match level {
        Some("read") => "keys that may only read",
        Some("read-write") => "keys that may read and write",
        Some("read-write-directmessages") => {
            "keys that may read, write and use direct messages; “Read and write” is enough"
        }
        _ => return untold(host, now),
    };
    Permission {
        may: may.to_owned(),
        lacks: Vec::new(),
        told_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_level_is_said_in_words_and_another_one_is_not_guessed_at() {
        let said = |level| by_level(level, "api.x.test", DateTime::UNIX_EPOCH).may;
        assert_eq!(said(Some("read-write")), "keys that may read and write");
        assert!(said(Some("read-write-directmessages")).contains("is enough"));
        assert!(said(Some("admin")).contains("does not say"));
        assert!(said(None).starts_with("api.x.test does not say"));
    }
}
