//! `masthead redo`: does again what the author undid last.

use super::house::House;
use super::undo::{tell, turn_until_done};
use super::{Done, Globals};
use std::io::Write;

/// Do again what you undid last.
#[derive(Debug, clap::Args)]
pub(super) struct Redo {
    /// Where it cannot be redone, redo what was undone before it
    #[arg(long)]
    pass: bool,
}

impl Redo {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let (author, now) = (house.author.clone(), house.now());
        let pass = self.pass;
        let redone = house.store.wait(move |db| {
            turn_until_done(db, pass, |db, passing| db.redo(&author, passing, now))
        })?;
        tell(globals, out, "redone", redone)
    }
}
