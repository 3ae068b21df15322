//! The first look at the month: what is shown before whole days are read, and that these take its place.

use super::{answer, app, at, press, summary};
use crate::app::msg::Reply;
use crate::app::update::start;
use crate::app::{App, Effect};
use crate::domain::{Glance, PostId};
use chrono::NaiveDate;

fn november(day: u32) -> NaiveDate {
    at(day, 0, 0).local.date()
}

/// The 10th has five posts, of which two are read.
fn glanced() -> App {
    let mut app = app();
    start(&mut app);
    let posts = vec![summary(1, at(10, 9, 0)), summary(2, at(10, 10, 0))];
    let day = november(10);
    let request = app.memory.glance;
    let days = vec![Glance {
        day,
        posts,
        more: 3,
    }];
    assert_eq!(answer(&mut app, request, Reply::Glances(days)), []);
    app
}

fn whole(app: &mut App) {
    let posts = (1..=5).map(|id| summary(id, at(10, 8 + u32::try_from(id).unwrap(), 0)));
    let reply = Reply::Posts {
        from: november(1),
        to: november(30),
        posts: posts.collect(),
    };
    let request = app.memory.posts;
    answer(app, request, reply);
}

#[test]
fn the_start_asks_for_what_the_cells_have_room_for_before_whole_days() {
    let mut app = app();
    app.size = (80, 24);
    let effects = start(&mut app);
    let (first, last) = (app.grid().first(), app.grid().last());
    let glance = Effect::Glance(app.memory.glance, first, last.succ_opt().unwrap(), 2);
    let is_glance = |it: &Effect| *it == glance;
    let is_whole = |it: &Effect| matches!(it, Effect::LoadPosts(..));
    let at = effects.iter().position(is_glance).unwrap();
    assert!(at < effects.iter().position(is_whole).unwrap());
}

#[test]
fn where_the_days_have_no_cells_whole_days_alone_are_asked_for() {
    let mut app = app();
    app.size = (70, 24);
    let effects = start(&mut app);
    assert!(!effects.iter().any(|it| matches!(it, Effect::Glance(..))));
}

#[test]
fn what_is_not_read_yet_is_counted_until_whole_days_take_its_place() {
    let mut app = glanced();
    assert_eq!(app.selected, Some(PostId(1)));
    assert_eq!((app.posts.len(), app.unread_on(november(10))), (2, 3));
    whole(&mut app);
    assert_eq!((app.posts.len(), app.unread_on(november(10))), (5, 0));
    press(&mut app, "J J");
    assert_eq!(app.selected, Some(PostId(3)));
}

#[test]
fn a_glance_that_comes_late_takes_nothing_away() {
    let mut app = glanced();
    whole(&mut app);
    let request = app.memory.glance;
    answer(&mut app, request, Reply::Glances(Vec::new()));
    assert_eq!(app.posts.len(), 5);
}
