//! What touches the machine while the program runs: the screen's loop, the terminal, signals, and the clock.
//!
//! `clock.rs` is the one place that reads the machine's time. Decides nothing: that is `app` and `publisher`.

pub mod backend;
pub mod background;
pub mod cards;
pub mod caretaker;
pub mod clipboard;
pub mod clock;
pub mod connections;
pub mod editor;
pub mod keys;
pub mod logins;
pub mod notice;
pub mod notify;
pub mod outlets;
pub mod pace;
pub mod perform;
mod perform_by_hand;
mod perform_cards;
pub mod perform_connections;
pub mod perform_outbox;
mod perform_people;
mod perform_places;
mod perform_review;
mod perform_topics;
pub mod pipe;
pub mod plain;
#[cfg(debug_assertions)]
pub mod planted;
pub mod prompt;
pub mod screen;
mod settled_words;
pub mod signals;
mod strangers;
pub mod terminal;
