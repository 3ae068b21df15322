//! `masthead approve`: says that a post, as it is now, may go out.

use super::compose::composed;
use super::house::House;
use super::{Done, Globals, json};
use crate::domain::{Author, PostId};
use anyhow::bail;
use std::io::Write;

/// Approve a post as it is now.
#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    /// The post
    id: i64,
}

impl Approve {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        approve(&house, &house.author, PostId(self.id))?;
        let view = house.post(self.id)?;
        if globals.json {
            json::line(out, &json::view(&view, house.zone))?;
        } else {
            writeln!(out, "approved {}", self.id)?;
        }
        Ok(Done::Whole)
    }
}

/// Approves what each channel would get.
pub(super) fn approve(house: &House, author: &Author, id: PostId) -> anyhow::Result<()> {
    let view = house.post(id.0)?;
    let all = composed(house, &view.post.content, None)?;
    if all.is_empty() {
        bail!("post {id} goes to no channel: there is nothing to approve");
    }
    let hashes: Vec<_> = all
        .into_iter()
        .map(|(channel, composed)| (channel, composed.hash()))
        .collect();
    let (author, revision, now) = (author.clone(), view.post.revision, house.now());
    house
        .store
        .wait(move |db| db.approve_all(&author, id, Some(revision), &hashes, now))?;
    Ok(())
}
