//! Sick disks and networks: nothing is lost, nothing is doubled, and what is the matter is said.

use super::*;
use masthead::publisher::Trouble;
use rusqlite::Connection;
use std::sync::atomic::Ordering;
use tokio::sync::mpsc::UnboundedReceiver;

/// How long a database is kept locked: longer than a writer waits for another one.
fn lock_time() -> Wait {
    match std::env::var_os("MASTHEAD_FULL") {
        Some(_) => Wait::from_secs(20),
        None => Wait::from_secs(8),
    }
}

/// Keeps the database of a room from being written.
fn lock(room: &Room) -> Connection {
    let other = Connection::open(room.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

async fn hear(
    heard: &mut UnboundedReceiver<PublisherEvent>,
    wanted: impl Fn(&PublisherEvent) -> bool,
) {
    let found = timeout(Wait::from_secs(60), async {
        loop {
            let event = heard.recv().await.expect("it runs");
            if wanted(&event) {
                return;
            }
        }
    });
    found.await.expect("it is said");
}

async fn hear_published(heard: &mut UnboundedReceiver<PublisherEvent>) {
    hear(heard, |event| {
        matches!(event, PublisherEvent::Settled(settled) if settled.state == DeliveryState::Published)
    })
    .await;
}

#[tokio::test]
async fn a_database_locked_before_the_claim_sends_nothing_and_then_each_post_once() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let (handle, mut heard) = publisher::start(room.setup());
    hear(&mut heard, |event| *event == PublisherEvent::Leading).await;
    let post = room.add(&["a"], |_| ());
    let held = lock(&room);
    handle.wake();
    let started = std::time::Instant::now();
    hear(&mut heard, |event| {
        matches!(event, PublisherEvent::Trouble(Trouble::Locked(_)))
    })
    .await;
    tokio::time::sleep(lock_time().saturating_sub(started.elapsed())).await;
    assert!(fake.bodies().is_empty(), "nothing leaves unrecorded");
    held.execute_batch("ROLLBACK").unwrap();
    hear(&mut heard, |event| *event == PublisherEvent::TroubleOver).await;
    room.clock.forward(Duration::seconds(10));
    hear_published(&mut heard).await;
    handle.stop().await;
    assert_eq!(room.delivery(&post).attempts, 1);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_database_locked_between_the_attempt_and_its_outcome_keeps_the_outcome_and_sends_once() {
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (handle, mut heard) = publisher::start(room.setup());
    while fake.bodies().is_empty() {
        tokio::time::sleep(Wait::from_millis(5)).await;
    }
    let held = lock(&room);
    gate.notify_one();
    tokio::time::sleep(lock_time()).await;
    held.execute_batch("ROLLBACK").unwrap();
    hear_published(&mut heard).await;
    handle.stop().await;
    let delivery = room.delivery(&post);
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Published, 1)
    );
    assert_eq!(delivery.remote_ids, ["id 1-1"]);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn an_hour_without_a_network_loses_nothing_doubles_nothing_and_is_said() {
    let fakes = [(); 2].map(|()| Arc::new(Fake::default()));
    let room = Room::new(&[("a", Arc::clone(&fakes[0])), ("b", Arc::clone(&fakes[1]))]);
    let start = room.clock.now();
    let planned = |minutes: i64, kind: Kind| {
        let at = LocalTime::from_instant(start + Duration::minutes(minutes), Tz::UTC);
        room.add(&["a", "b"], |content| {
            content.kind = kind;
            content.plan = Plan::At(at);
            content.text = format!("{kind:?} at {minutes}");
        })
    };
    let before = planned(0, Kind::AdHoc);
    let call = planned(5, Kind::AdHoc);
    let evergreen = planned(6, Kind::Evergreen);
    let at_the_end = planned(58, Kind::AdHoc);
    let offline = || room.store.wait(|db| db.queue(10)).unwrap().offline;
    for minute in 0..=120 {
        let away = (1..=60).contains(&minute);
        for fake in &fakes {
            fake.away.store(away, Ordering::SeqCst);
        }
        room.once().await;
        let said = offline();
        match minute {
            10 => {
                let said = said.expect("it is said");
                assert_eq!(said.since, start + Duration::minutes(5));
                assert_eq!(said.waiting, 4);
            }
            0..=4 | 90.. => assert_eq!(said, None, "minute {minute}"),
            _ => {}
        }
        room.clock.forward(Duration::minutes(1));
    }
    for post in [&before, &evergreen, &at_the_end] {
        for delivery in room.deliveries(post) {
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:?}");
        }
    }
    for delivery in room.deliveries(&call) {
        assert_eq!(delivery.state, DeliveryState::Missed);
        assert!(delivery.reason.starts_with("no network"), "{delivery:?}");
    }
    for fake in &fakes {
        let mut out = fake.arrived.lock().unwrap().clone();
        out.sort();
        out.dedup();
        assert_eq!(out.len(), 3, "{out:?}");
        assert_eq!(fake.arrived.lock().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_publisher_started_without_a_network_says_so_and_sends_once_there_is_one() {
    let fake = Arc::new(Fake::default());
    fake.away.store(true, Ordering::SeqCst);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let offline = room.store.wait(|db| db.queue(10)).unwrap().offline;
    assert_eq!(
        offline.map(|it| (it.since, it.waiting)),
        Some((room.clock.now(), 1))
    );
    fake.away.store(false, Ordering::SeqCst);
    room.clock.forward(Duration::seconds(10));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(room.store.wait(|db| db.queue(10)).unwrap().offline, None);
}

#[test]
fn a_full_disk_before_the_claim_and_before_the_outcome_loses_and_doubles_nothing() {
    if disk::own().is_none() {
        let test = "sick::inside_a_disk_of_three_megabytes";
        disk::on_a_small_one(3, test, "a real full disk:");
    }
}

#[tokio::test]
async fn inside_a_disk_of_three_megabytes() {
    let Some(own) = disk::own() else {
        return;
    };
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let (handle, mut heard) = publisher::start(room.setup());
    hear(&mut heard, |event| *event == PublisherEvent::Leading).await;
    let first = room.add(&["a"], |_| ());
    let filler = disk::fill(&own);
    handle.wake();
    hear(&mut heard, |event| {
        matches!(event, PublisherEvent::Trouble(Trouble::DiskFull(_)))
    })
    .await;
    tokio::time::sleep(Wait::from_secs(2)).await;
    assert!(fake.bodies().is_empty(), "nothing leaves unrecorded");
    // The text of a colleague is refused, not half written.
    let refused = room.store.wait(|db| {
        let content = Content {
            text: "typed".repeat(2_000),
            ..Content::default()
        };
        db.add_post(&Author::from("tester"), &content, None, RealTime.now())
    });
    let refused = refused.expect_err("there is no room").to_string();
    assert!(refused.contains("disk is full"), "{refused}");

    std::fs::remove_file(&filler).unwrap();
    hear(&mut heard, |event| *event == PublisherEvent::TroubleOver).await;
    room.clock.forward(Duration::seconds(10));
    while fake.bodies().is_empty() {
        tokio::time::sleep(Wait::from_millis(5)).await;
    }
    // It is on its way now: the disk is full again when its answer comes.
    let filler = disk::fill(&own);
    gate.notify_one();
    tokio::time::sleep(Wait::from_secs(3)).await;
    assert_eq!(room.delivery(&first).state, DeliveryState::Publishing);
    std::fs::remove_file(&filler).unwrap();
    hear_published(&mut heard).await;
    handle.stop().await;
    let delivery = room.delivery(&first);
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Published, 1)
    );
    assert_eq!(fake.bodies().len(), 1);
    println!(
        "a real full disk: 2 stages, 1 post, sent {} time",
        fake.bodies().len()
    );
}
