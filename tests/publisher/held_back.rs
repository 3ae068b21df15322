//! What does not leave: late, in the trash, on a channel that cannot be used, while the clock is set.

use super::*;

#[tokio::test]
async fn past_its_grace_or_not_after_it_is_missed_and_nothing_is_sent() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let now = room.clock.now();
    let late = room.add(&["a"], |_| ());
    let ended = room.add(&["a"], |content| {
        content.kind = Kind::Evergreen;
        content.not_after = Some(LocalTime::from_instant(now + Duration::minutes(3), Tz::UTC));
    });
    room.clock.forward(Duration::minutes(16));
    room.once().await;
    assert_eq!(room.delivery(&late).state, DeliveryState::Missed);
    assert_eq!(room.delivery(&ended).state, DeliveryState::Missed);
    assert_eq!(
        room.delivery(&ended).reason,
        "its “not after” time has passed"
    );
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn after_a_downtime_late_posts_leave_a_quarter_of_an_hour_apart() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let evergreen = |content: &mut Content| content.kind = Kind::Evergreen;
    let first = room.add(&["a"], evergreen);
    let second = room.add(&["a"], evergreen);
    room.clock.forward(Duration::hours(1));
    room.once().await;
    assert_eq!(room.delivery(&first).state, DeliveryState::Published);
    let waiting = room.delivery(&second);
    assert_eq!(waiting.state, DeliveryState::Waiting);
    assert_eq!(waiting.reason, plan::TAKES_TURNS);
    assert_eq!(
        waiting.next_try,
        Some(room.clock.now() + Duration::minutes(15))
    );
    room.clock.forward(Duration::minutes(15));
    room.once().await;
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
}

#[tokio::test]
async fn another_account_than_the_pinned_one_is_refused_and_named() {
    let other = Arc::new(Fake {
        account: Some(Account {
            id: "2".to_owned(),
            handle: "@other".to_owned(),
        }),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&other))]);
    let mine = Account {
        id: "1".to_owned(),
        handle: "@mine".to_owned(),
    };
    room.store
        .wait(move |db| db.pin_account(&"a".into(), &mine))
        .unwrap();
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.reason.contains("@mine") && delivery.reason.contains("@other"));
    assert!(other.bodies().is_empty());
}

#[tokio::test]
async fn a_channel_without_a_readable_secret_waits_with_the_reason() {
    let mut room = Room::new(&[("a", Arc::new(Fake::default()))]);
    room.outlet("a").platform = Err("token_env `A` is not set".to_owned());
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert_eq!(delivery.reason, "token_env `A` is not set");
    assert_eq!(delivery.attempts, 0);
}

#[tokio::test]
async fn while_the_clock_is_set_only_what_stays_on_this_machine_leaves() {
    let (far, near) = (Fake::following([]), Fake::following([]));
    let mut room = Room::new(&[("far", Arc::clone(&far)), ("near", Arc::clone(&near))]);
    room.outlet("near").reach = Reach::ThisMachine;
    let post = room.add(&["far", "near"], |_| ());
    let setup = Setup {
        clock_state: ClockState::Set,
        ..room.setup()
    };
    room.once_with(setup).await;
    let states: Vec<DeliveryState> = room
        .deliveries(&post)
        .iter()
        .map(|delivery| delivery.state)
        .collect();
    assert_eq!(states, [DeliveryState::Waiting, DeliveryState::Published]);
    assert!(room.delivery(&post).reason.contains("MASTHEAD_NOW"));
    assert!(far.bodies().is_empty());
}

#[tokio::test]
async fn a_draft_and_a_post_in_the_trash_stay() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    room.add(&["a"], |content| content.scheduled = false);
    room.add(&["a"], |content| content.trashed = true);
    assert!(room.once().await.is_empty());
    assert!(fake.bodies().is_empty());
}
