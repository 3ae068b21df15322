//! `masthead trash`: into the trash, or back out of it.

use super::house::House;
use super::{Done, Globals, json};
use std::io::Write;

/// Put a post into the trash.
#[derive(Debug, clap::Args)]
pub(super) struct Trash {
    /// The post
    id: i64,
    /// Bring it back instead
    #[arg(long)]
    back: bool,
}

impl Trash {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let view = house.post(self.id)?;
        let mut content = view.post.content.clone();
        content.trashed = !self.back;
        let label = if self.back {
            "brought back"
        } else {
            "moved to the trash"
        };
        let (id, base) = (view.post.id, view.post.revision);
        let (author, now) = (house.author.clone(), house.now());
        house
            .store
            .wait(move |db| db.save_post(&author, id, base, &content, label, now))?;
        if globals.json {
            json::line(out, &json::view(&house.post(self.id)?, house.zone))?;
        } else {
            writeln!(out, "{label}")?;
        }
        Ok(Done::Whole)
    }
}
