//! The rows of Zulip: a strict server of our own, since the real one cannot be run here. It knows no idempotency.

use crate::common::{channel, http};
use crate::registered::{Account, Made, Registered, Wire};
use crate::zulip_server::{Server, User};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use masthead::domain::{PlatformId, Target};
use masthead::platforms::login::store;
use masthead::platforms::{Connection, Platform, connect};
use masthead::secrets::{KeySecret, Secret, SecretFile, StoredSecret};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The strict server.
pub struct Messages {
    server: Server,
}

impl Messages {
    pub fn started() -> Self {
        Self {
            server: Server::start(),
        }
    }
}

#[async_trait]
impl Registered for Messages {
    fn name(&self) -> &'static str {
        "Zulip, strict fake"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Zulip
    }

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.server.url(),
            create: "POST /api/v1/messages ",
            // Epoch seconds (zulip.com/api/http-headers, 2026-11).
            too_many: |until: DateTime<Utc>| {
                vec![
                    ("x-ratelimit-limit", "200".to_owned()),
                    ("x-ratelimit-remaining", "0".to_owned()),
                    ("x-ratelimit-reset", until.timestamp().to_string()),
                ]
            },
        })
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        let user = self.server.realm().add_bot();
        Box::new(Bot {
            server: self.server.clone(),
            user,
        })
    }
}

/// A bot of its own for each cell.
struct Bot {
    server: Server,
    user: User,
}

#[async_trait]
impl Account for Bot {
    fn section(&self, url: &str) -> String {
        format!(
            "platform = \"zulip\"\nurl = \"{url}\"\nemail = \"{}\"\nto = \"big announce\"\ntopic = \"news\"\n",
            self.user.email
        )
    }

    fn log_in(&self, data: &Path, _url: &str) {
        let secret = StoredSecret::Zulip(KeySecret {
            name: self.user.email.clone(),
            key: Secret::new(self.user.key.as_str()),
        });
        store(&SecretFile::new(data.join("secrets/test.json")), &secret).unwrap();
    }

    fn connect(&self, url: &str, _data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let connection = Connection {
            url: Some(url.to_owned()),
            email: Some(self.user.email.clone()),
            to: Some(Target::Named("big announce".to_owned())),
            secret: Some(Secret::new(self.user.key.as_str())),
            ..Connection::default()
        };
        connect(&channel(PlatformId::Zulip), connection, &http(patience)).unwrap()
    }

    /// A thread is what this bot said under one topic, in order: each message answers the one before.
    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let mut before: Option<String> = None;
        let all = self.server.messages();
        let own = all.iter().filter(|message| message.sender == self.user.id);
        own.map(|message| Made {
            id: message.id.to_string(),
            text: message.content.clone(),
            answers: before.replace(message.id.to_string()),
            pictures: message.content.matches("](/user_uploads/2/").count(),
        })
        .collect()
    }
}
