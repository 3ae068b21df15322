//! Files that cannot be opened, each told in one line, none of them changed; and what is left on the disk.

use crate::world::{World, noon};
use masthead::store::{Store, StoreError};
use std::fs;
use std::path::Path;

fn refused(path: &Path) -> StoreError {
    let before = fs::read(path).ok();
    let error = Store::open(path, noon()).expect_err("refused");
    assert_eq!(fs::read(path).ok(), before, "the file was changed");
    let line = error.to_string();
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("masthead.db"), "{line}");
    error
}

#[test]
fn a_new_database_is_readable_by_its_owner_only_in_a_folder_that_was_made_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/masthead/masthead.db");
    let store = Store::open(&path, noon()).expect("opens");
    store.wait(|db| db.set_setting("a", "b")).expect("writes");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
        assert_eq!(mode(path.parent().expect("a folder")), 0o700);
    }
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("masthead.db");
    fs::write(&path, "Dear diary, today I wrote no database.").expect("written");
    assert!(matches!(refused(&path), StoreError::Damaged(_)));
}

#[test]
fn a_folder_in_place_of_the_file_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("masthead.db");
    fs::create_dir(&path).expect("made");
    assert!(matches!(refused(&path), StoreError::Damaged(_)));
}

#[test]
fn a_truncated_database_is_damaged_and_left_as_it_is() {
    let world = World::new();
    let path = world.folder.path().join("masthead.db");
    let World { store, folder } = world;
    drop(store);
    let bytes = fs::read(&path).expect("read");
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut");
    assert!(matches!(refused(&path), StoreError::Damaged(_)));
    drop(folder);
}

#[test]
fn a_database_whose_pages_are_overwritten_is_found_damaged_by_the_check() {
    let world = World::new();
    let path = world.folder.path().join("masthead.db");
    let World { store, folder } = world;
    drop(store);
    let mut bytes = fs::read(&path).expect("read");
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    fs::write(&path, &bytes).expect("overwritten");
    let checked = Store::open(&path, noon()).and_then(|store| store.wait(|db| db.check()));
    assert!(
        matches!(checked, Err(StoreError::Damaged(_))),
        "{checked:?}"
    );
    drop(folder);
}

#[test]
fn a_read_only_file_and_a_read_only_folder_are_told() {
    let world = World::new();
    let path = world.folder.path().join("masthead.db");
    let World { store, folder } = world;
    drop(store);
    let protect = |path: &Path, protected: bool| {
        let mut permissions = fs::metadata(path).expect("there").permissions();
        permissions.set_readonly(protected);
        fs::set_permissions(path, permissions).expect("set");
    };
    protect(&path, true);
    assert!(matches!(refused(&path), StoreError::ReadOnly(_)));
    protect(&path, false);
    protect(folder.path(), true);
    assert!(matches!(refused(&path), StoreError::ReadOnly(_)));
    assert!(matches!(
        Store::open(&folder.path().join("other.db"), noon()),
        Err(StoreError::ReadOnly(_))
    ));
    protect(folder.path(), false);
    assert!(Store::open(&path, noon()).is_ok());
}

#[test]
fn a_reopened_database_has_what_was_written() {
    let world = World::new();
    world
        .store
        .wait(|db| db.set_setting("author", "Ada"))
        .expect("writes");
    let second = world.second();
    assert_eq!(
        second.wait(|db| db.setting("author")),
        Ok(Some("Ada".to_owned()))
    );
}

#[test]
fn one_process_sees_that_another_has_written() {
    let world = World::new();
    let second = world.second();
    let before = second.wait(|db| db.data_version()).expect("a number");
    assert_eq!(second.wait(|db| db.data_version()), Ok(before));
    world
        .store
        .wait(|db| db.set_setting("author", "Ada"))
        .expect("writes");
    assert_ne!(second.wait(|db| db.data_version()), Ok(before));
}

#[test]
fn syncing_the_same_channels_again_wakes_nobody() {
    let world = World::new();
    let second = world.second();
    let before = second.wait(|db| db.data_version()).expect("a number");
    let channels = world.store.wait(|db| db.channels()).expect("channels");
    world
        .store
        .wait(move |db| db.sync_channels(&channels))
        .expect("synced");
    assert_eq!(second.wait(|db| db.data_version()), Ok(before));
}
