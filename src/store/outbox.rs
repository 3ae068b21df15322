//! The outbox: deliveries by section, and what a person does there: try now, call back, look again.
//!
//! One query a section; what it costs depends on what it returns. Settling an unknown outcome is `looks.rs`.

use super::choices::HAS_BEGUN;
use super::deliveries::{DELIVERY_COLUMNS, delivery, no_delivery};
use super::error::{Fallible, Fault};
use super::freeze::require_thawed;
use super::media::without_alt;
use super::posts::{load_post, named};
use super::row::{instant, limit as rows, millis, word};
use super::{Db, Durability, Result, Transaction};
use crate::domain::{
    ChannelName, DeliveryId, DeliveryState, Glyph, Outbox, OutboxRow, PostId, Review, ReviewRule,
    Section, Sending, Tally,
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};
use std::collections::HashSet;

/// Of what comes next, so many posts are shown where everything is.
const NEXT_AMONG_ALL: usize = 50;

/// Which posts a section has, and in which order; each choice is made by an index.
fn posts_of(section: Section) -> &'static [(&'static str, &'static str)] {
    const NEEDS_YOU: (&str, &str) = (
        "p.trashed = 0 AND p.standing < 4",
        "p.standing, p.due_at IS NULL, p.due_at, p.id",
    );
    // The plus keeps from walking through all posts in the wanted order where few are wanted.
    // A post in the trash whose outcome is unknown may be public all the same.
    const TRASHED_UNKNOWN: (&str, &str) = (
        "p.trashed = 1 AND p.id IN (SELECT post FROM deliveries WHERE state = 'unknown')",
        "+p.due_at, p.id",
    );
    const IN_FLIGHT: (&str, &str) = (
        "+p.trashed = 0 AND +p.standing = 4 AND p.id IN (SELECT post FROM deliveries WHERE state = 'publishing')",
        "+p.due_at, p.id",
    );
    const NEXT: (&str, &str) = (
        "p.trashed = 0 AND p.standing = 4 AND p.due_at IS NOT NULL
         AND p.id NOT IN (SELECT post FROM deliveries WHERE state = 'publishing')",
        "p.standing, p.due_at, p.id",
    );
    const DONE: (&str, &str) = (
        "p.trashed = 0 AND p.standing = 9",
        "p.standing DESC, p.due_at DESC, p.id DESC",
    );
    match section {
        Section::All => &[NEEDS_YOU, TRASHED_UNKNOWN, IN_FLIGHT, NEXT, DONE],
        Section::NeedsYou => &[NEEDS_YOU, TRASHED_UNKNOWN],
        Section::InFlight => &[IN_FLIGHT],
        Section::Next => &[NEXT],
        Section::Done => &[DONE],
    }
}

fn query(which: &str, order: &str) -> String {
    format!(
        "SELECT {DELIVERY_COLUMNS}, p.title, p.kind, p.scheduled, p.review, {HAS_BEGUN},
             (SELECT outcome FROM attempts WHERE delivery = d.id ORDER BY id DESC LIMIT 1),
             CASE WHEN EXISTS (SELECT 1 FROM post_media AS m WHERE m.post = p.id) THEN
                 (SELECT json_extract(content, '$.attachments') FROM revisions AS r WHERE r.post = p.id AND r.revision = p.revision) END
         FROM (SELECT * FROM posts AS p WHERE {which} ORDER BY {order} LIMIT ?1) AS p
         JOIN deliveries AS d ON d.post = p.id JOIN channels AS c ON c.name = d.channel
         ORDER BY {order}, CASE d.state WHEN 'unknown' THEN 0 WHEN 'failed' THEN 1 WHEN 'missed' THEN 2
             WHEN 'publishing' THEN 3 WHEN 'waiting' THEN 4 WHEN 'published' THEN 5 ELSE 6 END,
             c.position IS NULL, c.position, d.id"
    )
}

impl Db {
    /// Returns the deliveries of a section, those of one post together; of at most `limit` posts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn outbox(&mut self, section: Section, limit: usize) -> Result<Outbox> {
        let rule = self.review;
        self.read(|tx| {
            let mut found = Vec::new();
            let mut room = limit;
            let mut more = false;
            for (which, order) in posts_of(section) {
                let is_next_among_all = section == Section::All && which.contains("NOT IN");
                let most = if is_next_among_all {
                    room.min(NEXT_AMONG_ALL)
                } else {
                    room
                };
                let read = select(tx, rule, &query(which, order), most)?;
                let posts: HashSet<PostId> = read.iter().map(|row| row.delivery.post).collect();
                more |= posts.len() == most && !is_next_among_all;
                room -= posts.len().min(room);
                found.extend(read);
            }
            let mut running = super::uploads::running(tx)?;
            for row in &mut found {
                row.upload = running.remove(&row.delivery.id);
            }
            Ok(Outbox {
                section,
                rows: found,
                more,
                tally: tally(tx, rule)?,
            })
        })
    }

    /// Lets a delivery that waits for another try be tried at `now`; its planned time and its grace stay.
    ///
    /// # Errors
    /// `Frozen`; `Refused` when it waits for no other try: a failed or missed one is published anew, on purpose.
    pub fn try_now(&mut self, id: DeliveryId, now: DateTime<Utc>) -> Result<PostId> {
        self.write(Durability::Normal, |tx| {
            require_thawed(tx)?;
            let tried: Option<i64> = tx
                .prepare_cached(
                    "UPDATE deliveries SET next_try = ?2
                     WHERE id = ?1 AND state = 'waiting' AND ready = 1 AND due_at <= ?2 AND next_try IS NOT NULL
                     RETURNING post",
                )?
                .query_row((id.0, millis(now)), |row| row.get(0))
                .optional()?;
            match tried {
                Some(post) => Ok(PostId(post)),
                None => Err(not_waiting(tx, id)?),
            }
        })
    }

    /// Lets a delivery of unknown outcome be looked up at once: `now` by the plan's clock, `real_now` by the real one.
    ///
    /// # Errors
    /// `Refused` when it is not unknown, or its answer may still come.
    pub fn look_again(
        &mut self,
        id: PostId,
        channel: &ChannelName,
        now: DateTime<Utc>,
        real_now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let post = load_post(tx, id)?;
            let name = named(id, &post.content);
            let found: Option<(i64, DeliveryState)> = tx
                .prepare_cached("SELECT id, state FROM deliveries WHERE post = ?1 AND channel = ?2")?
                .query_row((id.0, channel.as_str()), |row| Ok((row.get(0)?, word(row, 1)?)))
                .optional()?;
            let (delivery, state) =
                found.ok_or_else(|| Fault::not_found(format!("{name} does not go to `{channel}`")))?;
            if state != DeliveryState::Unknown {
                return Err(Fault::refused(format!(
                    "{name} is {} on {channel}: there is nothing to look for",
                    state.word()
                )));
            }
            let deadline: DateTime<Utc> = tx
                .prepare_cached(
                    "SELECT deadline FROM attempts
                     WHERE delivery = ?1 AND (outcome IS NULL OR outcome = 'unknown') ORDER BY part, number LIMIT 1",
                )?
                .query_row([delivery], |row| instant(row, 0))
                .optional()?
                .ok_or_else(|| Fault::refused(format!("Nothing of {name} was sent to {channel}")))?;
            if real_now < deadline {
                return Err(Fault::refused(format!(
                    "{name} may still arrive on {channel} until {} UTC: it is looked up by itself then",
                    deadline.format("%H:%M:%S")
                )));
            }
            tx.prepare_cached("UPDATE deliveries SET next_try = ?2 WHERE id = ?1")?
                .execute((delivery, millis(now)))?;
            Ok(())
        })
    }
}

fn not_waiting(tx: &Transaction<'_>, id: DeliveryId) -> Fallible<Fault> {
    let state: DeliveryState = tx
        .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
        .query_row([id.0], |row| word(row, 0))
        .optional()?
        .ok_or_else(|| no_delivery(id))?;
    Ok(Fault::refused(match state {
        DeliveryState::Waiting => "It waits for its time, not for another try".to_owned(),
        DeliveryState::Unknown => {
            "Nobody knows whether it arrived: it is not sent again on a guess".to_owned()
        }
        other => format!("It is {}: there is nothing to try", other.word()),
    }))
}

fn select(
    tx: &Transaction<'_>,
    rule: ReviewRule,
    sql: &str,
    limit: usize,
) -> Fallible<Vec<OutboxRow>> {
    let mut statement = tx.prepare_cached(sql)?;
    let found = statement.query_map([rows(limit)], |row| outbox_row(row, rule))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The columns after those of the delivery.
const TITLE: usize = 13;

fn outbox_row(row: &Row<'_>, rule: ReviewRule) -> rusqlite::Result<OutboxRow> {
    let (scheduled, review): (bool, Review) = (row.get(TITLE + 2)?, word(row, TITLE + 3)?);
    Ok(OutboxRow {
        delivery: delivery(row)?,
        title: row.get(TITLE)?,
        kind: word(row, TITLE + 1)?,
        held: rule.holds(scheduled, review),
        review: review.under(rule, scheduled),
        sending: if row.get(TITLE + 4)? {
            Sending::Begun
        } else {
            Sending::NotBegun
        },
        without_alt: without_alt(row, TITLE + 6)?,
        last_outcome: row.get(TITLE + 5)?,
        upload: None,
    })
}

/// Counts every delivery but those of trashed and undated posts that have not left.
fn tally(tx: &Transaction<'_>, rule: ReviewRule) -> Fallible<Tally> {
    let mut statement = tx.prepare_cached(
        "SELECT d.state, p.scheduled, p.review, count(*) FROM deliveries AS d JOIN posts AS p ON p.id = d.post
         WHERE (p.trashed = 0 OR d.state = 'unknown') AND (d.state <> 'waiting' OR d.due_at IS NOT NULL)
         GROUP BY 1, 2, 3",
    )?;
    let counts = statement
        .query_map([], |row| {
            let (scheduled, review): (bool, Review) = (row.get(1)?, word(row, 2)?);
            let held = rule.holds(scheduled, review);
            let sign = Glyph::of([word(row, 0)?], held, review.under(rule, scheduled));
            let count: i64 = row.get(3)?;
            Ok((sign, usize::try_from(count).unwrap_or(0)))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Tally::new(counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::lists::tests::crowded;

    #[test]
    fn a_page_among_twenty_thousand_posts_reads_no_more_than_among_a_thousand() {
        let steps = |posts, section| {
            let folder = tempfile::tempdir().expect("a folder");
            let db = crowded(folder.path(), posts);
            let mut steps = 0;
            for (which, order) in posts_of(section) {
                let mut statement = db
                    .connection
                    .prepare(&query(which, order))
                    .expect("a query");
                let mut found = statement.query([100]).expect("rows");
                while found.next().expect("a row").is_some() {}
                drop(found);
                steps += statement.get_status(rusqlite::StatementStatus::VmStep);
            }
            steps
        };
        let (few, many) = (steps(1_000, Section::All), steps(20_000, Section::All));
        assert!(many <= few * 12 / 10, "{few} steps became {many}");
    }
}
