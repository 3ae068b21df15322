//! Every screen there is, by name, for the tests that hold what is true of all of them.
//!
//! Built from `story.rs`; a new screen is a row in `screens`.

#[path = "past.rs"]
mod past;
#[path = "piped.rs"]
mod piped;

use super::by_hand;
use super::outbox::{dry_run, outbox, outbox_without, tries_sheet, unknown};
use super::review::{reason, review, review_without};
use super::story::{self, FAILED, SOURMASH, XCLIM, app, oslo, typing};
use masthead::app::bindings::Wish;
use masthead::app::details::Field;
use masthead::app::editor::Kept;
use masthead::app::finding::{FilterSheet, Search};
use masthead::app::review::ReviewView;
use masthead::app::sheet::{
    ConflictSheet, CorrectSheet, HelpSheet, HistoryList, PaletteSheet, PreviewSheet, PublishRow,
    PublishSheet, ScheduleSheet, ThawSheet,
};
use masthead::app::unknown::{UnknownChoice, UnknownStep};
use masthead::app::{
    Action, Alarm, App, Details, Input, Key, Keymap, Note, Pane, Place, Publishing, Rank, Sheet,
    ShownNote, Tab, View, Welcome,
};
use masthead::domain::queue::{Offline, Queue};
use masthead::domain::{
    Author, Chip, CorrectionKind, EditorDraft, Fate, Filter, Freeze, HeldPost, Hit, Kind, Offered,
    OpenBy, Post, PostId, Review, SavedFilter, Summary,
};

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

/// The same screen while two others have the post open.
fn open_by(mut app: App) -> App {
    let by = |name: &str| OpenBy {
        author: Author::new(name),
        since: app.now,
    };
    let open_by = vec![by("Ola"), by("tester")];
    if let Some(mut detail) = app.detail.take() {
        detail.view.post.id = SOURMASH;
        detail.view.open_by = open_by;
        app.detail = Some(detail);
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

fn channel(name: &str) -> Tab {
    Tab::Channel(name.into())
}

fn details(width: u16, height: u16) -> App {
    let mut app = typing(width, height, Tab::Master);
    let mut form = Details::open(&story::writing::sourmash_content(), &app.channels, true);
    form.selected = 2;
    app.details = Some(form);
    app
}

fn wrong_details(width: u16, height: u16) -> App {
    let mut app = details(width, height);
    let now = app.local_now();
    if let (Some(form), Some(editor)) = (&mut app.details, &mut app.editor) {
        let mut content = editor.content.clone();
        form.read(&Field::NotBefore, "2026-12-24 09:00", &mut content, now);
        form.read(&Field::Link, "example.org", &mut content, now);
        form.selected = 5;
        editor.set_content(content);
    }
    app
}

/// A screen with a sheet over it.
pub fn with(mut app: App, sheet: Sheet) -> App {
    app.sheet = Some(sheet);
    app
}

fn schedule(words: &str) -> Sheet {
    Sheet::Schedule(ScheduleSheet {
        post: SOURMASH,
        title: "Package showcase: sourmash".to_owned(),
        input: Input::new(words),
    })
}

fn help(place: Place, find: Option<&str>) -> Sheet {
    Sheet::Help(HelpSheet {
        find: find.map(Input::new),
        ..HelpSheet::new(place)
    })
}

/// Keys of a user who likes sequences.
fn own_keys() -> Keymap {
    let schedule = ["S".to_owned(), "ctrl-x s".to_owned()];
    let trash = ["ctrl-x <delete>".to_owned()];
    let wish = |action, keys| Wish {
        section: None,
        action,
        keys,
    };
    Keymap::with(&[wish("schedule", &schedule), wish("trash", &trash)]).expect("no clash")
}

fn palette(typed: &str, chosen: usize) -> Sheet {
    Sheet::Palette(PaletteSheet {
        input: Input::new(typed),
        chosen,
    })
}

/// The same screen, frozen seven minutes ago with one post held.
pub fn frozen(mut app: App) -> App {
    app.frozen = Some(Freeze {
        by: Author::new("tester"),
        reason: "wrong link in the call".to_owned(),
        since: oslo("2026-11-10 08:05").instant(),
    });
    if let Some(first) = app.queue.next.first_mut() {
        first.due_at = Some(oslo("2026-11-10 08:10").instant());
    }
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

/// The same screen, with two posts that wait for the network.
pub fn offline(mut app: App) -> App {
    app.queue.offline = Some(Offline {
        since: oslo("2026-11-10 07:58").instant(),
        waiting: 2,
    });
    app
}

/// The same screen on a full disk; what is typed could not be kept.
fn full(app: App) -> App {
    let mut app = App {
        publishing: Publishing::Cannot("disk is full".to_owned()),
        ..app
    };
    if let Some(editor) = &mut app.editor {
        editor.kept = Kept::Typed;
        app.alarm = Some(Alarm::CannotSave("the disk is full".to_owned()));
        let words = "Not saved: the disk is full. Your text is kept here; Esc tries again";
        app = noted(app, Rank::Bad, words);
    }
    app
}

fn thaw() -> Sheet {
    let at = |clock: &str| oslo(&format!("2026-11-10 {clock}")).instant();
    let row = |id, due: &str, title: &str, marks: &str, fate| HeldPost {
        post: PostId(id),
        title: title.to_owned(),
        due_at: Some(at(due)),
        channels: story::names(marks),
        fate,
    };
    let leaves = |clock: &str| Fate::Leaves {
        at: at(clock),
        reason: String::new(),
        waits: masthead::domain::Waits::ForItself,
    };
    Sheet::Thaw(ThawSheet {
        held: Some(vec![
            row(
                1,
                "08:00",
                "Package showcase: xclim",
                "Li Ma",
                leaves("08:25"),
            ),
            row(2, "08:01", "Seats left", "Zu", leaves("08:12")),
            row(3, "08:05", "Call notes are online", "Ma", leaves("08:40")),
            row(
                4,
                "07:30",
                "Coworking hour today",
                "Ma Zu",
                Fate::Missed("its time passed".to_owned()),
            ),
        ]),
        current: true,
        ..ThawSheet::default()
    })
}

fn correct() -> Sheet {
    Sheet::Correct(Box::new(CorrectSheet {
        kind: CorrectionKind::Delete,
        post: PostId(5),
        title: "Workshop: registration opens".to_owned(),
        channel: "linkedin".into(),
        permalink: Some("https://www.linkedin.com/feed/update/7261".to_owned()),
        parts: 2,
        input: Input::new("del"),
    }))
}

fn publish_now() -> Sheet {
    let account = |channel: &str, mark: &str, account: &str, detail: &str, can_leave| PublishRow {
        channel: channel.into(),
        mark: mark.to_owned(),
        account: account.to_owned(),
        detail: detail.to_owned(),
        can_leave,
    };
    Sheet::PublishNow(PublishSheet {
        post: SOURMASH,
        title: "Workshop: one week left".to_owned(),
        accounts: vec![
            account(
                "linkedin",
                "Li",
                "page \"Example Community\"",
                "1 part  388/3000",
                true,
            ),
            account(
                "fosstodon",
                "Ma",
                "@example@fosstodon.org",
                "1 part  301/500",
                true,
            ),
            account("bluesky", "Bs", "@example.org", "part 2 is 15 over", false),
        ],
        planned: Some(oslo("2026-11-17 09:00")),
        input: Input::new("no"),
    })
}

/// The same screen, showing only what is evergreen and goes to one channel.
fn filtered(mut app: App) -> App {
    let chips = [
        Chip::Kind(Kind::Evergreen),
        Chip::Channel("linkedin".into()),
    ];
    let filter: Filter = chips.into_iter().collect();
    app.finding.choices = Offered {
        campaigns: vec!["Autumn".to_owned(), "Spring".to_owned()],
        tags: [
            "Bioinformatics",
            "ClimateData",
            "OpenScience",
            "Python",
            "Reproducibility",
        ]
        .map(str::to_owned)
        .to_vec(),
        authors: vec![Author::new("ola"), Author::new("tester")],
        saved: vec![
            SavedFilter {
                name: "evergreen on Li".to_owned(),
                filter: filter.clone(),
            },
            SavedFilter {
                name: "what failed".to_owned(),
                filter: Filter::default(),
            },
        ],
    };
    let shown = |posts: &[Summary]| -> Vec<Summary> {
        let shown = posts.iter().filter(|post| filter.matches(post));
        shown.cloned().collect()
    };
    app.finding.whole.posts = Some(app.posts.clone());
    app.finding.whole.queue = Some(app.queue.clone());
    app.posts = shown(&app.posts);
    app.queue.next = shown(&app.queue.next);
    app.queue.next_total = app.queue.next.len();
    app.finding.filter = filter;
    app
}

fn filter_sheet(name: Option<&str>) -> Sheet {
    Sheet::Filter(FilterSheet {
        row: 0,
        chip: 1,
        before: Filter::default(),
        name: name.map(Input::new),
    })
}

/// The search for `clim`, which the selected post answers.
fn searching(mut app: App) -> App {
    let hit = |id, at: &str| Hit {
        post: id,
        due_at: Some(oslo(at).instant()),
    };
    app.finding.search = Search {
        typed: "clim".to_owned(),
        hits: vec![
            hit(PostId(5), "2026-11-04 09:00"),
            hit(XCLIM, "2026-11-10 09:00"),
        ],
        at: Some(1),
        ..Search::default()
    };
    with(app, Sheet::Search(Input::new("clim")))
}

fn searching_in_vain(mut app: App) -> App {
    app.finding.search.typed = "manana".to_owned();
    with(app, Sheet::Search(Input::new("manana")))
}

/// The days in another view.
pub fn viewed(mut app: App, view: View) -> App {
    app.finding.view = view;
    app
}

fn draft() -> EditorDraft {
    EditorDraft {
        key: "1-a/7".into(),
        goes_on: None,
        post: Some(SOURMASH),
        channel: None,
        base_revision: 3,
        content: story::writing::sourmash_content(),
        cursor: 10,
        at: oslo("2026-11-09 23:14").instant(),
    }
}

fn conflict() -> Sheet {
    let mut theirs = story::writing::sourmash_content();
    theirs.text = "sourmash finds your genome in a public collection in minutes.".to_owned();
    Sheet::Conflict(Box::new(ConflictSheet {
        mine: draft(),
        theirs: Post {
            id: SOURMASH,
            revision: 4,
            author: Author::new("ola"),
            parent: None,
            created_at: oslo("2026-11-02 10:00").instant(),
            updated_at: oslo("2026-11-10 08:05").instant(),
            content: theirs,
        },
    }))
}

fn noted(mut app: App, rank: Rank, text: &str) -> App {
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
pub fn screens(width: u16, height: u16) -> Vec<(&'static str, App)> {
    let at = (width, height);
    let mut unread = app(width, height);
    unread.detail = None;
    let mut welcome = empty(width, height);
    welcome.welcome = Some(Welcome::default());
    let go_to = |words| Sheet::GoTo(Input::new(words));
    let preview = PreviewSheet {
        channel: 2,
        scroll: 0,
    };
    let writing = || typing(at.0, at.1, channel("bluesky"));
    vec![
        ("calendar", app(width, height)),
        ("calendar_unread", unread),
        ("calendar_empty", empty(width, height)),
        ("calendar_filtered", filtered(app(width, height))),
        ("queue_filtered", filtered(queue(width, height))),
        ("week", viewed(app(width, height), View::Week)),
        ("week_empty", viewed(empty(width, height), View::Week)),
        (
            "week_filtered",
            filtered(viewed(app(width, height), View::Week)),
        ),
        ("list", viewed(app(width, height), View::List)),
        (
            "list_frozen",
            frozen(viewed(app(width, height), View::List)),
        ),
        ("sheet_search", searching(app(width, height))),
        (
            "sheet_search_nothing",
            searching_in_vain(app(width, height)),
        ),
        (
            "sheet_search_empty",
            with(app(width, height), Sheet::Search(Input::default())),
        ),
        (
            "sheet_filter",
            with(filtered(app(width, height)), filter_sheet(None)),
        ),
        (
            "sheet_filter_name",
            with(
                filtered(app(width, height)),
                filter_sheet(Some("my showcases")),
            ),
        ),
        ("calendar_no_alt", without_alt(app(width, height))),
        ("queue_no_alt", without_alt(queue(width, height))),
        (
            "list_no_alt",
            without_alt(viewed(app(width, height), View::List)),
        ),
        ("outbox_no_alt", without_alt(outbox(width, height))),
        ("post_no_alt", without_alt(post(width, height))),
        (
            "post_preview",
            with(
                app(width, height),
                Sheet::Preview(PreviewSheet {
                    channel: 0,
                    scroll: 0,
                }),
            ),
        ),
        ("queue", queue(width, height)),
        ("queue_review", to_review(queue(width, height))),
        ("post", post(width, height)),
        ("post_failed", failed(width, height)),
        ("typing_master", typing(width, height, Tab::Master)),
        (
            "typing_inherits",
            typing(width, height, channel("linkedin")),
        ),
        ("typing_own", typing(width, height, channel("fosstodon"))),
        ("typing_stale_and_over", writing()),
        ("typing_open_by", open_by(writing())),
        ("details", details(width, height)),
        ("details_wrong", wrong_details(width, height)),
        (
            "sheet_prefix",
            with(app(width, height), Sheet::Prefix(Key::Char('g'))),
        ),
        ("sheet_prefix_own", {
            let mut app = app(width, height);
            app.keymap = own_keys();
            with(app, Sheet::Prefix(Key::Ctrl('x')))
        }),
        (
            "sheet_go_to",
            with(app(width, height), go_to("fri in 2 weeks")),
        ),
        (
            "sheet_go_to_unread",
            with(app(width, height), go_to("fri in")),
        ),
        (
            "sheet_schedule",
            with(app(width, height), schedule("next wed 9")),
        ),
        (
            "sheet_schedule_day",
            with(app(width, height), schedule("fri")),
        ),
        (
            "sheet_schedule_skipped",
            with(app(width, height), schedule("28 mar 2027 2:30")),
        ),
        (
            "sheet_schedule_unread",
            with(app(width, height), schedule("next wee")),
        ),
        ("sheet_publish_now", with(app(width, height), publish_now())),
        ("frozen", frozen(app(width, height))),
        ("offline", offline(app(width, height))),
        ("disk_full", full(app(width, height))),
        ("disk_full_typing", full(writing())),
        (
            "sheet_freeze",
            with(
                app(width, height),
                Sheet::Freeze(Input::new("wrong link in the call")),
            ),
        ),
        ("sheet_thaw", with(frozen(app(width, height)), thaw())),
        ("calendar_marked", past::marked(app(width, height))),
        ("queue_marked", past::marked(queue(width, height))),
        (
            "sheet_schedule_marked",
            with(
                past::marked(app(width, height)),
                Sheet::ScheduleMarked(Input::new("next wed 9")),
            ),
        ),
        (
            "sheet_history",
            with(app(width, height), past::history(HistoryList::Deeds)),
        ),
        (
            "sheet_history_said",
            with(app(width, height), past::history(HistoryList::Messages)),
        ),
        (
            "sheet_help",
            with(app(width, height), help(Place::Calendar, None)),
        ),
        (
            "sheet_help_typing",
            with(writing(), help(Place::Typing, None)),
        ),
        (
            "sheet_help_found",
            with(app(width, height), help(Place::Calendar, Some("month"))),
        ),
        ("sheet_help_chosen", {
            let mut sheet = HelpSheet::new(Place::Queue);
            sheet.chosen = Some(Action::Undo);
            with(queue(width, height), Sheet::Help(sheet))
        }),
        (
            "sheet_palette",
            with(app(width, height), palette("sched", 0)),
        ),
        (
            "sheet_palette_all",
            with(app(width, height), palette("", 7)),
        ),
        (
            "sheet_palette_obstacle",
            with(frozen(app(width, height)), palette("now", 0)),
        ),
        (
            "sheet_palette_nothing",
            with(app(width, height), palette("xyzzy", 0)),
        ),
        (
            "sheet_attach",
            with(
                writing(),
                Sheet::Attach(Input::new("~/pictures/sketches.png")),
            ),
        ),
        ("sheet_preview", with(writing(), Sheet::Preview(preview))),
        ("sheet_trim", story::writing::trim(width, height)),
        (
            "sheet_recover",
            with(app(width, height), Sheet::Recover(Box::new(draft()))),
        ),
        ("sheet_conflict", with(writing(), conflict())),
        ("sheet_pipe", piped::choosing(writing(), None)),
        (
            "sheet_pipe_failed",
            piped::choosing(writing(), Some(piped::FAILED)),
        ),
        ("sheet_pipe_running", piped::running(writing())),
        ("sheet_pipe_difference", piped::came(writing())),
        ("outbox", outbox(width, height)),
        ("outbox_reading", outbox_without(width, height, false)),
        ("outbox_empty", outbox_without(width, height, true)),
        (
            "sheet_unknown",
            with(
                outbox(width, height),
                unknown(UnknownStep::Choosing, UnknownChoice::There),
            ),
        ),
        (
            "sheet_unknown_send_again",
            with(
                outbox(width, height),
                unknown(
                    UnknownStep::SendAgain(Input::new("no")),
                    UnknownChoice::SendAgain,
                ),
            ),
        ),
        ("queue_by_hand", by_hand::queue(width, height)),
        (
            "sheet_by_hand",
            with(by_hand::queue(width, height), by_hand::open()),
        ),
        (
            "sheet_by_hand_remarked",
            with(by_hand::queue(width, height), by_hand::remarked()),
        ),
        (
            "sheet_by_hand_posted",
            with(by_hand::queue(width, height), by_hand::posted()),
        ),
        ("sheet_tries", with(outbox(width, height), tries_sheet())),
        ("sheet_delete_there", with(outbox(width, height), correct())),
        ("sheet_dry_run", with(outbox(width, height), dry_run())),
        ("review", review(width, height, ReviewView::Channel)),
        ("review_whole", review(width, height, ReviewView::Whole)),
        (
            "review_difference",
            review(width, height, ReviewView::Difference),
        ),
        ("review_empty", review_without(width, height, true)),
        (
            "sheet_request_changes",
            with(review(width, height, ReviewView::Channel), reason()),
        ),
        ("welcome", welcome),
        (
            "note_news",
            noted(
                app(width, height),
                Rank::News,
                "Moved to Wed 11 Nov 09:00. u undoes",
            ),
        ),
        (
            "note_bad",
            noted(
                app(width, height),
                Rank::Bad,
                "Not saved: the disk is full, and the file at /srv/masthead/plan.db could not be written. Your text is \
                 kept here; Esc tries again",
            ),
        ),
    ]
}
