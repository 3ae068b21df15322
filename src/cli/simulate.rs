//! `masthead simulate`: each call that would be made until a time, in order, and what would stop it.
//!
//! Nothing is sent, asked of a server or written; the calls are worked out by `publisher/dry_run.rs`.

use super::house::House;
use super::{Done, Globals, compose, freeze, json, show, times};
use crate::domain::text_safety::visible;
use crate::domain::{Call, Composed};
use crate::publisher::{Setup, dry_run};
use chrono::{DateTime, Utc};
use serde::Serialize;
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
struct Called {
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
    #[serde(skip)]
    name: String,
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
fn calls(house: &House, until: DateTime<Utc>) -> anyhow::Result<Vec<Called>> {
    let setup = house.publisher_setup("simulate")?;
    let now = house.now();
    let calls = house.store.wait(move |db| {
        let Setup {
            outlets,
            clock_state,
            late,
            ..
        } = &setup;
        dry_run::calls(db, outlets, *clock_state, late, now, until)
    })?;
    Ok(calls.into_iter().map(|call| called(house, call)).collect())
}

fn called(house: &House, call: Call) -> Called {
    Called {
        at: json::utc(call.at),
        local: freeze::local(house, call.at),
        leaves: call.leaves(),
        post: call.post.0,
        title: call.title,
        channel: call.channel.to_string(),
        account: call.account,
        notes: call
            .composed
            .as_ref()
            .map(|it| it.notes.clone())
            .unwrap_or_default(),
        parts: call.composed.map(parts).unwrap_or_default(),
        problems: call.problems,
    }
}

fn parts(composed: Composed) -> Vec<CalledPart> {
    let (later, total) = (composed.later_parts(), composed.parts.len());
    let parts = composed.parts.into_iter().enumerate();
    parts
        .map(|(index, part)| CalledPart {
            name: later.name_of_all(index, total),
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

fn write(out: &mut impl Write, call: &Called) -> std::io::Result<()> {
    let account = call.account.as_deref().unwrap_or("no account known yet");
    let head = format!(
        "{}  {} ({account})  post {}: {}",
        call.local, call.channel, call.post, call.title
    );
    writeln!(out, "{}", visible(&head))?;
    for part in &call.parts {
        let count = compose::counted(part.used, part.limit);
        writeln!(out, "  {}, {count}", part.name)?;
        if let Some(warning) = &part.warning {
            writeln!(out, "  warning: {}", visible(warning))?;
        }
        show::lines(out, &part.text)?;
        for media in &part.media {
            let line = format!("  [{}] {}", visible(&media.name), visible(&media.alt));
            writeln!(out, "{}", line.trim_end())?;
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
