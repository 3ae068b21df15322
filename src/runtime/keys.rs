//! Reading the terminal's input on a thread of its own; `keys/decode.rs` says what the bytes mean.
//!
//! The terminal library's reader is not used: it takes the pieces of a torn answer for keys, and hides a whole one. While
//! another program has the terminal nothing is read, so that every key is that program's.

pub mod answers;
mod decode;

pub use decode::Input;
use decode::{Decoder, Due};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How often, and after what, it is asked whether the reading thread rests.
const ASKED: u32 = 100;
const ASKED_AFTER: Duration = Duration::from_millis(10);
/// As many bytes are read at once: a paste is not taken in letter by letter.
const READ: usize = 16 * 1024;

/// What the loop tells the thread that reads.
#[derive(Clone, Debug)]
pub struct Reading(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    told: Condvar,
    wake: UnixStream,
    /// Until when an answer that is due is expected.
    due: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Input is read.
    #[default]
    Reads,
    /// It shall rest.
    ShallRest,
    /// It reads nothing.
    Rests,
}

impl Reading {
    /// Tells until when an answer of the terminal is expected: a lone Esc may be its beginning. `None` when none is due.
    pub fn expect_answer(&self, until: Option<Instant>) {
        *self.0.due.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Waits until nothing is read any more; every key is somebody else's then.
    ///
    /// # Errors
    /// When the thread cannot be woken, or does not answer within a second.
    pub async fn rest(&self) -> io::Result<()> {
        self.become_state(State::ShallRest);
        (&self.0.wake).write_all(b"!")?;
        for _ in 0..ASKED {
            if self.state() == State::Rests {
                return Ok(());
            }
            tokio::time::sleep(ASKED_AFTER).await;
        }
        self.go_on();
        Err(io::Error::other("the keyboard could not be handed over"))
    }

    /// Reads again.
    pub fn go_on(&self) {
        self.become_state(State::Reads);
    }

    fn state(&self) -> State {
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_state(&self, state: State) {
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.0.told.notify_all();
    }

    fn rest_if_asked(&self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        while *state != State::Reads {
            *state = State::Rests;
            state = self
                .0
                .told
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn due(&self) -> Due {
        match *self.0.due.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Due::No,
            Some(until) if Instant::now() < until => Due::Soon,
            Some(_) => Due::Late,
        }
    }
}

/// Starts to read; the receiver ends when the terminal is gone.
///
/// # Errors
/// When the system refuses a signal handler or a pair of sockets.
pub fn listen() -> io::Result<(UnboundedReceiver<Input>, Reading)> {
    let (inputs, receiver) = unbounded_channel();
    let (wake, woken) = UnixStream::pair()?;
    let reading = Reading(Arc::new(Shared {
        state: Mutex::default(),
        told: Condvar::new(),
        wake,
        due: Mutex::default(),
    }));
    let mut sizes = signal(SignalKind::window_change())?;
    let resized = inputs.downgrade();
    tokio::spawn(async move {
        while sizes.recv().await.is_some() {
            let Some(inputs) = resized.upgrade() else {
                break;
            };
            if let Ok((width, height)) = crossterm::terminal::size() {
                let _ = inputs.send(Input::Resize(width, height));
            }
        }
    });
    let rests = reading.clone();
    std::thread::spawn(move || {
        if let Err(error) = read(&inputs, &woken, &rests) {
            tracing::debug!("the terminal's input ended: {error}");
        }
    });
    Ok((receiver, reading))
}

/// Reads until the terminal is gone or nobody listens any more.
fn read(
    inputs: &UnboundedSender<Input>,
    mut woken: &UnixStream,
    reading: &Reading,
) -> io::Result<()> {
    let stdin = io::stdin();
    let mut decoder = Decoder::default();
    let mut bytes = vec![0; READ];
    loop {
        let patience = decoder.patience().map(timespec);
        let mut wanted = [
            PollFd::new(&stdin, PollFlags::IN),
            PollFd::new(woken, PollFlags::IN),
        ];
        let ready = match poll(&mut wanted, patience.as_ref()) {
            Err(Errno::INTR) => continue,
            ready => ready?,
        };
        if !wanted[1].revents().is_empty() {
            let _ = woken.read(&mut [0; 16])?;
            reading.rest_if_asked();
            continue;
        }
        let late = if ready == 0 {
            decoder.give_up(reading.due())
        } else {
            match rustix::io::read(&stdin, &mut bytes) {
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Ok(0) => return Ok(()),
                count => decoder.feed(&bytes[..count?]),
            }
            None
        };
        let seen = std::iter::from_fn(|| decoder.next(reading.due()));
        for input in late.into_iter().chain(seen) {
            if inputs.send(input).is_err() {
                return Ok(());
            }
        }
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests;
