//! The week view: a column for each day, a row for each hour in which something stands; hours without anything fold.
//!
//! Cells are those of the month (`cell.rs`). Beside the local hour stand the second zone's and UTC, where there is room.

use super::calendar::is_weekend;
use super::cell::{self, Place};
use super::pen::Pen;
use super::theme::Role;
use super::times;
use crate::app::wrap::shown_width;
use crate::app::{App, Pane};
use crate::domain::Summary;
use crate::domain::calendar::{plus_days, week_of};
use chrono::{Datelike, NaiveDate, TimeZone, Timelike};
use chrono_tz::Tz;
use ratatui::layout::Rect;

/// From this width hours keep their `:00`.
const WHOLE_HOURS: u16 = 100;
/// From this width the second zone's hours and UTC stand beside the local ones.
const ALL_ZONES: u16 = 112;
/// A city's name that is longer gives way to the zone's short form.
const LONGEST_CITY: usize = 6;
/// From this column width titles go on in further lines.
const WORDS_FIT: u16 = 14;
/// A post takes at most so many lines.
const MOST_LINES: u16 = 4;
/// As in the month's cells.
const WIDEST_CELL: u16 = 21;

/// A row of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HourRow {
    /// An hour of its own, and how many lines it takes.
    Hour(u32, u16),
    /// Hours in which nothing stands: the first and the last.
    Free(u32, u32),
}

impl HourRow {
    fn height(self) -> u16 {
        match self {
            Self::Hour(_, lines) => lines,
            Self::Free(..) => 1,
        }
    }
}

/// Draws the week of the selected day.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let has_focus = app.focus == Pane::Calendar && app.place().is_none();
    let first = week_of(app.day, app.week_start);
    let zones = zones(app, area.width);
    let gutter = gutter(area.width, zones.len());
    let pitch = ((area.width - gutter) / 7).min(WIDEST_CELL);
    head(pen, app, first, &zones, gutter, pitch, has_focus, area);
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let days: [NaiveDate; 7] =
        std::array::from_fn(|at| plus_days(first, i64::try_from(at).unwrap_or(0)));
    if days.iter().all(|day| app.posts_on(*day).is_empty()) {
        let said = format!("{} this week", app.nothing_words());
        pen.line(body, 0).to(gutter + 1).cut(&said, Role::Muted);
        return;
    }
    let (rows, each) = rows_that_fit(app, &days, body.height, pitch);
    let start = first_row(app, &rows, body.height);
    let mut y = 0;
    for row in rows.iter().skip(start) {
        if y >= body.height {
            break;
        }
        match *row {
            HourRow::Free(from, to) => free(pen, area.width, from, to, body, y),
            HourRow::Hour(hour, lines) => {
                label(pen, app, hour, &zones, &days, body, y);
                for (column, day) in (0_u16..).zip(days) {
                    let cell = Rect {
                        x: body.x + gutter + column * pitch,
                        y: body.y + y,
                        width: pitch,
                        height: lines.min(body.height - y),
                    };
                    hour_cell(pen, app, (day, hour), each, has_focus, cell);
                }
            }
        }
        y += row.height();
    }
}

/// The zones whose hours stand at the left, the plan's own first.
fn zones(app: &App, width: u16) -> Vec<Tz> {
    let mut zones = vec![app.zone];
    if let Some(second) = app.second_zone.filter(|_| width >= ALL_ZONES) {
        zones.push(second);
        if ![app.zone, second].contains(&Tz::UTC) {
            zones.push(Tz::UTC);
        }
    }
    zones
}

/// Columns left of the first day: `09`, or `09:00` for each zone.
fn gutter(width: u16, zones: usize) -> u16 {
    match (width < WHOLE_HOURS, zones) {
        (true, _) => 3,
        (false, 1) => 6,
        (false, more) => 7 * u16::try_from(more).unwrap_or(1) - 2,
    }
}

#[expect(clippy::too_many_arguments, reason = "the head knows every column")]
fn head(
    pen: &mut Pen<'_>,
    app: &App,
    first: NaiveDate,
    zones: &[Tz],
    gutter: u16,
    pitch: u16,
    has_focus: bool,
    area: Rect,
) {
    pen.rule(area, 0);
    let marker = pen.signs.marker();
    let mut line = pen.line(area, 0);
    if has_focus {
        line.sign(marker, Role::Accent);
    }
    if gutter > 3 {
        for (at, zone) in (0_u16..).zip(zones) {
            line.to(zone_column(at))
                .put(&zone_name(*zone, app), Role::Text);
        }
    }
    for column in 0..7_u16 {
        let day = plus_days(first, i64::from(column));
        let is_today = day == app.today();
        let role = if is_today {
            Role::Accent
        } else if day < app.today() || is_weekend(day) {
            Role::Muted
        } else {
            Role::Text
        };
        let mut line = pen.line(area, 0);
        let number = format!("{:>2}", day.day());
        line.to(gutter + column * pitch + 1);
        line.put(&day.format("%a").to_string(), role);
        if day == app.day {
            let chip = if has_focus { Role::Select } else { role };
            line.put(&format!("[{number}]"), chip);
        } else {
            line.put(&format!(" {number} "), role);
        }
        if is_today && pitch >= 13 {
            line.put("today", Role::Accent);
        }
        if day == app.day && has_focus {
            pen.set_cursor(area.x + gutter + column * pitch + 5, area.y);
        }
    }
}

/// Where a zone's hours begin: `09:00 03:00  08:00`.
fn zone_column(at: u16) -> u16 {
    if at == 0 { 1 } else { 7 * at }
}

/// Returns `Oslo`, or `EST` for a city whose name is too long.
fn zone_name(zone: Tz, app: &App) -> String {
    let city = times::city(zone);
    if shown_width(&city) <= LONGEST_CITY {
        city
    } else {
        app.now.with_timezone(&zone).format("%Z").to_string()
    }
}

fn posts_at(app: &App, day: NaiveDate, hour: u32) -> impl Iterator<Item = &Summary> {
    app.posts_on(day).iter().filter(move |post| {
        post.due_at
            .is_some_and(|at| at.with_timezone(&app.zone).hour() == hour)
    })
}

/// Hours from the first to the last in which something stands, with as many lines a post as there is room for.
fn rows_that_fit(app: &App, days: &[NaiveDate], height: u16, pitch: u16) -> (Vec<HourRow>, u16) {
    // A title in a narrow column would break within its words.
    let most = if pitch < WORDS_FIT { 2 } else { MOST_LINES };
    for lines in (2..=most).rev() {
        let open = rows(app, days, lines);
        if open.iter().map(|row| row.height()).sum::<u16>() <= height {
            return (open, lines);
        }
    }
    (rows(app, days, 1), 1)
}

fn rows(app: &App, days: &[NaiveDate], lines: u16) -> Vec<HourRow> {
    let this_hour = days
        .contains(&app.today())
        .then(|| app.now.with_timezone(&app.zone).hour());
    let fullest = |hour: u32| {
        let counts = days.iter().map(|day| posts_at(app, *day, hour).count());
        u16::try_from(counts.max().unwrap_or(0)).unwrap_or(u16::MAX)
    };
    let counts: Vec<u16> = (0..24).map(fullest).collect();
    let (Some(first), Some(last)) = (
        counts.iter().position(|count| *count > 0),
        counts.iter().rposition(|count| *count > 0),
    ) else {
        return Vec::new();
    };
    let mut rows: Vec<HourRow> = Vec::new();
    for (hour, count) in (0_u32..).zip(&counts).skip(first).take(last - first + 1) {
        if *count > 0 || this_hour == Some(hour) {
            rows.push(HourRow::Hour(hour, (count * lines).max(1)));
            continue;
        }
        match rows.last_mut() {
            Some(HourRow::Free(_, to)) => *to = hour,
            _ => rows.push(HourRow::Free(hour, hour)),
        }
    }
    rows
}

/// The first row to draw so that the selected post's hour is seen.
fn first_row(app: &App, rows: &[HourRow], height: u16) -> usize {
    let selected = app
        .posts_on(app.day)
        .iter()
        .find(|it| Some(it.id) == app.selected);
    let hour = selected.and_then(|it| it.due_at);
    let hour = hour.map(|at| at.with_timezone(&app.zone).hour());
    let at = rows
        .iter()
        .position(|row| matches!(row, HourRow::Hour(its, _) if Some(*its) == hour));
    let at = at.unwrap_or(0);
    let mut start = 0;
    while start < at && rows[start..=at].iter().map(|row| row.height()).sum::<u16>() > height {
        start += 1;
    }
    start
}

fn hour_words(width: u16, hour: u32) -> String {
    if width < WHOLE_HOURS {
        format!("{hour:02}")
    } else {
        format!("{hour:02}:00")
    }
}

fn free(pen: &mut Pen<'_>, width: u16, from: u32, to: u32, area: Rect, y: u16) {
    let words = if from == to {
        hour_words(width, from)
    } else {
        format!(
            "{} to {} free",
            hour_words(width, from),
            hour_words(width, to)
        )
    };
    pen.line(area, y).to(1).cut(&words, Role::Muted);
}

fn label(
    pen: &mut Pen<'_>,
    app: &App,
    hour: u32,
    zones: &[Tz],
    days: &[NaiveDate],
    area: Rect,
    y: u16,
) {
    let now = app.now.with_timezone(&app.zone);
    let is_now = days.contains(&app.today()) && now.hour() == hour;
    let role = if is_now { Role::Accent } else { Role::Text };
    let mut line = pen.line(area, y);
    line.to(1).put(&hour_words(area.width, hour), role);
    let others = zones.get(1..).unwrap_or_default();
    let local = days[0].and_hms_opt(hour, 0, 0);
    let at = local.and_then(|local| app.zone.from_local_datetime(&local).earliest());
    for (column, zone) in (1_u16..).zip(others) {
        if let Some(at) = at {
            let clock = times::clock(at.to_utc(), *zone);
            line.to(zone_column(column)).put(&clock, Role::Muted);
        }
    }
}

/// The posts of a day's hour, one below the other.
fn hour_cell(
    pen: &mut Pen<'_>,
    app: &App,
    (day, hour): (NaiveDate, u32),
    each: u16,
    has_focus: bool,
    area: Rect,
) {
    let place = Place {
        day,
        is_first: false,
        in_month: true,
        week: None,
        has_focus,
        whole_times: area.width >= WORDS_FIT,
    };
    for (at, post) in (0_u16..).zip(posts_at(app, day, hour)) {
        let row = at.saturating_mul(each);
        if row >= area.height {
            break;
        }
        let lines = each.min(area.height - row);
        cell::post(pen, app, &place, post, lines, area, row);
    }
}
