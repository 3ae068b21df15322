//! The editor while a text is typed: head, tabs, the text with its gutter, and under it what each channel makes of it.
//!
//! Rows, cursor and scroll come from `app::editor`; areas from `app::layout::editor_areas`.

use super::counts;
use super::pen::{Line, Pen};
use super::post;
use super::tabs::{self, Form, composed_for, mode_sign, mode_word};
use super::theme::Role;
use crate::app::editor::Kept;
use crate::app::layout::{EditorAreas, MOST_STOP_ROWS, Room, editor_areas, room, stop_rows};
use crate::app::stale;
use crate::app::stops::{self, Stop};
use crate::app::wrap::{WrapRow, column_of, row_of};
use crate::app::{Action, App, Editor, Place, Tab};
use crate::domain::language;
use crate::domain::{Attachment, Composed, Content, ReplyTo, Threading, Variant};
use ratatui::layout::Rect;
use std::ops::Range;

/// Columns from which the line about a stale text has room for whole words.
const WIDE_REMARK: u16 = 76;

/// Draws the editor.
pub fn draw(pen: &mut Pen<'_>, app: &App, editor: &Editor, area: Rect) {
    let is_wide = room(app.size) == Room::Wide;
    let areas = editor_areas(app, area);
    post::head(pen, app, &editor.content, "3 Editor", true, areas.head);
    tab_row(pen, app, editor, is_wide, areas.head);
    if let Some(row) = areas.remark {
        remark(pen, app, editor, row);
    }
    text(pen, editor, &areas);
    if is_wide {
        wide_foot(pen, app, editor, areas.foot);
    } else {
        foot(pen, app, editor, areas.foot);
    }
}

fn tab_row(pen: &mut Pen<'_>, app: &App, editor: &Editor, is_wide: bool, area: Rect) {
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1);
    let kept = match editor.kept {
        Kept::Saved => "saved",
        Kept::Drafted => "kept",
        Kept::Typed => "",
    };
    // The room of the longest word is always left free, so that tabs do not move while a text is typed.
    if kept.is_empty() {
        line.shorten(5);
    } else {
        line.at_right(&format!("{kept:>5}"), Role::Muted);
    }
    line.shorten(2);
    let (form, between) = if is_wide {
        (Form::Named, 3)
    } else {
        (Form::Marked, 2)
    };
    let style = tabs::Style {
        form,
        between,
        chosen: Role::Select,
    };
    let shown = tabs::Shown {
        content: &editor.content,
        composed: &editor.composed,
        stale: &editor.stale,
    };
    tabs::write(&mut line, app, shown, &editor.tab, style);
}

fn remark(pen: &mut Pen<'_>, app: &App, editor: &Editor, area: Rect) {
    let key = app.keymap.label(Action::TypeOwn);
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1);
    if editor.is_own() {
        let Tab::Channel(channel) = &editor.tab else {
            return;
        };
        let leave = app.keymap.label_in(Action::TypeSave, Place::Typing);
        let difference = app.keymap.label_in(Action::StaleText, Place::EditorPane);
        let since = stale::since(app, editor.post, channel);
        let (sign, does) = if area.width < WIDE_REMARK {
            ("~", "")
        } else {
            ("~ stale:", " difference, keep")
        };
        line.put(sign, Role::Warn).skip(1);
        let words = format!("{since}   {key} inherit   {leave}, then {difference}{does}");
        line.cut(&words, Role::Text);
    } else {
        let words = format!("= inherits the master; typing or {key} makes it own");
        line.cut(&words, Role::Muted);
    }
}

fn text(pen: &mut Pen<'_>, editor: &Editor, areas: &EditorAreas) {
    let rows = editor.rows();
    let height = usize::from(areas.text.height);
    let marked = editor.marked_composed().map(|(_, composed)| composed);
    for (index, row) in rows.iter().enumerate().skip(editor.scroll).take(height) {
        let at = u16::try_from(index - editor.scroll).unwrap_or(0);
        let next_start = rows
            .get(index + 1)
            .map_or(editor.text().len() + 1, |next| next.start);
        let over = marked.map_or_else(Vec::new, |it| over_in(it, row, editor.text()));
        let part = marked.and_then(|it| part_that_begins(it, row.start..next_start));
        gutter(pen, areas.gutter, at, part, !over.is_empty());
        let mut line = pen.line(areas.text, at);
        let mut from = row.start;
        for span in over {
            line.put(&editor.text()[from..span.start], Role::Text);
            line.put(&editor.text()[span.clone()], Role::Over);
            from = span.end;
        }
        line.put(&editor.text()[from..row.end], Role::Text);
    }
    let cursor = editor.cursor();
    let at = row_of(&rows, cursor);
    if let (Some(row), Some(down)) = (rows.get(at), at.checked_sub(editor.scroll))
        && down < height
    {
        let column = u16::try_from(column_of(editor.text(), *row, cursor)).unwrap_or(u16::MAX);
        let x = areas.text.x.saturating_add(column).min(areas.text.right());
        pen.set_cursor(x, areas.text.y + u16::try_from(down).unwrap_or(0));
    }
}

/// The spans of a row that are past a limit. Counts may be a moment older than the text, so ends are put onto characters.
fn over_in(composed: &Composed, row: &WrapRow, text: &str) -> Vec<Range<usize>> {
    composed
        .parts
        .iter()
        .filter_map(|part| {
            let start = text.floor_char_boundary(part.over?.max(row.start));
            let end = text.floor_char_boundary(part.source.end.min(row.end));
            (row.start <= start && start < end).then_some(start..end)
        })
        .collect()
}

fn part_that_begins(composed: &Composed, row: Range<usize>) -> Option<usize> {
    if composed.parts.len() < 2 {
        return None;
    }
    composed
        .parts
        .iter()
        .position(|part| row.contains(&part.source.start))
        .map(|index| index + 1)
}

fn gutter(pen: &mut Pen<'_>, area: Rect, row: u16, part: Option<usize>, is_over: bool) {
    if let Some(part) = part {
        let column = u16::from(part < 10 && area.width > 3);
        pen.line(area, row)
            .to(column)
            .put(&part.to_string(), Role::Strong);
    }
    if is_over {
        pen.line(area, row).to(area.width - 2).sign("!", Role::Bad);
    }
}

/// Draws how it is posted, and its pictures.
pub fn options_rows(pen: &mut Pen<'_>, editor: &Editor, area: Rect) {
    let content = &editor.content;
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1).put("as", Role::Muted).to(7);
    line.cut(&options(content), Role::Text);
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1).put("alt", Role::Muted).to(7);
    pictures(&mut line, &content.attachments);
}

/// Options, pictures, then a line a channel, the chosen one first.
fn foot(pen: &mut Pen<'_>, app: &App, editor: &Editor, area: Rect) {
    options_rows(pen, editor, area);
    let content = &editor.content;
    let chosen = |variant: &&Variant| editor.tab == Tab::Channel(variant.channel.clone());
    let first = content.variants.iter().filter(chosen);
    let others = content.variants.iter().filter(|it| !chosen(it));
    for (row, variant) in first.chain(others).enumerate() {
        let mut line = pen.line(area, 2 + u16::try_from(row).unwrap_or(u16::MAX - 2));
        line.skip(1).shorten(1);
        channel_line(&mut line, app, editor, variant);
    }
    if content.variants.is_empty() {
        no_channel(pen, app, area, 2);
    }
    let stops = stops::stops_but_lengths(&editor.composed);
    what_stops_it(pen, app, &stops, area);
}

fn channel_line(line: &mut Line<'_, '_>, app: &App, editor: &Editor, variant: &Variant) {
    line.put(&app.mark(&variant.channel), Role::Text).to(4);
    let Some(composed) = composed_for(&editor.composed, &variant.channel) else {
        return;
    };
    let is_chosen = editor.tab == Tab::Channel(variant.channel.clone());
    if composed.parts.len() > 1 {
        line.put(&composed.parts_in_words(), Role::Text).skip(1);
    }
    let trouble = counts::trouble(composed);
    let role = if trouble.is_some() {
        Role::Bad
    } else {
        Role::Text
    };
    line.put(&counts::total(composed), role);
    let over = composed.worst_over();
    if let Some((_, over)) = over {
        line.skip(1).put(&format!("!{over} over"), Role::Bad);
    } else if trouble.is_some() {
        line.skip(1).cut(CANNOT, Role::Bad);
    } else if is_chosen {
        if composed.parts.len() == 1 {
            line.skip(3).put("1 part", Role::Text);
        }
        line.skip(3).cut(&counts::remarks(composed), Role::Muted);
    }
    if editor.stale.contains(&variant.channel) {
        line.skip(3).cut("~ stale", Role::Warn);
    }
    if let Some(words) = over.and_then(|_| remedies(app, composed, is_chosen)) {
        line.skip(2).cut(&words, Role::Muted);
    }
}

/// Says that it goes nowhere yet; takes one row.
fn no_channel(pen: &mut Pen<'_>, app: &App, area: Rect, row: u16) -> u16 {
    let key = app.keymap.label(Action::TypeDetails);
    let words = format!("no channel yet; {key} chooses where it goes");
    pen.line(area, row)
        .skip(1)
        .shorten(1)
        .cut(&words, Role::Warn);
    1
}

/// The keys that help an over-long text: splitting, and trimming the one that is typed.
fn remedies(app: &App, composed: &Composed, is_chosen: bool) -> Option<String> {
    let key = |action| app.keymap.label_in(action, Place::Typing);
    let splits = composed.problems.iter().any(|it| it.splitting_helps);
    let trims = is_chosen && composed.parts.iter().any(|part| part.over.is_some());
    let all = [
        (splits, key(Action::TypeThread), "splits it"),
        (trims, key(Action::TypeTrim), "trims"),
    ];
    let helping = all
        .into_iter()
        .filter(|(helps, key, _)| *helps && !key.is_empty());
    let words: Vec<String> = helping
        .map(|(_, key, does)| format!("{key} {does}"))
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn options(content: &Content) -> String {
    let mut options = vec![content.visibility.word().to_owned()];
    let language = content.language.as_deref();
    options.extend(language.map(|code| language::name(code).to_owned()));
    options.push(match &content.warning {
        Some(warning) => format!("warning: {warning}"),
        None => "no warning".to_owned(),
    });
    match content.threading {
        Threading::Off => {}
        Threading::On => options.push("thread".to_owned()),
        Threading::Numbered => options.push("numbered thread".to_owned()),
    }
    match &content.reply_to {
        Some(ReplyTo::Post(id)) => options.push(format!("answers #{id}")),
        Some(ReplyTo::Url(_)) => options.push("answers a post".to_owned()),
        None => {}
    }
    options.join(", ")
}

fn pictures(line: &mut Line<'_, '_>, pictures: &[Attachment]) {
    let without = pictures
        .iter()
        .filter(|it| it.alt.trim().is_empty())
        .count();
    match pictures {
        [] => {
            line.put("no picture", Role::Muted);
        }
        [only] => {
            line.cut(&only.name, Role::Text).skip(2);
            if without == 0 {
                line.cut(&only.alt, Role::Text);
            } else {
                line.cut("! no alt text", Role::Warn);
            }
        }
        more => {
            line.put(&format!("{} pictures", more.len()), Role::Text)
                .skip(2);
            if without == 0 {
                line.cut("all with alt text", Role::Text);
            } else {
                line.cut(&format!("! {without} without alt text"), Role::Warn);
            }
        }
    }
}

/// What a channel's row says where the reason stands below.
const CANNOT: &str = "! cannot leave";
const MODE_COLUMN: u16 = 18;
const COUNT_COLUMN: u16 = 28;
const PARTS_COLUMN: u16 = 44;
const NOTES_COLUMN: u16 = 52;

/// A table of the channels, the pictures, and the line that says what stops it.
fn wide_foot(pen: &mut Pen<'_>, app: &App, editor: &Editor, area: Rect) {
    let content = &editor.content;
    let mut line = pen.line(area, 0);
    line.skip(1).put("channel", Role::Muted);
    line.to(MODE_COLUMN).put("mode", Role::Muted);
    line.to(COUNT_COLUMN).put("count", Role::Muted);
    line.to(PARTS_COLUMN).put("parts", Role::Muted);
    line.to(NOTES_COLUMN).put("notes", Role::Muted);
    // The rows at the bottom belong to pictures and to what stops it, however many channels there are.
    let table = Rect {
        height: area
            .height
            .saturating_sub(1 + stop_rows(app, area.width).max(1)),
        ..area
    };
    for (row, variant) in content.variants.iter().enumerate() {
        let mut line = pen.line(table, 1 + u16::try_from(row).unwrap_or(u16::MAX - 1));
        table_row(&mut line, app, editor, variant);
    }
    let stopped = match content.variants.is_empty() {
        true => no_channel(pen, app, area, area.height.saturating_sub(1)),
        false => what_stops_it(pen, app, &stops::stops(&editor.composed), area).max(1),
    };
    let mut line = pen.line(area, area.height.saturating_sub(stopped + 1));
    line.skip(1).shorten(1).put("pictures", Role::Muted).skip(2);
    match &content.attachments[..] {
        [only] => {
            line.cut(&only.name, Role::Text).skip(2);
            if let Some((width, height)) = only.pixels {
                line.put(&format!("{width}x{height}"), Role::Text).skip(2);
            }
            if only.lacks_alt() {
                line.cut("! no alt text", Role::Warn);
            } else if !only.alt.trim().is_empty() {
                line.put("alt:", Role::Muted).skip(1);
                line.cut(&only.alt, Role::Text);
            }
        }
        more => pictures(&mut line, more),
    }
}

fn table_row(line: &mut Line<'_, '_>, app: &App, editor: &Editor, variant: &Variant) {
    line.skip(1).shorten(1);
    line.put(&app.mark_beside_name(&variant.channel), Role::Text)
        .to(4);
    line.cut_to(variant.channel.as_str(), 10, Role::Text).to(15);
    let role = if editor.stale.contains(&variant.channel) {
        Role::Warn
    } else {
        Role::Text
    };
    line.put(mode_sign(variant, &editor.stale), role)
        .to(MODE_COLUMN);
    line.put(mode_word(variant), role).to(COUNT_COLUMN);
    let Some(composed) = composed_for(&editor.composed, &variant.channel) else {
        return;
    };
    let trouble = counts::trouble(composed);
    let role = if trouble.is_some() {
        Role::Bad
    } else {
        Role::Text
    };
    // Counts against two limits may be wider than their column.
    line.put(&counts::total(composed), role)
        .skip(1)
        .to(PARTS_COLUMN);
    line.put(&composed.parts.len().to_string(), Role::Text)
        .skip(1)
        .to(NOTES_COLUMN);
    match trouble {
        // What is no length stands whole under the table, once for all its channels.
        Some(_) if composed.worst_over().is_none() => {
            line.cut(CANNOT, Role::Bad);
        }
        Some(trouble) => {
            line.put(&format!("! {trouble}"), Role::Bad);
            let is_chosen = editor.tab == Tab::Channel(variant.channel.clone());
            if let Some(words) = remedies(app, composed, is_chosen) {
                line.skip(2).cut(&words, Role::Muted);
            }
        }
        None => {
            line.cut(&counts::remarks(composed), Role::Muted);
        }
    }
}

/// Writes what stops it over the last rows, each problem once with its channels; returns how many rows it takes.
fn what_stops_it(pen: &mut Pen<'_>, app: &App, stops: &[Stop], area: Rect) -> u16 {
    let rows = stops::rows(app, stops, usize::from(area.width.saturating_sub(2)));
    let shown = rows.len().min(usize::from(MOST_STOP_ROWS));
    let height = u16::try_from(shown).unwrap_or(MOST_STOP_ROWS);
    let top = area.height.saturating_sub(height);
    for (row, words) in (top..).zip(&rows[..shown]) {
        let mut line = pen.line(area, row);
        line.skip(1).shorten(1);
        if row + 1 == area.height && rows.len() > shown {
            line.at_right("and more", Role::Bad).shorten(1);
        }
        let words = line.signs().sentence(words).into_owned();
        line.cut(&words, Role::Bad);
    }
    height
}
