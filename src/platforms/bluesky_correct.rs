//! Deleting records on Bluesky and any other server of the AT protocol.
//!
//! `deleteRecord` succeeds for a record that is gone already, so it is looked for first. Posts are not edited: the
//! network shows them as they were, and answers are bound to the old content (docs.bsky.app, read 2026-11).

use super::bluesky::Bluesky;
use super::bluesky_record::{POSTS, author_and_key};
use super::bluesky_session::{error_name, judge};
use super::http::{Body, Call, quote};
use super::log_in_again;
use crate::domain::{Corrected, RemoteRef};

impl Bluesky {
    /// `com.atproto.repo.deleteRecord`.
    pub(super) async fn delete_record(&self, there: &RemoteRef) -> Corrected {
        let Some((repo, rkey)) = author_and_key(&there.id) else {
            return Corrected::Refused {
                reason: format!("`{}` is no address of a post", quote(&there.id)),
            };
        };
        let session = match self.keeper.session().await {
            Ok(session) => session,
            Err(error) => return error.into(),
        };
        if repo != session.did {
            return Corrected::Unauthorized {
                reason: log_in_again(
                    &format!(
                        "The login is of {}, the post is of {}",
                        quote(&session.did),
                        quote(repo)
                    ),
                    &self.keeper.remedy,
                ),
            };
        }
        let look = Call::read(format!("{}/xrpc/com.atproto.repo.getRecord", session.pds))
            .query("repo", repo)
            .query("collection", POSTS)
            .query("rkey", rkey);
        match self.keeper.http.send(look).await {
            Ok(answer) if error_name(&answer) == "RecordNotFound" => return Corrected::Gone,
            // Whatever else it says, the deletion itself is what counts.
            Ok(_) => {}
            Err(failure) => return super::CallError::from(failure).into(),
        }
        let body = serde_json::json!({"repo": repo, "collection": POSTS, "rkey": rkey});
        let asked = self
            .authorised(|session| {
                Call::post(
                    format!("{}/xrpc/com.atproto.repo.deleteRecord", session.pds),
                    Body::Json(body.to_string()),
                )
                .bearer(&session.access)
            })
            .await;
        match asked {
            Ok((answer, _)) if answer.is_success() => Corrected::Done,
            Ok((answer, session)) => {
                judge(&answer).corrected(self.said(&answer, &session), &self.keeper.remedy)
            }
            Err(trouble) => trouble.into(),
        }
    }
}
