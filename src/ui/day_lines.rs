//! Three lines under the month: the selected post in full, what leaves next, and what needs a person.
//!
//! Shown where the calendar has the whole width and there is no queue beside it.

use super::glyph;
use super::hints;
use super::pen::{Line, Pen, marks};
use super::queue::missing_alt;
use super::theme::Role;
use super::times;
use crate::app::App;
use crate::domain::{Glyph, Kind, Summary};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Draws the three lines.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    day(pen, app, area);
    next(pen, app, area);
    counts(pen, app, area);
}

fn day(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let posts = app.posts_on(app.day);
    let count = posts.len() + app.unread_on(app.day);
    let selected = posts.iter().position(|it| Some(it.id) == app.selected);
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1).put("day", Role::Muted).to(7);
    let Some(at) = selected else {
        let date = times::date(app.day, app.today());
        let what = match count {
            0 => app.nothing_words().to_owned(),
            1 => "1 post".to_owned(),
            more => format!("{more} posts"),
        };
        line.cut(&format!("{date}  {what}"), Role::Muted);
        return;
    };
    let post = &posts[at];
    line.at_right(&format!("{} of {count}", at + 1), Role::Text);
    line.shorten(2);
    let (out, wanted) = post.published();
    let words = if out > 0 && out < wanted {
        format!("{out} of {wanted} published")
    } else {
        post.word().to_owned()
    };
    line.at_right(&words, word_role(post.glyph())).shorten(2);
    missing_alt(&mut line, post);
    channels(&mut line, app, post);
    let time = post
        .due_at
        .map_or_else(String::new, |at| times::clock(at, app.zone));
    title(&mut line, post, &time);
}

fn word_role(state: Glyph) -> Role {
    match state {
        Glyph::Draft | Glyph::InReview | Glyph::Waiting => Role::Text,
        other => glyph::role(other),
    }
}

fn channels(line: &mut Line<'_, '_>, app: &App, post: &Summary) {
    let all = post.channels.iter().map(|it| &it.channel);
    let marks = marks(app, all, " ", line.room() / 3);
    if !marks.is_empty() {
        line.at_right(&marks, Role::Text).shorten(1);
    }
}

fn title(line: &mut Line<'_, '_>, post: &Summary, time: &str) {
    let kind = line.signs().kind(post.kind);
    let role = match post.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Text,
    };
    line.state(post.glyph()).skip(1).put(time, Role::Text);
    line.sign(kind, role).cut(&post.title, role);
}

/// The next post that leaves by itself, the selected one left out: that stands in the line above.
fn next(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1).put("next", Role::Muted).to(7);
    let leaves =
        |post: &&Summary| !post.held && post.due_at.is_some() && Some(post.id) != app.selected;
    let queue = &app.queue;
    // Where no approval is needed, what waits for a reviewer leaves all the same.
    let upcoming = queue.next.iter().find(leaves);
    let reviewed = queue.review.iter().find(leaves);
    let earliest = upcoming
        .into_iter()
        .chain(reviewed)
        .min_by_key(|post| post.due_at);
    let Some(post) = earliest else {
        let what = if app.queue.next_total > 0 {
            "nothing else leaves by itself"
        } else {
            "nothing waits"
        };
        line.cut(what, Role::Muted);
        return;
    };
    let at = queue.next.iter().position(|it| it.id == post.id);
    let rest = app
        .queue
        .next_total
        .saturating_sub(at.map_or(0, |at| at + 1));
    if rest > 0 {
        line.at_right(&format!("then {rest}"), Role::Muted)
            .shorten(2);
    }
    channels(&mut line, app, post);
    let when = post
        .due_at
        .map_or_else(String::new, |at| times::upcoming(at, app.zone, app.today()));
    let role = match post.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Text,
    };
    let kind = line.signs().kind(post.kind);
    line.put(&when, Role::Text).sign(kind, role);
    line.cut(&post.title, role);
}

fn counts(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let mut line = pen.line(area, 2);
    line.skip(1).shorten(1);
    if let Some(login) = hints::login_elsewhere(app) {
        line.at_right(&login, Role::Warn).shorten(2);
    }
    needs_you(&mut line, app);
    if let Some(review) = to_review(app) {
        line.skip(3).put(&review, Role::Text);
    }
}

/// Returns how many posts wait for a second pair of eyes; `None` for none.
pub fn to_review(app: &App) -> Option<String> {
    let count = app.queue.review_total;
    (count > 0).then(|| format!("review {count}"))
}

/// Writes how many posts need a person and the signs of their states.
pub fn needs_you(line: &mut Line<'_, '_>, app: &App) {
    let total = app.queue.needs_you_total;
    if total == 0 {
        line.put("nothing needs you", Role::Muted);
        return;
    }
    let need = if total == 1 { "needs" } else { "need" };
    line.put(&format!("{need} you {total}"), Role::Strong)
        .skip(1);
    let found: BTreeSet<Glyph> = app.queue.needs_you.iter().map(Summary::glyph).collect();
    for state in [Glyph::Unknown, Glyph::Failed, Glyph::Missed] {
        if found.contains(&state) {
            line.skip(1).state(state);
        }
    }
}
