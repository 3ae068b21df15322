//! Searching key by key: what is asked for, where the selection goes, and how it comes back.

use crate::app::msg::Reply;
use crate::app::update::{start, update};
use crate::app::{App, Effect, Key, Msg, Pane, Request, Sheet};
use crate::domain::{Filter, Hit, LocalTime, PostId};
use chrono::NaiveDate;
use chrono_tz::Europe::Oslo;

fn at(month: u32, day: u32) -> LocalTime {
    let date = NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    LocalTime::new(date.and_hms_opt(9, 0, 0).unwrap(), Oslo)
}

fn app() -> App {
    let mut app = App::new(at(11, 10).instant(), Oslo, (80, 24));
    start(&mut app);
    app
}

fn press(app: &mut App, key: Key) -> Vec<Effect> {
    update(app, Msg::Key(key))
}

fn type_text(app: &mut App, text: &str) -> Vec<Effect> {
    let mut all = Vec::new();
    for c in text.chars() {
        all.extend(press(app, Key::Char(c)));
    }
    all
}

fn asked(effects: &[Effect]) -> (Request, String) {
    let mut searches = effects.iter().filter_map(|effect| match effect {
        Effect::Search(request, typed, _) => Some((*request, typed.clone())),
        _ => None,
    });
    let one = searches.next().expect("a search");
    assert_eq!(searches.next(), None, "one search at a time");
    one
}

fn found(app: &mut App, request: Request, hits: &[(i64, Option<LocalTime>)]) -> Vec<Effect> {
    let hits = hits.iter().map(|(id, due)| Hit {
        post: PostId(*id),
        due_at: due.map(|it| it.instant()),
    });
    let reply = Reply::Found(hits.collect());
    update(app, Msg::Reply(request, Box::new(reply)))
}

fn note(app: &App) -> &str {
    app.note.as_ref().map_or("", |shown| &shown.note.text)
}

/// Searches for `show`, found on 3 and 17 November and on the shelf, and presses Enter.
fn searched() -> App {
    let mut app = app();
    press(&mut app, Key::Char('/'));
    let (request, _) = asked(&type_text(&mut app, "s"));
    type_text(&mut app, "how");
    let (request, _) = asked(&found(&mut app, request, &[(1, None)]));
    found(
        &mut app,
        request,
        &[(3, Some(at(11, 3))), (17, Some(at(11, 17))), (9, None)],
    );
    press(&mut app, Key::Enter);
    app
}

#[test]
fn one_search_is_on_its_way_and_what_was_typed_meanwhile_is_asked_for_when_it_comes_back() {
    let mut app = app();
    press(&mut app, Key::Char('/'));
    let effects = type_text(&mut app, "show");
    let (request, typed) = asked(&effects);
    assert_eq!(typed, "s");
    let effects = found(&mut app, request, &[(1, Some(at(12, 24)))]);
    let (request, typed) = asked(&effects);
    assert_eq!(typed, "show");
    assert_eq!(
        app.day,
        app.today(),
        "an answer to less than was typed moves nothing"
    );
    found(
        &mut app,
        request,
        &[(3, Some(at(11, 3))), (17, Some(at(11, 17)))],
    );
    assert_eq!(app.day, at(11, 17).local.date(), "the first from today on");
    assert_eq!(app.selected, Some(PostId(17)));
    assert_eq!(app.finding.search.position().as_deref(), Some("2 of 2"));
}

#[test]
fn enter_stays_at_the_match_and_n_goes_round_with_the_count() {
    let mut app = searched();
    assert_eq!(app.sheet, None);
    assert!(note(&app).starts_with("“show” 2 of 3"), "{}", note(&app));
    press(&mut app, Key::Char('n'));
    assert_eq!(app.selected, Some(PostId(9)));
    assert!(
        note(&app).contains("3 of 3, without a time"),
        "{}",
        note(&app)
    );
    press(&mut app, Key::Char('n'));
    assert_eq!(
        (app.selected, app.day),
        (Some(PostId(3)), at(11, 3).local.date())
    );
    assert!(
        note(&app).contains("from the beginning again"),
        "{}",
        note(&app)
    );
    press(&mut app, Key::Char('N'));
    assert_eq!(app.selected, Some(PostId(9)));
    assert!(note(&app).contains("from the end again"), "{}", note(&app));
}

#[test]
fn a_match_without_a_day_is_shown_where_posts_are_read() {
    let mut app = searched();
    press(&mut app, Key::Char('n'));
    assert_eq!(app.focus, Pane::Editor, "it is in no list that was read");
    press(&mut app, Key::Char('n'));
    assert_eq!(app.selected, Some(PostId(3)));
}

#[test]
fn from_another_day_n_goes_to_the_next_match_after_it() {
    let mut app = searched();
    press(&mut app, Key::Char('t'));
    app.selected = None;
    press(&mut app, Key::Char('N'));
    assert_eq!(app.selected, Some(PostId(3)));
    press(&mut app, Key::Char('t'));
    app.selected = None;
    press(&mut app, Key::Char('n'));
    assert_eq!(app.selected, Some(PostId(17)));
}

#[test]
fn esc_goes_back_to_day_post_and_pane_and_what_was_typed_comes_back() {
    let mut app = app();
    app.focus = Pane::Queue;
    press(&mut app, Key::Char('/'));
    let (request, _) = asked(&type_text(&mut app, "s"));
    found(&mut app, request, &[(17, Some(at(11, 17)))]);
    assert_eq!(
        (app.day, app.focus),
        (at(11, 17).local.date(), Pane::Calendar)
    );
    press(&mut app, Key::Esc);
    assert_eq!(
        (app.day, app.focus, app.selected),
        (app.today(), Pane::Queue, None)
    );
    press(&mut app, Key::Char('/'));
    assert!(matches!(&app.sheet, Some(Sheet::Search(input)) if input.text() == "s"));
}

#[test]
fn nothing_found_says_so_and_keeps_the_place() {
    let mut app = app();
    press(&mut app, Key::Char('/'));
    let (request, _) = asked(&type_text(&mut app, "q"));
    found(&mut app, request, &[]);
    assert_eq!((app.day, app.selected), (app.today(), None));
    press(&mut app, Key::Enter);
    assert!(
        note(&app).starts_with("Nothing found for “q”"),
        "{}",
        note(&app)
    );
    assert_eq!(app.day, app.today());
}

#[test]
fn enter_before_the_answer_waits_for_it() {
    let mut app = app();
    press(&mut app, Key::Char('/'));
    type_text(&mut app, "show");
    let (request, typed) = asked(&press(&mut app, Key::Enter));
    assert_eq!(typed, "show");
    assert_eq!(app.sheet, None);
    found(&mut app, request, &[(17, Some(at(11, 17)))]);
    assert_eq!(app.selected, Some(PostId(17)));
    assert!(note(&app).contains("1 of 1"), "{}", note(&app));
}

#[test]
fn a_pasted_search_of_ten_kilobytes_is_asked_for_once_and_told_in_short() {
    let mut app = app();
    press(&mut app, Key::Char('/'));
    let long = "word ".repeat(2_048);
    let (request, typed) = asked(&update(&mut app, Msg::Paste(long.clone())));
    assert_eq!(typed, long);
    found(&mut app, request, &[]);
    press(&mut app, Key::Enter);
    assert!(note(&app).chars().count() < 100, "{}", note(&app));
}

#[test]
fn a_search_that_could_not_be_made_can_be_made_again() {
    let mut app = app();
    press(&mut app, Key::Char('/'));
    let (request, _) = asked(&type_text(&mut app, "s"));
    let failed = Reply::Failed("The disk is gone".to_owned());
    update(&mut app, Msg::Reply(request, Box::new(failed)));
    assert_eq!(asked(&type_text(&mut app, "h")).1, "sh");
}

#[test]
fn after_a_change_of_the_database_n_asks_again() {
    let mut app = searched();
    update(&mut app, Msg::Changed);
    let request = app.memory.posts;
    let (from, to) = (at(10, 1).local.date(), at(12, 20).local.date());
    let posts = Reply::Posts {
        from,
        to,
        posts: Vec::new(),
    };
    update(&mut app, Msg::Reply(request, Box::new(posts)));
    let effects = press(&mut app, Key::Char('n'));
    let (request, typed) = asked(&effects);
    assert_eq!(typed, "show");
    found(
        &mut app,
        request,
        &[(17, Some(at(11, 17))), (18, Some(at(11, 18)))],
    );
    assert_eq!(app.selected, Some(PostId(18)));
}

#[test]
fn n_without_a_search_says_which_key_searches() {
    let mut app = app();
    assert_eq!(press(&mut app, Key::Char('n')), []);
    assert!(note(&app).contains("/ searches"), "{}", note(&app));
}

#[test]
fn a_search_is_made_within_the_filter() {
    let mut app = app();
    app.finding.filter = [crate::domain::Chip::Tag("a".to_owned())]
        .into_iter()
        .collect();
    press(&mut app, Key::Char('/'));
    let effects = type_text(&mut app, "s");
    let within: Vec<&Filter> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Search(_, _, filter) => Some(filter),
            _ => None,
        })
        .collect();
    assert_eq!(within, [&app.finding.filter]);
}
