//! `masthead skip`: says that a post shall not go, everywhere or on one channel.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::PostId;
use anyhow::bail;
use std::io::Write;

/// Say that a post shall not go.
#[derive(Debug, clap::Args)]
pub(super) struct Skip {
    /// The post
    id: i64,
    /// Only on these channels, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    channel: Vec<String>,
}

impl Skip {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let channels = house.channels(&self.channel)?;
        let (id, author, now) = (PostId(self.id), house.author.clone(), house.now());
        let skipped = house
            .store
            .wait(move |db| db.skip(&author, id, &channels, now))?;
        if skipped == 0 {
            bail!("post {id} has nothing left to skip");
        }
        if globals.json {
            json::line(out, &json::view(&house.post(self.id)?, house.zone))?;
        } else {
            writeln!(out, "skipped on {skipped}")?;
        }
        Ok(Done::Whole)
    }
}
