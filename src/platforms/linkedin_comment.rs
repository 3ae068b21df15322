//! Comments on LinkedIn: what follows a post. Sent in its author's name, found again among the comments on the post, deleted.
//!
//! learn.microsoft.com, "Comments API" (li-lms, read 2026-11), and what working clients report where it is silent: the text is
//! plain, and a post that was just made may take no comment yet. A member's comments are shown to no program.

use super::http::{Answer, Body, Call};
use super::linkedin::LinkedIn;
use super::linkedin_api::{self as api, began, encoded, judge};
use super::linkedin_look::{CLOCKS_DIFFER, Likeness, ahead_of_ours};
use super::{CallError, LookUp, PartContext, Sought};
use crate::domain::{AttemptRequest, Corrected, Outcome, Part, Published, RemoteRef};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

/// Comments as a page, and as a person.
pub(super) const COMMENT_AS_PAGE: &str = "w_organization_social_feed";
pub(super) const COMMENT_AS_MEMBER: &str = "w_member_social_feed";
/// Reads what was commented on a page's posts: without it a comment whose answer was lost is never found again.
pub(super) const READ_COMMENTS: &str = "r_organization_social_feed";

/// How long a fresh post may take no comments.
const POST_SETTLES: TimeDelta = TimeDelta::minutes(2);

/// How many comments are asked for at once, and how many pages are read before a person has to look.
const PAGE: usize = 20;
const MOST_PAGES: usize = 50;

/// A comment is edited that was changed so long after it was made.
const EDITED_AFTER: TimeDelta = TimeDelta::seconds(30);

/// What a recorded request says of its comment.
#[derive(Debug, Deserialize)]
pub(super) struct NewComment {
    pub actor: String,
    /// The post.
    pub object: String,
    pub message: Words,
}

/// The text of a comment.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    pub text: String,
}

/// The comments on a post.
#[derive(Deserialize)]
pub(super) struct Comments {
    #[serde(default)]
    pub elements: Vec<Comment>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    total: Option<usize>,
}

/// A comment that is there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    /// Its number.
    #[serde(default)]
    id: Value,
    #[serde(default)]
    comment_urn: Option<String>,
    #[serde(default, rename = "$URN")]
    urn: Option<String>,
    #[serde(default)]
    actor: Option<String>,
    #[serde(default)]
    message: Option<Words>,
    #[serde(default)]
    created: Option<Stamp>,
    #[serde(default)]
    last_modified: Option<Stamp>,
}

#[derive(Debug, Deserialize)]
struct Stamp {
    /// Epoch milliseconds.
    time: i64,
}

impl Stamp {
    fn at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.time)
    }
}

impl Comment {
    /// Returns its number, whichever way it is told.
    pub(super) fn number(&self) -> Option<String> {
        let plain = match &self.id {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        };
        let urns = [&self.comment_urn, &self.urn].into_iter().flatten();
        let mut told = plain.into_iter().chain(urns.cloned());
        told.find_map(|told| number_in(&told))
    }

    fn made_at(&self) -> Option<DateTime<Utc>> {
        self.created.as_ref()?.at()
    }

    fn is_edited(&self) -> bool {
        let touched = self.last_modified.as_ref().and_then(Stamp::at);
        match (self.made_at(), touched) {
            (Some(made), Some(touched)) => touched - made > EDITED_AFTER,
            _ => false,
        }
    }
}

/// Reads the number of a comment: by itself, or at the end of its whole name.
fn number_in(told: &str) -> Option<String> {
    let told = told.trim().replace("%2C", ",").replace("%29", ")");
    let number = match told.strip_suffix(')') {
        Some(name) => name.rsplit_once(',')?.1,
        None => told.as_str(),
    };
    let fits = (1..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| number.to_owned())
}

/// Writes the name of a comment: the post it is on, as it was asked for, and its number. So it is the same whether it was just
/// made or found.
fn comment_urn(object: &str, number: &str) -> String {
    format!("urn:li:comment:({object},{number})")
}

/// Parts the name of a comment into the post it is on and its number.
pub(super) fn parted(urn: &str) -> Option<(String, String)> {
    let inside = urn.strip_prefix("urn:li:comment:(")?.strip_suffix(')')?;
    let (object, number) = inside.rsplit_once(',')?;
    let object = match object.strip_prefix("urn:li:") {
        Some(_) => object.to_owned(),
        // As it stands in addresses.
        None => format!("urn:li:{object}"),
    };
    Some((api::post_urn(&object)?, number_in(number)?))
}

/// Finds a comment in the address that LinkedIn shows for it (`…?commentUrn=urn:li:comment:(activity:1,2)`).
pub(super) fn comment_in(shown: &str) -> Option<String> {
    let (_, query) = shown.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, urn) = pairs.find(|(name, _)| name == "commentUrn")?;
    let (object, number) = parted(urn.trim())?;
    Some(comment_urn(&object, &number))
}

/// Builds the request of one comment.
pub(super) fn new_comment(actor: &str, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
    // A comment is on the first part, whatever stands between them.
    let object = context.answers.map_or("", |answers| {
        answers
            .root
            .as_ref()
            .map_or(answers.id.as_str(), |(root, _)| root.as_str())
    });
    AttemptRequest {
        body: json!({"actor": actor, "object": object, "message": {"text": part.text}}).to_string(),
        key: api::first_attempt(context),
        ..AttemptRequest::default()
    }
}

impl NewComment {
    pub fn of(actor: &str, object: &str, text: &str) -> Self {
        Self {
            actor: actor.to_owned(),
            object: object.to_owned(),
            message: Words {
                text: text.to_owned(),
            },
        }
    }

    pub fn read(request: &AttemptRequest) -> Option<Self> {
        serde_json::from_str(&request.body).ok()
    }

    fn is_of_a_page(&self) -> bool {
        self.actor.starts_with("urn:li:organization:")
    }

    /// Returns a comment that is there.
    pub(super) fn there(&self, number: &str) -> Published {
        Published {
            id: comment_urn(&self.object, number),
            permalink: api::permalink(&self.object),
            ..Published::default()
        }
    }

    /// Compares a comment with the one that was sent. LinkedIn may show an address in another form, so that no other text of the
    /// same author since then is certainly another comment.
    pub(super) fn likeness(&self, comment: &Comment) -> Likeness {
        let Some(actor) = &comment.actor else {
            return Likeness::Alike;
        };
        if *actor != self.actor {
            return Likeness::Other;
        }
        let theirs = comment.message.as_ref().map_or("", |words| &words.text);
        if theirs.trim() == self.message.text.trim() && !comment.is_edited() {
            Likeness::Same
        } else {
            Likeness::Alike
        }
    }
}

/// Reads the number of the comment that was made: from a header, else from the body.
pub(super) fn made(answer: &Answer) -> Option<String> {
    let named = answer.header("x-restli-id").and_then(number_in);
    named.or_else(|| answer.json::<Comment>()?.number())
}

impl LinkedIn {
    fn commenting(&self) -> &'static str {
        if self.is_page() {
            COMMENT_AS_PAGE
        } else {
            COMMENT_AS_MEMBER
        }
    }

    fn comments_url(&self, object: &str) -> String {
        self.url(&format!("rest/socialActions/{}/comments", encoded(object)))
    }

    /// Sends one committed comment.
    pub(super) async fn publish_comment(
        &self,
        request: &AttemptRequest,
        comment: &NewComment,
    ) -> Outcome {
        let Some(object) = api::post_urn(&comment.object) else {
            return Outcome::Rejected {
                reason: "Nobody knows which post it is a comment on: write it there by hand"
                    .to_owned(),
            };
        };
        let (url, body) = (self.comments_url(&object), &request.body);
        let call = || {
            self.rest(Call::post(url.clone(), Body::Json(body.clone())))
                .enough("x-restli-id")
        };
        let answer = match self.send(call).await {
            Ok(answer) => answer,
            Err(none) => return none.into(),
        };
        if answer.is_success() {
            return match made(&answer) {
                Some(number) => Outcome::Published(comment.there(&number)),
                None => Outcome::Unknown {
                    reason: format!(
                        "LinkedIn answered {}, but did not name the comment",
                        answer.status
                    ),
                },
            };
        }
        let is_fresh = began(request).is_some_and(|began| self.http().now() - began < POST_SETTLES);
        if answer.status == 404 && is_fresh {
            return Outcome::NotReady {
                reason: "LinkedIn does not know the post yet that was just made: it takes no comment so far"
                    .to_owned(),
            };
        }
        let reason = self.said(&answer, self.commenting()).await;
        let until = api::wait_until(&answer, self.http().now());
        match judge(&answer).outcome(reason, self.remedy(), until) {
            Outcome::Rejected { reason } => Outcome::Rejected {
                reason: format!("{reason}; the post is out without it"),
            },
            other => other,
        }
    }

    /// Looks for a comment whose answer was lost.
    pub(super) async fn look_among_comments(
        &self,
        sought: &Sought<'_>,
        wanted: &NewComment,
    ) -> LookUp {
        let Some(object) = api::post_urn(&wanted.object) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        if !wanted.is_of_a_page() {
            return LookUp::cannot_tell(format!(
                "LinkedIn shows no program what a member commented: look under {}",
                api::permalink(&object).unwrap_or(object)
            ));
        }
        let comments = match self.comments_since(&object, sought.since).await {
            Ok(comments) => comments,
            Err(reason) => return LookUp::CannotTell { reason },
        };
        let mut alike = false;
        for comment in comments {
            let likeness = wanted.likeness(&comment);
            let there = comment.number().map(|number| wanted.there(&number));
            match (likeness, there) {
                (_, Some(there)) if sought.taken.contains(&there.id) => {}
                (Likeness::Same, Some(there)) => return LookUp::Found(there),
                (Likeness::Same | Likeness::Alike, _) => alike = true,
                (Likeness::Other, _) => {}
            }
        }
        if alike {
            return LookUp::cannot_tell(format!(
                "a comment that could be it is there: {}",
                api::permalink(&object).unwrap_or(object)
            ));
        }
        LookUp::Absent
    }

    /// Returns the comments on a post since then, those of a slow clock included; the error says why they cannot be had.
    async fn comments_since(
        &self,
        object: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<Comment>, String> {
        let url = self.comments_url(object);
        let count = PAGE.to_string();
        let mut found: Vec<Comment> = Vec::new();
        for page in 0..MOST_PAGES {
            let start = page * PAGE;
            let from = start.to_string();
            let call = || {
                Call::read(url.clone())
                    .query("start", &from)
                    .query("count", &count)
            };
            let answer = self.read(call, READ_COMMENTS).await;
            let answer = answer.map_err(|error| unread(&error))?;
            let comments: Comments = answer
                .json()
                .ok_or_else(|| self.unreadable("comments").to_string())?;
            let oldest_wanted = since + ahead_of_ours(&answer, self.http().now()) - CLOCKS_DIFFER;
            // A page may hold fewer than were asked for, and more follow.
            let total = comments.paging.and_then(|paging| paging.total);
            let is_last = match total {
                Some(total) => start + PAGE >= total,
                None => comments.elements.is_empty(),
            };
            let own = comments.elements.into_iter();
            found.extend(own.filter(|one| one.made_at().is_none_or(|at| at >= oldest_wanted)));
            if is_last {
                return Ok(found);
            }
        }
        Err("there are too many comments to read them all".to_owned())
    }

    /// `DELETE /rest/socialActions/{urn}/comments/{number}`, in the name of whoever made it.
    pub(super) async fn delete_comment(&self, object: &str, number: &str) -> Corrected {
        let actor = match self.author().await {
            Ok(actor) => actor,
            Err(error) => {
                return Corrected::NotDone {
                    reason: error.to_string(),
                };
            }
        };
        let url = format!("{}/{number}", self.comments_url(object));
        let json = ("content-type", "application/json");
        let call = || {
            self.rest(Call::delete(url.clone()).query("actor", &actor))
                .header("x-restli-method", "DELETE")
                .header(json.0, json.1)
        };
        match self.send(call).await {
            Ok(answer) => self.corrected(&answer, self.commenting()).await,
            Err(none) => none.into(),
        }
    }
}

/// Says why comments cannot be read.
fn unread(error: &CallError) -> String {
    format!("the comments on the post cannot be read: {error}")
}

/// Returns the comment that a reference names, as the post it is on and its number.
pub(super) fn comment(there: &RemoteRef) -> Option<(String, String)> {
    parted(&there.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "urn:li:organization:7";

    fn wanted(text: &str) -> NewComment {
        NewComment::of(OURS, "urn:li:share:1", text)
    }

    fn read(comment: Value) -> Comment {
        serde_json::from_value(comment).unwrap()
    }

    #[test]
    fn a_comment_has_one_name_however_it_is_told() {
        for told in [
            json!({"id": "22"}),
            json!({"id": 22}),
            json!({"commentUrn": "urn:li:comment:(urn:li:activity:9,22)"}),
            json!({"$URN": "urn:li:comment:(activity:9,22)", "id": null}),
        ] {
            assert_eq!(read(told.clone()).number().as_deref(), Some("22"), "{told}");
        }
        for told in [json!({}), json!({"id": "x"}), json!({"id": "1)"})] {
            assert_eq!(read(told.clone()).number(), None, "{told}");
        }
        let told =
            |headers: &[(&'static str, &str)], body: &str| made(&Answer::fake(201, headers, body));
        let encoded = "urn:li:comment:(urn:li:activity:9%2C22%29";
        assert_eq!(told(&[("x-restli-id", "22")], "").as_deref(), Some("22"));
        assert_eq!(told(&[("x-restli-id", encoded)], "").as_deref(), Some("22"));
        assert_eq!(told(&[], r#"{"id":"22"}"#).as_deref(), Some("22"));
        assert_eq!(told(&[], "<html>"), None);
    }

    #[test]
    fn a_name_leads_back_to_the_post_and_so_does_an_address() {
        let parts = Some(("urn:li:share:1".to_owned(), "22".to_owned()));
        assert_eq!(parted(&wanted("a").there("22").id), parts);
        assert_eq!(parted("urn:li:comment:(urn:li:person:1,22)"), None);
        assert_eq!(parted("urn:li:share:1"), None);
        let shown = "https://www.linkedin.com/feed/update/urn:li:activity:9?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A9%2C22%29&x=1";
        assert_eq!(
            comment_in(shown).as_deref(),
            Some("urn:li:comment:(urn:li:activity:9,22)")
        );
        assert_eq!(
            comment_in("https://www.linkedin.com/feed/update/urn:li:share:1"),
            None
        );
    }

    #[test]
    fn every_other_comment_of_ours_could_be_it_and_nobody_elses_is() {
        let like = |comment: Value| wanted("see https://example.org/a").likeness(&read(comment));
        let said = |actor: &str, text: &str| json!({"actor": actor, "message": {"text": text}});
        assert_eq!(
            like(said(OURS, "see https://example.org/a ")),
            Likeness::Same
        );
        assert_eq!(like(said(OURS, "see https://lnkd.in/x")), Likeness::Alike);
        assert_eq!(like(said("urn:li:person:a", "see")), Likeness::Other);
        assert_eq!(
            like(json!({"message": {"text": "who says so?"}})),
            Likeness::Alike
        );
        let mut edited = said(OURS, "see https://example.org/a");
        edited["created"] = json!({"time": 1_000});
        edited["lastModified"] = json!({"time": 99_000});
        assert_eq!(like(edited), Likeness::Alike);
    }
}
