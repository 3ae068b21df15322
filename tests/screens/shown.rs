//! Every screen there is, by name, for the tests that hold what is true of all of them.
//!
//! Built from `story.rs`; a new screen is a row in the file of its kind, or here.

#[path = "commands.rs"]
pub mod commands;
#[path = "finding.rs"]
pub mod finding;
#[path = "leaving.rs"]
pub mod leaving;
#[path = "past.rs"]
mod past;
#[path = "people.rs"]
mod people;
#[path = "piped.rs"]
mod piped;
#[path = "texts.rs"]
pub mod texts;

use super::by_hand;
use super::connections::connections;
use super::outbox::{
    dry_run, outbox, outbox_without, queue_uploading, searched, tries_sheet, unknown, uploading,
};
use super::review::{reason, review, review_without};
use super::story::{self, FAILED, app, oslo};
use masthead::app::review::ReviewView;
use masthead::app::sheet::HistoryList;
use masthead::app::unknown::{UnknownChoice, UnknownStep};
use masthead::app::{App, Input, Note, Pane, Rank, Sheet, ShownNote, View, Welcome};
use masthead::domain::queue::Queue;
use masthead::domain::{Review, Summary};

/// A screen and its name.
pub type Named = (&'static str, App);

/// The queue, on the post that failed on one channel.
pub fn queue(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    app.focus = Pane::Queue;
    app.selected = Some(FAILED);
    app.day = oslo("2026-11-09 09:00").local.date();
    app.detail = Some(story::failed());
    app
}

/// The same queue while two posts wait for a reviewer, one of which leaves all the same.
fn to_review(mut app: App) -> App {
    let of = |title: &str| app.posts.iter().find(|it| it.title == title).cloned();
    let titles = ["Newsletter 48", "Workshop: recordings and thanks"];
    let mut review: Vec<Summary> = titles.into_iter().filter_map(of).collect();
    for post in &mut review {
        post.review = Review::InReview;
    }
    review[1].held = false;
    app.queue.review_total = review.len();
    app.queue.review = review;
    app
}

/// The same screen, with posts of which a picture lacks its alt text; what is out is not marked.
fn without_alt(mut app: App) -> App {
    let lists = [
        &mut app.posts,
        &mut app.queue.next,
        &mut app.queue.needs_you,
    ];
    for post in lists.into_iter().flatten() {
        post.without_alt = usize::from(post.id.0 % 2 == 0);
    }
    if let Some(outbox) = app.outbox_mut().and_then(|page| page.outbox.as_mut()) {
        for row in &mut outbox.rows {
            row.without_alt = 1;
        }
    }
    if let Some(detail) = &mut app.detail {
        for picture in &mut detail.view.post.content.attachments {
            picture.alt.clear();
        }
    }
    app
}

/// The editor pane while nothing is typed.
pub fn post(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    app.focus = Pane::Editor;
    app
}

fn failed(width: u16, height: u16) -> App {
    let mut app = queue(width, height);
    app.focus = Pane::Editor;
    app
}

/// A screen with a sheet over it.
pub fn with(mut app: App, sheet: Sheet) -> App {
    app.sheet = Some(sheet);
    app
}

/// The same screen with a message.
pub fn noted(mut app: App, rank: Rank, text: &str) -> App {
    app.note = Some(ShownNote {
        note: Note {
            rank,
            text: text.to_owned(),
        },
        since: Default::default(),
    });
    app
}

/// A screen without a post, a channel or a plan.
pub fn empty(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    app.posts.clear();
    app.queue = Queue::default();
    app.channels.clear();
    app.selected = None;
    app.detail = None;
    app.next = None;
    app
}

/// Every screen there is, by name, at a size.
pub fn screens(width: u16, height: u16) -> Vec<Named> {
    [
        panes(width, height),
        finding::screens(width, height),
        texts::screens(width, height),
        commands::screens(width, height),
        leaving::screens(width, height),
        several(width, height),
        no_alt(width, height),
        by_hand(width, height),
        pages(width, height),
        people::screens(width, height),
    ]
    .concat()
}

fn panes(width: u16, height: u16) -> Vec<Named> {
    let mut unread = app(width, height);
    unread.detail = None;
    let mut welcome = empty(width, height);
    welcome.plan_file = "~/.local/share/masthead/plan.db".to_owned();
    welcome.welcome = Some(Welcome::default());
    let said = |rank, text| noted(app(width, height), rank, text);
    vec![
        ("calendar", app(width, height)),
        ("calendar_unread", unread),
        ("calendar_empty", empty(width, height)),
        ("queue", queue(width, height)),
        ("queue_review", to_review(queue(width, height))),
        ("post", post(width, height)),
        ("post_failed", failed(width, height)),
        ("welcome", welcome),
        (
            "note_news",
            said(Rank::News, "Moved to Wed 11 Nov 09:00. u undoes"),
        ),
        (
            "note_bad",
            said(
                Rank::Bad,
                "Not saved: the disk is full, and the file at /srv/masthead/plan.db could not be written. Your text is \
                 kept here; Esc tries again",
            ),
        ),
    ]
}

/// What was done to several posts, and what was done before.
fn several(width: u16, height: u16) -> Vec<Named> {
    let month = || app(width, height);
    let times = Sheet::ScheduleMarked(Input::new("next wed 9"));
    vec![
        ("calendar_marked", past::marked(month())),
        ("queue_marked", past::marked(queue(width, height))),
        ("sheet_schedule_marked", with(past::marked(month()), times)),
        (
            "sheet_history",
            with(month(), past::history(HistoryList::Deeds)),
        ),
        (
            "sheet_history_said",
            with(month(), past::history(HistoryList::Messages)),
        ),
    ]
}

/// Where a missing alt text is said.
fn no_alt(width: u16, height: u16) -> Vec<Named> {
    let list = finding::viewed(app(width, height), View::List);
    vec![
        ("calendar_no_alt", without_alt(app(width, height))),
        ("queue_no_alt", without_alt(queue(width, height))),
        ("list_no_alt", without_alt(list)),
        ("outbox_no_alt", without_alt(outbox(width, height))),
        ("post_no_alt", without_alt(post(width, height))),
    ]
}

/// What a person posts on a channel that nothing else serves.
fn by_hand(width: u16, height: u16) -> Vec<Named> {
    let over = |sheet| with(by_hand::queue(width, height), sheet);
    vec![
        ("queue_by_hand", by_hand::queue(width, height)),
        ("sheet_by_hand", over(by_hand::open())),
        ("sheet_by_hand_remarked", over(by_hand::remarked())),
        ("sheet_by_hand_posted", over(by_hand::posted())),
    ]
}

fn pages(width: u16, height: u16) -> Vec<Named> {
    let over = |sheet| with(outbox(width, height), sheet);
    let read = |view| review(width, height, view);
    let again = UnknownStep::SendAgain(Input::new("no"));
    vec![
        ("outbox", outbox(width, height)),
        ("outbox_uploading", uploading(width, height)),
        ("queue_uploading", queue_uploading(width, height)),
        ("outbox_reading", outbox_without(width, height, false)),
        ("outbox_empty", outbox_without(width, height, true)),
        ("sheet_search_outbox", searched(width, height, "login")),
        (
            "sheet_unknown",
            over(unknown(UnknownStep::Choosing, UnknownChoice::There)),
        ),
        (
            "sheet_unknown_send_again",
            over(unknown(again, UnknownChoice::SendAgain)),
        ),
        ("sheet_tries", over(tries_sheet())),
        ("sheet_delete_there", over(leaving::correct())),
        ("sheet_dry_run", over(dry_run())),
        ("sheet_connections", over(connections())),
        ("review", read(ReviewView::Channel)),
        ("review_whole", read(ReviewView::Whole)),
        ("review_difference", read(ReviewView::Difference)),
        ("review_empty", review_without(width, height, true)),
        (
            "sheet_request_changes",
            with(read(ReviewView::Channel), reason()),
        ),
    ]
}
