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

/// The same screen, frozen seven minutes ago with four posts held.
pub fn frozen(mut app: App) -> App {
    app.frozen = Some(Freeze {
        by: Author::new("tester"),
        reason: "wrong link in the call".to_owned(),
        since: oslo("2026-11-10 08:05").instant(),
    });
    for post in app.queue.next.iter_mut().take(4) {
        post.due_at = Some(oslo("2026-11-10 08:10").instant());
    }
    app
}

/// The story on a machine whose clock is ahead.
fn clock_off(mut app: App) -> App {
    app.queue.clock_ahead = 94;
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

/// The question before things leave again, an hour and a half later.
fn thaw(width: u16, height: u16) -> App {
    let mut app = frozen(app(width, height));
    app.now = oslo("2026-11-10 09:35").instant();
    with(app, held())
}

fn held() -> Sheet {
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
                "09:00",
                "Package showcase: xclim",
                "Li Ma",
                leaves("09:40"),
            ),
            row(2, "09:15", "Seats left", "Zu", leaves("09:35")),
            row(3, "09:30", "Call notes are online", "Ma", leaves("09:55")),
            row(
                4,
                "08:30",
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

/// Publish now, where one channel cannot take the post as it is.
fn publish_what_fits() -> Sheet {
    let Sheet::PublishNow(mut sheet) = publish_now() else {
        unreachable!("it asks before publishing");
    };
    sheet.accounts[2].detail = "part 2 is 15 over".to_owned();
    sheet.accounts[2].can_leave = false;
    Sheet::PublishNow(sheet)
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
                "1 part     388/3000",
                true,
            ),
            account(
                "fosstodon",
                "Ma",
                "@example@fosstodon.org",
                "1 part     301/500",
                true,
            ),
            account(
                "bluesky",
                "Bs",
                "@example.org",
                "2 parts    262 + 118",
                true,
            ),
        ],
        planned: Some(oslo("2026-11-17 09:00")),
        input: Input::new("no"),
    })
}

/// The screens, by name, at a size.
pub fn screens(width: u16, height: u16) -> Vec<Named> {
    let month = || app(width, height);
    let asked = |words| {
        let mut app = month();
        app.selected = Some(SOURMASH);
        app.day = oslo("2026-11-30 09:00").local.date();
        app.detail = None;
        with(app, schedule(words))
    };
    let reason = Input::new("wrong link in the call");
    vec![
        ("sheet_schedule", asked("next wed 9")),
        ("sheet_schedule_day", asked("fri")),
        ("sheet_schedule_skipped", asked("28 mar 2027 2:30")),
        ("sheet_schedule_unread", asked("next wee")),
        ("sheet_publish_now", with(month(), publish_now())),
        ("sheet_publish_now_over", with(month(), publish_what_fits())),
        ("frozen", frozen(month())),
        ("offline", offline(month())),
        ("clock_off", clock_off(month())),
        (
            "unknown_beside_an_alarm",
            with(offline(month()), Sheet::Freeze(Input::new(""))),
        ),
        ("disk_full", full(month())),
        ("disk_full_typing", full(writing(width, height))),
        ("sheet_freeze", with(month(), Sheet::Freeze(reason))),
        ("sheet_thaw", thaw(width, height)),
    ]
}
