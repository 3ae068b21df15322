//! The whole publisher against real servers that lose answers and requests: each post is there once, in the end.
//!
//! The servers are started by `tests/servers/run.sh`; skipped without it. Time is the test's own: nobody waits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod common;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use common::proxy::{Loss, proxy_that_loses};
use common::{bluesky, channel, http, mastodon, post_form, read_json, server};
use masthead::domain::schedule::LatePolicy;
use masthead::domain::{
    Author, Clock, Content, Delivery, DeliveryState, LocalTime, Plan, PlatformId, Post, Threading,
    Variant,
};
use masthead::platforms::Platform;
use masthead::platforms::login::{MastodonLogin, bluesky_login, store};
use masthead::publisher::{self, ClockState, Outlet, Reach, Scope, Setup};
use masthead::secrets::{Secret, SecretFile, StoredSecret};
use masthead::store::Store;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// A clock that the test moves on.
#[derive(Clone, Debug)]
struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A server with an account, and how its posts are read past the code under test.
enum Server {
    Mastodon {
        url: String,
        token: String,
    },
    Pds {
        url: String,
        did: String,
        handle: String,
        password: String,
    },
}

impl Server {
    fn mock() -> Option<Self> {
        let [url, token] = server(["MASTHEAD_MASTODON_URL", "MASTHEAD_MASTODON_TOKEN"])?;
        Some(Self::Mastodon { url, token })
    }

    async fn snac() -> Option<Self> {
        let [url, user, password] = server([
            "MASTHEAD_SNAC_URL",
            "MASTHEAD_SNAC_USER",
            "MASTHEAD_SNAC_PASSWORD",
        ])?;
        let channel = channel(PlatformId::Mastodon);
        let (login, address) = MastodonLogin::begin(&url, &channel, &http(PATIENCE))
            .await
            .unwrap();
        let query = url::Url::parse(&address).unwrap();
        let of = |name: &str| {
            let mut pairs = query.query_pairs();
            pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
        };
        let fields = [
            ("login", user.as_str()),
            ("passwd", &password),
            ("redir", &of("redirect_uri")),
            ("cid", &of("client_id")),
            ("state", &of("state")),
        ];
        let code = post_form(&format!("{url}/oauth/x-snac-login"), &fields).await;
        let StoredSecret::Mastodon(secret) =
            login.finish(login.code(&code).unwrap()).await.unwrap().0
        else {
            panic!("another platform's secret");
        };
        let token = secret.token.expose().to_owned();
        Some(Self::Mastodon { url, token })
    }

    fn pds() -> Option<Self> {
        let [url, did, handle, password] = server([
            "MASTHEAD_PDS_URL",
            "MASTHEAD_PDS_DID",
            "MASTHEAD_PDS_HANDLE",
            "MASTHEAD_PDS_PASSWORD",
        ])?;
        Some(Self::Pds {
            url,
            did,
            handle,
            password,
        })
    }

    fn platform_id(&self) -> PlatformId {
        match self {
            Self::Mastodon { .. } => PlatformId::Mastodon,
            Self::Pds { .. } => PlatformId::Bluesky,
        }
    }

    /// Connects through a proxy that loses the first create call's request or answer.
    async fn through(&self, loss: Loss, folder: &std::path::Path) -> Arc<dyn Platform> {
        match self {
            Self::Mastodon { url, token } => {
                let proxy = proxy_that_loses(loss, url, "POST /api/v1/statuses", 1).await;
                mastodon(&proxy, token, PATIENCE)
            }
            Self::Pds {
                url,
                did,
                handle,
                password,
            } => {
                let proxy = proxy_that_loses(loss, url, "com.atproto.repo.putRecord", 1).await;
                let (mut secret, account) = bluesky_login(
                    Some(url),
                    handle,
                    Secret::new(password.as_str()),
                    &channel(PlatformId::Bluesky),
                    &http(PATIENCE),
                )
                .await
                .unwrap();
                assert_eq!(&account.id, did);
                if let StoredSecret::Bluesky(session) = &mut secret {
                    session.pds = proxy;
                }
                let file = SecretFile::new(folder.join("secrets/test.json"));
                store(&file, &secret).unwrap();
                bluesky(url, handle, None, folder, Some(did), PATIENCE)
            }
        }
    }

    /// Returns the account's newest texts, in the server's own order.
    async fn texts(&self) -> Vec<String> {
        let (all, field): (
            serde_json::Value,
            fn(&serde_json::Value) -> &serde_json::Value,
        ) = match self {
            Self::Mastodon { url, token } => {
                let me = format!("{url}/api/v1/accounts/verify_credentials");
                let id = read_json(&me, Some(token)).await["id"].clone();
                let list = format!(
                    "{url}/api/v1/accounts/{}/statuses?limit=40",
                    id.as_str().unwrap()
                );
                (read_json(&list, Some(token)).await, |one| &one["content"])
            }
            Self::Pds { url, did, .. } => {
                let list = format!(
                    "{url}/xrpc/com.atproto.repo.listRecords?repo={did}&collection=app.bsky.feed.post&limit=100"
                );
                (read_json(&list, None).await["records"].clone(), |one| {
                    &one["value"]["text"]
                })
            }
        };
        let all = all.as_array().unwrap();
        all.iter()
            .map(|one| field(one).as_str().unwrap().to_owned())
            .collect()
    }

    async fn how_often(&self, words: &str) -> usize {
        let texts = self.texts().await;
        texts.iter().filter(|text| text.contains(words)).count()
    }
}

/// A database with one channel on a server.
struct Room {
    store: Store,
    clock: Hand,
    platform: Arc<dyn Platform>,
    on: PlatformId,
    folder: tempfile::TempDir,
}

impl Room {
    async fn new(server: &Server, loss: Loss) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Hand(Arc::new(Mutex::new(common::now())));
        let store = Store::open(&folder.path().join("plan.db"), clock.now()).unwrap();
        let known = [channel(server.platform_id())];
        store.wait(move |db| db.sync_channels(&known)).unwrap();
        Self {
            platform: server.through(loss, folder.path()).await,
            store,
            clock,
            on: server.platform_id(),
            folder,
        }
    }

    fn add(&self, text: &str) -> Post {
        let now = self.clock.now();
        let content = Content {
            text: text.to_owned(),
            plan: Plan::At(LocalTime::from_instant(now, Tz::UTC)),
            scheduled: true,
            threading: Threading::On,
            variants: vec![Variant::inherits("test")],
            ..Content::default()
        };
        self.store
            .wait(move |db| db.add_post(&Author::from("tester"), &content, None, now))
            .unwrap()
    }

    /// Runs a publisher that knows nothing but what the database says.
    async fn once(&self) {
        let path = self.folder.path().join("plan.db");
        let outlet = Outlet {
            channel: channel(self.on),
            platform: Ok(Arc::clone(&self.platform)),
            reach: Reach::ThisMachine,
        };
        let setup = Setup {
            store: Store::open(&path, self.clock.now()).unwrap(),
            outlets: [(outlet.channel.name.clone(), outlet)].into(),
            late: LatePolicy::default(),
            plan_clock: Arc::new(self.clock.clone()),
            clock_state: ClockState::Real,
            real_clock: Arc::new(self.clock.clone()),
            read_media: Arc::new(|_| Err("there are no pictures".to_owned())),
            holder: "test".to_owned(),
        };
        let (events, _heard) = mpsc::unbounded_channel();
        let (_stop, stopped) = watch::channel(false);
        publisher::once(setup, Scope::Everything, events, stopped)
            .await
            .unwrap();
    }

    fn delivery(&self, post: &Post) -> Delivery {
        let id = post.id;
        let mut view = self.store.wait(move |db| db.post(id)).unwrap();
        view.deliveries.remove(0)
    }

    fn forward(&self, by: Duration) {
        *self.clock.0.lock().unwrap() += by;
    }

    /// Publishes, then lets time pass until it is known what became of the post. Returns after how many looks.
    async fn settle(&self, post: &Post) -> (Delivery, usize) {
        self.once().await;
        for looks in 0.. {
            let delivery = self.delivery(post);
            let next = delivery.next_try.filter(|_| looks < 6);
            match (delivery.state, next) {
                (DeliveryState::Unknown, Some(next)) => {
                    self.forward(next - self.clock.now());
                    self.once().await;
                }
                _ => return (delivery, looks),
            }
        }
        unreachable!("a delivery settles or has no next try");
    }
}

/// An answer that was lost after the post was made: it is found, with the first look, and made once.
async fn an_answer_is_lost(server: &Server, name: &str) {
    let room = Room::new(server, Loss::Answer).await;
    let words = format!("answer lost {name} {}", uuid::Uuid::new_v4());
    let post = room.add(&words);
    let (delivery, looks) = room.settle(&post).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:?}");
    assert!(delivery.permalink.is_some());
    assert_eq!((looks, server.how_often(&words).await), (1, 1), "{name}");
}

/// A request that was lost on its way: absent twice, then made once.
async fn a_request_is_lost(server: &Server, name: &str) {
    let room = Room::new(server, Loss::Request).await;
    let words = format!("request lost {name} {}", uuid::Uuid::new_v4());
    let post = room.add(&words);
    room.once().await;
    assert_eq!(server.how_often(&words).await, 0);
    let (delivery, looks) = room.settle(&post).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:?}");
    assert_eq!((looks, server.how_often(&words).await), (2, 1), "{name}");
}

/// A thread whose first answer was lost goes on from the part that was found.
async fn a_thread_goes_on(server: &Server, name: &str) {
    let room = Room::new(server, Loss::Answer).await;
    let mark = uuid::Uuid::new_v4().to_string();
    let post = room.add(&format!("one {mark}\n---\ntwo {mark}\n---\nthree {mark}"));
    let (delivery, _) = room.settle(&post).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:?}");
    assert_eq!(delivery.remote_ids.len(), 3);
    assert_eq!(server.how_often(&mark).await, 3, "{name}");
    for part in ["one", "two", "three"] {
        let part = format!("{part} {mark}");
        assert_eq!(server.how_often(&part).await, 1, "{name}: {part}");
    }
}

async fn all_of_it(server: Option<Server>, name: &str) {
    let Some(server) = server else { return };
    an_answer_is_lost(&server, name).await;
    a_request_is_lost(&server, name).await;
    a_thread_goes_on(&server, name).await;
}

#[tokio::test]
async fn a_server_that_honours_the_key_has_each_post_once() {
    all_of_it(Server::mock(), "mastodon_mock").await;
}

#[tokio::test]
async fn a_server_that_ignores_the_key_has_each_post_once() {
    all_of_it(Server::snac().await, "snac2").await;
}

#[tokio::test]
async fn a_pds_has_each_post_once() {
    all_of_it(Server::pds(), "the PDS").await;
}
