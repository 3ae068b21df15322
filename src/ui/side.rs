//! The side column beside a focused queue or editor: a small month, the selected day, and what still helps.
//!
//! Shown from 80 to 119 columns.

use super::day_lines;
use super::pen::{Line, Pen};
use super::small_month::{self, Pitch};
use super::theme::Role;
use super::times;
use crate::app::App;
use crate::app::layout::areas;
use crate::domain::{Kind, Summary};
use ratatui::layout::Rect;

const NEXT_SHOWN: usize = 3;

/// Draws the side column.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let month = app.grid().month();
    let name = month.format("%B").to_string();
    pen.line(area, 0).put(&name, Role::Strong);
    let below = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let mut row = 2 + small_month::draw(pen, app, below, Pitch::Tight, false);
    pen.line(area, row)
        .cut(&times::date(app.day, app.today()), Role::Text);
    row += 1;
    let posts = app.posts_on(app.day);
    for post in posts.iter().take(NEXT_SHOWN) {
        let time = clock(app, post);
        post_line(&mut pen.line(area, row), post, &time);
        row += 1;
    }
    if posts.len() > NEXT_SHOWN {
        let more = format!("+{} more", posts.len() - NEXT_SHOWN);
        pen.line(area, row).put(&more, Role::Muted);
        row += 1;
    }
    // The queue itself says the rest.
    if areas(app).queue.is_some() {
        return;
    }
    row += 1;
    let next = &app.queue.next;
    if !next.is_empty() {
        pen.line(area, row).put("next", Role::Text);
        row += 1;
        for post in next.iter().take(NEXT_SHOWN) {
            let time = match post.due_at.map(|at| times::day(at, app.zone)) {
                Some(day) if day != app.today() => format!("{} ", day.format("%a %-d")),
                _ => clock(app, post),
            };
            post_line(&mut pen.line(area, row), post, &time);
            row += 1;
        }
        row += 1;
    }
    day_lines::needs_you(&mut pen.line(area, row), app);
}

fn clock(app: &App, post: &Summary) -> String {
    post.due_at
        .map_or_else(String::new, |at| times::clock(at, app.zone))
}

fn post_line(line: &mut Line<'_, '_>, post: &Summary, time: &str) {
    let role = match post.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Text,
    };
    line.shorten(1).state(post.glyph()).skip(1);
    line.put(time, Role::Text);
    // A day's blank before the title stands for the blank kind; the sign still shows.
    if post.kind == Kind::Evergreen || !time.ends_with(' ') {
        let kind = line.signs().kind(post.kind);
        line.sign(kind, role);
    }
    if post.lacks_alt() {
        line.sign("!", Role::Warn);
    }
    line.cut(&post.title, role);
}
