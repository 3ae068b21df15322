//! The log: a file in the data folder, never the terminal.
//!
//! Readable by its owner alone, and put aside whenever it has grown to a megabyte, also by several processes that
//! write to it at once. No secret and no text of a post is logged.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A log that would grow beyond this, in bytes, is put aside first; two earlier ones are kept.
const MOST_BYTES: u64 = 1_000_000;

/// Starts logging to a file. A second call in the same process changes nothing.
///
/// # Errors
/// When the file cannot be opened for writing.
pub fn start(path: &Path) -> io::Result<()> {
    let log = Log::open(path, MOST_BYTES)?;
    let _ = tracing_subscriber::fmt()
        .with_writer(Mutex::new(log))
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .try_init();
    Ok(())
}

/// A log file that is put aside when it is full.
struct Log {
    path: PathBuf,
    file: File,
    most: u64,
}

impl Log {
    fn open(path: &Path, most: u64) -> io::Result<Self> {
        let mut log = Self {
            path: path.to_owned(),
            file: open(path)?,
            most,
        };
        log.make_room(0)?;
        Ok(log)
    }

    /// Whether the name still leads to the file that is being written.
    fn is_current(&self) -> io::Result<bool> {
        let own = self.file.metadata()?;
        Ok(fs::metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == (own.dev(), own.ino())))
    }

    fn make_room(&mut self, more: u64) -> io::Result<()> {
        if self.is_current()? {
            if self.file.metadata()?.len() + more < self.most {
                return Ok(());
            }
            // Whoever gets the lock second finds the file put aside already.
            self.file.lock()?;
            if self.is_current()? {
                let (last, before) = (aside(&self.path, 1), aside(&self.path, 2));
                if last.exists() {
                    fs::rename(&last, before)?;
                }
                fs::rename(&self.path, last)?;
            }
        }
        self.file = open(&self.path)?;
        Ok(())
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A line in a file that is too long is better than none.
        let _ = self.make_room(u64::try_from(line.len()).unwrap_or(u64::MAX / 2));
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn aside(path: &Path, number: u8) -> PathBuf {
    path.with_extension(format!("log.{number}"))
}

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    // An earlier version, or a copy, may have left it open to others.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        let found = fs::metadata(path).expect("a file");
        found.permissions().mode() & 0o777
    }

    #[test]
    fn a_big_log_is_put_aside_and_the_new_one_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        fs::write(&path, vec![b'x'; 1_000_001]).expect("writable");
        start(&path).expect("it starts");
        assert_eq!(mode(&path), 0o600);
        let aside = fs::metadata(path.with_extension("log.1")).expect("the old one");
        assert_eq!(aside.len(), 1_000_001);
    }

    #[test]
    fn a_running_log_is_put_aside_when_full_and_two_old_ones_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        let mut log = Log::open(&path, 100).expect("opens");
        for number in 0..40 {
            writeln!(log, "line {number:02} ............").expect("written");
        }
        let mut names: Vec<String> = fs::read_dir(folder.path())
            .expect("lists")
            .map(|entry| entry.expect("an entry").file_name().into_string())
            .map(|name| name.expect("a name"))
            .collect();
        names.sort();
        assert_eq!(names, ["masthead.log", "masthead.log.1", "masthead.log.2"]);
        for name in &names {
            let path = folder.path().join(name);
            assert_eq!(mode(&path), 0o600);
            assert!(fs::metadata(&path).expect("a file").len() <= 100);
        }
        let newest = fs::read_to_string(&path).expect("reads");
        assert!(newest.ends_with("line 39 ............\n"), "{newest}");
    }

    #[test]
    fn a_log_that_another_process_put_aside_is_opened_anew_and_no_line_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        let mut one = Log::open(&path, 60).expect("opens");
        let mut other = Log::open(&path, 60).expect("opens");
        writeln!(one, "one one one one one one one one").expect("written");
        writeln!(one, "two two two two two two two two").expect("written");
        writeln!(other, "three").expect("written");
        assert_eq!(
            fs::read_to_string(&path).expect("reads"),
            "two two two two two two two two\nthree\n"
        );
    }
}
