//! Several screens at one database: nobody writes over what another types, and everybody sees what is open.

use crate::world::{World, ada, grace, minutes, shelved};
use masthead::domain::{Content, DraftKey, EditorDraft, PostId, ScreenName};
use masthead::store::{Presence, enter};

fn screen(name: &str) -> ScreenName {
    ScreenName::new(name).expect("a name")
}

fn open(world: &World, name: &str) -> (ScreenName, Presence) {
    let screen = screen(name);
    let presence = enter(world.store.path(), &screen).expect("enters");
    (screen, presence)
}

fn draft(key: &str, post: Option<PostId>, text: &str, minute: i64) -> EditorDraft {
    EditorDraft {
        key: key.into(),
        goes_on: None,
        post,
        channel: None,
        base_revision: 0,
        content: Content {
            text: text.to_owned(),
            ..Content::default()
        },
        cursor: 0,
        at: minutes(minute),
    }
}

fn keep(world: &World, on: &ScreenName, draft: &EditorDraft) {
    let (on, draft) = (on.clone(), draft.clone());
    let kept = world
        .store
        .wait(move |db| db.save_draft(&ada(), &on, &draft));
    kept.expect("kept");
}

/// The texts that a screen is offered, the latest first.
fn offered(world: &World, to: &ScreenName) -> Vec<String> {
    let to = to.clone();
    let drafts = world.store.wait(move |db| db.drafts(&ada(), &to));
    let drafts = drafts.expect("read").into_iter();
    drafts.map(|draft| draft.content.text).collect()
}

#[test]
fn two_screens_of_one_person_keep_a_new_post_each() {
    let world = World::new();
    let (first, alive) = open(&world, "1-a");
    let (second, _also) = open(&world, "2-b");
    keep(&world, &first, &draft("1-a/4", None, "one", 1));
    keep(&world, &second, &draft("2-b/4", None, "two", 2));
    keep(&world, &first, &draft("1-a/4", None, "one more", 3));
    // What is being typed elsewhere is nobody else's to go on with.
    assert_eq!(offered(&world, &second), ["two"]);
    assert_eq!(offered(&world, &first), ["one more"]);
    drop(alive);
    assert_eq!(offered(&world, &second), ["one more", "two"]);
    assert_eq!(offered(&world, &screen("3-c")), ["one more"]);
}

#[test]
fn going_on_with_a_draft_keeps_the_new_one_before_the_old_one_goes() {
    let world = World::new();
    let left = draft("1-a/4", None, "left", 1);
    keep(&world, &screen("1-a"), &left);
    let (here, _alive) = open(&world, "2-b");
    let mut next = draft("2-b/9", None, "left, and more", 2);
    next.goes_on = Some(left.key);
    keep(&world, &here, &next);
    assert_eq!(offered(&world, &here), ["left, and more"]);
    let keys: Vec<DraftKey> = next.keys();
    world
        .store
        .wait(move |db| db.drop_drafts(&keys))
        .expect("dropped");
    assert!(offered(&world, &here).is_empty());
}

#[test]
fn who_has_a_post_open_is_seen_until_it_is_closed_or_the_screen_dies() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"])).id;
    let (first, _alive) = open(&world, "1-a");
    let (second, dies) = open(&world, "2-b");
    let tell = |on: &ScreenName, post: Option<PostId>| {
        let (on, who) = (
            on.clone(),
            if on.as_str() == "1-a" { ada() } else { grace() },
        );
        let told = world
            .store
            .wait(move |db| db.opened(&on, &who, post, minutes(1)));
        told.expect("told");
    };
    let seen = |from: &ScreenName| -> Vec<String> {
        let from = from.clone();
        let all = world.store.wait(move |db| db.open_by(post, &from));
        all.expect("read")
            .iter()
            .map(|it| it.author.to_string())
            .collect()
    };
    tell(&first, Some(post));
    tell(&second, Some(post));
    assert_eq!(seen(&first), [grace().to_string()]);
    assert_eq!(seen(&second), [ada().to_string()]);
    tell(&first, None);
    assert!(seen(&second).is_empty());
    drop(dies);
    assert!(seen(&first).is_empty(), "a dead screen has nothing open");
    tell(&second, Some(PostId(999)));
    assert!(seen(&first).is_empty());
}
