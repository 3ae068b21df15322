//! `masthead compose`: exactly what would be sent, part by part.

use super::house::House;
use super::{Done, Globals, json, show};
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, Composed, Content, Measure};
use crate::text;
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::io::Write;

/// Show exactly what would be sent.
#[derive(Debug, clap::Args)]
pub(super) struct Compose {
    /// The post
    id: i64,
    /// Only for this channel
    #[arg(long)]
    channel: Option<String>,
}

#[derive(Serialize)]
struct Shown<'a> {
    channel: &'a ChannelName,
    can_leave: bool,
    #[serde(flatten)]
    composed: &'a Composed,
}

impl Compose {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let view = house.post(self.id)?;
        let content = &view.post.content;
        let only = match self.channel {
            None => None,
            Some(name) => {
                let name = house.channels(&[name])?.remove(0);
                if content.variant(&name).is_none() {
                    bail!("post {} does not go to {name}", self.id);
                }
                Some(name)
            }
        };
        let all = composed(&house, content, only.as_ref())?;
        if globals.json {
            let shown: Vec<_> = all
                .iter()
                .map(|(channel, composed)| Shown {
                    channel,
                    can_leave: composed.can_leave(),
                    composed,
                })
                .collect();
            json::line(out, &shown)?;
            return Ok(Done::Whole);
        }
        for (channel, composed) in &all {
            let total = composed.parts.len();
            for (index, part) in composed.parts.iter().enumerate() {
                let number = if total > 1 {
                    format!(" {}/{total}", index + 1)
                } else {
                    String::new()
                };
                writeln!(out, "{channel}{number}  {}", measure(part.count.text))?;
                show::lines(out, &part.text)?;
                for media in &part.media {
                    writeln!(out, "  [{}] {}", visible(&media.name), visible(&media.alt))?;
                }
                if let Some(card) = &part.card {
                    writeln!(
                        out,
                        "  card: {} {}",
                        visible(&card.title),
                        visible(&card.url)
                    )?;
                }
            }
            for problem in &composed.problems {
                writeln!(out, "  problem: {}", visible(&problem.message))?;
            }
            for note in &composed.notes {
                writeln!(out, "  note: {}", visible(note))?;
            }
        }
        Ok(Done::Whole)
    }
}

fn measure(measure: Measure) -> String {
    counted(measure.used, measure.limit)
}

/// Writes a length against its limit, where there is one.
pub(super) fn counted(used: u32, limit: Option<u32>) -> String {
    match limit {
        Some(limit) => format!("{used}/{limit}"),
        None => used.to_string(),
    }
}

/// Composes a post for its channels, or one of them, with the stored facts.
pub(super) fn composed(
    house: &House,
    content: &Content,
    only: Option<&ChannelName>,
) -> anyhow::Result<Vec<(ChannelName, Composed)>> {
    let (known, facts) = house.store.wait(|db| Ok((db.channels()?, db.facts()?)))?;
    content
        .variants
        .iter()
        .filter(|variant| only.is_none_or(|only| *only == variant.channel))
        .map(|variant| {
            let name = &variant.channel;
            let channel = known
                .iter()
                .find(|channel| channel.name == *name)
                .ok_or_else(|| anyhow!(house.config.no_such_channel(name.as_str())))?;
            let facts = facts.get(name).cloned().unwrap_or_default();
            let composed = text::compose(channel.rules(), content, variant, &facts);
            Ok((name.clone(), composed))
        })
        .collect()
}
