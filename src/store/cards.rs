//! What pages said of themselves, for as long as that is likely still so.
//!
//! A cache and nothing more: what a post shows is in its own revisions. Asking pages is `crate::web`.

use super::row::millis;
use super::{Db, Durability, Result};
use crate::domain::PageCard;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::OptionalExtension;

/// A page that was asked longer ago is asked again.
const GOOD_FOR: TimeDelta = TimeDelta::days(1);
/// A page that could not be asked is asked again after this.
const BAD_FOR: TimeDelta = TimeDelta::hours(1);
/// What was not asked for so long is forgotten.
const KEPT_FOR: TimeDelta = TimeDelta::days(30);

impl Db {
    /// Returns what is known of a page, or why nothing is; `None` where it is to be asked (again).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn card(
        &mut self,
        url: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<std::result::Result<PageCard, String>>> {
        self.read(|tx| {
            let found = tx
                .prepare_cached("SELECT page, error, fetched_at FROM cards WHERE url = ?1")?
                .query_row([url], |row| {
                    Ok((
                        row.get::<_, Option<String>>(0)?,
                        row.get::<_, Option<String>>(1)?,
                        row.get::<_, i64>(2)?,
                    ))
                })
                .optional()?;
            let Some((page, error, at)) = found else {
                return Ok(None);
            };
            // A clock that was set back makes nothing younger.
            let age = millis(now) - at;
            let is_fresh = |good: TimeDelta| (0..good.num_milliseconds()).contains(&age);
            let page = page.and_then(|json| serde_json::from_str(&json).ok());
            Ok(match (page, error) {
                (Some(page), _) if is_fresh(GOOD_FOR) => Some(Ok(page)),
                (None, Some(error)) if is_fresh(BAD_FOR) => Some(Err(error)),
                _ => None,
            })
        })
    }

    /// Keeps what a page said of itself, or why it did not.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_card(
        &mut self,
        url: &str,
        said: &std::result::Result<PageCard, String>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let page = said.as_ref().ok().map(serde_json::to_string).transpose()?;
            tx.prepare_cached(
                "INSERT INTO cards (url, page, error, fetched_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (url) DO UPDATE SET page = ?2, error = ?3, fetched_at = ?4",
            )?
            .execute((url, page, said.as_ref().err(), millis(now)))?;
            tx.prepare_cached("DELETE FROM cards WHERE fetched_at < ?1")?
                .execute([millis(now - KEPT_FOR)])?;
            Ok(())
        })
    }
}
