//! Names and groups while they are typed.

use crate::app::update::tests::{app, press, type_text};
use crate::app::{App, Editor};
use crate::domain::{Channel, Content, Directory, Entry, EntryKind, Facts, PlatformId, Variant};
use std::sync::Arc;

fn entry(key: &str, name: &str, platforms: &[PlatformId]) -> Entry {
    let mut entry = Entry::new(key.parse().unwrap(), name, EntryKind::Person).unwrap();
    let handles = platforms.iter().map(|it| (*it, "handle".to_owned()));
    entry.handles.extend(handles);
    entry
}

fn typing(text: &str) -> App {
    let mut app = app();
    let directory: Directory = [
        entry(
            "ada",
            "Ada Lovelace",
            &[PlatformId::Mastodon, PlatformId::Zulip],
        ),
        entry("ase", "Åse Løvås", &[]),
        entry("numpy", "NumPy", &[PlatformId::X]),
    ]
    .into_iter()
    .collect();
    app.channels = vec![Channel::new("sky", PlatformId::Bluesky)];
    let facts = Facts {
        directory: Arc::new(directory),
        hashtags: [
            ("news".to_owned(), "#News".to_owned()),
            ("rse".to_owned(), String::new()),
        ]
        .into(),
        ..Facts::default()
    };
    app.facts = [("sky".into(), facts)].into();
    let content = Content {
        text: text.to_owned(),
        variants: vec![Variant::inherits("sky")],
        ..Content::default()
    };
    app.editor = Some(Editor::open(None, 0, content));
    app
}

fn offered(app: &App) -> Vec<&str> {
    let open = app.completion.as_ref();
    open.map_or_else(Vec::new, |open| {
        open.offers.iter().map(|it| it.key.as_str()).collect()
    })
}

fn text(app: &App) -> &str {
    app.editor.as_ref().unwrap().text()
}

#[test]
fn two_signs_offer_everybody_and_letters_filter_with_accents_aside() {
    let mut app = typing("");
    type_text(&mut app, "With @");
    assert_eq!(offered(&app), [""; 0]);
    type_text(&mut app, "@");
    assert_eq!(offered(&app), ["ada", "ase", "numpy"]);
    assert_eq!(
        app.completion.as_ref().unwrap().offers[0].platforms,
        ["Ma", "Zu"]
    );
    type_text(&mut app, "lov");
    assert_eq!(offered(&app), ["ada", "ase"], "by name as well");
    type_text(&mut app, "å");
    assert_eq!(offered(&app), ["ase", "ada"], "the likelier first");
    press(&mut app, "<tab>");
    assert_eq!(text(&app), "With @@ase");
    assert!(app.completion.is_none());
    type_text(&mut app, ", hi");
    assert_eq!(text(&app), "With @@ase, hi");
}

#[test]
fn arrows_choose_and_enter_takes_but_ends_the_line_behind_what_is_written_out() {
    let mut app = typing("");
    type_text(&mut app, "@@");
    press(&mut app, "<down> <down> <down> <up>");
    assert_eq!(
        app.completion.as_ref().unwrap().offered().unwrap().key,
        "numpy"
    );
    press(&mut app, "<enter>");
    assert_eq!(text(&app), "@@numpy");
    type_text(&mut app, " @@ada");
    press(&mut app, "<enter>");
    assert_eq!(text(&app), "@@numpy @@ada\n");
}

#[test]
fn escape_closes_the_list_and_not_the_text_until_another_name_is_begun() {
    let mut app = typing("");
    type_text(&mut app, "@@a");
    press(&mut app, "<esc>");
    assert!(app.completion.is_none() && app.editor.is_some());
    type_text(&mut app, "d");
    assert_eq!(offered(&app), [""; 0]);
    type_text(&mut app, " @@a");
    assert_eq!(offered(&app), ["ada", "ase"]);
    press(&mut app, "<left>");
    assert!(app.completion.is_none(), "the cursor went elsewhere");
}

#[test]
fn groups_are_offered_with_the_channels_own_set() {
    let mut app = typing("");
    type_text(&mut app, "##");
    let open = app.completion.as_ref().unwrap();
    let names: Vec<&str> = open.offers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["#News", "nothing on this channel"]);
    press(&mut app, "<tab>");
    assert_eq!(text(&app), "##news");
    let composed = &app.editor.as_ref().unwrap().composed[0].1;
    assert_eq!(composed.parts[0].text, "#News", "counted as it is sent");
}

#[test]
fn a_name_that_was_taken_can_be_undone() {
    let mut app = typing("Hi ");
    type_text(&mut app, "@@nu");
    press(&mut app, "<tab>");
    assert_eq!(text(&app), "Hi @@numpy");
    press(&mut app, "ctrl-u");
    assert_ne!(text(&app), "Hi @@numpy");
}

#[test]
fn nothing_is_offered_in_words_and_addresses() {
    for before in ["a", "https://x.org/"] {
        let mut app = typing(before);
        type_text(&mut app, "@@a");
        assert_eq!(offered(&app), [""; 0], "{before}");
    }
}
