//! Deleting and editing posts on LinkedIn.
//!
//! learn.microsoft.com, "Posts API" (li-lms-2026-05, read 2026-11): deleting is idempotent; of a post that is out the text
//! can be changed, its pictures and card cannot.

use super::Verdict;
use super::http::{Answer, Body, Call};
use super::linkedin::LinkedIn;
use super::linkedin_api::{encoded, judge, post_urn};
use crate::domain::{Corrected, Part, RemoteRef};
use serde_json::{Value, json};

impl LinkedIn {
    /// `DELETE /rest/posts/{urn}`.
    pub(super) async fn delete_post(&self, there: &RemoteRef) -> Corrected {
        let Some(url) = self.post_url(there) else {
            return no_post();
        };
        let json = ("content-type", "application/json");
        let call = || {
            self.rest(Call::delete(url.clone()))
                .header("x-restli-method", "DELETE")
                .header(json.0, json.1)
        };
        match self.send(call).await {
            Ok(answer) => self.corrected(&answer).await,
            Err(none) => none.into(),
        }
    }

    /// `POST /rest/posts/{urn}` as a partial update of the text.
    pub(super) async fn edit_post(&self, there: &RemoteRef, part: &Part) -> Corrected {
        let Some(url) = self.post_url(there) else {
            return no_post();
        };
        // A member's post cannot be read; then nobody can compare.
        match self.post(&there.id).await {
            Ok(None) => return Corrected::Gone,
            Ok(Some(answer))
                if answer
                    .json()
                    .is_some_and(|there| !same_content(&there, part)) =>
            {
                return Corrected::Refused {
                    reason: "LinkedIn changes the text of a post, not its pictures or its link: delete it, and send a copy of the post".to_owned(),
                };
            }
            _ => {}
        }
        let body = json!({"patch": {"$set": {"commentary": part.text}}}).to_string();
        let call = || {
            self.rest(Call::post(url.clone(), Body::Json(body.clone())))
                .header("x-restli-method", "PARTIAL_UPDATE")
        };
        match self.send(call).await {
            Ok(answer) => self.corrected(&answer).await,
            Err(none) => none.into(),
        }
    }

    /// Ids come back from the database and become a part of an address.
    fn post_url(&self, there: &RemoteRef) -> Option<String> {
        let urn = post_urn(&there.id)?;
        Some(self.url(&format!("rest/posts/{}", encoded(&urn))))
    }

    pub(super) async fn corrected(&self, answer: &Answer) -> Corrected {
        match answer.status {
            200..=299 => Corrected::Done,
            404 => Corrected::Gone,
            _ => {
                let reason = self.said(answer, self.posting()).await;
                match judge(answer) {
                    // Both may be asked for again.
                    Verdict::Unclear => Corrected::Unknown { reason },
                    verdict => verdict.corrected(reason, self.remedy()),
                }
            }
        }
    }
}

/// Whether a post has as many pictures as the part, and a card where the part has one.
fn same_content(there: &Value, part: &Part) -> bool {
    let content = &there["content"];
    let images = content["multiImage"]["images"].as_array();
    let pictures = match (images, &content["media"]) {
        (Some(images), _) => images.len(),
        (None, Value::Object(_)) => 1,
        (None, _) => 0,
    };
    let source = content["article"]["source"].as_str();
    pictures == part.media.len() && source == part.card.as_ref().map(|card| card.url.as_str())
}

fn no_post() -> Corrected {
    Corrected::Refused {
        reason: "It is no post on LinkedIn".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_compared_before_a_text_is_changed() {
        let part = Part::default();
        assert!(same_content(&json!({"commentary": "a"}), &part));
        let one = json!({"content": {"media": {"id": "urn:li:image:A"}}});
        assert!(!same_content(&one, &part));
        let card = json!({"content": {"article": {"source": "https://example.org"}}});
        assert!(!same_content(&card, &part));
    }
}
