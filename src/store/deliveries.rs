//! Deliveries: what is due, claiming, and where each stands.
//!
//! `align.rs` makes them from a post's content; `attempts.rs` records what was sent.

use super::align::settle;
use super::error::{Fallible, Fault, StoreError};
use super::freeze;
use super::leader::require_lead;
use super::posts::load_post;
use super::review::lacks_approval;
use super::row::{instant, json, limit as rows, maybe_instant, millis, number, word};
use super::{Db, DeliveryChange, Due, Durability, Result, Transaction};
use crate::domain::{ChannelName, Delivery, DeliveryId, DeliveryState, PostId, ReviewRule, Waits};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Params, Row};

/// What a delivery `d` waits for, as `waits` reads it; it counts only while a next try is planned.
macro_rules! waits_sql {
    () => {
        "CASE WHEN d.next_try IS NULL THEN 0 WHEN d.asked THEN 2 ELSE d.its_turn END"
    };
}

/// A delivery with what is derived from its attempts, as `delivery` reads it.
macro_rules! delivery_columns {
    () => {
        concat!(
            "d.id, d.post, d.channel, c.platform, d.state, d.due_at, d.reason, d.permalink, d.next_try, d.changed_at,
            (SELECT count(*) FROM attempts WHERE delivery = d.id),
            (SELECT json_group_array(remote_id) FROM (
                SELECT remote_id FROM attempts
                WHERE delivery = d.id AND outcome = 'published' AND remote_id IS NOT NULL ORDER BY part)), ",
            waits_sql!()
        )
    };
}

macro_rules! delivery_sql {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            delivery_columns!(),
            ", d.tries, c.left_at FROM deliveries AS d JOIN channels AS c ON c.name = d.channel ",
            $rest
        )
    };
}

/// The columns that `delivery` reads, of deliveries `d` and channels `c`.
pub(super) const DELIVERY_COLUMNS: &str = delivery_columns!();

impl Db {
    /// Returns deliveries to look at now: waiting, not held, due or to be retried by `now`, oldest first; none while
    /// frozen. Of each channel at most `each`, and nothing of those that are `busy`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn due(
        &mut self,
        now: DateTime<Utc>,
        busy: &[ChannelName],
        each: usize,
    ) -> Result<Vec<Due>> {
        let busy = busy.iter().map(ChannelName::as_str).collect::<Vec<_>>();
        let rule = self.review;
        self.read(|tx| {
            if !is_any_due(tx, now)? || freeze::standing(tx)?.is_some() {
                return Ok(Vec::new());
            }
            select_due(
                tx,
                rule,
                "WHERE d.id IN (SELECT oldest.id FROM channels AS k JOIN deliveries AS oldest ON oldest.id IN (
                     SELECT id FROM deliveries WHERE channel = k.name AND leaves_at <= ?1 ORDER BY due_at, id LIMIT ?2)
                     WHERE k.name NOT IN (SELECT value FROM json_each(?3)))
                 ORDER BY d.due_at, d.id",
                (millis(now), rows(each), serde_json::to_string(&busy)?),
            )
        })
    }

    /// Returns the deliveries of one post that are to be looked at now; none while frozen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn due_of(&mut self, post: PostId, now: DateTime<Utc>) -> Result<Vec<Due>> {
        let rule = self.review;
        self.read(|tx| {
            if freeze::standing(tx)?.is_some() {
                return Ok(Vec::new());
            }
            select_due(
                tx,
                rule,
                "WHERE d.post = ?1 AND d.leaves_at <= ?2 ORDER BY d.due_at, d.id",
                (post.0, millis(now)),
            )
        })
    }

    /// Returns a delivery with its post as they are now, whatever it stands at.
    ///
    /// # Errors
    /// `NotFound` when there is none with this number.
    pub fn as_due(&mut self, id: DeliveryId) -> Result<Due> {
        let rule = self.review;
        self.read(|tx| {
            select_due(tx, rule, "WHERE d.id = ?1", [id.0])?
                .pop()
                .ok_or_else(|| no_delivery(id))
        })
    }

    /// Returns deliveries of unknown outcome that are to be looked up by `now`: when their next look is planned, or at
    /// once where none was planned yet. Looking sends nothing, so a freeze does not stop it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unknown_due(&mut self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due>> {
        let rule = self.review;
        self.read(|tx| select_due(tx, rule, LOST, (millis(now), rows(limit))))
    }

    /// Returns when the first delivery that waits after `now` is due or to be retried; `None` while frozen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_due(&mut self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        self.read(|tx| {
            if freeze::standing(tx)?.is_some() {
                return Ok(None);
            }
            Ok(tx
                .prepare_cached("SELECT min(leaves_at) FROM deliveries WHERE leaves_at > ?1")?
                .query_row([millis(now)], |row| maybe_instant(row, 0))?)
        })
    }

    /// Returns the waiting deliveries that leave next, for the top bar: their time and channels.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_leaving(&mut self) -> Result<Option<(DateTime<Utc>, Vec<ChannelName>)>> {
        // What lacks the approval that it needs does not leave; the other posts of that minute may. What somebody is
        // asked to do stands in the queue already.
        let may_leave = match self.review {
            ReviewRule::Optional => "",
            ReviewRule::Required => " AND post IN (SELECT id FROM posts WHERE approved = 1)",
        };
        let may_leave = format!("{may_leave} AND NOT {IS_ASKED}");
        self.read(|tx| {
            let sql =
                format!("SELECT leaves_at FROM deliveries WHERE leaves_at IS NOT NULL{may_leave} ORDER BY leaves_at LIMIT 1");
            let first: Option<DateTime<Utc>> = tx
                .prepare_cached(&sql)?
                .query_row([], |row| instant(row, 0))
                .optional()?;
            let Some(at) = first else {
                return Ok(None);
            };
            let sql = format!(
                "SELECT DISTINCT channels.name FROM deliveries JOIN channels ON channels.name = channel
                 WHERE leaves_at = ?1{may_leave} ORDER BY channels.position IS NULL, channels.position"
            );
            let mut statement = tx.prepare_cached(&sql)?;
            let channels = statement
                .query_map([millis(at)], |row| {
                    Ok(ChannelName::new(row.get::<_, String>(0)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some((at, channels)))
        })
    }

    /// Returns a delivery.
    ///
    /// # Errors
    /// `NotFound` when there is none with this number.
    pub fn delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        self.read(|tx| {
            tx.prepare_cached(delivery_sql!("WHERE d.id = ?1"))?
                .query_row([id.0], delivery)
                .optional()?
                .ok_or_else(|| no_delivery(id))
        })
    }

    /// Claims a waiting delivery by one conditional update; `false` when it is not waiting any more, held, without the
    /// approval that it needs, or frozen: the freeze is read by the same statement.
    ///
    /// What is sent must be read after this: the post may have been saved since it was found due. A power cut may take
    /// the claim back: nothing was sent then, since an attempt is committed durably before that.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn claim(&mut self, fence: i64, id: DeliveryId, now: DateTime<Utc>) -> Result<bool> {
        let rule = self.review;
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            if lacks_approval(tx, rule, id)? {
                return Ok(false);
            }
            let claimed: Option<(i64, String)> = tx
                .prepare_cached(
                    "UPDATE deliveries SET state = 'publishing', reason = '', next_try = NULL, changed_at = ?2,
                         claimed_by = ?3
                     WHERE id = ?1 AND state = 'waiting' AND ready = 1 AND due_at IS NOT NULL
                         AND NOT EXISTS (SELECT 1 FROM freezes WHERE thawed_at IS NULL) RETURNING post, channel",
                )?
                .query_row((id.0, millis(now), fence), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let Some((post, channel)) = claimed else {
                return Ok(false);
            };
            tx.prepare_cached("UPDATE channels SET left_at = ?2 WHERE name = ?1")?
                .execute((channel, millis(now)))?;
            settle(tx, PostId(post))?;
            Ok(true)
        })
    }

    /// Changes where a delivery stands; refused when the fence is not the present one.
    ///
    /// A power cut may take this back, never the outcomes that it follows from: `recover` then says it again.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number; `CalledBack` when a person has said meanwhile that it shall not
    /// go, or that it is out: that stands; `NotFound`.
    pub fn change_delivery(
        &mut self,
        fence: i64,
        id: DeliveryId,
        change: &DeliveryChange,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            let state: Option<DeliveryState> = tx
                .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
                .query_row([id.0], |row| word(row, 0))
                .optional()?;
            let said_by_a_person = [DeliveryState::Skipped, DeliveryState::Published];
            if state.is_some_and(|it| it != change.state && said_by_a_person.contains(&it)) {
                return Err(StoreError::CalledBack.into());
            }
            put(tx, id, change, now)
        })
    }

    /// Changes where a waiting delivery stands as `read` says; refused when the fence is not the present one.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number; `CalledBack` when it was moved, put off or called back since it was
    /// read: what was decided about it does not hold any more.
    pub fn decide_delivery(
        &mut self,
        fence: i64,
        read: &Delivery,
        change: &DeliveryChange,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            require_lead(tx, fence)?;
            let same: bool = tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM deliveries
                     WHERE id = ?1 AND state = ?2 AND due_at IS ?3 AND next_try IS ?4)",
                )?
                .query_row(
                    (
                        read.id.0,
                        read.state.word(),
                        read.due_at.map(millis),
                        read.next_try.map(millis),
                    ),
                    |row| row.get(0),
                )?;
            if !same {
                return Err(StoreError::CalledBack.into());
            }
            put(tx, read.id, change, now)
        })
    }

    /// Turns what a dead leader left behind into honest states: a publishing delivery with an open attempt whose deadline has
    /// passed becomes unknown; one without an open attempt goes back to waiting. Returns how many changed.
    ///
    /// One whose last attempt ended unknown becomes unknown too. What this leader itself has claimed and not yet tried
    /// is left alone, and so is what may still be answered: call it again once that deadline has passed.
    ///
    /// # Errors
    /// `NotLeader` when `fence` is not the present number.
    pub fn recover(&mut self, fence: i64, now: DateTime<Utc>) -> Result<usize> {
        self.write(Durability::Full, |tx| {
            require_lead(tx, fence)?;
            super::attempts::recover(tx, fence, now)
        })
    }
}

/// Whether anything may leave by now. Asked each second, and the answer is no in nearly all of them: one look at an index says it.
fn is_any_due(tx: &Transaction<'_>, now: DateTime<Utc>) -> Fallible<bool> {
    let mut earliest =
        tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE leaves_at <= ?1)")?;
    Ok(earliest.query_row([millis(now)], |row| row.get(0))?)
}

/// Writes where a delivery stands, and what follows for its post.
pub(super) fn put(
    tx: &Transaction<'_>,
    id: DeliveryId,
    change: &DeliveryChange,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let post: Option<i64> = tx
        .prepare_cached(
            "UPDATE deliveries SET state = ?2, reason = ?3, next_try = ?4, permalink = coalesce(?5, permalink),
                 changed_at = iif(state = ?2 AND NOT ?9, changed_at, ?6), tries = ?7, its_turn = ?8, asked = ?9
             WHERE id = ?1 RETURNING post",
        )?
        .query_row(
            (
                id.0,
                change.state.word(),
                &change.reason,
                change.next_try.map(millis),
                &change.permalink,
                millis(now),
                change.tries,
                change.waits == Waits::ItsTurn,
                // Asked once more is asked anew: whoever is told of it hears it again.
                change.waits == Waits::ForAPerson,
            ),
            |row| row.get(0),
        )
        .optional()?;
    settle(tx, PostId(post.ok_or_else(|| no_delivery(id))?))
}

/// What a delivery `d` waits for, as `waits` reads it.
pub(super) const WAITS: &str = waits_sql!();

/// What somebody is asked to post by hand.
pub(super) const IS_ASKED: &str = "(state = 'waiting' AND asked = 1 AND next_try IS NOT NULL)";

/// What leaves by a time, oldest first.
pub(super) const LEAVING: &str =
    "WHERE d.leaves_at IS NOT NULL AND d.leaves_at <= ?1 ORDER BY d.due_at, d.id LIMIT ?2";

/// What is of unknown outcome and to be looked up by a time. The plus takes the order away from the planner, which would else
/// walk all deliveries in it instead of the few in the index of these.
pub(super) const LOST: &str =
    "WHERE d.state = 'unknown' AND (d.next_try <= ?1 OR (d.next_try IS NULL
         AND EXISTS (SELECT 1 FROM attempts AS a
             WHERE a.delivery = d.id AND (a.outcome IS NULL OR a.outcome = 'unknown')
                 AND NOT EXISTS (SELECT 1 FROM looks WHERE attempt = a.id))))
     ORDER BY +d.id LIMIT ?2";

/// Returns deliveries with their posts, as `rest` of the query chooses them.
pub(super) fn select_due(
    tx: &Transaction<'_>,
    rule: ReviewRule,
    rest: &str,
    parameters: impl Params,
) -> Fallible<Vec<Due>> {
    let mut statement = tx.prepare_cached(&format!("{}{rest}", delivery_sql!("")))?;
    let found: Vec<(Delivery, u32, Option<DateTime<Utc>>)> = statement
        .query_map(parameters, |row| {
            Ok((delivery(row)?, number(row, 13)?, maybe_instant(row, 14)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    found
        .into_iter()
        .map(|(delivery, tries, channel_left_at)| {
            let post = load_post(tx, delivery.post)?;
            Ok(Due {
                unapproved: lacks_approval(tx, rule, delivery.id)?,
                delivery,
                post,
                tries,
                channel_left_at,
            })
        })
        .collect()
}

/// Returns a post's deliveries in the order of its variants; those of channels that were taken off it come last.
pub(super) fn deliveries_of(tx: &Transaction<'_>, post: PostId) -> Fallible<Vec<Delivery>> {
    let mut statement = tx.prepare_cached(delivery_sql!(
        "LEFT JOIN variants AS v ON v.post = d.post AND v.channel = d.channel
         WHERE d.post = ?1 ORDER BY v.position IS NULL, v.position, d.id"
    ))?;
    let found = statement.query_map([post.0], delivery)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn no_delivery(id: DeliveryId) -> Fault {
    Fault::not_found(format!("There is no delivery {id}"))
}

/// Reads a row that begins with `DELIVERY_COLUMNS`.
pub(super) fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: DeliveryId(row.get(0)?),
        post: PostId(row.get(1)?),
        channel: ChannelName::new(row.get::<_, String>(2)?),
        platform: word(row, 3)?,
        state: word(row, 4)?,
        due_at: maybe_instant(row, 5)?,
        reason: row.get(6)?,
        permalink: row.get(7)?,
        next_try: maybe_instant(row, 8)?,
        changed_at: instant(row, 9)?,
        attempts: number(row, 10)?,
        remote_ids: json(row, 11)?,
        waits: waits(row, 12)?,
    })
}

/// Reads what a delivery waits for, as `WAITS` says it.
pub(super) fn waits(row: &Row<'_>, column: usize) -> rusqlite::Result<Waits> {
    Ok(match row.get(column)? {
        1 => Waits::ItsTurn,
        2 => Waits::ForAPerson,
        _ => Waits::ForItself,
    })
}
