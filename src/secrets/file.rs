//! The file in which one channel's login is stored, and the lock under which it is replaced.
//!
//! It is for its owner alone, and a crash leaves the old or the new. What stands in it is in `stored.rs`.

use super::{SecretError, StoredSecret, read_private};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// More than any login takes, in bytes.
const ROOM: usize = 16 * 1024;

/// The file that holds one channel's stored secret, with its lock. Every call blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile {
    path: PathBuf,
}

/// Holds a channel's secret against other processes, until it is dropped.
#[derive(Debug)]
pub struct SecretLock {
    _file: File,
}

impl SecretFile {
    /// Names the file, `<data>/secrets/<channel>.json`; nothing is touched yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is stored; `None` when nothing is.
    ///
    /// # Errors
    ///
    /// When others can read the file, or it is damaged or unreadable.
    pub fn read(&self) -> Result<Option<StoredSecret>, SecretError> {
        match read_private(&self.path) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| SecretError::Damaged(self.path.clone())),
            Err(SecretError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits for the channel's lock. Who refreshes a token reads it again after this.
    ///
    /// # Errors
    ///
    /// When the folder or the lock file cannot be made.
    pub fn lock(&self) -> Result<SecretLock, SecretError> {
        self.make_folder()?;
        let path = self.path.with_extension("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|source| SecretError::Io { path, source })?;
        Ok(SecretLock { _file: file })
    }

    /// Replaces what is stored, so that a crash leaves the old or the new and never a mixture.
    ///
    /// # Errors
    ///
    /// When the file cannot be written; the old one then still stands.
    pub fn write(&self, secret: &StoredSecret, _held: &SecretLock) -> Result<(), SecretError> {
        let text = serde_json::to_vec_pretty(secret).map_err(io::Error::other);
        text.and_then(|text| {
            fs::rename(self.written_beside(&text)?, &self.path)?;
            self.folder()
                .and_then(|folder| File::open(folder).ok())
                .map_or(Ok(()), |folder| folder.sync_all())
        })
        .map_err(|source| self.failed(source))
    }

    /// Tries whether another login could be stored now, before the one that is stored is used up for it.
    ///
    /// # Errors
    ///
    /// When `write` would fail; what is stored still stands.
    pub fn try_write(&self, _held: &SecretLock) -> Result<(), SecretError> {
        self.written_beside(&[b' '; ROOM])
            .and_then(fs::remove_file)
            .map_err(|source| self.failed(source))
    }

    /// Writes a file of its own beside the present one; returns where.
    fn written_beside(&self, text: &[u8]) -> io::Result<PathBuf> {
        let fresh = self.path.with_extension("new");
        // A leftover of a crash could have any mode.
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(text)?;
        file.sync_all()?;
        Ok(fresh)
    }

    fn failed(&self, source: io::Error) -> SecretError {
        SecretError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn folder(&self) -> Option<&Path> {
        self.path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
    }

    fn make_folder(&self) -> Result<(), SecretError> {
        let Some(folder) = self.folder() else {
            return Ok(());
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|source| SecretError::Io {
                path: folder.to_owned(),
                source,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::{KeySecret, Secret, SecretSource};
    use std::os::unix::fs::PermissionsExt;
    use std::sync::mpsc;
    use std::time::Duration;

    fn login() -> StoredSecret {
        StoredSecret::Zulip(KeySecret {
            name: "bot@example.org".to_owned(),
            key: Secret::new("password-value"),
        })
    }

    #[test]
    fn what_is_stored_comes_back_and_is_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let stored = SecretFile::new(folder.path().join("secrets/bluesky.json"));
        assert_eq!(stored.read().unwrap(), None);
        let lock = stored.lock().unwrap();
        fs::write(stored.path().with_extension("new"), "left by a crash").unwrap();
        stored.write(&login(), &lock).unwrap();
        assert_eq!(stored.read().unwrap(), Some(login()));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(stored.path()), 0o600);
        assert_eq!(mode(&folder.path().join("secrets")), 0o700);
        assert!(!stored.path().with_extension("new").exists());
        let shown = format!("{:?}", stored.read().unwrap());
        assert!(!shown.contains("-value"), "{shown}");
        let source = SecretSource::Stored(stored.path().to_owned());
        assert_eq!(source.resolve().unwrap().expose(), "password-value");
    }

    #[test]
    fn whether_another_login_could_be_stored_is_tried_and_what_is_stored_stays() {
        let folder = tempfile::tempdir().unwrap();
        let stored = SecretFile::new(folder.path().join("secrets/a.json"));
        let lock = stored.lock().unwrap();
        stored.write(&login(), &lock).unwrap();
        stored.try_write(&lock).unwrap();
        let beside = stored.path().with_extension("new");
        assert!(!beside.exists());
        fs::create_dir(&beside).unwrap();
        let error = stored.try_write(&lock).unwrap_err();
        assert!(error.to_string().contains("a.json"), "{error}");
        assert_eq!(stored.read().unwrap(), Some(login()));
    }

    #[test]
    fn a_damaged_store_is_told_from_a_missing_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half.json");
        fs::write(&path, "{\"platform\":\"bluesky\",\"did\":").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            SecretFile::new(path).read(),
            Err(SecretError::Damaged(_))
        ));
    }

    #[test]
    fn a_second_holder_waits_for_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let stored = SecretFile::new(folder.path().join("a.json"));
        let lock = stored.lock().unwrap();
        let (sender, receiver) = mpsc::channel();
        let other = stored;
        std::thread::spawn(move || {
            let _lock = other.lock().unwrap();
            sender.send(()).unwrap();
        });
        assert!(receiver.recv_timeout(Duration::from_millis(100)).is_err());
        drop(lock);
        receiver.recv_timeout(Duration::from_secs(10)).unwrap();
    }
}
