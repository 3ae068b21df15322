//! Small things that the program itself remembers, and whether another process changed the database.
//!
//! Configuration is not here: that is the user's file.

use super::{Db, Durability, Result, migrate};
use rusqlite::OptionalExtension;

impl Db {
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
