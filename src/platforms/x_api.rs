//! X's API as shapes and pure functions: what is sent, what comes back, what it means.
//!
//! Facts from docs.x.com (x-api/posts, media, fundamentals) and its openapi.json, read 2026-08 to 2026-11. Every id is a
//! text: numbers of that size lose digits. Who calls whom is in `x.rs`.

use super::http::{Answer, quote_without, read_instant};
use super::{PartContext, Verdict, address};
use crate::domain::{AttemptRequest, Part, RemoteRef};
use crate::secrets::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// The API of everybody.
pub(super) const API: &str = "https://api.x.com";

/// Where a person allows an application, on the site.
pub(super) const SITE: &str = "https://x.com";

/// From this difference on, X does not take a signature's time (five minutes; not documented, so with a margin).
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(4);

/// How long a channel rests once its credits are spent: nobody is told when there are new ones.
pub(super) const REST: TimeDelta = TimeDelta::hours(1);

/// `POST /2/tweets`; unknown fields are refused there.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewPost {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<NewMedia>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<NewReply>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewMedia {
    pub media_ids: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewReply {
    pub in_reply_to_tweet_id: String,
}

impl NewPost {
    /// Reads a recorded request; `None` when it is damaged.
    pub fn read(request: &AttemptRequest) -> Option<Self> {
        serde_json::from_str(&request.body).ok()
    }
}

/// Builds the request that posts one part. X knows no idempotency key; in its place stands which try it is, since a
/// "duplicate" means something else to a second try than to the first.
pub(super) fn new_post(part: &Part, context: &PartContext<'_>) -> AttemptRequest {
    let media_ids = context.media_refs.to_vec();
    let post = NewPost {
        text: part.text.clone(),
        media: (!media_ids.is_empty()).then_some(NewMedia { media_ids }),
        reply: context.answers.map(|answers| NewReply {
            in_reply_to_tweet_id: answers.id.clone(),
        }),
    };
    let number = context.earlier.map_or(1, |earlier| number(earlier) + 1);
    AttemptRequest {
        body: serde_json::to_string(&post).expect("a structure of texts is always JSON"),
        key: format!("try {number}"),
        media_refs: context.media_refs.to_vec(),
        ..AttemptRequest::default()
    }
}

/// Returns which try a request is, from 1.
pub(super) fn number(request: &AttemptRequest) -> u32 {
    let number = request.key.strip_prefix("try ").map(str::parse);
    number.and_then(Result::ok).unwrap_or(1)
}

/// What many answers are wrapped in.
#[derive(Debug, Deserialize)]
pub(super) struct Data<T> {
    pub data: T,
}

/// A post that was made.
#[derive(Debug, Deserialize)]
pub(super) struct Made {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
}

/// `GET /2/users/me`.
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
    #[serde(deserialize_with = "address::id")]
    pub username: String,
}

/// `DELETE /2/tweets/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Deleted {
    pub deleted: bool,
}

/// A problem, in X's forms: the present one, the lists of the older API, and OAuth's own.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Problem {
    pub title: Option<String>,
    pub detail: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub errors: Vec<OneError>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct OneError {
    pub message: Option<String>,
    pub detail: Option<String>,
    pub code: Option<u32>,
}

impl Problem {
    pub fn of(answer: &Answer) -> Self {
        answer.json().unwrap_or_default()
    }

    /// Whether X itself said something: a page in place of it proves nothing.
    fn is_told(&self) -> bool {
        self.title.is_some()
            || self.detail.is_some()
            || self.error.is_some()
            || !self.errors.is_empty()
    }

    /// Returns the most telling of its words.
    pub fn words(&self) -> Option<&str> {
        let listed = self.errors.first();
        let all = [
            self.detail.as_ref(),
            listed.and_then(|error| error.message.as_ref()),
            listed.and_then(|error| error.detail.as_ref()),
            self.error_description.as_ref(),
            self.title.as_ref(),
            self.error.as_ref(),
        ];
        let mut all = all.into_iter().flatten();
        all.find(|words| !words.trim().is_empty())
            .map(String::as_str)
    }

    fn says(&self, what: &[&str]) -> bool {
        let listed = (self.errors.iter()).flat_map(|error| [&error.message, &error.detail]);
        [&self.title, &self.detail, &self.kind]
            .into_iter()
            .chain(listed)
            .flatten()
            .any(|words| {
                let words = words.to_lowercase();
                what.iter().any(|what| words.contains(what))
            })
    }

    /// Whether the same text was posted a short while ago (words of 2026; code 187 in the older API).
    pub fn is_duplicate(&self) -> bool {
        self.says(&["duplicate"]) || self.errors.iter().any(|error| error.code == Some(187))
    }
}

/// Whether the account's money or its cap is spent. The words are not documented: several are looked for.
pub(super) fn is_spent(answer: &Answer) -> bool {
    answer.status == 402
        || (matches!(answer.status, 403 | 429)
            && Problem::of(answer).says(&["credit", "usage-capped", "usage cap", "spend cap"]))
}

/// Reads what an answer means.
pub(super) fn judge(answer: &Answer) -> Verdict {
    if is_spent(answer) {
        return Verdict::Wait;
    }
    match answer.status {
        401 => Verdict::LogIn,
        429 => Verdict::Wait,
        400 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 if Problem::of(answer).is_told() => {
            Verdict::Refused
        }
        413 => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

/// Until when to wait: the window's end, or the day's where that is what is used up.
pub(super) fn until(answer: &Answer, now: DateTime<Utc>) -> DateTime<Utc> {
    if is_spent(answer) {
        return now + REST;
    }
    let day = ["user", "app"].iter().find_map(|whose| {
        let header = |what: &str| answer.header(&format!("x-{whose}-limit-24hour-{what}"));
        (header("remaining")?.trim() == "0")
            .then(|| read_instant(header("reset")?.trim(), now))
            .flatten()
    });
    match day {
        Some(day) => day.clamp(now + TimeDelta::seconds(1), now + TimeDelta::hours(24)),
        None => answer.wait_until(now),
    }
}

/// Says what X said, in one sentence, without our secrets.
pub(super) fn said(host: &str, answer: &Answer, secrets: &[&Secret]) -> String {
    if is_spent(answer) {
        return format!(
            "{host} takes no more calls: the credits are spent or the spending cap is reached; add credits in \
             the developer console (console.x.com); the channel rests for an hour at a time"
        );
    }
    let problem = Problem::of(answer);
    match problem.words() {
        Some(words) => {
            let words = quote_without(words, secrets);
            format!("{host} says: {}", words.trim_end_matches('.'))
        }
        None => answer.without_words(host),
    }
}

/// Says that this machine's clock is wrong, where it is: signatures of another time are refused.
pub(super) fn wrong_clock(host: &str, answer: &Answer, now: DateTime<Utc>) -> Option<String> {
    let ahead = now - server_time(answer)?;
    if answer.status != 401 || ahead.abs() < CLOCKS_APART {
        return None;
    }
    let minutes = (ahead.abs().num_seconds() + 30) / 60;
    let way = if ahead > TimeDelta::zero() {
        "ahead of"
    } else {
        "behind"
    };
    Some(format!(
        "This machine's clock is {minutes} minutes {way} that of {host}, which refuses what is signed at another time: \
         set the clock, such as with `timedatectl set-ntp true`"
    ))
}

/// Returns the server's clock, as its `Date` header tells it.
pub(super) fn server_time(answer: &Answer) -> Option<DateTime<Utc>> {
    let date = DateTime::parse_from_rfc2822(answer.header("date")?).ok()?;
    Some(date.to_utc())
}

/// Returns where a post is read; without the account's name there is an address that leads there.
pub(super) fn permalink(username: Option<&str>, id: &str) -> Option<String> {
    let address = match username {
        Some(username) => format!("{SITE}/{username}/status/{id}"),
        None => format!("{SITE}/i/web/status/{id}"),
    };
    address::web_address(&address)
}

/// Returns the id of the post at an address of X (`https://x.com/NAME/status/ID`), or a bare id.
pub(super) fn post_id(text: &str) -> Option<String> {
    let text = text.trim();
    let is_id =
        |text: &str| (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_id(text) {
        return Some(text.to_owned());
    }
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let host = ["www.", "mobile."]
        .iter()
        .find_map(|start| host.strip_prefix(start))
        .unwrap_or(host);
    if !["x.com", "twitter.com"].contains(&host) {
        return None;
    }
    let mut pieces = url.path_segments()?;
    pieces.find(|piece| ["status", "statuses"].contains(piece))?;
    pieces.next().filter(|id| is_id(id)).map(str::to_owned)
}

/// Ids come back from the database and become a part of an address.
pub(super) fn is_post(there: &RemoteRef) -> bool {
    post_id(&there.id).as_deref() == Some(there.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DeliveryId;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        "2026-11-22T03:00:00Z".parse().unwrap()
    }

    fn context<'a>(
        answers: Option<&'a RemoteRef>,
        media_refs: &'a [String],
        earlier: Option<&'a AttemptRequest>,
    ) -> PartContext<'a> {
        PartContext {
            delivery: DeliveryId(1),
            index: 0,
            total: 1,
            answers,
            media_refs,
            created_at: now(),
            earlier,
        }
    }

    #[test]
    fn a_request_has_only_the_fields_that_it_needs_and_counts_its_tries() {
        let part = Part {
            text: "Hello & welcome".to_owned(),
            ..Part::default()
        };
        let plain = new_post(&part, &context(None, &[], None));
        assert_eq!(plain.body, r#"{"text":"Hello & welcome"}"#);
        assert_eq!(number(&plain), 1);
        let there = RemoteRef {
            id: "42".to_owned(),
            ..RemoteRef::default()
        };
        let ids = ["7".to_owned(), "8".to_owned()];
        let full = new_post(&part, &context(Some(&there), &ids, Some(&plain)));
        assert_eq!(
            full.body,
            r#"{"text":"Hello & welcome","media":{"media_ids":["7","8"]},"reply":{"in_reply_to_tweet_id":"42"}}"#
        );
        assert_eq!(number(&full), 2);
        let silent = new_post(&Part::default(), &context(None, &ids, None));
        assert_eq!(silent.body, r#"{"media":{"media_ids":["7","8"]}}"#);
    }

    #[test]
    fn what_x_says_decides_and_pages_prove_nothing() {
        let answer = |status, body: &str| Answer::fake(status, &[], body);
        let verdict = |status, body: &str| judge(&answer(status, body));
        let problem = |detail: &str| {
            json!({"title": "Forbidden", "status": 403, "type": "about:blank", "detail": detail})
                .to_string()
        };
        let duplicate = problem("You are not allowed to create a Tweet with duplicate content.");
        assert_eq!(verdict(403, &duplicate), Verdict::Refused);
        assert!(Problem::of(&answer(403, &duplicate)).is_duplicate());
        let old = r#"{"errors":[{"code":187,"message":"Status is a duplicate."}]}"#;
        assert!(Problem::of(&answer(403, old)).is_duplicate());
        let forbidden = problem("You are not permitted to perform this action.");
        assert!(!Problem::of(&answer(403, &forbidden)).is_duplicate());
        assert_eq!(verdict(403, &forbidden), Verdict::Refused);
        assert_eq!(verdict(401, "<html>"), Verdict::LogIn);
        assert_eq!(verdict(429, ""), Verdict::Wait);
        assert_eq!(verdict(402, ""), Verdict::Wait);
        let capped = r#"{"title":"UsageCapExceeded","type":"https://api.twitter.com/2/problems/usage-capped"}"#;
        assert_eq!(verdict(403, capped), Verdict::Wait);
        for status in [200, 302, 400, 403, 404, 500, 502, 503] {
            assert_eq!(verdict(status, "<html>"), Verdict::Unclear, "{status}");
        }
        assert_eq!(verdict(503, &forbidden), Verdict::Unclear);
    }

    #[test]
    fn waiting_is_until_the_window_or_the_day_ends() {
        let wait = |headers: &[(&'static str, &str)]| {
            (until(&Answer::fake(429, headers, ""), now()) - now()).num_minutes()
        };
        let in_minutes = |minutes| {
            (now() + TimeDelta::minutes(minutes))
                .timestamp()
                .to_string()
        };
        let (window, day) = (in_minutes(12), in_minutes(700));
        assert_eq!(wait(&[("x-rate-limit-reset", &window)]), 12);
        assert_eq!(
            wait(&[
                ("x-rate-limit-reset", &window),
                ("x-user-limit-24hour-remaining", "0"),
                ("x-user-limit-24hour-reset", &day),
            ]),
            700
        );
        assert_eq!(
            wait(&[
                ("x-rate-limit-reset", &window),
                ("x-app-limit-24hour-remaining", "17"),
                ("x-app-limit-24hour-reset", &day),
            ]),
            12
        );
    }

    #[test]
    fn a_wrong_clock_is_told_with_which_way_it_is_wrong() {
        let answer = |status, date| Answer::fake(status, &[("date", date)], "");
        let told = |date| wrong_clock("api.x.com", &answer(401, date), now());
        let ahead = told("Sun, 22 Nov 2026 02:54:40 GMT").unwrap();
        assert!(ahead.contains("is 5 minutes ahead of"), "{ahead}");
        let behind = told("Sun, 22 Nov 2026 04:00:00 GMT").unwrap();
        assert!(behind.contains("is 60 minutes behind"), "{behind}");
        assert!(behind.contains("timedatectl"), "{behind}");
        assert_eq!(told("Sun, 22 Nov 2026 02:59:00 GMT"), None);
        assert_eq!(told("soon"), None);
        let other = answer(403, "Sun, 22 Nov 2026 04:00:00 GMT");
        assert_eq!(wrong_clock("api.x.com", &other, now()), None);
    }

    #[test]
    fn a_post_is_known_by_its_address() {
        for address in [
            "1234567890123456789",
            "https://x.com/example/status/1234567890123456789",
            "https://www.twitter.com/example/status/1234567890123456789/photo/1?s=20",
            "https://x.com/i/web/status/1234567890123456789",
        ] {
            assert_eq!(
                post_id(address).as_deref(),
                Some("1234567890123456789"),
                "{address}"
            );
        }
        for address in [
            "https://x.com.example.org/a/status/1",
            "https://x.com/example",
            "https://x.com/example/status/12a",
            "12345678901234567890",
            "",
        ] {
            assert_eq!(post_id(address), None, "{address}");
        }
        assert_eq!(
            permalink(Some("example"), "7").as_deref(),
            Some("https://x.com/example/status/7")
        );
    }
}
