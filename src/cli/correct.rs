//! `masthead delete` and `masthead update`: takes down, or edits, what is published already.
//!
//! Deleting asks first, unless a script says `--yes`. What may be asked for, and what is kept of it, is in `publisher`.

use super::house::House;
use super::{Done, Globals, WrongUsage, json};
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, Corrected, CorrectionKind, PostId};
use crate::publisher::{self, PartCorrected, There};
use anyhow::{Context, bail};
use serde::Serialize;
use std::io::{self, BufRead, IsTerminal, Write};

/// Delete a published post on its platform; it stays in the calendar.
#[derive(Debug, clap::Args)]
pub(super) struct Delete {
    /// The post
    id: i64,
    /// On this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Edit a published post on its platform: what is there becomes what the post says now.
#[derive(Debug, clap::Args)]
pub(super) struct Update {
    /// The post
    id: i64,
    /// On this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: String,
}

/// One part, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    part: u32,
    permalink: Option<&'a str>,
    outcome: &'static str,
    reason: &'a str,
}

impl Delete {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let channel = one_channel(&house, &self.channel)?;
        let (id, author) = (PostId(self.id), house.author.clone());
        let tasks = house.tasks()?;
        let standing = tasks.block_on(publisher::standing(&house.store, id, &channel))?;
        if !self.yes && !confirmed(&house, &channel, &standing)? {
            bail!("nothing was deleted");
        }
        let setup = house.publisher_setup("delete")?;
        let told = tasks.block_on(publisher::remove(setup, &author, id, &channel))?;
        let whole = told.len() == standing.len();
        let done = tell(out, globals, id, &channel, CorrectionKind::Delete, &told)?;
        Ok(if whole { done } else { Done::InPart })
    }
}

impl Update {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let channel = one_channel(&house, &self.channel)?;
        let (id, author) = (PostId(self.id), house.author.clone());
        let setup = house.publisher_setup("update")?;
        let told = house
            .tasks()?
            .block_on(publisher::amend(setup, &author, id, &channel))?;
        tell(out, globals, id, &channel, CorrectionKind::Edit, &[told])
    }
}

fn one_channel(house: &House, name: &str) -> anyhow::Result<ChannelName> {
    house
        .channels(&[name.to_owned()])?
        .pop()
        .context("no channel was named")
}

/// Names what would go and from which account, and waits for `yes`.
fn confirmed(house: &House, channel: &ChannelName, standing: &[There]) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(WrongUsage(
            "deleting asks first, and stdin is no terminal: say --yes".to_owned(),
        )
        .into());
    }
    let account = house
        .known_channels()?
        .into_iter()
        .find(|known| known.name == *channel)
        .and_then(|known| known.account)
        .map_or_else(|| channel.to_string(), |account| account.handle);
    let mut terminal = io::stderr();
    for there in standing {
        let place = there.published.permalink.as_ref();
        let place = place.unwrap_or(&there.published.id);
        writeln!(terminal, "{}", visible(place))?;
    }
    write!(
        terminal,
        "Delete this from {} for everybody? It cannot be brought back. Type yes: ",
        visible(&account)
    )?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

/// Prints what came of each part; an error when nothing at all was done.
fn tell(
    out: &mut impl Write,
    globals: &Globals,
    post: PostId,
    channel: &ChannelName,
    kind: CorrectionKind,
    told: &[PartCorrected],
) -> anyhow::Result<Done> {
    let settled = told.iter().filter(|one| one.outcome.settles(kind)).count();
    let open = told.iter().find(|one| !one.outcome.settles(kind));
    if globals.json {
        let parts: Vec<Told> = told.iter().map(row).collect();
        json::line(
            out,
            &serde_json::json!({ "post": post, "channel": channel, "parts": parts }),
        )?;
    } else {
        for one in told.iter().filter(|one| one.outcome.settles(kind)) {
            let what = match one.outcome {
                Corrected::Gone => "was gone already",
                _ => kind.done(),
            };
            let place = one.there.published.permalink.as_ref();
            let place = place.unwrap_or(&one.there.published.id);
            writeln!(out, "{}", visible(&format!("{channel}: {what}: {place}")))?;
        }
    }
    let Some(open) = open else {
        return Ok(Done::Whole);
    };
    let words = format!("{channel}: {}", open.outcome.left_open(kind));
    let unknown = matches!(open.outcome, Corrected::Unknown { .. });
    if settled == 0 && !unknown {
        out.flush()?;
        bail!(words);
    }
    writeln!(io::stderr(), "masthead: {}", visible(&words))?;
    Ok(Done::InPart)
}

fn row(one: &PartCorrected) -> Told<'_> {
    Told {
        part: one.there.part + 1,
        permalink: one.there.published.permalink.as_deref(),
        outcome: one.outcome.word(),
        reason: one.outcome.reason(),
    }
}
