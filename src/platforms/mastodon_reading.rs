//! Reads bytes as every answer that a Mastodon server may give: for fuzzing.
//!
//! The readers are those of real answers, in the files beside this one.

use super::mastodon::Mastodon;
use super::mastodon_api::{Found, Instance, Media, judge};
use super::mastodon_look::{Likeness, Posted, Source, Wanted};
use super::reading::{Kept, Sent, answer, http};
use super::{CallError, Connection, mastodon_login};
use crate::domain::{AttemptRequest, Channel, PlatformId};
use crate::secrets::Secret;
use chrono::{DateTime, Utc};

/// Reads it as every answer of a Mastodon server.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn read(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
    let connection = Connection {
        url: Some("https://a.example".to_owned()),
        secret: Some(Secret::new("s3cret")),
        ..Connection::default()
    };
    let platform = Mastodon::new(
        &Channel::new("a", PlatformId::Mastodon),
        connection,
        &http(now),
    )?;
    let answer = answer(sent);
    let request = AttemptRequest {
        body: r#"{"status":"hello @a@b.example","media_ids":["1"],"spoiler_text":"","visibility":"public"}"#
            .to_owned(),
        ..AttemptRequest::default()
    };
    let mut kept = Kept {
        until: Some(answer.wait_until(now)),
        ..Kept::default()
    };
    kept.outcome(platform.outcome(&answer, &request));
    kept.account(platform.account(&answer));
    kept.permission(platform.told_permission(&answer));
    kept.say(platform.refused(&answer).to_string());
    kept.say(mastodon_login::refused(&http(now), "https://a.example", &answer).to_string());
    let corrected = judge(&answer).corrected(platform.said(&answer), platform.remedy());
    kept.say(corrected.reason());
    if let Some(instance) = answer.json::<Instance>() {
        kept.limits(instance.limits(now));
    }
    if let Some(media) = answer.json::<Media>() {
        kept.say(media.id);
    }
    for status in answer
        .json::<Found>()
        .into_iter()
        .flat_map(|found| found.statuses)
    {
        kept.say(status.id);
    }
    if let (Some(wanted), Some(posted)) = (Wanted::read(&request), answer.json::<Vec<Posted>>()) {
        let source = answer.json::<Source>();
        for posted in posted {
            let likeness = wanted.likeness(&posted, source.as_ref());
            if likeness == Likeness::Same {
                kept.outcome(platform.outcome(&answer, &request));
            }
            kept.say(posted.status.id);
        }
    }
    Ok(kept)
}
