//! The calendar that is being published when the power goes, and what becomes of it afterwards.
//!
//! Before and after the cut the publisher runs in here, with a clock that is moved by hand; in between it is the program.

use crate::common;
use crate::common::statuses::{Manner, Status, Statuses};
use crate::disk::{self, Image};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use masthead::domain::schedule::LatePolicy;
use masthead::domain::{
    Attempt, Author, Channel, ChannelName, Clock, Content, DeliveryState, Kind, LocalTime, Plan,
    PlatformId, PostView, Threading, Variant,
};
use masthead::platforms::{Connection, Http, PartContext, Timeouts, connect};
use masthead::publisher::{self, ClockState, Outlet, Reach, Scope, Setup};
use masthead::secrets::Secret;
use masthead::store::Store;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};

/// How long a time is looked at after the cut, in runs of the publisher.
const MOST_RUNS: usize = 30;

/// A clock that the test moves on.
#[derive(Clone, Debug)]
struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Hand {
    fn set(&self, to: DateTime<Utc>) {
        *self.0.lock().unwrap() = to;
    }

    fn forward(&self, to: DateTime<Utc>) {
        let mut now = self.0.lock().unwrap();
        *now = to.max(*now);
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A folder with a database, a configuration and an outbox, and the server that the traced program talks to.
pub struct World {
    folder: tempfile::TempDir,
    pub server: Statuses,
    /// What the server had before the program started.
    pub before: Vec<Status>,
    /// A screen that somebody has open.
    screen: Option<Store>,
    clock: Hand,
    http: Http,
}

/// The two accounts on the server, and the sandbox.
fn channels() -> [Channel; 3] {
    [
        Channel::new("a", PlatformId::Mastodon),
        Channel::new("b", PlatformId::Mastodon),
        Channel::new("box", PlatformId::Sandbox),
    ]
}

/// What the server does by what a text says, once for each of them.
fn by_the_text() -> impl FnMut(&Status) -> Manner + Send + 'static {
    let mut treated = HashSet::new();
    move |status: &Status| {
        let manner = ["answer lost", "request lost", "broken", "limited"]
            .into_iter()
            .find(|word| status.text.contains(word));
        match manner.filter(|_| treated.insert((status.account.clone(), status.text.clone()))) {
            Some("answer lost") => Manner::AnswerLost,
            Some("request lost") => Manner::RequestLost,
            Some("broken") => Manner::MadeBut(503),
            Some("limited") => Manner::Refused(429),
            _ => Manner::Well,
        }
    }
}

impl World {
    /// Plans posts that are due now, beside two of unknown outcome from earlier: one that is there, one that is not
    /// and was looked for once.
    pub async fn new(with_a_screen: bool) -> Self {
        // Nothing is lost with memory instead of a disk: the order of the calls is what is tested.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let clock = Hand(Arc::new(Mutex::new(common::now() - Duration::minutes(20))));
        let server = Statuses::start(Vec::new(), Arc::new(clock.clone()), by_the_text()).await;
        let mut world = Self {
            folder,
            server,
            before: Vec::new(),
            screen: None,
            http: Http::new(Timeouts::default(), Arc::new(clock.clone())),
            clock: clock.clone(),
        };
        let plan = world.store();
        plan.wait(|db| db.sync_channels(&channels())).unwrap();
        add(
            &plan,
            &clock,
            Kind::Evergreen,
            &["b"],
            "request lost before",
        );
        world.once(&world.server).await;
        clock.forward(clock.now() + Duration::minutes(2));
        world.once(&world.server).await;
        add(&plan, &clock, Kind::Evergreen, &["a"], "answer lost before");
        world.once(&world.server).await;
        clock.forward(common::now());
        let thread = "first of three\n---\nsecond of three\n---\nthird of three";
        let due = [
            (&["a", "b", "box"][..], thread),
            (&["b", "box"], "a single one"),
            (&["a"], "answer lost now"),
            (&["b"], "limited now"),
            (&["a"], "broken now"),
            (&["b"], "request lost now"),
        ];
        for (channels, text) in due {
            add(&plan, &clock, Kind::AdHoc, channels, text);
        }
        world.killed_when_the_file_was_there(&plan, &clock).await;
        drop(plan);
        world.before = world.server.all();
        if with_a_screen {
            let screen = world.store();
            screen.wait(|db| db.list(None, None, false, 10)).unwrap();
            world.screen = Some(screen);
        }
        world
    }

    /// Leaves what a process leaves that was killed, twenty minutes ago, between the sandbox's file and its outcome.
    async fn killed_when_the_file_was_there(&self, plan: &Store, clock: &Hand) {
        add(plan, clock, Kind::Evergreen, &["box"], "killed before");
        let (began, now) = (clock.now() - Duration::minutes(20), clock.now());
        let lease = plan.try_lead("killed", began).unwrap().unwrap();
        let posts = posts(plan);
        let killed = posts
            .iter()
            .find(|view| view.post.content.text == "killed before");
        let delivery = killed.unwrap().deliveries[0].id;
        let connection = Connection {
            outbox: self.data().join("outbox/box"),
            ..Connection::default()
        };
        let sandbox = connect(&channels()[2], connection, &self.http).unwrap();
        let context = PartContext {
            delivery,
            index: 0,
            total: 1,
            answers: None,
            media_refs: &[],
            created_at: began,
            earlier: None,
        };
        let request = sandbox.request(&common::text("killed before"), &context);
        let committed = request.clone();
        plan.wait(move |db| {
            assert!(db.claim(lease.fence, delivery, now)?);
            db.begin_attempt(
                lease.fence,
                delivery,
                0,
                &committed,
                began + Duration::seconds(90),
                began,
            )
        })
        .unwrap();
        common::published(sandbox.publish(&request).await);
    }

    /// Returns the names that nobody synced before the program started.
    pub fn unsafe_names(&self) -> Vec<PathBuf> {
        let outbox = self.data().join("outbox");
        let mut names = vec![outbox.clone(), outbox.join("box")];
        names.extend(disk::read(&outbox.join("box")).into_keys());
        if self.screen.is_some() {
            // Whoever opened it first made the log, and wrote nothing.
            names.push(self.data().join("plan.db-wal"));
        }
        names
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("plan.db")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("strace.log")
    }

    pub fn close_the_screen(&mut self) {
        self.screen = None;
    }

    /// Returns the real program, about to publish what is due.
    pub fn program(&self) -> Command {
        let config = self.folder.path().join("config.toml");
        let account = |name| {
            format!(
                "[channels.{name}]\nplatform = \"mastodon\"\nurl = \"{}\"\ntoken_env = \"TOKEN_{name}\"\n",
                self.server.url()
            )
        };
        let text = format!(
            "timezone = \"UTC\"\n{}{}[channels.box]\nplatform = \"sandbox\"\n",
            account("a"),
            account("b")
        );
        std::fs::write(&config, text).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_masthead"));
        program
            .args(["daemon", "--once"])
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("MASTHEAD_CONFIG", config)
            .env("MASTHEAD_DATA_DIR", self.data())
            .env("TOKEN_a", "token-a")
            .env("TOKEN_b", "token-b");
        program
    }

    /// Returns whether an attempt with this key is on record, and its end is not, when the disk holds `image`.
    pub fn is_on_record(&self, image: &Image, key: &str) -> bool {
        disk::restore(&self.data(), image);
        let all = attempts(&self.store());
        all.iter()
            .any(|attempt| attempt.request.key == key && attempt.outcome.is_none())
    }

    /// Opens the database as the disk holds it, closes it again, and returns what is there then.
    pub fn opened(&self, image: &Image) -> Image {
        disk::restore(&self.data(), image);
        drop(self.store());
        disk::read(&self.data())
    }

    /// Lets a publisher that knows nothing but what the disk holds go on until nothing is left to do.
    ///
    /// Returns how many parts were sent by it. Panics when a part is there twice, or a state is not the truth.
    pub async fn goes_on(&self, image: &Image, there: Vec<Status>) -> usize {
        disk::restore(&self.data(), image);
        let clock = &self.clock;
        clock.set(common::now() + Duration::seconds(2));
        let known = there.len();
        let server =
            Statuses::start(there, Arc::new(clock.clone()), |_: &Status| Manner::Well).await;
        for _ in 0..MOST_RUNS {
            self.once(&server).await;
            let Some(next) = next(&self.store()) else {
                break;
            };
            clock.forward(next + Duration::milliseconds(1));
        }
        self.judge(&self.store(), &server.all());
        server.all().len() - known
    }

    fn store(&self) -> Store {
        Store::open(&self.database(), self.clock.now()).unwrap()
    }

    async fn once(&self, server: &Statuses) {
        let (store, clock) = (self.store(), &self.clock);
        let known = store.wait(|db| db.channels()).unwrap();
        let outlets: BTreeMap<ChannelName, Outlet> = known
            .into_iter()
            .map(|channel| {
                let connection = Connection {
                    url: Some(server.url()),
                    secret: Some(Secret::new(format!("token-{}", channel.name))),
                    outbox: self.data().join("outbox").join(channel.name.as_str()),
                    ..Connection::default()
                };
                let outlet = Outlet {
                    platform: Ok(connect(&channel, connection, &self.http).unwrap()),
                    reach: Reach::ThisMachine,
                    channel,
                };
                (outlet.channel.name.clone(), outlet)
            })
            .collect();
        let setup = Setup {
            store,
            outlets,
            late: LatePolicy::default(),
            plan_clock: Arc::new(clock.clone()),
            clock_state: ClockState::Real,
            real_clock: Arc::new(clock.clone()),
            read_media: Arc::new(|_| Err("there are no pictures".to_owned())),
            holder: "test".to_owned(),
        };
        let (events, _heard) = mpsc::unbounded_channel();
        let (_stop, stopped) = watch::channel(false);
        publisher::once(setup, Scope::Everything, events, stopped)
            .await
            .unwrap();
    }

    /// Holds every delivery against what is really there: each part once, in order, and all of them.
    fn judge(&self, plan: &Store, statuses: &[Status]) {
        let posts = posts(plan);
        assert_eq!(posts.len(), 9, "no plan is lost");
        for view in &posts {
            let parts: Vec<&str> = view.post.content.text.split("\n---\n").collect();
            for delivery in &view.deliveries {
                let channel = delivery.channel.as_str();
                let mut before: Option<String> = None;
                for (index, part) in parts.iter().enumerate() {
                    let there = if channel == "box" {
                        let name = format!("outbox/box/{}-{}.json", delivery.id, index + 1);
                        let letter = std::fs::read_to_string(self.data().join(name));
                        usize::from(letter.is_ok_and(|letter| letter.contains(part)))
                    } else {
                        let own: Vec<&Status> = statuses
                            .iter()
                            .filter(|status| status.account == channel && status.text == *part)
                            .collect();
                        if let [one] = own[..] {
                            assert_eq!(one.answers, before, "{part} on {channel}");
                            before = Some(one.id.to_string());
                        }
                        own.len()
                    };
                    let state = delivery.state;
                    assert_eq!(
                        (there, state),
                        (1, DeliveryState::Published),
                        "“{part}” on {channel} is there {there} times and {state:?}: {delivery:?}"
                    );
                }
            }
        }
        let parts_there = statuses.len();
        assert_eq!(
            parts_there,
            3 + 3 + 7,
            "nobody asked for more: {statuses:?}"
        );
    }
}

fn add(plan: &Store, clock: &Hand, kind: Kind, channels: &[&str], text: &str) {
    let now = clock.now();
    let content = Content {
        text: text.to_owned(),
        kind,
        plan: Plan::At(LocalTime::from_instant(now, Tz::UTC)),
        scheduled: true,
        threading: Threading::On,
        variants: channels
            .iter()
            .map(|name| Variant::inherits(*name))
            .collect(),
        ..Content::default()
    };
    plan.wait(move |db| db.add_post(&Author::from("tester"), &content, None, now))
        .unwrap();
}

fn posts(plan: &Store) -> Vec<PostView> {
    plan.wait(|db| db.list(None, None, true, 1000)).unwrap()
}

fn attempts(plan: &Store) -> Vec<Attempt> {
    let posts = posts(plan);
    let deliveries = posts.iter().flat_map(|view| &view.deliveries);
    deliveries
        .flat_map(|delivery| {
            let id = delivery.id;
            plan.wait(move |db| db.attempts(id)).unwrap()
        })
        .collect()
}

/// Returns when there is something to do next: a try, a look, or the deadline of what nobody heard the end of.
fn next(plan: &Store) -> Option<DateTime<Utc>> {
    let posts = posts(plan);
    let deliveries = posts.iter().flat_map(|view| &view.deliveries);
    let tries = deliveries.filter_map(|delivery| delivery.next_try);
    let open = attempts(plan)
        .into_iter()
        .filter(|attempt| attempt.outcome.is_none())
        .map(|attempt| attempt.deadline);
    tries.chain(open).min()
}
