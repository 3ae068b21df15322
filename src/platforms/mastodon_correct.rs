//! Deleting and editing statuses on Mastodon and the servers that speak its API.
//!
//! docs.joinmastodon.org/methods/statuses (edit, delete), read 2026-11. A 404 alone proves nothing: Mastodon gives it
//! for a status that is gone, snac for a method that it does not know, so the status is looked at before it is believed.

use super::http::{Answer, Body, Call};
use super::mastodon::Mastodon;
use super::mastodon_api::{self, Status, judge, segment};
use crate::domain::{Corrected, CorrectionKind, Part, RemoteRef};

impl Mastodon {
    /// `DELETE /api/v1/statuses/:id`.
    pub(super) async fn delete_status(&self, there: &RemoteRef) -> Corrected {
        let call = Call::delete(self.status_url(there)).bearer(self.token());
        match self.http().send(call).await {
            // The status with its source, or on some servers nothing at all.
            Ok(answer) if answer.is_success() => Corrected::Done,
            Ok(answer) => self.not_done(&answer, there, CorrectionKind::Delete).await,
            Err(failure) => failure.into(),
        }
    }

    /// `PUT /api/v1/statuses/:id`: whatever is left out would be cleared, so the whole part is sent.
    pub(super) async fn edit_status(
        &self,
        there: &RemoteRef,
        part: &Part,
        media_refs: &[String],
    ) -> Corrected {
        let body = mastodon_api::edited_status(part, media_refs);
        let call = Call::put(self.status_url(there), Body::Json(body)).bearer(self.token());
        let answer = match self.http().send(call).await {
            Ok(answer) => answer,
            Err(failure) => return failure.into(),
        };
        if !answer.is_success() {
            return self.not_done(&answer, there, CorrectionKind::Edit).await;
        }
        match answer.json::<Status>() {
            Some(status) if status.id == there.id => Corrected::Done,
            _ => Corrected::Unknown {
                reason: format!(
                    "{} answered {}, but not with the post",
                    self.host(),
                    answer.status
                ),
            },
        }
    }

    fn status_url(&self, there: &RemoteRef) -> String {
        self.url(&format!("/api/v1/statuses/{}", segment(&there.id)))
    }

    async fn not_done(
        &self,
        answer: &Answer,
        there: &RemoteRef,
        kind: CorrectionKind,
    ) -> Corrected {
        if !matches!(answer.status, 404 | 405 | 410) {
            return judge(answer).corrected(self.said(answer), self.remedy());
        }
        let look = Call::read(self.status_url(there)).bearer(self.token());
        let seen = match self.http().send(look).await {
            Ok(seen) => seen,
            Err(_) => {
                return Corrected::Unknown {
                    reason: self.said(answer),
                };
            }
        };
        match seen.status {
            404 | 410 => Corrected::Gone,
            200 => Corrected::Refused {
                reason: format!(
                    "{} does not let programs {} posts: do it on its page",
                    self.host(),
                    kind.word()
                ),
            },
            _ => Corrected::Unknown {
                reason: self.said(answer),
            },
        }
    }
}
