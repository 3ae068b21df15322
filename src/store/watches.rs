//! Parts that are there and that their platform is still at work on.
//!
//! A watch begins in the transaction that records such an outcome (`begin`), so that no crash loses it. What a look said and
//! what follows for the delivery are written together; what a person has said meanwhile stays.

use super::corrections::is_taken_back;
use super::deliveries::put;
use super::error::Fallible;
use super::freeze::standing;
use super::leader::require_lead;
use super::row::{instant, json, limit as rows, millis, word};
use super::{Db, DeliveryChange, Durability, Result, Transaction};
use crate::domain::{
    AttemptId, AttemptRequest, ChannelName, DeliveryId, DeliveryState, Outcome, PlatformId, PostId,
    Published, Watch,
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};

/// A part that is there and is looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The attempt that brought it there.
    pub attempt: AttemptId,
    /// What was sent then.
    pub request: AttemptRequest,
    /// What the platform said of it last.
    pub there: Published,
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// Its post.
    pub post: PostId,
    /// Its channel.
    pub channel: ChannelName,
    /// Its platform.
    pub platform: PlatformId,
    /// Since when it is watched, by the real clock.
    pub since: DateTime<Utc>,
}

impl Db {
    /// Returns what is to be looked at again by `now` (the real clock), the longest due first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn watched(&mut self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Watched>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT w.attempt, a.request, a.answer, d.id, d.post, d.channel, c.platform, w.since
                 FROM watches AS w JOIN attempts AS a ON a.id = w.attempt
                 JOIN deliveries AS d ON d.id = a.delivery JOIN channels AS c ON c.name = d.channel
                 WHERE w.next_at <= ?1 AND d.state = 'published' AND a.outcome = 'published'
                 ORDER BY w.next_at, w.attempt LIMIT ?2",
            )?;
            let found = statement.query_map((millis(now), rows(limit)), watched)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Whether a part may be looked at now, which may bring something there: not while everything is frozen. One that somebody
    /// deletes is not watched any more.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn may_watch(&mut self, fence: i64, watched: &Watched) -> Result<bool> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            if is_taken_back(tx, watched.delivery)? {
                end(tx, watched.attempt)?;
                return Ok(false);
            }
            Ok(standing(tx)?.is_none())
        })
    }

    /// Keeps what a look said of a part, with what follows for its delivery; `next` is when it is looked at again. `now` by the
    /// plan's clock.
    ///
    /// Returns where the delivery stands then, where that or its reason changed.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn keep_watch(
        &mut self,
        fence: i64,
        watched: &Watched,
        said: &Published,
        next: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Option<DeliveryChange>> {
        // Whatever an answer names, this part is what was sent.
        let said = &Published {
            id: watched.there.id.clone(),
            ..said.clone()
        };
        self.write(Durability::Full, |tx| {
            require_lead(tx, fence)?;
            // Somebody deletes it there, or has: what it becomes is no news any more.
            if is_taken_back(tx, watched.delivery)? {
                end(tx, watched.attempt)?;
                return Ok(None);
            }
            say(tx, watched.attempt, said)?;
            match next {
                Some(next) => {
                    tx.prepare_cached("UPDATE watches SET next_at = ?2 WHERE attempt = ?1")?
                        .execute((watched.attempt.0, millis(next)))?;
                }
                None => end(tx, watched.attempt)?,
            }
            let stands: Option<(DeliveryState, String)> = tx
                .prepare_cached("SELECT state, reason FROM deliveries WHERE id = ?1")?
                .query_row([watched.delivery.0], |row| Ok((word(row, 0)?, row.get(1)?)))
                .optional()?;
            let Some((DeliveryState::Published, reason)) = stands else {
                return Ok(None);
            };
            let note = |there: &Published| there.note.clone().unwrap_or_default();
            let change = match said.spoiled() {
                Some(reason) => DeliveryChange::to(DeliveryState::Failed, reason),
                // What a person did there since (an edit) is said in place of it, and stays.
                None if reason == note(&watched.there) && reason != note(said) => {
                    DeliveryChange::to(DeliveryState::Published, note(said))
                }
                None => return Ok(None),
            };
            put(tx, watched.delivery, &change, now)?;
            Ok(Some(change))
        })
    }

    /// Keeps what a look said of a part that is there whose delivery is being sent once more.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn keep_part(
        &mut self,
        fence: i64,
        attempt: AttemptId,
        said: &Published,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Full, |tx| {
            require_lead(tx, fence)?;
            say(tx, attempt, said)?;
            match said.watch.goes_on() {
                true => begin(tx, attempt.0, now),
                false => end(tx, attempt),
            }
        })
    }
}

/// Begins to watch a part that its platform is still at; `now` by the real clock.
pub(super) fn begin(tx: &Transaction<'_>, attempt: i64, now: DateTime<Utc>) -> Fallible<()> {
    tx.prepare_cached(
        "INSERT INTO watches (attempt, since, next_at) VALUES (?1, ?2, ?2)
         ON CONFLICT (attempt) DO UPDATE SET next_at = excluded.next_at",
    )?
    .execute((attempt, millis(now)))?;
    Ok(())
}

/// Begins to watch what an outcome says is still worked on.
pub(super) fn follow(
    tx: &Transaction<'_>,
    attempt: i64,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Fallible<()> {
    match outcome {
        Outcome::Published(Published {
            watch: Watch::GoesOn { .. },
            ..
        }) => begin(tx, attempt, now),
        _ => Ok(()),
    }
}

fn end(tx: &Transaction<'_>, attempt: AttemptId) -> Fallible<()> {
    tx.prepare_cached("DELETE FROM watches WHERE attempt = ?1")?
        .execute([attempt.0])?;
    Ok(())
}

/// Writes what a platform says now of a part that is there; that it is there, and its id, stay.
fn say(tx: &Transaction<'_>, attempt: AttemptId, said: &Published) -> Fallible<()> {
    let answer = serde_json::to_string(&Outcome::Published(said.clone()))?;
    tx.prepare_cached("UPDATE attempts SET answer = ?2 WHERE id = ?1 AND outcome = 'published'")?
        .execute((attempt.0, answer))?;
    Ok(())
}

fn watched(row: &Row<'_>) -> rusqlite::Result<Watched> {
    let outcome: Outcome = json(row, 2)?;
    Ok(Watched {
        attempt: AttemptId(row.get(0)?),
        request: json(row, 1)?,
        there: match outcome {
            Outcome::Published(there) => there,
            _ => Published::default(),
        },
        delivery: DeliveryId(row.get(3)?),
        post: PostId(row.get(4)?),
        channel: ChannelName::new(row.get::<_, String>(5)?),
        platform: word(row, 6)?,
        since: instant(row, 7)?,
    })
}
