//! `masthead mark`: a person says what became of a post whose outcome nobody here knows.
//!
//! Only for the state unknown. That it is not there is checked once more on the platform before it is sent.

use super::house::{House, tasks};
use super::{Done, Globals, json};
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, DeliveryState, Outcome, Post, PostId, Published};
use crate::publisher::look;
use crate::store::Mark as Said;
use crate::text;
use anyhow::{Context, anyhow, bail};
use std::io::Write;

/// Say what became of a post whose outcome is unknown.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("said").required(true).args(["there", "not_there"]))]
pub(super) struct Mark {
    /// The post
    id: i64,
    /// On this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: String,
    /// It is there; with its address, other parts of a thread can go on
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    there: Option<String>,
    /// It is not there: send it
    #[arg(long)]
    not_there: bool,
}

impl Mark {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let channel = house
            .channels(std::slice::from_ref(&self.channel))?
            .pop()
            .context("no channel was named")?;
        let post = house.post(self.id)?.post;
        let said = match &self.there {
            Some(address) => there(&house, &post, &channel, address.trim())?,
            None => Said::NotThere,
        };
        let (author, id, now, real_now) = (
            house.author.clone(),
            PostId(self.id),
            house.now(),
            house.real_now(),
        );
        let named = channel.clone();
        house
            .store
            .wait(move |db| db.mark(&author, id, &named, &said, now, real_now))?;
        let view = house.post(self.id)?;
        if globals.json {
            json::line(out, &json::view(&view, house.zone))?;
        } else if let Some(delivery) = view.deliveries.iter().find(|one| one.channel == channel) {
            let said = match delivery.state {
                DeliveryState::Waiting => "waiting: it is sent now by whoever publishes",
                state => state.word(),
            };
            writeln!(out, "{channel}: {}", visible(said))?;
        }
        Ok(Done::Whole)
    }
}

/// Finds out what is there at an address, and whether other parts come after it.
fn there(house: &House, post: &Post, channel: &ChannelName, address: &str) -> anyhow::Result<Said> {
    let (name, id) = (channel.clone(), post.id);
    let (attempts, facts) = house.store.wait(move |db| {
        let deliveries = db.post(id)?.deliveries;
        let delivery = deliveries.iter().find(|one| one.channel == name);
        let attempts = match delivery {
            Some(delivery) => db.attempts(delivery.id)?,
            None => Vec::new(),
        };
        Ok((attempts, db.facts()?.remove(&name).unwrap_or_default()))
    })?;
    let mut setup = house.publisher_setup("mark")?;
    let outlet = setup
        .outlets
        .remove(channel)
        .ok_or_else(|| anyhow!("`{channel}` is not in the configuration"))?;
    let parts = post.content.variant(channel).map_or(1, |variant| {
        text::compose(outlet.channel.rules(), &post.content, variant, &facts)
            .parts
            .len()
    });
    let part = look::undecided(&attempts).map_or(0, |attempt| attempt.part as usize);
    let more = part + 1 < parts;
    if address.is_empty() {
        if more {
            bail!(
                "part {} of {parts} is answered by the next one: say where it is with --there URL",
                part + 1
            );
        }
        return Ok(Said::There(Published::default()));
    }
    let known = |published: &Published| published.permalink.as_deref() == Some(address);
    if attempts
        .iter()
        .any(|attempt| matches!(&attempt.outcome, Some(Outcome::Published(other)) if known(other)))
    {
        bail!("{address} is another part of this post");
    }
    let platform = outlet.platform.map_err(|reason| anyhow!(reason))?;
    let found = tasks()?
        .block_on(platform.find_post(address))?
        .ok_or_else(|| anyhow!("there is no post at {address}"))?;
    let published = Published {
        id: found.id,
        cid: found.cid,
        permalink: Some(address.to_owned()),
        note: None,
    };
    Ok(if more {
        Said::ThereGoOn(published)
    } else {
        Said::There(published)
    })
}
