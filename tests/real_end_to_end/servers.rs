//! The real servers, asked past the program under test; every test has accounts of its own there.

use crate::common::{self, post_form, read_json};
use crate::desk::Desk;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What must not be disturbed (a figure, a fault that strikes everybody) takes the whole of it.
static QUIET: RwLock<()> = RwLock::new(());

/// Holds the servers together with other tests.
pub fn shared() -> RwLockReadGuard<'static, ()> {
    QUIET
        .read()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Holds the servers alone.
pub fn alone() -> RwLockWriteGuard<'static, ()> {
    QUIET
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Where the servers are.
pub struct Servers {
    pub pds: String,
    /// A handle that resolves, of nobody whose posts are looked at.
    pub known_handle: String,
    pub known_did: String,
    pub jwt_secret: String,
    pub mock: String,
    pub snac: String,
    snac_user: String,
    snac_password: String,
}

/// An account on the Mastodon mock.
pub struct Tooter {
    pub name: String,
    pub id: String,
    pub token: String,
}

/// An account on the PDS.
pub struct Skyer {
    pub handle: String,
    pub did: String,
    /// An app password.
    pub password: String,
}

/// Waits for an answer in a test that is not asynchronous.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(answer)
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn post_json(url: &str, token: Option<&str>, body: &Value) -> Value {
    wait(async {
        let mut request = client().post(url).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{url}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    })
}

/// Reads the bytes at an address.
pub fn read_bytes(url: &str) -> Vec<u8> {
    wait(async {
        let answer = client().get(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    })
}

impl Servers {
    /// Returns the servers, or `None` with a printed reason where they are not running.
    pub fn running() -> Option<Self> {
        let [
            pds,
            known_handle,
            known_did,
            jwt_secret,
            mock,
            snac,
            snac_user,
            snac_password,
        ] = common::server([
            "MASTHEAD_PDS_URL",
            "MASTHEAD_PDS_HANDLE",
            "MASTHEAD_PDS_DID",
            "MASTHEAD_PDS_JWT_SECRET",
            "MASTHEAD_MASTODON_URL",
            "MASTHEAD_SNAC_URL",
            "MASTHEAD_SNAC_USER",
            "MASTHEAD_SNAC_PASSWORD",
        ])?;
        Some(Self {
            pds,
            known_handle,
            known_did,
            jwt_secret,
            mock,
            snac,
            snac_user,
            snac_password,
        })
    }

    /// Makes an account on the mock.
    pub fn tooter(&self) -> Tooter {
        let url = format!("{}/api/v1/_mock/dev_user", self.mock);
        let made = post_json(&url, None, &json!({}));
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Tooter {
            name: text("username"),
            id: text("id"),
            token: text("access_token"),
        }
    }

    /// Makes an account on the PDS, with an app password.
    pub fn skyer(&self) -> Skyer {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let handle = format!("a{}.test", &name[..12]);
        let call = |method: &str, token: Option<&str>, body: Value| {
            let url = format!("{}/xrpc/com.atproto.server.{method}", self.pds);
            post_json(&url, token, &body)
        };
        let email = format!("{name}@example.test");
        let account = call(
            "createAccount",
            None,
            json!({"handle": handle, "email": email, "password": "of-the-account"}),
        );
        let token = account["accessJwt"].as_str();
        let made = call("createAppPassword", token, json!({"name": "masthead"}));
        Skyer {
            did: account["did"].as_str().unwrap().to_owned(),
            password: made["password"].as_str().unwrap().to_owned(),
            handle,
        }
    }

    /// The section of a channel on the mock, with its token in `MOCK_TOKEN`.
    pub fn mock_channel(&self) -> String {
        mastodon_channel("mock", &self.mock, "token_env = \"MOCK_TOKEN\"")
    }

    /// The section of a channel on snac, for which somebody logs in.
    pub fn snac_channel(&self) -> String {
        mastodon_channel("snac", &self.snac, "")
    }

    /// The section of a channel on the PDS, with its app password in `SKY_PASSWORD`.
    pub fn sky_channel(&self, skyer: &Skyer) -> String {
        bluesky_channel(&self.pds, &skyer.handle, "token_env = \"SKY_PASSWORD\"")
    }

    /// Sets up a desk with the channels `box`, `mock`, `snac` and `sky`, all connected.
    pub fn desk(&self) -> (Desk, Tooter, Skyer) {
        let (tooter, skyer) = (self.tooter(), self.skyer());
        let mut desk = Desk::new(&[
            sandbox_channel("box"),
            self.mock_channel(),
            self.snac_channel(),
            self.sky_channel(&skyer),
        ]);
        desk.export("MOCK_TOKEN", &tooter.token);
        desk.export("SKY_PASSWORD", &skyer.password);
        desk.log_in("snac", |address| self.snac_code(address))
            .good();
        (desk, tooter, skyer)
    }

    /// Allows access on snac's page and returns the code that it shows.
    pub fn snac_code(&self, address: &str) -> String {
        let asked = |name: &str| query(address, name);
        wait(post_form(
            &format!("{}/oauth/x-snac-login", self.snac),
            &[
                ("login", &self.snac_user),
                ("passwd", &self.snac_password),
                ("redir", &asked("redirect_uri")),
                ("cid", &asked("client_id")),
                ("state", &asked("state")),
            ],
        ))
    }

    /// Allows access on the mock's page as this user and returns the code that it shows.
    pub fn mock_code(&self, address: &str, tooter: &Tooter) -> String {
        let mut fields: Vec<(String, String)> = url::Url::parse(address)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
        fields.push(("username".to_owned(), tooter.name.clone()));
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let page = wait(post_form(
            &format!("{}/oauth/authorize", self.mock),
            &fields,
        ));
        let code = page.split("code: ").nth(1).unwrap();
        code.split('<').next().unwrap().to_owned()
    }

    /// Returns a status of the mock.
    pub fn on_mock(&self, tooter: &Tooter, id: &str) -> Value {
        let url = format!("{}/api/v1/statuses/{id}", self.mock);
        wait(read_json(&url, Some(&tooter.token)))
    }

    /// Returns all statuses of an account on the mock.
    pub fn all_on_mock(&self, tooter: &Tooter) -> Vec<Value> {
        let url = format!(
            "{}/api/v1/accounts/{}/statuses?limit=40",
            self.mock, tooter.id
        );
        let statuses = wait(read_json(&url, Some(&tooter.token)));
        statuses.as_array().unwrap().clone()
    }

    /// Returns a status of snac, with the token of the desk's login.
    pub fn on_snac(&self, desk: &Desk, id: &str) -> Value {
        let stored: Value =
            serde_json::from_slice(&std::fs::read(desk.stored("snac")).unwrap()).unwrap();
        let url = format!("{}/api/v1/statuses/{id}", self.snac);
        wait(read_json(&url, stored["token"].as_str()))
    }

    /// Returns a record of the PDS with its address and version.
    pub fn on_pds(&self, uri: &str) -> Value {
        let mut path = uri.trim_start_matches("at://").split('/');
        let (did, kind, key) = (path.next(), path.next(), path.next());
        let url = format!(
            "{}/xrpc/com.atproto.repo.getRecord?repo={}&collection={}&rkey={}",
            self.pds,
            did.unwrap(),
            kind.unwrap(),
            key.unwrap()
        );
        let found = wait(read_json(&url, None));
        assert_eq!(found["uri"], uri);
        found
    }

    /// Returns all posts of an account on the PDS.
    pub fn all_on_pds(&self, skyer: &Skyer) -> Vec<Value> {
        let url = format!(
            "{}/xrpc/com.atproto.repo.listRecords?repo={}&collection=app.bsky.feed.post&limit=100",
            self.pds, skyer.did
        );
        let listed = wait(read_json(&url, None));
        listed["records"].as_array().unwrap().clone()
    }

    /// Returns the bytes of a picture on the PDS.
    pub fn blob(&self, skyer: &Skyer, image: &Value) -> Vec<u8> {
        let cid = image["ref"]["$link"].as_str().unwrap();
        read_bytes(&format!(
            "{}/xrpc/com.atproto.sync.getBlob?did={}&cid={cid}",
            self.pds, skyer.did
        ))
    }

    /// Returns when the PDS made the last commit of an account, by its own clock.
    pub fn last_commit(&self, skyer: &Skyer) -> DateTime<Utc> {
        let url = format!(
            "{}/xrpc/com.atproto.sync.getLatestCommit?did={}",
            self.pds, skyer.did
        );
        let commit = wait(read_json(&url, None));
        let rev = commit["rev"].as_str().unwrap();
        // A revision is a TID: 53 bits of microseconds, then 10 of a clock's id (atproto.com/specs/tid).
        let value = rev.bytes().fold(0_i64, |value, letter| {
            let place = "234567abcdefghijklmnopqrstuvwxyz".find(char::from(letter));
            value << 5 | i64::try_from(place.unwrap()).unwrap()
        });
        DateTime::from_timestamp_micros(value >> 10).unwrap()
    }

    /// Makes the mock hold the next new status back for so long, before it does anything.
    pub fn hold_next_status(&self, milliseconds: u32) {
        post_json(
            &format!("{}/api/v1/_mock/faults", self.mock),
            None,
            &json!({
                "match": {"methods": ["POST"], "path": "/api/v1/statuses"},
                "effect": {"type": "latency", "delay_ms": milliseconds},
                "count": 1,
            }),
        );
    }
}

/// The section of a sandbox that counts like Mastodon.
pub fn sandbox_channel(name: &str) -> String {
    format!("[channels.{name}]\nplatform = \"sandbox\"\nlike = \"mastodon\"\n")
}

/// The section of a Mastodon channel.
pub fn mastodon_channel(name: &str, url: &str, secret: &str) -> String {
    format!("[channels.{name}]\nplatform = \"mastodon\"\nurl = \"{url}\"\n{secret}\n")
}

/// The section of the Bluesky channel `sky`.
pub fn bluesky_channel(url: &str, handle: &str, secret: &str) -> String {
    format!(
        "[channels.sky]\nplatform = \"bluesky\"\nurl = \"{url}\"\nhandle = \"{handle}\"\n{secret}\n"
    )
}

fn query(address: &str, name: &str) -> String {
    url::Url::parse(address)
        .unwrap()
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap()
}
