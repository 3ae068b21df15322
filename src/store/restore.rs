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
mod tests {
    use super::*;
    use crate::domain::{
        Author, Channel, Content, DeliveryState, LocalTime, Plan, PlatformId, Variant,
    };
    use crate::store::{DeliveryChange, Store, copy_database};
    use chrono::{TimeDelta, TimeZone};

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 10, 12, 0, 0)
            .single()
            .expect("an instant")
    }

    fn hours(count: i64) -> DateTime<Utc> {
        noon() + TimeDelta::hours(count)
    }

    struct Desk {
        folder: tempfile::TempDir,
    }

    impl Desk {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().expect("a folder"),
            }
        }

        fn database(&self) -> PathBuf {
            self.folder.path().join("plan.db")
        }

        fn copy(&self) -> PathBuf {
            self.folder.path().join("copy.db")
        }

        fn open(&self) -> Store {
            let store = Store::open(&self.database(), noon()).expect("opens");
            let channel = Channel::new("outbox", PlatformId::Sandbox);
            store
                .wait(move |db| db.sync_channels(&[channel]))
                .expect("channels");
            store
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(self.folder.path())
                .expect("lists")
                .map(|entry| entry.expect("an entry").file_name().into_string())
                .map(|name| name.expect("a name"))
                .collect();
            names.sort();
            names
        }
    }

    fn add(store: &Store, at: DateTime<Utc>) -> PostId {
        let content = Content {
            title: "A post".to_owned(),
            text: "A text".to_owned(),
            scheduled: true,
            plan: Plan::At(LocalTime::from_instant(at, chrono_tz::UTC)),
            variants: vec![Variant::inherits("outbox")],
            ..Content::default()
        };
        store
            .wait(move |db| db.add_post(&Author::new("Ada"), &content, None, noon()))
            .expect("added")
            .id
    }

    fn standing(store: &Store, post: PostId) -> (DeliveryState, String) {
        let view = store.wait(move |db| db.post(post)).expect("there");
        let delivery = &view.deliveries[0];
        (delivery.state, delivery.reason.clone())
    }

    fn put(store: &Store, post: PostId, state: DeliveryState) {
        let lease = store.try_lead("test", noon()).expect("asks");
        let fence = lease.as_ref().expect("leads").fence;
        let view = store.wait(move |db| db.post(post)).expect("there");
        let id = view.deliveries[0].id;
        let change = DeliveryChange::to(state, "");
        store
            .wait(move |db| db.change_delivery(fence, id, &change, noon()))
            .expect("changed");
    }

    #[test]
    fn what_the_copy_thinks_unsent_but_is_past_is_missed_and_not_sent_again() {
        let desk = Desk::new();
        let store = desk.open();
        let (past, later) = (add(&store, hours(1)), add(&store, hours(9)));
        copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
        drop(store);
        let done = restore(&desk.copy(), &desk.database(), hours(2), hours(2)).expect("restored");
        assert_eq!((done.missed, done.unknown), (1, 0));
        assert_eq!(done.taken_at, noon());
        let store = desk.open();
        assert_eq!(
            standing(&store, past),
            (
                DeliveryState::Missed,
                "restored from a copy of 2026-11-10 12:00 UTC: it may have gone out since"
                    .to_owned()
            )
        );
        assert_eq!(standing(&store, later).0, DeliveryState::Waiting);
        assert_eq!(store.wait(|db| db.due(hours(3), &[], 10)), Ok(Vec::new()));
        let queue = store.wait(|db| db.queue(5)).expect("a queue");
        assert_eq!((queue.needs_you_total, queue.next_total), (1, 1));
    }

    #[test]
    fn what_was_published_early_since_the_copy_is_not_sent_again_at_its_planned_time() {
        let desk = Desk::new();
        let store = desk.open();
        let early = add(&store, hours(9));
        copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
        put(&store, early, DeliveryState::Published);
        drop(store);
        let done = restore(&desk.copy(), &desk.database(), hours(1), hours(1)).expect("restored");
        assert_eq!(done.missed, 1);
        let store = desk.open();
        let (state, reason) = standing(&store, early);
        assert_eq!(state, DeliveryState::Missed);
        assert!(reason.contains("it went out since"), "{reason}");
    }

    #[test]
    fn what_was_frozen_on_purpose_stays_frozen_whatever_the_copy_says() {
        let desk = Desk::new();
        let store = desk.open();
        copy_database(&desk.database(), &desk.copy(), noon()).unwrap();
        let by = Author::from("tester");
        store
            .wait(move |db| db.freeze(&by, "wrong link", noon()))
            .unwrap();
        drop(store);
        restore(&desk.copy(), &desk.database(), noon(), noon()).unwrap();
        let frozen = desk.open().wait(|db| db.frozen()).unwrap();
        assert_eq!(
            frozen.map(|freeze| freeze.reason),
            Some("wrong link".to_owned())
        );
    }

    #[test]
    fn what_was_being_sent_when_the_copy_was_taken_is_unknown() {
        let desk = Desk::new();
        let store = desk.open();
        let post = add(&store, hours(0));
        put(&store, post, DeliveryState::Publishing);
        copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
        put(&store, post, DeliveryState::Published);
        drop(store);
        let done = restore(&desk.copy(), &desk.database(), hours(1), hours(1)).expect("restored");
        assert_eq!((done.missed, done.unknown), (0, 1));
        assert_eq!(standing(&desk.open(), post).0, DeliveryState::Unknown);
    }

    #[test]
    fn nothing_is_restored_while_a_process_leads_or_has_the_database_open() {
        let desk = Desk::new();
        let store = desk.open();
        copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
        store.wait(|db| db.set_setting("a", "b")).expect("written");
        let open = restore(&desk.copy(), &desk.database(), noon(), noon());
        assert!(matches!(&open, Err(StoreError::Refused(line)) if line.contains("close every")));
        let lease = store.try_lead("daemon", noon()).expect("asks");
        let leads = restore(&desk.copy(), &desk.database(), noon(), noon());
        assert!(matches!(&leads, Err(StoreError::Refused(line)) if line.contains("publishes")));
        drop(lease);
        assert_eq!(store.wait(|db| db.setting("a")), Ok(Some("b".to_owned())));
        drop(store);
        assert!(restore(&desk.copy(), &desk.database(), noon(), noon()).is_ok());
        assert_eq!(desk.open().wait(|db| db.setting("a")), Ok(None));
    }

    #[test]
    fn the_database_that_was_there_is_kept_aside_and_its_leader_stays_fenced_out() {
        let desk = Desk::new();
        let store = desk.open();
        copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
        let fence = store.try_lead("daemon", noon()).expect("asks");
        let fence = fence.expect("leads").fence;
        store.wait(|db| db.set_setting("a", "b")).expect("written");
        drop(store);
        let done = restore(&desk.copy(), &desk.database(), noon(), noon()).expect("restored");
        let aside = done.aside.expect("kept");
        assert_eq!(
            desk.names(),
            [
                "copy.db",
                "plan.db",
                "plan.db.before-restore-20261110T120000000Z.bak",
                "plan.db.lock"
            ]
        );
        let before = Store::open(&aside, noon()).expect("opens");
        assert_eq!(before.wait(|db| db.setting("a")), Ok(Some("b".to_owned())));
        let late = desk.open().wait(move |db| db.tick(fence, noon()));
        assert_eq!(late, Err(StoreError::NotLeader));
    }

    #[test]
    fn a_damaged_or_missing_database_is_replaced_and_a_damaged_copy_changes_nothing() {
        let desk = Desk::new();
        let store = desk.open();
        store.wait(|db| db.set_setting("a", "b")).expect("written");
        copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
        drop(store);
        fs::write(desk.database(), "shredded, as happens to disks").expect("written");
        let bad = desk.folder.path().join("bad.db");
        fs::write(&bad, "not a copy at all").expect("written");
        let refused = restore(&bad, &desk.database(), noon(), noon());
        assert!(
            matches!(refused, Err(StoreError::Damaged(_))),
            "{refused:?}"
        );
        let missing = desk.folder.path().join("missing.db");
        let refused = restore(&missing, &desk.database(), noon(), noon());
        assert!(
            matches!(refused, Err(StoreError::NotFound(_))),
            "{refused:?}"
        );
        assert!(!desk.names().iter().any(|name| name.ends_with("restoring")));
        let done = restore(&desk.copy(), &desk.database(), noon(), noon()).expect("restored");
        assert!(done.aside.is_some());
        assert_eq!(desk.open().wait(|db| db.leader()), Ok(None));
        assert_eq!(
            desk.open().wait(|db| db.setting("a")),
            Ok(Some("b".to_owned()))
        );
        fs::remove_file(desk.database()).expect("removed");
        let done = restore(&desk.copy(), &desk.database(), noon(), noon()).expect("restored");
        assert_eq!(done.aside, None);
        assert_eq!(
            desk.open().wait(|db| db.setting("a")),
            Ok(Some("b".to_owned()))
        );
    }
}
