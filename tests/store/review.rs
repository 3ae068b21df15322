//! Review: where a post stands with its reviewers, what was said, and that nothing leaves without its approval.

use super::world::{World, ada, grace as bob, noon};
use chrono::Duration;
use masthead::domain::review::NoteKind;
use masthead::domain::{
    Author, ChannelName, Content, EditorDraft, LocalTime, Plan, PostId, Review, ReviewRule,
    ScreenName, Variant,
};
use masthead::store::StoreError;

fn planned() -> Content {
    Content {
        title: "Release day".to_owned(),
        text: "Version 2 is out.".to_owned(),
        plan: Plan::At(LocalTime::from_instant(noon(), chrono_tz::UTC)),
        scheduled: true,
        variants: vec![Variant::inherits("fosstodon"), Variant::inherits("outbox")],
        ..Content::default()
    }
}

fn required() -> World {
    let world = World::new();
    world
        .store
        .wait(|db| {
            db.set_review_rule(ReviewRule::Required);
            Ok(())
        })
        .expect("set");
    world
}

fn approve(world: &World, by: Author, id: PostId) -> Result<(), StoreError> {
    let revision = world.view(id).post.revision;
    let channels = ["fosstodon", "outbox"];
    let hashes = channels.map(|name| (ChannelName::new(name), "h".to_owned()));
    world
        .store
        .wait(move |db| db.approve_all(&by, id, Some(revision), &hashes, noon()))
}

fn due(world: &World) -> Vec<(String, bool)> {
    let due = world.store.wait(|db| db.due(noon(), &[], 9)).expect("read");
    due.into_iter()
        .map(|due| (due.delivery.channel.to_string(), due.unapproved))
        .collect()
}

fn waiting(world: &World) -> Vec<PostId> {
    let all = world.store.wait(|db| db.to_review(&bob(), 9, noon()));
    let all = all.expect("read").into_iter();
    all.map(|one| one.view.post.id).collect()
}

#[test]
fn a_review_is_asked_for_refused_with_a_reason_asked_for_again_and_given() {
    let world = World::new();
    let id = world.add(planned()).id;
    assert_eq!(world.view(id).review, Review::Draft);
    world
        .store
        .wait(move |db| db.ask_review(&ada(), id, "look at the date", noon()))
        .expect("asked");
    assert_eq!(world.view(id).review, Review::InReview);
    assert_eq!(waiting(&world), [id]);
    world
        .store
        .wait(move |db| db.request_changes(&bob(), id, "the link is old", noon()))
        .expect("said");
    assert_eq!(world.view(id).review, Review::ChangesRequested);
    assert!(waiting(&world).is_empty());
    world
        .store
        .wait(move |db| db.comment(&ada(), id, "I will fix it", noon()))
        .expect("said");
    assert_eq!(world.view(id).review, Review::ChangesRequested);
    world
        .store
        .wait(move |db| db.ask_review(&ada(), id, "", noon()))
        .expect("asked");
    approve(&world, bob(), id).expect("approved");
    assert_eq!(world.view(id).review, Review::Approved);
    let one = world
        .store
        .wait(move |db| db.reviewed(id, &bob(), noon()))
        .expect("read");
    let said: Vec<_> = one
        .notes
        .iter()
        .map(|note| (note.kind, note.author.as_str(), note.text.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (NoteKind::Asked, ada().as_str(), "look at the date"),
            (NoteKind::Changes, bob().as_str(), "the link is old"),
            (NoteKind::Comment, ada().as_str(), "I will fix it"),
            (NoteKind::Asked, ada().as_str(), ""),
        ]
    );
    assert_eq!(one.approvals.len(), 2);
}

#[test]
fn a_request_without_a_reason_and_an_empty_comment_are_refused() {
    let world = World::new();
    let id = world.add(planned()).id;
    let changes = world
        .store
        .wait(move |db| db.request_changes(&bob(), id, " ", noon()));
    assert!(matches!(changes, Err(StoreError::Refused(_))));
    let comment = world
        .store
        .wait(move |db| db.comment(&bob(), id, "\n", noon()));
    assert!(matches!(comment, Err(StoreError::Refused(_))));
}

#[test]
fn where_approvals_are_required_nothing_is_claimed_without_one() {
    let world = required();
    let id = world.add(planned()).id;
    assert_eq!(world.view(id).review, Review::InReview, "nobody had to ask");
    assert_eq!(waiting(&world), [id]);
    assert!(due(&world).iter().all(|(_, unapproved)| *unapproved));
    let delivery = world.view(id).deliveries[0].id;
    let lease = world.store.try_lead("test", noon()).expect("asks");
    let fence = lease.as_ref().expect("leads").fence;
    let claim = move |db: &mut masthead::store::Db| db.claim(fence, delivery, noon());
    assert!(!world.store.wait(claim).expect("answered"));
    let now = world
        .store
        .wait(move |db| db.make_due(&ada(), id, &[], noon()));
    assert!(matches!(now, Err(StoreError::Refused(why)) if why.contains("not approved")));
    approve(&world, bob(), id).expect("approved");
    assert!(due(&world).iter().all(|(_, unapproved)| !unapproved));
    assert!(waiting(&world).is_empty());
    assert!(world.store.wait(claim).expect("answered"));
}

#[test]
fn whoever_wrote_it_does_not_approve_it_also_after_a_colleague_has_rewritten_it() {
    let world = required();
    let id = world.add(planned()).id;
    let refused = approve(&world, ada(), id);
    assert!(matches!(refused, Err(StoreError::Refused(why)) if why.contains("somebody else")));
    world
        .edit(bob(), id, |content| content.text.push_str(" At last."))
        .expect("saved");
    assert!(approve(&world, bob(), id).is_err());
    approve(&world, ada(), id).expect("ada reads what bob wrote");
    assert_eq!(world.view(id).review, Review::Approved);
}

#[test]
fn a_self_approval_from_before_the_rule_lets_nothing_leave_under_it() {
    let world = World::new();
    let id = world.add(planned()).id;
    approve(&world, ada(), id).expect("nothing forbids it yet");
    world
        .store
        .wait(|db| {
            db.set_review_rule(ReviewRule::Required);
            Ok(())
        })
        .expect("set");
    assert!(due(&world).iter().all(|(_, unapproved)| *unapproved));
}

#[test]
fn a_changed_text_channel_or_option_takes_the_approval_back_and_a_changed_time_does_not() {
    type Change = fn(&mut Content);
    let changes: [(Change, Review); 5] = [
        (|it| it.text.push('!'), Review::InReview),
        (|it| it.warning = Some("food".to_owned()), Review::InReview),
        (
            |it| it.variants.push(Variant::inherits("bluesky")),
            Review::InReview,
        ),
        (
            |it| {
                let later = LocalTime::from_instant(noon() + Duration::days(1), chrono_tz::UTC);
                it.plan = Plan::At(later);
            },
            Review::Approved,
        ),
        (|it| it.scheduled = false, Review::Approved),
    ];
    for (change, expected) in changes {
        let world = required();
        let id = world.add(planned()).id;
        approve(&world, bob(), id).expect("approved");
        world.edit(ada(), id, change).expect("saved");
        assert_eq!(world.view(id).review, expected);
        let one = world
            .store
            .wait(move |db| db.reviewed(id, &bob(), noon()))
            .expect("read");
        let lost = one.notes.iter().any(|note| note.kind == NoteKind::Lost);
        assert_eq!(lost, expected == Review::InReview);
        let before = one.last_approved.expect("what was approved is kept");
        assert_eq!(before.content.text, "Version 2 is out.");
        assert_eq!(before.author, bob());
    }
}

#[test]
fn a_planned_post_that_lost_its_approval_is_a_held_row_in_the_queue() {
    let world = required();
    let id = world.add(planned()).id;
    approve(&world, bob(), id).expect("approved");
    let row = |world: &World| {
        let queue = world.store.wait(|db| db.queue(9)).expect("read");
        // It stands once in the queue: in the section that its state asks for.
        let all: Vec<_> = queue.posts().map(|post| post.glyph().word()).collect();
        assert_eq!(all.len(), 1);
        assert_eq!(queue.review.len(), queue.review_total);
        assert_eq!(queue.next.len(), queue.next_total);
        (all[0], queue.review_total)
    };
    assert_eq!(row(&world), ("waiting", 0));
    world
        .edit(ada(), id, |content| content.text.push('!'))
        .expect("saved");
    assert_eq!(row(&world), ("in review", 1));
    world
        .store
        .wait(move |db| db.request_changes(&bob(), id, "why?", noon()))
        .expect("said");
    assert_eq!(row(&world), ("changes", 0));
}

#[test]
fn what_a_colleague_saved_meanwhile_is_not_approved_unseen() {
    let world = World::new();
    let id = world.add(planned()).id;
    let seen = world.view(id).post.revision;
    world
        .edit(ada(), id, |content| content.text.push('!'))
        .expect("saved");
    let hashes = [(ChannelName::new("outbox"), "h".to_owned())];
    let approved = world
        .store
        .wait(move |db| db.approve_all(&bob(), id, Some(seen), &hashes, noon()));
    assert!(matches!(approved, Err(StoreError::Refused(why)) if why.contains("meanwhile")));
}

#[test]
fn a_colleague_who_types_has_the_post_open_and_one_who_stopped_long_ago_has_not() {
    let world = World::new();
    let id = world.add(planned()).id;
    let draft = EditorDraft {
        key: "1-a/7".into(),
        goes_on: None,
        post: Some(id),
        channel: None,
        base_revision: 1,
        content: planned(),
        cursor: 0,
        at: noon(),
    };
    world
        .store
        .wait(move |db| db.save_draft(&ada(), &ScreenName::default(), &draft))
        .expect("kept");
    let open = |who: Author, minutes| {
        let now = noon() + Duration::minutes(minutes);
        let one = world.store.wait(move |db| db.reviewed(id, &who, now));
        one.expect("read").open_by.len()
    };
    assert_eq!(open(bob(), 2), 1);
    assert_eq!(open(ada(), 2), 0, "oneself is no colleague");
    assert_eq!(open(bob(), 30), 0);
}
