//! What is there and still worked on: looked at again beside everything else, over restarts, until it has ended.

use super::*;
use masthead::domain::Watch;

const STILL: &str = "they are still at it";

fn there(note: Option<&str>, watch: Watch) -> Published {
    Published {
        id: "film 1".to_owned(),
        permalink: Some("https://fake.example/film".to_owned()),
        note: note.map(str::to_owned),
        watch,
        ..Published::default()
    }
}

fn goes_on() -> Published {
    let left = "pictures".to_owned();
    there(Some(STILL), Watch::GoesOn { left })
}

fn spoiled() -> Published {
    let reason = "it is there, but broken: delete it there".to_owned();
    there(None, Watch::Spoiled { reason })
}

/// A platform that is still at what it published.
fn at_work() -> Arc<Fake> {
    Fake::following([Act::Say(Outcome::Published(goes_on()))])
}

fn says(fake: &Fake, said: impl IntoIterator<Item = Result<Published, CallError>>) {
    fake.watches.lock().unwrap().extend(said);
}

fn count(fake: &Fake) -> usize {
    fake.watched.lock().unwrap().len()
}

async fn until(holds: impl Fn() -> bool) {
    let waited = async {
        while !holds() {
            tokio::time::sleep(Wait::from_millis(20)).await;
        }
    };
    timeout(Wait::from_secs(60), waited).await.expect("in time");
}

#[tokio::test]
async fn what_is_still_worked_on_is_published_and_looked_at_until_it_is_over() {
    let fake = at_work();
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.reason, STILL);
    assert_eq!(count(&fake), 0);
    let away = CallError::Unavailable("no network".to_owned());
    says(
        &fake,
        [Ok(goes_on()), Err(away), Ok(there(None, Watch::Over))],
    );
    for looked in 1..=3 {
        assert_eq!(room.delivery(&post).reason, STILL);
        let settled = room.once().await;
        assert_eq!(count(&fake), looked);
        assert_eq!(settled.len(), usize::from(looked == 3), "news is told once");
        // Nothing is looked at twice in a minute.
        room.once().await;
        assert_eq!(count(&fake), looked);
        room.clock.forward(Duration::minutes(2));
    }
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.reason, "");
    assert_eq!(delivery.remote_ids, ["film 1"]);
    room.once().await;
    assert_eq!(count(&fake), 3, "it is over");
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn what_is_spoiled_has_failed_with_its_address_and_no_retry_sends_a_second_one() {
    let fake = at_work();
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    says(&fake, [Ok(spoiled())]);
    let settled = room.once().await;
    assert_eq!(settled[0].state, DeliveryState::Failed);
    let failed = |room: &Room| {
        let delivery = room.delivery(&post);
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert_eq!(delivery.reason, "it is there, but broken: delete it there");
        assert_eq!(
            delivery.permalink.as_deref(),
            Some("https://fake.example/film")
        );
        assert_eq!(delivery.remote_ids, ["film 1"]);
    };
    failed(&room);
    // A person who tries again has it looked at again, whatever was changed in the post meanwhile.
    let again = |room: &Room| {
        let (id, now) = (post.id, room.clock.now());
        let author = Author::from("tester");
        let due = room
            .store
            .wait(move |db| db.make_due(&author, id, &[], now))
            .unwrap();
        assert_eq!(due, 1);
    };
    room.change(&post, |content| content.text = "Another film".to_owned());
    says(&fake, [Ok(spoiled()), Ok(there(None, Watch::Over))]);
    again(&room);
    room.once().await;
    failed(&room);
    // It was mended there.
    again(&room);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.bodies(), ["Hello (answers nothing)"], "sent once");
}

#[tokio::test]
async fn what_is_spoiled_at_once_has_failed_and_is_there_all_the_same() {
    let fake = Fake::following([Act::Say(Outcome::Published(spoiled()))]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert_eq!(delivery.remote_ids, ["film 1"]);
    assert!(delivery.permalink.is_some());
    room.clock.forward(Duration::minutes(5));
    room.once().await;
    assert_eq!((count(&fake), fake.bodies().len()), (0, 1));
    // It can be deleted there from here.
    let (channel, author) = (ChannelName::from("a"), Author::from("tester"));
    let gone = publisher::remove(room.setup(), &author, post.id, &channel).await;
    assert_eq!(gone.unwrap().len(), 1);
    assert_eq!(*fake.corrected.lock().unwrap(), ["delete film 1"]);
    assert_eq!(room.delivery(&post).state, DeliveryState::Skipped);
}

#[tokio::test]
async fn a_slow_look_holds_nothing_up_and_goes_on_after_a_restart() {
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        script: Mutex::new([Act::Say(Outcome::Published(goes_on()))].into()),
        watch_gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let (handle, _events) = publisher::start(room.setup());
    until(|| count(&fake) == 1).await;
    // The channel is watched, and sends all the same.
    let other = room.add(&["a"], |_| ());
    until(|| room.delivery(&other).state == DeliveryState::Published).await;
    timeout(Wait::from_secs(20), handle.stop())
        .await
        .expect("it ends while a look is under way");
    // Whoever looked then may come to its end, too.
    says(
        &fake,
        [Ok(there(None, Watch::Over)), Ok(there(None, Watch::Over))],
    );
    gate.notify_one();
    gate.notify_one();
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(room.delivery(&post).reason, "");
}

#[tokio::test]
async fn after_two_days_only_a_person_can_tell() {
    let fake = at_work();
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.clock.forward(Duration::hours(49));
    says(&fake, [Ok(goes_on())]);
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(
        delivery.reason,
        "they are still at it, two days later too: look at it there"
    );
    room.clock.forward(Duration::hours(49));
    room.once().await;
    assert_eq!(count(&fake), 1);
}

#[tokio::test]
async fn what_a_person_did_there_meanwhile_is_not_written_over() {
    let fake = Arc::new(Fake {
        script: Mutex::new([Act::Say(Outcome::Published(goes_on()))].into()),
        editable: true,
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let (channel, author) = (ChannelName::from("a"), Author::from("tester"));
    publisher::amend(room.setup(), &author, post.id, &channel)
        .await
        .unwrap();
    let edited = room.delivery(&post).reason;
    assert!(edited.contains("edited there"), "{edited}");
    says(&fake, [Ok(goes_on()), Ok(spoiled())]);
    room.once().await;
    assert_eq!(room.delivery(&post).reason, edited);
    publisher::remove(room.setup(), &author, post.id, &channel)
        .await
        .unwrap();
    let deleted = room.delivery(&post);
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(room.delivery(&post), deleted);
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(count(&fake), 2, "what is deleted is not looked at");
}

#[tokio::test]
async fn a_clock_that_was_set_back_by_an_hour_does_not_put_a_look_off_by_one() {
    let fake = at_work();
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.once().await;
    assert_eq!(count(&fake), 1);
    room.clock.forward(Duration::hours(-1));
    says(&fake, [Ok(there(None, Watch::Over))]);
    room.once().await;
    assert_eq!(count(&fake), 2);
    assert_eq!(room.delivery(&post).reason, "");
}
