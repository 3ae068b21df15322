//! Week and list: the same selection, moved through as each shows it.

use crate::app::msg::Reply;
use crate::app::update::{start, update};
use crate::app::{App, Msg, Pane, View};
use crate::domain::{Author, Kind, LocalTime, PostId, Summary};
use chrono::NaiveDate;
use chrono_tz::Europe::Oslo;

fn at(day: u32, hour: u32) -> LocalTime {
    let date = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    LocalTime::new(date.and_hms_opt(hour, 0, 0).unwrap(), Oslo)
}

fn app() -> App {
    let mut app = App::new(at(10, 8).instant(), Oslo, (80, 24));
    start(&mut app);
    let post = |id, time: LocalTime| Summary {
        id: PostId(id),
        title: format!("post {id}"),
        kind: Kind::AdHoc,
        due_at: Some(time.instant()),
        held: false,
        review: crate::domain::Review::Draft,
        campaign: None,
        author: Author::default(),
        tags: Vec::new(),
        without_alt: 0,
        channels: Vec::new(),
    };
    let posts = vec![post(1, at(10, 9)), post(2, at(10, 15)), post(3, at(12, 9))];
    let from = at(1, 0).local.date() - chrono::Days::new(14);
    let to = at(30, 0).local.date() + chrono::Days::new(14);
    let request = app.memory.posts;
    let reply = Reply::Posts { from, to, posts };
    update(&mut app, Msg::Reply(request, Box::new(reply)));
    app
}

fn press(app: &mut App, keys: &str) {
    for key in keys.split(' ') {
        update(app, Msg::Key(key.parse().unwrap()));
    }
}

fn place(app: &App) -> (u32, Option<i64>) {
    use chrono::Datelike;
    (app.day.day(), app.selected.map(|id| id.0))
}

#[test]
fn the_views_share_the_selection_and_take_the_focus() {
    let mut app = app();
    app.focus = Pane::Queue;
    press(&mut app, "g w");
    assert_eq!((app.finding.view, app.focus), (View::Week, Pane::Calendar));
    assert_eq!(place(&app), (10, Some(1)));
    press(&mut app, "g l");
    assert_eq!((app.finding.view, place(&app)), (View::List, (10, Some(1))));
    press(&mut app, "g m");
    assert_eq!(
        (app.finding.view, place(&app)),
        (View::Month, (10, Some(1)))
    );
}

#[test]
fn in_a_week_j_and_k_step_through_the_day_and_brackets_through_weeks() {
    let mut app = app();
    press(&mut app, "g w j");
    assert_eq!(place(&app), (10, Some(2)));
    press(&mut app, "j");
    assert_eq!(place(&app), (10, Some(2)), "the last of the day");
    press(&mut app, "k k");
    assert_eq!(place(&app), (10, Some(1)));
    press(&mut app, "l");
    assert_eq!(place(&app), (11, None));
    press(&mut app, "]");
    assert_eq!(place(&app), (18, None));
    press(&mut app, "[ J");
    assert_eq!(place(&app), (12, Some(3)));
    press(&mut app, "g g");
    assert_eq!(app.day, at(9, 0).local.date());
    press(&mut app, "G");
    assert_eq!(app.day, at(15, 0).local.date());
}

#[test]
fn in_a_list_j_and_k_step_through_posts_and_empty_days() {
    let mut app = app();
    press(&mut app, "g l j");
    assert_eq!(place(&app), (10, Some(2)));
    press(&mut app, "j");
    assert_eq!(place(&app), (11, None));
    press(&mut app, "j");
    assert_eq!(place(&app), (12, Some(3)));
    press(&mut app, "k k");
    assert_eq!(place(&app), (10, Some(2)));
    press(&mut app, "]");
    assert_eq!(place(&app), (10, None), "a month on, as in the month");
}

#[test]
fn past_the_last_row_of_a_list_the_next_weeks_are_shown() {
    let mut app = app();
    press(&mut app, "g l G");
    for _ in 0..7 {
        press(&mut app, "j");
    }
    assert_eq!(app.day, NaiveDate::from_ymd_opt(2026, 12, 7).unwrap());
    press(&mut app, "k");
    assert_eq!(app.day, NaiveDate::from_ymd_opt(2026, 12, 6).unwrap());
}

#[test]
fn the_list_follows_the_selection() {
    let mut app = app();
    press(&mut app, "g l");
    let rows = crate::app::agenda::rows(&app);
    let at = crate::app::agenda::selected(&app, &rows).unwrap();
    let height = crate::app::layout::list_height(&app);
    let top = app.finding.list_scroll;
    assert!(top <= at && at < top + height, "{top} {at} {height}");
    press(&mut app, "G");
    assert!(app.finding.list_scroll > top);
}
