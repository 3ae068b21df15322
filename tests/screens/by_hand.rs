//! A newsletter that is posted by hand, at its time: the queue, and its task on the sheet.
//!
//! It is the story's own newsletter, on a channel that counts like LinkedIn.

use super::story::{app, oslo, part};
use masthead::app::by_hand::{ByHandSheet, ByHandStep};
use masthead::app::{App, Input, Pane, Sheet};
use masthead::domain::by_hand::ASKED;
use masthead::domain::{
    ChannelState, Composed, Delivery, DeliveryId, DeliveryState, PartMedia, PlatformId, PostId,
    Task,
};

const TEXT: &str = "Newsletter 48: three packages accepted, one guide rewritten from scratch, and the dates of the \
    autumn workshops.\n\nThe guide now begins with the person who joins on a Tuesday evening, with nobody to ask and a \
    deadline on Friday. If that was you once: tell us what you would have wanted to read first.\n\n\
    Read it: https://example.org/newsletter/48\n\n#OpenScience #ResearchSoftware";

/// The story a little later: the newsletter of today is asked for.
pub fn queue(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    app.now = oslo("2026-11-10 15:02").instant();
    let mut newsletter = app
        .posts
        .iter()
        .find(|post| post.title == "Newsletter 48")
        .cloned()
        .expect("it is in the story");
    newsletter.due_at = Some(oslo("2026-11-10 15:00").instant());
    newsletter.held = false;
    newsletter.channels = vec![ChannelState {
        channel: "linkedin".into(),
        state: DeliveryState::Waiting,
        reason: ASKED.to_owned(),
        waits: masthead::domain::Waits::ForAPerson,
    }];
    app.selected = Some(newsletter.id);
    app.detail = None;
    app.queue.needs_you.push(newsletter);
    app.queue.needs_you_total += 1;
    app.focus = Pane::Queue;
    app
}

fn task(state: DeliveryState, reason: &str) -> Task {
    let mut text = part(TEXT, 0..TEXT.len(), TEXT.encode_utf16().count(), 3000);
    text.media = vec![PartMedia {
        hash: "4be2f0c1d9a7".to_owned(),
        name: "cover.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 120_000,
        pixels: Some((1200, 675)),
        duration_ms: None,
        alt: "The first page of the guide, with a coffee stain".to_owned(),
        ..PartMedia::default()
    }];
    Task {
        delivery: Delivery {
            id: DeliveryId(120),
            post: PostId(12),
            channel: "linkedin".into(),
            platform: PlatformId::ByHand,
            state,
            due_at: Some(oslo("2026-11-10 15:00").instant()),
            reason: reason.to_owned(),
            permalink: (state == DeliveryState::Published)
                .then(|| "https://www.linkedin.com/feed/update/7".to_owned()),
            remote_ids: Vec::new(),
            attempts: 0,
            next_try: None,
            waits: if reason == ASKED {
                masthead::domain::Waits::ForAPerson
            } else {
                masthead::domain::Waits::ForItself
            },
            changed_at: oslo("2026-11-10 15:04").instant(),
        },
        title: "Newsletter 48".to_owned(),
        composed: Composed {
            platform: PlatformId::LinkedIn,
            parts: vec![text],
            problems: Vec::new(),
            notes: Vec::new(),
        },
        page: Some("https://www.linkedin.com/company/example".to_owned()),
        like: PlatformId::LinkedIn,
        pictures: "/home/team/.local/share/masthead/media".into(),
        held: Vec::new(),
    }
}

fn sheet(task: Task, selected: usize, step: ByHandStep, address: &str) -> Sheet {
    let mut sheet = ByHandSheet::new(&task.delivery, task.title.clone(), Input::new(address));
    sheet.task = Some(task);
    sheet.selected = selected;
    sheet.step = step;
    sheet.copied = vec![TEXT.to_owned()];
    Sheet::ByHand(Box::new(sheet))
}

/// The task on its text, which was copied.
pub fn open() -> Sheet {
    let task = task(DeliveryState::Waiting, ASKED);
    sheet(task, 1, ByHandStep::Working, "")
}

/// The task on its address, which is on another server than one would think; it is held as well.
pub fn remarked() -> Sheet {
    let mut task = task(DeliveryState::Waiting, ASKED);
    task.held = vec!["not approved: somebody other than its writer must approve it".to_owned()];
    let step = ByHandStep::OnceMore(
        "that is on example.org, not on linkedin.com: Enter once more marks it".to_owned(),
    );
    sheet(task, 4, step, "https://example.org/48")
}

/// The task after a colleague did it.
pub fn posted() -> Sheet {
    let task = task(DeliveryState::Published, "posted by hand by Grace");
    sheet(task, 1, ByHandStep::Working, "")
}

#[test]
fn the_preview_says_that_a_person_posts_and_names_no_address_as_an_account() {
    let mut app = super::typing(120, 40, super::Tab::Channel("linkedin".into()));
    let channels = app.channels.iter_mut();
    for channel in channels.filter(|it| it.platform == PlatformId::LinkedIn) {
        channel.platform = PlatformId::ByHand;
    }
    let shown = super::text(&app);
    assert!(shown.contains("posted by hand"), "{shown}");
    assert!(!shown.contains("posts as"), "{shown}");
}
