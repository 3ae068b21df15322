//! The screens as text and as styles at the sizes people have, and what holds for all of them.
//!
//! The sample data is `screens/story.rs`. A changed snapshot is a changed screen: argue it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

/// Keeps a snapshot beside those of the drawn screens.
macro_rules! snapshot {
    ($name:expr, $said:expr) => {
        insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!($name, $said);
        });
    };
}

#[path = "screens/story.rs"]
mod story;

#[path = "screens/by_hand.rs"]
mod by_hand;
#[path = "screens/connections.rs"]
mod connections;

#[path = "screens/outbox.rs"]
mod outbox;

#[path = "screens/review.rs"]
mod review;

#[path = "screens/checks.rs"]
mod checks;
#[path = "screens/costs.rs"]
mod costs;
#[path = "screens/glance.rs"]
mod glance;
#[path = "screens/hostile.rs"]
mod hostile;
#[path = "screens/pictures.rs"]
mod pictures;
#[path = "screens/plain.rs"]
mod plain;
#[path = "screens/pointer.rs"]
mod pointer;
#[path = "screens/shown.rs"]
mod shown;
#[path = "screens/sketches.rs"]
mod sketches;
#[path = "screens/themes.rs"]
mod themes;

use hostile::hostile;
use masthead::app::wrap::shown_width;
use masthead::app::{Alarm, App, Input, Publishing, Run, Sheet, Tab};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::{Color, Modifier};
use shown::finding::viewed;
use shown::leaving::{frozen, offline};
use shown::{empty, post, queue, screens, with};
use story::{app, oslo, typing};

fn draw(app: &App) -> Buffer {
    let (width, height) = app.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal
        .draw(|frame| masthead::ui::draw(app, frame))
        .unwrap();
    terminal.backend().buffer().clone()
}

fn columns(symbol: &str) -> u16 {
    u16::try_from(shown_width(symbol)).expect("a cell holds a few columns")
}

fn row(buffer: &Buffer, y: u16) -> String {
    let mut row = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        row.push_str(symbol);
        x += columns(symbol).max(1);
    }
    row
}

fn text(app: &App) -> String {
    let buffer = draw(app);
    let rows = (0..buffer.area.height).map(|y| row(&buffer, y).trim_end().to_owned());
    rows.collect::<Vec<_>>().join("\n")
}

/// The styles of each row as runs of columns; what is in the terminal's own style is left out.
fn styles(app: &App) -> String {
    let buffer = draw(app);
    let mut rows = String::new();
    for y in 0..buffer.area.height {
        let cells: Vec<String> = (0..buffer.area.width)
            .map(|x| style(&buffer[(x, y)]))
            .collect();
        let mut x = 0;
        let mut runs = Vec::new();
        for run in cells.chunk_by(|a, b| a == b) {
            if !run[0].is_empty() {
                runs.push(format!("{x}-{} {}", x + run.len() - 1, run[0]));
            }
            x += run.len();
        }
        rows.push_str(&format!("{y:>2}: {}\n", runs.join("; ")));
    }
    rows
}

fn style(cell: &Cell) -> String {
    let mut words = Vec::new();
    for (modifier, word) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "line"),
        (Modifier::REVERSED, "reverse"),
    ] {
        if cell.modifier.contains(modifier) {
            words.push(word.to_owned());
        }
    }
    let colour = |colour| match colour {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        other => format!("{other:?}").to_lowercase(),
    };
    if cell.fg != Color::Reset {
        words.push(colour(cell.fg));
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", colour(cell.bg)));
    }
    words.join(" ")
}

const SIZES: [(u16, u16); 6] = [
    (60, 16),
    (80, 24),
    (100, 30),
    (120, 36),
    (160, 48),
    (200, 60),
];

fn snapshots(width: u16, height: u16) {
    for (name, app) in screens(width, height) {
        insta::assert_snapshot!(format!("{width}x{height}_{name}"), text(&app));
    }
}

#[test]
fn every_screen_at_80x24() {
    snapshots(80, 24);
}

#[test]
fn every_screen_at_120x40() {
    snapshots(120, 40);
}

#[test]
fn the_panes_at_the_other_sizes() {
    let panes = [
        "calendar",
        "queue",
        "post",
        "typing_stale_and_over",
        "details",
        "welcome",
        "week",
        "list",
        "calendar_filtered",
    ];
    let narrow = [
        "sheet_publish_now",
        "sheet_help",
        "sheet_thaw",
        "sheet_conflict",
        "outbox",
        "sheet_unknown",
        "sheet_by_hand",
        "sheet_search",
        "sheet_filter",
        "note_bad",
    ];
    for (width, height) in [(60, 16), (100, 30), (120, 36), (160, 48)] {
        for (name, app) in screens(width, height) {
            if panes.contains(&name) || (width == 60 && narrow.contains(&name)) {
                insta::assert_snapshot!(format!("{width}x{height}_{name}"), text(&app));
            }
        }
    }
}

#[test]
fn the_week_at_120x24_has_three_zones() {
    let week = viewed(app(120, 24), masthead::app::View::Week);
    insta::assert_snapshot!("120x24_week", text(&week));
}

#[test]
fn a_window_that_is_too_small_says_what_it_needs_and_what_goes_on() {
    let mut kept = typing(40, 8, Tab::Master);
    insta::assert_snapshot!("40x8_too_small", text(&app(40, 8)));
    insta::assert_snapshot!("40x8_too_small_typing", text(&kept));
    kept.size = (20, 5);
    insta::assert_snapshot!("20x5_too_small_typing", text(&kept));
}

#[test]
fn the_top_bar_says_who_publishes_at_every_width() {
    let mut states = String::new();
    for width in [60, 80, 120, 160] {
        let base = app(width, if width < 120 { 24 } else { 40 });
        let publishing = [
            Publishing::Unknown,
            Publishing::Here,
            Publishing::Daemon,
            Publishing::Session("pts/4".to_owned()),
            Publishing::Nobody,
            Publishing::Cannot("disk is full".to_owned()),
            Publishing::Silent {
                who: "daemon".to_owned(),
                since: oslo("2026-11-10 07:58").instant(),
            },
        ];
        for state in publishing {
            let app = App {
                publishing: state,
                ..base.clone()
            };
            states.push_str(&row(&draw(&app), 0));
            states.push_str("|\n");
        }
        states.push_str(&row(&draw(&offline(base.clone())), 0));
        states.push_str("|\n");
        for run in [Run::ClockSet, Run::Demo] {
            let app = App {
                run,
                ..base.clone()
            };
            states.push_str(&row(&draw(&app), 0));
            states.push_str("|\n");
        }
        let alarms = [
            Alarm::Restart,
            Alarm::CannotSave("the disk is full".to_owned()),
            Alarm::Broken("the publisher ended, see the log".to_owned()),
        ];
        for alarm in alarms {
            let app = App {
                alarm: Some(alarm),
                ..base.clone()
            };
            states.push_str(&row(&draw(&app), 0));
            states.push_str("|\n");
        }
        let mut app = frozen(base);
        states.push_str(&row(&draw(&app), 0));
        states.push_str("|\n");
        app.publishing = Publishing::Nobody;
        states.push_str(&row(&draw(&app), 0));
        states.push_str("|\n");
    }
    insta::assert_snapshot!("top_bar", states);
}

#[test]
fn an_alarm_is_seen_at_every_size_on_every_screen() {
    for (width, height) in SIZES {
        for (name, app) in screens(width, height) {
            let app = App {
                publishing: Publishing::Cannot("x".repeat(200)),
                ..app
            };
            let top = row(&draw(&app), 0);
            assert!(
                top.contains("NOT PUBLISHING"),
                "{name} {width}x{height}: {top}"
            );
        }
    }
}

#[test]
fn a_login_that_ends_soon_is_said_bottom_right_where_there_is_room_beside_the_keys() {
    let last = |width, height, hours| {
        let mut app = app(width, height);
        app.login_end = Some(("Li".to_owned(), app.now + chrono::TimeDelta::hours(hours)));
        row(&draw(&app), height - 1)
    };
    let wide = last(120, 36, 11 * 24 + 5);
    assert!(wide.contains("? help"), "{wide}");
    assert!(wide.trim_end().ends_with("Li login 11 days"), "{wide}");
    assert!(last(160, 50, 30).trim_end().ends_with("Li login 1 day"));
    assert!(last(120, 36, -1).trim_end().ends_with("Li login ended"));
    assert!(!last(80, 24, 24).contains("login"));
}

#[test]
fn a_freeze_is_seen_at_every_size_on_every_screen_and_hides_no_other_alarm() {
    for (width, height) in SIZES {
        for (name, app) in screens(width, height) {
            let mut app = frozen(app);
            let top = row(&draw(&app), 0);
            assert!(top.contains("FROZEN"), "{name} {width}x{height}: {top}");
            app.publishing = Publishing::Cannot("x".repeat(200));
            let top = row(&draw(&app), 0);
            let both = top.contains("FROZEN") && top.contains("NOT PUBLISHING");
            assert!(both, "{name} {width}x{height}: {top}");
        }
    }
    let text = text(&frozen(app(40, 8)));
    assert!(text.contains("FROZEN"), "{text}");
}

#[test]
fn plain_ascii_holds_no_other_byte() {
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            app.look.ascii = true;
            let text = text(&app);
            let other = text.chars().find(|c| !c.is_ascii());
            assert_eq!(other, None, "{name} {width}x{height}:\n{text}");
        }
    }
}

fn assert_whole(name: &str, app: &App) {
    let buffer = draw(app);
    let (width, height) = app.size;
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            let columns = columns(symbol);
            assert!(
                columns >= 1 && !symbol.chars().any(char::is_control),
                "{name} {width}x{height}: row {y} column {x} holds {symbol:?}"
            );
            // The terminal library steps over a character's width by its own measure: it must be the same.
            assert_eq!(symbol.cell_width(), columns, "{name}: {symbol:?}");
            for covered in x + 1..x + columns {
                assert!(
                    covered < width && buffer[(covered, y)].symbol() == " ",
                    "{name} {width}x{height}: row {y} column {x} holds half of {symbol:?}"
                );
            }
            x += columns;
        }
        assert_eq!(
            shown_width(&row(&buffer, y)),
            usize::from(width),
            "{name} row {y}"
        );
    }
}

#[test]
fn every_row_is_as_wide_as_the_window_and_no_cell_is_half_a_character() {
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            assert_whole(name, &app);
            hostile(&mut app);
            assert_whole(name, &app);
        }
    }
}

#[test]
fn no_size_is_too_odd_to_be_drawn() {
    for width in [
        1, 2, 7, 20, 59, 60, 61, 79, 80, 119, 120, 121, 139, 140, 250,
    ] {
        for height in [1, 2, 5, 15, 16, 17, 23, 31, 32, 33, 70] {
            for (name, mut app) in screens(120, 40) {
                app.size = (width, height);
                if width >= 60 && height >= 16 {
                    assert_whole(name, &app);
                } else {
                    draw(&app);
                }
            }
        }
    }
}

#[test]
fn hostile_text_leaves_the_columns_aligned() {
    let mut app = app(80, 24);
    hostile(&mut app);
    app.publishing = Publishing::Here;
    insta::assert_snapshot!("80x24_calendar_hostile", text(&app));
    let mut app = queue(80, 24);
    hostile(&mut app);
    app.publishing = Publishing::Here;
    insta::assert_snapshot!("80x24_queue_hostile", text(&app));
}

#[test]
fn the_countdown_stands_in_the_head_from_five_minutes_before() {
    let mut app = post(120, 40);
    app.now = oslo("2026-11-10 08:56").instant();
    assert!(text(&app).contains("leaves in 4 min"));
}

#[test]
fn right_to_left_text_is_named_in_the_head() {
    let mut app = typing(80, 24, Tab::Master);
    if let Some(editor) = &mut app.editor {
        editor.insert("مرحبا");
    }
    assert!(row(&draw(&app), 1).contains("rtl"));
}

#[test]
fn february_with_four_weeks_and_a_week_that_begins_on_sunday_are_drawn() {
    let mut app = empty(80, 24);
    app.day = oslo("2027-02-14 09:00").local.date();
    insta::assert_snapshot!("80x24_february", text(&app));
    app.week_start = chrono::Weekday::Sun;
    insta::assert_snapshot!("80x24_february_sunday", text(&app));
}

#[test]
fn the_cursor_stands_on_the_selection() {
    let position = |app: &App| {
        let (width, height) = app.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal
            .draw(|frame| masthead::ui::draw(app, frame))
            .unwrap();
        let at = terminal.get_cursor_position().unwrap();
        (at.x, at.y)
    };
    // The chip of the 10th, the row of the failed post, the end of the text, the field of the sheet.
    assert_eq!(position(&app(80, 24)), (13, 8));
    assert_eq!(position(&queue(80, 24)), (0, 4));
    assert_eq!(position(&typing(80, 24, Tab::Master)), (31, 11));
    let go_to = Sheet::GoTo(Input::new("fri"));
    assert_eq!(position(&with(app(80, 24), go_to)), (13, 20));
}
