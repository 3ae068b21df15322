//! A part whose answer was lost is looked up, and sent again only when it is certainly not there.

use super::*;
use masthead::store::Mark;

fn lost() -> Act {
    Act::Say(Outcome::Unknown {
        reason: "the answer was lost".to_owned(),
    })
}

fn there(id: &str) -> Published {
    Published {
        id: id.to_owned(),
        cid: Some(format!("cid {id}")),
        permalink: Some(format!("https://fake.example/{id}")),
        note: None,
        ..Published::default()
    }
}

fn found(id: &str) -> LookUp {
    LookUp::Found(there(id))
}

fn unclear() -> LookUp {
    LookUp::cannot_tell("the server is away")
}

/// A channel that loses its first answer and then says these things when it is asked.
fn losing(looks: impl IntoIterator<Item = LookUp>) -> (Arc<Fake>, Room) {
    let fake = Fake::following([lost()]);
    fake.looks.lock().unwrap().extend(looks);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    (fake, room)
}

impl Fake {
    fn sent_count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    fn looked_count(&self) -> usize {
        self.looked.lock().unwrap().len()
    }
}

impl Room {
    /// Lets time pass and runs the publisher once.
    async fn later(&self, by: Duration) {
        self.clock.forward(by);
        self.once().await;
    }

    fn mark(&self, post: &Post, mark: Mark) -> Result<(), String> {
        let (id, now) = (post.id, self.clock.now());
        self.store
            .wait(move |db| db.mark(&Author::from("jane"), id, &"a".into(), &mark, now, now))
            .map_err(|error| error.to_string())
    }
}

const DEADLINE: Duration = Duration::seconds(90);
const MINUTE: Duration = Duration::minutes(1);

#[tokio::test]
async fn what_is_found_is_published_and_never_sent_again() {
    let (fake, room) = losing([found("42")]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let waiting = room.delivery(&post);
    assert_eq!(waiting.state, DeliveryState::Unknown);
    assert_eq!(waiting.next_try, Some(room.clock.now() + DEADLINE));
    room.later(DEADLINE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(
        delivery.permalink.as_deref(),
        Some("https://fake.example/42")
    );
    assert_eq!(delivery.remote_ids, ["42"]);
    room.later(Duration::hours(1)).await;
    assert_eq!((fake.sent_count(), fake.looked_count()), (1, 1));
}

#[tokio::test]
async fn absent_once_sends_nothing_and_absent_twice_sends_once_with_the_same_key() {
    let (fake, room) = losing([LookUp::Absent, LookUp::Absent, LookUp::Absent]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    room.later(Duration::seconds(59)).await;
    assert_eq!((fake.sent_count(), fake.looked_count()), (1, 1));
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    room.later(Duration::seconds(1)).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    // Twice to know, and once more at the last moment.
    assert_eq!((fake.sent_count(), fake.looked_count()), (2, 3));
    let sent = fake.sent.lock().unwrap().clone();
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn a_second_send_that_is_answered_500_is_looked_up_and_neither_failed_nor_sent_again() {
    // The first request arrived late after all, and the server stumbles over the repeated key.
    let absent = LookUp::Absent;
    let (fake, room) = losing([absent.clone(), absent.clone(), absent, found("42")]);
    fake.script.lock().unwrap().push_back(lost());
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    room.later(MINUTE).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    room.later(DEADLINE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.remote_ids, ["42"]);
    room.later(Duration::hours(1)).await;
    assert_eq!(fake.sent_count(), 2);
}

#[tokio::test]
async fn what_turns_up_at_the_last_moment_is_not_sent_again() {
    let (fake, room) = losing([LookUp::Absent, LookUp::Absent, found("42")]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    room.later(MINUTE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.remote_ids, ["42"]);
    assert_eq!(fake.sent_count(), 1);
}

#[tokio::test]
async fn a_platform_that_cannot_tell_at_the_last_moment_is_asked_again_before_anything_is_sent() {
    let (fake, room) = losing([LookUp::Absent, LookUp::Absent, unclear(), LookUp::Absent]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    room.later(MINUTE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert!(
        delivery.reason.contains("the server is away"),
        "{delivery:?}"
    );
    assert_eq!(fake.sent_count(), 1);
    room.later(MINUTE).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.sent_count(), 2);
}

#[tokio::test]
async fn what_is_found_absent_too_late_is_missed_and_not_sent() {
    let (fake, room) = losing([LookUp::Absent, LookUp::Absent]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(Duration::minutes(20)).await;
    room.later(MINUTE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Missed);
    assert!(delivery.reason.contains("it is not there"), "{delivery:?}");
    assert_eq!(fake.sent_count(), 1);
}

#[tokio::test]
async fn what_cannot_be_told_stays_unknown_says_what_was_seen_and_is_left_to_a_person_after_a_day()
{
    let (fake, room) = losing([]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Unknown);
    assert_eq!(
        delivery.reason,
        "the answer was lost; looked for it at 08:01 UTC: this platform cannot be asked"
    );
    for _ in 0..200 {
        room.later(Duration::minutes(15)).await;
    }
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    assert_eq!(room.delivery(&post).next_try, None);
    assert_eq!((fake.sent_count(), fake.looked_count()), (1, 28));
}

#[tokio::test]
async fn nobody_looks_before_the_deadline_not_even_another_process() {
    let (fake, room) = losing([LookUp::Absent]);
    room.add(&["a"], |_| ());
    room.once().await;
    let mut other = room.setup();
    other.store = Store::open(&room.database(), room.clock.now()).unwrap();
    for _ in 0..8 {
        room.clock.forward(Duration::seconds(11));
        room.once_with(other.clone()).await;
    }
    assert_eq!(fake.looked_count(), 0);
    room.clock.forward(Duration::seconds(2));
    room.once_with(other).await;
    assert_eq!(fake.looked_count(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_forward_and_back_does_not_bring_the_look_before_the_deadline() {
    let (fake, room) = losing([LookUp::Absent]);
    room.add(&["a"], |_| ());
    room.once().await;
    let mut setup = room.setup();
    // The plan's clock is an hour ahead of the real one, by which deadlines count.
    let ahead = Hand::at("2026-11-10T09:00:00Z");
    setup.plan_clock = Arc::new(ahead);
    room.once_with(setup).await;
    assert_eq!(fake.looked_count(), 0);
}

#[tokio::test]
async fn a_thread_goes_on_from_the_part_that_was_found() {
    let fake = Fake::following([Act::Publish, lost()]);
    fake.looks.lock().unwrap().push_back(found("42"));
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    assert!(room.delivery(&post).reason.starts_with("part 2 of 3: "));
    room.later(DEADLINE).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.remote_ids, ["id 1-1", "42", "id 1-3"]);
    assert_eq!(
        delivery.permalink.as_deref(),
        Some("https://fake.example/1-1")
    );
    assert_eq!(
        fake.bodies(),
        [
            "one (answers nothing)",
            "two (answers id 1-1)",
            "three (answers 42)"
        ]
    );
    // The first part is known, so that it is not taken for the second.
    assert_eq!(fake.looked.lock().unwrap()[0].taken, ["id 1-1"]);
}

#[tokio::test]
async fn a_part_that_was_found_too_late_for_the_rest_says_where_the_thread_stopped() {
    let (fake, room) = losing([found("42")]);
    let post = room.add_thread();
    room.once().await;
    room.later(Duration::hours(2)).await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(
        delivery.reason.starts_with("stopped after part 1"),
        "{delivery:?}"
    );
    assert_eq!(delivery.remote_ids, ["42"]);
    assert_eq!(fake.sent_count(), 1);
}

#[tokio::test]
async fn looks_are_remembered_over_a_restart() {
    let (fake, room) = losing([LookUp::Absent, LookUp::Absent, LookUp::Absent]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    let mut setup = room.setup();
    setup.store = Store::open(&room.database(), room.clock.now()).unwrap();
    room.once_with(setup.clone()).await;
    assert_eq!(fake.looked_count(), 1);
    room.clock.forward(MINUTE);
    room.once_with(setup).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.sent_count(), 2);
}

#[tokio::test]
async fn a_post_whose_process_died_is_looked_up_as_soon_as_its_deadline_has_passed() {
    let fake = Fake::following([]);
    fake.looks.lock().unwrap().push_back(found("42"));
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let lease = room.store.try_lead("dies", now).unwrap().unwrap();
    let fence = lease.fence;
    room.store
        .wait(move |db| {
            assert!(db.claim(fence, id, now)?);
            let request = AttemptRequest::default();
            db.begin_attempt(fence, id, 0, &request, now + DEADLINE, now)
        })
        .unwrap();
    drop(lease);
    room.later(Duration::seconds(89)).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
    assert_eq!(fake.looked_count(), 0);
    room.later(Duration::seconds(1)).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!((fake.sent_count(), fake.looked_count()), (0, 1));
}

#[tokio::test]
async fn a_running_publisher_looks_by_itself() {
    let (fake, room) = losing([found("42")]);
    let post = room.add(&["a"], |_| ());
    let (handle, mut events) = publisher::start(room.setup());
    let mut settled = async |state: DeliveryState| {
        let heard = async {
            loop {
                match events.recv().await.unwrap() {
                    PublisherEvent::Settled(settled) if settled.state == state => break,
                    _ => {}
                }
            }
        };
        timeout(Wait::from_secs(10), heard).await.unwrap();
    };
    settled(DeliveryState::Unknown).await;
    room.clock.forward(DEADLINE);
    handle.wake();
    settled(DeliveryState::Published).await;
    handle.stop().await;
    assert_eq!(room.delivery(&post).remote_ids, ["42"]);
    assert_eq!(fake.sent_count(), 1);
}

#[tokio::test]
async fn a_second_attempt_whose_answer_is_lost_is_looked_for_from_the_first_one_on() {
    let fake = Fake::following([lost(), lost()]);
    fake.looks.lock().unwrap().extend([
        LookUp::Absent,
        LookUp::Absent,
        LookUp::Absent,
        found("late"),
    ]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let begun = room.clock.now();
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.later(DEADLINE).await;
    room.later(MINUTE).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    room.later(DEADLINE).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    let looked = fake.looked.lock().unwrap().clone();
    assert!(looked.iter().all(|look| look.since == begun));
    assert_eq!(looked[3].request.key, looked[0].request.key);
    assert_eq!(fake.sent_count(), 2);
}

#[tokio::test]
async fn another_account_at_the_other_end_is_not_asked() {
    let (fake, room) = losing([LookUp::Absent, LookUp::Absent, LookUp::Absent]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let stranger = Fake {
        account: Some(Account {
            id: "2".to_owned(),
            handle: "@stranger".to_owned(),
        }),
        ..Fake::default()
    };
    let mut setup = room.setup();
    let stranger = Arc::new(stranger);
    setup
        .outlets
        .get_mut(&ChannelName::from("a"))
        .unwrap()
        .platform = Ok(Arc::clone(&stranger) as Arc<dyn Platform>);
    room.clock.forward(DEADLINE);
    room.once_with(setup).await;
    assert_eq!((fake.looked_count(), stranger.looked_count()), (0, 0));
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
}

#[tokio::test]
async fn a_person_who_says_it_is_not_there_has_it_sent_even_where_the_platform_cannot_tell() {
    let (fake, room) = losing([]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let early = room.mark(&post, Mark::NotThere).unwrap_err();
    assert!(early.contains("until 08:01:30 UTC"), "{early}");
    room.clock.forward(Duration::hours(3));
    room.mark(&post, Mark::NotThere).unwrap();
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.sent_count(), 2);
}

#[tokio::test]
async fn a_person_who_overlooked_it_does_not_double_it() {
    let (fake, room) = losing([found("42")]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.clock.forward(DEADLINE);
    room.mark(&post, Mark::NotThere).unwrap();
    room.once().await;
    assert_eq!(room.delivery(&post).remote_ids, ["42"]);
    assert_eq!(fake.sent_count(), 1);
}

#[tokio::test]
async fn a_person_who_says_where_it_is_lets_the_thread_go_on() {
    let (fake, room) = losing([]);
    let post = room.add_thread();
    room.once().await;
    assert!(
        room.mark(&post, Mark::ThereGoOn(Published::default()))
            .is_err()
    );
    room.mark(&post, Mark::ThereGoOn(there("42"))).unwrap();
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.remote_ids, ["42", "id 1-2", "id 1-3"]);
    assert_eq!(fake.bodies()[1], "two (answers 42)");
}

#[tokio::test]
async fn a_person_who_says_it_is_there_settles_it() {
    let (fake, room) = losing([]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.mark(&post, Mark::There(Published::default())).unwrap();
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.reason, "jane says that it is there");
    assert!(delivery.remote_ids.is_empty());
    room.later(Duration::hours(1)).await;
    assert_eq!((fake.sent_count(), fake.looked_count()), (1, 0));
    let again = room.mark(&post, Mark::NotThere).unwrap_err();
    assert!(again.contains("is published on a"), "{again}");
}
