//! `masthead mark`: a person says what became of a post whose outcome nobody here knows, or that they posted by hand.
//!
//! On other channels only for the state unknown. That it is not there is checked once more on the platform before it is sent,
//! if it is.

use super::house::House;
use super::times::shown;
use super::{Done, Globals, json};
use crate::domain::by_hand::{NotAnAddress, PUT_OFF_MINUTES, Permalink, Posted, is_asked};
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, DeliveryState, LocalTime, PostId};
use crate::publisher::{by_hand, tasks};
use crate::store::Mark as Said;
use anyhow::{Context, anyhow, bail};
use chrono::TimeDelta;
use std::io::Write;

/// Say what became of a post: one whose outcome is unknown, or one that you posted by hand.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("said").required(true).args(["there", "not_there", "later"]))]
pub(super) struct Mark {
    /// The post
    id: i64,
    /// On this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: String,
    /// It is there; with its address, other parts of a thread can go on
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    there: Option<String>,
    /// It is not there: send it; on a channel served by hand it is a task again
    #[arg(long)]
    not_there: bool,
    /// On a channel served by hand: ask again in an hour
    #[arg(long)]
    later: bool,
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
        let configured = house.config.channel(&channel);
        let by_hand = configured.is_some_and(|it| it.channel.platform.is_by_hand());
        // What was sent before the channel was served by hand, and lost its answer, is asked about as such.
        let view = house.post(self.id)?;
        let delivery = view.deliveries.iter().find(|one| one.channel == channel);
        let is_lost = delivery.is_some_and(|one| one.state == DeliveryState::Unknown);
        if by_hand && !is_lost {
            self.by_hand(&house, &channel)?;
            return self.say(&house, globals, &channel, out);
        }
        if self.later {
            bail!("{channel} is not served by hand: `masthead move` gives the post another time");
        }
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
        self.say(&house, globals, &channel, out)
    }

    /// Records what was done on a channel that a person serves.
    fn by_hand(&self, house: &House, channel: &ChannelName) -> anyhow::Result<()> {
        let (author, id, name) = (house.author.clone(), PostId(self.id), channel.clone());
        let (now, real_now) = (house.now(), house.real_now());
        if self.skip {
            let names = [name];
            house
                .store
                .wait(move |db| db.skip(&author, id, &names, now))?;
            return Ok(());
        }
        if self.later {
            let until = now + TimeDelta::minutes(PUT_OFF_MINUTES);
            house
                .store
                .wait(move |db| db.put_off(&author, id, &name, until, now))?;
            return Ok(());
        }
        let Some(address) = self.there.as_deref() else {
            house
                .store
                .wait(move |db| db.not_posted_by_hand(&author, id, &name, now))?;
            return Ok(());
        };
        let view = house.post(self.id)?;
        let delivery = view.deliveries.iter().find(|one| one.channel == *channel);
        let delivery = delivery
            .with_context(|| format!("post {id} does not go to {channel}"))?
            .id;
        let pictures = house.locations.media();
        let task = house
            .store
            .wait(move |db| tasks::task(db, delivery, &pictures, now))?;
        let permalink = match Permalink::read(address) {
            Ok(permalink) => Some(permalink),
            Err(NotAnAddress::Empty) => None,
            Err(error) => return Err(error.into()),
        };
        let remark = permalink
            .as_ref()
            .and_then(|it| it.remark(task.page.as_deref(), task.like));
        if let Some(remark) = remark {
            let _ = writeln!(std::io::stderr(), "note: {}", visible(&remark));
        }
        let posted = Posted {
            permalink: permalink.map(|it| it.as_str().to_owned()),
            texts: task.texts(),
        };
        house
            .store
            .wait(move |db| db.posted_by_hand(&author, id, &name, &posted, now, real_now))?;
        Ok(())
    }

    fn say(
        &self,
        house: &House,
        globals: &Globals,
        channel: &ChannelName,
        out: &mut impl Write,
    ) -> anyhow::Result<Done> {
        let view = house.post(self.id)?;
        if globals.json {
            json::line(out, &json::view(&view, house.zone))?;
        } else if let Some(delivery) = view.deliveries.iter().find(|one| one.channel == *channel) {
            let said = match delivery.state {
                DeliveryState::Waiting if delivery.platform.is_by_hand() => {
                    match delivery.next_try.filter(|_| !is_asked(delivery)) {
                        Some(at) => {
                            let local = shown(LocalTime::from_instant(at, house.zone));
                            format!("put off, asked for again {local}")
                        }
                        None => "waiting: `masthead tasks` says what is to be done".to_owned(),
                    }
                }
                DeliveryState::Waiting => "waiting: it is sent now by whoever publishes".to_owned(),
                state => state.word().to_owned(),
            };
            writeln!(out, "{channel}: {}", visible(&said))?;
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
    Ok(house.tasks()?.block_on(there)?)
}
