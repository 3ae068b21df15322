//! Which pictures the database knows; their bytes are files, `crate::media`'s.

use super::error::Fallible;
use super::row::millis;
use super::{Db, Durability, Result, Transaction};
use crate::domain::Attachment;
use chrono::{DateTime, Utc};
use rusqlite::Row;

/// Reads how many of the pictures in a column, as a revision's content has them, are without alt text.
pub(super) fn without_alt(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    let pictures: Option<String> = row.get(column)?;
    // What cannot be read is said where the post is opened; a list goes on.
    let pictures: Vec<Attachment> = pictures
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default();
    Ok(pictures.iter().filter(|it| it.lacks_alt()).count())
}

/// Notes a picture; one that is known already stays as it is.
pub(super) fn ensure_media(
    tx: &Transaction<'_>,
    picture: &Attachment,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let (width, height) = picture.pixels.unzip();
    tx.prepare_cached(
        "INSERT INTO media (hash, name, mime, size, width, height, added_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (hash) DO NOTHING",
    )?
    .execute((
        &picture.hash,
        &picture.name,
        &picture.mime,
        i64::try_from(picture.size).unwrap_or(i64::MAX),
        width,
        height,
        millis(now),
    ))?;
    Ok(())
}

impl Db {
    /// Notes an imported picture before a post uses it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_media(&mut self, picture: &Attachment, now: DateTime<Utc>) -> Result<()> {
        self.write(Durability::Normal, |tx| ensure_media(tx, picture, now))
    }
}
