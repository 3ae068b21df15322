//! Copies of the database while others work with it: whole, checked, for their owner alone, never over another file.
//!
//! Uses a connection of its own, so that publishing does not wait. Which copies are kept is decided in
//! `domain/retention.rs`; `restore.rs` is the way back.

use super::Result;
use super::error::{Fallible, Fault, StoreError, explain_io, not_a_database};
use super::migrate::{self, APPLICATION_ID};
use super::open::{BUSY, create_private};
use crate::domain::retention::outlived;
use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The setting by which a copy knows when it was taken.
pub(super) const COPIED_AT: &str = "copied_at";

/// How the time stands in the name of an automatic copy.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Copies the database at `database` to `target` and reads the whole copy once; `now` is the real time.
///
/// # Errors
/// `Refused` when there is a file at `target` already; otherwise what is wrong with either of them.
pub fn copy_database(database: &Path, target: &Path, now: DateTime<Utc>) -> Result<()> {
    // Takes the name before anything is done, so that nobody's file is written over.
    create_private(target).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Refused(format!(
            "{} exists already: name another file; nothing was overwritten",
            target.display()
        )),
        _ => explain_io(&error, target),
    })?;
    let part = part_of(target);
    let copied = copy(database, &part, now).and_then(|()| {
        fs::rename(&part, target)
            .and_then(|()| sync_folder(target))
            .map_err(|error| explain_io(&error, target))
    });
    if copied.is_err() {
        // What is left of a copy that failed helps nobody; that it cannot be removed changes nothing.
        fs::remove_file(&part).ok();
        fs::remove_file(target).ok();
    }
    copied
}

/// Takes the copy of the day into `folder` unless there is one, and deletes those that are outlived.
///
/// Returns where it is; `None` when today has one already. Days are those of UTC; `now` is the real time.
///
/// # Errors
/// When the copy cannot be made; nothing was deleted then.
pub fn daily_copy(database: &Path, folder: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| explain_io(&error, folder))?;
    let stem = database.file_stem().unwrap_or_default().to_string_lossy();
    let present = taken(folder, &stem)?;
    if present
        .iter()
        .any(|(at, _)| at.date_naive() == now.date_naive())
    {
        return Ok(None);
    }
    let target = folder.join(format!("{stem}-{}.db", now.format(STAMP)));
    copy_database(database, &target, now)?;
    let all = taken(folder, &stem)?;
    let times: Vec<DateTime<Utc>> = all.iter().map(|(at, _)| *at).collect();
    let outlived = outlived(&times);
    for (_, path) in all.iter().filter(|(at, _)| outlived.contains(at)) {
        // An old copy that stays costs room only.
        fs::remove_file(path).ok();
    }
    Ok(Some(target))
}

/// Lists the automatic copies; clears away what a process that was killed left half-done.
fn taken(folder: &Path, stem: &str) -> Result<Vec<(DateTime<Utc>, PathBuf)>> {
    let told = |error: io::Error| explain_io(&error, folder);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let half = name
            .strip_prefix('.')
            .map(|name| name.strip_suffix("-journal").unwrap_or(name))
            .and_then(|name| name.strip_suffix(".part"));
        let Some(at) = stamp(half.unwrap_or(&name), stem) else {
            continue;
        };
        if half.is_some() || entry.metadata().is_ok_and(|file| file.len() == 0) {
            fs::remove_file(entry.path()).ok();
        } else {
            found.push((at, entry.path()));
        }
    }
    Ok(found)
}

fn stamp(name: &str, stem: &str) -> Option<DateTime<Utc>> {
    let stamp = name.strip_prefix(stem)?.strip_prefix('-')?;
    let at = NaiveDateTime::parse_from_str(stamp.strip_suffix(".db")?, STAMP).ok()?;
    Some(at.and_utc())
}

fn part_of(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.part"))
}

fn copy(database: &Path, part: &Path, now: DateTime<Utc>) -> Result<()> {
    let source = existing(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    write_copy(&source, part).map_err(|fault| fault.explain(database))?;
    finish(part, now).map_err(|fault| fault.explain(part))
}

/// Fills a new file, readable by its owner only, with what `source` holds at this moment.
pub(super) fn write_copy(source: &Connection, target: &Path) -> Fallible<()> {
    if let Err(error) = fs::remove_file(target)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(explain_io(&error, target).into());
    }
    create_private(target).map_err(|error| explain_io(&error, target))?;
    source.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
    Ok(())
}

/// Writes into the copy when it was taken, reads all of it, and puts it on the disk.
fn finish(part: &Path, now: DateTime<Utc>) -> Fallible<()> {
    let copy = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    copy.execute(
        "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        (COPIED_AT, now.to_rfc3339()),
    )?;
    migrate::check(&copy, part)?;
    drop(copy);
    File::open(part)
        .and_then(|file| file.sync_all())
        .map_err(|error| explain_io(&error, part).into())
}

/// Opens a database of ours that must be there; its layout may be an older one.
pub(super) fn existing(path: &Path, mode: OpenFlags) -> Result<Connection> {
    if !path.exists() {
        return Err(StoreError::NotFound(format!(
            "There is no file {}",
            path.display()
        )));
    }
    let open = || -> Fallible<Connection> {
        let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY)?;
        let owner: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if owner != APPLICATION_ID {
            return Err(not_a_database(path).into());
        }
        let found = migrate::version(&connection)?;
        if found > migrate::newest(migrate::MIGRATIONS) {
            return Err(Fault::Told(StoreError::Newer(format!(
                "{} was written by a newer Masthead: update Masthead; nothing was changed",
                path.display()
            ))));
        }
        Ok(connection)
    };
    open().map_err(|fault| fault.explain(path))
}

/// Makes the names in a file's folder outlive a power cut.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use chrono::{TimeDelta, TimeZone};
    use std::os::unix::fs::PermissionsExt;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 10, 9, 0, 0)
            .single()
            .expect("an instant")
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("lists")
            .map(|entry| entry.expect("an entry").file_name().into_string())
            .map(|name| name.expect("a name"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_copy_taken_while_others_write_is_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.db");
        let store = Store::open(&path, now()).expect("opens");
        store.wait(|db| db.set_setting("a", "b")).expect("written");
        let out = tempfile::tempdir().expect("a folder");
        let target = out.path().join("copy.db");
        copy_database(&path, &target, now()).expect("copied");
        assert_eq!(names(out.path()), ["copy.db"]);
        let mode = fs::metadata(&target).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let copy = Store::open(&target, now()).expect("opens");
        assert_eq!(copy.wait(|db| db.setting("a")), Ok(Some("b".to_owned())));
        assert_eq!(copy.wait(|db| db.check()), Ok(()));
    }

    #[test]
    fn a_copy_is_never_written_over_another_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.db");
        drop(Store::open(&path, now()).expect("opens"));
        let target = folder.path().join("precious");
        fs::write(&target, "mine").expect("written");
        let refused = copy_database(&path, &target, now());
        assert!(matches!(refused, Err(StoreError::Refused(line)) if line.contains("precious")));
        assert_eq!(fs::read_to_string(&target).expect("reads"), "mine");
    }

    #[test]
    fn a_copy_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.db");
        fs::write(&path, "not a database at all, but a text").expect("written");
        let failed = copy_database(&path, &folder.path().join("copy.db"), now());
        assert!(matches!(failed, Err(StoreError::Damaged(_))), "{failed:?}");
        assert_eq!(names(folder.path()), ["plan.db"]);
    }

    #[test]
    fn one_copy_a_day_is_taken_and_old_ones_go_by_the_rule() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.db");
        drop(Store::open(&path, now()).expect("opens"));
        let backups = folder.path().join("backups");
        let first = daily_copy(&path, &backups, now()).expect("copied");
        assert_eq!(first, Some(backups.join("plan-20261110T090000Z.db")));
        let again = daily_copy(&path, &backups, now() + TimeDelta::hours(3));
        assert_eq!(again, Ok(None));
        fs::write(backups.join("notes.txt"), "mine").expect("written");
        fs::write(backups.join(".plan-20261111T090000Z.db.part"), "half").expect("written");
        fs::write(
            backups.join(".plan-20261111T090000Z.db.part-journal"),
            "half",
        )
        .expect("written");
        fs::write(backups.join("plan-20261111T090000Z.db"), "").expect("written");
        for day in 1..=20 {
            daily_copy(&path, &backups, now() + TimeDelta::days(day)).expect("copied");
        }
        let kept = names(&backups);
        assert!(kept.contains(&"notes.txt".to_owned()));
        assert!(kept.contains(&"plan-20261130T090000Z.db".to_owned()));
        assert!(!kept.contains(&"plan-20261112T090000Z.db".to_owned()));
        assert!(kept.iter().all(|name| !name.contains(".part")), "{kept:?}");
        assert!(kept.len() <= 1 + 7 + 3, "{kept:?}");
    }
}
