//! The first frame, drawn from the first posts of each day, says what the whole month says.

use super::story::app;
use super::text;
use masthead::app::{App, layout};
use masthead::domain::{PostId, Summary};
use std::collections::BTreeMap;

/// The story's month with five more posts on each day that has one.
fn crowded(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    let month: Vec<Summary> = app.posts.clone();
    for (number, post) in (1..).zip(month.iter().cycle().take(month.len() * 5)) {
        let id = PostId(1_000 + number);
        app.posts.push(Summary { id, ..post.clone() });
    }
    app.posts.sort_by_key(|post| post.due_at);
    app.selected = app.posts_on(app.day).first().map(|post| post.id);
    app
}

/// The same month as it is before whole days are read.
fn glanced(whole: &App) -> App {
    let mut app = whole.clone();
    let each = layout::cell_height(whole).expect("days have cells");
    let days = whole
        .posts
        .chunk_by(|a, b| whole.day_of(a) == whole.day_of(b));
    let (mut posts, mut unread) = (Vec::new(), BTreeMap::new());
    for day in days {
        let (first, rest) = day.split_at(each.min(day.len()));
        posts.extend_from_slice(first);
        unread.extend(whole.day_of(&day[0]).map(|day| (day, rest.len())));
    }
    app.loaded = None;
    (app.posts, app.unread) = (posts, Some(unread));
    app
}

#[test]
fn a_month_at_a_glance_is_the_whole_month_but_for_the_signs_of_what_is_not_read_yet() {
    for (width, height) in [(80, 24), (100, 30), (120, 40), (160, 50)] {
        let whole = crowded(width, height);
        let (whole, glanced) = (text(&whole), text(&glanced(&whole)));
        assert!(whole.contains(" more"));
        assert_eq!(whole.lines().count(), glanced.lines().count());
        for (whole, glanced) in whole.lines().zip(glanced.lines()) {
            // Left of `+3 more` stands the worst sign of those three.
            let mut unsigned: Vec<char> = whole.chars().collect();
            for at in 1..unsigned.len() {
                if unsigned[at] == '+' && whole.contains(" more") {
                    unsigned[at - 1] = ' ';
                }
            }
            assert_eq!(unsigned.into_iter().collect::<String>(), glanced);
        }
    }
}
