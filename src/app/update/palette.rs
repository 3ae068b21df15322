//! Keys of the command palette and of help, and running what was chosen there.
//!
//! A command runs as if its key had been pressed: the sheet is gone first. What cannot be run stays chosen and says why.

use super::{act, details, say, sheets, typing};
use crate::app::action::{Place, Row};
use crate::app::help::HelpSheet;
use crate::app::msg::Rank;
use crate::app::palette::{PaletteSheet, found, obstacle};
use crate::app::sheet::Sheet;
use crate::app::{App, Effect, Input, Key};

/// Under which name what was typed is remembered.
const TYPED: &str = "palette";
/// Rows that a page key scrolls.
const PAGE: usize = 10;

/// Opens the palette with what was typed into it when it was left.
pub fn open(app: &mut App) -> Vec<Effect> {
    let typed = app.memory.typed.remove(TYPED).unwrap_or_default();
    app.sheet = Some(Sheet::Palette(PaletteSheet {
        input: Input::new(typed),
        chosen: 0,
    }));
    Vec::new()
}

/// Takes a key while the palette is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Palette(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let commands = found(app, sheet.input.text());
    let last = commands.len().saturating_sub(1);
    let chosen = sheet.chosen.min(last);
    let row = commands.get(chosen).copied();
    let next = match key {
        Key::Esc => {
            let typed = sheet.input.text().to_owned();
            app.memory.typed.insert(TYPED, typed);
            return sheets::close(app);
        }
        Key::Enter => return row.map_or_else(Vec::new, |row| run(app, row)),
        Key::Down | Key::Ctrl('n') => (chosen + 1).min(last),
        Key::Up | Key::Ctrl('p') => chosen.saturating_sub(1),
        Key::PageDown => (chosen + PAGE).min(last),
        Key::PageUp => chosen.saturating_sub(PAGE),
        _ => 0,
    };
    let Some(Sheet::Palette(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match (key, row) {
        (Key::Tab, Some(row)) => sheet.input = Input::new(row.text),
        (Key::Tab, None) => {}
        // A key that edits finds anew; one that neither edits nor chooses changes nothing.
        (key, _) if sheet.input.press(key) => {}
        (Key::Down | Key::Up | Key::PageDown | Key::PageUp | Key::Ctrl('n' | 'p'), _) => {}
        _ => return Vec::new(),
    }
    sheet.chosen = next;
    Vec::new()
}

/// Runs a command that was chosen in the palette or in help, unless something stands in its way.
fn run(app: &mut App, row: &'static Row) -> Vec<Effect> {
    if let Some(reason) = obstacle(app, row) {
        // The palette itself says why; help has no line for it.
        if matches!(app.sheet, Some(Sheet::Help(_))) {
            say(app, Rank::Warn, reason);
        }
        return Vec::new();
    }
    app.sheet = None;
    match app.place() {
        Some(Place::Typing) => typing::command(app, row.action),
        Some(Place::Details) => details::command(app, row.action),
        _ => act(app, row.action),
    }
}

/// Opens help for a place.
pub fn open_help(app: &mut App, place: Place) -> Vec<Effect> {
    app.sheet = Some(Sheet::Help(HelpSheet::new(place)));
    Vec::new()
}

/// Takes a key while help is open.
pub fn press_help(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Help(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Enter => {
            let row = sheet.chosen.and_then(Row::of);
            // The welcome would cover what a command shows.
            if app.welcome.is_some() {
                return Vec::new();
            }
            return row.map_or_else(Vec::new, |row| run(app, row));
        }
        Key::Down => sheet.choose(&app.keymap, 1),
        Key::Up => sheet.choose(&app.keymap, -1),
        Key::Esc if sheet.find.is_some() => (sheet.find, sheet.chosen) = (None, None),
        key if sheet.find.is_some() => {
            let typed = sheet.find.as_mut().is_some_and(|find| find.press(key));
            if typed {
                (sheet.chosen, sheet.scroll) = (None, 0);
                sheet.choose(&app.keymap, 1);
            }
        }
        Key::Esc | Key::Char('q' | '?') | Key::F(1) => return sheets::close(app),
        Key::Char('/') => sheet.find = Some(Input::default()),
        Key::Char('j') => sheet.choose(&app.keymap, 1),
        Key::Char('k') => sheet.choose(&app.keymap, -1),
        Key::PageDown => (sheet.chosen, sheet.scroll) = (None, sheet.scroll + PAGE),
        Key::PageUp => (sheet.chosen, sheet.scroll) = (None, sheet.scroll.saturating_sub(PAGE)),
        Key::Tab => turn(sheet, 1),
        Key::BackTab => turn(sheet, Place::ALL.len() - 1),
        _ => {}
    }
    Vec::new()
}

fn turn(sheet: &mut HelpSheet, by: usize) {
    let at = Place::ALL.iter().position(|place| *place == sheet.place);
    let next = at.map_or(0, |at| (at + by) % Place::ALL.len());
    *sheet = HelpSheet::new(Place::ALL[next]);
}
