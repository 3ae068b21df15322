//! What is known of how channels are connected, beside their configuration: the last thing each published, its quota, what
//! its login may do.
//!
//! A quota is written where something else is written anyway: when a server's limits are kept.

use super::error::Fallible;
use super::row::instant;
use super::sent::Sent;
use super::{Db, Durability, Result, Transaction};
use crate::domain::connection::{LastSuccess, Quota};
use crate::domain::{ChannelName, Facts, Permission, Places, PostId};
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The setting that holds the quotas.
const QUOTAS: &str = "quotas";

/// The setting that holds what logins may do.
const PERMISSIONS: &str = "permissions";

/// The setting that holds the channels of servers.
const PLACES: &str = "places";

/// The setting that holds the topics.
const TOPICS: &str = "topics";

/// The topics that a channel knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topics {
    /// The newest first.
    pub names: Vec<String>,
    /// When its server told them.
    pub told_at: DateTime<Utc>,
}

/// What is stored of the connections of all channels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What each server said of itself.
    pub facts: BTreeMap<ChannelName, Facts>,
    /// What each channel published last.
    pub last: BTreeMap<ChannelName, LastSuccess>,
    /// What was left of each quota.
    pub quotas: BTreeMap<ChannelName, Vec<Quota>>,
    /// What each login may do, as it was told last.
    pub permissions: BTreeMap<ChannelName, Permission>,
    /// What left this month on the channels that were named.
    pub sent: BTreeMap<ChannelName, Sent>,
}

impl Db {
    /// Returns what is stored of the connections, and what left since `month` on the channels that cost money. Reads every
    /// delivery: for a page that somebody asks for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn connections_seen(&mut self, paid: &[ChannelName], month: DateTime<Utc>) -> Result<Seen> {
        let facts = self.facts()?;
        let sent = paid.iter().map(|name| {
            let sent = self.sent_since(name, month)?;
            Ok((name.clone(), sent))
        });
        let sent = sent.collect::<Result<_>>()?;
        self.read(|tx| {
            Ok(Seen {
                facts,
                last: last(tx)?,
                quotas: quotas(tx)?,
                permissions: remembered(tx, PERMISSIONS)?,
                sent,
            })
        })
    }

    /// Keeps what a channel's login may do.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_permission(&mut self, channel: &ChannelName, told: &Permission) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let mut all: BTreeMap<ChannelName, Permission> = remembered(tx, PERMISSIONS)?;
            all.insert(channel.clone(), told.clone());
            remember(tx, PERMISSIONS, &all)
        })
    }

    /// Keeps the channels that a channel's login sees on its server.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_places(&mut self, channel: &ChannelName, told: Places) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let mut all = places(tx)?;
            all.insert(channel.clone(), told);
            remember(tx, PLACES, &all)
        })
    }

    /// Returns the topics that were told last, by whose they are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn topics(&mut self) -> Result<BTreeMap<String, Topics>> {
        self.read(|tx| remembered(tx, TOPICS))
    }

    /// Keeps the topics that a server told, under the name of whose they are.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_topics(
        &mut self,
        of: &str,
        names: Vec<String>,
        told_at: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let mut all: BTreeMap<String, Topics> = remembered(tx, TOPICS)?;
            all.insert(of.to_owned(), Topics { names, told_at });
            remember(tx, TOPICS, &all)
        })
    }

    /// Keeps what a platform said of an account's quota.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_quota(&mut self, channel: &ChannelName, told: &[Quota]) -> Result<()> {
        if told.is_empty() {
            return Ok(());
        }
        self.write(Durability::Normal, |tx| {
            let mut all = quotas(tx)?;
            all.insert(channel.clone(), told.to_vec());
            remember(tx, QUOTAS, &all)
        })
    }
}

fn last(tx: &Transaction<'_>) -> Fallible<BTreeMap<ChannelName, LastSuccess>> {
    // SQLite takes the other columns from the row that has the maximum.
    let mut statement = tx.prepare_cached(
        "SELECT channel, max(changed_at), post, permalink FROM deliveries
         WHERE state = 'published' GROUP BY channel",
    )?;
    let rows = statement.query_map([], |row| {
        let last = LastSuccess {
            at: instant(row, 1)?,
            post: PostId(row.get(2)?),
            permalink: row.get(3)?,
        };
        Ok((ChannelName::new(row.get::<_, String>(0)?), last))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns the channels of each server, as they were told last.
pub(super) fn places(tx: &Transaction<'_>) -> Fallible<BTreeMap<ChannelName, Places>> {
    remembered(tx, PLACES)
}

fn quotas(tx: &Transaction<'_>) -> Fallible<BTreeMap<ChannelName, Vec<Quota>>> {
    remembered(tx, QUOTAS)
}

fn remembered<T: Default + DeserializeOwned>(tx: &Transaction<'_>, key: &str) -> Fallible<T> {
    let stored: Option<String> = tx
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    // What another version wrote is told anew with the next answer.
    let read = stored.and_then(|text| serde_json::from_str(&text).ok());
    Ok(read.unwrap_or_default())
}

fn remember<T: Serialize>(tx: &Transaction<'_>, key: &str, value: &T) -> Fallible<()> {
    tx.execute(
        "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        (key, serde_json::to_string(value)?),
    )?;
    Ok(())
}
