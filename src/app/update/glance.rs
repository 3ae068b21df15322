//! The first look at the month: of each day as many posts as its cell shows are read before all of them are, so that the
//! first frame does not wait for what it has no room for.
//!
//! Whole days follow at once, and with them everything that moves from post to post.

use super::ask;
use super::replies::select_what_is_there;
use crate::app::{App, Effect, Request, layout};
use crate::domain::Glance;
use crate::domain::calendar::plus_days;

/// Asks for the days at a glance, where the month has cells.
pub fn load(app: &mut App) -> Option<Effect> {
    let each = layout::cell_height(app)?;
    let grid = app.grid();
    app.memory.glance = ask(app);
    let (from, to) = (grid.first(), plus_days(grid.last(), 1));
    Some(Effect::Glance(app.memory.glance, from, to, each))
}

/// Shows the days at a glance, unless all of their posts are at hand.
pub fn taken(app: &mut App, request: Request, days: Vec<Glance>) {
    if app.loaded.is_some() || request != app.memory.glance {
        return;
    }
    app.unread = Some(days.iter().map(|it| (it.day, it.more)).collect());
    app.posts = days.into_iter().flat_map(|it| it.posts).collect();
    select_what_is_there(app);
}
