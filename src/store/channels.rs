//! The channels as configured, the accounts they are pinned to, and what their servers said about themselves.
//!
//! Never a secret. A channel that leaves the configuration keeps its row, for the deliveries that name it.

use super::error::{Fallible, Fault};
use super::row::{instant, json, maybe, millis, word};
use super::terms::{self, Terms};
use super::{Db, Durability, Result, Transaction, connections, people};
use crate::domain::{Account, Channel, ChannelName, Facts, HashtagGroups, Limits, PlatformId};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Db {
    /// Makes the stored channels those of the configuration, in its order; a channel that is gone keeps its history.
    ///
    /// The accounts are the store's own and are not taken from `channels`. A channel that became one of another
    /// platform forgets its account and facts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn sync_channels(&mut self, channels: &[Channel]) -> Result<()> {
        let without_account = |channel: &Channel| Channel {
            account: None,
            ..channel.clone()
        };
        // Every start comes through here: without a change nothing is written, and no other process woken.
        if self
            .channels()?
            .iter()
            .map(without_account)
            .eq(channels.iter().map(without_account))
        {
            return Ok(());
        }
        self.write(Durability::Normal, |tx| {
            tx.execute("UPDATE channels SET position = NULL", [])?;
            for (position, channel) in (0_i64..).zip(channels) {
                forget_other_platform(tx, channel)?;
                tx.prepare_cached(
                    "INSERT INTO channels (name, platform, like_platform, mark, length_limit, topic, position, page)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (name) DO UPDATE SET platform = ?2, like_platform = ?3, mark = ?4,
                         length_limit = ?5, topic = ?6, position = ?7, page = ?8",
                )?
                .execute((
                    channel.name.as_str(),
                    channel.platform.word(),
                    channel.like.map(PlatformId::word),
                    &channel.mark,
                    channel.limit,
                    &channel.topic,
                    position,
                    &channel.page,
                ))?;
            }
            terms::keep(tx, channels)
        })
    }

    /// Returns the configured channels with their pinned accounts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn channels(&mut self) -> Result<Vec<Channel>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT name, platform, like_platform, mark, length_limit, topic, account_id, account_handle, page
                 FROM channels WHERE position IS NOT NULL ORDER BY position",
            )?;
            let channels = statement.query_map([], channel)?;
            let mut channels: Vec<Channel> = channels.collect::<rusqlite::Result<_>>()?;
            let mut terms = terms::all(tx)?;
            for channel in &mut channels {
                let Terms { dormant, price, to } = terms.remove(&channel.name).unwrap_or_default();
                (channel.dormant, channel.price, channel.to) = (dormant, price, to);
            }
            Ok(channels)
        })
    }

    /// Pins the account at the first connection; another account is refused, naming both.
    ///
    /// # Errors
    /// `Refused` for another account, `NotFound` for a channel that is not there.
    pub fn pin_account(&mut self, channel: &ChannelName, account: &Account) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let pinned = tx
                .query_row(
                    "SELECT account_id, account_handle FROM channels WHERE name = ?1",
                    [channel.as_str()],
                    |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?)),
                )
                .optional()?
                .ok_or_else(|| no_channel(channel))?;
            if let (Some(id), handle) = pinned
                && id != account.id
            {
                return Err(Fault::refused(format!(
                    "Channel `{channel}` belongs to {} ({id}); this secret is of {} ({}): connect that account under another channel name",
                    handle.unwrap_or_default(),
                    account.handle,
                    account.id
                )));
            }
            tx.execute(
                "UPDATE channels SET account_id = ?2, account_handle = ?3 WHERE name = ?1",
                (channel.as_str(), &account.id, &account.handle),
            )?;
            Ok(())
        })
    }

    /// Returns the stored facts of all configured channels (limits and handles; `reply` stays empty).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts(&mut self) -> Result<BTreeMap<ChannelName, Facts>> {
        let groups = self.hashtags.clone();
        self.read(|tx| facts(tx, None, &groups))
    }

    /// Returns the stored facts of one channel; empty ones where it is not configured.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts_of(&mut self, channel: &ChannelName) -> Result<Facts> {
        let groups = self.hashtags.clone();
        self.read(|tx| {
            Ok(facts(tx, Some(channel), &groups)?
                .remove(channel)
                .unwrap_or_default())
        })
    }

    /// Stores a channel's server limits with their date.
    ///
    /// # Errors
    /// `NotFound` for a channel that is not there.
    pub fn save_limits(&mut self, channel: &ChannelName, limits: &Limits) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_channel(tx, channel)?;
            tx.execute(
                "INSERT INTO facts (channel, limits, fetched_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (channel) DO UPDATE SET limits = ?2, fetched_at = ?3",
                (
                    channel.as_str(),
                    serde_json::to_string(limits)?,
                    limits.fetched_at.map(millis),
                ),
            )?;
            Ok(())
        })
    }

    /// Stores resolved handles of a channel with their date; `None` for one that does not exist.
    ///
    /// # Errors
    /// `NotFound` for a channel that is not there.
    pub fn save_handles(
        &mut self,
        channel: &ChannelName,
        handles: &[(String, Option<String>)],
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_channel(tx, channel)?;
            let mut statement = tx.prepare_cached(
                "INSERT INTO handles (channel, handle, identity, resolved_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (channel, handle) DO UPDATE SET identity = ?3, resolved_at = ?4",
            )?;
            for (handle, identity) in handles {
                statement.execute((channel.as_str(), handle, identity, millis(now)))?;
            }
            Ok(())
        })
    }

    /// Returns when each handle of a channel was last resolved, to ask again for what is old.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn handle_dates(
        &mut self,
        channel: &ChannelName,
    ) -> Result<BTreeMap<String, DateTime<Utc>>> {
        self.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT handle, resolved_at FROM handles WHERE channel = ?1")?;
            let dates = statement.query_map([channel.as_str()], |row| {
                Ok((row.get(0)?, instant(row, 1)?))
            })?;
            Ok(dates.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn channel(row: &Row<'_>) -> rusqlite::Result<Channel> {
    let account = maybe(row, 6, |row, column| {
        Ok(Account {
            id: row.get(column)?,
            handle: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        })
    });
    Ok(Channel {
        name: ChannelName::new(row.get::<_, String>(0)?),
        platform: word(row, 1)?,
        like: maybe(row, 2, word)?,
        mark: row.get(3)?,
        limit: row.get(4)?,
        topic: row.get(5)?,
        to: None,
        page: row.get(8)?,
        dormant: false,
        price: None,
        account: account?,
    })
}

fn forget_other_platform(tx: &Transaction<'_>, channel: &Channel) -> Fallible<()> {
    let name = channel.name.as_str();
    let changed = tx.execute(
        "UPDATE channels SET account_id = NULL, account_handle = NULL WHERE name = ?1 AND platform <> ?2",
        (name, channel.platform.word()),
    )?;
    if changed > 0 {
        tx.execute("DELETE FROM facts WHERE channel = ?1", [name])?;
        tx.execute("DELETE FROM handles WHERE channel = ?1", [name])?;
    }
    Ok(())
}

/// Ends the transaction unless the channel is known.
pub(super) fn require_channel(tx: &Transaction<'_>, channel: &ChannelName) -> Fallible<()> {
    let known = tx
        .prepare_cached("SELECT 1 FROM channels WHERE name = ?1")?
        .exists([channel.as_str()])?;
    if known {
        return Ok(());
    }
    Err(no_channel(channel))
}

/// Returns the facts of every configured channel, or of one.
fn facts(
    tx: &Transaction<'_>,
    only: Option<&ChannelName>,
    groups: &HashtagGroups,
) -> Fallible<BTreeMap<ChannelName, Facts>> {
    let only = only.map(ChannelName::as_str);
    let directory = Arc::new(people::directory(tx)?);
    let mut all = BTreeMap::new();
    let mut statement = tx.prepare_cached(
        "SELECT name, length_limit, topic, limits, platform, like_platform FROM channels
         LEFT JOIN facts ON facts.channel = name
         WHERE position IS NOT NULL AND name = ifnull(?1, name)",
    )?;
    let terms = terms::all(tx)?;
    let mut places = connections::places(tx)?;
    let mut rows = statement.query([only])?;
    while let Some(row) = rows.next()? {
        let name = ChannelName::new(row.get::<_, String>(0)?);
        let platform: PlatformId = word(row, 4)?;
        let rules = maybe(row, 5, word)?.unwrap_or(platform);
        let facts = Facts {
            limits: maybe(row, 3, json)?,
            account_limit: row.get(1)?,
            default_topic: row.get(2)?,
            default_to: terms.get(&name).and_then(|terms| terms.to.clone()),
            places: places.remove(&name).map(Arc::new),
            by_hand: platform.is_by_hand(),
            price: terms.get(&name).and_then(|terms| terms.price),
            directory: Arc::clone(&directory),
            hashtags: groups.on(&name, rules),
            ..Facts::default()
        };
        all.insert(name, facts);
    }
    let mut statement = tx.prepare_cached(
        "SELECT channel, handle, identity FROM handles WHERE channel = ifnull(?1, channel)",
    )?;
    let mut rows = statement.query([only])?;
    while let Some(row) = rows.next()? {
        let channel = ChannelName::new(row.get::<_, String>(0)?);
        if let Some(facts) = all.get_mut(&channel) {
            facts.handles.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(all)
}

fn no_channel(channel: &ChannelName) -> Fault {
    Fault::not_found(format!(
        "No channel is called `{channel}`: add it to the configuration first"
    ))
}
