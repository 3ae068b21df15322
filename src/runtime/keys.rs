//! Reading the terminal's input on the thread that draws, so that a key wakes one thread; `keys/decode.rs` says what the bytes mean.
//!
//! The terminal library's reader is not used: it takes the pieces of a torn answer for keys, and hides a whole one. Nothing is
//! read but when it is asked for: while another program has the terminal, every key is that program's.

pub mod answers;
mod decode;

pub use decode::Input;
use decode::{Decoder, Due};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, Stdin};
use std::time::Instant;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// As many bytes are read at once: a paste is not taken in letter by letter.
const READ: usize = 16 * 1024;

/// The terminal's input, as far as it was read.
#[derive(Debug)]
pub struct Keys {
    /// `None` where reading never waits: a file.
    stdin: Option<AsyncFd<Stdin>>,
    sizes: Signal,
    decoder: Decoder,
    bytes: Vec<u8>,
    /// When something was read last: what has begun there is waited for from then on.
    read_at: Instant,
    /// Until when an answer that is due is expected.
    due: Option<Instant>,
    /// Whether the terminal is gone.
    ended: bool,
}

impl Keys {
    /// Begins to listen, in a runtime that runs on the present thread.
    ///
    /// # Errors
    /// When the system refuses a signal handler, or standard input is nothing that can be waited for.
    #[expect(
        deprecated,
        reason = "its successor is unsafe; standard input stays the same descriptor, which is all that one asks for"
    )]
    pub fn listen() -> io::Result<Self> {
        let stdin = match AsyncFd::with_interest(io::stdin(), Interest::READABLE) {
            Ok(stdin) => Some(stdin),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            stdin,
            sizes: signal(SignalKind::window_change())?,
            decoder: Decoder::default(),
            bytes: vec![0; READ],
            read_at: Instant::now(),
            due: None,
            ended: false,
        })
    }

    /// Tells until when an answer of the terminal is expected: a lone Esc may be its beginning. `None` when none is due.
    pub fn expect_answer(&mut self, until: Option<Instant>) {
        self.due = until;
    }

    /// Waits for the next input; `None` when the terminal is gone. Nothing is lost when the waiting is given up.
    pub async fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.decoder.next(due(self.due)) {
                return Some(input);
            }
            if self.ended {
                return None;
            }
            let until = self.decoder.patience().map(|left| self.read_at + left);
            let patience = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                ready = announced(self.stdin.as_ref()) => {
                    ready.ok()?;
                    while self.read() == Read::More {}
                }
                _ = self.sizes.recv() => {
                    if let Ok((width, height)) = crossterm::terminal::size() {
                        return Some(Input::Resize(width, height));
                    }
                }
                () = patience => {
                    if let Some(input) = self.decoder.give_up(due(self.due)) {
                        return Some(input);
                    }
                }
            }
        }
    }

    /// Returns the next input that has come already.
    pub fn at_hand(&mut self) -> Option<Input> {
        loop {
            let input = self.decoder.next(due(self.due));
            if input.is_some() || self.read() == Read::Nothing {
                return input;
            }
        }
    }

    /// Takes in what is there, without waiting.
    fn read(&mut self) -> Read {
        if self.ended || !is_readable() {
            return Read::Nothing;
        }
        match rustix::io::read(io::stdin(), &mut self.bytes) {
            Ok(0) => self.ended = true,
            Ok(count) => {
                self.decoder.feed(&self.bytes[..count]);
                self.read_at = Instant::now();
                return if count == READ { Read::More } else { Read::All };
            }
            Err(Errno::INTR) => return Read::More,
            Err(Errno::AGAIN) => {}
            Err(error) => {
                tracing::debug!("the terminal's input ended: {error}");
                self.ended = true;
            }
        }
        Read::Nothing
    }
}

/// Waits until there is something to read.
async fn announced(stdin: Option<&AsyncFd<Stdin>>) -> io::Result<()> {
    if let Some(stdin) = stdin {
        // Cleared before the look: what comes after it is announced anew.
        stdin.readable().await?.clear_ready();
    }
    Ok(())
}

/// How a look at the input went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// Something came, and there may be more.
    More,
    /// Something came, and that was all of it.
    All,
    /// Nothing came, or the terminal is gone.
    Nothing,
}

/// Whether reading would not wait: what was announced may have been read by another program since.
fn is_readable() -> bool {
    let stdin = io::stdin();
    let mut wanted = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    matches!(poll(&mut wanted, Some(&at_once)), Ok(1..))
}

fn due(until: Option<Instant>) -> Due {
    match until {
        None => Due::No,
        Some(until) if Instant::now() < until => Due::Soon,
        Some(_) => Due::Late,
    }
}

#[cfg(test)]
mod tests;
