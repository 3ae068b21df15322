//! Taking the terminal over and giving it back, whatever happens in between: the whole screen, or for lines only.
//!
//! A panic on the screen's own thread gives it back before the message is printed; a panic in a background task leaves it
//! alone, is logged, and reaches the screen as a message.

use super::backend::{ALL_KITTY_OFF, Moved, Painted, Picture, QUESTION, WireBackend};
use super::clipboard::{self, Within};
use super::keys::answers::BACKGROUND;
use super::plain::Plain;
use crate::app::App;
use crate::domain::pixels::{CellSize, Protocol};
use crate::domain::text_safety::visible;
use crate::ui;
use crate::ui::plain::PAPER;
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::Size;
use std::fs::File;
use std::io::{self, IsTerminal, Write, stdin, stdout};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// How the program meets a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The whole screen is drawn.
    Screen {
        /// Whether the mouse is listened to.
        mouse: bool,
    },
    /// Sentences are appended, on a terminal of any kind or into a pipe.
    Plain {
        /// Whether the terminal can say where a pasted text begins and ends.
        marks_pastes: bool,
    },
}

/// Whether the colours depend on the terminal's background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// They do.
    Matters,
    /// They do not.
    #[default]
    Unasked,
}

/// Returns how large a cell of the terminal is, where the terminal tells its system, and SSH hands it on; it is not asked itself.
pub fn cell_of_window() -> Option<CellSize> {
    let window = crossterm::terminal::window_size().ok()?;
    CellSize::of((window.columns, window.rows), (window.width, window.height))
}

/// What has to be undone when the terminal is given back.
static TAKEN: Mutex<Option<Manner>> = Mutex::new(None);
/// Whether the terminal keeps pictures of ours, which outlive the screen that they stood on.
static KEEPS_PICTURES: AtomicBool = AtomicBool::new(false);
static PANICS: Mutex<Option<UnboundedSender<()>>> = Mutex::new(None);

/// Pictures are sent when they have stood where they are for so long: while somebody scrolls, their miniatures move.
const PICTURES_REST: Duration = Duration::from_millis(150);

/// The terminal while the program has it; dropping it gives it back.
#[derive(Debug)]
pub struct Screen {
    manner: Manner,
    outlet: Outlet,
    within: Within,
    /// When pictures that wait are put.
    pictures_due: Option<Instant>,
}

#[derive(Debug)]
enum Outlet {
    Screen(Box<WireBackend<File>>),
    Plain(Box<Plain>),
}

impl Outlet {
    fn open(manner: Manner) -> io::Result<Self> {
        Ok(match manner {
            Manner::Screen { .. } => {
                // Not the buffered one: it would write a frame piece by piece, up to each line feed in it.
                let out = File::from(stdout().as_fd().try_clone_to_owned()?);
                Self::Screen(Box::new(WireBackend::new(out)))
            }
            Manner::Plain { .. } => Self::Plain(Box::default()),
        })
    }
}

impl Screen {
    /// Takes the terminal over: raw input, and where the screen is drawn the alternate screen and bracketed paste. The
    /// mouse is listened to only on request, since that takes the terminal's own selection away.
    ///
    /// # Errors
    /// When standard output is no terminal, or cannot be written to.
    pub fn take(manner: Manner) -> io::Result<Self> {
        let outlet = enter(manner).and_then(|()| Outlet::open(manner));
        // What was taken before it failed is given back here: there is no screen whose end would do it.
        let outlet = outlet.inspect_err(|_| leave())?;
        Ok(Self {
            manner,
            outlet,
            within: Within::of(|name| std::env::var(name).ok()),
            pictures_due: None,
        })
    }

    /// Whether sentences are told instead of a screen being drawn.
    pub fn is_plain(&self) -> bool {
        matches!(self.outlet, Outlet::Plain(_))
    }

    /// Returns the size that the program lays itself out for: the window's, or that of the plain view's paper.
    pub fn size(&mut self) -> Option<(u16, u16)> {
        let window = crossterm::terminal::size().ok();
        match window {
            Some((columns, rows)) => Some(self.resized(columns, rows)),
            None => self.is_plain().then_some(PAPER),
        }
    }

    /// Takes the window's new size in, since asking at each frame would open the terminal's device twice for it; returns the
    /// size that the program lays itself out for.
    pub fn resized(&mut self, width: u16, height: u16) -> (u16, u16) {
        match &mut self.outlet {
            Outlet::Screen(terminal) => {
                terminal.resized(Size { width, height });
                (width, height)
            }
            Outlet::Plain(plain) => {
                plain.resize(width);
                PAPER
            }
        }
    }

    /// Asks the terminal whether it answers at all, before there is a frame to wait for, and before that for the colour of its
    /// background where that matters; returns whether it was asked.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask(&mut self, background: Background) -> io::Result<bool> {
        if self.is_plain() {
            return Ok(false);
        }
        let mut out = stdout();
        if background == Background::Matters {
            out.write_all(BACKGROUND.as_bytes())?;
        }
        out.write_all(QUESTION.as_bytes())?;
        out.flush()?;
        Ok(true)
    }

    /// Draws a frame, with a question behind it where one is allowed and worth it; returns how many bytes it was asked behind.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, app: &App, may_ask: bool) -> io::Result<Option<usize>> {
        match &mut self.outlet {
            Outlet::Screen(terminal) => {
                let now = Instant::now();
                terminal.allow_question(may_ask);
                terminal.allow_pictures(self.pictures_due.is_some_and(|due| due <= now));
                terminal.draw(|canvas| with_pictures(app, ui::paint(app, canvas)))?;
                self.pictures_due = match terminal.pictures_wait() {
                    None => None,
                    Some(Moved::Before) => self.pictures_due.or(Some(now + PICTURES_REST)),
                    Some(Moved::JustNow) => Some(now + PICTURES_REST),
                };
                Ok(terminal.take_asked())
            }
            Outlet::Plain(plain) => {
                plain.tell(app, true, Instant::now())?;
                Ok(None)
            }
        }
    }

    /// Tells what was held back while keys were pressed, once they rest.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn tell_the_rest(&mut self, app: &App) -> io::Result<()> {
        match &mut self.outlet {
            Outlet::Screen(_) => Ok(()),
            Outlet::Plain(plain) => plain.tell(app, false, Instant::now()),
        }
    }

    /// Tells what is still untold before the program leaves; a drawn screen goes as it is.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn tell_last(&mut self, app: &App) -> io::Result<()> {
        match &mut self.outlet {
            Outlet::Screen(_) => Ok(()),
            Outlet::Plain(plain) => plain.tell_last(app),
        }
    }

    /// Whether pictures have stood still for long enough to be sent with the next frame.
    pub fn has_pictures_due(&self, now: Instant) -> bool {
        self.pictures_due.is_some_and(|due| due <= now)
    }

    /// How long until what is held back is due; `None` where nothing is.
    pub fn rest(&self) -> Option<Duration> {
        match &self.outlet {
            Outlet::Screen(_) => {
                let due = self.pictures_due?;
                Some(due.saturating_duration_since(Instant::now()))
            }
            Outlet::Plain(plain) => plain.wait(Instant::now()),
        }
    }

    /// Gives the terminal back for a while (suspend).
    pub fn give_back(&mut self) {
        leave();
    }

    /// Takes it over again and draws everything anew at the next frame.
    pub fn take_again(&mut self) -> io::Result<()> {
        enter(self.manner)?;
        self.redraw();
        Ok(())
    }

    /// Puts a text into the clipboard of the terminal that the user sits at (OSC 52), over SSH and through a multiplexer too.
    /// A terminal that does not take it shows nothing. The plain view tells it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        match &mut self.outlet {
            Outlet::Screen(_) => send(&clipboard::sequence(text, self.within)),
            Outlet::Plain(plain) => plain.say(&visible(text)),
        }
    }

    /// Shows a text on the terminal's own screen, as it is, wrapped by the terminal: what is selected there is the text, without
    /// columns, marks or line ends that are not in it. `take_again` comes back.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn show_bare(&mut self, text: &str, words: &str) -> io::Result<()> {
        let mut out = stdout();
        if let Manner::Screen { mouse: true } = self.manner {
            send(MOUSE_OFF)?;
        }
        take_pictures_back();
        execute!(out, DisableBracketedPaste, LeaveAlternateScreen, Show)?;
        let text = clipboard::harmless(text).replace('\n', "\r\n");
        write!(out, "\r\n{text}\r\n\r\n[{words}]\r\n")?;
        out.flush()
    }

    /// Draws everything anew at the next frame.
    pub fn redraw(&mut self) {
        match &mut self.outlet {
            Outlet::Screen(terminal) => terminal.forget(),
            Outlet::Plain(plain) => plain.forget(),
        }
    }
}

/// Adds their pixels to the places of pictures.
fn with_pictures(app: &App, painted: ui::Painted) -> Painted<'_> {
    let places = painted.pictures.into_iter();
    let pictures: Vec<Picture<'_>> = places
        .filter_map(|placed| {
            let (name, pixels) = app.thumbs.pixels(&placed.hash)?;
            Some(Picture {
                name,
                area: placed.area,
                pixels,
            })
        })
        .collect();
    let is_kept = |it: &Picture<'_>| it.pixels.protocol == Protocol::Kitty;
    if pictures.iter().any(is_kept) {
        KEEPS_PICTURES.store(true, Ordering::Relaxed);
    }
    Painted {
        cursor: painted.cursor,
        pictures,
    }
}

/// Takes pictures back that the terminal keeps: a screen that is left does not take them along.
fn take_pictures_back() {
    if KEEPS_PICTURES.swap(false, Ordering::Relaxed) {
        // The terminal may be gone; there is nobody to tell.
        let _ = send(ALL_KITTY_OFF);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

/// Presses and the wheel, in the form that has no edge at column 223 (xterm, "Mouse Tracking", 1000 and 1006).
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

fn send(sequence: &str) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(sequence.as_bytes())?;
    out.flush()
}

fn enter(manner: Manner) -> io::Result<()> {
    // Keys from a pipe arrive as they are.
    let is_screen = matches!(manner, Manner::Screen { .. });
    if is_screen || stdin().is_terminal() {
        enable_raw_mode()?;
    }
    *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(manner);
    match manner {
        Manner::Screen { mouse } => {
            execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
            if mouse { send(MOUSE_ON) } else { Ok(()) }
        }
        Manner::Plain { marks_pastes: true } => execute!(stdout(), EnableBracketedPaste),
        Manner::Plain {
            marks_pastes: false,
        } => Ok(()),
    }
}

fn leave() {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    // The terminal may be gone; there is nobody to tell.
    let mut out = stdout();
    let _ = match taken {
        None => return,
        Some(Manner::Screen { mouse }) => {
            if mouse {
                let _ = send(MOUSE_OFF);
            }
            take_pictures_back();
            execute!(out, DisableBracketedPaste, LeaveAlternateScreen, Show)
        }
        Some(Manner::Plain { marks_pastes: true }) => execute!(out, DisableBracketedPaste),
        Some(Manner::Plain {
            marks_pastes: false,
        }) => Ok(()),
    };
    let _ = disable_raw_mode();
    if let Some(Manner::Plain { .. }) = taken {
        // The last line has no end yet.
        let _ = out.write_all(b"\n").and_then(|()| out.flush());
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
