//! The screens at a database: which of them live, and which post each has open.
//!
//! A screen holds the lock of a file of its own beside the database; the kernel drops it when the process dies, so that
//! nothing has to be written while nothing happens. What was typed where is `drafts.rs`.

use super::error::{StoreError, explain_io};
use super::posts::ensure_author;
use super::row::{instant, millis};
use super::{Db, Durability, Result};
use crate::domain::{Author, OpenBy, PostId, ScreenName};
use chrono::{DateTime, Utc};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How often a name is claimed again that somebody took for that of a dead screen.
const CLAIMS: usize = 10;

/// A screen that lives. Dropping it says that it has ended.
#[derive(Debug)]
pub struct Presence {
    path: PathBuf,
    /// Closing the file releases the lock.
    _lock: File,
}

impl Drop for Presence {
    fn drop(&mut self) {
        // A file that stays behind without its lock says the same.
        let _ = fs::remove_file(&self.path);
    }
}

fn folder(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".screens");
    PathBuf::from(name)
}

/// Says that a screen lives, and clears away what those left that do not.
///
/// # Errors
/// When the file cannot be made beside the database.
pub fn enter(database: &Path, screen: &ScreenName) -> Result<Presence> {
    let folder = folder(database);
    let explain = |error: std::io::Error| explain_io(&error, &folder);
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(&folder).map_err(explain)?;
    for left in fs::read_dir(&folder).map_err(explain)?.flatten() {
        if !is_held(&left.path()) {
            let _ = fs::remove_file(left.path());
        }
    }
    let path = folder.join(screen.as_str());
    for _ in 0..CLAIMS {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock = options.mode(0o600).open(&path).map_err(explain)?;
        lock.lock().map_err(explain)?;
        // Between making and locking it somebody may have cleared it away.
        let here = fs::metadata(&path).map(|it| it.ino()).ok();
        if here == lock.metadata().map(|it| it.ino()).ok() {
            return Ok(Presence { path, _lock: lock });
        }
    }
    Err(StoreError::Other(format!(
        "{} is cleared away again and again",
        path.display()
    )))
}

/// Whether somebody holds a file's lock.
fn is_held(path: &Path) -> bool {
    File::open(path)
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether a screen lives.
pub(super) fn lives(database: &Path, screen: &str) -> bool {
    // The name comes from the database: it must not lead to another file.
    ScreenName::new(screen).is_some_and(|name| is_held(&folder(database).join(name.as_str())))
}

impl Db {
    /// Says which post a screen has open now; `None` for none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn opened(
        &mut self,
        screen: &ScreenName,
        author: &Author,
        post: Option<PostId>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let path = self.path.clone();
        self.write(Durability::Normal, |tx| {
            let others: Vec<String> = tx
                .prepare_cached("SELECT screen FROM open_posts")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for other in others {
                if other == screen.as_str() || !lives(&path, &other) {
                    tx.prepare_cached("DELETE FROM open_posts WHERE screen = ?1")?
                        .execute([other])?;
                }
            }
            let Some(post) = post else { return Ok(()) };
            ensure_author(tx, author, now)?;
            tx.prepare_cached(
                "INSERT INTO open_posts (screen, author, post, since)
                 SELECT ?1, ?2, id, ?4 FROM posts WHERE id = ?3",
            )?
            .execute((screen.as_str(), author.as_str(), post.0, millis(now)))?;
            Ok(())
        })
    }

    /// Returns who has a post open on other screens that live, the first first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_by(&mut self, post: PostId, own: &ScreenName) -> Result<Vec<OpenBy>> {
        let path = self.path.clone();
        self.read(|tx| {
            let mut rows = tx.prepare_cached(
                "SELECT screen, author, since FROM open_posts WHERE post = ?1 AND screen <> ?2
                 ORDER BY since, screen",
            )?;
            let rows = rows.query_map((post.0, own.as_str()), |row| {
                let open = OpenBy {
                    author: Author::new(row.get::<_, String>(1)?),
                    since: instant(row, 2)?,
                };
                Ok((row.get::<_, String>(0)?, open))
            })?;
            let rows: Vec<(String, OpenBy)> = rows.collect::<rusqlite::Result<_>>()?;
            let alive = rows.into_iter().filter(|(screen, _)| lives(&path, screen));
            Ok(alive.map(|(_, open)| open).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ScreenName {
        ScreenName::new(text).expect("a name")
    }

    #[test]
    fn a_screen_lives_as_long_as_its_lock_is_held() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("plan.db");
        assert!(!lives(&database, "7-a"));
        let here = enter(&database, &name("7-a")).expect("enters");
        assert!(lives(&database, "7-a"));
        let other = enter(&database, &name("8-b")).expect("enters");
        assert!(lives(&database, "7-a") && lives(&database, "8-b"));
        drop(here);
        assert!(!lives(&database, "7-a") && lives(&database, "8-b"));
        drop(other);
    }

    #[test]
    fn what_a_killed_screen_left_is_cleared_away_by_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("plan.db");
        let left = super::folder(&database);
        fs::create_dir(&left).expect("made");
        fs::write(left.join("1-dead"), "").expect("written");
        assert!(!lives(&database, "1-dead"));
        let _here = enter(&database, &name("2-b")).expect("enters");
        assert!(!left.join("1-dead").exists());
    }

    #[test]
    fn a_name_from_the_database_leads_to_no_other_file() {
        for text in ["", "../leader.lock", "a/b", "a\0", "A b", &"a".repeat(99)] {
            assert_eq!(ScreenName::new(text), None, "{text:?}");
        }
    }
}
