//! What a platform tells of itself to have its rows in the table, and the list of all that do.
//!
//! A platform added later is one file beside this one and one line of `all`.

use crate::{bluesky, films, linkedin, mastodon, sandbox, x, youtube, zulip};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use masthead::domain::{PlatformId, Visibility};
use masthead::platforms::Platform;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Returns everything that has rows, and whose server is running; `MASTHEAD_ROWS` keeps those whose name has it.
pub async fn all() -> Vec<Arc<dyn Registered>> {
    let mut rows: Vec<Arc<dyn Registered>> = vec![Arc::new(sandbox::Outbox)];
    rows.extend(mastodon::Honours::running().map(|row| Arc::new(row) as _));
    rows.extend(mastodon::Ignores::running().await);
    rows.extend(bluesky::Records::running().map(|row| Arc::new(row) as _));
    rows.push(Arc::new(zulip::Messages::started()));
    rows.extend(linkedin::Posts::started().map(|row| Arc::new(row) as _));
    rows.push(Arc::new(x::Posts::started()));
    rows.push(Arc::new(youtube::Videos::started()));
    rows.push(Arc::new(films::Awaited::started()));
    rows.extend(films::Served::running().await.map(|row| Arc::new(row) as _));
    if let Ok(wanted) = std::env::var("MASTHEAD_ROWS") {
        rows.retain(|row| row.name().contains(&wanted));
    }
    rows
}

/// What the first part of a post has beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// Pictures, or nothing.
    Pictures,
    /// A video; a title goes with it, where there are titles.
    Video,
}

/// A platform, on a server, with rows in the table.
#[async_trait]
pub trait Registered: Send + Sync {
    /// Names the rows.
    fn name(&self) -> &'static str;

    /// The kind of platform.
    fn platform(&self) -> PlatformId;

    /// Who may see its posts.
    fn visibility(&self) -> Visibility {
        Visibility::Public
    }

    /// What its posts have beside their text.
    fn attaches(&self) -> Attached {
        Attached::Pictures
    }

    /// How many parts of a thread it is killed at: three, but for rows that only show how a person is asked.
    fn parts(&self) -> usize {
        3
    }

    /// How many parts a thread can have there: one where there are no threads.
    fn longest_thread(&self) -> usize {
        3
    }

    /// Whether captions go with its video: they are brought there once it is made.
    fn captions(&self) -> bool {
        false
    }

    /// How it is reached; `None` where nothing leaves the machine, and no fault can happen on the way.
    fn wire(&self) -> Option<Wire>;

    /// Returns an account for the cell of this number.
    async fn account(&self, number: usize) -> Box<dyn Account>;
}

/// How a platform is reached.
pub struct Wire {
    /// The server's base address.
    pub target: String,
    /// What the head of a create call contains.
    pub create: &'static str,
    /// The headers of a `429` that asks to wait until then.
    pub too_many: fn(DateTime<Utc>) -> Vec<(&'static str, String)>,
}

/// One account, as the program under test reaches it and as the server shows it past that program.
#[async_trait]
pub trait Account: Send + Sync {
    /// Returns the section `[channels.test]`; `url` is the proxy.
    fn section(&self, url: &str) -> String;

    /// Puts into the data folder what a login would have left there.
    fn log_in(&self, _data: &Path, _url: &str) {}

    /// Connects as the program does.
    fn connect(&self, url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform>;

    /// Returns the posts that are there, past the program under test.
    async fn posts(&self, data: &Path) -> Vec<Made>;

    /// Panics where a published post has not all that goes with it, or has it twice.
    fn is_whole(&self, _id: &str) {}
}

/// A post as a server shows it.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id, as the program records it.
    pub id: String,
    /// Its text, perhaps with marks around it.
    pub text: String,
    /// The id of the post that it answers.
    pub answers: Option<String>,
    /// How many pictures it has.
    pub pictures: usize,
}
