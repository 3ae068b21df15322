//! Undo and redo: one entry for each change of a person to a post, taken back newest first, never over someone else's change.
//!
//! A change is taken back, and done again, by a new revision with the old content, so nothing that was written is ever
//! lost. Entries of one action on several posts share a batch. One entry is turned in
//! `turn.rs`; the list of them is `history.rs`.

use super::by_hand::Marked;
use super::error::{Fallible, Fault, StoreError};
use super::row::millis;
use super::turn::{Entry, Way, count_left, entries, redo_entry, undo_entry};
use super::{Db, Durability, Result, Transaction, Turned, Undone};
use crate::domain::history;
use crate::domain::sentence::short_title;
use crate::domain::{Author, Post, PostId};
use chrono::{DateTime, Duration, Utc};
use rusqlite::OptionalExtension;

/// How long an entry is kept, and how many are.
const KEPT_DAYS: i64 = 90;
const KEPT_ENTRIES: i64 = 10_000;

/// What one entry takes back.
pub(super) struct Change<'a> {
    /// The revision before; `None` when the post was added.
    pub from: Option<i64>,
    pub to: i64,
    pub label: &'a str,
}

/// Writes an undo entry, and forgets those that are too old or too many. Returns its number.
pub(super) fn record(
    tx: &Transaction<'_>,
    author: &Author,
    post: PostId,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Fallible<i64> {
    insert(tx, author, post, change, &Deed::Changed, now)
}

/// Lets an entry be undone together with the one that began its action.
pub(super) fn join(tx: &Transaction<'_>, entry: i64, first: i64, label: &str) -> Fallible<()> {
    tx.prepare_cached("UPDATE journal SET batch = ?2, label = ?3 WHERE id = ?1")?
        .execute((entry, first, label))?;
    Ok(())
}

/// Writes the undo entry of what was done to a post's deliveries; the post itself stays as it is.
pub(super) fn record_deed(
    tx: &Transaction<'_>,
    author: &Author,
    post: &Post,
    deed: &Deed,
    label: &str,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let change = Change {
        from: Some(post.revision),
        to: post.revision,
        label,
    };
    insert(tx, author, post.id, &change, deed, now)?;
    Ok(())
}

/// What an entry is about.
pub(super) enum Deed {
    /// The post was changed.
    Changed,
    /// Deliveries were skipped, by number, each with the state before.
    Skipped(Vec<(i64, String)>),
    /// A delivery was marked as done by hand.
    Marked(Marked),
}

fn insert(
    tx: &Transaction<'_>,
    author: &Author,
    post: PostId,
    change: &Change<'_>,
    deed: &Deed,
    now: DateTime<Utc>,
) -> Fallible<i64> {
    let (skipped, marked) = match deed {
        Deed::Changed => (None, None),
        Deed::Skipped(skipped) => (Some(serde_json::to_string(skipped)?), None),
        Deed::Marked(marked) => (None, Some(serde_json::to_string(marked)?)),
    };
    tx.prepare_cached(
        "UPDATE journal SET redo_rank = NULL, undone_to = NULL WHERE author = ?1 AND redo_rank IS NOT NULL",
    )?
    .execute([author.as_str()])?;
    tx.prepare_cached(
        "INSERT INTO journal (author, post, from_revision, to_revision, label, skipped, had_left, at, marked)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        author.as_str(),
        post.0,
        change.from,
        change.to,
        change.label,
        skipped,
        count_left(tx, post)?,
        millis(now),
        marked,
    ))?;
    let newest = tx.last_insert_rowid();
    tx.prepare_cached("DELETE FROM journal WHERE id <= ?1")?
        .execute([newest - KEPT_ENTRIES])?;
    tx.prepare_cached("DELETE FROM journal WHERE at < ?1")?
        .execute([millis(now - Duration::days(KEPT_DAYS))])?;
    Ok(newest)
}

/// Does a part of a change. What the rules refuse is taken back alone, and said; the rest of the change goes on.
pub(super) fn apart<R>(
    tx: &Transaction<'_>,
    work: impl FnOnce() -> Fallible<R>,
) -> Fallible<std::result::Result<R, String>> {
    tx.execute_batch("SAVEPOINT apart")?;
    match work() {
        Ok(done) => {
            tx.execute_batch("RELEASE apart")?;
            Ok(Ok(done))
        }
        Err(Fault::Told(StoreError::Refused(why))) => {
            tx.execute_batch("ROLLBACK TO apart; RELEASE apart")?;
            Ok(Err(why))
        }
        Err(fault) => Err(fault),
    }
}

impl Db {
    /// Takes the author's last change back, unless someone changed the post since or it has left. Changes of the posts in
    /// `passing` are passed over.
    ///
    /// A post that was added goes to the trash; deliveries that were skipped stand again where they stood. Of an action on
    /// several posts those that cannot be put back stay as they are, and are named.
    ///
    /// # Errors
    /// `Refused` when there is nothing to undo.
    pub fn undo(
        &mut self,
        author: &Author,
        passing: &[PostId],
        now: DateTime<Utc>,
    ) -> Result<Turned> {
        self.write(Durability::Normal, |tx| {
            let newest = newest_entry(tx, author, passing, i64::MAX)?;
            let newest = newest.ok_or_else(|| nothing(Way::Undo, passing))?;
            let all = action_of(tx, author, newest)?;
            turn(tx, author, Way::Undo, &all, now)
        })
    }

    /// Does again what the author undid last, as long as nobody changed the post since and nothing more of it has left.
    ///
    /// # Errors
    /// `Refused` when there is nothing to redo: nothing was undone, or the author changed something since.
    pub fn redo(
        &mut self,
        author: &Author,
        passing: &[PostId],
        now: DateTime<Utc>,
    ) -> Result<Turned> {
        self.write(Durability::Normal, |tx| {
            let all = entries(
                tx,
                "WHERE author = ?1 AND redo_rank = (
                     SELECT max(redo_rank) FROM journal WHERE author = ?1 AND redo_rank IS NOT NULL
                         AND post NOT IN (SELECT value FROM json_each(?2)))
                 ORDER BY id",
                (author.as_str(), numbers(passing)?),
            )?;
            if all.is_empty() {
                return Err(nothing(Way::Redo, passing));
            }
            turn(tx, author, Way::Redo, &all, now)
        })
    }

    /// Takes back every change of the author down to and including one. What cannot be taken back stays, and is named.
    ///
    /// # Errors
    /// `Refused` for a change of somebody else and for one that was undone already; `NotFound` for one that is gone.
    pub fn undo_to(&mut self, author: &Author, target: i64, now: DateTime<Utc>) -> Result<Turned> {
        self.write(Durability::Normal, |tx| {
            let post = undoable(tx, author, target)?;
            let (mut changes, mut stayed, mut stuck) = (0, Vec::new(), Vec::new());
            let mut below = i64::MAX;
            let mut label = String::new();
            while let Some(newest) = newest_entry(tx, author, &[], below)? {
                let all = action_of(tx, author, newest)?;
                below = all.iter().map(|it| it.id).min().unwrap_or(below);
                let is_last = all.iter().any(|it| it.id == target) || below < target;
                label = in_words(tx, &all)?;
                match turn(tx, author, Way::Undo, &all, now)? {
                    Turned::Done(undone) => {
                        changes += 1;
                        stayed.extend(undone.stayed);
                    }
                    Turned::Stuck { posts, why } => {
                        stuck.extend(posts);
                        stayed.push(why);
                    }
                }
                if is_last {
                    break;
                }
            }
            if changes == 0 {
                let why = sentence(&stayed);
                return Ok(Turned::Stuck { posts: stuck, why });
            }
            Ok(Turned::Done(Undone {
                post,
                label,
                changes,
                stayed,
            }))
        })
    }
}

/// Returns the post of a change that the author can undo.
fn undoable(tx: &Transaction<'_>, author: &Author, target: i64) -> Fallible<PostId> {
    let (who, undone, left_behind, post): (String, bool, bool, i64) = tx
        .prepare_cached("SELECT author, undone, left_behind, post FROM journal WHERE id = ?1")?
        .query_row([target], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?
        .ok_or_else(|| Fault::not_found("That change is too old: it is no longer kept"))?;
    if who != author.as_str() {
        return Err(Fault::refused(format!(
            "{who} did that: only {who} can undo it"
        )));
    }
    if undone || left_behind {
        return Err(Fault::refused("That is undone already"));
    }
    Ok(PostId(post))
}

fn nothing(way: Way, passing: &[PostId]) -> Fault {
    let verb = match way {
        Way::Undo => "undo",
        Way::Redo => "redo",
    };
    let else_ = if passing.is_empty() { "" } else { " else" };
    Fault::refused(format!("There is nothing{else_} of yours to {verb}"))
}

fn numbers(posts: &[PostId]) -> Fallible<String> {
    Ok(serde_json::to_string(posts)?)
}

fn newest_entry(
    tx: &Transaction<'_>,
    author: &Author,
    passing: &[PostId],
    below: i64,
) -> Fallible<Option<Entry>> {
    let newest = entries(
        tx,
        "WHERE author = ?1 AND undone = 0 AND left_behind = 0 AND id < ?3
             AND post NOT IN (SELECT value FROM json_each(?2)) ORDER BY id DESC LIMIT 1",
        (author.as_str(), numbers(passing)?, below),
    )?;
    Ok(newest.into_iter().next())
}

/// Returns all entries of the action that an entry belongs to, the newest first.
fn action_of(tx: &Transaction<'_>, author: &Author, newest: Entry) -> Fallible<Vec<Entry>> {
    let Some(batch) = newest.batch else {
        return Ok(vec![newest]);
    };
    entries(
        tx,
        "WHERE batch = ?1 AND author = ?2 AND undone = 0 AND left_behind = 0 ORDER BY id DESC",
        (batch, author.as_str()),
    )
}

/// Says what an action did; one over a single post names it.
fn in_words(tx: &Transaction<'_>, action: &[Entry]) -> Fallible<String> {
    let [one] = action else {
        return Ok(action
            .first()
            .map_or_else(String::new, |it| it.label.clone()));
    };
    let title: String = tx
        .prepare_cached("SELECT title FROM posts WHERE id = ?1")?
        .query_row([one.post.0], |row| row.get(0))?;
    Ok(history::named(&one.label, &short_title(&title)))
}

/// Undoes or redoes one action. Where nothing of it can be, nothing is written.
fn turn(
    tx: &Transaction<'_>,
    author: &Author,
    way: Way,
    action: &[Entry],
    now: DateTime<Utc>,
) -> Fallible<Turned> {
    let rank: i64 = tx
        .prepare_cached("SELECT ifnull(max(redo_rank), 0) + 1 FROM journal WHERE author = ?1")?
        .query_row([author.as_str()], |row| row.get(0))?;
    let (mut stuck, mut stayed) = (Vec::new(), Vec::new());
    for entry in action {
        let done = apart(tx, || match way {
            Way::Undo => undo_entry(tx, author, entry, rank, now),
            Way::Redo => redo_entry(tx, author, entry, now),
        })?;
        if let Err(why) = done {
            stuck.push(entry);
            stayed.push(why);
        }
    }
    if stuck.len() == action.len() {
        return Ok(Turned::Stuck {
            posts: stuck.iter().map(|entry| entry.post).collect(),
            why: sentence(&stayed),
        });
    }
    for entry in stuck {
        let give_up = match way {
            Way::Undo => "UPDATE journal SET left_behind = 1 WHERE id = ?1",
            Way::Redo => "UPDATE journal SET redo_rank = NULL, undone_to = NULL WHERE id = ?1",
        };
        tx.prepare_cached(give_up)?.execute([entry.id])?;
    }
    let first = action.iter().min_by_key(|entry| entry.id);
    let first = first.ok_or_else(|| nothing(way, &[]))?;
    Ok(Turned::Done(Undone {
        post: first.post,
        label: in_words(tx, action)?,
        changes: 1,
        stayed,
    }))
}

/// Says the first of several reasons, and how many more there are.
pub(super) fn sentence(reasons: &[String]) -> String {
    let first = reasons.first().map_or("", String::as_str);
    match reasons.len() {
        0 | 1 => first.to_owned(),
        many => format!("{first} (and {} more)", many - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Content;
    use crate::store::open;
    use chrono::TimeZone;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 10, 9, 0, 0)
            .single()
            .expect("an instant")
    }

    /// A database whose journal already holds so many entries, all written at `at`.
    fn with_entries(folder: &std::path::Path, entries: i64, at: DateTime<Utc>) -> Db {
        let mut db = open::open(&folder.join("masthead.db"), now(), open::BUSY).expect("opens");
        let author = Author::new("Ada");
        let post = db
            .add_post(&author, &Content::default(), None, at)
            .expect("added");
        db.connection
            .execute(
                "INSERT INTO journal (author, post, from_revision, to_revision, label, had_left, at)
                 WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                 SELECT 'Ada', ?2, 1, 1, 'edited', 0, ?3 FROM n",
                (entries, post.id.0, millis(at)),
            )
            .expect("entries");
        db
    }

    fn kept_after_one_more(mut db: Db) -> i64 {
        db.add_post(&Author::new("Ada"), &Content::default(), None, now())
            .expect("added");
        db.connection
            .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
            .expect("a number")
    }

    #[test]
    fn the_newest_ten_thousand_changes_can_be_undone() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = with_entries(folder.path(), KEPT_ENTRIES + 5, now());
        assert_eq!(kept_after_one_more(db), KEPT_ENTRIES);
    }

    #[test]
    fn a_change_can_be_undone_for_ninety_days() {
        let folder = tempfile::tempdir().expect("a folder");
        let young = with_entries(folder.path(), 3, now() - Duration::days(KEPT_DAYS));
        assert_eq!(kept_after_one_more(young), 4);
        let folder = tempfile::tempdir().expect("a folder");
        let old = with_entries(
            folder.path(),
            3,
            now() - Duration::days(KEPT_DAYS) - Duration::seconds(1),
        );
        assert_eq!(kept_after_one_more(old), 1);
    }
}
