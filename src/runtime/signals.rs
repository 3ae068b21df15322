//! What the system tells the process: end, hang up, suspend, and a terminal that is gone.
//!
//! A closed terminal is noticed even where SIGHUP is ignored: a thread waits for the hang-up of standard input and costs
//! nothing until then. A pipe hangs up while it is still full of keys; its end is noticed where they are read, `keys.rs`.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal, getpid, kill_process};
use std::io::{self, IsTerminal};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What the system told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The process shall end, or its terminal is gone.
    End,
    /// The process shall stop for a while.
    Suspend,
}

/// Waits for what the system tells.
#[derive(Debug)]
pub struct Signals {
    hang_up: Stream,
    terminate: Stream,
    interrupt: Stream,
    stop: Stream,
    closed: UnboundedReceiver<()>,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system refuses a signal handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
            closed: watch_terminal(),
        })
    }

    /// Waits for the next.
    pub async fn next(&mut self) -> Happened {
        tokio::select! {
            _ = self.hang_up.recv() => Happened::End,
            _ = self.terminate.recv() => Happened::End,
            _ = self.interrupt.recv() => Happened::End,
            Some(()) = self.closed.recv() => Happened::End,
            _ = self.stop.recv() => Happened::Suspend,
        }
    }
}

impl Signals {
    /// Forgets interrupts: C-c was meant for the program that had the terminal.
    pub async fn forget_interrupts(&mut self) {
        loop {
            tokio::select! {
                biased;
                _ = self.interrupt.recv() => {}
                () = std::future::ready(()) => return,
            }
        }
    }

    /// Waits for the next, without interrupts.
    pub async fn next_but_interrupts(&mut self) -> Happened {
        tokio::select! {
            _ = self.hang_up.recv() => Happened::End,
            _ = self.terminate.recv() => Happened::End,
            Some(()) = self.closed.recv() => Happened::End,
            _ = self.stop.recv() => Happened::Suspend,
        }
    }
}

fn watch_terminal() -> UnboundedReceiver<()> {
    let (tell, closed) = unbounded_channel();
    if !io::stdin().is_terminal() {
        return closed;
    }
    std::thread::spawn(move || {
        let stdin = io::stdin();
        let mut wanted = [PollFd::new(&stdin, PollFlags::empty())];
        // Anything but an interruption is the hang-up.
        while let Err(rustix::io::Errno::INTR) = poll(&mut wanted, None) {}
        // The program may have ended by itself.
        let _ = tell.send(());
    });
    closed
}

/// Stops this process until somebody continues it.
///
/// # Errors
/// When the system refuses to.
pub fn stop_myself() -> io::Result<()> {
    kill_process(getpid(), Signal::STOP).map_err(io::Error::from)
}
