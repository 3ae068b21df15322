//! Months, the queue and lists.

use crate::world::{World, ada, at, name, noon, planned, shelved};
use masthead::domain::{Attachment, Content, DeliveryState, Glyph, Section, Summary};

fn titles(posts: &[Summary]) -> Vec<&str> {
    posts.iter().map(|post| post.title.as_str()).collect()
}

#[test]
fn a_month_has_its_posts_by_time_with_their_channels_in_the_order_of_the_configuration() {
    let world = World::new();
    world.add(planned("Second", at(12, 9), &["outbox", "fosstodon"]));
    world.add(planned("First", at(11, 9), &["bluesky"]));
    world.add(planned("Outside", at(20, 9), &["bluesky"]));
    world.add(planned("No channel", at(13, 9), &[]));
    world.add(shelved("On the shelf", &["bluesky"]));
    world.add(Content {
        trashed: true,
        ..planned("In the trash", at(12, 9), &["bluesky"])
    });
    let month = world
        .store
        .wait(|db| db.posts_between(at(11, 9).instant(), at(20, 9).instant()))
        .expect("a month");
    assert_eq!(titles(&month), ["First", "Second", "No channel"]);
    let channels: Vec<&str> = month[1]
        .channels
        .iter()
        .map(|one| one.channel.as_str())
        .collect();
    assert_eq!(channels, ["fosstodon", "outbox"]);
    assert_eq!(month[2].due_at, Some(at(13, 9).instant()));
    assert_eq!(
        (month[1].held, month[1].review),
        (false, masthead::domain::Review::Draft)
    );
}

#[test]
fn lists_and_the_outbox_know_which_pictures_lack_alt_text() {
    let world = World::new();
    let picture = |alt: &str| Attachment {
        hash: format!("hash of {alt}"),
        name: "cover.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 1_000,
        pixels: None,
        duration_ms: None,
        alt: alt.to_owned(),
        ..Attachment::default()
    };
    world.add(planned("Without pictures", at(11, 9), &["bluesky"]));
    let some = world.add(Content {
        attachments: vec![picture("a map"), picture(" "), picture("")],
        ..planned("Some missing", at(12, 9), &["bluesky"])
    });
    world.add(Content {
        attachments: vec![picture("a map")],
        ..planned("All there", at(13, 9), &["bluesky"])
    });
    let listed = || {
        let month = world
            .store
            .wait(|db| db.posts_between(at(11, 0).instant(), at(14, 0).instant()));
        let queue = world.store.wait(|db| db.queue(10)).expect("a queue");
        let outbox = world.store.wait(|db| db.outbox(Section::All, 10));
        let outbox = outbox.expect("an outbox").rows.into_iter();
        [
            without_alt(&month.expect("a month")),
            without_alt(&queue.next),
            outbox.map(|row| row.without_alt).collect(),
        ]
    };
    let same = |counts: [usize; 3]| [counts; 3].map(Vec::from);
    assert_eq!(listed(), same([0, 2, 0]));
    // The present revision counts, not the first.
    let edited = world.edit(ada(), some.id, |content| content.attachments.truncate(2));
    edited.expect("it is saved");
    assert_eq!(listed(), same([0, 1, 0]));
}

fn without_alt(posts: &[Summary]) -> Vec<usize> {
    posts.iter().map(|post| post.without_alt).collect()
}

#[test]
fn posts_of_the_same_second_stay_in_the_order_in_which_they_were_added() {
    let world = World::new();
    for title in ["a", "b", "c"] {
        world.add(planned(title, at(12, 9), &["outbox"]));
    }
    let month = world
        .store
        .wait(|db| db.posts_between(at(12, 0).instant(), at(13, 0).instant()))
        .expect("a month");
    assert_eq!(titles(&month), ["a", "b", "c"]);
    let due = world
        .store
        .wait(|db| db.due(at(12, 9).instant(), &[], 10))
        .expect("due");
    assert_eq!(
        due.iter()
            .map(|one| one.post.content.title.as_str())
            .collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let one = world
        .store
        .wait(|db| db.due(at(12, 9).instant(), &[], 1))
        .expect("due");
    assert_eq!(one.len(), 1);
}

#[test]
fn the_queue_has_what_needs_a_person_worst_first_then_what_leaves_next_then_undated() {
    use DeliveryState::{Failed, Missed, Published, Unknown};
    let world = World::new();
    let put = |title: &str, state| {
        let post = world.add(planned(title, at(12, 9), &["fosstodon", "outbox"]));
        world.put(&world.view(post.id).deliveries[0], state);
    };
    put("missed", Missed);
    put("failed", Failed);
    put("unknown", Unknown);
    put("half out", Published);
    let out = world.add(planned("out", at(9, 9), &["fosstodon"]));
    world.put(&world.view(out.id).deliveries[0], Published);
    world.add(shelved("undated", &["fosstodon"]));
    world.add(planned("soon", at(11, 9), &["fosstodon"]));
    world.add(Content {
        scheduled: false,
        ..planned("draft", at(13, 9), &["fosstodon"])
    });
    let queue = world.store.wait(|db| db.queue(50)).expect("a queue");
    assert_eq!(titles(&queue.needs_you), ["unknown", "failed", "missed"]);
    assert_eq!(
        titles(&queue.next),
        ["soon", "half out", "draft", "undated"]
    );
    assert_eq!((queue.needs_you_total, queue.next_total), (3, 4));
    assert_eq!(queue.next[2].glyph(), Glyph::Draft);
    assert_eq!(queue.needs_you[1].channels[0].reason, "because");
    let short = world.store.wait(|db| db.queue(2)).expect("a queue");
    assert_eq!((short.needs_you.len(), short.next.len()), (2, 2));
    assert_eq!((short.needs_you_total, short.next_total), (3, 4));
}

#[test]
fn publish_now_puts_a_post_from_the_shelf_on_today() {
    let world = World::new();
    let post = world.add(Content {
        scheduled: false,
        ..shelved("Now", &["fosstodon", "outbox"])
    });
    let due = world
        .store
        .wait(move |db| db.make_due(&ada(), post.id, &[name("outbox")], noon()));
    assert_eq!(due, Ok(1));
    let today = world
        .store
        .wait(|db| db.posts_between(noon(), at(11, 0).instant()))
        .expect("today");
    assert_eq!(titles(&today), ["Now"]);
    assert!(!today[0].held);
    let due = world.store.wait(|db| db.due(noon(), &[], 10)).expect("due");
    assert_eq!(
        due.iter()
            .map(|one| one.delivery.channel.as_str())
            .collect::<Vec<_>>(),
        ["outbox"]
    );
}

#[test]
fn a_list_is_by_time_with_undated_last_and_trashed_ones_only_when_asked_for() {
    let world = World::new();
    world.add(shelved("undated", &["outbox"]));
    world.add(planned("late", at(20, 9), &["outbox"]));
    world.add(planned("early", at(11, 9), &["outbox"]));
    world.add(Content {
        trashed: true,
        ..planned("trashed", at(12, 9), &["outbox"])
    });
    let list = |from: Option<u32>, trashed: bool| {
        let from = from.map(|day| at(day, 0).instant());
        let posts = world
            .store
            .wait(move |db| db.list(from, None, trashed, 10))
            .expect("a list");
        posts
            .into_iter()
            .map(|view| view.post.content.title)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(None, false), ["early", "late", "undated"]);
    assert_eq!(list(None, true), ["early", "trashed", "late", "undated"]);
    assert_eq!(list(Some(12), false), ["late"]);
}
