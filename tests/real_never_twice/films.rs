//! The rows of videos where the upload makes no post: a strict Mastodon that works on them first, and the reference PDS of
//! Bluesky behind a strict video service.

use crate::bluesky::{Records, Session};
use crate::bluesky_video_server::Server as Studio;
use crate::common::{channel, http, read_json};
use crate::mastodon::Token;
use crate::mastodon_server::{Server, TOKEN};
use crate::registered::{Account, Attached, Made, Registered, Wire};
use crate::youtube::Folder;
use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use masthead::domain::{Account as Identity, PlatformId};
use masthead::platforms::{Connection, Files, Platform, connect};
use masthead::secrets::Secret;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A video stands with the first part alone.
fn require_video(text: &str, has_video: bool) {
    assert_eq!(text.contains("Part 1: "), has_video, "{text}");
}

/// The strict Mastodon.
pub struct Awaited {
    server: Server,
}

impl Awaited {
    pub fn started() -> Self {
        Self {
            server: Server::start(),
        }
    }
}

#[async_trait]
impl Registered for Awaited {
    fn name(&self) -> &'static str {
        "Mastodon, a video"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Mastodon
    }

    fn attaches(&self) -> Attached {
        Attached::Video
    }

    fn parts(&self) -> usize {
        1
    }

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.server.url(),
            create: "POST /api/v1/statuses ",
            too_many: |until: DateTime<Utc>| {
                let reset = until.to_rfc3339_opts(SecondsFormat::Micros, true);
                vec![("x-ratelimit-reset", reset)]
            },
        })
    }

    async fn account(&self, number: usize) -> Box<dyn Account> {
        Box::new(Own {
            token: Token {
                url: self.server.url(),
                token: format!("{TOKEN}-{number}"),
                visibility: self.visibility(),
            },
            server: self.server.clone(),
        })
    }
}

/// An account of its own for each cell: only its newest posts are read.
struct Own {
    token: Token,
    server: Server,
}

#[async_trait]
impl Account for Own {
    fn section(&self, url: &str) -> String {
        self.token.section(url)
    }

    fn log_in(&self, data: &Path, url: &str) {
        self.token.log_in(data, url);
    }

    fn connect(&self, url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let connection = Connection {
            url: Some(url.to_owned()),
            secret: Some(Secret::new(&*self.token.token)),
            files: Files::new(Folder(data.join("media"))),
            ..Connection::default()
        };
        connect(&channel(PlatformId::Mastodon), connection, &http(patience)).unwrap()
    }

    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let site = self.server.site();
        let made = site.posts.iter().map(|post| {
            require_video(&post.text, !post.media.is_empty());
            Made {
                id: post.id.clone(),
                text: post.text.clone(),
                answers: post.answers.clone(),
                pictures: 0,
            }
        });
        made.collect()
    }
}

/// The PDS behind a service.
pub struct Served {
    records: Records,
    studio: Studio,
}

impl Served {
    pub async fn running() -> Option<Self> {
        let records = Records::running()?;
        let url = records.wire()?.target;
        let described = format!("{url}/xrpc/com.atproto.server.describeServer");
        let audience = read_json(&described, None).await["did"].clone();
        Some(Self {
            studio: Studio::start(&url, audience.as_str()?),
            records,
        })
    }
}

#[async_trait]
impl Registered for Served {
    fn name(&self) -> &'static str {
        "Bluesky PDS, a video"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Bluesky
    }

    fn attaches(&self) -> Attached {
        Attached::Video
    }

    fn parts(&self) -> usize {
        1
    }

    fn wire(&self) -> Option<Wire> {
        self.records.wire()
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        Box::new(Filmed {
            session: self.records.new_account().await,
            service: self.studio.url(),
        })
    }
}

/// An account of its own for each cell.
struct Filmed {
    session: Session,
    service: String,
}

#[async_trait]
impl Account for Filmed {
    fn section(&self, url: &str) -> String {
        let section = self.session.section(url);
        format!("{section}video_service = \"{}\"\n", self.service)
    }

    fn log_in(&self, data: &Path, url: &str) {
        self.session.log_in(data, url);
    }

    fn connect(&self, url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let mut test = channel(PlatformId::Bluesky);
        test.account = Some(Identity {
            id: self.session.did.clone(),
            handle: format!("@{}", self.session.handle),
        });
        let connection = Connection {
            url: Some(url.to_owned()),
            handle: Some(self.session.handle.clone()),
            stored: data.join("secrets/test.json"),
            files: Files::new(Folder(data.join("media"))),
            video_service: Some(self.service.clone()),
            ..Connection::default()
        };
        connect(&test, connection, &http(patience)).unwrap()
    }

    async fn posts(&self, data: &Path) -> Vec<Made> {
        let list = format!(
            "{}/xrpc/com.atproto.repo.listRecords?repo={}&collection=app.bsky.feed.post&limit=100",
            self.session.url, self.session.did
        );
        let listed = read_json(&list, None).await;
        for record in listed["records"].as_array().unwrap() {
            let value: &Value = &record["value"];
            let has_video = value["embed"]["video"]["size"].as_u64() > Some(0);
            require_video(value["text"].as_str().unwrap(), has_video);
        }
        self.session.posts(data).await
    }
}
