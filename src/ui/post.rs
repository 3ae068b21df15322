//! The editor pane while nothing is typed: the selected post's head, channels, text and counts; and the panel that spells
//! everything else out where there is width for it.
//!
//! Typing is `editor.rs`. A post that was not read yet shows what its summary knows.

use super::counts;
use super::pen::Pen;
use super::queue::state_words;
use super::tabs::{self, Form, composed_for};
use super::text::{cut_middle, is_right_to_left};
use super::theme::Role;
use super::times;
use super::top::zone_clock;
use crate::app::layout::{Room, areas, room};
use crate::app::stale;
use crate::app::update::presence;
use crate::app::wrap::{shown_width, wrap};
use crate::app::{Action, App, Detail, Pane, Place, Tab};
use crate::domain::{Content, Delivery, Glyph, Kind, Plan, Review};
use ratatui::layout::Rect;

/// Lines longer than this are hard to read.
const MEASURE: u16 = 96;
const TEXT_COLUMN: u16 = 3;

/// Draws the pane.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let has_focus = app.focus == Pane::Editor;
    let Some(summary) = app.selected_summary() else {
        pane_head(pen, area, has_focus, "3 Editor");
        let day = times::date(app.day, app.today());
        let key = app.keymap.label(Action::Add);
        let words = format!("no post is selected; {key} adds one on {day}");
        pen.line(area, 1).to(TEXT_COLUMN).cut(&words, Role::Muted);
        return;
    };
    let Some(detail) = app.selected_detail() else {
        let head = Head {
            name: "3 Editor",
            title: &summary.title,
            kind: summary.kind,
            right: state_words(app, summary),
            right_role: Role::Text,
            open_by: None,
            has_focus,
        };
        head.draw(pen, area);
        return;
    };
    let content = &detail.view.post.content;
    head(pen, app, content, "3 Editor", has_focus, area);
    let form = match room(app.size) {
        Room::Wide => Form::Named,
        _ => Form::Marked,
    };
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1);
    let style = tabs::Style {
        form,
        between: 2,
        chosen: Role::Text,
    };
    let shown = tabs::Shown {
        content,
        composed: &detail.composed,
        stale: &detail.stale,
    };
    tabs::write(&mut line, app, shown, &app.detail_tab, style);
    let last = area.height.saturating_sub(1);
    let mut reasons = delivery_lines(pen, app, detail, usize::from(area.width));
    reasons.extend(stale_line(app, detail));
    reasons.truncate(usize::from(area.height.saturating_sub(5)));
    let reason_rows = u16::try_from(reasons.len()).unwrap_or(0);
    let text = Rect {
        x: area.x + TEXT_COLUMN,
        y: area.y + 2,
        width: area.width.saturating_sub(2 * TEXT_COLUMN).min(MEASURE),
        height: last.saturating_sub(2 + reason_rows),
    };
    let words = match &app.detail_tab {
        Tab::Master => &content.text,
        Tab::Channel(channel) => content.text_for(channel),
    };
    body(pen, app, words, text, area.right().saturating_sub(2));
    for (row, (reason, role)) in reasons.iter().enumerate() {
        let row = last - reason_rows + u16::try_from(row).unwrap_or(0);
        pen.line(area, row).skip(1).put(reason, *role);
    }
    count_line(pen, app, detail, area, last);
}

fn pane_head(pen: &mut Pen<'_>, area: Rect, has_focus: bool, name: &str) {
    let head = Head {
        name,
        title: "",
        kind: Kind::AdHoc,
        right: String::new(),
        right_role: Role::Text,
        open_by: None,
        has_focus,
    };
    head.draw(pen, area);
}

/// The first row of a pane that is about one post.
pub struct Head<'h> {
    /// The pane's name.
    pub name: &'h str,
    /// What names the post.
    pub title: &'h str,
    /// Evergreen or ad hoc.
    pub kind: Kind,
    /// State and time, at the right.
    pub right: String,
    /// The role of that.
    pub right_role: Role,
    /// Who else has it open, before that.
    pub open_by: Option<String>,
    /// Whether the pane has the focus.
    pub has_focus: bool,
}

impl Head<'_> {
    /// Draws it into the first row of an area.
    pub fn draw(&self, pen: &mut Pen<'_>, area: Rect) {
        pen.rule(area, 0);
        let marker = pen.signs.marker();
        let mut line = pen.line(area, 0);
        if self.has_focus {
            line.sign(marker, Role::Accent);
        }
        let role = if self.has_focus {
            Role::Accent
        } else {
            Role::Text
        };
        line.to(1).put(self.name, role).skip(2).shorten(1);
        if !self.right.is_empty() {
            line.at_right(&self.right, self.right_role).shorten(2);
        }
        if let Some(open_by) = &self.open_by {
            line.at_right(open_by, Role::Warn).shorten(2);
        }
        let mut title = Role::Text;
        if self.kind == Kind::Evergreen {
            title = Role::Evergreen;
            let sign = line.signs().kind(self.kind);
            line.sign(sign, title).skip(1);
        }
        line.cut(self.title, title);
    }
}

/// Draws the head of a pane about a content: its title, where it stands, and when it is to leave.
pub fn head(
    pen: &mut Pen<'_>,
    app: &App,
    content: &Content,
    name: &str,
    has_focus: bool,
    area: Rect,
) {
    let title = content.display_title();
    let mut right = String::new();
    if is_right_to_left(&content.text) {
        right.push_str("rtl  ");
    }
    let due = content.plan.at().map(|at| at.instant());
    let selected = app.selected_summary();
    let state = selected.map(|post| post.glyph());
    let is_open = !matches!(state, Some(Glyph::Published | Glyph::Skipped));
    let leaves = due
        .filter(|_| content.scheduled && is_open)
        .and_then(|at| times::countdown(at, app.now));
    let is_leaving = leaves.is_some();
    right.push_str(&leaves.unwrap_or_else(|| match state {
        _ if !content.scheduled => "draft".to_owned(),
        Some(_) => selected.map_or("", |post| post.word()).to_owned(),
        None => "new".to_owned(),
    }));
    if room(app.size) == Room::Wide {
        right.push_str("  ");
        right.push_str(&when(app, content));
    }
    let head = Head {
        name,
        title: &title,
        kind: content.kind,
        right,
        right_role: if is_leaving { Role::Warn } else { Role::Text },
        open_by: presence::open_by(app),
        has_focus,
    };
    head.draw(pen, area);
}

fn when(app: &App, content: &Content) -> String {
    match content.plan {
        Plan::Shelf => "shelf".to_owned(),
        Plan::Queued => "queued".to_owned(),
        Plan::At(at) => times::date_and_clock(at.instant(), app.zone, app.today()),
    }
}

fn body(pen: &mut Pen<'_>, app: &App, text: &str, area: Rect, mark_column: u16) {
    if text.trim().is_empty() {
        let key = app.keymap.label(Action::Edit);
        let words = format!("no text yet; {key} writes it");
        pen.line(area, 0).cut(&words, Role::Muted);
        return;
    }
    let rows = wrap(text, usize::from(area.width));
    let height = usize::from(area.height);
    let start = app.detail_scroll.min(rows.len().saturating_sub(height));
    for (row, span) in rows.iter().skip(start).take(height).enumerate() {
        let row = u16::try_from(row).unwrap_or(0);
        pen.line(area, row)
            .put(&text[span.start..span.end], Role::Text);
    }
    if start + height < rows.len() && height > 0 {
        let mark = Rect {
            x: mark_column,
            y: area.bottom() - 1,
            width: 1,
            height: 1,
        };
        let sign = pen.signs.cut();
        pen.line(mark, 0).put(sign, Role::Muted);
    }
}

/// What is to be known about single deliveries: reasons, wrapped and never cut, then where a published one can be read.
fn delivery_lines(pen: &Pen<'_>, app: &App, detail: &Detail, width: usize) -> Vec<(String, Role)> {
    let room = width.saturating_sub(2);
    let mut lines = Vec::new();
    let mut addresses = Vec::new();
    // From this width the panel has the addresses.
    let has_panel = areas(app).panel.is_some();
    for it in &detail.view.deliveries {
        let state = Glyph::from(it.state);
        let name = app.mark_and_name(&it.channel);
        let role = super::glyph::role(state);
        // In words the state is said once, after the channel.
        let sign = match pen.signs.are_words() {
            true => "",
            false => pen.signs.state(state),
        };
        if it.state.needs_you() || !it.reason.is_empty() {
            let reason = pen.signs.sentence(&it.reason);
            let text = format!("{sign} {name}  {}  {reason}", state.word());
            let text = text.trim_end();
            let rows = wrap(text, room).into_iter();
            lines.extend(rows.map(|row| (text[row.start..row.end].to_owned(), role)));
        } else if let Some(address) = it.permalink.as_deref().filter(|_| !has_panel) {
            let before = format!("{sign} {name}  ");
            let left = room.saturating_sub(shown_width(&before));
            let address = cut_middle(address, left, pen.signs.cut());
            addresses.push((format!("{before}{address}"), role));
        }
    }
    lines.append(&mut addresses);
    lines
}

/// What is to be known about the shown text, where it is a channel's own and the master went on without it.
fn stale_line(app: &App, detail: &Detail) -> Option<(String, Role)> {
    let Tab::Channel(channel) = &app.detail_tab else {
        return None;
    };
    if !detail.stale.contains(channel) {
        return None;
    }
    let since = stale::since(app, Some(detail.view.post.id), channel);
    let key = app.keymap.label_in(Action::StaleText, Place::EditorPane);
    Some((
        format!("~ stale: {since}   {key} difference, keep or inherit"),
        Role::Warn,
    ))
}

fn count_line(pen: &mut Pen<'_>, app: &App, detail: &Detail, area: Rect, row: u16) {
    let mut line = pen.line(area, row);
    line.skip(1).shorten(1);
    for (channel, composed) in &detail.composed {
        let mark = app.mark(channel);
        let count = counts::total(composed);
        let words = match counts::trouble(composed) {
            Some(trouble) => (format!("{mark} {count} !{trouble}"), Role::Bad),
            None => (format!("{mark} {count}"), Role::Text),
        };
        line.cut(&words.0, words.1).skip(3);
    }
    if detail.composed.is_empty() {
        let key = app.keymap.label(Action::Details);
        let words = format!("no channel yet; {key} chooses");
        line.cut(&words, Role::Warn);
    } else {
        line.cut("saved", Role::Muted);
    }
    match detail.view.post.content.without_alt() {
        0 => {}
        1 => {
            line.skip(3).cut("! no alt text", Role::Warn);
        }
        more => {
            let words = format!("! {more} without alt");
            line.skip(3).cut(&words, Role::Warn);
        }
    }
}

/// Draws the panel that spells the selected post out.
pub fn draw_panel(pen: &mut Pen<'_>, app: &App, area: Rect) {
    pen.rule(area, 0);
    let Some(summary) = app.selected_summary() else {
        pen.line(area, 0).skip(1).put("Post", Role::Text);
        return;
    };
    let mut line = pen.line(area, 0);
    line.skip(1).put("Post", Role::Text).skip(2).shorten(1);
    let title = super::text::cut(&summary.title, line.room(), line.signs().cut()).into_owned();
    line.at_right(&title, Role::Text);
    let Some(detail) = app.selected_detail() else {
        return;
    };
    let content = &detail.view.post.content;
    let mut row = facts(pen, app, content, area);
    if detail.view.review != Review::Draft {
        field(
            pen,
            area,
            row,
            "review",
            &detail.view.review.word().replace('-', " "),
        );
        row += 1;
    }
    let row = deliveries(pen, app, detail, area, row + 1);
    extras(pen, app, detail, area, row + 1);
}

const VALUE_COLUMN: u16 = 12;

fn field(pen: &mut Pen<'_>, area: Rect, row: u16, name: &str, value: &str) {
    let mut line = pen.line(area, row);
    line.skip(1).shorten(1).put(name, Role::Muted);
    line.to(VALUE_COLUMN).cut(value, Role::Text);
}

fn facts(pen: &mut Pen<'_>, app: &App, content: &Content, area: Rect) -> u16 {
    let mut row = 1;
    if let Some(at) = content.plan.at() {
        let local = at.instant().with_timezone(&app.zone);
        let when = format!(
            "{} {}",
            local.format("%a %-d %b %Y %H:%M"),
            times::city(app.zone)
        );
        field(pen, area, row, "when", &when);
        let mut zones = format!("{} UTC", times::clock(at.instant(), chrono_tz::UTC));
        if let Some(second) = app.second_zone {
            zones.push_str("  ");
            zones.push_str(&zone_clock(at.instant(), second));
        }
        field(pen, area, row + 1, "", &zones);
        row += 2;
    } else {
        field(pen, area, row, "when", &when(app, content));
        row += 1;
    }
    let mut line = pen.line(area, row);
    line.skip(1)
        .shorten(1)
        .put("kind", Role::Muted)
        .to(VALUE_COLUMN);
    match content.kind {
        Kind::Evergreen => {
            let sign = line.signs().kind(content.kind);
            line.sign(sign, Role::Evergreen)
                .skip(1)
                .put("evergreen", Role::Evergreen);
        }
        Kind::AdHoc => {
            line.put("ad hoc", Role::Text);
        }
    }
    row + 1
}

fn deliveries(pen: &mut Pen<'_>, app: &App, detail: &Detail, area: Rect, row: u16) -> u16 {
    let mut row = row;
    for it in &detail.view.deliveries {
        delivery(pen, app, detail, it, area, row);
        row += 1;
        if let Some(address) = &it.permalink {
            let mut line = pen.line(area, row);
            line.shorten(1).to(4).address(address, Role::Muted);
            row += 1;
        }
    }
    row
}

fn delivery(pen: &mut Pen<'_>, app: &App, detail: &Detail, it: &Delivery, area: Rect, row: u16) {
    let state = Glyph::from(it.state);
    let mut line = pen.line(area, row);
    line.skip(1).shorten(1);
    line.put(&app.mark_beside_name(&it.channel), Role::Text)
        .to(4);
    line.cut_to(it.channel.as_str(), 11, Role::Text);
    line.to(16)
        .state(state)
        .skip(1)
        .put(state.word(), Role::Text);
    if let Some(composed) = composed_for(&detail.composed, &it.channel) {
        line.skip(2).put(&composed.parts_in_words(), Role::Text);
        line.skip(2).cut(&counts::used(composed), Role::Text);
    }
}

fn extras(pen: &mut Pen<'_>, app: &App, detail: &Detail, area: Rect, row: u16) {
    let content = &detail.view.post.content;
    let mut row = row;
    for picture in &content.attachments {
        let name = if row == 0 { "" } else { "media" };
        let pixels = picture
            .pixels
            .map_or_else(String::new, |(w, h)| format!(", {w}x{h}"));
        let mut line = pen.line(area, row);
        line.skip(1).shorten(1).put(name, Role::Muted);
        line.to(VALUE_COLUMN);
        if picture.lacks_alt() {
            line.at_right("! no alt text", Role::Warn).shorten(1);
            line.cut(&format!("{}{pixels}", picture.name), Role::Text);
        } else {
            let alt = match picture.alt.trim() {
                "" => "",
                _ => ", alt text",
            };
            line.cut(&format!("{}{pixels}{alt}", picture.name), Role::Text);
        }
        row += 1;
    }
    if let Some(link) = &content.link {
        let mut line = pen.line(area, row);
        line.skip(1).shorten(1).put("link", Role::Muted);
        line.to(VALUE_COLUMN).address(&link.url, Role::Text);
        row += 1;
    }
    let post = &detail.view.post;
    let day = |at| {
        let on = times::day(at, app.zone);
        on.format("%-d %b").to_string()
    };
    let mut history = format!("written {}", day(post.created_at));
    if post.revision > 1 {
        history.push_str(&format!(", changed {}", day(post.updated_at)));
    }
    field(pen, area, row, "history", &history);
}
