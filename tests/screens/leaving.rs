//! What leaves and what stops it: times, the questions before something leaves, freezes, and a network or a disk that is gone.

use super::super::story::{self, SOURMASH, app, oslo};
use super::texts::writing;
use super::{Named, noted, with};
use masthead::app::editor::Kept;
use masthead::app::sheet::{CorrectSheet, PublishRow, PublishSheet, ScheduleSheet, ThawSheet};
use masthead::app::{Alarm, App, Input, Publishing, Rank, Sheet};
use masthead::domain::queue::Offline;
use masthead::domain::{Author, CorrectionKind, Fate, Freeze, HeldPost, PostId};

fn schedule(words: &str) -> Sheet {
    Sheet::Schedule(ScheduleSheet {
        post: SOURMASH,
        title: "Package showcase: sourmash".to_owned(),
        input: Input::new(words),
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

/// The question before a post is deleted where it is out.
pub fn correct() -> Sheet {
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

/// The screens, by name, at a size.
pub fn screens(width: u16, height: u16) -> Vec<Named> {
    let month = || app(width, height);
    let asked = |words| with(month(), schedule(words));
    let reason = Input::new("wrong link in the call");
    vec![
        ("sheet_schedule", asked("next wed 9")),
        ("sheet_schedule_day", asked("fri")),
        ("sheet_schedule_skipped", asked("28 mar 2027 2:30")),
        ("sheet_schedule_unread", asked("next wee")),
        ("sheet_publish_now", with(month(), publish_now())),
        ("frozen", frozen(month())),
        ("offline", offline(month())),
        ("disk_full", full(month())),
        ("disk_full_typing", full(writing(width, height))),
        ("sheet_freeze", with(month(), Sheet::Freeze(reason))),
        ("sheet_thaw", with(frozen(month()), thaw())),
    ]
}
