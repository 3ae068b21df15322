//! Attempts: committed to the disk before anything is sent, and never numbered twice.
//!
//! The indexes of the table refuse a second try at a part that is there or still on its way.

use super::deliveries::{no_delivery, put};
use super::error::{Fallible, Fault, StoreError};
use super::leader::require_lead;
use super::row::{instant, json, maybe, maybe_instant, millis, number, word};
use super::{Db, DeliveryChange, Durability, Result, Transaction};
use crate::domain::{Attempt, AttemptId, AttemptRequest, DeliveryId, DeliveryState, Outcome};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};

/// What is said of a delivery whose process ended between sending and hearing the answer.
const ENDED_WHILE_SENDING: &str =
    "the program ended while it was being sent; nobody knows whether it arrived";

impl Db {
    /// Returns all attempts of a delivery, by part and number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn attempts(&mut self, id: DeliveryId) -> Result<Vec<Attempt>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id, delivery, part, number, request, started_at, deadline, answer, ended_at
                 FROM attempts WHERE delivery = ?1 ORDER BY part, number",
            )?;
            let attempts = statement.query_map([id.0], attempt)?;
            Ok(attempts.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Commits an attempt durably (`synchronous=FULL`) before anything is sent.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number; `Frozen` for a first part (a thread that has begun is
    /// finished: half of it would be worse); `CalledBack` when a person has said meanwhile that it shall not go; `Refused`
    /// when the delivery was not claimed, or the part is there or on its way. Nothing may be sent then.
    pub fn begin_attempt(
        &mut self,
        fence: i64,
        id: DeliveryId,
        part: u32,
        request: &AttemptRequest,
        deadline: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<AttemptId> {
        self.write(Durability::Full, |tx| {
            require_lead(tx, fence)?;
            if part == 0 {
                super::freeze::require_thawed(tx)?;
            }
            let state: DeliveryState = tx
                .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
                .query_row([id.0], |row| word(row, 0))
                .optional()?
                .ok_or_else(|| no_delivery(id))?;
            if state == DeliveryState::Skipped {
                return Err(StoreError::CalledBack.into());
            }
            if state != DeliveryState::Publishing {
                return Err(Fault::refused(format!(
                    "Delivery {id} is {}, not claimed: it is not sent",
                    state.word()
                )));
            }
            if super::corrections::is_taken_back(tx, id)? {
                return Err(Fault::refused(format!(
                    "A part of delivery {id} was deleted there: nothing of it is sent any more"
                )));
            }
            tx.prepare_cached(
                "INSERT INTO attempts (delivery, part, number, fence, request, started_at, deadline)
                 VALUES (?1, ?2, 1 + (SELECT ifnull(max(number), 0) FROM attempts WHERE delivery = ?1 AND part = ?2),
                     ?3, ?4, ?5, ?6)",
            )?
            .execute((
                id.0,
                part,
                fence,
                serde_json::to_string(request)?,
                millis(now),
                millis(deadline),
            ))
            .map_err(|error| match Fault::from(error) {
                fault if fault.is_constraint() => Fault::refused(format!(
                    "Part {} of delivery {id} is there or on its way: it is not sent again",
                    part + 1
                )),
                fault => fault,
            })?;
            Ok(AttemptId(tx.last_insert_rowid()))
        })
    }

    /// Commits how an attempt ended, durably. Works for the attempt's own process even if it lost the lead: the truth is kept.
    ///
    /// An outcome that was unknown may be replaced by a known one, never the other way round; what was taken for
    /// absent may turn out to be published after all.
    ///
    /// # Errors
    /// `Refused` when another outcome is known already; `NotFound`.
    pub fn finish_attempt(
        &mut self,
        id: AttemptId,
        outcome: &Outcome,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Full, |tx| {
            let known: Option<Outcome> = tx
                .prepare_cached("SELECT answer FROM attempts WHERE id = ?1")?
                .query_row([id.0], |row| maybe(row, 0, json))
                .optional()?
                .ok_or_else(|| Fault::not_found(format!("There is no attempt {id}")))?;
            match known {
                None | Some(Outcome::Unknown { .. }) => write_outcome(tx, id.0, outcome, now),
                Some(Outcome::Absent { .. }) if matches!(outcome, Outcome::Published(_)) => {
                    write_outcome(tx, id.0, outcome, now)
                }
                // Whoever comes late with less than that it is there says nothing new.
                Some(Outcome::Absent { .. }) => Ok(()),
                Some(known) if known == *outcome => Ok(()),
                Some(known) => Err(Fault::refused(format!(
                    "Attempt {id} ended as {} already; {} is not written over it",
                    known.word(),
                    outcome.word()
                ))),
            }
        })
    }
}

pub(super) fn write_outcome(
    tx: &Transaction<'_>,
    attempt: i64,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let remote_id = match outcome {
        // A person who says "it is there" may not know where.
        Outcome::Published(published) => Some(&published.id).filter(|id| !id.is_empty()),
        _ => None,
    };
    tx.prepare_cached(
        "UPDATE attempts SET outcome = ?2, remote_id = ?3, answer = ?4, ended_at = ?5 WHERE id = ?1",
    )?
    .execute((
        attempt,
        outcome.word(),
        remote_id,
        serde_json::to_string(outcome)?,
        millis(now),
    ))?;
    super::watches::follow(tx, attempt, outcome, now)
}

/// What is known of a delivery that was being sent when its leader went.
struct LeftBehind {
    delivery: DeliveryId,
    claimed_here: bool,
    open: i64,
    /// The latest deadline of its open attempts.
    deadline: Option<i64>,
    unknown: bool,
}

/// See `Db::recover`.
pub(super) fn recover(tx: &Transaction<'_>, fence: i64, now: DateTime<Utc>) -> Fallible<usize> {
    let mut changed = 0;
    for left in left_behind(tx, fence)? {
        let overdue = left
            .deadline
            .is_some_and(|deadline| deadline <= millis(now));
        let (state, reason) = match left {
            LeftBehind { open: 1.., .. } if !overdue => continue,
            LeftBehind { open: 1.., .. } => {
                give_up_open_attempts(tx, left.delivery, now)?;
                (DeliveryState::Unknown, ENDED_WHILE_SENDING)
            }
            LeftBehind {
                claimed_here: true, ..
            } => continue,
            LeftBehind { unknown: true, .. } => (DeliveryState::Unknown, ENDED_WHILE_SENDING),
            _ => (DeliveryState::Waiting, ""),
        };
        put(tx, left.delivery, &DeliveryChange::to(state, reason), now)?;
        changed += 1;
    }
    Ok(changed)
}

fn left_behind(tx: &Transaction<'_>, fence: i64) -> Fallible<Vec<LeftBehind>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, claimed_by IS ?1,
             (SELECT count(*) FROM attempts WHERE delivery = d.id AND outcome IS NULL),
             (SELECT max(deadline) FROM attempts WHERE delivery = d.id AND outcome IS NULL),
             EXISTS (SELECT 1 FROM attempts AS a WHERE delivery = d.id AND outcome = 'unknown' AND number = (
                 SELECT max(number) FROM attempts WHERE delivery = d.id AND part = a.part))
         FROM deliveries AS d WHERE state = 'publishing'",
    )?;
    let found = statement.query_map([fence], |row| {
        Ok(LeftBehind {
            delivery: DeliveryId(row.get(0)?),
            claimed_here: row.get(1)?,
            open: row.get(2)?,
            deadline: row.get(3)?,
            unknown: row.get(4)?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Ends a delivery's open attempts as unknown.
pub(super) fn give_up_open_attempts(
    tx: &Transaction<'_>,
    delivery: DeliveryId,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let mut statement =
        tx.prepare_cached("SELECT id FROM attempts WHERE delivery = ?1 AND outcome IS NULL")?;
    let open: Vec<i64> = statement
        .query_map([delivery.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let outcome = Outcome::Unknown {
        reason: ENDED_WHILE_SENDING.to_owned(),
    };
    open.into_iter()
        .try_for_each(|attempt| write_outcome(tx, attempt, &outcome, now))
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        id: AttemptId(row.get(0)?),
        delivery: DeliveryId(row.get(1)?),
        part: number(row, 2)?,
        number: number(row, 3)?,
        request: json(row, 4)?,
        started_at: instant(row, 5)?,
        deadline: instant(row, 6)?,
        outcome: maybe(row, 7, json)?,
        ended_at: maybe_instant(row, 8)?,
    })
}
