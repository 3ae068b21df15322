//! What goes up, as the queue shows it.

use crate::world::{World, at, noon, planned};
use masthead::domain::{Kind, Upload};

#[test]
fn the_queue_has_what_goes_up_now_and_nothing_that_waits_or_is_all_there() {
    let world = World::new();
    let post = world.add(planned("Talk", at(10, 12), &["fosstodon", "bluesky"]));
    let ids: Vec<_> = world.view(post.id).deliveries;
    let fence = world
        .store
        .try_lead("daemon", noon())
        .unwrap()
        .unwrap()
        .fence;
    let upload = |place: usize, sent: u64| Upload {
        delivery: ids[place].id,
        part: 0,
        place: 0,
        hash: "ab".to_owned(),
        session: "there".to_owned(),
        reference: None,
        sent,
        total: 100,
        kept: 0,
        since: noon(),
        at: noon(),
    };
    for place in [0, 1] {
        let (id, upload) = (ids[place].id, upload(place, 40));
        world
            .store
            .wait(move |db| {
                db.claim(fence, id, noon())?;
                db.keep_upload(fence, &upload)
            })
            .unwrap();
    }
    let shown = || {
        let queue = world.store.wait(|db| db.queue(10)).unwrap();
        queue.uploads
    };
    let all = shown();
    assert_eq!(all.len(), 2);
    let first = all.iter().find(|it| it.channel == "fosstodon".into());
    let first = first.unwrap();
    assert_eq!(
        (first.title.as_str(), first.kind, first.upload.percent()),
        ("Talk", Kind::AdHoc, 40)
    );
    // One is all there, the other waits for another try.
    let there = Upload {
        reference: Some("media".to_owned()),
        ..upload(0, 100)
    };
    (world.store)
        .wait(move |db| db.keep_upload(fence, &there))
        .unwrap();
    let left: Vec<String> = shown().iter().map(|it| it.channel.to_string()).collect();
    assert_eq!(left, ["bluesky"]);
    world.put(&ids[1], masthead::domain::DeliveryState::Waiting);
    assert!(shown().is_empty());
}
