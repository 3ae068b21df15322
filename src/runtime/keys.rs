//! Reading the terminal's input, and turning the library's key events into ours.
//!
//! Alt arrives as Esc and a key: there are no Alt bindings, so it is Esc, and the key is dropped. While another program has
//! the terminal nothing is read, so that every key is that program's.

use crate::app::Key;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use rustix::process::{Signal, getpid, kill_process};
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How often, and after what, it is asked again that the reading thread rests.
const ASKED: u32 = 40;
const ASKED_AFTER: Duration = Duration::from_millis(25);

/// Lets the reading thread rest while another program has the terminal.
#[derive(Clone, Debug, Default)]
pub struct Reading(Arc<(Mutex<State>, Condvar)>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Events are read.
    #[default]
    Reads,
    /// It shall rest after the next event.
    ShallRest,
    /// It reads nothing.
    Rests,
}

impl Reading {
    /// Waits until nothing is read any more; every key is somebody else's then.
    ///
    /// # Errors
    /// When the thread cannot be woken, or does not answer within a second.
    pub async fn rest(&self) -> io::Result<()> {
        self.become_state(State::ShallRest);
        for _ in 0..ASKED {
            // The thread waits inside the terminal library; a change of the window's size is what wakes it.
            kill_process(getpid(), Signal::WINCH)?;
            tokio::time::sleep(ASKED_AFTER).await;
            if self.state() == State::Rests {
                return Ok(());
            }
        }
        self.go_on();
        Err(io::Error::other("the keyboard could not be handed over"))
    }

    /// Reads again.
    pub fn go_on(&self) {
        self.become_state(State::Reads);
    }

    fn state(&self) -> State {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_state(&self, state: State) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.0.1.notify_all();
    }

    fn rest_if_asked(&self) {
        let (state, told) = &*self.0;
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        while *state != State::Reads {
            *state = State::Rests;
            state = told.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Starts to read; the receiver ends when the terminal is gone.
///
/// A thread of its own, and not the library's stream, because all pending input is taken before a frame is drawn, and the
/// stream loses its waker when it is asked whether there is more.
pub fn listen() -> (UnboundedReceiver<Event>, Reading) {
    let (events, receiver) = unbounded_channel();
    let reading = Reading::default();
    let rests = reading.clone();
    std::thread::spawn(move || {
        while let Ok(event) = read() {
            if events.send(event).is_err() {
                break;
            }
            rests.rest_if_asked();
        }
    });
    (receiver, reading)
}

/// Converts a key press; `None` for a release and for keys that we have no word for.
pub fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    if event.modifiers.contains(KeyModifiers::ALT) {
        return Some(Key::Esc);
    }
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    let key = match event.code {
        KeyCode::Char(c) if control => match c.to_ascii_lowercase() {
            // Some terminals send these for Backspace and Enter.
            'h' => Key::Backspace,
            'j' | 'm' => Key::Enter,
            c => Key::Ctrl(c),
        },
        KeyCode::Char(c) if c.is_control() => return None,
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(number) => Key::F(number),
        _ => return None,
    };
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alt_is_esc_and_its_key_is_dropped() {
        assert_eq!(
            key(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::ALT)),
            Some(Key::Esc)
        );
    }

    #[test]
    fn control_letters_are_lower_case_and_control_h_is_backspace() {
        let press = |c, modifiers| key(KeyEvent::new(KeyCode::Char(c), modifiers));
        assert_eq!(press('D', KeyModifiers::CONTROL), Some(Key::Ctrl('d')));
        assert_eq!(press('h', KeyModifiers::CONTROL), Some(Key::Backspace));
        assert_eq!(press('J', KeyModifiers::SHIFT), Some(Key::Char('J')));
    }
}
