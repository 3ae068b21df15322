//! `masthead request-changes`: says what has to change before a post may go; an approval of it is taken back.

use super::house::House;
use super::{Done, Globals, review};
use crate::domain::PostId;
use std::io::Write;

/// Say what has to change before a post may go.
#[derive(Debug, clap::Args)]
pub(super) struct RequestChanges {
    /// The post
    id: i64,
    /// What should be different
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl RequestChanges {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let (author, now) = (house.author.clone(), house.now());
        let id = PostId(self.id);
        house
            .store
            .wait(move |db| db.request_changes(&author, id, &self.reason, now))?;
        review::done(&house, globals, self.id, "changes requested for", out)
    }
}
