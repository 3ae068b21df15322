//! What a user does, key by key, against the pure core: effects are compared as data.

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
        channels: vec![ChannelState {
            channel: "fosstodon".into(),
            state: DeliveryState::Waiting,
            reason: String::new(),
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
fn a_new_post_is_a_draft_on_the_selected_day() {
    let mut app = filled();
    press(&mut app, "l a");
    type_text(&mut app, "Hello q!");
    let effects = press(&mut app, "<esc>");
    let saves = saves(&effects);
    assert_eq!(saves[0].post, None);
    assert_eq!(saves[0].content.text, "Hello q!");
    assert_eq!(saves[0].content.plan, Plan::At(at(11, 9, 0)));
    assert!(!saves[0].content.scheduled);
}

#[test]
fn what_is_typed_goes_to_the_draft_at_once_one_write_at_a_time() {
    let mut app = filled();
    press(&mut app, "a");
    let effects = type_text(&mut app, "abc");
    assert_eq!(
        effects.len(),
        1,
        "the later letters wait for the first write"
    );
    let Effect::KeepDraft(request, draft) = effects[0].clone() else {
        panic!("no draft")
    };
    assert_eq!(draft.content.text, "a");
    let effects = answer(&mut app, request, Reply::DraftKept);
    let Effect::KeepDraft(request, draft) = effects[0].clone() else {
        panic!("no draft")
    };
    assert_eq!((draft.content.text.as_str(), draft.cursor), ("abc", 3));
    assert_eq!(answer(&mut app, request, Reply::DraftKept), []);
}

#[test]
fn a_hang_up_keeps_the_text_before_the_program_leaves() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "ab");
    let effects = update(&mut app, Msg::Ended);
    let Effect::KeepDraft(_, draft) = &effects[0] else {
        panic!("no draft: {effects:?}")
    };
    assert_eq!(draft.content.text, "ab");
    assert_eq!(effects[1], Effect::Quit);
}

#[test]
fn leaving_an_empty_new_post_leaves_nothing_behind() {
    let mut app = filled();
    press(&mut app, "a");
    let effects = press(&mut app, "<esc>");
    assert_eq!(saves(&effects).len(), 0);
    assert!(app.editor.is_none());
}

#[test]
fn after_a_failed_save_the_text_is_still_in_the_editor() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "precious");
    press(&mut app, "<esc>");
    let (request, after) = app.memory.save.clone().unwrap();
    assert_eq!(after, AfterSave::CloseEditor);
    answer(
        &mut app,
        request,
        Reply::Failed("The disk is full".to_owned()),
    );
    assert_eq!(app.editor.as_ref().unwrap().text(), "precious");
    assert_eq!(app.note.as_ref().unwrap().note.rank, Rank::Bad);
    type_text(&mut app, "!");
    assert_eq!(app.editor.as_ref().unwrap().text(), "precious!");
}

#[test]
fn a_text_that_cannot_be_saved_can_be_left_and_stays_a_draft() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "precious");
    press(&mut app, "<esc>");
    let (request, _) = app.memory.save.clone().unwrap();
    answer(
        &mut app,
        request,
        Reply::Failed("The disk is full".to_owned()),
    );
    let effects = press(&mut app, "<esc>");
    assert!(app.editor.is_none());
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::KeepDraft(..)))
    );
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::DropDraft(_)))
    );
}

#[test]
fn a_colleagues_save_meanwhile_keeps_both_texts() {
    let mut app = filled();
    press(&mut app, "e");
    type_text(&mut app, " mine");
    press(&mut app, "<esc>");
    let (request, _) = app.memory.save.clone().unwrap();
    let mut theirs = view(1, at(10, 9, 0)).post;
    theirs.revision = 9;
    theirs.content.text = "theirs".to_owned();
    answer(&mut app, request, Reply::Conflict(theirs));
    let Some(Sheet::Conflict(sheet)) = &app.sheet else {
        panic!("no conflict sheet")
    };
    assert_eq!(sheet.mine.content.text, "text mine");
    assert_eq!(sheet.theirs.content.text, "theirs");
    let mut other = app.clone();
    let effects = press(&mut app, "m");
    assert_eq!(saves(&effects)[0].base_revision, 9);
    let effects = press(&mut other, "t");
    let kept = saves(&effects)[0];
    assert_eq!((kept.post, kept.parent), (None, Some(PostId(1))));
    assert_eq!(
        (kept.content.text.as_str(), kept.content.plan),
        ("text mine", Plan::Shelf)
    );
    let dropped = Effect::DropDraft(Some(PostId(1)));
    assert!(!effects.contains(&dropped), "not before the copy is there");
    let (request, _) = other.memory.save.clone().unwrap();
    let copy = view(8, at(10, 9, 0)).post;
    assert!(answer(&mut other, request, Reply::Saved(copy)).contains(&dropped));
}

#[test]
fn publish_now_wants_the_word_typed_and_nothing_else_sends() {
    let mut app = filled();
    let detail = app.detail.as_mut().unwrap();
    detail.composed = vec![("fosstodon".into(), composed())];
    press(&mut app, "!");
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
fn a_pasted_text_fires_no_command() {
    let mut app = filled();
    assert_eq!(update(&mut app, Msg::Paste("dq!now\n".to_owned())), []);
    press(&mut app, "a");
    update(&mut app, Msg::Paste("line one\r\nq\u{1b}".to_owned()));
    assert_eq!(app.editor.as_ref().unwrap().text(), "line one\nq");
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
fn a_draft_of_an_earlier_session_is_offered_with_its_cursor() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "abc");
    press(&mut app, "<left>");
    let draft = app.editor.as_ref().unwrap().draft(now());
    let mut next = filled();
    answer(&mut next, 4, Reply::Drafts(vec![draft]));
    assert!(matches!(next.sheet, Some(Sheet::Recover(_))));
    press(&mut next, "<enter>");
    let editor = next.editor.as_ref().unwrap();
    assert_eq!(
        (editor.text(), editor.cursor(), &editor.tab),
        ("abc", 2, &Tab::Master)
    );
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
fn asking_for_a_picture_again_takes_the_failure_away() {
    let mut app = filled();
    press(&mut app, "a ctrl-o");
    type_text(&mut app, "/nope.png");
    let effects = press(&mut app, "<enter>");
    let Some(Effect::Attach(request, _)) = effects.first().cloned() else {
        panic!("{effects:?}");
    };
    let failed = Reply::Failed("There is no file /nope.png".to_owned());
    answer(&mut app, request, failed);
    assert!(app.note.is_some());
    press(&mut app, "ctrl-o");
    assert!(app.note.is_none(), "the question's own keys are shown");
}

#[test]
fn a_draft_that_was_put_off_is_asked_about_before_typing_takes_its_place() {
    let mut app = filled();
    press(&mut app, "e");
    type_text(&mut app, "kept");
    let draft = app.editor.as_ref().unwrap().draft(now());
    let mut next = filled();
    answer(&mut next, 4, Reply::Drafts(vec![draft]));
    press(&mut next, "<esc> e");
    assert!(next.editor.is_none());
    assert!(matches!(next.sheet, Some(Sheet::Recover(_))));
    press(&mut next, "<esc> a");
    assert!(next.editor.is_some(), "another post is free");
    press(&mut next, "<esc> e <enter>");
    assert_eq!(next.editor.as_ref().unwrap().text(), "textkept");
    assert!(next.memory.drafts.is_empty());
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
        changed_at: now(),
    }
}

fn freeze() -> crate::domain::Freeze {
    crate::domain::Freeze {
        by: Author::from("tester"),
        reason: "wrong link".to_owned(),
        since: now(),
    }
}

#[test]
fn freezing_asks_for_a_reason_and_esc_keeps_what_was_typed() {
    let mut app = filled();
    assert_eq!(press(&mut app, "P w r o <esc>"), []);
    assert_eq!(app.frozen, None);
    let effects = press(&mut app, "P n g <enter>");
    let request = app.memory.last_request;
    assert_eq!(effects, [Effect::Freeze(request, "wrong".to_owned())]);
    answer(&mut app, request, Reply::Frozen(freeze()));
    assert_eq!(app.frozen, Some(freeze()));
    assert_eq!(press(&mut app, "!"), []);
    assert_eq!(app.sheet, None);
}

#[test]
fn a_thaw_is_answered_only_once_it_says_what_would_happen() {
    let mut app = filled();
    app.frozen = Some(freeze());
    let effects = press(&mut app, "P");
    let request = app.memory.held;
    assert_eq!(effects, [Effect::LoadHeld(request, Choices::new())]);
    assert_eq!(press(&mut app, "<enter>"), []);
    answer(&mut app, request, Reply::Held(Vec::new()));
    let effects = press(&mut app, "<enter>");
    assert_eq!(
        effects,
        [Effect::Thaw(app.memory.last_request, Choices::new())]
    );
    let request = app.memory.last_request;
    let thawed = Reply::Thawed {
        leaving: 2,
        missed: 1,
    };
    answer(&mut app, request, thawed);
    assert_eq!(app.frozen, None);
    assert!(app.note.is_some());
}

#[test]
fn whoever_thaws_chooses_what_goes_and_sees_what_that_means_before_it_does() {
    let mut app = filled();
    app.frozen = Some(freeze());
    press(&mut app, "P");
    let row = |id, fate| HeldPost {
        post: PostId(id),
        title: format!("post {id}"),
        due_at: Some(now()),
        channels: vec!["fosstodon".into()],
        fate,
    };
    let leaves = || Fate::Leaves {
        at: now(),
        reason: String::new(),
    };
    let late = || Fate::Missed("too late".to_owned());
    let request = app.memory.held;
    answer(
        &mut app,
        request,
        Reply::Held(vec![row(1, leaves()), row(2, late())]),
    );
    let left_out = Choices::from([(PostId(1), Choice::LeaveOut)]);
    let effects = press(&mut app, "e <space>");
    assert_eq!(
        effects,
        [Effect::LoadHeld(app.memory.held, left_out.clone())]
    );
    assert_eq!(press(&mut app, "<enter>"), [], "not before it is shown");
    let request = app.memory.held;
    let held = vec![row(2, late()), row(1, Fate::LeftOut)];
    answer(&mut app, request, Reply::Held(held));
    // The first one stands below now, and is still the one that is chosen.
    let both = Choices::from([(PostId(1), Choice::LeaveOut), (PostId(2), Choice::Send)]);
    let effects = press(&mut app, "k <space>");
    assert_eq!(effects, [Effect::LoadHeld(app.memory.held, both)]);
    let effects = press(&mut app, "<space>");
    assert_eq!(
        effects,
        [Effect::LoadHeld(app.memory.held, left_out.clone())]
    );
    let request = app.memory.held;
    answer(&mut app, request, Reply::Held(vec![row(2, late())]));
    let effects = press(&mut app, "<enter>");
    assert_eq!(effects, [Effect::Thaw(app.memory.last_request, left_out)]);
}

#[test]
fn the_question_before_a_thaw_closes_when_somebody_else_thaws() {
    let mut app = filled();
    app.frozen = Some(freeze());
    press(&mut app, "P");
    update(&mut app, Msg::Changed);
    let request = app.memory.queue;
    answer(
        &mut app,
        request,
        Reply::Queue(Queue::default(), None, None),
    );
    assert_eq!((&app.sheet, &app.frozen), (&None, &None));
}

#[test]
fn staying_frozen_changes_nothing() {
    let mut app = filled();
    app.frozen = Some(freeze());
    press(&mut app, "P");
    assert_eq!(press(&mut app, "<esc>"), []);
    assert_eq!((&app.sheet, app.frozen), (&None, Some(freeze())));
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

mod ahead;
mod unsaved;
