//! What a person decides about deliveries that have not left: they stay, or they leave now.
//!
//! One that was claimed can be called back until its first request is on record; what begins after that finds it gone.

use super::align::settle;
use super::corrections;
use super::deliveries::deliveries_of;
use super::error::{Fallible, Fault};
use super::freeze;
use super::journal::{Deed, record_deed};
use super::posts::{ensure_author, load_post, named, revise};
use super::review::lacks_approval;
use super::row::millis;
use super::{Db, Durability, Result, Transaction};
use crate::domain::{Author, ChannelName, Content, Delivery, DeliveryState, Post, PostId};
use chrono::{DateTime, Utc};

/// Whether anything of a delivery `d` is out, leaving, or may be: then it cannot be called back.
pub(super) const HAS_BEGUN: &str = "EXISTS (SELECT 1 FROM attempts WHERE delivery = d.id
    AND (outcome IS NULL OR outcome IN ('published', 'unknown')))";

/// What deliveries are chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// To leave now.
    Leave,
    /// Not to leave: one that was claimed can be called back until its request is on record.
    Stay,
}

impl Db {
    /// Marks deliveries of a post as skipped (all open ones when `channels` is empty), with an undo entry.
    ///
    /// One that is being sent is called back as long as no request of it is on record: `begin_attempt` then refuses it.
    /// Returns how many changed.
    ///
    /// # Errors
    /// `Refused` for a named channel where it has left or may have, or is leaving at this moment.
    pub fn skip(
        &mut self,
        author: &Author,
        id: PostId,
        channels: &[ChannelName],
        now: DateTime<Utc>,
    ) -> Result<usize> {
        self.write(Durability::Normal, |tx| {
            let post = load_post(tx, id)?;
            let chosen: Vec<Delivery> = chosen(tx, &post, channels, Purpose::Stay)?
                .into_iter()
                .filter(|delivery| delivery.state != DeliveryState::Skipped)
                .collect();
            if chosen.is_empty() {
                return Ok(0);
            }
            for delivery in &chosen {
                tx.prepare_cached(
                    "UPDATE deliveries SET state = 'skipped', reason = ?2, next_try = NULL, changed_at = ?3 WHERE id = ?1",
                )?
                .execute((delivery.id.0, skipped_by(author, delivery.state), millis(now)))?;
            }
            ensure_author(tx, author, now)?;
            let before: Vec<(i64, String)> = chosen
                .iter()
                .map(|delivery| (delivery.id.0, before_skip(delivery.state).word().to_owned()))
                .collect();
            let names: Vec<&str> = chosen.iter().map(|one| one.channel.as_str()).collect();
            let label = format!("skipped {}", names.join(", "));
            record_deed(tx, author, &post, &Deed::Skipped(before), &label, now)?;
            settle(tx, id)?;
            Ok(chosen.len())
        })
    }

    /// Makes a post's open deliveries (all, or those of `channels`) due now; publish-now on screen and `masthead publish`.
    ///
    /// A draft is no longer held; a skipped delivery goes only when its channel is named. Returns how many are due.
    ///
    /// # Errors
    /// `Frozen`; `Refused` for a post in the trash, one without the approval that it needs, and for a named channel where it has left or may have.
    pub fn make_due(
        &mut self,
        author: &Author,
        id: PostId,
        channels: &[ChannelName],
        now: DateTime<Utc>,
    ) -> Result<usize> {
        let rule = self.review;
        self.write(Durability::Normal, |tx| {
            freeze::require_thawed(tx)?;
            let post = load_post(tx, id)?;
            if post.content.trashed {
                return Err(Fault::refused(format!(
                    "{} is in the trash: bring it back first",
                    named(id, &post.content)
                )));
            }
            let chosen: Vec<Delivery> = chosen(tx, &post, channels, Purpose::Leave)?
                .into_iter()
                .filter(|one| !channels.is_empty() || one.state != DeliveryState::Skipped)
                .collect();
            for delivery in &chosen {
                if lacks_approval(tx, rule, delivery.id)? {
                    return Err(Fault::refused(format!(
                        "{} is not sent: it is not approved for {}, and somebody other than its writer must approve it",
                        named(id, &post.content),
                        delivery.channel
                    )));
                }
                if corrections::is_taken_back(tx, delivery.id)? {
                    return Err(Fault::refused(format!(
                        "{} was deleted on {}: send a copy of it instead",
                        named(id, &post.content),
                        delivery.channel
                    )));
                }
            }
            if !chosen.is_empty() && !post.content.scheduled {
                let content = Content {
                    scheduled: true,
                    ..post.content.clone()
                };
                revise(tx, author, &post, &content, now)?;
            }
            for delivery in &chosen {
                tx.prepare_cached(
                    "UPDATE deliveries SET due_at = ?2, reason = '', next_try = NULL, tries = 0,
                         changed_at = iif(state = 'waiting', changed_at, ?2), state = 'waiting' WHERE id = ?1",
                )?
                .execute((delivery.id.0, millis(now)))?;
            }
            settle(tx, id)?;
            Ok(chosen.len())
        })
    }
}

/// What is said of a delivery that a person let stay.
fn skipped_by(author: &Author, before: DeliveryState) -> String {
    match before {
        DeliveryState::Publishing => format!("called back by {author} before it left"),
        _ => format!("skipped by {author}"),
    }
}

/// Where a skipped delivery stands again when that is undone: one that was called back has to be claimed anew.
fn before_skip(state: DeliveryState) -> DeliveryState {
    match state {
        DeliveryState::Publishing => DeliveryState::Waiting,
        other => other,
    }
}

/// Returns the open deliveries of a post, all or those of the named channels; one that is named must be open.
fn chosen(
    tx: &Transaction<'_>,
    post: &Post,
    channels: &[ChannelName],
    purpose: Purpose,
) -> Fallible<Vec<Delivery>> {
    let all: Vec<Delivery> = deliveries_of(tx, post.id)?
        .into_iter()
        .filter(|delivery| post.content.variant(&delivery.channel).is_some())
        .collect();
    let name = || named(post.id, &post.content);
    if channels.is_empty() {
        let mut open = Vec::with_capacity(all.len());
        let mut leaving = None;
        for delivery in all {
            if delivery.state.is_open() || can_be_called_back(tx, &delivery, purpose)? {
                open.push(delivery);
            } else if delivery.state == DeliveryState::Publishing && purpose == Purpose::Stay {
                leaving = Some(delivery.channel);
            }
        }
        return match leaving {
            Some(channel) if open.is_empty() => Err(too_late(&name(), &channel)),
            _ => Ok(open),
        };
    }
    let mut named_ones = Vec::with_capacity(channels.len());
    for channel in channels {
        let delivery = all
            .iter()
            .find(|delivery| delivery.channel == *channel)
            .ok_or_else(|| Fault::not_found(format!("{} does not go to `{channel}`", name())))?;
        match delivery.state {
            state if state.is_open() => {}
            DeliveryState::Publishing if can_be_called_back(tx, delivery, purpose)? => {}
            DeliveryState::Publishing if purpose == Purpose::Stay => {
                return Err(too_late(&name(), channel));
            }
            DeliveryState::Unknown => {
                return Err(Fault::refused(format!(
                    "Nobody knows whether {} went out on {channel}: look there first, then `masthead mark` (or o on \
                     screen) says what you saw",
                    name()
                )));
            }
            state => {
                return Err(Fault::refused(format!(
                    "{} is {} on {channel} already",
                    name(),
                    state.word()
                )));
            }
        }
        named_ones.push(delivery.clone());
    }
    Ok(named_ones)
}

/// Whether a claimed delivery has not begun to leave. Read in the transaction that decides: `begin_attempt` comes before
/// it or after it, never between.
fn can_be_called_back(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    purpose: Purpose,
) -> Fallible<bool> {
    if purpose != Purpose::Stay || delivery.state != DeliveryState::Publishing {
        return Ok(false);
    }
    let begun: bool = tx
        .prepare_cached(&format!(
            "SELECT {HAS_BEGUN} FROM deliveries AS d WHERE d.id = ?1"
        ))?
        .query_row([delivery.id.0], |row| row.get(0))?;
    Ok(!begun)
}

fn too_late(name: &str, channel: &ChannelName) -> Fault {
    Fault::refused(format!(
        "Too late to call {name} back: it is leaving for {channel} at this moment"
    ))
}
