//! Reads bytes as every answer that LinkedIn may give: for fuzzing.
//!
//! The readers are those of real answers, in the files beside this one.

use super::http::Answer;
use super::linkedin::LinkedIn;
use super::linkedin_api::{self as api, Forbidden, POST_AS_PAGE, Refusal, judge};
use super::linkedin_author::{Organization, Roles, UserInfo, page_account};
use super::linkedin_look::{Posted, Posts, likeness};
use super::linkedin_media::upload_place;
use super::linkedin_permission::role_words;
use super::oauth::redirected_code;
use super::reading::{Kept, Sent, http};
use super::{CallError, Connection};
use crate::domain::{Channel, Outcome, PlatformId};
use crate::secrets::Secret;
use crate::text::linkedin::read_commentary;
use chrono::{DateTime, Utc};

const PAGE: &str = "urn:li:organization:7";

/// Reads it as every answer of LinkedIn.
///
/// # Errors
/// Never for what LinkedIn sends: only where the platform itself cannot be set up.
pub fn read(sent: Sent<'_>, now: DateTime<Utc>) -> Result<Kept, CallError> {
    let connection = Connection {
        organization: Some(PAGE.to_owned()),
        secret: Some(Secret::new("s3cret")),
        ..Connection::default()
    };
    let platform = LinkedIn::new(
        &Channel::new("a", PlatformId::LinkedIn),
        connection,
        &http(now),
    )?;
    let names = ["x-restli-id", "retry-after", "date", "location"];
    let answer = Answer::made(
        sent.status,
        &names.map(|name| (name, sent.header)),
        sent.body,
    );
    let token = Secret::new("s3cret");
    let text = String::from_utf8_lossy(sent.body);
    let mut kept = Kept {
        until: Some(api::wait_until(&answer, now)),
        ..Kept::default()
    };
    let said = api::said(&answer, &token);
    kept.say(format!("{:?}", judge(&answer)));
    if let Some(urn) = api::made(&answer) {
        kept.outcome(Outcome::Published(api::published(urn)));
    }
    let refusal = Refusal::of(&answer);
    if let Some(Some(urn)) = refusal.duplicate_of() {
        kept.outcome(Outcome::Published(api::published(urn)));
    }
    if api::forbidden(refusal.words(), None, POST_AS_PAGE) != Forbidden::Product {
        kept.say(said);
    }
    if let Some(info) = answer.json::<UserInfo>() {
        kept.account(platform.member_account(&info));
    }
    if let Some(known) = answer.json::<Organization>() {
        kept.account(Ok(page_account(PAGE, &known)));
    }
    if let Some(roles) = answer.json::<Roles>() {
        kept.say(role_words(PAGE, &roles.elements));
        if let Err(error) = platform.may_post(PAGE, &roles.elements) {
            kept.say(error.to_string());
        }
    }
    if let Some(posts) = answer.json::<Posts>() {
        for posted in posts.elements {
            kept.say(format!("{:?}", likeness("hello", &posted)));
        }
    }
    if let Some(posted) = answer.json::<Posted>() {
        kept.say(posted.id);
    }
    kept.texts.extend(api::post_in(&text));
    kept.texts.extend(api::media_urn(&text, "image"));
    // A place for an upload is called, never kept; a text is compared, never kept.
    let _ = upload_place(&text, super::linkedin::SERVICE);
    let _ = read_commentary(&text);
    if let Err(error) = redirected_code(&text, "state") {
        kept.say(super::http::quote(&error.to_string()));
    }
    Ok(kept)
}
