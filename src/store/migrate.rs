//! Brings an older database up to date: one file per step, each step in one transaction, a copy set aside first.
//!
//! A step is never changed once it was released; a new one is added at the end of `MIGRATIONS`.

use super::error::{Fallible, Fault, StoreError, explain_io};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, TransactionBehavior};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// All steps, from an empty file on. `user_version` counts those that were taken.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_calendar.sql"),
    include_str!("migrations/0002_looks.sql"),
    include_str!("migrations/0003_freeze.sql"),
    include_str!("migrations/0004_retries.sql"),
    include_str!("migrations/0005_corrections.sql"),
    include_str!("migrations/0006_unreached.sql"),
    include_str!("migrations/0007_history.sql"),
    include_str!("migrations/0008_search.sql"),
    include_str!("migrations/0009_review.sql"),
    include_str!("migrations/0010_turns.sql"),
    include_str!("migrations/0011_screens.sql"),
    include_str!("migrations/0012_by_hand.sql"),
    include_str!("migrations/0013_uploads.sql"),
    include_str!("migrations/0014_cards.sql"),
    include_str!("migrations/0015_people.sql"),
    include_str!("migrations/0016_watches.sql"),
];

/// Marks a file as ours: `MAST`.
pub(super) const APPLICATION_ID: i64 = 0x4d41_5354;

/// How many copies from before a migration are kept.
const BACKUPS: usize = 3;

/// The layout that `migrations` lead to.
pub(super) fn newest(migrations: &[&str]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Reads the layout that the file has.
pub(super) fn version(connection: &Connection) -> Fallible<i64> {
    Ok(connection
        .prepare_cached("PRAGMA user_version")?
        .query_row([], |row| row.get(0))?)
}

/// Takes the steps that are missing. An existing database is checked and copied aside before the first of them.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
    now: DateTime<Utc>,
) -> Fallible<()> {
    let present = version(connection)?;
    if present > newest(migrations) {
        return Err(Fault::Newer(present));
    }
    if present == newest(migrations) {
        return Ok(());
    }
    if present > 0 {
        check(connection, path)?;
        copy_aside(connection, path, present, now)?;
    }
    for (step, sql) in (1_i64..).zip(migrations) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Read again under the lock: another process may have taken the step meanwhile.
        if version(&transaction)? < step {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", step)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

/// Reads the whole file and says whether it is sound.
pub(super) fn check(connection: &Connection, path: &Path) -> Fallible<()> {
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged(format!(
        "The database {} is damaged ({}); nothing was changed: restore a backup",
        path.display(),
        answer.replace('\n', " ")
    ))
    .into())
}

fn copy_aside(
    connection: &Connection,
    path: &Path,
    version: i64,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let (copy, file) = create_backup(path, version, now)?;
    let name = copy.to_string_lossy();
    let copied = connection
        .execute("VACUUM INTO ?1", [&name])
        .map_err(Fault::from)
        .and_then(|_| {
            file.sync_all()
                .map_err(|error| explain_io(&error, &copy).into())
        });
    if let Err(fault) = copied {
        // Half a copy is worse than none: it would push a whole one out. That it cannot be removed changes nothing.
        fs::remove_file(&copy).ok();
        return Err(fault);
    }
    for old in backups(path).into_iter().rev().skip(BACKUPS) {
        // An old copy that stays costs room only; the migration is what matters.
        fs::remove_file(old).ok();
    }
    Ok(())
}

/// Creates the empty file that `VACUUM INTO` fills, readable by its owner only.
fn create_backup(path: &Path, version: i64, now: DateTime<Utc>) -> Fallible<(PathBuf, File)> {
    let mut at = now;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(
            ".before-v{version}-{}.bak",
            at.format("%Y%m%dT%H%M%S%3fZ")
        ));
        let copy = PathBuf::from(name);
        match super::open::create_private(&copy) {
            Ok(file) => return Ok((copy, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                at += chrono::Duration::milliseconds(1);
            }
            Err(error) => return Err(explain_io(&error, &copy).into()),
        }
    }
}

/// Removes the copies beside a database that is itself only a copy.
pub(super) fn forget_backups(path: &Path) {
    for copy in backups(path) {
        // One that stays costs room only.
        fs::remove_file(copy).ok();
    }
}

/// Lists the copies beside a database, the oldest first.
fn backups(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
    let prefix = format!("{name}.before-v");
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            let stamp = file.strip_prefix(&prefix)?.strip_suffix(".bak")?;
            let (_, time) = stamp.split_once('-')?;
            Some((time.to_owned(), entry.path()))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    const NEXT: &str = "CREATE TABLE later (one INTEGER) STRICT;";

    fn now(second: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 10, 9, 0, second)
            .single()
            .expect("an instant")
    }

    fn database(folder: &Path) -> (PathBuf, Connection) {
        let path = folder.join("masthead.db");
        let mut connection = Connection::open(&path).expect("opens");
        migrate(&mut connection, &path, &MIGRATIONS[..1], now(0)).expect("migrates");
        (path, connection)
    }

    #[test]
    fn a_new_database_takes_every_step_and_is_not_copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        let mut connection = Connection::open(&path).expect("opens");
        migrate(&mut connection, &path, MIGRATIONS, now(0)).expect("migrates");
        assert_eq!(version(&connection).expect("a version"), newest(MIGRATIONS));
        assert_eq!(backups(&path), Vec::<PathBuf>::new());
    }

    #[test]
    fn each_migration_copies_the_database_aside_and_the_newest_three_copies_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut connection) = database(folder.path());
        let mut steps = MIGRATIONS[..1].to_vec();
        let tables: Vec<String> = (0..5)
            .map(|n| format!("CREATE TABLE t{n} (one INTEGER) STRICT;"))
            .collect();
        for (second, table) in (1..).zip(&tables) {
            steps.push(table);
            migrate(&mut connection, &path, &steps, now(second)).expect("migrates");
        }
        let kept = backups(&path);
        assert_eq!(kept.len(), 3);
        let before = newest(&steps) - 1;
        assert!(
            kept[2]
                .to_string_lossy()
                .contains(&format!(".before-v{before}-20261110T090005000Z.bak"))
        );
        let copy = Connection::open(&kept[2]).expect("a copy that opens");
        assert_eq!(version(&copy).expect("a version"), before);
        let owner: i64 = copy
            .pragma_query_value(None, "application_id", |row| row.get(0))
            .expect("reads");
        assert_eq!(owner, APPLICATION_ID);
        let there: i64 = copy
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 't3'",
                [],
                |row| row.get(0),
            )
            .expect("reads");
        let not_yet: i64 = copy
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 't4'",
                [],
                |row| row.get(0),
            )
            .expect("reads");
        assert_eq!((there, not_yet), (1, 0));
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut connection) = database(folder.path());
        let mut broken = MIGRATIONS.to_vec();
        broken.push("CREATE TABLE half (one INTEGER) STRICT; NONSENSE;");
        assert!(migrate(&mut connection, &path, &broken, now(1)).is_err());
        assert_eq!(version(&connection).expect("a version"), newest(MIGRATIONS));
        let half: i64 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
                [],
                |row| row.get(0),
            )
            .expect("reads");
        assert_eq!(half, 0);
    }

    #[test]
    fn a_step_is_taken_once_when_two_processes_start_together() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut first) = database(folder.path());
        let mut second = Connection::open(&path).expect("opens");
        let mut steps = MIGRATIONS.to_vec();
        steps.push(NEXT);
        migrate(&mut first, &path, &steps, now(1)).expect("migrates");
        migrate(&mut second, &path, &steps, now(1)).expect("finds it done");
        assert_eq!(version(&second).expect("a version"), newest(&steps));
    }

    #[test]
    fn what_waits_its_turn_goes_on_waiting_for_it_when_that_becomes_a_column() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut connection) = database(folder.path());
        let turns = MIGRATIONS.iter().position(|step| step.contains("its_turn"));
        let before = &MIGRATIONS[..turns.expect("there is such a step")];
        migrate(&mut connection, &path, before, now(1)).expect("migrates");
        connection
            .execute_batch(
                "INSERT INTO authors VALUES ('Ada', 0);
                 INSERT INTO channels (name, platform, mark) VALUES ('a', 'sandbox', 'A'), ('b', 'sandbox', 'B');
                 INSERT INTO posts (id, revision, author, created_at, updated_at, title, kind, plan, scheduled, trashed)
                 VALUES (1, 1, 'Ada', 0, 0, '', 'ad-hoc', 'shelf', 1, 0);
                 INSERT INTO deliveries (post, channel, state, ready, changed_at, next_try, reason) VALUES
                     (1, 'a', 'waiting', 1, 0, 9, 'late posts leave 15 min apart on a channel'),
                     (1, 'b', 'waiting', 1, 0, 9, 'no network');",
            )
            .expect("two deliveries");
        migrate(&mut connection, &path, MIGRATIONS, now(2)).expect("migrates");
        let of = |channel: &str| -> bool {
            let asked = "SELECT its_turn FROM deliveries WHERE channel = ?1";
            connection
                .query_row(asked, [channel], |row| row.get(0))
                .expect("reads")
        };
        assert!(of("a") && !of("b"));
    }

    #[test]
    fn what_was_typed_before_screens_had_names_is_kept_under_a_key_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut connection) = database(folder.path());
        let named = MIGRATIONS
            .iter()
            .position(|step| step.contains("open_posts"));
        let before = &MIGRATIONS[..named.expect("there is such a step")];
        migrate(&mut connection, &path, before, now(1)).expect("migrates");
        connection
            .execute_batch(
                "INSERT INTO authors VALUES ('Ada', 0), ('Li', 0);
                 INSERT INTO editor_drafts (author, post, base_revision, content, cursor, at)
                 VALUES ('Ada', NULL, 0, 'one', 0, 0), ('Li', NULL, 0, 'two', 0, 0);",
            )
            .expect("two drafts");
        migrate(&mut connection, &path, MIGRATIONS, now(2)).expect("migrates");
        let kept = "SELECT count(DISTINCT key) = 2 AND min(key <> '') AND min(screen = '')
                 AND group_concat(content, ' ') = 'one two' FROM editor_drafts";
        let kept: bool = connection
            .query_row(kept, [], |row| row.get(0))
            .expect("reads");
        assert!(kept);
    }

    #[test]
    fn nobody_is_asked_for_what_was_there_before_channels_could_be_served_by_hand() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut connection) = database(folder.path());
        let asked = MIGRATIONS
            .iter()
            .position(|step| step.contains("COLUMN asked"));
        let before = &MIGRATIONS[..asked.expect("there is such a step")];
        migrate(&mut connection, &path, before, now(1)).expect("migrates");
        connection
            .execute_batch(
                "INSERT INTO authors VALUES ('Ada', 0);
                 INSERT INTO channels (name, platform, mark) VALUES ('a', 'sandbox', 'A');
                 INSERT INTO posts (id, revision, author, created_at, updated_at, title, kind, plan, scheduled, trashed)
                 VALUES (1, 1, 'Ada', 0, 0, '', 'ad-hoc', 'shelf', 1, 0);
                 INSERT INTO deliveries (post, channel, state, ready, changed_at, next_try, reason)
                 VALUES (1, 'a', 'waiting', 1, 0, 9, 'no network');
                 INSERT INTO journal (author, post, to_revision, label, had_left, at) VALUES ('Ada', 1, 1, 'added', 0, 0);",
            )
            .expect("a post");
        migrate(&mut connection, &path, MIGRATIONS, now(2)).expect("migrates");
        let kept = "SELECT d.asked = 0 AND c.page IS NULL AND j.marked IS NULL
             FROM deliveries AS d JOIN channels AS c ON c.name = d.channel JOIN journal AS j ON j.post = d.post";
        let kept: bool = connection
            .query_row(kept, [], |row| row.get(0))
            .expect("reads");
        assert!(kept);
    }

    #[test]
    fn the_file_of_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, mut connection) = database(folder.path());
        connection
            .pragma_update(None, "user_version", 99)
            .expect("writes");
        let fault = migrate(&mut connection, &path, MIGRATIONS, now(1)).expect_err("refused");
        assert!(matches!(fault, Fault::Newer(99)));
    }
}
