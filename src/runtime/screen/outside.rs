//! While the terminal is somebody else's: the shell's, or that of the user's own editor, and then publishing goes on.
//!
//! The file and the editor are `runtime/editor.rs`; what came back is taken in by `app/update/outside.rs`.

use super::{Lines, Loop, Outcome, UNTIL_IT_ENDS};
use crate::app::{Msg, Outside, Publishing, Reply, Request};
use crate::runtime::editor::Sitting;
use crate::runtime::signals::{Happened, stop_myself};
use crate::runtime::terminal::Screen;
use std::io;

impl Loop {
    /// Stops claiming, finishes what is being sent, gives up the lead and the terminal, and stops.
    pub(super) async fn suspend(&mut self, screen: &mut Screen) -> io::Result<()> {
        screen.give_back();
        self.stop_publishing(UNTIL_IT_ENDS).await;
        // Who publishes when it comes back is not known before the channels are connected again.
        self.role = Publishing::Unknown;
        self.message(screen, Msg::Publisher(self.role.clone()))?;
        stop_myself()?;
        screen.take_again()?;
        self.tick();
        if let Some((width, height)) = screen.size() {
            self.fit(screen, (width, height))?;
        }
        self.connect();
        Ok(())
    }

    /// Leaves the terminal to the user's editor. Publishing goes on meanwhile.
    pub(super) async fn edit_outside(
        &mut self,
        screen: &mut Screen,
        lines: &mut Lines,
        request: Request,
        outside: Outside,
    ) -> io::Result<()> {
        screen.give_back();
        let known = self.app.channels.clone();
        let mut sitting = Sitting::begin(&self.desk, outside, known, self.app.zone);
        let mut ends = false;
        while !sitting.is_over() {
            tokio::select! {
                () = sitting.wait() => {}
                happened = lines.signals.next_but_interrupts() => match happened {
                    Happened::End => {
                        ends = true;
                        sitting.end().await;
                    }
                    Happened::Suspend => {
                        // The editor has stopped, and the shell waits for both.
                        lines.events = None;
                        self.stop_publishing(UNTIL_IT_ENDS).await;
                        self.role = Publishing::Unknown;
                        self.message(screen, Msg::Publisher(self.role.clone()))?;
                        stop_myself()?;
                        self.connect();
                    }
                }
            }
        }
        let returned = sitting.result();
        lines.signals.forget_interrupts().await;
        if !ends {
            screen.take_again()?;
        }
        self.tick();
        if let Some((width, height)) = screen.size() {
            self.fit(screen, (width, height))?;
        }
        let reply = Box::new(Reply::Outside(Box::new(returned)));
        self.message(screen, Msg::Reply(request, reply))?;
        if ends {
            self.message(screen, Msg::Ended)?;
        }
        Ok(())
    }

    pub(super) fn signal(&mut self, screen: &mut Screen, signal: Happened) -> io::Result<()> {
        match signal {
            Happened::End => self.message(screen, Msg::Ended),
            Happened::Suspend => {
                self.outcome = Outcome::Suspend;
                Ok(())
            }
        }
    }
}
