//! A thousand posts due at once, and how late posts leave among many that wait; against a server on loopback.
//!
//! Prints the ratio to what the server's own 50 ms allow, beside what a commit costs on this disk, and the lateness of
//! posts planned at random moments. `cargo bench --bench publishing` takes about a minute and a half; `TMPDIR` chooses
//! the disk.

use chrono::{DateTime, Duration, SubsecRound, TimeDelta, Utc};
use masthead::domain::schedule::LatePolicy;
use masthead::domain::{
    Author, Channel, ChannelName, Clock, Content, DeliveryState, LocalTime, Plan, PlatformId,
    Variant,
};
use masthead::platforms::http::{Http, Timeouts};
use masthead::platforms::{Connection, connect};
use masthead::publisher::{self, ClockState, Outlet, PublisherEvent, Reach, Setup};
use masthead::secrets::Secret;
use masthead::store::Store;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration as Wait, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;

/// How long the server takes over a create call.
const SERVER: Wait = Wait::from_millis(50);
/// How many deliveries the publisher has in flight at the most; each channel has one.
const IN_FLIGHT: usize = 16;
const AT_ONCE: usize = 1_000;
const RANDOM: usize = 200;
const WAITING: usize = 20_000;
const WITHIN: i64 = 60;

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

/// When each text reached the server.
type Arrived = Arc<Mutex<HashMap<String, Vec<DateTime<Utc>>>>>;

/// Starts a server that speaks as much of Mastodon's API as publishing a text needs.
async fn serve(arrived: Arrived) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_all(stream, Arc::clone(&arrived)));
        }
    });
    format!("http://{address}")
}

async fn answer_all(mut stream: TcpStream, arrived: Arrived) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut bytes).await? {
        let json = if head.starts_with("POST /api/v1/statuses") {
            let text = serde_json::from_slice::<serde_json::Value>(&body)?["status"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let number = {
                let mut all = arrived.lock().expect("no panic");
                all.entry(text).or_default().push(RealTime.now());
                all.len()
            };
            // The runtime's own timer rounds up by a millisecond and more, which the publisher would be blamed for.
            tokio::task::spawn_blocking(|| std::thread::sleep(SERVER)).await?;
            format!(
                r#"{{"id":"{number}","url":"http://127.0.0.1/@bench/{number}","visibility":"public"}}"#
            )
        } else if head.contains("verify_credentials") {
            r#"{"id":"1","acct":"bench","username":"bench","url":"http://127.0.0.1/@bench"}"#
                .to_owned()
        } else {
            r#"{"configuration":{"statuses":{"max_characters":500}}}"#.to_owned()
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            json.len()
        );
        stream.write_all((head + &json).as_bytes()).await?;
    }
    Ok(())
}

/// Reads one request of a connection that stays open; `None` when it was closed.
async fn request(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
) -> std::io::Result<Option<(String, Vec<u8>)>> {
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
            let length: usize = head
                .to_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let rest = bytes.split_off(end + 4 + length);
                let body = bytes[end + 4..].to_vec();
                *bytes = rest;
                return Ok(Some((head, body)));
            }
        }
        if stream.read_buf(bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// A database of its own with channels that lead to the server.
struct Room {
    folder: tempfile::TempDir,
    store: Store,
    channels: Vec<Channel>,
    url: String,
    arrived: Arrived,
}

impl Room {
    async fn new(channels: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("plan.db"), RealTime.now()).expect("opens");
        let channels: Vec<Channel> = (0..channels)
            .map(|number| Channel::new(format!("channel{number}").as_str(), PlatformId::Mastodon))
            .collect();
        let known = channels.clone();
        store
            .wait(move |db| db.sync_channels(&known))
            .expect("channels");
        let arrived = Arrived::default();
        Self {
            url: serve(Arc::clone(&arrived)).await,
            folder,
            store,
            channels,
            arrived,
        }
    }

    fn plan(&self, posts: Vec<(String, DateTime<Utc>)>) {
        let names: Vec<ChannelName> = self.channels.iter().map(|one| one.name.clone()).collect();
        let added = self.store.wait(move |db| {
            for (number, (text, at)) in posts.into_iter().enumerate() {
                let content = Content {
                    text,
                    plan: Plan::At(LocalTime::from_instant(at, chrono_tz::UTC)),
                    scheduled: true,
                    variants: vec![Variant::inherits(names[number % names.len()].clone())],
                    ..Content::default()
                };
                db.add_post(&Author::from("bench"), &content, None, RealTime.now())?;
            }
            Ok(())
        });
        added.expect("posts");
    }

    fn start(&self) -> (publisher::Handle, UnboundedReceiver<PublisherEvent>) {
        let clock: Arc<dyn Clock> = Arc::new(RealTime);
        let http = Http::new(Timeouts::default(), Arc::clone(&clock));
        let outlets: BTreeMap<ChannelName, Outlet> = self
            .channels
            .iter()
            .map(|channel| {
                let connection = Connection {
                    url: Some(self.url.clone()),
                    secret: Some(Secret::new("bench")),
                    ..Connection::default()
                };
                let platform = connect(channel, connection, &http).expect("a loopback server");
                let outlet = Outlet {
                    channel: channel.clone(),
                    platform: Ok(platform),
                    reach: Reach::ThisMachine,
                };
                (channel.name.clone(), outlet)
            })
            .collect();
        publisher::start(Setup {
            store: self.store.clone(),
            outlets,
            late: LatePolicy::default(),
            plan_clock: Arc::clone(&clock),
            clock_state: ClockState::Real,
            real_clock: clock,
            read_media: Arc::new(|_| Err("there are no pictures".to_owned())),
            holder: "bench".to_owned(),
        })
    }

    /// Returns when each text arrived; every one must be there once.
    fn arrivals(&self) -> HashMap<String, DateTime<Utc>> {
        let all = self.arrived.lock().expect("no panic");
        all.iter()
            .map(|(text, times)| {
                assert_eq!(times.len(), 1, "{text} was sent {} times", times.len());
                (text.clone(), times[0])
            })
            .collect()
    }
}

async fn published(events: &mut UnboundedReceiver<PublisherEvent>, mut left: usize) {
    while left > 0 {
        match events.recv().await.expect("the publisher runs") {
            PublisherEvent::Settled(one) if one.state == DeliveryState::Published => left -= 1,
            PublisherEvent::Settled(one) => panic!("{one:?}"),
            _ => {}
        }
    }
}

/// Returns what it costs to have a page on this disk for good: the median of many.
fn sync_cost(folder: &Path) -> Wait {
    let mut file = File::create(folder.join("sync")).expect("a file");
    let page = [7_u8; 4096];
    let mut times: Vec<Wait> = (0..200)
        .map(|_| {
            file.rewind().expect("a file");
            file.write_all(&page).expect("room");
            let start = Instant::now();
            file.sync_data().expect("a disk");
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

async fn a_thousand_at_once() {
    let room = Room::new(IN_FLIGHT).await;
    // Time for the accounts to be verified, as they are in a publisher that has been running.
    let due = RealTime.now().trunc_subsecs(0) + TimeDelta::seconds(5);
    room.plan(
        (0..AT_ONCE)
            .map(|number| (format!("post {number}"), due))
            .collect(),
    );
    let (handle, mut events) = room.start();
    published(&mut events, AT_ONCE).await;
    let taken = RealTime.now() - due;
    handle.stop().await;
    assert_eq!(room.arrivals().len(), AT_ONCE);
    let taken = taken.to_std().expect("nothing left early");
    let ideal = SERVER.mul_f64(AT_ONCE as f64 / IN_FLIGHT as f64);
    println!(
        "{AT_ONCE} due at once, {IN_FLIGHT} in flight, server {} ms: {:.2} s, ideal {:.2} s, ratio {:.2}; an fsync costs {:.2} ms here",
        SERVER.as_millis(),
        taken.as_secs_f64(),
        ideal.as_secs_f64(),
        taken.as_secs_f64() / ideal.as_secs_f64(),
        sync_cost(room.folder.path()).as_secs_f64() * 1000.0,
    );
}

/// A generator of numbers that is the same everywhere (Knuth's MMIX constants).
fn random(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

async fn at_random_among_many() {
    let room = Room::new(3).await;
    let now = RealTime.now();
    room.plan(
        (0..WAITING)
            .map(|number| {
                let days = 1 + i64::try_from(number % 700).unwrap_or(1);
                (format!("later {number}"), now + Duration::days(days))
            })
            .collect(),
    );
    let (handle, mut events) = room.start();
    let start = RealTime.now().trunc_subsecs(0) + TimeDelta::seconds(5);
    let mut state = 2026;
    let planned: HashMap<String, DateTime<Utc>> = (0..RANDOM)
        .map(|number| {
            let second = i64::try_from(random(&mut state)).unwrap_or(0) % WITHIN;
            (format!("post {number}"), start + TimeDelta::seconds(second))
        })
        .collect();
    room.plan(
        planned
            .iter()
            .map(|(text, at)| (text.clone(), *at))
            .collect(),
    );
    handle.wake();
    published(&mut events, RANDOM).await;
    handle.stop().await;
    let mut late: Vec<i64> = room
        .arrivals()
        .iter()
        .map(|(text, arrived)| (*arrived - planned[text]).num_milliseconds())
        .collect();
    late.sort_unstable();
    let within = late.iter().filter(|ms| **ms <= 250).count();
    println!(
        "{RANDOM} at random seconds of {WITHIN}, {WAITING} waiting: {} early, {:.1} % within 250 ms; median {} ms, 95 % {} ms, worst {} ms",
        late.iter().filter(|ms| **ms < 0).count(),
        100.0 * within as f64 / RANDOM as f64,
        late[RANDOM / 2],
        late[RANDOM * 95 / 100],
        late[RANDOM - 1],
    );
}

#[tokio::main]
async fn main() {
    a_thousand_at_once().await;
    at_random_among_many().await;
}
