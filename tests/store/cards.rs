//! What pages said of themselves is known for a while, and no longer.

use crate::world::{World, noon};
use chrono::Duration;
use masthead::domain::{CardPicture, PageCard};

const URL: &str = "https://example.org/a";

fn page() -> PageCard {
    PageCard {
        url: URL.to_owned(),
        title: "The page".to_owned(),
        description: "Its words".to_owned(),
        picture: Some(CardPicture {
            hash: "ab".repeat(32),
            mime: "image/jpeg".to_owned(),
            size: 5,
            pixels: (4, 3),
        }),
        fetched_at: Some(noon()),
    }
}

fn known(world: &World, minutes: i64) -> Option<Result<PageCard, String>> {
    let at = noon() + Duration::minutes(minutes);
    world.store.wait(move |db| db.card(URL, at)).unwrap()
}

fn save(world: &World, said: Result<PageCard, String>) {
    let kept = world.store.wait(move |db| db.save_card(URL, &said, noon()));
    kept.unwrap();
}

#[test]
fn what_a_page_said_is_good_for_a_day_and_why_it_did_not_for_an_hour() {
    let world = World::new();
    assert_eq!(known(&world, 0), None);
    save(&world, Err("example.org answered 404".to_owned()));
    let error = Some(Err("example.org answered 404".to_owned()));
    assert_eq!(known(&world, 59), error);
    assert_eq!(known(&world, 60), None);
    save(&world, Ok(page()));
    assert_eq!(known(&world, 24 * 60 - 1), Some(Ok(page())));
    assert_eq!(known(&world, 24 * 60), None);
    // A clock that was set back.
    assert_eq!(known(&world, -1), None);
}

#[test]
fn what_nobody_asked_for_in_a_month_is_forgotten() {
    let world = World::new();
    save(&world, Ok(page()));
    let later = noon() + Duration::days(31);
    let other = Err("example.net answered 404".to_owned());
    let kept = world
        .store
        .wait(move |db| db.save_card("https://example.net", &other, later));
    kept.unwrap();
    assert_eq!(known(&world, 0), None);
}

#[test]
fn a_card_is_part_of_what_was_approved_and_a_changed_one_takes_the_approval_back() {
    use crate::world::{ada, name, shelved};
    use masthead::domain::Review;
    let world = World::new();
    let post = world.add(shelved("Read https://example.org/a", &["bluesky"]));
    let id = post.id;
    let approved = world
        .store
        .wait(move |db| db.approve(&ada(), id, &name("bluesky"), "a hash", noon()));
    approved.unwrap();
    assert_eq!(world.view(id).review, Review::Approved);
    let edited = world.edit(ada(), id, |content| content.pages.push(page()));
    edited.unwrap();
    assert_eq!(world.view(id).review, Review::Draft);
    assert_eq!(world.view(id).post.content.pages, [page()]);
}
