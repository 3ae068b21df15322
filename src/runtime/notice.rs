//! Notices to people who are not looking: what they say, how often they come, and the command that carries them.
//!
//! Knows nothing of the database; `caretaker.rs` decides when there is something to say.

use super::strangers;
use crate::domain::DeliveryState;
use crate::domain::fault_words::in_words;
use crate::domain::text_safety::visible;
use crate::store::Ailing;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;
use tokio::time::Instant;

/// How long a burst is gathered before it is told.
const GATHER: Duration = Duration::from_secs(2);
/// Two notices of one kind are at least this far apart.
const APART: Duration = Duration::from_secs(60);
/// How long the command may take.
pub const COMMAND_TIME: Duration = Duration::from_secs(10);
/// How many deliveries one notice lists.
const MOST_LINES: usize = 20;

/// When a notice of each kind may be given.
#[derive(Debug, Default)]
pub struct Pace(BTreeMap<DeliveryState, Kind>);

#[derive(Debug, Default)]
struct Kind {
    waiting_since: Option<Instant>,
    given: Option<Instant>,
}

impl Kind {
    fn due(&self) -> Option<Instant> {
        let gathered = self.waiting_since? + GATHER;
        Some(self.given.map_or(gathered, |at| gathered.max(at + APART)))
    }
}

impl Pace {
    /// Something of this kind is to be told.
    pub fn seen(&mut self, kind: DeliveryState, now: Instant) {
        let kind = self.0.entry(kind).or_default();
        kind.waiting_since.get_or_insert(now);
    }

    /// A notice of this kind was given.
    pub fn given(&mut self, kind: DeliveryState, now: Instant) {
        let kind = self.0.entry(kind).or_default();
        kind.waiting_since = None;
        kind.given = Some(now);
    }

    /// Returns the kinds whose time has come.
    pub fn due(&self, now: Instant) -> Vec<DeliveryState> {
        let due = self.0.iter();
        due.filter(|(_, kind)| kind.due().is_some_and(|at| at <= now))
            .map(|(state, _)| *state)
            .collect()
    }

    /// Returns when the next kind's time comes.
    pub fn next(&self) -> Option<Instant> {
        self.0.values().filter_map(Kind::due).min()
    }
}

/// Says in words what needs a person: a line that says it all, then one for each delivery.
pub fn words(kind: DeliveryState, of: &[Ailing]) -> String {
    let count = match of.len() {
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    };
    let mut text = match kind {
        DeliveryState::Unknown => format!("Masthead: nobody knows whether {count} went out\n\n"),
        DeliveryState::Waiting => format!("Masthead: it is time to post {count} by hand\n\n"),
        DeliveryState::Missed => format!("Masthead: {count} missed the time to go out\n\n"),
        other => format!("Masthead: {count} {}\n\n", other.word()),
    };
    for one in of.iter().take(MOST_LINES) {
        let line = format!(
            "post {} on {}: {} ({})",
            one.post,
            one.channel,
            one.title,
            if one.reason.is_empty() {
                one.state.word()
            } else {
                &one.reason
            }
        );
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", visible(&line));
    }
    if of.len() > MOST_LINES {
        let _ = writeln!(text, "and {} more", of.len() - MOST_LINES);
    }
    text
}

/// Says in words which logins and API versions end soon.
pub fn of_logins(lines: &[String]) -> String {
    let logins = lines.iter().all(|line| line.starts_with("the login"));
    let count = match (lines.len(), logins) {
        (1, true) => "a login ends".to_owned(),
        (many, true) => format!("{many} logins end"),
        (1, false) => "a version of an API ends".to_owned(),
        (many, false) => format!("{many} connections end"),
    };
    let mut text = format!("Masthead: {count} soon\n\n");
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(text, "{}", visible(line));
    }
    text
}

/// Runs the command with a text on its standard input, without a shell and without the variables in `hidden`. Blocks
/// for `limit` at most.
///
/// # Errors
/// One sentence that names the program, never its arguments, which may hold a secret.
pub fn carry(
    command: &[String],
    text: &str,
    hidden: &[String],
    limit: Duration,
) -> Result<(), String> {
    let Some((program, mut command)) = strangers::command(command, hidden) else {
        return Err("notify_command is empty".to_owned());
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            format!(
                "notify_command `{program}` could not be run ({})",
                in_words(&error)
            )
        })?;
    if let Some(mut input) = child.stdin.take() {
        let text = text.to_owned();
        // A program that does not read must not hold anybody up, and need not read.
        std::thread::spawn(move || {
            let _ = input.write_all(text.as_bytes());
        });
    }
    let started = std::time::Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(format!("notify_command `{program}` ended with {status}"));
            }
            Ok(None) if started.elapsed() < limit => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(None) => {
                if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                    let _ = kill_process_group(group, Signal::KILL);
                }
                let _ = child.wait();
                return Err(format!(
                    "notify_command `{program}` took more than {} seconds and was ended",
                    limit.as_secs()
                ));
            }
            Err(error) => return Err(format!("notify_command `{program}`: {}", in_words(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, DeliveryId, PostId};
    use chrono::DateTime;

    fn ailing(post: i64, reason: &str) -> Ailing {
        Ailing {
            delivery: DeliveryId(post),
            post: PostId(post),
            title: "A title".to_owned(),
            channel: ChannelName::new("outbox"),
            state: DeliveryState::Failed,
            due_at: None,
            reason: reason.to_owned(),
            changed_at: DateTime::UNIX_EPOCH,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_one_kind_is_one_notice_and_the_rest_waits_for_a_minute() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::default();
        assert_eq!(pace.next(), None);
        pace.seen(DeliveryState::Failed, at(0));
        pace.seen(DeliveryState::Failed, at(1));
        assert_eq!(pace.due(at(1)), []);
        assert_eq!(pace.next(), Some(at(2)));
        assert_eq!(pace.due(at(2)), [DeliveryState::Failed]);
        pace.given(DeliveryState::Failed, at(2));
        pace.seen(DeliveryState::Failed, at(3));
        pace.seen(DeliveryState::Unknown, at(3));
        assert_eq!(pace.due(at(5)), [DeliveryState::Unknown]);
        assert_eq!(pace.due(at(62)).len(), 2);
    }

    #[test]
    fn a_notice_names_each_delivery_and_no_control_character_is_in_it() {
        let all: Vec<Ailing> = (1..=25)
            .map(|post| ailing(post, "no\x1b[2J login"))
            .collect();
        let text = words(DeliveryState::Failed, &all);
        assert!(text.starts_with("Masthead: 25 posts failed\n\npost 1 on outbox: A title (no"));
        assert!(text.ends_with("and 5 more\n"), "{text}");
        assert!(!text.contains('\x1b'));
        let text = words(DeliveryState::Unknown, &all[..1]);
        assert!(text.starts_with("Masthead: nobody knows whether 1 post went out\n"));
    }

    #[test]
    fn the_command_gets_the_text_on_its_input_and_no_shell_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a; b $(c)");
        let command = ["tee".to_owned(), file.display().to_string()];
        carry(&command, "a notice\n", &[], COMMAND_TIME).expect("it runs");
        assert_eq!(
            std::fs::read_to_string(file).expect("written"),
            "a notice\n"
        );
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_what_it_started_and_one_that_fails_is_named() {
        let words =
            |line: &[&str]| -> Vec<String> { line.iter().map(|word| (*word).to_owned()).collect() };
        let hangs = words(&["sh", "-c", "sleep 30 & wait"]);
        let started = std::time::Instant::now();
        let told = carry(&hangs, "x", &[], Duration::from_millis(200)).expect_err("it hangs");
        assert!(told.contains("`sh` took more than"), "{told}");
        assert!(started.elapsed() < Duration::from_secs(5));
        let told =
            carry(&words(&["false", "secret"]), "x", &[], COMMAND_TIME).expect_err("it fails");
        assert!(
            told.contains("`false`") && !told.contains("secret"),
            "{told}"
        );
        let told =
            carry(&words(&["/no/such"]), "x", &[], COMMAND_TIME).expect_err("it is not there");
        assert!(told.contains("/no/such"), "{told}");
    }
}
