//! Secrets by reference: where a token or password comes from, and the files in which `login` keeps what it obtained.
//!
//! A value never reaches a message, a log or `Debug`; errors name the reference and the remedy. What a secret
//! is good for is known in `platforms`; which reference a channel has, in `config`.

mod file;
mod stored;

pub use file::{SecretFile, SecretLock};
pub use stored::{
    BlueskySecret, GrantSecret, KeySecret, MastodonSecret, OwnAppSecret, SigningSecret,
    StoredSecret,
};

use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a `token_command` may take.
const COMMAND_TIME: Duration = Duration::from_secs(10);

/// The most that is read of a secret, in bytes; more is not a secret but a mistake.
const MOST_BYTES: u64 = 64 * 1024;

/// A token or password that prints as nothing.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// Returns the value, for the one place that sends or stores it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A variable of the environment.
    Env(String),
    /// The first line that a program prints; the program and its arguments, no shell.
    Command(Vec<String>),
    /// The first line of a file that only its owner can read.
    File(PathBuf),
    /// The whole of a file that only its owner can read, under a key of its own in the configuration.
    Whole {
        /// The configuration's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// What `masthead login` stored.
    Stored(PathBuf),
    /// The secret of an application of one's own, by one of the references above.
    Client(Box<SecretSource>),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "token_env `{name}`"),
            // Arguments may carry a secret (`sh -c "echo …"`), the program's name does not.
            Self::Command(arguments) => write!(
                f,
                "token_command `{}`",
                arguments.first().map_or("", String::as_str)
            ),
            Self::File(path) => write!(f, "token_file {}", path.display()),
            Self::Whole { key, path } => write!(f, "{key} {}", path.display()),
            Self::Stored(path) => write!(f, "the stored login {}", path.display()),
            // The keys of the two secrets differ in their first word only.
            Self::Client(source) => {
                f.write_str(&source.to_string().replacen("token_", "client_secret_", 1))
            }
        }
    }
}

/// What a login through an application of one's own takes beside its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnApp {
    /// Where its secret is; `None` asks for it at login.
    pub client_secret: Option<SecretSource>,
    /// What a login asks for, separated by spaces; `None` takes what the channel needs.
    pub scopes: Option<String>,
}

impl OwnApp {
    /// Fetches its secret: from where the configuration says, else as it was `typed` at login. May block.
    ///
    /// # Errors
    ///
    /// When what the configuration refers to cannot be had.
    pub fn secret(&self, typed: Option<&Secret>) -> Result<Option<Secret>, SecretError> {
        match &self.client_secret {
            Some(source) => source.resolve().map(Some),
            None => Ok(typed.cloned()),
        }
    }
}

/// Why there is no secret; names the reference, never the value, and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or empty.
    #[error("{0} is not set: export it before starting masthead")]
    EnvMissing(String),
    /// The program could not be run.
    #[error("{command} could not be run ({reason}): check the path of the program")]
    CommandMissing {
        /// The reference, with the command's first word.
        command: String,
        /// What the system said.
        reason: String,
    },
    /// The program failed.
    #[error("{command} ended with {status}: run it by hand to see why")]
    CommandFailed {
        /// The reference, with the command's first word.
        command: String,
        /// How it ended.
        status: String,
    },
    /// The program took too long.
    #[error(
        "{0} gave nothing within 10 seconds: it must not ask anything; unlock your password store first"
    )]
    CommandTimeout(String),
    /// There is no such secret yet.
    #[error("{0} does not exist: create it, or run `masthead login`")]
    Missing(String),
    /// There is nothing in it.
    #[error("{0} is empty: its first line must be the secret")]
    Empty(String),
    /// Others could read it.
    #[error("{path} can be read by others (mode {mode:o}): run `chmod 600 {path}`", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is a folder, a pipe or a device.
    #[error("{} is not a regular file: name a file whose first line is the secret", .0.display())]
    NotAFile(PathBuf),
    /// It cannot be understood.
    #[error("{} is damaged: run `masthead login` for this channel again", .0.display())]
    Damaged(PathBuf),
    /// It cannot be read or written.
    #[error("{path}: {why}: check the folder's owner and free space", path = path.display(), why = words(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SecretSource {
    /// Fetches the secret. Blocks, for a command up to ten seconds.
    ///
    /// # Errors
    ///
    /// When the reference leads to no usable secret; the message names it and the remedy.
    pub fn resolve(&self) -> Result<Secret, SecretError> {
        self.resolve_as(&self.to_string())
    }

    /// The same, naming the reference so.
    fn resolve_as(&self, name: &str) -> Result<Secret, SecretError> {
        match self {
            Self::Env(variable) => match std::env::var(variable) {
                Ok(value) if !value.trim().is_empty() => Ok(Secret::new(value.trim())),
                _ => Err(SecretError::EnvMissing(name.to_owned())),
            },
            Self::Command(arguments) => first_line(name, &run(arguments, COMMAND_TIME, name)?),
            Self::File(path) => first_line(name, &read_private(path)?),
            Self::Whole { path, .. } => match read_private(path)? {
                text if text.trim().is_empty() => Err(SecretError::Empty(name.to_owned())),
                text => Ok(Secret::new(text)),
            },
            Self::Stored(path) => SecretFile::new(path)
                .read()?
                .as_ref()
                .and_then(StoredSecret::usable)
                .ok_or_else(|| SecretError::Missing(name.to_owned())),
            Self::Client(source) => source.resolve_as(name),
        }
    }

    /// Returns the variable of the environment that it is in.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Env(name) => Some(name),
            Self::Client(source) => source.variable(),
            _ => None,
        }
    }
}

fn first_line(name: &str, text: &str) -> Result<Secret, SecretError> {
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => Err(SecretError::Empty(name.to_owned())),
    }
}

/// Runs a program for at most `limit` and returns the first line of its output; errors call it `name`.
fn run(arguments: &[String], limit: Duration, name: &str) -> Result<String, SecretError> {
    let program = arguments.first().cloned().unwrap_or_default();
    let command = name.to_owned();
    let missing = |reason: String| SecretError::CommandMissing {
        command: command.clone(),
        reason,
    };
    if program.is_empty() {
        return Err(missing("it is empty".to_owned()));
    }
    let mut child = Command::new(&program)
        .args(&arguments[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Its own group: it cannot take the keyboard away from the screen, and C-c does not reach it.
        .process_group(0)
        .spawn()
        .map_err(|error| missing(words(&error)))?;
    let Some(output) = child.stdout.take() else {
        return Err(missing("it has no output".to_owned()));
    };
    let (sender, receiver) = mpsc::channel();
    // A grandchild may keep the pipe open for ever, so nobody joins this thread.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output.take(MOST_BYTES)).read_line(&mut line);
        let _ = sender.send(read.map(|_| line));
    });
    let started = std::time::Instant::now();
    let line = receiver.recv_timeout(limit);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            // A program that has said its line but goes on printing need not be waited for.
            Ok(None) if line.is_ok() && started.elapsed() < limit => {
                std::thread::sleep(Duration::from_millis(10));
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
        }
    };
    match (line, status) {
        (Ok(Ok(line)), Some(status)) if status.success() => Ok(line),
        (_, Some(status)) => Err(SecretError::CommandFailed {
            command,
            status: status.to_string(),
        }),
        (_, None) => Err(SecretError::CommandTimeout(command)),
    }
}

/// What the system said, without the number that only programs know; what people read has none anywhere.
fn words(error: &io::Error) -> String {
    let said = error.to_string();
    match said.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => said,
    }
}

/// Reads a file that must be regular and readable by its owner alone.
fn read_private(path: &Path) -> Result<String, SecretError> {
    let io = |source: io::Error| SecretError::Io {
        path: path.to_owned(),
        source,
    };
    // Asked before opening as well: opening a pipe would wait for its writer.
    let found = fs::metadata(path).and_then(|metadata| {
        if metadata.is_file() {
            File::open(path).map(Some)
        } else {
            Ok(None)
        }
    });
    let file = match found {
        Ok(Some(file)) => file,
        Ok(None) => return Err(SecretError::NotAFile(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SecretError::Missing(path.display().to_string()));
        }
        Err(error) => return Err(io(error)),
    };
    // Asked of the opened file: the name could lead elsewhere a moment later.
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(SecretError::NotAFile(path.to_owned()));
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Open {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = String::new();
    file.take(MOST_BYTES)
        .read_to_string(&mut text)
        .map_err(io)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> SecretSource {
        SecretSource::Command(words.iter().map(|&word| word.to_owned()).collect())
    }

    fn file(folder: &Path, mode: u32, text: &str) -> PathBuf {
        let path = folder.join(format!("token-{mode:o}"));
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_commands_first_line_is_the_secret_and_the_rest_is_not() {
        let secret = words(&["printf", " abc \\nsecond\\n"]).resolve().unwrap();
        assert_eq!(secret.expose(), "abc");
    }

    #[test]
    fn a_command_runs_without_a_shell() {
        let secret = words(&["printf", "%s", "$HOME;ls"]).resolve().unwrap();
        assert_eq!(secret.expose(), "$HOME;ls");
    }

    #[test]
    fn a_failing_command_is_named_and_its_output_is_not_shown() {
        let error = words(&["sh", "-c", "echo hush; echo hush >&2; exit 3"])
            .resolve()
            .unwrap_err()
            .to_string();
        assert!(error.contains("token_command `sh`"), "{error}");
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(!error.contains("hush"), "{error}");
        let error = words(&["/no/such/program"]).resolve().unwrap_err();
        assert!(matches!(error, SecretError::CommandMissing { .. }));
    }

    #[test]
    fn a_command_that_waits_for_input_gets_none() {
        let error = words(&["cat"]).resolve().unwrap_err();
        assert!(matches!(error, SecretError::Empty(_)), "{error}");
    }

    #[test]
    fn a_silent_command_is_killed_when_its_time_is_over() {
        let started = std::time::Instant::now();
        let arguments = ["sleep".to_owned(), "60".to_owned()];
        let error = run(
            &arguments,
            Duration::from_millis(200),
            "token_command `sleep`",
        )
        .unwrap_err();
        assert!(matches!(error, SecretError::CommandTimeout(_)), "{error}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o640, 0o604, 0o660, 0o610] {
            let path = file(folder.path(), mode, "hush\n");
            let error = SecretSource::File(path.clone())
                .resolve()
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(&format!("chmod 600 {}", path.display())),
                "{error}"
            );
            assert!(!error.contains("hush"), "{error}");
        }
        let path = file(folder.path(), 0o600, "  hush \nmore\n");
        assert_eq!(SecretSource::File(path).resolve().unwrap().expose(), "hush");
    }

    #[test]
    fn a_folder_or_a_missing_or_empty_file_is_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let resolve = |path: PathBuf| SecretSource::File(path).resolve().unwrap_err();
        assert!(matches!(
            resolve(folder.path().to_owned()),
            SecretError::NotAFile(_)
        ));
        assert!(matches!(
            resolve(folder.path().join("none")),
            SecretError::Missing(_)
        ));
        let whole = SecretSource::Whole {
            key: "account",
            path: file(folder.path(), 0o400, "[a]\nkey=hush\n"),
        };
        assert_eq!(whole.resolve().unwrap().expose(), "[a]\nkey=hush\n");
        assert!(whole.to_string().starts_with("account /"), "{whole}");
        let empty = file(folder.path(), 0o600, "\nsecond line");
        assert!(matches!(resolve(empty), SecretError::Empty(_)));
    }

    #[test]
    fn an_applications_secret_is_named_by_its_own_key() {
        let client = |source| SecretSource::Client(Box::new(source));
        let missing = client(SecretSource::Env("MASTHEAD_NO_SUCH_SECRET".to_owned()));
        assert_eq!(
            missing.resolve().unwrap_err().to_string(),
            "client_secret_env `MASTHEAD_NO_SUCH_SECRET` is not set: export it before starting masthead"
        );
        let failing = client(words(&["false"])).resolve().unwrap_err().to_string();
        assert!(
            failing.starts_with("client_secret_command `false` ended"),
            "{failing}"
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", Some(Secret::new("hush")));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
