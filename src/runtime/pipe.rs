//! Runs a text filter: the text on its standard input, what it prints back, within a time and a size.
//!
//! Changes nothing; what came back goes to `app/update/pipe.rs`. Whatever becomes of the command, it is ended with all that
//! it started.

use super::strangers;
use crate::app::pipe::{Piped, given};
use crate::domain::TextFilter;
use crate::domain::fault_words::in_words;
use crate::domain::text_safety::{visible, without_sequences};
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{self, Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// More than any platform takes is no text for a post.
const MOST_BYTES: u64 = 256 << 10;
/// So much of what it says about itself is looked at.
const MOST_COMPLAINT: u64 = 4 << 10;
/// Columns of its first complaint that are shown.
const LONGEST_COMPLAINT: usize = 200;
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Something that it started may keep its output open; that is waited for no longer than this.
const AFTER_END: Duration = Duration::from_millis(500);

/// Why a filter gave no text; names the program, never its arguments, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum PipeError {
    /// It could not be started.
    #[error(
        "`{program}` could not be run ({}): check the command of this filter in the configuration",
        in_words(reason)
    )]
    NotRun {
        /// The program.
        program: String,
        /// What the system said.
        reason: io::Error,
    },
    /// It failed.
    #[error("`{program}` ended with {status}{complaint}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The first line that it said about it, after a colon; may be empty.
        complaint: String,
    },
    /// It took too long.
    #[error(
        "`{program}` took more than {seconds} s and was ended; `seconds` of this filter allows more"
    )]
    TooLong {
        /// The program.
        program: String,
        /// What it was given.
        seconds: u64,
    },
    /// It printed too much.
    #[error("`{program}` printed more than {} kB and was ended", MOST_BYTES >> 10)]
    TooMuch {
        /// The program.
        program: String,
    },
    /// It printed something else than text.
    #[error("`{program}` did not print UTF-8 text")]
    NotText {
        /// The program.
        program: String,
    },
    /// It printed nothing.
    #[error("`{program}` printed nothing")]
    Nothing {
        /// The program.
        program: String,
    },
}

/// What is told of a running filter.
#[derive(Debug)]
pub enum Told {
    /// It has run for so many seconds; told once a second.
    Seconds(u64),
    /// It has ended.
    Ended(Result<Piped, PipeError>),
}

/// A running filter. Dropping it ends the command.
#[derive(Debug)]
pub struct Running {
    group: Arc<Mutex<Option<Pid>>>,
}

impl Running {
    /// Starts a filter on a text, without the variables in `hidden`. `tell` is called from another thread, the last time when
    /// it has ended.
    ///
    /// # Errors
    /// `NotRun` when the program is not there or cannot be started.
    pub fn start(
        filter: &TextFilter,
        text: &str,
        hidden: &[String],
        tell: impl Fn(Told) + Send + 'static,
    ) -> Result<Self, PipeError> {
        let program = filter.program().to_owned();
        let not_run = |reason: io::Error| PipeError::NotRun {
            program: program.clone(),
            reason,
        };
        let (_, mut command) = strangers::command(&filter.command, hidden)
            .ok_or_else(|| not_run(io::Error::other("no command")))?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_run)?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let group = Arc::new(Mutex::new(pid));
        let watch = Watch {
            printed: read(child.stdout.take(), MOST_BYTES),
            complaint: read(child.stderr.take(), MOST_COMPLAINT),
            group: Arc::clone(&group),
            limit: filter.limit,
            program,
        };
        let before = text.to_owned();
        if let Some(mut input) = child.stdin.take() {
            let given = given(text);
            // A program that does not read must not hold anybody up, and need not read.
            thread::spawn(move || input.write_all(given.as_bytes()));
        }
        thread::spawn(move || {
            let printed = watch.wait(child, |seconds| tell(Told::Seconds(seconds)));
            let nothing = || PipeError::Nothing {
                program: watch.program.clone(),
            };
            let piped = printed.and_then(|it| Piped::of(&before, &it).ok_or_else(nothing));
            tell(Told::Ended(piped));
        });
        Ok(Self { group })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        kill(*self.group.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn kill(group: Option<Pid>) {
    if let Some(group) = group {
        // It may have ended just now.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// What is read of an output, while it is read.
struct Reading {
    bytes: Arc<Mutex<Vec<u8>>>,
    too_much: Arc<AtomicBool>,
    end: Receiver<()>,
}

impl Reading {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads an output to its end and keeps the first `most` bytes: a full pipe would hold the program up.
fn read(output: Option<impl Read + Send + 'static>, most: u64) -> Reading {
    let (ended, end) = mpsc::channel();
    let reading = Reading {
        bytes: Arc::default(),
        too_much: Arc::default(),
        end,
    };
    let (bytes, too_much) = (Arc::clone(&reading.bytes), Arc::clone(&reading.too_much));
    thread::spawn(move || {
        let mut output = output;
        let mut buffer = [0; 8192];
        let mut room = usize::try_from(most).unwrap_or(usize::MAX);
        while let Some(output) = &mut output {
            match output.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    let kept = count.min(room);
                    room -= kept;
                    too_much.fetch_or(kept < count, Ordering::Relaxed);
                    let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
                    bytes.extend_from_slice(&buffer[..kept]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        // Nobody may wait for it any more.
        let _ = ended.send(());
    });
    reading
}

/// Whoever waits for the command.
struct Watch {
    program: String,
    limit: Duration,
    printed: Reading,
    complaint: Reading,
    group: Arc<Mutex<Option<Pid>>>,
}

impl Watch {
    fn wait(&self, mut child: Child, tell: impl Fn(u64)) -> Result<String, PipeError> {
        let started = Instant::now();
        let result = self.until_end(&mut child, started, tell);
        let mut group = self.group.lock().unwrap_or_else(PoisonError::into_inner);
        // What it started and left behind ends with it.
        kill(group.take());
        drop(group);
        let _ = child.wait();
        let status = result?;
        if !status.success() {
            // Its last words may still be on the way; nothing of it is left that could hold the pipe open for long.
            let _ = self.complaint.end.recv_timeout(AFTER_END);
            return Err(PipeError::Failed {
                program: self.program.clone(),
                status,
                complaint: complaint(&self.complaint.take()),
            });
        }
        String::from_utf8(self.printed.take()).map_err(|_| PipeError::NotText {
            program: self.program.clone(),
        })
    }

    fn until_end(
        &self,
        child: &mut Child,
        started: Instant,
        tell: impl Fn(u64),
    ) -> Result<ExitStatus, PipeError> {
        let program = || self.program.clone();
        let mut told = 0;
        let mut ended: Option<(ExitStatus, Instant)> = None;
        let mut printed_all = false;
        loop {
            printed_all = printed_all || self.printed.end.recv_timeout(LOOK).is_ok();
            if self.printed.too_much.load(Ordering::Relaxed) {
                return Err(PipeError::TooMuch { program: program() });
            }
            match ended {
                Some((status, at)) if printed_all || at.elapsed() > AFTER_END => {
                    return Ok(status);
                }
                Some(_) => {}
                None => {
                    let status = child.try_wait().map_err(|reason| PipeError::NotRun {
                        program: program(),
                        reason,
                    })?;
                    ended = status.map(|status| (status, Instant::now()));
                    if ended.is_some() {
                        continue;
                    }
                }
            }
            let seconds = started.elapsed().as_secs();
            if started.elapsed() > self.limit {
                return Err(PipeError::TooLong {
                    program: program(),
                    seconds: self.limit.as_secs(),
                });
            }
            if seconds > told {
                told = seconds;
                tell(seconds);
            }
            if printed_all {
                // It has closed its output and still works.
                thread::sleep(LOOK);
            }
        }
    }
}

/// Returns the first line that says something, after a colon.
fn complaint(bytes: &[u8]) -> String {
    let text = without_sequences(&String::from_utf8_lossy(bytes));
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map_or_else(String::new, |line| {
        let line: String = visible(line).chars().take(LONGEST_COMPLAINT).collect();
        format!(": {line}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(command: &[&str], limit: Duration) -> TextFilter {
        TextFilter {
            name: "a filter".to_owned(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            limit,
        }
    }

    /// Pipes a text through a command and returns what became of it, with the seconds that were told.
    fn pipe(command: &[&str], text: &str, limit: Duration) -> (Result<Piped, PipeError>, Vec<u64>) {
        let (sender, told) = mpsc::channel();
        let hidden = ["PATH_TO_A_TOKEN".to_owned()];
        let running = Running::start(&filter(command, limit), text, &hidden, move |it| {
            sender.send(it).expect("somebody listens");
        });
        let running = match running {
            Ok(running) => running,
            Err(error) => return (Err(error), Vec::new()),
        };
        let mut seconds = Vec::new();
        loop {
            match told.recv_timeout(Duration::from_secs(30)).expect("an end") {
                Told::Seconds(second) => seconds.push(second),
                Told::Ended(result) => {
                    drop(running);
                    return (result, seconds);
                }
            }
        }
    }

    fn shell(script: &str, text: &str) -> Result<Piped, PipeError> {
        pipe(&["sh", "-c", script], text, Duration::from_secs(20)).0
    }

    fn said(script: &str) -> String {
        shell(script, "text").expect_err("it fails").to_string()
    }

    #[test]
    fn a_text_goes_in_and_what_is_printed_comes_back_with_its_difference() {
        let piped = shell("sed s/teh/the/", "teh end").expect("a text");
        assert_eq!(piped.text, "the end");
        assert_eq!(piped.difference, "[-teh-]{+the+} end");
        let long = "a line of a long text\n".repeat(5_000);
        assert_eq!(shell("cat", &long).expect("a text").text, long);
    }

    #[test]
    fn a_command_that_does_not_read_or_closes_early_is_no_trouble() {
        let long = "x".repeat(200_000);
        assert_eq!(shell("echo done", &long).expect("a text").text, "done");
        let piped = shell("echo done; exec >&-; sleep 0.3", "a").expect("a text");
        assert_eq!(piped.text, "done");
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_what_it_started_and_its_seconds_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("later");
        let script = format!("(sleep 3; touch {}) & wait", file.display());
        let limit = Duration::from_millis(1_300);
        let (ended, seconds) = pipe(&["sh", "-c", &script], "a", limit);
        let said = ended.expect_err("it hangs").to_string();
        assert!(said.starts_with("`sh` took more than 1 s"), "{said}");
        assert_eq!(seconds, [1]);
        thread::sleep(Duration::from_secs(3));
        assert!(!file.exists(), "what it started has gone on");
    }

    #[test]
    fn dropping_it_ends_the_command_and_what_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("later");
        let script = format!("(sleep 2; touch {}) & wait", file.display());
        let command = ["sh", "-c", &script];
        let (sender, told) = mpsc::channel();
        let filter = filter(&command, Duration::from_secs(20));
        let running = Running::start(&filter, "a", &[], move |it| {
            let _ = sender.send(it);
        });
        thread::sleep(Duration::from_millis(200));
        drop(running.expect("it runs"));
        let ended = told.recv_timeout(Duration::from_secs(10)).expect("an end");
        assert!(matches!(ended, Told::Ended(Err(_))), "{ended:?}");
        thread::sleep(Duration::from_millis(2_200));
        assert!(!file.exists(), "what it started has gone on");
    }

    #[test]
    fn something_left_behind_with_the_output_open_is_not_waited_for() {
        let started = Instant::now();
        let piped = shell("echo done; sleep 15 &", "a").expect("a text");
        assert_eq!(piped.text, "done");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_command_that_floods_is_ended() {
        assert!(said("yes").contains("`sh` printed more than 256 kB"));
        let loud = shell("yes no >&2 & sleep 0.2; kill $!; echo fine", "a");
        assert_eq!(loud.expect("a text").text, "fine");
    }

    #[test]
    fn a_command_that_fails_is_named_with_its_first_words_and_never_with_its_arguments() {
        let said_words =
            said("echo; printf '\\033[31mno such\\033[0m language\\nmore\\n' >&2; exit 3");
        assert_eq!(
            said_words,
            "`sh` ended with exit status: 3: no such language"
        );
        assert_eq!(said("exit 1"), "`sh` ended with exit status: 1");
        let (missing, _) = pipe(&["/no/such", "secret"], "a", Duration::from_secs(1));
        let missing = missing.expect_err("it is not there").to_string();
        assert!(
            missing.contains("/no/such") && !missing.contains("secret"),
            "{missing}"
        );
    }

    #[test]
    fn no_text_and_nothing_are_no_answer() {
        assert_eq!(said("printf '\\377\\376'"), "`sh` did not print UTF-8 text");
        assert_eq!(said("true"), "`sh` printed nothing");
        assert_eq!(said("printf '\\033[2J \\n'"), "`sh` printed nothing");
    }

    #[test]
    fn what_holds_a_token_is_not_in_the_environment_of_the_command() {
        let words = ["true".to_owned()];
        let command = strangers::command(&words, &["A_TOKEN".to_owned()]);
        let (_, command) = command.expect("a command");
        let taken: Vec<_> = command.get_envs().filter(|(_, to)| to.is_none()).collect();
        assert!(
            taken.iter().any(|(name, _)| *name == "A_TOKEN"),
            "{taken:?}"
        );
    }
}
