//! One action on several posts, in one transaction and with one undo entry for the whole.
//!
//! What it makes of each post is `domain/several.rs`; a post that it cannot be done to stays as it is, and is named.

use super::error::{Fallible, Fault};
use super::journal::{Change, apart, join, record, sentence};
use super::posts::{insert_post, load_view, named, revise};
use super::{Db, Durability, PostView, Result, Transaction};
use crate::domain::{Author, PostId, Several, Step};
use chrono::{DateTime, Utc};

/// What an action on several posts did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The posts that were changed, or made.
    pub posts: Vec<PostId>,
    /// What was done, in words: `moved 3 posts a day on`.
    pub label: String,
    /// Why some posts stayed as they are, each named.
    pub stayed: Vec<String>,
}

impl Db {
    /// Does one action to several posts. `plan_now` is the plan's time, by which a post may not be moved into the past.
    ///
    /// # Errors
    /// `Refused`, naming the first post, when it can be done to none of them; `NotFound` for a post that is not there.
    pub fn change_several(
        &mut self,
        author: &Author,
        posts: &[PostId],
        action: &Several,
        plan_now: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Changed> {
        let rule = self.review;
        self.write(Durability::Normal, |tx| {
            let views = posts
                .iter()
                .map(|id| load_view(tx, rule, *id))
                .collect::<Fallible<Vec<PostView>>>()?;
            let steps = action.apply(&views, plan_now);
            let (mut done, mut stayed) = (Vec::new(), Vec::new());
            for (view, step) in views.iter().zip(steps) {
                let name = named(view.post.id, &view.post.content);
                let taken = match step {
                    Ok(step) => apart(tx, || take(tx, author, view, step, now))?,
                    Err(why) => Err(format!("{name} {why}")),
                };
                match taken {
                    Ok(Some(pair)) => done.push(pair),
                    Ok(None) => {}
                    Err(why) => stayed.push(why),
                }
            }
            if done.is_empty() && !stayed.is_empty() {
                return Err(Fault::refused(sentence(&stayed)));
            }
            let label = action.label(done.len());
            if let Some((_, first)) = done.first() {
                for (_, entry) in &done {
                    join(tx, *entry, *first, &label)?;
                }
            }
            Ok(Changed {
                posts: done.into_iter().map(|(post, _)| post).collect(),
                label,
                stayed,
            })
        })
    }
}

/// Takes one step; returns the post and its undo entry, and `None` where there was nothing to change.
fn take(
    tx: &Transaction<'_>,
    author: &Author,
    view: &PostView,
    step: Step,
    now: DateTime<Utc>,
) -> Fallible<Option<(PostId, i64)>> {
    let old = &view.post;
    match step {
        Step::Copy(content) => {
            let (id, entry) = insert_post(tx, author, &content, Some(old.id), now)?;
            Ok(Some((id, entry)))
        }
        Step::Revise(content) if content == old.content => Ok(None),
        Step::Revise(content) => {
            let post = revise(tx, author, old, &content, now)?;
            let change = Change {
                from: Some(old.revision),
                to: post.revision,
                label: "",
            };
            let entry = record(tx, author, old.id, &change, now)?;
            Ok(Some((old.id, entry)))
        }
    }
}
