//! Undo: per author, newest first, never over what someone else did or what has left.

use crate::world::{World, ada, at, grace, name, noon, planned, shelved};
use masthead::domain::{
    Author, Content, DeliveryState, Message, Plan, PostId, Rank, Several, Standing,
};
use masthead::store::{StoreError, Turned, Undone};

fn undo(world: &World) -> Result<Undone, StoreError> {
    undo_passing(world, &ada(), &[])
}

fn undo_passing(world: &World, who: &Author, posts: &[PostId]) -> Result<Undone, StoreError> {
    let (who, posts) = (who.clone(), posts.to_vec());
    done(world.store.wait(move |db| db.undo(&who, &posts, noon())))
}

fn redo(world: &World) -> Result<Undone, StoreError> {
    done(world.store.wait(|db| db.redo(&ada(), &[], noon())))
}

/// What stands in the way is an error here.
fn done(turned: Result<Turned, StoreError>) -> Result<Undone, StoreError> {
    match turned? {
        Turned::Done(undone) => Ok(undone),
        Turned::Stuck { why, .. } => Err(StoreError::Refused(why)),
    }
}

fn several(world: &World, posts: &[PostId], action: Several) -> Result<Vec<String>, StoreError> {
    let posts = posts.to_vec();
    let changed = world
        .store
        .wait(move |db| db.change_several(&ada(), &posts, &action, noon(), noon()));
    changed.map(|it| std::iter::once(it.label).chain(it.stayed).collect())
}

fn content(world: &World, id: PostId) -> Content {
    world.view(id).post.content
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
    assert_eq!((added.post, added.label.as_str()), (post.id, "added “One”"));
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
        .wait(|db| db.undo(&ada(), &[], noon()))
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
    let undone = undo_passing(&world, &grace(), &[]).expect("undone");
    assert_eq!(
        (undone.post, undone.label.as_str()),
        (theirs.id, "edited “Theirs”")
    );
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
    assert_eq!(undone.label, "skipped fosstodon, bluesky “One”");
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

#[test]
fn what_was_undone_is_redone_in_turn_and_can_be_undone_again() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"]));
    for letter in ["a", "b", "c"] {
        world
            .edit(ada(), post.id, |content| content.text.push_str(letter))
            .expect("saved");
    }
    let text = || content(&world, post.id).text;
    let start = post.content.text.clone();
    for _ in 0..2 {
        for end in ["ab", "a", ""] {
            undo(&world).expect("undone");
            assert_eq!(text(), format!("{start}{end}"));
        }
        undo(&world).expect("undone");
        assert!(content(&world, post.id).trashed);
        redo(&world).expect("redone");
        assert!(!content(&world, post.id).trashed);
        for end in ["a", "ab", "abc"] {
            redo(&world).expect("redone");
            assert_eq!(text(), format!("{start}{end}"));
        }
        assert!(matches!(redo(&world), Err(StoreError::Refused(line)) if line.contains("nothing")));
    }
}

#[test]
fn a_redo_survives_a_restart_and_a_new_change_takes_it_away() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"]));
    let other = world.add(shelved("Other", &["outbox"]));
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
    undo(&world).expect("undone");
    // Somebody else's change elsewhere leaves it alone.
    world
        .edit(grace(), other.id, |content| content.text.push('?'))
        .expect("saved");
    let redone = world.second().wait(|db| db.redo(&ada(), &[], noon()));
    assert_eq!(done(redone).expect("redone").post, post.id);
    undo(&world).expect("undone");
    world
        .edit(ada(), post.id, |content| content.title.push('!'))
        .expect("saved");
    assert!(matches!(redo(&world), Err(StoreError::Refused(line)) if line.contains("nothing")));
}

#[test]
fn redo_refuses_what_someone_else_changed_since_and_what_has_left_since() {
    let world = World::new();
    let post = world.add(planned("Release", at(12, 9), &["outbox"]));
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
    undo(&world).expect("undone");
    world
        .edit(grace(), post.id, |content| content.text.push('2'))
        .expect("saved");
    let error = redo(&world).expect_err("refused").to_string();
    assert!(
        error.contains("Release") && error.contains("Grace"),
        "{error}"
    );

    let world = World::new();
    let post = world.add(planned("Release", at(12, 9), &["outbox"]));
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
    undo(&world).expect("undone");
    world.put(&world.view(post.id).deliveries[0], DeliveryState::Published);
    let error = redo(&world).expect_err("refused").to_string();
    assert!(error.contains("has left since"), "{error}");
}

#[test]
fn a_skip_is_redone_where_the_delivery_still_stands_as_before() {
    use DeliveryState::{Failed, Skipped, Waiting};
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon"]));
    let skip = move |db: &mut masthead::store::Db| db.skip(&ada(), post.id, &[], noon());
    world.store.wait(skip).expect("skipped");
    undo(&world).expect("undone");
    assert_eq!(world.states(post.id), [Waiting]);
    redo(&world).expect("redone");
    assert_eq!(world.states(post.id), [Skipped]);
    undo(&world).expect("undone");
    world.put(&world.view(post.id).deliveries[0], Failed);
    let error = redo(&world).expect_err("refused").to_string();
    assert!(error.contains("moved on"), "{error}");
    assert_eq!(world.states(post.id), [Failed]);
}

#[test]
fn a_change_that_cannot_be_undone_is_named_and_the_next_undo_passes_over_it() {
    let world = World::new();
    let older = world.add(shelved("Older", &["outbox"]));
    let left = world.add(planned("Release", at(12, 9), &["outbox"]));
    for day in [13, 14] {
        world
            .edit(ada(), left.id, |content| {
                content.plan = Plan::At(at(day, 9))
            })
            .expect("moved");
    }
    world.put(&world.view(left.id).deliveries[0], DeliveryState::Published);
    let turned = world.store.wait(|db| db.undo(&ada(), &[], noon()));
    let Ok(Turned::Stuck { posts, why }) = turned else {
        panic!("{turned:?}")
    };
    assert_eq!(posts, [left.id]);
    assert!(why.contains("Release") && why.contains("has left"), "{why}");
    let undone = undo_passing(&world, &ada(), &posts).expect("undone");
    assert_eq!(undone.post, older.id);
    let nothing = undo_passing(&world, &ada(), &posts).expect_err("refused");
    assert!(nothing.to_string().contains("nothing else"), "{nothing}");
}

#[test]
fn one_action_on_several_posts_is_undone_and_redone_as_one() {
    let world = World::new();
    let posts = [10, 12, 14].map(|day| world.add(planned("One", at(day, 15), &["outbox"])).id);
    let plans = || posts.map(|id| content(&world, id).plan);
    let before = plans();
    let label = several(&world, &posts, Several::MoveDays(2)).expect("moved");
    assert_eq!(label, ["moved 3 posts 2 days on"]);
    let after = plans();
    assert_eq!(after, [12, 14, 16].map(|day| Plan::At(at(day, 15))));
    let undone = undo(&world).expect("undone");
    assert_eq!(
        (undone.label.as_str(), undone.post),
        ("moved 3 posts 2 days on", posts[0])
    );
    assert_eq!(plans(), before);
    redo(&world).expect("redone");
    assert_eq!(plans(), after);
    undo(&world).expect("undone");
    assert_eq!(plans(), before);
}

#[test]
fn of_several_posts_those_that_cannot_be_changed_or_put_back_stay_and_are_named() {
    let world = World::new();
    let one = world.add(planned("One", at(12, 9), &["outbox"])).id;
    let two = world.add(planned("Two", at(13, 9), &["outbox"])).id;
    let gone = world.add(planned("Gone", at(14, 9), &["outbox"])).id;
    world.put(&world.view(gone).deliveries[0], DeliveryState::Published);
    let said = several(&world, &[one, two, gone], Several::MoveDays(1)).expect("moved");
    assert_eq!(said[0], "moved 2 posts a day on");
    assert!(
        said[1].contains("Gone") && said[1].contains("has left"),
        "{said:?}"
    );
    world
        .edit(grace(), two, |content| content.text.push('!'))
        .expect("saved");
    let undone = undo(&world).expect("undone");
    assert_eq!(content(&world, one).plan, Plan::At(at(12, 9)));
    assert_eq!(content(&world, two).plan, Plan::At(at(14, 9)));
    assert!(undone.stayed[0].contains("Two") && undone.stayed[0].contains("Grace"));
    // What stayed is no longer in the way of what was done before.
    let next = undo_passing(&world, &ada(), &[two, gone]).expect("undone");
    assert_eq!((next.post, next.label.as_str()), (one, "added “One”"));
    let none = several(&world, &[gone], Several::MoveDays(1)).expect_err("refused");
    assert!(none.to_string().contains("Gone"), "{none}");
}

#[test]
fn several_posts_are_trashed_pasted_and_scheduled_with_their_distances_kept() {
    let world = World::new();
    let posts = [12, 14].map(|day| world.add(planned("One", at(day, 9), &["outbox"])).id);
    let to = at(20, 0).local.date();
    several(&world, &posts, Several::CopyTo(to, at(1, 1).zone)).expect("pasted");
    let copies = [PostId(3), PostId(4)];
    let plans = copies.map(|id| content(&world, id).plan);
    assert_eq!(plans, [20, 22].map(|day| Plan::At(at(day, 9))));
    assert!(!content(&world, copies[0]).scheduled);
    several(&world, &posts, Several::Schedule(Plan::At(at(16, 10)))).expect("scheduled");
    let plans = posts.map(|id| content(&world, id).plan);
    assert_eq!(plans, [16, 18].map(|day| Plan::At(at(day, 10))));
    several(&world, &copies, Several::Trash).expect("trashed");
    undo(&world).expect("undone");
    assert!(copies.iter().all(|id| !content(&world, *id).trashed));
}

#[test]
fn the_history_has_everyones_changes_and_goes_back_to_one_of_ones_own() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"]));
    let theirs = world.add(shelved("Theirs", &["outbox"]));
    for letter in ["a", "b"] {
        world
            .edit(ada(), post.id, |content| content.text.push_str(letter))
            .expect("saved");
    }
    world
        .edit(grace(), theirs.id, |content| content.text.push('!'))
        .expect("saved");
    world
        .edit(ada(), post.id, |content| content.text.push('c'))
        .expect("saved");
    let history = || {
        world
            .store
            .wait(|db| db.history(&ada(), 100))
            .expect("read")
    };
    let deeds = history().deeds;
    let words: Vec<_> = deeds
        .iter()
        .map(|it| (it.author.as_str(), it.label.as_str()))
        .collect();
    assert_eq!(words[0], ("Ada", "edited"));
    assert_eq!(words[1], ("Grace", "edited"));
    assert_eq!(words.len(), 6);
    let (hers, target) = (deeds[1].id, deeds[3].id);
    let refused = world.store.wait(move |db| db.undo_to(&ada(), hers, noon()));
    assert!(
        refused
            .expect_err("refused")
            .to_string()
            .contains("only Grace")
    );
    let undone = done(
        world
            .store
            .wait(move |db| db.undo_to(&ada(), target, noon())),
    );
    let undone = undone.expect("undone");
    assert_eq!((undone.changes, undone.post), (3, post.id));
    assert_eq!(content(&world, post.id).text, post.content.text);
    assert!(content(&world, theirs.id).text.ends_with('!'));
    let standing: Vec<_> = history().deeds.iter().map(|it| it.standing).collect();
    use Standing::{Done, Undone};
    assert_eq!(standing, [Undone, Done, Undone, Undone, Done, Done]);
    for end in ["a", "ab", "abc"] {
        redo(&world).expect("redone");
        assert!(content(&world, post.id).text.ends_with(end));
    }
}

#[test]
fn messages_are_kept_over_a_restart_for_whoever_saw_them() {
    let world = World::new();
    let message = |text: &str, rank| Message {
        at: noon(),
        rank,
        text: text.to_owned(),
    };
    let said = vec![
        message("Saved", Rank::News),
        message("Not saved", Rank::Bad),
    ];
    world
        .store
        .wait(move |db| db.keep_messages(&ada(), &said, noon()))
        .expect("kept");
    let again = world.second();
    let mine = again
        .wait(|db| db.history(&ada(), 10))
        .expect("read")
        .messages;
    assert_eq!(
        mine,
        [
            message("Not saved", Rank::Bad),
            message("Saved", Rank::News)
        ]
    );
    assert_eq!(
        again
            .wait(|db| db.history(&grace(), 10))
            .expect("read")
            .messages,
        []
    );
}
