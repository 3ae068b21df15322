//! Reads bytes as every answer that YouTube may give: for fuzzing.
//!
//! The readers are those of real answers, in the files beside this one.

use super::permission::of_scopes;
use super::reading::{Kept, Sent, answer, http};
use super::youtube::YouTube;
use super::youtube_api::{Items, OwnChannel, Standing, Uploaded, standing, video_id, wait_until};
use super::youtube_look::among;
use super::youtube_permission::NEEDS;
use super::{CallError, Connection, LookUp};
use crate::domain::{Channel, PlatformId};
use crate::secrets::Secret;
use chrono::{DateTime, Utc};

/// Reads it as every answer of YouTube.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn read(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
    let connection = Connection {
        secret: Some(Secret::new("s3cret")),
        ..Connection::default()
    };
    let channel = Channel::new("a", PlatformId::YouTube);
    let platform = YouTube::new(&channel, connection, &http(now))?;
    let answer = answer(sent);
    let mut kept = Kept {
        until: Some(wait_until(&answer, now)),
        ..Kept::default()
    };
    kept.outcome(platform.outcome(&answer));
    kept.say(platform.refused(&answer).to_string());
    kept.say(platform.corrected(&answer).reason());
    if let Standing::Finished(video) = standing(&answer) {
        kept.say(format!("{:?}", video.processing()));
        kept.texts.extend(video.narrower("public"));
    }
    if let Some(own) = answer.json::<Items<OwnChannel>>() {
        for one in &own.items {
            kept.account(Ok(YouTube::account(one)));
        }
    }
    if let Some(all) = answer.json::<Items<Uploaded>>()
        && let LookUp::Found(there) = among(&all.items, "a", now, &[])
    {
        kept.say(there.id);
    }
    let text = String::from_utf8_lossy(sent.body);
    kept.permission(of_scopes(&text, &NEEDS, "log in", now));
    kept.texts
        .extend(video_id(&String::from_utf8_lossy(sent.body)));
    Ok(kept)
}
