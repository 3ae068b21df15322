//! One cell of the table: the real daemon is killed at a point while the wire plays a fault, and what was left behind is
//! driven on until it is settled, by a clock that the test moves.
//!
//! Counts on the server, past the program under test.

use crate::common::film::film_of;
use crate::common::proxy::{Fault, FaultProxy, Plan};
use crate::common::{channel, now, png};
use crate::judge::judge;
use crate::process::Daemon;
use crate::registered::{Account, Attached, Registered};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use masthead::domain::schedule::LatePolicy;
use masthead::domain::{
    Account as Identity, Attachment, AttemptRequest, Author, Clock, Content, Delivery,
    DeliveryState, Kind, Limits, LocalTime, Outcome, Part, PartMedia, Plan as When, PostId,
    Published, RemoteRef, Threading, Variant,
};
use masthead::media;
use masthead::platforms::{CallError, LookUp, PartContext, Platform, Sought, UploadLog};
use masthead::publisher::crash_point::CrashPoint;
use masthead::publisher::{self, ClockState, OnceError, Outlet, Reach, Scope, Setup};
use masthead::store::Store;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration as Span, Instant};
use tokio::sync::{mpsc, watch};

/// How long a call may take where the answer comes.
const PATIENCE: Span = Span::from_secs(20);

/// The same where it does not: long enough for a busy machine, short enough to wait for.
const SHORT_PATIENCE: Span = Span::from_millis(2500);

/// How often the lead is asked for.
const PATIENT: usize = 100;

/// How often a post is driven on before the test gives up: more than look-ups there are.
const MOST_ROUNDS: usize = 40;

/// One kill.
#[derive(Clone)]
pub struct Cell {
    /// The platform's rows.
    pub row: Arc<dyn Registered>,
    /// Where the process is killed.
    pub point: CrashPoint,
    /// What the wire does to the create call of `part`, whenever it leaves.
    pub fault: Fault,
    /// The part of the thread at which both happen, from 0.
    pub part: usize,
    /// How many parts there are.
    pub parts: usize,
    /// How many pictures the first part has.
    pub pictures: usize,
    /// Whether it may still leave hours later.
    pub kind: Kind,
    /// How long a `429` asks to wait: within the grace of an ad hoc post, or beyond it.
    pub too_many_for: Duration,
    /// Its number in the run.
    pub number: usize,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Became {
    /// How many parts are on the server.
    pub made: usize,
    /// Where the delivery stands.
    pub state: DeliveryState,
    /// Why.
    pub reason: String,
    /// How long it took until the kill, and altogether.
    pub took: [Span; 2],
}

/// A clock that the test moves on.
#[derive(Clone, Debug)]
struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Plays a cell; panics where a promise is broken.
pub async fn play(cell: &Cell) -> Became {
    let started = Instant::now();
    let desk = Desk::new(cell).await;
    let killed = desk.kill_at(cell).await;
    let until_kill = started.elapsed();
    assert!(killed, "the daemon ended before it was killed");
    let delivery = desk.drive_on().await;
    let made = desk.account.posts(&desk.data()).await;
    let made = judge(&desk.words, cell.pictures, &delivery, &made);
    let elsewhere = desk.visited.load(Ordering::Relaxed);
    assert!(!elsewhere, "a redirect was followed");
    Became {
        made,
        state: delivery.state,
        reason: delivery.reason,
        took: [until_kill, started.elapsed()],
    }
}

/// A folder with a configuration, a database and one post in it.
struct Desk {
    folder: tempfile::TempDir,
    account: Box<dyn Account>,
    proxy: Option<Arc<FaultProxy>>,
    /// Whether anybody came where the redirect leads.
    visited: Arc<AtomicBool>,
    cell: Cell,
    /// Words of each part that nothing else on the server has.
    words: Vec<String>,
    post: PostId,
    patience: Span,
}

impl Desk {
    async fn new(cell: &Cell) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let account = cell.row.account(cell.number).await;
        let words: Vec<String> = (0..cell.parts).map(|_| unlike_anything()).collect();
        let visited = Arc::new(AtomicBool::new(false));
        let proxy = match cell.row.wire() {
            None => None,
            Some(wire) => {
                let times = match cell.fault {
                    Fault::None | Fault::Refused => 0,
                    Fault::RepeatedKey => 2,
                    _ => 1,
                };
                let plan = Plan {
                    // One word is enough to know the part by; a form has no spaces between them.
                    body: words[cell.part]
                        .split(' ')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    too_many: (wire.too_many)(now() + cell.too_many_for),
                    elsewhere: elsewhere(&visited).await,
                    ..Plan::new(cell.fault, times, wire.create)
                };
                Some(Arc::new(FaultProxy::start(&wire.target, plan).await))
            }
        };
        let mut desk = Self {
            folder,
            account,
            proxy,
            visited,
            cell: cell.clone(),
            words,
            post: PostId(0),
            patience: match cell.fault {
                Fault::Silent => SHORT_PATIENCE,
                _ => PATIENCE,
            },
        };
        desk.furnish();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn url(&self) -> String {
        let proxy = self.proxy.as_deref();
        proxy.map_or_else(String::new, FaultProxy::address)
    }

    fn store(&self, now: DateTime<Utc>) -> Store {
        Store::open(&self.data().join("plan.db"), now).unwrap()
    }

    fn furnish(&mut self) {
        let (url, data) = (self.url(), self.data());
        let section = self.account.section(&url);
        let config = format!("timezone = \"UTC\"\n[channels.test]\n{section}");
        std::fs::write(self.path("config.toml"), config).unwrap();
        std::fs::create_dir_all(data.join("media")).unwrap();
        self.account.log_in(&data, &url);
        let is_film = self.cell.row.attaches() == Attached::Video;
        let mut files: Vec<(String, Vec<u8>)> = (0..self.cell.pictures)
            .map(|number| (format!("{number}.png"), png(u8::try_from(number).unwrap())))
            .collect();
        if is_film {
            // The words are in it, so that the piece that makes the video is known by them.
            files.push(("film.mp4".to_owned(), film_of(self.words[0].as_bytes())));
        }
        if self.cell.row.captions() {
            let words = "WEBVTT\n\n00:01.000 --> 00:04.000\nHello.\n";
            files.push(("film.vtt".to_owned(), words.as_bytes().to_vec()));
        }
        let attachments: Vec<Attachment> = (files.into_iter())
            .map(|(name, bytes)| {
                let file = self.path(&name);
                std::fs::write(&file, bytes).unwrap();
                let attached = media::import(&file, &data.join("media")).unwrap();
                Attachment {
                    alt: format!("what is on {name}"),
                    ..attached
                }
            })
            .collect();
        let texts: Vec<String> = (self.words.iter().enumerate())
            .map(|(part, words)| format!("Part {}: {words}", part + 1))
            .collect();
        let now = now();
        let content = Content {
            title: if is_film {
                self.words[0].clone()
            } else {
                String::new()
            },
            text: texts.join("\n---\n"),
            kind: self.cell.kind,
            plan: When::At(LocalTime::from_instant(now, Tz::UTC)),
            scheduled: true,
            visibility: self.cell.row.visibility(),
            language: self.cell.row.captions().then(|| "en".to_owned()),
            threading: Threading::On,
            attachments: attachments.clone(),
            variants: vec![Variant::inherits("test")],
            ..Content::default()
        };
        let known = [channel(self.cell.row.platform())];
        let added = self.store(now).wait(move |db| {
            db.sync_channels(&known)?;
            for attached in &attachments {
                db.save_media(attached, now)?;
            }
            db.add_post(&Author::from("tester"), &content, None, now)
        });
        self.post = added.unwrap().id;
    }

    /// Runs the daemon and kills it where the cell says. Returns whether it lived so long.
    async fn kill_at(&self, cell: &Cell) -> bool {
        let before_claim = [CrashPoint::BeforeClaim, CrashPoint::AfterClaim];
        let claim = before_claim.contains(&cell.point) || cell.point == CrashPoint::DuringUpload;
        let here = (cell.point, if claim { 0 } else { cell.part });
        let committed = (CrashPoint::AfterAttemptCommitted, cell.part);
        let mut stops = vec![here];
        let refusing = cell.fault == Fault::Refused && !claim && here != committed;
        if refusing {
            stops.insert(0, committed);
        }
        let mut daemon = Daemon::start(self.folder.path(), &stops, self.patience);
        if refusing {
            if !daemon.stopped_at(committed).await {
                return false;
            }
            self.proxy.as_ref().unwrap().refuse().await;
            daemon.go_on();
        }
        if !daemon.stopped_at(here).await {
            return false;
        }
        if cell.point == CrashPoint::AfterRequestLeft {
            match &self.proxy {
                Some(proxy) if !refusing => proxy.arrived().await,
                _ => tokio::time::sleep(Span::from_millis(5)).await,
            }
        }
        daemon.kill();
        if let Some(proxy) = &self.proxy {
            proxy.settled().await;
            proxy.listen().await;
        }
        true
    }

    /// Lets publishers that know nothing but the database go on, as time passes, until there is nothing more to do.
    async fn drive_on(&self) -> Delivery {
        let clock = Hand(Arc::new(Mutex::new(now())));
        let inner = self
            .account
            .connect(&self.url(), &self.data(), self.patience);
        let refuse = self.cell.fault == Fault::Refused
            && self.proxy.is_some()
            // The daemon met it already.
            && matches!(
                self.cell.point,
                CrashPoint::BeforeClaim
                    | CrashPoint::AfterClaim
                    | CrashPoint::DuringUpload
                    | CrashPoint::AfterAttemptCommitted
            );
        let platform: Arc<dyn Platform> = Arc::new(Cut {
            inner,
            words: self.words[self.cell.part].clone(),
            proxy: self.proxy.clone().filter(|_| refuse),
            done: AtomicBool::new(false),
        });
        let mut last = None;
        for _ in 0..MOST_ROUNDS {
            self.once(&clock, &platform).await;
            let store = self.store(clock.now());
            let post = self.post;
            let (delivery, attempts) = store
                .wait(move |db| {
                    let delivery = db.post(post)?.deliveries.remove(0);
                    let attempts = db.attempts(delivery.id)?;
                    Ok((delivery, attempts))
                })
                .unwrap();
            drop(store);
            let open = attempts.iter().filter(|attempt| attempt.outcome.is_none());
            let next = match delivery.state {
                DeliveryState::Publishing => open.map(|attempt| attempt.deadline).max(),
                DeliveryState::Waiting | DeliveryState::Unknown => delivery.next_try,
                DeliveryState::Published if self.cell.row.captions() => {
                    // What was not brought there before the kill is, at the next look.
                    *clock.0.lock().unwrap() += Duration::minutes(2);
                    self.once(&clock, &platform).await;
                    delivery
                        .remote_ids
                        .iter()
                        .for_each(|id| self.account.is_whole(id));
                    let looked = self.store(clock.now()).wait(move |db| db.post(post));
                    return looked.unwrap().deliveries.remove(0);
                }
                _ => return delivery,
            };
            match next {
                Some(next) => {
                    let mut hand = clock.0.lock().unwrap();
                    *hand = next.max(*hand) + Duration::milliseconds(1);
                }
                None if delivery.state == DeliveryState::Unknown => return delivery,
                None => panic!("nobody goes on with it: {delivery:?} {attempts:?}"),
            }
            last = Some((delivery, attempts));
        }
        panic!("it never settles: {last:?}");
    }

    async fn once(&self, clock: &Hand, platform: &Arc<dyn Platform>) {
        let outlet = Outlet {
            channel: channel(self.cell.row.platform()),
            platform: Ok(Arc::clone(platform)),
            reach: Reach::ThisMachine,
        };
        let pictures = self.data().join("media");
        let setup = Setup {
            store: self.store(clock.now()),
            outlets: [(outlet.channel.name.clone(), outlet)].into(),
            late: LatePolicy::default(),
            plan_clock: Arc::new(clock.clone()),
            clock_state: ClockState::Real,
            real_clock: Arc::new(clock.clone()),
            read_media: Arc::new(move |picture| read(&pictures, &picture.hash)),
            holder: "test".to_owned(),
        };
        for _ in 0..PATIENT {
            let (events, _heard) = mpsc::unbounded_channel();
            let (_stop, stopped) = watch::channel(false);
            let run = publisher::once(setup.clone(), Scope::Everything, events, stopped).await;
            match run {
                // Another cell's daemon that is just being started holds what this process had open until it is.
                Err(OnceError::OtherLeader(_)) => tokio::time::sleep(Span::from_millis(20)).await,
                run => {
                    run.unwrap();
                    return;
                }
            }
        }
        panic!("the lead is never given up");
    }
}

fn read(folder: &Path, hash: &str) -> Result<Vec<u8>, String> {
    media::read(folder, hash).map_err(|error| error.to_string())
}

/// Returns words that no other part has, so that none is taken for another.
fn unlike_anything() -> String {
    let all = uuid::Uuid::new_v4().simple().to_string();
    let words = [&all[..8], &all[8..16], &all[16..24], &all[24..]];
    words.map(|word| format!("w{word}")).join(" ")
}

/// Returns an address where nobody must come.
async fn elsewhere(visited: &Arc<AtomicBool>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/elsewhere", listener.local_addr().unwrap());
    let visited = Arc::downgrade(visited);
    tokio::spawn(async move {
        let deadline = Span::from_secs(120);
        if let Ok(Ok(_)) = tokio::time::timeout(deadline, listener.accept()).await
            && let Some(visited) = visited.upgrade()
        {
            visited.store(true, Ordering::Relaxed);
        }
    });
    address
}

/// A platform that meets a refused connection when it first creates a certain part.
#[derive(Debug)]
struct Cut {
    inner: Arc<dyn Platform>,
    words: String,
    proxy: Option<Arc<FaultProxy>>,
    done: AtomicBool,
}

#[async_trait]
impl Platform for Cut {
    async fn verify(&self) -> Result<Identity, CallError> {
        self.inner.verify().await
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        self.inner.limits().await
    }

    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        self.inner.find_post(address).await
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.inner.upload(media, bytes).await
    }

    fn in_pieces(&self, media: &PartMedia) -> bool {
        self.inner.in_pieces(media)
    }

    async fn upload_in_pieces(
        &self,
        part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        self.inner.upload_in_pieces(part, media, log).await
    }

    fn asks_uploads_again(&self) -> bool {
        self.inner.asks_uploads_again()
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        self.inner.request(part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        match &self.proxy {
            Some(proxy)
                if request.body.contains(&self.words)
                    && !self.done.swap(true, Ordering::Relaxed) =>
            {
                proxy.refuse().await;
                let outcome = self.inner.publish(request).await;
                proxy.listen().await;
                outcome
            }
            _ => self.inner.publish(request).await,
        }
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        self.inner.look_up(sought).await
    }

    async fn watch(
        &self,
        there: &Published,
        request: &AttemptRequest,
    ) -> Result<Published, CallError> {
        self.inner.watch(there, request).await
    }

    fn publish_timeout(&self) -> Span {
        self.inner.publish_timeout()
    }
}
