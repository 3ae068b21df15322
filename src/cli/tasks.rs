//! `masthead tasks`: what a person is to post by hand, each with its checklist.

use super::house::House;
use super::times::shown;
use super::{Done, Globals, json};
use crate::domain::by_hand::{Handling, Task, is_asked};
use crate::domain::text_safety::visible;
use crate::domain::{DeliveryId, LocalTime};
use crate::publisher::tasks::task;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::io::Write;

/// So many tasks are listed at the most.
const MOST: usize = 1_000;

/// List what is to be posted by hand.
#[derive(Debug, clap::Args)]
pub(super) struct Tasks {
    /// Also what is planned within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=3650))]
    days: u16,
    /// Only this post
    #[arg(long, value_name = "ID")]
    post: Option<i64>,
}

#[derive(Serialize)]
struct Shown<'a> {
    post: i64,
    title: &'a str,
    channel: &'a str,
    state: &'static str,
    asked: bool,
    due_at: Option<String>,
    reason: &'a str,
    held: &'a [String],
    open: Option<&'a str>,
    checklist: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    name: String,
    what: &'static str,
    text: String,
    detail: String,
}

impl Tasks {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let (now, pictures) = (house.now(), house.locations.media());
        let until = now + TimeDelta::days(i64::from(self.days));
        let only = self.post;
        let tasks = house.store.wait(move |db| {
            let due = db.tasks(until, MOST)?;
            let wanted = due
                .into_iter()
                .filter(|due| only.is_none_or(|only| due.post.id.0 == only));
            let ids: Vec<DeliveryId> = wanted.map(|due| due.delivery.id).collect();
            let tasks = ids.into_iter().map(|id| task(db, id, &pictures, now));
            // A channel that has left the configuration has no task any more; its delivery stands in the outbox.
            Ok(tasks.filter_map(Result::ok).collect::<Vec<Task>>())
        })?;
        if globals.json {
            let all: Vec<Shown<'_>> = tasks.iter().map(for_json).collect();
            json::line(out, &all)?;
            return Ok(Done::Whole);
        }
        if tasks.is_empty() {
            writeln!(out, "nothing is to be posted by hand")?;
        }
        for task in &tasks {
            print(&house, task, out)?;
        }
        Ok(Done::Whole)
    }
}

fn for_json(task: &Task) -> Shown<'_> {
    let one = &task.delivery;
    let line = |piece: crate::domain::Piece| Line {
        name: piece.name,
        what: match piece.handling {
            Handling::Paste => "paste",
            Handling::Attach => "attach",
            Handling::Open => "open",
            Handling::Know => "know",
        },
        text: piece.text,
        detail: piece.detail,
    };
    Shown {
        post: one.post.0,
        title: &task.title,
        channel: one.channel.as_str(),
        state: one.state.word(),
        asked: is_asked(one),
        due_at: one.due_at.map(json::utc),
        reason: &one.reason,
        held: &task.held,
        open: task.page.as_deref(),
        checklist: task.pieces().into_iter().map(line).collect(),
    }
}

fn print(house: &House, task: &Task, out: &mut impl Write) -> anyhow::Result<()> {
    let one = &task.delivery;
    let local = |at: DateTime<Utc>| shown(LocalTime::from_instant(at, house.zone));
    let due = one.due_at.map_or_else(|| "no time".to_owned(), local);
    let head = format!("{}  {}  {due}  {}", one.post, one.channel, task.title);
    writeln!(out, "{}", visible(&head))?;
    let standing = match one.reason.as_str() {
        "" => one.state.word().to_owned(),
        reason if is_asked(one) => reason.to_owned(),
        reason => format!("{}: {reason}", one.state.word()),
    };
    writeln!(out, "  {}", visible(&standing))?;
    for why in &task.held {
        writeln!(out, "  not to be posted now: {}", visible(why))?;
    }
    for piece in task.pieces() {
        let name = if piece.detail.is_empty() {
            piece.name
        } else {
            format!("{} ({})", piece.name, piece.detail)
        };
        writeln!(out, "  [ ] {}: {}", visible(&name), visible(&piece.text))?;
    }
    let mark = format!(
        "  [ ] masthead mark {} --channel {} --there ADDRESS",
        one.post, one.channel
    );
    writeln!(out, "{mark}")?;
    Ok(())
}
