//! Undo: per author, newest first, never over what someone else did or what has left.

use crate::world::{World, ada, at, grace, name, noon, planned, shelved};
use masthead::domain::{DeliveryState, Plan};
use masthead::store::{StoreError, Undone};

fn undo(world: &World) -> Result<Undone, StoreError> {
    world.store.wait(|db| db.undo(&ada(), noon()))
}

#[test]
fn changes_are_taken_back_newest_first_down_to_the_adding() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["outbox"]));
    for day in [13, 14] {
        world
            .edit(ada(), post.id, |content| {
                content.plan = Plan::At(at(day, 9))
            })
            .expect("moved");
    }
    undo(&world).expect("undone");
    assert_eq!(world.view(post.id).post.content.plan, Plan::At(at(13, 9)));
    assert_eq!(
        world.view(post.id).deliveries[0].due_at,
        Some(at(13, 9).instant())
    );
    undo(&world).expect("undone");
    assert_eq!(world.view(post.id).post.content.plan, Plan::At(at(12, 9)));
    let added = undo(&world).expect("undone");
    assert_eq!((added.post, added.label.as_str()), (post.id, "added"));
    assert!(world.view(post.id).post.content.trashed);
    assert!(matches!(undo(&world), Err(StoreError::Refused(line)) if line.contains("nothing")));
}

#[test]
fn a_trashed_post_comes_back_by_undo_even_after_a_restart() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["outbox"]));
    world
        .edit(ada(), post.id, |content| content.trashed = true)
        .expect("trashed");
    world
        .second()
        .wait(|db| db.undo(&ada(), noon()))
        .expect("undone");
    assert!(!world.view(post.id).post.content.trashed);
}

#[test]
fn undo_refuses_what_someone_else_changed_since_and_names_them() {
    let world = World::new();
    let post = world.add(shelved("Release", &["outbox"]));
    world
        .edit(ada(), post.id, |content| content.text.push('1'))
        .expect("saved");
    world
        .edit(grace(), post.id, |content| content.text.push('2'))
        .expect("saved");
    let error = undo(&world).expect_err("refused").to_string();
    assert!(
        error.contains("Post 1 “Release”") && error.contains("Grace"),
        "{error}"
    );
}

#[test]
fn each_author_undoes_their_own_changes_only() {
    let world = World::new();
    let mine = world.add(shelved("Mine", &["outbox"]));
    let theirs = world.add(shelved("Theirs", &["outbox"]));
    world
        .edit(grace(), theirs.id, |content| content.text.push('!'))
        .expect("saved");
    world
        .edit(ada(), mine.id, |content| content.text.push('!'))
        .expect("saved");
    let undone = world
        .store
        .wait(|db| db.undo(&grace(), noon()))
        .expect("undone");
    assert_eq!((undone.post, undone.label.as_str()), (theirs.id, "edited"));
    assert_eq!(world.view(theirs.id).post.content, theirs.content);
    assert!(world.view(mine.id).post.content.text.ends_with('!'));
}

#[test]
fn undo_never_touches_what_is_publishing_or_has_left_since() {
    use DeliveryState::{Published, Publishing, Unknown};
    for state in [Publishing, Published, Unknown] {
        let world = World::new();
        let post = world.add(planned("Release", at(12, 9), &["outbox", "fosstodon"]));
        world
            .edit(ada(), post.id, |content| content.plan = Plan::At(at(13, 9)))
            .expect("moved");
        world.put(&world.view(post.id).deliveries[0], state);
        let error = undo(&world).expect_err("refused").to_string();
        assert!(error.contains("Release"), "{error}");
        assert_eq!(world.view(post.id).post.content.plan, Plan::At(at(13, 9)));
    }
}

#[test]
fn a_change_made_after_one_channel_had_left_can_be_undone() {
    let world = World::new();
    let post = world.add(planned("Release", at(12, 9), &["outbox", "fosstodon"]));
    world.put(&world.view(post.id).deliveries[0], DeliveryState::Published);
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
    undo(&world).expect("undone");
    assert_eq!(world.view(post.id).post.content, post.content);
}

#[test]
fn a_skip_is_undone_to_where_each_delivery_stood() {
    use DeliveryState::{Failed, Skipped, Waiting};
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon", "bluesky"]));
    world.put(&world.view(post.id).deliveries[1], Failed);
    let skipped = world
        .store
        .wait(move |db| db.skip(&ada(), post.id, &[], noon()));
    assert_eq!(skipped, Ok(2));
    assert_eq!(world.states(post.id), [Skipped, Skipped]);
    let undone = undo(&world).expect("undone");
    assert_eq!(undone.label, "skipped fosstodon, bluesky");
    assert_eq!(world.states(post.id), [Waiting, Failed]);
}

#[test]
fn what_may_be_out_there_cannot_be_skipped_or_sent_again() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon"]));
    for state in [DeliveryState::Unknown, DeliveryState::Published] {
        world.put(&world.view(post.id).deliveries[0], state);
        let named = [name("fosstodon")];
        let again = named.clone();
        let skipped = world
            .store
            .wait(move |db| db.skip(&ada(), post.id, &named, noon()));
        assert!(matches!(skipped, Err(StoreError::Refused(_))));
        let sent = world
            .store
            .wait(move |db| db.make_due(&ada(), post.id, &again, noon()));
        assert!(matches!(sent, Err(StoreError::Refused(_))));
        assert_eq!(
            world
                .store
                .wait(move |db| db.make_due(&ada(), post.id, &[], noon())),
            Ok(0)
        );
        assert_eq!(world.states(post.id), [state]);
    }
}
