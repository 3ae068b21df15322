//! The rows of Bluesky: the reference PDS.

use crate::common::{self, post_json, read_json, server};
use crate::registered::{Account, Made, Registered, Wire};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use masthead::domain::PlatformId;
use masthead::platforms::Platform;
use masthead::platforms::login::store;
use masthead::secrets::{BlueskySecret, Secret, SecretFile, StoredSecret};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How many cells share an account: making one costs the server more than a post.
const SHARED_BY: usize = 8;

/// The PDS.
pub struct Records {
    url: String,
    accounts: tokio::sync::Mutex<BTreeMap<usize, Session>>,
}

impl Records {
    pub fn running() -> Option<Self> {
        let [url] = server(["MASTHEAD_PDS_URL"])?;
        Some(Self {
            url,
            accounts: tokio::sync::Mutex::default(),
        })
    }
}

#[async_trait]
impl Registered for Records {
    fn name(&self) -> &'static str {
        "Bluesky PDS"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Bluesky
    }

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.url.clone(),
            create: "com.atproto.repo.putRecord",
            // Epoch seconds (docs.bsky.app/docs/advanced-guides/rate-limits, 2026-11).
            too_many: |until: DateTime<Utc>| {
                vec![
                    ("ratelimit-limit", "5000".to_owned()),
                    ("ratelimit-remaining", "0".to_owned()),
                    ("ratelimit-reset", until.timestamp().to_string()),
                    ("ratelimit-policy", "5000;w=3600".to_owned()),
                ]
            },
        })
    }

    async fn account(&self, number: usize) -> Box<dyn Account> {
        let mut accounts = self.accounts.lock().await;
        let index = number / SHARED_BY;
        if let Some(known) = accounts.get(&index) {
            return Box::new(known.clone());
        }
        let made = self.new_account().await;
        accounts.insert(index, made.clone());
        Box::new(made)
    }
}

impl Records {
    pub async fn new_account(&self) -> Session {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let url = format!("{}/xrpc/com.atproto.server.createAccount", self.url);
        let made = post_json(
            &url,
            &json!({
                "handle": format!("a{}.test", &name[..12]),
                "email": format!("{name}@example.test"),
                "password": "of-the-account",
            }),
        )
        .await;
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        Session {
            url: self.url.clone(),
            did: text("did"),
            handle: text("handle"),
            access: text("accessJwt"),
            refresh: text("refreshJwt"),
        }
    }
}

#[derive(Clone)]
pub struct Session {
    pub url: String,
    pub did: String,
    pub handle: String,
    access: String,
    refresh: String,
}

#[async_trait]
impl Account for Session {
    fn section(&self, url: &str) -> String {
        format!(
            "platform = \"bluesky\"\nurl = \"{url}\"\nhandle = \"{}\"\n",
            self.handle
        )
    }

    fn log_in(&self, data: &Path, url: &str) {
        let secret = StoredSecret::Bluesky(BlueskySecret {
            did: self.did.clone(),
            handle: self.handle.clone(),
            pds: url.to_owned(),
            access: Secret::new(self.access.as_str()),
            refresh: Secret::new(self.refresh.as_str()),
            password: None,
        });
        store(&SecretFile::new(data.join("secrets/test.json")), &secret).unwrap();
    }

    fn connect(&self, url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform> {
        common::bluesky(url, &self.handle, None, data, Some(&self.did), patience)
    }

    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let list = format!(
            "{}/xrpc/com.atproto.repo.listRecords?repo={}&collection=app.bsky.feed.post&limit=100",
            self.url, self.did
        );
        let listed = read_json(&list, None).await;
        let records = listed["records"].as_array().unwrap();
        assert!(records.len() < 100, "too many cells share an account");
        records
            .iter()
            .map(|record| Made {
                id: record["uri"].as_str().unwrap().to_owned(),
                text: record["value"]["text"].as_str().unwrap().to_owned(),
                answers: record["value"]["reply"]["parent"]["uri"]
                    .as_str()
                    .map(str::to_owned),
                pictures: record["value"]["embed"]["images"]
                    .as_array()
                    .map_or(0, Vec::len),
            })
            .collect()
    }
}
