//! How the calendar is: who leads, what leaves next, what needs a person, and of what nobody was told yet.
//!
//! Reads; the one thing it writes is which notices were given.

use super::error::Fallible;
use super::leader::Leader;
use super::row::{instant, maybe_instant, millis, word};
use super::{Db, Durability, Result, Transaction, freeze, migrate};
use crate::domain::{ChannelName, DeliveryId, DeliveryState, Freeze, PostId};
use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::{Deserialize, Serialize};

/// The setting that remembers of which deliveries a notice was given.
const TOLD: &str = "told";

/// How the calendar is at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Who leads, or led last.
    pub leader: Option<Leader>,
    /// The freeze that stands.
    pub frozen: Option<Freeze>,
    /// What leaves next.
    pub next: Option<NextPost>,
    /// What is unknown, failed or missed, the worst first, then what somebody is asked to do by hand (it is waiting).
    pub ailing: Vec<Ailing>,
    /// What is waiting although its time is past, the oldest first.
    pub overdue: Vec<Ailing>,
    /// Size of the database file, in bytes.
    pub bytes: u64,
    /// The layout of the database.
    pub layout: i64,
}

/// What leaves next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPost {
    /// When.
    pub at: DateTime<Utc>,
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// Where it goes.
    pub channels: Vec<ChannelName>,
}

/// A delivery that stands where a person may have to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ailing {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its post.
    pub post: PostId,
    /// What names the post.
    pub title: String,
    /// The channel.
    pub channel: ChannelName,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was to leave.
    pub due_at: Option<DateTime<Utc>>,
    /// Why, in plain words; may be empty.
    pub reason: String,
    /// Since when it stands there.
    pub changed_at: DateTime<Utc>,
}

/// What of a delivery makes a notice one of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told(i64, String, i64);

impl Told {
    fn of(one: &Ailing) -> Self {
        Self(
            one.delivery.0,
            one.state.word().to_owned(),
            millis(one.changed_at),
        )
    }
}

macro_rules! ailing_sql {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.post, p.title, d.channel, d.state, d.due_at, d.reason, d.changed_at
             FROM deliveries AS d JOIN posts AS p ON p.id = d.post ",
            $rest
        )
    };
}

impl Db {
    /// Returns how the calendar is; overdue is what is waiting and was to leave before `late_since`, by the plan's clock.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn health(&mut self, late_since: DateTime<Utc>) -> Result<Health> {
        let leader = self.leader()?;
        let bytes = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        self.read(|tx| {
            let mut overdue = tx.prepare_cached(ailing_sql!(
                "WHERE d.leaves_at IS NOT NULL AND d.due_at < ?1
                     AND NOT (d.asked AND d.next_try IS NOT NULL) ORDER BY d.due_at, d.id"
            ))?;
            let overdue = overdue
                .query_map([millis(late_since)], ailing)?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Health {
                leader,
                frozen: freeze::standing(tx)?,
                next: next_post(tx)?,
                ailing: all_ailing(tx)?,
                overdue,
                bytes,
                layout: migrate::version(tx)?,
            })
        })
    }

    /// Returns what is unknown, failed, missed or asked for by hand and of which no notice was given, the worst first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn untold(&mut self) -> Result<Vec<Ailing>> {
        self.read(|tx| {
            let told = told(tx)?;
            let mut ailing = all_ailing(tx)?;
            ailing.retain(|one| !told.contains(&Told::of(one)));
            Ok(ailing)
        })
    }

    /// Remembers that a notice was given, and forgets what stands there no longer.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn tell(&mut self, given: &[Ailing]) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            let before = told(tx)?;
            let still: Vec<Told> = all_ailing(tx)?.iter().map(Told::of).collect();
            let given = given.iter().map(Told::of);
            let mut now: Vec<Told> = before.into_iter().chain(given).collect();
            now.retain(|one| still.contains(one));
            tx.execute(
                "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                (TOLD, serde_json::to_string(&now)?),
            )?;
            Ok(())
        })
    }
}

fn all_ailing(tx: &Transaction<'_>) -> Fallible<Vec<Ailing>> {
    let mut statement = tx.prepare_cached(ailing_sql!(
        "WHERE p.standing < 4 AND p.trashed = 0
             AND (d.state IN ('unknown', 'failed', 'missed') OR (d.state = 'waiting' AND d.asked AND d.next_try IS NOT NULL))
         ORDER BY CASE d.state WHEN 'unknown' THEN 1 WHEN 'failed' THEN 2 WHEN 'missed' THEN 3 ELSE 4 END, d.due_at, d.id"
    ))?;
    let found = statement.query_map([], ailing)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn told(tx: &Transaction<'_>) -> Fallible<Vec<Told>> {
    let mut statement = tx.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    let mut rows = statement.query([TOLD])?;
    match rows.next()? {
        Some(row) => Ok(super::row::json(row, 0)?),
        None => Ok(Vec::new()),
    }
}

fn next_post(tx: &Transaction<'_>) -> Fallible<Option<NextPost>> {
    let mut statement = tx.prepare_cached(
        "SELECT d.leaves_at, d.post, p.title, d.channel
         FROM deliveries AS d JOIN posts AS p ON p.id = d.post LEFT JOIN channels AS c ON c.name = d.channel
         WHERE NOT (d.asked AND d.next_try IS NOT NULL) AND d.leaves_at =
             (SELECT min(leaves_at) FROM deliveries
              WHERE leaves_at IS NOT NULL AND NOT (asked AND next_try IS NOT NULL))
         ORDER BY d.post, c.position IS NULL, c.position",
    )?;
    let mut rows = statement.query([])?;
    let mut next: Option<NextPost> = None;
    while let Some(row) = rows.next()? {
        let post = PostId(row.get(1)?);
        let channel = ChannelName::new(row.get::<_, String>(3)?);
        match &mut next {
            None => {
                next = Some(NextPost {
                    at: instant(row, 0)?,
                    post,
                    title: row.get(2)?,
                    channels: vec![channel],
                });
            }
            Some(next) if next.post == post => next.channels.push(channel),
            Some(_) => break,
        }
    }
    Ok(next)
}

fn ailing(row: &Row<'_>) -> rusqlite::Result<Ailing> {
    Ok(Ailing {
        delivery: DeliveryId(row.get(0)?),
        post: PostId(row.get(1)?),
        title: row.get(2)?,
        channel: ChannelName::new(row.get::<_, String>(3)?),
        state: word(row, 4)?,
        due_at: maybe_instant(row, 5)?,
        reason: row.get(6)?,
        changed_at: instant(row, 7)?,
    })
}
