//! Taking in what the person and the terminal sent: all that is there, before anything is drawn.
//!
//! What a key does is `app/update`; reading the bytes is `runtime/keys.rs`.

use super::{AFTER_ESC, Lines, Loop, Outcome};
use crate::app::{Colours, Key, Msg, Sheet};
use crate::runtime::keys::Input;
use crate::runtime::terminal::{Background, Screen, cell_of_window};
use std::io;
use std::time::Instant;

impl Loop {
    pub(super) fn take_input(
        &mut self,
        screen: &mut Screen,
        first: Input,
        lines: &mut Lines,
    ) -> io::Result<()> {
        self.tick();
        let mut next = Some(first);
        while let Some(input) = next {
            let asked = self.asks_to_send();
            match input {
                Input::Key(key) => self.press(screen, key)?,
                Input::Paste(text) => self.message(screen, Msg::Paste(text))?,
                Input::Resize(width, height) => {
                    let (width, height) = screen.resized(width, height);
                    self.fit(screen, (width, height))?;
                }
                Input::Answer => self.answered(&mut lines.keys),
                Input::Background(colours) => self.learn(screen, colours)?,
                Input::Mouse(pointed) => self.message(screen, Msg::Pointed(pointed))?,
            }
            next = lines.keys.at_hand();
            let hands_over = !matches!(self.outcome, Outcome::Running);
            if hands_over || !asked && self.asks_to_send() {
                // Keys typed before the question was painted do not answer it, and those for whoever has the terminal next
                // are no commands here; a new size still counts.
                let mut size = None;
                while let Some(input) = next {
                    match input {
                        Input::Answer => self.answered(&mut lines.keys),
                        Input::Resize(..) => size = Some(input),
                        Input::Background(colours) => self.learn(screen, colours)?,
                        Input::Key(_) | Input::Paste(_) | Input::Mouse(_) => {}
                    }
                    next = lines.keys.at_hand();
                }
                next = size;
            }
        }
        Ok(())
    }

    /// Lays out for a window that may have another size now, and cells of another.
    pub(super) fn fit(
        &mut self,
        screen: &mut Screen,
        (width, height): (u16, u16),
    ) -> io::Result<()> {
        self.message(screen, Msg::Measured(cell_of_window()))?;
        self.message(screen, Msg::Resize(width, height))
    }

    /// Whether a question is open whose answer lets something leave.
    fn asks_to_send(&self) -> bool {
        use Sheet::{Correct, PublishNow, Thaw, Unknown};
        matches!(
            self.app.sheet,
            Some(Correct(_) | PublishNow(_) | Thaw(_) | Unknown(_))
        )
    }

    /// The terminal's background is learned once, whenever its answer comes.
    fn learn(&mut self, screen: &mut Screen, colours: Colours) -> io::Result<()> {
        match std::mem::take(&mut self.background) {
            Background::Matters => self.message(screen, Msg::Background(colours)),
            Background::Unasked => Ok(()),
        }
    }

    fn press(&mut self, screen: &mut Screen, key: Key) -> io::Result<()> {
        let printable = matches!(key, Key::Char(_));
        if printable && self.left_typing.is_some_and(|at| at.elapsed() < AFTER_ESC) {
            return Ok(());
        }
        let leaves = key == Key::Esc && self.app.editor.is_some() && self.app.sheet.is_none();
        self.left_typing = leaves.then(Instant::now);
        self.message(screen, Msg::Key(key))
    }
}
