//! Reads bytes as every answer that X may give: for fuzzing.
//!
//! The readers are those of real answers, in the files beside this one.

use super::reading::{Kept, Sent, answer, http};
use super::x::X;
use super::x_api::{NewPost, permalink, post_id, until, wrong_clock};
use super::x_look::{Page, likeness};
use super::x_permission::by_level;
use super::{CallError, Connection};
use crate::domain::{AttemptRequest, Channel, PlatformId};
use crate::secrets::Secret;
use chrono::{DateTime, Utc};

/// Reads it as every answer of X.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn read(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
    let connection = Connection {
        secret: Some(Secret::new("key s3cret token t0ken-s3cret")),
        ..Connection::default()
    };
    let platform = X::new(&Channel::new("a", PlatformId::X), connection, &http(now))?;
    let answer = answer(sent);
    let mut kept = Kept {
        until: Some(until(&answer, now)),
        ..Kept::default()
    };
    let request = |key: &str| AttemptRequest {
        body: r#"{"text":"hello https://example.org","reply":{"in_reply_to_tweet_id":"6"}}"#
            .to_owned(),
        key: key.to_owned(),
        ..AttemptRequest::default()
    };
    for key in ["try 1", "try 2", "try 3", ""] {
        kept.outcome(platform.outcome(&answer, &request(key), &[]));
    }
    kept.say(platform.refused(&answer, &[]).to_string());
    kept.say(platform.deleted(&answer, &[]).reason());
    kept.account(platform.account(&answer));
    kept.permission(by_level(Some(sent.header), "x.example", now));
    kept.texts.extend(wrong_clock("x.example", &answer, now));
    match platform.uploaded(&answer) {
        Ok(uploaded) => {
            kept.say(uploaded.id);
            let done = uploaded.processing_info.unwrap_or_default().is_done();
            kept.texts.extend(done.err());
        }
        Err(error) => kept.say(error.to_string()),
    }
    let text = String::from_utf8_lossy(sent.body);
    if let Some(id) = post_id(&text) {
        kept.texts.extend(permalink(None, &id));
        kept.say(id);
    }
    if let (Some(wanted), Some(page)) = (NewPost::read(&request("")), answer.json::<Page>()) {
        for posted in page.data {
            kept.say(format!("{:?}", likeness(&wanted, &posted)));
            kept.texts.extend(platform.permalink(&posted.id));
        }
    }
    Ok(kept)
}
