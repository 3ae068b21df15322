//! The rows of X: a strict server of our own, since the real one cannot be run here. It refuses the same text twice, which
//! proves nothing to who lost an answer.

use crate::common::{channel, http};
use crate::registered::{Account, Made, Registered, Wire};
use crate::x_server::{Server, User};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use masthead::domain::PlatformId;
use masthead::platforms::login::store;
use masthead::platforms::{Connection, Platform, connect};
use masthead::secrets::{Secret, SecretFile, SigningSecret, StoredSecret};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The strict server.
pub struct Posts {
    server: Server,
}

impl Posts {
    pub fn started() -> Self {
        Self {
            server: Server::start(),
        }
    }
}

#[async_trait]
impl Registered for Posts {
    fn name(&self) -> &'static str {
        "X, strict fake"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::X
    }

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.server.url(),
            create: "POST /2/tweets ",
            // Epoch seconds (docs.x.com/x-api/fundamentals/rate-limits, 2026-11).
            too_many: |until: DateTime<Utc>| {
                vec![
                    ("x-rate-limit-limit", "100".to_owned()),
                    ("x-rate-limit-remaining", "0".to_owned()),
                    ("x-rate-limit-reset", until.timestamp().to_string()),
                ]
            },
        })
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        let user = self.server.site().add_user();
        Box::new(Own {
            server: self.server.clone(),
            user,
        })
    }
}

/// An account of its own for each cell.
struct Own {
    server: Server,
    user: User,
}

#[async_trait]
impl Account for Own {
    fn section(&self, url: &str) -> String {
        format!("platform = \"x\"\nurl = \"{url}\"\n")
    }

    fn log_in(&self, data: &Path, _url: &str) {
        let keys = SigningSecret::read(&Secret::new(self.user.keys())).unwrap();
        let secret = StoredSecret::Signing(keys);
        store(&SecretFile::new(data.join("secrets/test.json")), &secret).unwrap();
    }

    fn connect(&self, url: &str, _data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let connection = Connection {
            url: Some(url.to_owned()),
            secret: Some(Secret::new(self.user.keys())),
            ..Connection::default()
        };
        connect(&channel(PlatformId::X), connection, &http(patience)).unwrap()
    }

    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let all = self.server.posts();
        let own = all.into_iter().filter(|post| post.author == self.user.id);
        own.map(|post| Made {
            id: post.id,
            text: post.text,
            answers: post.answers,
            pictures: post.media.len(),
        })
        .collect()
    }
}
