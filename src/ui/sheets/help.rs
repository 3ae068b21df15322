//! Help: every key of a place as the user bound it, in two columns, and what the signs mean.
//!
//! Searchable; which keys stand together is `app/help.rs`. The page scrolls so that the chosen line is seen.

use super::{input, keys, title};
use crate::app::App;
use crate::app::action::{Action, Group, Place, Row};
use crate::app::help::{HelpLine, HelpSheet};
use crate::app::wrap::{shown_width, wrap};
use crate::domain::Kind;
use crate::ui::glyph::{self, Signs};
use crate::ui::hints::Hint;
use crate::ui::pen::{Line, Pen};
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Columns left of the keys.
const INDENT: u16 = 3;
/// From this width there are two columns.
const TWO_COLUMNS: u16 = 72;
/// Columns from the beginning of a column to what a key does; the left one names more keys.
const TEXT_LEFT: u16 = 22;
const TEXT_RIGHT: u16 = 15;
/// Columns of a sign with its word.
const SIGN_WIDTH: u16 = 15;

/// What stands in one column of a row.
enum Cell {
    Head(&'static str),
    /// Keys with their actions, in pieces that stand apart, and what they do.
    Keys(Vec<Vec<(String, Action)>>, &'static str),
    /// More of what the keys above do.
    More(&'static str),
}

/// One row of the page.
enum HelpRow {
    Cells(Option<Cell>, Option<Cell>),
    Signs(Vec<(&'static str, Role, String)>),
}

impl HelpRow {
    fn has(&self, action: Action) -> bool {
        let in_cell = |cell: &Option<Cell>| match cell {
            Some(Cell::Keys(keys, _)) => keys.iter().flatten().any(|(_, it)| *it == action),
            _ => false,
        };
        matches!(self, Self::Cells(left, right) if in_cell(left) || in_cell(right))
    }
}

/// Draws the page.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &HelpSheet, area: Rect) {
    let mut line = title(pen, area, "Help");
    line.put(place_name(sheet.place), Role::Sheet).skip(3);
    if let Some(find) = &sheet.find {
        line.put("find > ", Role::Sheet);
        input(&mut line, find, Role::Sheet);
    } else {
        line.shorten(2);
        line.at_right("/ find   Tab next page", Role::Sheet);
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(4),
        ..area
    };
    let rows = rows(app, sheet, area.width, pen.signs);
    let height = usize::from(body.height);
    let start = first_row(&rows, sheet, height);
    for (at, row) in rows.iter().skip(start).take(height).enumerate() {
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        draw_row(pen, row, sheet.chosen, body, at);
    }
    if rows.is_empty() {
        pen.line(body, 1)
            .skip(1)
            .cut("no key does that", Role::Muted);
    }
    let words = match sheet.chosen.and_then(Row::of) {
        Some(row) => row.text,
        None => "Keys that you have changed stand here in place of the defaults.",
    };
    let mut line = pen.line(area, area.height.saturating_sub(2));
    line.skip(1).shorten(1).cut(words, Role::Text);
    let mut hints = vec![Hint::new("Esc", "close")];
    hints.push(Hint::new("Enter", "run the line"));
    hints.push(Hint::new("j k", "choose"));
    if rows.len() > height {
        hints.push(Hint::new("PgDn", "more"));
    }
    keys(pen, area, &hints);
}

/// The chosen line is always seen, with a row below it.
fn first_row(rows: &[HelpRow], sheet: &HelpSheet, height: usize) -> usize {
    let last = rows.len().saturating_sub(height);
    let chosen = sheet
        .chosen
        .and_then(|it| rows.iter().position(|row| row.has(it)));
    match chosen {
        Some(at) => (at + 2).saturating_sub(height).min(last),
        None => sheet.scroll.min(last),
    }
}

fn rows(app: &App, sheet: &HelpSheet, width: u16, signs: Signs) -> Vec<HelpRow> {
    let lines = sheet.lines(&app.keymap);
    let keymap = &app.keymap;
    let cells = |lines: &[HelpLine], room: u16| -> Vec<Cell> {
        let cells = lines.iter().flat_map(|line| {
            let keys = line.keys(keymap, sheet.place);
            let mut texts = wrap(line.text, usize::from(room))
                .into_iter()
                .map(|row| &line.text[row.start..row.end]);
            let first = Cell::Keys(keys, texts.next().unwrap_or(""));
            std::iter::once(first)
                .chain(texts.map(Cell::More))
                .collect::<Vec<_>>()
        });
        cells.collect()
    };
    let middle = middle(width, signs);
    let left_room = middle
        .map_or(width - 1, |it| it + 1)
        .saturating_sub(TEXT_LEFT);
    let right_room = width.saturating_sub(middle.unwrap_or(0) + TEXT_RIGHT);
    let mut rows = Vec::new();
    let groups: Vec<(Group, Vec<HelpLine>)> = Group::ALL
        .into_iter()
        .map(|group| {
            (
                group,
                lines
                    .iter()
                    .filter(|line| line.group == group)
                    .cloned()
                    .collect(),
            )
        })
        .filter(|(_, lines): &(Group, Vec<HelpLine>)| !lines.is_empty())
        .collect();
    let two_groups = matches!(&groups[..], [(Group::Move, _), (Group::Change, _), ..]);
    let mut groups = &groups[..];
    if two_groups && middle.is_some() && sheet.find.is_none() {
        let head = |group: Group| vec![Cell::Head(group.word())];
        let (mut left, mut right) = (head(groups[0].0), head(groups[1].0));
        left.extend(cells(&groups[0].1, left_room));
        right.extend(cells(&groups[1].1, right_room));
        groups = &groups[2..];
        // What is looked at stands under what is gone to; what is changed has the other column.
        if let [(Group::Look, lines), rest @ ..] = groups {
            left.extend(head(Group::Look));
            left.extend(cells(lines, left_room));
            groups = rest;
        }
        rows.extend(side_by_side(left, right));
    }
    for (group, lines) in groups {
        rows.push(HelpRow::Cells(Some(Cell::Head(group.word())), None));
        if middle.is_some() && sheet.find.is_none() {
            let (left, right) = lines.split_at(lines.len().div_ceil(2));
            rows.extend(side_by_side(
                cells(left, left_room),
                cells(right, right_room),
            ));
        } else {
            let room = width.saturating_sub(TEXT_LEFT + 1);
            let all = cells(lines, room).into_iter();
            rows.extend(all.map(|cell| HelpRow::Cells(Some(cell), None)));
        }
    }
    // Where words stand in place of signs there is nothing to explain.
    if sheet.find.is_none() && !signs.are_words() {
        rows.extend(legend(width, signs));
    }
    rows
}

fn side_by_side(left: Vec<Cell>, right: Vec<Cell>) -> Vec<HelpRow> {
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let mut rows = Vec::new();
    loop {
        let (left, right) = (left.next(), right.next());
        if left.is_none() && right.is_none() {
            return rows;
        }
        rows.push(HelpRow::Cells(left, right));
    }
}

/// Where the right column begins; `None` where there is one only.
fn middle(width: u16, signs: Signs) -> Option<u16> {
    // Words are read in their order, row by row.
    (width >= TWO_COLUMNS && !signs.are_words()).then_some(width / 2)
}

fn draw_row(pen: &mut Pen<'_>, row: &HelpRow, chosen: Option<Action>, area: Rect, at: u16) {
    match row {
        HelpRow::Cells(left, right) => {
            let middle = middle(area.width, pen.signs);
            if let Some(cell) = left {
                let beside = middle.filter(|_| right.is_some());
                let column = Rect {
                    width: beside.map_or(area.width, |it| it + 1),
                    ..area
                };
                draw_cell(pen, cell, chosen, column, at, TEXT_LEFT);
            }
            if let (Some(cell), Some(middle)) = (right, middle) {
                let column = Rect {
                    x: area.x + middle,
                    width: area.width - middle,
                    ..area
                };
                draw_cell(pen, cell, chosen, column, at, TEXT_RIGHT);
            }
        }
        HelpRow::Signs(signs) => {
            let mut line = pen.line(area, at);
            for (index, (sign, role, word)) in signs.iter().enumerate() {
                let column = u16::try_from(index).unwrap_or(0) * SIGN_WIDTH;
                line.to(INDENT + column).sign(sign, *role).skip(1);
                line.put(word, Role::Text);
            }
        }
    }
}

fn draw_cell(
    pen: &mut Pen<'_>,
    cell: &Cell,
    chosen: Option<Action>,
    area: Rect,
    at: u16,
    text_column: u16,
) {
    let marker = pen.signs.marker();
    let mut line = pen.line(area, at);
    match cell {
        Cell::Head(name) => {
            line.to(1).put(name, Role::Strong);
        }
        Cell::Keys(keys, text) => {
            let is_chosen = keys.iter().flatten().any(|(_, it)| Some(*it) == chosen);
            line.skip(1);
            if is_chosen {
                line.sign(marker, Role::Accent);
            }
            line.to(INDENT);
            key_names(&mut line, keys, chosen);
            line.to(text_column).cut(text, Role::Text);
        }
        Cell::More(text) => {
            line.to(text_column).cut(text, Role::Text);
        }
    }
}

/// One blank between keys that belong together, two between pieces; the chosen one stands out.
fn key_names(line: &mut Line<'_, '_>, keys: &[Vec<(String, Action)>], chosen: Option<Action>) {
    for (at, piece) in keys.iter().enumerate() {
        line.skip(if at == 0 { 0 } else { 2 });
        for (at, (label, action)) in piece.iter().enumerate() {
            line.skip(if at == 0 { 0 } else { 1 });
            let role = if Some(*action) == chosen {
                Role::Select
            } else {
                Role::Key
            };
            line.put(label, role);
        }
    }
    line.skip(1);
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Everywhere => "Every pane",
        Place::Plan => "Calendar and queue",
        Place::Calendar => "Calendar",
        Place::Queue => "Queue",
        Place::EditorPane => "Editor",
        Place::Typing => "Typing",
        Place::Details => "Details",
        Place::Outbox => "Outbox",
        Place::Review => "Review",
    }
}

/// What the signs mean, a few in a row.
fn legend(width: u16, signs: Signs) -> Vec<HelpRow> {
    let mut all: Vec<(&'static str, Role, String)> = glyph::STATES
        .into_iter()
        .map(|state| {
            (
                signs.state(state),
                glyph::role(state),
                state.word().to_owned(),
            )
        })
        .collect();
    all.push((
        signs.kind(Kind::Evergreen),
        Role::Evergreen,
        "evergreen".to_owned(),
    ));
    for (sign, word) in [
        ("=", "inherits"),
        ("*", "own text"),
        ("~", "stale"),
        ("!", "does not fit"),
    ] {
        all.push((sign, Role::Text, word.to_owned()));
    }
    debug_assert!(
        all.iter()
            .all(|(_, _, word)| shown_width(word) + 2 < usize::from(SIGN_WIDTH))
    );
    let a_row = usize::from((width.saturating_sub(INDENT) / SIGN_WIDTH).max(1));
    let mut rows = vec![HelpRow::Cells(Some(Cell::Head("marks")), None)];
    let mut all = all.into_iter();
    loop {
        let row: Vec<_> = all.by_ref().take(a_row).collect();
        if row.is_empty() {
            return rows;
        }
        rows.push(HelpRow::Signs(row));
    }
}
