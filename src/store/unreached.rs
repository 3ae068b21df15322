//! Deliveries that wait because their platform could not be reached, and since when.
//!
//! For the top bar only: what is tried again, and when, is in `deliveries.rs`.

use super::error::Fallible;
use super::leader::require_lead;
use super::row::{maybe_instant, millis};
use super::{Db, Durability, Result, Transaction};
use crate::domain::DeliveryId;
use crate::domain::queue::Offline;
use chrono::{DateTime, Utc};

/// Whether a platform could be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It answered, whatever it said.
    Yes,
    /// Nothing arrived there, or no sensible answer came back.
    No,
}

impl Db {
    /// Notes whether the platform of a delivery could be reached; the first of several failures in a row counts.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn note_reached(
        &mut self,
        fence: i64,
        id: DeliveryId,
        reached: Reached,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            match reached {
                Reached::Yes => tx
                    .prepare_cached("DELETE FROM unreached WHERE delivery = ?1")?
                    .execute([id.0])?,
                Reached::No => tx
                    .prepare_cached("INSERT OR IGNORE INTO unreached VALUES (?1, ?2)")?
                    .execute((id.0, millis(now)))?,
            };
            Ok(())
        })
    }
}

/// Returns since when the network is away, and how many deliveries wait for it; `None` while something else got through:
/// then it is the one server that is away, and the reason on its deliveries says so.
pub(super) fn offline(tx: &Transaction<'_>) -> Fallible<Option<Offline>> {
    let (since, waiting): (Option<DateTime<Utc>>, i64) = tx
        .prepare_cached(
            "SELECT min(u.since), count(*) FROM unreached AS u JOIN deliveries AS d ON d.id = u.delivery
             WHERE d.state IN ('waiting', 'publishing') AND d.ready = 1",
        )?
        .query_row([], |row| Ok((maybe_instant(row, 0)?, row.get(1)?)))?;
    let Some(since) = since else {
        return Ok(None);
    };
    let got_through: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'published' AND changed_at >= ?1
                 AND channel NOT IN (SELECT channel FROM unreached JOIN deliveries AS d ON d.id = delivery))",
        )?
        .query_row([millis(since)], |row| row.get(0))?;
    Ok((!got_through).then(|| Offline {
        since,
        waiting: usize::try_from(waiting).unwrap_or(0),
    }))
}
