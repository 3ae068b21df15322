//! Channels that a person serves: what somebody says they did, put off, or marked by mistake.
//!
//! Whose turn it is to be asked is decided by the publisher. A mark has an undo entry; turning it is called from `turn.rs`.

use super::align::settle;
use super::attempts::write_outcome;
use super::deliveries::{deliveries_of, put, select_due};
use super::error::{Fallible, Fault};
use super::journal::{Deed, record_deed};
use super::posts::{ensure_author, load_post, named};
use super::review::lacks_approval;
use super::row::{limit as rows, millis};
use super::{Db, DeliveryChange, Due, Durability, Result, Transaction};
use crate::domain::by_hand::{LATER, Posted};
use crate::domain::review::UNAPPROVED;
use crate::domain::{
    AttemptRequest, Author, ChannelName, Delivery, DeliveryId, DeliveryState, Outcome, Post,
    PostId, Published, Waits, Witness,
};
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

/// Where a delivery stood before it was marked, and what it was marked with.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Marked {
    delivery: i64,
    post: i64,
    state: DeliveryState,
    reason: String,
    next_try: Option<i64>,
    waits: Waits,
    permalink: Option<String>,
    texts: Vec<String>,
}

impl Db {
    /// Returns the tasks that are asked for, put off, missed or could not be, and those that are planned until `until`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tasks(&mut self, until: DateTime<Utc>, limit: usize) -> Result<Vec<Due>> {
        let rule = self.review;
        self.read(|tx| {
            select_due(
                tx,
                rule,
                "JOIN posts AS p ON p.id = d.post AND p.trashed = 0 AND p.standing < 9
                 WHERE c.platform = 'byhand' AND d.ready = 1
                     AND (d.state IN ('missed', 'failed') OR (d.state = 'waiting' AND d.due_at <= ?1))
                 ORDER BY d.due_at, d.id LIMIT ?2",
                (millis(until), rows(limit)),
            )
        })
    }

    /// Records that somebody posted it: `now` by the plan's clock, `real_now` by the real one. With an undo entry.
    ///
    /// # Errors
    /// `Refused` on a channel that nobody serves by hand, without the approval that it needs, and for one that is marked
    /// already, naming who did it; `NotFound` when the post does not go to the channel.
    pub fn posted_by_hand(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        posted: &Posted,
        now: DateTime<Utc>,
        real_now: DateTime<Utc>,
    ) -> Result<()> {
        let rule = self.review;
        self.write(Durability::Full, |tx| {
            let (post, delivery) = task(tx, id, channel)?;
            let name = named(id, &post.content);
            if delivery.state == DeliveryState::Published {
                let address = delivery.permalink.unwrap_or_default();
                let words = format!(
                    "{name} is on {channel} already: {}, {} UTC {address}",
                    delivery.reason,
                    delivery.changed_at.format("%Y-%m-%d %H:%M")
                );
                return Err(Fault::refused(words.trim_end()));
            }
            if !delivery.state.is_open() {
                return Err(Fault::refused(format!(
                    "{name} is {} on {channel}: that has to be settled first",
                    delivery.state.word()
                )));
            }
            if post.content.trashed {
                return Err(Fault::refused(format!(
                    "{name} is in the trash: bring it back first"
                )));
            }
            if lacks_approval(tx, rule, delivery.id)? {
                return Err(Fault::refused(format!(
                    "{name} is not marked on {channel}: {UNAPPROVED}"
                )));
            }
            let marked = Marked {
                delivery: delivery.id.0,
                post: id.0,
                state: delivery.state,
                reason: delivery.reason,
                next_try: delivery.next_try.map(millis),
                waits: delivery.waits,
                permalink: posted.permalink.clone(),
                texts: posted.texts.clone(),
            };
            ensure_author(tx, author, real_now)?;
            publish(tx, author, &marked, now)?;
            let label = format!("posted by hand on {channel}");
            record_deed(tx, author, &post, &Deed::Marked(marked), &label, real_now)
        })
    }

    /// Puts a task off until then; its grace begins anew there.
    ///
    /// # Errors
    /// `Refused` on a channel that nobody serves by hand, when nothing is left to do, and past its “not after” time.
    pub fn put_off(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let (post, delivery) = task(tx, id, channel)?;
            let name = named(id, &post.content);
            if !matches!(
                delivery.state,
                DeliveryState::Waiting | DeliveryState::Missed
            ) {
                return Err(Fault::refused(format!(
                    "{name} is {} on {channel}: there is nothing to put off",
                    delivery.state.word()
                )));
            }
            if delivery.due_at.is_none_or(|due| due > now) {
                return Err(Fault::refused(format!(
                    "{name} is not due on {channel} yet: give it another time instead"
                )));
            }
            let end = post.content.not_after.map(|time| time.instant());
            if end.is_some_and(|end| end < until) {
                return Err(Fault::refused(format!(
                    "{name} is not put off: its “not after” time comes before that"
                )));
            }
            let change = DeliveryChange {
                next_try: Some(until),
                waits: Waits::ItsTurn,
                ..DeliveryChange::to(DeliveryState::Waiting, format!("{LATER}: {author}"))
            };
            put(tx, delivery.id, &change, now)
        })
    }

    /// Takes back what anybody marked by mistake: the task stands where it stood before it was asked for.
    ///
    /// # Errors
    /// `Refused` on a channel that nobody serves by hand, and for what is not published there.
    pub fn not_posted_by_hand(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Full, |tx| {
            let (post, delivery) = task(tx, id, channel)?;
            if delivery.state != DeliveryState::Published {
                return Err(Fault::refused(format!(
                    "{} is {} on {channel}: there is no mark to take back",
                    named(id, &post.content),
                    delivery.state.word()
                )));
            }
            let before = Marked {
                delivery: delivery.id.0,
                post: id.0,
                state: DeliveryState::Waiting,
                reason: String::new(),
                next_try: None,
                waits: Waits::ForItself,
                permalink: delivery.permalink,
                texts: Vec::new(),
            };
            ensure_author(tx, author, now)?;
            unmark(tx, author, &before, now)
        })
    }
}

fn task(tx: &Transaction<'_>, id: PostId, channel: &ChannelName) -> Fallible<(Post, Delivery)> {
    let post = load_post(tx, id)?;
    let name = named(id, &post.content);
    let delivery = deliveries_of(tx, id)?
        .into_iter()
        .find(|delivery| delivery.channel == *channel)
        .ok_or_else(|| Fault::not_found(format!("{name} does not go to `{channel}`")))?;
    if !delivery.platform.is_by_hand() {
        return Err(Fault::refused(format!(
            "{channel} is not served by hand: {name} is published there by Masthead"
        )));
    }
    Ok((post, delivery))
}

/// Writes that it is out, with what was posted on record.
fn publish(
    tx: &Transaction<'_>,
    author: &Author,
    marked: &Marked,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let texts = marked.texts.iter().map(String::as_str);
    for (part, text) in (0_u32..).zip(texts) {
        let request = AttemptRequest {
            body: serde_json::json!({ "text": text }).to_string(),
            ..AttemptRequest::default()
        };
        // No leader sent it, so it stands under no fencing number.
        tx.prepare_cached(
            "INSERT INTO attempts (delivery, part, number, fence, request, started_at, deadline)
             VALUES (?1, ?2, 1 + (SELECT ifnull(max(number), 0) FROM attempts WHERE delivery = ?1 AND part = ?2),
                 0, ?3, ?4, ?4)",
        )?
        .execute((
            marked.delivery,
            part,
            serde_json::to_string(&request)?,
            millis(now),
        ))?;
        let permalink = marked.permalink.clone().filter(|_| part == 0);
        let there = Published {
            id: permalink.clone().unwrap_or_default(),
            permalink,
            ..Published::default()
        };
        let attempt = tx.last_insert_rowid();
        write_outcome(tx, attempt, &Outcome::Published(there), now)?;
    }
    let channel: String = tx
        .prepare_cached("SELECT channel FROM deliveries WHERE id = ?1")?
        .query_row([marked.delivery], |row| row.get(0))?;
    tx.prepare_cached("UPDATE channels SET left_at = ?2 WHERE name = ?1")?
        .execute((channel, millis(now)))?;
    let change = DeliveryChange {
        permalink: marked.permalink.clone(),
        ..DeliveryChange::to(
            DeliveryState::Published,
            format!("posted by hand by {author}"),
        )
    };
    put(tx, DeliveryId(marked.delivery), &change, now)
}

/// Takes a mark back: the delivery stands where it stood before.
pub(super) fn unmark(
    tx: &Transaction<'_>,
    author: &Author,
    marked: &Marked,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let unmarked = tx
        .prepare_cached(
            "UPDATE deliveries SET state = ?2, reason = ?3, next_try = ?4, permalink = NULL, changed_at = ?5, tries = 0,
                 its_turn = ?7, asked = ?8
             WHERE id = ?1 AND state = 'published' AND permalink IS ?6",
        )?
        .execute((
            marked.delivery,
            marked.state.word(),
            &marked.reason,
            marked.next_try,
            millis(now),
            &marked.permalink,
            marked.waits == Waits::ItsTurn,
            marked.waits == Waits::ForAPerson,
        ))?;
    if unmarked == 0 {
        return Err(moved_on(tx, marked)?);
    }
    let mut statement =
        tx.prepare_cached("SELECT id FROM attempts WHERE delivery = ?1 AND outcome = 'published'")?;
    let attempts: Vec<i64> = statement
        .query_map([marked.delivery], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let outcome = Outcome::Absent {
        reason: format!("{author} took the mark back"),
        witness: Witness::Person,
    };
    for attempt in attempts {
        write_outcome(tx, attempt, &outcome, now)?;
    }
    settle(tx, PostId(marked.post))
}

/// Marks again what was taken back.
pub(super) fn mark_again(
    tx: &Transaction<'_>,
    author: &Author,
    marked: &Marked,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let state: Option<String> = tx
        .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
        .query_row([marked.delivery], |row| row.get(0))
        .optional()?;
    let is_open = state
        .and_then(|state| state.parse::<DeliveryState>().ok())
        .is_some_and(DeliveryState::is_open);
    if !is_open {
        return Err(moved_on(tx, marked)?);
    }
    publish(tx, author, marked, now)
}

fn moved_on(tx: &Transaction<'_>, marked: &Marked) -> Fallible<Fault> {
    let post = load_post(tx, PostId(marked.post))?;
    let name = named(post.id, &post.content);
    Ok(Fault::refused(format!(
        "{name} has moved on since it was marked: look at it in the outbox"
    )))
}
