//! The outbox of the story, and the sheets over it.
//!
//! Rows and words are those of the page's sketch, in the order in which the program lists them.

use super::story::{app, names, oslo};
use masthead::app::outbox::OutboxPage;
use masthead::app::outbox_sheets::{Calls, DryRunSheet, Span, TriesSheet};
use masthead::app::unknown::{UnknownChoice, UnknownSheet, UnknownStep};
use masthead::app::{App, Input, Page, Pane, Sheet};
use masthead::domain::{
    Attempt, AttemptId, AttemptRequest, Call, Composed, Count, Delivery, DeliveryId, DeliveryState,
    Glyph, Kind, Look, Measure, Outbox, OutboxRow, Outcome, Part, PlatformId, PostId, Saw, Section,
    Sending, Tally, Tries, Upload, Uploading,
};

fn row(
    id: i64,
    at: &str,
    mark: &str,
    state: DeliveryState,
    title: &str,
    reason: &str,
) -> OutboxRow {
    let due_at = oslo(&format!("2026-11-{at}")).instant();
    OutboxRow {
        delivery: Delivery {
            id: DeliveryId(id),
            post: PostId(id),
            channel: names(mark).remove(0),
            platform: PlatformId::Sandbox,
            state,
            due_at: Some(due_at),
            reason: reason.to_owned(),
            permalink: None,
            remote_ids: Vec::new(),
            attempts: 1,
            next_try: None,
            waits: masthead::domain::Waits::default(),
            changed_at: due_at,
        },
        title: title.to_owned(),
        kind: Kind::AdHoc,
        held: false,
        review: masthead::domain::Review::Draft,
        without_alt: 0,
        sending: Sending::NotBegun,
        last_outcome: None,
        upload: None,
    }
}

fn rows() -> Vec<OutboxRow> {
    use DeliveryState::{Failed, Missed, Published, Publishing, Skipped, Unknown, Waiting};
    let opens = "Workshop: registration opens";
    let mut failed = row(
        2,
        "09 09:00",
        "Bs",
        Failed,
        opens,
        "login refused (401), nothing was sent",
    );
    failed.last_outcome = Some("unauthorized".to_owned());
    let mut published = row(3, "09 09:00", "Li", Published, opens, "");
    published.delivery.changed_at += chrono::Duration::seconds(2);
    published.delivery.permalink = Some("https://www.linkedin.com/feed/update/7261".to_owned());
    let mut skipped = row(
        5,
        "06 14:00",
        "Zu",
        Skipped,
        "Coworking hour today",
        "skipped by tester",
    );
    skipped.delivery.changed_at = oslo("2026-11-06 16:10").instant();
    let mut leaving = row(
        6,
        "10 08:09",
        "Yt",
        Publishing,
        "Recording: autumn preview",
        "",
    );
    leaving.sending = Sending::Begun;
    leaving.delivery.attempts = 2;
    let mut retried = row(
        7,
        "10 08:10",
        "Ma",
        Waiting,
        "Recording: autumn preview",
        "server said wait (429)",
    );
    retried.delivery.next_try = Some(oslo("2026-11-10 08:27").instant());
    let mut waiting = row(8, "10 09:00", "Li", Waiting, "Package showcase: xclim", "");
    waiting.review = masthead::domain::Review::Approved;
    waiting.kind = Kind::Evergreen;
    let mut draft = row(9, "12 15:00", "Li", Waiting, "Newsletter 48", "");
    draft.held = true;
    draft.review = masthead::domain::Review::InReview;
    vec![
        row(
            1,
            "10 07:30",
            "Li",
            Unknown,
            "Workshop: what you will learn",
            "no answer in 30 s, the page cannot be read back",
        ),
        failed,
        published,
        row(
            4,
            "06 14:00",
            "Ma",
            Missed,
            "Coworking hour today",
            "the host was down, grace was 15 min",
        ),
        skipped,
        leaving,
        retried,
        waiting,
        draft,
    ]
}

/// The outbox of the story, on the delivery of unknown outcome.
pub fn outbox(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    app.page = Some(Page::Outbox(OutboxPage {
        outbox: Some(Outbox {
            section: Section::All,
            rows: rows(),
            more: false,
            tally: Tally::new([
                (Glyph::Waiting, 7),
                (Glyph::Publishing, 1),
                (Glyph::Published, 21),
                (Glyph::Failed, 1),
                (Glyph::Unknown, 1),
                (Glyph::Missed, 1),
            ]),
        }),
        selected: Some(DeliveryId(1)),
        ..OutboxPage::default()
    }));
    app
}

/// The outbox while its failed deliveries are searched for.
pub fn searched(width: u16, height: u16, typed: &str) -> App {
    let mut app = outbox(width, height);
    if let Some(page) = app.outbox_mut() {
        page.search.typed = typed.to_owned();
        page.selected = Some(DeliveryId(2));
    }
    masthead::app::outbox_search::find(&mut app);
    app.sheet = Some(Sheet::Search(Input::new(typed)));
    app
}

/// The outbox before it was read, and without a delivery.
/// The outbox while a video goes up that had been interrupted.
pub fn uploading(width: u16, height: u16) -> App {
    let mut app = outbox(width, height);
    let since = app.now - chrono::Duration::seconds(60);
    if let Some(page) = app.outbox_mut()
        && let Some(outbox) = &mut page.outbox
        && let Some(row) = outbox.rows.iter_mut().find(|row| row.delivery.id.0 == 6)
    {
        row.sending = Sending::NotBegun;
        row.upload = Some(half_way(row.delivery.id, since));
    }
    app
}

fn half_way(delivery: DeliveryId, since: chrono::DateTime<chrono::Utc>) -> Upload {
    Upload {
        delivery,
        part: 0,
        place: 0,
        hash: String::new(),
        session: String::new(),
        reference: None,
        sent: 41_200_000,
        total: 79_000_000,
        kept: 29_200_000,
        since,
        at: since + chrono::Duration::seconds(60),
    }
}

/// The queue while three files go up: one goes on, one has begun just now, one is beyond what is shown.
pub fn queue_uploading(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    app.focus = Pane::Queue;
    let since = app.now - chrono::Duration::seconds(60);
    let goes_on = half_way(DeliveryId(6), since);
    let begins = Upload {
        sent: 0,
        total: 4_200_000,
        kept: 0,
        at: since,
        ..goes_on.clone()
    };
    let rows = [
        (goes_on.clone(), "youtube", "Recording: autumn preview"),
        (begins, "fosstodon", "Recording: autumn preview"),
        (goes_on, "x", "Recording: autumn preview"),
    ];
    let rows = rows.map(|(upload, channel, title)| Uploading {
        upload,
        channel: channel.into(),
        kind: Kind::AdHoc,
        title: title.to_owned(),
    });
    app.queue.uploads = rows.to_vec();
    app
}

pub fn outbox_without(width: u16, height: u16, read: bool) -> App {
    let mut app = outbox(width, height);
    if let Some(page) = app.outbox_mut() {
        page.outbox = read.then(Outbox::default);
        page.selected = None;
    }
    app
}

fn lost() -> Attempt {
    let text = "What will you learn in three days? Version control, testing, and how to ask for review without \
                fear. The programme: https://example.org/autumn and what to bring";
    Attempt {
        id: AttemptId(1),
        delivery: DeliveryId(1),
        part: 0,
        number: 1,
        request: AttemptRequest {
            body: format!(r#"{{"commentary":"{text}","visibility":"PUBLIC"}}"#),
            ..AttemptRequest::default()
        },
        started_at: oslo("2026-11-10 07:30").instant() + chrono::Duration::seconds(4),
        deadline: oslo("2026-11-10 07:31").instant() + chrono::Duration::seconds(34),
        outcome: Some(Outcome::Unknown {
            reason: "no answer came within 30 s".to_owned(),
        }),
        ended_at: Some(oslo("2026-11-10 07:30").instant() + chrono::Duration::seconds(34)),
    }
}

fn tries() -> Tries {
    let look = |at: &str| Look {
        attempt: AttemptId(1),
        at: oslo(&format!("2026-11-10 {at}")).instant(),
        saw: Saw::CannotTell,
        reason: "this login may not read the page's own posts".to_owned(),
    };
    let mut first = look("07:30");
    first.at += chrono::Duration::seconds(35);
    Tries {
        attempts: vec![lost()],
        looks: vec![first, look("07:45")],
        page: Some("https://www.linkedin.com/company/example/posts".to_owned()),
    }
}

/// The question about the lost answer.
pub fn unknown(step: UnknownStep, choice: UnknownChoice) -> Sheet {
    Sheet::Unknown(Box::new(UnknownSheet {
        post: PostId(1),
        delivery: DeliveryId(1),
        channel: names("Li").remove(0),
        title: "Workshop: what you will learn".to_owned(),
        next_look: None,
        tries: Some(tries()),
        choice,
        address: Input::default(),
        step,
    }))
}

/// Every try at the delivery whose answer was lost.
pub fn tries_sheet() -> Sheet {
    Sheet::Tries(Box::new(TriesSheet {
        row: rows().remove(0),
        tries: Some(tries()),
        scroll: 0,
    }))
}

/// A dry run with a call that leaves and one that would not.
pub fn dry_run() -> Sheet {
    let call = |mark: &str, title: &str, account: &str, problem: &str| Call {
        at: oslo("2026-11-10 09:00").instant(),
        post: PostId(10),
        title: title.to_owned(),
        channel: names(mark).remove(0),
        account: Some(account.to_owned()),
        composed: Some(Composed {
            platform: PlatformId::Mastodon,
            parts: vec![Part {
                text: "xclim computes climate indicators from daily weather.".to_owned(),
                count: Count {
                    text: Measure {
                        used: 53,
                        limit: Some(500),
                    },
                    fits: true,
                    ..Count::default()
                },
                ..Part::default()
            }],
            problems: Vec::new(),
            notes: Vec::new(),
        }),
        problems: (!problem.is_empty())
            .then(|| problem.to_owned())
            .into_iter()
            .collect(),
    };
    Sheet::DryRun(DryRunSheet {
        span: Span::Week,
        calls: Some(Calls {
            calls: vec![
                call(
                    "Ma",
                    "Package showcase: xclim",
                    "@example@fosstodon.org",
                    "",
                ),
                call(
                    "Bs",
                    "Package showcase: xclim",
                    "@example.org",
                    "part 1 is 15 over",
                ),
            ],
            leaving: 1,
            stopped: 1,
        }),
        scroll: 0,
    })
}

#[test]
fn a_reason_of_any_length_stands_whole_beside_its_keys() {
    for length in 1..=70 {
        let reason = "ø".repeat(length);
        let mut app = outbox(80, 24);
        if let Some(all) = app.outbox_mut().and_then(|page| page.outbox.as_mut()) {
            let failed = DeliveryState::Failed;
            all.rows = vec![row(1, "11 09:00", "Bs", failed, "Opens", &reason)];
        }
        let shown = super::text(&app);
        assert_eq!(shown.matches('ø').count(), length, "{shown}");
    }
}
