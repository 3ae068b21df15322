//! `masthead undo`: takes the author's last change back.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::text_safety::visible;
use std::io::Write;

/// Take your last change back.
#[derive(Debug, clap::Args)]
pub(super) struct Undo {}

impl Undo {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let (author, now) = (house.author.clone(), house.now());
        let undone = house.store.wait(move |db| db.undo(&author, now))?;
        if globals.json {
            json::line(
                out,
                &serde_json::json!({ "id": undone.post, "undone": undone.label }),
            )?;
        } else {
            writeln!(out, "undone on {}: {}", undone.post, visible(&undone.label))?;
        }
        Ok(Done::Whole)
    }
}
