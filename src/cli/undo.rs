//! `masthead undo`: takes the author's last change back. Doing it again is `redo.rs`, which shares how it is told.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::PostId;
use crate::domain::text_safety::visible;
use crate::store::{Db, StoreError, Turned, Undone};
use anyhow::bail;
use std::io::Write;

/// Take your last change back.
#[derive(Debug, clap::Args)]
pub(super) struct Undo {
    /// Where the last change cannot be undone, take back the one before it
    #[arg(long)]
    pass: bool,
}

impl Undo {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let (author, now) = (house.author.clone(), house.now());
        let pass = self.pass;
        let undone = house.store.wait(move |db| {
            turn_until_done(db, pass, |db, passing| db.undo(&author, passing, now))
        })?;
        tell(globals, out, "undone", undone)
    }
}

/// Undoes or redoes; where it may, passes over the posts that stand in the way until it is done.
pub(super) fn turn_until_done(
    db: &mut Db,
    pass: bool,
    turn: impl Fn(&mut Db, &[PostId]) -> Result<Turned, StoreError>,
) -> Result<Turned, StoreError> {
    let mut passing = Vec::new();
    loop {
        match turn(db, &passing)? {
            Turned::Stuck { posts, .. } if pass => passing.extend(posts),
            ended => return Ok(ended),
        }
    }
}

/// Prints what was undone or redone.
pub(super) fn tell(
    globals: &Globals,
    out: &mut impl Write,
    word: &str,
    turned: Turned,
) -> anyhow::Result<Done> {
    let undone: Undone = match turned {
        Turned::Done(undone) => undone,
        Turned::Stuck { why, .. } => {
            bail!("{why}; --pass goes on with the one before it")
        }
    };
    if globals.json {
        let answer =
            serde_json::json!({ "id": undone.post, word: undone.label, "stayed": undone.stayed });
        json::line(out, &answer)?;
    } else {
        writeln!(out, "{word} on {}: {}", undone.post, visible(&undone.label))?;
        for why in &undone.stayed {
            writeln!(out, "stayed: {}", visible(why))?;
        }
    }
    Ok(if undone.stayed.is_empty() {
        Done::Whole
    } else {
        Done::InPart
    })
}
