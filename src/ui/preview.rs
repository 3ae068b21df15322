//! What leaves: the composed result of one channel, part by part, and nothing else.
//!
//! Lines are built once and drawn by the pane beside the editor and by the preview sheet.

use super::counts;
use super::glyph::Signs;
use super::pen::Pen;
use super::text::cut_middle;
use super::theme::Role;
use crate::app::thumbs::Thumbs;
use crate::app::wrap::wrap;
use crate::app::{Action, App};
use crate::domain::card::{Origin, origin};
use crate::domain::{ChannelName, Composed, Feature, Part, PartKind, ReplyTo};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

/// One line of the preview.
#[derive(Debug)]
pub struct Row {
    text: String,
    role: Role,
    right: Option<(String, Role)>,
    /// A row of a picture in miniature: the picture's hash, and which row.
    thumb: Option<(String, u16)>,
}

impl Row {
    /// Creates a blank line.
    pub fn blank() -> Self {
        Self::new("", Role::Text)
    }

    /// Creates a quiet line.
    pub fn muted(text: String) -> Self {
        Self::new(text, Role::Muted)
    }

    fn new(text: impl Into<String>, role: Role) -> Self {
        Self {
            text: text.into(),
            role,
            right: None,
            thumb: None,
        }
    }
}

/// Draws the pane beside the editor.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    pen.rule(area, 0);
    let shown = match (&app.editor, app.selected_detail()) {
        (Some(editor), _) => editor.shown_composed(),
        (None, Some(detail)) => detail.composed.first(),
        (None, None) => None,
    };
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1);
    let Some((channel, composed)) = shown else {
        line.put("Preview", Role::Text);
        let words = "no channel to preview yet";
        pen.line(area, 2).skip(1).cut(words, Role::Muted);
        return;
    };
    line.at_right(&composed.parts_in_words(), Role::Text)
        .shorten(1);
    line.put("Preview", Role::Text).skip(2);
    line.cut(&app.mark_and_name(channel), Role::Text);
    let width = usize::from(area.width.saturating_sub(3));
    let rows = words(app, pen.signs, composed, width);
    let summary = summary(app, channel, composed);
    let height = usize::from(area.height).saturating_sub(3 + summary.len());
    let more = rows.len().saturating_sub(height);
    for (at, row) in rows.iter().take(height).enumerate() {
        let at = 2 + u16::try_from(at).unwrap_or(0);
        draw_row(pen, area, at, row, &app.thumbs);
    }
    if more > 0 {
        let key = app.keymap.label(Action::TypePreview);
        let words = format!("+{more} more rows; {key} shows all");
        let row = 2 + u16::try_from(height).unwrap_or(0);
        pen.line(area, row).skip(1).cut(&words, Role::Muted);
    }
    let first = area
        .height
        .saturating_sub(u16::try_from(summary.len()).unwrap_or(0));
    for (at, words) in summary.iter().enumerate() {
        let row = first + u16::try_from(at).unwrap_or(0);
        pen.line(area, row).skip(1).cut(words, Role::Muted);
    }
}

/// Draws one line into a row of an area.
pub fn draw_row(pen: &mut Pen<'_>, area: Rect, at: u16, row: &Row, thumbs: &Thumbs) {
    if let Some((hash, which)) = &row.thumb
        && at < area.height
    {
        return pen.picture_row(area.x + 1, area.y + at, thumbs, hash, *which);
    }
    let mut line = pen.line(area, at);
    line.skip(1).shorten(1);
    if let Some((right, role)) = &row.right {
        line.at_right(right, *role).shorten(1);
    }
    line.put(&row.text, row.role);
}

/// Returns what stops it from leaving, as lines of at most `width` columns.
pub fn problems(signs: Signs, composed: &Composed, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for problem in &composed.problems {
        let message = format!("! {}", signs.sentence(&problem.message));
        wrapped(&mut rows, &message, width, Role::Bad);
    }
    if !composed.problems.is_empty() {
        rows.push(Row::blank());
    }
    rows
}

/// Returns what the author may want to know, and what costs much, as lines of at most `width` columns.
pub fn remarks(signs: Signs, composed: &Composed, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for remark in composed.notes.iter().chain(&counts::costs(composed)) {
        wrapped(&mut rows, &signs.sentence(remark), width, Role::Muted);
    }
    rows
}

/// Returns the parts as lines of at most `width` columns, pictures that were read in miniature under their words.
pub fn rows(app: &App, signs: Signs, composed: &Composed, width: usize) -> Vec<Row> {
    let mut all = Vec::new();
    for row in marked(app, signs, composed, width) {
        let picture = row.thumb.as_ref().map(|(hash, _)| hash.clone());
        all.push(Row { thumb: None, ..row });
        let Some((hash, thumb)) = picture.and_then(|it| Some((it.clone(), app.thumbs.of(&it)?)))
        else {
            continue;
        };
        all.extend((0..thumb.rows()).map(|which| Row {
            thumb: Some((hash.clone(), which)),
            ..Row::blank()
        }));
    }
    all
}

/// Returns the parts as lines of at most `width` columns, pictures in words.
fn words(app: &App, signs: Signs, composed: &Composed, width: usize) -> Vec<Row> {
    let all = marked(app, signs, composed, width).into_iter();
    all.map(|row| Row { thumb: None, ..row }).collect()
}

/// Returns the parts as lines; the last one about a picture names it.
fn marked(app: &App, signs: Signs, composed: &Composed, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, part) in composed.parts.iter().enumerate() {
        if index > 0 {
            rows.push(Row::blank());
        }
        part_rows(&mut rows, signs, composed, index, part, width);
        card_rows(&mut rows, app, signs, part, width);
    }
    rows
}

fn part_rows(
    rows: &mut Vec<Row>,
    signs: Signs,
    composed: &Composed,
    index: usize,
    part: &Part,
    width: usize,
) {
    let name = match (index, composed.parts.len()) {
        (0, 1) => "as sent".to_owned(),
        (later, _) if later > 0 && part.kind == PartKind::Post => {
            format!("part {}, answers part {later}", later + 1)
        }
        (index, _) => composed.part_name(index),
    };
    let count = counts::of_part(part);
    let right = if part.count.fits {
        (count, Role::Text)
    } else {
        (format!("{count} !"), Role::Bad)
    };
    rows.push(Row {
        right: Some(right),
        ..Row::new(name, Role::Strong)
    });
    if let Some(reply) = &part.reply_to {
        let to = match reply {
            ReplyTo::Post(id) => format!("answers our post #{id}"),
            ReplyTo::Url(url) => {
                let address = cut_middle(url, width.saturating_sub(8), signs.cut());
                format!("answers {address}")
            }
        };
        wrapped(rows, &to, width, Role::Muted);
    }
    let to = part.to.as_ref().map(|to| to.shown());
    let labels = [
        ("warning", &part.warning),
        ("title", &part.title),
        ("to", &to),
        ("topic", &part.topic),
    ];
    for (label, value) in labels {
        if let Some(value) = value {
            wrapped(rows, &format!("[{label}: {value}]"), width, Role::Muted);
        }
    }
    for (name, value) in &part.options {
        wrapped(rows, &format!("[{name}: {value}]"), width, Role::Muted);
    }
    wrapped(rows, &part.plain, width, Role::Text);
    for (index, picture) in part.media.iter().enumerate() {
        let number = index + 1;
        let medium = picture.medium();
        let (told, role) = match picture.alt.trim().is_empty() {
            true if picture.lacks_alt() => (", ! no alt text", Role::Warn),
            true => ("", Role::Muted),
            false => (", alt text set", Role::Muted),
        };
        wrapped(rows, &format!("[{medium} {number}{told}]"), width, role);
        if let Some(last) = rows.last_mut() {
            last.thumb = Some((picture.hash.clone(), 0));
        }
    }
    if !part.tags.is_empty() {
        wrapped(
            rows,
            &format!("[tags: {}]", part.tags.join(", ")),
            width,
            Role::Muted,
        );
    }
}

fn card_rows(rows: &mut Vec<Row>, app: &App, signs: Signs, part: &Part, width: usize) {
    let Some(card) = &part.card else { return };
    rows.push(Row::blank());
    rows.push(Row {
        right: card_origin(app, &card.url).map(|words| (words, Role::Muted)),
        ..Row::new("link card", Role::Muted)
    });
    let quote = signs.quote();
    let host = host(&card.url);
    let picture = card.picture.as_ref().map(|picture| {
        let (width, height) = picture.pixels;
        format!("[picture {width}x{height}]")
    });
    let title = Some(card.title.as_str()).filter(|title| *title != host);
    let lines = [
        title,
        picture.as_deref(),
        Some(card.description.as_str()),
        Some(host),
    ];
    let lines = lines.into_iter().flatten();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let line = super::text::cut(line, width.saturating_sub(2), signs.cut());
        rows.push(Row::new(format!("{quote} {line}"), Role::Text));
    }
}

/// Says whose words a card shows, of the post that is typed or selected.
fn card_origin(app: &App, url: &str) -> Option<String> {
    let selected = app.selected_detail().filter(|_| app.shown_page().is_none());
    let content = match (&app.editor, selected) {
        (Some(editor), _) => &editor.content,
        (None, detail) => &detail?.view.post.content,
    };
    let day = |at: DateTime<Utc>| at.with_timezone(&app.zone).date_naive();
    match origin(content, url) {
        Origin::Typed => Some("typed".to_owned()),
        Origin::Fetched(at) if day(at) == day(app.now) => Some("fetched today".to_owned()),
        Origin::Fetched(at) => Some(format!("fetched {}", day(at).format("%-d %b"))),
        Origin::Address => None,
    }
}

fn wrapped(rows: &mut Vec<Row>, text: &str, width: usize, role: Role) {
    for row in wrap(text, width) {
        rows.push(Row::new(&text[row.start..row.end], role));
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Returns what was recognised in the text, and the account that it goes out from.
pub fn summary(app: &App, channel: &ChannelName, composed: &Composed) -> Vec<String> {
    let mut lines = Vec::new();
    let features = || composed.parts.iter().flat_map(|part| &part.facets);
    if features().next().is_some() {
        let count =
            |wanted: fn(&Feature) -> bool| features().filter(|it| wanted(&it.feature)).count();
        let links = count(|it| matches!(it, Feature::Link { .. }));
        let tags = count(|it| matches!(it, Feature::Tag { .. }));
        let mentions = count(|it| matches!(it, Feature::Mention { .. }));
        lines.push(format!(
            "{links} link{}, {tags} tag{}, {mentions} mention{}",
            plural(links),
            plural(tags),
            plural(mentions)
        ));
    }
    let channel = app.channel(channel);
    if channel.is_some_and(|it| it.platform.is_by_hand()) {
        lines.push("posted by hand".to_owned());
    } else if let Some(account) = channel.and_then(|it| it.account.as_ref()) {
        lines.push(format!("posts as {}", account.handle));
    }
    lines
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
