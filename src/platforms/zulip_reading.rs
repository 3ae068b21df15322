//! Reads bytes as every answer that a Zulip server may give: for fuzzing.
//!
//! The readers are those of real answers, in the files beside this one.

use super::reading::{Kept, Sent, answer, http};
use super::zulip::Zulip;
use super::zulip_api::{Me, NewMessage, Place, Registered, judge, message_id, narrow_url};
use super::zulip_look::{Page, likeness};
use super::zulip_place::{Streams, places_of};
use super::{CallError, Connection, address};
use crate::domain::{AttemptRequest, Channel, PartMedia, PlatformId, Target};
use crate::secrets::Secret;
use chrono::{DateTime, Utc};

/// Reads it as every answer of a Zulip server.
///
/// # Errors
/// Never for what a server sends: only where the platform itself cannot be set up.
pub fn read(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
    let to = Target::Named("announce".to_owned());
    let connection = Connection {
        url: Some("https://z.example".to_owned()),
        email: Some("bot@z.example".to_owned()),
        to: Some(to.clone()),
        secret: Some(Secret::new("s3cret")),
        ..Connection::default()
    };
    let channel = Channel::new("a", PlatformId::Zulip);
    let platform = Zulip::new(&channel, connection, &http(now))?;
    let answer = answer(sent);
    let mut kept = Kept {
        until: Some(answer.wait_until(now)),
        ..Kept::default()
    };
    kept.outcome(platform.outcome(&answer));
    kept.say(platform.refused(&answer).to_string());
    let corrected = judge(&answer).corrected(platform.said(&answer), platform.remedy());
    kept.say(corrected.reason());
    if let Some(told) = answer.json::<Streams>() {
        let names = places_of(told).into_iter().map(|place| place.name);
        kept.texts.extend(names);
    }
    if let Some(registered) = answer.json::<Registered>() {
        kept.limits(platform.limits_of(&registered));
    }
    let media = PartMedia {
        hash: "ab".repeat(32),
        name: "cat.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 3,
        pixels: None,
        duration_ms: None,
        alt: String::new(),
        ..PartMedia::default()
    };
    match platform.uploaded(&answer, &media) {
        Ok(address) => kept.say(address),
        Err(error) => kept.say(error.to_string()),
    }
    let text = String::from_utf8_lossy(sent.body);
    let place = Place {
        id: 42,
        name: text.chars().take(60).collect(),
        level: Some(u32::from(sent.status)),
    };
    if let Some(me) = answer.json::<Me>() {
        kept.account(Ok(platform.account(&me, &place)));
    }
    let address = narrow_url("https://z.example", Some(&place), &to, &place.name, "7");
    kept.texts.extend(address::web_address(&address));
    if let Some(id) = message_id(&text, "https://z.example") {
        kept.say(id.to_string());
    }
    let request = AttemptRequest {
        body: r#"{"type":"stream","to":"announce","topic":"news","content":"hello"}"#.to_owned(),
        ..AttemptRequest::default()
    };
    let shown = Target::read(&text).shown();
    kept.say(super::http::quote(&shown));
    if let (Some(wanted), Some(page)) = (NewMessage::read(&request), answer.json::<Page>()) {
        for posted in page.messages {
            kept.say(format!("{:?}", likeness(&wanted, &posted)));
        }
    }
    Ok(kept)
}
