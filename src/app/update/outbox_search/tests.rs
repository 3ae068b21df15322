//! Searching the outbox, key by key.

use crate::app::update::outbox_tests::listed;
use crate::app::update::tests::{answer, filled, press, type_text};
use crate::app::{App, Effect, Reply, Sheet};
use crate::domain::{DeliveryId, Outbox};

fn open(titles: &[&str], more: bool) -> App {
    let mut app = filled();
    press(&mut app, "o");
    read(&mut app, titles, more);
    app
}

fn read(app: &mut App, titles: &[&str], more: bool) {
    let rows = (1..).zip(titles).map(|(id, title)| listed(id, title));
    let outbox = Outbox {
        rows: rows.collect(),
        more,
        ..Outbox::default()
    };
    let request = app.memory.outbox;
    answer(app, request, Reply::Outbox(outbox));
}

fn selected(app: &App) -> i64 {
    app.outbox().unwrap().selected.unwrap_or(DeliveryId(0)).0
}

fn said(app: &App) -> &str {
    app.note.as_ref().map_or("", |note| &note.note.text)
}

#[test]
fn a_match_is_shown_as_it_is_typed_and_next_and_previous_go_round() {
    let mut app = open(
        &["Newsletter", "Café hour", "Release", "The cafe again"],
        false,
    );
    press(&mut app, "/");
    type_text(&mut app, "CAFE");
    assert_eq!(selected(&app), 2);
    press(&mut app, "<enter>");
    assert!(app.sheet.is_none());
    assert_eq!(said(&app), "“CAFE” 1 of 2   n next   N previous");
    press(&mut app, "n");
    assert_eq!(selected(&app), 4);
    press(&mut app, "n");
    assert_eq!(selected(&app), 2);
    assert!(said(&app).contains("from the beginning again"));
    press(&mut app, "N");
    assert_eq!(selected(&app), 4);
}

#[test]
fn esc_goes_back_to_the_delivery_where_the_search_began() {
    let mut app = open(&["one", "two", "three"], false);
    press(&mut app, "j");
    press(&mut app, "/");
    type_text(&mut app, "three");
    assert_eq!(selected(&app), 3);
    press(&mut app, "<esc>");
    assert_eq!(selected(&app), 2);
    press(&mut app, "/");
    assert!(matches!(&app.sheet, Some(Sheet::Search(input)) if input.text() == "three"));
}

#[test]
fn channel_state_and_reason_are_found_too() {
    let mut app = open(&["one", "two"], false);
    for typed in ["fosst", "waiting"] {
        press(&mut app, "/");
        type_text(&mut app, typed);
        press(&mut app, "<enter>");
        assert!(said(&app).contains("1 of 2"), "{typed}: {}", said(&app));
    }
}

#[test]
fn what_was_not_read_yet_is_read_before_nothing_is_said() {
    let mut app = open(&["one", "two"], true);
    press(&mut app, "/");
    type_text(&mut app, "late");
    let effects = press(&mut app, "<enter>");
    assert!(matches!(effects[..], [Effect::LoadOutbox(_, _, limit)] if limit > 200));
    assert_eq!(said(&app), "");
    read(&mut app, &["one", "two", "late"], true);
    assert_eq!(selected(&app), 3);
    press(&mut app, "n");
    read(&mut app, &["one", "two", "late", "four"], false);
    assert!(
        said(&app).contains("from the beginning again"),
        "{}",
        said(&app)
    );
}

#[test]
fn nothing_found_leaves_the_person_where_they_were() {
    let mut app = open(&["one", "two"], false);
    press(&mut app, "j");
    press(&mut app, "/");
    type_text(&mut app, "absent");
    press(&mut app, "<enter>");
    assert_eq!(selected(&app), 2);
    assert_eq!(said(&app), "Nothing found for “absent” in the outbox");
    press(&mut app, "/");
    type_text(&mut app, &"x".repeat(10_000));
    press(&mut app, "<enter>");
    assert!(said(&app).chars().count() < 100);
}
