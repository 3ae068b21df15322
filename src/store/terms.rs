//! What the configuration says of a channel beside the columns of its row: whether it sleeps, what its platform takes, and to
//! which channel of its server it goes.
//!
//! One row of the settings, as JSON by channel; it goes with `channels.rs`, which writes and reads it.

use super::Transaction;
use super::error::Fallible;
use crate::domain::{Channel, ChannelName, Price, Target};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const KEY: &str = "channel_terms";

/// What is kept of one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Terms {
    #[serde(default)]
    pub dormant: bool,
    #[serde(default)]
    pub price: Option<Price>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Target>,
}

/// Keeps the terms of the configured channels.
pub(super) fn keep(tx: &Transaction<'_>, channels: &[Channel]) -> Fallible<()> {
    let all: BTreeMap<&str, Terms> = channels
        .iter()
        .map(|channel| {
            let terms = Terms {
                dormant: channel.dormant,
                price: channel.price,
                to: channel.to.clone(),
            };
            (channel.name.as_str(), terms)
        })
        .filter(|(_, terms)| *terms != Terms::default())
        .collect();
    tx.execute(
        "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        (KEY, serde_json::to_string(&all)?),
    )?;
    Ok(())
}

/// Returns the terms by channel.
pub(super) fn all(tx: &Transaction<'_>) -> Fallible<BTreeMap<ChannelName, Terms>> {
    let kept: Option<String> = tx
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([KEY], |row| row.get(0))
        .optional()?;
    // What another version wrote there is written anew when the configuration is read next.
    Ok(kept
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}
