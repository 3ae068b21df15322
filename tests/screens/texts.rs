//! Texts that are written: the editor's tabs, the details form, and the sheets over them.

use super::super::story::{SOURMASH, app, oslo, typing, writing as story};
use super::{Named, piped, with};
use masthead::app::details::Field;
use masthead::app::sheet::{ConflictSheet, PreviewSheet};
use masthead::app::topics::TopicsOf;
use masthead::app::{App, Detail, Details, Editor, Input, Msg, Sheet, Tab};
use masthead::domain::{
    Author, CardPicture, Content, EditorDraft, OpenBy, PageCard, Post, SeenMaster, Variant,
};
use masthead::domain::{Place, Places};
use std::sync::Arc;

fn channel(name: &str) -> Tab {
    Tab::Channel(name.into())
}

/// The story while its stale and over-long text is written.
pub fn writing(width: u16, height: u16) -> App {
    let mut app = typing(width, height, channel("bluesky"));
    if let Some(mut detail) = app.detail.take() {
        detail.view.post.id = SOURMASH;
        detail.view.seen_masters = vec![SeenMaster {
            channel: "bluesky".into(),
            text: story::OLDER_MASTER.to_owned(),
            changed_at: oslo("2026-11-09 17:20").instant(),
        }];
        app.detail = Some(detail);
    }
    app
}

/// The sheet about the stale text, from the pane that shows it.
fn stale(width: u16, height: u16) -> App {
    let mut app = writing(width, height);
    app.editor = None;
    app.detail_tab = channel("bluesky");
    if let Some(mut detail) = app.detail.take() {
        detail.view.post.content = story::sourmash_content();
        detail = Detail {
            stale: detail.view.post.content.stale(),
            ..detail
        };
        app.detail = Some(detail);
    }
    masthead::app::update(&mut app, Msg::Key("D".parse().expect("a key")));
    app
}

fn details(width: u16, height: u16) -> App {
    let mut app = typing(width, height, Tab::Master);
    let mut form = Details::open(&story::sourmash_content(), &app.channels, true);
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

/// The form of a post that goes to a channel with options of its own.
fn optional_details(width: u16, height: u16) -> App {
    let mut app = details(width, height);
    let channels = app.channels.clone();
    if let (Some(form), Some(editor)) = (&mut app.details, &mut app.editor) {
        let mut content = editor.content.clone();
        let channel = Field::Channel("announce".into());
        masthead::app::details::choose(&channel, &mut content, &channels, true);
        form.refresh(&content, &channels);
        form.selected = (form.fields.iter())
            .position(|it| matches!(it, Field::Option(_)))
            .unwrap();
        editor.set_content(content);
    }
    app
}

/// The same form while the topic of one channel is typed.
fn completed_details(width: u16, height: u16) -> App {
    let mut app = optional_details(width, height);
    let topics = ["release notes", "releases 2026", "news"].map(str::to_owned);
    let of = TopicsOf {
        channel: "announce".into(),
        to: None,
    };
    app.topics.insert(of, topics.to_vec());
    if let Some(form) = &mut app.details {
        form.selected = (form.fields.iter())
            .position(|it| matches!(it, Field::Option(option) if option.name == "topic"))
            .unwrap();
        form.input = Some(Input::new("rel"));
    }
    app
}

/// The same form while the channel on the server is typed.
fn placed_details(width: u16, height: u16) -> App {
    let mut app = optional_details(width, height);
    let places = [(41, "general"), (42, "announce"), (57, "announce: events")];
    let place = |(number, name): (u32, &str)| Place {
        number,
        name: name.to_owned(),
    };
    let places = Places {
        all: places.map(place).to_vec(),
        told_at: app.now,
    };
    let facts = app.facts.entry("announce".into()).or_default();
    facts.places = Some(Arc::new(places));
    if let Some(form) = &mut app.details {
        form.input = Some(Input::new("ann"));
    }
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

fn draft() -> EditorDraft {
    EditorDraft {
        key: "1-a/7".into(),
        goes_on: None,
        post: Some(SOURMASH),
        channel: None,
        base_revision: 3,
        content: story::sourmash_content(),
        cursor: 10,
        at: oslo("2026-11-09 23:14").instant(),
    }
}

fn conflict() -> Sheet {
    let mut theirs = story::sourmash_content();
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

/// The preview of a text whose first link is a card with the words and the picture of its page.
fn link_card(width: u16, height: u16) -> App {
    let mut app = typing(width, height, channel("bluesky"));
    let url = "https://example.org/reviews/58";
    let content = Content {
        title: "Package showcase: sourmash".to_owned(),
        text: format!("A good first read for new reviewers: {url}"),
        variants: vec![Variant::inherits("bluesky")],
        pages: vec![PageCard {
            url: url.to_owned(),
            title: "Review 58: sourmash".to_owned(),
            description: "Small sketches of genomes, reviewed in the open".to_owned(),
            picture: Some(CardPicture {
                hash: "ab".repeat(32),
                mime: "image/jpeg".to_owned(),
                size: 81_000,
                pixels: (1200, 630),
            }),
            fetched_at: Some(app.now),
        }],
        ..Content::default()
    };
    let mut editor = Editor::open(Some(SOURMASH), 3, content);
    editor.compose(&app.channels, &app.facts);
    app.editor = Some(editor);
    with(app, Sheet::Preview(PreviewSheet::default()))
}

/// The screens, by name, at a size.
pub fn screens(width: u16, height: u16) -> Vec<Named> {
    let over = |sheet| with(writing(width, height), sheet);
    let at = |name| typing(width, height, channel(name));
    let preview = PreviewSheet {
        channel: 2,
        ..PreviewSheet::default()
    };
    let first = PreviewSheet::default();
    vec![
        ("typing_master", typing(width, height, Tab::Master)),
        ("typing_inherits", at("linkedin")),
        ("typing_own", at("fosstodon")),
        ("typing_stale_and_over", writing(width, height)),
        ("typing_open_by", open_by(writing(width, height))),
        ("preview_link_card", link_card(width, height)),
        ("details", details(width, height)),
        ("details_wrong", wrong_details(width, height)),
        ("details_options", optional_details(width, height)),
        ("details_places", placed_details(width, height)),
        ("details_topics", completed_details(width, height)),
        (
            "sheet_attach",
            over(Sheet::Attach(Input::new("~/pictures/sketches.png"))),
        ),
        ("sheet_preview", over(Sheet::Preview(preview))),
        ("sheet_trim", story::trim(width, height)),
        (
            "sheet_recover",
            with(app(width, height), Sheet::Recover(Box::new(draft()))),
        ),
        ("sheet_conflict", over(conflict())),
        (
            "post_preview",
            with(app(width, height), Sheet::Preview(first)),
        ),
        ("sheet_stale", stale(width, height)),
        ("sheet_pipe", piped::choosing(writing(width, height), None)),
        (
            "sheet_pipe_failed",
            piped::choosing(writing(width, height), Some(piped::FAILED)),
        ),
        ("sheet_pipe_running", piped::running(writing(width, height))),
        ("sheet_pipe_difference", piped::came(writing(width, height))),
    ]
}

#[test]
fn the_selected_option_says_all_that_it_is_for() {
    let mut app = optional_details(80, 24);
    let channels = app.channels.clone();
    if let (Some(form), Some(editor)) = (&mut app.details, &mut app.editor) {
        let mut content = editor.content.clone();
        let video = Field::Channel("youtube".into());
        masthead::app::details::choose(&video, &mut content, &channels, true);
        form.refresh(&content, &channels);
        form.selected = (form.fields.iter())
            .position(|it| matches!(it, Field::Option(option) if option.name == "category"))
            .unwrap();
        editor.set_content(content);
    }
    let said = crate::text(&app);
    assert!(said.contains("28 science and technology"), "{said}");
}
