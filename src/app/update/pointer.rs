//! The mouse: a click focuses and selects, a double click opens, the wheel goes by three.
//!
//! What stands in a cell is `app/pointer.rs`. Nothing that leaves or changes a post can be done with a click alone.

use super::{act, panes, press};
use crate::app::pointer::{Gesture, Pointed, Spot, spot};
use crate::app::{Action, App, Effect, Key, Pane};
use std::time::Duration;

/// Two clicks on one cell within this are a double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// Rows that a notch of the wheel goes.
const ROWS: usize = 3;

/// Takes in what was done with the mouse.
pub fn pointed(app: &mut App, pointed: Pointed) -> Vec<Effect> {
    if app.leaving {
        return Vec::new();
    }
    match pointed.gesture {
        Gesture::Click => click(app, pointed.x, pointed.y),
        Gesture::WheelUp => wheel(app, Action::Up, Key::Up),
        Gesture::WheelDown => wheel(app, Action::Down, Key::Down),
    }
}

fn wheel(app: &mut App, action: Action, key: Key) -> Vec<Effect> {
    let is_taken = app.sheet.is_some() || app.welcome.is_some() || app.place().is_some();
    let mut effects = Vec::new();
    for _ in 0..ROWS {
        effects.extend(if is_taken {
            press(app, key)
        } else {
            act(app, action)
        });
    }
    effects
}

fn click(app: &mut App, x: u16, y: u16) -> Vec<Effect> {
    let before = app.memory.clicked.replace((x, y, app.memory.uptime));
    let is_double = before.is_some_and(|(column, row, at)| {
        (column, row) == (x, y) && app.memory.uptime.saturating_sub(at) <= DOUBLE
    });
    let Some(spot) = spot(app, x, y) else {
        app.memory.clicked = None;
        return Vec::new();
    };
    if is_double {
        app.memory.clicked = None;
        return act(app, Action::Open);
    }
    match spot {
        Spot::Pane(pane) => act(app, of(pane)),
        Spot::Day(day) => {
            app.focus = Pane::Calendar;
            panes::to_day(app, day)
        }
        Spot::Post(pane, post) => {
            app.focus = pane;
            panes::select(app, post)
        }
        Spot::Delivery(id) => {
            if let Some(page) = app.outbox_mut() {
                page.selected = Some(id);
            }
            Vec::new()
        }
    }
}

fn of(pane: Pane) -> Action {
    match pane {
        Pane::Calendar => Action::PaneCalendar,
        Pane::Queue => Action::PaneQueue,
        Pane::Editor => Action::PaneEditor,
    }
}
