//! Deleting and editing messages on Zulip.
//!
//! zulip.com/api (update-message, delete-message), read 2026-11. Who may, and for how long, is a rule of the organization.
//! A message that is gone is refused in the same words as one that may not be changed, so it is looked at.

use super::http::{Answer, Body, Call};
use super::zulip::Zulip;
use super::zulip_api::{content, judge};
use super::{CallError, Verdict};
use crate::domain::{Corrected, Part, RemoteRef};

impl Zulip {
    /// `DELETE /api/v1/messages/{id}`.
    pub(super) async fn delete_message(&self, there: &RemoteRef) -> Corrected {
        let Some(url) = self.message_url(there) else {
            return no_message();
        };
        self.corrected(Call::delete(url), there).await
    }

    /// `PATCH /api/v1/messages/{id}`; the topic stays as it is.
    pub(super) async fn edit_message(
        &self,
        there: &RemoteRef,
        part: &Part,
        media_refs: &[String],
    ) -> Corrected {
        let Some(url) = self.message_url(there) else {
            return no_message();
        };
        let fields = vec![("content", content(part, media_refs))];
        self.corrected(Call::patch(url, Body::Form(fields)), there)
            .await
    }

    /// Ids come back from the database and become a part of an address.
    fn message_url(&self, there: &RemoteRef) -> Option<String> {
        let id: u64 = there.id.parse().ok()?;
        Some(self.url(&format!("messages/{id}")))
    }

    async fn corrected(&self, call: Call<'_>, there: &RemoteRef) -> Corrected {
        match self.send(call).await {
            Ok(answer) if answer.is_success() => Corrected::Done,
            Ok(answer) => self.not_done(&answer, there).await,
            Err(failure) => failure.into(),
        }
    }

    async fn not_done(&self, answer: &Answer, there: &RemoteRef) -> Corrected {
        let verdict = judge(answer);
        let said = verdict.corrected(self.said(answer), self.remedy());
        if verdict != Verdict::Refused {
            return said;
        }
        let Some(url) = self.message_url(there) else {
            return said;
        };
        match self.read(Call::read(url)).await {
            Err(CallError::Rejected(_)) => Corrected::Gone,
            _ => said,
        }
    }
}

fn no_message() -> Corrected {
    Corrected::Refused {
        reason: "It is no message of a Zulip server".to_owned(),
    }
}
