//! Opening the database: every way in which the file can be wrong, told before a byte of it is touched.
//!
//! Creates the folder (0700) and the file (0600) when there are none; `migrate.rs` does the rest.

use super::error::{Fallible, Fault, StoreError, explain_io, not_a_database, read_only};
use super::migrate::{APPLICATION_ID, MIGRATIONS, migrate, newest, version};
use super::{Committing, Db, Durability, Waiting};
use crate::domain::{HashtagGroups, ReviewRule};
use chrono::{DateTime, Utc};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for another one.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Opens, and where needed creates or migrates, the database at `path`.
pub(super) fn open(path: &Path, now: DateTime<Utc>, busy: Duration) -> Result<Db, StoreError> {
    let path = prepare(path)?;
    let before = identity(&path);
    let db = connect(&path, now, busy).map_err(|fault| match fault {
        Fault::Newer(found) => StoreError::Newer(format!(
            "{} was written by a newer Masthead (layout {found}, this one knows {}): update Masthead; nothing was changed",
            path.display(),
            newest(MIGRATIONS)
        )),
        other => other.explain(&path),
    })?;
    // A restore renames another file to this name while it alone may read: what was opened is then the one put aside.
    if identity(&path) != before {
        return Err(StoreError::Locked(format!(
            "{} was restored from a copy at this moment: try again",
            path.display()
        )));
    }
    Ok(db)
}

/// Which file a name leads to.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let file = fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

fn connect(path: &Path, now: DateTime<Utc>, busy: Duration) -> Fallible<Db> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy)?;
    let found = version(&connection)?;
    if connection.is_readonly("main")? {
        return Err(read_only(path).into());
    }
    let empty = is_empty(&connection)?;
    let owner: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if !empty && owner != APPLICATION_ID {
        return Err(not_a_database(path).into());
    }
    if found > newest(MIGRATIONS) {
        return Err(Fault::Newer(found));
    }
    // The answer is the mode that holds; where WAL is impossible the old one works as well, only slower.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.set_prepared_statement_cache_capacity(96);
    // A plan that looked at what is bound is made anew for every instant that is asked about.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    migrate(&mut connection, path, MIGRATIONS, now)?;
    Ok(Db {
        connection,
        path: path.to_owned(),
        durability: Durability::Normal,
        committing: Committing::Alone,
        review: ReviewRule::default(),
        hashtags: HashtagGroups::default(),
        waiting: Waiting::Patiently(busy),
    })
}

fn is_empty(connection: &Connection) -> Fallible<bool> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0)
}

/// Makes sure that there is a file which may be opened; returns its one true path, so that the lock beside it is
/// the same for everybody.
fn prepare(path: &Path) -> Result<PathBuf, StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    create_folder(folder).map_err(|error| explain_io(&error, folder))?;
    if is_write_protected(folder) {
        return Err(read_only(path));
    }
    match create_private(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => inspect(path)?,
        Err(error) => return Err(explain_io(&error, path)),
    }
    let path = path
        .canonicalize()
        .map_err(|error| explain_io(&error, path))?;
    if path.parent().is_some_and(is_write_protected) {
        return Err(read_only(&path));
    }
    Ok(path)
}

fn inspect(path: &Path) -> Result<(), StoreError> {
    let told = |error: io::Error| explain_io(&error, path);
    let metadata = fs::metadata(path).map_err(told)?;
    if !metadata.is_file() {
        return Err(not_a_database(path));
    }
    if metadata.permissions().readonly() {
        return Err(read_only(path));
    }
    let mut head = Vec::with_capacity(16);
    let file = File::open(path).map_err(told)?;
    file.take(16).read_to_end(&mut head).map_err(told)?;
    // An empty file is what SQLite itself leaves behind when it is stopped before its first write.
    if head.is_empty() || head == b"SQLite format 3\0" {
        return Ok(());
    }
    Err(not_a_database(path))
}

/// Whether nobody may write there: root could, and must not.
fn is_write_protected(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    builder.mode(0o700);
    builder.create(folder)
}

/// Creates a file that only its owner can read; an existing one is an error.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    options.mode(0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 10, 9, 0, 0)
            .single()
            .expect("an instant")
    }

    fn refused(path: &Path) -> StoreError {
        let before = fs::read(path).ok();
        let error = open(path, now(), Duration::from_millis(50)).expect_err("refused");
        assert_eq!(fs::read(path).ok(), before, "the file was changed");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        assert!(error.to_string().contains(".db"), "{error}");
        error
    }

    #[test]
    fn after_one_change_waited_in_vain_the_next_ones_do_not_wait_as_long() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        let busy = Duration::from_secs(2);
        let mut db = open(&path, now(), busy).expect("opens");
        let other = Connection::open(&path).expect("opens");
        other.execute_batch("BEGIN IMMEDIATE").expect("locked");
        let mut waits = || {
            let start = std::time::Instant::now();
            let error = db.set_setting("a", "b").expect_err("it is locked");
            assert!(matches!(error, StoreError::Locked(_)), "{error}");
            start.elapsed()
        };
        let (first, second) = (waits(), waits());
        assert!(first >= busy && second < busy, "{first:?}, {second:?}");
        other.execute_batch("ROLLBACK").expect("free");
        assert_eq!(db.set_setting("a", "b"), Ok(()));
        assert_eq!(db.waiting, Waiting::Patiently(busy));
    }

    #[test]
    fn a_database_that_another_program_keeps_locked_is_told_after_a_while() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        drop(open(&path, now(), BUSY).expect("opens"));
        let other = Connection::open(&path).expect("opens");
        other
            .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
            .expect("locked");
        assert!(matches!(refused(&path), StoreError::Locked(_)));
    }

    #[test]
    fn a_writer_that_waits_too_long_is_told_and_nothing_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        let mut db = open(&path, now(), Duration::from_millis(50)).expect("opens");
        let other = Connection::open(&path).expect("opens");
        other.execute_batch("BEGIN IMMEDIATE;").expect("locked");
        let locked = db.set_setting("a", "b");
        assert!(matches!(locked, Err(StoreError::Locked(line)) if line.contains("masthead.db")));
        other.execute_batch("ROLLBACK;").expect("released");
        assert_eq!(db.setting("a"), Ok(None));
        assert_eq!(db.set_setting("a", "b"), Ok(()));
    }

    #[test]
    fn the_database_of_another_program_is_not_touched() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("theirs.db");
        Connection::open(&path)
            .and_then(|theirs| theirs.execute_batch("CREATE TABLE theirs (one);"))
            .expect("made");
        assert!(matches!(refused(&path), StoreError::Damaged(_)));
    }

    #[test]
    fn the_database_of_a_newer_masthead_is_not_touched() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        let db = open(&path, now(), BUSY).expect("opens");
        db.connection
            .pragma_update(None, "user_version", 99)
            .expect("written");
        drop(db);
        assert!(
            matches!(refused(&path), StoreError::Newer(line) if line.contains("update Masthead"))
        );
    }

    #[test]
    fn a_running_process_stops_writing_when_a_newer_one_has_changed_the_layout() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        let mut old = open(&path, now(), BUSY).expect("opens");
        let newer = open(&path, now(), BUSY).expect("opens");
        newer
            .connection
            .pragma_update(None, "user_version", 99)
            .expect("migrated");
        let told = old.set_setting("a", "b");
        assert!(matches!(told, Err(StoreError::Newer(line)) if line.contains("restart")));
        let written: i64 = newer
            .connection
            .query_row("SELECT count(*) FROM settings", [], |row| row.get(0))
            .expect("reads");
        assert_eq!(written, 0);
    }

    #[test]
    fn a_full_disk_is_told_and_what_was_there_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        let mut db = open(&path, now(), BUSY).expect("opens");
        db.set_setting("a", "b").expect("written");
        let pages: i64 = db
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .expect("a number");
        db.connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .expect("set");
        let full = db.set_setting("long", &"x".repeat(100_000));
        assert!(matches!(full, Err(StoreError::DiskFull(line)) if line.contains("masthead.db")));
        assert_eq!(db.setting("a"), Ok(Some("b".to_owned())));
        assert_eq!(db.setting("long"), Ok(None));
    }

    #[test]
    fn a_post_has_one_delivery_for_a_channel_whoever_writes_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = open(&folder.path().join("masthead.db"), now(), BUSY).expect("opens");
        db.connection
            .execute_batch(
                "INSERT INTO authors VALUES ('Ada', 0);
                 INSERT INTO channels (name, platform, mark) VALUES ('outbox', 'sandbox', 'Sb');
                 INSERT INTO posts (id, revision, author, created_at, updated_at, title, kind, plan, scheduled, trashed)
                 VALUES (1, 1, 'Ada', 0, 0, '', 'ad-hoc', 'shelf', 1, 0);",
            )
            .expect("a post");
        let deliver = "INSERT INTO deliveries (post, channel, state, ready, changed_at) VALUES (1, 'outbox', 'waiting', 1, 0)";
        assert_eq!(db.connection.execute(deliver, []), Ok(1));
        let twice = db.connection.execute(deliver, []).map_err(Fault::from);
        assert!(twice.is_err_and(|fault| fault.is_constraint()));
        let attempt = "INSERT INTO attempts (delivery, part, number, fence, request, started_at, deadline, outcome)
            VALUES (1, 0, 1, 1, '{}', 0, 0, 'rejected')";
        assert_eq!(db.connection.execute(attempt, []), Ok(1));
        let twice = db.connection.execute(attempt, []).map_err(Fault::from);
        assert!(twice.is_err_and(|fault| fault.is_constraint()));
    }
}
