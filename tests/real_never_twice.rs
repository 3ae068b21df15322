//! Never twice, never silently: the daemon is killed at every step between due and recorded, while the wire plays every
//! fault, on every platform that registers itself; then what is on the servers is counted.
//!
//! A sample of the kills in every run, all of them with `MASTHEAD_FULL`. The servers are started by
//! `tests/servers/run.sh`; without one its rows are left out. Only a debug build can be stopped at a point.

#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot go on has failed"
)]

#[path = "real_never_twice/bluesky.rs"]
mod bluesky;
#[path = "fakes/bluesky_video.rs"]
mod bluesky_video_server;
#[path = "real_never_twice/cell.rs"]
mod cell;
mod common;
#[path = "fakes/wire.rs"]
mod fake_wire;
#[path = "real_never_twice/films.rs"]
mod films;
#[path = "real_never_twice/judge.rs"]
mod judge;
#[path = "real_never_twice/linkedin.rs"]
mod linkedin;
#[path = "fakes/linkedin.rs"]
mod linkedin_server;
#[path = "real_never_twice/mastodon.rs"]
mod mastodon;
#[path = "fakes/mastodon.rs"]
mod mastodon_server;
#[path = "real_never_twice/process.rs"]
mod process;
#[path = "real_never_twice/registered.rs"]
mod registered;
#[path = "real_never_twice/sandbox.rs"]
mod sandbox;
#[path = "real_never_twice/table.rs"]
mod table;
#[path = "real_never_twice/x.rs"]
mod x;
#[path = "fakes/x.rs"]
mod x_server;
#[path = "real_never_twice/youtube.rs"]
mod youtube;
#[path = "fakes/youtube.rs"]
mod youtube_server;
#[path = "real_never_twice/zulip.rs"]
mod zulip;
#[path = "fakes/zulip.rs"]
mod zulip_server;

use cell::{Became, Cell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Decides order, threads and pictures; `MASTHEAD_SEED` takes another one.
const SEED: u64 = 20_261_122;

/// How many kills there are in a run that is not full.
const SAMPLE: usize = 60;

/// How many there are at least in one that is, with every server.
const LEAST: usize = 500;

/// How many cells are played at once: most of the time is waiting.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_dies_in_the_middle_each_part_is_there_at_most_once_and_in_order() {
    let seed = std::env::var("MASTHEAD_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(SEED);
    let started = Instant::now();
    let rows = registered::all().await;
    let mut cells = table::all(&rows, seed);
    let every = cells.len();
    if std::env::var_os("MASTHEAD_FULL").is_none() {
        cells.truncate(SAMPLE);
    } else if std::env::var_os("MASTHEAD_SERVERS").is_some_and(|servers| servers == "required") {
        assert!(every >= LEAST, "{every} kills");
    }
    println!("seed {seed}: {} of {every} kills", cells.len());
    let (played, broken) = play(cells).await;
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for (_, became) in &played {
        if table::asks(became.state) {
            let words = format!("{}: {}", became.state.word(), became.reason);
            *asked.entry(words).or_default() += 1;
        }
    }
    let words = format!(
        "{}\nparts made/planned, final state, settled by itself or asks; · not in this sample\n\
         {}{} of {every} kills with SIGKILL, seed {seed}, {} s, {} broken\n",
        table::draw(&rows, &played),
        table::times(&rows, &played),
        played.len() + broken.len(),
        started.elapsed().as_secs(),
        broken.len(),
    );
    println!("{words}\nwhat asks, and how often: {asked:#?}");
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("never_twice.txt");
    std::fs::write(file, words).unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Plays all cells; returns what became of them, and what of those that broke a promise.
async fn play(cells: Vec<Cell>) -> (Vec<(Cell, Became)>, Vec<String>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for cell in cells {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let playing = cell.clone();
            let became = tokio::spawn(async move { cell::play(&playing).await }).await;
            (cell, became)
        });
    }
    let (mut played, mut broken) = (Vec::new(), Vec::new());
    while let Some(ended) = running.join_next().await {
        let done = played.len() + broken.len() + 1;
        if done.is_multiple_of(100) {
            println!("{done} kills, {} broken", broken.len());
        }
        match ended.unwrap() {
            (cell, Ok(became)) => played.push((cell, became)),
            (cell, Err(error)) => broken.push(format!(
                "{}, {} at part {} of {}, {}: {}",
                cell.row.name(),
                cell.point.name(),
                cell.part + 1,
                cell.parts,
                cell.fault.words(),
                why(error)
            )),
        }
    }
    (played, broken)
}

fn why(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default(),
        Err(error) => error.to_string(),
    }
}
