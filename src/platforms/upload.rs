//! Large files on their way up: reading a kept file in ranges, and keeping what an upload needs to go on after a crash.
//!
//! How a platform with uploads in pieces uses it: `in_pieces` says so for a medium; then `upload_in_pieces` is called instead
//! of `upload`. It begins with `log.earlier()`: a session of an earlier run is asked how far it came and gone on with, or
//! forgotten where the platform does not know it any more. A new one is `log.keep`t BEFORE the first byte goes to it, and
//! with every piece whose answer is needed at the end (LinkedIn's ETags, X's next segment); `log.sent` tells the figures
//! for the screen. Each piece is `files.range(…)`. The whole call creates nothing that people could see, so it may be
//! dropped between any two of its steps, and asked for again: X: initialize (keep the media id), append segment by segment
//! (keep the next one), finalize, STATUS until it is ready. LinkedIn: initialize (keep addresses), a PUT for each part (keep
//! its ETag), finalize, until AVAILABLE. YouTube: the session's address is kept, and all but the last piece sent: that one
//! makes the video, so it is the create call and belongs to `publish`.
//! What is kept is the publisher's (`publisher/uploads.rs`) and the database's (`store/uploads.rs`).

use super::CallError;
use crate::domain::PartMedia;
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What files are read by; the error is one plain sentence.
pub trait Kept: Send + Sync {
    /// Checks that a file is still the one that was attached. May read all of it.
    ///
    /// # Errors
    /// Where it is not.
    fn check(&self, hash: &str) -> Result<(), String>;

    /// Returns bytes of a file from an offset on, as many as were asked for or up to its end.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn range(&self, hash: &str, at: u64, length: usize) -> Result<Vec<u8>, String>;

    /// Returns a picture as it is sent: as it was attached, or made to fit.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn whole(&self, media: &PartMedia) -> Result<Vec<u8>, String>;
}

/// The kept files of posts, read in ranges by their hash; cheap to clone.
#[derive(Clone, Default)]
pub struct Files(Option<Arc<dyn Kept>>);

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

impl Files {
    /// Reads files by this.
    pub fn new(kept: impl Kept + 'static) -> Self {
        Self(Some(Arc::new(kept)))
    }

    /// Checks that a file is still the one that was attached.
    ///
    /// # Errors
    /// `Rejected` with the file's name where it was changed or is gone.
    pub async fn check(&self, media: &PartMedia) -> Result<(), CallError> {
        let hash = media.hash.clone();
        self.read(media, move |kept| kept.check(&hash)).await
    }

    /// Returns bytes of a file: exactly as many as were asked for.
    ///
    /// # Errors
    /// `Rejected` with the file's name where it has not as many, or cannot be read.
    pub async fn range(
        &self,
        media: &PartMedia,
        at: u64,
        length: usize,
    ) -> Result<Vec<u8>, CallError> {
        let hash = media.hash.clone();
        let bytes = self
            .read(media, move |kept| kept.range(&hash, at, length))
            .await?;
        if bytes.len() == length {
            Ok(bytes)
        } else {
            Err(unreadable(media, "it became shorter: attach it again"))
        }
    }

    /// Returns a picture as it is sent.
    ///
    /// # Errors
    /// `Rejected` with the file's name where it cannot be read.
    pub async fn whole(&self, media: &PartMedia) -> Result<Vec<u8>, CallError> {
        let wanted = media.clone();
        self.read(media, move |kept| kept.whole(&wanted)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        media: &PartMedia,
        work: impl FnOnce(&dyn Kept) -> Result<T, String> + Send + 'static,
    ) -> Result<T, CallError> {
        let Some(kept) = self.0.clone() else {
            return Err(unreadable(media, "there are no files here"));
        };
        tokio::task::spawn_blocking(move || work(kept.as_ref()))
            .await
            .unwrap_or_else(|_| Err("reading it failed".to_owned()))
            .map_err(|reason| unreadable(media, &reason))
    }
}

fn unreadable(media: &PartMedia, reason: &str) -> CallError {
    CallError::Rejected(format!(
        "the {} {} cannot be read: {reason}",
        media.medium(),
        media.name
    ))
}

/// What an earlier run of an upload left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The platform's own words for it, as they were kept last.
    pub session: String,
    /// Bytes that had arrived as far as was known.
    pub sent: u64,
}

/// Where an upload keeps what it needs, and tells how far it is.
#[async_trait]
pub trait UploadLog: Send + Sync {
    /// Returns what an earlier run of the same file at the same place left.
    fn earlier(&self) -> Option<Begun>;

    /// Keeps what is needed to go on, durably, with the bytes that have arrived.
    ///
    /// # Errors
    /// `Unavailable` where it could not be kept: nothing may be sent then.
    async fn keep(&self, session: &str, sent: u64) -> Result<(), CallError>;

    /// Tells how many bytes have arrived; written down at most once a second.
    ///
    /// # Errors
    /// `Unavailable` where it shall not go on: a person called it back, or another process publishes now.
    async fn sent(&self, bytes: u64) -> Result<(), CallError>;

    /// Forgets the session: the platform does not know it any more.
    async fn forget(&self);
}

/// An upload of which nothing is kept: what changes a post that is out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlogged;

#[async_trait]
impl UploadLog for Unlogged {
    fn earlier(&self) -> Option<Begun> {
        None
    }

    async fn keep(&self, _session: &str, _sent: u64) -> Result<(), CallError> {
        Ok(())
    }

    async fn sent(&self, _bytes: u64) -> Result<(), CallError> {
        Ok(())
    }

    async fn forget(&self) {}
}

/// How large the next piece is: small at first, so that something is to be seen, and for some seconds each.
#[derive(Clone, Copy, Debug)]
pub struct Pieces {
    unit: u64,
    next: u64,
    most: u64,
}

impl Pieces {
    /// Makes pieces that are multiples of `unit` bytes, from four units on and no larger than `most`.
    pub fn of(unit: u64, most: u64) -> Self {
        Self {
            unit,
            next: unit.saturating_mul(4).min(most),
            most,
        }
    }

    /// Returns how many bytes come next when so many are left.
    pub fn next(&self, left: u64) -> u64 {
        self.next.min(left)
    }

    /// Learns how long a piece took.
    pub fn took(&mut self, time: Duration) {
        if time < Duration::from_secs(2) {
            self.next = self.next.saturating_mul(2).min(self.most);
        } else if time > Duration::from_secs(10) {
            self.next = (self.next / 2 / self.unit).max(1) * self.unit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_grow_on_a_fast_line_shrink_on_a_slow_one_and_stay_multiples() {
        let unit = 256 * 1024;
        let mut pieces = Pieces::of(unit, 16 * unit);
        assert_eq!(pieces.next(u64::MAX), 4 * unit);
        (0..9).for_each(|_| pieces.took(Duration::from_millis(100)));
        assert_eq!(pieces.next(u64::MAX), 16 * unit);
        for _ in 0..9 {
            pieces.took(Duration::from_secs(30));
            assert_eq!(pieces.next(u64::MAX) % unit, 0);
        }
        assert_eq!(pieces.next(u64::MAX), unit);
        assert_eq!(pieces.next(17), 17);
    }
}
