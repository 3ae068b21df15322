//! The publisher against a real database and a platform that does what a script says.
//!
//! What must never happen is here: a second send, a silent loss, one channel's trouble spreading.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot go on has failed"
)]

#[path = "publisher/by_hand.rs"]
mod by_hand;
#[path = "publisher/corrections.rs"]
mod corrections;
#[path = "publisher/look_ups.rs"]
mod look_ups;
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
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// What it says when it is asked about a lost answer; without a script nobody can tell.
    looks: Mutex<VecDeque<LookUp>>,
    looked: Mutex<Vec<Looked>>,
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
        assert_eq!(bytes, b"picture");
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
            read_media: Arc::new(|hash| match hash {
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

#[tokio::test]
async fn a_thread_goes_out_in_order_and_each_part_answers_the_one_before() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    let settled = room.once().await;
    assert_eq!(settled.len(), 1);
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Published);
    assert_eq!(
        delivery.permalink.as_deref(),
        Some("https://fake.example/1-1")
    );
    assert_eq!(delivery.remote_ids, ["id 1-1", "id 1-2", "id 1-3"]);
    assert_eq!(
        fake.bodies(),
        [
            "one (answers nothing)",
            "two (answers id 1-1)",
            "three (answers id 1-2)"
        ]
    );
}

#[tokio::test]
async fn a_thread_that_stopped_in_the_middle_resumes_at_the_part_that_did_not_leave() {
    let fake = Fake::following([Act::Publish, not_sent()]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert_eq!(delivery.reason, "part 2 of 3: no network");
    assert!(
        delivery
            .next_try
            .is_some_and(|next| next > room.clock.now())
    );
    room.clock.forward(Duration::seconds(30));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(
        fake.bodies(),
        [
            "one (answers nothing)",
            "two (answers id 1-1)",
            "two (answers id 1-1)",
            "three (answers id 1-2)"
        ]
    );
}

#[tokio::test]
async fn a_rejected_part_fails_the_delivery_and_says_which_part() {
    let refused = Act::Say(Outcome::Rejected {
        reason: "too rude".to_owned(),
    });
    let fake = Fake::following([Act::Publish, refused]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add_thread();
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert_eq!(delivery.reason, "part 2 of 3: too rude");
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn lost_reply_is_unknown_and_never_sent_again() {
    let lost = Act::Say(Outcome::Unknown {
        reason: "the connection broke".to_owned(),
    });
    let fake = Fake::following([lost]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    for _ in 0..3 {
        room.once().await;
        room.clock.forward(Duration::minutes(5));
    }
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    let reason = room.delivery(&post).reason;
    assert!(reason.starts_with("the connection broke; "), "{reason}");
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_panic_in_the_call_is_unknown_too() {
    let fake = Fake::following([Act::Panic]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn an_attempt_that_a_dead_process_left_open_is_unknown_and_not_sent_again() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let lease = room.store.try_lead("dies", now).unwrap().unwrap();
    let fence = lease.fence;
    room.store
        .wait(move |db| {
            assert!(db.claim(fence, id, now)?);
            let request = AttemptRequest::default();
            db.begin_attempt(fence, id, 0, &request, now + Duration::seconds(90), now)
        })
        .unwrap();
    drop(lease);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Unknown);
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_claim_that_a_dead_process_left_without_an_attempt_is_sent_once() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let lease = room.store.try_lead("dies", now).unwrap().unwrap();
    let fence = lease.fence;
    room.store.wait(move |db| db.claim(fence, id, now)).unwrap();
    drop(lease);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn what_did_not_leave_is_tried_again_with_the_same_key() {
    let fake = Fake::following([not_sent(), not_sent()]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    // Not before its next try.
    room.once().await;
    assert_eq!(fake.bodies().len(), 1);
    for _ in 0..2 {
        room.clock.forward(Duration::seconds(60));
        room.once().await;
    }
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(room.delivery(&post).attempts, 3);
    let keys: Vec<String> = fake
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.key.clone())
        .collect();
    assert_eq!(keys, ["1-1", "1-1", "1-1"]);
}

#[tokio::test]
async fn a_platform_that_asks_to_wait_is_obeyed() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let until = room.clock.now() + Duration::minutes(5);
    fake.script
        .lock()
        .unwrap()
        .push_back(Act::Say(Outcome::RateLimited {
            until,
            reason: "slow down".to_owned(),
        }));
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert!(delivery.next_try.is_some_and(|next| next >= until));
    room.clock.forward(Duration::minutes(4));
    room.once().await;
    assert_eq!(fake.bodies().len(), 1);
    room.clock.forward(Duration::minutes(2));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
}

#[tokio::test]
async fn a_wait_beyond_the_grace_is_missed_at_once_and_says_why() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let until = room.clock.now() + Duration::minutes(20);
    fake.script
        .lock()
        .unwrap()
        .push_back(Act::Say(Outcome::RateLimited {
            until,
            reason: "slow down".to_owned(),
        }));
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Missed);
    assert_eq!(
        delivery.reason,
        "slow down; its grace of 15 min ends before the next try"
    );
}

#[tokio::test]
async fn a_process_that_lost_the_lead_sends_nothing() {
    let mut fake = Fake::default();
    let room = Room::new(&[("a", Arc::new(Fake::default()))]);
    fake.usurped = Some(room.database());
    let fake = Arc::new(fake);
    let mut room = room;
    room.outlet("a").platform = Ok(Arc::clone(&fake) as Arc<dyn Platform>);
    let post = room.add(&["a"], |_| ());
    let (events, _heard) = mpsc::unbounded_channel();
    let (_stop, stopped) = watch::channel(false);
    let ended = publisher::once(room.setup(), Scope::Everything, events, stopped).await;
    assert!(ended.is_err(), "{ended:?}");
    assert!(fake.bodies().is_empty());
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
}

#[tokio::test]
async fn the_attempt_is_on_disk_before_the_first_byte_leaves() {
    let mut room = Room::new(&[("a", Arc::new(Fake::default()))]);
    let fake = Arc::new(Fake {
        witness: Some(room.database()),
        ..Fake::default()
    });
    room.outlet("a").platform = Ok(Arc::clone(&fake) as Arc<dyn Platform>);
    let post = room.add_thread();
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
}

#[tokio::test]
async fn one_channels_trouble_holds_nothing_else_up() {
    let gate = Arc::new(Notify::new());
    let stuck = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let quick = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&stuck)), ("b", Arc::clone(&quick))]);
    let both = room.add(&["a", "b"], |_| ());
    let second = room.add(&["b"], |_| ());
    let (handle, mut heard) = publisher::start(room.setup());
    let mut out = 0;
    while out < 2 {
        let event = timeout(Wait::from_secs(10), heard.recv()).await.unwrap();
        if let Some(PublisherEvent::Settled(settled)) = event {
            assert_eq!(settled.channel.as_str(), "b");
            assert_eq!(settled.state, DeliveryState::Published);
            out += 1;
        }
    }
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
    assert_eq!(room.delivery(&both).state, DeliveryState::Publishing);
    gate.notify_one();
    handle.stop().await;
    assert_eq!(room.delivery(&both).state, DeliveryState::Published);
}

#[tokio::test]
async fn stopping_waits_for_the_call_in_flight_and_then_gives_up_the_lead() {
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let first = room.add(&["a"], |_| ());
    let second = room.add(&["a"], |_| ());
    let (handle, mut heard) = publisher::start(room.setup());
    loop {
        let event = timeout(Wait::from_secs(10), heard.recv()).await.unwrap();
        if matches!(event, Some(PublisherEvent::Sending { .. })) {
            break;
        }
    }
    while fake.bodies().is_empty() {
        tokio::time::sleep(Wait::from_millis(5)).await;
    }
    handle.stop_claiming();
    tokio::time::sleep(Wait::from_millis(200)).await;
    assert!(!handle.has_ended());
    gate.notify_one();
    timeout(Wait::from_secs(10), handle.stop()).await.unwrap();
    assert_eq!(room.delivery(&first).state, DeliveryState::Published);
    assert_eq!(room.delivery(&second).state, DeliveryState::Waiting);
    let lead = room.store.try_lead("next", room.clock.now()).unwrap();
    assert!(lead.is_some());
}

#[tokio::test]
async fn past_its_grace_or_not_after_it_is_missed_and_nothing_is_sent() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let now = room.clock.now();
    let late = room.add(&["a"], |_| ());
    let ended = room.add(&["a"], |content| {
        content.kind = Kind::Evergreen;
        content.not_after = Some(LocalTime::from_instant(now + Duration::minutes(3), Tz::UTC));
    });
    room.clock.forward(Duration::minutes(16));
    room.once().await;
    assert_eq!(room.delivery(&late).state, DeliveryState::Missed);
    assert_eq!(room.delivery(&ended).state, DeliveryState::Missed);
    assert_eq!(
        room.delivery(&ended).reason,
        "its “not after” time has passed"
    );
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn after_a_downtime_late_posts_leave_a_quarter_of_an_hour_apart() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let evergreen = |content: &mut Content| content.kind = Kind::Evergreen;
    let first = room.add(&["a"], evergreen);
    let second = room.add(&["a"], evergreen);
    room.clock.forward(Duration::hours(1));
    room.once().await;
    assert_eq!(room.delivery(&first).state, DeliveryState::Published);
    let waiting = room.delivery(&second);
    assert_eq!(waiting.state, DeliveryState::Waiting);
    assert_eq!(waiting.reason, plan::TAKES_TURNS);
    assert_eq!(
        waiting.next_try,
        Some(room.clock.now() + Duration::minutes(15))
    );
    room.clock.forward(Duration::minutes(15));
    room.once().await;
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
}

#[tokio::test]
async fn a_problem_refuses_the_delivery_before_any_attempt() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |content| content.text = "x".repeat(501));
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(!delivery.reason.is_empty());
    assert_eq!(delivery.attempts, 0);
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn another_account_than_the_pinned_one_is_refused_and_named() {
    let other = Arc::new(Fake {
        account: Some(Account {
            id: "2".to_owned(),
            handle: "@other".to_owned(),
        }),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&other))]);
    let mine = Account {
        id: "1".to_owned(),
        handle: "@mine".to_owned(),
    };
    room.store
        .wait(move |db| db.pin_account(&"a".into(), &mine))
        .unwrap();
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.reason.contains("@mine") && delivery.reason.contains("@other"));
    assert!(other.bodies().is_empty());
}

#[tokio::test]
async fn a_retry_is_the_same_to_the_byte_though_its_pictures_took_seconds_to_upload() {
    let fake = Fake::following([Act::Say(Outcome::NotReady {
        reason: "still processing".to_owned(),
    })]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    *fake.slow.lock().unwrap() = Some(room.clock.clone());
    let post = room.add(&["a"], |content| {
        content.attachments = vec![masthead::domain::Attachment {
            hash: "abc".to_owned(),
            name: "graph.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 7,
            pixels: Some((10, 10)),
            alt: "a graph".to_owned(),
        }];
    });
    room.once().await;
    assert_eq!(room.delivery(&post).reason, "still processing");
    room.clock.forward(Duration::seconds(10));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(*fake.uploads.lock().unwrap(), ["abc"]);
    let sent = fake.sent.lock().unwrap();
    assert_eq!(sent[0].media_refs, ["upload abc"]);
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn an_answer_to_our_own_post_waits_for_it_and_then_names_it() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let later = room.clock.now() + Duration::minutes(2);
    let first = room.add(&["a"], |content| {
        content.plan = Plan::At(LocalTime::from_instant(later, Tz::UTC));
    });
    let answer = room.add(&["a"], |content| {
        content.reply_to = Some(ReplyTo::Post(first.id));
    });
    room.once().await;
    let waiting = room.delivery(&answer);
    assert_eq!(waiting.state, DeliveryState::Waiting);
    assert_eq!(waiting.reason, "it answers post 1, which is not out yet");
    room.clock.forward(Duration::minutes(3));
    room.once().await;
    room.clock.forward(Duration::minutes(1));
    room.once().await;
    assert_eq!(room.delivery(&answer).state, DeliveryState::Published);
    assert_eq!(
        fake.bodies(),
        ["Hello (answers nothing)", "Hello (answers id 1-1)"]
    );
}

#[tokio::test]
async fn an_answer_to_a_post_that_is_not_there_fails_and_names_it() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let answer = |address: &str| {
        let address = ReplyTo::Url(address.to_owned());
        room.add(&["a"], |content| content.reply_to = Some(address))
    };
    let lost = answer("https://fake.example/gone");
    let found = answer("https://fake.example/there");
    room.once().await;
    assert_eq!(
        room.delivery(&lost).reason,
        "the post it answers is not there: https://fake.example/gone"
    );
    assert_eq!(room.delivery(&found).state, DeliveryState::Published);
    assert_eq!(
        fake.bodies(),
        ["Hello (answers found https://fake.example/there)"]
    );
}

#[tokio::test]
async fn mentions_are_resolved_before_they_are_composed_and_remembered() {
    let mut room = Room::new(&[("a", Arc::new(Fake::default()))]);
    let fake = Arc::new(Fake {
        handles: BTreeMap::from([("ana.example.org".to_owned(), "did:plc:ana".to_owned())]),
        ..Fake::default()
    });
    let outlet = room.outlet("a");
    outlet.channel.like = Some(PlatformId::Bluesky);
    outlet.platform = Ok(Arc::clone(&fake) as Arc<dyn Platform>);
    room.add(&["a"], |content| {
        content.text = "Thanks @ana.example.org".to_owned();
    });
    room.once().await;
    assert_eq!(
        fake.bodies(),
        ["Thanks @ana.example.org (answers nothing)did:plc:ana"]
    );
    let facts = room.store.wait(|db| db.facts()).unwrap();
    assert_eq!(
        facts[&ChannelName::from("a")].handles["ana.example.org"].as_deref(),
        Some("did:plc:ana")
    );
}

#[tokio::test]
async fn a_channel_without_a_readable_secret_waits_with_the_reason() {
    let mut room = Room::new(&[("a", Arc::new(Fake::default()))]);
    room.outlet("a").platform = Err("token_env `A` is not set".to_owned());
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert_eq!(delivery.reason, "token_env `A` is not set");
    assert_eq!(delivery.attempts, 0);
}

#[tokio::test]
async fn while_the_clock_is_set_only_what_stays_on_this_machine_leaves() {
    let (far, near) = (Fake::following([]), Fake::following([]));
    let mut room = Room::new(&[("far", Arc::clone(&far)), ("near", Arc::clone(&near))]);
    room.outlet("near").reach = Reach::ThisMachine;
    let post = room.add(&["far", "near"], |_| ());
    let setup = Setup {
        clock_state: ClockState::Set,
        ..room.setup()
    };
    room.once_with(setup).await;
    let states: Vec<DeliveryState> = room
        .deliveries(&post)
        .iter()
        .map(|delivery| delivery.state)
        .collect();
    assert_eq!(states, [DeliveryState::Waiting, DeliveryState::Published]);
    assert!(room.delivery(&post).reason.contains("MASTHEAD_NOW"));
    assert!(far.bodies().is_empty());
}

#[tokio::test]
async fn a_draft_and_a_post_in_the_trash_stay() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    room.add(&["a"], |content| content.scheduled = false);
    room.add(&["a"], |content| content.trashed = true);
    assert!(room.once().await.is_empty());
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn the_running_publisher_sends_within_a_second_of_the_time_and_sees_other_processes() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let setup = Setup {
        plan_clock: Arc::new(RealTime),
        real_clock: Arc::new(RealTime),
        ..room.setup()
    };
    let (handle, mut heard) = publisher::start(setup);
    while timeout(Wait::from_secs(10), heard.recv()).await.unwrap() != Some(PublisherEvent::Leading)
    {
    }
    // Another process adds it, so nobody wakes this one.
    let other = Store::open(&room.database(), RealTime.now()).unwrap();
    let due = RealTime.now() + Duration::milliseconds(1700);
    let content = Content {
        text: "Hello".to_owned(),
        plan: Plan::At(LocalTime::from_instant(due, Tz::UTC)),
        scheduled: true,
        variants: vec![Variant::inherits("a")],
        ..Content::default()
    };
    other
        .wait(move |db| db.add_post(&Author::from("other"), &content, None, due))
        .unwrap();
    loop {
        let event = timeout(Wait::from_secs(10), heard.recv()).await.unwrap();
        if matches!(event, Some(PublisherEvent::Settled(_))) {
            break;
        }
    }
    handle.stop().await;
    let late = fake.sent_at.lock().unwrap()[0] - due;
    assert!(late >= Duration::milliseconds(-1), "{late} early");
    assert!(late < Duration::seconds(1), "{late} late");
}

#[tokio::test]
async fn a_second_publisher_stands_by_and_takes_over() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let (first, mut heard) = publisher::start(room.setup());
    while timeout(Wait::from_secs(10), heard.recv()).await.unwrap() != Some(PublisherEvent::Leading)
    {
    }
    let other = Store::open(&room.database(), room.clock.now()).unwrap();
    let (second, mut second_heard) = publisher::start(Setup {
        store: other,
        holder: "second".to_owned(),
        ..room.setup()
    });
    let stands_by = timeout(Wait::from_secs(10), second_heard.recv())
        .await
        .unwrap();
    assert_eq!(
        stands_by,
        Some(PublisherEvent::NotLeading {
            holder: "test".to_owned()
        })
    );
    first.stop().await;
    while timeout(Wait::from_secs(10), second_heard.recv())
        .await
        .unwrap()
        != Some(PublisherEvent::Leading)
    {}
    second.stop().await;
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

#[tokio::test]
async fn what_is_due_while_frozen_does_not_leave_and_leaves_after_the_thaw() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    room.freeze();
    assert_eq!(room.once().await, []);
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
    assert!(fake.bodies().is_empty());
    room.thaw();
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_freeze_between_due_and_claim_refuses_the_claim() {
    let room = Room::new(&[("a", Fake::following([]))]);
    let post = room.add(&["a"], |_| ());
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let due = room.store.wait(move |db| db.due(now, &[], 10)).unwrap();
    assert_eq!(due.len(), 1);
    let lease = room.store.try_lead("test", now).unwrap().unwrap();
    room.freeze();
    let fence = lease.fence;
    let claimed = room.store.wait(move |db| db.claim(fence, id, now));
    assert_eq!(claimed, Ok(false));
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
}

/// A platform that is frozen over while its account is verified: after the claim, before the first byte.
#[derive(Debug)]
struct FrozenOver {
    inner: Arc<Fake>,
    database: PathBuf,
}

#[async_trait]
impl Platform for FrozenOver {
    async fn verify(&self) -> Result<Account, CallError> {
        let other = Store::open(&self.database, RealTime.now()).unwrap();
        let frozen = other.wait(|db| db.freeze(&Author::from("ola"), "stop", RealTime.now()));
        assert!(frozen.is_ok());
        self.inner.verify().await
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        self.inner.limits().await
    }

    async fn resolve_handles(&self, handles: &[String]) -> Result<Vec<Option<String>>, CallError> {
        self.inner.resolve_handles(handles).await
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        self.inner.find_post(address).await
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.inner.upload(media, bytes).await
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        self.inner.request(part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        self.inner.publish(request).await
    }
}

#[tokio::test]
async fn another_process_that_freezes_between_claim_and_first_byte_stops_it() {
    let fake = Fake::following([]);
    let mut room = Room::new(&[("a", Arc::clone(&fake))]);
    let database = room.database();
    let inner = Arc::clone(&fake);
    room.outlet("a").platform = Ok(Arc::new(FrozenOver { inner, database }));
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let delivery = room.delivery(&post);
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Waiting, 0)
    );
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_thaw_sends_what_is_late_and_leaves_out_what_is_not_where_that_was_chosen() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    room.freeze();
    let late = room.add(&["a"], |_| ());
    let over = room.add(&["a"], |content| {
        let end = room.clock.now() + Duration::minutes(5);
        content.not_after = Some(LocalTime::from_instant(end, Tz::UTC));
    });
    room.clock.forward(Duration::minutes(30));
    let unwanted = room.add(&["a"], |_| ());
    room.thaw_with(Choices::from([
        (late.id, Choice::Send),
        (over.id, Choice::Send),
        (unwanted.id, Choice::LeaveOut),
    ]));
    room.once().await;
    assert_eq!(room.delivery(&late).state, DeliveryState::Published);
    assert_eq!(room.delivery(&over).state, DeliveryState::Missed);
    let skipped = room.delivery(&unwanted);
    assert_eq!(
        (skipped.state, skipped.reason.as_str()),
        (
            DeliveryState::Skipped,
            "left out by tester when everything was thawed"
        )
    );
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test]
async fn a_thaw_lets_one_a_channel_leave_and_the_others_take_turns_and_what_is_too_late_is_missed()
{
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    room.freeze();
    let old = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(10));
    let first = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(1));
    let second = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(9));
    assert_eq!(room.thaw().len(), 3);
    let missed = room.delivery(&old);
    assert_eq!(missed.state, DeliveryState::Missed);
    assert_eq!(
        missed.reason,
        "its time passed while everything was frozen by tester, \"wrong link\""
    );
    room.once().await;
    assert_eq!(room.delivery(&first).state, DeliveryState::Published);
    let waits = room.delivery(&second);
    assert_eq!(
        (waits.state, waits.reason.as_str(), waits.next_try),
        (
            DeliveryState::Waiting,
            plan::TAKES_TURNS,
            Some(room.clock.now() + Duration::minutes(15))
        )
    );
    room.clock.forward(Duration::minutes(15));
    room.once().await;
    assert_eq!(room.delivery(&second).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn a_leader_that_runs_obeys_a_freeze_and_a_thaw_of_another_process_within_two_seconds() {
    let fake = Fake::following([]);
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let other = Store::open(&room.database(), RealTime.now()).unwrap();
    let now = room.clock.now();
    let (handle, mut events) = publisher::start(room.setup());
    while !matches!(events.recv().await, Some(PublisherEvent::Leading)) {}
    tokio::time::sleep(Wait::from_millis(200)).await;
    other
        .wait(move |db| db.freeze(&Author::from("ola"), "", now))
        .unwrap();
    let changed = timeout(Wait::from_secs(2), async {
        while !matches!(events.recv().await, Some(PublisherEvent::Changed)) {}
    });
    assert!(changed.await.is_ok(), "the others are told");
    let post = room.add(&["a"], |_| ());
    handle.wake();
    tokio::time::sleep(Wait::from_millis(1500)).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
    other
        .wait(move |db| db.thaw(&Author::from("ola"), &[], now))
        .unwrap();
    let published = timeout(Wait::from_secs(2), async {
        loop {
            if let Some(PublisherEvent::Settled(settled)) = events.recv().await {
                return settled.state;
            }
        }
    });
    assert_eq!(published.await.ok(), Some(DeliveryState::Published));
    handle.stop().await;
}
