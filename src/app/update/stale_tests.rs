//! What a user does about a stale text, key by key.

use super::tests::{filled, now, press, saves};
use super::*;
use crate::app::sheet::Sheet;
use crate::app::{Detail, Pane, Tab};
use crate::domain::post::text_hash;
use crate::domain::{SeenMaster, Variant};

fn bluesky(app: &App) -> &Variant {
    let content = &app.detail.as_ref().expect("a post").view.post.content;
    content.variant(&"bluesky".into()).expect("goes to bluesky")
}

/// The editor pane on a post with one variant.
fn with(variant: Variant) -> App {
    let mut app = filled();
    let mut view = app.detail.take().expect("read").view;
    view.post.content.variants = vec![variant];
    view.seen_masters = vec![SeenMaster {
        channel: "bluesky".into(),
        text: "the older text".to_owned(),
        changed_at: now(),
    }];
    app.detail = Some(Detail::new(view, Vec::new()));
    app.focus = Pane::Editor;
    app.detail_tab = Tab::Channel("bluesky".into());
    app
}

/// The editor pane on a post whose text for Bluesky is older than its master.
fn stale() -> App {
    let mut own = Variant::inherits("bluesky");
    own.set_own("ours", "the older text");
    with(own)
}

#[test]
fn the_difference_of_the_master_is_shown_and_keeping_the_text_ends_its_being_stale() {
    let mut app = stale();
    assert!(press(&mut app, "D").is_empty());
    let Some(Sheet::Stale(sheet)) = &app.sheet else {
        panic!("{:?}", app.sheet);
    };
    let said: Vec<&str> = sheet.lines.iter().map(|line| line.text.as_str()).collect();
    assert!(said.contains(&"[-the older -]text"), "{said:?}");
    assert!(said.contains(&"ours"), "{said:?}");
    let effects = press(&mut app, "K");
    let save = saves(&effects)[0];
    let kept = save
        .content
        .variant(&"bluesky".into())
        .expect("still there");
    assert_eq!(kept.text.as_deref(), Some("ours"));
    assert_eq!(kept.written_against, Some(text_hash("text")));
    assert!(save.content.stale().is_empty());
    assert_eq!(save.label, "kept the text of bluesky in “post 1”");
    assert_eq!(app.sheet, None);
}

#[test]
fn the_channel_inherits_again_by_the_key_that_does_so_while_typing() {
    let mut app = stale();
    press(&mut app, "D");
    let effects = press(&mut app, "ctrl-g");
    let save = saves(&effects)[0];
    assert_eq!(
        save.content.variant(&"bluesky".into()),
        Some(&Variant::inherits("bluesky"))
    );
}

#[test]
fn editing_from_the_sheet_opens_the_text_that_is_stale() {
    let mut app = stale();
    press(&mut app, "D e");
    let editor = app.editor.as_ref().expect("typing");
    assert_eq!(editor.tab, Tab::Channel("bluesky".into()));
    assert_eq!(app.sheet, None);
}

#[test]
fn esc_changes_nothing_and_a_text_that_is_not_stale_says_so() {
    let mut app = stale();
    assert!(press(&mut app, "D <esc>").is_empty());
    assert_eq!(app.sheet, None);
    assert!(bluesky(&app).is_own());
    let mut app = with(Variant::inherits("bluesky"));
    assert!(press(&mut app, "D").is_empty());
    assert_eq!(app.sheet, None);
    let note = app.note.as_ref().expect("a message");
    assert!(
        note.note.text.starts_with("No text of this post is stale"),
        "{}",
        note.note.text
    );
}

#[test]
fn where_esc_leads_after_typing_the_key_still_shows_the_difference() {
    for pane in [Pane::Calendar, Pane::Queue] {
        let mut app = stale();
        app.focus = pane;
        app.publishing = crate::app::Publishing::Here;
        press(&mut app, "D");
        assert!(
            matches!(app.sheet, Some(Sheet::Stale(_))),
            "{pane:?}: {:?}",
            app.sheet
        );
        app.sheet = None;
        app.publishing = crate::app::Publishing::Nobody;
        let effects = press(&mut app, "D");
        assert!(
            matches!(effects[..], [Effect::StartDaemon(_)]),
            "{effects:?}"
        );
    }
}
