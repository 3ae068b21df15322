//! What can go wrong with the database, told as one line that names the file and what to do.
//!
//! `Fault` is what happens inside the folder; `StoreError` is all that leaves it.

use super::open::create_private;
use crate::domain::fault_words::in_words;
use crate::domain::{Freeze, Post};
use rusqlite::ErrorCode;
use rustix::fs::{Access, access};
use std::io;
use std::path::{Path, PathBuf};

/// Why the database did not do what was asked, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file is no database of ours, or damaged. Nothing was overwritten.
    #[error("{0}")]
    Damaged(String),
    /// It cannot be written: permissions, a read-only file system.
    #[error("{0}")]
    ReadOnly(String),
    /// Another process keeps it locked.
    #[error("{0}")]
    Locked(String),
    /// The disk is full.
    #[error("{0}")]
    DiskFull(String),
    /// A newer version of Masthead has migrated it: restart.
    #[error("{0}")]
    Newer(String),
    /// Somebody saved the post meanwhile; here is theirs.
    #[error("Post {} was changed by someone else meanwhile", .0.id)]
    Conflict(Box<Post>),
    /// There is no such post (or delivery).
    #[error("{0}")]
    NotFound(String),
    /// The rules do not allow it (moving what has left, undoing what someone changed since).
    #[error("{0}")]
    Refused(String),
    /// Nothing leaves, on purpose.
    #[error("Everything is {}: nothing leaves until it is thawed (P on screen, or `masthead thaw`)", .0.words())]
    Frozen(Box<Freeze>),
    /// This process no longer leads: another one publishes. Send nothing.
    #[error("Another process publishes now")]
    NotLeader,
    /// A person called the delivery back before it left: send nothing.
    #[error("It was called back before it left")]
    CalledBack,
    /// Anything else, with the database's own words.
    #[error("{0}")]
    Other(String),
}

/// What happened inside, before the file's name is known.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    /// The file's layout is this one, newer than what this program knows.
    Newer(i64),
    /// A value could not be written as JSON.
    Json(serde_json::Error),
    Told(StoreError),
}

pub(super) type Fallible<T> = Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::Told(StoreError::Refused(why.into()))
    }

    pub(super) fn not_found(what: impl Into<String>) -> Self {
        Self::Told(StoreError::NotFound(what.into()))
    }

    /// Whether the database says that a rule of its own forbids it.
    pub(super) fn is_constraint(&self) -> bool {
        matches!(self, Self::Sql(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation))
    }

    /// Says it in one line about the database at `path`.
    pub(super) fn explain(self, path: &Path) -> StoreError {
        let file = path.display();
        match self {
            Self::Told(error) => error,
            Self::Newer(_) => StoreError::Newer(format!(
                "A newer Masthead has changed the layout of {file}: restart this one; nothing was written"
            )),
            Self::Json(error) => {
                StoreError::Other(format!("{file}: a value cannot be stored ({error})"))
            }
            Self::Sql(error) => explain_sql(&error, path),
        }
    }
}

fn explain_sql(error: &rusqlite::Error, path: &Path) -> StoreError {
    let file = path.display();
    if let rusqlite::Error::FromSqlConversionFailure(_, _, why) = error {
        return StoreError::Damaged(format!(
            "{file} holds a value that cannot be read ({why}); nothing was changed: restore it from a backup"
        ));
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_a_database(path),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(format!(
            "The database {file} is damaged; nothing was overwritten: move it away and restore a backup ({file}.before-*.bak, or your own)"
        )),
        Some(
            ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::AuthorizationForStatementDenied,
        ) => read_only(path),
        Some(ErrorCode::CannotOpen) => StoreError::ReadOnly(format!(
            "The database {file} or the files beside it cannot be opened: check the permissions of the file and its folder, or name another file with --db"
        )),
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed,
        ) => StoreError::Locked(format!(
            "The database {file} is kept locked by another program: close that program, then try again"
        )),
        Some(ErrorCode::DiskFull) => disk_full(path),
        // All that SQLite says of a disk that turned read-only under it is that writing failed.
        Some(ErrorCode::SystemIoFailure) => match unwritable(path) {
            Some(why) => explain_io(&why, path),
            None => answered(error, path),
        },
        _ => answered(error, path),
    }
}

fn answered(error: &rusqlite::Error, path: &Path) -> StoreError {
    // SQLite's own words may quote a statement over several lines.
    let words = error.to_string();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    StoreError::Other(format!("The database {} answered: {words}", path.display()))
}

pub(super) fn not_a_database(path: &Path) -> StoreError {
    StoreError::Damaged(format!(
        "{} is not a database of Masthead; it was left as it is: move it away, or name another file with --db",
        path.display()
    ))
}

pub(super) fn read_only(path: &Path) -> StoreError {
    StoreError::ReadOnly(format!(
        "{} cannot be written: make the file and its folder writable for you, or name another file with --db",
        path.display()
    ))
}

/// Says why the system lets nobody write the database, its log, or anything beside them any more.
///
/// Asks without opening them: closing a file of the database would drop SQLite's own locks on it (POSIX, fcntl(2)). A file
/// is made because ext4 after an error refuses to write and yet says that everything may be written (Linux 6.18).
fn unwritable(path: &Path) -> Option<io::Error> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let may_write = |path: &Path| access(path, Access::WRITE_OK).map_err(io::Error::from);
    let probe = beside(".probe");
    let tried = may_write(path)
        .and_then(|()| may_write(&beside("-wal")))
        .and_then(|()| create_private(&probe))
        .and_then(|_| std::fs::remove_file(&probe));
    use io::ErrorKind as Kind;
    tried.err().filter(|why| {
        let refused = matches!(
            why.kind(),
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem
        );
        refused || matches!(why.kind(), Kind::StorageFull | Kind::QuotaExceeded)
    })
}

fn file_system_read_only(path: &Path) -> StoreError {
    StoreError::ReadOnly(format!(
        "{} cannot be written, its disk is read-only (the system makes it so after an error; its log says which): mend it, or name a file on another disk with --db",
        path.display()
    ))
}

fn disk_full(path: &Path) -> StoreError {
    StoreError::DiskFull(format!(
        "The disk is full, so {} was not changed: make room, then try again",
        path.display()
    ))
}

/// Says what an error of the file system means for the database or a file beside it.
pub(super) fn explain_io(error: &io::Error, path: &Path) -> StoreError {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::PermissionDenied => read_only(path),
        Kind::ReadOnlyFilesystem => file_system_read_only(path),
        Kind::StorageFull | Kind::QuotaExceeded => disk_full(path),
        _ => StoreError::Other(format!(
            "{} cannot be used: {}",
            path.display(),
            in_words(error)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_read_only_folder_are_told_with_the_file_and_the_remedy() {
        let path = Path::new("/srv/masthead.db");
        let full = explain_io(&io::Error::from(io::ErrorKind::StorageFull), path);
        assert!(
            matches!(&full, StoreError::DiskFull(line) if line.contains("/srv/masthead.db") && line.contains("make room"))
        );
        let denied = explain_io(&io::Error::from(io::ErrorKind::ReadOnlyFilesystem), path);
        assert!(
            matches!(&denied, StoreError::ReadOnly(line) if line.contains("disk is read-only") && line.contains("--db"))
        );
    }

    #[test]
    fn a_failed_write_is_only_called_read_only_where_the_system_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.db");
        std::fs::write(&path, "").expect("written");
        std::fs::write(folder.path().join("masthead.db-wal"), "").expect("written");
        assert!(unwritable(&path).is_none());
        assert!(!folder.path().join("masthead.db.probe").exists());
        let failure = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_WRITE);
        let told = explain_sql(&rusqlite::Error::SqliteFailure(failure, None), &path);
        assert!(
            matches!(&told, StoreError::Other(line) if line.contains("masthead.db")),
            "{told}"
        );
    }
}
