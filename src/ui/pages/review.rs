//! The review page: who asks, each channel as it will be sent, checks, and what was said.
//!
//! What is said comes from `app::review`; nothing here decides it.

use crate::app::layout::review_height;
use crate::app::outbox::moment;
use crate::app::prose::Tone;
use crate::app::review::{ReviewPage, ReviewView, Row, count, rows};
use crate::app::{Action, App};
use crate::domain::{Composed, Kind, Reviewed};
use crate::ui::hints;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::times;
use ratatui::layout::Rect;

/// Draws the page.
pub fn draw(pen: &mut Pen<'_>, app: &App, page: &ReviewPage, area: Rect) {
    head(pen, app, page, area);
    pen.set_cursor(area.x, area.y);
    let Some(one) = page.post() else {
        return empty(pen, app, page, area);
    };
    about(pen, app, one, area);
    tabs(pen, app, page, area);
    let height = review_height(app);
    let all = rows(app, page, area.width.saturating_sub(1));
    let start = page.scroll.min(all.len().saturating_sub(height));
    for (at, row) in all.iter().skip(start).take(height).enumerate() {
        draw_row(pen, area, 4 + u16::try_from(at).unwrap_or(0), row);
    }
    let below = all.len().saturating_sub(start + height);
    if below > 0 {
        let keys = hints::together(app, &[Action::Down, Action::Up]);
        let rows = if below == 1 { "row" } else { "rows" };
        let mut line = pen.line(area, 3);
        line.shorten(1);
        line.at_right(&format!("{below} more {rows} below, {keys}"), Role::Muted);
    }
}

fn empty(pen: &mut Pen<'_>, app: &App, page: &ReviewPage, area: Rect) {
    let words = match &page.posts {
        None => "reading",
        Some(_) => "Nothing waits for a review.",
    };
    pen.line(area, 2).skip(1).put(words, Role::Muted);
    if page.posts.is_some() {
        let key = app.keymap.label(Action::AskReview);
        let words = format!("{key} on a post in the calendar or the queue asks for one.");
        pen.line(area, 3).skip(1).cut(&words, Role::Muted);
    }
}

fn head(pen: &mut Pen<'_>, app: &App, page: &ReviewPage, area: Rect) {
    pen.rule(area, 0);
    let mut line = pen.line(area, 0);
    let marker = line.signs().marker();
    line.sign(marker, Role::Accent).put("Review", Role::Accent);
    let (Some(one), Some(at)) = (page.post(), page.at()) else {
        return;
    };
    line.skip(2);
    line.put(&format!("{} of {}", at + 1, page.all().len()), Role::Text);
    line.skip(3).shorten(1);
    let content = &one.view.post.content;
    let when = match content.plan.at() {
        Some(at) => {
            let day = times::date_and_clock(at.instant(), at.zone, app.today());
            format!("{day} {}", times::city(at.zone))
        }
        None => content.plan.word().to_owned(),
    };
    line.at_right(&when, Role::Text).shorten(2);
    let role = match content.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Strong,
    };
    let sign = line.signs().kind(content.kind);
    if content.kind == Kind::Evergreen {
        line.sign(sign, role);
    }
    line.cut(&content.display_title(), role);
}

/// What kind of post it is, and who asks for what.
fn about(pen: &mut Pen<'_>, app: &App, one: &Reviewed, area: Rect) {
    let content = &one.view.post.content;
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1);
    let asked = match one.asked() {
        Some(note) => format!("{} asked {}", note.author, moment(app, note.at)),
        None => "planned, not approved".to_owned(),
    };
    line.at_right(&asked, Role::Muted).shorten(2);
    let mut words = vec![match content.kind {
        Kind::Evergreen => "evergreen".to_owned(),
        Kind::AdHoc => "ad hoc".to_owned(),
    }];
    if !content.scheduled {
        words.push("a draft".to_owned());
    }
    if let Some(end) = content.not_after {
        let day = times::date_and_clock(end.instant(), app.zone, app.today());
        words.push(format!("not after {day}"));
    }
    if let Some(campaign) = &content.campaign {
        words.push(format!("campaign {campaign}"));
    }
    words.push(format!("by {}", one.written_by));
    line.cut(&words.join("   "), Role::Text);
}

fn tabs(pen: &mut Pen<'_>, app: &App, page: &ReviewPage, area: Rect) {
    let mut line = pen.line(area, 2);
    line.skip(1).shorten(1);
    match page.view {
        ReviewView::Channel => {}
        ReviewView::Whole => {
            line.put("every channel", Role::Strong);
            return;
        }
        ReviewView::Difference => {
            line.put("difference", Role::Strong).skip(3);
        }
    }
    // The chosen one is never pushed out by those before it.
    let first = page.tab.saturating_sub(2);
    for (index, (channel, composed)) in page.composed.iter().enumerate().skip(first) {
        let words = format!("{} {}", app.mark_and_name(channel), counts(composed));
        let is_over = !composed.problems.is_empty();
        if index == page.tab && line.signs().are_words() {
            line.put("chosen: ", Role::Text).put(&words, Role::Text);
        } else if index == page.tab {
            line.put("[", Role::Text).put(&words, Role::Select);
            line.put("]", Role::Text);
        } else {
            line.put(&words, if is_over { Role::Bad } else { Role::Muted });
        }
        if is_over {
            line.put(" !", Role::Bad);
        }
        line.skip(3);
    }
}

fn counts(composed: &Composed) -> String {
    match composed.parts.as_slice() {
        [] => String::new(),
        [one] => count(one),
        _ => composed.parts_in_words(),
    }
}

fn draw_row(pen: &mut Pen<'_>, area: Rect, at: u16, row: &Row) {
    let role = match row.line.tone {
        Tone::Strong => Role::Strong,
        Tone::Text => Role::Text,
        Tone::Muted => Role::Muted,
        Tone::Warn => Role::Warn,
        Tone::Bad => Role::Bad,
    };
    let mut line = pen.line(area, at);
    line.skip(1).put(row.label, Role::Muted);
    let text = line.signs().sentence(&row.line.text).into_owned();
    line.to(row.line.indent).put(&text, role);
}
