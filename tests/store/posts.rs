//! Posts, their deliveries, channels, approvals, drafts and pictures.

use crate::world::{World, ada, at, grace, minutes, name, noon, planned, shelved};
use chrono::{DateTime, Utc};
use masthead::domain::{
    Account, Attachment, CardPicture, CardUse, Channel, Content, DeliveryState, Kind, Limits,
    LinkCard, PageCard, Plan, PlatformId, PostId, ReplyTo, Review, ScreenName, Threading, Variant,
    Visibility,
};
use masthead::store::{EditorDraft, StoreError};

fn picture(hash: &str) -> Attachment {
    Attachment {
        hash: hash.to_owned(),
        name: "poster.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 1234,
        pixels: Some((640, 480)),
        duration_ms: None,
        alt: "A poster".to_owned(),
        ..Attachment::default()
    }
}

/// Every field set to something that is not its default.
fn everything() -> Content {
    let mut own = Variant::inherits("bluesky");
    own.set_own("Own text", "Master");
    Content {
        title: "Everything".to_owned(),
        text: "Master — 日本語 👩‍🔬\n\nend".to_owned(),
        kind: Kind::Evergreen,
        plan: Plan::At(at(12, 9)),
        scheduled: true,
        not_before: Some(at(11, 9)),
        not_after: Some(at(13, 9)),
        campaign: Some("Launch".to_owned()),
        tags: vec!["rust".to_owned(), "science".to_owned()],
        language: Some("nb".to_owned()),
        warning: Some("Long".to_owned()),
        visibility: Visibility::Unlisted,
        topic: Some("news".to_owned()),
        link: Some(LinkCard {
            url: "https://example.org".to_owned(),
            title: "Example".to_owned(),
            description: "A page".to_owned(),
        }),
        threading: Threading::Numbered,
        reply_to: Some(ReplyTo::Post(PostId(7))),
        attachments: vec![picture("aa"), picture("bb")],
        variants: vec![Variant::inherits("fosstodon"), own],
        pages: vec![PageCard {
            url: "https://example.org".to_owned(),
            title: "What the page said".to_owned(),
            description: "Its words".to_owned(),
            picture: Some(CardPicture {
                hash: "cc".to_owned(),
                mime: "image/jpeg".to_owned(),
                size: 12,
                pixels: (1200, 630),
            }),
            fetched_at: Some(noon()),
        }],
        card: CardUse::Off,
        trashed: false,
    }
}

#[test]
fn a_post_comes_back_as_it_was_saved() {
    let world = World::new();
    let added = world.add(everything());
    assert_eq!((added.id, added.revision), (PostId(1), 1));
    let view = world.view(added.id);
    assert_eq!(view.post, added);
    assert_eq!(view.post.content, everything());
    assert_eq!((&view.post.author, view.post.created_at), (&ada(), noon()));
}

#[test]
fn a_new_post_has_one_waiting_delivery_for_each_channel_at_the_instant_of_its_plan() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["bluesky", "fosstodon"]));
    let deliveries = world.view(post.id).deliveries;
    let due: DateTime<Utc> = "2026-11-12T08:00:00Z".parse().expect("an instant");
    let seen: Vec<_> = deliveries
        .iter()
        .map(|one| (one.channel.as_str(), one.platform, one.state, one.due_at))
        .collect();
    let waiting = DeliveryState::Waiting;
    assert_eq!(
        seen,
        [
            ("bluesky", PlatformId::Bluesky, waiting, Some(due)),
            ("fosstodon", PlatformId::Mastodon, waiting, Some(due)),
        ]
    );
}

#[test]
fn a_channel_that_is_not_there_is_named_and_nothing_is_added() {
    let world = World::new();
    let error = world
        .store
        .wait(|db| db.add_post(&ada(), &shelved("One", &["nowhere"]), None, noon()))
        .expect_err("refused");
    assert!(matches!(error, StoreError::NotFound(line) if line.contains("`nowhere`")));
    assert_eq!(
        world.store.wait(|db| db.list(None, None, true, 10)),
        Ok(vec![])
    );
}

#[test]
fn a_save_on_an_old_revision_is_a_conflict_that_brings_the_newer_post() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"]));
    let theirs = world
        .edit(grace(), post.id, |content| {
            content.text = "Theirs".to_owned()
        })
        .expect("saved");
    let mut mine = post.content.clone();
    mine.text = "Mine".to_owned();
    let saved = world
        .store
        .wait(move |db| db.save_post(&ada(), post.id, post.revision, &mine, "edited", noon()));
    assert_eq!(saved, Err(StoreError::Conflict(Box::new(theirs))));
    assert_eq!(world.view(post.id).post.content.text, "Theirs");
}

#[test]
fn a_save_that_changes_nothing_writes_nothing() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"]));
    let again = world.edit(grace(), post.id, |_| ()).expect("saved");
    assert_eq!(again, post);
}

#[test]
fn a_new_time_moves_the_deliveries_that_have_not_left_and_revives_those_that_failed() {
    use DeliveryState::{Failed, Published, Unknown, Waiting};
    let world = World::new();
    let post = world.add(planned(
        "One",
        at(12, 9),
        &["fosstodon", "bluesky", "outbox"],
    ));
    let deliveries = world.view(post.id).deliveries;
    world.put(&deliveries[0], Published);
    world.put(&deliveries[1], Failed);
    world
        .edit(ada(), post.id, |content| content.plan = Plan::At(at(14, 9)))
        .expect("moved");
    let moved = world.view(post.id).deliveries;
    assert_eq!(world.states(post.id), [Published, Waiting, Waiting]);
    assert_eq!(moved[0].due_at, Some(at(12, 9).instant()));
    assert_eq!(moved[1].due_at, Some(at(14, 9).instant()));
    assert_eq!((moved[1].reason.as_str(), moved[1].next_try), ("", None));
    world.put(&deliveries[1], Unknown);
    world
        .edit(ada(), post.id, |content| content.plan = Plan::At(at(15, 9)))
        .expect("moved");
    assert_eq!(world.states(post.id), [Published, Unknown, Waiting]);
}

#[test]
fn a_post_that_has_left_everywhere_refuses_another_time_but_not_another_text() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon"]));
    world.put(&world.view(post.id).deliveries[0], DeliveryState::Published);
    let moved = world.edit(ada(), post.id, |content| content.plan = Plan::At(at(14, 9)));
    assert!(matches!(moved, Err(StoreError::Refused(line)) if line.contains("has left")));
    world
        .edit(ada(), post.id, |content| content.text.push_str(" More."))
        .expect("saved");
}

#[test]
fn a_changed_text_keeps_the_time_that_publish_now_gave() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon"]));
    let due = world
        .store
        .wait(move |db| db.make_due(&ada(), post.id, &[], noon()));
    assert_eq!(due, Ok(1));
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
    assert_eq!(world.view(post.id).deliveries[0].due_at, Some(noon()));
}

#[test]
fn a_channel_that_is_taken_away_goes_unless_something_is_out_there() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon", "bluesky"]));
    let deliveries = world.view(post.id).deliveries;
    world
        .edit(ada(), post.id, |content| content.variants.truncate(1))
        .expect("saved");
    assert_eq!(world.states(post.id), [DeliveryState::Waiting]);
    for out_there in [
        DeliveryState::Publishing,
        DeliveryState::Unknown,
        DeliveryState::Published,
    ] {
        world.put(&deliveries[0], out_there);
        let saved = world.edit(ada(), post.id, |content| content.variants.clear());
        assert!(matches!(saved, Err(StoreError::Refused(line)) if line.contains("fosstodon")));
    }
}

#[test]
fn what_is_being_sent_cannot_be_trashed_and_may_be_edited() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon", "bluesky"]));
    world.put(
        &world.view(post.id).deliveries[0],
        DeliveryState::Publishing,
    );
    let trashed = world.edit(ada(), post.id, |content| content.trashed = true);
    assert!(matches!(trashed, Err(StoreError::Refused(line)) if line.contains("being sent")));
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
}

#[test]
fn a_changed_text_takes_approvals_back_and_a_changed_time_does_not() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon", "bluesky"]));
    let approve = |channel: &'static str| {
        world
            .store
            .wait(move |db| db.approve(&grace(), post.id, &name(channel), "hash", noon()))
    };
    approve("fosstodon").expect("approved");
    assert_eq!(world.view(post.id).review, Review::Draft);
    approve("bluesky").expect("approved");
    assert_eq!(world.view(post.id).review, Review::Approved);
    assert!(matches!(approve("outbox"), Err(StoreError::NotFound(_))));
    world
        .edit(ada(), post.id, |content| content.plan = Plan::At(at(13, 9)))
        .expect("moved");
    assert_eq!(world.view(post.id).review, Review::Approved);
    let held = world
        .store
        .wait(move |db| db.approvals(post.id))
        .expect("approvals");
    assert_eq!(held[&name("bluesky")].hash, "hash");
    world
        .edit(ada(), post.id, |content| content.text.push('!'))
        .expect("saved");
    assert_eq!(world.view(post.id).review, Review::Draft);
    assert!(
        world
            .store
            .wait(move |db| db.approvals(post.id))
            .expect("approvals")
            .is_empty()
    );
}

#[test]
fn what_is_typed_is_found_again_after_the_program_is_gone() {
    let world = World::new();
    let post = world.add(shelved("One", &["outbox"]));
    let draft = |post: Option<PostId>, text: &str, minute: i64| EditorDraft {
        key: post.map_or("new", |_| "one").into(),
        goes_on: None,
        post,
        channel: Some(name("outbox")),
        base_revision: 1,
        content: Content {
            text: text.to_owned(),
            ..Content::default()
        },
        cursor: text.len(),
        at: minutes(minute),
    };
    let drafts = [
        draft(None, "New", 0),
        draft(Some(post.id), "Hel", 1),
        draft(Some(post.id), "Hello", 2),
    ];
    for one in drafts.clone() {
        world
            .store
            .wait(move |db| db.save_draft(&ada(), &ScreenName::default(), &one))
            .expect("kept");
    }
    let second = world.second();
    assert_eq!(
        second.wait(|db| db.drafts(&ada(), &ScreenName::default())),
        Ok(vec![drafts[2].clone(), drafts[0].clone()])
    );
    assert_eq!(
        second.wait(|db| db.drafts(&grace(), &ScreenName::default())),
        Ok(vec![])
    );
    second
        .wait(|db| db.drop_drafts(&["one".into()]))
        .expect("dropped");
    assert_eq!(
        second.wait(|db| db.drafts(&ada(), &ScreenName::default())),
        Ok(vec![drafts[0].clone()])
    );
    second
        .wait(|db| db.drop_drafts(&["new".into()]))
        .expect("dropped");
    assert_eq!(
        second.wait(|db| db.drafts(&ada(), &ScreenName::default())),
        Ok(vec![])
    );
}

#[test]
fn a_channel_is_pinned_to_its_first_account_and_refuses_another() {
    let world = World::new();
    let pin = |id: &'static str| {
        let account = Account {
            id: id.to_owned(),
            handle: format!("@{id}@example.org"),
        };
        world
            .store
            .wait(move |db| db.pin_account(&name("fosstodon"), &account))
    };
    pin("1").expect("pinned");
    pin("1").expect("the same");
    let error = pin("2").expect_err("refused").to_string();
    assert!(
        error.contains("@1@example.org") && error.contains("@2@example.org"),
        "{error}"
    );
    let channels = world.store.wait(|db| db.channels()).expect("channels");
    assert_eq!(
        channels[0].account.as_ref().map(|one| one.id.as_str()),
        Some("1")
    );
}

#[test]
fn a_channel_that_leaves_the_configuration_keeps_its_history() {
    let world = World::new();
    let post = world.add(planned("One", at(12, 9), &["fosstodon"]));
    let mut own = Channel::new("bluesky", PlatformId::Bluesky);
    own.limit = Some(500);
    own.topic = Some("news".to_owned());
    let only = [own.clone()];
    world
        .store
        .wait(move |db| db.sync_channels(&only))
        .expect("synced");
    assert_eq!(world.store.wait(|db| db.channels()), Ok(vec![own]));
    assert_eq!(world.view(post.id).deliveries[0].channel, name("fosstodon"));
    let facts = world.store.wait(|db| db.facts()).expect("facts");
    let facts = &facts[&name("bluesky")];
    assert_eq!(facts.account_limit, Some(500));
    assert_eq!(facts.default_topic.as_deref(), Some("news"));
}

#[test]
fn limits_and_handles_are_kept_with_their_dates() {
    let world = World::new();
    let limits = Limits {
        max_characters: Some(11_000),
        fetched_at: Some(noon()),
        ..Limits::default()
    };
    let saved = limits.clone();
    let handles = vec![
        (
            "alice.example.org".to_owned(),
            Some("did:plc:alice".to_owned()),
        ),
        ("nobody.example.org".to_owned(), None),
    ];
    let resolved = handles.clone();
    world
        .store
        .wait(move |db| {
            db.save_limits(&name("bluesky"), &saved)?;
            db.save_handles(&name("bluesky"), &resolved, noon())
        })
        .expect("saved");
    let facts = world.store.wait(|db| db.facts()).expect("facts");
    assert_eq!(facts[&name("bluesky")].limits, Some(limits));
    assert_eq!(
        facts[&name("bluesky")].handles,
        handles.into_iter().collect()
    );
    let dates = world
        .store
        .wait(|db| db.handle_dates(&name("bluesky")))
        .expect("dates");
    assert_eq!(dates["nobody.example.org"], noon());
}

#[test]
fn no_change_is_lost_when_two_processes_save_the_same_post_at_once() {
    let world = World::new();
    let id = world.add(shelved("One", &["outbox"])).id;
    let race = [(world.store.clone(), 'a'), (world.second(), 'b')].map(|(store, letter)| {
        std::thread::spawn(move || {
            for _ in 0..25 {
                loop {
                    let post = store.wait(move |db| db.post(id)).expect("there").post;
                    let mut content = post.content;
                    content.text.push(letter);
                    let saved = store.wait(move |db| {
                        db.save_post(&ada(), id, post.revision, &content, "edited", noon())
                    });
                    match saved {
                        Ok(_) => break,
                        Err(StoreError::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        })
    });
    for thread in race {
        thread.join().expect("ended");
    }
    let post = world.view(id).post;
    assert_eq!(post.revision, 51);
    for letter in ['a', 'b'] {
        let end = post.content.text.rsplit('.').next().unwrap_or_default();
        assert_eq!(end.matches(letter).count(), 25);
    }
}

#[test]
fn the_master_that_a_stale_text_was_written_against_is_read_back_with_the_time_of_its_first_change()
{
    let world = World::new();
    let id = world.add(shelved("one", &["bluesky"])).id;
    let saved = |text: &'static str, own: bool, when: DateTime<Utc>| {
        let post = world.view(id).post;
        let mut content = post.content;
        content.text = text.to_owned();
        if own {
            let variant = content.variant_mut(&name("bluesky")).expect("goes there");
            variant.set_own("ours", text);
        }
        world
            .store
            .wait(move |db| db.save_post(&ada(), id, post.revision, &content, "edited", when))
            .expect("saved");
    };
    saved("two", true, minutes(1));
    assert!(world.view(id).seen_masters.is_empty());
    saved("three", false, minutes(2));
    saved("four", false, minutes(3));
    let seen = world.view(id).seen_masters;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].channel, name("bluesky"));
    assert_eq!(
        (seen[0].text.as_str(), seen[0].changed_at),
        ("two", minutes(2))
    );
    saved("two", false, minutes(4));
    assert!(world.view(id).seen_masters.is_empty());
}
