//! Reads bytes as every answer that a platform's server may give, without a server: for fuzzing.
//!
//! What comes back is all that would be kept or shown of it. The readers are the ones that real answers go through,
//! in each platform's own files; nothing here judges.

use super::bluesky::{Bluesky, Recorded};
use super::bluesky_session::{self, Begun};
use super::http::{Answer, Http, Timeouts};
use super::login;
use super::mastodon::Mastodon;
use super::mastodon_api::{Found, Instance, Media, judge};
use super::mastodon_look::{Likeness, Posted, Source, Wanted};
use super::{CallError, Connection, LookUp, Verdict, correct};
use crate::domain::{Account, AttemptRequest, Channel, Limits, Outcome, PlatformId};
use crate::secrets::{BlueskySecret, Secret};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What a server sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Status code.
    pub status: u16,
    /// `Retry-After`, `Date`, `Location` and `WWW-Authenticate` alike.
    pub header: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What would be kept or shown of an answer.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Reasons, ids, addresses, handles.
    pub texts: Vec<String>,
    /// Limits, where the answer was read as a server's description of itself.
    pub limits: Vec<Limits>,
    /// Until when it would be waited.
    pub until: Option<DateTime<Utc>>,
}

impl Kept {
    fn say(&mut self, text: impl Into<String>) {
        self.texts.push(text.into());
    }

    fn account(&mut self, account: Result<Account, CallError>) {
        match account {
            Ok(account) => self.texts.extend([account.id, account.handle]),
            Err(error) => self.say(error.to_string()),
        }
    }

    fn outcome(&mut self, outcome: Outcome) {
        self.say(outcome.reason());
        if let Outcome::Published(there) = outcome {
            self.say(there.id);
            self.texts.extend(there.cid);
            self.texts.extend(there.permalink);
            self.texts.extend(there.note);
        }
    }

    fn look(&mut self, look: LookUp) {
        match look {
            LookUp::Found(there) => self.outcome(Outcome::Published(there)),
            LookUp::Absent => {}
            LookUp::CannotTell { reason } => self.say(reason),
        }
    }

    fn limits(&mut self, limits: Limits) {
        self.texts.extend(limits.mime_types.iter().cloned());
        self.limits.push(limits);
    }
}

fn answer(sent: Sent<'_>) -> Answer {
    let headers = ["retry-after", "date", "location", "www-authenticate"];
    let headers = headers.map(|name| (name, sent.header));
    Answer::made(sent.status, &headers, sent.body)
}

fn http(now: DateTime<Utc>) -> Http {
    Http::new(Timeouts::default(), Arc::new(now))
}

/// Reads it as every answer of a Mastodon server.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn mastodon(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
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
    kept.say(platform.refused(&answer).to_string());
    kept.say(login::refused(&http(now), "https://a.example", &answer).to_string());
    let corrected = correct::refused(judge(&answer), platform.said(&answer), platform.remedy());
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

/// Reads it as every answer of a PDS.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn bluesky(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
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
    kept.say(correct::refused(verdict, said, "log in").reason());
    if let Some(begun) = answer.json::<Begun>() {
        let service = "https://bsky.social";
        let session = bluesky_session::session_of(begun, service, service, None);
        kept.texts
            .extend([session.did, session.handle, session.pds]);
    }
    Ok(kept)
}
