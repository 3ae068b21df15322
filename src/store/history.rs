//! The list of what was done, by everyone, and what one person's screen said; the latest first.
//!
//! Undo and redo themselves are `journal.rs`.

use super::row::{instant, limit, millis, number, word};
use super::{Db, Durability, Result};
use crate::domain::{Author, Deed, History, Message, PostId, Standing};
use chrono::{DateTime, Duration, Utc};

/// How long a message is kept, and how many are.
const KEPT_DAYS: i64 = 90;
const KEPT_MESSAGES: i64 = 10_000;

impl Db {
    /// Returns at most `rows` changes of everyone, and as many messages of one person.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn history(&mut self, author: &Author, rows: usize) -> Result<History> {
        self.read(|tx| {
            let mut deeds = tx.prepare_cached(
                "SELECT min(j.id), j.author, j.post, posts.title, count(*), j.label, j.at, min(j.undone OR j.left_behind)
                 FROM journal AS j JOIN posts ON posts.id = j.post
                 GROUP BY ifnull(j.batch, j.id) ORDER BY max(j.id) DESC LIMIT ?1",
            )?;
            let deeds = deeds.query_map([limit(rows)], |row| {
                Ok(Deed {
                    id: row.get(0)?,
                    author: Author::new(row.get::<_, String>(1)?),
                    post: PostId(row.get(2)?),
                    title: row.get(3)?,
                    posts: number(row, 4)?,
                    label: row.get(5)?,
                    at: instant(row, 6)?,
                    standing: if row.get(7)? {
                        Standing::Undone
                    } else {
                        Standing::Done
                    },
                })
            })?;
            let deeds = deeds.collect::<rusqlite::Result<_>>()?;
            let mut messages = tx.prepare_cached(
                "SELECT at, rank, text FROM messages WHERE author = ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let messages = messages.query_map((author.as_str(), limit(rows)), |row| {
                Ok(Message {
                    at: instant(row, 0)?,
                    rank: word(row, 1)?,
                    text: row.get(2)?,
                })
            })?;
            Ok(History {
                deeds,
                messages: messages.collect::<rusqlite::Result<_>>()?,
            })
        })
    }

    /// Keeps what the screen said, and forgets what is too old or too much.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_messages(
        &mut self,
        author: &Author,
        messages: &[Message],
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            for message in messages {
                tx.prepare_cached(
                    "INSERT INTO messages (author, rank, text, at) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute((
                    author.as_str(),
                    message.rank.word(),
                    &message.text,
                    millis(message.at),
                ))?;
            }
            let newest = tx.last_insert_rowid();
            tx.prepare_cached("DELETE FROM messages WHERE id <= ?1 OR at < ?2")?
                .execute((
                    newest - KEPT_MESSAGES,
                    millis(now - Duration::days(KEPT_DAYS)),
                ))?;
            Ok(())
        })
    }
}
