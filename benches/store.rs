//! What the screen and the publisher wait for: opening, a month, the queue, and the two commits around a send.
//!
//! Run with `cargo bench --bench store`. A month among 20,000 posts must cost what it costs among 1,000.

use chrono::{DateTime, Duration, TimeZone, Utc};
use divan::{Bencher, black_box};
use masthead::domain::{
    AttemptRequest, Author, Channel, Content, DeliveryId, LocalTime, Outcome, Plan, PlatformId,
    Published, Variant,
};
use masthead::store::Store;
use std::path::PathBuf;
use std::sync::OnceLock;
use tempfile::TempDir;

const CHANNELS: [&str; 3] = ["fosstodon", "bluesky", "outbox"];
const SIZES: [usize; 2] = [1_000, 20_000];

fn main() {
    divan::main();
}

fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 9, 0, 0)
        .single()
        .expect("an instant")
}

fn open(path: &std::path::Path) -> Store {
    Store::open(path, start()).expect("opens")
}

/// The path of a database with so many posts, one every two hours; made once.
fn database(posts: usize) -> PathBuf {
    static FOLDERS: [OnceLock<TempDir>; 2] = [OnceLock::new(), OnceLock::new()];
    let slot = usize::from(posts == SIZES[1]);
    let folder = FOLDERS[slot].get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder.path().join("masthead.db"));
        store
            .wait(move |db| {
                let channels = CHANNELS.map(|name| Channel::new(name, PlatformId::Sandbox));
                db.sync_channels(&channels)?;
                let author = Author::new("Ada");
                for number in 0..i64::try_from(posts).unwrap_or(0) {
                    let at = start() + Duration::hours(2 * number);
                    let content = Content {
                        title: format!("Post {number}"),
                        text: "A text of some length. ".repeat(12),
                        plan: Plan::At(LocalTime::from_instant(at, chrono_tz::UTC)),
                        scheduled: true,
                        variants: CHANNELS.map(Variant::inherits).to_vec(),
                        ..Content::default()
                    };
                    db.add_post(&author, &content, None, start())?;
                }
                Ok(())
            })
            .expect("posts");
        folder
    });
    folder.path().join("masthead.db")
}

#[divan::bench(args = SIZES)]
fn opening(bencher: Bencher<'_, '_>, posts: usize) {
    let path = database(posts);
    bencher.bench_local(|| open(black_box(&path)));
}

#[divan::bench(args = SIZES)]
fn reading_a_month(bencher: Bencher<'_, '_>, posts: usize) {
    let store = open(&database(posts));
    bencher.bench_local(|| {
        store
            .wait(|db| db.posts_between(start(), start() + Duration::days(42)))
            .expect("a month")
    });
}

#[divan::bench(args = SIZES)]
fn reading_the_queue(bencher: Bencher<'_, '_>, posts: usize) {
    let store = open(&database(posts));
    bencher.bench_local(|| store.wait(|db| db.queue(100)).expect("a queue"));
}

/// Two durable commits: the cost of never sending twice.
#[divan::bench]
fn beginning_and_finishing_an_attempt(bencher: Bencher<'_, '_>) {
    let store = open(&database(SIZES[0]));
    let lease = store
        .try_lead("bench", start())
        .expect("asks")
        .expect("leads");
    let (fence, id) = (lease.fence, DeliveryId(1));
    store
        .wait(move |db| db.claim(fence, id, start()))
        .expect("claimed");
    let mut part = 0;
    bencher.bench_local(|| {
        part += 1;
        store
            .wait(move |db| {
                let request = AttemptRequest::default();
                let attempt = db.begin_attempt(fence, id, part, &request, start(), start())?;
                let outcome = Outcome::Published(Published::default());
                db.finish_attempt(attempt, &outcome, start())
            })
            .expect("recorded");
    });
}
