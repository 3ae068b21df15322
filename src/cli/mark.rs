//! `masthead mark`: a person says what became of a post whose outcome nobody here knows.
//!
//! Only for the state unknown. That it is not there is checked once more on the platform before it is sent, if it is.

use super::house::{House, tasks};
use super::{Done, Globals, json};
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, DeliveryState, PostId};
use crate::publisher::by_hand;
use crate::store::Mark as Said;
use anyhow::{Context, anyhow};
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
    /// It is not there, and it shall not go
    #[arg(long, requires = "not_there")]
    skip: bool,
}

impl Mark {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let channel = house
            .channels(std::slice::from_ref(&self.channel))?
            .pop()
            .context("no channel was named")?;
        let said = match &self.there {
            Some(address) => there(&house, &channel, PostId(self.id), address.trim())?,
            None if self.skip => Said::NotThereSkip,
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
fn there(
    house: &House,
    channel: &ChannelName,
    post: PostId,
    address: &str,
) -> anyhow::Result<Said> {
    let mut setup = house.publisher_setup("mark")?;
    let outlet = setup
        .outlets
        .remove(channel)
        .ok_or_else(|| anyhow!("`{channel}` is not in the configuration"))?;
    let there = by_hand::there(&house.store, &outlet, post, channel, address);
    Ok(tasks()?.block_on(there)?)
}
