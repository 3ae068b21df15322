//! Each way in which a create call ends, for one post and for a thread, and what becomes of the delivery.

use super::*;

#[tokio::test]
async fn a_thread_goes_out_in_order_and_each_part_answers_the_one_before() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    let settled = room.once().await;
    assert_eq!(settled.len(), 1);
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(
        delivery.permalink.as_deref(),
        Some("https://fake.example/1-1")
    );
    assert_eq!(delivery.remote_ids, ["id 1-1", "id 1-2", "id 1-3"]);
    assert_eq!(
        fake.bodies(),
        [
            "one (answers nothing)",
            "two (answers id 1-1)",
            "three (answers id 1-2)"
        ]
    );
}

#[tokio::test]
async fn a_thread_that_stopped_in_the_middle_resumes_at_the_part_that_did_not_leave() {
    let fake = Fake::following([Act::Publish, not_sent()]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert_eq!(delivery.reason, "part 2 of 3: no network");
    assert!(
        delivery
            .next_try
            .is_some_and(|next| next > room.clock.now())
    );
    room.clock.forward(Duration::seconds(30));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(
        fake.bodies(),
        [
            "one (answers nothing)",
            "two (answers id 1-1)",
            "two (answers id 1-1)",
            "three (answers id 1-2)"
        ]
    );
}

#[tokio::test]
async fn a_rejected_part_fails_the_delivery_and_says_which_part() {
    let refused = Act::Say(Outcome::Rejected {
        reason: "too rude".to_owned(),
    });
    let fake = Fake::following([Act::Publish, refused]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert_eq!(delivery.reason, "part 2 of 3: too rude");
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn lost_reply_is_unknown_and_never_sent_again() {
    let lost = Act::Say(Outcome::Unknown {
        reason: "the connection broke".to_owned(),
    });
    let fake = Fake::following([lost]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    for _ in 0..3 {
        room.once().await;
        room.clock.forward(Duration::minutes(5));
    }
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    let reason = room.delivery(&post).reason;
    assert!(reason.starts_with("the connection broke; "), "{reason}");
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_panic_in_the_call_is_unknown_too() {
    let fake = Fake::following([Act::Panic]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn an_attempt_that_a_dead_process_left_open_is_unknown_and_not_sent_again() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let lease = room.store.try_lead("dies", now).unwrap().unwrap();
    let fence = lease.fence;
    room.store
        .wait(move |db| {
            assert!(db.claim(fence, id, now)?);
            let request = AttemptRequest::default();
            db.begin_attempt(fence, id, 0, &request, now + Duration::seconds(90), now)
        })
        .unwrap();
    drop(lease);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_claim_that_a_dead_process_left_without_an_attempt_is_sent_once() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let lease = room.store.try_lead("dies", now).unwrap().unwrap();
    let fence = lease.fence;
    room.store.wait(move |db| db.claim(fence, id, now)).unwrap();
    drop(lease);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn what_did_not_leave_is_tried_again_with_the_same_key() {
    let fake = Fake::following([not_sent(), not_sent()]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    // Not before its next try.
    room.once().await;
    assert_eq!(fake.bodies().len(), 1);
    for _ in 0..2 {
        room.clock.forward(Duration::seconds(60));
        room.once().await;
    }
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(room.delivery(&post).attempts, 3);
    let keys: Vec<String> = fake
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.key.clone())
        .collect();
    assert_eq!(keys, ["1-1", "1-1", "1-1"]);
}

#[tokio::test]
async fn a_platform_that_asks_to_wait_is_obeyed() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let until = room.clock.now() + Duration::minutes(5);
    fake.script
        .lock()
        .unwrap()
        .push_back(Act::Say(Outcome::RateLimited {
            until,
            reason: "slow down".to_owned(),
        }));
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert!(delivery.next_try.is_some_and(|next| next >= until));
    room.clock.forward(Duration::minutes(4));
    room.once().await;
    assert_eq!(fake.bodies().len(), 1);
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
}

#[tokio::test]
async fn a_wait_beyond_the_grace_is_missed_at_once_and_says_why() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let until = room.clock.now() + Duration::minutes(20);
    fake.script
        .lock()
        .unwrap()
        .push_back(Act::Say(Outcome::RateLimited {
            until,
            reason: "slow down".to_owned(),
        }));
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Missed);
    assert_eq!(
        delivery.reason,
        "slow down; its grace of 15 min ends before the next try"
    );
}
