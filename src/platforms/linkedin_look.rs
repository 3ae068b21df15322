//! Is one of the page's posts ours? Looks up a post whose answer was lost, and what LinkedIn calls a duplicate.
//!
//! Only what is certain counts as there or as not there. A member's posts are shown to no program (`r_member_social` is
//! closed), so those ask a person.

use super::http::{Answer, Call};
use super::linkedin::LinkedIn;
use super::linkedin_api::{self as api, Duplicate, NewPost, READ_PAGE, Reshare};
use super::{CallError, LookUp, Sought, address};
use crate::domain::{AttemptRequest, Outcome};
use crate::text::linkedin::read_commentary;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// How much earlier than its attempt a post may seem to be, after LinkedIn's clock is taken into account.
pub(super) const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// How many posts are asked for at once, and how many pages are read before a person has to look.
const PAGE: usize = 10;
const MOST_PAGES: usize = 20;

/// What is said where LinkedIn refuses a text as a duplicate.
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
    #[serde(default)]
    reshare_context: Option<Reshare>,
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

/// Compares a post with the one that was sent: its text, whichever way either is escaped, and what it reshares.
pub(super) fn likeness(wanted: &str, reshares: Option<&Reshare>, posted: &Posted) -> Likeness {
    let (ours, theirs) = (read_commentary(wanted), read_commentary(&posted.commentary));
    let (ours, theirs) = (ours.trim(), theirs.trim());
    if ours == theirs {
        let is_told_apart = !ours.is_empty() || reshares.is_some();
        let same = posted.reshare_context.as_ref() == reshares;
        // Posts of pictures alone all say the same.
        return if posted.is_shown() && is_told_apart && same {
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
        if let Some(Outcome::Duplicate { of, .. }) = &sought.attempt.outcome {
            return self.look_at_twin(sought, &wanted, of.as_deref()).await;
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
            match wanted.likeness(&posted) {
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
            let oldest_wanted = since + ahead_of_ours(&answer, self.http().now()) - CLOCKS_DIFFER;
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
        duplicate: Duplicate,
    ) -> Outcome {
        let Some(urn) = duplicate.of else {
            return Outcome::Duplicate {
                reason: format!("{BLOCKED} and does not say of which post: look there"),
                of: None,
            };
        };
        let there = api::permalink(&urn).unwrap_or_else(|| urn.clone());
        let since = api::began(request).map(|began| began - CLOCKS_DIFFER);
        let reason = match self.twin(wanted, &urn, since).await {
            Twin::Ours => return Outcome::Published(api::published(urn)),
            Twin::Older(made) => {
                return Outcome::Rejected {
                    reason: format!(
                        "{BLOCKED} of a post of {} ({there}): change the text",
                        made.format("%Y-%m-%d")
                    ),
                };
            }
            Twin::Gone => format!(
                "{BLOCKED} of a post that is not there ({there}): it refuses the text of a deleted post for a day or two; look, then change the text or wait"
            ),
            Twin::Unclear => format!("{BLOCKED} of {there}: look there whether that is it"),
            Twin::Hidden(why) => format!("{BLOCKED} of {there}: look there ({why})"),
        };
        Outcome::Duplicate {
            reason,
            of: Some(urn),
        }
    }

    /// Looks again at the post that LinkedIn named when it refused ours: it may be shown late. Without it nothing is proved, and
    /// another send would be refused in the same way.
    async fn look_at_twin(
        &self,
        sought: &Sought<'_>,
        wanted: &NewPost,
        of: Option<&str>,
    ) -> LookUp {
        let reason = (sought.attempt.outcome.as_ref())
            .map_or("", Outcome::reason)
            .to_owned();
        let Some(urn) = of.and_then(api::post_urn) else {
            return LookUp::CannotTell { reason };
        };
        let is_ours = !sought.taken.contains(&urn)
            && matches!(
                self.twin(wanted, &urn, Some(sought.since - CLOCKS_DIFFER))
                    .await,
                Twin::Ours
            );
        if is_ours {
            LookUp::Found(api::published(urn))
        } else {
            LookUp::CannotTell { reason }
        }
    }

    /// Looks at the post of which ours is called a duplicate.
    async fn twin(&self, wanted: &NewPost, urn: &str, since: Option<DateTime<Utc>>) -> Twin {
        let answer = match self.post(urn).await {
            Ok(Some(answer)) => answer,
            Ok(None) => return Twin::Gone,
            Err(CallError::Unavailable(why)) => return Twin::Hidden(why),
            Err(_) => {
                return Twin::Hidden("a member's posts are shown to no program".to_owned());
            }
        };
        let posted: Posted = answer.json().unwrap_or_default();
        match (posted.made_at(), since) {
            (Some(made), Some(since)) if made < since => Twin::Older(made),
            (Some(_), Some(_)) if wanted.likeness(&posted) == Likeness::Same => Twin::Ours,
            _ => Twin::Unclear,
        }
    }
}

/// What the post is of which ours is called a duplicate.
enum Twin {
    /// The one that was sent.
    Ours,
    /// One that was there before.
    Older(DateTime<Utc>),
    Gone,
    /// It could be ours.
    Unclear,
    /// It cannot be read; why.
    Hidden(String),
}

impl NewPost {
    /// Compares a post that is there with this one.
    fn likeness(&self, posted: &Posted) -> Likeness {
        likeness(&self.commentary, self.reshare_context.as_ref(), posted)
    }
}

/// Returns how far LinkedIn's clock is ahead of ours: a wrong one on either side must not hide what was made.
pub(super) fn ahead_of_ours(answer: &Answer, now: DateTime<Utc>) -> TimeDelta {
    answer
        .header("date")
        .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
        .map_or(TimeDelta::zero(), |date| date.to_utc() - now)
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
        let like = |commentary, edited| likeness(sent, None, &posted(commentary, edited));
        assert_eq!(like(sent, 0), Likeness::Same);
        assert_eq!(like("hello #world (v2)", 0), Likeness::Same);
        assert_eq!(like(r"hello {hashtag|\#|world} ", 0), Likeness::Alike);
        assert_eq!(like("something else", 0), Likeness::Other);
        assert_eq!(like("something else", 3600), Likeness::Alike);
        assert_eq!(likeness("", None, &posted("", 0)), Likeness::Alike);
        let failed = Posted {
            lifecycle_state: Some("PUBLISH_FAILED".to_owned()),
            ..posted(sent, 0)
        };
        assert_eq!(likeness(sent, None, &failed), Likeness::Alike);
    }

    #[test]
    fn a_reshare_is_told_by_what_it_reshares_even_without_a_word() {
        let of = |parent: &str| Reshare {
            parent: parent.to_owned(),
        };
        let reshare = |parent: &str| Posted {
            reshare_context: Some(of(parent)),
            ..posted("", 0)
        };
        let wanted = of("urn:li:share:7");
        let like = |posted| likeness("", Some(&wanted), &posted);
        assert_eq!(like(reshare("urn:li:share:7")), Likeness::Same);
        assert_eq!(like(reshare("urn:li:share:8")), Likeness::Alike);
        assert_eq!(like(posted("", 0)), Likeness::Alike);
    }
}
