//! `masthead compose`: exactly what would be sent, part by part.

use super::house::House;
use super::{Done, Globals, json, show};
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, Composed, Content, Measure, PartKind};
use crate::text;
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Show exactly what would be sent.
#[derive(Debug, clap::Args)]
pub(super) struct Compose {
    /// The post
    id: i64,
    /// Only for this channel
    #[arg(long)]
    channel: Option<String>,
    /// The text alone, exactly as it is pasted: for a clipboard program
    #[arg(long, conflicts_with = "json")]
    text: bool,
    /// Of a thread this part, with --text
    #[arg(long, value_name = "N", requires = "text")]
    part: Option<usize>,
    /// The alt text of this picture instead, with --text
    #[arg(long, value_name = "N", requires = "text")]
    alt: Option<usize>,
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
        let only = match self.channel.clone() {
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
        if self.text {
            return self.bare(&all, out);
        }
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
            for (index, part) in composed.parts.iter().enumerate() {
                let number = number(composed, index);
                writeln!(out, "{channel}{number}  {}", measure(part.count.text))?;
                show::lines(out, &part.text)?;
                if let Some(to) = &part.to {
                    writeln!(out, "  {}", visible(&format!("to: {}", to.shown())))?;
                }
                for (name, value) in &part.options {
                    writeln!(out, "  {}", visible(&format!("{name}: {value}")))?;
                }
                for media in &part.media {
                    let line = format!("  [{}] {}", visible(&media.name), visible(&media.alt));
                    writeln!(out, "{}", line.trim_end())?;
                }
                if let Some(card) = &part.card {
                    writeln!(
                        out,
                        "  card: {} {}",
                        visible(&card.title),
                        visible(&card.url)
                    )?;
                    if !card.description.is_empty() {
                        writeln!(out, "        {}", visible(&card.description))?;
                    }
                    if let Some(picture) = &card.picture {
                        let (width, height) = picture.pixels;
                        writeln!(out, "        [picture {width}x{height}]")?;
                    }
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

    /// Prints one text and nothing else, byte for byte; only a terminal gets it in a form that cannot steer it.
    fn bare(&self, all: &[(ChannelName, Composed)], out: &mut impl Write) -> anyhow::Result<Done> {
        let [(channel, composed)] = all else {
            bail!("--text prints one text: name the channel with --channel");
        };
        let total = composed.parts.len();
        let part = match self.part {
            None if total > 1 && self.alt.is_none() => {
                bail!(
                    "post {} has {total} parts on {channel}: name one with --part",
                    self.id
                );
            }
            part => part.unwrap_or(1),
        };
        let part = part.checked_sub(1).and_then(|at| composed.parts.get(at));
        let part =
            part.ok_or_else(|| anyhow!("post {} has {total} parts on {channel}", self.id))?;
        let text = match self.alt {
            None => &part.text,
            Some(number) => {
                let picture = number.checked_sub(1).and_then(|at| part.media.get(at));
                let count = part.media.len();
                &picture
                    .ok_or_else(|| anyhow!("post {} has {count} pictures on {channel}", self.id))?
                    .alt
            }
        };
        if std::io::stdout().is_terminal() {
            text.split('\n')
                .try_for_each(|line| writeln!(out, "{}", visible(line)))?;
        } else {
            out.write_all(text.as_bytes())?;
        }
        Ok(Done::Whole)
    }
}

fn measure(measure: Measure) -> String {
    counted(measure.used, measure.limit)
}

/// Tells one of several parts from the others: ` 2/3`, ` comment`.
pub(super) fn number(composed: &Composed, index: usize) -> String {
    match (composed.later_parts(), composed.parts.len()) {
        (_, 1) => String::new(),
        (PartKind::Post, total) => format!(" {}/{total}", index + 1),
        (PartKind::Comment, _) => format!(" {}", composed.part_name(index)),
    }
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
