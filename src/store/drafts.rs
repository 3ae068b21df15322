//! What is being typed, kept at every keystroke's end so that a closed terminal loses nothing.
//!
//! Never touches a post: saving to it is `posts.rs`.

use super::posts::ensure_author;
use super::row::{instant, json, millis, number};
use super::{Db, Durability, EditorDraft, Result};
use crate::domain::{Author, ChannelName, PostId};

impl Db {
    /// Keeps what is being typed; one row per author and post.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_draft(&mut self, author: &Author, draft: &EditorDraft) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            ensure_author(tx, author, draft.at)?;
            tx.prepare_cached(
                "INSERT INTO editor_drafts (author, post, channel, base_revision, content, cursor, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (author, ifnull(post, 0)) DO UPDATE SET
                     channel = ?3, base_revision = ?4, content = ?5, cursor = ?6, at = ?7",
            )?
            .execute((
                author.as_str(),
                draft.post.map(|post| post.0),
                draft.channel.as_ref().map(ChannelName::as_str),
                draft.base_revision,
                serde_json::to_string(&draft.content)?,
                super::row::limit(draft.cursor),
                millis(draft.at),
            ))?;
            Ok(())
        })
    }

    /// Returns the author's drafts, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn drafts(&mut self, author: &Author) -> Result<Vec<EditorDraft>> {
        self.read(|tx| {
            let mut rows = tx.prepare_cached(
                "SELECT post, channel, base_revision, content, cursor, at FROM editor_drafts
                 WHERE author = ?1 ORDER BY at DESC, rowid DESC",
            )?;
            let drafts = rows.query_map([author.as_str()], |row| {
                Ok(EditorDraft {
                    post: row.get::<_, Option<i64>>(0)?.map(PostId),
                    channel: row.get::<_, Option<String>>(1)?.map(ChannelName::new),
                    base_revision: row.get(2)?,
                    content: json(row, 3)?,
                    cursor: number(row, 4)?,
                    at: instant(row, 5)?,
                })
            })?;
            Ok(drafts.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Forgets a draft once it is saved to the post, or given up.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn drop_draft(&mut self, author: &Author, post: Option<PostId>) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            tx.prepare_cached(
                "DELETE FROM editor_drafts WHERE author = ?1 AND ifnull(post, 0) = ?2",
            )?
            .execute((author.as_str(), post.map_or(0, |post| post.0)))?;
            Ok(())
        })
    }
}
