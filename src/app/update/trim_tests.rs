//! The way through the trim screen, key by key.

use super::tests::{answer, app, filled, press, type_text};
use crate::app::trim::{Standing, TrimSheet, used};
use crate::app::{App, Editor, Effect, Msg, Reply, Sheet, Tab, update};
use crate::domain::{Channel, Content, Facts, Limits, PlatformId, Variant};
use std::collections::BTreeMap;

/// A post of 300 words on two channels, of which the first takes 60.
fn writing(text: &str) -> App {
    let mut app = app();
    app.channels = vec![
        Channel::new("bluesky", PlatformId::Bluesky),
        Channel::new("linkedin", PlatformId::LinkedIn),
    ];
    let content = Content {
        text: text.to_owned(),
        variants: ["bluesky", "linkedin"].map(Variant::inherits).to_vec(),
        ..Content::default()
    };
    let mut editor = Editor::open(None, 0, content);
    editor.compose(&app.channels, &app.facts);
    app.editor = Some(editor);
    app
}

fn long() -> String {
    "word ".repeat(300).trim_end().to_owned()
}

fn sheet(app: &App) -> &TrimSheet {
    match &app.sheet {
        Some(Sheet::Trim(sheet)) => sheet,
        other => panic!("no trim screen but {other:?}"),
    }
}

fn editor(app: &App) -> &Editor {
    app.editor.as_ref().unwrap()
}

fn said(app: &App) -> &str {
    app.note.as_ref().map_or("", |shown| &shown.note.text)
}

#[test]
fn what_is_taken_becomes_the_channels_own_text_and_one_undo_lets_it_inherit_again() {
    let mut app = writing(&long());
    assert_eq!(press(&mut app, "ctrl-k"), []);
    assert_eq!(sheet(&app).channel.as_str(), "bluesky");
    assert_eq!(press(&mut app, "a"), []);
    assert!(sheet(&app).composed.can_leave());
    let effects = press(&mut app, "<enter>");
    assert!(effects.iter().any(|it| matches!(it, Effect::KeepDraft(..))));
    assert!(said(&app).contains("C-u"), "{}", said(&app));
    assert_eq!(app.sheet, None);
    assert_eq!(editor(&app).tab, Tab::Channel("bluesky".into()));
    assert_eq!(editor(&app).text().len(), 299);
    assert_eq!(editor(&app).content.text, long());
    let bluesky = |app: &App| editor(app).content.variants[0].clone();
    assert!(bluesky(&app).is_own() && editor(&app).stale.is_empty());
    assert!(editor(&app).composed[0].1.can_leave());
    press(&mut app, "ctrl-u");
    assert_eq!(editor(&app).text(), long());
    assert_eq!(bluesky(&app), Variant::inherits("bluesky"));
    press(&mut app, "ctrl-r");
    assert_eq!(editor(&app).text().len(), 299);
    assert!(bluesky(&app).is_own());
}

#[test]
fn undo_of_a_trimmed_own_text_keeps_it_own_and_typing_before_it() {
    let mut app = writing(&long());
    press(&mut app, "<tab> ctrl-g");
    type_text(&mut app, " more");
    press(&mut app, "ctrl-k a <enter> ctrl-u");
    assert_eq!(editor(&app).text(), format!("{} more", long()));
    for _ in 0..5 {
        press(&mut app, "ctrl-u");
    }
    assert_eq!(editor(&app).text(), long());
    assert!(editor(&app).content.variants[0].is_own());
}

#[test]
fn esc_leaves_all_as_it_was() {
    let mut app = writing(&long());
    let before = editor(&app).clone();
    let effects = press(&mut app, "ctrl-k <space> <space> a j x <esc>");
    assert_eq!(effects, []);
    assert_eq!((editor(&app), &app.sheet), (&before, &None));
    press(&mut app, "ctrl-k <enter>");
    assert_eq!((editor(&app), &app.sheet), (&before, &None));
    assert_eq!(said(&app), "Nothing was struck");
}

#[test]
fn striking_goes_on_to_the_next_word_and_the_count_falls() {
    let mut app = writing(&long());
    press(&mut app, "ctrl-k g <space> x <delete>");
    assert_eq!((sheet(&app).chosen, sheet(&app).strikes.struck()), (3, 3));
    assert_eq!(used(&sheet(&app).composed), 1499 - 15);
    press(&mut app, "h");
    assert_eq!(sheet(&app).standing(), Standing::Struck);
    assert_eq!(sheet(&app).effect, 5);
    press(&mut app, "u u u u");
    assert_eq!(sheet(&app).strikes.struck(), 0);
    assert_eq!(said(&app), "Nothing is struck yet");
}

#[test]
fn a_text_of_which_nothing_would_be_left_is_not_taken() {
    let mut app = writing(&"x".repeat(400));
    press(&mut app, "ctrl-k a <enter>");
    assert_eq!(sheet(&app).strikes.struck(), 1);
    assert!(said(&app).starts_with("Nothing would be left"));
    assert!(!editor(&app).is_changed());
}

#[test]
fn what_fits_is_not_trimmed_and_that_is_said() {
    let mut app = writing("short");
    press(&mut app, "ctrl-k");
    assert_eq!(app.sheet, None);
    assert_eq!(
        said(&app),
        "Nothing to trim: the text fits on every channel"
    );
    let mut app = writing(&long());
    press(&mut app, "<tab> <tab> ctrl-k");
    assert_eq!(said(&app), "Nothing to trim: the text fits on linkedin");
}

#[test]
fn a_resize_keeps_what_is_struck_and_the_chosen_word_in_sight() {
    let mut app = writing(&long());
    press(&mut app, "ctrl-k <space> <space> G <space>");
    let before = sheet(&app).clone();
    for (width, height) in [(80, 24), (60, 16), (20, 5), (200, 60), (120, 40)] {
        update(&mut app, Msg::Resize(width, height));
        let (width, height) = (
            crate::app::trim::width(width),
            crate::app::layout::trim_height(&app),
        );
        let (_, cursor) = sheet(&app).rows(width, height);
        assert!(cursor.is_some(), "{width}x{height}");
    }
    let after = sheet(&app);
    assert_eq!(after.strikes, before.strikes);
    assert_eq!(after.chosen, before.chosen);
}

#[test]
fn the_selected_post_is_previewed_channel_by_channel_as_it_is_sent() {
    let mut app = filled();
    let detail = app.detail.as_mut().unwrap();
    let composed = editor(&writing(&long())).composed.clone();
    detail.composed = composed;
    assert_eq!(press(&mut app, "v"), []);
    let shown = |app: &App| match &app.sheet {
        Some(Sheet::Preview(sheet)) => Some(sheet.channel),
        _ => None,
    };
    assert_eq!(shown(&app), Some(0));
    press(&mut app, "l");
    assert_eq!(shown(&app), Some(1));
    press(&mut app, "l");
    assert_eq!(shown(&app), Some(0));
    press(&mut app, "v");
    assert_eq!(shown(&app), None);
}

#[test]
fn what_is_pasted_or_learned_meanwhile_strikes_nothing() {
    let mut app = writing(&long());
    press(&mut app, "ctrl-k <space>");
    assert_eq!(update(&mut app, Msg::Paste("aaa x u".to_owned())), []);
    assert_eq!(sheet(&app).strikes.struck(), 1);
    let limits = Limits {
        max_characters: Some(100),
        ..Limits::default()
    };
    let facts = Facts {
        limits: Some(limits),
        ..Facts::default()
    };
    let facts = BTreeMap::from([("bluesky".into(), facts)]);
    let channels = app.channels.clone();
    answer(&mut app, 0, Reply::Channels(channels, facts));
    assert_eq!(sheet(&app).strikes.struck(), 1);
    let limit = sheet(&app).composed.parts[0].count.text.limit;
    assert_eq!(limit, Some(100));
}
