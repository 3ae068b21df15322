//! What follows when the machine's clock was set back: times that were written ahead of it lie too far in the future.
//!
//! Without this a retry of five seconds would wait for an hour. Called by `leader.rs`, which knows what the clock said last.

use super::Transaction;
use super::error::Fallible;
use super::row::{instant, millis};
use chrono::{DateTime, TimeDelta, Utc};

/// Less than this costs a retry no more than its own length.
const NOTICED: TimeDelta = TimeDelta::minutes(2);

/// How much earlier than it says a request may have left once the clock was set back.
const DOUBT: TimeDelta = TimeDelta::days(1);

/// Moves what was planned by the clock before it was set back; `now` is before the last tick of a leader then.
///
/// By how much it was set back is known to the minute, and never taken for more than it was: a deadline moves to its true
/// instant or stays after it, and one that was written since stays as it is. When a request of unknown outcome left is not
/// known any more, so that it is looked for from a day before: to find too little could send a post twice.
pub(super) fn reckon(tx: &Transaction<'_>, now: DateTime<Utc>) -> Fallible<()> {
    let ticked: DateTime<Utc> = tx
        .prepare_cached("SELECT tick_at FROM leader")?
        .query_row([], |row| instant(row, 0))?;
    let back = ticked - now;
    if back < NOTICED {
        return Ok(());
    }
    tracing::warn!(
        seconds = back.num_seconds(),
        "the clock was set back; what is tried again is planned anew"
    );
    let back = back.num_milliseconds();
    tx.prepare_cached(
        "UPDATE deliveries SET next_try = next_try - ?1
         WHERE state IN ('waiting', 'unknown') AND (changed_at > ?2 OR next_try > ?3)",
    )?
    .execute((back, millis(now), millis(ticked)))?;
    tx.prepare_cached(
        "UPDATE attempts SET deadline = iif(started_at > ?2, deadline - ?1, deadline),
             started_at = min(started_at, ?2) - ?1 - ?3
         WHERE outcome IS NULL OR outcome IN ('unknown', 'absent')",
    )?
    .execute((back, millis(now), DOUBT.num_milliseconds()))?;
    tx.prepare_cached("UPDATE watches SET since = min(since, ?1), next_at = min(next_at, ?1)")?
        .execute([millis(now)])?;
    Ok(())
}
