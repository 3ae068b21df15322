//! Each drawn sketch at its own size and in every kind of terminal: as text, in 16 colours, in true colour, without colour and
//! in plain ASCII, one file a screen; and the cell of a day at its four widths.
//!
//! That the looks differ in no letter is held here too. The same screens at the usual sizes are in `screens.rs`.

use super::shown::screens;
use super::story::app;
use super::{draw, row, styles, text};
use masthead::app::{Colours, Note, ShownNote};
use masthead::domain::Rank;
use std::time::Duration;

/// The screens that were drawn before they were built, and at which size.
const SKETCHES: [(&str, (u16, u16)); 29] = [
    ("calendar", (120, 36)),
    ("calendar", (160, 48)),
    ("calendar", (80, 24)),
    ("queue", (80, 24)),
    ("typing_stale_and_over", (80, 24)),
    ("typing_stale_and_over", (120, 36)),
    ("details", (80, 24)),
    ("sheet_palette", (80, 24)),
    ("sheet_help", (80, 24)),
    ("sheet_go_to", (80, 24)),
    ("sheet_schedule", (80, 24)),
    ("sheet_schedule_skipped", (80, 24)),
    ("sheet_prefix", (80, 24)),
    ("sheet_publish_now", (80, 24)),
    ("sheet_thaw", (80, 24)),
    ("sheet_unknown", (80, 24)),
    ("sheet_filter", (80, 24)),
    ("sheet_trim", (80, 24)),
    ("sheet_stale", (80, 24)),
    ("sheet_by_hand", (80, 24)),
    ("frozen", (120, 36)),
    ("offline", (80, 24)),
    ("clock_off", (80, 24)),
    ("review", (80, 24)),
    ("outbox", (80, 24)),
    ("outbox_uploading", (80, 24)),
    ("week", (120, 24)),
    ("list", (80, 24)),
    ("welcome", (80, 24)),
];

#[test]
fn every_sketch_in_every_kind_of_terminal() {
    for (wanted, (width, height)) in SKETCHES {
        let mut all = screens(width, height);
        let at = all.iter().position(|(name, _)| *name == wanted);
        let (name, app) = all.swap_remove(at.unwrap_or_else(|| panic!("no screen {wanted}")));
        let plain = text(&app);
        let mut said = format!("{plain}\n");
        for (look, colours) in [
            ("16 colours", Colours::Sixteen),
            ("dark", Colours::Dark),
            ("light", Colours::Light),
            ("no colour", Colours::Mono),
        ] {
            let mut app = app.clone();
            app.look.colours = colours;
            // The first screen names the colours that it has.
            if name != "welcome" {
                assert_eq!(text(&app), plain, "{name} {look}");
            }
            said.push_str(&format!("\n=== {look}\n{}", styles(&app)));
        }
        let mut app = app;
        app.look.ascii = true;
        said.push_str(&format!("\n=== ascii\n{}\n", text(&app)));
        snapshot!(format!("sketch_{width}x{height}_{wanted}"), said);
    }
}

/// The width of a cell, and a window in which the calendar has such cells of four rows.
const CELLS: [(u16, u16); 4] = [(10, 80), (13, 99), (15, 113), (20, 148)];

#[test]
fn the_cell_of_a_day_at_its_four_widths() {
    let mut said = String::new();
    for (cell, width) in CELLS {
        let buffer = draw(&app(width, 30));
        let from = cell + 1;
        let rows = (1..25).map(|y| row(&buffer, y));
        let tuesdays = rows.map(|row| {
            let columns: String = row
                .chars()
                .skip(usize::from(from))
                .take(usize::from(cell) + 1)
                .collect();
            columns.trim_end().to_owned()
        });
        let tuesdays: Vec<String> = tuesdays.collect();
        said.push_str(&format!("=== {cell} columns\n{}\n\n", tuesdays.join("\n")));
    }
    snapshot!("sketch_cells", said);
}

/// Messages as they are sketched: what happened, to what, and which key helps.
const MESSAGES: [(Rank, &str); 5] = [
    (
        Rank::News,
        "Published on Ma fosstodon: https://fosstodon.org/@example/11553",
    ),
    (Rank::News, "Moved to Wed 11 Nov 09:00. u undoes"),
    (
        Rank::Warn,
        "Li linkedin answered \"try later\": next try 08:27",
    ),
    (
        Rank::Bad,
        "Not saved: the disk is full. Your text is kept here; Esc tries again",
    ),
    (
        Rank::News,
        "Approval taken back: the Bs text changed. gr asks again",
    ),
];

#[test]
fn messages_stand_where_the_keys_do_and_their_rank_is_seen_without_colour() {
    let mut said = String::new();
    for (rank, words) in MESSAGES {
        for (look, colours) in [
            ("16 colours", Colours::Sixteen),
            ("no colour", Colours::Mono),
        ] {
            let mut app = app(80, 24);
            app.look.colours = colours;
            app.note = Some(ShownNote {
                note: Note {
                    rank,
                    text: words.to_owned(),
                },
                since: Duration::ZERO,
            });
            let styles = styles(&app);
            let last = styles.lines().last().unwrap_or_default();
            said.push_str(&format!(
                "{}\n{look} {last}\n",
                row(&draw(&app), 23).trim_end()
            ));
        }
    }
    snapshot!("sketch_messages", said);
}
