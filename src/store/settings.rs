//! Small things that the program itself remembers, and whether another process changed the database.
//!
//! Configuration is not here: that is the user's file.

use super::error::Fallible;
use super::leader::require_lead;
use super::{Db, Durability, Result, Transaction, migrate};
use chrono::TimeDelta;
use rusqlite::OptionalExtension;

/// The setting that remembers how far off the leader's clock is, in seconds.
const CLOCK_AHEAD: &str = "clock_ahead";

/// Returns how far the machine's clock was ahead of what servers said, as the leader noted it last.
pub(super) fn clock_ahead(tx: &Transaction<'_>) -> Fallible<Option<TimeDelta>> {
    let seconds: Option<String> = tx
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([CLOCK_AHEAD], |row| row.get(0))
        .optional()?;
    Ok(seconds
        .and_then(|seconds| seconds.parse().ok())
        .and_then(TimeDelta::try_seconds))
}

impl Db {
    /// Notes how far the machine's clock is ahead of what servers say; nothing is written where that is known already.
    /// Returns whether something was written.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn note_clock(&mut self, fence: i64, ahead: TimeDelta) -> Result<bool> {
        let known = self.read(clock_ahead)?;
        if known.unwrap_or_default() == ahead {
            return Ok(false);
        }
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            tx.execute(
                "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                (CLOCK_AHEAD, ahead.num_seconds().to_string()),
            )?;
            Ok(true)
        })
    }

    /// Returns how far the machine's clock was ahead of what servers said, as the leader noted it last; `None` when that was
    /// never compared.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn clock_ahead(&mut self) -> Result<Option<TimeDelta>> {
        self.read(clock_ahead)
    }

    /// Returns a small setting that the program itself remembers (`author`, `welcomed`).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn setting(&mut self, key: &str) -> Result<Option<String>> {
        self.read(|tx| {
            Ok(tx
                .query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| {
                    row.get(0)
                })
                .optional()?)
        })
    }

    /// Stores one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            tx.execute(
                "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                (key, value),
            )?;
            Ok(())
        })
    }

    /// Returns a number that changes when another connection changed the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn data_version(&mut self) -> Result<i64> {
        self.read(|tx| {
            Ok(tx
                .prepare_cached("PRAGMA data_version")?
                .query_row([], |row| row.get(0))?)
        })
    }

    /// Reads the whole file and says whether it is sound; takes seconds on a large one.
    ///
    /// # Errors
    /// `Damaged`, with the first thing that is wrong.
    pub fn check(&mut self) -> Result<()> {
        let path = self.path.clone();
        self.read(|tx| migrate::check(tx, &path))
    }

    /// Moves what is in the log into the file before it is closed. That it cannot be done now costs nothing:
    /// the next one to open the database does it.
    pub(super) fn close(self) {
        self.connection.busy_timeout(std::time::Duration::ZERO).ok();
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .ok();
    }
}
