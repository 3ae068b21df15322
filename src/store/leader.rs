//! Who publishes: one process, by a lock of the operating system and a number that only grows.
//!
//! The kernel drops the lock when the process dies; the number makes a late one harmless.

use super::error::{Fallible, StoreError, explain_io};
use super::row::{instant, millis};
use super::{Db, Durability, Result, Transaction, set_back};
use chrono::{DateTime, Utc};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The right to publish. Dropping it gives the lead up.
#[derive(Debug)]
pub struct Lease {
    /// Every send and every outcome is conditional on this number.
    pub fence: i64,
    /// Closing the file releases the lock.
    _lock: File,
}

impl Lease {
    pub(super) fn new(fence: i64, lock: File) -> Self {
        Self { fence, _lock: lock }
    }
}

/// Who publishes, as the screen says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// `daemon`, `session pts/4`.
    pub holder: String,
    /// The fencing number.
    pub fence: i64,
    /// When it last said that it lives (the database is written once a minute).
    pub tick_at: DateTime<Utc>,
    /// Whether its lock is held at this moment.
    pub alive: bool,
}

/// The lock file of a database. It is never deleted: two processes could then hold two different ones.
fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// How often the lock is tried while others ask whether it is held.
const ASKED_AGAIN: u32 = 20;

/// Takes the lock; `None` while another process (or another handle in this one) has it.
pub(super) fn lock(database: &Path) -> Result<Option<File>> {
    let path = lock_path(database);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.mode(0o600);
    let file = options
        .open(&path)
        .map_err(|error| explain_io(&error, &path))?;
    for _ in 0..ASKED_AGAIN {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(explain_io(&error, &path)),
        }
        // Somebody who only asks shares the lock for a moment: that must not cost anybody the lead.
        match file.try_lock_shared() {
            Ok(()) => file.unlock().map_err(|error| explain_io(&error, &path))?,
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(explain_io(&error, &path)),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(None)
}

/// Whether somebody leads: the lock cannot even be shared.
fn is_locked(database: &Path) -> bool {
    File::open(lock_path(database))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Ends the transaction with `NotLeader` unless `fence` is the present number.
pub(super) fn require_lead(tx: &Transaction<'_>, fence: i64) -> Fallible<()> {
    let present: i64 = tx
        .prepare_cached("SELECT fence FROM leader")?
        .query_row([], |row| row.get(0))?;
    if present == fence {
        return Ok(());
    }
    Err(StoreError::NotLeader.into())
}

impl Db {
    /// Takes the next fencing number; whoever had an earlier one can change nothing any more.
    pub(super) fn take_lead(&mut self, holder: &str, now: DateTime<Utc>) -> Result<i64> {
        self.write(Durability::Full, |tx| {
            set_back::reckon(tx, now)?;
            Ok(tx.query_row(
                "UPDATE leader SET fence = fence + 1, holder = ?1, tick_at = ?2 RETURNING fence",
                (holder, millis(now)),
                |row| row.get(0),
            )?)
        })
    }

    /// Says that the leader lives; once a minute.
    ///
    /// # Errors
    /// `NotLeader` when another process took the lead.
    pub fn tick(&mut self, fence: i64, now: DateTime<Utc>) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            set_back::reckon(tx, now)?;
            tx.execute("UPDATE leader SET tick_at = ?1", [millis(now)])?;
            Ok(())
        })
    }

    /// Returns who leads, or led last; `None` when nobody ever did.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn leader(&mut self) -> Result<Option<Leader>> {
        let alive = is_locked(&self.path);
        self.read(|tx| {
            let mut statement = tx.prepare_cached("SELECT holder, fence, tick_at FROM leader")?;
            let leader = statement.query_row([], |row| {
                Ok(Leader {
                    holder: row.get(0)?,
                    fence: row.get(1)?,
                    tick_at: instant(row, 2)?,
                    alive,
                })
            })?;
            Ok((leader.fence > 0).then_some(leader))
        })
    }
}
