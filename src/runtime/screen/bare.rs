//! A text on the terminal's own screen, to be selected there, until a key comes back.
//!
//! What it shows and why is `app/update/by_hand.rs`. Publishing goes on meanwhile.

use super::{Lines, Loop, Outcome};
use crate::app::Msg;
use crate::runtime::keys::Input;
use crate::runtime::signals::Happened;
use crate::runtime::terminal::Screen;
use std::io;

/// What stands below the text.
const WORDS: &str =
    "select the text above with the mouse, or with your terminal's own keys; any key comes back";

impl Loop {
    pub(super) async fn show_bare(
        &mut self,
        screen: &mut Screen,
        lines: &mut Lines,
        text: &str,
    ) -> io::Result<()> {
        if screen.is_plain() {
            return screen.copy(text);
        }
        screen.show_bare(text, WORDS)?;
        let mut ends = false;
        loop {
            tokio::select! {
                happened = lines.signals.next() => match happened {
                    Happened::End => {
                        ends = true;
                        break;
                    }
                    // The screen's own way to stop gives the terminal back whole.
                    Happened::Suspend => {
                        self.outcome = Outcome::Suspend;
                        break;
                    }
                },
                input = lines.keys.next() => match input {
                    // A resized window wraps it anew by itself, and an answer of the terminal is no key.
                    Some(Input::Resize(..) | Input::Answer | Input::Background(_)) => {}
                    Some(Input::Key(_) | Input::Paste(_) | Input::Mouse(_)) => break,
                    None => {
                        ends = true;
                        break;
                    }
                },
            }
        }
        if ends {
            return self.message(screen, Msg::Ended);
        }
        screen.take_again()?;
        self.tick();
        if let Some((width, height)) = screen.size() {
            self.fit(screen, (width, height))?;
        }
        self.stale = true;
        Ok(())
    }
}
