//! `masthead review`: lists what waits for a reviewer, or asks for a review of one post.
//!
//! The answers are `approve.rs`, `request_changes.rs` and `comment.rs`; all of them end in `done`.

use super::house::House;
use super::{Done, Globals, compose, freeze, json, show};
use crate::domain::text_safety::visible;
use crate::domain::{PostId, ReviewNote, Reviewed};
use serde::Serialize;
use std::io::Write;

/// So many posts are listed at most.
const MOST: usize = 1_000;

/// List what waits for a review, or ask for one.
#[derive(Debug, clap::Args)]
pub(super) struct Review {
    /// Ask for a review of this post
    id: Option<i64>,
    /// What the reviewer should know or look at
    #[arg(long, value_name = "TEXT", requires = "id")]
    note: Option<String>,
}

/// A post with all that a reviewer is told.
#[derive(Serialize)]
struct Waiting {
    id: i64,
    title: String,
    review: &'static str,
    written_by: String,
    due_at: Option<String>,
    scheduled: bool,
    channels: Vec<WaitingChannel>,
    approved_by: Vec<Said>,
    notes: Vec<Said>,
    open_by: Vec<Said>,
}

#[derive(Serialize)]
struct WaitingChannel {
    channel: String,
    used: u32,
    limit: Option<u32>,
    parts: usize,
    problems: Vec<String>,
    without_alt: usize,
}

#[derive(Serialize)]
struct Said {
    author: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl Review {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        if let Some(id) = self.id {
            let (author, now) = (house.author.clone(), house.now());
            let note = self.note.unwrap_or_default();
            house
                .store
                .wait(move |db| db.ask_review(&author, PostId(id), &note, now))?;
            return done(&house, globals, id, "review asked for", out);
        }
        let (author, now) = (house.author.clone(), house.now());
        let all = house
            .store
            .wait(move |db| db.to_review(&author, MOST, now))?;
        if globals.json {
            let shown = all
                .iter()
                .map(|one| waiting(&house, one))
                .collect::<anyhow::Result<Vec<_>>>()?;
            json::line(out, &shown)?;
            return Ok(Done::Whole);
        }
        if all.is_empty() {
            writeln!(out, "nothing waits for a review")?;
        }
        for one in &all {
            write(&house, one, out)?;
        }
        Ok(Done::Whole)
    }
}

/// Says that it is done: the post as JSON, or one line.
pub(super) fn done(
    house: &House,
    globals: &Globals,
    id: i64,
    words: &str,
    out: &mut impl Write,
) -> anyhow::Result<Done> {
    if globals.json {
        json::line(out, &json::view(&house.post(id)?, house.zone))?;
    } else {
        writeln!(out, "{words} {id}")?;
    }
    Ok(Done::Whole)
}

/// Writes what was said about a post, the oldest first.
pub(super) fn notes(
    house: &House,
    notes: &[ReviewNote],
    out: &mut impl Write,
) -> std::io::Result<()> {
    for note in notes {
        let at = freeze::local(house, note.at);
        let (by, (what, text)) = (note.author.as_str(), note.told());
        writeln!(out, "  {at}  {}", visible(&format!("{by} {what}")))?;
        if !text.is_empty() {
            for line in text.split('\n') {
                writeln!(out, "      {}", visible(line))?;
            }
        }
    }
    Ok(())
}

fn write(house: &House, one: &Reviewed, out: &mut impl Write) -> anyhow::Result<()> {
    let post = &one.view.post;
    let when = post.content.plan.at().map_or_else(
        || post.content.plan.word().to_owned(),
        |at| freeze::local(house, at.instant()),
    );
    let head = format!(
        "{}  {}  {when}, by {}",
        post.id,
        post.content.display_title(),
        one.written_by
    );
    writeln!(out, "{}", visible(&head))?;
    for (channel, composed) in compose::composed(house, &post.content, None)? {
        for (index, part) in composed.parts.iter().enumerate() {
            let number = compose::number(&composed, index);
            let count = compose::counted(part.count.text.used, part.count.text.limit);
            writeln!(out, "  {channel}{number}  {count}")?;
            show::lines(out, &part.plain)?;
            for media in &part.media {
                let alt = match media.alt.trim() {
                    "" => "no alt text",
                    alt => alt,
                };
                writeln!(out, "  [{}] {}", visible(&media.name), visible(alt))?;
            }
        }
        for problem in &composed.problems {
            writeln!(out, "  problem: {}", visible(&problem.message))?;
        }
    }
    notes(house, &one.notes, out)?;
    for (author, at) in &one.open_by {
        let at = freeze::local(house, *at);
        writeln!(
            out,
            "  open by {}, last typed {at}",
            visible(author.as_str())
        )?;
    }
    Ok(())
}

fn waiting(house: &House, one: &Reviewed) -> anyhow::Result<Waiting> {
    let post = &one.view.post;
    let channels = compose::composed(house, &post.content, None)?;
    Ok(Waiting {
        id: post.id.0,
        title: post.content.display_title(),
        review: one.view.review.word(),
        written_by: one.written_by.to_string(),
        due_at: post.content.plan.at().map(|at| json::utc(at.instant())),
        scheduled: post.content.scheduled,
        channels: channels
            .into_iter()
            .map(|(channel, composed)| {
                let first = composed.parts.first().map(|part| part.count.text);
                let first = first.unwrap_or_default();
                let media = composed.parts.iter().flat_map(|part| &part.media);
                WaitingChannel {
                    channel: channel.to_string(),
                    used: first.used,
                    limit: first.limit,
                    parts: composed.parts.len(),
                    without_alt: media.filter(|it| it.alt.trim().is_empty()).count(),
                    problems: composed.problems.into_iter().map(|it| it.message).collect(),
                }
            })
            .collect(),
        approved_by: one
            .approvals
            .iter()
            .map(|(channel, approval)| Said {
                channel: Some(channel.to_string()),
                ..said(approval.author.as_str(), json::utc(approval.at))
            })
            .collect(),
        notes: one
            .notes
            .iter()
            .map(|note| Said {
                kind: Some(note.kind.word()),
                text: Some(note.text.clone()),
                ..said(note.author.as_str(), json::utc(note.at))
            })
            .collect(),
        open_by: one
            .open_by
            .iter()
            .map(|(author, at)| said(author.as_str(), json::utc(*at)))
            .collect(),
    })
}

fn said(author: &str, at: String) -> Said {
    Said {
        author: author.to_owned(),
        at,
        channel: None,
        kind: None,
        text: None,
    }
}
