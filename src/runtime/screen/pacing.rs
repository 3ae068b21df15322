//! When a frame is drawn: at once, or when the terminal has read the one before.
//!
//! `runtime/pace.rs` knows how long to wait; here it is told what was sent and what came back.

use super::{Lines, Loop};
use crate::runtime::keys::{Input, Keys};
use crate::runtime::terminal::Screen;
use std::io;
use std::time::Instant;

impl Loop {
    pub(super) fn answered(&mut self, keys: &mut Keys) {
        self.pace.answered();
        keys.expect_answer(None);
    }

    /// Waits for an answer that is due, so that it does not reach whoever has the terminal next.
    pub(super) async fn await_answer(&mut self, lines: &mut Lines) {
        let until = tokio::time::Instant::now() + self.pace.farewell(Instant::now());
        while !self.pace.may_ask() {
            match tokio::time::timeout_at(until, lines.keys.next()).await {
                Ok(Some(Input::Answer)) => self.answered(&mut lines.keys),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// Draws what changed, unless the terminal has not read the last frame yet.
    pub(super) fn draw(&mut self, screen: &mut Screen, keys: &mut Keys) -> io::Result<()> {
        self.stale |= screen.has_pictures_due(Instant::now());
        if !self.stale {
            return screen.tell_the_rest(&self.app);
        }
        if self.pace.wait(Instant::now()).is_some() {
            return Ok(());
        }
        self.stale = false;
        if let Some(bytes) = screen.draw(&self.app, self.pace.may_ask())? {
            self.pace.asked(Instant::now(), bytes);
        }
        keys.expect_answer(self.pace.expected_until());
        Ok(())
    }
}
