//! The rows of Mastodon: a server that honours the idempotency key, and one that ignores it and closes connections unsaid.

use crate::common::{self, channel, http, post_form, read_json, server};
use crate::registered::{Account, Made, Registered, Wire};
use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use masthead::domain::{PlatformId, Visibility};
use masthead::platforms::Platform;
use masthead::platforms::login::{MastodonLogin, store};
use masthead::secrets::{MastodonSecret, Secret, SecretFile, StoredSecret};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn wire(url: &str) -> Wire {
    Wire {
        target: url.to_owned(),
        create: "POST /api/v1/statuses ",
        // An ISO date with microseconds, and nothing else (docs.joinmastodon.org/api/rate-limits, 2026-11).
        too_many: |until: DateTime<Utc>| {
            let reset = until.to_rfc3339_opts(SecondsFormat::Micros, true);
            vec![
                ("x-ratelimit-limit", "300".to_owned()),
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", reset),
            ]
        },
    }
}

/// `mastodon_mock`: the same key makes one post.
pub struct Honours {
    url: String,
}

impl Honours {
    pub fn running() -> Option<Self> {
        let [url] = server(["MASTHEAD_MASTODON_URL"])?;
        Some(Self { url })
    }
}

#[async_trait]
impl Registered for Honours {
    fn name(&self) -> &'static str {
        "mastodon_mock"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Mastodon
    }

    fn wire(&self) -> Option<Wire> {
        Some(wire(&self.url))
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        let url = format!("{}/api/v1/_mock/dev_user", self.url);
        let made = common::post_json(&url, &Value::Object(serde_json::Map::new())).await;
        Box::new(Token {
            url: self.url.clone(),
            token: made["access_token"].as_str().unwrap().to_owned(),
            visibility: self.visibility(),
        })
    }
}

/// snac2: the same key makes another post.
pub struct Ignores {
    name: &'static str,
    visibility: Visibility,
    url: String,
    tokens: Arc<Vec<String>>,
    /// The account of the next cell, for all rows: an account shows only its newest 40 posts.
    next: Arc<AtomicUsize>,
}

impl Ignores {
    /// Logs in to each of its accounts; posts to followers have rows of their own, since snac2 does not list them.
    pub async fn running() -> Vec<Arc<dyn Registered>> {
        let Some([url, user, password, others]) = server([
            "MASTHEAD_SNAC_URL",
            "MASTHEAD_SNAC_USER",
            "MASTHEAD_SNAC_PASSWORD",
            "MASTHEAD_SNAC_OTHERS",
        ]) else {
            return Vec::new();
        };
        let mut tokens = vec![log_in(&url, &user, &password).await];
        for other in others.split(',') {
            let (user, password) = other.split_once(':').unwrap();
            tokens.push(log_in(&url, user, password).await);
        }
        let (tokens, next) = (Arc::new(tokens), Arc::new(AtomicUsize::new(0)));
        let rows = [
            ("snac2", Visibility::Public),
            ("snac2, to followers", Visibility::Private),
        ];
        rows.map(|(name, visibility)| {
            Arc::new(Self {
                name,
                visibility,
                url: url.clone(),
                tokens: Arc::clone(&tokens),
                next: Arc::clone(&next),
            }) as Arc<dyn Registered>
        })
        .into()
    }
}

#[async_trait]
impl Registered for Ignores {
    fn name(&self) -> &'static str {
        self.name
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Mastodon
    }

    fn visibility(&self) -> Visibility {
        self.visibility
    }

    fn parts(&self) -> usize {
        match self.visibility {
            Visibility::Public => 3,
            // A day of looks that cannot tell, each time.
            _ => 1,
        }
    }

    fn wire(&self) -> Option<Wire> {
        Some(wire(&self.url))
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Box::new(Token {
            url: self.url.clone(),
            token: self.tokens[number % self.tokens.len()].clone(),
            visibility: self.visibility,
        })
    }
}

pub struct Token {
    pub url: String,
    pub token: String,
    pub visibility: Visibility,
}

#[async_trait]
impl Account for Token {
    fn section(&self, url: &str) -> String {
        format!("platform = \"mastodon\"\nurl = \"{url}\"\n")
    }

    fn log_in(&self, data: &Path, _url: &str) {
        let secret = StoredSecret::Mastodon(MastodonSecret {
            client_id: String::new(),
            client_secret: Secret::new(""),
            token: Secret::new(self.token.as_str()),
            ends_at: None,
            scopes: None,
        });
        store(&SecretFile::new(data.join("secrets/test.json")), &secret).unwrap();
    }

    fn connect(&self, url: &str, _data: &Path, patience: Duration) -> Arc<dyn Platform> {
        common::mastodon(url, &self.token, patience)
    }

    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let me = format!("{}/api/v1/accounts/verify_credentials", self.url);
        let id = read_json(&me, Some(&self.token)).await["id"].clone();
        let list = match self.visibility {
            Visibility::Public => format!("accounts/{}/statuses", id.as_str().unwrap()),
            // Where snac2 shows what it leaves out of the account's own list.
            _ => "timelines/home".to_owned(),
        };
        let list = format!("{}/api/v1/{list}?limit=40", self.url);
        let listed = read_json(&list, Some(&self.token)).await;
        let statuses = listed.as_array().unwrap();
        assert!(statuses.len() < 40, "too many cells share an account");
        statuses
            .iter()
            .map(|status| Made {
                id: status["id"].as_str().unwrap().to_owned(),
                text: status["content"].as_str().unwrap().to_owned(),
                answers: status["in_reply_to_id"].as_str().map(str::to_owned),
                pictures: status["media_attachments"].as_array().map_or(0, Vec::len),
            })
            .collect()
    }
}

/// Logs in to snac2 as a person does; returns the token.
async fn log_in(url: &str, user: &str, password: &str) -> String {
    let client = http(Duration::from_secs(30));
    let begun = MastodonLogin::begin(url, &channel(PlatformId::Mastodon), &client).await;
    let (login, address) = begun.unwrap();
    let query = url::Url::parse(&address).unwrap();
    let of = |name: &str| {
        let mut pairs = query.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    let fields = [
        ("login", user),
        ("passwd", password),
        ("redir", &of("redirect_uri")),
        ("cid", &of("client_id")),
        ("state", &of("state")),
    ];
    let code = post_form(&format!("{url}/oauth/x-snac-login"), &fields).await;
    match login.finish(login.code(&code).unwrap()).await.unwrap().0 {
        StoredSecret::Mastodon(secret) => secret.token.expose().to_owned(),
        _ => panic!("another platform's secret"),
    }
}
