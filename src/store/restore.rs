//! The way back to an earlier copy, which must never send again what went out since.
//!
//! The copy is prepared beside the database and put in its place by a rename, while nobody has the database open;
//! the present one is kept aside. Copies are made in `copies.rs`.

use super::align::settle;
use super::attempts::give_up_open_attempts;
use super::copies::{COPIED_AT, existing, sync_folder, write_copy};
use super::error::{Fallible, Fault, StoreError, explain_io};
use super::row::millis;
use super::{Db, Durability, Result, Transaction, freeze, leader, migrate, open};
use crate::domain::{DeliveryId, PostId};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// When the copy was taken.
    pub taken_at: DateTime<Utc>,
    /// Where the database that was there is kept; `None` when there was none.
    pub aside: Option<PathBuf>,
    /// How many deliveries were waiting in the copy although they may have gone out since; they are missed now.
    pub missed: usize,
    /// How many were being sent when the copy was taken; they are unknown now.
    pub unknown: usize,
}

/// Puts the copy at `copy` in the place of the database at `database`; `now` is the plan's time, `real` the machine's.
///
/// # Errors
/// `Refused` while a process publishes from the database or has it open; otherwise what is wrong with the copy.
/// Nothing was changed then.
pub fn restore(
    copy: &Path,
    database: &Path,
    now: DateTime<Utc>,
    real: DateTime<Utc>,
) -> Result<Restored> {
    let database = true_path(database)?;
    let Some(_lock) = leader::lock(&database)? else {
        return Err(StoreError::Refused(format!(
            "A process publishes from {}: end it (a screen, the daemon), then restore",
            database.display()
        )));
    };
    if same_file(copy, &database) {
        return Err(StoreError::Refused(format!(
            "{} is the database itself: name a copy of it",
            copy.display()
        )));
    }
    // Asked early, so that nothing large is copied in vain, and again at the moment of the change.
    drop(alone(&database)?);
    let working = beside(&database, "restoring");
    let prepared = prepare(copy, &working, &database, now, real)
        .and_then(|done| swap(&working, &database, real).map(|aside| Restored { aside, ..done }));
    if prepared.is_err() {
        // It is a copy of a copy: that it cannot be removed costs room only.
        fs::remove_file(&working).ok();
    }
    prepared
}

/// The database's one true path, by which its lock is named; the file itself may be missing.
fn true_path(database: &Path) -> Result<PathBuf> {
    let told = |error| explain_io(&error, database);
    if database.exists() {
        return database.canonicalize().map_err(told);
    }
    let folder = match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = database.file_name().unwrap_or_default();
    Ok(folder.canonicalize().map_err(told)?.join(name))
}

fn same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| one == other)
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

/// Makes of the copy what will be the database: its layout up to date, and nothing in it that would be sent again.
fn prepare(
    copy: &Path,
    working: &Path,
    database: &Path,
    now: DateTime<Utc>,
    real: DateTime<Utc>,
) -> Result<Restored> {
    let source = existing(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    migrate::check(&source, copy)
        .and_then(|()| write_copy(&source, working))
        .map_err(|fault| fault.explain(copy))?;
    drop(source);
    let mut db = open::open(working, real, open::BUSY)?;
    // The layout before is in the copy itself.
    migrate::forget_backups(working);
    let taken_at = taken_at(&mut db, copy)?;
    let present = present_database(database);
    let path = working.to_owned();
    let attached = present.and_then(|fence| {
        let name = database.to_string_lossy();
        let done = db
            .connection
            .execute("ATTACH DATABASE ?1 AS present", [&name]);
        done.is_ok().then_some(fence)
    });
    let done = db.write(Durability::Full, |tx| {
        let reason = format!(
            "restored from a copy of {}",
            taken_at.format("%Y-%m-%d %H:%M UTC")
        );
        let mut touched = Vec::new();
        let unknown = interrupted(tx, &reason, now, &mut touched)?;
        let mut missed = past(tx, &reason, now, &mut touched)?;
        if attached.is_some() {
            missed += left_since(tx, &reason, now, &mut touched)?;
            stay_frozen(tx)?;
        }
        tx.execute(
            "UPDATE main.leader SET fence = max(fence, ?1) + 1 WHERE max(fence, ?1) > 0",
            [attached.unwrap_or_default()],
        )?;
        tx.execute("DELETE FROM main.settings WHERE key = ?1", [COPIED_AT])?;
        for post in touched {
            settle(tx, post)?;
        }
        Ok(Restored {
            taken_at,
            aside: None,
            missed,
            unknown,
        })
    })?;
    close(db.connection, attached.is_some()).map_err(|fault| fault.explain(&path))?;
    Ok(done)
}

/// What the copy says of its own time, else when its file was written.
fn taken_at(db: &mut Db, copy: &Path) -> Result<DateTime<Utc>> {
    let told = db.setting(COPIED_AT)?;
    let told = told.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    match told {
        Some(at) => Ok(at.to_utc()),
        None => fs::metadata(copy)
            .and_then(|file| file.modified())
            .map(DateTime::from)
            .map_err(|error| explain_io(&error, copy)),
    }
}

/// Returns the fencing number of the database that is there, where it is sound and of our layout.
fn present_database(database: &Path) -> Option<i64> {
    let present = existing(database, OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    if migrate::version(&present).ok()? != migrate::newest(migrate::MIGRATIONS) {
        return None;
    }
    migrate::check(&present, database).ok()?;
    present
        .query_row("SELECT fence FROM leader", [], |row| row.get(0))
        .ok()
}

/// What was being sent when the copy was taken: nobody knows from here how it ended.
fn interrupted(
    tx: &Transaction<'_>,
    reason: &str,
    now: DateTime<Utc>,
    touched: &mut Vec<PostId>,
) -> Fallible<usize> {
    let mut statement = tx.prepare("SELECT id FROM main.deliveries WHERE state = 'publishing'")?;
    let open: Vec<i64> = statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in &open {
        give_up_open_attempts(tx, DeliveryId(*id), now)?;
    }
    mark(
        tx,
        "UPDATE main.deliveries SET state = 'unknown', reason = ?1, next_try = NULL, changed_at = ?2
         WHERE state = 'publishing' RETURNING post",
        &format!("{reason}: it was being sent then; nobody knows whether it arrived"),
        now,
        touched,
    )
}

fn past(
    tx: &Transaction<'_>,
    reason: &str,
    now: DateTime<Utc>,
    touched: &mut Vec<PostId>,
) -> Fallible<usize> {
    mark(
        tx,
        "UPDATE main.deliveries SET state = 'missed', reason = ?1, next_try = NULL, changed_at = ?2
         WHERE state = 'waiting' AND ready = 1 AND due_at <= ?2 RETURNING post",
        &format!("{reason}: it may have gone out since"),
        now,
        touched,
    )
}

/// What the present database knows to have left, or perhaps to have left, before the time that the copy has for it.
fn left_since(
    tx: &Transaction<'_>,
    reason: &str,
    now: DateTime<Utc>,
    touched: &mut Vec<PostId>,
) -> Fallible<usize> {
    mark(
        tx,
        "UPDATE main.deliveries AS d SET state = 'missed', reason = ?1, next_try = NULL, changed_at = ?2
         WHERE state IN ('waiting', 'failed') AND EXISTS (
             SELECT 1 FROM present.deliveries AS p
             WHERE p.id = d.id AND p.post = d.post AND p.channel = d.channel
                 AND p.state IN ('published', 'publishing', 'unknown'))
         RETURNING post",
        &format!("{reason}: it went out since, or may have"),
        now,
        touched,
    )
}

fn mark(
    tx: &Transaction<'_>,
    sql: &str,
    reason: &str,
    now: DateTime<Utc>,
    touched: &mut Vec<PostId>,
) -> Fallible<usize> {
    let mut statement = tx.prepare(sql)?;
    let posts: Vec<i64> = statement
        .query_map((reason, millis(now)), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    touched.extend(posts.iter().map(|post| PostId(*post)));
    Ok(posts.len())
}

/// Leaves one file, without a log beside it.
/// What was frozen on purpose stays frozen, whatever the copy says.
fn stay_frozen(tx: &Transaction<'_>) -> Fallible<()> {
    let knows: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM present.sqlite_master WHERE name = 'freezes')",
        [],
        |row| row.get(0),
    )?;
    if !knows || freeze::standing(tx)?.is_some() {
        return Ok(());
    }
    let stands = tx
        .query_row(
            "SELECT frozen_by, reason, frozen_at FROM present.freezes WHERE thawed_at IS NULL",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((by, reason, at)): Option<(String, String, i64)> = stands else {
        return Ok(());
    };
    tx.execute(
        "INSERT OR IGNORE INTO main.authors SELECT * FROM present.authors WHERE name = ?1",
        [&by],
    )?;
    tx.execute(
        "INSERT INTO main.freezes (frozen_by, reason, frozen_at) VALUES (?1, ?2, ?3)",
        (by, reason, at),
    )?;
    Ok(())
}

fn close(connection: Connection, attached: bool) -> Fallible<()> {
    if attached {
        connection.execute("DETACH DATABASE present", [])?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(())
}

/// Makes sure that no process has the database open, and keeps it so until the connection is dropped.
///
/// `None` when there is no database, or none that can be opened: then nobody else works with it either.
fn alone(database: &Path) -> Result<Option<Connection>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !database.exists() {
        return Ok(None);
    }
    let Ok(connection) = Connection::open_with_flags(database, flags) else {
        return Ok(None);
    };
    let taken = || -> Fallible<()> {
        connection.busy_timeout(Duration::from_millis(200))?;
        // Leaving WAL needs the file for itself (sqlite.org/wal.html, "Activating And Configuring WAL Mode").
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        connection.execute_batch("BEGIN EXCLUSIVE")?;
        Ok(())
    };
    match taken() {
        Ok(()) => Ok(Some(connection)),
        Err(Fault::Sql(error))
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ) =>
        {
            Err(StoreError::Refused(format!(
                "Another program has {} open: close every screen and end the daemon, then restore",
                database.display()
            )))
        }
        Err(Fault::Sql(error))
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
            ) =>
        {
            Ok(None)
        }
        Err(fault) => Err(fault.explain(database)),
    }
}

/// Puts the present database aside and the working copy in its place.
fn swap(working: &Path, database: &Path, real: DateTime<Utc>) -> Result<Option<PathBuf>> {
    let told = |error| explain_io(&error, database);
    File::open(working)
        .and_then(|file| file.sync_all())
        .map_err(told)?;
    let _alone = alone(database)?;
    let aside = database.exists().then(|| {
        beside(
            database,
            &format!("before-restore-{}.bak", real.format("%Y%m%dT%H%M%S%3fZ")),
        )
    });
    if let Some(aside) = &aside {
        // A damaged database may have files beside it that belong to it and would spoil the restored one.
        for end in ["-wal", "-shm", "-journal"] {
            let with = |path: &Path| {
                let mut name = path.as_os_str().to_owned();
                name.push(end);
                PathBuf::from(name)
            };
            if with(database).exists() {
                fs::rename(with(database), with(aside)).map_err(told)?;
            }
        }
        fs::hard_link(database, aside)
            .or_else(|_| fs::rename(database, aside))
            .map_err(told)?;
    }
    fs::rename(working, database).map_err(told)?;
    sync_folder(database).map_err(told)?;
    Ok(aside)
}

#[cfg(test)]
mod tests;
