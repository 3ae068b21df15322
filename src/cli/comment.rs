//! `masthead comment`: says something about a post, for everybody who reads it later.

use super::fields::stdin_text;
use super::house::House;
use super::{Done, Globals, review};
use crate::domain::PostId;
use std::io::Write;

/// Say something about a post.
#[derive(Debug, clap::Args)]
pub(super) struct Comment {
    /// The post
    id: i64,
    /// The words; without them they are read from stdin
    text: Option<String>,
}

impl Comment {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let text = match self.text {
            Some(text) => text,
            None => stdin_text()?,
        };
        let (author, now) = (house.author.clone(), house.now());
        let id = PostId(self.id);
        house
            .store
            .wait(move |db| db.comment(&author, id, &text, now))?;
        review::done(&house, globals, self.id, "noted on", out)
    }
}
