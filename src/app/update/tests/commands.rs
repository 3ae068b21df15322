//! Palette, help and prefixes: commands found by name.

use super::*;

#[test]
fn a_prefix_shows_its_continuations_at_once_and_any_other_key_closes_it() {
    let mut app = filled();
    press(&mut app, "g");
    assert!(matches!(app.sheet, Some(Sheet::Prefix(Key::Char('g')))));
    press(&mut app, "d");
    assert!(matches!(app.sheet, Some(Sheet::GoTo(_))));
    press(&mut app, "<esc> g z");
    assert!(app.sheet.is_none());
}

#[test]
fn help_opens_for_the_focused_pane_and_turns_through_the_others() {
    let mut app = filled();
    press(&mut app, "2 ?");
    let place = |app: &App| match &app.sheet {
        Some(Sheet::Help(sheet)) => Some(sheet.place),
        _ => None,
    };
    assert_eq!(place(&app), Some(Place::Queue));
    let turned = [
        "EditorPane",
        "Typing",
        "Details",
        "Outbox",
        "Review",
        "Calendar",
        "Queue",
    ];
    for expected in turned {
        press(&mut app, "<tab>");
        assert_eq!(format!("{:?}", place(&app).unwrap()), expected);
    }
}

#[test]
fn the_palette_runs_what_is_chosen_as_if_its_key_had_been_pressed() {
    let mut app = filled();
    press(&mut app, ":");
    type_text(&mut app, "sched");
    press(&mut app, "<enter>");
    assert!(matches!(app.sheet, Some(Sheet::Schedule(_))));
    press(&mut app, "<esc> ctrl-p");
    type_text(&mut app, "trash");
    let effects = press(&mut app, "<enter>");
    assert!(saves(&effects)[0].content.trashed);
    assert!(app.sheet.is_none());
}

#[test]
fn what_was_typed_into_the_palette_comes_back_and_tab_completes_it() {
    let typed = |app: &App| match &app.sheet {
        Some(Sheet::Palette(sheet)) => Some((sheet.input.text().to_owned(), sheet.chosen)),
        _ => None,
    };
    let mut app = filled();
    press(&mut app, ":");
    type_text(&mut app, "fre");
    press(&mut app, "<esc> :");
    assert_eq!(typed(&app), Some(("fre".to_owned(), 0)));
    press(&mut app, "<tab>");
    let name = "freeze or thaw everything that leaves".to_owned();
    assert_eq!(typed(&app), Some((name, 0)));
    press(&mut app, "ctrl-u <down> <down> <up> <f5>");
    assert_eq!(typed(&app), Some((String::new(), 1)));
}

#[test]
fn a_command_that_cannot_be_run_leaves_the_palette_open_and_does_nothing() {
    let mut app = app();
    press(&mut app, ":");
    type_text(&mut app, "trash");
    assert_eq!(press(&mut app, "<enter>"), []);
    assert!(matches!(app.sheet, Some(Sheet::Palette(_))));
    update(&mut app, Msg::Paste("x".repeat(10_000)));
    assert_eq!(press(&mut app, "<enter> <tab> <down> <pgdn>"), []);
    assert!(matches!(app.sheet, Some(Sheet::Palette(_))));
}

#[test]
fn a_colon_is_text_while_a_text_is_typed() {
    let mut app = filled();
    press(&mut app, "a :");
    assert!(app.sheet.is_none());
    assert!(app.editor.unwrap().content.text.ends_with(':'));
}

#[test]
fn help_runs_the_chosen_line() {
    let mut app = filled();
    press(&mut app, "? / d a t e <enter>");
    assert!(matches!(app.sheet, Some(Sheet::GoTo(_))), "{:?}", app.sheet);
    press(&mut app, "<esc> ? j <enter>");
    assert!(app.sheet.is_none(), "the first line is a day back");
    assert_eq!(app.day, at(9, 0, 0).local.date());
}

#[test]
fn help_asked_for_while_typing_runs_commands_of_typing_and_no_other() {
    let mut app = filled();
    press(&mut app, "a <f1> / p r e v i e w <enter>");
    assert!(
        matches!(app.sheet, Some(Sheet::Preview(_))),
        "{:?}",
        app.sheet
    );
    press(&mut app, "<esc> <f1> <tab> <tab> / t r a s h <enter>");
    assert!(matches!(app.sheet, Some(Sheet::Help(_))));
    assert!(app.note.unwrap().note.text.contains("typed here was left"));
}

#[test]
fn a_sequence_of_ones_own_shows_its_continuations() {
    let mut app = filled();
    let wish = crate::app::bindings::Wish {
        section: None,
        action: "schedule",
        keys: &["ctrl-x s".to_owned()],
    };
    app.keymap = crate::app::Keymap::with(&[wish]).unwrap();
    press(&mut app, "ctrl-x");
    assert_eq!(app.sheet, Some(Sheet::Prefix(Key::Ctrl('x'))));
    press(&mut app, "s");
    assert!(matches!(app.sheet, Some(Sheet::Schedule(_))));
}
