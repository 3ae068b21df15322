//! Freezing and thawing: one row that every claim reads, and what was held in between.
//!
//! What becomes of held deliveries is decided by the caller (`publisher::foresee`) and written here in one transaction.

use super::deliveries::{LEAVING, put, select_due};
use super::error::{Fallible, Fault, StoreError};
use super::posts::ensure_author;
use super::row::{instant, limit as rows, maybe_instant, millis, word};
use super::{Db, DeliveryChange, Due, Durability, Result, Transaction};
use crate::domain::freeze::{Fate, Foreseen, Freeze, PastFreeze};
use crate::domain::{Author, ChannelName, DeliveryState};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};
use std::collections::HashMap;

const STANDING: &str =
    "SELECT frozen_by, reason, frozen_at FROM freezes WHERE thawed_at IS NULL LIMIT 1";

/// Returns the freeze that stands.
pub(super) fn standing(tx: &Transaction<'_>) -> Fallible<Option<Freeze>> {
    Ok(tx
        .prepare_cached(STANDING)?
        .query_row([], freeze)
        .optional()?)
}

/// Ends the transaction with `Frozen` while a freeze stands.
pub(super) fn require_thawed(tx: &Transaction<'_>) -> Fallible<()> {
    match standing(tx)? {
        None => Ok(()),
        Some(freeze) => Err(StoreError::Frozen(Box::new(freeze)).into()),
    }
}

impl Db {
    /// Freezes: from this commit on nothing is claimed and no first part is sent, by any process.
    ///
    /// # Errors
    /// `Frozen` with the freeze that stands already.
    pub fn freeze(&mut self, author: &Author, reason: &str, now: DateTime<Utc>) -> Result<Freeze> {
        self.write(Durability::Full, |tx| {
            require_thawed(tx)?;
            ensure_author(tx, author, now)?;
            tx.execute(
                "INSERT INTO freezes (frozen_by, reason, frozen_at) VALUES (?1, ?2, ?3)",
                (author.as_str(), reason, millis(now)),
            )?;
            standing(tx)?.ok_or_else(|| Fault::refused("The freeze was not written: try again"))
        })
    }

    /// Returns the freeze that stands; `None` while things leave.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn frozen(&mut self) -> Result<Option<Freeze>> {
        self.read(standing)
    }

    /// Returns the freezes that stand or have stood, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn freezes(&mut self, limit: usize) -> Result<Vec<PastFreeze>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT frozen_by, reason, frozen_at, thawed_by, thawed_at FROM freezes ORDER BY id DESC LIMIT ?1",
            )?;
            let all = statement.query_map([rows(limit)], |row| {
                let by: Option<String> = row.get(3)?;
                let at = maybe_instant(row, 4)?;
                Ok(PastFreeze {
                    freeze: freeze(row)?,
                    thawed: by.map(Author::new).zip(at),
                })
            })?;
            Ok(all.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Ends the freeze that stands, and writes what becomes of the deliveries that still wait.
    ///
    /// # Errors
    /// `Refused` when nothing is frozen.
    pub fn thaw(
        &mut self,
        author: &Author,
        fates: &[Foreseen],
        now: DateTime<Utc>,
    ) -> Result<Freeze> {
        self.write(Durability::Full, |tx| {
            let freeze = standing(tx)?.ok_or_else(|| Fault::refused("Nothing is frozen"))?;
            ensure_author(tx, author, now)?;
            tx.execute(
                "UPDATE freezes SET thawed_by = ?1, thawed_at = ?2 WHERE thawed_at IS NULL",
                (author.as_str(), millis(now)),
            )?;
            for one in fates {
                let state: Option<DeliveryState> = tx
                    .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
                    .query_row([one.delivery.0], |row| word(row, 0))
                    .optional()?;
                if state != Some(DeliveryState::Waiting) {
                    continue;
                }
                tx.prepare_cached(
                    "UPDATE deliveries SET due_at = ?2, reason = '', next_try = NULL WHERE id = ?1 AND due_at <> ?2",
                )?
                .execute((one.delivery.0, one.due_at.map(millis)))?;
                if let Some(change) = change(&one.fate, author, now) {
                    put(tx, one.delivery, &change, now)?;
                }
            }
            Ok(freeze)
        })
    }

    /// Returns what would be looked at by `now` if nothing were frozen, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn held(&mut self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due>> {
        let rule = self.review;
        self.read(|tx| select_due(tx, rule, LEAVING, (millis(now), rows(limit))))
    }

    /// Returns every waiting delivery that is planned until `until`, drafts included, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn planned(&mut self, until: DateTime<Utc>, limit: usize) -> Result<Vec<Due>> {
        let rule = self.review;
        self.read(|tx| {
            select_due(
                tx,
                rule,
                "JOIN posts AS p ON p.id = d.post AND p.trashed = 0
                 WHERE d.state = 'waiting' AND d.due_at <= ?1 ORDER BY d.due_at, d.id LIMIT ?2",
                (millis(until), rows(limit)),
            )
        })
    }

    /// Returns when something last left on each channel, by the plan's clock.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_left(&mut self) -> Result<HashMap<ChannelName, DateTime<Utc>>> {
        self.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT name, left_at FROM channels WHERE left_at IS NOT NULL")?;
            let all = statement.query_map([], |row| {
                Ok((ChannelName::new(row.get::<_, String>(0)?), instant(row, 1)?))
            })?;
            Ok(all.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Returns what is to be written; nothing where the delivery stands as it should.
fn change(fate: &Fate, by: &Author, now: DateTime<Utc>) -> Option<DeliveryChange> {
    let left_out = format!("left out by {by} when everything was thawed");
    match fate {
        Fate::Leaves { at, reason, waits } if *at > now => Some(DeliveryChange {
            next_try: Some(*at),
            waits: *waits,
            ..DeliveryChange::to(DeliveryState::Waiting, reason)
        }),
        Fate::Leaves { .. } | Fate::Stays(_) => None,
        Fate::Missed(reason) => Some(DeliveryChange::to(DeliveryState::Missed, reason)),
        Fate::Failed(reason) => Some(DeliveryChange::to(DeliveryState::Failed, reason)),
        Fate::LeftOut => Some(DeliveryChange::to(DeliveryState::Skipped, left_out)),
    }
}

fn freeze(row: &Row<'_>) -> rusqlite::Result<Freeze> {
    Ok(Freeze {
        by: Author::new(row.get::<_, String>(0)?),
        reason: row.get(1)?,
        since: instant(row, 2)?,
    })
}
