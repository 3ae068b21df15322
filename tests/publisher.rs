//! The publisher against a real database and a platform that does what a script says.
//!
//! What must never happen is here: a second send, a silent loss, one channel's trouble spreading.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot go on has failed"
)]

#[path = "publisher/by_hand.rs"]
mod by_hand;
#[path = "publisher/cards.rs"]
mod cards;
#[path = "publisher/corrections.rs"]
mod corrections;
#[path = "common/disk.rs"]
mod disk;
#[path = "publisher/freezing.rs"]
mod freezing;
#[path = "publisher/held_back.rs"]
mod held_back;
#[path = "publisher/leading.rs"]
mod leading;
#[path = "publisher/look_ups.rs"]
mod look_ups;
#[path = "publisher/outcomes.rs"]
mod outcomes;
#[path = "publisher/pictures.rs"]
mod pictures;
#[path = "publisher/prepared.rs"]
mod prepared;
#[path = "publisher/recalls.rs"]
mod recalls;
#[path = "publisher/restarts.rs"]
mod restarts;
#[path = "publisher/reviews.rs"]
mod reviews;
#[path = "publisher/sick.rs"]
mod sick;
#[path = "publisher/time.rs"]
mod time;
#[path = "publisher/uploads.rs"]
mod uploads;
#[path = "publisher/watching.rs"]
mod watching;
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use masthead::domain::freeze::{Choice, Choices};
use masthead::domain::schedule::LatePolicy;
use masthead::domain::{
    Account, AttemptRequest, Author, Channel, ChannelName, Clock, Content, Corrected, Delivery,
    DeliveryState, Kind, Limits, LocalTime, Outcome, Part, PartMedia, Plan, PlatformId, Post,
    Published, RemoteRef, ReplyTo, Threading, Variant,
};
use masthead::platforms::{CallError, LookUp, PartContext, Platform, Sought};
use masthead::publisher::{
    self, ClockState, Outlet, PublisherEvent, Reach, Scope, Settled, Setup, plan,
};
use masthead::store::Store;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration as Wait;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::timeout;

/// A clock that the test sets.
#[derive(Clone, Debug)]
struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Hand {
    fn at(text: &str) -> Self {
        let at = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        Self(Arc::new(Mutex::new(at)))
    }

    fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A machine's clock that was compared with a server's.
#[derive(Clone, Debug)]
struct Compared(Hand, Arc<AtomicI64>);

impl Clock for Compared {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn ahead(&self) -> Option<Duration> {
        Some(Duration::seconds(self.1.load(Ordering::SeqCst)))
    }
}

#[derive(Debug)]
struct RealTime;

impl Clock for RealTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "how late something leaves can only be told by the real clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// What the fake platform does with one create call.
#[derive(Clone, Debug)]
enum Act {
    Publish,
    Say(Outcome),
    Panic,
}

/// What the fake platform was asked to look for.
#[derive(Clone, Debug)]
struct Looked {
    request: AttemptRequest,
    since: DateTime<Utc>,
    taken: Vec<String>,
}

/// A platform that follows a script; without one it publishes.
#[derive(Debug, Default)]
struct Fake {
    script: Mutex<VecDeque<Act>>,
    sent: Mutex<Vec<AttemptRequest>>,
    sent_at: Mutex<Vec<DateTime<Utc>>>,
    uploads: Mutex<Vec<String>>,
    /// Every picture that was uploaded: what it was said to be, and its bytes.
    received: Mutex<Vec<(PartMedia, Vec<u8>)>>,
    /// What it says when it is asked about a lost answer; without a script nobody can tell.
    looks: Mutex<VecDeque<LookUp>>,
    looked: Mutex<Vec<Looked>>,
    /// What it says of what it is still at; without a script what it said before.
    watches: Mutex<VecDeque<Result<Published, CallError>>>,
    /// What it was asked to look at again.
    watched: Mutex<Vec<String>>,
    /// Looks at what it is still at wait for this.
    watch_gate: Option<Arc<Notify>>,
    account: Option<Account>,
    handles: BTreeMap<String, String>,
    /// Whether nothing gets through to it.
    away: AtomicBool,
    /// What got through.
    arrived: Mutex<Vec<String>>,
    /// Create calls wait for this.
    gate: Option<Arc<Notify>>,
    /// Uploads wait for this.
    upload_gate: Option<Arc<Notify>>,
    /// Database in which the attempt must be on record while the call runs.
    witness: Option<PathBuf>,
    /// Database whose lead is taken away while the account is verified.
    usurped: Option<PathBuf>,
    /// How deletions and edits end; without a script they are done.
    corrections: Mutex<VecDeque<Corrected>>,
    /// What was asked for of what is there.
    corrected: Mutex<Vec<String>>,
    editable: bool,
    /// A clock that goes on by seconds while a picture is uploaded.
    slow: Mutex<Option<Hand>>,
}

impl Fake {
    fn following(script: impl IntoIterator<Item = Act>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into_iter().collect()),
            ..Self::default()
        })
    }

    fn correct(&self, asked: String) -> Corrected {
        self.corrected.lock().unwrap().push(asked);
        let answer = self.corrections.lock().unwrap().pop_front();
        answer.unwrap_or(Corrected::Done)
    }

    fn bodies(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|request| request.body.clone()).collect()
    }
}

#[async_trait]
impl Platform for Fake {
    async fn verify(&self) -> Result<Account, CallError> {
        if let Some(database) = &self.usurped {
            // Whoever deletes the lock file by hand gets a second leader; the number must hold then.
            std::fs::remove_file(format!("{}.lock", database.display())).unwrap();
            let other = Store::open(database, RealTime.now()).unwrap();
            let lease = other.try_lead("usurper", RealTime.now()).unwrap();
            assert!(lease.is_some(), "the lead can be taken");
        }
        if self.away.load(Ordering::SeqCst) {
            return Err(CallError::Unavailable("no network".to_owned()));
        }
        Ok(self.account.clone().unwrap_or_else(|| Account {
            id: "1".to_owned(),
            handle: "@fake".to_owned(),
        }))
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits::default())
    }

    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        Ok(handles
            .iter()
            .map(|handle| self.handles.get(handle).cloned())
            .collect())
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        Ok(address.contains("there").then(|| RemoteRef {
            id: format!("found {address}"),
            ..RemoteRef::default()
        }))
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.received.lock().unwrap().push((media.clone(), bytes));
        self.uploads.lock().unwrap().push(media.hash.clone());
        if let Some(gate) = &self.upload_gate {
            gate.notified().await;
        }
        if let Some(clock) = &*self.slow.lock().unwrap() {
            clock.forward(Duration::milliseconds(3_217));
        }
        Ok(format!("upload {}", media.hash))
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        let answers = context
            .answers
            .map_or_else(|| "nothing".to_owned(), |answers| answers.id.clone());
        let mentions: Vec<String> = part
            .facets
            .iter()
            .filter_map(|facet| match &facet.feature {
                masthead::domain::Feature::Mention { did, .. } => did.clone(),
                _ => None,
            })
            .collect();
        AttemptRequest {
            body: format!("{} (answers {answers}){}", part.text, mentions.join(" ")),
            key: context.earlier.map_or_else(
                || format!("{}-{}", context.delivery, context.index + 1),
                |earlier| earlier.key.clone(),
            ),
            rkey: Some(context.created_at.timestamp_micros().to_string()),
            media_refs: context.media_refs.to_vec(),
            ..AttemptRequest::default()
        }
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        self.looked.lock().unwrap().push(Looked {
            request: sought.attempt.request.clone(),
            since: sought.since,
            taken: sought.taken.to_vec(),
        });
        let answer = self.looks.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| LookUp::cannot_tell("this platform cannot be asked"))
    }

    async fn watch(&self, there: &Published, _: &AttemptRequest) -> Result<Published, CallError> {
        self.watched.lock().unwrap().push(there.id.clone());
        if let Some(gate) = &self.watch_gate {
            gate.notified().await;
        }
        let said = self.watches.lock().unwrap().pop_front();
        said.unwrap_or_else(|| Ok(there.clone()))
    }

    async fn delete(&self, there: &RemoteRef) -> Corrected {
        self.correct(format!("delete {}", there.id))
    }

    async fn edit(&self, there: &RemoteRef, part: &Part, _media_refs: &[String]) -> Corrected {
        self.correct(format!("edit {} to {}", there.id, part.text))
    }

    fn can_edit(&self) -> bool {
        self.editable
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        if let Some(database) = &self.witness {
            let other = Store::open(database, RealTime.now()).unwrap();
            let on_record = other
                .wait(|db| {
                    let due = db.list(None, None, false, 10)?;
                    db.attempts(due[0].deliveries[0].id)
                })
                .unwrap();
            let open = on_record.last().expect("the attempt is on record");
            assert_eq!(&open.request, request);
            assert_eq!(open.outcome, None);
        }
        self.sent.lock().unwrap().push(request.clone());
        self.sent_at.lock().unwrap().push(RealTime.now());
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        if self.away.load(Ordering::SeqCst) {
            return Outcome::NotSent {
                reason: "no network".to_owned(),
            };
        }
        self.arrived.lock().unwrap().push(request.body.clone());
        let act = self.script.lock().unwrap().pop_front();
        match act.unwrap_or(Act::Publish) {
            Act::Say(outcome) => outcome,
            Act::Panic => panic!("the platform's own code fails"),
            Act::Publish => {
                let id = format!("id {}", request.key);
                Outcome::Published(Published {
                    permalink: Some(format!("https://fake.example/{}", request.key)),
                    cid: Some(format!("cid {}", request.key)),
                    id,
                    note: None,
                    ..Published::default()
                })
            }
        }
    }
}

/// A database with channels, a clock, and what the publisher needs.
struct Room {
    folder: tempfile::TempDir,
    store: Store,
    clock: Hand,
    outlets: BTreeMap<ChannelName, Outlet>,
}

impl Room {
    fn new(channels: &[(&str, Arc<Fake>)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Hand::at("2026-11-10T08:00:00Z");
        let store = Store::open(&folder.path().join("plan.db"), clock.now()).unwrap();
        let mut outlets = BTreeMap::new();
        let mut known = Vec::new();
        for (name, fake) in channels {
            let mut channel = Channel::new(*name, PlatformId::Sandbox);
            channel.like = Some(PlatformId::Mastodon);
            known.push(channel.clone());
            outlets.insert(
                channel.name.clone(),
                Outlet {
                    channel,
                    platform: Ok(Arc::clone(fake) as Arc<dyn Platform>),
                    reach: Reach::Network,
                },
            );
        }
        store.wait(move |db| db.sync_channels(&known)).unwrap();
        Self {
            folder,
            store,
            clock,
            outlets,
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("plan.db")
    }

    fn outlet(&mut self, name: &str) -> &mut Outlet {
        self.outlets.get_mut(&ChannelName::from(name)).unwrap()
    }

    fn setup(&self) -> Setup {
        Setup {
            store: self.store.clone(),
            outlets: self.outlets.clone(),
            late: LatePolicy::default(),
            plan_clock: Arc::new(self.clock.clone()),
            clock_state: ClockState::Real,
            real_clock: Arc::new(self.clock.clone()),
            read_media: Arc::new(|picture| match picture.hash.as_str() {
                "gone" => Err("it is not in the data folder".to_owned()),
                _ => Ok(b"picture".to_vec()),
            }),
            holder: "test".to_owned(),
        }
    }

    /// Adds a post that is due now.
    fn add(&self, channels: &[&str], change: impl FnOnce(&mut Content)) -> Post {
        let now = self.clock.now();
        let mut content = Content {
            text: "Hello".to_owned(),
            plan: Plan::At(LocalTime::from_instant(now, Tz::UTC)),
            scheduled: true,
            variants: channels
                .iter()
                .map(|name| Variant::inherits(*name))
                .collect(),
            ..Content::default()
        };
        change(&mut content);
        self.store
            .wait(move |db| db.add_post(&Author::from("tester"), &content, None, now))
            .unwrap()
    }

    fn change(&self, post: &Post, change: impl FnOnce(&mut Content)) {
        let (id, revision, now) = (post.id, post.revision, self.clock.now());
        let mut content = post.content.clone();
        change(&mut content);
        let author = Author::from("tester");
        let saved = move |db: &mut masthead::store::Db| {
            db.save_post(&author, id, revision, &content, "edited", now)
        };
        self.store.wait(saved).unwrap();
    }

    fn add_thread(&self) -> Post {
        self.add(&["a"], |content| {
            content.text = "one\n---\ntwo\n---\nthree".to_owned();
            content.threading = Threading::On;
        })
    }

    fn delivery(&self, post: &Post) -> Delivery {
        self.deliveries(post).remove(0)
    }

    fn deliveries(&self, post: &Post) -> Vec<Delivery> {
        let id = post.id;
        self.store.wait(move |db| db.post(id)).unwrap().deliveries
    }

    async fn once(&self) -> Vec<Settled> {
        self.once_with(self.setup()).await
    }

    async fn once_with(&self, setup: Setup) -> Vec<Settled> {
        let (events, _heard) = mpsc::unbounded_channel();
        let (_stop, stopped) = watch::channel(false);
        publisher::once(setup, Scope::Everything, events, stopped)
            .await
            .unwrap()
    }
}

fn not_sent() -> Act {
    Act::Say(Outcome::NotSent {
        reason: "no network".to_owned(),
    })
}

impl Room {
    fn freeze(&self) {
        let now = self.clock.now();
        self.store
            .wait(move |db| db.freeze(&Author::from("tester"), "wrong link", now))
            .unwrap();
    }

    fn thaw(&self) -> Vec<masthead::domain::Foreseen> {
        self.thaw_with(Choices::new())
    }

    fn thaw_with(&self, choices: Choices) -> Vec<masthead::domain::Foreseen> {
        let now = self.clock.now();
        self.store
            .wait(move |db| {
                let policy = LatePolicy::default();
                publisher::foresee::thaw(db, &Author::from("tester"), &policy, &choices, now)
            })
            .unwrap()
    }
}
