//! One day of the month grid: its number and label, and a row or two for each post.
//!
//! Pure drawing; which days there are is `domain::calendar`, where they stand is `calendar.rs`.

use super::calendar::is_weekend;
use super::pen::{Line, Pen, marks};
use super::theme::Role;
use super::times;
use crate::app::App;
use crate::app::layout::cell_rows;
use crate::app::wrap::{shown_width, wrap};
use crate::domain::{Glyph, Kind, Summary};
use chrono::{Datelike, NaiveDate};
use ratatui::layout::Rect;

/// From this width times keep their `:00`.
const WHOLE_TIMES: usize = 14;
/// From this width titles keep their `Type:`.
const WHOLE_TITLES: usize = 16;
/// From this width one-line posts show their channels.
const WITH_MARKS: usize = 20;
const MOST_MARKS: usize = 8;

/// A day and where it stands.
#[derive(Debug)]
pub struct Place {
    /// The day.
    pub day: NaiveDate,
    /// Whether it is the first day shown, which names its month.
    pub is_first: bool,
    /// Whether it lies in the shown month.
    pub in_month: bool,
    /// The week's number, on the last day of a row.
    pub week: Option<String>,
    /// Whether the calendar has the focus.
    pub has_focus: bool,
    /// Whether times keep their `:00` however narrow the cell is.
    pub whole_times: bool,
}

/// Draws a day; the first column of the area stays blank, but for the marker of the selected post.
pub fn draw(pen: &mut Pen<'_>, app: &App, place: &Place, area: Rect) {
    date_row(pen, app, place, area);
    let posts = app.posts_on(place.day);
    let rows = usize::from(area.height.saturating_sub(1));
    if posts.is_empty() || rows == 0 {
        return;
    }
    let unread = app.unread_on(place.day);
    let (shown, lines) = cell_rows(posts.len() + unread, rows);
    let shown = shown.min(posts.len());
    for (index, post) in posts[..shown].iter().enumerate() {
        let row = 1 + u16::try_from(lines * index).unwrap_or(0);
        let lines = u16::try_from(lines).unwrap_or(1);
        self::post(pen, app, place, post, lines, area, row);
    }
    let hidden = &posts[shown..];
    if hidden.is_empty() && unread == 0 {
        return;
    }
    let row = area.height - 1;
    mark(pen, app, area, row, hidden);
    let mut line = pen.line(area, row);
    line.skip(1);
    match hidden.iter().map(Summary::glyph).min() {
        Some(worst) if unread == 0 => sign(&mut line, place, worst),
        // What was not read yet may be worse.
        _ => {
            line.skip(1);
        }
    }
    let more = format!("+{} more", hidden.len() + unread);
    line.put(&more, quiet(place, Role::Muted));
}

/// Says left of a row whether a post in it is selected or marked.
fn mark(pen: &mut Pen<'_>, app: &App, area: Rect, row: u16, posts: &[Summary]) {
    let selected = posts.iter().any(|post| app.selected == Some(post.id));
    let marked = posts.iter().any(|post| app.marks.contains(post.id));
    pen.line(area, row).standing(selected, marked);
}

/// Draws a post in so many lines, with the marker left of it when it is selected: state, time and marks, then its title.
pub fn post(
    pen: &mut Pen<'_>,
    app: &App,
    place: &Place,
    post: &Summary,
    lines: u16,
    area: Rect,
    row: u16,
) {
    mark(pen, app, area, row, std::slice::from_ref(post));
    match lines {
        0 | 1 => one_line(pen, app, place, post, area, row),
        2 => two_lines(pen, app, place, post, area, row),
        more => many_lines(pen, app, place, post, more, area, row),
    }
}

fn date_row(pen: &mut Pen<'_>, app: &App, place: &Place, area: Rect) {
    let day = place.day;
    let is_today = day == app.today();
    let number_role = if is_today {
        Role::Accent
    } else if day < app.today() || !place.in_month || is_weekend(day) {
        Role::Muted
    } else {
        Role::Text
    };
    if day == app.day && place.has_focus {
        // The terminal's cursor stays on the selection, for screen readers and magnifiers.
        pen.set_cursor(area.x + 2, area.y);
    }
    let mut line = pen.line(area, 0);
    line.skip(1);
    if day == app.day {
        let role = if place.has_focus {
            Role::Select
        } else {
            number_role
        };
        line.put(&times::day_of_month(day, '[', ']'), role);
    } else {
        line.put(&times::day_of_month(day, ' ', ' '), number_role);
    }
    if is_today {
        line.put("today", Role::Accent);
    } else if day.day() == 1 || place.is_first {
        line.put(&day.format("%b").to_string(), quiet(place, Role::Text));
    }
    if let Some(week) = &place.week
        && line.room() > shown_width(week)
    {
        line.at_right(week, Role::Muted);
    }
}

/// Days of other months are muted as a whole.
fn quiet(place: &Place, role: Role) -> Role {
    if place.in_month { role } else { Role::Muted }
}

fn sign(line: &mut Line<'_, '_>, place: &Place, state: Glyph) {
    if place.in_month {
        line.state(state);
    } else {
        let sign = line.signs().state(state);
        line.sign(sign, Role::Muted);
    }
}

/// State, time and kind; returns the role of the rest.
fn opening(line: &mut Line<'_, '_>, app: &App, place: &Place, post: &Summary) -> Role {
    let state = post.glyph();
    let is_over = matches!(state, Glyph::Published | Glyph::Skipped);
    let words = quiet(place, if is_over { Role::Muted } else { Role::Text });
    let width = line.room() - 1;
    line.skip(1);
    sign(line, place, state);
    let time = post
        .due_at
        .map_or_else(String::new, |at| times::clock(at, app.zone));
    let time = match time.strip_suffix(":00") {
        Some(hour) if width < WHOLE_TIMES && !place.whole_times => hour,
        _ => &time,
    };
    line.put(time, words);
    let kind = line.signs().kind(post.kind);
    if words == Role::Muted || post.kind == Kind::AdHoc {
        line.sign(kind, words);
        words
    } else {
        line.sign(kind, Role::Evergreen);
        Role::Evergreen
    }
}

fn one_line(pen: &mut Pen<'_>, app: &App, place: &Place, post: &Summary, area: Rect, row: u16) {
    let mut line = pen.line(area, row);
    let role = opening(&mut line, app, place, post);
    let cell_width = usize::from(area.width) - 1;
    if cell_width >= WITH_MARKS {
        let channels = post.channels.iter().map(|it| &it.channel);
        let marks = marks(app, channels, "", MOST_MARKS);
        let words = if role == Role::Evergreen {
            Role::Text
        } else {
            role
        };
        if !marks.is_empty() {
            line.at_right(&marks, words).shorten(1);
        }
    }
    if post.lacks_alt() {
        line.sign("!", quiet(place, Role::Warn));
    }
    let title = fitting_title(&post.title, cell_width, line.room());
    line.cut(title, role);
}

/// The blank before a title on a line of its own, or the sign of a picture without alt text.
fn before_title(line: &mut Line<'_, '_>, place: &Place, post: &Summary) {
    line.skip(1);
    if post.lacks_alt() {
        line.sign("!", quiet(place, Role::Warn));
    } else {
        line.skip(1);
    }
}

fn head_line(
    pen: &mut Pen<'_>,
    app: &App,
    place: &Place,
    post: &Summary,
    area: Rect,
    row: u16,
) -> Role {
    let mut line = pen.line(area, row);
    let role = opening(&mut line, app, place, post);
    let words = if role == Role::Evergreen {
        Role::Text
    } else {
        role
    };
    let channels = post.channels.iter().map(|it| &it.channel);
    let marks = marks(app, channels, "", line.room());
    line.put(&marks, words);
    role
}

fn two_lines(pen: &mut Pen<'_>, app: &App, place: &Place, post: &Summary, area: Rect, row: u16) {
    let role = head_line(pen, app, place, post, area, row);
    let mut line = pen.line(area, row + 1);
    before_title(&mut line, place, post);
    let cell_width = usize::from(area.width) - 1;
    let title = fitting_title(&post.title, cell_width, line.room());
    line.cut(title, role);
}

/// The title goes on in the next line, as far as there are lines; its end is cut.
fn many_lines(
    pen: &mut Pen<'_>,
    app: &App,
    place: &Place,
    post: &Summary,
    lines: u16,
    area: Rect,
    row: u16,
) {
    let role = head_line(pen, app, place, post, area, row);
    let title = super::text::one_line(&post.title);
    let wrapped = wrap(&title, usize::from(area.width.saturating_sub(2)));
    for (at, span) in (1..lines).zip(&wrapped) {
        let mut line = pen.line(area, row + at);
        if at == 1 {
            before_title(&mut line, place, post);
        } else {
            line.skip(2);
        }
        if at + 1 == lines {
            line.cut(title[span.start..].trim_start(), role);
        } else {
            line.put(title[span.start..span.end].trim_end(), role);
        }
    }
}

/// In a narrow cell a title `Type: rest` that does not fit shows its rest, which tells posts of a type apart.
fn fitting_title(title: &str, cell_width: usize, room: usize) -> &str {
    if cell_width >= WHOLE_TITLES || shown_width(title) <= room {
        return title;
    }
    title
        .split_once(": ")
        .map(|(_, rest)| rest)
        .filter(|rest| !rest.trim().is_empty())
        .unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_cell_shows_the_rest_of_a_typed_title() {
        let title = "Package showcase: xclim";
        assert_eq!(fitting_title(title, 15, 8), "xclim");
        assert_eq!(fitting_title(title, 20, 8), title);
        assert_eq!(fitting_title("Live: a", 10, 9), "Live: a");
        assert_eq!(fitting_title("Nothing after: ", 10, 3), "Nothing after: ");
    }
}
