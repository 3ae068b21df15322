//! The directory in the database: what a change does, whose posts it is about, and what other processes see of it.

use super::world::{World, ada, grace as bob, noon, shelved};
use masthead::domain::{
    ChannelName, Content, DirectoryChange, Entry, EntryKind, HashtagGroup, HashtagGroups, Key,
    PlatformId,
};

fn entry(key: &str, name: &str) -> Entry {
    Entry::new(key.parse().unwrap(), name, EntryKind::Person).unwrap()
}

fn content(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        ..shelved("", &["outbox"])
    }
}

fn change(world: &World, put: &[Entry], remove: &[&str]) -> DirectoryChange {
    let put = put.to_vec();
    let remove: Vec<Key> = remove.iter().map(|key| key.parse().unwrap()).collect();
    let changed = world
        .store
        .wait(move |db| db.change_directory(&ada(), &put, &remove, noon()));
    changed.unwrap()
}

#[test]
fn entries_are_kept_changed_and_removed_and_other_processes_read_them() {
    let world = World::new();
    let mut one = entry("ada", "Ada [RSE] *|*");
    one.handles.insert(PlatformId::X, "ada_l".to_owned());
    let did = change(&world, &[one.clone(), entry("bo", "Bo")], &[]);
    assert_eq!(did.added.len(), 2);
    let there = world.second().wait(|db| db.directory()).unwrap();
    assert_eq!(there.entry("ADA"), Some(&one));
    assert_eq!(
        change(&world, &[one.clone()], &[]),
        DirectoryChange::default()
    );
    one.handles.clear();
    let did = change(&world, &[one.clone()], &["bo", "nobody"]);
    assert_eq!((did.changed.len(), did.removed.len()), (1, 1));
    let there = world.second().wait(|db| db.directory()).unwrap();
    assert_eq!(there.entries().collect::<Vec<_>>(), [&one]);
}

#[test]
fn every_channels_facts_hold_the_directory_and_its_own_hashtags() {
    let world = World::new();
    change(&world, &[entry("ada", "Ada")], &[]);
    let group = HashtagGroup {
        default: vec!["#a".to_owned()],
        others: [("bluesky".to_owned(), vec!["#b".to_owned(), "#c".to_owned()])].into(),
    };
    let groups = HashtagGroups([("news".to_owned(), group)].into());
    world
        .store
        .wait(move |db| {
            db.set_hashtags(groups);
            Ok(())
        })
        .unwrap();
    let facts = world.store.wait(|db| db.facts()).unwrap();
    assert!(
        facts
            .values()
            .all(|facts| facts.directory.entry("ada").is_some())
    );
    assert_eq!(facts[&ChannelName::new("fosstodon")].hashtags["news"], "#a");
    let one = ChannelName::new("bluesky");
    let one = world.store.wait(move |db| db.facts_of(&one)).unwrap();
    assert_eq!(one.hashtags["news"], "#b #c");
}

#[test]
fn a_change_takes_approvals_back_from_the_posts_that_name_somebody_and_from_no_others() {
    let world = World::new();
    change(&world, &[entry("ada", "Ada"), entry("bo", "Bo")], &[]);
    let mut own = content("master text");
    own.variants[0].text = Some("With @@ADA.".to_owned());
    let posts = [
        own,
        content("With @@bo"),
        content("@@ada"),
        content("nobody"),
    ];
    let ids = posts.map(|content| world.add(content).id);
    for id in [ids[0], ids[1], ids[3]] {
        let channel = world.view(id).post.content.variants[0].channel.clone();
        world
            .store
            .wait(move |db| db.approve(&bob(), id, &channel, "hash", noon()))
            .unwrap();
    }
    let would = world
        .store
        .wait(|db| db.would_change(&[], &["ada".parse().unwrap()]))
        .unwrap();
    let did = change(&world, &[entry("ada", "Ada Lovelace")], &[]);
    assert_eq!(did.naming, [ids[0], ids[2]]);
    assert_eq!(did.unapproved, [ids[0]]);
    let reviewed = ids[0];
    let read = world
        .store
        .wait(move |db| db.reviewed(reviewed, &bob(), noon()))
        .unwrap();
    let lost = read.notes.last().expect("a note");
    assert_eq!(
        lost.told(),
        (
            "changed who is who: its approval is taken back".to_owned(),
            ""
        )
    );
    assert_eq!(
        (would.naming, would.unapproved),
        (did.naming, did.unapproved)
    );
    let holds = |id| {
        let all = world.store.wait(move |db| db.approvals(id)).unwrap();
        !all.is_empty()
    };
    assert_eq!(ids.map(holds), [false, true, false, true]);
    let note = &world
        .store
        .wait(move |db| db.reviewed(ids[0], &bob(), noon()))
        .unwrap()
        .notes;
    assert_eq!(note.last().map(|note| note.author.clone()), Some(ada()));
}
