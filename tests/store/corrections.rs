//! Deletions and edits of what is out: on record before the call, and never followed by another send.

use crate::world::{World, ada, at, grace, minutes, name, noon, planned};
use masthead::domain::{
    AttemptRequest, Corrected, CorrectionKind, DeliveryId, DeliveryState, Outcome, Plan, Post,
    Published,
};
use masthead::store::{DeliveryChange, NewCorrection, StoreError};

/// A post whose first part is out, and where its delivery stands then; the lead is free again.
fn out(world: &World, state: DeliveryState) -> (Post, DeliveryId) {
    let post = world.add(planned("Launch", at(10, 12), &["fosstodon"]));
    let id = world.view(post.id).deliveries[0].id;
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    world
        .store
        .wait(move |db| {
            assert!(db.claim(fence, id, noon())?);
            let request = AttemptRequest::default();
            let attempt = db.begin_attempt(fence, id, 0, &request, minutes(2), noon())?;
            let there = Outcome::Published(Published {
                id: "42".to_owned(),
                ..Published::default()
            });
            db.finish_attempt(attempt, &there, noon())?;
            db.change_delivery(fence, id, &DeliveryChange::to(state, "before"), noon())
        })
        .unwrap();
    (post, id)
}

fn asked(delivery: DeliveryId, kind: CorrectionKind) -> NewCorrection {
    NewCorrection {
        delivery,
        part: 0,
        kind,
        text: None,
        deadline: minutes(5),
    }
}

fn begin(
    world: &World,
    id: DeliveryId,
    kind: CorrectionKind,
    minute: i64,
) -> Result<masthead::domain::CorrectionId, StoreError> {
    world.store.wait(move |db| {
        let new = NewCorrection {
            deadline: minutes(minute + 5),
            ..asked(id, kind)
        };
        db.begin_correction(&grace(), &new, minutes(minute))
    })
}

fn finish(
    world: &World,
    id: masthead::domain::CorrectionId,
    outcome: Corrected,
    note: Option<&'static str>,
) -> Result<(), StoreError> {
    world
        .store
        .wait(move |db| db.finish_correction(id, &outcome, note, minutes(1), minutes(1)))
}

#[test]
fn who_asked_when_for_what_and_how_it_ended_is_kept_and_the_state_stays() {
    let world = World::new();
    let (post, id) = out(&world, DeliveryState::Published);
    let correction = begin(&world, id, CorrectionKind::Delete, 0).unwrap();
    let open = world.store.wait(move |db| db.corrections(id)).unwrap();
    assert_eq!(open[0].outcome, None);
    finish(&world, correction, Corrected::Done, Some("deleted there")).unwrap();
    let kept = world.store.wait(move |db| db.corrections(id)).unwrap();
    assert_eq!(
        (&kept[0].author, kept[0].asked_at, kept[0].ended_at),
        (&grace(), noon(), Some(minutes(1)))
    );
    assert_eq!(kept[0].outcome, Some(Corrected::Done));
    let delivery = world.view(post.id).deliveries.remove(0);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(delivery.reason, "deleted there");
    let again = begin(&world, id, CorrectionKind::Delete, 1);
    assert!(
        matches!(&again, Err(StoreError::Refused(why)) if why.contains("deleted there already"))
    );
}

#[test]
fn two_do_not_ask_at_once_and_an_answer_that_never_came_is_unknown_after_its_deadline() {
    let world = World::new();
    let (_, id) = out(&world, DeliveryState::Published);
    let lost = begin(&world, id, CorrectionKind::Delete, 0).unwrap();
    let second = begin(&world, id, CorrectionKind::Delete, 1);
    assert!(matches!(&second, Err(StoreError::Refused(why)) if why.contains("somebody else")));
    let third = begin(&world, id, CorrectionKind::Delete, 6).unwrap();
    let kept = world.store.wait(move |db| db.corrections(id)).unwrap();
    assert!(matches!(kept[0].outcome, Some(Corrected::Unknown { .. })));
    // Whoever comes late still tells the truth.
    finish(&world, lost, Corrected::Done, Some("deleted there")).unwrap();
    assert!(finish(&world, lost, Corrected::Gone, None).is_err());
    finish(&world, third, Corrected::Gone, Some("deleted there")).unwrap();
}

#[test]
fn the_rest_of_a_thread_whose_first_part_was_deleted_is_never_sent() {
    let world = World::new();
    let (post, id) = out(&world, DeliveryState::Failed);
    let correction = begin(&world, id, CorrectionKind::Delete, 0).unwrap();
    let retry = world
        .store
        .wait(move |db| db.make_due(&ada(), post.id, &[name("fosstodon")], minutes(1)));
    assert!(matches!(&retry, Err(StoreError::Refused(why)) if why.contains("send a copy")));
    finish(&world, correction, Corrected::Done, Some("deleted there")).unwrap();
    assert_eq!(world.states(post.id), [DeliveryState::Skipped]);
    world
        .edit(ada(), post.id, |content| {
            content.plan = Plan::At(at(11, 12))
        })
        .unwrap();
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    let sent = world.store.wait(move |db| {
        assert!(db.claim(fence, id, noon())?);
        db.begin_attempt(fence, id, 1, &AttemptRequest::default(), minutes(9), noon())
    });
    assert!(matches!(&sent, Err(StoreError::Refused(why)) if why.contains("deleted there")));
}

#[test]
fn what_is_not_known_to_be_there_cannot_be_corrected() {
    let world = World::new();
    let waiting = world.add(planned("Later", at(12, 12), &["fosstodon"]));
    let id = world.view(waiting.id).deliveries[0].id;
    assert!(begin(&world, id, CorrectionKind::Delete, 0).is_err());
    let (_, unknown) = out(&world, DeliveryState::Unknown);
    let refused = begin(&world, unknown, CorrectionKind::Delete, 0);
    assert!(matches!(&refused, Err(StoreError::Refused(why)) if why.contains("look there first")));
    assert!(begin(&world, DeliveryId(99), CorrectionKind::Delete, 0).is_err());
}

#[test]
fn a_freeze_stops_edits_and_lets_deletions_through() {
    let world = World::new();
    let (_, id) = out(&world, DeliveryState::Published);
    world
        .store
        .wait(|db| db.freeze(&ada(), "a crisis", noon()))
        .unwrap();
    let edit = begin(&world, id, CorrectionKind::Edit, 0);
    assert!(matches!(edit, Err(StoreError::Frozen(_))));
    begin(&world, id, CorrectionKind::Delete, 0).unwrap();
}
