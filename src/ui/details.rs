//! The details form: one field after the other, those that belong together on one row, what is wrong below the field.
//!
//! Fields, their order and values are `app::details`; this file only lays them out.

use super::details_told;
use super::pen::{Line, Pen};
use super::pictures;
use super::post;
use super::sheets::input;
use super::theme::Role;
use super::times;
use super::top::zone_clock;
use crate::app::App;
use crate::app::details::{Details, Field, value};
use crate::app::editor::Kept;
use crate::app::topics;
use crate::app::update::presence;
use crate::app::wrap::{shown_width, wrap};
use crate::domain::language;
use crate::domain::{ChannelName, ClockChange, Content, Kind, LocalTime, Plan, Visibility};
use ratatui::layout::Rect;

pub(super) const VALUE_COLUMN: u16 = 13;
const SECOND_COLUMN: u16 = 45;
/// Where it says what stops a channel, beside its mark and name.
pub(super) const TROUBLE_COLUMN: u16 = VALUE_COLUMN + 2;
/// Blanks between channels on one row.
const CHANNEL_GAP: usize = 3;
/// Most channels on one row.
const MOST_CHANNELS: usize = 3;

/// What one row of the form holds.
#[derive(Debug)]
enum Row {
    /// Fields, each by its place in the form, and the column of its label.
    Fields(Vec<(usize, u16)>),
    /// What is known of a picture, above its alt text.
    Picture(usize),
    /// A channel and what is made of the picture above for it.
    Fitted(String, String),
    /// A row of the picture in miniature, under its alt text.
    Thumb(usize, u16),
    /// What is wrong with the field above.
    Wrong(String),
    /// What the field above may be completed to.
    Offered(String),
    /// The channels that something stops, and a row of what it is; the channels stand on its first row only.
    Trouble(String, String),
}

/// Draws the form.
pub fn draw(pen: &mut Pen<'_>, app: &App, form: &Details, area: Rect) {
    let blank = Content::default();
    let content = match (&app.editor, app.selected_detail()) {
        (Some(editor), _) => &editor.content,
        (None, Some(detail)) => &detail.view.post.content,
        (None, None) => &blank,
    };
    head(pen, app, content, area);
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let mut rows = rows(app, form, content, body.width);
    let troubles = details_told::troubles(app, body.width);
    rows.extend(
        troubles
            .into_iter()
            .map(|(channels, words)| Row::Trouble(channels, words)),
    );
    let start = first_row(form, &rows, usize::from(body.height));
    for (at, row) in rows
        .iter()
        .skip(start)
        .take(usize::from(body.height))
        .enumerate()
    {
        let at = u16::try_from(at).unwrap_or(0);
        match row {
            Row::Fields(fields) => {
                for (which, (index, column)) in fields.iter().enumerate() {
                    let end = fields.get(which + 1).map_or(body.width, |next| next.1);
                    let place = Rect {
                        x: body.x + column,
                        width: end.saturating_sub(*column),
                        ..body
                    };
                    let is_first = which == 0;
                    field(pen, app, form, content, (*index, is_first), place, at);
                }
            }
            Row::Picture(index) => {
                if let Some(picture) = content.attachments.get(*index) {
                    let suits = app.known().suits(content, *index);
                    pictures::row(&mut pen.line(body, at), app, *index, picture, &suits);
                }
            }
            Row::Fitted(channel, words) => {
                let mut line = pen.line(body, at);
                line.to(VALUE_COLUMN).shorten(1);
                line.put(channel, Role::Text)
                    .skip(2)
                    .cut(words, Role::Muted);
            }
            Row::Thumb(index, which) => {
                if let Some(picture) = content.attachments.get(*index) {
                    let (x, y) = (body.x + VALUE_COLUMN, body.y + at);
                    pen.picture_row(x, y, &app.thumbs, &picture.hash, *which);
                }
            }
            Row::Wrong(message) => {
                let mut line = pen.line(body, at);
                line.to(VALUE_COLUMN).put(message, Role::Warn);
            }
            Row::Offered(words) => {
                let mut line = pen.line(body, at);
                line.to(VALUE_COLUMN).cut(words, Role::Muted);
            }
            Row::Trouble(channels, words) => {
                let mut line = pen.line(body, at);
                line.skip(1).shorten(1).cut(channels, Role::Text).skip(2);
                line.to(TROUBLE_COLUMN).cut(words, Role::Bad);
            }
        }
    }
}

fn head(pen: &mut Pen<'_>, app: &App, content: &Content, area: Rect) {
    let state = if content.scheduled {
        "scheduled"
    } else {
        "draft"
    };
    let kept = match app.editor.as_ref().map(|editor| editor.kept) {
        Some(Kept::Saved) | None => "   saved",
        Some(Kept::Drafted) => "   kept",
        Some(Kept::Typed) => "",
    };
    let title = content.display_title();
    let head = post::Head {
        name: "Details",
        title: &title,
        // The kind is a field below.
        kind: Kind::AdHoc,
        right: format!("{state}{kept}"),
        right_role: Role::Text,
        open_by: presence::open_by(app),
        has_focus: true,
    };
    head.draw(pen, area);
}

fn rows(app: &App, form: &Details, content: &Content, width: u16) -> Vec<Row> {
    let has_two = width >= SECOND_COLUMN + 25;
    let channel_columns = channel_columns(app, form, width);
    let mut rows = Vec::new();
    let mut index = 0;
    while let Some(field) = form.fields.get(index) {
        let count = match field {
            Field::Channel(_) => form.fields[index..]
                .iter()
                .take(channel_columns.len())
                .take_while(|it| matches!(it, Field::Channel(_)))
                .count(),
            // Short fields that belong together share a row.
            Field::NotBefore | Field::Language | Field::Visibility | Field::ReplyTo if has_two => 2,
            _ => 1,
        };
        let fields: Vec<(usize, u16)> = (index..(index + count).min(form.fields.len()))
            .map(|at| (at, column(field, at - index, &channel_columns)))
            .collect();
        if let Field::Alt(picture) = field {
            rows.push(Row::Picture(*picture));
            let fitted = pictures::fitted(app, content, *picture);
            rows.extend(fitted.map(|(channel, words)| Row::Fitted(channel, words)));
        }
        let wrong: Vec<Row> = fields
            .iter()
            .filter_map(|(at, _)| form.error(&form.fields[*at]))
            .flat_map(|error| {
                let text = format!("! {}", error.message);
                let room = usize::from(width.saturating_sub(VALUE_COLUMN + 1));
                let lines = wrap(&text, room);
                lines
                    .into_iter()
                    .map(|row| Row::Wrong(text[row.start..row.end].to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let is_typed = fields.iter().any(|(at, _)| *at == form.selected);
        index += fields.len().max(1);
        rows.push(Row::Fields(fields));
        rows.extend(wrong);
        if is_typed {
            let about = details_told::about(app, form, content, width);
            rows.extend(about.into_iter().map(Row::Offered));
            rows.extend(offered_words(app, form).map(Row::Offered));
        }
        if let Field::Alt(picture) = field
            && form.field() == field
        {
            let shown = pictures::thumb_rows(app, content, *picture);
            rows.extend((0..shown).map(|which| Row::Thumb(*picture, which)));
        }
    }
    rows
}

/// `Up Down: releases, news`
pub fn offered_words(app: &App, form: &Details) -> Option<String> {
    let offered = topics::offered(app, form);
    (!offered.is_empty()).then(|| format!("Up Down: {}", offered.join(", ")))
}

fn column(field: &Field, nth: usize, channel_columns: &[u16]) -> u16 {
    match field {
        Field::Channel(_) if nth > 0 => channel_columns.get(nth).copied().unwrap_or(0),
        _ if nth > 0 => SECOND_COLUMN - 1,
        // They belong to the plan, or the channels, above.
        Field::NotBefore | Field::NotAfter | Field::Option(_) => VALUE_COLUMN - 1,
        _ => 0,
    }
}

/// The columns in which channels stand, as many as fit, each as wide as its longest channel.
fn channel_columns(app: &App, form: &Details, width: u16) -> Vec<u16> {
    let names: Vec<&ChannelName> = form
        .fields
        .iter()
        .filter_map(|field| match field {
            Field::Channel(name) => Some(name),
            _ => None,
        })
        .collect();
    let label = |name: &&ChannelName| {
        // The box, the mark, and the blanks between.
        shown_width(name.as_str()) + shown_width(&app.mark(name)) + 5 + CHANNEL_GAP
    };
    let fitting = (1..=MOST_CHANNELS).rev().find_map(|count| {
        let mut columns = Vec::with_capacity(count);
        let mut at = usize::from(VALUE_COLUMN) - 1;
        for nth in 0..count {
            columns.push(u16::try_from(at).ok()?);
            at += names.iter().skip(nth).step_by(count).map(label).max()?;
        }
        (at <= usize::from(width) + CHANNEL_GAP).then_some(columns)
    });
    fitting.unwrap_or_else(|| vec![VALUE_COLUMN - 1])
}

/// Half pages, so that most moves change two cells; the selected field has a row of context below it.
fn first_row(form: &Details, rows: &[Row], height: usize) -> usize {
    if rows.len() <= height {
        return 0;
    }
    let selected = rows.iter().position(|row| match row {
        Row::Fields(fields) => fields.iter().any(|(at, _)| *at == form.selected),
        _ => false,
    });
    let jump = (height / 2).max(1);
    let selected = selected.unwrap_or(0);
    let belongs = |row: &&Row| matches!(row, Row::Thumb(..) | Row::Wrong(_) | Row::Offered(_));
    let below = rows.iter().skip(selected + 1).take_while(belongs).count();
    let beyond = (selected + 2 + below).saturating_sub(height);
    (beyond.div_ceil(jump) * jump).min(rows.len().saturating_sub(height))
}

fn field(
    pen: &mut Pen<'_>,
    app: &App,
    form: &Details,
    content: &Content,
    (index, is_first): (usize, bool),
    area: Rect,
    row: u16,
) {
    let field = &form.fields[index];
    let is_selected = index == form.selected;
    let is_channel = matches!(field, Field::Channel(_));
    let before = index.checked_sub(1).and_then(|at| form.fields.get(at));
    let is_first_channel = !matches!(before, Some(Field::Channel(_)));
    let marker = pen.signs.marker();
    let mut line = pen.line(area, row);
    line.shorten(1);
    // The marker stands before the label; for a channel in the first column, before its box.
    let label = match field {
        Field::Channel(_) if is_first_channel => "channels".to_owned(),
        Field::Channel(_) => String::new(),
        Field::Alt(_) => "      alt".to_owned(),
        Field::Option(option) => format!("{} {}", app.mark(&option.channel), option.name),
        other => other.label(),
    };
    let marker_column = if is_channel && is_first {
        VALUE_COLUMN - 1
    } else {
        0
    };
    if marker_column > 0 {
        line.to(1).put(&label, Role::Muted);
    }
    line.to(marker_column);
    if is_selected {
        line.cursor_here().sign(marker, Role::Accent);
    } else {
        line.skip(1);
    }
    if marker_column == 0 && !is_channel {
        line.put(&label, Role::Muted);
        let is_below = matches!(field, Field::NotBefore | Field::NotAfter | Field::Option(_));
        let value = if is_first && !is_below {
            VALUE_COLUMN
        } else {
            12
        };
        line.to(value.max(u16::try_from(label.len()).unwrap_or(0) + 3));
    }
    if let (true, Some(typed)) = (is_selected, &form.input) {
        if matches!(field, Field::Alt(_)) {
            pictures::count(&mut line, app, content, typed);
        }
        input(&mut line, typed, Role::Input);
        return;
    }
    let wrong = form.error(field).filter(|error| !error.typed.is_empty());
    if let Some(error) = wrong {
        line.cut(&error.typed, Role::Warn);
        return;
    }
    // What has no room beside the selected option stands below it.
    if is_selected && !details_told::about(app, form, content, area.right()).is_empty() {
        line.put("-", Role::Muted);
        return;
    }
    shown_value(&mut line, app, field, content);
}

fn shown_value(line: &mut Line<'_, '_>, app: &App, field: &Field, content: &Content) {
    match field {
        Field::Kind => {
            let sign = line.signs().kind(Kind::Evergreen);
            let evergreen = format!("{sign} evergreen");
            let is_evergreen = content.kind == Kind::Evergreen;
            let all = [
                (evergreen, is_evergreen),
                ("ad hoc".to_owned(), !is_evergreen),
            ];
            choices(line, &all);
        }
        Field::Visibility => {
            let all = Visibility::ALL.map(|it| (it.word().to_owned(), it == content.visibility));
            let width: usize = all.iter().map(|(word, _)| word.len() + 2).sum();
            if width + 2 <= line.room() {
                choices(line, &all);
            } else {
                line.put(&format!("[{}]", content.visibility.word()), Role::Strong);
            }
        }
        Field::Threading => {
            line.cut(&format!("[{}]", value(field, content)), Role::Strong);
        }
        Field::Channel(name) => {
            let is_on = content.variant(name).is_some();
            let role = if is_on { Role::Strong } else { Role::Muted };
            line.put(if is_on { "[x]" } else { "[ ]" }, role).skip(1);
            line.put(&app.mark_beside_name(name), Role::Text).skip(1);
            line.cut(name.as_str(), if is_on { Role::Text } else { Role::Muted });
        }
        Field::Option(option) => {
            let value = option.value(content);
            if value.is_empty() {
                let about = option.spec().map_or("", |spec| spec.about);
                line.put("-", Role::Muted).skip(2);
                line.cut(about, Role::Muted);
            } else if option.choices().is_empty() {
                line.cut(&value, Role::Text);
            } else {
                line.cut(&format!("[{value}]"), Role::Strong);
            }
        }
        Field::Plan => plan(line, app, content.plan),
        Field::NotBefore => time(line, content.not_before),
        Field::NotAfter => time(line, content.not_after),
        Field::Language if content.language.is_some() => {
            let code = content.language.as_deref().unwrap_or_default();
            line.cut(language::name(code), Role::Text);
        }
        Field::LinkTitle | Field::LinkDescription if value(field, content).is_empty() => {
            let page = crate::text::card::page(content);
            let said = page.map(|page| match field {
                Field::LinkTitle => page.title.as_str(),
                _ => page.description.as_str(),
            });
            let said = said.filter(|said| !said.is_empty()).unwrap_or("-");
            line.cut(said, Role::Muted);
        }
        Field::Link | Field::ReplyTo => {
            let value = value(field, content);
            if value.is_empty() {
                line.put("-", Role::Muted);
            } else {
                line.address(&value, Role::Text);
            }
        }
        Field::Alt(index) => match content.attachments.get(*index) {
            Some(picture) if !picture.lacks_alt() => {
                line.cut(&picture.alt, Role::Text);
            }
            _ => {
                line.put("! no alt text", Role::Warn);
            }
        },
        other => {
            let value = value(other, content);
            if value.is_empty() {
                line.put("-", Role::Muted);
            } else {
                line.cut(&value, Role::Text);
            }
        }
    }
}

fn choices(line: &mut Line<'_, '_>, all: &[(String, bool)]) {
    for (word, is_chosen) in all {
        if *is_chosen {
            line.put(&format!("[{word}]"), Role::Strong).skip(2);
        } else {
            line.put(word, Role::Muted).skip(2);
        }
    }
}

fn plan(line: &mut Line<'_, '_>, app: &App, plan: Plan) {
    let Plan::At(at) = plan else {
        let words = match plan {
            Plan::Queued => "queued, without a time yet",
            _ => "on the shelf, without a time",
        };
        line.cut(words, Role::Text);
        return;
    };
    time(line, Some(at));
    let resolved = at.resolve();
    line.to(SECOND_COLUMN);
    if let Some(words) = clock_change(at) {
        line.cut(&words, Role::Warn);
        return;
    }
    if !times::is_utc(at.zone) {
        let utc = times::clock(resolved.at, chrono_tz::UTC);
        line.put(&format!("{utc} UTC"), Role::Muted).skip(2);
    }
    if let Some(second) = app.second_zone {
        line.cut(&zone_clock(resolved.at, second), Role::Muted);
    }
}

/// Returns what the clocks do at a wall time, in words; `None` when nothing.
pub fn clock_change(at: LocalTime) -> Option<String> {
    let clock = at.local.format("%H:%M");
    at.resolve().change.map(|change| match change {
        ClockChange::Skipped => format!("{clock} does not exist that day"),
        ClockChange::Repeated => format!("{clock} comes twice; the first"),
    })
}

/// A time is never cut: where it does not fit it loses its city, then its words.
fn time(line: &mut Line<'_, '_>, at: Option<LocalTime>) {
    let Some(at) = at else {
        line.put("-", Role::Muted);
        return;
    };
    let local = at.resolve().local;
    let day = local.format("%a %-d %b %Y %H:%M");
    let forms = [
        format!("{day} {}", times::city(at.zone)),
        day.to_string(),
        local.format("%Y-%m-%d %H:%M").to_string(),
    ];
    let fitting = forms.iter().find(|form| form.len() <= line.room());
    line.put(fitting.unwrap_or(&forms[2]), Role::Text);
}
