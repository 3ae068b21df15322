//! Link cards: what a page says of itself, asked politely and with suspicion.
//!
//! A page is whatever somebody typed, and so are the addresses it names: only public ones are called (`reach.rs`), within
//! limits of size and time (`fetch.rs`), and what comes back is read as text alone (`page.rs`). Keeps nothing: the cache is
//! `store`'s, the file of a picture `media`'s.

mod fetch;
mod page;
mod reach;

pub use fetch::{Reader, Timing};
pub use reach::{Names, Reach, SystemNames};

/// What a page says of itself; the texts are one line each, without control characters, and may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// The bytes of its picture, as they came; `None` where there is none that can be had.
    pub picture: Option<Vec<u8>>,
}

/// Why a page has no card, in a sentence without full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It cannot be asked at all.
    #[error("{0} is no address of a page: write it as https://example.org")]
    NoAddress(String),
    /// It is not on the public internet.
    #[error("{0} is not a public address, so it is not asked")]
    NotPublic(String),
    /// It sends on and on.
    #[error("{0} sends on more than {most} times", most = fetch::MOST_REDIRECTS)]
    TooManyRedirects(String),
    /// Nobody is there, or this machine is off-line.
    #[error("{0} cannot be reached")]
    Unreachable(String),
    /// It takes too long.
    #[error("{0} did not answer in time")]
    TooSlow(String),
    /// It answers with a refusal.
    #[error("{host} answered {status}")]
    Refused {
        /// Who.
        host: String,
        /// The status of its answer.
        status: u16,
    },
    /// It is something else than a page.
    #[error("{host} has {mime} there, not a page")]
    NotAPage {
        /// Who.
        host: String,
        /// What it is instead.
        mime: String,
    },
}
