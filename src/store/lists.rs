//! Months, queue and lists: many posts at once, by index, without their texts.
//!
//! One query each; how much they cost depends on what they return, never on how many posts there are.

use super::deliveries::{WAITS, waits};
use super::error::Fallible;
use super::media::without_alt;
use super::review::{count_waiting, waiting};
use super::row::{limit as rows, maybe_instant, millis, word};
use super::{Db, PostView, Result, Transaction, Wanted, settings, unreached, uploads};
use crate::domain::queue::Queue;
use crate::domain::{Author, ChannelName, ChannelState, PostId, Review, ReviewRule, Summary};
use chrono::{DateTime, Utc};
use rusqlite::{Params, Row};

/// One row for each delivery of the posts `p` of a table, and one for a post without any.
fn listing(posts: &str, rest: &str) -> String {
    format!(
        "SELECT p.id, p.title, p.kind, p.due_at, p.scheduled, p.review, p.campaign,
            d.channel, d.state, d.reason, p.author,
            (SELECT group_concat(tag, char(31)) FROM tags WHERE tags.post = p.id),
            CASE WHEN EXISTS (SELECT 1 FROM post_media AS m WHERE m.post = p.id) THEN
                (SELECT json_extract(content, '$.attachments') FROM revisions AS r WHERE r.post = p.id AND r.revision = p.revision) END,
            {WAITS}
        FROM {posts} AS p
        LEFT JOIN deliveries AS d ON d.post = p.id
        LEFT JOIN channels AS c ON c.name = d.channel
        {rest}, c.position IS NULL, c.position"
    )
}

/// A span of time.
fn month() -> String {
    listing(
        "posts",
        "WHERE p.due_at >= ?1 AND p.due_at < ?2 AND p.trashed = 0 ORDER BY p.due_at, p.id",
    )
}

/// The first posts of a span of time.
fn first_of_span() -> String {
    let first = "(SELECT * FROM posts AS p WHERE p.due_at >= ?1 AND p.due_at < ?2 AND p.trashed = 0
        ORDER BY p.due_at, p.id LIMIT ?3)";
    listing(first, "ORDER BY p.due_at, p.id")
}

/// How many posts a span of time has; an index alone answers it.
const IN_SPAN: &str =
    "SELECT count(*) FROM posts WHERE due_at >= ?1 AND due_at < ?2 AND trashed = 0";

/// The first posts of a section of the queue, in its order.
fn section(which: &str, order: &str) -> String {
    let first = format!(
        "(SELECT * FROM posts AS p WHERE p.trashed = 0 AND {which} ORDER BY {order} LIMIT ?1)"
    );
    listing(&first, &format!("ORDER BY {order}"))
}

fn needs_you() -> String {
    section(
        "p.standing < 4",
        "p.standing, p.due_at IS NULL, p.due_at, p.id",
    )
}

/// What waits for a reviewer and needs nobody else first.
fn to_review(rule: ReviewRule) -> String {
    let which = format!("p.standing >= 4 AND {}", waiting(rule));
    section(&which, "p.due_at IS NULL, p.due_at, p.id")
}

pub(super) fn next_dated() -> String {
    section("p.standing = 4 AND p.due_at IS NOT NULL", "p.due_at, p.id")
}

pub(super) fn next_undated() -> String {
    section("p.standing = 4 AND p.due_at IS NULL", "p.id")
}

/// The posts that answer a question to the index of words.
pub(super) fn searched() -> String {
    section(
        "p.id IN (SELECT rowid FROM search WHERE search MATCH ?1)",
        "p.due_at IS NULL, p.due_at, p.id",
    )
    .replace("LIMIT ?1", "")
}

impl Db {
    /// Returns the posts that are due in `[from, to)`, by time. Reads an index, never all posts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn posts_between(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Summary>> {
        let rule = self.review;
        self.read(|tx| summaries(tx, rule, &month(), (millis(from), millis(to))))
    }

    /// Returns for each span of time its first posts, at most `each`, by time, and how many follow them. Costs no more where a
    /// span has many posts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn first_posts(
        &mut self,
        spans: &[(DateTime<Utc>, DateTime<Utc>)],
        each: usize,
    ) -> Result<Vec<(Vec<Summary>, usize)>> {
        let rule = self.review;
        let first_of_span = first_of_span();
        self.read(|tx| {
            let read = |(from, to): &(DateTime<Utc>, DateTime<Utc>)| {
                let span = (millis(*from), millis(*to));
                let first = summaries(tx, rule, &first_of_span, (span.0, span.1, rows(each)))?;
                if first.len() < each {
                    return Ok((first, 0));
                }
                let mut count = tx.prepare_cached(IN_SPAN)?;
                let all: i64 = count.query_row(span, |row| row.get(0))?;
                let more = usize::try_from(all)
                    .unwrap_or(0)
                    .saturating_sub(first.len());
                Ok((first, more))
            };
            spans.iter().map(read).collect()
        })
    }

    /// Returns the queue: everything that needs a person, what waits for a reviewer, then by time, then undated; at
    /// most `limit` of each.
    ///
    /// A post without channels counts as one that has not left yet, so that no idea is out of sight.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn queue(&mut self, limit: usize) -> Result<Queue> {
        let rule = self.review;
        self.read(|tx| {
            let needs_you = summaries(tx, rule, &needs_you(), [rows(limit)])?;
            let mut next = summaries(tx, rule, &next_dated(), [rows(limit)])?;
            let room = rows(limit.saturating_sub(next.len()));
            next.extend(summaries(tx, rule, &next_undated(), [room])?);
            let review = summaries(tx, rule, &to_review(rule), [rows(limit)])?;
            next.retain(|post| !review.iter().any(|other| other.id == post.id));
            let of_next = format!("p.standing = 4 AND {}", waiting(rule));
            Ok(Queue {
                needs_you,
                review,
                next,
                needs_you_total: count(tx, "standing < 4")?,
                next_total: count(tx, "standing = 4")? - count(tx, &of_next)?,
                review_total: count_waiting(tx, rule)?,
                uploads: uploads::going_up(tx)?,
                offline: unreached::offline(tx)?,
                clock_ahead: settings::clock_ahead(tx)?.map_or(0, |ahead| ahead.num_seconds()),
            })
        })
    }

    /// Returns posts for `masthead list`, by time, undated last; trashed ones only when asked for.
    ///
    /// With `from` or `to`, posts without a time are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(
        &mut self,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        trashed: bool,
        limit: usize,
    ) -> Result<Vec<PostView>> {
        self.find(&Wanted {
            from,
            to,
            trashed,
            limit,
            ..Wanted::default()
        })
    }
}

fn count(tx: &Transaction<'_>, which: &str) -> Fallible<usize> {
    let sql = format!("SELECT count(*) FROM posts AS p WHERE trashed = 0 AND {which}");
    let number: i64 = tx.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(number).unwrap_or(0))
}

/// Reads one row for each delivery and puts those of one post together.
pub(super) fn summaries(
    tx: &Transaction<'_>,
    rule: ReviewRule,
    sql: &str,
    parameters: impl Params,
) -> Fallible<Vec<Summary>> {
    let mut statement = tx.prepare_cached(sql)?;
    let mut found = statement.query(parameters)?;
    let mut posts: Vec<Summary> = Vec::new();
    while let Some(row) = found.next()? {
        let id = PostId(row.get(0)?);
        if posts.last().is_none_or(|last| last.id != id) {
            let (scheduled, review): (bool, Review) = (row.get(4)?, word(row, 5)?);
            posts.push(Summary {
                id,
                title: row.get(1)?,
                kind: word(row, 2)?,
                due_at: maybe_instant(row, 3)?,
                held: rule.holds(scheduled, review),
                review: review.under(rule, scheduled),
                campaign: row.get(6)?,
                author: Author::new(row.get::<_, String>(10)?),
                tags: tags(row)?,
                without_alt: without_alt(row, 12)?,
                channels: Vec::new(),
            });
        }
        let channel: Option<String> = row.get(7)?;
        if let (Some(channel), Some(post)) = (channel, posts.last_mut()) {
            post.channels.push(ChannelState {
                channel: ChannelName::new(channel),
                state: word(row, 8)?,
                reason: row.get(9)?,
                waits: waits(row, 13)?,
            });
        }
    }
    Ok(posts)
}

/// The tags of a row's post, parted by a character that none of them holds.
fn tags(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    let tags: Option<String> = row.get(11)?;
    Ok(tags.map_or_else(Vec::new, |tags| {
        tags.split('\u{1f}').map(str::to_owned).collect()
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Channel, Content, Kind, LocalTime, Plan, PlatformId, Variant};
    use crate::store::deliveries::LOST;
    use crate::store::{Durability, posts::insert_post};
    use chrono::{Duration, TimeZone};

    const CHANNELS: [&str; 3] = ["fosstodon", "bluesky", "outbox"];

    fn start() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 1, 9, 0, 0)
            .single()
            .expect("an instant")
    }

    /// A database with one post an hour, each on three channels, written in one transaction.
    pub(in crate::store) fn crowded(folder: &std::path::Path, posts: i64) -> Db {
        let mut db = crate::store::open::open(
            &folder.join("masthead.db"),
            start(),
            crate::store::open::BUSY,
        )
        .expect("opens");
        let channels = CHANNELS.map(|name| Channel::new(name, PlatformId::Sandbox));
        db.sync_channels(&channels).expect("channels");
        db.write(Durability::Normal, |tx| {
            for number in 0..posts {
                let content = Content {
                    title: format!("Post {number}"),
                    kind: Kind::AdHoc,
                    plan: Plan::At(LocalTime::from_instant(
                        start() + Duration::hours(number),
                        chrono_tz::UTC,
                    )),
                    scheduled: true,
                    variants: CHANNELS.map(Variant::inherits).to_vec(),
                    ..Content::default()
                };
                insert_post(tx, &Author::new("Ada"), &content, None, start())?;
            }
            Ok(())
        })
        .expect("posts");
        db
    }

    fn plan(db: &Db, sql: &str, parameters: &[i64]) -> String {
        let mut statement = db
            .connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .expect("a query");
        let steps = statement
            .query_map(rusqlite::params_from_iter(parameters), |row| {
                row.get::<_, String>(3)
            })
            .expect("a plan");
        steps
            .map(|step| step.expect("a step"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn nothing_that_screen_or_publisher_asks_for_again_and_again_reads_all_posts() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = crowded(folder.path(), 10);
        let due = "SELECT min(leaves_at) FROM deliveries WHERE leaves_at IS NOT NULL";
        let total = "SELECT count(*) FROM posts WHERE trashed = 0 AND standing = 4";
        let lost = format!("SELECT d.id FROM deliveries AS d {LOST}");
        for (sql, parameters, index) in [
            (
                month().as_str(),
                &[0, 1][..],
                "posts_by_due (due_at>? AND due_at<?)",
            ),
            (needs_you().as_str(), &[5], "posts_by_standing"),
            (next_dated().as_str(), &[5], "posts_by_standing"),
            (next_undated().as_str(), &[5], "posts_by_standing"),
            (total, &[], "COVERING INDEX posts_by_standing"),
            (due, &[], "deliveries_by_leaving"),
            (&lost, &[0, 5], "deliveries_unknown"),
        ] {
            let steps = plan(&db, sql, parameters);
            assert!(steps.contains(index), "{sql}\n{steps}");
            // A scan is allowed over an index that holds only what is wanted, or over what was chosen before.
            let scans = steps.lines().filter(|step| {
                step.starts_with("SCAN") && !step.contains("USING") && *step != "SCAN p"
            });
            assert_eq!(scans.count(), 0, "{sql}\n{steps}");
        }
    }

    #[test]
    fn a_day_at_a_glance_costs_no_more_where_it_has_many_posts() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = crowded(folder.path(), 1_000);
        let (from, to) = (start(), start() + Duration::days(1));
        let (first, more) = db.first_posts(&[(from, to)], 2).expect("a day").remove(0);
        let titles: Vec<&str> = first.iter().map(|post| post.title.as_str()).collect();
        assert_eq!((titles, more), (vec!["Post 0", "Post 1"], 22));
        assert!(first.iter().all(|post| post.channels.len() == 3));
        let steps = |hours| {
            let mut statement = db.connection.prepare(&first_of_span()).expect("a query");
            let end = millis(from + Duration::hours(hours));
            let mut rows = statement.query((millis(from), end, 2)).expect("rows");
            while rows.next().expect("a row").is_some() {}
            drop(rows);
            statement.get_status(rusqlite::StatementStatus::VmStep)
        };
        let (few, many) = (steps(3), steps(900));
        assert!(many <= few, "{few} steps became {many}");
    }

    #[test]
    fn a_month_among_twenty_thousand_posts_reads_no_more_than_among_a_thousand() {
        let rows_read = |posts| {
            let folder = tempfile::tempdir().expect("a folder");
            let mut db = crowded(folder.path(), posts);
            let listed = db
                .posts_between(start(), start() + Duration::days(30))
                .expect("a month");
            assert_eq!(listed.len(), 720);
            assert!(listed.iter().all(|post| post.channels.len() == 3));
            let mut statement = db.connection.prepare(&month()).expect("a query");
            let span = (millis(start()), millis(start() + Duration::days(30)));
            let mut rows = statement.query(span).expect("rows");
            while rows.next().expect("a row").is_some() {}
            drop(rows);
            statement.get_status(rusqlite::StatementStatus::VmStep)
        };
        let (few, many) = (rows_read(1_000), rows_read(20_000));
        assert!(many <= few * 11 / 10, "{few} steps became {many}");
    }
}
