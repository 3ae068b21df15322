//! How many frames are on the way to the terminal: one, where the terminal says when it has read it.
//!
//! Knows no terminal and reads no clock: it is told when a question was sent and when an answer came.

use std::time::{Duration, Instant};

/// An answer takes at most this long, however few bytes went before it.
const PATIENCE: Duration = Duration::from_secs(2);
/// What a byte may take on top: a line of 9,600 bit/s carries about one in a millisecond.
const EACH_BYTE: Duration = Duration::from_millis(2);
/// A terminal that was never heard is given this long for its first answer before the program leaves.
const FIRST_ANSWER: Duration = Duration::from_millis(200);
/// A terminal that does answer is given this long before the program leaves it.
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// Whether the next frame may be drawn, as far as the terminal is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Whether it is waited for: it has answered, and not failed to since.
    answers: bool,
    due: Option<Due>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    since: Instant,
    until: Instant,
}

impl Pace {
    /// Notes a question that was sent behind so many bytes.
    pub fn asked(&mut self, now: Instant, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let until = now + PATIENCE + EACH_BYTE.saturating_mul(bytes);
        self.due = Some(Due { since: now, until });
    }

    /// Notes an answer: from now on it is waited for.
    pub fn answered(&mut self) {
        self.answers = true;
        self.due = None;
    }

    /// Whether a question may be sent: never a second one before the first was answered.
    pub fn may_ask(&self) -> bool {
        self.due.is_none()
    }

    /// How long the next frame has to wait for an answer; `None` when it may be drawn. A terminal that lets the time pass is not
    /// waited for again, unless it answers after all.
    pub fn wait(&mut self, now: Instant) -> Option<Duration> {
        let due = self.due.filter(|_| self.answers)?;
        let left = due.until.saturating_duration_since(now);
        self.answers = !left.is_zero();
        self.answers.then_some(left)
    }

    /// Until when an answer that is due may come any moment; after that it may still come.
    pub fn expected_until(&self) -> Option<Instant> {
        let due = self.due?;
        Some(if self.answers {
            due.until
        } else {
            due.since + PATIENCE
        })
    }

    /// How long an answer is still worth waiting for before the terminal is somebody else's, who would take it for keys.
    pub fn farewell(&self, now: Instant) -> Duration {
        let Some(due) = self.due else {
            return Duration::ZERO;
        };
        if self.answers {
            due.until.saturating_duration_since(now).min(LAST_ANSWER)
        } else {
            (due.since + FIRST_ANSWER).saturating_duration_since(now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_terminal_that_never_answers_is_never_waited_for() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        pace.asked(start, 4);
        assert_eq!(pace.wait(start), None);
        assert!(!pace.may_ask());
        assert_eq!(pace.wait(start + 60 * SECOND), None);
        assert_eq!(pace.farewell(start + SECOND), Duration::ZERO);
    }

    #[test]
    fn one_frame_is_on_the_way_where_the_terminal_answers() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        pace.asked(start, 4);
        pace.answered();
        assert_eq!(pace.wait(start), None);
        pace.asked(start, 100);
        assert!(pace.wait(start).is_some());
        assert!(!pace.may_ask());
        pace.answered();
        assert_eq!(pace.wait(start), None);
        assert!(pace.may_ask());
    }

    #[test]
    fn an_answer_that_fails_to_come_ends_the_waiting_until_it_comes_after_all() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        pace.answered();
        pace.asked(start, 100);
        let late = start + 10 * SECOND;
        assert_eq!(pace.wait(late), None);
        assert_eq!(pace.wait(start), None, "it is not waited for again");
        assert!(!pace.may_ask());
        pace.answered();
        pace.asked(late, 100);
        assert!(pace.wait(late).is_some());
    }

    #[test]
    fn a_large_frame_has_the_time_that_a_slow_line_needs() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        pace.answered();
        pace.asked(start, 5_000);
        assert!(pace.wait(start + 8 * SECOND).is_some());
    }
}
