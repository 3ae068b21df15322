//! One recorded try at one part of a delivery.
//!
//! It is committed before anything is sent, and holds all that is needed to recognise the post later.

use super::{AttemptId, DeliveryId, Outcome};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What will be sent, fixed before the first byte leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRequest {
    /// The request's body, byte for byte (a token is never part of it).
    pub body: String,
    /// Idempotency key: one per (delivery, part), kept over retries.
    pub key: String,
    /// Record key (Bluesky TID), chosen when the first attempt at this part was recorded.
    pub rkey: Option<String>,
    /// References that the platform gave for the media, in order.
    pub media_refs: Vec<String>,
    /// What they were uploaded from (`Part::uploads_hash`): other media are uploaded anew. Empty where nobody noted it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub media_hash: String,
}

impl AttemptRequest {
    /// Returns the text in the recorded bytes, for a person to recognise the post by: what a JSON body holds under a name
    /// that says so, else its longest string, else the body itself.
    pub fn text(&self) -> String {
        let Ok(body) = serde_json::from_str(&self.body) else {
            return self.body.clone();
        };
        let strings = strings(&body, "");
        let named = strings.iter().find(|(name, _)| TEXT_FIELDS.contains(name));
        let longest = || strings.iter().max_by_key(|(_, text)| text.len());
        named
            .or_else(longest)
            .map_or_else(String::new, |(_, text)| (*text).to_owned())
    }
}

/// What the bodies of requests call the text of a post.
const TEXT_FIELDS: [&str; 4] = ["status", "text", "content", "commentary"];

/// Returns every string of a value with the name of its field.
fn strings<'v>(value: &'v serde_json::Value, name: &'v str) -> Vec<(&'v str, &'v str)> {
    use serde_json::Value;
    match value {
        Value::String(text) => vec![(name, text)],
        Value::Array(all) => all.iter().flat_map(|one| strings(one, name)).collect(),
        Value::Object(fields) => (fields.iter())
            .flat_map(|(name, one)| strings(one, name))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// One recorded try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Row id.
    pub id: AttemptId,
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// Part of the thread, from 0.
    pub part: u32,
    /// Number of the try at this part, from 1.
    pub number: u32,
    /// What was to be sent.
    pub request: AttemptRequest,
    /// When it was committed.
    pub started_at: DateTime<Utc>,
    /// Until then the answer may still come; nobody else looks before.
    pub deadline: DateTime<Utc>,
    /// How it ended; `None` while it is in flight, or after the process died.
    pub outcome: Option<Outcome>,
    /// When the outcome was committed.
    pub ended_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_found_in_the_bytes_that_were_sent() {
        let text = |body: &str| {
            let request = AttemptRequest {
                body: body.to_owned(),
                ..AttemptRequest::default()
            };
            request.text()
        };
        let body = r#"{"status":"Hello from the calendar","media_ids":["17"],"language":"en"}"#;
        assert_eq!(text(body), "Hello from the calendar");
        assert_eq!(
            text(r#"{"record":{"text":"Hi"},"repo":"did:plc:abcdef"}"#),
            "Hi"
        );
        assert_eq!(text("no JSON"), "no JSON");
    }
}
