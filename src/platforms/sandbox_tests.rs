//! The sandbox on a real folder: each part is a file once, and what the folder does not allow is said.

use super::*;
use crate::domain::{Attempt, AttemptId};
use chrono::DateTime;

fn sandbox(folder: &Path) -> Sandbox {
    let mut channel = Channel::new("outbox", PlatformId::Sandbox);
    channel.like = Some(PlatformId::Mastodon);
    Sandbox::new(&channel, folder.join("outbox"))
}

fn request(sandbox: &Sandbox, text: &str) -> AttemptRequest {
    let part = Part {
        text: text.to_owned(),
        warning: Some("plot".to_owned()),
        visibility: Some(Visibility::Unlisted),
        media: vec![PartMedia {
            hash: "ab".to_owned(),
            name: "cat.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 3,
            pixels: None,
            duration_ms: None,
            alt: "a cat".to_owned(),
            ..PartMedia::default()
        }],
        ..Part::default()
    };
    let context = PartContext {
        delivery: DeliveryId(7),
        index: 1,
        total: 3,
        answers: Some(&RemoteRef {
            id: "7-1.json".to_owned(),
            ..RemoteRef::default()
        }),
        media_refs: &["ab".to_owned()],
        created_at: DateTime::UNIX_EPOCH,
        earlier: None,
    };
    sandbox.request(&part, &context)
}

#[tokio::test]
async fn a_part_becomes_one_file_with_all_that_would_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let outcome = sandbox.publish(&request(&sandbox, "hello")).await;
    let Outcome::Published(published) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(published.id, "7-2.json");
    let permalink = published.permalink.unwrap();
    assert!(permalink.starts_with("file:///") && permalink.ends_with("/outbox/7-2.json"));
    let text = fs::read_to_string(folder.path().join("outbox/7-2.json")).unwrap();
    let letter: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(letter["text"], "hello");
    assert_eq!(letter["like"], "mastodon");
    assert_eq!((&letter["part"], &letter["of"]), (&2.into(), &3.into()));
    assert_eq!(letter["reply"]["id"], "7-1.json");
    assert_eq!(letter["media"][0]["alt"], "a cat");
    let files = fs::read_dir(folder.path().join("outbox")).unwrap().count();
    assert_eq!(files, 1);
}

#[tokio::test]
async fn the_same_part_again_is_published_and_another_under_its_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let first = request(&sandbox, "hello");
    let published = sandbox.publish(&first).await;
    assert_eq!(sandbox.publish(&first).await, published);
    let other = sandbox.publish(&request(&sandbox, "other")).await;
    assert!(matches!(other, Outcome::Rejected { .. }), "{other:?}");
    let kept = fs::read_to_string(folder.path().join("outbox/7-2.json")).unwrap();
    assert_eq!(kept, first.body);
}

#[tokio::test]
async fn a_deleted_part_is_put_aside_once_and_is_gone_then() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let request = request(&sandbox, "hello");
    sandbox.publish(&request).await;
    let there = |id: &str| RemoteRef {
        id: id.to_owned(),
        ..RemoteRef::default()
    };
    assert_eq!(sandbox.delete(&there("7-2.json")).await, Corrected::Done);
    let aside = folder.path().join("outbox/7-2.json.deleted");
    assert_eq!(fs::read_to_string(aside).unwrap(), request.body);
    assert!(!folder.path().join("outbox/7-2.json").exists());
    assert_eq!(sandbox.delete(&there("7-2.json")).await, Corrected::Gone);
    let elsewhere = sandbox.delete(&there("../7-2.json")).await;
    assert!(matches!(elsewhere, Corrected::Refused { .. }));
}

#[tokio::test]
async fn a_look_removes_what_killed_processes_left_of_that_part_only() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let request = request(&sandbox, "hello");
    let outbox = folder.path().join("outbox");
    fs::create_dir(&outbox).unwrap();
    for left in ["7-2.311.new", "7-2.99.new", "7-21.311.new"] {
        fs::write(outbox.join(left), "hal").unwrap();
    }
    let attempt = Attempt {
        id: AttemptId(1),
        delivery: DeliveryId(7),
        part: 1,
        number: 1,
        request: request.clone(),
        started_at: DateTime::UNIX_EPOCH,
        deadline: DateTime::UNIX_EPOCH,
        outcome: None,
        ended_at: None,
    };
    let sought = Sought {
        attempt: &attempt,
        since: DateTime::UNIX_EPOCH,
        taken: &[],
    };
    assert_eq!(sandbox.look_up(&sought).await, LookUp::Absent);
    let published = sandbox.publish(&request).await;
    assert!(
        matches!(&published, Outcome::Published(there) if sandbox.look_up(&sought).await == LookUp::Found(there.clone()))
    );
    let mut left: Vec<_> = fs::read_dir(&outbox)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["7-2.json", "7-21.311.new"]);
}

#[tokio::test]
async fn an_outbox_that_cannot_be_written_means_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("outbox"), "a file").unwrap();
    let sandbox = sandbox(folder.path());
    let outcome = sandbox.publish(&request(&sandbox, "hello")).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(sandbox.verify().await.is_err());
}

#[tokio::test]
async fn a_key_that_would_leave_the_outbox_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let mut request = request(&sandbox, "hello");
    for key in ["../../etc/passwd", "", "a/b"] {
        request.key = key.to_owned();
        let outcome = sandbox.publish(&request).await;
        assert!(matches!(outcome, Outcome::Rejected { .. }), "{key}");
    }
}
