//! Changes that share a commit: what publishes at the same time waits for the disk once.
//!
//! Each change is a savepoint of one transaction, so that one may fail without the others; nobody is told anything
//! before all of it is on the disk. `thread.rs` decides what is committed together.

use super::error::{Fallible, Fault};
use super::{Committing, Db, Durability, Result, StoreError};

/// A change that may share its commit. It is given the database, or why there will be no commit.
pub(super) type Change = Box<dyn FnOnce(Result<&mut Db>) -> Told + Send>;

/// Tells whoever waits how a change ended, once it is known whether it was committed.
pub(super) type Told = Box<dyn FnOnce(Result<()>)>;

impl Db {
    /// Runs changes in one durable transaction.
    pub(super) fn commit_together(&mut self, changes: Vec<Change>) {
        if changes.len() < 2 {
            return self.one_by_one(changes);
        }
        if let Err(error) = self.begin_shared() {
            for change in changes {
                change(Err(error.clone()))(Ok(()));
            }
            return;
        }
        let mut told = Vec::with_capacity(changes.len());
        let mut left = changes.into_iter();
        for change in left.by_ref() {
            told.push(change(Ok(self)));
            // A full disk may end the whole transaction, and with it all that was done so far.
            if self.connection.is_autocommit() {
                break;
            }
        }
        let committed = self.end_shared();
        for tell in told {
            tell(committed.clone());
        }
        self.one_by_one(left.collect());
    }

    fn one_by_one(&mut self, changes: Vec<Change>) {
        for change in changes {
            change(Ok(self))(Ok(()));
        }
    }

    fn begin_shared(&mut self) -> Result<()> {
        let begin = |db: &mut Self| -> Fallible<()> {
            db.set_durability(Durability::Full)?;
            db.connection.execute_batch("BEGIN IMMEDIATE")?;
            Ok(())
        };
        let begun = begin(self).map_err(|fault| fault.explain(&self.path));
        self.learn(matches!(begun, Err(StoreError::Locked(_))));
        begun?;
        self.committing = Committing::Together;
        Ok(())
    }

    fn end_shared(&mut self) -> Result<()> {
        self.committing = Committing::Alone;
        if self.connection.is_autocommit() {
            return Err(StoreError::Other(format!(
                "The database {} took this change back",
                self.path.display()
            )));
        }
        self.connection.execute_batch("COMMIT").map_err(|error| {
            // What cannot be committed must not stay open: the next change would find itself inside.
            self.connection.execute_batch("ROLLBACK").ok();
            Fault::from(error).explain(&self.path)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;
    use chrono::{DateTime, Utc};
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    type Answers = Arc<Mutex<Vec<(&'static str, Result<()>)>>>;

    fn database(folder: &Path) -> Db {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        open::open(&folder.join("masthead.db"), now, open::BUSY).expect("opens")
    }

    fn change(
        name: &'static str,
        answers: &Answers,
        work: impl FnOnce(&mut Db) -> Result<()> + Send + 'static,
    ) -> Change {
        let answers = Arc::clone(answers);
        Box::new(move |db| {
            let done = db.and_then(work);
            Box::new(move |committed| {
                let all = &mut answers.lock().expect("no panic");
                all.push((name, done.and(committed)));
            })
        })
    }

    fn set(
        name: &'static str,
        value: impl Into<String>,
    ) -> impl FnOnce(&mut Db) -> Result<()> + Send {
        let value = value.into();
        move |db| db.set_setting(name, &value)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, bool)> {
        let all = answers.lock().expect("no panic");
        all.iter()
            .map(|(name, answer)| (*name, answer.is_ok()))
            .collect()
    }

    /// Counts the commits in the write-ahead log: each ends with a frame that names the size of the database.
    fn commits(folder: &Path) -> usize {
        let log = std::fs::read(folder.join("masthead.db-wal")).expect("a log");
        let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("4 bytes"));
        let frame = 24 + number(8) as usize;
        (32..log.len())
            .step_by(frame)
            .filter(|frame| number(frame + 4) > 0)
            .count()
    }

    #[test]
    fn changes_that_come_together_are_one_commit_and_told_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = database(folder.path());
        let answers = Answers::default();
        let before = commits(folder.path());
        let said = Arc::clone(&answers);
        let last = change("c", &answers, move |db| {
            assert_eq!(told(&said), [], "told before it was committed");
            set("c", "1")(db)
        });
        let mut all: Vec<Change> = ["a", "b"]
            .map(|name| change(name, &answers, set(name, "1")))
            .into();
        all.push(last);
        db.commit_together(all);
        assert_eq!(commits(folder.path()), before + 1);
        assert_eq!(told(&answers), [("a", true), ("b", true), ("c", true)]);
        assert_eq!(db.setting("c"), Ok(Some("1".to_owned())));
    }

    #[test]
    fn one_that_fails_in_the_middle_takes_only_its_own_work_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = database(folder.path());
        let answers = Answers::default();
        let half = change("b", &answers, |db| {
            db.write(Durability::Full, |tx| {
                tx.execute("INSERT INTO settings VALUES ('b', '1')", [])?;
                Err(Fault::refused("not today"))
            })
        });
        db.commit_together(vec![
            change("a", &answers, set("a", "1")),
            half,
            change("c", &answers, set("c", "1")),
        ]);
        assert_eq!(told(&answers), [("a", true), ("b", false), ("c", true)]);
        let kept = ["a", "b", "c"].map(|name| db.setting(name).expect("readable").is_some());
        assert_eq!(kept, [true, false, true]);
    }

    #[test]
    fn when_the_commit_fails_nobody_is_told_that_it_worked_and_the_next_one_works() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = database(folder.path());
        let answers = Answers::default();
        // Looked at by SQLite in the commit, and not before.
        let impossible = change("a", &answers, |db| {
            db.write(Durability::Full, |tx| {
                tx.execute_batch(
                    "PRAGMA defer_foreign_keys = ON; INSERT INTO tags VALUES (404, 'of no post')",
                )?;
                Ok(())
            })
        });
        db.commit_together(vec![impossible, change("b", &answers, set("b", "1"))]);
        assert_eq!(told(&answers), [("a", false), ("b", false)]);
        assert_eq!(db.setting("b"), Ok(None));
        let all = ["c", "d"].map(|name| change(name, &answers, set(name, "1")));
        db.commit_together(all.into());
        assert_eq!(db.setting("d"), Ok(Some("1".to_owned())));
    }

    #[test]
    fn a_full_disk_loses_no_change_that_it_says_was_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = database(folder.path());
        let pages: i64 = db
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .expect("a number");
        db.connection
            .pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(()))
            .expect("a limit");
        let answers = Answers::default();
        db.commit_together(vec![
            change("a", &answers, set("a", "1")),
            change("b", &answers, set("b", "x".repeat(100_000))),
            change("c", &answers, set("c", "1")),
        ]);
        let answers = answers.lock().expect("no panic").clone();
        assert_eq!(answers.len(), 3);
        assert!(matches!(answers[1].1, Err(StoreError::DiskFull(_))));
        for (name, answer) in answers {
            let kept = db.setting(name).expect("readable").is_some();
            assert_eq!(kept, answer.is_ok(), "{name}");
        }
    }
}
