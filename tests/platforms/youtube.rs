//! YouTube on a strict server: logging in by a browser, deleting and editing, a dead upload, and what is refused.

use crate::common::lost::{look_for, lost};
use crate::common::{channel, http, now, picture, published, request, text};
use crate::pieces::{InMemory, Log};
use crate::youtube_server::{CLIENT, CLIENT_SECRET, OWN, REFRESH, Server};
use chrono::TimeDelta;
use masthead::domain::{
    Account, AttemptRequest, Corrected, Outcome, Part, PartMedia, PlatformId, RemoteRef,
};
use masthead::platforms::youtube_login::YouTubeLogin;
use masthead::platforms::{
    CallError, Connection, Files, LookUp, Platform, UploadLog, connect, login,
};
use masthead::secrets::{OwnAppSecret, Secret, SecretFile, StoredSecret};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);
const REDIRECT: &str = "http://127.0.0.1:8765";
const BYTES: &[u8] = b"all of a small film";

fn grant(token: &str) -> StoredSecret {
    StoredSecret::YouTube(OwnAppSecret {
        client_id: CLIENT.to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        token: Secret::new(token),
        ends_at: None,
        refresh: Some(Secret::new(REFRESH)),
        refresh_ends_at: None,
        scopes: None,
    })
}

fn connection(server: &Server, folder: &Path) -> Connection {
    connection_with(server, folder, BYTES)
}

fn connection_with(server: &Server, folder: &Path, bytes: &[u8]) -> Connection {
    Connection {
        url: Some(server.url()),
        client_id: Some(CLIENT.to_owned()),
        secret: Some(Secret::new("old")),
        stored: folder.join("secrets/test.json"),
        files: Files::new(InMemory(bytes.to_vec())),
        ..Connection::default()
    }
}

/// A server, and a channel on it that somebody logged in.
pub struct Desk {
    pub server: Server,
    pub platform: Arc<dyn Platform>,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::patient(PATIENCE)
    }

    pub fn patient(patience: Duration) -> Self {
        Self::keeping(BYTES, patience)
    }

    /// With one kept file of these bytes.
    fn keeping(bytes: &[u8], patience: Duration) -> Self {
        let server = Server::start();
        server.state().processing = Duration::ZERO;
        let folder = tempfile::tempdir().unwrap();
        let connection = connection_with(&server, folder.path(), bytes);
        login::store(&SecretFile::new(connection.stored.clone()), &grant("old")).unwrap();
        let test = channel(PlatformId::YouTube);
        let platform = connect(&test, connection, &http(patience)).unwrap();
        Self {
            server,
            platform,
            _folder: folder,
        }
    }

    /// Uploads a film of this title, but for its last piece.
    async fn begun(&self, title: &str) -> Result<AttemptRequest, CallError> {
        self.begun_with(film(title)).await
    }

    pub async fn begun_with(&self, part: Part) -> Result<AttemptRequest, CallError> {
        let log = Log::default();
        let session = self.platform.upload_in_pieces(&part, &part.media[0], &log);
        let session = session.await?;
        assert_eq!(log.earlier().unwrap().session, session, "kept first");
        let mut references = vec![session];
        for picture in part.media.iter().skip(1) {
            references.push(self.platform.upload(picture, Vec::new()).await?);
        }
        Ok(request(&*self.platform, &part, None, &references))
    }

    async fn made(&self, title: &str) -> (AttemptRequest, RemoteRef) {
        let request = self.begun(title).await.unwrap();
        let there = published(self.platform.publish(&request).await);
        let there = RemoteRef {
            id: there.id,
            ..RemoteRef::default()
        };
        (request, there)
    }

    pub async fn look(&self, request: &AttemptRequest, taken: &[&str]) -> LookUp {
        self.look_after(1, request, taken).await
    }

    async fn look_after(&self, minutes: i64, request: &AttemptRequest, taken: &[&str]) -> LookUp {
        let lost = lost(request, now() - TimeDelta::minutes(minutes));
        look_for(&*self.platform, &lost, taken).await
    }
}

pub fn film(title: &str) -> Part {
    Part {
        title: Some(title.to_owned()),
        tags: vec!["workshop".to_owned()],
        media: vec![PartMedia {
            name: "talk.mp4".to_owned(),
            mime: "video/mp4".to_owned(),
            ..picture(BYTES, "")
        }],
        ..text("What you will learn.")
    }
}

#[tokio::test]
async fn a_video_is_deleted_once_and_what_is_no_video_is_not_asked_for() {
    let desk = Desk::new();
    let (_, there) = desk.made("A talk").await;
    assert_eq!(desk.server.videos().len(), 1);
    assert_eq!(desk.platform.delete(&there).await, Corrected::Done);
    assert!(desk.server.videos().is_empty());
    assert_eq!(desk.platform.delete(&there).await, Corrected::Gone);
    let nonsense = RemoteRef {
        id: "../channels?mine=true".to_owned(),
        ..RemoteRef::default()
    };
    let refused = desk.platform.delete(&nonsense).await;
    assert!(matches!(refused, Corrected::Refused { .. }), "{refused:?}");
}

#[tokio::test]
async fn an_edit_changes_title_text_and_tags_and_leaves_the_rest_as_it_is() {
    let desk = Desk::new();
    let (_, there) = desk.made("A tlak").await;
    desk.server.state().videos[0].resource["snippet"]["defaultTitle"] = "kept".into();
    let before = desk.server.videos().remove(0);
    assert!(desk.platform.can_edit() && !desk.platform.edit_takes_media());
    let mut better = film("A talk");
    better.text = "What you will learn, in five minutes.".to_owned();
    better.tags.clear();
    let edited = desk.platform.edit(&there, &better, &[]).await;
    assert_eq!(edited, Corrected::Done);
    let after = desk.server.videos().remove(0);
    let snippet = &after.resource["snippet"];
    assert_eq!(snippet["title"], "A talk");
    assert_eq!(snippet["description"], better.text);
    assert_eq!(snippet["tags"], serde_json::json!([]));
    for kept in ["categoryId", "defaultTitle"] {
        assert_eq!(snippet[kept], before.resource["snippet"][kept], "{kept}");
    }
    assert_eq!(after.resource["status"], before.resource["status"]);
    assert_eq!(after.bytes, before.bytes);
    assert_eq!(desk.platform.delete(&there).await, Corrected::Done);
    let gone = desk.platform.edit(&there, &better, &[]).await;
    assert_eq!(gone, Corrected::Gone);
}

#[tokio::test]
async fn a_lost_video_is_told_by_its_upload_and_once_that_is_dead_by_the_channels_own_list() {
    let desk = Desk::new();
    let unfinished = desk.begun("Another talk").await.unwrap();
    assert_eq!(desk.look(&unfinished, &[]).await, LookUp::Absent);
    let (request, there) = desk.made("A talk").await;
    let asked = |begin: &str| desk.server.asked(begin);
    let found = desk.look(&request, &[]).await;
    assert!(
        matches!(&found, LookUp::Found(it) if it.id == there.id),
        "{found:?}"
    );
    assert_eq!(asked("GET /youtube/v3/playlistItems"), 0);
    // The upload is known for a while only.
    desk.server.state().sessions.clear();
    let found = desk.look(&request, &[]).await;
    assert!(
        matches!(&found, LookUp::Found(it) if it.id == there.id),
        "{found:?}"
    );
    assert_eq!(asked("GET /youtube/v3/playlistItems"), 1);
    // The list lags behind: that a video is missing says nothing at first.
    for (lost, taken) in [(&request, &[&*there.id][..]), (&unfinished, &[])] {
        let early = desk.look(lost, taken).await;
        assert!(matches!(early, LookUp::CannotTell { .. }), "{early:?}");
        let late = desk.look_after(16, lost, taken).await;
        assert_eq!(late, LookUp::Absent);
    }
    // Two of one title: a person has to look.
    let (_, other) = desk.made("A talk").await;
    assert_ne!(other.id, there.id);
    let looked = desk.look(&request, &[]).await;
    assert!(matches!(looked, LookUp::CannotTell { .. }), "{looked:?}");
    // Nothing is made of an upload that is not known any more.
    let outcome = desk.platform.publish(&unfinished).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert_eq!(desk.server.videos().len(), 2);
}

#[tokio::test]
async fn what_is_too_much_waits_until_it_comes_back_and_nothing_is_made() {
    let desk = Desk::new();
    for (status, reason, hours) in [
        (400, "uploadLimitExceeded", 24),
        (403, "quotaExceeded", 25),
        (403, "rateLimitExceeded", 1),
    ] {
        desk.server.state().refuse = Some((status, reason));
        match desk.begun("A talk").await {
            Err(CallError::RateLimited { until, .. }) => {
                assert!(until > now(), "{reason}: {until}");
                assert!(until < now() + TimeDelta::hours(hours), "{reason}: {until}");
                if reason == "quotaExceeded" {
                    // Midnight in California.
                    assert!(
                        [7, 8].contains(&(until.timestamp() % 86_400 / 3600)),
                        "{until}"
                    );
                }
            }
            other => panic!("{reason}: {other:?}"),
        }
    }
    assert!(desk.server.state().sessions.is_empty());
}

#[tokio::test]
async fn a_missing_scope_and_an_ended_login_ask_for_a_login() {
    let desk = Desk::new();
    let (_, there) = desk.made("A talk").await;
    desk.server.state().refuse_all = Some((403, "insufficientPermissions"));
    let error = desk.begun("Another").await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    let said = error.to_string();
    assert!(
        said.contains("the login lacks a scope: log in again"),
        "{said}"
    );
    assert!(said.contains("masthead login test"), "{said}");
    let kept = desk.platform.delete(&there).await;
    assert!(
        !matches!(kept, Corrected::Done | Corrected::Gone),
        "{kept:?}"
    );
    assert_eq!(desk.server.videos().len(), 1);
    desk.server.state().refuse_all = None;
    desk.server.state().revoked = true;
    desk.server.state().access.clear();
    let error = desk.begun("Another").await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    assert!(!error.to_string().contains(REFRESH), "{error}");
}

#[tokio::test]
async fn a_browsers_last_address_is_pasted_and_one_of_another_login_may_be_pasted_again() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let test = channel(PlatformId::YouTube);
    let connection = Connection {
        secret: None,
        ..connection(&server, folder.path())
    };
    let secret = Secret::new(CLIENT_SECRET);
    let login = YouTubeLogin::new(&test, connection, secret, &http(PATIENCE)).unwrap();
    let browser = login.browser(REDIRECT);
    let back = server.allow(&browser.page);
    for wrong in [back.replace("state=", "state=x"), "c0de".to_owned()] {
        let error = browser.code(&wrong).unwrap_err();
        assert!(matches!(error, CallError::Rejected(_)), "{error:?}");
    }
    let (stored, account) = login
        .finish(&browser, browser.code(&back).unwrap())
        .await
        .unwrap();
    let own = Account {
        id: OWN.to_owned(),
        handle: "@example".to_owned(),
    };
    assert_eq!(account, own);
    let StoredSecret::YouTube(stored) = stored else {
        panic!("another kind of secret");
    };
    assert_eq!(stored.refresh.unwrap().expose(), REFRESH);
    // What was allowed is good once, and a refusal is told.
    let error = login
        .finish(&browser, browser.code(&back).unwrap())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    let again = login.browser(REDIRECT);
    let state = again.page.split("state=").nth(1).unwrap();
    let state = state.split('&').next().unwrap();
    let denied = format!("{REDIRECT}?state={state}&error=access_denied");
    let error = again.code(&denied).unwrap_err();
    assert!(error.to_string().contains("allow access"), "{error}");
}

#[tokio::test]
async fn a_piece_that_an_earlier_run_had_on_its_way_stops_nothing() {
    // More than two of the smallest pieces.
    let bytes: Vec<u8> = (0..600_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let desk = Desk::keeping(&bytes, PATIENCE);
    desk.server.state().overtaken = true;
    let mut film = film("A talk");
    film.media[0].size = bytes.len() as u64;
    let request = desk.begun_with(film).await.unwrap();
    assert!(!desk.server.state().overtaken);
    published(desk.platform.publish(&request).await);
    let videos = desk.server.videos();
    assert_eq!(videos.len(), 1);
    assert!(videos[0].bytes == bytes, "byte for byte");
}
