//! One entry of the journal, taken back or done again, and what stands in the way of that.
//!
//! Which entry, and whole actions, are `journal.rs`.

use super::Transaction;
use super::align::settle;
use super::by_hand;
use super::error::{Fallible, Fault};
use super::posts::{load_content, load_post, named, revise};
use super::row::millis;
use crate::domain::{Author, Content, Post, PostId};
use chrono::{DateTime, Utc};
use rusqlite::{Params, Row};

/// One entry of the journal.
pub(super) struct Entry {
    pub id: i64,
    pub post: PostId,
    from: Option<i64>,
    to: i64,
    pub label: String,
    skipped: Option<String>,
    marked: Option<String>,
    had_left: i64,
    pub batch: Option<i64>,
    undone_to: Option<i64>,
}

const ENTRY: &str = "SELECT id, post, from_revision, to_revision, label, skipped, had_left, batch, undone_to, marked FROM journal";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        post: PostId(row.get(1)?),
        from: row.get(2)?,
        to: row.get(3)?,
        label: row.get(4)?,
        skipped: row.get(5)?,
        had_left: row.get(6)?,
        batch: row.get(7)?,
        undone_to: row.get(8)?,
        marked: row.get(9)?,
    })
}

/// Reads entries of the journal.
pub(super) fn entries(
    tx: &Transaction<'_>,
    filter: &str,
    with: impl Params,
) -> Fallible<Vec<Entry>> {
    let mut statement = tx.prepare_cached(&format!("{ENTRY} {filter}"))?;
    let rows = statement.query_map(with, entry)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Which way an entry is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Undo,
    Redo,
}

impl Way {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Undo => "undone",
            Self::Redo => "redone",
        }
    }
}

/// Counts the deliveries that are, or may be, out there.
pub(super) fn count_left(tx: &Transaction<'_>, post: PostId) -> Fallible<i64> {
    Ok(tx
        .prepare_cached(
            "SELECT count(*) FROM deliveries WHERE post = ?1 AND state IN ('published', 'unknown')",
        )?
        .query_row([post.0], |row| row.get(0))?)
}

/// Takes one entry back; `rank` says when it is redone.
pub(super) fn undo_entry(
    tx: &Transaction<'_>,
    author: &Author,
    entry: &Entry,
    rank: i64,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let post = load_post(tx, entry.post)?;
    // What somebody marked by hand is no change of the post, and nothing that a platform confirmed.
    if entry.marked.is_none() {
        refuse_if_changed_since(tx, entry, &post, entry.to, Way::Undo)?;
        refuse_if_left_since(tx, entry, &post, Way::Undo)?;
    }
    let undone_to = match (&entry.skipped, &entry.marked) {
        (Some(skipped), _) => {
            unskip(tx, entry.post, skipped, now)?;
            post.revision
        }
        (None, Some(marked)) => {
            by_hand::unmark(tx, author, &serde_json::from_str(marked)?, now)?;
            post.revision
        }
        (None, None) => put_back(tx, author, entry, &post, now)?,
    };
    tx.prepare_cached(
        "UPDATE journal SET undone = 1, redo_rank = ?2, undone_to = ?3, had_left = ?4 WHERE id = ?1",
    )?
    .execute((entry.id, rank, undone_to, count_left(tx, entry.post)?))?;
    Ok(())
}

/// Does one entry again.
pub(super) fn redo_entry(
    tx: &Transaction<'_>,
    author: &Author,
    entry: &Entry,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let post = load_post(tx, entry.post)?;
    let left_at = entry.undone_to.unwrap_or(post.revision);
    if entry.marked.is_none() {
        refuse_if_changed_since(tx, entry, &post, left_at, Way::Redo)?;
        refuse_if_left_since(tx, entry, &post, Way::Redo)?;
    }
    let revision = match (&entry.skipped, &entry.marked) {
        (Some(skipped), _) => {
            skip_again(tx, author, entry, &post, skipped, now)?;
            post.revision
        }
        (None, Some(marked)) => {
            by_hand::mark_again(tx, author, &serde_json::from_str(marked)?, now)?;
            post.revision
        }
        (None, None) => {
            let content = load_content(tx, post.id, entry.to)?;
            revise(tx, author, &post, &content, now)?.revision
        }
    };
    tx.prepare_cached(
        "UPDATE journal SET undone = 0, redo_rank = NULL, undone_to = NULL, to_revision = ?2,
             from_revision = iif(from_revision IS NULL, NULL, ?3), had_left = ?4 WHERE id = ?1",
    )?
    .execute((entry.id, revision, left_at, count_left(tx, entry.post)?))?;
    // The post is again what the later entries were undone to, under a new number: they can be redone in turn.
    tx.prepare_cached(
        "UPDATE journal SET undone_to = ?3 WHERE post = ?1 AND undone_to = ?2 AND redo_rank IS NOT NULL",
    )?
    .execute((post.id.0, entry.to, revision))?;
    Ok(())
}

fn refuse_if_changed_since(
    tx: &Transaction<'_>,
    entry: &Entry,
    post: &Post,
    wanted: i64,
    way: Way,
) -> Fallible<()> {
    if post.revision == wanted {
        return Ok(());
    }
    let who: String = tx
        .prepare_cached("SELECT author FROM revisions WHERE post = ?1 AND revision = ?2")?
        .query_row((post.id.0, post.revision), |row| row.get(0))?;
    Err(Fault::refused(format!(
        "{} was changed by {who} since: “{}” cannot be {}",
        named(post.id, &post.content),
        entry.label,
        way.words()
    )))
}

fn refuse_if_left_since(
    tx: &Transaction<'_>,
    entry: &Entry,
    post: &Post,
    way: Way,
) -> Fallible<()> {
    let publishing = tx
        .prepare_cached("SELECT 1 FROM deliveries WHERE post = ?1 AND state = 'publishing'")?
        .exists([post.id.0])?;
    let (name, words) = (named(post.id, &post.content), way.words());
    if publishing {
        return Err(Fault::refused(format!(
            "{name} is being sent: “{}” cannot be {words} now",
            entry.label
        )));
    }
    if count_left(tx, post.id)? > entry.had_left {
        return Err(Fault::refused(format!(
            "{name} has left since: “{}” cannot be {words}",
            entry.label
        )));
    }
    Ok(())
}

/// Writes the content from before; returns the revision.
fn put_back(
    tx: &Transaction<'_>,
    author: &Author,
    entry: &Entry,
    post: &Post,
    now: DateTime<Utc>,
) -> Fallible<i64> {
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
    Ok(revised.revision)
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

fn skip_again(
    tx: &Transaction<'_>,
    author: &Author,
    entry: &Entry,
    post: &Post,
    skipped: &str,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let before: Vec<(i64, String)> = serde_json::from_str(skipped)?;
    for (delivery, state) in before {
        let changed = tx
            .prepare_cached(
                "UPDATE deliveries SET state = 'skipped', reason = ?3, next_try = NULL, changed_at = ?4
                 WHERE id = ?1 AND state = ?2",
            )?
            .execute((delivery, state, format!("skipped by {author}"), millis(now)))?;
        if changed == 0 {
            return Err(Fault::refused(format!(
                "{} has moved on since: “{}” cannot be redone",
                named(post.id, &post.content),
                entry.label
            )));
        }
    }
    settle(tx, entry.post)
}
