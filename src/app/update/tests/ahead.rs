//! What a move asks for: what is shown is read after a short pause, what is not shown yet after a longer one.

use super::{filled, press};
use crate::app::update::{is_awaited, is_seen, update};
use crate::app::{Effect, Msg};

#[test]
fn a_post_that_nothing_shows_is_read_after_a_longer_pause_and_at_once_where_a_pane_shows_it() {
    let mut app = filled();
    app.size = (80, 24);
    let effects = press(&mut app, "J");
    assert_eq!(effects, [Effect::ReadAhead(app.memory.settle)]);
    let effects = press(&mut app, "3");
    let id = app.selected.expect("J selects a post");
    assert_eq!(effects, [Effect::LoadPost(app.memory.post, id)]);
}

#[test]
fn a_pause_that_is_over_draws_nothing_by_itself() {
    let mut app = filled();
    press(&mut app, "J");
    let over = Msg::Settled(app.memory.settle);
    assert!(!is_seen(&app, &over));
    let undrawn = app.clone();
    update(&mut app, over);
    app.memory = undrawn.memory.clone();
    assert_eq!(app, undrawn, "only what `update` remembers may change");
    assert!(is_seen(&app, &Msg::Settled(app.memory.counts)));
}

#[test]
fn keys_that_go_on_moving_leave_no_pause_behind_that_anybody_waits_for() {
    let mut app = filled();
    app.size = (80, 24);
    press(&mut app, "J");
    let first = app.memory.settle;
    assert!(is_awaited(&app, first));
    press(&mut app, "K J");
    assert!(is_awaited(&app, app.memory.settle) && !is_awaited(&app, first));
}
