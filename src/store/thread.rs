//! The handle that the program holds, and the one thread behind it that owns the database.
//!
//! Work is sent as closures and done in order. The thread ends, and tidies the file up, when the last handle goes.

use super::shared::Change;
use super::{Db, Lease, Result, StoreError, leader, open};
use crate::domain::fault_words::in_words;
use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

/// How many jobs are taken up before what shares a commit is committed.
const MOST_TOGETHER: usize = 64;

enum Job {
    /// Is done, committed and answered by itself.
    Alone(Box<dyn FnOnce(&mut Db) + Send>),
    /// Is answered once its commit, which others may share, is on the disk.
    Together(Change),
}

/// Handle to the thread that owns the database. Cheap to clone; the last one to go closes it.
#[derive(Clone, Debug)]
pub struct Store {
    owner: Arc<Owner>,
}

#[derive(Debug)]
struct Owner {
    /// `None` only while it is dropped: that is how the thread learns that nobody is left.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    path: std::path::PathBuf,
}

impl Store {
    /// Opens (and where needed creates or migrates) the database, and starts its thread.
    ///
    /// `now` is the real time, for the names of backups taken before a migration.
    ///
    /// # Errors
    /// One for each way in which the file can be wrong; nothing was overwritten then.
    pub fn open(path: &Path, now: DateTime<Utc>) -> Result<Self> {
        Self::start(open::open(path, now, open::BUSY)?)
    }

    pub(super) fn start(mut db: Db) -> Result<Self> {
        let path = db.path.clone();
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || {
                let mut next = None;
                while let Some(first) = next.take().or_else(|| queue.recv().ok()) {
                    next = work_off(&mut db, first, &queue);
                }
                db.close();
            })
            .map_err(|error| {
                let why = in_words(&error);
                StoreError::Other(format!("The database thread cannot be started: {why}"))
            })?;
        Ok(Self {
            owner: Arc::new(Owner {
                jobs: Some(jobs),
                thread: Some(thread),
                path,
            }),
        })
    }

    /// Runs work on the database thread and waits for it without blocking the task.
    ///
    /// The work is done even when the caller stops waiting.
    ///
    /// # Errors
    /// What the work returns; `Other` when it panics.
    pub async fn call<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.send(Job::Alone(Box::new(move |db| {
            // Nobody waits any more: the work is done all the same.
            reply.send(guarded(db, work)).ok();
        })))?;
        answer.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Runs a durable change whose commit others may share, and waits until it is on the disk.
    ///
    /// For what publishes: many at once wait for one disk. Work that arrives meanwhile and is not of this kind (the
    /// screen's) goes first.
    ///
    /// # Errors
    /// What the work returns; what kept the common commit from the disk.
    pub async fn together<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.send(Job::Together(Box::new(move |db| {
            let done = db.and_then(|db| guarded(db, work));
            Box::new(move |committed| {
                reply
                    .send(done.and_then(|answer| committed.map(|()| answer)))
                    .ok();
            })
        })))?;
        answer.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Runs work on the database thread and blocks until it is done; for the command line and tests.
    ///
    /// # Errors
    /// What the work returns; `Other` when it panics.
    pub fn wait<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let (reply, answer) = mpsc::sync_channel(1);
        self.send(Job::Alone(Box::new(move |db| {
            reply.send(guarded(db, work)).ok();
        })))?;
        answer.recv().unwrap_or_else(|_| Err(ended()))
    }

    /// Tries to become the one process that publishes from this database: an operating-system lock on
    /// `<database>.lock`, and a fencing number taken anew. `None` while another process leads.
    ///
    /// # Errors
    /// When the lock file or the database cannot be written.
    pub fn try_lead(&self, holder: &str, now: DateTime<Utc>) -> Result<Option<Lease>> {
        let Some(lock) = leader::lock(&self.owner.path)? else {
            return Ok(None);
        };
        let holder = holder.to_owned();
        let fence = self.wait(move |db| db.take_lead(&holder, now))?;
        Ok(Some(Lease::new(fence, lock)))
    }

    /// Returns the true path of the database.
    pub fn path(&self) -> &Path {
        &self.owner.path
    }

    fn send(&self, job: Job) -> Result<()> {
        let jobs = self.owner.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(job).map_err(|_| ended())
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            // The last handle may go inside a job, and a thread cannot wait for itself.
            && thread.thread().id() != thread::current().id()
        {
            thread.join().ok();
        }
    }
}

/// Does a job and those that wait behind it; what shares a commit comes last, in its order. Returns the first job that
/// was taken up and not done.
fn work_off(db: &mut Db, first: Job, queue: &mpsc::Receiver<Job>) -> Option<Job> {
    let mut together = Vec::new();
    let mut next = Some(first);
    for _ in 0..MOST_TOGETHER {
        match next {
            Some(Job::Alone(work)) => work(db),
            Some(Job::Together(change)) => together.push(change),
            None => break,
        }
        next = queue.try_recv().ok();
    }
    db.commit_together(together);
    next
}

fn guarded<R>(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<R>) -> Result<R> {
    catch_unwind(AssertUnwindSafe(|| work(db))).unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason given".to_owned());
        Err(StoreError::Other(format!(
            "A fault in Masthead stopped this change; nothing of it was saved ({why})"
        )))
    })
}

fn ended() -> StoreError {
    StoreError::Other("The database thread has ended: restart Masthead".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn store(folder: &Path) -> Store {
        let now = Utc
            .with_ymd_and_hms(2026, 11, 10, 9, 0, 0)
            .single()
            .expect("an instant");
        Store::open(&folder.join("masthead.db"), now).expect("opens")
    }

    #[test]
    fn a_panic_in_a_job_is_an_error_and_the_thread_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        let error = store
            .wait(|db| -> Result<()> {
                db.write(super::super::Durability::Normal, |tx| {
                    tx.execute("INSERT INTO settings VALUES ('a', 'b')", [])?;
                    panic!("a planted fault")
                })
            })
            .expect_err("the fault is told");
        assert!(matches!(error, StoreError::Other(line) if line.contains("a planted fault")));
        assert_eq!(store.wait(|db| db.setting("a")), Ok(None));
    }

    #[test]
    fn the_last_handle_closes_the_file_and_leaves_no_log_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        let again = store.clone();
        store.wait(|db| db.set_setting("a", "b")).expect("writes");
        assert!(folder.path().join("masthead.db-wal").exists());
        drop(store);
        assert!(folder.path().join("masthead.db-wal").exists());
        drop(again);
        assert!(!folder.path().join("masthead.db-wal").exists());
    }

    #[tokio::test]
    async fn a_task_waits_for_its_answer_without_blocking() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        let answer = store.call(|db| db.setting("nothing")).await;
        assert_eq!(answer, Ok(None));
    }

    #[test]
    fn the_last_handle_may_go_inside_a_job() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        let (done, finished) = mpsc::channel();
        let held = store.clone();
        store
            .send(Job::Alone(Box::new(move |_| {
                finished.recv().ok();
                drop(held);
            })))
            .expect("sent");
        drop(store);
        assert!(done.send(()).is_ok());
    }
}
