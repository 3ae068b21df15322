//! Videos on a strict video service of Bluesky and a strict server behind it: which road they take, what is asked again, and
//! what is said where they are not taken.

use crate::bluesky_video_server::Server as Studio;
use crate::common::{channel, http, picture, published, request, text};
use crate::pds_server::{DID, HANDLE, PASSWORD, Server as Pds};
use crate::pieces::{InMemory, Log};
use masthead::domain::{Account, Part, PartMedia, PlatformId};
use masthead::platforms::{CallError, Connection, Files, Platform, connect};
use masthead::secrets::Secret;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const SIZE: usize = 3_000_000;

/// A server, a service beside it, and a film with the platform that reads it.
struct World {
    pds: Pds,
    studio: Studio,
    platform: Arc<dyn Platform>,
    part: Part,
    media: PartMedia,
    bytes: Vec<u8>,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self::with(|studio| Some(studio.to_owned()))
    }

    fn with(service: impl FnOnce(&str) -> Option<String>) -> Self {
        let pds = Pds::start();
        let studio = Studio::start(&pds.url(), &pds.did());
        let folder = tempfile::tempdir().unwrap();
        let mut bytes: Vec<u8> = (0..SIZE).map(|at| (at / 1000) as u8).collect();
        bytes[4..8].copy_from_slice(b"ftyp");
        let connection = Connection {
            url: Some(pds.url()),
            handle: Some(HANDLE.to_owned()),
            secret: Some(Secret::new(PASSWORD)),
            stored: folder.path().join("secrets/test.json"),
            files: Files::new(InMemory(bytes.clone())),
            video_service: service(&studio.url()),
            ..Connection::default()
        };
        let mut test = channel(PlatformId::Bluesky);
        test.account = Some(Account {
            id: DID.to_owned(),
            handle: format!("@{HANDLE}"),
        });
        let platform = connect(&test, connection, &http(Duration::from_secs(20))).unwrap();
        let media = PartMedia {
            name: "talk.mp4".to_owned(),
            mime: "video/mp4".to_owned(),
            pixels: Some((640, 360)),
            ..picture(&bytes, "a tälk")
        };
        let mut part = text("watch this");
        part.media.push(media.clone());
        Self {
            pds,
            studio,
            platform,
            part,
            media,
            bytes,
            _folder: folder,
        }
    }

    async fn upload(&self, log: &Log) -> Result<String, CallError> {
        let platform = &self.platform;
        platform
            .upload_in_pieces(&self.part, &self.media, log)
            .await
    }

    async fn refused(&self) -> String {
        match self.upload(&Log::default()).await {
            Err(CallError::Rejected(said)) => said,
            other => panic!("{other:?}"),
        }
    }

    /// Posts it; the record has the blob, which is the film.
    async fn post(&self, blob: String) {
        let sent = request(
            &*self.platform,
            &self.part,
            None,
            std::slice::from_ref(&blob),
        );
        published(self.platform.publish(&sent).await);
        let repo = self.pds.repo();
        assert_eq!(repo.records.len(), 1);
        let embed = &repo.records.values().next().unwrap()["embed"];
        assert_eq!(
            embed["video"],
            serde_json::from_str::<Value>(&blob).unwrap()
        );
        assert_eq!(embed["alt"], "a tälk");
        assert_eq!(embed["aspectRatio"], json!({"width": 640, "height": 360}));
        let id = embed["video"]["ref"]["$link"].as_str().unwrap();
        assert!(repo.blobs[id].1 == self.bytes, "it arrived otherwise");
    }
}

#[tokio::test]
async fn a_video_goes_to_the_service_which_brings_it_to_the_accounts_server() {
    for bare in [false, true] {
        let world = World::new();
        world.studio.studio().bare = bare;
        assert!(world.platform.in_pieces(&world.media));
        let blob = world.upload(&Log::default()).await.unwrap();
        assert_eq!((world.studio.uploads(), world.pds.uploads()), (1, 1));
        world.post(blob).await;
    }
}

#[tokio::test]
async fn a_job_of_an_earlier_run_is_asked_for_and_the_video_not_sent_again() {
    let world = World::new();
    world.studio.studio().rounds = u32::MAX;
    let log = Log::default();
    let waits = world.upload(&log).await;
    assert!(
        matches!(&waits, Err(CallError::Unavailable(said)) if said.contains("still processing the video talk.mp4")),
        "{waits:?}"
    );
    for job in world.studio.studio().jobs.values_mut() {
        job.rounds = 1;
    }
    let blob = world.upload(&log).await.unwrap();
    assert_eq!(world.studio.uploads(), 1);
    // Once it is known nothing is asked any more.
    let asked = world.studio.studio().asked.len();
    assert_eq!(world.upload(&log).await, Ok(blob.clone()));
    assert_eq!(world.studio.studio().asked.len(), asked);
    world.post(blob).await;
}

#[tokio::test]
async fn a_video_that_the_service_has_already_is_used() {
    let world = World::new();
    let first = world.upload(&Log::default()).await.unwrap();
    let again = world.upload(&Log::default()).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.pds.uploads(), 1);
    world.post(again).await;
}

#[tokio::test]
async fn a_job_that_is_forgotten_begins_anew() {
    let world = World::new();
    world.studio.studio().rounds = u32::MAX;
    let log = Log::default();
    world.upload(&log).await.unwrap_err();
    {
        let mut studio = world.studio.studio();
        studio.jobs.clear();
        studio.rounds = 0;
    }
    let blob = world.upload(&log).await.unwrap();
    assert_eq!(world.studio.uploads(), 2);
    world.post(blob).await;
}

#[tokio::test]
async fn each_failure_is_one_sentence_and_the_next_try_begins_anew() {
    for (code, remedy) in [
        (
            "validation_failure",
            "convert it to MP4 with H.264 and AAC, and attach it again",
        ),
        (
            "encoding_failure",
            "convert it to MP4 with H.264 and AAC, and attach it again",
        ),
        (
            "pds_upload_unsupported_blob_size",
            "takes no file that large: make it smaller",
        ),
        ("pds_upload_failure", "try again"),
        ("generic_failure", "try again"),
    ] {
        let world = World::new();
        world.studio.studio().fails = Some(code);
        let log = Log::default();
        let failed = world.upload(&log).await;
        let Err(CallError::Rejected(said)) = failed else {
            panic!("{failed:?}");
        };
        assert!(
            said.contains("cannot use talk.mp4: Video could not be processed"),
            "{said}"
        );
        assert!(said.ends_with(remedy), "{said}");
        assert!(log.kept.lock().unwrap().is_none());
    }
}

#[tokio::test]
async fn a_used_up_quota_is_told_before_anything_is_sent() {
    let world = World::new();
    world.studio.studio().room =
        json!({"canUpload": false, "message": "User must confirm their email"});
    let said = world.refused().await;
    assert!(
        said.contains("takes no video of @ada.test now: User must confirm their email ("),
        "{said}"
    );
    world.studio.studio().room = json!({"canUpload": true, "remainingDailyBytes": 2_000_000});
    let said = world.refused().await;
    assert!(
        said.ends_with("talk.mp4 has 3.0 MB: send it tomorrow"),
        "{said}"
    );
    assert_eq!(world.studio.uploads(), 0);
}

#[tokio::test]
async fn a_server_without_a_service_gets_the_video_itself_up_to_what_it_takes() {
    // None is configured, and the usual one cannot reach this machine; it is said to have none; it gives no tokens.
    let worlds = [
        World::with(|_| None),
        World::with(|_| Some("none".to_owned())),
        World::new(),
    ];
    worlds[2].pds.repo().grants = false;
    for world in worlds {
        let log = Log::default();
        let blob = world.upload(&log).await.unwrap();
        assert_eq!(world.upload(&log).await.as_ref(), Ok(&blob));
        assert_eq!((world.studio.uploads(), world.pds.uploads()), (0, 1));
        world.post(blob).await;
        world.pds.repo().most = 1_000_000;
        let said = world.refused().await;
        assert!(
            said.contains("takes files of up to 1.0 MB, and talk.mp4 has 3.0 MB"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn the_servers_own_limit_is_told_where_it_gets_videos_itself() {
    let world = World::with(|_| None);
    world.pds.repo().most = 5_000_000;
    let limits = world.platform.limits().await.unwrap();
    assert_eq!(limits.max_video_bytes, Some(5_000_000));
    let limits = World::new().platform.limits().await.unwrap();
    assert_eq!(limits.max_video_bytes, None);
}
