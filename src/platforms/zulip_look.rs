//! Is one of the messages in the channel ours? Looks up a message whose answer was lost.
//!
//! Asked without the topic: somebody may have moved the message since. Only what is certain counts as there or as not
//! there; a message that was edited, cut or moved is left to a person.

use super::zulip::Zulip;
use super::zulip_api::{NO_TOPIC, NewMessage};
use super::{CallError, LookUp, Sought};
use crate::domain::{Published, Target};
use crate::text::zulip::kept;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

/// How much earlier than its attempt a message may seem to be, after the server's clock is taken into account.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);

/// How many messages are asked for at once.
const PAGE: usize = 100;

/// How many pages are read before a person has to look.
const MOST_PAGES: usize = 10;

/// What the server puts at the end of a text that it cut (`zerver/lib/message.py`).
const CUT: &str = "[message truncated]";

/// `GET /api/v1/messages`.
#[derive(Deserialize)]
pub(super) struct Page {
    pub messages: Vec<Posted>,
    #[serde(default)]
    pub found_oldest: bool,
}

/// A message of ours in the channel.
#[derive(Debug, Deserialize)]
pub(super) struct Posted {
    pub id: u64,
    /// The topic, by its older name.
    #[serde(default)]
    pub subject: String,
    pub content: String,
    /// Epoch seconds.
    timestamp: i64,
    #[serde(default)]
    last_edit_timestamp: Option<i64>,
}

/// How much a message is like what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Same,
    /// It could be.
    Alike,
    Other,
}

/// Compares a message with what was sent.
pub(super) fn likeness(wanted: &NewMessage, posted: &Posted) -> Likeness {
    let same_topic = topic(&wanted.topic) == topic(&posted.subject);
    let (ours, theirs) = (kept(&wanted.content), kept(&posted.content));
    if ours == theirs {
        return if same_topic {
            Likeness::Same
        } else {
            Likeness::Alike
        };
    }
    let cut = theirs
        .strip_suffix(CUT)
        .is_some_and(|start| ours.starts_with(start.trim_end()));
    let edited = posted.last_edit_timestamp.is_some();
    if cut || (edited && same_topic) {
        Likeness::Alike
    } else {
        Likeness::Other
    }
}

/// Topics are the same whatever their case; an empty one is what `(no topic)` means.
fn topic(text: &str) -> String {
    match text.trim().to_lowercase() {
        none if none == NO_TOPIC => String::new(),
        other => other,
    }
}

impl Zulip {
    pub(super) async fn look_in_channel(&self, sought: &Sought<'_>) -> LookUp {
        let Some(wanted) = NewMessage::read(&sought.attempt.request) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        // Where it was sent, which the configuration may no longer say.
        let to = wanted.target();
        let own = match self.own_since(&to, sought.since).await {
            Ok(own) => own,
            Err(reason) => return LookUp::CannotTell { reason },
        };
        let mut alike = None;
        for posted in own {
            let id = posted.id.to_string();
            if sought.taken.contains(&id) {
                continue;
            }
            match likeness(&wanted, &posted) {
                Likeness::Same => {
                    return LookUp::Found(Published {
                        permalink: self.permalink(&to, &posted.subject, &id).await,
                        id,
                        ..Published::default()
                    });
                }
                Likeness::Alike => alike = alike.or(Some((posted.subject, id))),
                Likeness::Other => {}
            }
        }
        match alike {
            None => LookUp::Absent,
            Some((topic, id)) => LookUp::cannot_tell(format!(
                "a message like it is there: {}",
                self.permalink(&to, &topic, &id).await.unwrap_or(id)
            )),
        }
    }

    /// Reads the account's own messages in a channel back to `since` by the server's clock; the error says why that
    /// cannot be done.
    async fn own_since(&self, to: &Target, since: DateTime<Utc>) -> Result<Vec<Posted>, String> {
        let said = |error: CallError| error.to_string();
        let me = self.me().await.map_err(said)?;
        let within = self.http().timeouts().total;
        let place = self.place_of(to, within).await.map_err(said)?;
        // `stream` is what every version understands.
        let narrow = json!([
            {"operator": "stream", "operand": place.id},
            {"operator": "sender", "operand": me.user_id},
        ])
        .to_string();
        let before = PAGE.to_string();
        let mut found: Vec<Posted> = Vec::new();
        for _ in 0..MOST_PAGES {
            let anchor = found
                .iter()
                .map(|posted| posted.id)
                .min()
                .map_or_else(|| "newest".to_owned(), |oldest| oldest.to_string());
            let call = self
                .list("messages")
                .query("anchor", &anchor)
                .query("num_before", &before)
                .query("num_after", "0")
                .query("apply_markdown", "false")
                .query("allow_empty_topic_name", "true")
                .query("narrow", &narrow);
            let answer = self.read(call).await.map_err(said)?;
            let page: Page = answer
                .json()
                .ok_or_else(|| self.unreadable("messages").to_string())?;
            // A wrong clock on either side must not hide the message.
            let ahead = answer
                .header("date")
                .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
                .map_or(TimeDelta::zero(), |date| date.to_utc() - self.http().now());
            let oldest_wanted = (since + ahead - CLOCKS_DIFFER).timestamp();
            let known = found.len();
            for posted in page.messages {
                // The anchor itself comes again.
                if found.iter().all(|seen| seen.id != posted.id) {
                    found.push(posted);
                }
            }
            let reached = found.iter().any(|posted| posted.timestamp < oldest_wanted);
            if reached || page.found_oldest {
                found.retain(|posted| posted.timestamp >= oldest_wanted);
                return Ok(found);
            }
            if found.len() == known {
                break;
            }
        }
        Err(format!(
            "{} does not show enough of this account's older messages",
            self.host()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AttemptRequest;

    fn wanted(topic: &str, content: &str) -> NewMessage {
        let body = json!({"type": "stream", "to": "a", "topic": topic, "content": content});
        NewMessage::read(&AttemptRequest {
            body: body.to_string(),
            ..AttemptRequest::default()
        })
        .unwrap()
    }

    fn posted(subject: &str, content: &str, edited: Option<i64>) -> Posted {
        Posted {
            id: 1,
            subject: subject.to_owned(),
            content: content.to_owned(),
            timestamp: 0,
            last_edit_timestamp: edited,
        }
    }

    #[test]
    fn what_the_server_trims_is_the_same_and_a_moved_edited_or_cut_message_only_alike() {
        let sent = wanted("News", "\nhello *all* \n");
        let like = |subject, content, edited| likeness(&sent, &posted(subject, content, edited));
        assert_eq!(like("news", "hello *all*", None), Likeness::Same);
        assert_eq!(like("other", "hello *all*", None), Likeness::Alike);
        assert_eq!(like("news", "hello all", Some(9)), Likeness::Alike);
        assert_eq!(like("other", "hello all", Some(9)), Likeness::Other);
        assert_eq!(like("news", "hello all", None), Likeness::Other);
        assert_eq!(
            like("news", "hello\n[message truncated]", None),
            Likeness::Alike
        );
        assert_eq!(
            likeness(&wanted(NO_TOPIC, "a"), &posted("", "a", None)),
            Likeness::Same
        );
    }
}
