//! Undo: one entry for each change of a person, taken back newest first, never over someone else's change.
//!
//! A change is taken back by a new revision with the old content, so nothing that was written is ever lost.

use super::align::settle;
use super::error::{Fallible, Fault};
use super::posts::{load_content, load_post, named, revise};
use super::row::millis;
use super::{Db, Durability, Result, Transaction, Undone};
use crate::domain::{Author, Content, Post, PostId};
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

struct Entry {
    id: i64,
    post: PostId,
    from: Option<i64>,
    to: i64,
    label: String,
    skipped: Option<String>,
    had_left: i64,
}

/// Writes an undo entry, and forgets those that are too old or too many.
pub(super) fn record(
    tx: &Transaction<'_>,
    author: &Author,
    post: PostId,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Fallible<()> {
    insert(tx, author, post, change, None, now)
}

/// Writes the undo entry of a skip: which deliveries, and where each stood before.
pub(super) fn record_skip(
    tx: &Transaction<'_>,
    author: &Author,
    post: &Post,
    skipped: &[(i64, String)],
    label: &str,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let change = Change {
        from: Some(post.revision),
        to: post.revision,
        label,
    };
    insert(
        tx,
        author,
        post.id,
        &change,
        Some(serde_json::to_string(skipped)?),
        now,
    )
}

fn insert(
    tx: &Transaction<'_>,
    author: &Author,
    post: PostId,
    change: &Change<'_>,
    skipped: Option<String>,
    now: DateTime<Utc>,
) -> Fallible<()> {
    tx.prepare_cached(
        "INSERT INTO journal (author, post, from_revision, to_revision, label, skipped, had_left, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
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
    ))?;
    let newest = tx.last_insert_rowid();
    tx.prepare_cached("DELETE FROM journal WHERE id <= ?1")?
        .execute([newest - KEPT_ENTRIES])?;
    tx.prepare_cached("DELETE FROM journal WHERE at < ?1")?
        .execute([millis(now - Duration::days(KEPT_DAYS))])?;
    Ok(())
}

/// Counts the deliveries that are, or may be, out there.
fn count_left(tx: &Transaction<'_>, post: PostId) -> Fallible<i64> {
    Ok(tx
        .prepare_cached(
            "SELECT count(*) FROM deliveries WHERE post = ?1 AND state IN ('published', 'unknown')",
        )?
        .query_row([post.0], |row| row.get(0))?)
}

impl Db {
    /// Takes the author's last change back, unless someone changed the post since or it has left.
    ///
    /// A post that was added goes to the trash; deliveries that were skipped stand again where they stood.
    ///
    /// # Errors
    /// `Refused`, naming the post and who changed it or where it has left to.
    pub fn undo(&mut self, author: &Author, now: DateTime<Utc>) -> Result<Undone> {
        self.write(Durability::Normal, |tx| {
            let entry = newest_entry(tx, author)?
                .ok_or_else(|| Fault::refused("There is nothing of yours to undo"))?;
            let post = load_post(tx, entry.post)?;
            refuse_if_changed_since(tx, &entry, &post)?;
            refuse_if_left_since(tx, &entry, &post)?;
            match &entry.skipped {
                Some(skipped) => unskip(tx, entry.post, skipped, now)?,
                None => put_back(tx, author, &entry, &post, now)?,
            }
            tx.prepare_cached("UPDATE journal SET undone = 1 WHERE id = ?1")?
                .execute([entry.id])?;
            Ok(Undone {
                post: entry.post,
                label: entry.label,
            })
        })
    }
}

fn newest_entry(tx: &Transaction<'_>, author: &Author) -> Fallible<Option<Entry>> {
    Ok(tx
        .prepare_cached(
            "SELECT id, post, from_revision, to_revision, label, skipped, had_left FROM journal
             WHERE author = ?1 AND undone = 0 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([author.as_str()], |row| {
            Ok(Entry {
                id: row.get(0)?,
                post: PostId(row.get(1)?),
                from: row.get(2)?,
                to: row.get(3)?,
                label: row.get(4)?,
                skipped: row.get(5)?,
                had_left: row.get(6)?,
            })
        })
        .optional()?)
}

fn refuse_if_changed_since(tx: &Transaction<'_>, entry: &Entry, post: &Post) -> Fallible<()> {
    if post.revision == entry.to {
        return Ok(());
    }
    let who: String = tx
        .prepare_cached("SELECT author FROM revisions WHERE post = ?1 AND revision = ?2")?
        .query_row((post.id.0, post.revision), |row| row.get(0))?;
    Err(Fault::refused(format!(
        "{} was changed by {who} since: “{}” cannot be undone",
        named(post.id, &post.content),
        entry.label
    )))
}

fn refuse_if_left_since(tx: &Transaction<'_>, entry: &Entry, post: &Post) -> Fallible<()> {
    let publishing = tx
        .prepare_cached("SELECT 1 FROM deliveries WHERE post = ?1 AND state = 'publishing'")?
        .exists([post.id.0])?;
    let name = named(post.id, &post.content);
    if publishing {
        return Err(Fault::refused(format!(
            "{name} is being sent: “{}” cannot be undone now",
            entry.label
        )));
    }
    if count_left(tx, post.id)? > entry.had_left {
        return Err(Fault::refused(format!(
            "{name} has left since: “{}” cannot be undone",
            entry.label
        )));
    }
    Ok(())
}

fn put_back(
    tx: &Transaction<'_>,
    author: &Author,
    entry: &Entry,
    post: &Post,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let content = match entry.from {
        Some(revision) => load_content(tx, post.id, revision)?,
        None => Content {
            trashed: true,
            ..post.content.clone()
        },
    };
    let revised = revise(tx, author, post, &content, now)?;
    // The post is again what the earlier entries left it as, under a new number: they can be undone in turn.
    if let Some(from) = entry.from {
        tx.prepare_cached(
            "UPDATE journal SET to_revision = ?3 WHERE post = ?1 AND to_revision = ?2 AND undone = 0 AND id < ?4",
        )?
        .execute((post.id.0, from, revised.revision, entry.id))?;
    }
    Ok(())
}

fn unskip(tx: &Transaction<'_>, post: PostId, skipped: &str, now: DateTime<Utc>) -> Fallible<()> {
    let before: Vec<(i64, String)> = serde_json::from_str(skipped)?;
    for (delivery, state) in before {
        tx.prepare_cached(
            "UPDATE deliveries SET state = ?2, reason = '', changed_at = ?3 WHERE id = ?1 AND state = 'skipped'",
        )?
        .execute((delivery, state, millis(now)))?;
    }
    settle(tx, post)
}

#[cfg(test)]
mod tests {
    use super::*;
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
