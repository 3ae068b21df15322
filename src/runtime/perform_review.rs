//! Doing what the review page asks for: reading what waits, approving, and keeping what a reviewer says.
//!
//! The other effects are `perform.rs`. Whether one may approve is decided by the database.

use super::perform::{Change, Hands, answer};
use crate::app::{Effect, Msg, Reply};
use crate::domain::review::NoteKind;

/// So many posts are read at most.
const MOST: usize = 200;

impl Hands {
    pub(super) async fn perform_review(&self, effect: Effect) -> Option<Msg> {
        let (author, now) = (self.author.clone(), self.plan_clock.now());
        match effect {
            Effect::LoadReview(request) => {
                let read = self
                    .store
                    .call(move |db| db.to_review(&author, MOST, now))
                    .await;
                answer(request, read, Reply::Review)
            }
            Effect::Approve(request, id, revision, hashes) => {
                let approve = move |db: &mut crate::store::Db| {
                    db.approve_all(&author, id, Some(revision), &hashes, now)
                };
                let approved = self.store.call(approve).await;
                (self.changed)(Change::Posts);
                answer(request, approved, |()| {
                    Reply::Reviewed(id, "Approved as it is, on every channel".to_owned())
                })
            }
            Effect::Remark(request, id, kind, words) => {
                let keep = move |db: &mut crate::store::Db| match kind {
                    NoteKind::Asked | NoteKind::Lost => db.ask_review(&author, id, &words, now),
                    NoteKind::Changes => db.request_changes(&author, id, &words, now),
                    NoteKind::Comment => db.comment(&author, id, &words, now),
                };
                let kept = self.store.call(keep).await;
                answer(request, kept, |()| {
                    let words = match kind {
                        NoteKind::Asked | NoteKind::Lost => "It waits for a review now",
                        NoteKind::Changes => "Changes requested; the reason stays with the post",
                        NoteKind::Comment => "Noted with the post",
                    };
                    Reply::Reviewed(id, words.to_owned())
                })
            }
            _ => None,
        }
    }
}
