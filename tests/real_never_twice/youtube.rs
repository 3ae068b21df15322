//! The rows of YouTube: a strict server of our own, since the real one cannot be run here. The last piece of an upload makes
//! the video; the upload says whether it is there.

use crate::common::{channel, http};
use crate::registered::{Account, Attached, Made, Registered, Wire};
use crate::youtube_server::{CLIENT, CLIENT_SECRET, FORCE_SSL, REFRESH, Server, WIDE};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use masthead::domain::{PartMedia, PlatformId};
use masthead::media;
use masthead::platforms::login::store;
use masthead::platforms::{Connection, Files, Kept, Platform, connect};
use masthead::secrets::{OwnAppSecret, Secret, SecretFile, StoredSecret};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The strict server.
pub struct Videos {
    server: Server,
}

impl Videos {
    pub fn started() -> Self {
        let server = Server::start();
        server.state().scopes = format!("{WIDE} {FORCE_SSL}");
        Self { server }
    }
}

#[async_trait]
impl Registered for Videos {
    fn name(&self) -> &'static str {
        "YouTube, strict fake"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::YouTube
    }

    fn attaches(&self) -> Attached {
        Attached::Video
    }

    fn captions(&self) -> bool {
        true
    }

    fn longest_thread(&self) -> usize {
        1
    }

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.server.url(),
            create: "PUT /upload/session/",
            too_many: |until: DateTime<Utc>| vec![("retry-after", until.to_rfc2822())],
        })
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        Box::new(Uploader {
            server: self.server.clone(),
        })
    }
}

/// One account for all cells: each has words of its own.
struct Uploader {
    server: Server,
}

/// The folder of the posts' files, as the program reads it.
pub struct Folder(pub PathBuf);

impl Kept for Folder {
    fn check(&self, hash: &str) -> Result<(), String> {
        media::check(&self.0, hash).map_err(|error| error.to_string())
    }

    fn range(&self, hash: &str, at: u64, length: usize) -> Result<Vec<u8>, String> {
        media::range(&self.0, hash, at, length).map_err(|error| error.to_string())
    }

    fn whole(&self, media: &PartMedia) -> Result<Vec<u8>, String> {
        media::as_sent(&self.0, media).map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Account for Uploader {
    fn section(&self, url: &str) -> String {
        format!("platform = \"youtube\"\nurl = \"{url}\"\nclient_id = \"{CLIENT}\"\n")
    }

    fn log_in(&self, data: &Path, _url: &str) {
        let secret = StoredSecret::YouTube(OwnAppSecret {
            client_id: CLIENT.to_owned(),
            client_secret: Some(Secret::new(CLIENT_SECRET)),
            token: Secret::new("old"),
            ends_at: None,
            refresh: Some(Secret::new(REFRESH)),
            refresh_ends_at: None,
            scopes: None,
        });
        store(&SecretFile::new(data.join("secrets/test.json")), &secret).unwrap();
    }

    fn connect(&self, url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let connection = Connection {
            url: Some(url.to_owned()),
            client_id: Some(CLIENT.to_owned()),
            secret: Some(Secret::new("old")),
            stored: data.join("secrets/test.json"),
            files: Files::new(Folder(data.join("media"))),
            ..Connection::default()
        };
        connect(&channel(PlatformId::YouTube), connection, &http(patience)).unwrap()
    }

    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let all = self.server.videos().into_iter();
        all.map(|video| Made {
            id: video.id,
            text: video.resource["snippet"]["description"].to_string(),
            answers: None,
            pictures: 0,
        })
        .collect()
    }

    fn is_whole(&self, id: &str) {
        let videos = self.server.videos();
        let video = videos.iter().find(|video| video.id == id).unwrap();
        assert_eq!(video.captions.len(), 1, "the captions of {id}");
    }
}
