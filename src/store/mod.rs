//! The database: the only place with SQL, and the only place that knows it is a file on this machine.
//!
//! One thread owns the writing connection; `Store` is the handle that the rest of the program holds, and no
//! database type leaves this folder. `Db` is what the thread works with: its methods are in the files below.

mod align;
mod approvals;
mod attempts;
mod channels;
mod copies;
mod deliveries;
mod drafts;
mod error;
mod freeze;
mod health;
mod journal;
mod leader;
mod lists;
mod looks;
mod media;
mod migrate;
mod network;
mod open;
mod posts;
mod restore;
mod row;
mod search;
mod settings;
mod thread;

pub use crate::domain::{EditorDraft, PostView};
pub use approvals::Approval;
pub use copies::{copy_database, daily_copy};
pub use error::StoreError;
pub use health::{Ailing, Health, NextPost};
pub use leader::{Leader, Lease};
pub use looks::Mark;
pub use network::on_network_file_system;
pub use restore::{Restored, restore};
pub use search::Wanted;
pub use thread::Store;

use crate::domain::{Delivery, DeliveryState, Post, PostId};
use chrono::{DateTime, Utc};
use error::{Fallible, Fault};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::PathBuf;

type Result<T> = std::result::Result<T, StoreError>;

/// What an undo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The post that was put back.
    pub post: PostId,
    /// What was undone, in words: `moved to Wed 11 Nov`.
    pub label: String,
}

/// A delivery that is due, with what is needed to send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The delivery.
    pub delivery: Delivery,
    /// The last saved revision of its post.
    pub post: Post,
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
}

impl DeliveryChange {
    /// Changes where a delivery stands and why, without another try.
    pub fn to(state: DeliveryState, reason: impl Into<String>) -> Self {
        Self {
            state,
            reason: reason.into(),
            next_try: None,
            permalink: None,
        }
    }
}

/// The database as seen by the thread that owns it.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    path: PathBuf,
    durability: Durability,
}

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    /// The end of this process.
    Normal,
    /// A power cut: it is on the disk before the call returns.
    Full,
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
        let done = self.set_durability(durability).and_then(|()| {
            let transaction = self.connection.transaction_with_behavior(behavior)?;
            let version = migrate::version(&transaction)?;
            if version > migrate::newest(migrate::MIGRATIONS) {
                return Err(Fault::Newer(version));
            }
            let answer = work(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        });
        done.map_err(|fault| fault.explain(&self.path))
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
