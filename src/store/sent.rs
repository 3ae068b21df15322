//! What left on a channel since a day, for what it came to.
//!
//! Reads attempts and looks; what they cost is worked out in `text`.

use super::row::{json, millis};
use super::{Db, Result};
use crate::domain::{AttemptRequest, ChannelName};
use chrono::{DateTime, Utc};

/// What left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The requests of the parts that are there, or may be.
    pub requests: Vec<AttemptRequest>,
    /// How often a platform was asked whether one is there.
    pub looks: u32,
}

impl Db {
    /// Returns what left on a channel since an instant of the real clock.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sent_since(&mut self, channel: &ChannelName, since: DateTime<Utc>) -> Result<Sent> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT a.request FROM attempts AS a JOIN deliveries AS d ON d.id = a.delivery
                 WHERE d.channel = ?1 AND a.started_at >= ?2
                     AND (a.outcome IN ('published', 'unknown') OR a.outcome IS NULL)",
            )?;
            let requests =
                statement.query_map((channel.as_str(), millis(since)), |row| json(row, 0))?;
            let looks = tx
                .prepare_cached(
                    "SELECT count(*) FROM looks AS l JOIN attempts AS a ON a.id = l.attempt
                     JOIN deliveries AS d ON d.id = a.delivery WHERE d.channel = ?1 AND l.at >= ?2",
                )?
                .query_row((channel.as_str(), millis(since)), |row| row.get(0))?;
            Ok(Sent {
                requests: requests.collect::<rusqlite::Result<_>>()?,
                looks,
            })
        })
    }
}
