//! Deleting and editing what is out: parts in order, the intention on record, and nothing sent afterwards.

use super::{Act, Fake, Room};
use masthead::domain::{
    Author, Channel, ChannelName, Corrected, CorrectionKind, DeliveryState, Outcome, PlatformId,
};
use masthead::platforms::Platform;
use masthead::publisher::{self, ClockState, CorrectError};
use std::sync::Arc;

fn anna() -> Author {
    Author::from("anna")
}

fn a() -> ChannelName {
    ChannelName::from("a")
}

fn refused(reason: &str) -> Corrected {
    Corrected::Refused {
        reason: reason.to_owned(),
    }
}

fn answering(answers: Vec<Corrected>) -> Arc<Fake> {
    let fake = Fake {
        editable: true,
        ..Fake::default()
    };
    fake.corrections.lock().unwrap().extend(answers);
    Arc::new(fake)
}

#[tokio::test]
async fn every_part_of_a_thread_is_deleted_the_last_first_and_the_delivery_says_by_whom() {
    let fake = answering(vec![]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    let before = room.delivery(&post);
    let (setup, id) = (room.setup(), post.id);
    // In a task of its own, as the screen asks.
    let asking = tokio::spawn(async move { publisher::remove(setup, &anna(), id, &a()).await });
    let told = asking.await.unwrap().unwrap();
    assert!(told.iter().all(|one| one.outcome == Corrected::Done));
    let id = before.id;
    let asked = fake.corrected.lock().unwrap().clone();
    assert_eq!(
        asked,
        [3, 2, 1].map(|part| format!("delete id {id}-{part}"))
    );
    let after = room.delivery(&post);
    assert_eq!(after.state, DeliveryState::Published);
    assert_eq!(
        after.reason,
        "deleted there on 2026-11-10 08:00 UTC by anna"
    );
    assert_eq!(after.remote_ids, before.remote_ids);
    let again = publisher::remove(room.setup(), &anna(), post.id, &a()).await;
    assert!(matches!(&again, Err(CorrectError::Refused(why)) if why.contains("already")));
}

#[tokio::test]
async fn a_part_that_stays_stops_the_deletion_and_asking_again_goes_on_there() {
    let fake = answering(vec![Corrected::Done, refused("not allowed")]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    let told = publisher::remove(room.setup(), &anna(), post.id, &a())
        .await
        .unwrap();
    let words: Vec<&str> = told.iter().map(|one| one.outcome.word()).collect();
    assert_eq!(words, ["done", "refused"]);
    assert_eq!(
        room.delivery(&post).reason,
        "part 3 of 3: deleted there on 2026-11-10 08:00 UTC by anna"
    );
    let told = publisher::remove(room.setup(), &anna(), post.id, &a())
        .await
        .unwrap();
    let parts: Vec<u32> = told.iter().map(|one| one.there.part).collect();
    assert_eq!(parts, [1, 0]);
}

#[tokio::test]
async fn a_deletion_that_nobody_can_tell_of_is_noted_and_may_be_asked_again() {
    let lost = Corrected::Unknown {
        reason: "no answer".to_owned(),
    };
    let fake = answering(vec![lost.clone()]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| {});
    room.once().await;
    let told = publisher::remove(room.setup(), &anna(), post.id, &a())
        .await
        .unwrap();
    assert_eq!(told[0].outcome, lost);
    let reason = room.delivery(&post).reason;
    assert!(reason.contains("anna asked to delete it") && reason.contains("no answer"));
    let told = publisher::remove(room.setup(), &anna(), post.id, &a())
        .await
        .unwrap();
    assert_eq!(told[0].outcome, Corrected::Done);
    let id = room.delivery(&post).id;
    let kept = room.store.wait(move |db| db.corrections(id)).unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|one| one.kind == CorrectionKind::Delete));
}

#[tokio::test]
async fn an_edit_sends_the_present_text_where_the_platform_can_and_keeps_it() {
    let fake = answering(vec![]);
    let stubborn = Arc::new(Fake::default());
    let room = Room::new(&[("a", Arc::clone(&fake)), ("b", Arc::clone(&stubborn))]);
    let post = room.add(&["a", "b"], |_| {});
    room.once().await;
    let (id, now) = (post.id, room.clock.clone());
    let now = masthead::domain::Clock::now(&now);
    room.store
        .wait(move |db| {
            let mut content = db.post(id)?.post.content;
            content.text = "Hello again".to_owned();
            db.save_post(&anna(), id, post.revision, &content, "edited", now)
        })
        .unwrap();
    let told = publisher::amend(room.setup(), &anna(), id, &a())
        .await
        .unwrap();
    assert_eq!(told.outcome, Corrected::Done);
    let asked = fake.corrected.lock().unwrap().clone();
    assert!(asked[0].starts_with("edit id ") && asked[0].ends_with("Hello again"));
    let deliveries = room.store.wait(move |db| db.post(id)).unwrap().deliveries;
    assert!(deliveries[0].reason.starts_with("edited there on "));
    let delivery = deliveries[0].id;
    let kept = room.store.wait(move |db| db.corrections(delivery)).unwrap();
    assert_eq!(kept[0].text.as_deref(), Some("Hello again"));
    let cannot = publisher::amend(room.setup(), &anna(), id, &ChannelName::from("b")).await;
    assert!(matches!(&cannot, Err(CorrectError::Refused(why)) if why.contains("cannot be edited")));
    assert_eq!(stubborn.corrected.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn threads_what_was_never_sent_and_a_set_clock_are_refused_before_anything_is_asked() {
    let fake = answering(vec![]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let thread = room.add_thread();
    let failed = room.add(&["a"], |_| {});
    fake.script.lock().unwrap().push_back(Act::Publish);
    fake.script
        .lock()
        .unwrap()
        .extend([Act::Publish, Act::Publish]);
    fake.script
        .lock()
        .unwrap()
        .push_back(Act::Say(Outcome::Rejected {
            reason: "no".to_owned(),
        }));
    room.once().await;
    let edit = publisher::amend(room.setup(), &anna(), thread.id, &a()).await;
    assert!(matches!(&edit, Err(CorrectError::Refused(why)) if why.contains("thread")));
    let nothing = publisher::remove(room.setup(), &anna(), failed.id, &a()).await;
    assert!(matches!(&nothing, Err(CorrectError::Refused(why)) if why.contains("failed")));
    let mut setup = room.setup();
    setup.clock_state = ClockState::Set;
    let set = publisher::remove(setup, &anna(), thread.id, &a()).await;
    assert!(matches!(&set, Err(CorrectError::Refused(why)) if why.contains("MASTHEAD_NOW")));
    assert_eq!(fake.corrected.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn the_rest_of_a_thread_is_not_sent_after_its_beginning_was_deleted() {
    let fake = answering(vec![]);
    fake.script.lock().unwrap().extend([
        Act::Publish,
        Act::Say(Outcome::Rejected {
            reason: "no".to_owned(),
        }),
    ]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Failed);
    publisher::remove(room.setup(), &anna(), post.id, &a())
        .await
        .unwrap();
    assert_eq!(room.delivery(&post).state, DeliveryState::Skipped);
    let (id, now) = (post.id, masthead::domain::Clock::now(&room.clock));
    let retry = room
        .store
        .wait(move |db| db.make_due(&anna(), id, &[a()], now));
    assert!(retry.is_err());
    room.once().await;
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn a_platform_that_says_nothing_of_deleting_refuses_plainly() {
    #[derive(Debug)]
    struct Silent;
    #[async_trait::async_trait]
    impl Platform for Silent {
        async fn verify(
            &self,
        ) -> Result<masthead::domain::Account, masthead::platforms::CallError> {
            Ok(masthead::domain::Account {
                id: "1".to_owned(),
                handle: "@silent".to_owned(),
            })
        }
        async fn limits(&self) -> Result<masthead::domain::Limits, masthead::platforms::CallError> {
            Ok(masthead::domain::Limits::default())
        }
        async fn find_post(
            &self,
            _: &str,
        ) -> Result<Option<masthead::domain::RemoteRef>, masthead::platforms::CallError> {
            Ok(None)
        }
        async fn upload(
            &self,
            _: &masthead::domain::PartMedia,
            _: Vec<u8>,
        ) -> Result<String, masthead::platforms::CallError> {
            Ok(String::new())
        }
        fn request(
            &self,
            _: &masthead::domain::Part,
            _: &masthead::platforms::PartContext<'_>,
        ) -> masthead::domain::AttemptRequest {
            masthead::domain::AttemptRequest::default()
        }
        async fn publish(&self, _: &masthead::domain::AttemptRequest) -> Outcome {
            Outcome::Published(masthead::domain::Published {
                id: "1".to_owned(),
                ..Default::default()
            })
        }
    }
    let mut room = Room::new(&[("a", answering(vec![]))]);
    room.outlet("a").platform = Ok(Arc::new(Silent));
    room.outlet("a").channel = Channel::new("a", PlatformId::Sandbox);
    let post = room.add(&["a"], |_| {});
    room.once().await;
    let told = publisher::remove(room.setup(), &anna(), post.id, &a())
        .await
        .unwrap();
    assert!(told[0].outcome.reason().contains("cannot delete from here"));
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
}
