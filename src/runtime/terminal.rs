//! Taking the terminal over and giving it back, whatever happens in between.
//!
//! A panic on the screen's own thread gives it back before the message is printed; a panic in a background task leaves it
//! alone, is logged, and reaches the screen as a message.

use super::backend::{QUESTION, WireBackend};
use super::clipboard::{self, Within};
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::Terminal;
use std::io::{self, Stdout, Write, stdout};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::UnboundedSender;

static TAKEN: AtomicBool = AtomicBool::new(false);
static PANICS: Mutex<Option<UnboundedSender<()>>> = Mutex::new(None);

/// The terminal while the program has it; dropping it gives it back.
#[derive(Debug)]
pub struct Screen {
    /// What is drawn onto.
    pub terminal: Terminal<WireBackend<Stdout>>,
    within: Within,
}

impl Screen {
    /// Takes the terminal over: raw input, the alternate screen, bracketed paste. Mouse capture stays off, since it would
    /// take the terminal's own selection away.
    ///
    /// # Errors
    /// When standard output is no terminal, or cannot be written to.
    pub fn take() -> io::Result<Self> {
        enter()?;
        let mut terminal = Terminal::new(WireBackend::new(stdout()))?;
        // A terminal that a killed program left on the alternate screen still shows what was there.
        terminal.clear()?;
        Ok(Self {
            terminal,
            within: Within::of(|name| std::env::var(name).ok()),
        })
    }

    /// Asks the terminal whether it answers at all, before there is a frame to wait for.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask(&mut self) -> io::Result<()> {
        let mut out = stdout();
        out.write_all(QUESTION.as_bytes())?;
        out.flush()
    }

    /// Gives the terminal back for a while (suspend).
    pub fn give_back(&mut self) {
        leave();
    }

    /// Takes it over again and draws everything anew at the next frame.
    pub fn take_again(&mut self) -> io::Result<()> {
        enter()?;
        self.redraw()
    }

    /// Puts a text into the clipboard of the terminal that the user sits at (OSC 52), over SSH and through a multiplexer too.
    /// A terminal that does not take it shows nothing.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut out = stdout();
        out.write_all(clipboard::sequence(text, self.within).as_bytes())?;
        out.flush()
    }

    /// Shows a text on the terminal's own screen, as it is, wrapped by the terminal: what is selected there is the text, without
    /// columns, marks or line ends that are not in it. `take_again` comes back.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn show_plain(&mut self, text: &str, words: &str) -> io::Result<()> {
        let mut out = stdout();
        execute!(out, DisableBracketedPaste, LeaveAlternateScreen, Show)?;
        let text = clipboard::harmless(text).replace('\n', "\r\n");
        write!(out, "\r\n{text}\r\n\r\n[{words}]\r\n")?;
        out.flush()
    }

    /// Draws everything anew at the next frame.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().forget();
        self.terminal.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // The terminal may be gone; there is nobody to tell.
        let _ = execute!(stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// Installs the panic hook; call it on the screen's thread. Background panics are sent to `panics`.
pub fn watch_panics(panics: UnboundedSender<()>) {
    if let Ok(mut slot) = PANICS.lock() {
        *slot = Some(panics);
    }
    let screen_thread = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == screen_thread {
            leave();
            before(panic);
            return;
        }
        tracing::error!("a background task ended with a panic: {panic}");
        if let Ok(slot) = PANICS.lock()
            && let Some(panics) = slot.as_ref()
        {
            let _ = panics.send(());
        }
    }));
}
