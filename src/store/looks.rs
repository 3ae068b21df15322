//! Looks at a platform for parts whose answer was lost, and what a person says about them.
//!
//! What a look changes is written with it, in one transaction, and only while the delivery is still unknown.

use super::attempts::write_outcome;
use super::deliveries::{deliveries_of, put};
use super::error::Fault;
use super::leader::require_lead;
use super::posts::{ensure_author, load_post, named};
use super::row::{instant, millis, word};
use super::{Db, DeliveryChange, Durability, Result};
use crate::domain::{
    AttemptId, Author, ChannelName, DeliveryId, DeliveryState, Look, Outcome, PostId, Published,
    Witness,
};
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

/// What a person says about a delivery of unknown outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The part is there, and it was the last one.
    There(Published),
    /// The part is there, and others come after it; they answer this one.
    ThereGoOn(Published),
    /// It is not there: send it.
    NotThere,
    /// It is not there, and it shall not go.
    NotThereSkip,
}

impl Db {
    /// Returns every look at a delivery's parts, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn looks(&mut self, id: DeliveryId) -> Result<Vec<Look>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT l.attempt, l.at, l.saw, l.reason FROM looks AS l JOIN attempts AS a ON a.id = l.attempt
                 WHERE a.delivery = ?1 ORDER BY l.id",
            )?;
            let looks = statement.query_map([id.0], |row| {
                Ok(Look {
                    attempt: AttemptId(row.get(0)?),
                    at: instant(row, 1)?,
                    saw: word(row, 2)?,
                    reason: row.get(3)?,
                })
            })?;
            Ok(looks.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Returns the platform's ids of all that other attempts published on a channel since an instant (by the real clock).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn published_since(
        &mut self,
        channel: &ChannelName,
        since: DateTime<Utc>,
    ) -> Result<Vec<String>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT a.remote_id FROM attempts AS a JOIN deliveries AS d ON d.id = a.delivery
                 WHERE d.channel = ?1 AND a.outcome = 'published' AND a.remote_id IS NOT NULL AND a.ended_at >= ?2",
            )?;
            let ids = statement.query_map((channel.as_str(), millis(since)), |row| row.get(0))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Records a look with what follows from it: how its attempt `ended`, and where the delivery stands now.
    ///
    /// Returns `false`, and writes nothing, when the delivery is not unknown any more: a person was faster.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn keep_look(
        &mut self,
        fence: i64,
        id: DeliveryId,
        look: &Look,
        ended: Option<&Outcome>,
        change: &DeliveryChange,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.write(Durability::Full, |tx| {
            require_lead(tx, fence)?;
            let still: bool = tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM attempts AS a JOIN deliveries AS d ON d.id = a.delivery
                     WHERE a.id = ?1 AND d.id = ?2 AND d.state = 'unknown'
                         AND (a.outcome IS NULL OR a.outcome = 'unknown'))",
                )?
                .query_row((look.attempt.0, id.0), |row| row.get(0))?;
            if !still {
                return Ok(false);
            }
            tx.prepare_cached("INSERT INTO looks (attempt, at, saw, reason) VALUES (?1, ?2, ?3, ?4)")?
                .execute((
                    look.attempt.0,
                    millis(look.at),
                    look.saw.word(),
                    &look.reason,
                ))?;
            if let Some(outcome) = ended {
                write_outcome(tx, look.attempt.0, outcome, look.at)?;
            }
            put(tx, id, change, now)?;
            Ok(true)
        })
    }

    /// Settles a delivery of unknown outcome by what a person found: `now` by the plan's clock, `real_now` by the real one.
    ///
    /// # Errors
    /// `Refused` when it is not unknown, or may still arrive; `NotFound` when the post does not go to the channel.
    pub fn mark(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        mark: &Mark,
        now: DateTime<Utc>,
        real_now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Full, |tx| {
            let post = load_post(tx, id)?;
            let name = named(id, &post.content);
            let delivery = deliveries_of(tx, id)?
                .into_iter()
                .find(|delivery| delivery.channel == *channel)
                .ok_or_else(|| Fault::not_found(format!("{name} does not go to `{channel}`")))?;
            if delivery.state != DeliveryState::Unknown {
                return Err(Fault::refused(format!(
                    "{name} is {} on {channel}: there is nothing to say about it",
                    delivery.state.word()
                )));
            }
            let (attempt, part, deadline) = tx
                .prepare_cached(
                    "SELECT id, part, deadline FROM attempts
                     WHERE delivery = ?1 AND (outcome IS NULL OR outcome = 'unknown') ORDER BY part, number DESC LIMIT 1",
                )?
                .query_row([delivery.id.0], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, instant(row, 2)?))
                })
                .optional()?
                .ok_or_else(|| Fault::refused(format!("Nothing of {name} was sent to {channel}")))?;
            ensure_author(tx, author, real_now)?;
            let (outcome, state, reason, permalink) = match mark {
                Mark::NotThere | Mark::NotThereSkip if real_now < deadline => {
                    return Err(Fault::refused(format!(
                        "{name} may still arrive on {channel} until {} UTC: look again then",
                        deadline.format("%H:%M:%S")
                    )));
                }
                Mark::NotThere | Mark::NotThereSkip => {
                    let reason = format!("{author} looked: it is not there");
                    let outcome = Outcome::Absent {
                        reason: reason.clone(),
                        witness: Witness::Person,
                    };
                    match mark {
                        Mark::NotThereSkip => {
                            let skipped = format!("{reason}, and skipped it");
                            (outcome, DeliveryState::Skipped, skipped, None)
                        }
                        _ => (outcome, DeliveryState::Waiting, reason, None),
                    }
                }
                Mark::ThereGoOn(there) if there.id.is_empty() => {
                    return Err(Fault::refused(format!(
                        "{name} goes on after this part: say where it is"
                    )));
                }
                Mark::There(there) | Mark::ThereGoOn(there) => (
                    Outcome::Published(there.clone()),
                    match mark {
                        Mark::There(_) => DeliveryState::Published,
                        _ => DeliveryState::Waiting,
                    },
                    format!("{author} says that it is there"),
                    there.permalink.clone().filter(|_| part == 0),
                ),
            };
            write_outcome(tx, attempt, &outcome, real_now)?;
            if state == DeliveryState::Waiting {
                // A person decided just now that it goes: its lateness is counted from here.
                tx.prepare_cached("UPDATE deliveries SET due_at = ?2 WHERE id = ?1")?
                    .execute((delivery.id.0, millis(now)))?;
            }
            let change = DeliveryChange {
                permalink,
                ..DeliveryChange::to(state, reason)
            };
            put(tx, delivery.id, &change, now)
        })
    }
}
