//! Finding posts by their words and by filters, and filters kept under a name.

use crate::world::{World, ada, at, grace, name, noon, planned, shelved};
use masthead::domain::{Chip, Content, Filter, Glyph, Hit, Kind, PostId};
use masthead::store::Wanted;

fn found(world: &World, typed: &str) -> Vec<PostId> {
    let typed = typed.to_owned();
    let hits = world
        .store
        .wait(move |db| db.search(&typed, &Filter::default()));
    hits.expect("searched")
        .into_iter()
        .map(|hit| hit.post)
        .collect()
}

#[test]
fn every_word_must_be_there_and_may_be_the_beginning_of_a_longer_one() {
    let world = World::new();
    let tuesday = world.add(planned(
        "Package showcase: xclim",
        at(17, 9),
        &["fosstodon"],
    ));
    let monday = world.add(planned(
        "Package showcase: pandera",
        at(16, 9),
        &["fosstodon"],
    ));
    assert_eq!(found(&world, "pack show"), [monday.id, tuesday.id]);
    assert_eq!(found(&world, "showcase xcl"), [tuesday.id]);
    assert_eq!(found(&world, "howcase"), []);
    assert_eq!(found(&world, "showcase nowhere"), []);
}

#[test]
fn accents_and_capitals_do_not_matter_on_either_side() {
    let world = World::new();
    let accented = world.add(shelved("Hasta Mañana", &["fosstodon"]));
    let plain = world.add(shelved("manana", &["fosstodon"]));
    for typed in ["manana", "mañana", "MAÑANA", "man\u{303}ana"] {
        assert_eq!(found(&world, typed), [accented.id, plain.id], "{typed}");
    }
}

#[test]
fn posts_without_a_time_are_found_after_those_with_one_and_the_trash_is_not() {
    let world = World::new();
    let shelf = world.add(shelved("Autumn workshop", &["fosstodon"]));
    let dated = world.add(planned("Autumn workshop", at(20, 9), &["fosstodon"]));
    world.add(Content {
        trashed: true,
        ..planned("Autumn workshop", at(12, 9), &["fosstodon"])
    });
    let hits = world
        .store
        .wait(|db| db.search("autumn", &Filter::default()))
        .expect("searched");
    let dated = Hit {
        post: dated.id,
        due_at: Some(at(20, 9).instant()),
    };
    let shelf = Hit {
        post: shelf.id,
        due_at: None,
    };
    assert_eq!(hits, [dated, shelf]);
}

#[test]
fn what_is_typed_is_never_a_query_language() {
    let world = World::new();
    let post = world.add(planned("AND \"quoted\" title:x NEAR(a b)", at(12, 9), &[]));
    for typed in [
        "and",
        "AND",
        "\"quoted\"",
        "\"quo",
        "title:x",
        "NEAR(a",
        "near",
        "a b",
        "quoted -",
        "^and",
        "(and NEAR",
        "* and",
        "{title}",
    ] {
        assert_eq!(found(&world, typed), [post.id], "{typed}");
    }
    for typed in [
        "\"",
        "\"\"\"",
        "*",
        "AND OR",
        "NOT and",
        "title : y",
        "-",
        "",
        "\0",
        "'; DROP",
    ] {
        assert_eq!(found(&world, typed), [], "{typed}");
    }
}

#[test]
fn a_search_of_ten_kilobytes_is_answered_by_all_of_its_words() {
    let world = World::new();
    let many: Vec<String> = (0..1_500).map(|number| format!("w{number:04}")).collect();
    let post = world.add(Content {
        text: many.join(" "),
        ..planned("Long", at(12, 9), &[])
    });
    world.add(Content {
        text: many[..1_499].join(" "),
        ..planned("Shorter by its last word", at(13, 9), &[])
    });
    assert_eq!(found(&world, &many.join(" ")), [post.id]);
    assert_eq!(found(&world, &"w0001 ".repeat(2_000)).len(), 2);
    assert_eq!(found(&world, &"x".repeat(10_240)), []);
    assert_eq!(found(&world, &"\"(".repeat(5_120)), []);
}

#[test]
fn a_changed_text_is_found_by_its_new_words_only_and_undo_brings_the_old_ones_back() {
    let world = World::new();
    let post = world.add(planned("Coworking", at(12, 9), &["fosstodon"]));
    world
        .edit(ada(), post.id, |content| {
            content.title = "Hackathon".to_owned()
        })
        .expect("saved");
    assert_eq!(
        found(&world, "coworking").len(),
        1,
        "its text still says so"
    );
    world
        .edit(ada(), post.id, |content| {
            content.text = "Bring a laptop".to_owned()
        })
        .expect("saved");
    assert_eq!(found(&world, "coworking"), []);
    assert_eq!(found(&world, "hackathon laptop"), [post.id]);
    world
        .store
        .wait(|db| db.undo(&ada(), &[], noon()))
        .expect("undone");
    assert_eq!(found(&world, "coworking"), [post.id]);
}

#[test]
fn a_search_within_a_filter_finds_what_both_let_through() {
    let world = World::new();
    let evergreen = world.add(Content {
        kind: Kind::Evergreen,
        tags: vec!["python".to_owned()],
        ..planned("Showcase", at(12, 9), &["fosstodon", "bluesky"])
    });
    world.add(planned("Showcase", at(13, 9), &["outbox"]));
    let within = |chips: Vec<Chip>| {
        let filter: Filter = chips.into_iter().collect();
        let hits = world.store.wait(move |db| db.search("show", &filter));
        hits.expect("searched").len()
    };
    assert_eq!(within(vec![]), 2);
    assert_eq!(within(vec![Chip::Kind(Kind::Evergreen)]), 1);
    assert_eq!(within(vec![Chip::Tag("Python".to_owned())]), 1);
    assert_eq!(
        within(vec![
            Chip::Channel(name("bluesky")),
            Chip::Channel(name("outbox"))
        ]),
        2
    );
    assert_eq!(within(vec![Chip::Author(grace())]), 0);
    let wanted = Wanted {
        limit: 10,
        words: Some("show".to_owned()),
        filter: [Chip::Kind(Kind::Evergreen)].into_iter().collect(),
        ..Wanted::default()
    };
    let views = world.store.wait(move |db| db.find(&wanted)).expect("found");
    assert_eq!(
        views.iter().map(|it| it.post.id).collect::<Vec<_>>(),
        [evergreen.id]
    );
    let nothing = Wanted {
        limit: 10,
        words: Some("?!".to_owned()),
        ..Wanted::default()
    };
    assert_eq!(
        world.store.wait(move |db| db.find(&nothing)),
        Ok(Vec::new())
    );
}

#[test]
fn the_queue_within_a_filter_has_all_that_matches_however_far_away_it_is() {
    let world = World::new();
    for day in 11..30 {
        world.add(planned("Ad hoc", at(day, 9), &["fosstodon"]));
    }
    let far = world.add(Content {
        kind: Kind::Evergreen,
        ..planned("Evergreen", at(30, 9), &["fosstodon"])
    });
    let shelf = world.add(Content {
        kind: Kind::Evergreen,
        scheduled: false,
        ..shelved("Evergreen", &["fosstodon"])
    });
    let filter: Filter = [Chip::Kind(Kind::Evergreen)].into_iter().collect();
    let (next, total) = world
        .store
        .wait(move |db| db.next_matching(&filter, 5))
        .expect("a queue");
    let ids: Vec<PostId> = next.iter().map(|it| it.id).collect();
    assert_eq!((ids, total), (vec![far.id, shelf.id], 2));
    let drafts: Filter = [Chip::State(Glyph::Draft)].into_iter().collect();
    let (next, total) = world
        .store
        .wait(move |db| db.next_matching(&drafts, 0))
        .expect("a queue");
    assert_eq!((next.len(), total), (0, 1));
}

#[test]
fn filters_are_kept_by_name_for_each_author_and_choices_are_what_posts_have() {
    let world = World::new();
    world.add(Content {
        tags: vec!["b".to_owned(), "a".to_owned()],
        campaign: Some("Autumn".to_owned()),
        ..planned("Post", at(12, 9), &["fosstodon"])
    });
    world.add(Content {
        tags: vec!["trashed".to_owned()],
        campaign: Some("Spring".to_owned()),
        trashed: true,
        ..planned("Post", at(12, 9), &["fosstodon"])
    });
    let one: Filter = [Chip::Kind(Kind::Evergreen)].into_iter().collect();
    let two: Filter = [Chip::Tag("a".to_owned())].into_iter().collect();
    let (first, second) = (one.clone(), two.clone());
    world
        .store
        .wait(move |db| {
            db.save_filter(&ada(), "mine", &first, noon())?;
            db.save_filter(&ada(), "mine", &second, noon())?;
            db.save_filter(&grace(), "hers", &first, noon())
        })
        .expect("kept");
    let choices = world.store.wait(|db| db.choices(&ada())).expect("choices");
    assert_eq!(choices.tags, ["a", "b"]);
    assert_eq!(choices.campaigns, ["Autumn"]);
    assert_eq!(choices.authors, [ada()]);
    let saved: Vec<_> = choices
        .saved
        .iter()
        .map(|it| (it.name.as_str(), &it.filter))
        .collect();
    assert_eq!(saved, [("mine", &two)]);
    world
        .store
        .wait(|db| db.drop_filter(&ada(), "mine"))
        .expect("dropped");
    let choices = world.store.wait(|db| db.choices(&ada())).expect("choices");
    assert_eq!(choices.saved, []);
    let hers = world
        .store
        .wait(|db| db.choices(&grace()))
        .expect("choices");
    assert_eq!(hers.saved[0].filter, one);
}
