//! The database: the only place with SQL, and the only place that knows it is a file on this machine.
//!
//! One thread owns the writing connection; `Store` is the handle that the rest of the program holds, and no
//! database type leaves this folder. `Db` is what the thread works with: its methods are in the files below.

mod align;
mod approvals;
mod attempts;
mod by_hand;
mod cards;
mod channels;
mod choices;
mod connections;
mod copies;
mod corrections;
mod deliveries;
mod drafts;
mod error;
mod freeze;
mod health;
mod history;
mod journal;
mod leader;
mod lists;
mod looks;
mod media;
mod migrate;
mod network;
mod open;
mod outbox;
mod people;
mod posts;
mod restore;
mod review;
mod row;
mod screens;
mod search;
mod seen;
mod sent;
mod set_back;
mod settings;
mod several;
mod shared;
mod terms;
mod thread;
mod turn;
mod unreached;
mod uploads;
mod watches;

pub use crate::domain::{Approval, EditorDraft, PostView};
pub use connections::{Seen, Topics};
pub use copies::{copy_database, daily_copy};
pub use corrections::NewCorrection;
pub use error::StoreError;
pub use health::{Ailing, Health, NextPost};
pub use leader::{Leader, Lease};
pub use looks::Mark;
pub use network::on_network_file_system;
pub use restore::{Restored, restore};
pub use screens::{Presence, enter};
pub use search::Wanted;
pub use several::Changed;
pub use thread::Store;
pub use unreached::Reached;
pub use watches::Watched;

use crate::domain::{Delivery, DeliveryState, HashtagGroups, Post, PostId, ReviewRule, Waits};
use chrono::{DateTime, Utc};
use error::{Fallible, Fault};
use rusqlite::{Connection, TransactionBehavior};
use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

type Result<T> = std::result::Result<T, StoreError>;

/// How an undo or a redo ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turned {
    /// It was done.
    Done(Undone),
    /// Nothing was done: someone changed it since, or it has left. `undo` passes over these posts when it is told to.
    Stuck {
        /// The posts that cannot be put back.
        posts: Vec<PostId>,
        /// Why, naming the post.
        why: String,
    },
}

/// What an undo or a redo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The post that was put back, or the first of several.
    pub post: PostId,
    /// What was undone, in words that name a single post: `moved “Newsletter 48” to Wed 11 Nov`.
    pub label: String,
    /// How many changes were taken back or done again.
    pub changes: usize,
    /// Why some posts stayed as they are, each named.
    pub stayed: Vec<String>,
}

/// A delivery that is due, with what is needed to send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The delivery.
    pub delivery: Delivery,
    /// The last saved revision of its post.
    pub post: Post,
    /// How many tries in a row made nothing, over restarts.
    pub tries: u32,
    /// When something last left on its channel, by the plan's clock.
    pub channel_left_at: Option<DateTime<Utc>>,
    /// Whether it lacks the approval that it needs to leave.
    pub unapproved: bool,
}

/// How a delivery changes after an attempt or a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryChange {
    /// Where it stands now.
    pub state: DeliveryState,
    /// Why, in plain words; may be empty.
    pub reason: String,
    /// When the next try is planned.
    pub next_try: Option<DateTime<Utc>>,
    /// Where the first part can be read; `None` leaves what is stored.
    pub permalink: Option<String>,
    /// How many tries in a row made nothing; 0 once that is over.
    pub tries: u32,
    /// What it waits for until then.
    pub waits: Waits,
}

impl DeliveryChange {
    /// Changes where a delivery stands and why, without another try.
    pub fn to(state: DeliveryState, reason: impl Into<String>) -> Self {
        Self {
            state,
            reason: reason.into(),
            next_try: None,
            permalink: None,
            tries: 0,
            waits: Waits::ForItself,
        }
    }
}

/// The database as seen by the thread that owns it.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    path: PathBuf,
    durability: Durability,
    committing: Committing,
    review: ReviewRule,
    hashtags: HashtagGroups,
    waiting: Waiting,
}

/// How long a change waits for another program that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// As long as the database was opened with.
    Patiently(Duration),
    /// Only a moment: the last one waited in vain, and whoever wants to read waits behind it.
    Briefly(Duration),
}

/// How long a change waits once another one has waited in vain.
const BRIEF: Duration = Duration::from_millis(250);

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    /// The end of this process.
    Normal,
    /// A power cut: it is on the disk before the call returns.
    Full,
}

/// How a change is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Committing {
    /// By itself.
    Alone,
    /// With others, by the transaction that `shared.rs` has opened.
    Together,
}

/// Proof that a transaction is open; only `Db` makes one.
struct Transaction<'c>(&'c Connection);

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Db {
    /// Runs a change in one transaction. Nothing is written when a newer program has changed the layout meanwhile.
    fn write<R>(
        &mut self,
        durability: Durability,
        work: impl FnOnce(&Transaction<'_>) -> Fallible<R>,
    ) -> Result<R> {
        self.transact(TransactionBehavior::Immediate, durability, work)
    }

    /// Runs queries that see one state of the database.
    fn read<R>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Fallible<R>) -> Result<R> {
        self.transact(TransactionBehavior::Deferred, self.durability, work)
    }

    fn transact<R>(
        &mut self,
        behavior: TransactionBehavior,
        durability: Durability,
        work: impl FnOnce(&Transaction<'_>) -> Fallible<R>,
    ) -> Result<R> {
        let writes = matches!(behavior, TransactionBehavior::Immediate);
        let done = match self.committing {
            Committing::Alone => self.alone(behavior, durability, work),
            Committing::Together => self.within(work),
        };
        let done = done.map_err(|fault| fault.explain(&self.path));
        if writes {
            self.learn(matches!(done, Err(StoreError::Locked(_))));
        }
        done
    }

    /// Takes notice of whether a change found the database locked.
    fn learn(&mut self, locked: bool) {
        let (next, pause) = match self.waiting {
            Waiting::Patiently(patience) if locked => (Waiting::Briefly(patience), BRIEF),
            Waiting::Briefly(patience) if !locked => (Waiting::Patiently(patience), patience),
            _ => return,
        };
        // That the time cannot be set costs patience only.
        if self.connection.busy_timeout(pause).is_ok() {
            self.waiting = next;
        }
    }

    fn alone<R>(
        &mut self,
        behavior: TransactionBehavior,
        durability: Durability,
        work: impl FnOnce(&Transaction<'_>) -> Fallible<R>,
    ) -> Fallible<R> {
        self.set_durability(durability)?;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let answer = checked(&Transaction(&transaction), work)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Runs work inside the transaction that stands; when it fails, only what it did itself is taken back.
    fn within<R>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Fallible<R>) -> Fallible<R> {
        let savepoint = self.connection.savepoint()?;
        let answer = checked(&Transaction(&savepoint), work)?;
        savepoint.commit()?;
        Ok(answer)
    }

    /// SQLite takes this setting only outside a transaction.
    fn set_durability(&mut self, durability: Durability) -> Fallible<()> {
        if self.durability != durability {
            let word = match durability {
                Durability::Normal => "NORMAL",
                Durability::Full => "FULL",
            };
            self.connection.pragma_update(None, "synchronous", word)?;
            self.durability = durability;
        }
        Ok(())
    }
}

fn checked<R>(
    tx: &Transaction<'_>,
    work: impl FnOnce(&Transaction<'_>) -> Fallible<R>,
) -> Fallible<R> {
    let version = migrate::version(tx)?;
    if version > migrate::newest(migrate::MIGRATIONS) {
        return Err(Fault::Newer(version));
    }
    work(tx)
}
