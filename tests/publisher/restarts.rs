//! What a later process knows of an earlier one: the pace of retries, and when a channel was last used.
//!
//! Each `once` is a publisher of its own, which knows nothing but what the database says.

use super::*;

fn waits(room: &Room, post: &Post) -> Duration {
    room.delivery(post).next_try.unwrap() - room.clock.now()
}

#[tokio::test]
async fn the_backoff_goes_on_over_restarts_even_when_nothing_was_attempted() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let first = room.add(&["a"], |content| {
        let later = room.clock.now() + Duration::hours(1);
        content.plan = Plan::At(LocalTime::from_instant(later, Tz::UTC));
    });
    // It cannot even be composed before the other one is out, so no attempt is ever on record.
    let answer = room.add(&["a"], |content| {
        content.reply_to = Some(ReplyTo::Post(first.id));
    });
    let mut pauses = Vec::new();
    for _ in 0..4 {
        room.once().await;
        assert_eq!(room.delivery(&answer).attempts, 0);
        let pause = waits(&room, &answer);
        pauses.push(pause);
        room.clock.forward(pause);
    }
    for pair in pauses.windows(2) {
        assert!(pair[1] > pair[0] * 3 / 2, "{pauses:?}");
    }
    let (id, now) = (answer.id, room.clock.now());
    let due = room
        .store
        .wait(move |db| db.make_due(&Author::from("tester"), id, &["a".into()], now));
    assert_eq!(due, Ok(1));
    room.once().await;
    assert!(waits(&room, &answer) < pauses[1], "a person began anew");
}

#[tokio::test]
async fn a_restart_between_two_late_posts_does_not_send_them_in_one_go() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let evergreen = |content: &mut Content| content.kind = Kind::Evergreen;
    room.add(&["a"], evergreen);
    room.clock.forward(Duration::hours(1));
    room.once().await;
    assert_eq!(fake.bodies().len(), 1);
    let late = room.add(&["a"], |content| {
        evergreen(content);
        let earlier = room.clock.now() - Duration::minutes(30);
        content.plan = Plan::At(LocalTime::from_instant(earlier, Tz::UTC));
    });
    room.clock.forward(Duration::minutes(5));
    room.once().await;
    assert_eq!(room.delivery(&late).reason, plan::TAKES_TURNS);
    assert_eq!(waits(&room, &late), Duration::minutes(10));
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_channel_with_much_due_does_not_keep_the_others_waiting() {
    let (slow, quick) = (Fake::following([]), Fake::following([]));
    let gate = Arc::new(Notify::new());
    let slow = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Arc::into_inner(slow).unwrap()
    });
    let room = Room::new(&[("a", Arc::clone(&slow)), ("b", Arc::clone(&quick))]);
    for _ in 0..300 {
        room.add(&["a"], |_| ());
    }
    let behind = room.add(&["b"], |_| ());
    let (handle, mut events) = publisher::start(room.setup());
    let published = async {
        while let Some(event) = events.recv().await {
            if matches!(&event, PublisherEvent::Settled(one) if one.post == behind.id) {
                return;
            }
        }
    };
    timeout(Wait::from_secs(30), published).await.unwrap();
    assert_eq!(room.delivery(&behind).state, DeliveryState::Published);
    assert_eq!(slow.bodies().len(), 1);
    handle.stop_claiming();
    gate.notify_one();
    handle.stop().await;
}

/// Leaves a delivery as a process does that ends between the outcomes of its first `parts` parts and the delivery's own.
fn ends_before_it_says_so(room: &Room, post: &Post, parts: u32) {
    let (id, now) = (room.delivery(post).id, room.clock.now());
    let lease = room.store.try_lead("dies", now).unwrap().unwrap();
    let fence = lease.fence;
    room.store
        .wait(move |db| {
            assert!(db.claim(fence, id, now)?);
            for part in 0..parts {
                let (request, end) = (AttemptRequest::default(), now + Duration::seconds(90));
                let attempt = db.begin_attempt(fence, id, part, &request, end, now)?;
                let there = Published {
                    id: format!("id {part}"),
                    permalink: Some(format!("https://fake.example/{part}")),
                    ..Published::default()
                };
                db.finish_attempt(attempt, &Outcome::Published(there), now)?;
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn what_is_there_counts_as_published_however_late_the_next_process_comes() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    ends_before_it_says_so(&room, &post, 1);
    room.clock.forward(Duration::days(3));
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    let permalink = delivery.permalink.as_deref();
    assert_eq!(permalink, Some("https://fake.example/0"));
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_thread_that_stopped_days_ago_has_failed_and_says_where() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    ends_before_it_says_so(&room, &post, 2);
    room.clock.forward(Duration::days(3));
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.reason.starts_with("stopped after part 2"));
    assert!(fake.bodies().is_empty());
}
