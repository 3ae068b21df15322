//! The mouse hits what is drawn: what stands in a cell is asked of the layout, and compared with the picture.

use super::shown::{queue, viewed};
use super::story::{FAILED, XCLIM, app};
use super::{SIZES, draw, row};
use masthead::app::pointer::{Gesture, Pointed, Spot, spot};
use masthead::app::update::update;
use masthead::app::{App, Msg, Pane, Sheet, View};
use masthead::domain::PostId;

/// Returns where a text is drawn first, in columns and rows.
fn drawn(app: &App, text: &str) -> Option<(u16, u16)> {
    let buffer = draw(app);
    (0..buffer.area.height).find_map(|y| {
        let row = row(&buffer, y);
        let at = row.find(text)?;
        Some((u16::try_from(row[..at].chars().count()).unwrap(), y))
    })
}

fn click(app: &mut App, (x, y): (u16, u16)) {
    let gesture = Gesture::Click;
    update(app, Msg::Pointed(Pointed { x, y, gesture }));
}

#[test]
fn a_click_on_a_post_in_the_month_selects_it_at_every_size() {
    for (width, height) in SIZES {
        let mut app = app(width, height);
        let Some(at) = drawn(&app, "◦09") else {
            continue;
        };
        if width < 80 {
            continue;
        }
        app.selected = None;
        click(&mut app, at);
        assert_eq!(app.focus, Pane::Calendar, "{width}x{height}");
        let day = app.day;
        let is_there = app
            .posts_on(day)
            .iter()
            .any(|it| Some(it.id) == app.selected);
        assert!(is_there, "{width}x{height}: {:?} on {day}", app.selected);
    }
}

#[test]
fn a_click_selects_what_is_drawn_there() {
    let mut list = viewed(app(80, 24), View::List);
    list.selected = None;
    let at = drawn(&list, "xclim").unwrap();
    click(&mut list, at);
    assert_eq!(list.selected, Some(XCLIM));
    for (width, height) in [(80, 24), (120, 36), (160, 48)] {
        let mut queue = queue(width, height);
        queue.focus = Pane::Queue;
        queue.selected = None;
        let at = drawn(&queue, "✗ Mon").unwrap();
        click(&mut queue, at);
        assert_eq!(queue.selected, Some(FAILED), "{width}x{height}");
    }
}

#[test]
fn every_cell_of_every_post_in_the_queue_is_that_post() {
    let app = queue(120, 36);
    let mut seen: Vec<PostId> = Vec::new();
    for y in 0..36 {
        if let Some(Spot::Post(Pane::Queue, id)) = spot(&app, 100, y)
            && seen.last() != Some(&id)
        {
            seen.push(id);
        }
    }
    let wanted: Vec<PostId> = app.queue.posts().map(|it| it.id).take(seen.len()).collect();
    assert_eq!(seen, wanted);
    assert!(seen.len() > 3);
}

#[test]
fn a_double_click_opens_and_two_slow_ones_do_not() {
    let mut app = app(80, 24);
    let at = drawn(&app, "[10]").unwrap();
    click(&mut app, at);
    app.memory.uptime += std::time::Duration::from_secs(1);
    click(&mut app, at);
    assert_eq!(app.focus, Pane::Calendar);
    click(&mut app, at);
    let is_open = app.focus == Pane::Editor || app.editor.is_some() || app.sheet.is_some();
    assert!(is_open);
}

#[test]
fn the_wheel_goes_by_three_and_a_question_takes_no_click() {
    let mut queue = queue(80, 24);
    let first = queue.queue.posts().next().map(|it| it.id);
    queue.selected = first;
    let gesture = Gesture::WheelDown;
    update(
        &mut queue,
        Msg::Pointed(Pointed {
            x: 5,
            y: 5,
            gesture,
        }),
    );
    let fourth = queue.queue.posts().nth(3).map(|it| it.id);
    assert_eq!(queue.selected, fourth);
    let mut asked = app(80, 24);
    asked.sheet = Some(Sheet::Freeze(masthead::app::Input::default()));
    let before = asked.clone();
    for y in 0..24 {
        click(&mut asked, (10, y));
    }
    assert_eq!(
        (asked.sheet, asked.selected),
        (before.sheet, before.selected)
    );
}

#[test]
fn no_cell_is_too_odd_to_be_pointed_at() {
    for (name, app) in super::screens(80, 24) {
        for y in (0..30).step_by(3) {
            for x in (0..90).step_by(9) {
                let mut app = app.clone();
                for gesture in [Gesture::Click, Gesture::WheelUp] {
                    update(&mut app, Msg::Pointed(Pointed { x, y, gesture }));
                }
                assert!(!app.leaving, "{name} at {x}, {y}");
            }
        }
    }
}
