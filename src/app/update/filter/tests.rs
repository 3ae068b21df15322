//! Filtering key by key: what is shown, what stays whole, and what is said.

use crate::app::finding::Offer;
use crate::app::msg::{Rank, Reply};
use crate::app::update::{start, update};
use crate::app::{App, Effect, Key, Msg, NextLeaving, Pane, Request};
use crate::domain::queue::Queue;
use crate::domain::{
    Author, Channel, ChannelState, Chip, DeliveryState, Filter, Kind, LocalTime, Offered,
    PlatformId, PostId, SavedFilter, Summary,
};
use chrono::NaiveDate;
use chrono_tz::Europe::Oslo;

fn at(day: u32) -> LocalTime {
    let date = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    LocalTime::new(date.and_hms_opt(9, 0, 0).unwrap(), Oslo)
}

fn post(id: i64, day: u32, kind: Kind, state: DeliveryState) -> Summary {
    Summary {
        id: PostId(id),
        title: format!("post {id}"),
        kind,
        due_at: Some(at(day).instant()),
        held: false,
        review: crate::domain::Review::Draft,
        campaign: None,
        author: Author::from("ola"),
        tags: Vec::new(),
        without_alt: 0,
        channels: vec![ChannelState {
            channel: "fosstodon".into(),
            state,
            reason: String::new(),
            waits: crate::domain::Waits::ForItself,
        }],
    }
}

fn answer(app: &mut App, request: Request, reply: Reply) -> Vec<Effect> {
    update(app, Msg::Reply(request, Box::new(reply)))
}

fn posts() -> Vec<Summary> {
    use DeliveryState::{Unknown, Waiting};
    vec![
        post(1, 9, Kind::AdHoc, Unknown),
        post(2, 10, Kind::AdHoc, Waiting),
        post(3, 11, Kind::Evergreen, Waiting),
        post(4, 12, Kind::AdHoc, Waiting),
    ]
}

/// Four posts, one of them evergreen, one unknown; today's ad hoc post is selected.
fn app() -> App {
    let mut app = App::new(at(10).instant(), Oslo, (80, 24));
    start(&mut app);
    app.channels = vec![Channel::new("fosstodon", PlatformId::Mastodon)];
    read(&mut app);
    app
}

fn read(app: &mut App) -> Vec<Effect> {
    let (from, to) = (at(1).local.date(), at(30).local.date());
    let from = from - chrono::Days::new(10);
    let to = to + chrono::Days::new(20);
    let request = app.memory.posts;
    let posts = posts();
    let queue = Queue {
        needs_you: posts[..1].to_vec(),
        next: posts[1..].to_vec(),
        needs_you_total: 1,
        next_total: 3,
        ..Queue::default()
    };
    answer(app, request, Reply::Posts { from, to, posts });
    let next = NextLeaving {
        at: at(10).instant(),
        channels: vec!["fosstodon".into()],
    };
    let request = app.memory.queue;
    answer(app, request, Reply::Queue(queue, Some(next), None))
}

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ')
        .flat_map(|key| update(app, Msg::Key(key.parse().unwrap())))
        .collect()
}

fn ids(posts: &[Summary]) -> Vec<i64> {
    posts.iter().map(|post| post.id.0).collect()
}

fn evergreen() -> Filter {
    [Chip::Kind(Kind::Evergreen)].into_iter().collect()
}

#[test]
fn a_chip_shows_at_once_what_it_lets_through_and_leaves_what_needs_a_person_whole() {
    let mut app = app();
    let effects = press(&mut app, "f j j <space>");
    assert_eq!(app.finding.filter, evergreen());
    assert_eq!(ids(&app.posts), [3]);
    assert_eq!(ids(&app.queue.needs_you), [1]);
    assert_eq!((app.queue.needs_you_total, app.queue.next_total), (1, 1));
    assert_eq!(ids(&app.queue.next), [3]);
    assert_eq!(app.filter_count(), Some((1, 4)));
    let matching = Effect::LoadMatching(app.finding.matching, evergreen());
    assert!(effects.contains(&matching), "{effects:?}");
    let is_month = |effect: &Effect| matches!(effect, Effect::LoadPosts(..));
    assert!(!effects.iter().any(is_month), "the month is not read again");
    press(&mut app, "<space>");
    assert_eq!(ids(&app.posts), [1, 2, 3, 4]);
    assert_eq!((app.queue.next_total, app.filter_count()), (3, None));
}

#[test]
fn what_a_freeze_holds_is_counted_without_the_filter() {
    let mut app = app();
    press(&mut app, "f j j <space> <enter>");
    app.now = at(13).instant();
    assert_eq!(app.held(), 3);
}

#[test]
fn all_of_the_queue_that_matches_is_taken_when_it_comes() {
    let mut app = app();
    press(&mut app, "f j j <space> <enter>");
    let far = post(9, 30, Kind::Evergreen, DeliveryState::Waiting);
    let request = app.finding.matching;
    answer(&mut app, request, Reply::Matching(vec![far.clone()], 7));
    assert_eq!((ids(&app.queue.next), app.queue.next_total), (vec![9], 7));
    answer(&mut app, request - 1, Reply::Matching(Vec::new(), 0));
    assert_eq!(app.queue.next_total, 7, "an older answer is dropped");
    press(&mut app, "f 0");
    answer(&mut app, request, Reply::Matching(vec![far], 7));
    assert_eq!(ids(&app.queue.next), [2, 3, 4]);
}

#[test]
fn new_posts_are_filtered_as_they_are_read() {
    let mut app = app();
    press(&mut app, "f j j <space> <enter>");
    let effects = read(&mut app);
    assert_eq!(ids(&app.posts), [3]);
    let matching = Effect::LoadMatching(app.finding.matching, evergreen());
    assert!(effects.contains(&matching), "{effects:?}");
}

#[test]
fn a_post_that_the_filter_hides_is_named_when_it_would_vanish() {
    let mut app = app();
    press(&mut app, "f j j <space> <enter>");
    app.note = None;
    app.selected = Some(PostId(2));
    read(&mut app);
    let text = &app.note.as_ref().unwrap().note.text;
    assert!(
        text.contains("“post 2” is hidden by evergreen: f and then 0"),
        "{text}"
    );
}

#[test]
fn esc_leaves_the_filter_as_it_was_and_enter_keeps_it() {
    let mut app = app();
    press(&mut app, "f j j <space> <esc>");
    assert!(app.finding.filter.is_empty());
    assert_eq!(ids(&app.posts), [1, 2, 3, 4]);
    press(&mut app, "f j j <space> <enter>");
    assert_eq!(
        (app.finding.filter.clone(), app.sheet.clone()),
        (evergreen(), None)
    );
}

#[test]
fn a_filter_that_matches_nothing_says_so_and_which_keys_clear_it() {
    let mut app = app();
    press(&mut app, "f j l <space> <enter>");
    assert_eq!(ids(&app.posts), Vec::<i64>::new());
    let shown = app.note.clone().unwrap();
    assert_eq!(shown.note.rank, Rank::Warn);
    assert!(
        shown.note.text.contains("f and then 0"),
        "{}",
        shown.note.text
    );
    press(&mut app, "f 0 <enter>");
    assert_eq!(ids(&app.posts), [1, 2, 3, 4]);
}

#[test]
fn a_filter_is_saved_under_a_name_and_taken_by_its_number() {
    let mut app = app();
    press(&mut app, "f j j <space> s");
    for c in "mine".chars() {
        update(&mut app, Msg::Key(Key::Char(c)));
    }
    let effects = press(&mut app, "<enter>");
    assert_eq!(
        effects[0],
        Effect::SaveFilter("mine".to_owned(), evergreen())
    );
    let Effect::LoadChoices(request) = effects[1] else {
        panic!("{effects:?}")
    };
    let saved = SavedFilter {
        name: "mine".to_owned(),
        filter: evergreen(),
    };
    let choices = Offered {
        tags: vec!["a".to_owned()],
        saved: vec![saved],
        ..Offered::default()
    };
    answer(&mut app, request, Reply::Offered(choices));
    press(&mut app, "0");
    assert!(app.finding.filter.is_empty());
    press(&mut app, "1");
    assert_eq!(app.finding.filter, evergreen());
    assert!(app.finding.is_chosen(&Offer::Saved(0)));
    let effects = press(&mut app, "j j j j d");
    assert_eq!(effects[0], Effect::DropFilter("mine".to_owned()));
}

#[test]
fn a_chosen_tag_that_no_post_has_any_more_can_still_be_left() {
    let mut app = app();
    app.finding.filter = [Chip::Tag("gone".to_owned())].into_iter().collect();
    let rows = app.filter_rows();
    let tags = rows.iter().find(|row| row.name == "tag").unwrap();
    assert_eq!(tags.chips, [Offer::Chip(Chip::Tag("gone".to_owned()))]);
    press(&mut app, "f j j j <space>");
    assert!(app.finding.filter.is_empty());
    assert_eq!(app.focus, Pane::Calendar);
}
