//! How many rows each sheet takes from the bottom of the screen, and how what is in it is divided.
//!
//! Pure. What is in a sheet is drawn by `ui/sheets`.

use super::super::action::Row;
use super::super::pipe::{self, PipeSheet, PipeStep};
use super::super::prose;
use super::super::sheet::{CONFLICT_CHOICES, Sheet};
use super::super::unknown::{self, UnknownChoice, UnknownSheet};
use super::super::wrap::{shown_width, wrap};
use super::super::{App, Key};
use super::WIDE_SIZE;

/// Rows of the palette beside its list: the head, what the chosen command does, blank rows, and the keys.
pub const PALETTE_FRAME: u16 = 5;

/// Returns how many rows the question about a lost answer takes: what is known, wrapped, and the choices.
fn unknown_height(sheet: &UnknownSheet, app: &App) -> usize {
    let room = usize::from(app.size.0.saturating_sub(UNKNOWN_AROUND_QUOTE));
    let wrapped = |text: &str, indent: u16| {
        let width = app.size.0.saturating_sub(indent + 1);
        wrap(text, usize::from(width)).len()
    };
    let words = unknown::words(app, sheet).unwrap_or_default();
    let quote = wrap(&words.quote, room).len().min(UNKNOWN_QUOTE);
    let known = wrapped(&words.sent, 1)
        + wrapped(&words.looked, UNKNOWN_INDENT)
        + wrapped(&words.so, UNKNOWN_INDENT)
        + wrapped(&words.look_at, UNKNOWN_LOOK_AT)
        + quote;
    // Head, four blank rows, the choices and the keys.
    6 + known + UnknownChoice::ALL.len()
}

/// Columns left of what was seen and of the quoted text.
pub const UNKNOWN_INDENT: u16 = 10;
/// Columns beside the quoted text: the mark before it, and where it goes on the dots after it.
pub const UNKNOWN_AROUND_QUOTE: u16 = 9;
/// Columns left of the address to look at.
pub const UNKNOWN_LOOK_AT: u16 = 18;
/// Rows of the text that was sent.
pub const UNKNOWN_QUOTE: usize = 2;

/// Returns where the columns begin in which the continuations of a prefix key stand, row by row: as few rows as fit.
pub fn prefix_columns(app: &App, prefix: Key) -> Vec<u16> {
    const GAP: usize = 3;
    const NARROWEST: usize = 10;
    let indent = shown_width(&prefix.label()) + 3;
    let next = app.keymap.continuations(prefix, app.here());
    let width = |(key, row): &(Key, &Row)| shown_width(&key.label()) + 1 + shown_width(row.short());
    let fitting = (1..=next.len()).find_map(|rows| {
        let count = next.len().div_ceil(rows);
        let mut columns = Vec::with_capacity(count);
        let (mut at, mut end) = (indent, indent);
        for nth in 0..count {
            columns.push(u16::try_from(at).ok()?);
            let widest = next.iter().skip(nth).step_by(count).map(width).max()?;
            end = at + widest;
            at += (widest + GAP).max(NARROWEST);
        }
        (end < usize::from(app.size.0)).then_some(columns)
    });
    fitting.unwrap_or_else(|| vec![u16::try_from(indent).unwrap_or(0)])
}

/// Returns how many rows a sheet takes from the bottom.
pub(super) fn sheet_height(sheet: &Sheet, app: &App) -> u16 {
    let rows = |count: usize| u16::try_from(count).unwrap_or(u16::MAX / 2);
    match sheet {
        Sheet::Prefix(key) => {
            let columns = prefix_columns(app, *key).len();
            let next = app.keymap.continuations(*key, app.here()).len();
            1 + rows(next.div_ceil(columns))
        }
        Sheet::GoTo(_) => 4,
        Sheet::Schedule(_) => 7,
        Sheet::ScheduleMarked(_) => 6,
        Sheet::History(_) | Sheet::Trim(_) => app.size.1 - 1,
        Sheet::PublishNow(sheet) => 8 + rows(sheet.accounts.len()),
        Sheet::Freeze(_) => 6,
        Sheet::Thaw(sheet) => 4 + rows(sheet.held.as_ref().map_or(1, |held| held.len().max(1))),
        Sheet::Search(_) => 4,
        Sheet::Filter(_) => 3 + rows(app.filter_rows().len()),
        Sheet::Help(_)
        | Sheet::Preview(_)
        | Sheet::Tries(_)
        | Sheet::DryRun(_)
        | Sheet::Connections(_)
        | Sheet::People(_)
        | Sheet::Stale(_)
        | Sheet::ByHand(_) => app.size.1 - 3,
        Sheet::Correct(_) => 8,
        Sheet::Unknown(sheet) => rows(unknown_height(sheet, app)),
        Sheet::Palette(_) => PALETTE_FRAME + if app.size.1 >= WIDE_SIZE.1 { 10 } else { 6 },
        Sheet::Attach(_) => 5,
        Sheet::Remark(_) => 4,
        Sheet::Recover(_) => 10,
        Sheet::Pipe(sheet) => rows(pipe_rows(sheet, app)).min(app.size.1 - 3),
        Sheet::Conflict(_) => app
            .size
            .1
            .saturating_sub(3)
            .max(8 + rows(CONFLICT_CHOICES.len())),
    }
}

/// Returns how many rows the pipe's sheet takes: head, list or difference, and the keys.
fn pipe_rows(sheet: &PipeSheet, app: &App) -> usize {
    let said = prose::rows(&pipe::lines(sheet), app.size.0.saturating_sub(1)).len();
    let list = match sheet.step {
        PipeStep::Choosing(_) => app.text_filters.len(),
        PipeStep::Running { .. } => 1,
        PipeStep::Came { .. } => 0,
    };
    3 + list + said
}
