//! `masthead freeze` and `masthead thaw`: nothing leaves, on purpose, and what becomes of what was held.
//!
//! The decisions are `publisher::foresee`'s; other commands say here that everything is frozen.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::PostId;
use crate::domain::freeze::{Choice, Choices, Fate, Foreseen, Freeze};
use crate::domain::text_safety::visible;
use crate::publisher::foresee;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::Write;

/// Let nothing leave.
#[derive(Debug, clap::Args)]
pub(super) struct Freezing {
    /// Why, for everyone to see
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
}

/// Let things leave again.
#[derive(Debug, clap::Args)]
pub(super) struct Thaw {
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Do not send this post; may be repeated
    #[arg(long, value_name = "ID")]
    leave_out: Vec<i64>,
    /// Send this post now, however late it is; may be repeated
    #[arg(long, value_name = "ID")]
    send: Vec<i64>,
}

#[derive(Serialize)]
struct Told<'a> {
    post: i64,
    title: &'a str,
    channel: &'a str,
    due_at: Option<String>,
    fate: &'static str,
    at: Option<String>,
    reason: &'a str,
}

impl Freezing {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let (author, now) = (house.author.clone(), house.now());
        let reason = self.reason.trim().to_owned();
        let freeze = house
            .store
            .wait(move |db| db.freeze(&author, &reason, now))?;
        if globals.json {
            json::line(out, &shown(&freeze))?;
        } else {
            let words = sentence(&house, &freeze);
            writeln!(out, "{}: nothing leaves", visible(&words))?;
        }
        Ok(Done::Whole)
    }
}

impl Thaw {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let freeze = frozen(&house)?.ok_or_else(|| anyhow!("nothing is frozen"))?;
        let (author, late, now) = (house.author.clone(), house.config.late, house.now());
        let choices = self.choices()?;
        let chosen: Vec<PostId> = choices.keys().copied().collect();
        let before = freeze.clone();
        let expected = house.store.wait(move |db| {
            foresee::held(db, &before, &late, &choices, now).map(|fates| (fates, choices))
        })?;
        let (mut fates, choices) = expected;
        if let Some(id) = chosen
            .iter()
            .find(|id| fates.iter().all(|one| one.post != **id))
        {
            return Err(anyhow!(
                "post {id} is not held: `masthead thaw --dry-run` lists what is"
            ));
        }
        if !self.dry_run {
            fates = house
                .store
                .wait(move |db| foresee::thaw(db, &author, &late, &choices, now))?;
        }
        if globals.json {
            let deliveries: Vec<_> = fates.iter().map(told).collect();
            let told = serde_json::json!({
                "thawed": !self.dry_run,
                "frozen": shown(&freeze),
                "deliveries": deliveries,
            });
            json::line(out, &told)?;
            return Ok(Done::Whole);
        }
        for one in &fates {
            let words = match &one.fate {
                Fate::Leaves { at, .. } if *at <= now => "leaves now".to_owned(),
                Fate::Leaves { at, .. } => format!("leaves at {}", local(&house, *at)),
                Fate::Missed(reason) => format!("missed: {reason}"),
                Fate::Failed(reason) => format!("failed: {reason}"),
                Fate::Stays(reason) => format!("waits: {reason}"),
                Fate::LeftOut => "left out".to_owned(),
            };
            let line = format!("post {} on {}: {words}", one.post, one.channel);
            writeln!(out, "{}", visible(&line))?;
        }
        let done = if self.dry_run {
            "would be thawed"
        } else {
            "thawed"
        };
        writeln!(out, "{done}; {} held", fates.len())?;
        Ok(Done::Whole)
    }
}

impl Thaw {
    fn choices(&self) -> anyhow::Result<Choices> {
        let all = |ids: &[i64], choice| ids.iter().map(move |id| (PostId(*id), choice)).collect();
        let mut choices: Choices = all(&self.leave_out, Choice::LeaveOut);
        let send: Choices = all(&self.send, Choice::Send);
        if let Some(both) = send.keys().find(|id| choices.contains_key(id)) {
            return Err(anyhow!(
                "post {both} cannot both be sent and left out: name it once"
            ));
        }
        choices.extend(send);
        Ok(choices)
    }
}

fn told(one: &Foreseen) -> Told<'_> {
    let (fate, reason) = match &one.fate {
        Fate::Leaves { reason, .. } => ("leaves", reason.as_str()),
        Fate::Missed(reason) => ("missed", reason.as_str()),
        Fate::Failed(reason) => ("failed", reason.as_str()),
        Fate::Stays(reason) => ("waits", reason.as_str()),
        Fate::LeftOut => ("skipped", ""),
    };
    Told {
        post: one.post.0,
        title: &one.title,
        channel: one.channel.as_str(),
        due_at: one.due_at.map(json::utc),
        fate,
        at: one.fate.leaves_at().map(json::utc),
        reason,
    }
}

/// Returns the freeze that stands.
pub(super) fn frozen(house: &House) -> anyhow::Result<Option<Freeze>> {
    Ok(house.store.wait(|db| db.frozen())?)
}

/// Says since when everything is frozen, by whom and why.
pub(super) fn sentence(house: &House, freeze: &Freeze) -> String {
    format!("{}, since {}", freeze.words(), local(house, freeze.since))
}

/// Says on stderr that everything is frozen, for people who read a list on stdout.
pub(super) fn remind(house: &House, globals: &Globals) -> anyhow::Result<()> {
    if let Some(freeze) = frozen(house)?.filter(|_| !globals.json) {
        let words = sentence(house, &freeze);
        let _ = writeln!(
            std::io::stderr(),
            "masthead: {}: nothing leaves",
            visible(&words)
        );
    }
    Ok(())
}

/// Returns a freeze as JSON.
pub(super) fn shown(freeze: &Freeze) -> serde_json::Value {
    serde_json::json!({
        "by": freeze.by.as_str(),
        "reason": freeze.reason,
        "since": json::utc(freeze.since),
    })
}

/// Writes an instant in the calendar's zone.
pub(super) fn local(house: &House, at: DateTime<Utc>) -> String {
    at.with_timezone(&house.zone)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}
