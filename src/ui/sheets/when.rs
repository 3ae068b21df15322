//! Going to a date and scheduling a post: every keystroke shows the time that it means, in full.
//!
//! Words are read by `domain::when` through `app::sheet::meaning`; what the clocks do that day is said in words.

use super::{input, keys, title};
use crate::app::sheet::{ScheduleSheet, meaning};
use crate::app::update::sheets::scheduled_plan;
use crate::app::wrap::shown_width;
use crate::app::{App, Input};
use crate::domain::when::When;
use crate::domain::{LocalTime, Plan, Summary};
use crate::ui::details::clock_change;
use crate::ui::hints::Hint;
use crate::ui::pen::{Line, Pen, marks};
use crate::ui::text::cut;
use crate::ui::theme::Role;
use crate::ui::times;
use crate::ui::top::zone_clock;
use chrono::{Datelike, NaiveDate};
use ratatui::layout::Rect;
use std::borrow::Cow;

const MEANING_COLUMN: u16 = 10;
const UTC_COLUMN: u16 = 51;
const MOST_NEAR: usize = 4;
/// Columns of a near post's title.
const NEAR_TITLE: usize = 13;
/// So many days away a post is still near.
const NEAR_DAYS: i64 = 3;

/// Draws "go to a date".
pub fn go_to(pen: &mut Pen<'_>, app: &App, typed: &Input, area: Rect) {
    let mut line = pen.line(area, 0);
    line.skip(1).put("Go to", Role::Sheet).skip(2);
    line.put("> ", Role::Sheet);
    input(&mut line, typed, Role::Sheet);
    let mut line = pen.line(area, 1);
    line.to(MEANING_COLUMN).shorten(1);
    match meaning(typed, app.local_now()) {
        Some(Ok(When::At { time, .. })) => day_meant(&mut line, app, time.local.date()),
        Some(Ok(When::Shelf)) => {
            line.put("the shelf has no date", Role::Warn);
        }
        Some(Err(_)) => not_read(&mut line, typed, "date"),
        None => {}
    }
    let tried = "try: tomorrow   next mon   27 nov   +10   week 50   2027-01-12";
    pen.line(area, 2).to(MEANING_COLUMN).cut(tried, Role::Muted);
    keys(
        pen,
        area,
        &[Hint::new("Enter", "go"), Hint::new("Esc", "back")],
    );
}

fn day_meant(line: &mut Line<'_, '_>, app: &App, day: NaiveDate) {
    let words = format!(
        "{}, week {}",
        day.format("%a %-d %B %Y"),
        day.iso_week().week()
    );
    line.put(&words, Role::Strong).to(UTC_COLUMN);
    let is_known = app.loaded.is_some_and(|(from, to)| from <= day && day < to);
    if is_known {
        let posts = match app.posts_on(day).len() {
            0 => "nothing planned".to_owned(),
            1 => "1 post".to_owned(),
            more => format!("{more} posts"),
        };
        line.cut(&posts, Role::Muted);
    }
}

fn not_read(line: &mut Line<'_, '_>, typed: &Input, what: &str) {
    let text = typed.text().trim();
    line.cut_to(&format!("`{text}`"), 36, Role::Warn);
    line.put(&format!(" is no {what} yet"), Role::Warn);
}

/// Draws "schedule the post at a time".
pub fn schedule(pen: &mut Pen<'_>, app: &App, sheet: &ScheduleSheet, area: Rect) {
    let mut line = title(pen, area, "Schedule");
    if let Some(post) = app.selected_summary().filter(|it| it.id == sheet.post) {
        let channels = post.channels.iter().map(|it| &it.channel);
        let marks = marks(app, channels, " ", 20);
        let kind = post.kind.word().replace('-', " ");
        line.at_right(&format!("{marks}  {kind}"), Role::Sheet);
        line.shorten(2);
    }
    line.cut(&sheet.title, Role::Sheet);
    let mut line = pen.line(area, 1);
    let cost = (app.detail.as_ref())
        .filter(|it| it.view.post.id == sheet.post)
        .and_then(|it| it.cost(&app.facts));
    if let Some(cost) = cost {
        line.at_right(&format!("costs about {cost}"), Role::Warn);
        line.shorten(2);
    }
    line.skip(1).put("when", Role::Muted).skip(2);
    line.put("> ", Role::Text);
    input(&mut line, &sheet.input, Role::Input);
    let mut line = pen.line(area, 2);
    line.to(MEANING_COLUMN);
    match scheduled_plan(app) {
        Some(Plan::At(time)) => {
            time_meant(&mut line, app, time);
            near(pen, app, sheet, time, area);
        }
        Some(_) => {
            line.put("back to the shelf, without a time", Role::Strong);
        }
        None if sheet.input.text().trim().is_empty() => {
            line.put("type a time", Role::Muted);
        }
        None => not_read(&mut line, &sheet.input, "time"),
    }
    let tried = "try: tomorrow 14:00   in 2 h   fri 9 new york   shelf";
    pen.line(area, 4).to(MEANING_COLUMN).cut(tried, Role::Muted);
    let hints = [
        Hint::new("Enter", "schedule"),
        Hint::new("Esc", "leave as it was"),
    ];
    keys(pen, area, &hints);
}

/// The day and time in full, then UTC where that is another clock and the second zone, or what the clocks do that day.
fn time_meant(line: &mut Line<'_, '_>, app: &App, time: LocalTime) {
    let day = time.local.format("%a %-d %B %Y");
    let resolved = time.resolve();
    let clock = resolved.local.format("%H:%M");
    let words = format!("{day} {clock} {}", times::city(time.zone));
    line.put(&words, Role::Strong).skip(1).to(UTC_COLUMN);
    if let Some(change) = clock_change(time) {
        line.cut(&change, Role::Warn);
        return;
    }
    if !times::is_utc(time.zone) {
        let utc = times::clock(resolved.at, chrono_tz::UTC);
        line.put(&format!("{utc} UTC"), Role::Muted).skip(3);
    }
    if time.zone != app.zone {
        line.cut(&zone_clock(resolved.at, app.zone), Role::Muted);
    } else if let Some(second) = app.second_zone {
        line.cut(&zone_clock(resolved.at, second), Role::Muted);
    }
}

/// A long title's type says enough: `Seats left` for `Seats left: answer in the topic`.
fn near_title<'t>(title: &'t str, mark: &str) -> Cow<'t, str> {
    let is_long = shown_width(title) > NEAR_TITLE;
    let kind = title.split_once(": ").filter(|_| is_long);
    cut(kind.map_or(title, |(kind, _)| kind), NEAR_TITLE, mark)
}

/// What else is planned that day, and what stands next before and after it, so that a burst is seen before it is made.
fn near(pen: &mut Pen<'_>, app: &App, sheet: &ScheduleSheet, time: LocalTime, area: Rect) {
    let day = times::day(time.instant(), app.zone);
    let on = |post: &Summary| post.due_at.map(|at| times::day(at, app.zone));
    let is_near =
        |post: &Summary| on(post).is_some_and(|it| (it - day).num_days().abs() <= NEAR_DAYS);
    let others: Vec<&Summary> = app
        .posts
        .iter()
        .filter(|it| it.id != sheet.post && is_near(it))
        .collect();
    let before = others.iter().rfind(|it| on(it).is_some_and(|it| it < day));
    let after = others.iter().find(|it| on(it).is_some_and(|it| it > day));
    let same_day = others.iter().filter(|it| on(it) == Some(day));
    let shown = before.into_iter().chain(same_day).chain(after);
    let mut line = pen.line(area, 3);
    line.to(MEANING_COLUMN).shorten(1);
    for (index, post) in shown.take(MOST_NEAR).enumerate() {
        if index == 0 {
            line.put("near:", Role::Muted).skip(2);
        } else {
            line.skip(3);
        }
        let channels = post.channels.iter().map(|it| &it.channel);
        let marks = marks(app, channels, " ", 12);
        let when = post.due_at.map_or_else(String::new, |at| {
            let local = at.with_timezone(&app.zone);
            local.format("%a %-d %H:%M").to_string()
        });
        let title = near_title(&post.title, line.signs().cut());
        line.cut(&format!("{when} {title} ({marks})"), Role::Muted);
    }
}
