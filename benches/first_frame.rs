//! Start to first full frame of the real program, with 1,000 and with 20,000 posts, in turn in one run.
//!
//! Prints medians and their ratio; `cargo bench --bench first_frame`.

#[path = "../tests/pty/terminal.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests use more of it, and stop where it fails"
)]
mod terminal;

use chrono::{DateTime, Duration, Utc};
use masthead::domain::{Author, Channel, Content, LocalTime, Plan, PlatformId, Variant};
use masthead::store::Store;
use std::path::Path;
use std::time::Instant;

const NOW: &str = "2026-11-10T08:12:00+01:00";
const RUNS: usize = 15;

fn fill(home: &Path, posts: i64) {
    let config = "timezone = \"Europe/Oslo\"\n[channels.fosstodon]\nplatform = \"sandbox\"\nlike = \"mastodon\"\n";
    std::fs::write(home.join("config.toml"), config).expect("a writable folder");
    std::fs::create_dir_all(home.join("data")).expect("a writable folder");
    let now: DateTime<Utc> = NOW.parse().expect("an instant");
    let store = Store::open(&home.join("data/plan.db"), now).expect("a new database");
    let filled = store.wait(move |db| {
        db.sync_channels(&[Channel::new("fosstodon", PlatformId::Sandbox)])?;
        for number in 0..posts {
            // Five years around the present, so that a month holds more of them as there are more.
            let minutes = (number * 7_919) % (5 * 365 * 24 * 60);
            let at = now - Duration::days(2 * 365) + Duration::minutes(minutes);
            let content = Content {
                title: format!("Package showcase {number}"),
                text: "A text of some length, as people write them.".to_owned(),
                plan: Plan::At(LocalTime::from_instant(at, chrono_tz::Europe::Oslo)),
                variants: vec![Variant::inherits("fosstodon")],
                ..Content::default()
            };
            db.add_post(&Author::from("bench"), &content, None, now)?;
        }
        Ok(())
    });
    filled.expect("a database that takes posts");
}

fn first_frame(home: &Path) -> f64 {
    let clock = format!("{NOW};frozen");
    let start = Instant::now();
    let session = terminal::Session::start(home, (120, 40), &[], &[("MASTHEAD_NOW", &clock)]);
    session.wait_until("the first frame", |screen| {
        screen.contains("Queue") && screen.contains("showcase")
    });
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let few = tempfile::tempdir().expect("a temporary folder");
    let many = tempfile::tempdir().expect("a temporary folder");
    fill(few.path(), 1_000);
    fill(many.path(), 20_000);
    let (mut with_few, mut with_many) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        with_few.push(first_frame(few.path()));
        with_many.push(first_frame(many.path()));
    }
    let (few, many) = (median(&mut with_few), median(&mut with_many));
    println!(
        "first frame, median of {RUNS}: 1,000 posts {few:.1} ms, 20,000 posts {many:.1} ms, ratio {:.2}",
        many / few
    );
}
