//! Deletions and edits of what is out: committed before the platform is asked, and kept with what came of them.
//!
//! A delivery keeps its state. One that was deleted there is never sent again, not even the rest of a thread.

use super::align::settle;
use super::deliveries::{no_delivery, put};
use super::error::{Fallible, Fault};
use super::freeze;
use super::posts::ensure_author;
use super::row::{instant, json, maybe, maybe_instant, millis, number, word};
use super::{Db, DeliveryChange, Durability, Result, Transaction};
use crate::domain::{
    Author, Corrected, Correction, CorrectionId, CorrectionKind, DeliveryId, DeliveryState, PostId,
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};

/// A correction that is about to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCorrection {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Which part, from 0.
    pub part: u32,
    /// What is asked for.
    pub kind: CorrectionKind,
    /// What the part is to say then.
    pub text: Option<String>,
    /// Until when, by the real clock, the answer may come.
    pub deadline: DateTime<Utc>,
}

impl Db {
    /// Returns every correction of a delivery, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn corrections(&mut self, id: DeliveryId) -> Result<Vec<Correction>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id, delivery, part, kind, text, author, asked_at, deadline, answer, ended_at
                 FROM corrections WHERE delivery = ?1 ORDER BY id",
            )?;
            let found = statement.query_map([id.0], correction)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Commits, durably, that somebody asks for a correction, before the platform is called. `now` by the real clock.
    ///
    /// An earlier one without an answer ends as unknown once its deadline has passed.
    ///
    /// # Errors
    /// `Frozen` for an edit; `Refused` when the part is not there, was deleted, is being corrected, or the delivery is
    /// not settled; `NotFound`.
    pub fn begin_correction(
        &mut self,
        author: &Author,
        new: &NewCorrection,
        now: DateTime<Utc>,
    ) -> Result<CorrectionId> {
        self.write(Durability::Full, |tx| {
            if new.kind == CorrectionKind::Edit {
                freeze::require_thawed(tx)?;
            }
            require_there(tx, new)?;
            give_up_overdue(tx, new, now)?;
            ensure_author(tx, author, now)?;
            tx.prepare_cached(
                "INSERT INTO corrections (delivery, part, kind, text, author, asked_at, deadline)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                new.delivery.0,
                new.part,
                new.kind.word(),
                &new.text,
                author.as_str(),
                millis(now),
                millis(new.deadline),
            ))
            .map_err(|error| match Fault::from(error) {
                fault if fault.is_constraint() => Fault::refused(format!(
                    "Part {} of delivery {} is being corrected by somebody else: look again in a minute",
                    new.part + 1,
                    new.delivery
                )),
                fault => fault,
            })?;
            Ok(CorrectionId(tx.last_insert_rowid()))
        })
    }

    /// Commits how a correction ended, durably, with the note that its delivery shows from then on (`None` leaves it).
    ///
    /// What was deleted of a delivery that is not published takes it out of the way: it becomes skipped. `now` by the
    /// plan's clock, `real_now` by the real one.
    ///
    /// # Errors
    /// `Refused` when another outcome is known already; `NotFound`.
    pub fn finish_correction(
        &mut self,
        id: CorrectionId,
        outcome: &Corrected,
        note: Option<&str>,
        now: DateTime<Utc>,
        real_now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Full, |tx| {
            let (delivery, kind, known) = tx
                .prepare_cached("SELECT delivery, kind, outcome FROM corrections WHERE id = ?1")?
                .query_row([id.0], |row| {
                    let kind: CorrectionKind = word(row, 1)?;
                    Ok((
                        DeliveryId(row.get(0)?),
                        kind,
                        row.get::<_, Option<String>>(2)?,
                    ))
                })
                .optional()?
                .ok_or_else(|| Fault::not_found(format!("There is no correction {id}")))?;
            if let Some(known) = known.filter(|known| known != "unknown") {
                return Err(Fault::refused(format!(
                    "Correction {id} ended as {known} already"
                )));
            }
            tx.prepare_cached(
                "UPDATE corrections SET outcome = ?2, answer = ?3, ended_at = ?4 WHERE id = ?1",
            )?
            .execute((
                id.0,
                outcome.word(),
                serde_json::to_string(outcome)?,
                millis(real_now),
            ))?;
            let state = state_of(tx, delivery)?;
            let deleted = kind == CorrectionKind::Delete && outcome.settles(kind);
            match note {
                Some(note) if deleted && state.is_open() => {
                    let change = DeliveryChange::to(DeliveryState::Skipped, note);
                    put(tx, delivery, &change, now)
                }
                Some(note) => {
                    let post: i64 = tx
                        .prepare_cached(
                            "UPDATE deliveries SET reason = ?2 WHERE id = ?1 RETURNING post",
                        )?
                        .query_row((delivery.0, note), |row| row.get(0))?;
                    settle(tx, PostId(post))
                }
                None => Ok(()),
            }
        })
    }
}

/// Whether a part of a delivery was deleted there, or may have been: nothing of it is sent any more.
pub(super) fn is_taken_back(tx: &Transaction<'_>, delivery: DeliveryId) -> Fallible<bool> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM corrections WHERE delivery = ?1 AND kind = 'delete'
                 AND (outcome IS NULL OR outcome IN ('done', 'gone', 'unknown')))",
        )?
        .query_row([delivery.0], |row| row.get(0))?)
}

fn state_of(tx: &Transaction<'_>, delivery: DeliveryId) -> Fallible<DeliveryState> {
    tx.prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
        .query_row([delivery.0], |row| word(row, 0))
        .optional()?
        .ok_or_else(|| no_delivery(delivery))
}

fn require_there(tx: &Transaction<'_>, new: &NewCorrection) -> Fallible<()> {
    let (id, part) = (new.delivery, new.part + 1);
    match state_of(tx, id)? {
        DeliveryState::Publishing | DeliveryState::Waiting => {
            return Err(Fault::refused(format!(
                "Delivery {id} is still on its way: skip it, or wait until that is over"
            )));
        }
        DeliveryState::Unknown => {
            return Err(Fault::refused(format!(
                "Nobody knows whether delivery {id} went out: look there first, and say what you saw"
            )));
        }
        _ => {}
    }
    let there: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attempts WHERE delivery = ?1 AND part = ?2
                 AND outcome = 'published' AND remote_id IS NOT NULL)",
        )?
        .query_row((id.0, new.part), |row| row.get(0))?;
    if !there {
        return Err(Fault::refused(format!(
            "Part {part} of delivery {id} is not known to be there"
        )));
    }
    let gone: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM corrections WHERE delivery = ?1 AND part = ?2 AND kind = 'delete'
                 AND outcome IN ('done', 'gone'))",
        )?
        .query_row((id.0, new.part), |row| row.get(0))?;
    if gone {
        return Err(Fault::refused(format!(
            "Part {part} of delivery {id} was deleted there already"
        )));
    }
    Ok(())
}

fn give_up_overdue(tx: &Transaction<'_>, new: &NewCorrection, now: DateTime<Utc>) -> Fallible<()> {
    let unknown = Corrected::Unknown {
        reason: "the program ended while it was asked for".to_owned(),
    };
    tx.prepare_cached(
        "UPDATE corrections SET outcome = ?4, answer = ?5, ended_at = ?3
         WHERE delivery = ?1 AND part = ?2 AND outcome IS NULL AND deadline <= ?3",
    )?
    .execute((
        new.delivery.0,
        new.part,
        millis(now),
        unknown.word(),
        serde_json::to_string(&unknown)?,
    ))?;
    Ok(())
}

fn correction(row: &Row<'_>) -> rusqlite::Result<Correction> {
    Ok(Correction {
        id: CorrectionId(row.get(0)?),
        delivery: DeliveryId(row.get(1)?),
        part: number(row, 2)?,
        kind: word(row, 3)?,
        text: row.get(4)?,
        author: Author::new(row.get::<_, String>(5)?),
        asked_at: instant(row, 6)?,
        deadline: instant(row, 7)?,
        outcome: maybe(row, 8, json)?,
        ended_at: maybe_instant(row, 9)?,
    })
}
