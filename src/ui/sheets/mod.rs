//! Sheets: questions and pages that rise from the bottom edge over the full width, one at a time.
//!
//! The first row names the question, the last has its keys; nothing behind a sheet's rows shows through. One file per
//! group of questions.

mod by_hand;
mod connections;
mod correct;
mod filter;
mod find;
mod freeze;
mod help;
mod history;
mod now;
mod palette;
mod people;
mod pipe;
mod prefix;
mod prose;
mod remark;
mod several;
mod texts;
mod trim;
mod unknown;
mod when;

pub use filter::name as chip_name;

use super::hints::{self, Hint, Keep};
use super::pen::{Line, Pen};
use super::theme::Role;
use crate::app::wrap::shown_width;
use crate::app::{App, Input, Sheet};
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

/// Draws the open sheet.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &Sheet, area: Rect) {
    pen.cursor = None;
    pen.fill(area, Role::Text);
    pen.fill(Rect { height: 1, ..area }, Role::Sheet);
    match sheet {
        Sheet::Prefix(key) => prefix::draw(pen, app, *key, area),
        Sheet::GoTo(typed) => when::go_to(pen, app, typed, area),
        Sheet::Schedule(sheet) => when::schedule(pen, app, sheet, area),
        Sheet::ScheduleMarked(typed) => several::schedule(pen, app, typed, area),
        Sheet::History(sheet) => history::draw(pen, app, sheet, area),
        Sheet::PublishNow(sheet) => now::draw(pen, app, sheet, area),
        Sheet::Freeze(reason) => freeze::freeze(pen, app, reason, area),
        Sheet::Thaw(sheet) => freeze::thaw(pen, app, sheet, area),
        Sheet::Search(typed) => find::draw(pen, app, typed, area),
        Sheet::Filter(sheet) => filter::draw(pen, app, sheet, area),
        Sheet::Help(sheet) => help::draw(pen, app, sheet, area),
        Sheet::Palette(sheet) => palette::draw(pen, app, sheet, area),
        Sheet::Attach(typed) => texts::attach(pen, app, typed, area),
        Sheet::Trim(sheet) => trim::draw(pen, app, sheet, area),
        Sheet::Preview(sheet) => texts::preview(pen, app, sheet, area),
        Sheet::Recover(draft) => texts::recover(pen, app, draft, area),
        Sheet::Conflict(sheet) => texts::conflict(pen, app, sheet, area),
        Sheet::Unknown(sheet) => unknown::draw(pen, app, sheet, area),
        Sheet::Correct(sheet) => correct::draw(pen, app, sheet, area),
        Sheet::Tries(sheet) => prose::tries(pen, app, sheet, area),
        Sheet::DryRun(sheet) => prose::dry_run(pen, app, sheet, area),
        Sheet::Connections(sheet) => connections::draw(pen, app, sheet, area),
        Sheet::Remark(sheet) => remark::draw(pen, sheet, area),
        Sheet::Pipe(sheet) => pipe::draw(pen, app, sheet, area),
        Sheet::People(sheet) => people::draw(pen, app, sheet, area),
        Sheet::ByHand(sheet) => by_hand::draw(pen, app, sheet, area),
        Sheet::Stale(sheet) => prose::stale(pen, app, sheet, area),
    }
}

/// Writes the name of a sheet into its first row.
fn title<'p, 'a>(pen: &'p mut Pen<'a>, area: Rect, name: &str) -> Line<'p, 'a> {
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1).put(name, Role::Sheet).skip(2);
    line
}

/// Writes the keys of a sheet into its last row.
fn keys(pen: &mut Pen<'_>, area: Rect, hints: &[Hint]) {
    let mut line = pen.line(area, area.height - 1);
    line.skip(1);
    // What leads out stays where there is room for few.
    let leads_out = hints.last().is_some_and(|hint| hint.key() == "Esc");
    hints::write(
        &mut line,
        hints,
        3,
        Keep::FirstAndLast(usize::from(leads_out)),
    );
}

/// Writes a one-line field with its cursor; a text that is longer than the row shows the part around the cursor.
pub fn input(line: &mut Line<'_, '_>, typed: &Input, role: Role) {
    let room = line.room().saturating_sub(1);
    let text = typed.text();
    let mut start = 0;
    let mut before = shown_width(&text[..typed.cursor()]);
    for (at, cluster) in text[..typed.cursor()].grapheme_indices(true) {
        if before <= room {
            break;
        }
        before -= shown_width(cluster);
        start = at + cluster.len();
    }
    line.field_here()
        .put(&text[start..typed.cursor()], role)
        .typed_here();
    line.put(&text[typed.cursor()..], role);
}
