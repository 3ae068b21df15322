//! Starts the daemon so that it outlives the screen: its own session, its own log, and a look at whether it stays alive.
//!
//! What a daemon does is `cli/daemon.rs`; it leaves the session of the terminal itself, by `--detached`.

use crate::domain::fault_words::in_words;
use crate::domain::text_safety::{visible, without_sequences};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A daemon that has lived so long has opened all that it needs.
const SETTLED: Duration = Duration::from_secs(2);
/// How often it is looked at until then.
const LOOK: Duration = Duration::from_millis(20);
/// So much of its last words is looked at.
const LAST_WORDS: u64 = 4 << 10;

/// What is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The file that its words are added to; made for the owner alone.
    pub log: PathBuf,
}

/// Why there is no daemon.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// It could not be started.
    #[error("The daemon could not be started: {}", in_words(.0))]
    NotStarted(#[from] io::Error),
    /// It ended before it had settled.
    #[error("The daemon ended at once: {0}")]
    Ended(String),
}

/// Starts it and waits until it has settled. Blocks for two seconds.
///
/// # Errors
/// When it could not be started, or ended meanwhile: its last words, else how it ended.
pub fn start(launch: &Launch) -> Result<u32, LaunchError> {
    let mut log = OpenOptions::new();
    let log = log
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&launch.log)?;
    let before = log.metadata()?.len();
    let mut child = Command::new(&launch.program)
        .args(&launch.arguments)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    let started = Instant::now();
    while started.elapsed() < SETTLED {
        if let Some(status) = child.try_wait()? {
            let words = last_words(launch, before).unwrap_or_default();
            return Err(LaunchError::Ended(if words.is_empty() {
                status.to_string()
            } else {
                words
            }));
        }
        std::thread::sleep(LOOK);
    }
    let process = child.id();
    // Whoever started a process has to see its end, or it stays in the list of processes.
    std::thread::spawn(move || child.wait());
    Ok(process)
}

/// Returns the last line that says something of what was added to the log.
fn last_words(launch: &Launch, from: u64) -> io::Result<String> {
    let mut log = File::open(&launch.log)?;
    let end = log.metadata()?.len();
    log.seek(SeekFrom::Start(from.max(end.saturating_sub(LAST_WORDS))))?;
    let mut bytes = Vec::new();
    log.read_to_end(&mut bytes)?;
    let text = without_sequences(&String::from_utf8_lossy(&bytes));
    let mut lines = text.lines().rev().map(str::trim);
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    Ok(visible(line.strip_prefix("masthead: ").unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn launch(folder: &tempfile::TempDir, script: &str) -> Launch {
        Launch {
            program: PathBuf::from("/bin/sh"),
            arguments: ["-c", script].map(OsString::from).to_vec(),
            log: folder.path().join("daemon.log"),
        }
    }

    #[test]
    fn one_that_ends_at_once_says_its_own_last_words_and_not_those_of_an_earlier_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let said = |script: &str| {
            start(&launch(&folder, script))
                .expect_err("it ends")
                .to_string()
        };
        let first =
            said("echo begun; printf 'masthead: \\033[31mno\\033[0m database\\n' >&2; exit 1");
        assert_eq!(first, "The daemon ended at once: no database");
        assert_eq!(said("exit 3"), "The daemon ended at once: exit status: 3");
        let log = folder.path().join("daemon.log");
        assert_eq!(
            log.metadata().expect("there").permissions().mode() & 0o777,
            0o600
        );
        let missing = Launch {
            program: PathBuf::from("/no/such"),
            ..launch(&folder, "")
        };
        let said = start(&missing).expect_err("it is not there").to_string();
        assert!(
            said.starts_with("The daemon could not be started: "),
            "{said}"
        );
    }

    #[test]
    fn one_that_stays_alive_is_named_by_its_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let process = start(&launch(&folder, "exec sleep 4")).expect("it lives");
        assert!(process > 1);
    }
}
