//! How the calendar is, and that nobody is told the same thing twice.

use crate::world::{World, at, minutes, name, noon, planned};
use masthead::domain::DeliveryState;

#[test]
fn health_names_what_leaves_next_what_is_overdue_and_what_needs_a_person() {
    let world = World::new();
    let overdue = world.add(planned("Overdue", at(10, 11), &["outbox"]));
    let failed = world.add(planned("Failed", at(9, 9), &["bluesky", "outbox"]));
    let view = world.view(failed.id);
    world.put(&view.deliveries[0], DeliveryState::Failed);
    world.put(&view.deliveries[1], DeliveryState::Unknown);
    let health = world.store.wait(|db| db.health(noon())).expect("reads");
    assert_eq!(health.overdue.len(), 1);
    assert_eq!(health.overdue[0].post, overdue.id);
    let states: Vec<_> = health.ailing.iter().map(|one| one.state).collect();
    assert_eq!(states, [DeliveryState::Unknown, DeliveryState::Failed]);
    assert_eq!(health.ailing[1].reason, "because");
    let next = health.next.expect("one is waiting");
    assert_eq!(
        (next.post, next.title.as_str(), next.channels),
        (overdue.id, "Overdue", vec![name("outbox")])
    );
    assert!(health.bytes > 0 && health.layout > 0);
    assert!(health.leader.is_some_and(|leader| !leader.alive));
}

#[test]
fn a_notice_is_given_once_and_again_when_the_same_delivery_fails_anew() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["outbox"]));
    assert_eq!(world.store.wait(|db| db.untold()), Ok(Vec::new()));
    let delivery = world.view(post.id).deliveries[0].clone();
    world.put(&delivery, DeliveryState::Failed);
    let untold = world.store.wait(|db| db.untold()).expect("reads");
    assert_eq!(untold.len(), 1);
    world.store.wait(move |db| db.tell(&untold)).expect("told");
    // Another process, a later one, knows of it too.
    assert_eq!(world.second().wait(|db| db.untold()), Ok(Vec::new()));
    world
        .store
        .wait(move |db| db.make_due(&crate::world::ada(), post.id, &[], minutes(1)))
        .expect("due again");
    world.store.wait(|db| db.tell(&[])).expect("forgotten");
    world.put(&delivery, DeliveryState::Failed);
    let again = world.store.wait(|db| db.untold()).expect("reads");
    assert_eq!(again.len(), 1);
}
