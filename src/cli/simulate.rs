//! `masthead simulate`: each call that would be made until a time, in order, and what would stop it.
//!
//! Nothing is sent, asked of a server or written: composing and deciding are the publisher's own.

use super::house::House;
use super::{Done, Globals, compose, freeze, json, show, times};
use crate::domain::freeze::{Fate, Foreseen};
use crate::domain::text_safety::visible;
use crate::domain::{Composed, DeliveryId, Post};
use crate::publisher::{ClockState, Outlet, Reach, foresee};
use crate::store::Due;
use crate::text;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::HashMap;
use std::io::Write;

/// Show each call that would be made.
#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    /// Up to this day or time
    #[arg(long, value_name = "WHEN")]
    until: String,
}

/// One delivery as it would leave.
#[derive(Serialize)]
struct Call {
    at: String,
    #[serde(skip)]
    local: String,
    post: i64,
    title: String,
    channel: String,
    account: Option<String>,
    leaves: bool,
    parts: Vec<CalledPart>,
    problems: Vec<String>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct CalledPart {
    text: String,
    used: u32,
    limit: Option<u32>,
    fits: bool,
    warning: Option<String>,
    media: Vec<CalledMedia>,
}

#[derive(Serialize)]
struct CalledMedia {
    name: String,
    alt: String,
}

impl Simulate {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let until = times::bound(&house, "--until", &self.until)?.instant();
        let calls = calls(&house, until)?;
        if globals.json {
            json::line(out, &calls)?;
            return Ok(Done::Whole);
        }
        freeze::remind(&house, globals)?;
        for call in &calls {
            write(out, call)?;
        }
        let leaving = calls.iter().filter(|call| call.leaves).count();
        let until = freeze::local(&house, until);
        writeln!(
            out,
            "until {until}: {leaving} leave, {} would not",
            calls.len() - leaving
        )?;
        Ok(Done::Whole)
    }
}

/// Works out every call until a time.
fn calls(house: &House, until: DateTime<Utc>) -> anyhow::Result<Vec<Call>> {
    let setup = house.publisher_setup("simulate")?;
    let (planned, last_left, frozen, facts) = house.store.wait(move |db| {
        Ok((
            db.planned(until, foresee::MOST)?,
            db.last_left()?,
            db.frozen()?,
            db.facts()?,
        ))
    })?;
    let foreseen = foresee::foresee(&planned, &setup.late, last_left, house.now(), until);
    let by_id: HashMap<DeliveryId, &Due> =
        planned.iter().map(|due| (due.delivery.id, due)).collect();
    let mut calls = Vec::with_capacity(foreseen.len());
    for one in foreseen {
        let Some(due) = by_id.get(&one.delivery) else {
            continue;
        };
        let outlet = setup.outlets.get(&one.channel);
        let composed = outlet.and_then(|outlet| {
            let variant = due.post.content.variant(&one.channel)?;
            let facts = facts.get(&one.channel).cloned().unwrap_or_default();
            let rules = outlet.channel.rules();
            Some(text::compose(rules, &due.post.content, variant, &facts))
        });
        let mut problems = Vec::new();
        problems.extend(frozen.as_ref().map(|freeze| freeze.words()));
        problems.extend(not_now(&one, &due.post));
        problems.extend(unusable(outlet, setup.clock_state, one.channel.as_str()));
        if let Some(composed) = &composed {
            let told = composed.problems.iter();
            problems.extend(told.map(|problem| problem.message.clone()));
        }
        calls.push(Call {
            at: json::utc(one.at),
            local: freeze::local(house, one.at),
            post: one.post.0,
            title: one.title,
            channel: one.channel.to_string(),
            account: outlet
                .and_then(|outlet| outlet.channel.account.as_ref())
                .map(|account| account.handle.clone()),
            leaves: problems.is_empty(),
            notes: composed
                .as_ref()
                .map(|it| it.notes.clone())
                .unwrap_or_default(),
            parts: composed.map(parts).unwrap_or_default(),
            problems,
        });
    }
    Ok(calls)
}

/// Why a delivery does not leave at its turn.
fn not_now(one: &Foreseen, post: &Post) -> Option<String> {
    match &one.fate {
        Fate::Leaves { .. } => None,
        Fate::Stays(_) if !post.content.scheduled => {
            Some("it is a draft and held back: `masthead move` or s schedules it".to_owned())
        }
        Fate::Stays(reason) => Some(reason.clone()),
        Fate::LeftOut => None,
        Fate::Missed(reason) => Some(format!("too late: {reason}")),
        Fate::Failed(reason) => Some(reason.clone()),
    }
}

/// Why this process could not use a channel.
fn unusable(outlet: Option<&Outlet>, clock: ClockState, channel: &str) -> Option<String> {
    let Some(outlet) = outlet else {
        return Some(format!("{channel} is not in the configuration any more"));
    };
    if clock == ClockState::Set && outlet.reach == Reach::Network {
        return Some("the clock is set (MASTHEAD_NOW): only what stays here leaves".to_owned());
    }
    outlet.platform.as_ref().err().cloned()
}

fn parts(composed: Composed) -> Vec<CalledPart> {
    let parts = composed.parts.into_iter();
    parts
        .map(|part| CalledPart {
            used: part.count.text.used,
            limit: part.count.text.limit,
            fits: part.count.fits,
            text: part.text,
            warning: part.warning,
            media: part
                .media
                .into_iter()
                .map(|media| CalledMedia {
                    name: media.name,
                    alt: media.alt,
                })
                .collect(),
        })
        .collect()
}

fn write(out: &mut impl Write, call: &Call) -> std::io::Result<()> {
    let account = call.account.as_deref().unwrap_or("no account known yet");
    let head = format!(
        "{}  {} ({account})  post {}: {}",
        call.local, call.channel, call.post, call.title
    );
    writeln!(out, "{}", visible(&head))?;
    let total = call.parts.len();
    for (index, part) in call.parts.iter().enumerate() {
        let count = compose::counted(part.used, part.limit);
        writeln!(out, "  part {} of {total}, {count}", index + 1)?;
        if let Some(warning) = &part.warning {
            writeln!(out, "  warning: {}", visible(warning))?;
        }
        show::lines(out, &part.text)?;
        for media in &part.media {
            writeln!(out, "  [{}] {}", visible(&media.name), visible(&media.alt))?;
        }
    }
    for problem in &call.problems {
        writeln!(out, "  would not leave: {}", visible(problem))?;
    }
    for note in &call.notes {
        writeln!(out, "  note: {}", visible(note))?;
    }
    Ok(())
}
