//! Keys of the trim screen. Nothing is changed before the result is taken; then it is the channel's own text, and one undo
//! takes it back.

use super::{layout, reflow, say, sheets, typing};
use crate::app::editor::Tab;
use crate::app::msg::Rank;
use crate::app::sheet::Sheet;
use crate::app::trim::{self, Counting, NoTrim, TrimSheet};
use crate::app::{Action, App, Effect, Key, Place};

/// Opens the screen for the text that is typed, where something of it falls off.
pub fn open(app: &mut App) -> Vec<Effect> {
    let Some(editor) = &app.editor else {
        return Vec::new();
    };
    match TrimSheet::open(editor, &app.channels, &app.facts) {
        Ok(sheet) => {
            app.sheet = Some(Sheet::Trim(Box::new(sheet)));
            scroll(app);
        }
        Err(why) => {
            let words = why_not(app, &why);
            say(app, Rank::News, words);
        }
    }
    Vec::new()
}

fn why_not(app: &App, why: &NoTrim) -> String {
    match why {
        NoTrim::NoChannel => {
            let key = app.keymap.label_in(Action::TypeDetails, Place::Typing);
            format!("Nothing to trim: it goes to no channel yet; {key} chooses")
        }
        NoTrim::Fits(channel) => format!("Nothing to trim: the text fits on {channel}"),
        NoTrim::AllFit => "Nothing to trim: the text fits on every channel".to_owned(),
        NoTrim::NoWord(channel) => {
            format!(
                "Nothing to trim: what is too long on {channel} is not the text, which is empty"
            )
        }
    }
}

/// Takes a key while the screen is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let (width, height) = (trim::width(app.size.0), layout::trim_height(app));
    let page = isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
    let Some((sheet, counting)) = parts(app) else {
        return Vec::new();
    };
    let to = match key {
        Key::Esc | Key::Char('q') => return sheets::close(app),
        Key::Enter => return take(app),
        Key::Char(' ' | 'x') | Key::Delete => {
            sheet.strike(counting);
            None
        }
        Key::Char('a') => {
            if !sheet.strike_falling(counting) {
                let words = "Nothing of the text is past the limit now".to_owned();
                say(app, Rank::News, words);
            }
            None
        }
        Key::Char('u') | Key::Ctrl('u') => {
            if !sheet.undo(counting) {
                say(app, Rank::News, "Nothing is struck yet".to_owned());
            }
            None
        }
        Key::Char('l') | Key::Right => Some(sheet.chosen + 1),
        Key::Char('h') | Key::Left => Some(sheet.chosen.saturating_sub(1)),
        Key::Char('j') | Key::Down => Some(sheet.word_below(1, width)),
        Key::Char('k') | Key::Up => Some(sheet.word_below(-1, width)),
        Key::PageDown => Some(sheet.word_below(page, width)),
        Key::PageUp => Some(sheet.word_below(-page, width)),
        Key::Char('g') | Key::Home => Some(0),
        Key::Char('G') | Key::End => Some(usize::MAX),
        _ => None,
    };
    if let (Some(place), Some((sheet, counting))) = (to, parts(app)) {
        sheet.choose(place, counting);
    }
    scroll(app);
    Vec::new()
}

/// The open screen, and what its counts are made from.
fn parts(app: &mut App) -> Option<(&mut TrimSheet, Counting<'_>)> {
    let App {
        sheet: Some(Sheet::Trim(sheet)),
        editor: Some(editor),
        channels,
        facts,
        ..
    } = app
    else {
        return None;
    };
    let counting = Counting {
        content: &editor.content,
        channels,
        facts,
    };
    Some((sheet, counting))
}

/// Counts anew: what is known about the channels changed.
pub fn recount(app: &mut App) {
    if let Some((sheet, counting)) = parts(app) {
        sheet.recount(counting);
    }
}

/// Scrolls to the chosen word, also after the window changed.
pub fn scroll(app: &mut App) {
    let (width, height) = (trim::width(app.size.0), layout::trim_height(app));
    if let Some(Sheet::Trim(sheet)) = &mut app.sheet {
        sheet.follow(width, height);
    }
}

/// Makes what is left the channel's own text.
fn take(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::Trim(sheet)) = &app.sheet else {
        return Vec::new();
    };
    if sheet.strikes.struck() == 0 {
        say(app, Rank::News, "Nothing was struck".to_owned());
        return sheets::close(app);
    }
    let text = sheet.strikes.left().text;
    if text.trim().is_empty() {
        let words = "Nothing would be left: u puts words back".to_owned();
        say(app, Rank::Warn, words);
        return Vec::new();
    }
    let channel = sheet.channel.clone();
    app.sheet = None;
    if let Some(editor) = &mut app.editor {
        let tab = Tab::Channel(channel.clone());
        if editor.tab != tab {
            editor.show(tab);
        }
        editor.replace(&text);
    }
    reflow(app);
    let effects = typing::typed(app);
    let undo = app.keymap.label_in(Action::TypeUndo, Place::Typing);
    let words = format!("Trimmed, as {channel}'s own text; the others keep theirs. {undo} undoes");
    say(app, Rank::News, words);
    effects
}
