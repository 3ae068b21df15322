//! Approvals: who said yes to which composed text, on which channel.
//!
//! What a hash stands for is not known here; a change of anything but the time takes approvals back.

use super::align::settle;
use super::error::{Fallible, Fault};
use super::posts::{ensure_author, load_post, named};
use super::row::{instant, millis};
use super::{Db, Durability, Result, Transaction};
use crate::domain::{Author, ChannelName, PostId};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// An approval that was not taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Hash of the composed result that was approved; another one is not.
    pub hash: String,
    /// Who approved it.
    pub author: Author,
    /// When.
    pub at: DateTime<Utc>,
}

impl Db {
    /// Records that `author` approved what `hash` stands for on a channel.
    ///
    /// # Errors
    /// `NotFound` for a post that is not there, or does not go to that channel.
    pub fn approve(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let post = load_post(tx, id)?;
            if post.content.variant(channel).is_none() {
                return Err(Fault::not_found(format!(
                    "{} does not go to `{channel}`",
                    named(id, &post.content)
                )));
            }
            ensure_author(tx, author, now)?;
            tx.execute(
                "UPDATE approvals SET taken_back_at = ?3
                 WHERE post = ?1 AND channel = ?2 AND taken_back_at IS NULL",
                (id.0, channel.as_str(), millis(now)),
            )?;
            tx.execute(
                "INSERT INTO approvals (post, channel, hash, author, approved_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                (id.0, channel.as_str(), hash, author.as_str(), millis(now)),
            )?;
            settle(tx, id)
        })
    }

    /// Returns the approvals of a post that hold, by channel.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn approvals(&mut self, id: PostId) -> Result<BTreeMap<ChannelName, Approval>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT channel, hash, author, approved_at FROM approvals
                 WHERE post = ?1 AND taken_back_at IS NULL",
            )?;
            let approvals = statement.query_map([id.0], |row| {
                let approval = Approval {
                    hash: row.get(1)?,
                    author: Author::new(row.get::<_, String>(2)?),
                    at: instant(row, 3)?,
                };
                Ok((ChannelName::new(row.get::<_, String>(0)?), approval))
            })?;
            Ok(approvals.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Takes all approvals of a post back.
pub(super) fn take_back(tx: &Transaction<'_>, post: PostId, now: DateTime<Utc>) -> Fallible<()> {
    tx.prepare_cached(
        "UPDATE approvals SET taken_back_at = ?2 WHERE post = ?1 AND taken_back_at IS NULL",
    )?
    .execute((post.0, millis(now)))?;
    Ok(())
}
