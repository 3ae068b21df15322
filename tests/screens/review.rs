//! The review page of the story: a workshop's thanks that wait, approved once and changed since.

use super::story::{app, names, oslo};
use masthead::app::review::{RemarkSheet, ReviewPage, ReviewView};
use masthead::app::{App, Input, Page, Sheet};
use masthead::domain::review::{LastApproved, NoteKind};
use masthead::domain::{
    Attachment, Author, ChannelName, Content, Kind, LinkCard, Plan, Post, PostId, PostView, Review,
    ReviewNote, Reviewed, Variant,
};
use std::collections::BTreeMap;

const SHORT: &str = "Thank you to everyone who joined the autumn workshop, and to the helpers in the chat.\n\n\
    All recordings and exercises are online, free to use: https://example.org/workshops/autumn-2026\n\n\
    Next one: March. Helpers are welcome.\n\n#ResearchSoftware #OpenScience";

const TEXT: &str = "Thank you to everyone who joined the autumn workshop, and to the helpers who answered in the chat \
    for three days.\n\nAll recordings and exercises are online, free to use and to teach from:\n\
    https://example.org/workshops/autumn-2026\n\nNext one: March. Helpers are welcome, no experience of teaching \
    needed.\n\n#ResearchSoftware #OpenScience";

/// Bluesky has a shorter text of its own.
fn variant(channel: ChannelName) -> Variant {
    let mut variant = Variant::inherits(channel.clone());
    if channel.as_str() == "bluesky" {
        variant.set_own(SHORT, TEXT);
    }
    variant
}

fn content(text: &str) -> Content {
    Content {
        title: "Workshop: recordings and thanks".to_owned(),
        text: text.to_owned(),
        kind: Kind::AdHoc,
        plan: Plan::At(oslo("2026-11-27 10:00")),
        not_after: Some(oslo("2026-12-04 10:00")),
        campaign: Some("Autumn".to_owned()),
        scheduled: true,
        variants: names("Li Ma Bs").into_iter().map(variant).collect(),
        attachments: vec![Attachment {
            hash: "c0ffee".to_owned(),
            name: "room.jpg".to_owned(),
            mime: "image/jpeg".to_owned(),
            size: 120_000,
            pixels: Some((1600, 900)),
            duration_ms: None,
            alt: "A shared notes page with questions".to_owned(),
            ..Attachment::default()
        }],
        link: Some(LinkCard {
            url: "https://example.org/workshops/autumn-2026".to_owned(),
            title: "Autumn workshop 2026, recordings".to_owned(),
            description: String::new(),
        }),
        ..Content::default()
    }
}

fn note(kind: NoteKind, author: &str, at: &str, text: &str) -> ReviewNote {
    ReviewNote {
        kind,
        author: Author::new(author),
        text: text.to_owned(),
        at: oslo(&format!("2026-11-10 {at}")).instant(),
    }
}

fn waiting(id: i64, content: Content) -> Reviewed {
    Reviewed {
        view: PostView {
            open_by: Vec::new(),
            seen_masters: Vec::new(),
            post: Post {
                id: PostId(id),
                revision: 4,
                author: Author::new("ada"),
                parent: None,
                created_at: oslo("2026-11-02 10:00").instant(),
                updated_at: oslo("2026-11-10 07:54").instant(),
                content,
            },
            deliveries: Vec::new(),
            review: Review::InReview,
        },
        written_by: Author::new("ada"),
        notes: Vec::new(),
        approvals: BTreeMap::new(),
        last_approved: None,
        open_by: Vec::new(),
    }
}

/// The page, on a post that was approved once.
pub fn review(width: u16, height: u16, view: ReviewView) -> App {
    let mut app = app(width, height);
    let mut first = waiting(71, content(TEXT));
    first.notes = vec![
        note(NoteKind::Asked, "ada", "07:55", ""),
        note(
            NoteKind::Comment,
            "ada",
            "07:56",
            "Please check that the March date may be public.",
        ),
    ];
    first.last_approved = Some(LastApproved {
        content: content(&TEXT.replace("Next one: March.", "Next one: in spring.")),
        author: Author::new("bo"),
        at: oslo("2026-11-09 17:40").instant(),
    });
    first.open_by = vec![(Author::new("cy"), oslo("2026-11-10 08:09").instant())];
    let second = waiting(72, content("Short."));
    app.page = Some(Page::Review(ReviewPage {
        posts: Some(vec![first, second]),
        selected: Some(PostId(71)),
        view,
        ..ReviewPage::default()
    }));
    app.compose_review();
    app
}

/// The page without anything that waits, and before it was read.
pub fn review_without(width: u16, height: u16, is_read: bool) -> App {
    let mut app = app(width, height);
    app.page = Some(Page::Review(ReviewPage {
        posts: is_read.then(Vec::new),
        ..ReviewPage::default()
    }));
    app
}

/// The question for the reason.
pub fn reason() -> Sheet {
    Sheet::Remark(RemarkSheet {
        post: PostId(71),
        title: "Workshop: recordings and thanks".to_owned(),
        kind: NoteKind::Changes,
        input: Input::new("the March date is not public yet"),
    })
}
