//! Restoring a copy: what is put back, what is never sent again, and what is refused before a byte is touched.

use super::*;
use crate::domain::{
    Author, Channel, Content, DeliveryState, LocalTime, Plan, PlatformId, Variant,
};
use crate::store::{DeliveryChange, Store, copy_database};
use chrono::{TimeDelta, TimeZone};

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 10, 12, 0, 0)
        .single()
        .expect("an instant")
}

fn hours(count: i64) -> DateTime<Utc> {
    noon() + TimeDelta::hours(count)
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("plan.db")
    }

    fn copy(&self) -> PathBuf {
        self.folder.path().join("copy.db")
    }

    fn open(&self) -> Store {
        let store = Store::open(&self.database(), noon()).expect("opens");
        let channel = Channel::new("outbox", PlatformId::Sandbox);
        store
            .wait(move |db| db.sync_channels(&[channel]))
            .expect("channels");
        store
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .expect("lists")
            .map(|entry| entry.expect("an entry").file_name().into_string())
            .map(|name| name.expect("a name"))
            .collect();
        names.sort();
        names
    }
}

fn add(store: &Store, at: DateTime<Utc>) -> PostId {
    let content = Content {
        title: "A post".to_owned(),
        text: "A text".to_owned(),
        scheduled: true,
        plan: Plan::At(LocalTime::from_instant(at, chrono_tz::UTC)),
        variants: vec![Variant::inherits("outbox")],
        ..Content::default()
    };
    store
        .wait(move |db| db.add_post(&Author::new("Ada"), &content, None, noon()))
        .expect("added")
        .id
}

fn standing(store: &Store, post: PostId) -> (DeliveryState, String) {
    let view = store.wait(move |db| db.post(post)).expect("there");
    let delivery = &view.deliveries[0];
    (delivery.state, delivery.reason.clone())
}

fn put(store: &Store, post: PostId, state: DeliveryState) {
    let lease = store.try_lead("test", noon()).expect("asks");
    let fence = lease.as_ref().expect("leads").fence;
    let view = store.wait(move |db| db.post(post)).expect("there");
    let id = view.deliveries[0].id;
    let change = DeliveryChange::to(state, "");
    store
        .wait(move |db| db.change_delivery(fence, id, &change, noon()))
        .expect("changed");
}

#[test]
fn what_the_copy_thinks_unsent_but_is_past_is_missed_and_not_sent_again() {
    let desk = Desk::new();
    let store = desk.open();
    let (past, later) = (add(&store, hours(1)), add(&store, hours(9)));
    copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
    drop(store);
    let done = restore(&desk.copy(), &desk.database(), hours(2), hours(2)).expect("restored");
    assert_eq!((done.missed, done.unknown), (1, 0));
    assert_eq!(done.taken_at, noon());
    let store = desk.open();
    assert_eq!(
        standing(&store, past),
        (
            DeliveryState::Missed,
            "restored from a copy of 2026-11-10 12:00 UTC: it may have gone out since".to_owned()
        )
    );
    assert_eq!(standing(&store, later).0, DeliveryState::Waiting);
    assert_eq!(store.wait(|db| db.due(hours(3), &[], 10)), Ok(Vec::new()));
    let queue = store.wait(|db| db.queue(5)).expect("a queue");
    assert_eq!((queue.needs_you_total, queue.next_total), (1, 1));
}

#[test]
fn what_was_published_early_since_the_copy_is_not_sent_again_at_its_planned_time() {
    let desk = Desk::new();
    let store = desk.open();
    let early = add(&store, hours(9));
    copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
    put(&store, early, DeliveryState::Published);
    drop(store);
    let done = restore(&desk.copy(), &desk.database(), hours(1), hours(1)).expect("restored");
    assert_eq!(done.missed, 1);
    let store = desk.open();
    let (state, reason) = standing(&store, early);
    assert_eq!(state, DeliveryState::Missed);
    assert!(reason.contains("it went out since"), "{reason}");
}

#[test]
fn what_was_frozen_on_purpose_stays_frozen_whatever_the_copy_says() {
    let desk = Desk::new();
    let store = desk.open();
    copy_database(&desk.database(), &desk.copy(), noon()).unwrap();
    let by = Author::from("tester");
    store
        .wait(move |db| db.freeze(&by, "wrong link", noon()))
        .unwrap();
    drop(store);
    restore(&desk.copy(), &desk.database(), noon(), noon()).unwrap();
    let frozen = desk.open().wait(|db| db.frozen()).unwrap();
    assert_eq!(
        frozen.map(|freeze| freeze.reason),
        Some("wrong link".to_owned())
    );
}

#[test]
fn what_was_being_sent_when_the_copy_was_taken_is_unknown() {
    let desk = Desk::new();
    let store = desk.open();
    let post = add(&store, hours(0));
    put(&store, post, DeliveryState::Publishing);
    copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
    put(&store, post, DeliveryState::Published);
    drop(store);
    let done = restore(&desk.copy(), &desk.database(), hours(1), hours(1)).expect("restored");
    assert_eq!((done.missed, done.unknown), (0, 1));
    assert_eq!(standing(&desk.open(), post).0, DeliveryState::Unknown);
}

#[test]
fn nothing_is_restored_while_a_process_leads_or_has_the_database_open() {
    let desk = Desk::new();
    let store = desk.open();
    copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
    store.wait(|db| db.set_setting("a", "b")).expect("written");
    let open = restore(&desk.copy(), &desk.database(), noon(), noon());
    assert!(matches!(&open, Err(StoreError::Refused(line)) if line.contains("close every")));
    let lease = store.try_lead("daemon", noon()).expect("asks");
    let leads = restore(&desk.copy(), &desk.database(), noon(), noon());
    assert!(matches!(&leads, Err(StoreError::Refused(line)) if line.contains("publishes")));
    drop(lease);
    assert_eq!(store.wait(|db| db.setting("a")), Ok(Some("b".to_owned())));
    drop(store);
    assert!(restore(&desk.copy(), &desk.database(), noon(), noon()).is_ok());
    assert_eq!(desk.open().wait(|db| db.setting("a")), Ok(None));
}

#[test]
fn the_database_that_was_there_is_kept_aside_and_its_leader_stays_fenced_out() {
    let desk = Desk::new();
    let store = desk.open();
    copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
    let fence = store.try_lead("daemon", noon()).expect("asks");
    let fence = fence.expect("leads").fence;
    store.wait(|db| db.set_setting("a", "b")).expect("written");
    drop(store);
    let done = restore(&desk.copy(), &desk.database(), noon(), noon()).expect("restored");
    let aside = done.aside.expect("kept");
    assert_eq!(
        desk.names(),
        [
            "copy.db",
            "plan.db",
            "plan.db.before-restore-20261110T120000000Z.bak",
            "plan.db.lock"
        ]
    );
    let before = Store::open(&aside, noon()).expect("opens");
    assert_eq!(before.wait(|db| db.setting("a")), Ok(Some("b".to_owned())));
    let late = desk.open().wait(move |db| db.tick(fence, noon()));
    assert_eq!(late, Err(StoreError::NotLeader));
}

#[test]
fn a_damaged_or_missing_database_is_replaced_and_a_damaged_copy_changes_nothing() {
    let desk = Desk::new();
    let store = desk.open();
    store.wait(|db| db.set_setting("a", "b")).expect("written");
    copy_database(&desk.database(), &desk.copy(), noon()).expect("copied");
    drop(store);
    fs::write(desk.database(), "shredded, as happens to disks").expect("written");
    let bad = desk.folder.path().join("bad.db");
    fs::write(&bad, "not a copy at all").expect("written");
    let refused = restore(&bad, &desk.database(), noon(), noon());
    assert!(
        matches!(refused, Err(StoreError::Damaged(_))),
        "{refused:?}"
    );
    let missing = desk.folder.path().join("missing.db");
    let refused = restore(&missing, &desk.database(), noon(), noon());
    assert!(
        matches!(refused, Err(StoreError::NotFound(_))),
        "{refused:?}"
    );
    assert!(!desk.names().iter().any(|name| name.ends_with("restoring")));
    let done = restore(&desk.copy(), &desk.database(), noon(), noon()).expect("restored");
    assert!(done.aside.is_some());
    assert_eq!(desk.open().wait(|db| db.leader()), Ok(None));
    assert_eq!(
        desk.open().wait(|db| db.setting("a")),
        Ok(Some("b".to_owned()))
    );
    fs::remove_file(desk.database()).expect("removed");
    let done = restore(&desk.copy(), &desk.database(), noon(), noon()).expect("restored");
    assert_eq!(done.aside, None);
    assert_eq!(
        desk.open().wait(|db| db.setting("a")),
        Ok(Some("b".to_owned()))
    );
}
