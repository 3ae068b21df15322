//! The outlet of the plain view: lines appended to standard output, a terminal or a pipe.
//!
//! No sequence of bytes that moves a cursor, colours or clears. Which lines there are is `ui::plain`; taking the terminal over
//! is `terminal.rs`.

use crate::app::App;
use crate::ui::plain::{Rest, Teller, facts};
use std::io::{self, IsTerminal, Write, stdin, stdout};
use std::time::{Duration, Instant};

/// After so long without a key the rest of what a typed letter changed is told: often enough to hear it, too seldom to talk
/// into the typing.
const REST: Duration = Duration::from_secs(1);

/// Lines wait this long for what is being read, so that nothing is told that is put right at once,
const SETTLE: Duration = Duration::from_millis(40);
/// but never longer than this.
const LONGEST: Duration = Duration::from_millis(200);

/// Where lines are written.
#[derive(Debug)]
pub struct Plain {
    teller: Teller,
    columns: u16,
    /// Since when lines wait, and until when.
    settling: Option<(Instant, Instant)>,
    /// When something was held back last.
    held_back: Option<Instant>,
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            teller: Teller::default(),
            // A pipe has no edge at which a title would have to be cut.
            columns: u16::MAX,
            settling: None,
            held_back: None,
        }
    }
}

impl Plain {
    /// Notes how wide the window is.
    pub fn resize(&mut self, columns: u16) {
        self.columns = columns;
    }

    /// How long until something is to be told; `None` where nothing is.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let settled = self.settling.map(|(_, until)| until);
        let rested = self.held_back.map(|since| since + REST);
        let due = settled.into_iter().chain(rested).min()?;
        Some(due.saturating_duration_since(now))
    }

    /// Tells what is new: a typed letter at once, lines when what is being read is in.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn tell(&mut self, app: &App, is_stale: bool, now: Instant) -> io::Result<()> {
        let is_settled = self.settling.is_some_and(|(_, until)| until <= now);
        let has_rested = self.held_back.is_some_and(|since| since + REST <= now);
        if !is_stale && !is_settled && !has_rested {
            return Ok(());
        }
        let rest = if has_rested && !is_stale {
            Rest::Resting
        } else {
            Rest::Busy
        };
        let mut teller = self.teller.clone();
        let text = teller.tell(&facts(app, self.columns), rest);
        if is_stale && text.contains('\n') && !is_settled {
            let since = self.settling.map_or(now, |(since, _)| since);
            self.settling = Some((since, (now + SETTLE).min(since + LONGEST)));
            return Ok(());
        }
        self.settling = None;
        self.held_back = teller.waits().then_some(now);
        self.teller = teller;
        write(&text)
    }

    /// Tells all that is new without waiting for more: nothing comes after it.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn tell_last(&mut self, app: &App) -> io::Result<()> {
        let text = self.teller.tell(&facts(app, self.columns), Rest::Resting);
        write(&text)
    }

    /// Tells a line that is no part of the state.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        let text = self.teller.say(line);
        write(&text)
    }

    /// Tells everything anew at the next turn.
    pub fn forget(&mut self) {
        self.teller.forget();
    }
}

/// Writes text in one go. A terminal in raw mode needs to be told to go back to the first column.
fn write(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = stdout();
    if out.is_terminal() && stdin().is_terminal() {
        out.write_all(text.replace('\n', "\r\n").as_bytes())?;
    } else {
        out.write_all(text.as_bytes())?;
    }
    out.flush()
}
