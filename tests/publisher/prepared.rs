//! What is worked out before the first byte leaves: problems, pictures, answers, mentions.

use super::*;

#[tokio::test]
async fn a_problem_refuses_the_delivery_before_any_attempt() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |content| content.text = "x".repeat(501));
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(!delivery.reason.is_empty());
    assert_eq!(delivery.attempts, 0);
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_retry_is_the_same_to_the_byte_though_its_pictures_took_seconds_to_upload() {
    let fake = Fake::following([Act::Say(Outcome::NotReady {
        reason: "still processing".to_owned(),
    })]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    *fake.slow.lock().unwrap() = Some(room.clock.clone());
    let post = room.add(&["a"], |content| {
        content.attachments = vec![masthead::domain::Attachment {
            hash: "abc".to_owned(),
            name: "graph.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 7,
            pixels: Some((10, 10)),
            duration_ms: None,
            alt: "a graph".to_owned(),
            ..masthead::domain::Attachment::default()
        }];
    });
    room.once().await;
    assert_eq!(room.delivery(&post).reason, "still processing");
    room.clock.forward(Duration::seconds(10));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(*fake.uploads.lock().unwrap(), ["abc"]);
    assert_eq!(fake.received.lock().unwrap()[0].1, b"picture");
    let sent = fake.sent.lock().unwrap();
    assert_eq!(sent[0].media_refs, ["upload abc"]);
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn an_answer_to_our_own_post_waits_for_it_and_then_names_it() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let later = room.clock.now() + Duration::minutes(2);
    let first = room.add(&["a"], |content| {
        content.plan = Plan::At(LocalTime::from_instant(later, Tz::UTC));
    });
    let answer = room.add(&["a"], |content| {
        content.reply_to = Some(ReplyTo::Post(first.id));
    });
    room.once().await;
    let waiting = room.delivery(&answer);
    assert_eq!(waiting.state, DeliveryState::Waiting);
    assert_eq!(waiting.reason, "it answers post 1, which is not out yet");
    room.clock.forward(Duration::minutes(3));
    room.once().await;
    room.clock.forward(Duration::minutes(1));
    room.once().await;
    assert_eq!(room.delivery(&answer).state, DeliveryState::Published);
    assert_eq!(
        fake.bodies(),
        ["Hello (answers nothing)", "Hello (answers id 1-1)"]
    );
}

#[tokio::test]
async fn an_answer_to_a_post_that_is_not_there_fails_and_names_it() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let answer = |address: &str| {
        let address = ReplyTo::Url(address.to_owned());
        room.add(&["a"], |content| content.reply_to = Some(address))
    };
    let lost = answer("https://fake.example/gone");
    let found = answer("https://fake.example/there");
    room.once().await;
    assert_eq!(
        room.delivery(&lost).reason,
        "the post it answers is not there: https://fake.example/gone"
    );
    assert_eq!(room.delivery(&found).state, DeliveryState::Published);
    assert_eq!(
        fake.bodies(),
        ["Hello (answers found https://fake.example/there)"]
    );
}

#[tokio::test]
async fn mentions_are_resolved_before_they_are_composed_and_remembered() {
    let mut room = Room::new(&[("a", Arc::new(Fake::default()))]);
    let fake = Arc::new(Fake {
        handles: BTreeMap::from([("ana.example.org".to_owned(), "did:plc:ana".to_owned())]),
        ..Fake::default()
    });
    let outlet = room.outlet("a");
    outlet.channel.like = Some(PlatformId::Bluesky);
    outlet.platform = Ok(Arc::clone(&fake) as Arc<dyn Platform>);
    room.add(&["a"], |content| {
        content.text = "Thanks @ana.example.org".to_owned();
    });
    room.once().await;
    assert_eq!(
        fake.bodies(),
        ["Thanks @ana.example.org (answers nothing)did:plc:ana"]
    );
    let facts = room.store.wait(|db| db.facts()).unwrap();
    assert_eq!(
        facts[&ChannelName::from("a")].handles["ana.example.org"].as_deref(),
        Some("did:plc:ana")
    );
}
