//! What a user does, key by key, against the pure core: effects are compared as data.

mod ahead;
mod commands;
mod freezing;
mod glance;
mod typing;
mod unsaved;

use super::*;
use crate::app::msg::{Reply, Save};
use crate::app::sheet::Sheet;
use crate::app::{AfterSave, NextLeaving, Tab};
use crate::domain::freeze::{Choice, Choices, Fate, HeldPost};
use crate::domain::queue::Queue;
use crate::domain::{
    Author, ChannelState, Content, Delivery, DeliveryId, DeliveryState, Kind, LocalTime, Plan,
    PlatformId, Post, PostId, PostView, Review, Summary,
};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Oslo;

fn at(day: u32, hour: u32, minute: u32) -> LocalTime {
    let date = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    LocalTime::new(date.and_hms_opt(hour, minute, 0).unwrap(), Oslo)
}

pub(super) fn now() -> DateTime<Utc> {
    at(10, 8, 12).instant()
}

pub(super) fn app() -> App {
    let mut app = App::new(now(), Oslo, (120, 40));
    app.author = Author::from("li");
    app
}

fn summary(id: i64, time: LocalTime) -> Summary {
    Summary {
        id: PostId(id),
        title: format!("post {id}"),
        kind: Kind::AdHoc,
        due_at: Some(time.instant()),
        held: false,
        review: Review::Draft,
        campaign: None,
        author: Author::from("li"),
        tags: Vec::new(),
        without_alt: 0,
        channels: vec![ChannelState {
            channel: "fosstodon".into(),
            state: DeliveryState::Waiting,
            reason: String::new(),
            waits: crate::domain::Waits::ForItself,
        }],
    }
}

fn view(id: i64, time: LocalTime) -> PostView {
    let content = Content {
        title: format!("post {id}"),
        text: "text".to_owned(),
        plan: Plan::At(time),
        scheduled: true,
        ..Content::default()
    };
    let post = Post {
        id: PostId(id),
        revision: 3,
        author: Author::from("li"),
        parent: None,
        created_at: now(),
        updated_at: now(),
        content,
    };
    PostView {
        post,
        deliveries: Vec::new(),
        review: Review::Draft,
        open_by: Vec::new(),
        seen_masters: Vec::new(),
    }
}

/// Presses keys written as text, separated by blanks, and returns all effects.
pub(super) fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ')
        .flat_map(|key| update(app, Msg::Key(key.parse().unwrap())))
        .collect()
}

pub(super) fn type_text(app: &mut App, text: &str) -> Vec<Effect> {
    text.chars()
        .flat_map(|c| update(app, Msg::Key(Key::Char(c))))
        .collect()
}

pub(super) fn answer(app: &mut App, request: Request, reply: Reply) -> Vec<Effect> {
    update(app, Msg::Reply(request, Box::new(reply)))
}

/// An app with two posts at hand, the first selected and read.
pub(super) fn filled() -> App {
    let mut app = app();
    start(&mut app);
    let posts = vec![summary(1, at(10, 9, 0)), summary(2, at(12, 9, 0))];
    let (from, to) = (at(1, 0, 0).local.date(), at(30, 0, 0).local.date());
    let from = from - chrono::Days::new(10);
    let to = to + chrono::Days::new(20);
    let request = app.memory.posts;
    answer(&mut app, request, Reply::Posts { from, to, posts });
    let request = app.memory.post;
    answer(&mut app, request, Reply::Post(view(1, at(10, 9, 0))));
    app
}

pub(super) fn saves(effects: &[Effect]) -> Vec<&Save> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Save(_, save) => Some(save.as_ref()),
            _ => None,
        })
        .collect()
}

#[test]
fn days_weeks_and_months_are_moved_by_their_keys() {
    let mut app = app();
    press(&mut app, "l j");
    assert_eq!(app.day, at(18, 0, 0).local.date());
    press(&mut app, "h k 0");
    assert_eq!(app.day, at(9, 0, 0).local.date());
    press(&mut app, "] t");
    assert_eq!(app.day, app.today());
    press(&mut app, "G");
    assert_eq!(app.day, at(30, 0, 0).local.date());
}

#[test]
fn next_post_goes_from_post_to_post_over_empty_days() {
    let mut app = filled();
    assert_eq!(app.selected, Some(PostId(1)));
    press(&mut app, "J");
    assert_eq!(
        (app.selected, app.day),
        (Some(PostId(2)), at(12, 0, 0).local.date())
    );
    press(&mut app, "K K");
    assert_eq!(app.day.format("%m").to_string(), "10");
}

#[test]
fn a_move_shows_at_once_and_reads_details_only_after_a_pause() {
    let mut app = filled();
    let effects = press(&mut app, "J");
    assert_eq!(effects, [Effect::Settle(app.memory.settle)]);
    let settle = app.memory.settle;
    let effects = update(&mut app, Msg::Settled(settle));
    assert_eq!(effects, [Effect::LoadPost(app.memory.post, PostId(2))]);
    assert_eq!(update(&mut app, Msg::Settled(settle - 1)), []);
}

#[test]
fn a_reply_to_an_older_request_is_dropped() {
    let mut app = filled();
    let old = app.memory.posts;
    press(&mut app, "] ]");
    let (from, to) = (app.day, app.day);
    answer(
        &mut app,
        old,
        Reply::Posts {
            from,
            to,
            posts: Vec::new(),
        },
    );
    assert_eq!(app.posts.len(), 2);
}

#[test]
fn moving_a_post_by_a_day_keeps_its_clock_time_and_says_how_to_undo() {
    let mut app = filled();
    let effects = press(&mut app, ">");
    let saves = saves(&effects);
    assert_eq!(saves[0].content.plan, Plan::At(at(11, 9, 0)));
    assert_eq!(
        (saves[0].post, saves[0].base_revision),
        (Some(PostId(1)), 3)
    );
    assert!(
        app.note
            .as_ref()
            .unwrap()
            .note
            .text
            .contains("Wed 11 Nov 09:00. u undoes")
    );
}

#[test]
fn quick_moves_wait_for_each_other_and_none_is_lost() {
    let mut app = filled();
    let effects = press(&mut app, "> > >");
    assert_eq!(saves(&effects).len(), 1);
    let mut effects = effects;
    for day in 11..14 {
        let Some(Effect::Save(request, save)) = effects
            .iter()
            .find(|effect| matches!(effect, Effect::Save(..)))
            .cloned()
        else {
            panic!("a save was expected, got {effects:?}")
        };
        assert_eq!(save.content.plan, Plan::At(at(day, 9, 0)));
        let mut post = view(1, at(day, 9, 0)).post;
        post.revision = 3 + i64::from(day);
        effects = answer(&mut app, request, Reply::Saved(post));
    }
    assert_eq!(saves(&effects).len(), 0);
    assert_eq!(app.day, at(13, 0, 0).local.date());
}

#[test]
fn a_scheduled_post_is_never_moved_into_the_past_where_it_would_leave_at_once() {
    let mut app = filled();
    assert_eq!(saves(&press(&mut app, "<")).len(), 0);
    assert!(app.note.as_ref().unwrap().note.text.contains("past"));
}

#[test]
fn publish_now_wants_the_word_typed_and_nothing_else_sends() {
    let mut app = filled();
    let detail = app.detail.as_mut().unwrap();
    detail.composed = vec![("fosstodon".into(), composed())];
    press(&mut app, "!");
    assert!(matches!(app.sheet, Some(Sheet::PublishNow(_))));
    // A look at what would leave leads back to the question.
    assert_eq!(press(&mut app, "v"), []);
    assert!(matches!(&app.sheet, Some(Sheet::Preview(it)) if it.shown(&app).len() == 1));
    press(&mut app, "v");
    assert!(matches!(app.sheet, Some(Sheet::PublishNow(_))));
    assert_eq!(press(&mut app, "<enter> y <enter>"), []);
    press(&mut app, "ctrl-u");
    let effects = press(&mut app, "n o w <enter>");
    assert_eq!(
        effects,
        [Effect::MakeDue(
            app.memory.last_request,
            PostId(1),
            vec!["fosstodon".into()]
        )]
    );
}

fn composed() -> crate::domain::Composed {
    crate::domain::Composed {
        platform: PlatformId::Mastodon,
        parts: vec![crate::domain::Part::default()],
        problems: Vec::new(),
        notes: Vec::new(),
    }
}

#[test]
fn esc_closes_a_sheet_and_what_was_typed_comes_back() {
    let mut app = filled();
    press(&mut app, "s f r i");
    press(&mut app, "<esc>");
    assert!(app.sheet.is_none());
    press(&mut app, "s");
    let Some(Sheet::Schedule(sheet)) = &app.sheet else {
        panic!("no sheet")
    };
    assert_eq!(sheet.input.text(), "fri");
}

#[test]
fn trashing_says_that_u_brings_it_back() {
    let mut app = filled();
    let effects = press(&mut app, "d");
    assert!(saves(&effects)[0].content.trashed);
    assert!(
        app.note
            .as_ref()
            .unwrap()
            .note
            .text
            .contains("u brings it back")
    );
    assert!(matches!(
        press(&mut app, "u")[..],
        [Effect::Turn(_, Turn::Undo, _)]
    ));
}

#[test]
fn an_error_stays_until_esc_and_news_does_not_replace_it() {
    let mut app = filled();
    say(&mut app, Rank::Bad, "broken".to_owned());
    say(&mut app, Rank::News, "fine".to_owned());
    press(&mut app, "l");
    assert_eq!(app.note.as_ref().unwrap().note.text, "broken");
    press(&mut app, "<esc>");
    assert!(app.note.is_none());
}

#[test]
fn news_stays_for_two_seconds_whatever_is_pressed() {
    let mut app = filled();
    say(&mut app, Rank::News, "saved".to_owned());
    press(&mut app, "l");
    assert!(app.note.is_some());
    update(&mut app, Msg::Tick(now(), Duration::from_secs(3)));
    press(&mut app, "l");
    assert!(app.note.is_none());
}

#[test]
fn the_welcome_lists_the_keys_as_it_says_and_comes_back() {
    let mut app = app();
    app.welcome = Some(crate::app::Welcome::default());
    assert_eq!(press(&mut app, "?"), []);
    assert!(matches!(app.sheet, Some(Sheet::Help(_))));
    assert_eq!(press(&mut app, "<enter>"), []);
    press(&mut app, "<esc>");
    assert!(app.sheet.is_none() && app.welcome.is_some());
}

#[test]
fn a_window_that_is_too_small_keeps_everything() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "abc");
    update(&mut app, Msg::Resize(20, 5));
    press(&mut app, "x");
    update(&mut app, Msg::Resize(120, 40));
    assert_eq!(app.editor.as_ref().unwrap().text(), "abc");
}

#[test]
fn a_copy_is_pasted_as_a_draft_at_its_clock_time() {
    let mut app = filled();
    press(&mut app, "y");
    app.day = at(20, 0, 0).local.date();
    let effects = press(&mut app, "p");
    let saves = saves(&effects);
    assert_eq!((saves[0].post, saves[0].parent), (None, Some(PostId(1))));
    assert_eq!(saves[0].content.plan, Plan::At(at(20, 9, 0)));
    assert!(!saves[0].content.scheduled);
}

/// Two posts in the queue, the first selected there.
fn with_queue() -> App {
    let mut app = filled();
    let request = app.memory.queue;
    let queue = Queue {
        next: vec![summary(1, at(10, 9, 0)), summary(2, at(12, 9, 0))],
        next_total: 2,
        ..Queue::default()
    };
    answer(&mut app, request, Reply::Queue(queue, None, None));
    press(&mut app, "2");
    app
}

#[test]
fn a_higher_window_shows_rows_of_the_queue_where_it_would_show_none() {
    let mut app = with_queue();
    for to in ["queue", "calendar"] {
        app.queue_scroll = 3;
        app.selected = (to == "queue").then_some(PostId(2));
        update(&mut app, Msg::Resize(80, 24 + u16::from(to == "queue")));
        assert_eq!(app.queue_scroll, 0, "{to}");
    }
}

#[test]
fn what_leaves_next_comes_with_the_queue() {
    let mut app = with_queue();
    update(&mut app, Msg::Changed);
    let next = NextLeaving {
        at: at(10, 9, 0).instant(),
        channels: vec!["fosstodon".into()],
    };
    let reply = Reply::Queue(Queue::default(), Some(next.clone()), None);
    let request = app.memory.queue;
    answer(&mut app, request, reply);
    assert_eq!(app.next, Some(next));
}

#[test]
fn after_the_trash_the_queue_goes_on_from_where_the_row_was() {
    let mut app = with_queue();
    let effects = press(&mut app, "d");
    assert_eq!(saves(&effects).len(), 1);
    let mut gone = view(1, at(10, 9, 0)).post;
    gone.content.trashed = true;
    let request = app.memory.save.as_ref().unwrap().0;
    answer(&mut app, request, Reply::Saved(gone));
    assert_eq!(app.selected, Some(PostId(2)));
    assert_eq!(app.day, at(12, 0, 0).local.date());
}

#[test]
fn a_post_published_now_is_shown_on_the_day_it_left() {
    let mut app = filled();
    app.day = at(20, 0, 0).local.date();
    answer(&mut app, 90, Reply::MadeDue(PostId(1), 1));
    let mut left = view(1, at(20, 9, 0));
    left.deliveries = vec![delivery(DeliveryState::Published)];
    let request = app.memory.post;
    answer(&mut app, request, Reply::Post(left));
    assert_eq!(app.day, at(10, 0, 0).local.date());
    assert_eq!(app.selected, Some(PostId(1)));
}

#[test]
fn a_post_that_stands_nowhere_any_more_is_not_selected_unseen() {
    let mut app = with_queue();
    press(&mut app, "1");
    let away = Reply::Queue(Queue::default(), None, None);
    app.day = at(12, 0, 0).local.date();
    let request = app.memory.queue;
    answer(&mut app, request, away);
    assert_eq!(app.selected, Some(PostId(2)), "the first of that day");
}

#[test]
fn an_unknown_post_is_neither_scheduled_nor_published_again_and_says_why() {
    for key in ["s", "!"] {
        let mut app = filled();
        let mut unknown = view(1, at(10, 9, 0));
        unknown.deliveries = vec![delivery(DeliveryState::Unknown)];
        app.detail.as_mut().unwrap().view = unknown;
        press(&mut app, key);
        assert!(app.sheet.is_none());
        let note = &app.note.as_ref().unwrap().note.text;
        assert!(note.starts_with("Nobody knows"), "{note}");
    }
}

fn delivery(state: DeliveryState) -> Delivery {
    Delivery {
        id: DeliveryId(1),
        post: PostId(1),
        channel: "fosstodon".into(),
        platform: PlatformId::Mastodon,
        state,
        due_at: Some(now()),
        reason: String::new(),
        permalink: None,
        remote_ids: Vec::new(),
        attempts: 1,
        next_try: None,
        waits: crate::domain::Waits::default(),
        changed_at: now(),
    }
}
