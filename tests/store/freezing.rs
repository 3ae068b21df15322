//! A freeze is one row that everyone reads, with who, why and when.

use crate::world::{World, ada, at, grace, minutes, name, noon, planned};
use masthead::store::StoreError;

#[test]
fn a_freeze_stands_once_for_every_process_and_is_kept_with_who_ended_it() {
    let world = World::new();
    let second = world.second();
    assert_eq!(second.wait(|db| db.frozen()), Ok(None));
    let freeze = world
        .store
        .wait(|db| db.freeze(&ada(), "wrong link", noon()))
        .expect("freezes");
    assert_eq!(second.wait(|db| db.frozen()), Ok(Some(freeze.clone())));
    assert_eq!((freeze.by, freeze.since), (ada(), noon()));
    let again = second.wait(|db| db.freeze(&grace(), "", minutes(1)));
    assert!(matches!(again, Err(StoreError::Frozen(_))));
    second
        .wait(|db| db.thaw(&grace(), &[], minutes(5)))
        .expect("thaws");
    assert_eq!(world.store.wait(|db| db.frozen()), Ok(None));
    let nothing = world.store.wait(|db| db.thaw(&ada(), &[], minutes(6)));
    assert!(matches!(nothing, Err(StoreError::Refused(_))));
    world
        .store
        .wait(|db| db.freeze(&grace(), "again", minutes(7)))
        .expect("freezes again");
    let all = world.store.wait(|db| db.freezes(10)).expect("the journal");
    let told: Vec<_> = all
        .iter()
        .map(|one| (one.freeze.reason.as_str(), one.thawed.clone()))
        .collect();
    assert_eq!(
        told,
        [("again", None), ("wrong link", Some((grace(), minutes(5))))]
    );
}

#[test]
fn while_frozen_nothing_is_due_and_publish_now_is_refused_with_the_reason() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["outbox"]));
    world
        .store
        .wait(|db| db.freeze(&ada(), "wrong link", noon()))
        .expect("freezes");
    assert_eq!(
        world.store.wait(|db| db.due(noon(), &[], 10)),
        Ok(Vec::new())
    );
    assert_eq!(world.store.wait(|db| db.next_due(noon())), Ok(None));
    let held = world.store.wait(|db| db.held(noon(), 10)).expect("held");
    assert_eq!(held.len(), 1);
    let next = world.store.wait(|db| db.next_leaving()).expect("reads");
    assert_eq!(next, Some((noon(), vec![name("outbox")])));
    let refused = world
        .store
        .wait(move |db| db.make_due(&grace(), post.id, &[], noon()))
        .expect_err("refused");
    assert_eq!(
        refused.to_string(),
        "Everything is frozen by Ada, \"wrong link\": nothing leaves until it is thawed (P on screen, or `masthead thaw`)"
    );
}
