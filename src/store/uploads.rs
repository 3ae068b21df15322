//! Uploads on their way: what goes on after a crash, and the figures that people see.
//!
//! A session is committed durably before the first byte goes to it; how far it has come need not be.

use super::error::{Fallible, StoreError};
use super::leader::require_lead;
use super::row::{instant, millis, number, word};
use super::{Db, Durability, Result, Transaction};
use crate::domain::{ChannelName, DeliveryId, DeliveryState, Upload, Uploading};
use rusqlite::{OptionalExtension, Row};
use std::collections::HashMap;

const COLUMNS: &str =
    "delivery, part, place, hash, session, reference, sent, total, kept, since, at";

impl Db {
    /// Returns what is known of the upload at a place of a part; `None` when none was begun.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn upload(&mut self, id: DeliveryId, part: u32, place: u32) -> Result<Option<Upload>> {
        self.read(|tx| {
            let sql = format!(
                "SELECT {COLUMNS} FROM uploads WHERE delivery = ?1 AND part = ?2 AND place = ?3"
            );
            let found = tx
                .prepare_cached(&sql)?
                .query_row((id.0, part, place), upload)
                .optional()?;
            Ok(found)
        })
    }

    /// Returns every upload of a delivery, by part and place.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn uploads(&mut self, id: DeliveryId) -> Result<Vec<Upload>> {
        self.read(|tx| uploads(tx, id))
    }

    /// Returns the upload that each delivery is at which is being sent, or waits to go on with it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn uploads_running(&mut self) -> Result<Vec<Upload>> {
        self.read(|tx| {
            let mut all: Vec<Upload> = running(tx)?.into_values().collect();
            all.sort_by_key(|upload| upload.delivery.0);
            Ok(all)
        })
    }

    /// Commits an upload durably, in place of what was known of it.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number, `CalledBack` when a person has said meanwhile that it shall not go:
    /// nothing may be sent then.
    pub fn keep_upload(&mut self, fence: i64, upload: &Upload) -> Result<()> {
        self.write(Durability::Full, |tx| {
            require_lead(tx, fence)?;
            require_claimed(tx, upload.delivery)?;
            put(tx, upload)
        })
    }

    /// Notes how far an upload has come; a power cut may forget it.
    ///
    /// # Errors
    /// As `keep_upload`.
    pub fn note_upload(&mut self, fence: i64, upload: &Upload) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            require_claimed(tx, upload.delivery)?;
            put(tx, upload)
        })
    }

    /// Forgets an upload that cannot be gone on with.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn forget_upload(
        &mut self,
        fence: i64,
        id: DeliveryId,
        part: u32,
        place: u32,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            tx.prepare_cached(
                "DELETE FROM uploads WHERE delivery = ?1 AND part = ?2 AND place = ?3",
            )?
            .execute((id.0, part, place))?;
            Ok(())
        })
    }
}

/// Returns the uploads of a delivery, by part and place.
pub(super) fn uploads(tx: &Transaction<'_>, id: DeliveryId) -> Fallible<Vec<Upload>> {
    let sql = format!("SELECT {COLUMNS} FROM uploads WHERE delivery = ?1 ORDER BY part, place");
    let mut statement = tx.prepare_cached(&sql)?;
    let found = statement.query_map([id.0], upload)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Returns the upload that each delivery is at which is being sent, or waits to go on with it.
pub(super) fn running(tx: &Transaction<'_>) -> Fallible<HashMap<DeliveryId, Upload>> {
    // The unfinished one of a delivery is read last, and stays.
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads WHERE delivery IN (
             SELECT id FROM deliveries WHERE state IN ('publishing', 'waiting'))
         ORDER BY reference IS NULL, part, place"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let found = statement.query_map([], upload)?;
    found
        .map(|one| one.map(|one| (one.delivery, one)))
        .collect::<rusqlite::Result<_>>()
        .map_err(Into::into)
}

/// Returns what goes up now, what began first before the others.
pub(super) fn going_up(tx: &Transaction<'_>) -> Fallible<Vec<Uploading>> {
    let mut statement = tx.prepare_cached(
        "SELECT d.channel, p.kind, p.title FROM deliveries AS d JOIN posts AS p ON p.id = d.post
         WHERE d.id = ?1 AND d.state = 'publishing'",
    )?;
    let mut all = Vec::new();
    for upload in running(tx)?.into_values() {
        // One that is all there waits for the words that go with it.
        if upload.reference.is_some() {
            continue;
        }
        let of = statement.query_row([upload.delivery.0], |row| {
            let channel = ChannelName::new(row.get::<_, String>(0)?);
            Ok((channel, word(row, 1)?, row.get::<_, String>(2)?))
        });
        if let Some((channel, kind, title)) = of.optional()? {
            all.push(Uploading {
                upload,
                channel,
                kind,
                title,
            });
        }
    }
    all.sort_by_key(|one| (one.upload.since, one.upload.delivery.0));
    Ok(all)
}

fn require_claimed(tx: &Transaction<'_>, id: DeliveryId) -> Fallible<()> {
    let state: Option<DeliveryState> = tx
        .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
        .query_row([id.0], |row| word(row, 0))
        .optional()?;
    match state {
        Some(DeliveryState::Publishing) => Ok(()),
        _ => Err(StoreError::CalledBack.into()),
    }
}

fn put(tx: &Transaction<'_>, upload: &Upload) -> Fallible<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO uploads (delivery, part, place, hash, session, reference, sent, total, kept, since, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute((
        upload.delivery.0,
        upload.part,
        upload.place,
        &upload.hash,
        &upload.session,
        &upload.reference,
        count(upload.sent),
        count(upload.total),
        count(upload.kept),
        millis(upload.since),
        millis(upload.at),
    ))?;
    Ok(())
}

fn count(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        delivery: DeliveryId(row.get(0)?),
        part: number(row, 1)?,
        place: number(row, 2)?,
        hash: row.get(3)?,
        session: row.get(4)?,
        reference: row.get(5)?,
        sent: number(row, 6)?,
        total: number(row, 7)?,
        kept: number(row, 8)?,
        since: instant(row, 9)?,
        at: instant(row, 10)?,
    })
}
