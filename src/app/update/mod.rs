//! `update`: what happens to the state when something happens.

use super::{App, Effect, Msg};

/// Changes the state and returns what the runtime shall do.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let _ = (app, msg);
    Vec::new()
}
