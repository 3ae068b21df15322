//! A link is typed, its page answers, and the post has its card.

use super::tests::{app, press, type_text};
use crate::app::msg::{PageAge, Reply};
use crate::app::update::update;
use crate::app::{App, Editor, Effect, Msg};
use crate::domain::{CardUse, Channel, Content, PageCard, PlatformId, Variant};

const URL: &str = "https://example.org/a";

fn typing() -> App {
    let mut app = app();
    app.asks_pages = true;
    app.channels = vec![
        Channel::new("bluesky", PlatformId::Bluesky),
        Channel::new("fosstodon", PlatformId::Mastodon),
    ];
    open(&mut app, &["bluesky", "fosstodon"]);
    app
}

fn open(app: &mut App, channels: &[&str]) {
    let content = Content {
        variants: channels.iter().map(|it| Variant::inherits(*it)).collect(),
        ..Content::default()
    };
    let mut editor = Editor::open(None, 0, content);
    editor.compose(&app.channels, &app.facts);
    app.editor = Some(editor);
}

fn page() -> PageCard {
    PageCard {
        url: URL.to_owned(),
        title: "The page".to_owned(),
        ..PageCard::default()
    }
}

fn rests(effects: &[Effect]) -> Option<u64> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::LinkRests(request) => Some(*request),
        _ => None,
    })
}

fn asked(effects: &[Effect]) -> Vec<(String, PageAge)> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::AskPage(_, url, age) => Some((url.clone(), *age)),
        _ => None,
    });
    asked.collect()
}

fn answer(app: &mut App, said: Result<PageCard, String>) -> Vec<Effect> {
    let reply = Reply::Page(URL.to_owned(), said);
    update(app, Msg::Reply(0, Box::new(reply)))
}

fn content(app: &App) -> &Content {
    &app.editor.as_ref().unwrap().content
}

#[test]
fn a_page_is_asked_once_when_its_link_rests_and_never_at_a_key() {
    let mut app = typing();
    let effects = type_text(&mut app, "Read https://example.org/a");
    assert_eq!(asked(&effects), []);
    let first = rests(&effects).unwrap();
    let later = rests(&type_text(&mut app, " now")).unwrap();
    // The earlier pause was for another text.
    assert_eq!(update(&mut app, Msg::Settled(first)), []);
    let effects = update(&mut app, Msg::Settled(later));
    assert_eq!(asked(&effects), [(URL.to_owned(), PageAge::OfToday)]);
    assert_eq!(rests(&type_text(&mut app, ".")), None);
    answer(&mut app, Ok(page()));
    assert_eq!(content(&app).pages, [page()]);
    let editor = app.editor.as_ref().unwrap();
    let card = editor.composed[0].1.parts[0].card.as_ref().unwrap();
    assert_eq!(card.title, "The page");
    assert_eq!(editor.composed[1].1.parts[0].card, None);
    assert_eq!(rests(&type_text(&mut app, " More.")), None);
}

#[test]
fn a_page_that_cannot_be_asked_is_a_quiet_note_and_is_asked_again_on_a_key() {
    let mut app = typing();
    let effects = type_text(&mut app, URL);
    let pause = rests(&effects).unwrap();
    update(&mut app, Msg::Settled(pause));
    answer(&mut app, Err("example.org cannot be reached".to_owned()));
    let note = app.note.as_ref().unwrap().note.text.clone();
    assert!(
        note.contains("example.org cannot be reached. C-f asks again"),
        "{note}"
    );
    assert_eq!(content(&app).pages, []);
    assert_eq!(rests(&type_text(&mut app, " ")), None);
    let effects = press(&mut app, "ctrl-f");
    assert_eq!(asked(&effects), [(URL.to_owned(), PageAge::Anew)]);
}

#[test]
fn nobody_is_asked_where_no_channel_takes_cards_or_pages_are_not_asked() {
    let mut app = typing();
    open(&mut app, &["fosstodon"]);
    assert_eq!(rests(&type_text(&mut app, URL)), None);
    let mut app = typing();
    app.asks_pages = false;
    assert_eq!(rests(&type_text(&mut app, URL)), None);
    assert_eq!(asked(&press(&mut app, "ctrl-f")), []);
    assert!(app.note.is_some());
}

#[test]
fn an_answer_for_a_link_that_is_gone_changes_nothing() {
    let mut app = typing();
    type_text(&mut app, "https://example.org/other");
    answer(&mut app, Ok(page()));
    assert_eq!(content(&app).pages, []);
}

#[test]
fn the_card_can_be_left_out_and_taken_back() {
    let mut app = typing();
    type_text(&mut app, URL);
    answer(&mut app, Ok(page()));
    press(&mut app, "ctrl-n");
    assert_eq!(content(&app).card, CardUse::Off);
    let card = |app: &App| {
        app.editor.as_ref().unwrap().composed[0].1.parts[0]
            .card
            .clone()
    };
    assert_eq!(card(&app), None);
    press(&mut app, "ctrl-n");
    assert_eq!(card(&app).unwrap().title, "The page");
}
