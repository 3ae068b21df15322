//! A freeze at each moment, and what a thaw lets go.

use super::*;

#[tokio::test]
async fn what_is_due_while_frozen_does_not_leave_and_leaves_after_the_thaw() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.freeze();
    assert_eq!(room.once().await, []);
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
    assert!(fake.bodies().is_empty());
    room.thaw();
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_freeze_between_due_and_claim_refuses_the_claim() {
    let room = Room::new(&[("a", Fake::following([]))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let due = room.store.wait(move |db| db.due(now, &[], 10)).unwrap();
    assert_eq!(due.len(), 1);
    let lease = room.store.try_lead("test", now).unwrap().unwrap();
    room.freeze();
    let fence = lease.fence;
    let claimed = room.store.wait(move |db| db.claim(fence, id, now));
    assert_eq!(claimed, Ok(false));
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
}

/// A platform that is frozen over while its account is verified: after the claim, before the first byte.
#[derive(Debug)]
struct FrozenOver {
    inner: Arc<Fake>,
    database: PathBuf,
}

#[async_trait]
impl Platform for FrozenOver {
    async fn verify(&self) -> Result<Account, CallError> {
        let other = Store::open(&self.database, RealTime.now()).unwrap();
        let frozen = other.wait(|db| db.freeze(&Author::from("ola"), "stop", RealTime.now()));
        assert!(frozen.is_ok());
        self.inner.verify().await
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        self.inner.limits().await
    }

    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        self.inner.resolve_handles(handles).await
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        self.inner.find_post(address).await
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.inner.upload(media, bytes).await
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        self.inner.request(part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        self.inner.publish(request).await
    }
}

#[tokio::test]
async fn another_process_that_freezes_between_claim_and_first_byte_stops_it() {
    let fake = Fake::following([]);
    let mut room = Room::new(&[("a", Arc::clone(&fake))]);
    let database = room.database();
    let inner = Arc::clone(&fake);
    room.outlet("a").platform = Ok(Arc::new(FrozenOver { inner, database }));
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Waiting, 0)
    );
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_thaw_sends_what_is_late_and_leaves_out_what_is_not_where_that_was_chosen() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    room.freeze();
    let late = room.add(&["a"], |_| ());
    let over = room.add(&["a"], |content| {
        let end = room.clock.now() + Duration::minutes(5);
        content.not_after = Some(LocalTime::from_instant(end, Tz::UTC));
    });
    room.clock.forward(Duration::minutes(30));
    let unwanted = room.add(&["a"], |_| ());
    room.thaw_with(Choices::from([
        (late.id, Choice::Send),
        (over.id, Choice::Send),
        (unwanted.id, Choice::LeaveOut),
    ]));
    room.once().await;
    assert_eq!(room.delivery(&late).state, DeliveryState::Published);
    assert_eq!(room.delivery(&over).state, DeliveryState::Missed);
    let skipped = room.delivery(&unwanted);
    assert_eq!(
        (skipped.state, skipped.reason.as_str()),
        (
            DeliveryState::Skipped,
            "left out by tester when everything was thawed"
        )
    );
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_thaw_lets_one_a_channel_leave_and_the_others_take_turns_and_what_is_too_late_is_missed()
{
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    room.freeze();
    let old = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(10));
    let first = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(1));
    let second = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(9));
    assert_eq!(room.thaw().len(), 3);
    let missed = room.delivery(&old);
    assert_eq!(missed.state, DeliveryState::Missed);
    assert_eq!(
        missed.reason,
        "its time passed while everything was frozen by tester, \"wrong link\""
    );
    room.once().await;
    assert_eq!(room.delivery(&first).state, DeliveryState::Published);
    let waits = room.delivery(&second);
    assert_eq!(
        (waits.state, waits.reason.as_str(), waits.next_try),
        (
            DeliveryState::Waiting,
            plan::TAKES_TURNS,
            Some(room.clock.now() + Duration::minutes(15))
        )
    );
    room.clock.forward(Duration::minutes(15));
    room.once().await;
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn a_leader_that_runs_obeys_a_freeze_and_a_thaw_of_another_process_within_two_seconds() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let other = Store::open(&room.database(), RealTime.now()).unwrap();
    let now = room.clock.now();
    let (handle, mut events) = publisher::start(room.setup());
    while !matches!(events.recv().await, Some(PublisherEvent::Leading)) {}
    tokio::time::sleep(Wait::from_millis(200)).await;
    other
        .wait(move |db| db.freeze(&Author::from("ola"), "", now))
        .unwrap();
    let changed = timeout(Wait::from_secs(2), async {
        while !matches!(events.recv().await, Some(PublisherEvent::Changed)) {}
    });
    assert!(changed.await.is_ok(), "the others are told");
    let post = room.add(&["a"], |_| ());
    handle.wake();
    tokio::time::sleep(Wait::from_millis(1500)).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
    other
        .wait(move |db| db.thaw(&Author::from("ola"), &[], now))
        .unwrap();
    let published = timeout(Wait::from_secs(2), async {
        loop {
            if let Some(PublisherEvent::Settled(settled)) = events.recv().await {
                return settled.state;
            }
        }
    });
    assert_eq!(published.await.ok(), Some(DeliveryState::Published));
    handle.stop().await;
}
