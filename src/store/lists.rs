//! Months, queue and lists: many posts at once, by index, without their texts.
//!
//! One query each; how much they cost depends on what they return, never on how many posts there are.

use super::error::Fallible;
use super::posts::load_view;
use super::row::{limit as rows, maybe_instant, millis, word};
use super::{Db, PostView, Result};
use crate::domain::queue::Queue;
use crate::domain::{ChannelName, ChannelState, PostId, Summary};
use chrono::{DateTime, Utc};
use rusqlite::{Params, Transaction};

/// What a summary is read from; `{}` selects and orders the posts.
const MONTH: &str = "SELECT p.id, p.title, p.kind, p.due_at, p.scheduled, p.approved, p.campaign,
        d.channel, d.state, d.reason
    FROM posts AS p
    LEFT JOIN deliveries AS d ON d.post = p.id
    LEFT JOIN channels AS c ON c.name = d.channel
    WHERE p.due_at >= ?1 AND p.due_at < ?2 AND p.trashed = 0
    ORDER BY p.due_at, p.id, c.position IS NULL, c.position";

/// The same for a section of the queue: `{which}` and `{order}` are filled in below.
fn section(which: &str, order: &str) -> String {
    format!(
        "SELECT p.id, p.title, p.kind, p.due_at, p.scheduled, p.approved, p.campaign,
            d.channel, d.state, d.reason
        FROM (SELECT * FROM posts WHERE trashed = 0 AND {which} ORDER BY {order} LIMIT ?1) AS p
        LEFT JOIN deliveries AS d ON d.post = p.id
        LEFT JOIN channels AS c ON c.name = d.channel
        ORDER BY {order}, c.position IS NULL, c.position"
    )
}

impl Db {
    /// Returns the posts that are due in `[from, to)`, by time. Reads an index, never all posts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn posts_between(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Summary>> {
        self.read(|tx| summaries(tx, MONTH, (millis(from), millis(to))))
    }

    /// Returns the queue: everything that needs a person (at most `limit`), then the next `limit` by time, then undated.
    ///
    /// A post without channels counts as one that has not left yet, so that no idea is out of sight.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn queue(&mut self, limit: usize) -> Result<Queue> {
        self.read(|tx| {
            let needs_you = section("standing < 4", "standing, due_at IS NULL, due_at, id");
            let needs_you = summaries(tx, &needs_you, [rows(limit)])?;
            let dated = section("standing = 4 AND due_at IS NOT NULL", "due_at, id");
            let mut next = summaries(tx, &dated, [rows(limit)])?;
            let undated = section("standing = 4 AND due_at IS NULL", "id");
            next.extend(summaries(tx, &undated, [rows(limit - next.len())])?);
            Ok(Queue {
                needs_you,
                next,
                needs_you_total: count(tx, "standing < 4")?,
                next_total: count(tx, "standing = 4")?,
            })
        })
    }

    /// Returns posts for `masthead list`, by time, undated last; trashed ones only when asked for.
    ///
    /// With `from` or `to`, posts without a time are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(
        &mut self,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        trashed: bool,
        limit: usize,
    ) -> Result<Vec<PostView>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id FROM posts
                 WHERE (?1 IS NULL OR due_at >= ?1) AND (?2 IS NULL OR due_at < ?2) AND trashed <= ?3
                 ORDER BY due_at IS NULL, due_at, id LIMIT ?4",
            )?;
            let chosen = (from.map(millis), to.map(millis), trashed, rows(limit));
            let ids: Vec<i64> = statement
                .query_map(chosen, |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            ids.into_iter()
                .map(|id| load_view(tx, PostId(id)))
                .collect()
        })
    }
}

fn count(tx: &Transaction<'_>, which: &str) -> Fallible<usize> {
    let sql = format!("SELECT count(*) FROM posts WHERE trashed = 0 AND {which}");
    let number: i64 = tx.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(number).unwrap_or(0))
}

/// Reads one row for each delivery and puts those of one post together.
fn summaries(tx: &Transaction<'_>, sql: &str, parameters: impl Params) -> Fallible<Vec<Summary>> {
    let mut statement = tx.prepare_cached(sql)?;
    let mut found = statement.query(parameters)?;
    let mut posts: Vec<Summary> = Vec::new();
    while let Some(row) = found.next()? {
        let id = PostId(row.get(0)?);
        if posts.last().is_none_or(|last| last.id != id) {
            posts.push(Summary {
                id,
                title: row.get(1)?,
                kind: word(row, 2)?,
                due_at: maybe_instant(row, 3)?,
                held: !row.get::<_, bool>(4)?,
                approved: row.get(5)?,
                campaign: row.get(6)?,
                channels: Vec::new(),
            });
        }
        let channel: Option<String> = row.get(7)?;
        if let (Some(channel), Some(post)) = (channel, posts.last_mut()) {
            post.channels.push(ChannelState {
                channel: ChannelName::new(channel),
                state: word(row, 8)?,
                reason: row.get(9)?,
            });
        }
    }
    Ok(posts)
}
