//! Reads bytes as every answer that a PDS may give: for fuzzing.
//!
//! The readers are those of real answers, in the files beside this one.

use super::bluesky::{Bluesky, Recorded};
use super::bluesky_permission::permission;
use super::bluesky_session::{self, Begun};
use super::reading::{Kept, Sent, answer, http};
use super::{CallError, Connection, Verdict};
use crate::domain::{Channel, PlatformId};
use crate::secrets::{BlueskySecret, Secret};
use chrono::{DateTime, Utc};

/// Reads it as every answer of a PDS.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn read(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
    let session = BlueskySecret {
        did: "did:plc:alice".to_owned(),
        handle: "alice.example".to_owned(),
        pds: "https://pds.example".to_owned(),
        access: Secret::new("the-access"),
        refresh: Secret::new("the-refresh"),
        password: None,
    };
    let platform = Bluesky::new(
        &Channel::new("a", PlatformId::Bluesky),
        Connection::default(),
        &http(now),
    )?;
    let answer = answer(sent);
    let mut kept = Kept {
        until: Some(answer.wait_until(now)),
        ..Kept::default()
    };
    kept.outcome(platform.outcome(&answer, &session, "3lenax2wkm23e"));
    kept.account(platform.account(&answer, &session));
    kept.say(platform.refused(&answer, &session).to_string());
    match platform.told_limits(&answer, &session) {
        Ok(limits) => kept.limits(limits),
        Err(error) => kept.say(error.to_string()),
    }
    let recorded = serde_json::json!({"repo": session.did, "rkey": "3lenax2wkm23e", "record": {}});
    if let Ok(recorded) = serde_json::from_value::<Recorded>(recorded) {
        kept.look(platform.seen(&answer, &session, &recorded));
    }
    let said = platform.said(&answer, &session);
    let verdict: Verdict = bluesky_session::judge(&answer);
    kept.say(verdict.corrected(said, "log in").reason());
    if let Some(begun) = answer.json::<Begun>() {
        let service = "https://bsky.social";
        let session = bluesky_session::session_of(begun, service, service, None);
        if let Some(permission) = permission(&session.access, "log in", now) {
            kept.permission(permission);
        }
        kept.texts
            .extend([session.did, session.handle, session.pds]);
    }
    Ok(kept)
}
