//! The queue: what needs a person first, then what waits for a reviewer, then what leaves next, day by day.
//!
//! Two lines a row where there is height; else one, and three lines at the bottom that explain the selected post.

use super::hints::{self, Keep};
use super::pen::{Line, Pen, marks};
use super::theme::Role;
use super::times;
use super::uploads;
use crate::app::layout::{Room, queue_height, queue_is_tall, room, upload_rows};
use crate::app::wrap::{shown_width, wrap};
use crate::app::{Action, App, Pane};
use crate::domain::queue::QueueRow;
use crate::domain::{ChannelName, ChannelState, DeliveryState, Glyph, Kind, Summary};
use ratatui::layout::Rect;

/// What a row says of a picture without alt text; a cell has only its sign.
pub const NO_ALT: &str = "! no alt";

/// How a row's time is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The clock time; the day stands above.
    Clock,
    /// Day or clock, whichever says more.
    Brief,
}

/// The section in which a post stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    NeedsYou,
    ToReview,
    Next,
}

/// Draws the queue.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let has_focus = app.focus == Pane::Queue && app.editor.is_none() && app.details.is_none();
    let rows = app.queue.rows(app.zone);
    let is_tall = queue_is_tall(app);
    let height = queue_height(app);
    let start = first_row(app, &rows, height, is_tall);
    let fits = rows
        .iter()
        .map(|row| row_height(row, is_tall))
        .sum::<usize>()
        <= height;
    head(pen, app, area, has_focus, !fits);
    let body = Rect {
        y: area.y + 1,
        height: u16::try_from(height)
            .unwrap_or(0)
            .min(area.height.saturating_sub(1)),
        ..area
    };
    if rows.is_empty() {
        let key = app.keymap.label(Action::Add);
        pen.line(body, 0).skip(1).cut("nothing waits", Role::Muted);
        let line = format!("{key} adds a post on the selected day");
        pen.line(body, 1).skip(1).cut(&line, Role::Muted);
    }
    let mut row = 0;
    let mut part = rows[..start.min(rows.len())]
        .iter()
        .rev()
        .find_map(part_of)
        .unwrap_or(Part::Next);
    for entry in rows.iter().skip(start) {
        if row >= body.height {
            break;
        }
        part = part_of(entry).unwrap_or(part);
        match entry {
            QueueRow::Post(post) => {
                let is_selected = has_focus && app.selected == Some(post.id);
                let place = PostRow {
                    part,
                    is_selected,
                    is_tall,
                };
                post_row(pen, app, post, &place, body, row);
            }
            other => section(pen, app, other, is_tall, body, row),
        }
        row += u16::try_from(row_height(entry, is_tall)).unwrap_or(1);
    }
    let foot = Rect {
        y: body.bottom(),
        height: upload_rows(app).min(area.bottom().saturating_sub(body.bottom())),
        ..area
    };
    uploads::draw(pen, app, foot);
    if room(app.size) != Room::Wide {
        explain(pen, app, area);
    }
}

/// The section that a head begins.
fn part_of(row: &QueueRow<'_>) -> Option<Part> {
    match row {
        QueueRow::NeedsYou(_) => Some(Part::NeedsYou),
        QueueRow::ToReview(_) => Some(Part::ToReview),
        QueueRow::Day(..) | QueueRow::Undated(_) => Some(Part::Next),
        QueueRow::Post(_) => None,
    }
}

fn row_height(row: &QueueRow<'_>, is_tall: bool) -> usize {
    match row {
        QueueRow::Post(_) if is_tall => 2,
        _ => 1,
    }
}

/// The scroll that `update` keeps, moved on if the selected post would not be seen (the window may have shrunk).
fn first_row(app: &App, rows: &[QueueRow<'_>], height: usize, is_tall: bool) -> usize {
    let mut start = app.queue_scroll.min(rows.len().saturating_sub(1));
    let selected = rows
        .iter()
        .position(|row| matches!(row, QueueRow::Post(post) if Some(post.id) == app.selected));
    let Some(selected) = selected.filter(|_| app.focus == Pane::Queue) else {
        return start;
    };
    start = start.min(selected);
    while start < selected
        && rows[start..=selected]
            .iter()
            .map(|row| row_height(row, is_tall))
            .sum::<usize>()
            > height
    {
        start += 1;
    }
    start
}

fn head(pen: &mut Pen<'_>, app: &App, area: Rect, has_focus: bool, is_longer: bool) {
    pen.rule(area, 0);
    let marker = pen.signs.marker();
    let mut line = pen.line(area, 0);
    if has_focus {
        line.sign(marker, Role::Accent);
    }
    let name = if has_focus { Role::Accent } else { Role::Text };
    line.to(1).put("2 Queue", name).shorten(1);
    for (words, role) in counts(app, line.room().saturating_sub(2)).iter().rev() {
        line.at_right(words, *role).shorten(2);
    }
    let at = app.queue.posts().position(|it| Some(it.id) == app.selected);
    if let Some(at) = at.filter(|_| is_longer && has_focus) {
        let all = app.queue.needs_you_total + app.queue.review.len() + app.queue.next_total;
        line.shorten(1)
            .at_right(&format!("{} of {all}", at + 1), Role::Muted);
    }
}

/// How many posts stand where. Where there is no room for all, what leaves next gives way, and what needs a person stands
/// first.
fn counts(app: &App, room: usize) -> Vec<(String, Role)> {
    let queue = &app.queue;
    let need = match queue.needs_you_total {
        1 => "needs",
        _ => "need",
    };
    let of =
        |count: usize, words: &str, role| (count > 0).then(|| (format!("{count} {words}"), role));
    let next = of(queue.next_total, "next", Role::Text);
    let review = of(queue.review_total, "review", Role::Text);
    let needs_you = of(queue.needs_you_total, &format!("{need} you"), Role::Strong);
    let all: Vec<_> = [next, review.clone(), needs_you.clone()]
        .into_iter()
        .flatten()
        .collect();
    let width = all
        .iter()
        .map(|(words, _)| shown_width(words) + 2)
        .sum::<usize>();
    if width <= room + 2 {
        all
    } else {
        [needs_you, review].into_iter().flatten().collect()
    }
}

fn section(pen: &mut Pen<'_>, app: &App, row: &QueueRow<'_>, is_tall: bool, area: Rect, at: u16) {
    let (name, count, role) = match row {
        QueueRow::NeedsYou(count) => {
            let name = if is_tall { "needs you" } else { "need you" };
            (name.to_owned(), *count, Role::Strong)
        }
        QueueRow::ToReview(count) => ("to review".to_owned(), *count, Role::Strong),
        QueueRow::Day(day, count) => {
            let date = times::date(*day, app.today());
            let count = if *count > 1 { *count } else { 0 };
            if *day == app.today() {
                let comma = if is_tall { "" } else { "," };
                (format!("today{comma} {date}"), count, Role::Accent)
            } else {
                (date, count, Role::Text)
            }
        }
        QueueRow::Undated(count) => ("without a time".to_owned(), *count, Role::Text),
        QueueRow::Post(_) => return,
    };
    let mut line = pen.line(area, at);
    line.skip(1).shorten(1);
    if count > 0 {
        line.at_right(&count.to_string(), role);
    }
    line.cut(&name, role);
}

struct PostRow {
    part: Part,
    is_selected: bool,
    is_tall: bool,
}

fn post_row(pen: &mut Pen<'_>, app: &App, post: &Summary, place: &PostRow, area: Rect, row: u16) {
    let when = match place.part {
        Part::NeedsYou | Part::ToReview => When::Brief,
        Part::Next => When::Clock,
    };
    let needs_you = place.part == Part::NeedsYou;
    if place.is_selected {
        pen.set_cursor(area.x, area.y + row);
    }
    let (out, wanted) = post.published();
    let mut line = pen.line(area, row);
    line.shorten(1);
    if !place.is_tall {
        let right = if !needs_you && out > 0 {
            format!("{out} of {wanted} published")
        } else {
            concerned_marks(app, post, needs_you)
        };
        if !right.is_empty() {
            line.at_right(&right, Role::Text).shorten(1);
        }
        missing_alt(&mut line, post);
    }
    post_line(&mut line, app, post, &when, place.is_selected);
    if !place.is_tall {
        return;
    }
    let mut line = pen.line(area, row + 1);
    line.shorten(1).to(9);
    missing_alt(&mut line, post);
    line.put(&concerned_marks(app, post, needs_you), Role::Text);
    let mut words = String::new();
    if place.part == Part::ToReview && !post.held && post.due_at.is_some() {
        words.push_str("leaves anyway");
    }
    if needs_you {
        let reason = reason(post);
        words.push_str(if reason.is_empty() {
            post.glyph().word()
        } else {
            reason
        });
    }
    if out > 0 && out < wanted && post.glyph() != Glyph::Unknown {
        let between = if words.is_empty() { "" } else { "; " };
        words.push_str(&format!("{between}{out} of {wanted} out"));
    }
    if !words.is_empty() {
        let words = line.signs().sentence(&words).into_owned();
        line.skip(1).cut(&words, Role::Muted);
    }
}

/// Writes at the right of a row that a picture lacks its alt text.
pub fn missing_alt(line: &mut Line<'_, '_>, post: &Summary) {
    if post.lacks_alt() {
        line.at_right(NO_ALT, Role::Warn).shorten(1);
    }
}

/// Writes state, time, kind and title of a post in a list.
pub fn post_line(
    line: &mut Line<'_, '_>,
    app: &App,
    post: &Summary,
    when: &When,
    is_selected: bool,
) {
    let state = post.glyph();
    let is_over = matches!(state, Glyph::Published | Glyph::Skipped);
    let words = if is_over { Role::Muted } else { Role::Text };
    line.standing(is_selected, app.marks.contains(post.id));
    line.state(state).skip(1);
    let time = post.due_at.map_or_else(String::new, |at| match when {
        When::Clock => times::clock(at, app.zone),
        When::Brief => times::brief(at, app.zone, app.today(), app.week_start),
    });
    line.put(&format!("{time:<5}"), words);
    let kind = line.signs().kind(post.kind);
    let title = match post.kind {
        Kind::Evergreen if !is_over => Role::Evergreen,
        _ => words,
    };
    line.sign(kind, title).cut(&post.title, title);
}

/// Returns the marks of the channels that a row is about: those that need a person, else all.
fn concerned_marks(app: &App, post: &Summary, needs_you: bool) -> String {
    let channels: Vec<&ChannelName> = post
        .channels
        .iter()
        .filter(|it| !needs_you || is_concerned(post, it))
        .map(|it| &it.channel)
        .collect();
    marks(app, channels.into_iter(), " ", 20)
}

/// Whether a channel is why a post stands where it does: the worst ones, and of what waits that which somebody is asked to do.
fn is_concerned(post: &Summary, channel: &ChannelState) -> bool {
    Glyph::from(channel.state) == post.glyph() && (!is_asked(post) || channel.is_asked_by_hand())
}

/// Whether a post needs somebody to post it by hand, and nothing worse.
fn is_asked(post: &Summary) -> bool {
    let waits = Glyph::from(DeliveryState::Waiting);
    post.glyph() == waits && post.channels.iter().any(ChannelState::is_asked_by_hand)
}

/// Returns why a post stands where it does; empty when there is nothing to say.
pub fn reason(post: &Summary) -> &str {
    post.channels
        .iter()
        .find(|it| is_concerned(post, it) && !it.reason.is_empty())
        .map_or("", |it| &it.reason)
}

/// Three lines for the selected post: its state in words, the reason, what can be done.
fn explain(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let Some(post) = app.queue.posts().find(|it| Some(it.id) == app.selected) else {
        return;
    };
    let area = Rect {
        y: area.bottom().saturating_sub(3).max(area.y),
        height: 3.min(area.height),
        ..area
    };
    let state = post.glyph();
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1);
    line.at_right(&state_words(app, post), Role::Text)
        .shorten(1);
    line.state(state).skip(1).cut(&post.title, Role::Strong);
    let lines = reason_lines(app, post, usize::from(area.width).saturating_sub(2));
    for (row, text) in lines.iter().take(2).enumerate() {
        let row = 1 + u16::try_from(row).unwrap_or(0);
        pen.line(area, row).skip(1).put(text, Role::Muted);
    }
    if lines.len() < 2 {
        let mut line = pen.line(area, 2);
        line.skip(1);
        let helps = if is_asked(post) {
            let helps = [
                (Action::Open, "do it"),
                (Action::Schedule, "new time"),
                (Action::Skip, "skip"),
            ];
            hints::worded(app, &helps)
        } else {
            hints::remedies(app, state)
        };
        hints::write(&mut line, &helps, 3, Keep::First);
    }
}

/// Returns where a post stands, in words: `3 of 4 published`, `waiting, Wed 11 Nov 09:00`.
pub fn state_words(app: &App, post: &Summary) -> String {
    let (out, wanted) = post.published();
    if out > 0 && out < wanted {
        return format!("{out} of {wanted} published");
    }
    if is_asked(post) {
        return "post it by hand".to_owned();
    }
    let word = post.word();
    match post.due_at {
        Some(at) if !post.glyph().needs_you() => {
            let when = times::date_and_clock(at, app.zone, app.today());
            format!("{word}, {when}")
        }
        _ => word.to_owned(),
    }
}

/// An error's reason is never cut: it wraps.
fn reason_lines(app: &App, post: &Summary, width: usize) -> Vec<String> {
    let state = post.glyph();
    let concerned = post.channels.iter().find(|it| is_concerned(post, it));
    let text = match concerned {
        Some(it) if !it.reason.is_empty() => {
            format!("{}  {}", app.mark_and_name(&it.channel), it.reason)
        }
        _ if state.held_because().is_empty() => return Vec::new(),
        _ => state.held_because().to_owned(),
    };
    wrap(&text, width)
        .into_iter()
        .map(|row| text[row.start..row.end].trim_end().to_owned())
        .filter(|row| shown_width(row) > 0)
        .collect()
}
