//! Brings a post's deliveries in line with its content, and the post's derived columns in line with its deliveries.
//!
//! What has left, is leaving, or may have left is never touched here.

use super::Transaction;
use super::error::{Fallible, Fault};
use super::posts::named;
use super::review::settle_review;
use super::row::{millis, word};
use crate::domain::{ChannelName, Content, DeliveryState, PostId};
use chrono::{DateTime, Utc};

/// Why a delivery is skipped whose channel was taken off its post after something had been tried.
const TAKEN_AWAY: &str = "the channel was taken off this post";

struct Present {
    id: i64,
    channel: ChannelName,
    state: DeliveryState,
    tried: bool,
}

/// Makes the deliveries follow from `new`; `old` is `None` for a post that was just added.
pub(super) fn align(
    tx: &Transaction<'_>,
    post: PostId,
    old: Option<&Content>,
    new: &Content,
    now: DateTime<Utc>,
) -> Fallible<()> {
    let present = present(tx, post)?;
    let plan_changed = old.is_none_or(|old| old.plan != new.plan);
    let trashed_now = new.trashed && old.is_some_and(|old| !old.trashed);
    refuse_what_cannot_be(post, old, new, &present, plan_changed, trashed_now)?;
    for gone in present
        .iter()
        .filter(|delivery| new.variant(&delivery.channel).is_none())
    {
        take_away(tx, post, new, gone, now)?;
    }
    let due = new.plan.at().map(|time| millis(time.instant()));
    let ready = new.scheduled && !new.trashed;
    for variant in &new.variants {
        let Some(delivery) = present.iter().find(|one| one.channel == variant.channel) else {
            tx.prepare_cached(
                "INSERT INTO deliveries (post, channel, state, due_at, ready, changed_at)
                 VALUES (?1, ?2, 'waiting', ?3, ?4, ?5)",
            )?
            .execute((post.0, variant.channel.as_str(), due, ready, millis(now)))?;
            continue;
        };
        let came_back = old.is_some_and(|old| old.variant(&variant.channel).is_none());
        if delivery.state.is_open() && (plan_changed || came_back) {
            tx.prepare_cached(
                "UPDATE deliveries SET due_at = ?2, reason = '', next_try = NULL, tries = 0,
                     changed_at = iif(state = 'waiting', changed_at, ?3), state = 'waiting' WHERE id = ?1",
            )?
            .execute((delivery.id, due, millis(now)))?;
        }
    }
    tx.prepare_cached("UPDATE deliveries SET ready = ?2 WHERE post = ?1 AND ready <> ?2")?
        .execute((post.0, ready))?;
    Ok(())
}

fn present(tx: &Transaction<'_>, post: PostId) -> Fallible<Vec<Present>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, channel, state, EXISTS (SELECT 1 FROM attempts WHERE delivery = deliveries.id)
         FROM deliveries WHERE post = ?1",
    )?;
    let rows = statement.query_map([post.0], |row| {
        Ok(Present {
            id: row.get(0)?,
            channel: ChannelName::new(row.get::<_, String>(1)?),
            state: word(row, 2)?,
            tried: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn refuse_what_cannot_be(
    post: PostId,
    old: Option<&Content>,
    new: &Content,
    present: &[Present],
    plan_changed: bool,
    trashed_now: bool,
) -> Fallible<()> {
    if trashed_now
        && let Some(leaving) = present
            .iter()
            .find(|delivery| delivery.state == DeliveryState::Publishing)
    {
        return Err(Fault::refused(format!(
            "{} is being sent to {}: wait until that is over",
            named(post, new),
            leaving.channel
        )));
    }
    let has_left = |channel: &ChannelName| {
        present
            .iter()
            .any(|delivery| delivery.channel == *channel && !delivery.state.is_open())
    };
    if old.is_some()
        && plan_changed
        && !new.variants.is_empty()
        && new
            .variants
            .iter()
            .all(|variant| has_left(&variant.channel))
    {
        return Err(Fault::refused(format!(
            "{} has left: its time can no longer be changed",
            named(post, new)
        )));
    }
    Ok(())
}

fn take_away(
    tx: &Transaction<'_>,
    post: PostId,
    content: &Content,
    gone: &Present,
    now: DateTime<Utc>,
) -> Fallible<()> {
    if !gone.state.is_open() {
        return Err(Fault::refused(format!(
            "{} is {} on {}: that channel cannot be taken off it",
            named(post, content),
            gone.state.word(),
            gone.channel
        )));
    }
    if gone.tried {
        tx.prepare_cached(
            "UPDATE deliveries SET state = 'skipped', reason = ?2, next_try = NULL, changed_at = ?3
             WHERE id = ?1 AND state <> 'skipped'",
        )?
        .execute((gone.id, TAKEN_AWAY, millis(now)))?;
    } else {
        tx.prepare_cached("DELETE FROM deliveries WHERE id = ?1")?
            .execute([gone.id])?;
    }
    Ok(())
}

/// Derives where a post stands, when it leaves and whether it is approved. Called after every change of a delivery.
///
/// A post stands where its worst delivery does (one that somebody is asked to do by hand needs a person, like one that was
/// missed); one without channels has not left yet. Its time is the earliest of
/// the deliveries that are not settled, else of all, else (without channels) that of its plan.
pub(super) fn settle(tx: &Transaction<'_>, post: PostId) -> Fallible<()> {
    tx.prepare_cached(
        "UPDATE posts SET
             (standing, due_at) = (
                 SELECT
                     coalesce(min(CASE WHEN state = 'unknown' THEN 1 WHEN state = 'failed' THEN 2
                                  WHEN state = 'missed' OR (state = 'waiting' AND asked AND next_try IS NOT NULL) THEN 3
                                  WHEN state IN ('published', 'skipped') THEN 9 ELSE 4 END), 4),
                     CASE
                         WHEN count(*) = 0 THEN posts.plan_at
                         WHEN count(*) FILTER (WHERE state NOT IN ('published', 'skipped')) = 0 THEN min(due_at)
                         ELSE min(due_at) FILTER (WHERE state NOT IN ('published', 'skipped'))
                     END
                 FROM deliveries WHERE post = posts.id
             ),
             approved = EXISTS (SELECT 1 FROM variants WHERE post = posts.id)
                 AND NOT EXISTS (
                     SELECT 1 FROM variants WHERE post = posts.id AND NOT EXISTS (
                         SELECT 1 FROM approvals WHERE approvals.post = variants.post
                             AND approvals.channel = variants.channel AND taken_back_at IS NULL))
         WHERE id = ?1",
    )?
    .execute([post.0])?;
    settle_review(tx, post)
}
