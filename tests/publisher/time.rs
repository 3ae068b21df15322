//! Time that jumps: sleep, a clock that is set, the days on which it changes, and many posts in one second.

use super::*;
use chrono::NaiveDate;
use chrono_tz::Europe::Oslo;

/// Adds a post that is due so many minutes from now.
fn due_in(room: &Room, minutes: i64, kind: Kind) -> Post {
    let at = room.clock.now() + Duration::minutes(minutes);
    room.add(&["a"], |content| {
        content.kind = kind;
        content.plan = Plan::At(LocalTime::from_instant(at, Tz::UTC));
        content.text = format!("due in {minutes}");
    })
}

/// Waits until a running publisher has brought a post into a state.
async fn until(room: &Room, post: &Post, state: DeliveryState) {
    let reached = timeout(Wait::from_secs(20), async {
        while room.delivery(post).state != state {
            tokio::time::sleep(Wait::from_millis(20)).await;
        }
    });
    assert!(reached.await.is_ok(), "{:?}", room.delivery(post));
}

#[tokio::test]
async fn after_three_hours_of_sleep_ad_hoc_is_missed_and_evergreen_leaves_one_by_one() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let call = due_in(&room, 30, Kind::AdHoc);
    let first = due_in(&room, 31, Kind::Evergreen);
    let second = due_in(&room, 32, Kind::Evergreen);
    let in_time = due_in(&room, 179, Kind::AdHoc);
    let (handle, _heard) = publisher::start(room.setup());
    tokio::time::sleep(Wait::from_millis(200)).await;
    assert!(fake.bodies().is_empty());
    room.clock.forward(Duration::hours(3));
    until(&room, &call, DeliveryState::Missed).await;
    until(&room, &first, DeliveryState::Published).await;
    until(&room, &in_time, DeliveryState::Published).await;
    while room.delivery(&second).reason != plan::TAKES_TURNS {
        tokio::time::sleep(Wait::from_millis(20)).await;
    }
    assert_eq!(fake.bodies().len(), 2, "{:?}", fake.bodies());
    room.clock.forward(Duration::minutes(15));
    until(&room, &second, DeliveryState::Published).await;
    handle.stop().await;
    assert_eq!(fake.bodies().len(), 3);
}

#[tokio::test]
async fn a_clock_set_back_by_an_hour_sends_nothing_twice_and_what_is_planned_at_its_time() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let left = due_in(&room, 0, Kind::AdHoc);
    room.once().await;
    let planned = due_in(&room, 10, Kind::AdHoc);
    room.clock.forward(-Duration::hours(1));
    for minute in 0..75 {
        room.once().await;
        let out = fake.bodies().len();
        assert_eq!(out, if minute < 70 { 1 } else { 2 }, "minute {minute}");
        room.clock.forward(Duration::minutes(1));
    }
    assert_eq!(room.delivery(&left).attempts, 1);
    assert_eq!(room.delivery(&planned).attempts, 1);
}

#[tokio::test]
async fn a_retry_is_not_held_up_for_an_hour_by_a_clock_that_was_set_back() {
    let fake = Fake::following([not_sent()]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |content| {
        content.kind = Kind::Evergreen;
        let planned = room.clock.now() - Duration::hours(2);
        content.plan = Plan::At(LocalTime::from_instant(planned, Tz::UTC));
    });
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
    room.clock.forward(-Duration::hours(1));
    room.once().await;
    room.clock.forward(Duration::seconds(10));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
}

#[tokio::test]
async fn late_posts_do_not_wait_for_the_hour_that_a_clock_was_set_back() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let evergreen = |hours: i64| {
        let at = room.clock.now() - Duration::hours(hours);
        room.add(&["a"], |content| {
            content.kind = Kind::Evergreen;
            content.plan = Plan::At(LocalTime::from_instant(at, Tz::UTC));
        })
    };
    let (first, second) = (evergreen(4), evergreen(3));
    let (handle, _heard) = publisher::start(room.setup());
    until(&room, &first, DeliveryState::Published).await;
    assert_eq!(room.delivery(&second).state, DeliveryState::Waiting);
    handle.stop().await;
    room.clock.forward(-Duration::hours(1));
    for _ in 0..16 {
        room.once().await;
        room.clock.forward(Duration::minutes(1));
    }
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn a_clock_set_forward_and_back_again_sends_each_post_once() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let posts: Vec<Post> = [10, 20, 70]
        .map(|minutes| due_in(&room, minutes, Kind::Evergreen))
        .into();
    room.clock.forward(Duration::hours(1));
    room.once().await;
    assert_eq!(fake.bodies(), ["due in 10 (answers nothing)"]);
    room.clock.forward(-Duration::hours(1));
    for _ in 0..100 {
        room.once().await;
        room.clock.forward(Duration::minutes(1));
    }
    assert_eq!(fake.bodies().len(), 3, "{:?}", fake.bodies());
    for post in &posts {
        let delivery = room.delivery(post);
        assert_eq!(
            (delivery.state, delivery.attempts),
            (DeliveryState::Published, 1)
        );
    }
}

#[tokio::test]
async fn the_machines_clock_alone_moves_neither_a_plan_nor_a_second_send() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let real = Hand::at("2026-11-10T08:00:00Z");
    let setup = || Setup {
        real_clock: Arc::new(real.clone()),
        ..room.setup()
    };
    room.add(&["a"], |_| ());
    let later = due_in(&room, 30, Kind::AdHoc);
    room.once_with(setup()).await;
    for hours in [1, -1, -1, 1] {
        real.forward(Duration::hours(hours));
        room.once_with(setup()).await;
    }
    assert_eq!(fake.bodies().len(), 1);
    assert_eq!(room.delivery(&later).state, DeliveryState::Waiting);
    room.clock.forward(Duration::minutes(30));
    room.once_with(setup()).await;
    assert_eq!(fake.bodies().len(), 2);
}

/// Turns the clock minute by minute and returns the instants at which something left.
async fn leaving(room: &Room, fake: &Fake, minutes: i64) -> Vec<String> {
    let mut left = Vec::new();
    for _ in 0..minutes {
        let before = fake.bodies().len();
        room.once().await;
        for _ in before..fake.bodies().len() {
            left.push(room.clock.now().format("%H:%M").to_string());
        }
        room.clock.forward(Duration::minutes(1));
    }
    left
}

fn in_oslo(room: &Room, day: (i32, u32, u32), clock: (u32, u32)) -> Post {
    let local = NaiveDate::from_ymd_opt(day.0, day.1, day.2)
        .and_then(|date| date.and_hms_opt(clock.0, clock.1, 0))
        .unwrap();
    room.add(&["a"], |content| {
        content.plan = Plan::At(LocalTime::new(local, Oslo));
    })
}

#[tokio::test]
async fn a_post_planned_in_the_hour_that_spring_skips_leaves_once_at_the_first_time_that_exists() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    *room.clock.0.lock().unwrap() = "2026-03-29T00:00:00Z".parse().unwrap();
    in_oslo(&room, (2026, 3, 29), (1, 59));
    in_oslo(&room, (2026, 3, 29), (2, 30));
    in_oslo(&room, (2026, 3, 29), (3, 30));
    // 01:59 is 00:59 UTC; at 01:00 UTC the clock goes from 02:00 to 03:00.
    assert_eq!(
        leaving(&room, &fake, 120).await,
        ["00:59", "01:00", "01:30"]
    );
}

#[tokio::test]
async fn a_post_planned_in_the_hour_that_autumn_repeats_leaves_once_the_first_time() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    *room.clock.0.lock().unwrap() = "2026-10-24T23:50:00Z".parse().unwrap();
    in_oslo(&room, (2026, 10, 25), (2, 0));
    in_oslo(&room, (2026, 10, 25), (2, 30));
    in_oslo(&room, (2026, 10, 25), (3, 0));
    // At 01:00 UTC the clock goes from 03:00 back to 02:00.
    assert_eq!(
        leaving(&room, &fake, 150).await,
        ["00:00", "00:30", "02:00"]
    );
}

#[tokio::test]
async fn a_hundred_posts_of_one_second_leave_once_on_each_channel_in_their_order() {
    let fakes = [(); 3].map(|()| Fake::following([]));
    let names = ["a", "b", "c"];
    let channels: Vec<(&str, Arc<Fake>)> = names
        .iter()
        .zip(&fakes)
        .map(|(name, fake)| (*name, Arc::clone(fake)))
        .collect();
    let room = Room::new(&channels);
    for number in 0..100 {
        room.add(&names, |content| content.text = format!("post {number}"));
    }
    room.once().await;
    let wanted: Vec<String> = (0..100)
        .map(|number| format!("post {number} (answers nothing)"))
        .collect();
    for fake in &fakes {
        assert_eq!(fake.bodies(), wanted);
    }
}

#[tokio::test]
async fn what_never_gets_through_is_tried_until_not_after_and_then_missed() {
    let fake = Fake::following(std::iter::repeat_with(not_sent).take(500));
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let end = room.clock.now() + Duration::minutes(20);
    let post = room.add(&["a"], |content| {
        content.kind = Kind::Evergreen;
        content.not_after = Some(LocalTime::from_instant(end, Tz::UTC));
    });
    while room.delivery(&post).state == DeliveryState::Waiting {
        assert!(room.clock.now() <= end);
        room.once().await;
        room.clock.forward(Duration::seconds(5));
    }
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Missed);
    assert_eq!(
        delivery.reason,
        "no network; its “not after” time comes before the next try"
    );
    // 5, 15, 45, 135 and 405 seconds apart, each a quarter more or less; then every ten minutes.
    assert!(
        (5..=7).contains(&delivery.attempts),
        "{}",
        delivery.attempts
    );
}

#[tokio::test]
async fn a_platform_that_asks_to_wait_beyond_not_after_is_not_asked_again() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let now = room.clock.now();
    let limited = Outcome::RateLimited {
        until: now + Duration::minutes(11),
        reason: "slow down".to_owned(),
    };
    fake.script.lock().unwrap().push_back(Act::Say(limited));
    let post = room.add(&["a"], |content| {
        content.kind = Kind::Evergreen;
        content.not_after = Some(LocalTime::from_instant(
            now + Duration::minutes(10),
            Tz::UTC,
        ));
    });
    for _ in 0..20 {
        room.once().await;
        room.clock.forward(Duration::minutes(1));
    }
    assert_eq!(room.delivery(&post).state, DeliveryState::Missed);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_clock_that_servers_say_is_wrong_is_noted_for_every_screen_until_it_is_right() {
    let room = Room::new(&[("a", Fake::following([]))]);
    let seconds = Arc::new(AtomicI64::new(94));
    let mut setup = room.setup();
    setup.real_clock = Arc::new(Compared(room.clock.clone(), Arc::clone(&seconds)));
    let (handle, mut heard) = publisher::start(setup);
    let mut noted = async |wanted: i64| {
        let said = timeout(Wait::from_secs(20), async {
            while room.store.wait(|db| db.clock_ahead()).unwrap() != Some(Duration::seconds(wanted))
            {
                tokio::time::sleep(Wait::from_millis(20)).await;
            }
            while heard.recv().await != Some(PublisherEvent::Changed) {}
        });
        assert!(said.await.is_ok(), "{wanted}");
    };
    noted(94).await;
    assert_eq!(room.store.wait(|db| db.queue(5)).unwrap().clock_ahead, 94);
    seconds.store(2, Ordering::SeqCst);
    noted(0).await;
    handle.stop().await;
}
