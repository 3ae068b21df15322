//! What the keys are: the continuations of a prefix, going to a date, help, and the palette.

use super::super::story::app;
use super::leaving::frozen;
use super::texts::writing;
use super::{Named, queue, with};
use masthead::app::bindings::Wish;
use masthead::app::sheet::{HelpSheet, PaletteSheet};
use masthead::app::{Action, Input, Key, Keymap, Place, Sheet};

fn help(place: Place, find: Option<&str>) -> Sheet {
    Sheet::Help(HelpSheet {
        find: find.map(Input::new),
        ..HelpSheet::new(place)
    })
}

/// Keys of a user who likes sequences.
pub fn own_keys() -> Keymap {
    let schedule = ["S".to_owned(), "ctrl-x s".to_owned()];
    let trash = ["ctrl-x <delete>".to_owned()];
    let wish = |action, keys| Wish {
        section: None,
        action,
        keys,
    };
    Keymap::with(&[wish("schedule", &schedule), wish("trash", &trash)]).expect("no clash")
}

fn palette(typed: &str, chosen: usize) -> Sheet {
    Sheet::Palette(PaletteSheet {
        input: Input::new(typed),
        chosen,
    })
}

/// The screens, by name, at a size.
pub fn screens(width: u16, height: u16) -> Vec<Named> {
    let month = || app(width, height);
    let go_to = |words| with(month(), Sheet::GoTo(Input::new(words)));
    let own = {
        let mut app = month();
        app.keymap = own_keys();
        with(app, Sheet::Prefix(Key::Ctrl('x')))
    };
    let chosen = {
        let mut sheet = HelpSheet::new(Place::Queue);
        sheet.chosen = Some(Action::Undo);
        with(queue(width, height), Sheet::Help(sheet))
    };
    vec![
        ("sheet_prefix", with(month(), Sheet::Prefix(Key::Char('g')))),
        ("sheet_prefix_own", own),
        ("sheet_go_to", go_to("fri in 2 weeks")),
        ("sheet_go_to_unread", go_to("fri in")),
        ("sheet_help", with(month(), help(Place::Calendar, None))),
        (
            "sheet_help_typing",
            with(writing(width, height), help(Place::Typing, None)),
        ),
        (
            "sheet_help_found",
            with(month(), help(Place::Calendar, Some("month"))),
        ),
        ("sheet_help_chosen", chosen),
        ("sheet_palette", with(month(), palette("sched", 0))),
        ("sheet_palette_all", with(month(), palette("", 7))),
        (
            "sheet_palette_obstacle",
            with(frozen(month()), palette("now", 0)),
        ),
        ("sheet_palette_nothing", with(month(), palette("xyzzy", 0))),
    ]
}
