//! What is being typed, kept at every keystroke's end so that a closed terminal loses nothing.
//!
//! One row for each sitting, so that two screens of one person never write over each other. Never touches a post: saving to
//! it is `posts.rs`; which screens live is `screens.rs`.

use super::posts::ensure_author;
use super::row::{instant, json, millis, number};
use super::screens::lives;
use super::{Db, Durability, EditorDraft, Result};
use crate::domain::{Author, ChannelName, DraftKey, PostId, ScreenName};

impl Db {
    /// Keeps what is being typed on a screen, in place of what it goes on with.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_draft(
        &mut self,
        author: &Author,
        screen: &ScreenName,
        draft: &EditorDraft,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            ensure_author(tx, author, draft.at)?;
            tx.prepare_cached(
                "INSERT INTO editor_drafts (key, screen, author, post, channel, base_revision, content, cursor, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (key) DO UPDATE SET
                     screen = ?2, channel = ?5, base_revision = ?6, content = ?7, cursor = ?8, at = ?9",
            )?
            .execute((
                draft.key.as_str(),
                screen.as_str(),
                author.as_str(),
                draft.post.map(|post| post.0),
                draft.channel.as_ref().map(ChannelName::as_str),
                draft.base_revision,
                serde_json::to_string(&draft.content)?,
                super::row::limit(draft.cursor),
                millis(draft.at),
            ))?;
            if let Some(before) = &draft.goes_on {
                tx.prepare_cached("DELETE FROM editor_drafts WHERE key = ?1")?
                    .execute([before.as_str()])?;
            }
            Ok(())
        })
    }

    /// Returns the author's drafts, the latest first, but for those that are being typed on other screens.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn drafts(&mut self, author: &Author, screen: &ScreenName) -> Result<Vec<EditorDraft>> {
        let path = self.path.clone();
        self.read(|tx| {
            let mut rows = tx.prepare_cached(
                "SELECT post, channel, base_revision, content, cursor, at, key, screen FROM editor_drafts
                 WHERE author = ?1 ORDER BY at DESC, rowid DESC",
            )?;
            let drafts = rows.query_map([author.as_str()], |row| {
                let draft = EditorDraft {
                    key: DraftKey::new(row.get::<_, String>(6)?),
                    goes_on: None,
                    post: row.get::<_, Option<i64>>(0)?.map(PostId),
                    channel: row.get::<_, Option<String>>(1)?.map(ChannelName::new),
                    base_revision: row.get(2)?,
                    content: json(row, 3)?,
                    cursor: number(row, 4)?,
                    at: instant(row, 5)?,
                };
                Ok((row.get::<_, String>(7)?, draft))
            })?;
            let drafts: Vec<(String, EditorDraft)> = drafts.collect::<rusqlite::Result<_>>()?;
            let left = drafts
                .into_iter()
                .filter(|(typed_on, _)| typed_on == screen.as_str() || !lives(&path, typed_on));
            Ok(left.map(|(_, draft)| draft).collect())
        })
    }

    /// Forgets drafts once they are saved to the post, or given up.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn drop_drafts(&mut self, keys: &[DraftKey]) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let mut delete = tx.prepare_cached("DELETE FROM editor_drafts WHERE key = ?1")?;
            for key in keys {
                delete.execute([key.as_str()])?;
            }
            Ok(())
        })
    }
}
