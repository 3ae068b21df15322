//! The picture of a link card goes up before its post, and never stops it.

use super::*;
use masthead::domain::{CardPicture, PageCard};

const URL: &str = "https://example.org/a";

fn room(fake: &Arc<Fake>) -> Room {
    let mut room = Room::new(&[("a", Arc::clone(fake))]);
    room.outlet("a").channel.like = Some(PlatformId::Bluesky);
    room
}

fn with_card(content: &mut Content, hash: &str) {
    content.text = format!("Read {URL}");
    content.pages = vec![PageCard {
        url: URL.to_owned(),
        title: "The page".to_owned(),
        picture: Some(CardPicture {
            hash: hash.to_owned(),
            mime: "image/jpeg".to_owned(),
            size: 7,
            pixels: (4, 3),
        }),
        ..PageCard::default()
    }];
}

#[tokio::test]
async fn the_picture_of_a_card_is_uploaded_once_and_named_in_the_request() {
    let fake = Fake::following([Act::Say(Outcome::NotReady {
        reason: "still processing".to_owned(),
    })]);
    let room = room(&fake);
    let post = room.add(&["a"], |content| with_card(content, "abc"));
    room.once().await;
    room.clock.forward(Duration::seconds(10));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(*fake.uploads.lock().unwrap(), ["abc"]);
    let sent = fake.sent.lock().unwrap();
    assert_eq!(sent[0].media_refs, ["upload abc"]);
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn a_card_whose_picture_is_gone_goes_without_it() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let post = room.add(&["a"], |content| with_card(content, "gone"));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert!(fake.uploads.lock().unwrap().is_empty());
    assert_eq!(fake.sent.lock().unwrap()[0].media_refs, [""]);
}
