//! Sheets in words: most say what they draw; those that lie side by side or only choose among many are said here.
//!
//! A sheet of the screen that is not named here is told as it is drawn, so that none can be forgotten.

use super::{Fact, PAPER, Scene, lists, said, told};
use crate::app::finding::{FilterSheet, Offer};
use crate::app::layout::Areas;
use crate::app::sheet::{CONFLICT_CHOICES, ConflictSheet};
use crate::app::{App, Sheet};
use crate::domain::{Content, EditorDraft};
use crate::ui::{sheets, times};
use ratatui::layout::Rect;

/// Tells the open sheet; returns where that is.
pub fn tell(app: &App, sheet: &Sheet, areas: &Areas, facts: &mut Vec<Fact>) -> Scene {
    let area = areas.sheet.unwrap_or(Rect::new(0, 0, PAPER.0, PAPER.1));
    match sheet {
        Sheet::Prefix(key) => lists::prefix(app, &app.keymap, *key, facts),
        Sheet::History(sheet) => lists::history(app, sheet, facts),
        Sheet::Palette(sheet) => lists::palette(app, sheet, facts),
        Sheet::Conflict(sheet) => conflict(app, sheet, facts),
        Sheet::Filter(sheet) => filter(app, sheet, facts),
        _ => told(said(app, |pen| sheets::draw(pen, app, sheet, area)), facts),
    }
    Scene::Sheet(name(sheet))
}

fn name(sheet: &Sheet) -> &'static str {
    match sheet {
        Sheet::Prefix(_) => "prefix",
        Sheet::GoTo(_) => "go to",
        Sheet::Schedule(_) => "schedule",
        Sheet::ScheduleMarked(_) => "schedule marked",
        Sheet::History(_) => "history",
        Sheet::PublishNow(_) => "publish now",
        Sheet::Freeze(_) => "freeze",
        Sheet::Thaw(_) => "thaw",
        Sheet::Help(_) => "help",
        Sheet::Search(_) => "search",
        Sheet::Filter(_) => "filter",
        Sheet::Palette(_) => "palette",
        Sheet::Attach(_) => "attach",
        Sheet::Preview(_) => "preview",
        Sheet::Recover(_) => "recover",
        Sheet::Conflict(_) => "conflict",
        Sheet::Unknown(_) => "unknown",
        Sheet::Correct(_) => "correct",
        Sheet::Tries(_) => "tries",
        Sheet::DryRun(_) => "dry run",
        Sheet::Connections(_) => "connections",
        Sheet::Remark(_) => "remark",
        Sheet::Trim(_) => "trim",
        Sheet::Pipe(_) => "pipe",
        Sheet::People(_) => "people",
        Sheet::ByHand(_) => "by hand",
        Sheet::Stale(_) => "stale text",
    }
}

/// Both texts, one after the other, then what can be done.
fn conflict(app: &App, sheet: &ConflictSheet, facts: &mut Vec<Fact>) {
    let theirs = &sheet.theirs.content;
    let channel = sheet.mine.channel.as_ref();
    let saved = times::date_and_clock(sheet.theirs.updated_at, app.zone, app.today());
    let title = theirs.display_title();
    facts.push(Fact::body(format!(
        "Saved by somebody else meanwhile: {title}."
    )));
    facts.push(Fact::body("Yours, not saved:"));
    text(mine(&sheet.mine), facts);
    facts.push(Fact::body(format!("Theirs, {saved}:")));
    text(text_of(theirs, channel), facts);
    facts.extend(CONFLICT_CHOICES.map(|choice| Fact::body(choice.replace("  ", " "))));
    facts.push(Fact::focus("Which stands?", 0));
}

fn mine(draft: &EditorDraft) -> &str {
    text_of(&draft.content, draft.channel.as_ref())
}

fn text_of<'c>(content: &'c Content, channel: Option<&crate::domain::ChannelName>) -> &'c str {
    match channel {
        Some(channel) => content.text_for(channel),
        None => &content.text,
    }
}

/// A text, line by line; a blank line is no line.
pub fn text(text: &str, facts: &mut Vec<Fact>) {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    facts.extend(lines.map(Fact::body));
}

/// What is let through, and the chip under the cursor.
fn filter(app: &App, sheet: &FilterSheet, facts: &mut Vec<Fact>) {
    let words = app.filter_words();
    let words = words.unwrap_or_else(|| "everything is shown".to_owned());
    let count = app
        .filter_count()
        .map_or_else(String::new, |(shown, all)| format!(", {shown} of {all}"));
    facts.push(Fact::body(format!("Filter: {words}{count}.")));
    if let Some(name) = &sheet.name {
        facts.push(Fact::body("Enter save, Esc back."));
        let (before, after) = name.text().split_at(name.cursor());
        facts.push(Fact::typed(format!("save as: {before}"), after));
        return;
    }
    let keys = "Space take or leave, h j k l choose, s save, d forget a saved one, 0 all, Enter done, Esc as it was.";
    facts.push(Fact::body(keys));
    let rows = app.filter_rows();
    let Some(row) = rows.get(sheet.row) else {
        return;
    };
    let Some(offer) = row.chips.get(sheet.chip) else {
        return;
    };
    let chosen = if app.finding.is_chosen(offer) {
        "chosen"
    } else {
        "not chosen"
    };
    let name = match offer {
        Offer::Saved(at) => {
            let saved = app.finding.choices.saved.get(*at);
            saved.map_or_else(String::new, |saved| saved.name.clone())
        }
        Offer::Chip(_) => sheets::chip_name(app, offer),
    };
    let (at, all) = (sheet.chip + 1, row.chips.len());
    let words = format!("{}, {at} of {all}: {name}, {chosen}.", row.name);
    let place = sheet.row * 1000 + sheet.chip;
    facts.push(Fact::focus(words, i64::try_from(place).unwrap_or(0)));
}
