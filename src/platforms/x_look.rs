//! Is one of the account's posts ours? Looks up a post whose answer was lost, in the account's own timeline.
//!
//! docs.x.com/x-api/posts/timelines, read 2026-11. X changes a text on its way back: links become `t.co`, `&` becomes an
//! entity, a picture adds a link; that is undone first. Each post that is read costs money, so no more is asked for than
//! the time around the attempt; a live thread may still be longer than a page.

use super::http::{Answer, Call};
use super::x::X;
use super::x_api::{NewPost, server_time};
use super::{CallError, LookUp, Sought, address};
use crate::domain::Published;
use crate::text::x::as_compared;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;

/// How much earlier or later than its attempt a post may seem to be made, after clocks are compared.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(2);

/// From this difference on, the server's clock is taken into account.
const WORTH_ASKING_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// X refuses a time that is not this far in the past.
const NOT_YET: TimeDelta = TimeDelta::seconds(15);

/// How many posts are asked for at once: the most.
const PAGE: &str = "100";

/// How many pages are read before a person has to look; X shows no more than 3,200 posts of an account.
const MOST_PAGES: usize = 32;

/// `GET /2/users/{id}/tweets`.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub data: Vec<Posted>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    #[serde(default, deserialize_with = "address::maybe_id")]
    next_token: Option<String>,
}

/// A post of ours.
#[derive(Debug, Deserialize)]
pub(super) struct Posted {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    entities: Entities,
    /// The whole of a long post.
    note_tweet: Option<Note>,
    #[serde(default)]
    attachments: Attachments,
    #[serde(default)]
    referenced_tweets: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    entities: Entities,
}

#[derive(Debug, Default, Deserialize)]
struct Entities {
    #[serde(default)]
    urls: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    url: String,
    #[serde(default)]
    expanded_url: String,
    /// Only the link to a picture of the post has one.
    media_key: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Attachments {
    #[serde(default)]
    media_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

impl Posted {
    /// Returns the text as it was sent, as far as that can be told.
    fn as_sent(&self) -> String {
        let (text, entities) = match &self.note_tweet {
            Some(note) => (&note.text, &note.entities),
            None => (&self.text, &self.entities),
        };
        let mut whole = String::with_capacity(text.len());
        let mut rest = text.as_str();
        // A picture's link stands once for each picture, at one place.
        for link in entities.urls.iter().chain(&self.entities.urls) {
            let Some((before, after)) = rest.split_once(link.url.as_str()) else {
                continue;
            };
            if link.url.is_empty() {
                continue;
            }
            whole.push_str(&unescaped(before));
            if !link.is_of_media(&self.id) {
                whole.push_str(&link.expanded_url);
            }
            rest = after;
        }
        whole.push_str(&unescaped(rest));
        whole
    }

    fn answers(&self) -> Option<&str> {
        let replied = |reference: &&Reference| reference.kind == "replied_to";
        let reference = self.referenced_tweets.iter().find(replied);
        reference.map(|reference| reference.id.as_str())
    }
}

impl Link {
    fn is_of_media(&self, post: &str) -> bool {
        let own = format!("/status/{post}/");
        self.media_key.is_some() || self.expanded_url.contains(&own)
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// How much a post is like what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Same,
    /// It could be.
    Alike,
    Other,
}

/// Compares a post with what was sent.
pub(super) fn likeness(wanted: &NewPost, posted: &Posted) -> Likeness {
    let sent = as_compared(&wanted.text);
    let there = as_compared(&posted.as_sent());
    let answers = wanted
        .reply
        .as_ref()
        .map(|reply| reply.in_reply_to_tweet_id.as_str());
    // X puts the names of those who are answered before the text.
    let same = sent == there || (answers.is_some() && sent == without_names(&there));
    if !same {
        return Likeness::Other;
    }
    let pictures = wanted
        .media
        .as_ref()
        .map_or(0, |media| media.media_ids.len());
    if answers == posted.answers() && pictures == posted.attachments.media_keys.len() {
        Likeness::Same
    } else {
        Likeness::Alike
    }
}

fn without_names(text: &str) -> &str {
    let mut text = text;
    while let Some(rest) = text.strip_prefix('@') {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        match end.map(|end| rest.split_at(end)) {
            Some((_, rest)) if rest.starts_with(' ') => text = rest.trim_start(),
            _ => break,
        }
    }
    text
}

/// The time around an attempt, by the server's clock.
#[derive(Clone, Copy, Debug)]
struct Around {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Around {
    fn new(sought: &Sought<'_>, now: DateTime<Utc>, ahead: TimeDelta) -> Self {
        let now = now + ahead;
        let latest = now - NOT_YET;
        Self {
            since: (sought.since + ahead - CLOCKS_DIFFER).min(latest),
            until: sought.attempt.deadline + ahead + CLOCKS_DIFFER,
            now,
        }
    }

    fn start(self) -> String {
        self.since.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Later posts need not be read, and paid for; a time that has not come is refused.
    fn end(self) -> Option<String> {
        let is_past = self.until < self.now - NOT_YET && self.until > self.since;
        is_past.then(|| self.until.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl X {
    pub(super) async fn look_in_timeline(&self, sought: &Sought<'_>) -> LookUp {
        let Some(wanted) = NewPost::read(&sought.attempt.request) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        match self.found(&wanted, sought).await {
            Ok(answer) => answer,
            Err(error) => LookUp::cannot_tell(error.to_string()),
        }
    }

    /// Reads the own posts around the attempt, the newest first, until it is found or there are no more.
    async fn found(&self, wanted: &NewPost, sought: &Sought<'_>) -> Result<LookUp, CallError> {
        let me = self.whose().await?;
        let now = self.http().now();
        let mut around = Around::new(sought, now, TimeDelta::zero());
        let mut clocks_compared = false;
        let mut next: Option<String> = None;
        let mut alike = None;
        let mut pages = 0;
        while pages < MOST_PAGES {
            let answer = self.page(&me.id, around, next.as_deref()).await?;
            // A wrong clock on either side must not hide the post.
            let ahead = server_time(&answer).map_or(TimeDelta::zero(), |theirs| theirs - now);
            if !clocks_compared && ahead.abs() > WORTH_ASKING_AGAIN {
                clocks_compared = true;
                around = Around::new(sought, now, ahead);
                continue;
            }
            clocks_compared = true;
            if !answer.is_success() {
                return Err(self.refused(&answer, &[]));
            }
            let page: Page = answer.json().ok_or_else(|| self.unreadable("posts"))?;
            for posted in &page.data {
                if sought.taken.contains(&posted.id) {
                    continue;
                }
                match likeness(wanted, posted) {
                    Likeness::Same => {
                        return Ok(LookUp::Found(Published {
                            permalink: self.permalink(&posted.id),
                            id: posted.id.clone(),
                            ..Published::default()
                        }));
                    }
                    Likeness::Alike => alike = alike.or_else(|| Some(posted.id.clone())),
                    Likeness::Other => {}
                }
            }
            pages += 1;
            next = page.meta.next_token;
            if next.is_none() {
                return Ok(match alike {
                    None => LookUp::Absent,
                    Some(id) => LookUp::cannot_tell(format!(
                        "a post like it is there: {}",
                        self.permalink(&id).unwrap_or(id)
                    )),
                });
            }
        }
        Ok(LookUp::cannot_tell(format!(
            "{} shows no end of this account's posts",
            self.host()
        )))
    }

    async fn page(
        &self,
        me: &str,
        around: Around,
        next: Option<&str>,
    ) -> Result<Answer, CallError> {
        let url = self.url(&format!("users/{me}/tweets"));
        let (start, end) = (around.start(), around.end());
        let make = || {
            let mut call = Call::read(url.clone())
                .query("max_results", PAGE)
                .query("start_time", &start)
                .query("exclude", "retweets")
                .query(
                    "tweet.fields",
                    "created_at,text,entities,note_tweet,attachments,referenced_tweets",
                );
            if let Some(end) = &end {
                call = call.query("end_time", end);
            }
            if let Some(next) = next {
                call = call.query("pagination_token", next);
            }
            call
        };
        Ok(self.send(make).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AttemptRequest;
    use serde_json::{Value, json};

    fn wanted(body: Value) -> NewPost {
        NewPost::read(&AttemptRequest {
            body: body.to_string(),
            ..AttemptRequest::default()
        })
        .unwrap()
    }

    fn like(sent: Value, there: Value) -> Likeness {
        likeness(&wanted(sent), &serde_json::from_value(there).unwrap())
    }

    #[test]
    fn links_entities_and_a_pictures_own_link_are_undone() {
        let sent = json!({
            "text": "A & B <3: example.org/a and https://example.org/a?b=1&c=2 e\u{301}",
            "media": {"media_ids": ["1", "2"]},
        });
        let there = json!({
            "id": "7",
            "text": "A &amp; B &lt;3: https://t.co/one and https://t.co/two \u{e9} https://t.co/pic",
            "entities": {"urls": [
                {"url": "https://t.co/one", "expanded_url": "http://example.org/a"},
                {"url": "https://t.co/two", "expanded_url": "https://example.org/a?b=1&c=2"},
                {"url": "https://t.co/pic", "expanded_url": "https://x.com/a/status/7/photo/1", "media_key": "3_1"},
                {"url": "https://t.co/pic", "expanded_url": "https://x.com/a/status/7/photo/1", "media_key": "3_2"},
            ]},
            "attachments": {"media_keys": ["3_1", "3_2"]},
        });
        assert_eq!(like(sent.clone(), there.clone()), Likeness::Same);
        let mut fewer = there;
        fewer["attachments"]["media_keys"] = json!(["3_1"]);
        assert_eq!(like(sent, fewer), Likeness::Alike);
    }

    #[test]
    fn a_long_post_is_compared_whole_and_an_answer_by_what_it_answers() {
        let long = "word ".repeat(100);
        let there = json!({
            "id": "7", "text": "word word…", "note_tweet": {"text": long.trim_end()},
        });
        assert_eq!(like(json!({"text": long}), there), Likeness::Same);
        let answer = json!({"text": "yes", "reply": {"in_reply_to_tweet_id": "6"}});
        let there = |text: &str, to: &str| json!({"id": "7", "text": text, "referenced_tweets": [{"type": "replied_to", "id": to}]});
        assert_eq!(
            like(answer.clone(), there("@ada @b yes", "6")),
            Likeness::Same
        );
        assert_eq!(like(answer.clone(), there("yes", "5")), Likeness::Alike);
        assert_eq!(like(answer, there("yes!", "6")), Likeness::Other);
    }

    #[test]
    fn a_link_that_merely_starts_alike_is_another() {
        let there = json!({
            "id": "7", "text": "https://t.co/one",
            "entities": {"urls": [{"url": "https://t.co/one", "expanded_url": "https://example.org/ab"}]},
        });
        assert_eq!(
            like(json!({"text": "https://example.org/a"}), there),
            Likeness::Other
        );
    }
}
