//! Is one of the page's posts ours? Looks up a post whose answer was lost, and what LinkedIn calls a duplicate.
//!
//! Only what is certain counts as there or as not there. A member's posts are shown to no program (`r_member_social` is
//! closed), so those ask a person.

use super::http::Call;
use super::linkedin::LinkedIn;
use super::linkedin_api::{self as api, NewPost, READ_PAGE};
use super::{CallError, LookUp, Sought, address};
use crate::domain::{AttemptRequest, Outcome};
use crate::text::linkedin::read_commentary;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// How much earlier than its attempt a post may seem to be, after LinkedIn's clock is taken into account.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// How many posts are asked for at once, and how many pages are read before a person has to look.
const PAGE: usize = 10;
const MOST_PAGES: usize = 20;

/// How the reason begins where LinkedIn refuses a text as a duplicate and no such post can be shown.
const BLOCKED: &str = "LinkedIn takes this for a duplicate";

/// What a page's posts are asked for with ("Posts API", find posts by author).
#[derive(Deserialize)]
pub(super) struct Posts {
    #[serde(default)]
    pub elements: Vec<Posted>,
}

/// A post that is there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Posted {
    #[serde(default, deserialize_with = "address::id")]
    pub id: String,
    #[serde(default)]
    pub commentary: String,
    /// Epoch milliseconds, as all of these.
    #[serde(default)]
    created_at: Option<i64>,
    #[serde(default)]
    published_at: Option<i64>,
    #[serde(default)]
    last_modified_at: Option<i64>,
    #[serde(default)]
    lifecycle_state: Option<String>,
}

impl Posted {
    fn made_at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.created_at.or(self.published_at)?)
    }

    fn touched_at(&self) -> Option<DateTime<Utc>> {
        let made = self.created_at.or(self.published_at);
        DateTime::from_timestamp_millis(self.last_modified_at.max(made)?)
    }

    /// Whether somebody changed it a while after it was made.
    fn is_edited(&self) -> bool {
        match (self.made_at(), self.touched_at()) {
            (Some(made), Some(touched)) => touched - made > TimeDelta::seconds(30),
            _ => false,
        }
    }

    fn is_shown(&self) -> bool {
        self.lifecycle_state
            .as_deref()
            .is_none_or(|state| state == "PUBLISHED")
    }
}

/// How much a post is like what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Same,
    /// It could be.
    Alike,
    Other,
}

/// Compares the text of a post with the one that was sent, whichever way either is escaped.
pub(super) fn likeness(wanted: &str, posted: &Posted) -> Likeness {
    let (ours, theirs) = (read_commentary(wanted), read_commentary(&posted.commentary));
    let (ours, theirs) = (ours.trim(), theirs.trim());
    if ours == theirs {
        // Posts of pictures alone all say the same.
        return if posted.is_shown() && !ours.is_empty() {
            Likeness::Same
        } else {
            Likeness::Alike
        };
    }
    let is_cut = !theirs.is_empty() && ours.starts_with(theirs);
    if is_cut || posted.is_edited() {
        Likeness::Alike
    } else {
        Likeness::Other
    }
}

impl LinkedIn {
    pub(super) async fn look_among_posts(&self, sought: &Sought<'_>) -> LookUp {
        let Some(wanted) = NewPost::read(&sought.attempt.request) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        if !wanted.is_of_a_page() {
            return LookUp::cannot_tell(
                "LinkedIn shows no program what a member posted: look at your own recent activity",
            );
        }
        if let Some(Outcome::Unknown { reason }) = &sought.attempt.outcome
            && reason.contains(BLOCKED)
        {
            // Sending it again would be refused in the same way.
            return LookUp::cannot_tell(reason.clone());
        }
        let posts = match self.posts_since(&wanted.author, sought.since).await {
            Ok(posts) => posts,
            Err(reason) => return LookUp::CannotTell { reason },
        };
        let mut alike = None;
        for posted in posts {
            let Some(urn) = api::post_urn(&posted.id) else {
                continue;
            };
            if sought.taken.contains(&urn) {
                continue;
            }
            match likeness(&wanted.commentary, &posted) {
                Likeness::Same => return LookUp::Found(api::published(urn)),
                Likeness::Alike => alike = alike.or(Some(urn)),
                Likeness::Other => {}
            }
        }
        match alike {
            None => LookUp::Absent,
            Some(urn) => LookUp::cannot_tell(format!(
                "a post like it is there: {}",
                api::permalink(&urn).unwrap_or(urn)
            )),
        }
    }

    /// Returns the author's posts since then, those of a slow clock included; the error says why they cannot be had.
    async fn posts_since(&self, author: &str, since: DateTime<Utc>) -> Result<Vec<Posted>, String> {
        let url = self.url("rest/posts");
        let count = PAGE.to_string();
        let mut found: Vec<Posted> = Vec::new();
        for page in 0..MOST_PAGES {
            let start = (page * PAGE).to_string();
            let call = || {
                let call = Call::read(url.clone()).header("x-restli-method", "FINDER");
                call.query("author", author)
                    .query("q", "author")
                    .query("count", &count)
                    .query("start", &start)
                    .query("sortBy", "LAST_MODIFIED")
            };
            let answer = self.read(call, READ_PAGE).await;
            let answer = answer.map_err(|error| error.to_string())?;
            let posts: Posts = answer
                .json()
                .ok_or_else(|| self.unreadable("posts").to_string())?;
            // A wrong clock on either side must not hide the post.
            let ahead = answer
                .header("date")
                .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
                .map_or(TimeDelta::zero(), |date| date.to_utc() - self.http().now());
            let oldest_wanted = since + ahead - CLOCKS_DIFFER;
            let is_last = posts.elements.len() < PAGE;
            let older = |posted: &Posted| posted.touched_at().is_some_and(|at| at < oldest_wanted);
            let is_past = posts.elements.iter().any(older);
            found.extend(posts.elements);
            if is_last || is_past {
                found.retain(|posted| posted.made_at().is_none_or(|at| at >= oldest_wanted));
                return Ok(found);
            }
        }
        Err("LinkedIn does not show enough of this page's older posts".to_owned())
    }

    /// Says what it means that LinkedIn calls a post a duplicate. That is no proof: for a day or two it also names posts
    /// that are gone (ComposioHQ/composio issue 2710).
    pub(super) async fn duplicate(
        &self,
        request: &AttemptRequest,
        wanted: &NewPost,
        named: Option<String>,
    ) -> Outcome {
        let Some(urn) = named else {
            return Outcome::Unknown {
                reason: format!("{BLOCKED} and does not say of which post: look there"),
            };
        };
        let there = api::permalink(&urn).unwrap_or_else(|| urn.clone());
        let answer = match self.post(&urn).await {
            Ok(Some(answer)) => answer,
            Ok(None) => {
                return Outcome::Unknown {
                    reason: format!(
                        "{BLOCKED} of a post that is not there ({there}): it refuses the text of a deleted post for a day or two; look, then change the text or wait"
                    ),
                };
            }
            Err(error) => {
                let why = match error {
                    CallError::Unavailable(why) => why,
                    _ => "a member's posts are shown to no program".to_owned(),
                };
                return Outcome::Unknown {
                    reason: format!("{BLOCKED} of {there}: look there ({why})"),
                };
            }
        };
        let posted: Posted = answer.json().unwrap_or_default();
        let since = api::began(request).map(|began| began - CLOCKS_DIFFER);
        match (posted.made_at(), since) {
            (Some(made), Some(since)) if made < since => Outcome::Rejected {
                reason: format!(
                    "{BLOCKED} of a post of {} ({there}): change the text",
                    made.format("%Y-%m-%d")
                ),
            },
            (Some(_), Some(_)) if likeness(&wanted.commentary, &posted) == Likeness::Same => {
                Outcome::Published(api::published(urn))
            }
            _ => Outcome::Unknown {
                reason: format!("{BLOCKED} of {there}: look there whether that is it"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(commentary: &str, edited_after: i64) -> Posted {
        Posted {
            id: "urn:li:share:1".to_owned(),
            commentary: commentary.to_owned(),
            created_at: Some(1_000_000),
            last_modified_at: Some(1_000_000 + edited_after * 1000),
            lifecycle_state: Some("PUBLISHED".to_owned()),
            ..Posted::default()
        }
    }

    #[test]
    fn the_same_text_is_the_same_however_it_is_escaped_and_a_cut_or_edited_one_only_alike() {
        let sent = r"hello {hashtag|\#|world} \(v2\)";
        let like = |commentary, edited| likeness(sent, &posted(commentary, edited));
        assert_eq!(like(sent, 0), Likeness::Same);
        assert_eq!(like("hello #world (v2)", 0), Likeness::Same);
        assert_eq!(like(r"hello {hashtag|\#|world} ", 0), Likeness::Alike);
        assert_eq!(like("something else", 0), Likeness::Other);
        assert_eq!(like("something else", 3600), Likeness::Alike);
        assert_eq!(likeness("", &posted("", 0)), Likeness::Alike);
        let failed = Posted {
            lifecycle_state: Some("PUBLISH_FAILED".to_owned()),
            ..posted(sent, 0)
        };
        assert_eq!(likeness(sent, &failed), Likeness::Alike);
    }
}
