//! Review: asking for it, what was said, what waits, and whether a delivery has the approval that it needs.
//!
//! Approvals themselves are `approvals.rs`; what a composed result looks like is not known here.

use super::approvals::standing;
use super::error::{Fallible, Fault};
use super::posts::{ensure_author, load_content, load_post, load_view, named};
use super::row::{instant, limit as rows, millis, number, word};
use super::{Db, Durability, Result, Transaction};
use crate::domain::review::{LastApproved, NoteKind, PRESENT, ReviewNote, ReviewRule, Reviewed};
use crate::domain::{Author, DeliveryId, PostId};
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

/// Which posts `p` wait for a reviewer. Under the rule that is every planned one that is not approved.
pub(super) fn waiting(rule: ReviewRule) -> &'static str {
    match rule {
        ReviewRule::Optional => "p.trashed = 0 AND p.standing < 9 AND p.review = 'in-review'",
        ReviewRule::Required => {
            "p.trashed = 0 AND p.standing < 9 AND p.review IN ('in-review', 'draft')
                 AND (p.review = 'in-review' OR p.scheduled = 1)"
        }
    }
}

/// Counts the posts that wait for a reviewer.
pub(super) fn count_waiting(tx: &Transaction<'_>, rule: ReviewRule) -> Fallible<usize> {
    let sql = format!("SELECT count(*) FROM posts AS p WHERE {}", waiting(rule));
    Ok(tx
        .prepare_cached(&sql)?
        .query_row([], |row| number(row, 0))?)
}

impl Db {
    /// Sets whether what leaves needs an approval; holds for this process.
    pub fn set_review_rule(&mut self, rule: ReviewRule) {
        self.review = rule;
    }

    /// Returns whether what leaves needs an approval.
    pub fn review_rule(&self) -> ReviewRule {
        self.review
    }

    /// Asks for a review of a post; the words for its reviewers may be empty.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for a post in the trash, one that goes nowhere, one that was approved, and one that has left.
    pub fn ask_review(
        &mut self,
        author: &Author,
        id: PostId,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let post = load_post(tx, id)?;
            let name = || named(id, &post.content);
            if post.content.trashed {
                return Err(Fault::refused(format!("{} is in the trash", name())));
            }
            if post.content.variants.is_empty() {
                return Err(Fault::refused(format!(
                    "{} goes to no channel: there is nothing to review",
                    name()
                )));
            }
            let (review, standing): (String, i64) = tx
                .prepare_cached("SELECT review, standing FROM posts WHERE id = ?1")?
                .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if standing == 9 {
                return Err(Fault::refused(format!("{} has left already", name())));
            }
            if review == "approved" {
                return Err(Fault::refused(format!("{} is approved already", name())));
            }
            note(tx, author, id, NoteKind::Asked, text, now)
        })
    }

    /// Says what has to be changed before a post may go; takes its approvals back.
    ///
    /// # Errors
    /// `NotFound`; `Refused` without a reason, and for a post that has left everywhere.
    pub fn request_changes(
        &mut self,
        author: &Author,
        id: PostId,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let post = load_post(tx, id)?;
            if reason.trim().is_empty() {
                return Err(Fault::refused(
                    "A request for changes needs a reason: say what should be different",
                ));
            }
            let standing: i64 = tx
                .prepare_cached("SELECT standing FROM posts WHERE id = ?1")?
                .query_row([id.0], |row| row.get(0))?;
            if standing == 9 {
                return Err(Fault::refused(format!(
                    "{} has left already: nothing of it can be changed",
                    named(id, &post.content)
                )));
            }
            super::approvals::take_back(tx, id, now)?;
            note(tx, author, id, NoteKind::Changes, reason, now)
        })
    }

    /// Keeps a comment with a post.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for an empty one.
    pub fn comment(
        &mut self,
        author: &Author,
        id: PostId,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            load_post(tx, id)?;
            if text.trim().is_empty() {
                return Err(Fault::refused("The comment is empty: nothing was kept"));
            }
            note(tx, author, id, NoteKind::Comment, text, now)
        })
    }

    /// Returns the posts that wait for a reviewer, those that leave first before the others.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn to_review(
        &mut self,
        reader: &Author,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<Reviewed>> {
        let rule = self.review;
        self.read(|tx| {
            let sql = format!(
                "SELECT p.id FROM posts AS p WHERE {} ORDER BY p.due_at IS NULL, p.due_at, p.id LIMIT ?1",
                waiting(rule)
            );
            let ids: Vec<i64> = tx
                .prepare_cached(&sql)?
                .query_map([rows(limit)], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            ids.into_iter()
                .map(|id| reviewed(tx, rule, PostId(id), reader, now))
                .collect()
        })
    }

    /// Returns all that a reviewer is shown about a post.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn reviewed(
        &mut self,
        id: PostId,
        reader: &Author,
        now: DateTime<Utc>,
    ) -> Result<Reviewed> {
        let rule = self.review;
        self.read(|tx| reviewed(tx, rule, id, reader, now))
    }
}

fn reviewed(
    tx: &Transaction<'_>,
    rule: ReviewRule,
    id: PostId,
    reader: &Author,
    now: DateTime<Utc>,
) -> Fallible<Reviewed> {
    let view = load_view(tx, rule, id)?;
    let written_by = written_by(tx, id)?;
    let notes = tx
        .prepare_cached(
            "SELECT kind, author, text, at FROM review_notes WHERE post = ?1 ORDER BY id",
        )?
        .query_map([id.0], |row| {
            Ok(ReviewNote {
                kind: word(row, 0)?,
                author: Author::new(row.get::<_, String>(1)?),
                text: row.get(2)?,
                at: instant(row, 3)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let last: Option<(i64, String, DateTime<Utc>)> = tx
        .prepare_cached(
            "SELECT revision, author, approved_at FROM approvals
             WHERE post = ?1 AND revision IS NOT NULL ORDER BY id DESC LIMIT 1",
        )?
        .query_row([id.0], |row| {
            Ok((row.get(0)?, row.get(1)?, instant(row, 2)?))
        })
        .optional()?;
    let last_approved = match last {
        None => None,
        Some((revision, author, at)) => Some(LastApproved {
            content: load_content(tx, id, revision)?,
            author: Author::new(author),
            at,
        }),
    };
    let open_by = tx
        .prepare_cached(
            "SELECT author, max(at) FROM editor_drafts
             WHERE post = ?1 AND author <> ?2 AND at > ?3 GROUP BY author ORDER BY 2 DESC",
        )?
        .query_map((id.0, reader.as_str(), millis(now - PRESENT)), |row| {
            Ok((Author::new(row.get::<_, String>(0)?), instant(row, 1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Reviewed {
        view,
        written_by,
        notes,
        approvals: standing(tx, id)?,
        last_approved,
        open_by,
    })
}

/// Keeps what was said, and what follows for where the post stands.
fn note(
    tx: &Transaction<'_>,
    author: &Author,
    id: PostId,
    kind: NoteKind,
    text: &str,
    now: DateTime<Utc>,
) -> Fallible<()> {
    ensure_author(tx, author, now)?;
    tx.prepare_cached(
        "INSERT INTO review_notes (post, kind, author, text, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((id.0, kind.word(), author.as_str(), text.trim(), millis(now)))?;
    super::align::settle(tx, id)
}

/// Takes the approvals of a post back because what is sent was changed; whoever changed it is noted, and what they changed
/// where that is not the post itself.
pub(super) fn lose_approval(
    tx: &Transaction<'_>,
    author: &Author,
    id: PostId,
    what: &str,
    now: DateTime<Utc>,
) -> Fallible<()> {
    if super::approvals::take_back(tx, id, now)? == 0 {
        return Ok(());
    }
    note(tx, author, id, NoteKind::Lost, what, now)
}

/// Returns who last changed what is sent.
pub(super) fn written_by(tx: &Transaction<'_>, id: PostId) -> Fallible<Author> {
    Ok(tx
        .prepare_cached("SELECT coalesce(written_by, author) FROM posts WHERE id = ?1")?
        .query_row([id.0], |row| row.get::<_, String>(0).map(Author::new))?)
}

/// Derives where a post stands with its reviewers, after `posts.approved` was.
pub(super) fn settle_review(tx: &Transaction<'_>, id: PostId) -> Fallible<()> {
    tx.prepare_cached(
        "UPDATE posts SET review = iif(approved, 'approved', coalesce(
             (SELECT CASE WHEN kind = 'changes' THEN 'changes-requested'
                          WHEN kind = 'asked' OR EXISTS (
                              SELECT 1 FROM review_notes WHERE post = posts.id AND kind IN ('asked', 'changes'))
                          THEN 'in-review' END
              FROM review_notes WHERE post = posts.id AND kind <> 'comment' ORDER BY id DESC LIMIT 1), 'draft'))
         WHERE id = ?1",
    )?
    .execute([id.0])?;
    Ok(())
}

/// Whether a delivery lacks the approval that it needs, by somebody other than the one who wrote what is sent.
pub(super) fn lacks_approval(
    tx: &Transaction<'_>,
    rule: ReviewRule,
    delivery: DeliveryId,
) -> Fallible<bool> {
    if rule == ReviewRule::Optional {
        return Ok(false);
    }
    Ok(tx
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM approvals AS a JOIN posts AS p ON p.id = a.post
                 WHERE a.post = d.post AND a.channel = d.channel AND a.taken_back_at IS NULL
                     AND a.author <> coalesce(p.written_by, p.author))
             FROM deliveries AS d WHERE d.id = ?1",
        )?
        .query_row([delivery.0], |row| row.get(0))
        .optional()?
        .unwrap_or(false))
}
