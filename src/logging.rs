//! The log: a file in the data folder, never the terminal.
//!
//! Readable by its owner alone, and put aside at the start once it has grown to a megabyte. No secret and no
//! text of a post is logged.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Mutex;

/// A log of this size, in bytes, is put aside at the next start; one earlier log is kept.
const MOST_BYTES: u64 = 1_000_000;

/// Starts logging to a file. A second call in the same process changes nothing.
///
/// # Errors
/// When the file cannot be opened for writing.
pub fn start(path: &Path) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| found.len() >= MOST_BYTES) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    // An earlier version, or a copy, may have left it open to others.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    let _ = tracing_subscriber::fmt()
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_big_log_is_put_aside_and_the_new_one_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        fs::write(&path, vec![b'x'; 1_000_001]).expect("writable");
        start(&path).expect("it starts");
        let mode = fs::metadata(&path).expect("a new log").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let aside = fs::metadata(path.with_extension("log.1")).expect("the old one");
        assert_eq!(aside.len(), 1_000_001);
    }
}
