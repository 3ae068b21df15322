//! Approvals: who said yes to which composed text, on which channel.
//!
//! What a hash stands for is not known here; a change of anything but the time takes approvals back.

use super::align::settle;
use super::error::{Fallible, Fault};
use super::posts::{ensure_author, load_post, named};
use super::review::written_by;
use super::row::{instant, millis};
use super::{Db, Durability, Result, Transaction};
use crate::domain::review::{APPROVED_OTHERWISE, UNAPPROVED};
use crate::domain::{Approval, Author, ChannelName, PostId, ReviewRule};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

impl Db {
    /// Records that `author` approved what `hash` stands for on a channel, as the post is now.
    ///
    /// # Errors
    /// As `approve_all`.
    pub fn approve(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let seen = [(channel.clone(), hash.to_owned())];
        self.approve_all(author, id, None, &seen, now)
    }

    /// Records that `author` approved what each hash stands for on its channel, at the revision that was `seen`; `None`
    /// is the present one.
    ///
    /// # Errors
    /// `NotFound` for a post that is not there, or does not go to a channel; `Refused` when somebody changed it since, and
    /// where approvals are required for the one who wrote it.
    pub fn approve_all(
        &mut self,
        author: &Author,
        id: PostId,
        seen: Option<i64>,
        hashes: &[(ChannelName, String)],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let rule = self.review;
        self.write(Durability::Normal, |tx| {
            let post = load_post(tx, id)?;
            let name = || named(id, &post.content);
            if seen.is_some_and(|seen| seen != post.revision) {
                return Err(Fault::refused(format!(
                    "{} was changed meanwhile: read it again before you approve it",
                    name()
                )));
            }
            if rule == ReviewRule::Required && written_by(tx, id)? == *author {
                return Err(Fault::refused(format!(
                    "{} is as you wrote it: somebody else has to approve it",
                    name()
                )));
            }
            ensure_author(tx, author, now)?;
            for (channel, hash) in hashes {
                if post.content.variant(channel).is_none() {
                    return Err(Fault::not_found(format!(
                        "{} does not go to `{channel}`",
                        name()
                    )));
                }
                tx.execute(
                    "UPDATE approvals SET taken_back_at = ?3
                     WHERE post = ?1 AND channel = ?2 AND taken_back_at IS NULL",
                    (id.0, channel.as_str(), millis(now)),
                )?;
                tx.execute(
                    "INSERT INTO approvals (post, channel, hash, author, approved_at, revision)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    (
                        id.0,
                        channel.as_str(),
                        hash,
                        author.as_str(),
                        millis(now),
                        post.revision,
                    ),
                )?;
            }
            // What waited for this alone may be looked at again at once.
            tx.execute(
                "UPDATE deliveries SET next_try = NULL, reason = ''
                 WHERE post = ?1 AND state = 'waiting' AND reason IN (?2, ?3)",
                (id.0, UNAPPROVED, APPROVED_OTHERWISE),
            )?;
            settle(tx, id)
        })
    }

    /// Returns the approvals of a post that hold, by channel.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn approvals(&mut self, id: PostId) -> Result<BTreeMap<ChannelName, Approval>> {
        self.read(|tx| standing(tx, id))
    }
}

/// Returns the approvals of a post that hold.
pub(super) fn standing(
    tx: &Transaction<'_>,
    id: PostId,
) -> Fallible<BTreeMap<ChannelName, Approval>> {
    let mut statement = tx.prepare_cached(
        "SELECT channel, hash, author, approved_at FROM approvals WHERE post = ?1 AND taken_back_at IS NULL",
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
}

/// Takes all approvals of a post back; returns how many there were.
pub(super) fn take_back(tx: &Transaction<'_>, post: PostId, now: DateTime<Utc>) -> Fallible<usize> {
    Ok(tx
        .prepare_cached(
            "UPDATE approvals SET taken_back_at = ?2 WHERE post = ?1 AND taken_back_at IS NULL",
        )?
        .execute((post.0, millis(now)))?)
}
