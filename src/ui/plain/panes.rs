//! Days and the selected post in sentences.
//!
//! Posts are said by `domain::sentence`, as the agenda says them.

use super::{Fact, said};
use crate::app::wrap::shown_width;
use crate::app::{Action, App};
use crate::domain::{Summary, sentence};
use crate::ui::glyph::Signs;
use crate::ui::{post, text, times};
use chrono::{Datelike, NaiveDate};
use ratatui::layout::Rect;

/// A title is never cut to less than this.
const SHORTEST_TITLE: usize = 12;

/// Returns the month and the week of the selected day.
pub fn period(app: &App) -> String {
    let week = app.day.iso_week().week();
    format!("{}, week {week}.", app.day.format("%B %Y"))
}

/// Tells the selected day: how much stands on it, the selected post, then the others.
pub fn calendar(app: &App, columns: u16, facts: &mut Vec<Fact>) {
    let posts = app.posts_on(app.day);
    let at = posts.iter().position(|it| Some(it.id) == app.selected);
    let count = match posts.len() {
        0 => String::new(),
        1 => " 1 post.".to_owned(),
        more => format!(" {more} posts."),
    };
    let selected = match at {
        Some(at) if posts.len() > 1 => format!(" Selected post {} of {}.", at + 1, posts.len()),
        _ => String::new(),
    };
    let words = format!("{}{count}{selected}", day(app, app.day));
    facts.push(Fact::body(words).on_line(2));
    let number = i64::from(app.day.num_days_from_ce());
    let Some(at) = at else {
        let key = app.keymap.label(Action::Add);
        let words = match posts.len() {
            0 => format!("{}, {key} adds a post.", text::capital(app.nothing_words())),
            _ => "No post is selected.".to_owned(),
        };
        facts.push(Fact::focus(words, number));
        return;
    };
    let post = &posts[at];
    facts.push(Fact::focus(focused(app, post), post.id.0));
    facts.extend(reasons(app, post));
    for (index, other) in posts.iter().enumerate() {
        let before = match index.cmp(&at) {
            std::cmp::Ordering::Less => "Earlier: ",
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Greater => "Later: ",
        };
        facts.push(Fact::body(shortened(app, before, other, columns)));
    }
}

/// `Tuesday 10 November, today.`
fn day(app: &App, day: NaiveDate) -> String {
    let form = if day.year() == app.today().year() {
        "%A %-d %B"
    } else {
        "%A %-d %B %Y"
    };
    let today = if day == app.today() { ", today" } else { "" };
    format!("{}{today}.", day.format(form))
}

fn clock(app: &App, post: &Summary) -> String {
    post.due_at
        .map_or_else(String::new, |at| format!("{} ", times::clock(at, app.zone)))
}

fn marked(app: &App, post: &Summary) -> &'static str {
    if app.marks.contains(post.id) {
        "Marked: "
    } else {
        ""
    }
}

fn focused(app: &App, post: &Summary) -> String {
    format!(
        "{}{}{}",
        marked(app, post),
        clock(app, post),
        sentence(post)
    )
}

/// Why a post needs somebody, channel by channel.
pub fn reasons(app: &App, post: &Summary) -> Vec<Fact> {
    let concerned = post.channels.iter().filter(|it| !it.reason.is_empty());
    let mut facts: Vec<Fact> = concerned
        .map(|it| {
            let reason = super::sentence(app, &it.reason);
            Fact::body(format!("{}: {reason}.", it.channel))
        })
        .collect();
    let held = post.glyph().held_because();
    if facts.is_empty() && !held.is_empty() {
        facts.push(Fact::body(format!("{}.", text::capital(held))));
    }
    facts
}

/// A post that is not selected fits a row; only its title gives way.
fn shortened(app: &App, before: &str, post: &Summary, columns: u16) -> String {
    let mut said = sentence(post);
    let before = format!("{}{before}{}", marked(app, post), clock(app, post));
    let whole = shown_width(&before) + shown_width(&said.to_string());
    let over = whole.saturating_sub(usize::from(columns));
    let room = shown_width(&said.title).saturating_sub(over);
    if over > 0 && room >= SHORTEST_TITLE {
        let mark = Signs::words(app.look.ascii).cut();
        said.title = text::cut(&said.title, room, mark).into_owned();
        // A cut title ends without a stop.
        if said.after.starts_with('.') {
            said.after.remove(0);
        }
    }
    format!("{before}{said}")
}

/// Tells the selected post in full: its head, channels, text, reasons, counts, and what the panel spells out.
pub fn post(app: &App, facts: &mut Vec<Fact>) {
    let area = Rect::new(0, 0, super::PAPER.0, super::PAPER.1);
    let mut rows = said(app, |pen| post::draw(pen, app, area)).into_iter();
    if let Some(head) = rows.next() {
        facts.push(Fact::focus(head.words, app.selected.map_or(0, |it| it.0)));
    }
    facts.extend(rows.map(|row| Fact::body(row.words)));
    // Its head repeats the title.
    let panel = said(app, |pen| post::draw_panel(pen, app, area));
    let panel = panel.into_iter().skip(1);
    facts.extend(panel.map(|row| Fact::body(row.words)));
}
