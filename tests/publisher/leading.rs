//! Whoever leads, one after the other: what it sends when, what it keeps first, how it stops and who takes over.

use super::*;

#[tokio::test]
async fn a_process_that_lost_the_lead_sends_nothing() {
    let mut fake = Fake::default();
    let room = Room::new(&[("a", Arc::new(Fake::default()))]);
    fake.usurped = Some(room.database());
    let fake = Arc::new(fake);
    let mut room = room;
    room.outlet("a").platform = Ok(Arc::clone(&fake) as Arc<dyn Platform>);
    let post = room.add(&["a"], |_| ());
    let (events, _heard) = mpsc::unbounded_channel();
    let (_stop, stopped) = watch::channel(false);
    let ended = publisher::once(room.setup(), Scope::Everything, events, stopped).await;
    assert!(ended.is_err(), "{ended:?}");
    assert!(fake.bodies().is_empty());
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
}

#[tokio::test]
async fn the_attempt_is_on_disk_before_the_first_byte_leaves() {
    let mut room = Room::new(&[("a", Arc::new(Fake::default()))]);
    let fake = Arc::new(Fake {
        witness: Some(room.database()),
        ..Fake::default()
    });
    room.outlet("a").platform = Ok(Arc::clone(&fake) as Arc<dyn Platform>);
    let post = room.add_thread();
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
}

#[tokio::test]
async fn one_channels_trouble_holds_nothing_else_up() {
    let gate = Arc::new(Notify::new());
    let stuck = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let quick = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&stuck)), ("b", Arc::clone(&quick))]);
    let both = room.add(&["a", "b"], |_| ());
    let second = room.add(&["b"], |_| ());
    let (handle, mut heard) = publisher::start(room.setup());
    let mut out = 0;
    while out < 2 {
        let event = timeout(Wait::from_secs(10), heard.recv()).await.unwrap();
        if let Some(PublisherEvent::Settled(settled)) = event {
            assert_eq!(settled.channel.as_str(), "b");
            assert_eq!(settled.state, DeliveryState::Published);
            out += 1;
        }
    }
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
    assert_eq!(room.delivery(&both).state, DeliveryState::Publishing);
    gate.notify_one();
    handle.stop().await;
    assert_eq!(room.delivery(&both).state, DeliveryState::Published);
}

#[tokio::test]
async fn stopping_waits_for_the_call_in_flight_and_then_gives_up_the_lead() {
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let first = room.add(&["a"], |_| ());
    let second = room.add(&["a"], |_| ());
    let (handle, mut heard) = publisher::start(room.setup());
    loop {
        let event = timeout(Wait::from_secs(10), heard.recv()).await.unwrap();
        if matches!(event, Some(PublisherEvent::Sending { .. })) {
            break;
        }
    }
    while fake.bodies().is_empty() {
        tokio::time::sleep(Wait::from_millis(5)).await;
    }
    handle.stop_claiming();
    tokio::time::sleep(Wait::from_millis(200)).await;
    assert!(!handle.has_ended());
    gate.notify_one();
    timeout(Wait::from_secs(10), handle.stop()).await.unwrap();
    assert_eq!(room.delivery(&first).state, DeliveryState::Published);
    assert_eq!(room.delivery(&second).state, DeliveryState::Waiting);
    let lead = room.store.try_lead("next", room.clock.now()).unwrap();
    assert!(lead.is_some());
}

#[tokio::test]
async fn the_running_publisher_sends_within_a_second_of_the_time_and_sees_other_processes() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let setup = Setup {
        plan_clock: Arc::new(RealTime),
        real_clock: Arc::new(RealTime),
        ..room.setup()
    };
    let (handle, mut heard) = publisher::start(setup);
    while timeout(Wait::from_secs(10), heard.recv()).await.unwrap() != Some(PublisherEvent::Leading)
    {
    }
    // Another process adds it, so nobody wakes this one.
    let other = Store::open(&room.database(), RealTime.now()).unwrap();
    let due = RealTime.now() + Duration::milliseconds(1700);
    let content = Content {
        text: "Hello".to_owned(),
        plan: Plan::At(LocalTime::from_instant(due, Tz::UTC)),
        scheduled: true,
        variants: vec![Variant::inherits("a")],
        ..Content::default()
    };
    other
        .wait(move |db| db.add_post(&Author::from("other"), &content, None, due))
        .unwrap();
    loop {
        let event = timeout(Wait::from_secs(10), heard.recv()).await.unwrap();
        if matches!(event, Some(PublisherEvent::Settled(_))) {
            break;
        }
    }
    handle.stop().await;
    let late = fake.sent_at.lock().unwrap()[0] - due;
    assert!(late >= Duration::milliseconds(-1), "{late} early");
    assert!(late < Duration::seconds(1), "{late} late");
}

#[tokio::test]
async fn a_second_publisher_stands_by_and_takes_over() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let (first, mut heard) = publisher::start(room.setup());
    while timeout(Wait::from_secs(10), heard.recv()).await.unwrap() != Some(PublisherEvent::Leading)
    {
    }
    let other = Store::open(&room.database(), room.clock.now()).unwrap();
    let (second, mut second_heard) = publisher::start(Setup {
        store: other,
        holder: "second".to_owned(),
        ..room.setup()
    });
    let stands_by = timeout(Wait::from_secs(10), second_heard.recv())
        .await
        .unwrap();
    assert_eq!(
        stands_by,
        Some(PublisherEvent::NotLeading {
            holder: "test".to_owned()
        })
    );
    first.stop().await;
    while timeout(Wait::from_secs(10), second_heard.recv())
        .await
        .unwrap()
        != Some(PublisherEvent::Leading)
    {}
    second.stop().await;
}
